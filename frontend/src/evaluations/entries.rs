//! The fields of a score sheet: marks and a remark for each criterion, as the server keeps them.

use std::collections::BTreeMap;

use leptos::prelude::*;
use nq57_shared::evaluations::{Criterion, Evaluation, RecordScoreSheet, Score as Given};
use nq57_shared::ids::AccountId;
use nq57_shared::text::block;
use nq57_shared::validate::Validate as _;
use nq57_ui::api::{Failure, Typed};
use nq57_ui::i18n::{Text, local};

use super::api;
use crate::products::Difference;

/// One criterion on the page.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub score: RwSignal<Option<u32>>,
    pub comment: RwSignal<String>,
}

impl Entry {
    /// As it would be sent; `None` while there are no marks; reactive.
    pub(super) fn given(self, criterion: &Criterion) -> Option<Given> {
        let comment = Some(block(&self.comment.get())).filter(|text| !text.is_empty());
        let score = self.score.get()?;
        Some(Given { criterion: criterion.code.clone(), score, comment })
    }
}

/// The whole sheet. `Copy`.
#[derive(Clone, Copy)]
pub(super) struct Entries {
    member: AccountId,
    criteria: StoredValue<Vec<Criterion>>,
    entries: StoredValue<Vec<Entry>>,
}

impl Entries {
    /// The sheet of `member`, as far as it was kept.
    pub(super) fn new(evaluation: &Evaluation, member: AccountId) -> Self {
        let criteria = evaluation.rubric.criteria.clone();
        let empty = |_: &Criterion| Entry {
            score: RwSignal::new(None),
            comment: RwSignal::new(String::new()),
        };
        let entries = criteria.iter().map(empty).collect();
        let sheet = Self {
            member,
            criteria: StoredValue::new(criteria),
            entries: StoredValue::new(entries),
        };
        sheet.load(sheet.everything_in(&sheet.part_of(evaluation)));
        sheet
    }

    pub(super) fn with_criteria<T>(self, read: impl FnOnce(&[Criterion]) -> T) -> T {
        self.criteria.with_value(|criteria| read(criteria))
    }

    /// Each criterion with its number from 0 and its fields.
    pub(super) fn with_both<T>(
        self,
        read: impl FnOnce(&mut dyn Iterator<Item = (usize, &Criterion, Entry)>) -> T,
    ) -> T {
        self.criteria.with_value(|criteria| {
            self.entries.with_value(|entries| {
                let both = criteria.iter().zip(entries).enumerate();
                read(&mut both.map(|(index, (criterion, entry))| (index, criterion, *entry)))
            })
        })
    }

    /// What has marks so far; reactive.
    pub(super) fn marked(self) -> Vec<Given> {
        self.with_both(|all| {
            all.filter_map(|(_, criterion, entry)| entry.given(criterion)).collect()
        })
    }

    /// Where the server's sheet and this one say something else.
    pub(super) fn differences(self, theirs: &Evaluation) -> Vec<Difference> {
        let in_words = |(score, comment): &(Option<u32>, String)| {
            let score = score.map(|score| score.to_string());
            let parts = score.into_iter().chain((!comment.is_empty()).then(|| comment.clone()));
            Text::from(parts.collect::<Vec<_>>().join("\n"))
        };
        let theirs = self.everything_in(&self.part_of(theirs));
        let mine = untrack(|| self.everything());
        let of = |all: &Marks, code: &str| all.get(code).cloned().unwrap_or_default();
        self.with_criteria(|criteria| {
            let rows = criteria.iter().map(|criterion| {
                (criterion, of(&theirs, &criterion.code), of(&mine, &criterion.code))
            });
            rows.filter(|(_, theirs, mine)| theirs != mine)
                .map(|(criterion, theirs, mine)| {
                    let name = criterion.name.clone();
                    (Text::from(move || local(&name)), in_words(&theirs), in_words(&mine))
                })
                .collect()
        })
    }
}

/// Marks and remark of each criterion, by its code.
type Marks = BTreeMap<String, (Option<u32>, String)>;

impl Typed for Entries {
    type Record = Evaluation;
    type Part = Vec<Given>;
    type Everything = Marks;

    fn part(self) -> Self::Part {
        let can_be_kept = |score: &Given| {
            RecordScoreSheet { scores: vec![score.clone()], submit: false }
                .violations()
                .0
                .is_empty()
        };
        self.marked().into_iter().filter(can_be_kept).collect()
    }

    fn part_of(self, record: &Evaluation) -> Self::Part {
        let kept = record.sheets.iter().find(|sheet| sheet.member_id == self.member);
        let Some(kept) = kept else { return Vec::new() };
        let of = |criterion: &Criterion| {
            kept.scores.iter().find(|score| score.criterion == criterion.code).cloned()
        };
        self.with_criteria(|criteria| criteria.iter().filter_map(of).collect())
    }

    fn everything(self) -> Self::Everything {
        self.with_both(|all| {
            let typed = |entry: Entry| (entry.score.get(), block(&entry.comment.get()));
            all.map(|(_, criterion, entry)| (criterion.code.clone(), typed(entry))).collect()
        })
    }

    fn everything_in(self, part: &Self::Part) -> Self::Everything {
        let of = |criterion: &Criterion| {
            let given = part.iter().find(|score| score.criterion == criterion.code);
            let comment = given.and_then(|score| score.comment.clone()).unwrap_or_default();
            (criterion.code.clone(), (given.map(|score| score.score), comment))
        };
        self.with_criteria(|criteria| criteria.iter().map(of).collect())
    }

    fn load(self, mut everything: Self::Everything) {
        self.with_both(|all| {
            for (_, criterion, entry) in all {
                if let Some((score, comment)) = everything.remove(&criterion.code) {
                    entry.score.set(score);
                    entry.comment.set(comment);
                }
            }
        });
    }

    async fn write(self, over: &Evaluation, part: &Self::Part) -> Result<Evaluation, Failure> {
        let body = RecordScoreSheet { scores: part.clone(), submit: false };
        api::record_score_sheet(over.id, over.revision, &body).await
    }
}
