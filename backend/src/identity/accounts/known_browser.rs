//! The mark that a browser keeps on which an account has signed in: signed by the platform, for one
//! address. It lets nobody in; it only spares its owner the waits that strangers have caused.

use actix_web::{HttpRequest, HttpResponse};
use chrono::Duration;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::state::AppState;
use nq57_shared::accounts::normalise_email;

use super::cookie::Kind;
use super::secret_token;

/// Since the last sign-in.
const LIFE: Duration = Duration::days(180);

/// What the browser is known as to this address, when it is.
#[must_use]
pub fn presented(state: &AppState, request: &HttpRequest, email: &str) -> Option<String> {
    let mark = Kind::Device.presented(request, &state.config)?;
    let mark = state.keys.verify_device(&mark, state.clock.now())?;
    (mark.sub == subject(email)).then(|| mark.jti.to_string())
}

/// Marks the browser that gets this answer.
///
/// # Errors
/// When signing fails, which it does not with a key that was loaded.
pub fn remember(answer: &mut HttpResponse, state: &AppState, email: &str) -> ApiResult<()> {
    let now = state.clock.now();
    let mark = state.keys.sign_device(subject(email), state.clock.new_id(), now + LIFE)?;
    let cookie = Kind::Device.carrying(&mark, LIFE, &state.config);
    answer.add_cookie(&cookie).map_err(ApiError::internal)
}

/// The address is not written into the cookie, and not the account: there may be none.
fn subject(email: &str) -> String {
    secret_token::digest(&format!("device:{}", normalise_email(email)))
}
