//! The footer: who runs it, services, trust, developers.

use leptos::prelude::*;

use crate::components::Contact;
use crate::i18n::tr;
use crate::state::site;

type Line = (&'static str, fn() -> &'static str);

const SERVICES: [Line; 4] = [
    ("/ho-so/moi", tr::layout::nav::submit),
    ("/san-pham", tr::layout::nav::products),
    ("/theo-doi", tr::layout::nav::tracking),
    ("/thong-ke", tr::layout::nav::statistics),
];
const TRUST: [Line; 3] = [
    ("/gioi-thieu", tr::layout::foot::about),
    ("/quyen-rieng-tu", tr::layout::foot::privacy),
    ("/tro-nang", tr::layout::foot::accessibility),
];
/// The first two are served by the server, not by the program: `rel="external"` keeps the router off.
const DEVELOPERS: [Line; 2] =
    [("/docs", tr::layout::foot::api), ("/api/openapi.json", tr::layout::foot::openapi)];

/// The end of every page.
#[component]
pub(super) fn Footer() -> impl IntoView {
    let links = |lines: &'static [Line]| {
        lines
            .iter()
            .map(|(href, label)| view! { <li><a href=*href>{*label}</a></li> })
            .collect_view()
    };
    let outside = DEVELOPERS
        .iter()
        .map(|(href, label)| view! { <li><a href=*href rel="external">{*label}</a></li> })
        .collect_view();
    view! {
        <footer class="foot">
            <div class="band"></div>
            <div class="wrap">
                <div class="cols" data-n="4">
                    <div>
                        <Show when=|| site::operator().is_some()>
                            <h2>{tr::layout::foot::operator}</h2>
                            <Contact/>
                        </Show>
                    </div>
                    <nav aria-label=tr::layout::foot::services>
                        <h2>{tr::layout::foot::services}</h2>
                        <ul class="links">{links(&SERVICES)}</ul>
                    </nav>
                    <nav aria-label=tr::layout::foot::trust>
                        <h2>{tr::layout::foot::trust}</h2>
                        <ul class="links">{links(&TRUST)}</ul>
                    </nav>
                    <nav aria-label=tr::layout::foot::developers>
                        <h2>{tr::layout::foot::developers}</h2>
                        <ul class="links">
                            {outside}
                            <li>
                                <a href="/ui">{tr::layout::nav::kit}</a>
                            </li>
                        </ul>
                    </nav>
                </div>
                <p class="fine">{tr::layout::foot::fine}</p>
            </div>
        </footer>
    }
}
