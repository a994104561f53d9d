//! Two servers on one database behave as one.

use std::time::{Duration, Instant};

use crate::harness::{TestApp, assert_problem};

#[actix_web::test]
async fn a_revoked_session_ends_here_at_once_and_there_within_seconds() {
    let app = TestApp::start().await;
    let second = app.sibling().await;
    let account = app.account("traveller", &[]).await;
    let here = app.sign_in(account).await;
    let there = here.at(&second.address);
    here.get("/me").await.expect(200);
    there.get("/me").await.expect(200);

    let sessions = here.get("/me/sessions").await.json();
    let id = sessions["items"][0]["id"].as_str().expect("an id").to_owned();
    here.delete(&format!("/me/sessions/{id}")).await.expect(204);
    assert_problem(&here.get("/me").await, 401, "unauthenticated");

    let revoked = Instant::now();
    while there.get("/me").await.status != 401 {
        assert!(revoked.elapsed() < Duration::from_secs(8), "the other server still lets it in");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[actix_web::test]
async fn they_share_the_keys_that_sign_tokens() {
    let app = TestApp::start().await;
    let second = app.sibling().await;
    let keys = async |app: &TestApp| {
        let call = app.client().call_root(reqwest::Method::GET, "/.well-known/jwks.json");
        call.send().await.expect(200).json()
    };
    let published = keys(&app).await;
    assert_eq!(published, keys(&second).await);
    assert_eq!(published["keys"][0]["alg"], "EdDSA");
    let client = app.signed_in("somebody", &[]).await;
    assert_eq!(client.token().split('.').count(), 3);
    client.at(&second.address).get("/me").await.expect(200);
}
