//! The bar of events, and sending one. When somebody else has changed the submission meanwhile, the question stays
//! with its reason, says how the submission stands, and can be sent again.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::products::{Product, ProductEvent};
use nq57_ui::api::{Failure, Record as _, Remote};
use nq57_ui::components::WorkflowBar;
use nq57_ui::i18n::{Text, tr};
use nq57_ui::state::page as page_state;

use super::view_model::{actions, page_of, verb};
use crate::products::{api, told, view_model};

/// The events of this part of the way. After one, the page is drawn with what it led to.
#[component]
pub(super) fn Events(
    product: RwSignal<Product>,
    page: Remote<Product>,
    part: &'static [ProductEvent],
    /// Why none can be sent just now.
    #[prop(optional, into)]
    hold: Signal<Option<Text>>,
    /// What the reasons of these events begin with.
    #[prop(optional, into)]
    drafts: Signal<Vec<(ProductEvent, String)>>,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<Text>);
    let drawn = product.with_untracked(|product| product.state);
    let buttons = Signal::derive(move || {
        let hold = hold.get();
        let mut actions = product.with(|product| {
            actions(&product.allowed_events, &product.refused_events, part, hold.as_ref())
        });
        for (event, draft) in drafts.get() {
            if let Some(action) = actions.iter_mut().find(|action| action.key == event.as_str()) {
                action.draft = draft;
            }
        }
        actions
    });
    // The page follows a submission that has gone on once nobody is writing a reason any more.
    Effect::new(move |_| {
        let is_asking = refused.with(Option::is_some);
        if !is_asking && product.with_untracked(|product| product.state) != drawn {
            page.set(product.get_untracked());
        }
    });
    let send = move |key: String, reason: String| {
        let Some(event) = ProductEvent::parse(&key) else { return };
        let before = product.get_untracked();
        busy.set(true);
        spawn_local(async move {
            let reason = Some(reason).filter(|reason| !reason.is_empty());
            let outcome = api::send_event(before.id, before.revision, event, reason).await;
            let outcome = match outcome {
                Err(failure) if failure.is_stale() => {
                    Err((failure, before.read_again().await.ok()))
                }
                outcome => outcome.map_err(|failure| (failure, None)),
            };
            match outcome {
                Ok(changed) => {
                    product.try_set(changed.clone());
                    refused.try_set(None);
                    busy.try_set(false);
                    if let Some(verb) = verb(event) {
                        told(
                            Text::from(move || tr::review::done(verb())),
                            &changed,
                            page_of(&changed),
                        );
                    }
                    page_state::ask_for_focus();
                    page.set(changed);
                }
                Err((failure, fresh)) => {
                    refused.try_set(Some(why(&failure, fresh.as_ref())));
                    busy.try_set(false);
                    if let Some(fresh) = fresh {
                        product.try_set(fresh);
                    }
                }
            }
        });
    };
    if buttons.with_untracked(Vec::is_empty) {
        return ().into_any();
    }
    view! { <WorkflowBar actions=buttons busy refused on_event=send label=tr::review::actions/> }
        .into_any()
}

/// Why it was refused, and how the submission stands now.
fn why(failure: &Failure, fresh: Option<&Product>) -> Text {
    match fresh.map(|fresh| fresh.state) {
        Some(state) => Text::from(move || tr::review::stale(view_model::state(state))),
        None => failure.title(),
    }
}
