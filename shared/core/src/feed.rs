//! The lines of the change feed, as both sides write and read them. A line is one JSON object with one member, but for
//! those that say what has changed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::problem::Problem;

/// The form of the lines. Another one would be for tools that know it.
pub const VERSION: u32 = 1;
/// Most lines of one answer.
pub const LIMIT_MAX: u64 = 100_000;
/// Lines of an answer that says nothing of it.
pub const LIMIT_DEFAULT: u64 = 1_000;
/// Most seconds that a request waits for something to change.
pub const WAIT_MAX: u64 = 30;
/// Lines between two places from which a reader can go on.
pub const CHECKPOINT_LINES: u64 = 1_000;

/// What an object became.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// It is as `data` says.
    Upsert,
    /// It is not there any more, for this reader.
    Delete,
}

/// Why an object is not there any more. More may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It does not exist any more.
    Removed,
    /// It was taken from the public.
    Unpublished,
    /// It exists, outside of what this reader or this filter sees.
    OutOfScope,
}

crate::stable_texts! {
    Cause { Removed = "removed", Unpublished = "unpublished", OutOfScope = "out_of_scope" }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its place in the order of all changes. There are gaps.
    pub seq: i64,
    /// What became of the object.
    pub op: Operation,
    /// What sort of object it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// Identifies it among those of its type.
    pub id: String,
    /// Of the object when it became that; grows.
    pub revision: i64,
    /// When it became that.
    pub updated_at: DateTime<Utc>,
    /// Why it is not there any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The whole object, as the schema of its type says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

/// The first line of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The form of the lines.
    pub feed: u32,
    /// The types that the answer is about.
    pub types: Vec<String>,
    /// The filter as it was understood.
    pub filter: Filter,
    /// The last change there was when the answer began.
    pub head: i64,
    /// Where this answer begins.
    pub next: String,
}

/// What an answer is limited to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Codes of provinces; absent without a limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub province: Vec<String>,
}

/// A place from which a reader goes on when the answer is cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// To be sent as `after`.
    pub next: String,
    /// Changes so far.
    pub lines: u64,
}

/// The last line of a whole answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trailer {
    /// To be sent as `after`.
    pub next: String,
    /// Changes in this answer.
    pub lines: u64,
    /// Whether there are more already.
    pub more: bool,
    /// SHA-256 of all bytes before this line, in hexadecimal.
    pub sha256: String,
}

/// Any line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    Header(Header),
    Checkpoint(Checkpoint),
    Trailer(Trailer),
    Error(Box<Problem>),
    #[serde(untagged)]
    Change(Change),
}

/// How many objects there are and what they are, at one place of the feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeSummary {
    /// The types that were asked for.
    pub types: Vec<TypeSummary>,
    /// The place of which this is true, for `after`. With the answer to `after` it stays true of a copy.
    #[cfg_attr(feature = "openapi", schema(example = "eyJ2IjoxLCJmIjoiM2YyYSJ9"))]
    pub next: String,
}

/// The objects of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TypeSummary {
    /// The type.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(example = "product"))]
    pub kind: String,
    /// How many objects the caller sees.
    pub live: u64,
    /// The sum, modulo 2^256, of the digests of all objects, in hexadecimal. The digest of one is SHA-256 of four lines,
    /// each ended by a line feed: type, id, revision, SHA-256 of `data` as it came, in hexadecimal.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    )]
    pub digest: String,
    /// The same in 256 parts, when they are asked for: an object is in the part of the first byte of the SHA-256 of its id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartSummary>,
}

/// Some of the objects of a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartSummary {
    /// How many objects the caller sees.
    pub live: u64,
    /// The sum of their digests.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    )]
    pub digest: String,
}

/// What the data of each type look like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeSchemas {
    /// The form of the lines.
    pub feed: u32,
    /// A type each.
    pub types: Vec<TypeSchema>,
}

/// A type of objects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TypeSchema {
    /// Its name.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(example = "product"))]
    pub kind: String,
    /// Whether everybody reads it; the other types are for officials and their systems.
    pub is_public: bool,
    /// Whether its objects have a province of their own, by which they can be filtered.
    pub has_province: bool,
    /// A JSON Schema (2020-12) of `data`. Members may be added.
    #[cfg_attr(feature = "openapi", schema(value_type = Object, example = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}})))]
    pub schema: Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_told_apart_by_what_it_says() {
        let change = r#"{"seq":7,"op":"delete","type":"product","id":"x","revision":2,"updated_at":"2026-11-27T02:00:00Z","cause":"unpublished"}"#;
        let read: Line = serde_json::from_str(change).expect("a line");
        assert_eq!(serde_json::to_string(&read).expect("JSON"), change);
        assert!(matches!(read, Line::Change(Change { op: Operation::Delete, .. })));
        let end = r#"{"trailer":{"next":"a","lines":0,"more":false,"sha256":"00"}}"#;
        let read: Line = serde_json::from_str(end).expect("a line");
        assert!(matches!(&read, Line::Trailer(trailer) if !trailer.more));
        assert_eq!(serde_json::to_string(&read).expect("JSON"), end);
    }
}
