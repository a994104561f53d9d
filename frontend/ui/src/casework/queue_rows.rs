//! The rows of the queue: as a table in which some can be picked, and as the lines of a file.

use leptos::prelude::*;
use nq57_shared::casework::WorkItem;

use super::bulk::action_of;
use super::place::row_id;
use super::row_head::RowHead;
use super::sorting::{SortBy, Sorting};
use super::{CaseKinds, Due, DueTag, kind_name, kind_of};
use crate::components::Table;
use crate::i18n::{date, tr};
use crate::state::address::Query;

#[component]
pub(super) fn Rows(
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

/// The work as the lines of a file.
pub(super) fn lines(
    kinds: CaseKinds,
    place: fn(&str) -> String,
    work: &[WorkItem],
) -> Vec<Vec<String>> {
    use tr::casework as words;
    let head = [
        words::code(),
        words::file(),
        words::kind(),
        words::sender(),
        words::step(),
        words::province(),
        words::due_date(),
        words::due(),
        words::since(),
    ];
    let body = work.iter().map(|item| {
        let (case, kind) = (&item.case, kind_of(kinds, &item.case.kind));
        let step = kind.and_then(|kind| (kind.step)(&item.step));
        let due = Due::of(item.due_at, item.working_days_left);
        vec![
            case.code.clone().unwrap_or_default(),
            case.title.clone(),
            kind.map_or(case.kind.as_str(), |kind| (kind.name)()).to_owned(),
            case.sender.clone(),
            step.unwrap_or(&item.step).to_owned(),
            case.province_code.as_deref().map(place).unwrap_or_default(),
            item.due_at.map(date).unwrap_or_default(),
            due.map(Due::words).unwrap_or_default(),
            date(item.since),
        ]
    });
    std::iter::once(head.map(str::to_owned).to_vec()).chain(body).collect()
}
