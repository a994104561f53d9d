//! Every case that the reader may know of, in whatever state: search, facets, the rows, the same as a file. All of it in
//! the address.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::casework::{CaseCount, CasePage, CaseSummary};
use nq57_shared::page::Page;
use wasm_bindgen::JsCast as _;

use super::search::Search;
use super::shortcuts::ROW_LINK;
use super::{CaseKinds, Due, DueTag, kind_name, kind_of};
use crate::api::{Failure, get, paged, remote};
use crate::components::{
    Button, ButtonKind, Chip, Chips, Code, Empty, Facet, FacetChoice, FacetPanel, Glyph, Order,
    PagedList, SortHeader, Table, Tag, csv_address, toast,
};
use crate::i18n::{Text, date, number, tr};
use crate::state::address::{Query, use_go_to, use_query};

/// What the server is asked.
const FILTERS: [&str; 8] = ["q", "type", "state", "holder", "province", "open", "late", "sort"];
/// Those that are facets, with their chips.
const FACETS: [&str; 6] = ["late", "open", "state", "holder", "type", "province"];
/// Cases in a page.
const PAGE: usize = 50;
/// Cases in one request for the file.
const FILE_PAGE: usize = 100;
/// The most rows of a file: whoever wants more asks for less at a time.
const FILE_ROWS: usize = 10_000;

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
    let query = Memo::new(move |_| whole.get().only(&FILTERS));
    let counted = remote(|| async {
        let request = get("/cases").query("limit", 1).query("count", true);
        Ok(request.send::<CasePage>().await?.body.counts.unwrap_or_default())
    });
    let counts = Signal::derive(move || counted.ready().unwrap_or_default());
    let total = RwSignal::new(None::<u64>);
    let cases = paged(move |cursor| {
        let is_first = cursor.is_none();
        let request = asked(&query.get(), PAGE, cursor).query("count", is_first);
        async move {
            let page = request.send::<CasePage>().await?.body;
            if is_first {
                total.try_set(page.total);
            }
            let (items, next_cursor) = (page.items, page.next_cursor);
            Ok(Page { items, next_cursor, total: total.try_get_untracked().flatten() })
        }
    });
    let chips = Signal::derive(move || query.with(|query| chips(kinds, place, path, query)));
    let empty = move || {
        view! {
            <Empty title=words::none_found><p>{words::none_found_text}</p><p><a href=path>{words::show_all}</a></p></Empty>
        }
        .into_any()
    };
    let count = move || total.get().map(words::cases);
    view! {
        <div class="split" data-side="start">
            <Filters kinds query counts place places/>
            <div class="stack" data-gap="m">
                <Search query/>
                <div class="row" data-apart=true>
                    <Chips chips clear=Signal::stored(path.to_owned())/>
                    <p class="small muted" role="status">{count}</p>
                    <Csv kinds query place total/>
                </div>
                <PagedList from=cases view={move |items: Vec<CaseSummary>| view! { <Rows kinds place query items/> }} empty/>
            </div>
        </div>
    }
}

fn asked(query: &Query, limit: usize, cursor: Option<String>) -> crate::api::Request {
    let mut request = get("/cases").query("limit", limit);
    for (name, value) in query.pairs() {
        request = request.query(name, value);
    }
    match cursor {
        Some(cursor) => request.query("cursor", cursor),
        None => request,
    }
}

/// The facets beside the list, with counts of the whole register.
#[component]
fn Filters(
    kinds: CaseKinds,
    query: Memo<Query>,
    counts: Signal<Vec<CaseCount>>,
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
            let wanted = if on { now.and(facet, &value) } else { now.without_value(facet, &value) };
            go_to.with_value(|go_to| go_to(&wanted, true));
        }
    };
    // Of these only one at a time.
    let choose_one = move |facet: &'static str| {
        move |value: String, on: bool| {
            let wanted = query.get_untracked().with(facet, if on { &value } else { "" });
            go_to.with_value(|go_to| go_to(&wanted, true));
        }
    };
    let choice = move |facet: &'static str, value: &str, label: Text, count: Option<u64>| {
        let chosen = query.with(|query| query.has(facet, value));
        FacetChoice { value: value.to_owned(), label, count, chosen }
    };
    let sum = move |is: &dyn Fn(&CaseCount) -> bool, of: fn(&CaseCount) -> u64| {
        counts.with(|counts| counts.iter().filter(|count| is(count)).map(of).sum::<u64>())
    };
    let late = Signal::derive(move || {
        let count = sum(&|_| true, |count| count.late);
        vec![choice("late", "true", Text::from(words::late), Some(count))]
    });
    let open = Signal::derive(move || {
        let open = sum(&|count| count.holder.is_some(), |count| count.cases);
        let done = sum(&|count| count.holder.is_none(), |count| count.cases);
        vec![
            choice("open", "true", Text::from(words::is_open), Some(open)),
            choice("open", "false", Text::from(words::is_done), Some(done)),
        ]
    });
    let of_kinds = move |facet: &'static str| {
        Signal::derive(move || {
            kinds
                .iter()
                .flat_map(|kind| {
                    let values = match facet {
                        "state" => kind.states,
                        _ => kind.holders,
                    };
                    values.iter().map(move |value| (kind, *value))
                })
                .filter_map(|(kind, value)| {
                    let is = |count: &CaseCount| {
                        count.kind == kind.kind
                            && match facet {
                                "state" => count.state == value,
                                _ => count.holder.as_deref() == Some(value),
                            }
                    };
                    let count = sum(&is, |count| count.cases);
                    let chosen = query.with(|query| query.has(facet, value));
                    let label = Text::from(move || value_words(kinds, facet, value));
                    (count > 0 || chosen).then(|| choice(facet, value, label, Some(count)))
                })
                .collect::<Vec<_>>()
        })
    };
    let types = Signal::derive(move || {
        kinds
            .iter()
            .map(|kind| {
                let count = sum(&|count| count.kind == kind.kind, |count| count.cases);
                choice("type", kind.kind, Text::from(kind.name), Some(count))
            })
            .collect::<Vec<_>>()
    });
    let provinces = Signal::derive(move || {
        let all = places.get();
        all.into_iter()
            .map(|code| {
                let label = {
                    let code = code.clone();
                    Text::from(move || place(&code))
                };
                choice("province", &code, label, None)
            })
            .collect::<Vec<_>>()
    });
    view! {
        <FacetPanel active>
            <Facet label=words::facet_due choices=late on_choose=choose_one("late")/>
            <Facet label=words::facet_open choices=open on_choose=choose_one("open")/>
            <Facet label=words::state choices=of_kinds("state") on_choose=choose("state")/>
            <Facet label=words::holder choices=of_kinds("holder") on_choose=choose("holder")/>
            {(kinds.len() > 1).then(|| view! { <Facet label=words::kind choices=types on_choose=choose("type")/> })}
            <Facet label=words::province choices=provinces folded=true on_choose=choose("province")/>
        </FacetPanel>
    }
}

/// A value of a facet in words; its code when no kind knows it.
fn value_words(kinds: CaseKinds, facet: &str, value: &str) -> String {
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
                "late" => Text::from(words::late),
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

#[component]
fn Rows(
    kinds: CaseKinds,
    place: fn(&str) -> String,
    query: Memo<Query>,
    items: Vec<CaseSummary>,
) -> impl IntoView {
    use tr::casework as words;
    let go_to = StoredValue::new(use_go_to());
    let by_change = move || query.with(|query| query.has("sort", "-changed_at"));
    let sort = move |value: &'static str| {
        go_to.with_value(|go_to| go_to(&query.get_untracked().with("sort", value), true));
    };
    let due = Signal::derive(move || (!by_change()).then_some(Order::Ascending));
    let changed = Signal::derive(move || by_change().then_some(Order::Descending));
    let rows = items.into_iter().map(|case| view! { <Row kinds place case/> }).collect_view();
    view! {
        <Table caption=words::register_caption dense=true stacked=true>
            <thead>
                <tr>
                    <th scope="col">{words::file}</th>
                    <th scope="col">{words::state}</th>
                    <th scope="col">{words::holder}</th>
                    <SortHeader label=words::due_date order=due number=true on_sort=move |()| sort("")/>
                    <th scope="col">{words::province}</th>
                    <SortHeader label=words::changed order=changed number=true on_sort=move |()| sort("-changed_at")/>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn Row(kinds: CaseKinds, place: fn(&str) -> String, case: CaseSummary) -> impl IntoView {
    use tr::casework as words;
    let kind = kind_of(kinds, &case.kind);
    let href = kind.map(|kind| (kind.page)(&case));
    let look = kind.and_then(|kind| untrack(|| (kind.state)(&case.state)));
    let (state, holder) = (case.state, case.holder);
    let name = kind_name(kinds, kind);
    let due = Due::of(case.due_at, case.working_days_left);
    let state_words = move || {
        kind.and_then(|kind| (kind.state)(&state))
            .map_or_else(|| state.clone(), |look| look.words.to_owned())
    };
    let held = move || kind.zip(holder.as_deref()).and_then(|(kind, part)| (kind.holder)(part));
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
            <td data-label=words::state><span>{match look {
                Some(look) => view! { <Tag text=state_words tone=look.tone icon=look.glyph plain=true/> }.into_any(),
                None => view! { <span>{state_words}</span> }.into_any(),
            }}</span></td>
            <td data-label=words::holder>{held}</td>
            <td class="num" data-label=words::due_date><span>
                {case.due_at.map(date)}
                {due.map(|due| view! { <br/> <DueTag due plain=true/> })}
            </span></td>
            <td data-label=words::province>{move || case.province_code.as_deref().map(place)}</td>
            <td class="num" data-label=words::changed>{date(case.changed_at)}</td>
        </tr>
    }
}

/// Everything under these filters as a file.
#[component]
fn Csv(
    kinds: CaseKinds,
    query: Memo<Query>,
    place: fn(&str) -> String,
    total: RwSignal<Option<u64>>,
) -> impl IntoView {
    use tr::casework as words;
    let busy = RwSignal::new(false);
    let download = move || {
        busy.set(true);
        let query = query.get_untracked();
        spawn_local(async move {
            match all(&query).await {
                Ok(cases) => save(&untrack(|| lines(kinds, place, &cases))),
                Err(_) => toast(words::csv_failed),
            }
            busy.try_set(false);
        });
    };
    move || {
        total.get().filter(|total| *total > 0).map(|total| view! {
            <Button kind=ButtonKind::Second small=true icon=Glyph::Download busy on_press=download>
                {move || words::csv(number(total))}
            </Button>
        })
    }
}

async fn all(query: &Query) -> Result<Vec<CaseSummary>, Failure> {
    let mut cases = Vec::new();
    let mut cursor = None;
    loop {
        let page = asked(query, FILE_PAGE, cursor).send::<CasePage>().await?.body;
        cases.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() || cases.len() >= FILE_ROWS {
            return Ok(cases);
        }
    }
}

fn lines(kinds: CaseKinds, place: fn(&str) -> String, cases: &[CaseSummary]) -> Vec<Vec<String>> {
    use tr::casework as words;
    let head = [
        words::code(),
        words::file(),
        words::kind(),
        words::sender(),
        words::state(),
        words::holder(),
        words::due_date(),
        words::province(),
        words::changed(),
    ];
    let body = cases.iter().map(|case| {
        let kind = kind_of(kinds, &case.kind);
        vec![
            case.code.clone().unwrap_or_default(),
            case.title.clone(),
            kind.map_or(case.kind.as_str(), |kind| (kind.name)()).to_owned(),
            case.sender.clone(),
            value_words(kinds, "state", &case.state),
            case.holder
                .as_deref()
                .map(|part| value_words(kinds, "holder", part))
                .unwrap_or_default(),
            case.due_at.map(date).unwrap_or_default(),
            case.province_code.as_deref().map(place).unwrap_or_default(),
            date(case.changed_at),
        ]
    });
    std::iter::once(head.map(str::to_owned).to_vec()).chain(body).collect()
}

fn save(lines: &[Vec<String>]) {
    let link = document()
        .create_element("a")
        .ok()
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(link) = link {
        // Both attributes have valid names, so setting them cannot fail.
        let _ = link.set_attribute("href", &csv_address(lines));
        let _ = link.set_attribute("download", "nq57-ho-so.csv");
        link.click();
    }
}
