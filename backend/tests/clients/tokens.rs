//! The token endpoint: what OAuth libraries send and read, and what ends a token.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nq57_shared::clients::{ApiClient, ClientToken};
use reqwest::Method;
use serde_json::json;

use super::{Agency, of_provinces, reader, with};
use crate::harness::{Answer, TestApp, assert_problem};

const FORM: &str = "application/x-www-form-urlencoded";

pub async fn ask(app: &TestApp, basic: Option<(&str, &str)>, form: &str) -> Answer {
    let mut call = app.client().call(Method::POST, "/oauth/token").header("Content-Type", FORM);
    if let Some((id, secret)) = basic {
        let encoded = STANDARD.encode(format!("{id}:{secret}"));
        call = call.header("Authorization", format!("Basic {encoded}"));
    }
    call.body(form.to_owned()).send().await
}

async fn with_secret(agency: &Agency, client: &ApiClient) -> (String, String) {
    (client.id.to_string(), agency.secret(client, "client_secret").await.secret)
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, error: &str, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    assert_eq!((&body["error"], &body["code"]), (&json!(error), &json!(code)), "{body}");
    assert_eq!(body["request_id"], answer.header("x-request-id"));
    assert!(body["error_description"].as_str().is_some_and(|text| !text.is_empty()));
}

#[actix_web::test]
async fn a_client_with_a_secret_gets_a_token_of_ten_minutes() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.confirmed(&of_provinces(&["products:read", "cases:read"], &["92"])).await;
    let (id, secret) = with_secret(&agency, &client).await;
    let answer = ask(&app, Some((&id, &secret)), "grant_type=client_credentials").await;
    let answer = answer.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("pragma"), "no-cache");
    let token: ClientToken = answer.read_as();
    assert_eq!((token.token_type.as_str(), token.expires_in), ("Bearer", 600));
    assert_eq!(token.scope, "products:read cases:read");
    let caller = with(&app, &token.access_token);
    caller.get("/products").await.expect(200);
    caller.get("/cases").await.expect(200);

    // Fewer scopes, by the form.
    let form = format!(
        "grant_type=client_credentials&client_id={id}&client_secret={secret}&scope=products:read"
    );
    let token: ClientToken = ask(&app, None, &form).await.expect(200).read_as();
    assert_eq!(token.scope, "products:read");
    let narrow = with(&app, &token.access_token);
    narrow.get("/products").await.expect(200);
    assert_problem(&narrow.get("/cases").await, 403, "scope_missing");

    app.advance(chrono::Duration::seconds(600));
    for path in ["/products", "/cases", "/reference"] {
        assert_problem(&caller.get(path).await, 401, "unauthenticated");
    }
}

#[actix_web::test]
async fn a_token_ends_with_its_secret_and_with_its_client() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.confirmed(&of_provinces(&["products:read", "cases:read"], &["92"])).await;
    let mut callers = Vec::new();
    for _ in 0..2 {
        let (id, secret) = with_secret(&agency, &client).await;
        let asked = ask(&app, Some((&id, &secret)), "grant_type=client_credentials").await;
        let token: ClientToken = asked.expect(200).read_as();
        callers.push(with(&app, &token.access_token));
    }
    let [first, second] = [&callers[0], &callers[1]];
    first.get("/products").await.expect(200);
    let oldest = agency.read(&client).await.secrets[1].id;
    let path = format!("/api-clients/{}/secrets/{oldest}", client.id);
    agency.manager.delete(&path).await.expect(204);
    assert_problem(&first.get("/products").await, 401, "secret_revoked");
    second.get("/cases").await.expect(200);
    // What is taken from the client is taken from its tokens.
    agency.edit(&client, &json!({"scopes": ["products:read"]})).await.expect(200);
    assert_problem(&second.get("/cases").await, 403, "scope_missing");
    agency.send(&agency.manager, &client, "suspend").await.expect(200);
    assert_problem(&second.get("/products").await, 401, "client_suspended");
}

#[actix_web::test]
async fn refusals_are_those_of_oauth_with_a_code_of_ours() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.make(&reader()).await;
    let (id, secret) = with_secret(&agency, &client).await;
    let key = agency.secret(&client, "key").await.secret;
    let stranger = "01930000-0000-7000-8000-00000000dead".to_owned();
    let grant = "grant_type=client_credentials";
    let both = format!("{grant}&client_id={id}&client_secret={secret}");
    let ours = Some((id.as_str(), secret.as_str()));
    for (basic, form, status, error, code) in [
        (ours, "", 400, "invalid_request", "malformed_body"),
        (ours, "scope=products:read", 400, "invalid_request", "malformed_body"),
        (ours, "grant_type=password", 400, "unsupported_grant_type", "malformed_body"),
        (ours, &format!("{grant}&{grant}"), 400, "invalid_request", "malformed_body"),
        (ours, &both, 400, "invalid_request", "malformed_body"),
        (None, &format!("{grant}&client_secret=x"), 401, "invalid_client", "unauthenticated"),
        (None, grant, 401, "invalid_client", "unauthenticated"),
        (Some((&id, "x")), grant, 401, "invalid_client", "unauthenticated"),
        (Some((&id, &key)), grant, 401, "invalid_client", "unauthenticated"),
        (Some(("x", &secret)), grant, 401, "invalid_client", "unauthenticated"),
        (Some((&stranger, &secret)), grant, 401, "invalid_client", "unauthenticated"),
        (ours, &format!("{grant}&scope=cases:read"), 400, "invalid_scope", "scope_missing"),
        (ours, &format!("{grant}&scope=nonsense"), 400, "invalid_scope", "scope_missing"),
    ] {
        let answer = ask(&app, basic, form).await;
        assert_refused(&answer, status, error, code);
        if status == 401 {
            assert_eq!(answer.header("www-authenticate"), "Basic realm=\"nq57\"", "{form}");
        }
    }
    // What it does not know it overlooks, as the standard says.
    ask(&app, ours, &format!("{grant}&audience=x&scope=")).await.expect(200);
    let json = app.client().call(Method::POST, "/oauth/token").json(&json!({}));
    assert_problem(&json.send().await, 415, "unsupported_media_type");
    let query = app.client().call(Method::POST, &format!("/oauth/token?client_secret={secret}"));
    assert_problem(&query.header("Content-Length", "0").send().await, 400, "secret_in_address");
    assert_refused(&ask(&app, ours, grant).await, 401, "invalid_client", "secret_revoked");
}

#[actix_web::test]
async fn who_is_suspended_or_elsewhere_gets_no_token() {
    let app = TestApp::start().await;
    let agency = Agency::open(&app).await;
    let client = agency.make(&reader()).await;
    let (id, secret) = with_secret(&agency, &client).await;
    let grant = "grant_type=client_credentials";
    agency.edit(&client, &json!({"networks": ["203.0.113.0/24"]})).await.expect(200);
    let answer = ask(&app, Some((&id, &secret)), grant).await;
    assert_refused(&answer, 400, "unauthorized_client", "network_not_allowed");
    agency.edit(&client, &json!({"networks": []})).await.expect(200);
    agency.send(&agency.manager, &client, "suspend").await.expect(200);
    let answer = ask(&app, Some((&id, &secret)), grant).await;
    assert_refused(&answer, 401, "invalid_client", "client_suspended");
}
