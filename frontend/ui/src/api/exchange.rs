//! One exchange with the server by the browser's `fetch`: a request out, the whole answer in. Refuses to judge the
//! answer: every status is an answer.

use std::time::Duration;

use leptos::prelude::window;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestInit, Response};

use super::{BASE, Failure};
use crate::i18n::language_now;

/// What goes out, with the language of the reader and the token of the caller.
pub(super) struct Outgoing<'a> {
    pub method: &'a str,
    /// Behind [`BASE`], with its query.
    pub path: &'a str,
    pub headers: &'a [(&'static str, String)],
    pub token: Option<&'a str>,
    pub body: Option<&'a str>,
    /// How long until the last byte is here; `None` for files, which take as long as they take.
    pub patience: Option<Duration>,
}

/// What came, of any status.
pub(super) struct Incoming {
    pub status: u16,
    pub body: Vec<u8>,
    pub etag: Option<String>,
    pub location: Option<String>,
}

impl Incoming {
    /// Itself, or what the server said against it.
    pub fn successful(self) -> Result<Self, Failure> {
        match self.status {
            200..300 => Ok(self),
            status => Err(Failure::from_answer(status, &self.body)),
        }
    }
}

/// Sends and reads all of the answer. Cookies go along, as to any address of the page's own origin.
pub(super) async fn exchange(outgoing: Outgoing<'_>) -> Result<Incoming, Failure> {
    let unsupported = |_: JsValue| Failure::Unreadable(0);
    let headers = Headers::new().map_err(unsupported)?;
    headers.set("Accept-Language", language_now().tag()).map_err(unsupported)?;
    for (name, value) in outgoing.headers {
        headers.set(name, value).map_err(unsupported)?;
    }
    if let Some(token) = outgoing.token {
        headers.set("Authorization", &format!("Bearer {token}")).map_err(unsupported)?;
    }
    let request = RequestInit::new();
    request.set_method(outgoing.method);
    request.set_headers(&headers);
    if let Some(body) = outgoing.body {
        request.set_body(&JsValue::from_str(body));
    }
    let signal = outgoing.patience.map(|patience| {
        AbortSignal::timeout_with_u32(u32::try_from(patience.as_millis()).unwrap_or(u32::MAX))
    });
    request.set_signal(signal.as_ref());
    // `fetch` tells why it failed in words only. Nobody but the clock stops a request.
    let timed_out = || signal.as_ref().is_some_and(AbortSignal::aborted);

    let address = format!("{BASE}{}", outgoing.path);
    let response: Response = JsFuture::from(window().fetch_with_str_and_init(&address, &request))
        .await
        .map_err(|_| if timed_out() { Failure::Timeout } else { Failure::Offline })?
        .unchecked_into();
    let status = response.status();
    let cut_off = |_| if timed_out() { Failure::Timeout } else { Failure::Unreadable(status) };
    let bytes = JsFuture::from(response.array_buffer().map_err(cut_off)?).await.map_err(cut_off)?;
    let header = |name| response.headers().get(name).ok().flatten();
    Ok(Incoming {
        status,
        body: js_sys::Uint8Array::new(&bytes).to_vec(),
        etag: header("ETag"),
        location: header("Location"),
    })
}
