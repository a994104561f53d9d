//! What came back, read to the end.

use nq57_shared::problem::{MEDIA_TYPE, Problem};
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// An answer with its body.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn read(response: reqwest::Response) -> Self {
        Self::try_read(response).await.expect("a body")
    }

    /// An answer that was cut off is an error.
    pub async fn try_read(response: reqwest::Response) -> reqwest::Result<Self> {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response.bytes().await?.to_vec();
        Ok(Self { status, headers, body })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of a header, empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON; null when it is empty.
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// The body as a type of the API; the status must be a success.
    pub fn read_as<T: DeserializeOwned>(&self) -> T {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text());
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The revision that the entity tag names.
    pub fn revision(&self) -> i64 {
        let tag = self.header("etag").trim_matches('"');
        let revision = tag.split('-').next().unwrap_or_default();
        revision.parse().expect("a revision in the entity tag")
    }

    /// Checks the status; the body is shown when it is another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// Checks that this is a whole problem document with this status and code, and returns it.
#[track_caller]
pub fn assert_problem(answer: &Answer, status: u16, code: &str) -> Problem {
    let text = answer.text();
    assert_eq!(answer.status, status, "{text}");
    assert_eq!(answer.header("content-type"), MEDIA_TYPE, "{text}");
    let problem: Problem = serde_json::from_slice(&answer.body)
        .unwrap_or_else(|error| panic!("not a problem document: {error}: {text}"));
    assert_eq!((problem.status, problem.code.as_str()), (status, code), "{text}");
    assert_eq!(problem.request_id.as_deref(), Some(answer.header("x-request-id")), "{text}");
    assert!(problem.instance.as_deref().is_some_and(|path| path.starts_with('/')), "{text}");
    assert_eq!(problem.kind, format!("/docs/problems#{code}"));
    assert!(!problem.title.is_empty(), "{text}");
    problem
}
