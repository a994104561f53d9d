//! The page for addresses that lead nowhere, and for things that do not exist for this reader.

use leptos::prelude::*;

use crate::components::{Crumbs, HelpLine, PageHead};
use crate::i18n::tr;

/// No page has this address.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <MissingPage/> }
}

/// The page where a thing would be that does not exist, or not for this reader.
#[component]
pub fn MissingPage() -> impl IntoView {
    view! {
        <Crumbs/>
        <div class="wrap narrow">
            <PageHead title=tr::layout::not_found::title lead=tr::layout::not_found::lead>
                <ul class="links stack" data-gap="s">
                    <li>
                        <a href="/">{tr::layout::not_found::home}</a>
                    </li>
                    <li>
                        <a href="/san-pham">{tr::layout::not_found::products}</a>
                    </li>
                    <li>
                        <a href="/theo-doi">{tr::layout::not_found::tracking}</a>
                    </li>
                </ul>
                <HelpLine/>
            </PageHead>
        </div>
    }
}
