//! The head of a page: breadcrumb, status row, the one `h1`, a lead. It names the document and takes focus after a change of route.

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::focus_on;
use crate::i18n::{Text, tr};
use crate::state::page;

/// The one `h1` of a page. Names the document, and takes focus when the route has changed.
#[component]
pub fn Heading(
    #[prop(into)] title: Text,
    /// The title of the document where it differs from the `h1`.
    #[prop(optional, into)]
    document_title: Option<Text>,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    page::set_title(document_title.unwrap_or_else(|| title.clone()));
    let location = use_location();
    let born_at = location.pathname.get_untracked();
    let wanted = location.hash.get_untracked();
    let words = title.clone();
    Effect::new(move |before: Option<String>| {
        let now = words.string();
        // A heading of another path belongs to the page that is leaving, unless it now says something
        // else: then its page shows the new path in its place.
        let changed = before.is_some_and(|before| before != now);
        if !page::wants_focus().is_some_and(|path| path == born_at || changed) {
            return now;
        }
        let wanted = wanted.clone();
        request_animation_frame(move || {
            let heading = heading.try_get_untracked().flatten();
            let wanted = wanted.trim_start_matches('#');
            if let Some(heading) = heading.filter(|heading| heading.is_connected())
                && page::take_focus_request()
                // The address may lead to one field.
                && (wanted.is_empty() || !focus_on(wanted))
            {
                let _ = heading.focus();
            }
        });
        now
    });
    view! { <h1 tabindex="-1" node_ref=heading>{title}</h1> }
}

/// The head of a page. Exactly one per page; in a form the title is the question.
#[component]
pub fn PageHead(
    #[prop(into)] title: Text,
    /// The title of the document where it differs from the `h1`.
    #[prop(optional, into)]
    document_title: Option<Text>,
    #[prop(optional, into)] lead: Option<Text>,
    /// A row over the title: status, kind, code.
    #[prop(optional, into)]
    above: Option<ViewFnOnce>,
    /// What follows the lead: facts, a search.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let document_title = document_title.unwrap_or_else(|| title.clone());
    view! {
        <div class="head stack">
            {above.map(|above| view! { <div class="row">{above.run()}</div> })}
            <Heading title document_title/>
            {lead.map(|lead| view! { <p class="lead measure">{lead}</p> })}
            {children.map(|children| children())}
        </div>
    }
}

/// One step of a breadcrumb.
#[derive(Clone)]
pub struct Crumb {
    pub label: Text,
    pub href: String,
}

impl Crumb {
    /// A step with its address.
    pub fn new(label: impl Into<Text>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// The way here, without the page itself; the home page is added before it.
#[component]
pub fn Crumbs(#[prop(optional)] trail: Vec<Crumb>) -> impl IntoView {
    view! {
        <nav class="crumbs wrap" aria-label=tr::ui::crumbs>
            <ol>
                <li>
                    <a href="/">{tr::ui::home}</a>
                </li>
                {trail.into_iter().map(|Crumb { label, href }| view! { <li><a href=href>{label}</a></li> }).collect_view()}
            </ol>
        </nav>
    }
}
