//! Every case that the reader may know of, in whatever state: search, facets, the rows, the same as a file and on
//! paper. All of it in the address.

use leptos::prelude::*;
use nq57_shared::casework::{CaseCount, CasePage, CaseSummary, ProvinceCount};
use nq57_shared::page::Page;

use super::csv::Csv;
use super::facets::{LIST, ProvinceFacet, SkipToList, choice, is_place};
use super::filters::{DUE, LeftOut, due_words, is_known, known};
use super::place::{self, PAGE, first, shown};
use super::register_rows::{Rows, file};
use super::search::Search;
use super::sorting::Sorting;
use super::{CaseKinds, LastFilters, Printed, kind_of};
use crate::api::{Failure, get, paged};
use crate::components::{Chip, Chips, Empty, Facet, FacetPanel, PagedList, focus_on_heading};
use crate::i18n::{Text, number, tr};
use crate::state::address::{Query, use_go_to, use_query};

/// What the server is asked.
const FILTERS: [&str; 8] = ["q", "type", "state", "holder", "province", "open", "due", "sort"];
/// Those that are facets, with their chips.
const FACETS: [&str; 6] = ["due", "open", "state", "holder", "type", "province"];
/// The orders that there are.
const SORTS: [&str; 6] = ["due", "-due", "changed_at", "-changed_at", "state", "-state"];
/// Those that may have several values.
const MANY: [&str; 4] = ["type", "state", "holder", "province"];

/// What the server has counted, with the filters of the address.
#[derive(Clone, Default)]
struct Found {
    total: u64,
    counts: Vec<CaseCount>,
    provinces: Vec<ProvinceCount>,
    /// There is more than was counted.
    at_least: bool,
}

/// The register; `places` are the provinces to choose from, with their names.
#[component]
pub fn Register(
    kinds: CaseKinds,
    /// Where it stands.
    path: &'static str,
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
        known(&whole.get(), &FILTERS, &MANY, knows)
    });
    let query = Memo::new(move |_| read.get().0);
    let left_out = Signal::derive(move || read.get().1);
    let sorting = Sorting::new(query);
    let found = RwSignal::new(None::<Found>);
    let cases = paged(move |cursor| {
        let (query, shown) = (query.get(), shown(&whole.get_untracked()));
        async move {
            match cursor {
                Some(_) => ask(query, PAGE, cursor, found).await,
                None => {
                    first(shown, |limit, cursor| ask(query.clone(), limit, cursor, found)).await
                }
            }
        }
    });
    place::remember(cases, whole, query);
    let chips = Signal::derive(move || query.with(|query| chips(kinds, place, path, query)));
    let empty = move || {
        if chips.with(Vec::is_empty) {
            return view! { <Empty title=words::none_within><p>{words::none_within_text}</p></Empty> }.into_any();
        }
        view! {
            <Empty title=words::none_found><p>{words::none_found_text}</p><p><a href=path on:click=|_| focus_on_heading()>{words::show_all}</a></p></Empty>
        }
        .into_any()
    };
    let count = move || {
        found.with(|found| {
            found.as_ref().map(|found| match found.at_least {
                true => words::cases_more(number(found.total)),
                false => words::cases(found.total),
            })
        })
    };
    let total = Signal::derive(move || found.with(|found| found.as_ref().map(|found| found.total)));
    view! {
        <div class="board">
            <div>
                <SkipToList/>
                <Filters kinds query found place places/>
            </div>
            <div class="stack" data-gap="m">
                <Search query/>
                <div class="row" data-apart=true>
                    <Chips chips clear=Signal::stored(path.to_owned())/>
                    <LastFilters query path names=&FACETS/>
                    <p class="small muted" role="status">{count}</p>
                    <Csv total name="nq57-ho-so.csv" lines=move || file(kinds, place, query.get_untracked())/>
                </div>
                <LeftOut left_out/>
                <Printed chips count=Signal::derive(move || count().unwrap_or_default())/>
                <div id=LIST tabindex="-1">
                    <PagedList from=cases view={move |items: Vec<CaseSummary>| view! { <Rows kinds place sorting whole items/> }} empty/>
                </div>
            </div>
        </div>
    }
}

/// Up to so many cases; the first of them with what there is in all.
async fn ask(
    query: Query,
    limit: usize,
    cursor: Option<String>,
    found: RwSignal<Option<Found>>,
) -> Result<Page<CaseSummary>, Failure> {
    let is_first = cursor.is_none();
    let request = asked(&query, limit, cursor).query("count", is_first);
    let page = request.send::<CasePage>().await?.body;
    if is_first {
        let (total, at_least) = (page.total.unwrap_or_default(), page.at_least);
        let (counts, provinces) =
            (page.counts.unwrap_or_default(), page.provinces.unwrap_or_default());
        found.try_set(Some(Found { total, counts, provinces, at_least }));
    }
    let total = found.try_get_untracked().flatten().filter(|found| !found.at_least);
    let total = total.map(|found| found.total);
    Ok(Page { items: page.items, next_cursor: page.next_cursor, total })
}

/// A request for up to so many cases after the cursor.
pub(super) fn asked(query: &Query, limit: usize, cursor: Option<String>) -> crate::api::Request {
    let mut request = get("/cases").query("limit", limit);
    for (name, value) in query.pairs() {
        request = request.query(name, value);
    }
    match cursor {
        Some(cursor) => request.query("cursor", cursor),
        None => request,
    }
}

/// Of what was found, where all of it was counted; reactive.
fn exact<T>(found: RwSignal<Option<Found>>, of: impl FnOnce(&Found) -> T) -> Option<T> {
    found.with(|found| found.as_ref().filter(|found| !found.at_least).map(of))
}

/// The facets beside the list. Where more was found than is counted they have no numbers.
#[component]
fn Filters(
    kinds: CaseKinds,
    query: Memo<Query>,
    found: RwSignal<Option<Found>>,
    place: fn(&str) -> String,
    places: Signal<Vec<String>>,
) -> impl IntoView {
    use tr::casework as words;
    let active = Signal::derive(move || {
        query.with(|query| {
            let on = FACETS.iter().map(|facet| query.all(facet).len()).sum::<usize>();
            u64::try_from(on).unwrap_or_default()
        })
    });
    let go_to = StoredValue::new(use_go_to());
    let choose = move |facet: &'static str| {
        move |value: String, on: bool| {
            let now = query.get_untracked();
            let wanted = match on {
                true if MANY.contains(&facet) => now.and(facet, &value),
                true => now.with(facet, &value),
                false => now.without_value(facet, &value),
            };
            go_to.with_value(|go_to| go_to(&wanted, true));
        }
    };
    let choice =
        move |facet: &'static str, value: &str, label: Text, of: &dyn Fn(&CaseCount) -> u64| {
            let found = exact(found, |found| found.counts.iter().map(of).sum::<u64>());
            query.with(|query| choice(query, facet, value, label, found))
        };
    let due = Signal::derive(move || {
        let of = |value: &'static str| {
            let label = Text::from(move || due_words(value));
            choice("due", value, label, &|count| match value {
                "late" => count.late,
                "today" => count.today,
                _ => count.soon,
            })
        };
        DUE.into_iter().filter_map(of).collect::<Vec<_>>()
    });
    let open = Signal::derive(move || {
        let of = |value: &str, label: fn() -> &'static str, is_open: bool| {
            choice("open", value, Text::from(label), &|count| {
                if count.holder.is_some() == is_open { count.cases } else { 0 }
            })
        };
        let both = [of("true", words::is_open, true), of("false", words::is_done, false)];
        both.into_iter().flatten().collect::<Vec<_>>()
    });
    let of_kinds = move |facet: &'static str| {
        Signal::derive(move || {
            let values = kinds.iter().flat_map(|kind| {
                let values = if facet == "state" { kind.states } else { kind.holders };
                values.iter().map(move |value| (kind, *value))
            });
            let of = |(kind, value): (&super::CaseKind, &'static str)| {
                let label = Text::from(move || value_words(kinds, facet, value));
                choice(facet, value, label, &|count| {
                    let has = match facet {
                        "state" => count.state == value,
                        _ => count.holder.as_deref() == Some(value),
                    };
                    if has && count.kind == kind.kind { count.cases } else { 0 }
                })
            };
            values.filter_map(of).collect::<Vec<_>>()
        })
    };
    let types = Signal::derive(move || {
        let of = |kind: &super::CaseKind| {
            choice("type", kind.kind, Text::from(kind.name), &|count| {
                if count.kind == kind.kind { count.cases } else { 0 }
            })
        };
        kinds.iter().filter_map(of).collect::<Vec<_>>()
    });
    let provinces = move || exact(found, |found| found.provinces.clone());
    view! {
        <FacetPanel active>
            <Facet label=words::facet_due choices=due on_choose=choose("due")/>
            <Facet label=words::facet_open choices=open on_choose=choose("open")/>
            <Facet label=words::state choices=of_kinds("state") on_choose=choose("state")/>
            <Facet label=words::holder choices=of_kinds("holder") on_choose=choose("holder")/>
            {(kinds.len() > 1).then(|| view! { <Facet label=words::kind choices=types on_choose=choose("type")/> })}
            <ProvinceFacet query place places found=Signal::derive(provinces)/>
        </FacetPanel>
    }
}

/// A value of a facet in words; its code when no kind knows it.
pub(super) fn value_words(kinds: CaseKinds, facet: &str, value: &str) -> String {
    let known = kinds.iter().find_map(|kind| match facet {
        "state" => (kind.state)(value).map(|look| look.words),
        _ => (kind.holder)(value),
    });
    known.unwrap_or(value).to_owned()
}

/// The filters that are on, as chips that take them off.
fn chips(
    kinds: CaseKinds,
    place: fn(&str) -> String,
    path: &'static str,
    query: &Query,
) -> Vec<Chip> {
    use tr::casework as words;
    let text = query.get("q").map(str::to_owned);
    let search = text.map(|text| Chip {
        label: Text::from(move || words::searching(&text)),
        href: query.without("q").address(path),
    });
    let facets = FACETS.iter().flat_map(|facet| {
        query.all(facet).into_iter().map(move |value| {
            let code = value.to_owned();
            let label = match *facet {
                "due" => Text::from(move || due_words(&code)),
                "open" if value == "true" => Text::from(words::is_open),
                "open" => Text::from(words::is_done),
                "province" => Text::from(move || place(&code)),
                "type" => Text::from(move || {
                    kind_of(kinds, &code)
                        .map_or_else(|| code.clone(), |kind| (kind.name)().to_owned())
                }),
                facet => Text::from(move || value_words(kinds, facet, &code)),
            };
            Chip { label, href: query.without_value(facet, value).address(path) }
        })
    });
    search.into_iter().chain(facets).collect()
}
