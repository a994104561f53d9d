//! How much there is in queue and register: grouped, by how near the deadlines are, and never counted to the end
//! of a large country. Refuses to read more rows than [`MOST`] and one of any part.

use std::collections::BTreeMap;

use nq57_core::casework::{DueWithin, ProvinceCount, SOON_DAYS};
use nq57_core::time::Timestamp;
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};

use crate::state::AppState;

/// As far as anybody counts: a quarter of a million takes a second.
pub(super) const MOST: u64 = 10_000;

/// All of the groups together, and whether there may be more.
pub(super) fn total(groups: impl Iterator<Item = u64>) -> (u64, bool) {
    let all: u64 = groups.sum();
    (Ord::min(all, MOST), all > MOST)
}

/// How many there are by province, put together from groups that are finer: one query counts both.
#[derive(Default)]
pub(super) struct Provinces(BTreeMap<String, u64>);

impl Provinces {
    pub fn add(&mut self, code: Option<String>, count: u64) {
        if let Some(code) = code {
            *self.0.entry(code).or_default() += count;
        }
    }

    pub fn counts(self) -> Vec<ProvinceCount> {
        let count = |(province_code, count)| ProvinceCount { province_code, count };
        self.0.into_iter().map(count).collect()
    }
}

/// The instants that decide how near a deadline is, by the calendar of the office.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nearness {
    now: Timestamp,
    today: Timestamp,
    soon: Timestamp,
}

impl Nearness {
    pub fn now(state: &AppState) -> Self {
        let (now, snapshot) = (state.clock.now(), state.reference.snapshot());
        let calendar = snapshot.calendar();
        let last_within = |days| calendar.last_within(now, days);
        Self { now, today: last_within(0), soon: last_within(SOON_DAYS) }
    }

    /// Whether the deadline in this column is so near: a range, which the indexes of the lists follow.
    pub fn is(self, within: DueWithin, due_at: &Expr) -> Expr {
        let until = |last| due_at.clone().between(self.now, last);
        match within {
            DueWithin::Late => due_at.clone().lt(self.now),
            DueWithin::Today => until(self.today),
            DueWithin::Soon => until(self.soon),
        }
    }

    /// Adds the columns of [`Near`] to a statement that groups. `counts` says which rows have a deadline at all.
    pub fn count(self, groups: &mut SelectStatement, due_at: &Expr, counts: Option<&Expr>) {
        for (within, name) in
            [(DueWithin::Late, "late"), (DueWithin::Today, "today"), (DueWithin::Soon, "soon")]
        {
            let near = self.is(within, due_at);
            let near = counts.map_or(near.clone(), |counts| counts.clone().and(near));
            groups.expr_as(Expr::expr(Expr::case(near, 1).finally(0)).sum(), name);
        }
    }
}

/// How many of a group are late, due today, and soon.
#[derive(FromQueryResult)]
pub(super) struct Near {
    late: i64,
    today: i64,
    soon: i64,
}

impl Near {
    /// Adds them to the numbers of a group: those that are late, due today, and soon.
    pub fn add_to(&self, late: &mut u64, today: &mut u64, soon: &mut u64) {
        *late += self.late.unsigned_abs();
        *today += self.today.unsigned_abs();
        *soon += self.soon.unsigned_abs();
    }
}
