//! Holds every answer of every test to the document: its status and its headers must be declared.

use std::sync::LazyLock;

use nq57_backend::slices::REGISTRY;
use reqwest::Method;
use serde_json::Value;

use super::Answer;

/// Headers of HTTP itself and of security, which every answer may carry.
const UNDECLARED: &[&str] = &[
    "allow",
    "connection",
    "content-encoding",
    "content-length",
    "content-security-policy",
    "content-type",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "date",
    "permissions-policy",
    "referrer-policy",
    "strict-transport-security",
    "transfer-encoding",
    "x-content-type-options",
    "x-frame-options",
];

/// What the document does not tell about this answer, if anything.
pub fn broken(method: &Method, path: &str, answer: &Answer) -> Option<String> {
    let operation = operation(method, path)?;
    let name = &operation["operationId"];
    let status = answer.status.to_string();
    let Some(declared) = operation["responses"].get(&status) else {
        return Some(format!(
            "{name} answers {status}, which is not documented: {}",
            answer.text()
        ));
    };
    let declared = match declared["$ref"].as_str() {
        Some(reference) => document().pointer(reference.trim_start_matches('#'))?,
        None => declared,
    };
    let headers = declared["headers"].as_object().cloned().unwrap_or_default();
    let is_declared = |name: &str| {
        UNDECLARED.contains(&name)
            || name.starts_with("access-control-")
            || headers.keys().any(|declared| declared.eq_ignore_ascii_case(name))
    };
    let stray = answer.headers.keys().find(|header| !is_declared(header.as_str()))?;
    Some(format!(
        "{name} answers {status} with `{stray}`, which is not documented: add it to the `headers(…)` of \
         the response, or to HEADERS in http/openapi/rules.rs"
    ))
}

fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        serde_json::from_str(REGISTRY.document().text()).expect("the document is JSON")
    });
    &DOCUMENT
}

/// The operation at this path; one without placeholders comes before one with.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let paths = document()["paths"].as_object()?;
    let fits = paths.iter().filter(|(pattern, _)| is_at(pattern, path));
    let (_, item) = fits.min_by_key(|(pattern, _)| pattern.matches('{').count())?;
    let method = if method == Method::HEAD { Method::GET } else { method.clone() };
    item.get(method.as_str().to_lowercase())
}

fn is_at(pattern: &str, path: &str) -> bool {
    let (wanted, given) = (pattern.split('/'), path.split('/'));
    wanted.clone().count() == given.clone().count()
        && wanted.zip(given).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
}
