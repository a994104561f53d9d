//! One's own submission: where it is, what is asked, what one can do, everything that was written.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use nq57_shared::products::{HistoryEntry, Product, ProductEvent, ProductState, RefusedEvent};
use nq57_shared::text::REASON_MAX;
use nq57_shared::tracking::RenewedSecret;
use nq57_ui::api::{Failure, Remote, remote};
use nq57_ui::casework::{Due, DueTag};
use nq57_ui::components::{
    ButtonKind, Code, Crumb, Crumbs, GoLink, Load, PageHead, Pairs, PrintButton, Reason, Skeleton,
    Tag, Timeline, WorkflowAction, WorkflowBar, toast,
};
use nq57_ui::i18n::{Text, date, date_time, language, tr};
use nq57_ui::layout::Guard;

use super::answers::AnswersOf;
use super::own_notice::OwnNotice;
use super::secret::{NewSecret, RenewSecret};
use super::step::Step;
use crate::products::page::use_id;
use crate::products::view_model;
use crate::products::{StateTag, api, timeline, told};

/// A submission, for those who sent it.
#[component]
pub fn OwnPage() -> impl IntoView {
    view! { <Guard><Own/></Guard> }
}

#[component]
fn Own() -> impl IntoView {
    let id = use_id();
    let product = remote(move || {
        let id = id.get();
        async move { api::read(&id).await }
    });
    // Outlives the drawing of the page, which begins anew with the new revision.
    let secret = RwSignal::new(None::<RenewedSecret>);
    let show = move |shown: Product| view! { <Shown shown from=product secret/> };
    view! {
        <Crumbs trail=vec![Crumb::new(tr::submissions::list::title, "/ho-so")]/>
        <div class="wrap">
            <Load from=product view=show page_of=Crumb::new(tr::submissions::list::title, "/ho-so") waiting=|| view! { <div class="head"><Skeleton lines=12/></div> }.into_any()/>
        </div>
    }
}

#[component]
fn Shown(
    shown: Product,
    from: Remote<Product>,
    secret: RwSignal<Option<RenewedSecret>>,
) -> impl IntoView {
    use tr::submissions::own as words;
    let (state, code, version) = (shown.state, shown.code.clone(), shown.version);
    let is_revision = shown.public_version.is_some();
    let due = Due::of(shown.due_at.filter(|_| shown.holder.is_some()), shown.working_days_left);
    let above = move || {
        view! {
            <StateTag state/>
            <Tag text=move || tr::products::page::version(version)/>
            {code.map(|text| view! { <Code text/> })}
            {due.map(|due| view! { <DueTag due/> })}
        }
        .into_any()
    };
    let history = {
        let id = shown.id.to_string();
        remote(move || {
            let id = id.clone();
            async move { api::history(&id, false).await }
        })
    };
    let holder = shown.holder;
    let way = move |entries: Vec<HistoryEntry>| {
        let moments = Signal::stored(timeline::way(&entries, state, holder, due));
        view! { <Timeline moments label=words::history/> }
    };
    let history_view = (state != ProductState::Draft || is_revision).then(|| {
        view! {
            <section class="stack" data-gap="l" aria-labelledby="history">
                <h2 id="history">{words::history}</h2>
                <Load from=history view=way/>
            </section>
        }
    });
    view! {
        <PageHead title=shown.content.title.clone() lead=move || view_model::what_next(state, is_revision) above=ViewFnOnce::from(above)/>
        <div class="stack">
            <NewSecret secret/>
            <OwnNotice product=shown.clone()/>
        </div>
        <div class="split block">
            <div class="stack" data-gap="xl">
                {history_view}
                <section class="stack" data-gap="l" aria-labelledby="content">
                    <h2 class="sr" id="content">{words::content}</h2>
                    <AnswersOf product=shown.clone()/>
                </section>
            </div>
            <Facts product=shown from secret/>
        </div>
    }
}

/// What the submitter may send now, and what is refused and why.
#[component]
fn Actions(product: Product, from: Remote<Product>) -> impl IntoView {
    use tr::submissions::own as words;
    let Product { id, revision, allowed_events, refused_events, .. } = product;
    let actions: Vec<WorkflowAction> = allowed_events
        .iter()
        .filter_map(|event| action(*event))
        .chain(refused_events.iter().filter_map(refused))
        .collect();
    if actions.is_empty() {
        return ().into_any();
    }
    let busy = RwSignal::new(false);
    let navigate = StoredValue::new_local(use_navigate());
    let send = move |key: String, reason: String| {
        let Some(event) = ProductEvent::parse(&key) else { return };
        busy.set(true);
        spawn_local(async move {
            let result = api::send_event(
                id,
                revision,
                event,
                Some(reason).filter(|reason| !reason.is_empty()),
            )
            .await;
            busy.try_set(false);
            match result {
                Ok(product) => {
                    told(Text::from(done(event)), &product, format!("/ho-so/{id}"));
                    if event == ProductEvent::Revise {
                        navigate.with_value(|navigate| {
                            navigate(&Step::What.address(id), NavigateOptions::default())
                        });
                    } else {
                        from.set(product);
                    }
                }
                Err(failure) => refuse(from, &failure),
            }
        });
    };
    view! {
        <section>
            <h2>{words::actions}</h2>
            <WorkflowBar actions=Signal::stored(actions) busy on_event=send label=words::actions/>
        </section>
    }
    .into_any()
}

fn refuse(from: Remote<Product>, failure: &Failure) {
    if failure.is_stale() {
        toast(tr::submissions::own::stale);
        from.reload();
    } else {
        toast(failure.title());
    }
}

fn done(event: ProductEvent) -> fn() -> &'static str {
    use tr::submissions::action as words;
    match event {
        ProductEvent::Withdraw => words::withdrawn,
        ProductEvent::DiscardRevision => words::discarded,
        _ => words::revised,
    }
}

/// The submitter's events; sending has its own page, officials' events have theirs.
fn action(event: ProductEvent) -> Option<WorkflowAction> {
    use tr::submissions::action as words;
    let (label, confirm, kind): (fn() -> &'static str, fn() -> &'static str, ButtonKind) =
        match event {
            ProductEvent::Withdraw => (words::withdraw, words::withdraw_text, ButtonKind::Danger),
            ProductEvent::Revise => (words::revise, words::revise_text, ButtonKind::Second),
            ProductEvent::DiscardRevision => {
                (words::discard_revision, words::discard_revision_text, ButtonKind::Danger)
            }
            _ => return None,
        };
    let reason =
        if event.needs_reason() { Reason::Required { limit: REASON_MAX } } else { Reason::None };
    let mut action = WorkflowAction::new(event.as_str(), label);
    action.kind = kind;
    action.confirm = Some(Text::from(confirm));
    action.reason = reason;
    Some(action)
}

fn refused(refused: &RefusedEvent) -> Option<WorkflowAction> {
    let mut action = action(refused.event)?;
    let code = nq57_shared::problem::ProblemCode::parse(&refused.code)?;
    action.refusal = Some(Text::from(move || code.title(language())));
    Some(action)
}

/// Beside the text: code, version, who holds it, until when.
#[component]
fn Facts(
    product: Product,
    from: Remote<Product>,
    secret: RwSignal<Option<RenewedSecret>>,
) -> impl IntoView {
    use tr::submissions::own as words;
    let Product {
        id,
        code,
        version,
        public_version,
        holder,
        due_at,
        submitted_at,
        updated_at,
        state,
        ..
    } = product.clone();
    let pairs = Signal::derive(move || {
        let mut pairs: Vec<(Text, Text)> = vec![
            (
                Text::from(words::code),
                code.clone().map_or_else(|| Text::from(words::not_code), Text::from),
            ),
            (Text::from(words::version), Text::from(version.to_string())),
            (
                Text::from(words::holder),
                Text::from(holder.map_or_else(words::nobody, view_model::holder)),
            ),
        ];
        if let (Some(_), Some(due_at)) = (holder, due_at) {
            pairs.push((Text::from(words::due), Text::from(date(due_at))));
        }
        if let Some(at) = submitted_at {
            pairs.push((Text::from(words::submitted), Text::from(date_time(at))));
        }
        pairs.push((Text::from(words::changed), Text::from(date_time(updated_at))));
        pairs
    });
    view! {
        <div class="aside">
            <section>
                <h2>{words::facts}</h2>
                <Pairs pairs/>
            </section>
            {public_version.map(|version| view! {
                <section class="stack" data-gap="s">
                    <h2>{move || words::publics(version)}</h2>
                    {(state != ProductState::Published).then(|| view! { <p>{words::publics_text}</p> })}
                    <p><GoLink href=format!("/san-pham/{id}")>{words::public_page}</GoLink></p>
                </section>
            })}
            <RenewSecret product=product.clone() from secret/>
            <Actions product from/>
            <p><PrintButton kind=ButtonKind::Quiet/></p>
        </div>
    }
}
