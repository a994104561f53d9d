//! A file that not everybody may read: fetched with the caller's token, then handed to the browser.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::ids::ProductId;
use nq57_shared::products::ProductFile;
use nq57_ui::api::download;
use nq57_ui::components::{Button, ButtonKind, Glyph, toast};
use nq57_ui::i18n::{file_size, tr};

use crate::products::{api, view_model};

/// The name of the file as a button that downloads it, with its kind and size.
#[component]
pub fn FileLink(product: ProductId, file: ProductFile) -> impl IntoView {
    let ProductFile { id, name, media_type, size, is_scanned, .. } = file;
    let kind = view_model::file_kind(&name, &media_type);
    let busy = RwSignal::new(false);
    let shown = name.clone();
    let fetch = move || {
        let name = name.clone();
        busy.set(true);
        spawn_local(async move {
            if let Err(failure) = download(&api::file_address(product, id), &name).await {
                toast(failure.title());
            }
            busy.try_set(false);
        });
    };
    view! {
        <Button kind=ButtonKind::Text small=true icon=Glyph::File busy on_press=fetch>{shown}</Button>
        <br/>
        <span class="tiny muted">{move || tr::products::page::file_meta(&kind, file_size(size))}</span>
        {(!is_scanned).then(|| view! { <span class="tiny muted">" · "{tr::products::page::file_not_scanned}</span> })}
    }
}
