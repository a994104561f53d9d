//! How much time each step may take: numbers by kind of case and name, whose defaults and bounds the domains declare
//! (`Slice::allowances`).

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use anyhow::{Context, ensure};
use serde::Deserialize;

/// The `[deadlines]` section: `deadlines.<kind of case>.<name>`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Deadlines(BTreeMap<String, BTreeMap<String, u32>>);

/// A time that a domain lets the operator choose.
#[derive(Clone, Debug)]
pub struct Allowance {
    /// The kind of case, for example `product`.
    pub kind: &'static str,
    /// What it is for. Working days, unless the name says another unit.
    pub name: &'static str,
    pub default: u32,
    pub may: RangeInclusive<u32>,
}

impl Deadlines {
    /// What the operator allows, or the default.
    #[must_use]
    pub fn of(&self, allowance: &Allowance) -> u32 {
        let named = self.0.get(allowance.kind).and_then(|names| names.get(allowance.name));
        named.copied().unwrap_or(allowance.default)
    }

    /// Chooses another time.
    pub fn set(&mut self, allowance: &Allowance, time: u32) {
        let names = self.0.entry(allowance.kind.to_owned()).or_default();
        names.insert(allowance.name.to_owned(), time);
    }

    /// Refuses names that no domain has declared, and times out of their bounds.
    ///
    /// # Errors
    /// The key, and what it may be, in one line.
    pub fn check<'a>(
        &self,
        declared: impl Iterator<Item = &'a Allowance> + Clone,
    ) -> anyhow::Result<()> {
        for (kind, names) in &self.0 {
            for (name, time) in names {
                let known = declared.clone().find(|one| one.kind == kind && one.name == name);
                let known = known.with_context(|| format!("deadlines.{kind}.{name} is unknown"))?;
                ensure!(
                    known.may.contains(time),
                    "deadlines.{kind}.{name} = {time} is not between {} and {}",
                    known.may.start(),
                    known.may.end()
                );
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHECK: Allowance = Allowance { kind: "permit", name: "check", default: 5, may: 1..=365 };

    #[test]
    fn a_time_is_the_operators_or_the_default() {
        let mut deadlines = Deadlines::default();
        assert_eq!(deadlines.of(&CHECK), 5);
        deadlines.set(&CHECK, 7);
        assert_eq!(deadlines.of(&CHECK), 7);
        assert!(deadlines.check([CHECK].iter()).is_ok());
    }

    #[test]
    fn what_nobody_declared_and_what_makes_no_sense_is_refused_in_one_line() {
        let mut deadlines = Deadlines::default();
        deadlines.set(&CHECK, 0);
        let said = deadlines.check([CHECK].iter()).expect_err("refused").to_string();
        assert_eq!(said, "deadlines.permit.check = 0 is not between 1 and 365");
        let said = deadlines.check([].iter()).expect_err("refused").to_string();
        assert_eq!(said, "deadlines.permit.check is unknown");
    }
}
