//! The living page `/ui`: every component in all its states. A component that is not here does not exist.

mod data;
mod fields;
mod flow;
mod foundations;
mod messages;

use leptos::prelude::*;
use nq57_ui::components::{Crumbs, PageHead};
use nq57_ui::i18n::{Text, tr};

/// The kit.
#[component]
pub fn KitPage() -> impl IntoView {
    view! {
        <Crumbs/>
        <div class="wrap">
            <PageHead title=tr::kit::title lead=tr::kit::lead/>
            <foundations::Foundations/>
            <fields::Fields/>
            <flow::Flow/>
            <messages::Messages/>
            <data::Data/>
        </div>
    }
}

/// One headed block of specimens.
#[component]
fn Section(
    id: &'static str,
    #[prop(into)] title: Text,
    #[prop(optional, into)] text: Option<Text>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="block" aria-labelledby=id data-specimens=true>
            <h2 id=id>{title}</h2>
            <div class="stack" data-gap="l">
                {text.map(|text| view! { <p class="muted measure">{text}</p> })}
                {children()}
            </div>
        </section>
    }
}
