//! The rows of the queue: a dense table where there is room, cards on a phone.

use leptos::prelude::*;
use nq57_shared::products::WorkItem;

use super::shortcuts::ROW_LINK;
use super::view_model::{address, step_name};
use crate::i18n::{date, tr};
use crate::products::DueTag;
use crate::products::view_model::{Due, kind};
use crate::reference::{List, name};
use crate::ui::{Code, Table};

#[component]
pub(super) fn Queue(items: Vec<WorkItem>) -> impl IntoView {
    use tr::work as words;
    view! {
        <Table caption=words::caption dense=true stacked=true>
            <thead>
                <tr>
                    <th scope="col">{words::file}</th>
                    <th scope="col">{words::step}</th>
                    <th scope="col">{words::due}</th>
                    <th scope="col" class="num">{words::due_date}</th>
                    <th scope="col">{words::province}</th>
                </tr>
            </thead>
            <tbody>{items.into_iter().map(|item| view! { <Row item/> }).collect_view()}</tbody>
        </Table>
    }
}

#[component]
fn Row(item: WorkItem) -> impl IntoView {
    use tr::work as words;
    let href = address(&item);
    // Of the reader's own task: a score sheet is due before the product is.
    let (due_at, due) = (item.due_at, Due::of(item.due_at, item.working_days_left));
    let (step, product) = (item.step, item.product);
    let thing = product.kind;
    view! {
        <tr>
            <th scope="row">
                <a class=ROW_LINK href=href>{product.title}</a>
                <br/>
                <span class="tiny muted">
                    {product.code.map(|text| view! { <Code text/> " " })}
                    {move || kind(thing)} ", " {product.owner_name}
                </span>
            </th>
            <td data-label=words::step>{move || step_name(step)}</td>
            <td data-label=words::due><span>{match due {
                Some(due) => view! { <DueTag due/> }.into_any(),
                None => view! { <span class="muted">{words::no_due}</span> }.into_any(),
            }}</span></td>
            <td class="num" data-label=words::due_date>{due_at.map(date)}</td>
            <td data-label=words::province>{move || product.province_code.as_deref().map(|code| name(List::Provinces, code))}</td>
        </tr>
    }
}
