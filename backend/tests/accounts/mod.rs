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

/// The cookie that the answer sets, as a request sends it back; nothing when it sets none.
pub fn cookie_of(answer: &Answer) -> Option<String> {
    let set = answer.header("set-cookie");
    let pair = set.split(';').next().unwrap_or_default();
    (!pair.is_empty()).then(|| pair.to_owned())
}

pub async fn refresh(app: &TestApp, cookie: &str) -> Answer {
    app.client().call(Method::POST, "/auth/refresh").header("Cookie", cookie).send().await
}

/// Registers without looking at the answer's body, which has none.
pub async fn register(app: &TestApp, email: &str, password: &str, name: &str) -> Answer {
    let body = json!({ "email": email, "password": password, "display_name": name });
    app.client().post("/auth/register", &body).await
}
