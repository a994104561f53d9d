//! Sending a file with its progress. `fetch` cannot tell how much has left, so this one way uses `XMLHttpRequest`.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData, ProgressEvent, XmlHttpRequest};

use super::{BASE, Failure, refresh};
use crate::i18n::language_now;

const PATIENCE_MILLISECONDS: u32 = 10 * 60 * 1000;

/// A file on its way; dropping it does not stop it.
#[derive(Clone, Default)]
pub struct Sending(Rc<RefCell<Option<XmlHttpRequest>>>);

impl Sending {
    /// Gives up: the upload ends with [`Failure::Cancelled`].
    pub fn cancel(&self) {
        if let Some(request) = self.0.borrow().as_ref() {
            let _ = request.abort();
        }
    }
}

enum End {
    Answered,
    Unreachable,
    TimedOut,
    Cancelled,
}

/// Sends `file` as the part `file` of a multipart body to `path` (with or without `/api/v1`). `progress` gets percent.
///
/// # Errors
/// As for any request; the session is renewed before, not during an upload.
pub async fn upload<T: DeserializeOwned>(
    path: &str,
    file: &File,
    headers: &[(&str, String)],
    sending: &Sending,
    progress: impl Fn(u8) + 'static,
) -> Result<T, Failure> {
    let unsupported = |_: JsValue| Failure::Unreadable(0);
    let token = refresh::token().await;
    let body = FormData::new().map_err(unsupported)?;
    body.append_with_blob_and_filename("file", file, &file.name()).map_err(unsupported)?;

    let request = XmlHttpRequest::new().map_err(unsupported)?;
    request
        .open_with_async(
            "POST",
            &format!("{BASE}{}", path.strip_prefix(BASE).unwrap_or(path)),
            true,
        )
        .map_err(unsupported)?;
    request.set_timeout(PATIENCE_MILLISECONDS);
    request.set_request_header("Accept", "application/json").map_err(unsupported)?;
    request.set_request_header("Accept-Language", language_now().tag()).map_err(unsupported)?;
    if let Some(token) = token {
        request
            .set_request_header("Authorization", &format!("Bearer {token}"))
            .map_err(unsupported)?;
    }
    for (name, value) in headers {
        request.set_request_header(name, value).map_err(unsupported)?;
    }

    let on_progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.length_computable() && event.total() > 0.0 {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped to 0..=100"
            )]
            let percent = (event.loaded() / event.total() * 100.0).clamp(0.0, 100.0) as u8;
            progress(percent);
        }
    });
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(on_progress.as_ref().unchecked_ref()));
    }
    *sending.0.borrow_mut() = Some(request.clone());

    let end = Rc::new(RefCell::new(End::Unreachable));
    let done = Promise::new(&mut |resolve, _reject| {
        let ended = |how: fn() -> End| {
            let (end, resolve) = (Rc::clone(&end), resolve.clone());
            Closure::once_into_js(move || {
                *end.borrow_mut() = how();
                let _ = resolve.call0(&JsValue::UNDEFINED);
            })
            .unchecked_into::<Function>()
        };
        request.set_onload(Some(&ended(|| End::Answered)));
        request.set_onerror(Some(&ended(|| End::Unreachable)));
        request.set_ontimeout(Some(&ended(|| End::TimedOut)));
        request.set_onabort(Some(&ended(|| End::Cancelled)));
    });
    request.send_with_opt_form_data(Some(&body)).map_err(unsupported)?;
    // The promise only resolves; how it ended is in `end`.
    let _ = JsFuture::from(done).await;
    *sending.0.borrow_mut() = None;
    drop(on_progress);

    match *end.borrow() {
        End::Unreachable => return Err(Failure::Offline),
        End::TimedOut => return Err(Failure::Timeout),
        End::Cancelled => return Err(Failure::Cancelled),
        End::Answered => {}
    }
    let status = request.status().unwrap_or(0);
    let text = request.response_text().ok().flatten().unwrap_or_default();
    if (200..300).contains(&status) {
        serde_json::from_str(if text.is_empty() { "null" } else { &text })
            .map_err(|_| Failure::Unreadable(status))
    } else {
        Err(Failure::from_answer(status, text.as_bytes()))
    }
}
