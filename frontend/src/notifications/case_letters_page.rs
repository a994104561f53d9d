//! `/thu-ve-ho-so?token=…`: whoever got a letter about a case says whether more may come. Opening the page changes
//! nothing: programs that look into mails open links too.

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::notifications::{CaseLetters, CaseLettersLink, TRACKING_PAGE};
use nq57_ui::api::{Failure, post};
use nq57_ui::components::{
    Button, ButtonKind, ButtonLink, Crumbs, FailureNotice, Notice, PageHead, Tone,
};
use nq57_ui::i18n::{Text, tr};

use crate::accounts::take_token;

async fn send(path: &'static str, token: String) -> Result<CaseLetters, Failure> {
    Ok(post(path).json(&CaseLettersLink { token }).anonymous().send().await?.body)
}

#[component]
pub fn CaseLettersPage() -> impl IntoView {
    use tr::notifications::letters as words;
    let token = StoredValue::new(take_token());
    let answer = RwSignal::new(None::<Result<CaseLetters, Failure>>);
    let busy = RwSignal::new(false);
    let choose = move |path: &'static str| {
        busy.set(true);
        spawn_local(async move {
            let outcome = send(path, token.get_value()).await;
            busy.set(false);
            answer.set(Some(outcome));
        });
    };
    let become_of_it = move || match answer.get() {
        None => ().into_any(),
        Some(Err(failure)) => view! { <FailureNotice failure/> }.into_any(),
        Some(Ok(state)) => {
            let follow = format!("{TRACKING_PAGE}?code={}", state.code);
            let (title, text) = if state.is_stopped {
                (Text::from(words::stopped), Text::from(words::stopped_text))
            } else {
                (Text::from(words::confirmed), Text::from(words::confirmed_text))
            };
            view! {
                <Notice title tone=Tone::Ok alert=true>
                    <p>{text}</p>
                    <div><ButtonLink href=follow kind=ButtonKind::Second>{words::follow}</ButtonLink></div>
                </Notice>
            }
            .into_any()
        }
    };
    let is_stopped = move || matches!(answer.get(), Some(Ok(state)) if state.is_stopped);
    view! {
        <Crumbs/>
        <div class="wrap narrow stack">
            <PageHead title=words::title lead=words::lead/>
            {become_of_it}
            {if token.with_value(String::is_empty) {
                view! {
                    <Notice title=words::no_token tone=Tone::Warn>
                        <p>{words::no_token_text}</p>
                    </Notice>
                }
                .into_any()
            } else {
                view! {
                    <div class="row" hidden=is_stopped>
                        <Button busy on_press=move || choose("/case-letters/confirm")>{words::confirm}</Button>
                        <Button kind=ButtonKind::Second busy on_press=move || choose("/case-letters/stop")>{words::stop}</Button>
                    </div>
                }
                .into_any()
            }}
        </div>
    }
}
