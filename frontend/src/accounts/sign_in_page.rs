//! Signing in. Password managers and paste work; afterwards one is where one wanted to go.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use nq57_shared::access::Role;
use nq57_shared::accounts::{Account, LogIn};
use nq57_shared::problem::ProblemCode;
use nq57_shared::validate::Validate as _;
use nq57_ui::components::{
    Button, ButtonLink, Crumbs, Form, FormView, Notice, PageHead, TextField, TextKind, Tone,
};
use nq57_ui::i18n::tr;
use nq57_ui::state::address::use_query;
use nq57_ui::state::{session, site};

use super::api;
use super::mail_pages::ResendButton;

/// A path of this site, if one was asked for; nothing that leads away.
fn safe_next(next: Option<&str>) -> Option<String> {
    next.filter(|path| path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'))
        .map(str::to_owned)
}

/// Where the work of the account is, when no page was asked for.
fn start_of(account: &Account) -> String {
    let is_administrator = || account.grants.iter().any(|grant| grant.role == Role::Administrator);
    if session::is_official(account) {
        "/viec-cua-toi"
    } else if is_administrator() {
        "/quan-tri"
    } else if account.grants.iter().any(|grant| Role::REGISTER.contains(&grant.role)) {
        "/tat-ca-ho-so"
    } else {
        "/ho-so"
    }
    .to_owned()
}

/// `/dang-nhap?next=…`
#[component]
pub fn SignInPage() -> impl IntoView {
    use tr::accounts::sign_in as words;
    let query = use_query();
    let next = move || safe_next(query.read().get("next"));
    view! {
        <Crumbs/>
        <div class="wrap narrow">
            {move || match session::account() {
                Some(account) => {
                    let start = start_of(&account);
                    let go = Signal::derive(move || next().unwrap_or_else(|| start.clone()));
                    view! {
                    <PageHead title=words::title lead=move || words::already(&account.display_name)>
                        <div><ButtonLink href=go>{words::already_go}</ButtonLink></div>
                    </PageHead>
                }.into_any()
                },
                None => view! { <SignInForm next=Signal::derive(next)/> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn SignInForm(next: Signal<Option<String>>) -> impl IntoView {
    use tr::accounts::sign_in as words;
    let form = Form::new();
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let unverified = RwSignal::new(None::<String>);
    let navigate = use_navigate();
    let submit = move || {
        let mut body = LogIn {
            email: email.get_untracked(),
            password: password.get_untracked(),
            totp_code: None,
        };
        body.normalise();
        if !form.check(body.violations().0) {
            return;
        }
        let (navigate, next) = (navigate.clone(), next.get_untracked());
        form.set_busy(true);
        unverified.set(None);
        spawn_local(async move {
            match api::log_in(&body).await {
                Ok(token) => {
                    navigate(
                        &next.unwrap_or_else(|| start_of(&token.account)),
                        NavigateOptions { replace: true, ..NavigateOptions::default() },
                    );
                    session::begin(&token);
                }
                Err(failure) => {
                    form.set_busy(false);
                    if failure.code() == Some(ProblemCode::EmailUnverified) {
                        unverified.set(Some(body.email));
                    }
                    form.show(&failure);
                }
            }
        });
    };
    view! {
        <PageHead title=words::title lead=words::lead/>
        <FormView form on_submit=submit>
            <TextField name="/email" label=tr::accounts::email value=email kind=TextKind::Email autocomplete="username"/>
            <TextField name="/password" label=tr::accounts::password value=password kind=TextKind::Password autocomplete="current-password"/>
            <div class="row form-end">
                <Button submit=true busy=form.busy()>{words::submit}</Button>
                <a href="/quen-mat-khau">{words::forgot}</a>
                <a href="/dang-ky">{words::register}</a>
            </div>
        </FormView>
        {move || unverified.get().map(|email| {
            let shown = email.clone();
            view! {
                <Notice title=words::unverified tone=Tone::Warn>
                    <p>{move || words::unverified_text(&shown)}</p>
                    <ResendButton email/>
                </Notice>
            }
        })}
        {move || site::is_demo().then(|| view! { <Notice title=words::demo><p>{words::demo_text}</p></Notice> })}
    }
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn signing_in_never_leads_to_another_site() {
        assert_eq!(safe_next(Some("/ho-so?x=1")).as_deref(), Some("/ho-so?x=1"));
        for bad in [
            None,
            Some("//evil.example"),
            Some("https://evil.example"),
            Some("/\\evil.example"),
            Some(""),
        ] {
            assert_eq!(safe_next(bad), None);
        }
    }
}
