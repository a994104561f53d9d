//! The lookup by code and secret on the home page. It only carries both to the tracking page, never in the address.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use nq57_shared::tracking::TrackRequest;
use nq57_shared::validate::{Validate as _, Violations};
use nq57_ui::components::{Button, Form, FormView, TextField, TextKind};
use nq57_ui::i18n::tr;
use nq57_ui::state::carried;

/// Where is my submission?
#[component]
pub(super) fn Lookup() -> impl IntoView {
    use tr::home::lookup as words;
    let form = Form::new();
    let (code, secret) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let navigate = StoredValue::new_local(use_navigate());
    let submit = move || {
        let mut request =
            TrackRequest { code: code.get_untracked(), secret: secret.get_untracked() };
        request.normalise();
        let mut violations = Violations::new();
        request.check(&mut violations);
        if form.check(violations.0) {
            carried::put(request);
            navigate.with_value(|navigate| navigate("/theo-doi", NavigateOptions::default()));
        }
    };
    view! {
        <section class="lookup stack" aria-labelledby="lookup">
            <h2 id="lookup">{words::title}</h2>
            <FormView form tight=true on_submit=submit>
                <div class="cols" data-n="2">
                    <TextField name="/code" label=words::code value=code placeholder="SP-2026-000123" autocomplete="off"/>
                    <TextField name="/secret" label=words::secret value=secret kind=TextKind::Password autocomplete="off"/>
                </div>
                <div class="row" data-apart=true>
                    <Button submit=true>{words::submit}</Button>
                    <span class="small muted">{words::hint}</span>
                </div>
            </FormView>
        </section>
    }
}
