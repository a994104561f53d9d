//! Giving a role, everywhere, for one province or for one organisation with those below it.

use chrono::NaiveDate;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::access::{Limit, Role};
use nq57_shared::accounts::GrantDraft;
use nq57_shared::ids::AccountId;
use nq57_shared::problem::FieldCode;
use nq57_shared::validate::{Validate as _, Violation};
use nq57_ui::components::{Button, Choice, DateField, Form, FormView, Select, toast};
use nq57_ui::i18n::tr;

use super::api;
use crate::accounts::view_model::role_name;
use crate::organisations::picker::OrganisationPicker;
use crate::reference::{List, choices};

#[component]
pub(super) fn GrantForm(id: AccountId, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    use tr::administration::account as words;
    let form = Form::new();
    let text = || RwSignal::new(String::new());
    let (role, province, organisation) = (text(), text(), text());
    // People say until when; the document says from when on not.
    let last_day = RwSignal::new(None::<NaiveDate>);
    // Kept until there is an answer, so that a retry gives the role once.
    let key = StoredValue::new(uuid::Uuid::new_v4());
    let submit = move || {
        let Some(chosen) = Role::parse(&role.get_untracked()) else {
            form.check(vec![Violation {
                pointer: "/role".into(),
                code: FieldCode::Required,
                limit: None,
            }]);
            return;
        };
        let body = GrantDraft {
            role: chosen,
            organisation_id: organisation.get_untracked().parse().ok(),
            province_code: Some(province.get_untracked()).filter(|code| !code.is_empty()),
            expires_on: last_day.get_untracked().and_then(|day| day.succ_opt()),
        };
        if !form.check(body.violations().0) {
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            let outcome = api::grant_role(id, &body, key.get_value()).await;
            form.set_busy(false);
            match outcome {
                Ok(()) => {
                    key.set_value(uuid::Uuid::new_v4());
                    toast(words::granted);
                    on_done.run(());
                }
                Err(failure) => form.show(&failure),
            }
        });
    };
    let roles = Signal::derive(|| {
        Role::ALL
            .into_iter()
            .map(|role| Choice::new(role.as_str(), move || role_name(role)))
            .collect::<Vec<_>>()
    });
    let reach = move || {
        Role::parse(&role.get()).map(|role| match role.limit() {
            Limit::Nowhere => words::reach_nowhere(),
            Limit::Optional => words::reach_optional(),
            Limit::Needed => words::reach_needed(),
            Limit::Organisation => words::reach_organisation(),
        })
    };
    view! {
        <FormView form tight=true on_submit=submit>
            <p class="muted" role="status">{reach}</p>
            <div class="cols" data-n="3">
                <Select name="/role" label=words::grant_role value=role options=roles empty=words::choose_role/>
                <Select name="/province_code" label=words::grant_province value=province options=choices(List::Provinces) empty=words::everywhere optional=true/>
                <DateField name="/expires_on" label=words::grant_expires value=last_day optional=true/>
            </div>
            <OrganisationPicker name="/organisation_id" label=words::grant_organisation value=organisation empty=words::everywhere optional=true/>
            <div><Button submit=true busy=form.busy()>{words::grant_submit}</Button></div>
        </FormView>
    }
}
