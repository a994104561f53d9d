//! What to send when a draft has changed: the difference as a merge patch, without what the server would refuse.

use nq57_shared::products::FieldChange;
use nq57_shared::products::compare::changes;
use nq57_shared::validate::Violation;
use serde_json::{Map, Value};

/// The merge patch (RFC 7396) that makes `to` of `from`; `None` when they are the same.
pub(super) fn merge_patch(from: &Value, to: &Value) -> Option<Value> {
    match (from, to) {
        (Value::Object(before), Value::Object(after)) => {
            let mut patch = Map::new();
            for (name, value) in after {
                let difference = match before.get(name) {
                    Some(known) => merge_patch(known, value),
                    None => Some(value.clone()),
                };
                if let Some(difference) = difference {
                    patch.insert(name.clone(), difference);
                }
            }
            for name in before.keys().filter(|name| !after.contains_key(*name)) {
                patch.insert(name.clone(), Value::Null);
            }
            (!patch.is_empty()).then_some(Value::Object(patch))
        }
        _ => (from != to).then(|| to.clone()),
    }
}

/// `target` with the merge patch applied.
pub(super) fn apply(target: &Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return patch.clone() };
    let mut out = target.as_object().cloned().unwrap_or_default();
    for (name, value) in patch {
        if value.is_null() {
            out.remove(name);
        } else {
            let before = out.get(name).cloned().unwrap_or(Value::Null);
            out.insert(name.clone(), apply(&before, value));
        }
    }
    Value::Object(out)
}

/// `draft` where every value with a fault is as in `base`: the rest can be saved meanwhile. Lists count as one value.
pub(super) fn without_faults(draft: &Value, base: &Value, faults: &[Violation]) -> Value {
    let mut out = draft.clone();
    for fault in faults {
        let whole = whole_value(&fault.pointer);
        let before = base.pointer(&whole).cloned().unwrap_or(Value::Null);
        if let Some(place) = out.pointer_mut(&whole) {
            *place = before;
        }
    }
    out
}

/// The pointer up to the list that it leads into.
fn whole_value(pointer: &str) -> String {
    let mut whole = String::new();
    for segment in pointer.split('/').skip(1) {
        if segment.parse::<usize>().is_ok() {
            break;
        }
        whole.push('/');
        whole.push_str(segment);
    }
    whole
}

/// What I changed and the server now has otherwise: from the server's value to mine.
pub(super) fn conflicts(base: &Value, mine: &Value, theirs: &Value) -> Vec<FieldChange> {
    changes(base, mine)
        .into_iter()
        .map(|change| FieldChange {
            from: theirs.pointer(&change.pointer).cloned().unwrap_or(Value::Null),
            ..change
        })
        .filter(|change| change.from != change.to)
        .collect()
}

#[cfg(test)]
mod tests {
    use nq57_shared::problem::FieldCode;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_sent() {
        let from = json!({"title": "A", "trl": 3, "owner": {"name": "X", "tax_code": "1"}, "links": ["a"]});
        let to = json!({"title": "A", "trl": null, "owner": {"name": "Y"}, "links": ["a", "b"]});
        assert_eq!(
            merge_patch(&from, &to),
            Some(
                json!({"trl": null, "owner": {"name": "Y", "tax_code": null}, "links": ["a", "b"]})
            )
        );
        assert_eq!(merge_patch(&to, &to), None);
    }

    #[test]
    fn what_is_wrong_stays_as_it_was_and_the_rest_is_sent() {
        let base = json!({"title": "A", "links": [], "owner": {"contact": {"email": ""}}});
        let draft =
            json!({"title": "B", "links": ["không phải"], "owner": {"contact": {"email": "lan@"}}});
        let fault = |pointer: &str| Violation {
            pointer: pointer.into(),
            code: FieldCode::InvalidFormat,
            limit: None,
        };
        let sendable =
            without_faults(&draft, &base, &[fault("/links/0"), fault("/owner/contact/email")]);
        assert_eq!(
            sendable,
            json!({"title": "B", "links": [], "owner": {"contact": {"email": ""}}})
        );
    }

    #[test]
    fn a_conflict_shows_what_i_changed_beside_what_the_server_has() {
        let base = json!({"title": "A", "summary": "s", "effect": "e"});
        let mine = json!({"title": "B", "summary": "s2", "effect": "e"});
        let theirs = json!({"title": "C", "summary": "s2", "effect": "e2"});
        let found = conflicts(&base, &mine, &theirs);
        assert_eq!(
            found,
            [FieldChange { pointer: "/title".into(), from: json!("C"), to: json!("B") }]
        );
    }

    proptest! {
        #[test]
        fn applying_the_patch_gives_the_new_text(a in "[a-b]{0,2}", b in "[a-b]{0,2}", n in 0_u8..3, m in 0_u8..3) {
            let from = json!({"x": {"y": a}, "n": vec![1; usize::from(n)]});
            let to = json!({"x": {"y": b}, "n": vec![1; usize::from(m)]});
            let result = merge_patch(&from, &to).map_or_else(|| from.clone(), |patch| apply(&from, &patch));
            prop_assert_eq!(result, to);
        }
    }
}
