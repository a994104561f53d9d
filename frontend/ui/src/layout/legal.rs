//! Pages about the platform itself: what it is, what happens to personal data, how accessible it is.

use leptos::prelude::*;

use crate::components::{Contact, Crumbs, PageHead};
use crate::i18n::{Text, tr};
use crate::state::site;

type Words = fn() -> &'static str;

/// A page of headed paragraphs.
fn article(title: Words, lead: Words, parts: &'static [(Words, Words)]) -> impl IntoView {
    let parts = parts
        .iter()
        .map(|(heading, text)| {
            view! {
                <h2>{*heading}</h2>
                <p>{*text}</p>
            }
        })
        .collect_view();
    view! {
        <Crumbs/>
        <div class="wrap narrow">
            <PageHead title=Text::from(title) lead=Text::from(lead)/>
            <div class="prose">
                {parts}
                <Show when=|| site::operator().is_some()>
                    <h2>{tr::layout::foot::operator}</h2>
                    <Contact/>
                </Show>
            </div>
        </div>
    }
}

/// What the platform is.
#[component]
pub fn AboutPage() -> impl IntoView {
    use tr::legal::about as words;
    article(
        words::title,
        words::lead,
        &[
            (words::what, words::what_text),
            (words::who, words::who_text),
            (words::how, words::how_text),
            (words::open, words::open_text),
        ],
    )
}

/// What happens to personal data.
#[component]
pub fn PrivacyPage() -> impl IntoView {
    use tr::legal::privacy as words;
    article(
        words::title,
        words::lead,
        &[
            (words::what, words::what_text),
            (words::public, words::public_text),
            (words::kept, words::kept_text),
            (words::contacts, words::contacts_text),
            (words::device, words::device_text),
            (words::rights, words::rights_text),
        ],
    )
}

/// How accessible the platform is.
#[component]
pub fn AccessibilityPage() -> impl IntoView {
    use tr::legal::accessibility as words;
    article(
        words::title,
        words::lead,
        &[
            (words::goal, words::goal_text),
            (words::ways, words::ways_text),
            (words::tested, words::tested_text),
            (words::tell, words::tell_text),
        ],
    )
}
