//! Everything under the filters of queue or register as a file.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Failure;
use crate::components::{Button, ButtonKind, Glyph, save_csv, toast};
use crate::i18n::{number, tr};

/// The most rows of a file, as far as the server counts: whoever wants more asks for less at a time.
pub(super) const FILE_ROWS: usize = 10_000;

/// The button for the file; nothing where there is nothing to save.
#[component]
pub(super) fn Csv<F>(
    #[prop(into)] total: Signal<Option<u64>>,
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
    move || {
        total.get().filter(|total| *total > 0).map(|total| view! {
            <Button kind=ButtonKind::Second small=true icon=Glyph::Download busy on_press=move || download.run(())>
                {move || tr::casework::csv(number(total))}
            </Button>
        })
    }
}
