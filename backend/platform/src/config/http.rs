//! Where the server listens and whom it trusts.

use serde::Deserialize;

/// The `[http]` section.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    pub bind: String,
    pub port: u16,
    /// Where people reach the platform; used in mails and for the origin check.
    pub public_url: Option<String>,
    /// Port of `/metrics` on the loopback address; 0 switches it off, nothing means `port` + 1000.
    pub metrics_port: Option<u16>,
    /// Where `/metrics` listens.
    pub metrics_bind: String,
    /// Addresses (`10.0.0.5`) and networks (`10.0.0.0/8`) whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// Origins besides our own that may send anything but public GETs.
    pub allowed_origins: Vec<String>,
    /// Bytes that a JSON body may have.
    pub body_limit: usize,
    /// Seconds in which a body must arrive.
    pub body_seconds: u64,
    /// Seconds in which the head of a request must arrive.
    pub head_seconds: u64,
    /// Whether cookies are marked `Secure`; nothing means: when `public_url` is https.
    pub secure_cookies: Option<bool>,
    /// Threads that serve; 0 means one for each core.
    pub workers: usize,
    /// Seconds between "not ready" and the end of listening, for the load balancer to notice.
    pub drain_seconds: u64,
    /// Seconds that running requests have to end after that.
    pub shutdown_seconds: u64,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            bind: "127.0.0.1".into(),
            port: 8057,
            public_url: None,
            metrics_port: None,
            metrics_bind: "127.0.0.1".into(),
            trusted_proxies: Vec::new(),
            allowed_origins: Vec::new(),
            body_limit: 512 * 1024,
            body_seconds: 30,
            head_seconds: 15,
            secure_cookies: None,
            workers: 0,
            drain_seconds: 0,
            shutdown_seconds: 30,
        }
    }
}

impl Http {
    /// Whether cookies are marked `Secure`.
    #[must_use]
    pub fn has_secure_cookies(&self) -> bool {
        self.secure_cookies.unwrap_or_else(|| {
            self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
        })
    }

    /// The port of `/metrics`, if it is wanted.
    #[must_use]
    pub fn metrics_port(&self) -> Option<u16> {
        match self.metrics_port {
            Some(0) => None,
            Some(port) => Some(port),
            None => self.port.checked_add(1000),
        }
    }
}
