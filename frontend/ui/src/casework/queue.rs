//! What waits for the reader, of all kinds: views by step with counts, search, the rows by their deadline. All of it in
//! the address.

use leptos::prelude::*;
use nq57_shared::casework::{WorkCount, WorkItem, WorkPage};
use nq57_shared::page::Page;

use super::bulk::{Bulk, Outcome, Results, action_of};
use super::filters::{DUE, LeftOut, due_words, is_known, known};
use super::place::{self, PAGE, first, row_id, shown};
use super::row_head::RowHead;
use super::search::Search;
use super::sorting::{SortBy, Sorting};
use super::{CaseKinds, Due, DueTag, Printed, kind_name, kind_of};
use crate::api::{Failure, get, paged, remote};
use crate::components::{Chip, Empty, PagedList, Table, focus_on_heading};
use crate::i18n::{Text, date, number, tr};
use crate::state::address::{Query, use_query};

/// What the server is asked.
const FILTERS: [&str; 5] = ["q", "type", "step", "due", "sort"];
/// The orders that there are.
const SORTS: [&str; 4] = ["due", "-due", "since", "-since"];
/// What makes a view; the rest narrows all of them.
const VIEW: [&str; 3] = ["type", "step", "due"];
/// What stays from one view to the next.
const KEPT: [&str; 2] = ["q", "sort"];

/// How much waits in each view.
#[derive(Clone, Default)]
struct Waiting {
    counts: Vec<WorkCount>,
    /// There is more than was counted.
    at_least: bool,
}

/// The queue of the reader; `place` names a province.
#[component]
pub fn Queue(kinds: CaseKinds, place: fn(&str) -> String) -> impl IntoView {
    use tr::casework as words;
    let whole = use_query();
    let read = Memo::new(move |_| {
        let knows = |name: &str, value: &str| match name {
            "sort" => SORTS.contains(&value),
            _ => is_known(kinds, name, value),
        };
        known(&whole.get(), &FILTERS, &[], knows)
    });
    let query = Memo::new(move |_| read.get().0);
    let left_out = Signal::derive(move || read.get().1);
    let sorting = Sorting::new(query);
    let sought = Memo::new(move |_| query.with(|query| query.only(&["q"])));
    let counted = remote(move || {
        let request = asked(&sought.get(), 1, None).query("count", true);
        async move {
            let page = request.send::<WorkPage>().await?.body;
            let counts = page.counts.unwrap_or_default();
            Ok(Waiting { counts, at_least: page.at_least })
        }
    });
    let waiting = Signal::derive(move || counted.ready().unwrap_or_default());
    let work = paged(move |cursor| {
        let (query, shown) = (query.get(), shown(&whole.get_untracked()));
        async move {
            match cursor {
                Some(_) => ask(query, PAGE, cursor).await,
                None => first(shown, |limit, cursor| ask(query.clone(), limit, cursor)).await,
            }
        }
    });
    place::remember(work, whole, query);
    let is_filtered = move || query.with(|query| !query.without("sort").pairs().is_empty());
    let empty = move || {
        match untrack(is_filtered) {
        true => view! {
            <Empty title=words::none_found><p>{words::none_found_text}</p><p><a href="?" on:click=|_| focus_on_heading()>{words::show_all}</a></p></Empty>
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
    let filters = Signal::derive(move || query.with(|query| filters(kinds, query)));
    view! {
        <div class="board">
            <Views kinds query waiting/>
            <div class="stack" data-gap="m">
                <Search query/>
                <LeftOut left_out/>
                <Printed chips=filters count=Signal::stored(String::new())/>
                <Results outcomes/>
                <PagedList from=work view={move |items: Vec<WorkItem>| view! { <Rows kinds place sorting whole picked items/> }} empty/>
                <Bulk kinds picked outcomes on_done=reload/>
            </div>
        </div>
    }
}

fn asked(query: &Query, limit: usize, cursor: Option<String>) -> crate::api::Request {
    let mut request = get("/my-work").query("limit", limit);
    for (name, value) in query.pairs() {
        request = request.query(name, value);
    }
    match cursor {
        Some(cursor) => request.query("cursor", cursor),
        None => request,
    }
}

async fn ask(
    query: Query,
    limit: usize,
    cursor: Option<String>,
) -> Result<Page<WorkItem>, Failure> {
    let page = asked(&query, limit, cursor).send::<WorkPage>().await?.body;
    Ok(Page { items: page.items, next_cursor: page.next_cursor, total: None })
}

/// What the rows are narrowed to, in words.
fn filters(kinds: CaseKinds, query: &Query) -> Vec<Chip> {
    let words = query.pairs().into_iter().filter_map(|(name, value)| match name.as_str() {
        "q" => Some(Text::from(move || tr::casework::searching(&value))),
        "due" => Some(Text::from(move || due_words(&value))),
        "step" => Some(Text::from(move || {
            let step = kinds.iter().find_map(|kind| (kind.step)(&value));
            step.unwrap_or_default().to_owned()
        })),
        _ => None,
    });
    words.map(|label| Chip { label, href: String::new() }).collect()
}

/// Everything, what is due, and each step, with how much of it waits under what is looked for.
#[component]
fn Views(kinds: CaseKinds, query: Memo<Query>, waiting: Signal<Waiting>) -> impl IntoView {
    use tr::casework as words;
    let link = move |asked: Query, label: String, count: u64, at_least: bool| {
        let here = query.with(|query| VIEW.iter().all(|name| query.get(name) == asked.get(name)));
        // What is looked for stays, and its order.
        let kept = query.with(|query| query.only(&KEPT).pairs());
        let asked = kept.iter().fold(asked, |asked, (name, value)| asked.and(name, value));
        // An empty address would be the present one.
        let href = Some(asked.address("")).filter(|href| !href.is_empty());
        let href = href.unwrap_or_else(|| "?".to_owned());
        let count = match at_least {
            true => words::at_least(number(count)),
            false => number(count),
        };
        view! {
            <li>
                <a href=href aria-current=here.then_some("page")>
                    <span>{label}</span>
                    <b>{count}</b>
                </a>
            </li>
        }
    };
    let links = move || {
        let Waiting { counts, at_least } = waiting.get();
        let sum = |of: fn(&WorkCount) -> u64| counts.iter().map(of).sum::<u64>();
        let all = sum(|count| count.waiting);
        let all = link(Query::default(), words::all().to_owned(), all, at_least);
        let due = DUE.into_iter().filter_map(|value| {
            let count = sum(match value {
                "late" => |count: &WorkCount| count.late,
                "today" => |count: &WorkCount| count.today,
                _ => |count: &WorkCount| count.soon,
            });
            let asked = Query::default().with("due", value);
            let is_here = query.with(|query| query.has("due", value));
            (count > 0 || is_here).then(|| link(asked, due_words(value), count, at_least))
        });
        let steps = counts.iter().filter_map(|count| {
            let kind = kind_of(kinds, &count.kind)?;
            let asked = Query::default().with("type", &count.kind).with("step", &count.step);
            let label = (kind.step)(&count.step)?.to_owned();
            Some(link(asked, label, count.waiting, at_least))
        });
        let rest: Vec<_> = due.chain(steps).collect();
        view! {
            {all}
            {rest}
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
    sorting: Sorting,
    whole: Memo<Query>,
    picked: RwSignal<Vec<WorkItem>>,
    items: Vec<WorkItem>,
) -> impl IntoView {
    use tr::casework as words;
    // Nobody is offered to pick what cannot be done together.
    let picks = items.iter().any(|item| action_of(kinds, item).is_some());
    let rows = items
        .into_iter()
        .enumerate()
        .map(|(index, item)| view! { <Row kinds place whole picked picks index item/> })
        .collect_view();
    view! {
        <Table caption=words::caption dense=true stacked=true>
            <thead>
                <tr>
                    <th scope="col">{words::file}</th>
                    <th scope="col">{words::step}</th>
                    <SortBy sorting key="due" label=words::due_date/>
                    <SortBy sorting key="since" label=words::since/>
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
    whole: Memo<Query>,
    picked: RwSignal<Vec<WorkItem>>,
    /// Whether the table has a column to pick in.
    picks: bool,
    /// Its place in the list.
    index: usize,
    item: WorkItem,
) -> impl IntoView {
    use tr::casework as words;
    let kind = kind_of(kinds, &item.case.kind);
    let (id, href) = (row_id(item.id), kind.map(|kind| (kind.work_page)(&item)));
    let name = kind_name(kinds, kind);
    let pick = picks.then(|| {
        let may = action_of(kinds, &item).is_some();
        view! { <td data-pick=true>{may.then(|| view! { <Pick picked item=item.clone()/> })}</td> }
    });
    // Of the reader's own task, which may be due before the case is.
    let (due_at, due) = (item.due_at, Due::of(item.due_at, item.working_days_left));
    let (step, since, case) = (item.step, item.since, item.case);
    view! {
        <tr>
            <RowHead whole index id href title=case.title code=case.code name sender=case.sender/>
            <td data-label=words::step><span>
                {move || kind.and_then(|kind| (kind.step)(&step))}
                {case.province_code.map(|code| view! { <br/> <span class="tiny muted">{move || place(&code)}</span> })}
            </span></td>
            <td data-label=words::due_date><span>
                {due_at.map(date)}
                {match due {
                    Some(due) => view! { <br/> <DueTag due plain=true/> }.into_any(),
                    None => view! { <span class="muted">{words::no_due}</span> }.into_any(),
                }}
            </span></td>
            <td data-label=words::since>{date(since)}</td>
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
