//! What a client has asked in thirty days, and how much of it failed.

use leptos::prelude::*;
use nq57_shared::clients::{ApiRequest, ApiRequestPage};
use nq57_shared::ids::ApiClientId;
use nq57_ui::api::{paged, remote};
use nq57_ui::components::{PagedList, Table, Tag, Tone};
use nq57_ui::i18n::{date_time, tr};

use super::api;

#[component]
pub fn Requests(id: ApiClientId) -> impl IntoView {
    use tr::clients as words;
    let requests = paged(move |cursor| api::requests(id, cursor));
    let counted = remote(move || api::counted(id));
    let share = move || {
        let ApiRequestPage { total, failed, at_least, .. } = counted.ready()?;
        let (total, failed) = (total.filter(|total| *total > 0)?, failed?);
        Some(match at_least {
            true => words::share_at_least(failed, total),
            false => words::share(failed, total),
        })
    };
    let row = |request: ApiRequest| {
        let tone = if request.status < 400 { Tone::Ok } else { Tone::Bad };
        view! {
            <tr>
                <th scope="row">{move || date_time(request.at)}</th>
                <td data-label=words::what><span class="mono">{format!("{} {}", request.method, request.route)}</span></td>
                <td data-label=words::status><Tag text=request.status.to_string() tone plain=true/></td>
                <td data-label=words::took class="num">{request.ms}</td>
                <td data-label=words::address>{request.address}</td>
                <td data-label=words::request_id><span class="mono">{request.request_id}</span></td>
            </tr>
        }
    };
    let table = move |all: Vec<ApiRequest>| {
        view! {
            <Table caption=words::requests dense=true stacked=true>
                <thead>
                    <tr>
                        <th scope="col">{words::at}</th>
                        <th scope="col">{words::what}</th>
                        <th scope="col">{words::status}</th>
                        <th scope="col" class="num">{words::took}</th>
                        <th scope="col">{words::address}</th>
                        <th scope="col">{words::request_id}</th>
                    </tr>
                </thead>
                <tbody>{all.into_iter().map(row).collect_view()}</tbody>
            </Table>
        }
    };
    let none = || view! { <p class="muted">{words::no_requests}</p> };
    view! {
        <section class="block stack">
            <h2>{words::requests}</h2>
            <p class="muted">{words::requests_text}" "{share}</p>
            <PagedList from=requests view=table empty=none/>
        </section>
    }
}
