//! Check your answers: everything that was written, what is missing, the consent, and sending.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use nq57_shared::ids::ProductId;
use nq57_shared::language::Bilingual;
use nq57_shared::problem::FieldCode;
use nq57_shared::products::{HistoryEntry, Product, ProductEvent, ProductState};
use nq57_shared::text::REASON_MAX;
use nq57_shared::validate::{Violation, Violations};
use nq57_ui::api::{Failure, Remote, remote};
use nq57_ui::components::{
    Button, ButtonKind, ButtonLink, Checkbox, Confirm, Crumb, Crumbs, Disclosure, Form, FormView,
    Glyph, Heading, Load, Notice, Skeleton, TextArea, Tone, focus_on, toast,
};
use nq57_ui::i18n::{Text, format, language, local, tr};
use nq57_ui::layout::Guard;
use nq57_ui::state::local_drafts;
use serde_json::json;

use super::answers::AnswersOf;
use super::own_notice::Question;
use super::step::Step;
use super::wizard::Locked;
use super::{draft_of, sent};
use crate::products::page::use_id;
use crate::products::{api, facts};
use crate::reference::{List, list, today};

/// The id of the notice about what is missing.
const MISSING: &str = "con-thieu";

/// The last page before sending.
#[component]
pub fn CheckPage() -> impl IntoView {
    view! { <Guard><Check/></Guard> }
}

#[component]
fn Check() -> impl IntoView {
    let id = use_id();
    let product = remote(move || {
        let id = id.get();
        async move { api::read(&id).await }
    });
    let show = move |shown: Product| match shown.may_edit {
        true => view! { <Checking shown from=product/> }.into_any(),
        false => view! { <Locked product=shown/> }.into_any(),
    };
    view! {
        <Crumbs trail=vec![Crumb::new(tr::submissions::list::title, "/ho-so")]/>
        <div class="wrap narrow">
            <Load from=product view=show page_of=Crumb::new(tr::submissions::list::title, "/ho-so") waiting=|| view! { <div class="head"><Skeleton lines=12/></div> }.into_any()/>
        </div>
    }
}

#[component]
fn Checking(shown: Product, from: Remote<Product>) -> impl IntoView {
    use tr::submissions::check as words;
    let id = shown.id;
    let missing: Vec<Violation> = draft_of(&shown)
        .missing()
        .0
        .into_iter()
        .filter(|violation| violation.pointer != "/consent")
        .collect();
    let is_complete = missing.is_empty();
    let again = shown.state == ProductState::MoreInformation;
    let consent = RwSignal::new(shown.content.consent);
    let form = Form::new();
    let navigate = StoredValue::new_local(use_navigate());
    let product = StoredValue::new(shown.clone());
    // Kept until it is sent: whoever goes to change something comes back to it.
    let reply_key = StoredValue::new(format!("reply-{id}"));
    let reply = RwSignal::new(
        reply_key
            .with_value(|key| local_drafts::get::<String>(key))
            .filter(|_| again)
            .unwrap_or_default(),
    );
    Effect::new(move |first: Option<()>| {
        let text = reply.get();
        if first.is_some() {
            reply_key.with_value(|key| local_drafts::put(key, &text));
        }
    });
    let unanswered = RwSignal::new(false);
    let history = remote(move || async move {
        // A submission that is sent for the first time has no question to answer.
        if again { api::history(&id.to_string(), false).await } else { Ok(Vec::new()) }
    });
    let is_unanswered = move || {
        again
            && reply.with_untracked(|reply| reply.trim().is_empty())
            && history.ready_now().is_some_and(|history| {
                product.with_value(|product| is_unchanged(product, &history))
            })
    };
    let go = move || {
        unanswered.set(false);
        form.set_busy(true);
        spawn_local(async move {
            let reply = Some(reply.get_untracked()).filter(|reply| !reply.trim().is_empty());
            let result = send(product.get_value(), reply).await;
            form.set_busy(false);
            match result {
                Ok(answer) => {
                    reply_key.with_value(|key| local_drafts::forget(key));
                    sent::carry(answer);
                    navigate.with_value(|navigate| {
                        navigate(
                            &format!("/ho-so/{id}/da-gui"),
                            NavigateOptions { replace: true, ..NavigateOptions::default() },
                        )
                    });
                }
                Err(failure) if failure.is_stale() => {
                    toast(tr::submissions::own::stale);
                    from.reload();
                }
                Err(failure) => form.show(&failure),
            }
        });
    };
    let submit = move || {
        if !is_complete {
            focus_on(MISSING);
            return;
        }
        let mut violations = Violations::new();
        violations.text("/reason", reply.get_untracked().trim(), 0, REASON_MAX);
        if !consent.get_untracked() {
            violations.add("/consent", FieldCode::NotAccepted);
        }
        if !form.check(violations.0) {
            return;
        }
        if is_unanswered() {
            unanswered.set(true);
        } else {
            go();
        }
    };
    let (next, verb): (fn() -> &'static str, fn() -> &'static str) = if again {
        (words::next_again, words::submit_again)
    } else {
        (words::next_text, words::submit)
    };
    view! {
        <div class="head stack" data-gap="s">
            <p class="small muted">{words::kicker}</p>
            <Heading title=words::title/>
            <p class="muted">{words::lead}</p>
        </div>
        <div class="stack" data-gap="l">
            {again.then(|| view! { <Question product=shown.clone()/> })}
            {(!is_complete).then(|| view! { <Missing id missing/> })}
            <AnswersOf product=shown with_changes=true/>
            <section class="stack">
                <h2>{if again { words::reply_title } else { words::consent }}</h2>
                <FormView form tight=true on_submit=submit>
                    {again.then(|| view! { <TextArea name="/reason" label=words::reply value=reply hint=words::reply_hint rows=4 limit=REASON_MAX optional=true/> })}
                    <Consent value=consent/>
                    <Notice title=words::next_title>
                        <p>{next}</p>
                    </Notice>
                    <div class="row">
                        <Button submit=true icon=Glyph::Send busy=form.busy()>{verb}</Button>
                        <ButtonLink href=Step::Owner.address(id) kind=ButtonKind::Quiet icon=Glyph::Back>{words::back}</ButtonLink>
                    </div>
                </FormView>
            </section>
        </div>
        <Confirm open=unanswered title=words::unanswered body=words::unanswered_text confirm=words::unanswered_send busy=form.busy() on_confirm=move |_: String| go()/>
    }
}

/// Whether nothing of it has been changed since it was asked about.
fn is_unchanged(product: &Product, history: &[HistoryEntry]) -> bool {
    let asked = history
        .iter()
        .filter(|entry| entry.event == ProductEvent::RequestInformation)
        .map(|entry| entry.at)
        .max();
    asked.is_some_and(|asked| product.updated_at <= asked)
}

/// Records the consent where it is new, then sends.
async fn send(product: Product, reply: Option<String>) -> Result<Product, Failure> {
    let (id, mut revision) = (product.id, product.revision);
    if !product.content.consent {
        revision = api::edit(id, revision, &json!({"consent": true})).await?.revision;
    }
    api::send_event(id, revision, ProductEvent::Submit, reply).await
}

/// What is missing, each with the way to its place.
#[component]
fn Missing(id: ProductId, missing: Vec<Violation>) -> impl IntoView {
    use tr::submissions::check as words;
    let count = u64::try_from(missing.len()).unwrap_or_default();
    let lines = missing
        .into_iter()
        .map(|violation| {
            let Violation { pointer, code, limit } = violation;
            let place = Step::of(&pointer).unwrap_or(Step::What).address_of(id, &pointer);
            view! {
                <li>
                    <a href=place>
                        {move || facts::field_name(&pointer)}
                        ": "
                        {move || code.message(limit, language())}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <div id=MISSING tabindex="-1">
            <Notice title=Text::from(move || words::missing(count)) tone=Tone::Warn>
                <p>{words::missing_text}</p>
                <ul>{lines}</ul>
            </Notice>
        </div>
    }
}

/// The consent in force, with its full text.
#[component]
fn Consent(value: RwSignal<bool>) -> impl IntoView {
    use tr::submissions::check as words;
    let entry = Memo::new(move |_| {
        list(List::Consents).and_then(|list| list.valid_on(today()).last().cloned())
    });
    let part = move |member: &'static str| {
        entry.with(|entry| entry.as_ref().and_then(|entry| entry.extra_as::<Bilingual>(member)))
    };
    let statement = Text::from(move || {
        part("statement").map_or_else(|| words::consent().to_owned(), |text| local(&text))
    });
    let hint = Text::from(move || {
        entry.with(|entry| {
            entry
                .as_ref()
                .map(|entry| {
                    words::consent_hint(
                        &entry.code,
                        entry.valid_from.map(format::day).unwrap_or_default(),
                    )
                })
                .unwrap_or_default()
        })
    });
    view! {
        {move || part("text").map(|text| view! {
            <Disclosure title=words::consent_text>
                <p class="lines small measure">{local(&text)}</p>
            </Disclosure>
        })}
        <Checkbox name="/consent" label=statement value hint=hint/>
    }
}
