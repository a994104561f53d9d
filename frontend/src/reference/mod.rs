//! Reference lists in the browser: provinces, sectors and the others, each fetched once when first asked for.
//! Reading is reactive: until a list is there, its codes stand for its names.

mod provinces;
mod sectors;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use chrono::NaiveDate;
use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::reference::{REFERENCE, ReferenceEntry, ReferenceList};
use nq57_shared::time::vietnam_date;
use nq57_ui::api;
use nq57_ui::components::Choice;
use nq57_ui::i18n::{local, now};

pub use provinces::province_tiles;
pub use sectors::sector_glyph;

/// A list of the server, by its name there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    Agencies,
    AwardCategories,
    Consents,
    EligibilityChecklist,
    Provinces,
    ReasonCodes,
    Rubrics,
    Sectors,
    StrategicTechnologies,
    Trl,
}

impl List {
    const fn name(self) -> &'static str {
        match self {
            Self::Agencies => "agencies",
            Self::AwardCategories => "award_categories",
            Self::Consents => "consents",
            Self::EligibilityChecklist => "eligibility_checklist",
            Self::Provinces => "provinces",
            Self::ReasonCodes => "reason_codes",
            Self::Rubrics => "rubrics",
            Self::Sectors => "sectors",
            Self::StrategicTechnologies => "strategic_technologies",
            Self::Trl => "trl",
        }
    }
}

type Slot = ArcRwSignal<Option<Arc<ReferenceList>>>;

static SLOTS: LazyLock<Mutex<HashMap<List, Slot>>> = LazyLock::new(|| Mutex::new(HashMap::new()));

fn slot(list: List) -> Slot {
    let mut slots = SLOTS.lock().unwrap_or_else(PoisonError::into_inner);
    slots
        .entry(list)
        .or_insert_with(|| {
            let slot = Slot::new(None);
            fetch(list, slot.clone());
            slot
        })
        .clone()
}

fn fetch(list: List, slot: Slot) {
    spawn_local(async move {
        match api::get(format!("{REFERENCE}/{}", list.name()))
            .anonymous()
            .send::<ReferenceList>()
            .await
        {
            Ok(answer) => slot.set(Some(Arc::new(answer.body))),
            // Asked again by whoever needs it next.
            Err(_) => {
                SLOTS.lock().unwrap_or_else(PoisonError::into_inner).remove(&list);
            }
        }
    });
}

/// The list, once it is there; reactive.
pub fn list(list: List) -> Option<Arc<ReferenceList>> {
    slot(list).get()
}

/// The name of the entry with this code; the code itself until the list is there; reactive.
pub fn name(of: List, code: &str) -> String {
    list(of)
        .and_then(|list| list.entry(code).map(|entry| local(&entry.name)))
        .unwrap_or_else(|| code.to_owned())
}

/// The names of several codes in one line; reactive.
pub fn names(of: List, codes: &[String]) -> String {
    codes.iter().map(|code| name(of, code)).collect::<Vec<_>>().join(", ")
}

/// What may be chosen today, for `Select`, `RadioChoices` and `CheckboxChoices`; follows the language.
pub fn choices(of: List) -> Signal<Vec<Choice>> {
    Signal::derive(move || {
        let Some(list) = list(of) else { return Vec::new() };
        list.valid_on(today()).map(|entry| Choice::new(entry.code.clone(), named(entry))).collect()
    })
}

fn named(entry: &ReferenceEntry) -> impl Fn() -> String + Send + Sync + 'static + use<> {
    let name = entry.name.clone();
    move || local(&name)
}

/// The day in Vietnam now, by the clock of the device.
pub fn today() -> NaiveDate {
    now().map(vietnam_date).unwrap_or_default()
}
