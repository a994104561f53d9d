//! Two texts of the same draft: shows both, changes neither until one is chosen.

use leptos::prelude::*;

use super::editor::{Conflict, Editor};
use crate::i18n::tr;
use crate::products::Changes;
use crate::ui::{Button, ButtonKind, Confirm, Notice, Tone, focus_on, toast};

/// The id of the notice, which takes focus.
const NOTICE: &str = "hai-ban";

/// Shown while the server has another text than the one that mine was written over.
#[component]
pub(super) fn ConflictView(editor: Editor) -> impl IntoView {
    move || editor.conflict().map(|conflict| view! { <TwoTexts editor conflict/> })
}

#[component]
fn TwoTexts(editor: Editor, conflict: Conflict) -> impl IntoView {
    use tr::submissions::conflict as words;
    let asking = RwSignal::new(false);
    request_animation_frame(|| {
        focus_on(NOTICE);
    });
    let changes = conflict.differences.clone();
    let (kept, taken) = (conflict.clone(), conflict);
    let keep = move || {
        editor.keep_mine(kept.clone());
        toast(words::kept);
    };
    let take = move |_reason: String| {
        editor.take_theirs(taken.clone());
        toast(words::taken);
    };
    view! {
        <div class="form stack">
            <div id=NOTICE tabindex="-1">
                <Notice title=words::title tone=Tone::Warn alert=true>
                    <p>{words::text}</p>
                </Notice>
            </div>
            <Changes changes caption=words::table before=words::theirs after=words::mine/>
            <div class="row">
                <Button on_press=keep>{words::keep}</Button>
                <Button kind=ButtonKind::Second on_press=move || asking.set(true)>{words::take}</Button>
            </div>
            <Confirm open=asking title=words::take_question body=words::take_text confirm=words::take kind=ButtonKind::Danger on_confirm=take/>
        </div>
    }
}
