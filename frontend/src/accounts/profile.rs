//! Name and language. Of two tabs that edit, the second keeps what it typed and is told.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::accounts::AccountPatch;
use nq57_shared::language::Language;
use nq57_shared::validate::Validate as _;
use nq57_ui::components::{
    Button, Choice, Form, FormAlert, FormView, RadioChoices, TextField, toast,
};
use nq57_ui::i18n::tr;
use nq57_ui::state::session;

use super::api;

#[component]
pub(super) fn Profile() -> impl IntoView {
    use tr::accounts::account as words;
    let form = Form::new();
    let account = untrack(session::account);
    let (name, language) = account.map(|a| (a.display_name, a.language)).unwrap_or_default();
    let display_name = RwSignal::new(name);
    let language = RwSignal::new(language.tag().to_owned());
    let submit = move || {
        let chosen = Language::parse(&language.get_untracked());
        let mut body =
            AccountPatch { display_name: Some(display_name.get_untracked()), language: chosen };
        body.normalise();
        if !form.check(body.violations().0) {
            return;
        }
        let revision = untrack(session::account).map_or(0, |account| account.revision);
        form.set_busy(true);
        spawn_local(async move {
            let outcome = api::edit_me(&body, revision).await;
            form.set_busy(false);
            match outcome {
                Ok(account) => {
                    form.clear();
                    session::signed_in(account);
                    toast(words::saved);
                }
                Err(failure) if failure.is_stale() => {
                    if let Ok(account) = api::read_me().await {
                        session::signed_in(account);
                    }
                    form.refuse(
                        Vec::new(),
                        Some(FormAlert {
                            title: failure.title(),
                            detail: Some(words::stale.into()),
                        }),
                    );
                }
                Err(failure) => form.show(&failure),
            }
        });
    };
    let languages = vec![Choice::new("vi", words::vietnamese), Choice::new("en", words::english)];
    view! {
        <section class="block" aria-labelledby="profile">
            <h2 id="profile">{words::profile}</h2>
            <FormView form tight=true on_submit=submit>
                <TextField name="/display_name" label=tr::accounts::display_name value=display_name autocomplete="name"/>
                <RadioChoices name="/language" label=words::language options=languages value=language/>
                <div><Button submit=true busy=form.busy()>{words::save}</Button></div>
            </FormView>
        </section>
    }
}
