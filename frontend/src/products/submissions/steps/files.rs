//! Step 4: documents. Files go one after the other, each with its progress; what was cut leaves nothing behind.

use std::collections::HashMap;
use std::sync::LazyLock;

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::files::{FileType, MAX_BYTES};
use nq57_shared::products::{FILES_MAX, ProductFile};
use nq57_ui::api::{Failure, Sending};
use nq57_ui::components::{ButtonKind, Confirm, FileRow, FileState, Upload, toast};
use nq57_ui::i18n::{Text, tr};
use uuid::Uuid;

use super::super::editor::Editor;
use crate::products::api;

/// Whole megabytes that one file may have.
const LIMIT: u64 = MAX_BYTES / (1024 * 1024);

static ACCEPT: LazyLock<String> = LazyLock::new(api::accepted_files);

/// The files of a draft and those on their way. `Copy`.
#[derive(Clone, Copy)]
pub(in super::super) struct FileQueue {
    editor: Editor,
    rows: RwSignal<Vec<FileRow>>,
    waiting: StoredValue<Vec<(String, web_sys::File)>, LocalStorage>,
    sending: StoredValue<HashMap<String, Sending>, LocalStorage>,
    at_work: RwSignal<bool>,
}

impl FileQueue {
    /// The files that the draft has.
    pub fn new(editor: Editor) -> Self {
        let stored =
            editor.product.with_untracked(|product| product.files.iter().map(stored_row).collect());
        Self {
            editor,
            rows: RwSignal::new(stored),
            waiting: StoredValue::new_local(Vec::new()),
            sending: StoredValue::new_local(HashMap::new()),
            at_work: RwSignal::new(false),
        }
    }

    /// Whether files are on their way; reactive.
    pub fn is_at_work(self) -> bool {
        self.at_work.get()
    }

    fn pick(self, files: Vec<web_sys::File>) {
        for file in files {
            let key = Uuid::new_v4().to_string();
            let name = file.name();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a size in whole bytes"
            )]
            let size = file.size() as u64;
            let count =
                self.rows.with_untracked(|rows| rows.iter().filter(|row| !is_refused(row)).count());
            let refusal = if count >= FILES_MAX {
                Some(Text::from(|| tr::submissions::files::too_many(FILES_MAX)))
            } else if !has_accepted_name(&name) {
                Some(Text::from(tr::submissions::files::kind_refused))
            } else if size == 0 {
                Some(Text::from(tr::submissions::files::is_empty))
            } else if size > MAX_BYTES {
                Some(Text::from(|| tr::submissions::files::too_large(LIMIT)))
            } else {
                None
            };
            let state =
                RwSignal::new(refusal.clone().map_or(FileState::Waiting, FileState::Refused));
            self.rows.update(|rows| {
                rows.push(FileRow { key: key.clone(), name, size, state, href: None })
            });
            if refusal.is_none() {
                self.waiting.update_value(|waiting| waiting.push((key, file)));
            }
        }
        if !self.at_work.get_untracked() {
            spawn_local(self.work());
        }
    }

    /// Sends what waits, one file after the other.
    async fn work(self) {
        self.at_work.set(true);
        while let Some((key, file)) = self
            .waiting
            .try_update_value(|waiting| (!waiting.is_empty()).then(|| waiting.remove(0)))
            .flatten()
        {
            self.send(&key, &file).await;
        }
        self.at_work.try_set(false);
    }

    async fn send(self, key: &str, file: &web_sys::File) {
        let Some(state) = self
            .rows
            .with_untracked(|rows| rows.iter().find(|row| row.key == key).map(|row| row.state))
        else {
            return;
        };
        let id = self.editor.product.with_untracked(|product| product.id);
        let sending = Sending::default();
        self.sending.update_value(|all| {
            all.insert(key.to_owned(), sending.clone());
        });
        state.set(FileState::Sending(0));
        let progress = move |percent| {
            state.try_set(FileState::Sending(percent));
        };
        let result = api::add_file(id, file, &sending, progress).await;
        self.sending.try_update_value(|all| all.remove(key));
        match result {
            Ok(stored) => {
                self.rows.try_update(|rows| {
                    if let Some(row) = rows.iter_mut().find(|row| row.key == key) {
                        *row = stored_row(&stored);
                    }
                });
            }
            Err(Failure::Cancelled) => self.drop_row(key),
            Err(failure) => {
                let (title, detail) = (failure.title(), failure.detail());
                let why = Text::from(move || match &detail {
                    Some(detail) => format!("{}. {}", title.get(), detail.get()),
                    None => title.string(),
                });
                state.try_set(FileState::Refused(why));
            }
        }
        self.refresh().await;
    }

    /// A file changes the revision: the next save must know it.
    async fn refresh(self) {
        if self.rows.is_disposed() {
            return;
        }
        let id = self.editor.product.with_untracked(|product| product.id.to_string());
        if let Ok(product) = api::read(&id).await {
            self.editor.adopt(product);
        }
    }

    fn drop_row(self, key: &str) {
        self.rows.try_update(|rows| rows.retain(|row| row.key != key));
    }

    /// Takes a file off that is not stored, or gives up one on its way. True when nothing is left to ask.
    fn give_up(self, key: &str) -> bool {
        if let Some(sending) = self.sending.with_value(|all| all.get(key).cloned()) {
            sending.cancel();
            return true;
        }
        let was_waiting = self.waiting.try_update_value(|waiting| {
            let before = waiting.len();
            waiting.retain(|(known, _)| known != key);
            waiting.len() < before
        });
        let refused = self
            .rows
            .with_untracked(|rows| rows.iter().any(|row| row.key == key && is_refused(row)));
        if was_waiting == Some(true) || refused {
            self.drop_row(key);
            return true;
        }
        false
    }

    async fn remove(self, key: String) -> Result<(), Failure> {
        let stored = self.editor.product.with_untracked(|product| {
            (
                product.id,
                product.revision,
                product.files.iter().find(|file| file.id.to_string() == key).map(|file| file.id),
            )
        });
        if let (id, revision, Some(file)) = stored {
            match api::remove_file(id, revision, file).await {
                Err(failure) if !failure.is_not_found() => return Err(failure),
                Ok(()) | Err(_) => {}
            }
        }
        self.drop_row(&key);
        self.refresh().await;
        Ok(())
    }
}

fn stored_row(file: &ProductFile) -> FileRow {
    FileRow {
        key: file.id.to_string(),
        name: file.name.clone(),
        size: file.size,
        state: RwSignal::new(FileState::Done),
        href: None,
    }
}

fn is_refused(row: &FileRow) -> bool {
    row.state.with_untracked(|state| matches!(state, FileState::Refused(_)))
}

fn has_accepted_name(name: &str) -> bool {
    let extension =
        name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
    FileType::ALL.iter().any(|kind| kind.extensions().contains(&extension.as_str()))
}

/// The picker, the files, and the question before one is removed.
#[component]
pub(in super::super) fn FilesFields(queue: FileQueue) -> impl IntoView {
    use tr::submissions::files as words;
    let asked = RwSignal::new(None::<(String, String)>);
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let remove = move |key: String| {
        if queue.give_up(&key) {
            return;
        }
        let name = queue
            .rows
            .with_untracked(|rows| {
                rows.iter().find(|row| row.key == key).map(|row| row.name.clone())
            })
            .unwrap_or_default();
        asked.set(Some((key, name)));
        open.set(true);
    };
    let confirmed = move |_reason: String| {
        let Some((key, name)) = asked.get_untracked() else { return };
        busy.set(true);
        spawn_local(async move {
            match queue.remove(key).await {
                Ok(()) => toast(move || words::removed(&name)),
                Err(failure) => toast(failure.title()),
            }
            busy.try_set(false);
            open.try_set(false);
        });
    };
    let body = Text::from(move || {
        asked.get().map(|(_, name)| words::remove_text(name)).unwrap_or_default()
    });
    view! {
        <Upload
            name="/files"
            label=words::label
            hint=move || words::hint(FILES_MAX, LIMIT)
            accept=ACCEPT.as_str()
            files=queue.rows
            on_pick=move |files| queue.pick(files)
            on_remove=remove
            optional=true
        />
        <Confirm open title=words::remove_question body confirm=words::remove kind=ButtonKind::Danger busy on_confirm=confirmed/>
    }
}

#[cfg(test)]
mod tests {
    use super::has_accepted_name;

    #[test]
    fn names_that_the_server_would_refuse_are_told_at_once() {
        assert!(has_accepted_name("Phiếu kiểm định.PDF"));
        assert!(!has_accepted_name("video.mov"));
        assert!(!has_accepted_name("khong-duoi"));
    }
}
