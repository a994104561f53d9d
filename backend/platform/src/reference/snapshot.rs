//! All lists at one moment, with the typed readings that the workflows need.

use std::collections::HashMap;

use chrono::NaiveDate;
use nq57_core::calendar::WorkingCalendar;
use nq57_core::reference::{
    ChecklistItem, ReferenceEntry, ReferenceList, ReferenceSummary, Rubric,
};

pub(super) const PROVINCES: &str = "provinces";
const SECTORS: &str = "sectors";
const RUBRICS: &str = "rubrics";
const CHECKLIST: &str = "eligibility_checklist";
const HOLIDAYS: &str = "holidays";
/// Kind of a holiday entry that is a working day instead of a day off.
const MAKE_UP: &str = "make_up_working_day";

/// All lists at one moment.
#[derive(Debug, Default)]
pub struct Snapshot {
    lists: Vec<LoadedList>,
    names: HashMap<String, usize>,
    calendar: WorkingCalendar,
    revision: i64,
}

#[derive(Debug)]
struct LoadedList {
    list: ReferenceList,
    revision: i64,
    codes: HashMap<String, usize>,
}

impl Snapshot {
    /// The lists with their revisions; entries are in the order in which they are offered.
    #[must_use]
    pub fn new(mut lists: Vec<(ReferenceList, i64)>) -> Self {
        lists.sort_by(|(a, _), (b, _)| a.list.cmp(&b.list));
        let lists: Vec<LoadedList> = lists
            .into_iter()
            .map(|(list, revision)| {
                let codes = list.entries.iter().enumerate();
                let codes = codes.map(|(place, entry)| (entry.code.clone(), place)).collect();
                LoadedList { list, revision, codes }
            })
            .collect();
        let names = lists.iter().enumerate();
        let names = names.map(|(place, loaded)| (loaded.list.list.clone(), place)).collect();
        let revision = lists.iter().map(|loaded| loaded.revision).sum();
        let mut snapshot = Self { lists, names, calendar: WorkingCalendar::default(), revision };
        snapshot.calendar = snapshot.read_calendar();
        snapshot
    }

    fn loaded(&self, list: &str) -> Option<&LoadedList> {
        self.lists.get(*self.names.get(list)?)
    }

    /// Changes whenever any list changes.
    pub(super) fn revision(&self) -> i64 {
        self.revision
    }

    pub(super) fn list_revision(&self, list: &str) -> Option<i64> {
        self.loaded(list).map(|loaded| loaded.revision)
    }

    /// All lists without their entries, by name.
    pub fn summaries(&self) -> impl Iterator<Item = ReferenceSummary> {
        self.lists.iter().map(|loaded| ReferenceSummary {
            list: loaded.list.list.clone(),
            version: loaded.list.version.clone(),
            title: loaded.list.title.clone(),
            source: loaded.list.source.clone(),
            entries: u64::try_from(loaded.list.entries.len()).unwrap_or_default(),
        })
    }

    /// The list of this name.
    #[must_use]
    pub fn list(&self, list: &str) -> Option<&ReferenceList> {
        self.loaded(list).map(|loaded| &loaded.list)
    }

    /// An entry, valid or not.
    #[must_use]
    pub fn entry(&self, list: &str, code: &str) -> Option<&ReferenceEntry> {
        let loaded = self.loaded(list)?;
        loaded.list.entries.get(*loaded.codes.get(code)?)
    }

    /// Whether the list has this code and it may be chosen on `day`.
    #[must_use]
    pub fn is_valid(&self, list: &str, code: &str, day: NaiveDate) -> bool {
        self.entry(list, code).is_some_and(|entry| entry.is_valid_on(day))
    }

    /// The province of this code.
    #[must_use]
    pub fn province(&self, code: &str) -> Option<&ReferenceEntry> {
        self.entry(PROVINCES, code)
    }

    /// The sector of this code.
    #[must_use]
    pub fn sector(&self, code: &str) -> Option<&ReferenceEntry> {
        self.entry(SECTORS, code)
    }

    /// The rubric of this id, valid or not: an evaluation keeps the one that it began with.
    #[must_use]
    pub fn rubric(&self, id: &str) -> Option<Rubric> {
        self.entry(RUBRICS, id).and_then(Rubric::read)
    }

    /// The rubrics that an evaluation may begin with on `day`.
    #[must_use]
    pub fn rubrics(&self, day: NaiveDate) -> Vec<Rubric> {
        self.valid(RUBRICS, day).filter_map(Rubric::read).collect()
    }

    /// The questions of an eligibility check that begins on `day`.
    #[must_use]
    pub fn checklist(&self, day: NaiveDate) -> Vec<ChecklistItem> {
        self.valid(CHECKLIST, day).map(ChecklistItem::read).collect()
    }

    fn valid(&self, list: &str, day: NaiveDate) -> impl Iterator<Item = &ReferenceEntry> {
        self.list(list).into_iter().flat_map(move |list| list.valid_on(day))
    }

    /// Which days are worked on.
    #[must_use]
    pub fn calendar(&self) -> &WorkingCalendar {
        &self.calendar
    }

    fn read_calendar(&self) -> WorkingCalendar {
        let entries = self.list(HOLIDAYS).map(|list| list.entries.as_slice()).unwrap_or_default();
        let days = || entries.iter().filter_map(day_of);
        let of_kind = |working: bool| {
            days().filter(move |(_, is_working)| *is_working == working).map(|(day, _)| day)
        };
        WorkingCalendar::new(of_kind(false), of_kind(true))
    }

    /// Whether the workflows could read this entry in this list.
    #[must_use]
    pub fn accepts(&self, list: &str, entry: &ReferenceEntry) -> bool {
        match list {
            HOLIDAYS => day_of(entry).is_some(),
            RUBRICS => Rubric::read(entry).is_some_and(|rubric| {
                let weights: u32 = rubric.criteria.iter().map(|criterion| criterion.weight).sum();
                weights == 100 && rubric.criteria.iter().all(|criterion| criterion.max > 0)
            }),
            _ => true,
        }
    }
}

/// The day of a holiday entry, and whether it is worked on. An entry that has ended its validity
/// before its own day was cancelled.
fn day_of(entry: &ReferenceEntry) -> Option<(NaiveDate, bool)> {
    let day: NaiveDate = entry.extra_as("date")?;
    let kind: String = entry.extra_as("kind")?;
    entry.is_valid_on(day).then_some((day, kind == MAKE_UP))
}
