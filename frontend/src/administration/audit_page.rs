//! `/quan-tri/nhat-ky`: the audit, newest first. The filter stands in the address.

use leptos::prelude::*;
use nq57_shared::access::Role;
use nq57_shared::audit::{AuditActor, AuditEntry};
use nq57_ui::api::paged;
use nq57_ui::components::{
    Button, ButtonKind, Choice, Empty, Form, FormView, PagedList, Select, Table, TextField,
    TextKind,
};
use nq57_ui::i18n::{date_time, tr};
use nq57_ui::state::address::{use_go_to, use_query};

use super::api;
use super::frame::Frame;
use super::view_model::{KINDS, deed};

#[component]
pub fn AuditPage() -> impl IntoView {
    use tr::administration::audit as words;
    view! {
        <Frame title=words::title lead=words::lead roles=&[Role::Administrator, Role::Auditor]>
            <Audit/>
        </Frame>
    }
}

#[component]
fn Audit() -> impl IntoView {
    use tr::administration::audit as words;
    let (query, go_to) = (use_query(), use_go_to());
    let entries = paged(move |cursor| api::list_audit_entries(query.get(), cursor));
    let given = |name: &str| query.read_untracked().get(name).unwrap_or_default().to_owned();
    let (action, subject) = (RwSignal::new(given("action")), RwSignal::new(given("subject_type")));
    let kinds = KINDS.into_iter().map(|(code, name)| Choice::new(code, name)).collect::<Vec<_>>();
    let form = Form::new();
    let submit = move || {
        let sought = query.get_untracked().with("action", action.get_untracked().trim());
        go_to(&sought.with("subject_type", subject.get_untracked().trim()), false);
    };
    view! {
        <FormView form tight=true on_submit=submit>
            <div class="toolbar">
                <TextField name="/action" label=words::action value=action kind=TextKind::Search optional=true quiet=true placeholder=words::action_hint/>
                <Select name="/subject_type" label=words::subject value=subject options=kinds empty=words::any_subject quiet=true/>
                <Button kind=ButtonKind::Second submit=true>{words::find}</Button>
            </div>
        </FormView>
        <PagedList
            from=entries
            view={|found: Vec<AuditEntry>| view! { <Found found/> }}
            empty=|| view! { <Empty title=words::none/> }
        />
    }
}

#[component]
fn Found(found: Vec<AuditEntry>) -> impl IntoView {
    use tr::administration::audit as words;
    let row = |entry: AuditEntry| {
        let AuditEntry {
            at,
            actor,
            actor_id,
            actor_name,
            action,
            subject_type,
            subject_id,
            detail,
            ..
        } = entry;
        let by = match (actor, actor_id) {
            (AuditActor::Account, Some(id)) => {
                let name = actor_name.unwrap_or_else(|| short(&id.to_string()));
                view! { <a href=format!("/quan-tri/tai-khoan/{id}")>{name}</a> }.into_any()
            }
            (AuditActor::System, _) => words::system.into_any(),
            (AuditActor::Client, _) => words::client.into_any(),
            (AuditActor::Anonymous | AuditActor::Account, _) => words::anonymous.into_any(),
        };
        let (code, kind) = (action.clone(), subject_type);
        let kind_name = move || {
            let known = KINDS.into_iter().find(|(code, _)| *code == kind);
            known.map_or_else(|| kind.clone(), |(_, name)| name().to_owned())
        };
        let on = subject_id.map_or_else(String::new, |id| short(&id.to_string()));
        let detail = if detail.is_empty() {
            String::new()
        } else {
            serde_json::Value::Object(detail).to_string()
        };
        view! {
            <tr>
                <th scope="row"><time>{date_time(at)}</time></th>
                <td data-label=words::actor>{by}</td>
                <td data-label=words::what><span>{move || deed(&action)}" "<span class="mono tiny">{code}</span></span></td>
                <td data-label=words::on><span>{kind_name}" "<span class="mono">{on}</span></span></td>
                <td class="mono" data-label=words::detail>{detail}</td>
            </tr>
        }
    };
    view! {
        <Table caption=words::title dense=true stacked=true>
            <thead>
                <tr>
                    <th scope="col">{words::at}</th>
                    <th scope="col">{words::actor}</th>
                    <th scope="col">{words::what}</th>
                    <th scope="col">{words::on}</th>
                    <th scope="col">{words::detail}</th>
                </tr>
            </thead>
            <tbody>{found.into_iter().map(row).collect_view()}</tbody>
        </Table>
    }
}

/// The end of an id: its beginning is the time and alike for neighbours.
fn short(id: &str) -> String {
    id.chars().skip(id.len().saturating_sub(8)).collect()
}
