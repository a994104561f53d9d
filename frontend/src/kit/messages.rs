//! Messages, waiting, emptiness, failures, codes, running text.

use leptos::prelude::*;
use nq57_ui::api::Failure;
use nq57_ui::components::{
    Button, ButtonKind, CopyCode, Empty, FailureNotice, Markdown, Notice, ProgressBar, Skeleton,
    Tone, toast, toast_with_action, toast_with_link,
};
use nq57_ui::i18n::tr;

use super::Section;

/// What the platform says.
#[component]
pub(super) fn Messages() -> impl IntoView {
    use tr::kit::notices as words;
    use tr::kit::rest;
    let say = move || toast_with_action(words::toast_text, words::undo, || toast(words::undone));
    let lead = move || toast_with_link(words::ok, "SP-2026-000123", "/san-pham");
    view! {
        <Section id="notices" title=words::title>
            <Notice title=words::info><p>{words::info_text}</p></Notice>
            <Notice title=words::ok tone=Tone::Ok/>
            <Notice title=words::warn tone=Tone::Warn><p>{words::warn_text}</p></Notice>
            <Notice title=words::bad tone=Tone::Bad><p>{words::bad_text}</p></Notice>
            <p>
                <Button kind=ButtonKind::Second on_press=say>{words::toast}</Button>
                <Button kind=ButtonKind::Second on_press=lead>{words::toast_link}</Button>
            </p>
        </Section>
        <Section id="rest" title=rest::title>
            <Skeleton/>
            <ProgressBar label=rest::importing percent=40_u8/>
            <Empty title=rest::empty>
                <p>{rest::empty_text}</p>
                <p><a href="/ui">{tr::ui::filters_clear}</a></p>
            </Empty>
            <FailureNotice failure=Failure::Offline on_retry=move || toast(tr::ui::retry)/>
            <FailureNotice failure=Failure::Unreadable(502) on_retry=move || toast(tr::ui::retry)/>
            <p>
                <CopyCode code="K7PD-29TX-MWQA" what=rest::secret/>
                <CopyCode code="K7PD-29TX-MWQA" what=rest::secret large=true/>
            </p>
            <Markdown html=Signal::derive(|| rest::prose().to_owned())/>
        </Section>
    }
}
