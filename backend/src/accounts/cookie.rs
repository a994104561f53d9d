//! The cookie that carries the refresh token: out of reach for scripts, sent to `/auth` only.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use super::secret_token::SecretToken;
use crate::config::Config;
use crate::http::openapi;

const NAME: &str = "nq57_refresh";

/// The cookie for a new refresh token.
#[must_use]
pub fn carrying(token: &SecretToken, config: &Config) -> Cookie<'static> {
    with(token.as_text().to_owned(), Duration::days(config.accounts.refresh_days), config)
}

/// The cookie that removes the one before.
#[must_use]
pub fn removal(config: &Config) -> Cookie<'static> {
    with(String::new(), Duration::ZERO, config)
}

fn with(value: String, max_age: Duration, config: &Config) -> Cookie<'static> {
    Cookie::build(NAME, value)
        .path(format!("{}/auth", openapi::BASE))
        .http_only(true)
        .secure(config.http.has_secure_cookies())
        .same_site(SameSite::Strict)
        .max_age(max_age)
        .finish()
}

/// The refresh token that the request presents.
#[must_use]
pub fn presented(request: &HttpRequest) -> Option<String> {
    let cookie = request.cookie(NAME)?;
    Some(cookie.value().to_owned()).filter(|value| !value.is_empty())
}
