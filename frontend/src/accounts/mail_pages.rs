//! Where the links of mails lead: verifying an address, setting a new password.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use nq57_shared::accounts::{EmailAddress, ResetPassword};
use nq57_shared::problem::ProblemCode;
use nq57_shared::validate::Validate as _;
use nq57_ui::api::{Failure, State, remote};
use nq57_ui::components::{
    Button, ButtonKind, ButtonLink, Crumbs, FailureNotice, Form, FormView, Notice, PageHead,
    TextField, TextKind, Tone, toast,
};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::state::address::use_query;
use nq57_ui::state::{page, session};

use super::api;

/// The token of the link. It leaves the address bar, so that nothing that is shared carries it.
pub fn take_token() -> String {
    let query = use_query();
    let token = query.read_untracked().get("token").unwrap_or_default().to_owned();
    if !token.is_empty()
        && let (Ok(history), Ok(path)) = (window().history(), window().location().pathname())
    {
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path));
    }
    token
}

/// What became of a link that verifies.
#[derive(Clone)]
enum Verification {
    Done,
    /// The address of the account that is signed in was verified before.
    DoneBefore,
    /// Another browser registered: whoever holds this link chooses a password.
    PasswordRequired(String),
    /// The link does not verify, or its token is gone from the address: why.
    Refused(Option<Failure>),
}

/// Uses the link. Whoever is signed in is read anew: it may be the account that was verified.
async fn verify(token: String) -> Result<Verification, Failure> {
    let refusal = if token.is_empty() {
        Some(None)
    } else {
        match api::verify_email(token.clone()).await {
            Err(failure) if failure.may_pass() => return Err(failure),
            Err(failure) if failure.code() == Some(ProblemCode::PasswordRequired) => {
                return Ok(Verification::PasswordRequired(token));
            }
            outcome => outcome.err().map(Some),
        }
    };
    let own = if session::may_resume() { api::read_me().await.ok() } else { None };
    let is_verified = own.as_ref().is_some_and(|account| account.email_verified);
    if let Some(account) = own {
        session::signed_in(account);
    }
    Ok(match refusal {
        None => Verification::Done,
        Some(_) if is_verified => Verification::DoneBefore,
        Some(failure) => Verification::Refused(failure),
    })
}

/// `/xac-minh?token=…`
#[component]
pub fn VerifyEmailPage() -> impl IntoView {
    use tr::accounts::verify as words;
    let token = take_token();
    let verified = remote(move || verify(token.clone()));
    let go = || view! { <div><ButtonLink href="/ho-so/moi">{words::go}</ButtonLink></div> };
    view! {
        <Crumbs/>
        <div class="wrap narrow">
            {move || match verified.state() {
                State::Waiting => view! { <PageHead title=words::title lead=words::working/> }.into_any(),
                State::Ready(Verification::Done) => view! { <PageHead title=words::done lead=words::done_lead>{go()}</PageHead> }.into_any(),
                State::Ready(Verification::DoneBefore) => view! { <PageHead title=words::done_before lead=words::done_lead>{go()}</PageHead> }.into_any(),
                State::Ready(Verification::PasswordRequired(token)) => view! {
                    <PageHead title=words::password lead=words::password_lead/>
                    <ChoosePassword token/>
                }.into_any(),
                State::Ready(Verification::Refused(failure)) => view! { <VerifyFailed failure/> }.into_any(),
                State::Failed(failure) => view! {
                    <PageHead title=words::failed/>
                    <FailureNotice failure on_retry=move || verified.reload() busy=verified.busy()/>
                }.into_any(),
            }}
        </div>
    }
}

#[component]
fn VerifyFailed(failure: Option<Failure>) -> impl IntoView {
    use tr::accounts::verify as words;
    let form = Form::new();
    let account = untrack(session::account);
    let is_stranger = account.is_none();
    let email = RwSignal::new(account.map(|account| account.email).unwrap_or_default());
    let title = failure.map_or_else(|| Text::from(words::no_code), |failure| failure.title());
    let submit = move || {
        send_address(
            form,
            email,
            |body| async move { api::resend_verification(&body).await },
            move |_| {
                toast(words::resent);
            },
        );
    };
    view! {
        <PageHead title=words::failed/>
        <Notice title tone=Tone::Warn>
            {is_stranger.then(|| view! {
                <p>{words::maybe_before}</p>
                <div><ButtonLink href="/dang-nhap?next=/tai-khoan" kind=ButtonKind::Second>{tr::accounts::sign_in::submit}</ButtonLink></div>
            })}
        </Notice>
        <FormView form on_submit=submit>
            <TextField name="/email" label=words::resend_label value=email kind=TextKind::Email autocomplete="email"/>
            <div class="row form-end"><Button submit=true busy=form.busy()>{words::resend}</Button></div>
        </FormView>
    }
}

/// `/quen-mat-khau`
#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    use tr::accounts::forgot as words;
    let form = Form::new();
    let email = RwSignal::new(String::new());
    let sent_to = RwSignal::new(None::<String>);
    let submit = move || {
        send_address(
            form,
            email,
            |body| async move { api::request_password_reset(&body).await },
            move |email| {
                page::ask_for_focus();
                sent_to.set(Some(email));
            },
        );
    };
    view! {
        <Crumbs/>
        <div class="wrap narrow">
            {move || match sent_to.get() {
                Some(email) => view! { <PageHead title=words::done lead=move || words::done_lead(&email)/> }.into_any(),
                None => view! {
                    <PageHead title=words::title lead=words::lead/>
                    <FormView form on_submit=submit>
                        <TextField name="/email" label=tr::accounts::email value=email kind=TextKind::Email autocomplete="email"/>
                        <div class="row form-end"><Button submit=true busy=form.busy()>{words::submit}</Button></div>
                    </FormView>
                }.into_any(),
            }}
        </div>
    }
}

/// `/dat-lai-mat-khau?token=…`
#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    use tr::accounts::reset as words;
    let token = take_token();
    view! {
        <Crumbs/>
        <div class="wrap narrow">
            <PageHead title=words::title lead=words::lead/>
            {if token.is_empty() {
                view! {
                    <Notice title=words::missing tone=Tone::Warn>
                        <p>{words::missing_text}</p>
                        <div><ButtonLink href="/quen-mat-khau" kind=ButtonKind::Second>{words::again}</ButtonLink></div>
                    </Notice>
                }.into_any()
            } else {
                view! { <ChoosePassword token/> }.into_any()
            }}
        </div>
    }
}

/// A new password by the token of a link; afterwards one signs in with it.
#[component]
fn ChoosePassword(token: String) -> impl IntoView {
    use tr::accounts::reset as words;
    let form = Form::new();
    let password = RwSignal::new(String::new());
    let navigate = use_navigate();
    let submit = move || {
        let body = ResetPassword { token: token.clone(), password: password.get_untracked() };
        if !form.check(body.violations().0) {
            return;
        }
        let navigate = navigate.clone();
        form.set_busy(true);
        spawn_local(async move {
            match api::reset_password(&body).await {
                Ok(()) => {
                    toast(words::done);
                    navigate("/dang-nhap", NavigateOptions::default());
                }
                Err(failure) => {
                    form.set_busy(false);
                    form.show(&failure);
                }
            }
        });
    };
    view! {
        <FormView form on_submit=submit>
            <TextField name="/password" label=tr::accounts::new_password hint=tr::accounts::password_hint value=password kind=TextKind::Password autocomplete="new-password"/>
            <div class="row form-end">
                <Button submit=true busy=form.busy()>{words::submit}</Button>
                <a href="/quen-mat-khau">{words::again}</a>
            </div>
        </FormView>
    }
}

/// A button that sends the link that verifies once more.
#[component]
pub fn ResendButton(email: String) -> impl IntoView {
    let busy = RwSignal::new(false);
    let resend = move || {
        let body = EmailAddress { email: email.clone() };
        busy.set(true);
        spawn_local(async move {
            let outcome = api::resend_verification(&body).await;
            busy.set(false);
            match outcome {
                Ok(()) => toast(tr::accounts::verify::resent),
                Err(failure) => toast(failure.title()),
            }
        });
    };
    view! {
        <div>
            <Button kind=ButtonKind::Second small=true busy on_press=resend>{tr::accounts::verify::resend}</Button>
        </div>
    }
}

/// Checks and sends an address; `done` gets it in its normal form.
fn send_address<F>(
    form: Form,
    email: RwSignal<String>,
    send: impl FnOnce(EmailAddress) -> F + 'static,
    done: impl FnOnce(String) + 'static,
) where
    F: Future<Output = Result<(), Failure>> + 'static,
{
    let mut body = EmailAddress { email: email.get_untracked() };
    body.normalise();
    if !form.check(body.violations().0) {
        return;
    }
    form.set_busy(true);
    spawn_local(async move {
        let address = body.email.clone();
        let outcome = send(body).await;
        form.set_busy(false);
        match outcome {
            Ok(()) => done(address),
            Err(failure) => form.show(&failure),
        }
    });
}
