//! What every case has, whatever it is about: a place in the register, work that waits for somebody.
//! Kinds, states, steps and parts are the words of the domain that owns the case.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::page::Paged;

/// Something that waits for the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkItem {
    /// Identifies this piece of work.
    pub id: Uuid,
    /// What the caller has to do. More steps may be added.
    pub step: String,
    /// What is opened to do it: the case, or something that belongs to it, such as its evaluation.
    pub opens: Uuid,
    /// Since when it waits.
    pub since: DateTime<Utc>,
    /// Until when this step is due, which may be before the deadline of the case.
    pub due_at: Option<DateTime<Utc>>,
    /// Working days until then, not counting today; negative when it has passed.
    pub working_days_left: Option<i32>,
    /// The case that it is about.
    pub case: CaseSummary,
}

/// A case as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseSummary {
    /// Identifies the case.
    pub id: Uuid,
    /// What kind of case it is. More kinds may be added.
    #[serde(rename = "type")]
    pub kind: String,
    /// The public code.
    pub code: Option<String>,
    /// Its name.
    pub title: String,
    /// Whose it is, in words.
    pub sender: String,
    /// Where it stands.
    pub state: String,
    /// The part that has to act next; absent when nobody has to.
    pub holder: Option<String>,
    /// The province whose office handles it.
    pub province_code: Option<String>,
    /// Until when its holder has to act; absent while the time stands still.
    pub due_at: Option<DateTime<Utc>>,
    /// Working days until then, not counting today; negative when it has passed.
    pub working_days_left: Option<i32>,
    /// When it was sent first.
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it last changed its state or its holder.
    pub changed_at: DateTime<Utc>,
}

/// A page of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkPage {
    /// In the order that was asked for.
    pub items: Vec<WorkItem>,
    /// Continues after the last item; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How much waits in all, with the filters of the request; only when asked for. Nobody counts further than
    /// 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// How much waits by step, with the filters of the request; only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Vec<WorkCount>>,
    /// How much waits by province, with the filters of the request; only when asked for. What belongs to no province is in
    /// `counts` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provinces: Option<Vec<ProvinceCount>>,
    /// There is more than was counted: `total` and every number beside it are the least that there is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

impl Paged for WorkPage {
    fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }
}

/// How much of one step waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkCount {
    /// The kind of case.
    #[serde(rename = "type")]
    pub kind: String,
    /// The step.
    pub step: String,
    /// How many wait.
    pub waiting: u64,
    /// How many of them are late.
    pub late: u64,
    /// How many of them are due today.
    pub today: u64,
    /// How many of them are due today or within the next three working days.
    pub soon: u64,
}

/// A page of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CasePage {
    /// In the order that was asked for.
    pub items: Vec<CaseSummary>,
    /// Continues after the last item; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many cases there are in all, with the filters of the request; only when asked for. Nobody counts further
    /// than 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// How many there are by kind, state and holder, with the filters of the request; only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Vec<CaseCount>>,
    /// How many there are by province, with the filters of the request; only when asked for. What belongs to no province
    /// is in `counts` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provinces: Option<Vec<ProvinceCount>>,
    /// There are more than were counted: `total` and every number beside it are the least that there are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

impl Paged for CasePage {
    fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }
}

/// How many cases stand alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseCount {
    /// The kind of case.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where they stand.
    pub state: String,
    /// The part that has to act next; absent when nobody has to.
    pub holder: Option<String>,
    /// How many there are.
    pub cases: u64,
    /// How many of them are late.
    pub late: u64,
    /// How many of them are due today.
    pub today: u64,
    /// How many of them are due today or within the next three working days.
    pub soon: u64,
}

/// How many there are in one province.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProvinceCount {
    /// Code of the reference list `provinces`.
    #[cfg_attr(feature = "openapi", schema(example = "92"))]
    pub province_code: String,
    /// How many there are.
    pub count: u64,
}

/// How near a deadline is, in working days of the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DueWithin {
    /// It has passed.
    Late,
    /// It ends today.
    Today,
    /// It ends today or within the next [`SOON_DAYS`] working days.
    Soon,
}

/// Working days, besides today, within which something is due soon.
pub const SOON_DAYS: u32 = 3;

/// The order of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum WorkSort {
    /// What is due first comes first, what has no deadline last.
    #[default]
    #[serde(rename = "due")]
    Due,
    /// The other way round: what has no deadline comes first.
    #[serde(rename = "-due")]
    LatestDue,
    /// What waits longest comes first.
    #[serde(rename = "since")]
    Since,
    /// What waits shortest comes first.
    #[serde(rename = "-since")]
    LatestSince,
}

/// The order of the register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CaseSort {
    /// What is due first comes first, what has no deadline last.
    #[default]
    #[serde(rename = "due")]
    Due,
    /// The other way round: what has no deadline comes first.
    #[serde(rename = "-due")]
    LatestDue,
    /// What changed its state or its holder longest ago comes first.
    #[serde(rename = "changed_at")]
    Changed,
    /// What changed its state or its holder last comes first.
    #[serde(rename = "-changed_at")]
    LatestChanged,
    /// Cases of one state stand together, by the name that the state has in this API; within a state, what is due
    /// first comes first.
    #[serde(rename = "state")]
    State,
    /// The other way round, within a state too.
    #[serde(rename = "-state")]
    LastState,
}
