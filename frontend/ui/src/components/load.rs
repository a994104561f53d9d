//! Shows data that is on its way: grey lines, then the data, or what went wrong with a way to try again.

use leptos::prelude::*;

use super::{
    Button, ButtonKind, ButtonLink, Crumb, Glyph, HelpLine, Notice, PageHead, Skeleton, Tone,
};
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
    /// The data is the whole page, which belongs to this one: what fails gets a heading, and the way there.
    #[prop(optional)]
    page_of: Option<Crumb>,
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
                let on_retry = Callback::new(move |()| from.reload());
                match page_of.clone() {
                    Some(page_of) => {
                        view! { <FailurePage failure page_of on_retry busy=from.busy()/> }
                            .into_any()
                    }
                    None => view! { <FailureNotice failure on_retry busy=from.busy()/> }.into_any(),
                }
            })
        }
    }
}

/// Instead of a page: what went wrong, and the way on.
#[component]
fn FailurePage(
    failure: Failure,
    page_of: Crumb,
    on_retry: Callback<()>,
    busy: Signal<bool>,
) -> impl IntoView {
    if matches!(failure.status(), 403 | 404) {
        return view! { <Missing page_of/> }.into_any();
    }
    let way_on = way_on(&failure, Some(on_retry), busy);
    let help = needs_help(&failure).then(|| view! { <HelpLine/> });
    match failure.detail() {
        Some(lead) => {
            view! { <PageHead title=failure.title() lead><div>{way_on}</div>{help}</PageHead> }
                .into_any()
        }
        None => view! { <PageHead title=failure.title()><div>{way_on}</div>{help}</PageHead> }
            .into_any(),
    }
}

/// Whether it is the platform's fault, so that its operator should hear of it.
fn needs_help(failure: &Failure) -> bool {
    failure.status() >= 500 || matches!(failure, Failure::Unreadable(_))
}

/// Instead of a page whose thing does not exist, or not for this reader.
#[component]
pub fn Missing(page_of: Crumb) -> impl IntoView {
    let Crumb { label, href } = page_of;
    view! {
        <PageHead title=tr::ui::missing::title lead=tr::ui::missing::lead>
            <div class="row">
                <ButtonLink href>{label}</ButtonLink>
                <a href="/">{tr::ui::home}</a>
            </div>
        </PageHead>
    }
}

/// Sign in, or try again: whichever may help.
fn way_on(
    failure: &Failure,
    on_retry: Option<Callback<()>>,
    busy: Signal<bool>,
) -> Option<AnyView> {
    if failure.needs_sign_in() {
        Some(view! { <ButtonLink href=session::sign_in_address() kind=ButtonKind::Second small=true icon=Glyph::SignIn>{tr::ui::sign_in}</ButtonLink> }.into_any())
    } else if failure.is_not_found() {
        None
    } else {
        on_retry.map(|on_retry| {
            view! { <Button kind=ButtonKind::Second small=true icon=Glyph::Retry busy on_press=move || on_retry.run(())>{tr::ui::retry}</Button> }.into_any()
        })
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
    let way_on = way_on(&failure, on_retry, busy);
    let (title, detail) = (failure.title(), failure.detail());
    let help = needs_help(&failure).then(|| view! { <HelpLine/> });
    view! {
        <Notice title tone icon alert=true>
            {detail.map(|detail| view! { <p>{detail}</p> })}
            {help}
            {way_on.map(|way_on| view! { <div>{way_on}</div> })}
        </Notice>
    }
}
