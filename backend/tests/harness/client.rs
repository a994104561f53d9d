//! Somebody who talks to the server. Paths of operations are written below `/api/v1`.

use nq57_shared::ids::AccountId;
use reqwest::Method;
use serde::Serialize;

use super::{Answer, promise};

/// Without the certificates of the machine: reading them cost a third of the time of all tests.
pub fn plain_http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("a client")
}

/// A caller, signed in or not.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    address: String,
    signed_in: Option<(AccountId, String)>,
}

impl Client {
    pub fn new(address: &str, signed_in: Option<(AccountId, String)>) -> Self {
        let http = plain_http();
        Self { http, address: address.to_owned(), signed_in }
    }

    /// The same person at another server of the same database.
    pub fn at(&self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self.clone() }
    }

    /// Somebody else, over the same connections.
    pub fn signed_in_as(&self, account: AccountId, token: String) -> Self {
        Self { signed_in: Some((account, token)), ..self.clone() }
    }

    /// The account; only for somebody who has signed in.
    pub fn account(&self) -> AccountId {
        self.signed_in.as_ref().expect("signed in").0
    }

    /// The access token; only for somebody who has signed in.
    pub fn token(&self) -> &str {
        &self.signed_in.as_ref().expect("signed in").1
    }

    /// A call of an operation: `call(Method::GET, "/products")`.
    pub fn call(&self, method: Method, path: &str) -> Call {
        self.call_root(method, &format!("/api/v1{path}"))
    }

    /// A call of any path of the server.
    pub fn call_root(&self, method: Method, path: &str) -> Call {
        let mut request = self.http.request(method, format!("{}{path}", self.address));
        if let Some((_, token)) = &self.signed_in {
            request = request.bearer_auth(token);
        }
        Call(request)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).send().await
    }

    pub async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        self.call(Method::POST, path).json(body).send().await
    }

    /// POST to an `events` path, with the revision that was seen.
    pub async fn send_event(&self, path: &str, revision: i64, body: &impl Serialize) -> Answer {
        self.call(Method::POST, path).if_match(revision).json(body).send().await
    }

    pub async fn patch(&self, path: &str, revision: i64, body: &impl Serialize) -> Answer {
        self.call(Method::PATCH, path).if_match(revision).json(body).send().await
    }

    pub async fn put(&self, path: &str, revision: i64, body: &impl Serialize) -> Answer {
        self.call(Method::PUT, path).if_match(revision).json(body).send().await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path).send().await
    }
}

/// A request being put together.
pub struct Call(reqwest::RequestBuilder);

impl Call {
    pub fn header(self, name: &str, value: impl AsRef<str>) -> Self {
        Self(self.0.header(name, value.as_ref()))
    }

    pub fn if_match(self, revision: i64) -> Self {
        self.header("If-Match", format!("\"{revision}\""))
    }

    pub fn idempotency_key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    pub fn json(self, body: &impl Serialize) -> Self {
        Self(self.0.json(body))
    }

    /// A body as it is; say the content type yourself.
    pub fn body(self, body: impl Into<reqwest::Body>) -> Self {
        Self(self.0.body(body))
    }

    pub async fn send(self) -> Answer {
        let (client, request) = self.0.build_split();
        let request = request.expect("a request");
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let answer = Answer::read(client.execute(request).await.expect("an answer")).await;
        if let Some(fault) = promise::broken(&method, &path, &answer) {
            panic!("{fault}");
        }
        answer
    }

    /// `None` when the connection broke before the whole answer was there.
    pub async fn try_send(self) -> Option<Answer> {
        Answer::try_read(self.0.send().await.ok()?).await.ok()
    }
}
