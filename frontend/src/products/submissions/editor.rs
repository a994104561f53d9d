//! The text of a draft while it is written: saved to the server shortly after each change, kept on the device
//! while the server cannot be reached, and never written over what somebody else has saved meanwhile.

use std::time::Duration;

use leptos::ev;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::products::{FieldChange, Product, ProductDraft};
use nq57_shared::time::Timestamp;
use nq57_shared::validate::Validate as _;
use nq57_ui::api::{Failure, pause};
use nq57_ui::components::{toast, warn_on_leave};
use nq57_ui::i18n::{now, tr};
use nq57_ui::state::local_drafts;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fields::Fields;
use super::{draft_of, patch};
use crate::products::api;

const QUIET: Duration = Duration::from_millis(1_200);
const RETRY: Duration = Duration::from_secs(15);

/// What was typed, and what it was typed over.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct LocalDraft {
    revision: u64,
    base: ProductDraft,
    mine: ProductDraft,
}

/// How far saving is, for the line beside the steps.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Saving {
    /// Nothing has changed since the page was opened.
    Still,
    Busy,
    Saved(Timestamp),
    /// Saved, except values that the server would refuse.
    Partly(Timestamp),
    /// Kept on this device.
    Kept,
}

/// Why nothing was saved.
#[derive(Clone, Debug)]
pub(super) enum NotSaved {
    /// Somebody else has changed the same draft: the page shows both texts.
    Conflict,
    Failed(Failure),
    /// The page has been left.
    Gone,
}

/// Two texts of the same draft.
#[derive(Clone)]
pub(super) struct Conflict {
    pub theirs: Product,
    /// What mine was written over, and its revision.
    base: ProductDraft,
    revision: u64,
    /// What I changed, from the server's value to mine.
    pub differences: Vec<FieldChange>,
}

/// A draft that is being written. `Copy`.
#[derive(Clone, Copy)]
pub(super) struct Editor {
    pub fields: Fields,
    /// As the server has it.
    pub product: RwSignal<Product>,
    saving: RwSignal<Saving>,
    conflict: RwSignal<Option<Conflict>>,
    busy: StoredValue<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Editor {
    /// Opens a draft; what was kept on this device comes back.
    pub fn open(product: Product) -> Self {
        let editor = Self {
            fields: Fields::new(),
            product: RwSignal::new(product),
            saving: RwSignal::new(Saving::Still),
            conflict: RwSignal::new(None),
            busy: StoredValue::new(false),
            timer: StoredValue::new(None),
        };
        editor.restore();
        Effect::new(move |first: Option<()>| {
            let base = editor.product.with_untracked(draft_of);
            // Reading follows every field.
            let _ = editor.fields.draft(&base);
            if first.is_some() {
                editor.save_after(QUIET);
            }
        });
        warn_on_leave(Signal::derive(move || untrack(|| editor.is_unsaved())));
        let online = window_event_listener(ev::online, move |_| {
            editor.save_after(Duration::from_millis(200))
        });
        on_cleanup(move || {
            online.remove();
            editor.leave();
        });
        editor
    }

    /// How far saving is; reactive.
    pub fn saving(self) -> Saving {
        self.saving.get()
    }

    /// Two texts to choose from, if there are; reactive.
    pub fn conflict(self) -> Option<Conflict> {
        self.conflict.get()
    }

    /// What the server has as a draft.
    fn base(self) -> ProductDraft {
        self.product.with_untracked(draft_of)
    }

    /// What is in the fields, as the server would keep it.
    pub fn mine(self) -> ProductDraft {
        let base = self.base();
        let mut mine = untrack(|| self.fields.draft(&base));
        mine.normalise();
        mine
    }

    fn is_unsaved(self) -> bool {
        self.mine() != self.base()
    }

    fn key(self) -> String {
        self.product.with_untracked(|product| product.id.to_string())
    }

    fn restore(self) {
        let server = self.base();
        self.fields.load(&server);
        let Some(kept) = local_drafts::get::<LocalDraft>(&self.key()) else { return };
        if kept.mine == server {
            local_drafts::forget(&self.key());
            return;
        }
        let unchanged = self.product.with_untracked(|product| product.revision) == kept.revision;
        self.fields.load(&kept.mine);
        if unchanged {
            self.save_after(QUIET);
            toast(tr::submissions::saving::restored);
        } else {
            self.collide(kept.base, kept.revision, self.product.get_untracked());
        }
    }

    /// Saves when nothing has been typed for a while.
    fn save_after(self, quiet: Duration) {
        let save = move || {
            spawn_local(async move {
                // What came of it is shown beside the steps.
                let _ = self.save().await;
            });
        };
        let next = set_timeout_with_handle(save, quiet).ok();
        let before = self.timer.try_update_value(|timer| std::mem::replace(timer, next)).flatten();
        if let Some(before) = before {
            before.clear();
        }
    }

    fn is_gone(self) -> bool {
        self.product.is_disposed()
    }

    /// Saves now what can be saved; waits for a save that is under way.
    pub async fn save(self) -> Result<(), NotSaved> {
        while self.busy.try_get_value() == Some(true) {
            pause(Duration::from_millis(40)).await;
        }
        if self.is_gone() {
            return Err(NotSaved::Gone);
        }
        if self.conflict.with_untracked(Option::is_some) {
            return Err(NotSaved::Conflict);
        }
        let (base, mine) = (self.base(), self.mine());
        let faults = mine.violations().0;
        let (Ok(before), Ok(after)) = (serde_json::to_value(&base), serde_json::to_value(&mine))
        else {
            return Err(NotSaved::Failed(Failure::Unreadable(0)));
        };
        let sendable = patch::without_faults(&after, &before, &faults);
        let Some(changes) = patch::merge_patch(&before, &sendable) else {
            self.show_saved(!faults.is_empty(), false);
            return Ok(());
        };
        self.send(base, mine, changes, !faults.is_empty()).await
    }

    async fn send(
        self,
        base: ProductDraft,
        mine: ProductDraft,
        changes: Value,
        partly: bool,
    ) -> Result<(), NotSaved> {
        let (id, revision) = self.product.with_untracked(|product| (product.id, product.revision));
        local_drafts::put(&id.to_string(), &LocalDraft { revision, base: base.clone(), mine });
        self.busy.set_value(true);
        self.saving.set(Saving::Busy);
        let result = match api::edit(id, revision, &changes).await {
            Err(failure) if failure.is_stale() => {
                Err((failure, api::read(&id.to_string()).await.ok()))
            }
            result => result.map_err(|failure| (failure, None)),
        };
        if self.is_gone() {
            if result.is_ok() {
                local_drafts::forget(&id.to_string());
            }
            return Err(NotSaved::Gone);
        }
        self.busy.set_value(false);
        match result {
            Ok(product) => {
                self.product.set(product);
                self.show_saved(partly, true);
                Ok(())
            }
            Err((_, Some(theirs))) => {
                self.saving.set(Saving::Kept);
                self.collide(base, revision, theirs);
                if self.conflict.with_untracked(Option::is_some) {
                    Err(NotSaved::Conflict)
                } else {
                    Ok(())
                }
            }
            Err((failure, None)) => {
                self.saving.set(Saving::Kept);
                if failure.may_pass() {
                    self.save_after(RETRY);
                }
                Err(NotSaved::Failed(failure))
            }
        }
    }

    /// Says that the server has what it can take.
    fn show_saved(self, partly: bool, saved: bool) {
        if !partly && !self.is_unsaved() {
            local_drafts::forget(&self.key());
        }
        let at = match (saved, self.saving.get_untracked()) {
            (true, _) | (false, Saving::Kept | Saving::Busy) => now(),
            (false, Saving::Saved(at) | Saving::Partly(at)) => Some(at),
            (false, Saving::Still) => None,
        };
        match at {
            Some(at) if partly => self.saving.set(Saving::Partly(at)),
            Some(at) => self.saving.set(Saving::Saved(at)),
            None => self.saving.set(Saving::Still),
        }
    }

    /// Takes what the server says after something else than the text was changed.
    pub fn adopt(self, theirs: Product) {
        if self.is_gone() {
            return;
        }
        let base = self.base();
        let text = draft_of(&theirs);
        if text == base {
            self.product.set(theirs);
        } else if self.is_unsaved() {
            let revision = self.product.with_untracked(|product| product.revision);
            self.collide(base, revision, theirs);
        } else {
            self.product.set(theirs);
            self.fields.load(&text);
        }
    }

    /// Two texts: asks, unless both say the same.
    fn collide(self, base: ProductDraft, revision: u64, theirs: Product) {
        let value = |draft: &ProductDraft| serde_json::to_value(draft).unwrap_or_default();
        let differences =
            patch::conflicts(&value(&base), &value(&self.mine()), &value(&draft_of(&theirs)));
        let conflict = Conflict { theirs, base, revision, differences };
        if conflict.differences.is_empty() {
            self.keep_mine(conflict);
        } else {
            self.conflict.set(Some(conflict));
        }
    }

    /// What I changed goes over the server's text; what only others changed stays theirs.
    pub fn keep_mine(self, conflict: Conflict) {
        let Conflict { theirs, base, .. } = conflict;
        let text = draft_of(&theirs);
        let value = |draft: &ProductDraft| serde_json::to_value(draft).unwrap_or_default();
        let merged = patch::merge_patch(&value(&base), &value(&self.mine()))
            .and_then(|changes| serde_json::from_value(patch::apply(&value(&text), &changes)).ok())
            .unwrap_or(text);
        self.product.set(theirs);
        self.fields.load(&merged);
        self.conflict.set(None);
        self.save_after(Duration::ZERO);
    }

    /// The server's text; mine is given up.
    pub fn take_theirs(self, conflict: Conflict) {
        self.fields.load(&draft_of(&conflict.theirs));
        self.product.set(conflict.theirs);
        self.conflict.set(None);
        local_drafts::forget(&self.key());
        self.saving.set(Saving::Still);
    }

    /// The page is being left: what is unsaved is kept, and sent without waiting.
    fn leave(self) {
        if let Some(Some(timer)) = self.timer.try_get_value() {
            timer.clear();
        }
        if self.is_gone() || !self.is_unsaved() {
            return;
        }
        let (base, mine) = (self.base(), self.mine());
        let (id, revision) = self.product.with_untracked(|product| (product.id, product.revision));
        // What mine was written over stays what it was until one of both is chosen.
        let conflict = self.conflict.get_untracked();
        let in_conflict = conflict.is_some();
        let (over, over_revision) = conflict
            .map_or((base.clone(), revision), |conflict| (conflict.base, conflict.revision));
        local_drafts::put(
            &id.to_string(),
            &LocalDraft { revision: over_revision, base: over, mine: mine.clone() },
        );
        let faults = mine.violations().0;
        if let (false, Ok(before), Ok(after)) =
            (in_conflict, serde_json::to_value(&base), serde_json::to_value(&mine))
            && let Some(changes) =
                patch::merge_patch(&before, &patch::without_faults(&after, &before, &faults))
        {
            spawn_local(async move {
                if api::edit(id, revision, &changes).await.is_ok() && faults.is_empty() {
                    local_drafts::forget(&id.to_string());
                }
            });
        }
    }
}
