//! The products found: how many, in which order, the list, and what to do when there are none.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::products::{ProductPage, ProductSummary};
use nq57_ui::api::Remote;
use nq57_ui::components::{
    Button, ButtonKind, ButtonLink, Chips, Choice, Empty, Glyph, Load, LoadMore, Select, Skeleton,
    focus_on, toast,
};
use nq57_ui::i18n::{Text, number, tr};
use nq57_ui::state::address::{Query, use_go_to};

use super::{PAGE, api, csv, filters};
use crate::products::item::{Item, link_id};

/// The found products with everything above and below them.
#[component]
pub(super) fn Results(query: Memo<Query>, found: Remote<ProductPage>) -> impl IntoView {
    let chips = Signal::derive(move || query.with(filters::chips));
    let clear = Signal::derive(move || "/san-pham".to_owned());
    view! {
        <div class="stack" aria-busy=move || found.busy().get().then_some("true")>
            <div class="row" data-apart=true>
                <Count found/>
                <Order query/>
            </div>
            <Chips chips clear/>
            <h2 class="sr">{tr::products::catalogue::results}</h2>
            <Load from=found view=move |page| view! { <Listing query page/> } waiting=|| view! { <Skeleton lines=12/> }.into_any()/>
        </div>
    }
}

/// How many there are; announced when it changes.
#[component]
fn Count(found: Remote<ProductPage>) -> impl IntoView {
    use tr::products::catalogue as words;
    view! {
        <p role="status">
            {move || found.ready().and_then(|page| page.total).map(|total| view! {
                <strong>{words::count(total)}</strong>
                " "
                <span class="muted">{words::fitting}</span>
            })}
        </p>
    }
}

/// The order, in the address.
#[component]
fn Order(query: Memo<Query>) -> impl IntoView {
    use tr::products::catalogue as words;
    let has_text = Memo::new(move |_| query.with(|query| query.get("q").is_some()));
    let usual = move || if has_text.get() { "relevance" } else { "-published_at" };
    let value = RwSignal::new(String::new());
    Effect::new(move |_| {
        value.set(
            query
                .with(|query| query.get("sort").map(str::to_owned))
                .unwrap_or_else(|| usual().to_owned()),
        )
    });
    let options = Signal::derive(move || {
        let best = has_text.get().then(|| Choice::new("relevance", words::sorts::relevance));
        best.into_iter()
            .chain([
                Choice::new("-published_at", words::sorts::newest),
                Choice::new("title", words::sorts::title),
            ])
            .collect()
    });
    let go_to = use_go_to();
    Effect::new(move |_| {
        let wanted = value.get();
        let now = query.get_untracked();
        let known = now.get("sort").unwrap_or(if has_text.get_untracked() {
            "relevance"
        } else {
            "-published_at"
        });
        if !wanted.is_empty() && wanted != known {
            let is_usual = wanted == untrack(usual);
            go_to(&now.with("sort", if is_usual { "" } else { &wanted }), true);
        }
    });
    view! { <Select name="/sort" label=words::sort value options/> }
}

/// One page of the list and those loaded after it.
#[component]
fn Listing(query: Memo<Query>, page: ProductPage) -> impl IntoView {
    let ProductPage { items, next_cursor, total, .. } = page;
    if items.is_empty() {
        return view! { <Nothing query/> }.into_any();
    }
    let items = RwSignal::new(items);
    let cursor = RwSignal::new(next_cursor);
    let busy = RwSignal::new(false);
    let more = move || {
        let filters = query.get_untracked().pairs();
        busy.set(true);
        spawn_local(async move {
            let result = api::search(filters, cursor.get_untracked(), PAGE, false).await;
            if busy.try_set(false).is_some() {
                return; // The page is gone.
            }
            match result {
                Ok(page) => {
                    let first = page.items.first().map(link_id);
                    cursor.set(page.next_cursor);
                    items.update(|items| items.extend(page.items));
                    request_animation_frame(move || {
                        first.map(|id| focus_on(&id));
                    });
                }
                Err(failure) => toast(failure.title()),
            }
        });
    };
    let shown =
        Signal::derive(move || items.with(|items| u64::try_from(items.len()).unwrap_or_default()));
    let has_more = Signal::derive(move || cursor.with(Option::is_some));
    view! {
        <ul class="items">
            <For each=move || items.get() key=|product: &ProductSummary| product.id children=|product| view! { <Item product/> }/>
        </ul>
        <div class="row" data-apart=true>
            <LoadMore shown total=Signal::stored(total) has_more busy on_more=more/>
            <Csv query total=total.unwrap_or_default()/>
        </div>
    }
    .into_any()
}

/// The whole result as a file.
#[component]
fn Csv(query: Memo<Query>, total: u64) -> impl IntoView {
    use tr::products::catalogue as words;
    let busy = RwSignal::new(false);
    let download = move || {
        busy.set(true);
        let filters = query.get_untracked().pairs();
        spawn_local(async move {
            if csv::download(filters).await.is_err() {
                toast(words::csv_failed);
            }
            busy.try_set(false);
        });
    };
    view! {
        <Button kind=ButtonKind::Quiet small=true icon=Glyph::Download busy on_press=download>
            {move || words::csv(number(total))}
        </Button>
    }
}

/// Nothing fits, or nothing has been published yet.
#[component]
fn Nothing(query: Memo<Query>) -> impl IntoView {
    use tr::products::catalogue as words;
    let filtered = Memo::new(move |_| query.with(|query| !filters::chips(query).is_empty()));
    move || {
        let filtered = filtered.get();
        let (title, text): (fn() -> &'static str, fn() -> &'static str) = if filtered {
            (words::empty, words::empty_text)
        } else {
            (words::none, words::none_text)
        };
        view! {
            <Empty title=Text::from(title)>
                <p>{text}</p>
                {filtered.then(|| view! { <p><ButtonLink href="/san-pham".to_owned() kind=ButtonKind::Second>{words::empty_clear}</ButtonLink></p> })}
            </Empty>
        }
    }
}
