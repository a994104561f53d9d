//! The rows of the register: as a table, and as the lines of a file.

use leptos::prelude::*;
use nq57_shared::casework::{CasePage, CaseSummary};
use nq57_shared::page::Page;

use super::csv::FILE_ROWS;
use super::place::{first, row_id};
use super::register::{asked, value_words};
use super::row_head::RowHead;
use super::sorting::{SortBy, Sorting};
use super::{CaseKinds, Due, DueTag, kind_name, kind_of};
use crate::api::Failure;
use crate::components::{Table, Tag};
use crate::i18n::{date, tr};
use crate::state::address::Query;

#[component]
pub(super) fn Rows(
    kinds: CaseKinds,
    place: fn(&str) -> String,
    sorting: Sorting,
    whole: Memo<Query>,
    items: Vec<CaseSummary>,
) -> impl IntoView {
    use tr::casework as words;
    let rows = items
        .into_iter()
        .enumerate()
        .map(|(index, case)| view! { <Row kinds place whole index case/> })
        .collect_view();
    view! {
        <Table caption=words::register_caption dense=true stacked=true>
            <thead>
                <tr>
                    <th scope="col">{words::file}</th>
                    <SortBy sorting key="state" label=words::state/>
                    <th scope="col">{words::holder}</th>
                    <SortBy sorting key="due" label=words::due_date/>
                    <SortBy sorting key="changed_at" label=words::changed latest_first=true number=true/>
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
    /// Its place in the list.
    index: usize,
    case: CaseSummary,
) -> impl IntoView {
    use tr::casework as words;
    let kind = kind_of(kinds, &case.kind);
    let (id, href) = (row_id(case.id), kind.map(|kind| (kind.page)(&case)));
    let look = kind.and_then(|kind| untrack(|| (kind.state)(&case.state)));
    let (state, holder, province) = (case.state, case.holder, case.province_code);
    let name = kind_name(kinds, kind);
    let due = Due::of(case.due_at, case.working_days_left);
    let state_words = move || {
        kind.and_then(|kind| (kind.state)(&state))
            .map_or_else(|| state.clone(), |look| look.words.to_owned())
    };
    let held = move || kind.zip(holder.as_deref()).and_then(|(kind, part)| (kind.holder)(part));
    view! {
        <tr>
            <RowHead whole index id href title=case.title code=case.code name sender=case.sender/>
            <td data-label=words::state><span>{match look {
                Some(look) => view! { <Tag text=state_words tone=look.tone icon=look.glyph plain=true/> }.into_any(),
                None => view! { <span>{state_words}</span> }.into_any(),
            }}</span></td>
            <td data-label=words::holder><span>
                {held}
                {province.map(|code| view! { <br/> <span class="tiny muted">{move || place(&code)}</span> })}
            </span></td>
            <td data-label=words::due_date><span>
                {case.due_at.map(date)}
                {due.map(|due| view! { <br/> <DueTag due plain=true/> })}
            </span></td>
            <td class="num" data-label=words::changed>{date(case.changed_at)}</td>
        </tr>
    }
}

/// Everything under these filters as the lines of a file.
pub(super) async fn file(
    kinds: CaseKinds,
    place: fn(&str) -> String,
    query: Query,
) -> Result<Vec<Vec<String>>, Failure> {
    let cases = first(FILE_ROWS, |limit, cursor| {
        let request = asked(&query, limit, cursor);
        async move {
            let page = request.send::<CasePage>().await?.body;
            Ok(Page { items: page.items, next_cursor: page.next_cursor, total: None })
        }
    });
    let cases = cases.await?.items;
    Ok(untrack(|| lines(kinds, place, &cases)))
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
        words::due(),
        words::province(),
        words::changed(),
    ];
    let body = cases.iter().map(|case| {
        let kind = kind_of(kinds, &case.kind);
        let due = Due::of(case.due_at, case.working_days_left);
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
            due.map(Due::words).unwrap_or_default(),
            case.province_code.as_deref().map(place).unwrap_or_default(),
            date(case.changed_at),
        ]
    });
    std::iter::once(head.map(str::to_owned).to_vec()).chain(body).collect()
}
