//! What changed between two texts, field by field: for versions, and for two people who edit at once.

use serde_json::Value;

use super::versions::FieldChange;

/// Every member that differs, with its JSON pointer. Objects are compared member by member; lists
/// and plain values as a whole. What one side lacks is `null` there.
#[must_use]
pub fn changes(from: &Value, to: &Value) -> Vec<FieldChange> {
    let mut found = Vec::new();
    compare("", from, to, &mut found);
    found
}

fn compare(pointer: &str, from: &Value, to: &Value, found: &mut Vec<FieldChange>) {
    match (from, to) {
        (Value::Object(before), Value::Object(after)) => {
            let added = after.keys().filter(|name| !before.contains_key(*name));
            for name in before.keys().chain(added) {
                let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                let before = before.get(name).unwrap_or(&Value::Null);
                let after = after.get(name).unwrap_or(&Value::Null);
                compare(&pointer, before, after, found);
            }
        }
        _ if from == to => {}
        _ => found.push(FieldChange {
            pointer: pointer.to_owned(),
            from: from.clone(),
            to: to.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_named_where_they_stand() {
        let from = json!({"title": "A", "owner": {"name": "X", "tax_code": "1"}, "links": ["a"]});
        let to = json!({"title": "A", "owner": {"name": "Y"}, "links": ["a", "b"], "a/b": 1});
        let mut found: Vec<_> = changes(&from, &to)
            .into_iter()
            .map(|change| (change.pointer, change.from, change.to))
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(
            found,
            [
                ("/a~1b".into(), json!(null), json!(1)),
                ("/links".into(), json!(["a"]), json!(["a", "b"])),
                ("/owner/name".into(), json!("X"), json!("Y")),
                ("/owner/tax_code".into(), json!("1"), json!(null)),
            ]
        );
    }

    proptest! {
        #[test]
        fn only_different_texts_have_differences(a in "[a-c]{0,2}", b in "[a-c]{0,2}") {
            let (from, to) = (json!({"x": {"y": a}}), json!({"x": {"y": b}}));
            prop_assert_eq!(changes(&from, &to).is_empty(), a == b);
        }
    }
}
