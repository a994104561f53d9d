//! Following a submission by code and secret, without an account. The secret never stands in the address or in storage.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::products::HistoryEntry;
use nq57_shared::products::ProductState;
use nq57_shared::products::workflow::Holder;
use nq57_shared::tracking::{TrackRequest, TrackedCase};
use nq57_shared::validate::Validate as _;
use nq57_ui::api::{self, Failure};
use nq57_ui::casework::Due;
use nq57_ui::components::{
    Button, ButtonKind, Code, Crumbs, Form, FormAlert, FormView, GoLink, PageHead, Pairs,
    PrintButton, TextField, Timeline, focus_on,
};
use nq57_ui::i18n::{Text, date, date_time, tr};
use nq57_ui::state::address::use_query;
use nq57_ui::state::carried;

use crate::products::view_model;
use crate::products::{StateTag, timeline};

/// The id of the heading of what was found, which takes focus.
const RESULT: &str = "ket-qua";

/// Where is my submission?
#[component]
pub fn TrackingPage() -> impl IntoView {
    let found = RwSignal::new(None::<TrackedCase>);
    view! {
        <Crumbs/>
        <div class="wrap narrow">
            <PageHead title=tr::tracking::title lead=tr::tracking::lead/>
            <Lookup found/>
            {move || found.get().map(|thing| view! { <Found thing/> })}
        </div>
    }
}

/// Code and secret; carried from the home page, or the code from `?code=`.
#[component]
fn Lookup(found: RwSignal<Option<TrackedCase>>) -> impl IntoView {
    let form = Form::new();
    let named = use_query().get_untracked().get("code").unwrap_or_default().to_owned();
    let (code, secret) = (RwSignal::new(named), RwSignal::new(String::new()));
    let send = move || {
        let mut request =
            TrackRequest { code: code.get_untracked(), secret: secret.get_untracked() };
        request.normalise();
        if !form.check(request.violations().0) {
            return;
        }
        code.set(request.code.clone());
        form.set_busy(true);
        spawn_local(async move {
            let result =
                api::post("/tracking").json(&request).anonymous().send::<TrackedCase>().await;
            form.set_busy(false);
            match result {
                Ok(answer) => {
                    found.set(Some(answer.body));
                    request_animation_frame(|| {
                        focus_on(RESULT);
                    });
                }
                Err(failure) => {
                    found.set(None);
                    refuse(form, &failure);
                }
            }
        });
    };
    if let Some(request) = carried::take() {
        code.set(request.code);
        secret.set(request.secret);
        // After the page has been drawn, so that its heading has had the focus first.
        request_animation_frame(send);
    }
    view! {
        <section class="lookup">
            <FormView form tight=true on_submit=send>
                <div class="cols" data-n="2">
                    <TextField name="/code" label=tr::tracking::code value=code hint=tr::tracking::code_hint autocomplete="off"/>
                    <TextField name="/secret" label=tr::tracking::secret value=secret hint=tr::tracking::secret_hint autocomplete="off"/>
                </div>
                <div class="row">
                    <Button submit=true busy=form.busy()>{tr::tracking::submit}</Button>
                </div>
            </FormView>
        </section>
    }
}

fn refuse(form: Form, failure: &Failure) {
    if failure.is_not_found() {
        form.refuse(
            Vec::new(),
            Some(FormAlert {
                title: Text::from(tr::tracking::wrong),
                detail: Some(Text::from(tr::tracking::wrong_text)),
            }),
        );
    } else {
        form.show(failure);
    }
}

#[component]
fn Found(thing: TrackedCase) -> impl IntoView {
    let TrackedCase {
        code,
        title,
        state,
        holder,
        due_at,
        working_days_left,
        submitted_at,
        id,
        timeline: history,
        ..
    } = thing;
    // Words of a later server stay away until the page is loaded anew.
    let state = ProductState::parse(&state);
    let holder = holder.as_deref().and_then(Holder::parse);
    let history: Vec<HistoryEntry> =
        history.into_iter().filter_map(HistoryEntry::tracked).collect();
    let due = Due::of(due_at, working_days_left);
    let pairs = Signal::derive(move || {
        let due = due.map_or_else(
            || tr::tracking::no_due().to_owned(),
            |due| format!("{}, {}", date(due.at), due.words().to_lowercase()),
        );
        let mut pairs: Vec<(Text, Text)> = vec![(
            Text::from(tr::tracking::holder),
            Text::from(holder.map_or_else(tr::tracking::nobody, view_model::holder)),
        )];
        if holder.is_some() {
            pairs.push((Text::from(tr::tracking::due), Text::from(due)));
        }
        if let Some(at) = submitted_at {
            pairs.push((Text::from(tr::tracking::submitted), Text::from(date_time(at))));
        }
        pairs
    });
    let moments = Signal::stored(match state {
        Some(state) => timeline::way(&history, state, holder, due),
        None => history.iter().map(timeline::past).collect(),
    });
    view! {
        <section class="block stack" data-gap="l" aria-labelledby=RESULT>
            <div class="stack" data-gap="s">
                <p class="row">
                    {state.map(|state| view! { <StateTag state/> })}
                    <Code text=code/>
                </p>
                <h2 id=RESULT tabindex="-1">{title}</h2>
            </div>
            <Pairs pairs/>
            <div class="stack">
                <h3>{tr::tracking::timeline}</h3>
                <Timeline moments label=tr::tracking::timeline/>
            </div>
            <div class="row">
                {id.map(|id| view! { <GoLink href=format!("/san-pham/{id}")>{tr::tracking::public_page}</GoLink> })}
                <PrintButton kind=ButtonKind::Quiet/>
            </div>
        </section>
    }
}
