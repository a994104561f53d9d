//! Shows data that is on its way: grey lines, then the data, or what went wrong with a way to try again.

use leptos::prelude::*;

use super::{Button, ButtonKind, ButtonLink, Glyph, Notice, Skeleton, Tone};
use crate::api::{Failure, Remote, State};
use crate::i18n::tr;
use crate::state::session;

/// The data through `view`; waiting and failure look the same everywhere.
///
/// `view` runs again when the data changes. Pass `waiting` for another skeleton.
#[component]
pub fn Load<T, V>(
    from: Remote<T>,
    /// Draws the data.
    view: impl Fn(T) -> V + Send + Sync + 'static,
    /// Instead of grey lines.
    #[prop(optional, into)]
    waiting: Option<ViewFn>,
    /// Instead of the usual notice; gets the failure.
    #[prop(optional, into)]
    failed: Option<Callback<(Failure,), Option<AnyView>>>,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    move || match from.state() {
        State::Waiting => match &waiting {
            Some(waiting) => waiting.run(),
            None => view! { <Skeleton/> }.into_any(),
        },
        State::Ready(data) => view(data).into_any(),
        State::Failed(failure) => {
            failed.and_then(|failed| failed.run((failure.clone(),))).unwrap_or_else(|| {
                view! { <FailureNotice failure on_retry=move || from.reload() busy=from.busy()/> }
                    .into_any()
            })
        }
    }
}

/// What went wrong, in the flow of the page, with a way on: try again, or sign in.
#[component]
pub fn FailureNotice(
    failure: Failure,
    #[prop(optional, into)] on_retry: Option<Callback<()>>,
    #[prop(optional, into)] busy: Signal<bool>,
) -> impl IntoView {
    let tone = if failure.may_pass() { Tone::Warn } else { Tone::Bad };
    let icon = match failure {
        Failure::Offline => Glyph::Offline,
        _ if failure.needs_sign_in() => Glyph::Lock,
        _ => tone.glyph(),
    };
    let way_on = if failure.needs_sign_in() {
        Some(view! { <ButtonLink href=session::sign_in_address() kind=ButtonKind::Second small=true icon=Glyph::SignIn>{tr::ui::sign_in}</ButtonLink> }.into_any())
    } else if failure.is_not_found() {
        None
    } else {
        on_retry.map(|on_retry| {
            view! { <Button kind=ButtonKind::Second small=true icon=Glyph::Retry busy on_press=move || on_retry.run(())>{tr::ui::retry}</Button> }.into_any()
        })
    };
    let (title, detail) = (failure.title(), failure.detail());
    view! {
        <Notice title tone icon alert=true>
            {detail.map(|detail| view! { <p>{detail}</p> })}
            {way_on.map(|way_on| view! { <div>{way_on}</div> })}
        </Notice>
    }
}
