//! A new secret for the code, for whoever has lost the old one: asked before, shown once, ready to be printed.
//! Refuses to keep it anywhere: it leaves with the page.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::products::Product;
use nq57_shared::tracking::RenewedSecret;
use nq57_ui::api::Remote;
use nq57_ui::components::{
    Button, ButtonKind, Confirm, CopyCode, Glyph, PrintButton, focus_on, toast,
};
use nq57_ui::i18n::{Text, tr};

use crate::products::api;

/// The id of the new secret's heading, which takes focus.
const SHOWN: &str = "ma-bi-mat-moi";

/// The new secret, large, above everything else of the page.
#[component]
pub(super) fn NewSecret(secret: RwSignal<Option<RenewedSecret>>) -> impl IntoView {
    use tr::submissions::secret as words;
    move || {
        secret.get().map(|RenewedSecret { code, secret, .. }| {
            view! {
                <section class="seal stack" aria-labelledby=SHOWN>
                    <h2 id=SHOWN tabindex="-1">{words::shown}</h2>
                    <p>
                        {tr::submissions::sent::code}
                        <strong class="big-code">{code}</strong>
                    </p>
                    <p>
                        {tr::submissions::sent::secret}
                        <CopyCode code=secret what=tr::submissions::sent::secret large=true/>
                    </p>
                    <p>{words::shown_text}</p>
                    <p><PrintButton/></p>
                </section>
            }
        })
    }
}

/// What the secret is for, and the way to a new one.
#[component]
pub(super) fn RenewSecret(
    product: Product,
    from: Remote<Product>,
    secret: RwSignal<Option<RenewedSecret>>,
) -> impl IntoView {
    use tr::submissions::secret as words;
    let Product { id, revision, may_renew_secret, .. } = product;
    if !may_renew_secret {
        return ().into_any();
    }
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let refused = RwSignal::new(None::<Text>);
    let renew = move |_: String| {
        busy.set(true);
        spawn_local(async move {
            let result = api::renew_secret(id, revision).await;
            if busy.try_set(false).is_some() {
                return; // The page is gone.
            }
            match result {
                Ok(renewed) => {
                    open.set(false);
                    let revision = renewed.revision;
                    secret.set(Some(renewed));
                    from.update(|product| product.revision = revision);
                    request_animation_frame(|| {
                        focus_on(SHOWN);
                    });
                }
                Err(failure) if failure.is_stale() => {
                    open.set(false);
                    toast(tr::submissions::own::stale);
                    from.reload();
                }
                Err(failure) => refused.set(Some(failure.title())),
            }
        });
    };
    view! {
        <section class="stack" data-gap="s">
            <h2>{words::title}</h2>
            <p>{words::text}</p>
            <p><Button kind=ButtonKind::Second small=true icon=Glyph::Lock on_press=move || { refused.set(None); open.set(true); }>{words::renew}</Button></p>
            <Confirm open title=words::question body=words::question_text confirm=words::renew busy refused on_confirm=renew/>
        </section>
    }
    .into_any()
}
