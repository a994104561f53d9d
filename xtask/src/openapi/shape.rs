//! What a JSON Schema of the document lets through, with references resolved: as far as a change of it can break
//! whoever wrote or reads such values. Refuses nothing; what it does not know it leaves out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// References in references end somewhere.
const DEEPEST: usize = 16;

/// A schema as it binds values.
#[derive(Clone, Debug, Default)]
pub struct Shape<'a> {
    /// Names of the types, without `null`; none means any.
    pub types: BTreeSet<&'a str>,
    pub nullable: bool,
    /// Values that are let through, where only some are. Open enumerations have none.
    pub values: Option<BTreeSet<String>>,
    pub format: Option<&'a str>,
    pub pattern: Option<&'a str>,
    /// `minimum`, `minLength` and what else is a least, by keyword.
    pub least: BTreeMap<&'static str, f64>,
    /// `maximum`, `maxLength` and what else is a most, by keyword.
    pub most: BTreeMap<&'static str, f64>,
    pub members: BTreeMap<&'a str, &'a Value>,
    pub required: BTreeSet<&'a str>,
    /// Members that are not named are refused.
    pub closed: bool,
    /// Of an array.
    pub items: Option<&'a Value>,
    /// Of members that are not named.
    pub others: Option<&'a Value>,
    /// Several schemas of which one holds, none of them `null`.
    pub choices: Vec<&'a Value>,
    /// Names of the references that led here; what leads to itself is compared once.
    pub names: Vec<&'a str>,
}

const LEAST: [&str; 4] = ["minimum", "minLength", "minItems", "minProperties"];
const MOST: [&str; 4] = ["maximum", "maxLength", "maxItems", "maxProperties"];

/// What `schema` of `document` lets through.
pub fn shape<'a>(document: &'a Value, schema: &'a Value) -> Shape<'a> {
    let mut shape = Shape::default();
    add(document, schema, &mut shape, 0);
    shape
}

/// Where a reference leads; the value itself when it is none.
pub fn resolved<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    for _ in 0..DEEPEST {
        let reference = value.get("$ref").and_then(Value::as_str);
        let Some(target) = reference.and_then(|text| document.pointer(text.strip_prefix('#')?))
        else {
            break;
        };
        value = target;
    }
    value
}

fn add<'a>(document: &'a Value, schema: &'a Value, shape: &mut Shape<'a>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        shape.names.push(reference);
        add(document, resolved(document, schema), shape, depth + 1);
    }
    for part in list(schema, "allOf") {
        add(document, part, shape, depth + 1);
    }
    for keyword in ["oneOf", "anyOf"] {
        choose(document, list(schema, keyword).collect(), shape, depth);
    }
    let named = match schema.get("type") {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    for name in named {
        match name {
            "null" => shape.nullable = true,
            name => drop(shape.types.insert(name)),
        }
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        shape.values = Some(values.iter().map(Value::to_string).collect());
    }
    let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
    shape.format = text("format").or(shape.format);
    shape.pattern = text("pattern").or(shape.pattern);
    let number = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    shape.least.extend(LEAST.iter().filter_map(|keyword| Some((*keyword, number(keyword)?))));
    shape.most.extend(MOST.iter().filter_map(|keyword| Some((*keyword, number(keyword)?))));
    let members = schema.get("properties").and_then(Value::as_object);
    shape.members.extend(members.into_iter().flatten().map(|(name, member)| (&**name, member)));
    shape.required.extend(list(schema, "required").filter_map(Value::as_str));
    match schema.get("additionalProperties") {
        Some(Value::Bool(open)) => shape.closed = !open,
        Some(others) => shape.others = Some(others),
        None => {}
    }
    shape.items = schema.get("items").or(shape.items);
}

/// One of several: `null` makes it nullable, a string beside known strings leaves an enumeration open, a single one is
/// the schema itself.
fn choose<'a>(document: &'a Value, among: Vec<&'a Value>, shape: &mut Shape<'a>, depth: usize) {
    let is_null = |one: &&Value| one.get("type").and_then(Value::as_str) == Some("null");
    let any_text = among.iter().copied().find(|one| {
        one.get("type").and_then(Value::as_str) == Some("string") && one.get("enum").is_none()
    });
    let is_text = |one: &&Value| {
        resolved(document, one).get("type").and_then(Value::as_str) == Some("string")
    };
    shape.nullable |= among.iter().any(is_null);
    let rest: Vec<&Value> = among.into_iter().filter(|one| !is_null(one)).collect();
    match (rest.as_slice(), any_text) {
        ([], _) => {}
        ([only], _) => add(document, only, shape, depth + 1),
        (_, Some(open)) if rest.iter().all(is_text) => add(document, open, shape, depth + 1),
        _ => shape.choices = rest,
    }
}

fn list<'a>(schema: &'a Value, keyword: &str) -> impl Iterator<Item = &'a Value> {
    schema.get(keyword).and_then(Value::as_array).into_iter().flatten()
}
