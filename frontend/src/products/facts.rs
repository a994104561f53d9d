//! The fields of a product by JSON pointer: their names, and their values as people read them.
//! One place, so that the check page, the comparison and the conflict tell the same story.

use nq57_shared::products::draft::{Maturity, OwnerType, ProductDomain, ProductKind};
use nq57_ui::i18n::{Text, tr};
use serde_json::Value;

use super::view_model::{self, show_since};
use crate::reference::{List, name};

/// The name of the field at this pointer; of the nearest known field above it.
pub fn field_name(pointer: &str) -> &'static str {
    use tr::products::field as words;
    match pointer {
        "/title" => words::title(),
        "/kind" => words::kind(),
        "/domain" => words::domain(),
        "/maturity" => words::maturity(),
        "/trl" => words::trl(),
        "/province_code" => words::province_code(),
        "/summary" => words::summary(),
        "/problem" => words::problem(),
        "/description" => words::description(),
        "/novelty" => words::novelty(),
        "/strategic_technology" => words::strategic_technology(),
        "/effect" => words::effect(),
        "/owner/type" => words::owner_type(),
        "/owner/name" => words::owner_name(),
        "/owner/tax_code" => words::tax_code(),
        "/owner/contact/name" => words::contact_name(),
        "/owner/contact/email" => words::contact_email(),
        "/owner/contact/phone" => words::contact_phone(),
        "/owner/contact/address" => words::contact_address(),
        "/consent" => words::consent(),
        _ if pointer.starts_with("/sectors") => words::sectors(),
        _ if pointer.starts_with("/deployments") => words::deployments(),
        _ if pointer.starts_with("/intellectual_property") => words::intellectual_property(),
        _ if pointer.starts_with("/links") => words::links(),
        _ if pointer.starts_with("/files") => words::files(),
        _ => words::owner(),
    }
}

/// The value at this pointer, in words; empty when there is none. Follows the language.
pub fn field_value(pointer: &str, value: &Value) -> String {
    let text = value.as_str();
    match pointer {
        "/kind" => {
            text.and_then(ProductKind::parse).map(view_model::kind).unwrap_or_default().to_owned()
        }
        "/domain" => text
            .and_then(ProductDomain::parse)
            .map(view_model::domain)
            .unwrap_or_default()
            .to_owned(),
        "/maturity" => {
            text.and_then(Maturity::parse).map(view_model::maturity).unwrap_or_default().to_owned()
        }
        "/owner/type" => text
            .and_then(OwnerType::parse)
            .map(view_model::owner_type)
            .unwrap_or_default()
            .to_owned(),
        "/trl" => value.as_u64().map(trl).unwrap_or_default(),
        "/province_code" => text.map(|code| name(List::Provinces, code)).unwrap_or_default(),
        // None is an answer too, and the form offers it as one.
        "/strategic_technology" => text.map_or_else(
            || tr::submissions::what::strategic_empty().to_owned(),
            |code| name(List::StrategicTechnologies, code),
        ),
        "/sectors" => lines(value, ", ", |code| {
            code.as_str().map(|code| name(List::Sectors, code)).unwrap_or_default()
        }),
        "/deployments" => lines(value, "\n", deployment),
        "/files" => lines(value, "\n", |file| member(file, "name")),
        _ => match value {
            Value::String(text) => text.clone(),
            Value::Array(_) => {
                lines(value, "\n", |entry| entry.as_str().unwrap_or_default().to_owned())
            }
            Value::Bool(true) => "✓".to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(false) | Value::Object(_) => String::new(),
        },
    }
}

/// "TRL 8, complete and qualified".
pub fn trl(level: u64) -> String {
    let code = level.to_string();
    let known = name(List::Trl, &code);
    if known == code { format!("TRL {level}") } else { tr::products::trl_named(level, known) }
}

fn deployment(entry: &Value) -> String {
    let since = member(entry, "since");
    let since =
        if since.is_empty() { since } else { tr::products::in_use_since(show_since(&since)) };
    [member(entry, "customer"), member(entry, "place"), since]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

fn member(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn lines(value: &Value, separator: &str, line: impl Fn(&Value) -> String) -> String {
    value
        .as_array()
        .map(|entries| entries.iter().map(line).collect::<Vec<_>>().join(separator))
        .unwrap_or_default()
}

/// The name of a field as a text that follows the language.
pub fn field_text(pointer: &str) -> Text {
    let pointer = pointer.to_owned();
    Text::from(move || field_name(&pointer))
}

/// The value of a field as a text that follows the language.
pub fn value_text(pointer: &str, value: Value) -> Text {
    let pointer = pointer.to_owned();
    Text::from(move || field_value(&pointer, &value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_and_absent_values_read_as_people_write_them() {
        let places = json!([{"customer": "Hợp tác xã Gò Me", "place": "Cà Mau", "since": ""}, {"customer": "Trạm 3", "place": "", "since": ""}]);
        assert_eq!(field_value("/deployments", &places), "Hợp tác xã Gò Me, Cà Mau\nTrạm 3");
        assert_eq!(
            field_value("/links", &json!(["https://a.example", "https://b.example"])),
            "https://a.example\nhttps://b.example"
        );
        assert_eq!(field_value("/owner/tax_code", &Value::Null), "");
    }
}
