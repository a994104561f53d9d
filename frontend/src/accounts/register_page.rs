//! Opening an account. The answer is the same for an address that is known already.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::accounts::RegisterAccount;
use nq57_shared::validate::Validate as _;
use nq57_ui::components::{Button, Crumbs, Form, FormView, PageHead, TextField, TextKind};
use nq57_ui::i18n::{language_now, tr};

use super::api;
use super::mail_pages::ResendButton;

/// `/dang-ky`
#[component]
pub fn RegisterPage() -> impl IntoView {
    use tr::accounts::register as words;
    let sent_to = RwSignal::new(None::<String>);
    view! {
        <Crumbs/>
        <div class="wrap narrow">
            {move || match sent_to.get() {
                Some(email) => {
                    let sent = email.clone();
                    view! {
                        <PageHead title=words::done lead=move || words::done_lead(&email)>
                            <p class="measure">{words::done_hint}</p>
                            <ResendButton email=sent/>
                        </PageHead>
                    }.into_any()
                }
                None => view! { <RegisterForm sent_to/> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn RegisterForm(sent_to: RwSignal<Option<String>>) -> impl IntoView {
    use tr::accounts::register as words;
    let form = Form::new();
    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let display_name = RwSignal::new(String::new());
    let submit = move || {
        let mut body = RegisterAccount {
            email: email.get_untracked(),
            password: password.get_untracked(),
            display_name: display_name.get_untracked(),
            language: language_now(),
        };
        body.normalise();
        if !form.check(body.violations().0) {
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            match api::register(&body).await {
                Ok(()) => {
                    nq57_ui::state::page::ask_for_focus();
                    sent_to.set(Some(body.email));
                }
                Err(failure) => {
                    form.set_busy(false);
                    form.show(&failure);
                }
            }
        });
    };
    view! {
        <PageHead title=words::title lead=words::lead/>
        <FormView form on_submit=submit>
            <TextField name="/display_name" label=tr::accounts::display_name hint=words::name_hint value=display_name autocomplete="name"/>
            <TextField name="/email" label=tr::accounts::email hint=words::email_hint value=email kind=TextKind::Email autocomplete="email"/>
            <TextField name="/password" label=tr::accounts::password hint=tr::accounts::password_hint value=password kind=TextKind::Password autocomplete="new-password"/>
            <div class="row form-end">
                <Button submit=true busy=form.busy()>{words::submit}</Button>
                <a href="/dang-nhap">{words::sign_in}</a>
            </div>
        </FormView>
    }
}
