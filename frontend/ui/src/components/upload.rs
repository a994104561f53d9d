//! Picking files and watching them go. The page sends them (see `api::upload`) and keeps each row's state.

use leptos::ev;
use leptos::prelude::*;

use super::frame::{GroupFrame, GroupFrameProps, Wiring};
use super::{Glyph, Icon, IconButton, ProgressBar};
use crate::i18n::{Text, file_size, tr};

/// How far a file is.
#[derive(Clone)]
pub enum FileState {
    /// Picked, not yet on its way.
    Waiting,
    /// On its way; percent sent.
    Sending(u8),
    /// Stored.
    Done,
    /// Not taken; why and what to do.
    Refused(Text),
}

/// One file of the list. `Clone`; the state is a signal, so progress redraws one line only.
#[derive(Clone)]
pub struct FileRow {
    /// Unique in the list: the id on the server, or any before that.
    pub key: String,
    pub name: String,
    pub size: u64,
    pub state: RwSignal<FileState>,
    /// Where it can be opened, once stored.
    pub href: Option<String>,
}

/// A picker with drag and drop, and the files below it.
#[component]
pub fn Upload(
    /// JSON pointer, so that errors about the files land here.
    #[prop(into)]
    name: String,
    #[prop(into)] label: Text,
    /// Which types and sizes are taken.
    #[prop(optional, into)]
    hint: Option<Text>,
    /// The `accept` attribute.
    #[prop(optional)]
    accept: Option<&'static str>,
    #[prop(default = true)] multiple: bool,
    #[prop(into)] files: Signal<Vec<FileRow>>,
    /// New files; called once for each pick or drop.
    #[prop(into)]
    on_pick: UnsyncCallback<(Vec<web_sys::File>,)>,
    /// Remove or cancel the file with this key.
    #[prop(into)]
    on_remove: Callback<(String,)>,
    #[prop(optional)] optional: bool,
) -> impl IntoView {
    let wiring = Wiring::new(&name, &label, hint.is_some(), false, None);
    let id = wiring.id.clone();
    let described = wiring.clone();
    let over = RwSignal::new(false);
    let picked = move |event: ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&event);
        on_pick.run((listed(input.files()),));
        // The same file may be picked again after it was removed.
        input.set_value("");
    };
    let dropped = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        on_pick.run((listed(event.data_transfer().and_then(|transfer| transfer.files())),));
    };
    // Said as soon as it happens: the list itself is silent.
    let refusals = Memo::new(move |_| {
        let refused = files.get().into_iter().filter_map(|file| match file.state.get() {
            FileState::Refused(why) => Some(format!("{}: {}", file.name, why.get())),
            FileState::Waiting | FileState::Sending(_) | FileState::Done => None,
        });
        refused.collect::<Vec<_>>().join(" ")
    });
    let content = move || {
        let input_id = id.clone();
        view! {
            <div
                class="upload"
                data-over=move || over.get()
                on:dragover=move |event: ev::DragEvent| {
                    event.prevent_default();
                    over.set(true);
                }
                on:dragleave=move |_| over.set(false)
                on:drop=dropped
            >
                <Icon name=Glyph::Upload large=true/>
                <input
                    class="sr"
                    type="file"
                    id=input_id
                    accept=accept
                    multiple=multiple
                    aria-describedby=move || described.described_by()
                    on:change=picked
                />
                <label class="btn" data-kind="second" for=id>{tr::ui::upload::pick}</label>
                <span class="small muted">{tr::ui::upload::or_drop}</span>
            </div>
            <p class="sr" role="status">{refusals}</p>
            <ul class="files">
                <For each=move || files.get() key=|file| file.key.clone() children=move |file| file_line(file, on_remove)/>
            </ul>
        }
        .into_any()
    };
    GroupFrame(GroupFrameProps { wiring, label, hint, optional, children: Box::new(content) })
}

fn file_line(file: FileRow, on_remove: Callback<(String,)>) -> impl IntoView {
    let FileRow { key, name, size, state, href } = file;
    let refused = move || state.with(|state| matches!(state, FileState::Refused(_)));
    let glyph = move || {
        let name = state.with(|state| match state {
            FileState::Refused(_) => Glyph::Late,
            FileState::Done => Glyph::File,
            FileState::Waiting | FileState::Sending(_) => Glyph::Upload,
        });
        view! { <Icon name/> }
    };
    let note = move || match state.get() {
        FileState::Waiting => format!("{}, {}", file_size(size), tr::ui::upload::waiting()),
        FileState::Sending(percent) => tr::ui::upload::sending(percent),
        FileState::Done => file_size(size),
        FileState::Refused(why) => why.string(),
    };
    let remove = {
        let name = name.clone();
        let text = move || match state.get() {
            FileState::Sending(_) | FileState::Waiting => tr::ui::upload::cancel(&name),
            FileState::Done | FileState::Refused(_) => tr::ui::upload::remove(&name),
        };
        view! { <IconButton icon=Glyph::Trash label=text on_press=move || on_remove.run((key.clone(),))/> }
    };
    let bar = {
        let name = name.clone();
        let sending =
            Memo::new(move |_| state.with(|state| matches!(state, FileState::Sending(_))));
        let percent = Signal::derive(move || {
            state.with(|state| if let FileState::Sending(percent) = state { *percent } else { 0 })
        });
        move || {
            let name = name.clone();
            sending.get().then(
                || view! { <ProgressBar label=move || tr::ui::upload::progress(&name) percent/> },
            )
        }
    };
    let title = match href {
        Some(href) => view! { <a href=href>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    view! {
        <li class="file" data-state=move || refused().then_some("bad")>
            {glyph}
            <span>
                {title}
                <br/>
                <span class="tiny" class:muted=move || !refused()>{note}</span>
            </span>
            {remove}
            {bar}
        </li>
    }
}

fn listed(files: Option<web_sys::FileList>) -> Vec<web_sys::File> {
    let Some(files) = files else { return Vec::new() };
    (0..files.length()).filter_map(|index| files.get(index)).collect()
}
