//! The first step of a new product: kept on the device until there is enough for a draft on the server.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use nq57_shared::accounts::Account;
use nq57_shared::problem::FieldCode;
use nq57_shared::products::ProductDraft;
use nq57_shared::products::draft::{OwnerType, ProductDomain, ProductKind};
use nq57_shared::validate::{Validate as _, Violation};
use nq57_ui::components::{
    Button, ButtonKind, Crumb, Crumbs, Form, FormView, toast, warn_on_leave,
};
use nq57_ui::i18n::tr;
use nq57_ui::layout::Guard;
use nq57_ui::state::{local_drafts, session};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fields::Fields;
use super::step::Step;
use super::steps::WhatFields;
use super::wizard::{StepHead, StepQuestion};
use crate::products::api;

/// The name of what is typed before there is a draft on the server.
const NEW: &str = "new";

/// What is typed before there is a draft; kind and domain may still be open.
#[derive(Serialize, Deserialize)]
struct Beginning {
    draft: ProductDraft,
    kind: String,
    domain: String,
}

/// A new product.
#[component]
pub fn StartPage() -> impl IntoView {
    view! { <Guard><Start/></Guard> }
}

#[component]
fn Start() -> impl IntoView {
    use tr::submissions::wizard as words;
    let form = Form::new();
    let fields = Fields::new();
    let blank = blank();
    fields.load(&blank);
    fields.kind.set(String::new());
    fields.domain.set(String::new());
    if let Some(beginning) = local_drafts::get::<Beginning>(NEW) {
        fields.load(&beginning.draft);
        fields.kind.set(beginning.kind);
        fields.domain.set(beginning.domain);
    }
    let typed = RwSignal::new(false);
    let base = StoredValue::new(blank);
    spawn_local(prefill(fields));
    Effect::new(move |first: Option<()>| {
        let draft = base.with_value(|base| fields.draft(base));
        let beginning = Beginning { draft, kind: fields.kind.get(), domain: fields.domain.get() };
        if first.is_some() {
            typed.set(
                !beginning.kind.is_empty()
                    || !beginning.domain.is_empty()
                    || !beginning.draft.title.is_empty()
                    || !beginning.draft.summary.is_empty()
                    || !beginning.draft.sectors.is_empty(),
            );
            if typed.get_untracked() {
                local_drafts::put(NEW, &beginning);
            } else {
                local_drafts::forget(NEW);
            }
        }
    });
    warn_on_leave(Signal::derive(move || typed.get_untracked()));

    let key = StoredValue::new(Uuid::new_v4());
    let navigate = StoredValue::new_local(use_navigate());
    let create = move |wanted: Wanted| {
        let mut draft = base.with_value(|base| untrack(|| fields.draft(base)));
        draft.normalise();
        if !form.check(missing(fields, &draft, wanted)) {
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            let result = api::create(&draft, key.get_value()).await;
            form.set_busy(false);
            match result {
                Ok(product) => {
                    typed.set(false);
                    local_drafts::forget(NEW);
                    let address = match wanted {
                        Wanted::NextStep => Step::Problem.address(product.id),
                        Wanted::Later => "/ho-so".to_owned(),
                    };
                    navigate.with_value(|navigate| {
                        // The way back leads to the draft, not to an empty beginning.
                        let first = Step::What.address(product.id);
                        navigate(&first, NavigateOptions { replace: true, ..Default::default() });
                        navigate(&address, NavigateOptions::default());
                    });
                    if wanted == Wanted::Later {
                        toast(words::later_done);
                    }
                }
                Err(failure) => {
                    // A refused body may be corrected: what comes then is another draft. Otherwise the key must stay.
                    if matches!(failure.status(), 400..=499) {
                        key.set_value(Uuid::new_v4());
                    }
                    form.show(&failure);
                }
            }
        });
    };
    view! {
        <Crumbs trail=vec![Crumb::new(tr::submissions::list::title, "/ho-so")]/>
        <div class="wrap narrow">
            <StepHead step=Step::What>
                <p class="small muted" role="status">{move || typed.get().then_some(tr::submissions::saving::kept_only)}</p>
            </StepHead>
            <StepQuestion step=Step::What/>
            <div class="form">
                <FormView form on_submit=move || create(Wanted::NextStep)>
                    <WhatFields fields/>
                    <div class="row form-end">
                        <Button submit=true busy=form.busy()>{words::next}</Button>
                        <Button kind=ButtonKind::Quiet small=true busy=form.busy() on_press=move || create(Wanted::Later)>{words::later}</Button>
                    </div>
                </FormView>
            </div>
        </div>
    }
}

fn blank() -> ProductDraft {
    ProductDraft::begin("", ProductKind::Product, ProductDomain::ScienceTechnology)
}

/// What the writer wants to do next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    NextStep,
    Later,
}

/// What is missing: for the next step all that this one asks for, for later what the server needs to
/// keep a draft. Kind and domain have no value until they are chosen.
fn missing(fields: Fields, draft: &ProductDraft, wanted: Wanted) -> Vec<Violation> {
    let unchosen = [("/kind", fields.kind), ("/domain", fields.domain)]
        .into_iter()
        .filter(|(_, field)| field.with_untracked(String::is_empty))
        .map(|(pointer, _)| Violation {
            pointer: pointer.to_owned(),
            code: FieldCode::Required,
            limit: None,
        });
    let rest = match wanted {
        Wanted::NextStep => draft.missing(),
        Wanted::Later => draft.violations(),
    };
    let of_this_step = |violation: &Violation| Step::of(&violation.pointer) == Some(Step::What);
    rest.0.into_iter().filter(of_this_step).chain(unchosen).collect()
}

/// Fills in what is known of the sender, where nothing has been typed: the organisation owns it, the account is the contact.
async fn prefill(fields: Fields) {
    let Some(account) = untrack(session::account) else { return };
    let Account { display_name, email, organisations, .. } = account;
    fill(fields.contact_name, Some(display_name.clone()));
    fill(fields.contact_email, Some(email));
    let Some(membership) = organisations.first() else {
        fields.owner_type.set(OwnerType::Person.as_str().to_owned());
        fill(fields.owner_name, Some(display_name));
        return;
    };
    fill(fields.owner_name, Some(membership.organisation_name.clone()));
    // Without an answer these are typed.
    if let Ok(organisation) = api::organisation(membership.organisation_id).await {
        fill(fields.tax_code, organisation.tax_code);
        fill(fields.province_code, organisation.province_code);
    }
}

fn fill(field: RwSignal<String>, known: Option<String>) {
    let is_empty = field.try_with_untracked(String::is_empty).unwrap_or_default();
    if let Some(known) = known.filter(|_| is_empty) {
        field.set(known);
    }
}
