//! THE list of slices: whatever answers requests, repeats, or handles messages stands here.

use std::time::Duration;

use futures_util::FutureExt;
use nq57_platform::http::idempotency;
use nq57_platform::jobs::Job;
use nq57_platform::registry::{Registry, Slice};
use nq57_platform::{
    audit, casework, feed, files, notifications, outbox, reference, site, tracking,
};

use crate::domains::{evaluations, products};
use crate::identity::{accounts, administration, clients, organisations};

/// The slices in the order in which a newcomer meets their operations.
pub static REGISTRY: Registry = Registry::new(
    &[
        HTTP,
        site::SLICE,
        accounts::SLICE,
        organisations::SLICE,
        clients::SLICE,
        products::SLICE,
        evaluations::SLICE,
        casework::SLICE,
        tracking::SLICE,
        notifications::SLICE,
        reference::SLICE,
        feed::SLICE,
        administration::SLICE,
        outbox::SLICE,
        audit::SLICE,
        files::SLICE,
    ],
    &accounts::PEOPLE,
);

/// What keeps requests in order has no operations.
const HTTP: Slice = Slice {
    jobs: &[
        Job {
            name: "forget idle callers",
            every: Duration::from_secs(60),
            run: |state| {
                async move {
                    state.rate_limits.forget_idle();
                    Ok(())
                }
                .boxed_local()
            },
        },
        Job {
            name: "purge idempotency keys",
            every: Duration::from_secs(600),
            run: |state| idempotency::purge(state).boxed_local(),
        },
    ],
    ..Slice::EMPTY
};

#[cfg(test)]
mod tests {
    use super::*;
    use nq57_shared::access::Role;
    use nq57_shared::language::Language;
    use serde_json::{Map, Value};

    #[test]
    fn every_operation_of_the_document_is_found_under_its_path_by_one_look() {
        let document = REGISTRY.document();
        let read: Value = serde_json::from_str(document.text()).expect("JSON");
        let mut found = 0;
        for (path, item) in read["paths"].as_object().expect("paths") {
            let concrete = path.replace('{', "x").replace('}', "y");
            let known = document.at(&concrete).unwrap_or_else(|| panic!("{path} is not found"));
            for method in
                item.as_object().expect("operations").keys().filter(|key| *key != "parameters")
            {
                assert!(known.check(&method.to_uppercase(), "").is_ok(), "{method} {path}");
                found += 1;
            }
        }
        assert!(found > 60, "{found}");
        assert!(document.at("/api/v1/nowhere").is_none());
    }

    #[test]
    fn every_series_of_codes_stands_for_one_kind_of_case_and_can_be_typed() {
        for tracked in REGISTRY.all_tracked() {
            let code = format!("{}-2026-000001", tracked.series);
            assert_eq!(nq57_shared::tracking::code(&code), Some(code.clone()));
            let same = REGISTRY.tracked(&code).expect("known");
            assert_eq!((same.kind, same.series), (tracked.kind, tracked.series));
        }
        assert!(REGISTRY.tracked("nonsense").is_none() && REGISTRY.tracked("XX-2026-1").is_none());
    }

    #[test]
    fn every_notice_has_both_languages_and_uses_all_that_it_is_given() {
        REGISTRY.catalogue().expect("they fit together");
        assert!(REGISTRY.templates().count() > 30);
    }

    #[test]
    fn every_role_has_a_word_in_notices() {
        let catalogue = REGISTRY.catalogue().expect("loaded");
        for (role, language) in Role::ALL.iter().flat_map(|role| Language::ALL.map(|l| (role, l))) {
            let args = Map::from_iter([("role".to_owned(), Value::from(role.as_str()))]);
            let told = catalogue.render("role_granted", language, &args).expect("known");
            assert!(!told.text.contains(role.as_str()), "{role:?} {language:?}: {}", told.text);
        }
    }

    #[test]
    fn a_path_with_a_name_of_its_own_is_no_thing_of_that_name() {
        let document = REGISTRY.document();
        let figures = document.at("/api/v1/products/statistics").expect("known");
        assert!(figures.check("GET", "").is_ok());
        assert!(figures.check("PATCH", "").is_err());
        let product = document.at("/api/v1/products/x").expect("known");
        assert!(product.check("PATCH", "").is_ok());
        assert!(product.check("DELETE", "").is_err());
    }
}
