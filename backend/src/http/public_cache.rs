//! Public answers, ready to be sent: bytes in three encodings with their tag, kept for a minute.
//! The frame serves them before any routing; who changes what is public invalidates the topic.

use std::collections::HashMap;
use std::future::Future;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use actix_web::dev::RequestHead;
use actix_web::http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderName, HeaderValue, IF_NONE_MATCH, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use moka::sync::Cache;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::app::AppState;
use crate::error::{ApiError, ApiResult};
use crate::http::conditional;
use crate::http::signals::{Signal, Signals};

/// Seconds that an answer may be reused, here and by others.
const KEPT_SECONDS: u64 = 60;
const CACHE_POLICY: &str = "public, max-age=60, stale-while-revalidate=300";
/// Bytes that all answers together may take.
const CAPACITY: u64 = 48 * 1024 * 1024;
/// Smaller bodies are sent as they are.
const WORTH_COMPRESSING: usize = 600;

/// What a handler made for everybody.
#[derive(Clone, Debug)]
pub struct PublicBody {
    bytes: Bytes,
    revision: Option<i64>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl PublicBody {
    /// A JSON body, tagged by its content.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn json(value: &impl Serialize) -> ApiResult<Self> {
        let bytes = Bytes::from(serde_json::to_vec(value).map_err(ApiError::internal)?);
        Ok(Self { bytes, revision: None, headers: Vec::new() })
    }

    /// Tagged by the revision of the one thing that it shows.
    #[must_use]
    pub fn revision(mut self, revision: i64) -> Self {
        self.revision = Some(revision);
        self
    }

    /// With a header more, such as `Link`.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// An answer ready to be sent.
pub struct Ready {
    plain: Bytes,
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
    tag: HeaderValue,
    headers: Vec<(HeaderName, HeaderValue)>,
    topic: Arc<AtomicU64>,
    generation: u64,
}

/// All ready answers of this process.
pub struct PublicCache {
    answers: Cache<Arc<str>, Arc<Ready>>,
    topics: RwLock<HashMap<&'static str, Arc<AtomicU64>>>,
    signals: Signals,
}

impl PublicCache {
    /// Holds nothing yet; tells the other servers what was dropped.
    #[must_use]
    pub fn new(signals: Signals) -> Self {
        let answers = Cache::builder()
            .max_capacity(CAPACITY)
            .weigher(|key: &Arc<str>, ready: &Arc<Ready>| {
                u32::try_from(key.len() + ready.plain.len() * 2 + 512).unwrap_or(u32::MAX)
            })
            .time_to_live(Duration::from_secs(KEPT_SECONDS))
            .build();
        Self { answers, topics: RwLock::default(), signals }
    }

    /// What is public about `topic` has changed: call it after the commit.
    pub fn invalidate(&self, topic: &'static str) {
        self.topic(topic).fetch_add(1, Ordering::AcqRel);
        self.signals.send(Signal::Public(topic.to_owned()));
    }

    /// It has changed at another server.
    pub fn drop_topic(&self, topic: &str) {
        if let Some(known) = self.topics.read().unwrap_or_else(PoisonError::into_inner).get(topic) {
            known.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Anything may have changed at another server.
    pub fn drop_all(&self) {
        for known in self.topics.read().unwrap_or_else(PoisonError::into_inner).values() {
            known.fetch_add(1, Ordering::AcqRel);
        }
    }

    fn topic(&self, topic: &'static str) -> Arc<AtomicU64> {
        let known = self.topics.read().unwrap_or_else(PoisonError::into_inner).get(topic).cloned();
        known.unwrap_or_else(|| {
            let mut topics = self.topics.write().unwrap_or_else(PoisonError::into_inner);
            topics.entry(topic).or_default().clone()
        })
    }

    /// The ready answer to this request, if there is one and the caller is nobody special.
    #[must_use]
    pub fn find(&self, head: &RequestHead) -> Option<Arc<Ready>> {
        if !matches!(head.method, Method::GET | Method::HEAD)
            || head.headers().contains_key(AUTHORIZATION)
        {
            return None;
        }
        let address = head.uri.path_and_query()?.as_str();
        self.answers.get(address).filter(|ready| ready.is_current())
    }
}

/// Answers a request of an anonymous caller from what `load` makes, and keeps it for the next one.
///
/// # Errors
/// Whatever `load` returns; failures are not kept.
pub async fn answer(
    state: &AppState,
    request: &HttpRequest,
    topic: &'static str,
    load: impl Future<Output = ApiResult<PublicBody>>,
) -> ApiResult<HttpResponse> {
    let topic = state.public_cache.topic(topic);
    let generation = topic.load(Ordering::Acquire);
    let body = load.await?;
    let tag = match body.revision {
        Some(revision) => conditional::etag(revision).1,
        None => {
            let digest: String =
                URL_SAFE_NO_PAD.encode(Sha256::digest(&body.bytes)).chars().take(22).collect();
            HeaderValue::from_str(&format!("\"{digest}\"")).map_err(ApiError::internal)?
        }
    };
    let ready = Arc::new(Ready {
        plain: body.bytes,
        brotli: OnceLock::new(),
        gzip: OnceLock::new(),
        tag,
        headers: body.headers,
        topic,
        generation,
    });
    if let Some(address) = request.uri().path_and_query() {
        state.public_cache.answers.insert(address.as_str().into(), ready.clone());
    }
    Ok(ready.respond(request.headers()))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

impl Ready {
    fn is_current(&self) -> bool {
        self.topic.load(Ordering::Acquire) == self.generation
    }

    /// The answer in the best encoding that the caller takes, or 304.
    #[must_use]
    pub fn respond(&self, request: &HeaderMap) -> HttpResponse {
        let is_known =
            request.get(IF_NONE_MATCH).is_some_and(|given| conditional::names(given, &self.tag));
        let mut response = if is_known {
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
        headers.insert(ETAG, self.tag.clone());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(CACHE_POLICY));
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding, Authorization"));
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        response.map_into_boxed_body()
    }

    fn encoded(&self, request: &HeaderMap) -> (Option<&'static str>, Bytes) {
        if self.plain.len() < WORTH_COMPRESSING {
            return (None, self.plain.clone());
        }
        match wanted(request) {
            Encoding::Brotli => {
                let bytes = self.brotli.get_or_init(|| brotli(&self.plain));
                (Some("br"), bytes.clone())
            }
            Encoding::Gzip => (Some("gzip"), self.gzip.get_or_init(|| gzip(&self.plain)).clone()),
            Encoding::Plain => (None, self.plain.clone()),
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
