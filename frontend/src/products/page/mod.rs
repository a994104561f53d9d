//! The public page of a product: what it is, where it is used, what it was awarded, how it got here.

mod aside;
mod compare;
mod content;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use nq57_shared::products::{HistoryEntry, Product};
use nq57_ui::api::{Failure, remote};
use nq57_ui::components::{
    ButtonKind, ButtonLink, Code, Crumb, Crumbs, Glyph, Icon, Load, PageHead, PrintButton,
    Skeleton, Tag, Timeline,
};
use nq57_ui::i18n::{Text, date, tr};

use super::{api, timeline, view_model};
use crate::reference::{List, name};

pub use compare::ComparePage;
use content::Texts;

/// The id in the address.
pub(super) fn use_id() -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()))
}

/// The page of a published product.
#[component]
pub fn ProductPage() -> impl IntoView {
    let id = use_id();
    let product = remote(move || {
        let id = id.get();
        async move { api::read_public(&id).await }
    });
    let gone =
        |(failure,): (Failure,)| failure.is_not_found().then(|| view! { <Gone/> }.into_any());
    view! {
        <Crumbs trail=vec![Crumb::new(tr::products::catalogue::title, "/san-pham")]/>
        <div class="wrap">
            <Load from=product view=|product| view! { <Shown product/> } waiting=|| view! { <div class="head"><Skeleton lines=10/></div> }.into_any() failed=gone/>
        </div>
    }
}

#[component]
fn Gone() -> impl IntoView {
    use tr::products::page as words;
    view! {
        <PageHead title=words::gone lead=words::gone_text>
            <div class="row">
                <ButtonLink href="/san-pham".to_owned()>{words::gone_catalogue}</ButtonLink>
                <a href="/theo-doi">{words::gone_tracking}</a>
            </div>
        </PageHead>
    }
}

#[component]
fn Shown(product: Product) -> impl IntoView {
    use tr::products::page as words;
    let content = product.content.clone();
    let (code, state, version, published_at) =
        (product.code.clone(), product.state, product.version, product.published_at);
    let above = move || {
        view! {
            <super::StateTag state/>
            <Tag text=move || view_model::kind(content.kind)/>
            {content.trl.map(|trl| view! { <Tag text=format!("TRL {trl}")/> })}
            {code.map(|text| view! { <Code text/> })}
        }
        .into_any()
    };
    let owner = product.content.owner.name.clone();
    let province = product.content.province_code.clone();
    let id = product.id;
    view! {
        <PageHead title=product.content.title.clone() lead=Text::from(product.content.summary.clone()) above=ViewFnOnce::from(above)>
            <p class="facts">
                <span>
                    <Icon name=Glyph::Building/>
                    {owner}
                </span>
                {province.map(|code| view! {
                    <span>
                        <Icon name=Glyph::Pin/>
                        {move || name(List::Provinces, &code)}
                    </span>
                })}
                {published_at.map(|at| view! {
                    <span>
                        <Icon name=Glyph::Calendar/>
                        {move || words::published_on(date(at), version)}
                    </span>
                })}
            </p>
        </PageHead>
        <div class="split">
            <div class="stack" data-gap="xl">
                <Texts product=product.clone()/>
                <History id=id.to_string()/>
                <p class="row">
                    <PrintButton kind=ButtonKind::Second/>
                </p>
            </div>
            <aside::Aside product/>
        </div>
    }
}

/// What everybody may know of its way, the latest first.
#[component]
fn History(id: String) -> impl IntoView {
    use tr::products::page as words;
    let history = remote(move || {
        let id = id.clone();
        async move { api::history(&id, true).await }
    });
    let show = |mut entries: Vec<HistoryEntry>| {
        if entries.is_empty() {
            return view! { <p class="muted">{words::no_history}</p> }.into_any();
        }
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        let moments = Signal::stored(entries.iter().map(timeline::past).collect::<Vec<_>>());
        view! { <Timeline moments label=words::history/> }.into_any()
    };
    view! {
        <section class="stack" data-gap="l" aria-labelledby="history">
            <h2 id="history">{words::history}</h2>
            <Load from=history view=show/>
        </section>
    }
}
