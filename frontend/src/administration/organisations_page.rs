//! `/quan-tri/to-chuc`: organisations, and confirming that they exist.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::organisations::{Organisation, OrganisationKind};
use nq57_ui::api::{Paged, paged};
use nq57_ui::components::{
    Button, ButtonKind, Choice, Confirm, Empty, Form, FormView, PagedList, Select, Table, Tag,
    TextField, TextKind, Tone, toast,
};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::state::address::{use_go_to, use_query};

use super::api;
use super::frame::Frame;
use crate::organisations::hand_over::ProvinceHandOver;
use crate::organisations::view_model::kind_name;
use crate::reference::{List, name, today};

#[component]
pub fn OrganisationsAdministrationPage() -> impl IntoView {
    use tr::administration::organisations as words;
    view! {
        <Frame title=words::title lead=words::lead>
            <Organisations/>
            <ProvinceHandOver/>
        </Frame>
    }
}

#[component]
fn Organisations() -> impl IntoView {
    use tr::administration::organisations as words;
    let (query, go_to) = (use_query(), use_go_to());
    let found = paged(move |cursor| api::list_organisations(query.get(), cursor));
    let given = |name: &str| query.read_untracked().get(name).unwrap_or_default().to_owned();
    let (q, kind) = (RwSignal::new(given("q")), RwSignal::new(given("kind")));
    let form = Form::new();
    let submit = move || {
        let sought = query.get_untracked().with("q", q.get_untracked().trim());
        go_to(&sought.with("kind", &kind.get_untracked()), false);
    };
    let kinds = Signal::derive(|| {
        OrganisationKind::ALL
            .iter()
            .copied()
            .map(|kind| Choice::new(kind.as_str(), move || kind_name(kind)))
            .collect::<Vec<_>>()
    });
    view! {
        <FormView form tight=true on_submit=submit>
            <div class="toolbar">
                <TextField name="/q" label=words::search value=q kind=TextKind::Search optional=true quiet=true placeholder=words::search/>
                <Select name="/kind" label=words::kind value=kind options=kinds empty=words::any_kind quiet=true/>
                <Button kind=ButtonKind::Second submit=true>{tr::administration::accounts::find}</Button>
            </div>
        </FormView>
        <PagedList
            from=found
            view={move |organisations: Vec<Organisation>| view! { <Found organisations found/> }}
            empty=|| view! { <Empty title=words::none/> }
        />
    }
}

#[component]
fn Found(organisations: Vec<Organisation>, found: Paged<Organisation>) -> impl IntoView {
    use tr::administration::organisations as words;
    let row = move |organisation: Organisation| {
        let has_ended = organisation.has_ended(today());
        let Organisation { id, name: title, kind, code, tax_code, province_code, .. } =
            organisation.clone();
        view! {
            <tr>
                <th scope="row">
                    <a href=format!("/to-chuc/{id}")>{title}</a>
                    {has_ended.then(|| view! { " " <Tag text=tr::organisations::ended tone=Tone::Warn plain=true/> })}
                </th>
                <td data-label=tr::organisations::code>{code}</td>
                <td data-label=words::kind>{move || kind_name(kind)}</td>
                <td data-label=words::tax_code>{tax_code}</td>
                <td data-label=words::province>{move || province_code.as_deref().map(|code| name(List::Provinces, code))}</td>
                <td data-label=words::state><Confirmation organisation found/></td>
            </tr>
        }
    };
    view! {
        <Table caption=words::title dense=true stacked=true>
            <thead>
                <tr>
                    <th scope="col">{words::name}</th>
                    <th scope="col">{tr::organisations::code}</th>
                    <th scope="col">{words::kind}</th>
                    <th scope="col">{words::tax_code}</th>
                    <th scope="col">{words::province}</th>
                    <th scope="col">{words::state}</th>
                </tr>
            </thead>
            <tbody>{organisations.into_iter().map(row).collect_view()}</tbody>
        </Table>
    }
}

#[component]
fn Confirmation(organisation: Organisation, found: Paged<Organisation>) -> impl IntoView {
    use tr::administration::organisations as words;
    if organisation.is_verified {
        return view! { <Tag text=words::verified tone=Tone::Ok plain=true/> }.into_any();
    }
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let Organisation { id, revision, name: title, .. } = organisation;
    let question = Text::from({
        let title = title.clone();
        move || words::verify_question(&title)
    });
    let verify = move |_: String| {
        busy.set(true);
        spawn_local(async move {
            let outcome = api::verify_organisation(id, revision).await;
            busy.set(false);
            open.set(false);
            match outcome {
                Ok(()) => {
                    toast(words::done);
                    found.list.update(|page| {
                        for one in page.items.iter_mut().filter(|one| one.id == id) {
                            one.is_verified = true;
                        }
                    });
                }
                Err(failure) => {
                    toast(failure.title());
                    found.reload();
                }
            }
        });
    };
    view! {
        <Button kind=ButtonKind::Second small=true busy on_press=move || open.set(true)>
            <span aria-hidden="true">{words::verify}</span>
            <span class="sr">{move || words::verify_name(&title)}</span>
        </Button>
        <Confirm open title=question body=words::verify_text confirm=words::verify busy on_confirm=verify/>
    }
    .into_any()
}
