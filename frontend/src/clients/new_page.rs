//! `/to-chuc/:id/ung-dung/moi`: a new client with its first key, which is shown once.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use nq57_shared::clients::{ApiSecretDraft, ApiSecretKind, NewApiSecret};
use nq57_shared::validate::Validate as _;
use nq57_ui::components::{
    Button, ButtonKind, ButtonLink, Crumb, Crumbs, Form, FormView, PageHead, focus_on_heading,
    toast,
};
use nq57_ui::i18n::tr;
use nq57_ui::layout::Guard;

use super::api;
use super::form::{Fields, FieldsView};
use super::key_shown::KeyShown;
use super::list_page::organisation_of_address;

#[component]
pub fn NewClientPage() -> impl IntoView {
    use tr::clients as words;
    let id = organisation_of_address();
    let made = RwSignal::new(None::<NewApiSecret>);
    let trail = move || {
        let list = format!("/to-chuc/{}/ung-dung", id.get());
        vec![Crumb::new(tr::organisations::title, "/to-chuc"), Crumb::new(words::title, list)]
    };
    let content = move || match made.get() {
        None => view! { <NewClient made/> }.into_any(),
        Some(made) => {
            let href = format!("/ung-dung/{}", made.client.id);
            view! {
                <PageHead title=words::created/>
                <section class="block stack">
                    <KeyShown made kind=ApiSecretKind::Key/>
                    <div><ButtonLink href kind=ButtonKind::Second>{words::to_client}</ButtonLink></div>
                </section>
            }
            .into_any()
        }
    };
    view! {
        <Guard>
            {move || view! { <Crumbs trail=trail()/> }}
            <div class="wrap narrow">{content}</div>
        </Guard>
    }
}

#[component]
fn NewClient(made: RwSignal<Option<NewApiSecret>>) -> impl IntoView {
    use tr::clients as words;
    let organisation = organisation_of_address();
    let (form, fields) = (Form::new(), Fields::new());
    let navigate = StoredValue::new_local(use_navigate());
    // Kept until there is an answer, so that a retry makes one client.
    let key = StoredValue::new(uuid::Uuid::new_v4());
    let submit = move || {
        let mut body = fields.draft();
        body.normalise();
        if !form.check(body.violations().0) {
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            let outcome = api::create(organisation.get_untracked(), &body, key.get_value()).await;
            let client = match outcome {
                Ok(client) => client,
                Err(failure) => {
                    form.set_busy(false);
                    form.show(&failure);
                    return;
                }
            };
            key.set_value(uuid::Uuid::new_v4());
            let wanted = ApiSecretDraft { kind: ApiSecretKind::Key, expires_at: None };
            let outcome = api::make_secret(client.id, &wanted, client.revision).await;
            form.set_busy(false);
            match outcome {
                Ok(secret) => {
                    made.set(Some(secret));
                    request_animation_frame(focus_on_heading);
                }
                Err(_) => {
                    toast(words::key_failed);
                    let address = format!("/ung-dung/{}", client.id);
                    navigate.with_value(|go| go(&address, NavigateOptions::default()));
                }
            }
        });
    };
    view! {
        <PageHead title=words::new lead=words::lead/>
        <FormView form on_submit=submit>
            <FieldsView fields/>
            <div class="row form-end"><Button submit=true busy=form.busy()>{words::create}</Button></div>
        </FormView>
    }
}
