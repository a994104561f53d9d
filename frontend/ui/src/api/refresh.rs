//! The access token: kept in memory alone, renewed by the cookie before it runs out, once for all who ask.

use std::cell::RefCell;

use nq57_shared::accounts::AccessToken;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::{Failure, post};
use crate::state::session;

/// Renewed when fewer seconds than this are left.
const MARGIN_SECONDS: f64 = 30.0;

struct LiveToken {
    token: String,
    /// Milliseconds since 1970.
    runs_out: f64,
}

thread_local! {
    static TOKEN: RefCell<Option<LiveToken>> = const { RefCell::new(None) };
    static UNDER_WAY: RefCell<Option<js_sys::Promise>> = const { RefCell::new(None) };
}

/// Keeps the token that signing in brought.
pub fn adopt(token: &AccessToken) {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a token's life are few")]
    let seconds = token.expires_in as f64;
    let live = LiveToken {
        token: token.access_token.clone(),
        runs_out: js_sys::Date::now() + seconds * 1000.0,
    };
    TOKEN.with_borrow_mut(|slot| *slot = Some(live));
}

/// Forgets the token.
pub fn release() {
    TOKEN.with_borrow_mut(|slot| *slot = None);
}

/// A token that is still good; renewed first when it is about to run out. `None`: nobody is signed in.
pub(super) async fn token() -> Option<String> {
    let left = TOKEN.with_borrow(|live| {
        live.as_ref().map(|live| (live.runs_out - js_sys::Date::now()) / 1000.0)
    });
    match left {
        Some(left) if left > MARGIN_SECONDS => current(),
        Some(_) => renewed().await,
        None if session::may_resume() => renewed().await,
        None => None,
    }
}

/// The token after a renewal; `None` when the session has ended or the server cannot be reached.
pub(super) async fn renewed() -> Option<String> {
    refresh().await;
    current()
}

/// Renews the token by the cookie. Those who ask meanwhile wait for the same answer.
pub async fn refresh() {
    let promise = UNDER_WAY.with_borrow(Clone::clone).unwrap_or_else(|| {
        let promise = future_to_promise(async {
            ask().await;
            UNDER_WAY.with_borrow_mut(|slot| *slot = None);
            Ok(JsValue::UNDEFINED)
        });
        UNDER_WAY.with_borrow_mut(|slot| *slot = Some(promise.clone()));
        promise
    });
    // The promise never fails: what came of it is in `TOKEN` and in the session.
    let _ = JsFuture::from(promise).await;
}

async fn ask() {
    match post("/auth/refresh").anonymous().send::<AccessToken>().await {
        // Somebody else has signed in in another tab: what stands here is not theirs, and is not sent as theirs.
        Ok(answer) if session::is_of_another(&answer.body.account) => {
            release();
            let _ = leptos::prelude::window().location().reload();
        }
        Ok(answer) => {
            adopt(&answer.body);
            session::signed_in(answer.body.account);
        }
        Err(Failure::Problem(_) | Failure::Unreadable(_)) => {
            release();
            session::signed_out();
        }
        // Without a connection the session may still live: it is tried again with the next request.
        Err(Failure::Offline | Failure::Timeout | Failure::Cancelled) => session::unreachable(),
    }
}

fn current() -> Option<String> {
    TOKEN.with_borrow(|live| live.as_ref().map(|live| live.token.clone()))
}
