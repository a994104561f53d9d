//! One's own account: details, roles, password, devices.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::access::Role;
use nq57_shared::accounts::ChangePassword;
use nq57_shared::validate::Validate as _;
use nq57_ui::components::{
    Button, ButtonKind, Crumbs, Form, FormView, GoLink, PageHead, TextField, TextKind, toast,
};
use nq57_ui::i18n::tr;
use nq57_ui::layout::Guard;
use nq57_ui::state::session;

use super::api;
use super::profile::Profile;
use super::sessions::Sessions;
use super::view_model::{reach, role_name};

/// `/tai-khoan`
#[component]
pub fn AccountPage() -> impl IntoView {
    view! {
        <Guard>
            <Crumbs/>
            <div class="wrap narrow">
                <PageHead title=tr::accounts::account::title/>
                <Profile/>
                <Roles/>
                <Organisations/>
                <Password/>
                <Sessions/>
            </div>
        </Guard>
    }
}

#[component]
fn Roles() -> impl IntoView {
    use tr::accounts::account as words;
    let grants =
        Memo::new(|_| session::account().map(|account| account.grants).unwrap_or_default());
    view! {
        <section class="block" aria-labelledby="roles">
            <h2 id="roles">{words::roles}</h2>
            {move || {
                let grants = grants.get();
                if grants.is_empty() {
                    view! { <p class="muted">{words::no_roles}</p> }.into_any()
                } else {
                    view! {
                        <ul>
                            {grants.into_iter().map(|grant| view! { <li>{move || format!("{}, {}", role_name(grant.role), reach(&grant))}</li> }).collect_view()}
                        </ul>
                    }.into_any()
                }
            }}
            {move || session::has_role(Role::Auditor).then(|| view! { <p><a href="/quan-tri/nhat-ky">{words::audit}</a></p> })}
        </section>
    }
}

/// The way to those with whom one writes together.
#[component]
fn Organisations() -> impl IntoView {
    use tr::organisations as words;
    let names = move || {
        let organisations = session::account()?.organisations;
        let names: Vec<_> = organisations.into_iter().map(|one| one.organisation_name).collect();
        (!names.is_empty()).then(|| view! { <p>{names.join(", ")}</p> })
    };
    view! {
        <section class="block stack" aria-labelledby="organisations">
            <h2 id="organisations">{words::title}</h2>
            {names}
            <p><GoLink href="/to-chuc">{words::see}</GoLink></p>
        </section>
    }
}

#[component]
fn Password() -> impl IntoView {
    use tr::accounts::account as words;
    let form = Form::new();
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submit = move || {
        let body = ChangePassword {
            current_password: current.get_untracked(),
            new_password: new.get_untracked(),
        };
        if !form.check(body.violations().0) {
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            let outcome = api::change_password(&body).await;
            form.set_busy(false);
            match outcome {
                Ok(()) => {
                    current.set(String::new());
                    new.set(String::new());
                    form.clear();
                    toast(words::password_changed);
                }
                Err(failure) => form.show(&failure),
            }
        });
    };
    view! {
        <section class="block" aria-labelledby="password">
            <h2 id="password">{words::password}</h2>
            <FormView form tight=true on_submit=submit>
                <TextField name="/current_password" label=words::password_current value=current kind=TextKind::Password autocomplete="current-password"/>
                <TextField name="/new_password" label=tr::accounts::new_password hint=tr::accounts::password_hint value=new kind=TextKind::Password autocomplete="new-password"/>
                <div><Button kind=ButtonKind::Second submit=true busy=form.busy()>{words::password_change}</Button></div>
            </FormView>
        </section>
    }
}
