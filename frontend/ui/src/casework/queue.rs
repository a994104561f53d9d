//! What waits for the reader, of all kinds: views by step with counts, search, provinces, the rows in their order, the same
//! as a file. All of it in the address.

use leptos::prelude::*;
use nq57_shared::casework::{ProvinceCount, WorkCount, WorkItem, WorkPage};
use nq57_shared::page::Page;

use super::bulk::{Bulk, Outcome, Results};
use super::csv::{Csv, FILE_ROWS};
use super::facets::{LIST, ProvinceFacet, SkipToList, is_place};
use super::filters::{DUE, LeftOut, due_words, is_known, known};
use super::place::{self, PAGE, first, shown};
use super::queue_rows::{Rows, lines};
use super::search::Search;
use super::sorting::Sorting;
use super::{CaseKinds, Printed, kind_of};
use crate::api::{Failure, Remote, get, paged, remote};
use crate::components::{Chip, Chips, Empty, FacetPanel, PagedList, focus_on_heading};
use crate::i18n::{Text, number, tr};
use crate::state::address::{Query, use_query};

/// What the server is asked.
const FILTERS: [&str; 6] = ["q", "type", "step", "due", "province", "sort"];
/// The orders that there are.
const SORTS: [&str; 4] = ["due", "-due", "since", "-since"];
/// What makes a view; the rest narrows all of them.
const VIEW: [&str; 3] = ["type", "step", "due"];
/// What narrows every view.
const NARROWS: [&str; 2] = ["q", "province"];
/// What stays from one view to the next.
const KEPT: [&str; 3] = ["q", "province", "sort"];

/// How much waits under some filters.
#[derive(Clone, Default)]
struct Waiting {
    total: u64,
    counts: Vec<WorkCount>,
    provinces: Vec<ProvinceCount>,
    /// There is more than was counted.
    at_least: bool,
}

/// What is counted: for all views, and for the one that is open.
#[derive(Clone, Copy)]
struct Counted {
    all: Remote<Waiting>,
    open: Remote<Option<Waiting>>,
    /// In the open view; without one, in all of them.
    here: Signal<Option<Waiting>>,
}

impl Counted {
    fn new(query: Memo<Query>) -> Self {
        let sought = Memo::new(move |_| query.with(|query| query.only(&NARROWS)));
        let view = Memo::new(move |_| query.with(|query| query.without("sort")));
        let all = remote(move || count(sought.get()));
        let open = remote(move || {
            let (view, sought) = (view.get(), sought.get());
            async move { if view == sought { Ok(None) } else { count(view).await.map(Some) } }
        });
        let here = Signal::derive(move || match view.get() == sought.get() {
            true => all.ready(),
            false => open.ready().flatten(),
        });
        Self { all, open, here }
    }

    fn total(self) -> Option<u64> {
        self.here.with(|here| here.as_ref().map(|here| here.total))
    }

    /// By province, where all of it was counted.
    fn provinces(self) -> Option<Vec<ProvinceCount>> {
        let exact = |here: &Waiting| (!here.at_least).then(|| here.provinces.clone());
        self.here.with(|here| here.as_ref().and_then(exact))
    }

    fn reload(self) {
        self.all.reload();
        self.open.reload();
    }
}

/// The queue of the reader; `places` are the provinces to choose from, with their names.
#[component]
pub fn Queue(
    kinds: CaseKinds,
    place: fn(&str) -> String,
    places: Signal<Vec<String>>,
) -> impl IntoView {
    use tr::casework as words;
    let whole = use_query();
    let read = Memo::new(move |_| {
        let knows = |name: &str, value: &str| match name {
            "province" => is_place(places, value),
            "sort" => SORTS.contains(&value),
            _ => is_known(kinds, name, value),
        };
        known(&whole.get(), &FILTERS, &["province"], knows)
    });
    let query = Memo::new(move |_| read.get().0);
    let left_out = Signal::derive(move || read.get().1);
    let sorting = Sorting::new(query);
    let counted = Counted::new(query);
    let waiting = Signal::derive(move || counted.all.ready().unwrap_or_default());
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
    let chips_of = move |names| query.with(|query| chips(kinds, place, query, names));
    let clear = move || query.with(|query| address(&query.without("q").without("province")));
    let file = move || {
        let query = query.get_untracked();
        async move {
            let work = first(FILE_ROWS, |limit, cursor| ask(query.clone(), limit, cursor));
            let work = work.await?.items;
            Ok(untrack(|| lines(kinds, place, &work)))
        }
    };
    view! {
        <div class="board">
            <div>
                <SkipToList/>
                <div class="stack">
                    <Views kinds query waiting/>
                    <Places query waiting found=Signal::derive(move || counted.provinces()) place places/>
                </div>
            </div>
            <div class="stack" data-gap="m">
                <Search query/>
                <div class="row" data-apart=true>
                    <Chips chips=Signal::derive(move || chips_of(&NARROWS)) clear=Signal::derive(clear)/>
                    <Csv total=Signal::derive(move || counted.total()) name="nq57-viec.csv" lines=file/>
                </div>
                <LeftOut left_out/>
                <Printed chips=Signal::derive(move || chips_of(&FILTERS)) count=Signal::stored(String::new())/>
                <Results outcomes/>
                <div id=LIST tabindex="-1">
                    <PagedList from=work view={move |items: Vec<WorkItem>| view! { <Rows kinds place sorting whole picked items/> }} empty/>
                </div>
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

/// How much waits under these filters.
async fn count(query: Query) -> Result<Waiting, Failure> {
    let page = asked(&query, 1, None).query("count", true).send::<WorkPage>().await?.body;
    Ok(Waiting {
        total: page.total.unwrap_or_default(),
        counts: page.counts.unwrap_or_default(),
        provinces: page.provinces.unwrap_or_default(),
        at_least: page.at_least,
    })
}

/// The address of this query here: an empty one would be the present one.
fn address(query: &Query) -> String {
    Some(query.address("")).filter(|address| !address.is_empty()).unwrap_or_else(|| "?".to_owned())
}

/// What the rows are narrowed to by these parameters, as chips that take it off.
fn chips(kinds: CaseKinds, place: fn(&str) -> String, query: &Query, names: &[&str]) -> Vec<Chip> {
    let chip = |(name, value): (String, String)| {
        let href = address(&query.without_value(&name, &value));
        let label = match name.as_str() {
            "q" => Text::from(move || tr::casework::searching(&value)),
            "due" => Text::from(move || due_words(&value)),
            "province" => Text::from(move || place(&value)),
            "step" => Text::from(move || {
                let step = kinds.iter().find_map(|kind| (kind.step)(&value));
                step.unwrap_or_default().to_owned()
            }),
            _ => return None,
        };
        Some(Chip { label, href })
    };
    query.only(names).pairs().into_iter().filter_map(chip).collect()
}

/// The provinces of the work, where there are several; their numbers are of the view that is open.
#[component]
fn Places(
    query: Memo<Query>,
    waiting: Signal<Waiting>,
    found: Signal<Option<Vec<ProvinceCount>>>,
    place: fn(&str) -> String,
    places: Signal<Vec<String>>,
) -> impl IntoView {
    let chosen = Memo::new(move |_| query.with(|query| query.all("province").len()));
    let are_several =
        Memo::new(move |_| chosen.get() > 0 || waiting.with(|now| now.provinces.len() > 1));
    let active = Signal::derive(move || u64::try_from(chosen.get()).unwrap_or_default());
    move || {
        are_several.get().then(|| {
            view! { <FacetPanel active><ProvinceFacet query place places found/></FacetPanel> }
        })
    }
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
        let count = match at_least {
            true => words::at_least(number(count)),
            false => number(count),
        };
        view! {
            <li>
                <a href=address(&asked) aria-current=here.then_some("page")>
                    <span>{label}</span>
                    <b>{count}</b>
                </a>
            </li>
        }
    };
    let links = move || {
        let Waiting { counts, at_least, .. } = waiting.get();
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
