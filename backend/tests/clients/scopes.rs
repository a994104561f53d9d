//! What a client may ask for at all: the operations of its scopes, and what is for everybody.

use nq57_shared::access::ClientScope;
use reqwest::Method;

use super::{Agency, of_provinces};
use crate::contracts::document::{Operation, document, operations};
use crate::contracts::guarded::{fill, path};
use crate::harness::{Answer, Client, TestApp, assert_problem};

fn scope(operation: &Operation) -> Option<&str> {
    operation.value["x-required-scope"].as_str()
}

async fn send(client: &Client, operation: &Operation) -> Answer {
    let nothing = |_: &str| "01930000-0000-7000-8000-00000000dead".to_owned();
    let call = client.call(operation.method.clone(), &path(operation, nothing));
    fill(call, operation, &document()).send().await
}

#[actix_web::test]
async fn every_operation_with_a_scope_refuses_a_client_that_has_every_other_one() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let all: Vec<&str> = ClientScope::ALL.iter().map(|scope| scope.as_str()).collect();
    let mut asked = 0;
    for without in &all {
        let others: Vec<&str> = all.iter().copied().filter(|scope| scope != without).collect();
        let client = agency.confirmed(&of_provinces(&others, &["92"])).await;
        let without_it = agency.caller(&app, &client).await;
        let client = agency.confirmed(&of_provinces(&[without], &["92"])).await;
        let with_it = agency.caller(&app, &client).await;
        for operation in operations().iter().filter(|one| scope(one) == Some(without)) {
            let refused = send(&without_it, operation).await;
            let problem = assert_problem(&refused, 403, "scope_missing");
            assert!(problem.detail.is_some_and(|text| text.contains(without)), "{}", operation.id);
            let told = refused.header("www-authenticate");
            assert!(told.contains(&format!("scope=\"{without}\"")), "{told}");
            let taken = send(&with_it, operation).await;
            assert!(!matches!(taken.status, 401 | 403), "{}: {}", operation.id, taken.text());
            asked += 1;
        }
    }
    assert!(asked >= 9, "only {asked} operations need a scope");
}

#[actix_web::test]
async fn what_is_for_people_is_for_no_client_and_what_is_for_everybody_is_for_clients_too() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let all: Vec<&str> = ClientScope::ALL.iter().map(|scope| scope.as_str()).collect();
    let client = agency.confirmed(&of_provinces(&all, &["92", "01"])).await;
    let caller = agency.caller(&app, &client).await;
    let mut refused = 0;
    for operation in operations().iter().filter(|one| one.is_guarded() && scope(one).is_none()) {
        assert_problem(&send(&caller, operation).await, 403, "forbidden");
        refused += 1;
    }
    assert!(refused > 40, "{refused}");
    for open in ["/reference", "/reference/provinces", "/organisations", "/site"] {
        caller.get(open).await.expect(200);
    }
    caller.get(&format!("/organisations/{}", agency.id)).await.expect(200);
    // An address that only the router reads as one of ours.
    assert_problem(&caller.get("/%6De").await, 404, "not_found");
}

#[test]
fn the_document_says_the_scope_beside_the_guard() {
    let mut guarded = 0;
    for operation in operations() {
        let Some(scope) = scope(&operation) else { continue };
        assert!(ClientScope::parse(scope).is_some(), "{scope}");
        let text = operation.value["description"].as_str().unwrap_or_default();
        assert!(text.contains(&format!("`{scope}`")), "{}", operation.id);
        if operation.is_guarded() {
            let schemes = operation.value["security"].as_array().expect("schemes");
            assert!(schemes.iter().any(|one| one["client"][0] == scope), "{}", operation.id);
            assert!(schemes.iter().any(|one| one["client_key"].is_array()), "{}", operation.id);
            guarded += 1;
        }
    }
    assert!(guarded > 0);
    let schemes = &document()["components"]["securitySchemes"];
    let flow = &schemes["client"]["flows"]["clientCredentials"];
    for scope in ClientScope::ALL {
        assert!(flow["scopes"][scope.as_str()].is_string(), "{scope}");
    }
}

#[actix_web::test]
async fn a_client_reads_what_is_public_and_pays_for_itself() {
    let app = TestApp::start_with(|config| config.limits.reads_per_minute = 3).await;
    let agency = Agency::open(&app).await;
    let [one, other] = [
        agency.caller(&app, &agency.make(&super::reader()).await).await,
        agency.caller(&app, &agency.make(&super::reader()).await).await,
    ];
    for _ in 0..3 {
        one.get("/products").await.expect(200);
    }
    let full = one.get("/products").await;
    assert_problem(&full, 429, "too_many_requests");
    other.get("/products").await.expect(200);
    // HEAD is a read like GET.
    other.call(Method::HEAD, "/products").send().await.expect(200);
}
