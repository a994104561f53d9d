//! `--verify`: the copy beside the figures of the source, part by part. A part that changes meanwhile is compared again:
//! a source that never stands still is compared all the same.

use std::collections::{BTreeMap, BTreeSet};

use nq57_platform::feed::Parts;
use nq57_shared::feed::{ChangeSummary, PartSummary};

use super::Run;
use super::ending::{Ending, Outcome, Stop};

/// So often parts that have changed meanwhile are compared again.
const COMPARISONS: u32 = 5;
/// Parts that are named of one type.
const NAMED: usize = 16;

/// The figures of every part of every type.
type Figures = BTreeMap<(String, usize), PartSummary>;

/// What was found so far.
#[derive(Default)]
struct Found {
    /// These have once been the same here and there.
    same: BTreeSet<(String, usize)>,
    /// These are not, and stood still.
    differ: BTreeMap<String, BTreeSet<usize>>,
    /// These have changed meanwhile.
    restless: usize,
}

impl Run<'_> {
    /// Compares the copy with the figures of the source.
    pub(super) async fn verify(&mut self) -> Outcome<()> {
        let mut found = Found::default();
        let mut before = self.figures().await?;
        for _ in 0..COMPARISONS {
            // What the copy lacked at that moment comes now. Only an object that changes again while it is read may not.
            self.catch_up(0).await?;
            let after = self.figures().await?;
            found.compare(self.mirror.sums().await?, &before, &after);
            if !found.differ.is_empty() {
                return Err(Stop::because(Ending::Differs, found.told()));
            }
            if found.restless == 0 {
                return Ok(());
            }
            before = after;
        }
        let reason = format!(
            "the source never stood still: {} parts could not be compared, the others are equal",
            found.restless
        );
        Err(Stop::because(Ending::Away, reason))
    }

    async fn figures(&mut self) -> Outcome<Figures> {
        let path = format!("/changes/summary?{}parts=true", self.query);
        let said: ChangeSummary = self.source.json(&path).await?;
        let of_type = |one: nq57_shared::feed::TypeSummary| apart(one.kind, one.parts);
        Ok(said.types.into_iter().flat_map(of_type).collect())
    }
}

fn apart(
    kind: String,
    parts: Vec<PartSummary>,
) -> impl Iterator<Item = ((String, usize), PartSummary)> {
    parts.into_iter().enumerate().map(move |(number, part)| ((kind.clone(), number), part))
}

impl Found {
    /// What stood still at the source from before the copy was brought up until after must be the same in the copy.
    fn compare(&mut self, ours: BTreeMap<String, Parts>, before: &Figures, after: &Figures) {
        self.restless = 0;
        let ours = ours.into_iter().flat_map(|(kind, sums)| {
            let parts = sums.summary(&kind).parts;
            apart(kind, parts)
        });
        let mut ours: Figures = ours.filter(|(_, part)| part.live > 0).collect();
        for (place, there) in after {
            let here = ours.remove(place);
            if before.get(place) != Some(there) {
                self.restless += usize::from(!self.same.contains(place));
            } else if here.as_ref() == Some(there) || (here.is_none() && there.live == 0) {
                self.same.insert(place.clone());
            } else {
                self.differ(place.clone());
            }
        }
        // What the source does not speak of should not be here.
        ours.into_keys().for_each(|place| self.differ(place));
    }

    fn differ(&mut self, (kind, number): (String, usize)) {
        self.differ.entry(kind).or_default().insert(number);
    }

    fn told(&self) -> String {
        let of_type = |(kind, parts): (&String, &BTreeSet<usize>)| {
            let mut names: Vec<String> =
                parts.iter().take(NAMED).map(|part| format!("{part:02x}")).collect();
            if parts.len() > NAMED {
                names.push(format!("and {} more", parts.len() - NAMED));
            }
            format!("{kind} in {} of 256 parts ({})", parts.len(), names.join(", "))
        };
        let types: Vec<String> = self.differ.iter().map(of_type).collect();
        format!("the mirror differs: {}; --full mends it", types.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use nq57_platform::feed::part_of;

    use super::*;

    fn parts(ids: &[&str]) -> Parts {
        let mut parts = Parts::default();
        ids.iter().for_each(|id| parts.of(id).add("t", id, 1, "{}"));
        parts
    }

    fn figures(ids: &[&str]) -> Figures {
        apart("t".to_owned(), parts(ids).summary("t").parts).collect()
    }

    #[test]
    fn what_changes_meanwhile_is_neither_equal_nor_different_until_it_stands_still() {
        let part = |id: &str| ("t".to_owned(), usize::from(part_of(id)));
        let here = |ids: &[&str]| BTreeMap::from([("t".to_owned(), parts(ids))]);
        let mut found = Found::default();
        found.compare(here(&["a"]), &figures(&["a"]), &figures(&["a", "b"]));
        assert_eq!((found.restless, found.differ.len(), found.same.len()), (1, 0, 255));
        assert!(found.same.contains(&part("a")) && !found.same.contains(&part("b")));
        // What was equal once need not stand still again.
        found.compare(here(&["a", "b"]), &figures(&["a", "b"]), &figures(&["b"]));
        assert_eq!((found.restless, found.differ.len(), found.same.len()), (0, 0, 256));
        found.compare(here(&["a"]), &figures(&["a", "b"]), &figures(&["a", "b"]));
        assert_eq!(found.differ["t"], [part("b").1].into());
        assert!(found.told().contains(&format!("t in 1 of 256 parts ({:02x})", part("b").1)));
    }

    #[test]
    fn a_type_that_the_source_does_not_speak_of_is_a_difference_when_something_is_there() {
        let mut found = Found::default();
        let here =
            BTreeMap::from([("old".to_owned(), parts(&[])), ("more".to_owned(), parts(&["a"]))]);
        found.compare(here, &figures(&[]), &figures(&[]));
        assert_eq!(found.differ.keys().collect::<Vec<_>>(), ["more"]);
    }
}
