//! `openapi/openapi.json`: written from what the server prints, compared with it, linted.
//! Refuses drift and every habit of the document that integrators could not rely on.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::process;
use crate::workspace::Workspace;

pub mod breaking;
mod shape;

/// What integrators have been promised.
pub const RELEASED: &str = "openapi/released/v1.json";
const COMMITTED: &str = "openapi/openapi.json";
const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "head", "options"];
/// Fixed names that are a verb alone.
const BARE_VERBS: [&str; 2] = ["track", "recommend"];

/// Writes the committed document anew.
pub fn regenerate(workspace: &Workspace, binary: &Path) -> Result<()> {
    let text = generated(workspace, binary)?;
    std::fs::create_dir_all(workspace.path("openapi"))?;
    std::fs::write(workspace.path(COMMITTED), text).context(COMMITTED)?;
    println!("xtask: {COMMITTED} written");
    Ok(())
}

/// # Errors
/// When the committed document differs from the server's, or the lint finds something.
pub fn check(workspace: &Workspace, binary: &Path) -> Result<()> {
    let fresh = generated(workspace, binary)?;
    let committed = std::fs::read_to_string(workspace.path(COMMITTED)).unwrap_or_default();
    let mut findings = lint(&serde_json::from_str(&fresh)?);
    if committed != fresh {
        findings.push(format!(
            "{COMMITTED} is out of date{}: run `cargo xtask openapi`",
            first_difference(&committed, &fresh)
        ));
    }
    if !findings.is_empty() {
        bail!("{}", findings.join("\n"));
    }
    Ok(())
}

fn generated(workspace: &Workspace, binary: &Path) -> Result<String> {
    let printed =
        process::capture(Command::new(binary).arg("openapi").current_dir(workspace.root()))?;
    let _well_formed: Value =
        serde_json::from_str(&printed).context("`nq57 openapi` printed no JSON")?;
    Ok(format!("{}\n", printed.trim_end()))
}

fn first_difference(old: &str, new: &str) -> String {
    match old.lines().zip(new.lines()).position(|(old, new)| old != new) {
        Some(index) => format!(" from line {}", index + 1),
        None => String::new(),
    }
}

/// What the document does wrong, one sentence each.
fn lint(document: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let mut ids = BTreeSet::new();
    let everywhere = document.get("security").is_some();
    for (path, item) in members(document, "/paths") {
        for segment in path.split('/').filter(|segment| !is_kebab_segment(segment)) {
            findings.push(format!("{path}: `{segment}` is not in kebab-case"));
        }
        for (method, operation) in item.as_object().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) {
                let name = format!("{} {path}", method.to_uppercase());
                lint_operation(&name, operation, everywhere, &mut ids, &mut findings);
            }
        }
    }
    for (name, schema) in members(document, "/components/schemas") {
        lint_properties(name, schema, &mut findings);
    }
    lint_references(document, document, &mut findings);
    findings
}

fn members<'a>(
    document: &'a Value,
    pointer: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    document.pointer(pointer).and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

fn lint_operation(
    name: &str,
    operation: &Value,
    secured_everywhere: bool,
    ids: &mut BTreeSet<String>,
    findings: &mut Vec<String>,
) {
    let text = |key: &str| operation.get(key).and_then(Value::as_str).unwrap_or_default();
    let id = text("operationId");
    if !is_verb_noun(id) {
        findings.push(format!("{name}: operationId `{id}` is not verb_noun"));
    }
    if !ids.insert(id.to_owned()) {
        findings.push(format!("{name}: operationId `{id}` is used twice"));
    }
    if text("summary").is_empty() {
        findings.push(format!("{name}: no summary"));
    }
    if operation.get("tags").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        findings.push(format!("{name}: no tag"));
    }
    if !secured_everywhere && operation.get("security").is_none() {
        findings.push(format!("{name}: no security, not even an explicit none"));
    }
    let Some(responses) =
        operation.get("responses").and_then(Value::as_object).filter(|map| !map.is_empty())
    else {
        findings.push(format!("{name}: no responses"));
        return;
    };
    for (status, response) in responses.iter().filter(|(status, _)| status.starts_with('4')) {
        let is_reference = response.get("$ref").is_some();
        if !is_reference && response.pointer("/content/application~1problem+json").is_none() {
            findings.push(format!("{name}: {status} is not application/problem+json"));
        }
    }
    for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten() {
        let field = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
        if matches!(field("in"), "query" | "path") && !is_snake(field("name")) {
            findings
                .push(format!("{name}: the parameter `{}` is not in snake_case", field("name")));
        }
    }
    for (media, body) in
        operation.pointer("/requestBody/content").and_then(Value::as_object).into_iter().flatten()
    {
        lint_properties(&format!("{name} {media}"), body, findings);
    }
}

/// Property names at any depth of a schema.
fn lint_properties(name: &str, schema: &Value, findings: &mut Vec<String>) {
    match schema {
        Value::Object(map) => {
            for (key, value) in map {
                if matches!(key.as_str(), "example" | "examples" | "default" | "enum" | "const") {
                    continue;
                }
                if let ("properties", Some(properties)) = (key.as_str(), value.as_object()) {
                    for property in properties.keys().filter(|property| !is_snake(property)) {
                        findings.push(format!(
                            "{name}: the property `{property}` is not in snake_case"
                        ));
                    }
                }
                lint_properties(name, value, findings);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| lint_properties(name, item, findings)),
        _ => {}
    }
}

fn lint_references(document: &Value, part: &Value, findings: &mut Vec<String>) {
    match part {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                let target =
                    reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
                if target.is_none() {
                    findings.push(format!("$ref {reference} leads nowhere"));
                }
            }
            map.values().for_each(|value| lint_references(document, value, findings));
        }
        Value::Array(items) => {
            items.iter().for_each(|item| lint_references(document, item, findings))
        }
        _ => {}
    }
}

fn is_snake(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('_')
        && !name.contains("__")
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn is_verb_noun(id: &str) -> bool {
    is_snake(id) && (id.contains('_') || BARE_VERBS.contains(&id))
}

/// `score-sheets`, `{id}`, `observations:batch`, `.well-known`, `jwks.json`.
fn is_kebab_segment(segment: &str) -> bool {
    if let Some(parameter) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        return is_snake(parameter);
    }
    segment.is_empty()
        || (!segment.starts_with('-')
            && !segment.ends_with('-')
            && segment.chars().all(|c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | ':')
            }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn good() -> Value {
        json!({
            "paths": {"/api/v1/score-sheets/{id}": {"get": {
                "operationId": "read_score_sheet", "summary": "Reads", "tags": ["evaluations"], "security": [],
                "parameters": [{"name": "if_new", "in": "query"}, {"name": "If-None-Match", "in": "header"}],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Sheet"}}}},
                    "404": {"content": {"application/problem+json": {}}}
                }
            }}},
            "components": {"schemas": {"Sheet": {"properties": {"due_on": {"example": {"notChecked": 1}}}}}}
        })
    }

    fn finding(change: impl FnOnce(&mut Value)) -> String {
        let mut document = good();
        change(&mut document);
        lint(&document).join("\n")
    }

    #[test]
    fn a_document_of_good_habits_passes() {
        assert_eq!(lint(&good()), Vec::<String>::new());
    }

    #[test]
    fn each_bad_habit_is_named() {
        const OPERATION: &str = "/paths/~1api~1v1~1score-sheets~1{id}/get";
        let set = |pointer: &'static str, key: &'static str, value: Value| {
            move |document: &mut Value| document.pointer_mut(pointer).unwrap()[key] = value
        };
        assert!(finding(set(OPERATION, "operationId", json!("sheet"))).contains("verb_noun"));
        assert!(finding(set(OPERATION, "summary", json!(""))).contains("no summary"));
        assert!(finding(set(OPERATION, "tags", json!([]))).contains("no tag"));
        assert!(
            finding(|document| {
                document
                    .pointer_mut(OPERATION)
                    .unwrap()
                    .as_object_mut()
                    .unwrap()
                    .remove("security");
            })
            .contains("no security")
        );
        assert!(
            finding(set(OPERATION, "responses", json!({"409": {"description": "x"}})))
                .contains("409 is not")
        );
        assert!(
            finding(set("/components/schemas", "Sheet", json!({"properties": {"dueOn": {}}})))
                .contains("dueOn")
        );
        assert!(finding(set("/components", "schemas", json!({}))).contains("leads nowhere"));
        assert!(finding(set("/paths", "/api/scoreSheets", json!({}))).contains("kebab"));
    }
}
