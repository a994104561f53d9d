//! The browser application: pages by domain on a common kit, one router, one API client.
//! Refuses inline styles and scripts: it runs under the platform's strict content security policy.

pub mod accounts;
pub mod administration;
pub mod app;
pub mod clients;
pub mod evaluations;
pub mod home;
pub mod kit;
pub mod notifications;
pub mod organisations;
pub mod parts;
pub mod products;
pub mod reference;
pub mod review;
pub mod routes;
pub mod tracking;
pub mod work;

use std::time::Duration;

use leptos::prelude::{document, mount_to, set_timeout};
use wasm_bindgen::JsCast as _;

/// Puts the application in the place of the waiting page.
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        web_sys::console::error_1(&panic.to_string().into());
        // The waiting page's own message takes over: nothing of the program can be trusted any more.
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-boot", "failed");
        }
    }));
    let place = document()
        .get_element_by_id("app")
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(place) = place {
        // A task of its own: between the program's start and its first page a phone can answer.
        let mount = move || {
            place.set_inner_html("");
            mount_to(place, app::App).forget();
        };
        set_timeout(mount, Duration::ZERO);
    }
}
