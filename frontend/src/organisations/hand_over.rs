//! For administrators: the cases of what has ended go over to what took its place.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::handover::{HandoverDraft, HandoverProgress, Office};
use nq57_shared::ids::OrganisationId;
use nq57_shared::organisations::OrganisationName;
use nq57_shared::text::REASON_MAX;
use nq57_ui::api::Failure;
use nq57_ui::components::{
    Button, ButtonKind, Checkbox, Choice, Confirm, Form, FormView, Reason, Select, toast,
    warn_on_leave,
};
use nq57_ui::i18n::tr;

use super::api;
use super::picker::OrganisationPicker;
use super::view_model::required;
use crate::reference::{self, List, choices, today};

/// From an organisation that has ended to one of those it became.
#[component]
pub(super) fn OrganisationHandOver(
    id: OrganisationId,
    successors: Vec<OrganisationName>,
) -> impl IntoView {
    use tr::organisations as words;
    let only = |all: &[OrganisationName]| match all {
        [one] => one.id.to_string(),
        _ => String::new(),
    };
    let to = RwSignal::new(only(&successors));
    let offices = move || {
        let office = |id| Office { organisation_id: Some(id), province_code: None };
        let to = to.get_untracked().parse().map_err(|_| vec![TO_ORGANISATION])?;
        Ok((office(id), office(to)))
    };
    let picker = view! {
        <OrganisationPicker name=TO_ORGANISATION label=words::hand_over::to value=to known=successors empty=words::choose_successor/>
    };
    view! { <HandOver offices>{picker}</HandOver> }
}

/// From a province that is no more to another one; nothing while the list knows none that has ended.
#[component]
pub fn ProvinceHandOver() -> impl IntoView {
    use tr::organisations::hand_over as words;
    let ended = Signal::derive(|| {
        let Some(list) = reference::list(List::Provinces) else { return Vec::new() };
        let ended = |end| end < today();
        let gone = list.entries.iter().filter(|entry| entry.valid_to.is_some_and(ended));
        gone.map(|entry| {
            let code = entry.code.clone();
            Choice::new(code.clone(), move || reference::name(List::Provinces, &code))
        })
        .collect::<Vec<_>>()
    });
    let any = Memo::new(move |_| !ended.read().is_empty());
    let form = move || {
        let (from, to) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let offices = move || {
            let office = |code: RwSignal<String>| {
                let code = Some(code.get_untracked()).filter(|code| !code.is_empty())?;
                Some(Office { organisation_id: None, province_code: Some(code) })
            };
            match (office(from), office(to)) {
                (Some(from), Some(to)) => Ok((from, to)),
                (None, Some(_)) => Err(vec![FROM_PROVINCE]),
                (Some(_), None) => Err(vec![TO_PROVINCE]),
                (None, None) => Err(vec![FROM_PROVINCE, TO_PROVINCE]),
            }
        };
        view! {
            <HandOver offices>
                <div class="cols" data-n="2">
                    <Select name=FROM_PROVINCE label=words::from_province value=from options=ended empty=words::choose_province/>
                    <Select name=TO_PROVINCE label=words::to value=to options=choices(List::Provinces) empty=words::choose_province/>
                </div>
            </HandOver>
        }
    };
    move || any.get().then(form)
}

const TO_ORGANISATION: &str = "/to/organisation_id";
const FROM_PROVINCE: &str = "/from/province_code";
const TO_PROVINCE: &str = "/to/province_code";

/// The question, and request after request until nothing is left.
#[component]
fn HandOver(
    /// From what, and to what; the places where nothing is chosen yet.
    offices: impl Fn() -> Result<(Office, Office), Vec<&'static str>> + Copy + Send + Sync + 'static,
    children: Children,
) -> impl IntoView {
    use tr::organisations::hand_over as words;
    let form = Form::new();
    let (open, reason, include_closed) =
        (RwSignal::new(false), RwSignal::new(String::new()), RwSignal::new(false));
    let told = RwSignal::new(None::<HandoverProgress>);
    warn_on_leave(form.busy());
    let ask = move || {
        let missing = offices().err().unwrap_or_default();
        if form.check(missing.into_iter().map(required).collect()) {
            open.set(true);
        }
    };
    let hand_over = move |given: String| {
        let Ok((from, to)) = offices() else { return };
        let include_closed = include_closed.get_untracked();
        let draft = HandoverDraft { from, to, reason: given, include_closed };
        form.set_busy(true);
        told.set(None);
        spawn_local(async move {
            let outcome = all(&draft, told).await;
            // Whoever leaves meanwhile finds the rest where it was.
            if open.try_set(false).is_some() {
                return;
            }
            form.set_busy(false);
            match outcome {
                Ok(()) => toast(words::done),
                Err(failure) => form.show(&failure),
            }
        });
    };
    let progress = move || {
        told.get().map(|HandoverProgress { moved, left, at_least }| {
            let moved = words::moved(moved);
            let left = if at_least { words::left_at_least(left) } else { words::left(left) };
            format!("{moved} {left}")
        })
    };
    view! {
        <section class="block stack" aria-labelledby="hand-over">
            <h2 id="hand-over">{words::title}</h2>
            <p class="muted">{words::text}</p>
            <FormView form tight=true on_submit=ask>
                {children()}
                <Checkbox name="/include_closed" label=words::include_closed value=include_closed/>
                <p role="status">{progress}</p>
                <div><Button kind=ButtonKind::Second submit=true busy=form.busy()>{words::submit}</Button></div>
            </FormView>
            <Confirm open title=words::question body=words::warning confirm=words::submit reason=Reason::Required { limit: REASON_MAX } typed=reason busy=form.busy() on_confirm=hand_over/>
        </section>
    }
}

/// Sends the same request until nothing is left, or nothing moves any more.
async fn all(
    draft: &HandoverDraft,
    told: RwSignal<Option<HandoverProgress>>,
) -> Result<(), Failure> {
    let mut moved = 0;
    loop {
        let progress = api::hand_over(draft).await?;
        let goes_on = progress.moved > 0 && progress.left > 0;
        moved += progress.moved;
        let gone = told.try_set(Some(HandoverProgress { moved, ..progress })).is_some();
        if gone || !goes_on {
            return Ok(());
        }
    }
}
