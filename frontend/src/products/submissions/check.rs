//! Check your answers: everything that was written, what is missing, the consent, and sending.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use nq57_shared::language::Bilingual;
use nq57_shared::problem::FieldCode;
use nq57_shared::products::{Product, ProductEvent, ProductState};
use nq57_shared::validate::Violation;
use serde_json::json;

use super::answers::AnswersOf;
use super::step::Step;
use super::wizard::Locked;
use super::{draft_of, sent};
use crate::api::{Failure, Remote, remote};
use crate::i18n::{Text, format, language, local, tr};
use crate::layout::Guard;
use crate::products::page::use_id;
use crate::products::{api, facts};
use crate::reference::{List, list, today};
use crate::ui::{
    Button, ButtonKind, ButtonLink, Checkbox, Crumb, Crumbs, Form, FormView, Glyph, Heading, Load,
    Notice, Skeleton, Tone, focus_on, toast,
};

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
            <Load from=product view=show waiting=|| view! { <div class="head"><Skeleton lines=12/></div> }.into_any()/>
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
    let submit = move || {
        if !is_complete {
            focus_on(MISSING);
            return;
        }
        let refusal = (!consent.get_untracked()).then(|| Violation {
            pointer: "/consent".to_owned(),
            code: FieldCode::NotAccepted,
            limit: None,
        });
        if !form.check(refusal.into_iter().collect()) {
            return;
        }
        form.set_busy(true);
        spawn_local(async move {
            let result = send(product.get_value()).await;
            form.set_busy(false);
            match result {
                Ok(answer) => {
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
            {(!is_complete).then(|| view! { <Missing id=id.to_string() missing/> })}
            <AnswersOf product=shown with_changes=true/>
            <section class="stack">
                <h2>{words::consent}</h2>
                <FormView form tight=true on_submit=submit>
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
    }
}

/// Records the consent where it is new, then sends.
async fn send(product: Product) -> Result<Product, Failure> {
    let (id, mut revision) = (product.id, product.revision);
    if !product.content.consent {
        revision = api::edit(id, revision, &json!({"consent": true})).await?.revision;
    }
    api::send_event(id, revision, ProductEvent::Submit, None).await
}

/// What is missing, each with the way to its place.
#[component]
fn Missing(id: String, missing: Vec<Violation>) -> impl IntoView {
    use tr::submissions::check as words;
    let count = u64::try_from(missing.len()).unwrap_or_default();
    let lines = missing
        .into_iter()
        .map(|violation| {
            let Violation { pointer, code, limit } = violation;
            let number = Step::of(&pointer).unwrap_or(Step::What).number();
            view! {
                <li>
                    <a href=format!("/ho-so/{id}/buoc/{number}?ve=kiem-tra")>
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
            <details class="measure">
                <summary>{words::consent_text}</summary>
                <p class="lines small">{local(&text)}</p>
            </details>
        })}
        <Checkbox name="/consent" label=statement value hint=hint/>
    }
}
