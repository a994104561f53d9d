//! Entering an organisation that the platform does not know yet; its founder becomes its manager.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::access::Role;
use nq57_shared::organisations::{OrganisationDraft, OrganisationKind};
use nq57_shared::problem::FieldCode;
use nq57_shared::validate::Validate as _;
use nq57_ui::components::{
    Button, ButtonKind, Choice, Form, FormView, Select, TextField, TextKind, toast,
};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::state::session;

use super::api;
use super::view_model::{kind_name, required};
use crate::reference::{List, choices};

#[component]
pub(super) fn FoundOrganisation() -> impl IntoView {
    use tr::organisations as words;
    let form = Form::new();
    let text = || RwSignal::new(String::new());
    let (name, kind, tax_code, code, province) = (text(), text(), text(), text(), text());
    let key = StoredValue::new(uuid::Uuid::new_v4());
    let submit = move || {
        let chosen = OrganisationKind::parse(&kind.get_untracked());
        let mut body = OrganisationDraft {
            name: name.get_untracked(),
            // The rules of the rest do not wait for the choice.
            kind: chosen.unwrap_or(OrganisationKind::Other),
            tax_code: Some(tax_code.get_untracked()),
            province_code: Some(province.get_untracked()),
            code: Some(code.get_untracked()),
            parent_id: None,
            valid_from: None,
            valid_to: None,
        };
        body.normalise();
        let mut wrong = body.violations().0;
        if chosen.is_none() {
            wrong.push(required("/kind"));
        }
        if !form.check(wrong) {
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            let outcome = api::create(&body, key.get_value()).await;
            form.set_busy(false);
            match outcome {
                Ok(_) => {
                    key.set_value(uuid::Uuid::new_v4());
                    for value in [name, kind, tax_code, code, province] {
                        value.set(String::new());
                    }
                    form.clear();
                    toast(words::created);
                    api::refresh_memberships().await;
                }
                Err(failure) => form.show(&failure),
            }
        });
    };
    // Codes, and the agencies that need one, are entered by administrators.
    let is_administrator = || session::has_role(Role::Administrator);
    let kinds = Signal::derive(move || {
        OrganisationKind::ALL
            .iter()
            .copied()
            .filter(|kind| is_administrator() || !kind.is_agency())
            .map(|kind| Choice::new(kind.as_str(), move || kind_name(kind)))
            .collect::<Vec<_>>()
    });
    view! {
        <section class="block" aria-labelledby="create">
            <h2 id="create">{words::create}</h2>
            <p class="muted">{words::create_text}</p>
            {move || (!is_administrator()).then(|| view! { <p class="muted">{words::create_agency}</p> })}
            <FormView form tight=true on_submit=submit>
                <TextField name="/name" label=words::name value=name autocomplete="organization"/>
                <Select name="/kind" label=words::kind value=kind options=kinds empty=words::choose_kind/>
                <TextField name="/tax_code" label=words::tax_code hint=words::tax_code_hint own_words=(FieldCode::InvalidFormat, Text::from(tr::products::field::tax_code_expected)) value=tax_code kind=TextKind::Digits narrow=true optional=true/>
                {move || is_administrator().then(|| view! {
                    <TextField name="/code" label=words::code hint=words::code_hint own_words=(FieldCode::InvalidFormat, Text::from(words::code_expected)) value=code narrow=true optional=true/>
                })}
                <Select name="/province_code" label=words::province value=province options=choices(List::Provinces) empty=words::choose_province optional=true/>
                <div><Button kind=ButtonKind::Second submit=true busy=form.busy()>{words::create_submit}</Button></div>
            </FormView>
        </section>
    }
}
