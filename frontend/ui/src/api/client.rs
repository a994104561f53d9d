//! One request: path, query, body, the headers of the API's conventions. Renews the access token when it runs out.

use std::pin::Pin;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::exchange::{Incoming, Outgoing, exchange};
use super::{BASE, Failure, refresh};

const PATIENCE: Duration = Duration::from_secs(30);

/// A request to be sent. Built with [`get`], [`post`], [`put`], [`patch`], [`delete`].
#[derive(Clone)]
pub struct Request {
    method: &'static str,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
    anonymous: bool,
    patience: Duration,
}

/// What a successful request brought.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    pub body: T,
    /// To be sent as `If-Match` with the next change.
    pub etag: Option<String>,
    /// Where the new thing is.
    pub location: Option<String>,
}

/// Reads. `path` may begin with `/api/v1`, as the shared constants do, or after it: `get("/products")`.
pub fn get(path: impl Into<String>) -> Request {
    Request::new("GET", path)
}

/// Creates or does; give creations an [`Request::idempotency_key`].
pub fn post(path: impl Into<String>) -> Request {
    Request::new("POST", path)
}

/// Puts the whole.
pub fn put(path: impl Into<String>) -> Request {
    Request::new("PUT", path)
}

/// Changes a part (merge patch).
pub fn patch(path: impl Into<String>) -> Request {
    Request::new("PATCH", path)
}

/// Removes.
pub fn delete(path: impl Into<String>) -> Request {
    Request::new("DELETE", path)
}

impl Request {
    fn new(method: &'static str, path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            method,
            path: path.strip_prefix(BASE).map_or_else(|| path.clone(), str::to_owned),
            query: Vec::new(),
            headers: vec![("Accept", "application/json".to_owned())],
            body: None,
            anonymous: false,
            patience: PATIENCE,
        }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Adds parameters, such as those of the address.
    #[must_use]
    pub fn queries(mut self, parameters: impl IntoIterator<Item = (String, String)>) -> Self {
        self.query.extend(parameters);
        self
    }

    /// Gives the body. A value that cannot be written as JSON is sent as `null`, which the server refuses.
    #[must_use]
    pub fn json(self, body: &impl Serialize) -> Self {
        self.json_as("application/json", body)
    }

    /// Gives the body of a merge patch.
    #[must_use]
    pub fn merge(self, body: &impl Serialize) -> Self {
        self.json_as("application/merge-patch+json", body)
    }

    fn json_as(mut self, media_type: &'static str, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_string(body).unwrap_or_else(|_| "null".to_owned()));
        self.headers.push(("Content-Type", media_type.to_owned()));
        self
    }

    /// Only if the record still has this ETag.
    #[must_use]
    pub fn if_match(mut self, etag: impl Into<String>) -> Self {
        self.headers.push(("If-Match", etag.into()));
        self
    }

    /// Only if the record still has this revision.
    #[must_use]
    pub fn if_revision(self, revision: u64) -> Self {
        self.if_match(format!("\"{revision}\""))
    }

    /// Makes a retry harmless: the same key brings the first answer again. Keep the key until there is an answer.
    #[must_use]
    pub fn idempotency_key(mut self, key: uuid::Uuid) -> Self {
        self.headers.push(("Idempotency-Key", key.to_string()));
        self
    }

    /// As nobody: for public reads and for signing in. Does not wait for the session.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.anonymous = true;
        self
    }

    /// Waits longer than the usual 30 seconds.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sends it and reads the answer. An empty answer reads as `()`.
    ///
    /// # Errors
    /// No connection, no answer in time, or the server's problem. An expired session has been renewed and
    /// the request repeated before a 401 is told.
    pub async fn send<T: DeserializeOwned>(self) -> Result<Answer<T>, Failure> {
        let Incoming { status, body, etag, location } = self.send_raw().await?;
        let text: &[u8] = if body.is_empty() { b"null" } else { &body };
        let body = serde_json::from_slice(text).map_err(|_| Failure::Unreadable(status))?;
        Ok(Answer { body, etag, location })
    }

    /// Boxed: each crate and each type of answer would bring its own copy of all of it into the first load.
    fn send_raw(self) -> Pin<Box<dyn Future<Output = Result<Incoming, Failure>>>> {
        Box::pin(self.send_as_needed())
    }

    async fn send_as_needed(self) -> Result<Incoming, Failure> {
        if self.anonymous {
            return self.send_once(None).await;
        }
        let token = refresh::token().await;
        let had_token = token.is_some();
        match self.send_once(token).await {
            Err(failure) if failure.needs_sign_in() && had_token => {
                match refresh::renewed().await {
                    Some(token) => self.send_once(Some(token)).await,
                    None => Err(failure),
                }
            }
            result => result,
        }
    }

    async fn send_once(&self, token: Option<String>) -> Result<Incoming, Failure> {
        exchange(Outgoing {
            method: self.method,
            path: &format!("{}{}", self.path, query_string(&self.query)),
            headers: &self.headers,
            token: token.as_deref(),
            body: self.body.as_deref(),
            patience: Some(self.patience),
        })
        .await?
        .successful()
    }
}

/// `?a=1&b=2`, encoded; nothing when there are no parameters.
pub fn query_string(parameters: &[(String, String)]) -> String {
    let mut out = String::new();
    for (name, value) in parameters {
        out.push(if out.is_empty() { '?' } else { '&' });
        out.push_str(&String::from(js_sys::encode_uri_component(name)));
        out.push('=');
        out.push_str(&String::from(js_sys::encode_uri_component(value)));
    }
    out
}
