//! The cookies: the refresh token, the secret of a registration, the mark of a known device. All out of
//! reach for scripts and foreign pages. `__Host-` keeps sibling domains from planting one; it needs the
//! path `/` and HTTPS (docs/decisions/0017-known-browsers.md).

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use nq57_platform::config::Config;

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Continues a session.
    Refresh,
    /// Finds what this browser typed when it registered.
    Registration,
    /// Says that an account has signed in on this browser before.
    Device,
}

impl Kind {
    const fn name(self, is_secure: bool) -> &'static str {
        match (self, is_secure) {
            (Self::Refresh, true) => "__Host-nq57_refresh",
            (Self::Refresh, false) => "nq57_refresh",
            (Self::Registration, true) => "__Host-nq57_registration",
            (Self::Registration, false) => "nq57_registration",
            (Self::Device, true) => "__Host-nq57_device",
            (Self::Device, false) => "nq57_device",
        }
    }

    /// The cookie with this value.
    #[must_use]
    pub fn carrying(
        self,
        value: &str,
        lives: chrono::Duration,
        config: &Config,
    ) -> Cookie<'static> {
        let is_secure = config.http.has_secure_cookies();
        Cookie::build(self.name(is_secure), value.to_owned())
            .path("/")
            .http_only(true)
            .secure(is_secure)
            .same_site(SameSite::Strict)
            .max_age(Duration::seconds(lives.num_seconds()))
            .finish()
    }

    /// The cookie that removes the one before.
    #[must_use]
    pub fn removal(self, config: &Config) -> Cookie<'static> {
        self.carrying("", chrono::Duration::zero(), config)
    }

    /// The value that the request presents.
    #[must_use]
    pub fn presented(self, request: &HttpRequest, config: &Config) -> Option<String> {
        let cookie = request.cookie(self.name(config.http.has_secure_cookies()))?;
        Some(cookie.value().to_owned()).filter(|value| !value.is_empty())
    }
}
