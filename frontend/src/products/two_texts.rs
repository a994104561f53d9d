//! Two texts of the same thing: shows both, changes neither until one is chosen. A form over a record that others
//! may change meanwhile is sent and shown through here.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_ui::api::{Failure, NotSent, Overlap, Record};
use nq57_ui::components::{Button, ButtonKind, Confirm, Form, Notice, Tone, focus_on, toast};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::state::page;

use super::SideBySide;

/// What differs: its name, what the server has, what was typed.
pub type Difference = (Text, Text, Text);

/// Shown while the server has another text than the one that mine was written over. Takes focus, and gives it
/// to the heading of what was chosen.
#[component]
pub fn TwoTexts(
    differences: Vec<Difference>,
    #[prop(into)] on_keep: Callback<()>,
    #[prop(into)] on_take: Callback<()>,
    /// The id of the heading of the part; without it the heading of the page.
    #[prop(optional)]
    heading: Option<&'static str>,
) -> impl IntoView {
    use tr::submissions::conflict as words;
    let asking = RwSignal::new(false);
    let notice = NodeRef::<html::Div>::new();
    notice.on_load(|notice| {
        request_animation_frame(move || {
            let _ = notice.focus();
        });
    });
    let go_on = move || match heading {
        Some(id) => request_animation_frame(move || {
            focus_on(id);
        }),
        None => page::ask_for_focus(),
    };
    let keep = move || {
        on_keep.run(());
        toast(words::kept);
        go_on();
    };
    let take = move |_reason: String| {
        on_take.run(());
        toast(words::taken);
        go_on();
    };
    view! {
        <div class="form stack">
            <div node_ref=notice tabindex="-1">
                <Notice title=words::title tone=Tone::Warn alert=true>
                    <p>{words::text}</p>
                </Notice>
            </div>
            <SideBySide rows=differences caption=words::table before=words::theirs after=words::mine/>
            <div class="row">
                <Button on_press=keep>{words::keep}</Button>
                <Button kind=ButtonKind::Second on_press=move || asking.set(true)>{words::take}</Button>
            </div>
            <Confirm open=asking title=words::take_question body=words::take_text confirm=words::take kind=ButtonKind::Danger on_confirm=take/>
        </div>
    }
}

/// Sends a form: busy meanwhile, what is refused beside its fields. `sent` gets what was written; while both
/// texts are held there is nothing to tell.
pub fn send_over<R: Record, P: PartialEq + 'static>(
    over: Overlap<R>,
    form: Form,
    mine: P,
    part: impl Fn(&R) -> P + 'static,
    write: impl AsyncFn(&R) -> Result<R, Failure> + 'static,
    sent: impl FnOnce(R) + 'static,
) {
    form.set_busy(true);
    spawn_local(async move {
        let outcome = over.send(&mine, part, write).await;
        form.set_busy(false);
        match outcome {
            Ok(written) => sent(written),
            Err(NotSent::Failed(failure)) => form.show(&failure),
            Err(NotSent::Both | NotSent::Gone) => {}
        }
    });
}

/// Both texts while somebody else's is held. `submit` sends mine again over theirs; `take` shows theirs.
#[component]
pub fn HeldTexts<R: Record>(
    over: Overlap<R>,
    differences: impl Fn(&R) -> Vec<Difference> + Send + Sync + 'static,
    submit: impl Fn() + Copy + Send + Sync + 'static,
    take: impl Fn(R) + Copy + Send + Sync + 'static,
    /// As of [`TwoTexts`].
    #[prop(optional)]
    heading: Option<&'static str>,
) -> impl IntoView {
    let on_keep = move || {
        over.keep_mine();
        submit();
    };
    let on_take = move || {
        if let Some(theirs) = over.take_theirs() {
            take(theirs);
        }
    };
    move || {
        over.theirs().map(|theirs| {
            let differences = differences(&theirs);
            view! { <TwoTexts differences on_keep on_take nostrip:heading=heading/> }
        })
    }
}
