//! The gate: what of a new document breaks whoever wrote a program against a released one. Adding is allowed; a member,
//! a status or a parameter that goes, and a value that is no longer taken or newly sent, are findings.
//! What is accepted all the same stands in `openapi/breaking.toml`, with a reason and a day.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use super::METHODS;
use super::shape::{Shape, resolved, shape};
use crate::workspace::Workspace;

const ACCEPTED: &str = "openapi/breaking.toml";

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct AcceptedFile {
    #[serde(default)]
    accepted: Vec<Accepted>,
}

/// A break that is meant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepted {
    /// As the gate prints it.
    finding: String,
    reason: String,
    /// `YYYY-MM-DD`.
    date: String,
}

/// Compares the committed document with a released one.
///
/// # Errors
/// Names each break that nobody has accepted, and each accepted one that is none.
pub fn check(workspace: &Workspace, released: &Path) -> Result<()> {
    let read = |path: &Path| -> Result<Value> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).with_context(|| path.display().to_string())
    };
    let old = read(released)?;
    let new = read(&workspace.path(super::COMMITTED))?;
    let text = std::fs::read_to_string(workspace.path(ACCEPTED)).unwrap_or_default();
    let accepted: AcceptedFile = toml::from_str(&text).context(ACCEPTED)?;
    let left = judge(breaks(&old, &new), &accepted.accepted);
    if !left.is_empty() {
        bail!("{}", left.join("\n"));
    }
    println!("xtask: {} breaks nothing of {}", super::COMMITTED, released.display());
    Ok(())
}

fn judge(found: BTreeSet<String>, accepted: &[Accepted]) -> Vec<String> {
    let is_accepted = |finding: &&String| !accepted.iter().any(|one| one.finding == **finding);
    let mut left: Vec<String> = found.iter().filter(is_accepted).cloned().collect();
    for one in accepted {
        if one.reason.trim().is_empty() || one.date.len() != 10 {
            left.push(format!("{ACCEPTED}: `{}` needs a reason and a date", one.finding));
        }
        if !found.contains(&one.finding) {
            left.push(format!("{ACCEPTED}: `{}` is no break", one.finding));
        }
    }
    left
}

/// Who writes the value and who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    /// The caller writes: what was taken must be taken.
    Request,
    /// The caller reads: what is sent must have been announced.
    Answer,
}

struct Gate<'a> {
    old: &'a Value,
    new: &'a Value,
    found: BTreeSet<String>,
    /// Pairs of schemas with references that were compared, so that what contains itself ends.
    seen: BTreeSet<(Side, String, String)>,
}

/// Every break, one sentence each.
fn breaks(old: &Value, new: &Value) -> BTreeSet<String> {
    let mut gate = Gate { old, new, found: BTreeSet::new(), seen: BTreeSet::new() };
    let after = operations(new);
    for (name, before) in operations(old) {
        match after.get(&name) {
            None => gate.tell(&name, "is gone"),
            Some(now) => gate.operation(&name, before, now),
        }
    }
    gate.found
}

fn operations(document: &Value) -> BTreeMap<String, &Value> {
    let paths = document.get("paths").and_then(Value::as_object);
    let mut all = BTreeMap::new();
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) {
                all.insert(format!("{} {path}", method.to_uppercase()), operation);
            }
        }
    }
    all
}

impl<'a> Gate<'a> {
    fn tell(&mut self, place: &str, what: &str) {
        self.found.insert(format!("{place} {what}"));
    }

    fn operation(&mut self, name: &str, before: &'a Value, now: &'a Value) {
        for keyword in ["operationId", "x-required-scope"] {
            if before.get(keyword).is_some() && before.get(keyword) != now.get(keyword) {
                self.tell(name, &format!("has another {keyword}"));
            }
        }
        self.security(name, before, now);
        self.parameters(name, before, now);
        self.body(name, before, now);
        self.answers(name, before, now);
    }

    /// Each way in that there was is still one. Without any, everybody may come.
    fn security(&mut self, name: &str, before: &Value, now: &Value) {
        let ways = |document: &Value, operation: &Value| -> BTreeSet<String> {
            let listed = operation.get("security").or_else(|| document.get("security"));
            let ways: BTreeSet<String> = listed
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .map(Value::to_string)
                .collect();
            match ways.is_empty() {
                true => BTreeSet::from(["{}".to_owned()]),
                false => ways,
            }
        };
        let (old, new) = (ways(self.old, before), ways(self.new, now));
        for way in old.difference(&new).filter(|_| !new.contains("{}")) {
            self.tell(name, &format!("can no longer be called with the security {way}"));
        }
    }

    fn parameters(&mut self, name: &str, before: &'a Value, now: &'a Value) {
        let (old, new) = (parameters(self.old, before), parameters(self.new, now));
        for ((place, parameter), before) in &old {
            let name = format!("{name} {place} `{parameter}`");
            let Some(now) = new.get(&(*place, *parameter)) else {
                self.tell(&name, "is gone");
                continue;
            };
            if is_required(now) && !is_required(before) {
                self.tell(&name, "is newly required");
            }
            self.part(&name, Side::Request, before.get("schema"), now.get("schema"));
        }
        for ((place, parameter), now) in &new {
            if is_required(now) && !old.contains_key(&(*place, *parameter)) {
                self.tell(&format!("{name} {place} `{parameter}`"), "is newly required");
            }
        }
    }

    fn body(&mut self, name: &str, before: &'a Value, now: &'a Value) {
        let of = |document: &'a Value, operation: &'a Value| {
            operation.get("requestBody").map(|body| resolved(document, body))
        };
        let place = format!("{name} body");
        match (of(self.old, before), of(self.new, now)) {
            (None, Some(now)) if is_required(now) => self.tell(&place, "is newly required"),
            (Some(_), None) => self.tell(&place, "is gone"),
            (Some(before), Some(now)) => {
                if is_required(now) && !is_required(before) {
                    self.tell(&place, "is newly required");
                }
                self.content(&place, Side::Request, before, now);
            }
            _ => {}
        }
    }

    fn answers(&mut self, name: &str, before: &'a Value, now: &'a Value) {
        let (old, new) = (before.get("responses"), now.get("responses"));
        for (status, before) in old.and_then(Value::as_object).into_iter().flatten() {
            let place = format!("{name} {status}");
            match new.and_then(|new| new.get(status)) {
                None => self.tell(&place, "is gone"),
                Some(now) => {
                    let (before, now) = (resolved(self.old, before), resolved(self.new, now));
                    self.content(&place, Side::Answer, before, now);
                    let headers =
                        |answer: &'a Value| answer.get("headers").and_then(Value::as_object);
                    for header in headers(before).into_iter().flatten().map(|(header, _)| header) {
                        if headers(now).is_none_or(|now| !now.contains_key(header)) {
                            self.tell(&place, &format!("has no header {header}"));
                        }
                    }
                }
            }
        }
    }

    fn content(&mut self, name: &str, side: Side, before: &'a Value, now: &'a Value) {
        for (media, before) in
            before.get("content").and_then(Value::as_object).into_iter().flatten()
        {
            let Some(now) = now.get("content").and_then(|content| content.get(media)) else {
                self.tell(name, &format!("is no longer {media}"));
                continue;
            };
            self.part(name, side, before.get("schema"), now.get("schema"));
        }
    }

    /// A schema that may be missing: then there may be anything.
    fn part(&mut self, name: &str, side: Side, before: Option<&'a Value>, now: Option<&'a Value>) {
        match (before, now, side) {
            (Some(before), Some(now), _) => self.schema(name, side, before, now),
            (Some(_), None, Side::Answer) => self.tell(name, "may be anything"),
            (None, Some(_), Side::Request) => self.tell(name, "may no longer be anything"),
            _ => {}
        }
    }

    fn schema(&mut self, name: &str, side: Side, before: &'a Value, now: &'a Value) {
        let (old, new) = (shape(self.old, before), shape(self.new, now));
        // Said beside a reference, so at each place of its own.
        match side {
            Side::Request if old.nullable && !new.nullable => self.tell(name, "may not be null"),
            Side::Answer if new.nullable && !old.nullable => self.tell(name, "may be null"),
            _ => {}
        }
        // With all that stands beside the references.
        if !old.names.is_empty()
            && !new.names.is_empty()
            && !self.seen.insert((side, before.to_string(), now.to_string()))
        {
            return;
        }
        // What both name alike is told once, by its name.
        let name = match (&*old.names, &*new.names) {
            ([before], [now]) if before == now => {
                let side = if side == Side::Request { "in requests" } else { "in answers" };
                format!("{} {side}", before.rsplit('/').next().unwrap_or(before))
            }
            _ => name.to_owned(),
        };
        self.value(&name, side, &old, &new);
        self.members(&name, side, &old, &new);
        self.part(&format!("{name}[]"), side, old.items, new.items);
        // A closed object has no others.
        if !old.closed && !new.closed {
            self.part(&format!("{name}.*"), side, old.others, new.others);
        }
        self.choices(&name, side, &old, &new);
    }

    fn value(&mut self, name: &str, side: Side, old: &Shape<'_>, new: &Shape<'_>) {
        let within = |few: &BTreeSet<&str>, many: &BTreeSet<&str>| {
            many.is_empty() || (!few.is_empty() && few.is_subset(many))
        };
        let is_same = match side {
            Side::Request => within(&old.types, &new.types),
            Side::Answer => within(&new.types, &old.types),
        };
        if !is_same {
            self.tell(name, "has another type");
        }
        if old.format != new.format {
            self.tell(name, "has another format");
        }
        // What the other side may say, and what it may be told.
        let (said, known) = match side {
            Side::Request => (&old.values, &new.values),
            Side::Answer => (&new.values, &old.values),
        };
        let fits = match (said, known) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(said), Some(known)) => said.is_subset(known),
        };
        if !fits {
            self.tell(name, "has other values");
        }
        if side == Side::Request {
            self.bounds(name, old, new);
        }
    }

    fn bounds(&mut self, name: &str, old: &Shape<'_>, new: &Shape<'_>) {
        if new.pattern.is_some() && new.pattern != old.pattern {
            self.tell(name, "has another pattern");
        }
        for (keyword, least) in &new.least {
            if old.least.get(keyword).is_none_or(|before| before < least) {
                self.tell(name, &format!("has a narrower {keyword}"));
            }
        }
        for (keyword, most) in &new.most {
            if old.most.get(keyword).is_none_or(|before| before > most) {
                self.tell(name, &format!("has a narrower {keyword}"));
            }
        }
        if new.closed && !old.closed {
            self.tell(name, "is newly closed");
        }
    }

    fn members(&mut self, name: &str, side: Side, old: &Shape<'a>, new: &Shape<'a>) {
        for (member, before) in &old.members {
            let place = format!("{name}.{member}");
            match new.members.get(member) {
                None => self.tell(&place, "is gone"),
                Some(now) => self.schema(&place, side, before, now),
            }
        }
        let (newly, what) = match side {
            Side::Request => (new.required.difference(&old.required), "is newly required"),
            Side::Answer => (old.required.difference(&new.required), "is no longer required"),
        };
        for member in newly.filter(|member| new.members.contains_key(*member)) {
            self.tell(&format!("{name}.{member}"), what);
        }
    }

    /// Choices are told apart by their place.
    fn choices(&mut self, name: &str, side: Side, old: &Shape<'a>, new: &Shape<'a>) {
        let fits = match side {
            Side::Request => {
                old.choices.len() <= new.choices.len() && (new.is_any() || !old.is_any())
            }
            Side::Answer => {
                old.choices.len() >= new.choices.len() && (old.is_any() || !new.is_any())
            }
        };
        if !fits {
            self.tell(name, "has other choices");
        }
        for (place, (before, now)) in old.choices.iter().zip(&new.choices).enumerate() {
            self.schema(&format!("{name}#{place}"), side, before, now);
        }
    }
}

fn is_required(value: &Value) -> bool {
    value.get("required").and_then(Value::as_bool).unwrap_or_default()
}

/// By place and name.
fn parameters<'a>(
    document: &'a Value,
    operation: &'a Value,
) -> BTreeMap<(&'a str, &'a str), &'a Value> {
    let listed = operation.get("parameters").and_then(Value::as_array);
    let parameters = listed.into_iter().flatten().filter_map(|parameter| {
        let parameter = resolved(document, parameter);
        let text = |keyword: &str| parameter.get(keyword).and_then(Value::as_str);
        Some(((text("in")?, text("name")?), parameter))
    });
    parameters.collect()
}

#[cfg(test)]
mod tests;
