//! The submitter's list: where each submission is, what comes next, until when.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{ProductPage, ProductState, ProductSummary};
use nq57_ui::api::remote;
use nq57_ui::casework::{Due, DueTag};
use nq57_ui::components::{
    ButtonKind, ButtonLink, Code, Crumbs, Empty, Glyph, Load, LoadMore, PageHead, Table, toast,
};
use nq57_ui::i18n::{date, date_time, tr};
use nq57_ui::layout::Guard;

use crate::products::view_model;
use crate::products::{StateTag, WaitingNotice, api};

/// How many submissions a page of the list has.
const PAGE: usize = 20;

/// My submissions.
#[component]
pub fn ListPage() -> impl IntoView {
    view! { <Guard><List/></Guard> }
}

#[component]
fn List() -> impl IntoView {
    use tr::submissions::list as words;
    let page = remote(|| api::own(None, PAGE));
    view! {
        <Crumbs/>
        <div class="wrap">
            <PageHead title=words::title lead=words::lead>
                <p><ButtonLink href="/ho-so/moi".to_owned() icon=Glyph::Plus>{words::begin}</ButtonLink></p>
            </PageHead>
            <div class="stack" data-gap="l">
                <WaitingNotice/>
                <Load from=page view=|page| view! { <Rows page/> }/>
            </div>
        </div>
    }
}

#[component]
fn Rows(page: ProductPage) -> impl IntoView {
    use tr::submissions::list as words;
    let ProductPage { items, next_cursor, total, .. } = page;
    if items.is_empty() {
        return view! { <Empty title=words::empty><p>{words::empty_text}</p></Empty> }.into_any();
    }
    let is_long = next_cursor.is_some();
    let items = RwSignal::new(items);
    let cursor = RwSignal::new(next_cursor);
    let busy = RwSignal::new(false);
    let more = move || {
        busy.set(true);
        spawn_local(async move {
            let result = api::own(cursor.get_untracked(), PAGE).await;
            if busy.try_set(false).is_some() {
                return; // The page is gone.
            }
            match result {
                Ok(page) => {
                    cursor.set(page.next_cursor);
                    items.update(|items| items.extend(page.items));
                }
                Err(failure) => toast(failure.title()),
            }
        });
    };
    let group = move |waits: bool| {
        let is_in =
            move |product: &&ProductSummary| waits == (product.holder == Some(Holder::Submitter));
        Signal::derive(move || {
            items.with(|items| items.iter().filter(is_in).cloned().collect::<Vec<_>>())
        })
    };
    let shown =
        Signal::derive(move || items.with(|items| u64::try_from(items.len()).unwrap_or_default()));
    view! {
        <Table caption=words::caption stacked=true>
            <thead>
                <tr>
                    <th scope="col">{words::product}</th>
                    <th scope="col">{words::state}</th>
                    <th scope="col">{words::next}</th>
                    <th scope="col">{words::due}</th>
                    <th scope="col"><span class="sr">{tr::ui::actions}</span></th>
                </tr>
            </thead>
            <Group title=words::yours items=group(true)/>
            <Group title=words::others items=group(false)/>
        </Table>
        {is_long.then(|| view! { <LoadMore shown total=Signal::stored(total) has_more=Signal::derive(move || cursor.with(Option::is_some)) busy on_more=more/> })}
    }
    .into_any()
}

/// Rows under a heading of their own; nothing when there are none. The server sends what waits first.
#[component]
fn Group(title: fn() -> &'static str, items: Signal<Vec<ProductSummary>>) -> impl IntoView {
    view! {
        <Show when=move || items.with(|items| !items.is_empty())>
            <tbody>
                <tr>
                    <th scope="rowgroup" colspan="5">{title}</th>
                </tr>
                <For each=move || items.get() key=|product: &ProductSummary| product.id children=|product| view! { <Row product/> }/>
            </tbody>
        </Show>
    }
}

#[component]
fn Row(product: ProductSummary) -> impl IntoView {
    use tr::submissions::list as words;
    let ProductSummary {
        id,
        code,
        title,
        state,
        published_at,
        updated_at,
        holder,
        due_at,
        working_days_left,
        ..
    } = product;
    let own = format!("/ho-so/{id}");
    let (action, href): (fn() -> &'static str, String) = match state {
        ProductState::Draft => (words::resume, format!("{own}/kiem-tra")),
        ProductState::MoreInformation => (words::answer, own.clone()),
        _ => (words::look, own.clone()),
    };
    let due = Due::of(due_at, working_days_left);
    let due = move || match due {
        Some(due) => view! {
            {date(due.at)}
            <br/>
            <DueTag due plain=true/>
        }
        .into_any(),
        // What has ended has no deadline, and needs no word for that.
        None => holder
            .map(|holder| {
                let why =
                    if holder == Holder::Submitter { words::no_due_draft } else { words::no_due };
                view! { <span class="muted">{why}</span> }
            })
            .into_any(),
    };
    let has_due = holder.is_some() || due_at.is_some();
    let name = title.clone();
    view! {
        <tr>
            <th scope="row">
                <a href=own>{title}</a>
                <br/>
                <span class="tiny muted">
                    {match code {
                        Some(text) => view! { <Code text/> }.into_any(),
                        None => view! { {words::no_code} }.into_any(),
                    }}
                    ". "
                    {move || words::changed(date_time(updated_at))}
                </span>
            </th>
            <td data-label=words::state>
                <span><StateTag state/></span>
            </td>
            <td data-label=words::next>{move || view_model::what_next(state, published_at.is_some())}</td>
            <td data-label=move || has_due.then(words::due)>
                <span>{due}</span>
            </td>
            <td>
                <ButtonLink href kind=ButtonKind::Second small=true>
                    {action}
                    <span class="sr">" "{name}</span>
                </ButtonLink>
            </td>
        </tr>
    }
}
