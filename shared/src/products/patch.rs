//! A merge patch on a draft (RFC 7396): absent members stay, `null` empties, lists are replaced.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::draft::ProductDraft;
use crate::validate::{Validate, Violations};

/// The members to change. Which they are and what they may be is checked on the whole draft after the
/// patch, so that the places of errors are those of the draft.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProductPatch(pub Map<String, Value>);

impl ProductPatch {
    /// The JSON of the draft with the patch.
    ///
    /// # Errors
    /// When the draft cannot be written as JSON.
    pub fn applied_to(&self, draft: &ProductDraft) -> Result<Vec<u8>, serde_json::Error> {
        let mut whole = serde_json::to_value(draft)?;
        merge(&mut whole, &self.0);
        serde_json::to_vec(&whole)
    }
}

fn merge(target: &mut Value, patch: &Map<String, Value>) {
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, change) in patch {
        match change {
            Value::Null => {
                members.remove(name);
            }
            Value::Object(inner) => merge(members.entry(name).or_insert(Value::Null), inner),
            plain => {
                members.insert(name.clone(), plain.clone());
            }
        }
    }
}

impl Validate for ProductPatch {
    fn check(&self, _: &mut Violations) {}
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ProductPatch {
    /// The members of the draft, none of them required.
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::{RefOr, Schema};
        let mut schema = ProductDraft::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.required.clear();
            object.description =
                Some("A merge patch (RFC 7396) on a draft; `null` empties a member.".into());
        }
        schema
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ProductPatch {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
        ProductDraft::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn merged(target: Value, patch: Value) -> Value {
        let mut target = target;
        merge(&mut target, patch.as_object().expect("an object"));
        target
    }

    #[test]
    fn the_examples_of_the_standard_hold() {
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            assert_eq!(merged(target, patch), result);
        }
    }

    proptest! {
        #[test]
        fn a_patch_applied_twice_changes_nothing_more(
            a in prop::collection::btree_map("[a-c]", prop::option::of(0..3_i32), 0..3),
            b in prop::collection::btree_map("[a-c]", prop::option::of(0..3_i32), 0..3),
        ) {
            let once = merged(json!(a), json!(b));
            prop_assert_eq!(merged(once.clone(), json!(b)), once);
        }
    }
}
