//! What waits for the reader, of all kinds: views by step with counts, search, the rows by their deadline. All of it in
//! the address.

use leptos::prelude::*;
use nq57_shared::casework::{WorkCount, WorkItem, WorkPage};
use nq57_shared::page::Page;

use super::bulk::{Bulk, Outcome, Results, action_of};
use super::search::Search;
use super::shortcuts::ROW_LINK;
use super::{CaseKinds, Due, DueTag, kind_name, kind_of};
use crate::api::{get, paged, remote};
use crate::components::{Code, Empty, PagedList, Table};
use crate::i18n::{date, number, tr};
use crate::state::address::{Query, use_query};

/// What the server is asked.
const FILTERS: [&str; 4] = ["q", "type", "step", "late"];

/// The queue of the reader; `place` names a province.
#[component]
pub fn Queue(kinds: CaseKinds, place: fn(&str) -> String) -> impl IntoView {
    use tr::casework as words;
    let whole = use_query();
    let query = Memo::new(move |_| whole.get().only(&FILTERS));
    let counted = remote(|| async {
        let request = get("/my-work").query("limit", 1).query("count", true);
        Ok(request.send::<WorkPage>().await?.body.counts.unwrap_or_default())
    });
    let counts = Signal::derive(move || counted.ready().unwrap_or_default());
    let work = paged(move |cursor| {
        let mut request = get("/my-work").query("limit", 50);
        for (name, value) in query.get().pairs() {
            request = request.query(name, value);
        }
        if let Some(cursor) = cursor {
            request = request.query("cursor", cursor);
        }
        async move {
            let page = request.send::<WorkPage>().await?.body;
            Ok(Page { items: page.items, next_cursor: page.next_cursor, total: page.total })
        }
    });
    let is_filtered = move || query.with(|query| !query.pairs().is_empty());
    let empty = move || {
        match untrack(is_filtered) {
        true => view! {
            <Empty title=words::none_found><p>{words::none_found_text}</p><p><a href="?">{words::show_all}</a></p></Empty>
        }
        .into_any(),
        false => view! { <Empty title=words::none><p>{words::none_text}</p></Empty> }.into_any(),
    }
    };
    let picked = RwSignal::new(Vec::<WorkItem>::new());
    let outcomes = RwSignal::new(Vec::<Outcome>::new());
    // What is picked under other filters is out of sight.
    Effect::new(move |_| {
        query.track();
        picked.set(Vec::new());
    });
    let reload = move |()| {
        work.list.reload();
        counted.reload();
    };
    view! {
        <div class="split" data-side="start">
            <Views kinds query counts/>
            <div class="stack" data-gap="m">
                <Search query/>
                <Results outcomes/>
                <PagedList from=work view={move |items: Vec<WorkItem>| view! { <Rows kinds place picked items/> }} empty/>
                <Bulk kinds picked outcomes on_done=reload/>
            </div>
        </div>
    }
}

/// Everything, what is late, and each step with how much of it waits.
#[component]
fn Views(kinds: CaseKinds, query: Memo<Query>, counts: Signal<Vec<WorkCount>>) -> impl IntoView {
    use tr::casework as words;
    let here = move |asked: &Query| {
        query.with(|query| ["step", "late"].iter().all(|name| query.get(name) == asked.get(name)))
    };
    let link = move |asked: Query, label: String, count: u64| {
        let current = here(&asked).then_some("page");
        // What is looked for stays.
        let asked = asked.with(
            "q",
            query.with(|query| query.get("q").map(str::to_owned)).as_deref().unwrap_or_default(),
        );
        view! {
            <li>
                <a href=asked.address("") aria-current=current>
                    <span>{label}</span>
                    <b>{number(count)}</b>
                </a>
            </li>
        }
    };
    let links = move || {
        let counts = counts.get();
        let sum = |of: fn(&WorkCount) -> u64| counts.iter().map(of).sum::<u64>();
        let all = link(Query::default(), words::all().to_owned(), sum(|count| count.waiting));
        let late = sum(|count| count.late);
        let late = (late > 0)
            .then(|| link(Query::default().with("late", "true"), words::late().to_owned(), late));
        let steps: Vec<_> = counts
            .iter()
            .filter_map(|count| {
                let kind = kind_of(kinds, &count.kind)?;
                let asked = Query::default().with("type", &count.kind).with("step", &count.step);
                Some(link(asked, (kind.step)(&count.step)?.to_owned(), count.waiting))
            })
            .collect();
        view! {
            {all}
            {late}
            {steps}
        }
    };
    view! {
        <nav class="views" aria-label=words::views>
            <ul>{links}</ul>
        </nav>
    }
}

#[component]
fn Rows(
    kinds: CaseKinds,
    place: fn(&str) -> String,
    picked: RwSignal<Vec<WorkItem>>,
    items: Vec<WorkItem>,
) -> impl IntoView {
    use tr::casework as words;
    // Nobody is offered to pick what cannot be done together.
    let picks = items.iter().any(|item| action_of(kinds, item).is_some());
    let rows =
        items.into_iter().map(|item| view! { <Row kinds place picked picks item/> }).collect_view();
    view! {
        <Table caption=words::caption dense=true stacked=true>
            <thead>
                <tr>
                    <th scope="col">{words::file}</th>
                    <th scope="col">{words::step}</th>
                    <th scope="col">{words::due}</th>
                    <th scope="col" class="num">{words::due_date}</th>
                    <th scope="col">{words::province}</th>
                    {picks.then(|| view! { <th scope="col">{words::pick}</th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn Row(
    kinds: CaseKinds,
    place: fn(&str) -> String,
    picked: RwSignal<Vec<WorkItem>>,
    /// Whether the table has a column to pick in.
    picks: bool,
    item: WorkItem,
) -> impl IntoView {
    use tr::casework as words;
    let kind = kind_of(kinds, &item.case.kind);
    let href = kind.map(|kind| (kind.work_page)(&item));
    let name = kind_name(kinds, kind);
    let pick = picks.then(|| {
        let may = action_of(kinds, &item).is_some();
        view! { <td data-pick=true>{may.then(|| view! { <Pick picked item=item.clone()/> })}</td> }
    });
    // Of the reader's own task, which may be due before the case is.
    let (due_at, due) = (item.due_at, Due::of(item.due_at, item.working_days_left));
    let (step, case) = (item.step, item.case);
    view! {
        <tr>
            <th scope="row">
                <a class=ROW_LINK href=href>{case.title}</a>
                <br/>
                <span class="tiny muted">
                    {case.code.map(|text| view! { <Code text/> " " })}
                    {name} {case.sender}
                </span>
            </th>
            <td data-label=words::step>{move || kind.and_then(|kind| (kind.step)(&step))}</td>
            <td data-label=words::due><span>{match due {
                Some(due) => view! { <DueTag due/> }.into_any(),
                None => view! { <span class="muted">{words::no_due}</span> }.into_any(),
            }}</span></td>
            <td class="num" data-label=words::due_date>{due_at.map(date)}</td>
            <td data-label=words::province>{move || case.province_code.as_deref().map(place)}</td>
            {pick}
        </tr>
    }
}

#[component]
fn Pick(picked: RwSignal<Vec<WorkItem>>, item: WorkItem) -> impl IntoView {
    let (id, title) = (item.id, item.case.title.clone());
    let is_picked = move || picked.with(|picked| picked.iter().any(|one| one.id == id));
    let pick = move |on: bool| {
        picked.update(|picked| {
            picked.retain(|one| one.id != id);
            if on {
                picked.push(item.clone());
            }
        });
    };
    view! {
        <input
            class="tick"
            type="checkbox"
            aria-label=move || tr::casework::pick_one(&title)
            prop:checked=is_picked
            on:change:target=move |event| pick(event.target().checked())
        />
    }
}
