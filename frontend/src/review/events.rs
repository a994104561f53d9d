//! The bar of events, and sending one: a stale page is loaded anew and says so.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::products::{Product, ProductEvent};

use super::view_model::{actions, verb};
use crate::api::Remote;
use crate::i18n::tr;
use crate::products::api;
use crate::ui::{WorkflowBar, toast};

/// The events of this part of the way. After one, the page is drawn with what it led to.
#[component]
pub(super) fn Events(
    #[prop(into)] product: Signal<Product>,
    page: Remote<Product>,
    part: &'static [ProductEvent],
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let buttons = Signal::derive(move || {
        product.with(|product| actions(&product.allowed_events, &product.refused_events, part))
    });
    let send = move |key: String, reason: String| {
        let Some(event) = ProductEvent::parse(&key) else { return };
        let (id, revision) = product.with_untracked(|product| (product.id, product.revision));
        busy.set(true);
        spawn_local(async move {
            let reason = Some(reason).filter(|reason| !reason.is_empty());
            let outcome = api::send_event(id, revision, event, reason).await;
            busy.try_set(false);
            match outcome {
                Ok(changed) => {
                    if let Some(verb) = verb(event) {
                        toast(move || tr::review::done(verb()));
                    }
                    page.set(changed);
                }
                Err(failure) if failure.is_stale() => {
                    toast(tr::review::stale);
                    page.reload();
                }
                Err(failure) => toast(failure.title()),
            }
        });
    };
    view! {
        {move || (!buttons.with(Vec::is_empty)).then(|| view! {
            <WorkflowBar actions=buttons busy on_event=send label=tr::review::actions/>
        })}
    }
}
