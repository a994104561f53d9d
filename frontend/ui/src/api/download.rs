//! Fetching a file that not everybody may read, and handing it to the browser under its name.

use leptos::prelude::document;
use wasm_bindgen::JsCast as _;
use web_sys::{Blob, HtmlElement, Url};

use super::exchange::{Outgoing, exchange};
use super::{BASE, Failure, refresh};

/// Downloads `path` (with or without `/api/v1`) as the caller and saves it as `name`.
///
/// # Errors
/// As for any request; [`Failure::Unreadable`] when the browser cannot save it.
pub async fn download(path: &str, name: &str) -> Result<(), Failure> {
    let token = refresh::token().await;
    match fetch(path, token.as_deref()).await {
        Err(failure) if failure.needs_sign_in() && token.is_some() => {
            let token = refresh::renewed().await;
            save(&fetch(path, token.as_deref()).await?, name)
        }
        result => save(&result?, name),
    }
}

async fn fetch(path: &str, token: Option<&str>) -> Result<Vec<u8>, Failure> {
    exchange(Outgoing {
        method: "GET",
        path: path.strip_prefix(BASE).unwrap_or(path),
        headers: &[],
        token,
        body: None,
        patience: None,
    })
    .await?
    .successful()
    .map(|file| file.body)
}

/// Hands a file that was made here to the browser under its name.
///
/// # Errors
/// [`Failure::Unreadable`] when the browser cannot save it.
pub fn save(bytes: &[u8], name: &str) -> Result<(), Failure> {
    let unsupported = |_: wasm_bindgen::JsValue| Failure::Unreadable(0);
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence(&parts).map_err(unsupported)?;
    let address = Url::create_object_url_with_blob(&blob).map_err(unsupported)?;
    let link: HtmlElement = document()
        .create_element("a")
        .map_err(unsupported)?
        .dyn_into()
        .map_err(|_| Failure::Unreadable(0))?;
    link.set_attribute("href", &address).map_err(unsupported)?;
    link.set_attribute("download", name).map_err(unsupported)?;
    link.click();
    // The browser has taken the bytes by the end of the click.
    let _ = Url::revoke_object_url(&address);
    Ok(())
}
