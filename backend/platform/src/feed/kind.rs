//! What enters the feed: the types that slices hand down, an object as it stands in the feed, and who it is for.

use std::collections::BTreeSet;
use std::fmt::Display;

use futures_util::future::LocalBoxFuture;
use nq57_core::feed::Cause;
use nq57_core::ids::OrganisationId;
use nq57_core::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{ApiError, ApiResult};
use crate::persistence::transaction::Tx;

/// A type of objects in the feed. It has one representation, the same for everybody who reads it: what only some may
/// see is a type of its own.
#[derive(Clone, Copy)]
pub struct FeedType {
    pub name: &'static str,
    /// A JSON Schema of its objects: [`schema_of`].
    pub schema: fn() -> Value,
    /// Whether everybody reads all of it; else offices and their systems do.
    pub is_public: bool,
    /// Whether its objects have a province of their own.
    pub has_province: bool,
    /// What should stand in the feed, made of the rows that it is about.
    pub project: Project,
}

/// Objects as their rows say they should stand in the feed.
pub type Project = for<'a> fn(&'a Tx, Which<'a>) -> LocalBoxFuture<'a, ApiResult<Vec<Entry>>>;

/// Which objects of a type.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// So many in the order of their rows, after the one of this id. Fewer say that there are no more.
    After(Option<&'a str>, u64),
    /// These; their rows are locked until the transaction ends, so that nobody changes them meanwhile.
    Locked(&'a [String]),
}

/// Who reads an object: names that stand in the rows of the feed. What the caller may read is looked up by them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audiences(BTreeSet<String>);

/// Everybody.
pub(super) const PUBLIC: &str = "public";
/// Offices without a limit.
pub(super) const EVERYTHING: &str = "all";

pub(super) fn of_province(code: &str) -> String {
    format!("province:{code}")
}

pub(super) fn of_organisation(id: OrganisationId) -> String {
    format!("organisation:{id}")
}

/// The part of an audience that lies in a province.
pub(super) fn within(audience: &str, province: &str) -> String {
    format!("{audience}@{province}")
}

impl Audiences {
    /// Everybody; also for who asks for this province alone.
    #[must_use]
    pub fn public(province: Option<&str>) -> Self {
        let of_province = province.map(|code| within(PUBLIC, code));
        Self([PUBLIC.to_owned()].into_iter().chain(of_province).collect())
    }

    /// The offices that answer for it: those of the province, those of the organisation and above, those of everything.
    /// What stands above an organisation is asked when the feed is read: it changes without any change of the object.
    #[must_use]
    pub fn offices(province: Option<&str>, organisation: Option<OrganisationId>) -> Self {
        let mut all = BTreeSet::from([EVERYTHING.to_owned()]);
        all.extend(province.map(of_province));
        if let Some(organisation) = organisation.map(of_organisation) {
            all.extend(province.map(|code| within(&organisation, code)));
            all.insert(organisation);
        }
        Self(all)
    }

    pub(super) fn json(&self) -> ApiResult<String> {
        serde_json::to_string(&self.0).map_err(ApiError::internal)
    }

    pub(super) fn names(&self) -> &BTreeSet<String> {
        &self.0
    }
}

/// An object as it stands in the feed, or no longer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) audiences: Audiences,
    pub(super) cause: Option<Cause>,
    pub(super) revision: i64,
    pub(super) updated_at: Timestamp,
    /// The finished text of its line after `seq`.
    pub(super) line: Option<String>,
}

/// What stands before the data of a line, which come last.
const DATA: &str = ",\"data\":";

impl Entry {
    /// The object is as `view` says since this revision.
    ///
    /// # Errors
    /// When the view cannot be written as JSON.
    pub fn of(
        kind: &FeedType,
        id: impl Display,
        audiences: Audiences,
        (revision, updated_at): (i64, Timestamp),
        view: &impl Serialize,
    ) -> ApiResult<Self> {
        let id = id.to_string();
        let data = serde_json::to_string(view).map_err(ApiError::internal)?;
        let head = json!({
            "op": "upsert", "type": kind.name, "id": id, "revision": revision, "updated_at": updated_at,
        });
        let head = head.to_string();
        let head = head.trim_start_matches('{').trim_end_matches('}');
        let line = Some(format!("{head}{DATA}{data}}}"));
        Ok(Self { kind: kind.name, id, audiences, cause: None, revision, updated_at, line })
    }

    /// The object is not for anybody since this revision.
    #[must_use]
    pub fn gone(
        kind: &FeedType,
        id: impl Display,
        cause: Cause,
        (revision, updated_at): (i64, Timestamp),
    ) -> Self {
        Self {
            kind: kind.name,
            id: id.to_string(),
            audiences: Audiences::default(),
            cause: Some(cause),
            revision,
            updated_at,
            line: None,
        }
    }

    /// Identifies it among those of its type.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// The data of a line, and what stands before them.
pub(super) fn apart(line: &str) -> (&str, &str) {
    match line.split_once(DATA) {
        Some((head, data)) => (head, data.strip_suffix('}').unwrap_or(data)),
        None => (line.trim_end_matches('}'), "null"),
    }
}

/// The JSON Schema of a type, with everything that it refers to. Its enumerations are open, as in answers.
#[must_use]
pub fn schema_of<T: ToSchema + PartialSchema>() -> Value {
    let mut further: Vec<(String, RefOr<Schema>)> = Vec::new();
    T::schemas(&mut further);
    let mut definitions = Map::new();
    for (name, schema) in further {
        definitions.insert(name, open(serde_json::to_value(schema).unwrap_or_default()));
    }
    let mut schema = open(serde_json::to_value(T::schema()).unwrap_or_default());
    if let Some(members) = schema.as_object_mut() {
        members.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
        if !definitions.is_empty() {
            definitions.sort_keys();
            members.insert("$defs".into(), Value::Object(definitions));
        }
    }
    schema
}

/// References lead into the schema itself; a value that comes tomorrow breaks no reader.
fn open(part: Value) -> Value {
    match part {
        Value::Object(members) => {
            let is_enumeration = members.get("type").is_some_and(|kind| kind == "string")
                && members.contains_key("enum");
            let opened = members.into_iter().map(|(name, member)| match (name.as_str(), member) {
                ("$ref", Value::String(target)) => {
                    let target = target.replace("#/components/schemas/", "#/$defs/");
                    (name, Value::String(target))
                }
                ("example" | "examples", member) => (name, member),
                // What is open says its values of today only in words.
                ("enum", member) if is_enumeration => ("examples".to_owned(), member),
                ("additionalProperties", Value::Bool(false)) => (name, Value::Bool(true)),
                (_, member) => (name, open(member)),
            });
            Value::Object(opened.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(open).collect()),
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THING: FeedType = FeedType {
        name: "thing",
        schema: || Value::Null,
        is_public: true,
        has_province: true,
        project: |_, _| Box::pin(async { Ok(Vec::new()) }),
    };

    #[test]
    fn a_line_is_whole_json_after_its_number_and_gives_its_data_back() {
        let at = Timestamp::UNIX_EPOCH;
        let view = json!({"title": "x\",\"data\":{}"});
        let audiences = Audiences::public(Some("92"));
        let entry = Entry::of(&THING, "a/b", audiences, (3, at), &view).expect("JSON");
        let line = entry.line.expect("a line");
        let whole: Value = serde_json::from_str(&format!("{{\"seq\":1,{line}")).expect("JSON");
        assert_eq!(whole["data"], view);
        assert_eq!(
            (&whole["op"], &whole["id"], &whole["revision"]),
            (&json!("upsert"), &json!("a/b"), &json!(3))
        );
        assert_eq!(apart(&line).1, view.to_string());
        let without = format!("{{\"seq\":1,{}}}", apart(&line).0);
        assert!(serde_json::from_str::<Value>(&without).expect("JSON").get("data").is_none());
    }

    #[test]
    fn offices_are_found_by_province_by_organisation_and_by_both() {
        let id = OrganisationId(uuid::Uuid::nil());
        let all = Audiences::offices(Some("92"), Some(id));
        let names: Vec<&str> = all.names().iter().map(String::as_str).collect();
        let organisation = format!("organisation:{id}");
        assert_eq!(names, ["all", &organisation, &format!("{organisation}@92"), "province:92"]);
        assert_eq!(Audiences::offices(None, None).names().len(), 1);
        assert_eq!(
            Audiences::public(Some("92")).json().expect("JSON"),
            r#"["public","public@92"]"#
        );
    }
}
