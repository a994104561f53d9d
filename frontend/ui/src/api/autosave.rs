//! What an official types, saved to the server shortly after each change, and kept for this tab while it cannot be.
//! Refuses to lose it: leaving the page sends it, and what the server would not take yet comes back with the page,
//! also when that is loaded anew.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Failure, NotSent, Overlap, Record};
use crate::components::warn_on_leave;
use crate::i18n::now;
use crate::state::local_drafts;

const QUIET: Duration = Duration::from_millis(1_200);
const RETRY: Duration = Duration::from_secs(15);

/// The fields of a page, as they are saved.
pub trait Typed: Copy + Send + Sync + 'static {
    type Record: Record;
    /// What of the record is written here.
    type Part: Clone + PartialEq + Serialize + Send + Sync + 'static;
    /// Everything in the fields, also what the server would not take.
    type Everything: PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;

    /// What can be sent; reactive.
    fn part(self) -> Self::Part;

    /// What the record has of it.
    fn part_of(self, record: &Self::Record) -> Self::Part;

    /// Everything that is typed; reactive.
    fn everything(self) -> Self::Everything;

    /// Everything that the fields say when this was sent.
    fn everything_in(self, part: &Self::Part) -> Self::Everything;

    /// Puts it into the fields.
    fn load(self, everything: Self::Everything);

    /// Sends it over what was read.
    fn write(
        self,
        over: &Self::Record,
        part: &Self::Part,
    ) -> impl Future<Output = Result<Self::Record, Failure>>;
}

/// What was typed on a page, as it is kept for this tab.
#[derive(Serialize, Deserialize)]
struct Kept<E> {
    /// What the server had, and what was sent to it since: anything else is somebody else's.
    known: Vec<String>,
    everything: E,
}

/// How far saving is.
#[derive(Clone, Debug)]
pub enum Saving {
    /// Nothing has changed since the page was opened.
    Still,
    Busy,
    Saved(Timestamp),
    /// Two texts wait for a choice.
    Both,
    Failed(Failure),
}

/// Fields that save themselves. `Copy`.
pub struct Autosave<T: Typed> {
    typed: T,
    over: Overlap<T::Record>,
    saving: RwSignal<Saving>,
    unsaved: Memo<bool>,
    busy: StoredValue<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
    key: StoredValue<String>,
}

impl<T: Typed> Clone for Autosave<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Typed> Copy for Autosave<T> {}

impl<T: Typed> Autosave<T> {
    /// Opens the fields over `record`; what was left unsaved under this name comes back.
    pub fn open(name: String, typed: T, record: T::Record) -> Self {
        let over = Overlap::new(record.clone());
        let saving = Self {
            typed,
            over,
            saving: RwSignal::new(Saving::Still),
            unsaved: Memo::new(move |_| {
                let everything = typed.everything();
                over.record().is_some_and(|record| {
                    typed.everything_in(&typed.part_of(&record)) != everything
                })
            }),
            busy: StoredValue::new(false),
            timer: StoredValue::new(None),
            key: StoredValue::new(name),
        };
        saving.restore(&record);
        Effect::new(move |first: Option<()>| {
            // Reading follows every field.
            let _ = typed.everything();
            if first.is_some() {
                saving.keep();
                saving.save_after(QUIET);
            }
        });
        Effect::new(move |_| {
            if !saving.unsaved.get() {
                saving.key.with_value(|key| local_drafts::of_tab().forget(key));
            }
        });
        warn_on_leave(saving.unsaved.into());
        on_cleanup(move || saving.leave());
        saving
    }

    /// The record that is written over, and what somebody else has written meanwhile.
    pub fn over(self) -> Overlap<T::Record> {
        self.over
    }

    /// How far saving is; reactive.
    pub fn saving(self) -> Saving {
        self.saving.get()
    }

    /// Whether the fields say something else than the server; reactive.
    pub fn is_unsaved(self) -> bool {
        self.unsaved.get()
    }

    /// Whether something in the fields cannot be sent as it is; reactive.
    pub fn is_partial(self) -> bool {
        self.typed.everything_in(&self.typed.part()) != self.typed.everything()
    }

    fn restore(self, record: &T::Record) {
        let kept =
            self.key.with_value(|key| local_drafts::of_tab().get::<Kept<T::Everything>>(key));
        let Some(Kept { known, everything }) = kept else { return };
        if self.on_server(record) == everything {
            return;
        }
        self.typed.load(everything);
        if known.contains(&json(&self.typed.part_of(record))) {
            self.save_after(QUIET);
        } else {
            self.set_theirs(record.clone());
        }
    }

    fn on_server(self, record: &T::Record) -> T::Everything {
        self.typed.everything_in(&self.typed.part_of(record))
    }

    /// Takes what the server says, read for another reason. Never over what is typed.
    pub fn meet(self, fresh: T::Record) {
        let Some(base) = untrack(|| self.over.record()) else { return };
        if self.typed.part_of(&fresh) == self.typed.part_of(&base) {
            self.over.adopt(fresh);
        } else if untrack(|| self.is_unsaved()) {
            self.set_theirs(fresh);
        } else {
            self.typed.load(self.on_server(&fresh));
            self.over.adopt(fresh);
        }
    }

    /// Mine goes over what somebody else has written.
    pub fn keep_mine(self) {
        self.over.keep_mine();
        self.save_after(Duration::ZERO);
    }

    /// Mine is given up.
    pub fn take_theirs(self) {
        if let Some(theirs) = self.over.take_theirs() {
            self.typed.load(self.on_server(&theirs));
            self.saving.set(Saving::Still);
        }
    }

    fn set_theirs(self, theirs: T::Record) {
        self.over.set_theirs(theirs);
        self.saving.set(Saving::Both);
    }

    fn save_after(self, quiet: Duration) {
        let save = move || {
            let is_same = untrack(|| {
                self.over
                    .record()
                    .is_none_or(|record| self.typed.part_of(&record) == self.typed.part())
            });
            if !is_same {
                spawn_local(async move {
                    // What came of it is shown beside the fields.
                    let _ = self.save().await;
                });
            }
        };
        let next = set_timeout_with_handle(save, quiet).ok();
        self.wait_for(next);
    }

    fn wait_for(self, next: Option<TimeoutHandle>) {
        let before = self.timer.try_update_value(|timer| std::mem::replace(timer, next)).flatten();
        if let Some(before) = before {
            before.clear();
        }
    }

    /// Saves now what can be saved.
    ///
    /// # Errors
    /// Two texts wait for a choice, the server said no, or the page has been left.
    pub async fn save(self) -> Result<T::Record, NotSent> {
        self.send(async |record: &T::Record, part: &T::Part| self.typed.write(record, part).await)
            .await
    }

    /// Sends what is in the fields with `write` instead.
    ///
    /// # Errors
    /// As [`Self::save`].
    pub async fn send(
        self,
        write: impl AsyncFn(&T::Record, &T::Part) -> Result<T::Record, Failure>,
    ) -> Result<T::Record, NotSent> {
        self.wait_for(None);
        while self.busy.try_get_value() == Some(true) {
            pause(Duration::from_millis(40)).await;
        }
        if self.saving.is_disposed() {
            return Err(NotSent::Gone);
        }
        let (typed, mine) = (self.typed, untrack(|| self.typed.part()));
        self.busy.set_value(true);
        self.saving.set(Saving::Busy);
        let sent = self
            .over
            .send(&mine, |record| typed.part_of(record), async |record| write(record, &mine).await)
            .await;
        self.busy.try_update_value(|busy| *busy = false);
        match &sent {
            Ok(_) => self.say(now().map_or(Saving::Still, Saving::Saved)),
            Err(NotSent::Both) => self.say(Saving::Both),
            Err(NotSent::Failed(failure)) => {
                self.say(Saving::Failed(failure.clone()));
                if failure.may_pass() && !self.saving.is_disposed() {
                    self.save_after(RETRY);
                }
            }
            Err(NotSent::Gone) => {}
        }
        sent
    }

    /// Keeps everything for this tab, as long as the server says something else.
    fn keep(self) {
        let Some(record) = untrack(|| self.over.record()) else { return };
        if !untrack(|| self.is_unsaved()) {
            return;
        }
        let (part, everything) = untrack(|| (self.typed.part(), self.typed.everything()));
        // Of two texts that wait for a choice nothing is known: the choice is asked for again.
        let known = match untrack(|| self.over.theirs()) {
            Some(_) => Vec::new(),
            None => vec![json(&self.typed.part_of(&record)), json(&part)],
        };
        self.key.with_value(|key| local_drafts::of_tab().put(key, &Kept { known, everything }));
    }

    /// The page is being left: what can be sent is sent without waiting, everything is kept until it has arrived.
    fn leave(self) {
        self.wait_for(None);
        let Some(record) = untrack(|| self.over.record()) else { return };
        if !untrack(|| self.is_unsaved()) {
            return;
        }
        self.keep();
        let (typed, key) = (self.typed, self.key.get_value());
        let (part, everything) = untrack(|| (typed.part(), typed.everything()));
        let in_conflict = untrack(|| self.over.theirs()).is_some();
        let is_whole = typed.everything_in(&part) == everything;
        if !in_conflict && part != typed.part_of(&record) {
            spawn_local(async move {
                if typed.write(&record, &part).await.is_ok() && is_whole {
                    local_drafts::of_tab().forget(&key);
                }
            });
        }
    }

    fn say(self, saving: Saving) {
        self.saving.try_set(saving);
    }
}

/// What cannot be written equals nothing that can.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Waits.
pub async fn pause(time: Duration) {
    let promise = js_sys::Promise::new(&mut |resolve, _reject| {
        set_timeout(
            move || {
                let _ = resolve.call0(&wasm_bindgen::JsValue::UNDEFINED);
            },
            time,
        );
    });
    // The promise only resolves.
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}
