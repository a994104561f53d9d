//! Everything under the filters of queue or register as a file.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Failure;
use crate::components::{Button, ButtonKind, Glyph, save_csv, toast};
use crate::i18n::{number, tr};

/// The most rows of a file, as far as the server counts: whoever wants more asks for less at a time.
pub(super) const FILE_ROWS: usize = 10_000;

/// What a file would hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct InFile {
    pub rows: u64,
    /// There is more than a file holds: only the first rows stand in it.
    pub is_cut: bool,
    /// Counted before the filters were changed.
    pub is_old: bool,
}

impl InFile {
    fn label(self) -> String {
        match self {
            Self { is_old: true, .. } => tr::ui::csv().to_owned(),
            Self { is_cut: true, rows, .. } => tr::casework::csv_first(number(rows)),
            Self { rows, .. } => tr::casework::csv(number(rows)),
        }
    }
}

/// The button for the file; nothing where there is nothing to save.
#[component]
pub(super) fn Csv<F>(
    #[prop(into)] holds: Signal<Option<InFile>>,
    /// Of the file.
    name: &'static str,
    /// Fetches what stands in it, the heads of the columns first.
    lines: impl Fn() -> F + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    F: Future<Output = Result<Vec<Vec<String>>, Failure>> + 'static,
{
    let busy = RwSignal::new(false);
    let download = Callback::new(move |()| {
        busy.set(true);
        let lines = lines();
        spawn_local(async move {
            if lines.await.and_then(|lines| save_csv(&lines, name)).is_err() {
                toast(tr::casework::csv_failed);
            }
            busy.try_set(false);
        });
    });
    let is_any = Memo::new(move |_| holds.get().is_some_and(|holds| holds.rows > 0));
    move || {
        is_any.get().then(|| view! {
            <Button kind=ButtonKind::Second small=true icon=Glyph::Download busy on_press=move || download.run(())>
                {move || holds.get().map(InFile::label)}
            </Button>
        })
    }
}
