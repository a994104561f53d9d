//! Public answers ready to be sent again: body and both encodings with their tag, kept for a minute.
//! The frame serves them before any routing; who changes what is public invalidates the topic.

use std::fmt;
use std::future::Future;
use std::io::Write;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::dev::RequestHead;
use actix_web::http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderName, HeaderValue, VARY,
};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use moka::sync::Cache;
use nq57_core::page::Paged;
use serde::Serialize;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::error::{ApiError, ApiResult};
use crate::http::generations::{Generations, Mark};
use crate::http::query_string::given;
use crate::http::signals::{Signal, Signals};
use crate::http::{conditional, link};
use crate::persistence::transaction::Tx;

/// Seconds that an answer may be reused here.
const KEPT_SECONDS: u64 = 60;
/// Bytes that all answers together may take.
const CAPACITY: u64 = 48 * 1024 * 1024;
/// Addresses whose answers may be in the making at once, as far as one makes them for all.
const FLIGHTS: u64 = 10_000;
/// Smaller bodies are sent as they are.
const WORTH_COMPRESSING: usize = 600;

/// What an answer is about: invalidating it drops the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic {
    kind: &'static str,
    id: Option<Uuid>,
}

impl Topic {
    /// All things of a kind: lists and figures.
    #[must_use]
    pub const fn all(kind: &'static str) -> Self {
        Self { kind, id: None }
    }

    /// One thing: its page.
    #[must_use]
    pub const fn one(kind: &'static str, id: Uuid) -> Self {
        Self { kind, id: Some(id) }
    }
}

/// As it travels between servers.
impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.id {
            None => f.write_str(self.kind),
            Some(id) => write!(f, "{}:{id}", self.kind),
        }
    }
}

/// What others may do with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reuse {
    /// Show it for a minute without asking.
    Minute,
    /// Ask each time; the tag saves the body.
    Asking,
}

impl Reuse {
    const fn policy(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Minute => "public, max-age=60, stale-while-revalidate=300",
            Self::Asking => "public, no-cache",
        })
    }
}

/// What a handler made for everybody.
#[derive(Clone, Debug)]
pub struct PublicBody {
    bytes: Bytes,
    tag: HeaderValue,
    reuse: Reuse,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl PublicBody {
    /// A JSON body, tagged by its content.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn json(value: &impl Serialize) -> ApiResult<Self> {
        let bytes = Bytes::from(serde_json::to_vec(value).map_err(ApiError::internal)?);
        let tag = conditional::tag_of_content(&bytes);
        Ok(Self { bytes, tag, reuse: Reuse::Minute, headers: Vec::new() })
    }

    /// With the revision of the one thing that it shows in the tag.
    #[must_use]
    pub fn revision(mut self, revision: impl fmt::Display) -> Self {
        self.tag = conditional::tag_of(revision, &self.bytes);
        self
    }

    /// To be asked for each time: what it shows may be taken from the public at any moment.
    #[must_use]
    pub fn revocable(mut self) -> Self {
        self.reuse = Reuse::Asking;
        self
    }

    /// A page with the header for the next one.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn page(request: &HttpRequest, page: &(impl Paged + Serialize)) -> ApiResult<Self> {
        let mut body = Self::json(page)?;
        body.headers.extend(link::next(request, page.next_cursor()));
        Ok(body)
    }
}

/// An answer ready to be sent.
pub struct Ready {
    body: PublicBody,
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
    mark: Mark,
}

/// All ready answers of this process.
#[derive(Clone)]
pub struct PublicCache {
    answers: Cache<Arc<str>, Arc<Ready>>,
    /// Who makes an answer holds its lock; the others wait and take what was made.
    flights: Cache<Arc<str>, Arc<Mutex<()>>>,
    generations: Generations,
    signals: Signals,
}

impl PublicCache {
    /// Holds nothing yet; tells the other servers what was dropped.
    #[must_use]
    pub fn new(signals: Signals) -> Self {
        let kept = Duration::from_secs(KEPT_SECONDS);
        let answers = Cache::builder()
            .max_capacity(CAPACITY)
            .weigher(|key: &Arc<str>, ready: &Arc<Ready>| {
                u32::try_from(key.len() + ready.body.bytes.len() * 2 + 512).unwrap_or(u32::MAX)
            })
            .time_to_live(kept)
            .build();
        let flights = Cache::builder().max_capacity(FLIGHTS).time_to_idle(kept).build();
        Self { answers, flights, generations: Generations::new(), signals }
    }

    /// What is public about `topic` changes with the commit.
    pub fn invalidate(&self, tx: &Tx, topic: Topic) {
        let cache = self.clone();
        tx.on_commit(move || cache.invalidate_now(topic));
    }

    /// It has changed already.
    pub fn invalidate_now(&self, topic: Topic) {
        let topic = topic.to_string();
        self.drop_topic(&topic);
        self.signals.send(Signal::Public(topic));
    }

    /// It has changed at another server.
    pub fn drop_topic(&self, topic: &str) {
        self.generations.change(topic.as_bytes());
    }

    /// Anything may have changed at another server.
    pub fn drop_all(&self) {
        self.generations.change_all();
    }

    fn current(&self, address: &str) -> Option<Arc<Ready>> {
        self.answers.get(address).filter(|ready| self.generations.is_current(ready.mark))
    }

    /// The ready answer to this request, if there is one and the caller is nobody special.
    #[must_use]
    pub fn find(&self, head: &RequestHead) -> Option<Arc<Ready>> {
        if !matches!(head.method, Method::GET | Method::HEAD)
            || head.headers().contains_key(AUTHORIZATION)
        {
            return None;
        }
        self.current(head.uri.path_and_query()?.as_str())
    }

    /// Answers a request with what `load` makes, the same for everybody, and keeps it for the next one. Of
    /// many requests at once one loads.
    ///
    /// # Errors
    /// Whatever `load` returns; failures are not kept.
    pub async fn answer(
        &self,
        request: &HttpRequest,
        topic: Topic,
        load: impl Future<Output = ApiResult<PublicBody>>,
    ) -> ApiResult<HttpResponse> {
        let address: Arc<str> = address(request.uri()).into();
        if let Some(ready) = self.current(&address) {
            return Ok(ready.respond(request.headers()));
        }
        let flight = self.flights.get_with(address.clone(), Arc::default);
        let _turn = flight.lock().await;
        if let Some(ready) = self.current(&address) {
            return Ok(ready.respond(request.headers()));
        }
        let mark = self.generations.mark(topic.to_string().as_bytes());
        let body = load.await?;
        let ready = Arc::new(Ready { body, brotli: OnceLock::new(), gzip: OnceLock::new(), mark });
        self.answers.insert(address, ready.clone());
        Ok(ready.respond(request.headers()))
    }
}

/// One for all ways to ask the same with parameters that say nothing.
fn address(uri: &Uri) -> String {
    match given(uri.query().unwrap_or_default()) {
        query if query.is_empty() => uri.path().to_owned(),
        query => format!("{}?{query}", uri.path()),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

impl Ready {
    /// The answer in the best encoding that the caller takes, or 304.
    #[must_use]
    pub fn respond(&self, request: &HeaderMap) -> HttpResponse {
        let mut response = if conditional::is_named(request, &self.body.tag) {
            HttpResponse::with_body(StatusCode::NOT_MODIFIED, Bytes::new())
        } else {
            let (encoding, bytes) = self.encoded(request);
            let mut response = HttpResponse::with_body(StatusCode::OK, bytes);
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            if let Some(name) = encoding {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(ETAG, self.body.tag.clone());
        headers.insert(CACHE_CONTROL, self.body.reuse.policy());
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding, Authorization, Origin"));
        for (name, value) in &self.body.headers {
            headers.insert(name.clone(), value.clone());
        }
        response.map_into_boxed_body()
    }

    fn encoded(&self, request: &HeaderMap) -> (Option<&'static str>, Bytes) {
        if self.body.bytes.len() < WORTH_COMPRESSING {
            return (None, self.body.bytes.clone());
        }
        match wanted(request) {
            Encoding::Brotli => {
                let bytes = self.brotli.get_or_init(|| brotli(&self.body.bytes));
                (Some("br"), bytes.clone())
            }
            Encoding::Gzip => {
                (Some("gzip"), self.gzip.get_or_init(|| gzip(&self.body.bytes)).clone())
            }
            Encoding::Plain => (None, self.body.bytes.clone()),
        }
    }
}

fn wanted(request: &HeaderMap) -> Encoding {
    let accepted = request.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let accepts = |name: &str| {
        accepted.unwrap_or_default().split(',').any(|part| {
            let (coding, weight) = part.split_once(';').unwrap_or((part, ""));
            coding.trim().eq_ignore_ascii_case(name)
                && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        })
    };
    if accepts("br") {
        Encoding::Brotli
    } else if accepts("gzip") {
        Encoding::Gzip
    } else {
        Encoding::Plain
    }
}

fn brotli(plain: &Bytes) -> Bytes {
    let mut packed = Vec::with_capacity(plain.len() / 4);
    let parameters = ::brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
    match ::brotli::BrotliCompress(&mut plain.as_ref(), &mut packed, &parameters) {
        Ok(_) => Bytes::from(packed),
        Err(_) => Bytes::new(),
    }
}

fn gzip(plain: &Bytes) -> Bytes {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    let written = packer.write_all(plain);
    written.and_then(|()| packer.finish()).map(Bytes::from).unwrap_or_default()
}
