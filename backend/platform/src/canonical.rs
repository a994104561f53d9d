//! Canonical JSON: the same value is the same text, for fingerprints that anybody can compute again.

use serde::Serialize;
use serde_json::Value;

use crate::error::{ApiError, ApiResult};

/// Canonical JSON (RFC 8785, for values without fractions): members in the order of their names, no
/// white space.
///
/// # Errors
/// When the value cannot be written as JSON.
pub fn canonical(value: &impl Serialize) -> ApiResult<String> {
    let value = serde_json::to_value(value).map_err(ApiError::internal)?;
    let mut text = String::new();
    write(&value, &mut text);
    Ok(text)
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            // RFC 8785 compares UTF-16 code units; names of ours are ASCII, where all orders agree.
            members.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (i, (name, member)) in members.into_iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(member, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_in_which_members_were_written_does_not_matter() {
        let text = canonical(&json!({"b": [1, {"d": null, "c": "ầ\n"}], "a": true}));
        assert_eq!(text.expect("JSON"), r#"{"a":true,"b":[1,{"c":"ầ\n","d":null}]}"#);
    }

    proptest! {
        #[test]
        fn canonical_text_reads_back_as_the_same_value(
            members in prop::collection::btree_map("[a-z]{1,3}", "\\PC{0,8}", 0..6)
        ) {
            let value = json!(members);
            let text = canonical(&value).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
        }
    }
}
