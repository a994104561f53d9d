//! A typed column for each member of a type, as its JSON Schema says, filled by the database from the data as they came.

use std::collections::BTreeMap;

use nq57_platform::persistence::dialect::Engine;
use serde_json::Value;

/// Names that every table has.
const OURS: [&str; 6] = ["id", "seq", "revision", "updated_at", "data", "nq57_copy"];
/// Schemas that refer to each other are followed so far.
const DEEPEST: usize = 20;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Integer,
    Real,
    Boolean,
    Uuid,
    Date,
    Instant,
    /// Lists and objects.
    Json,
}

/// A table's columns by name.
pub type Columns = BTreeMap<String, Kind>;

/// The table of a type.
pub fn table(kind: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    format!("nq57_{}", kind.chars().map(plain).collect::<String>())
}

/// A name as SQL writes it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The columns that a schema asks for.
pub fn of_schema(schema: &Value) -> Columns {
    let mut columns = Columns::new();
    collect(schema, schema, 0, &mut columns);
    columns.retain(|name, _| !OURS.contains(&name.as_str()));
    columns
}

fn collect(part: &Value, whole: &Value, depth: usize, columns: &mut Columns) {
    let part = resolved(part, whole);
    for (name, member) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
        columns.insert(name.to_lowercase(), kind(member, whole, depth));
    }
    let parts = part.get("allOf").and_then(Value::as_array);
    for part in parts.into_iter().flatten().filter(|_| depth < DEEPEST) {
        collect(part, whole, depth + 1, columns);
    }
}

fn resolved<'a>(part: &'a Value, whole: &'a Value) -> &'a Value {
    let mut part = part;
    for _ in 0..DEEPEST {
        let Some(target) = part.get("$ref").and_then(Value::as_str) else { return part };
        part = whole.pointer(target.trim_start_matches('#')).unwrap_or(&Value::Null);
    }
    part
}

fn kind(member: &Value, whole: &Value, depth: usize) -> Kind {
    let member = resolved(member, whole);
    let forms = ["oneOf", "anyOf"].iter().find_map(|name| member.get(*name)?.as_array());
    let form = forms.and_then(|forms| forms.iter().find(|form| !is_null(form)));
    if let Some(form) = form.filter(|_| depth < DEEPEST) {
        return kind(form, whole, depth + 1);
    }
    let format = member.get("format").and_then(Value::as_str);
    match (plain_type(member), format) {
        (Some("string"), Some("uuid")) => Kind::Uuid,
        (Some("string"), Some("date")) => Kind::Date,
        (Some("string"), Some("date-time")) => Kind::Instant,
        (Some("string"), _) => Kind::Text,
        (Some("integer"), _) => Kind::Integer,
        (Some("number"), _) => Kind::Real,
        (Some("boolean"), _) => Kind::Boolean,
        _ => Kind::Json,
    }
}

fn is_null(form: &Value) -> bool {
    form.get("type").is_some_and(|kind| kind == "null")
}

fn plain_type(member: &Value) -> Option<&str> {
    match member.get("type")? {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    }
}

impl Kind {
    pub fn sql(self, engine: Engine) -> &'static str {
        match (engine, self) {
            (_, Self::Integer) => "BIGINT",
            (_, Self::Real) => "DOUBLE PRECISION",
            (_, Self::Boolean) => "BOOLEAN",
            (Engine::Postgres, Self::Uuid) => "UUID",
            (Engine::Postgres, Self::Date) => "DATE",
            (Engine::Postgres, Self::Instant) => "TIMESTAMP WITH TIME ZONE",
            (Engine::Postgres, Self::Json) => "JSONB",
            _ => "TEXT",
        }
    }

    /// What the column holds, read from this JSON of a row (on SQLite its text).
    pub fn read(self, engine: Engine, name: &str, json: &str) -> String {
        let text = name.replace('\'', "''");
        match engine {
            Engine::Sqlite => format!("json_extract({json}, '$.{}')", quoted(&text)),
            Engine::Postgres => match self {
                Self::Json => format!("NULLIF({json} -> '{text}', 'null'::jsonb)"),
                Self::Text => format!("{json} ->> '{text}'"),
                other => format!("({json} ->> '{text}')::{}", other.sql(engine)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_member_has_a_column_of_its_kind_also_those_of_parts_and_references() {
        let schema = json!({
            "allOf": [
                {"$ref": "#/$defs/Content"},
                {"type": "object", "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "published_at": {"type": ["string", "null"], "format": "date-time"},
                    "files": {"type": "array", "items": {"type": "string"}},
                    "owner": {"oneOf": [{"type": "null"}, {"$ref": "#/$defs/Owner"}]},
                }},
            ],
            "$defs": {
                "Content": {"type": "object", "properties": {
                    "title": {"type": "string"},
                    "trl": {"type": ["integer", "null"]},
                    "kind": {"$ref": "#/$defs/Kind"},
                    "consent": {"type": "boolean"},
                }},
                "Kind": {"type": "string"},
                "Owner": {"type": "object"},
            },
        });
        let columns = of_schema(&schema);
        let expected = [
            ("consent", Kind::Boolean),
            ("files", Kind::Json),
            ("kind", Kind::Text),
            ("owner", Kind::Json),
            ("published_at", Kind::Instant),
            ("title", Kind::Text),
            ("trl", Kind::Integer),
        ];
        let expected = expected.map(|(name, kind)| (name.to_owned(), kind)).into_iter().collect();
        assert_eq!(columns, expected);
        assert_eq!(table("product_dossier"), "nq57_product_dossier");
        assert_eq!(table("Un-known;--"), "nq57_un_known___");
    }
}
