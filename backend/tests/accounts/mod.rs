//! Accounts, sessions and sign-in over HTTP.

mod log_in;
pub mod mailbox;
mod me;
mod password;
mod register;
mod sessions;

use nq57_shared::accounts::AccessToken;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Client, TestApp};

pub async fn log_in(app: &TestApp, email: &str, password: &str) -> Answer {
    app.client().post("/auth/login", &json!({ "email": email, "password": password })).await
}

/// A client with the access token of this answer.
pub fn with_token_of(app: &TestApp, answer: &Answer) -> Client {
    let token: AccessToken = answer.read_as();
    Client::new(&app.address, Some((token.account.id, token.access_token)))
}

/// The refresh token that the answer sets, as a request sends it back; nothing when it sets none.
pub fn cookie_of(answer: &Answer) -> Option<String> {
    named_cookie(answer, "nq57_refresh")
}

/// The cookie of this name that the answer sets, as a request sends it back.
pub fn named_cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let mut pairs = set.filter_map(|value| value.split(';').next());
    pairs.find(|pair| pair.split('=').next() == Some(name)).map(str::to_owned)
}

/// Opens the link of a mail in the browser that has this cookie.
pub async fn verify(app: &TestApp, token: &str, registration: &str) -> Answer {
    let call = app.client().call(Method::POST, "/auth/verify").header("Cookie", registration);
    call.json(&json!({ "token": token })).send().await
}

/// The cookie that a registration sets.
pub fn browser_of(answer: &Answer) -> String {
    named_cookie(answer, "nq57_registration").expect("the registration sets a cookie")
}

pub async fn refresh(app: &TestApp, cookie: &str) -> Answer {
    app.client().call(Method::POST, "/auth/refresh").header("Cookie", cookie).send().await
}

/// Registers without looking at the answer's body, which has none.
pub async fn register(app: &TestApp, email: &str, password: &str, name: &str) -> Answer {
    let body = json!({ "email": email, "password": password, "display_name": name });
    app.client().post("/auth/register", &body).await
}
