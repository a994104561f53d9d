//! How often one caller may ask, by account or by address. Buckets that are full again are dropped.

use std::num::NonZeroU32;

use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::{HttpMessage, HttpRequest};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use nq57_core::problem::ProblemCode;

use crate::config::Limits;
use crate::error::{ApiError, ApiResult};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// What is being counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Read,
    Write,
    /// Signing in, registering, one-time links.
    SignIn,
    /// Looking up by code and secret.
    Tracking,
}

impl Class {
    const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::SignIn => "sign-in",
            Self::Tracking => "tracking",
        }
    }
}

type Buckets =
    RateLimiter<String, DashMapStateStore<String>, DefaultClock, StateInformationMiddleware>;

struct Limited {
    per_minute: NonZeroU32,
    buckets: Buckets,
}

impl Limited {
    fn new(per_minute: u32) -> Option<Self> {
        let per_minute = NonZeroU32::new(per_minute)?;
        let buckets = RateLimiter::dashmap(Quota::per_minute(per_minute))
            .with_middleware::<StateInformationMiddleware>();
        Some(Self { per_minute, buckets })
    }
}

/// All buckets of this process.
pub struct RateLimits {
    read: Option<Limited>,
    write: Option<Limited>,
    sign_in: Option<Limited>,
    tracking: Option<Limited>,
}

/// What is left, for the headers of the answer.
#[derive(Clone, Copy, Debug)]
struct Left {
    class: Class,
    quota: u32,
    remaining: u32,
}

impl RateLimits {
    /// Empty buckets with the configured quotas.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            read: Limited::new(limits.reads_per_minute),
            write: Limited::new(limits.writes_per_minute),
            sign_in: Limited::new(limits.sign_ins_per_minute),
            tracking: Limited::new(limits.trackings_per_minute),
        }
    }

    fn of(&self, class: Class) -> Option<&Limited> {
        match class {
            Class::Read => self.read.as_ref(),
            Class::Write => self.write.as_ref(),
            Class::SignIn => self.sign_in.as_ref(),
            Class::Tracking => self.tracking.as_ref(),
        }
    }

    fn take(&self, class: Class, key: &str) -> ApiResult<Option<Left>> {
        let Some(limited) = self.of(class) else { return Ok(None) };
        let quota = limited.per_minute.get();
        match limited.buckets.check_key(&key.to_owned()) {
            Ok(left) => Ok(Some(Left { class, quota, remaining: left.remaining_burst_capacity() })),
            Err(wait) => {
                let wait = wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
                let left = Left { class, quota, remaining: 0 };
                let mut error = ApiError::problem(ProblemCode::TooManyRequests)
                    .header(RETRY_AFTER, HeaderValue::from(wait));
                for (name, value) in left.headers(wait) {
                    error = error.header(name, value);
                }
                Err(error)
            }
        }
    }

    /// Counts a request of this scope as a read or a write.
    ///
    /// # Errors
    /// 429 with `Retry-After` when the bucket is empty.
    pub fn charge(&self, request: &HttpRequest, scope: &str) -> ApiResult<()> {
        let class = if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
            Class::Read
        } else {
            Class::Write
        };
        self.charge_as(request, class, scope)
    }

    /// Counts a request in a class of its own, under a key that the handler chooses: an address, an
    /// account, or both in turn.
    ///
    /// # Errors
    /// 429 with `Retry-After` when the bucket is empty.
    pub fn charge_as(&self, request: &HttpRequest, class: Class, key: &str) -> ApiResult<()> {
        if let Some(left) = self.take(class, key)? {
            request.extensions_mut().insert(left);
        }
        Ok(())
    }

    /// Drops the buckets that are full again, so that callers who have gone take no memory.
    pub fn forget_idle(&self) {
        let all = [&self.read, &self.write, &self.sign_in, &self.tracking];
        for limited in all.into_iter().flatten() {
            limited.buckets.retain_recent();
            limited.buckets.shrink_to_fit();
        }
    }
}

impl Left {
    fn headers(self, reset: u64) -> Vec<(HeaderName, HeaderValue)> {
        let name = self.class.name();
        let policy = format!("\"{name}\";q={};w=60", self.quota);
        let limit = format!("\"{name}\";r={};t={reset}", self.remaining);
        [(POLICY, policy), (LIMIT, limit)]
            .into_iter()
            .filter_map(|(name, text)| Some((name, HeaderValue::from_str(&text).ok()?)))
            .collect()
    }
}

/// The headers that tell what is left, when something was counted.
#[must_use]
pub fn headers(request: &HttpRequest) -> Vec<(HeaderName, HeaderValue)> {
    let left = request.extensions().get::<Left>().copied();
    left.map(|left| left.headers(60)).unwrap_or_default()
}
