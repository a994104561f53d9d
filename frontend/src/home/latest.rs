//! The products that were published last.

use leptos::prelude::*;
use nq57_shared::products::ProductPage;
use nq57_ui::api::{self, remote};
use nq57_ui::components::{Empty, Load};
use nq57_ui::i18n::tr;

use crate::products::item::Item;

const SHOWN: usize = 3;

/// Just published.
#[component]
pub(super) fn Latest() -> impl IntoView {
    use tr::home::latest as words;
    let page = remote(|| async {
        let request =
            api::get("/products").query("sort", "-published_at").query("limit", SHOWN).anonymous();
        Ok(request.send::<ProductPage>().await?.body)
    });
    let list = |page: ProductPage| {
        if page.items.is_empty() {
            view! { <Empty title=words::none><p>{words::none_text}</p></Empty> }.into_any()
        } else {
            view! { <ul class="items">{page.items.into_iter().map(|product| view! { <Item product/> }).collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <section class="block" aria-labelledby="latest">
            <div class="row" data-apart=true data-base=true>
                <h2 id="latest">{words::title}</h2>
                <a href="/san-pham">{words::all}</a>
            </div>
            <Load from=page view=list/>
        </section>
    }
}
