//! Evaluations: panel, conflicts of interest, score sheets, result, recommendation.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, EvaluationId, ProductId};
use crate::resource::Resource;

pub use crate::reference::{Criterion, Rubric};
pub use requests::{
    ConflictAnswer, DeclareConflict, OnSiteVisit, OpenEvaluation, Recommend, RecommendedVerdict,
    RecordScoreSheet, ReplacePanel, Score,
};
pub use score::{mean_and_dispersion, weighted_hundredths};

mod requests;
mod score;

/// Most members of a panel.
pub const MEMBERS_MAX: usize = 15;

/// Who plays which part; for the pages of officials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// The account of the person.
    pub id: AccountId,
    /// The name that others see.
    pub display_name: String,
}

/// How the panel meets the product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EvaluationMode {
    #[default]
    Online,
    OnSite,
}

/// Where an evaluation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EvaluationState {
    /// Members declare conflicts and score.
    Open,
    /// The chair has recommended.
    Recommended,
    /// A decision was made, or the evaluation was given up.
    Closed,
}

nq57_core::stable_texts! {
    EvaluationMode { Online = "online", OnSite = "on_site" }
    EvaluationState { Open = "open", Recommended = "recommended", Closed = "closed" }
    ConflictAnswer { NotAsked = "not_asked", None = "none", Declared = "declared" }
    RecommendedVerdict { Publish = "publish", Decline = "decline" }
}

/// How far a member's sheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SheetState {
    None,
    Draft,
    Submitted,
}

/// A member of the panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PanelMember {
    /// The account of the member.
    pub account_id: AccountId,
    /// The name that others see.
    pub display_name: String,
    /// What the member declared about conflicts of interest.
    pub conflict: ConflictAnswer,
    /// For the chair and the member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict_note: Option<String>,
    /// How far the member's score sheet is.
    pub sheet: SheetState,
}

/// A score sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScoreSheet {
    /// The account of the member.
    pub member_id: AccountId,
    /// A score for each criterion of the rubric.
    pub scores: Vec<Score>,
    /// How far it is.
    pub state: SheetState,
    /// Of 100, in hundredths; only when submitted.
    pub weighted_hundredths: Option<u32>,
    /// When it was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
}

/// What the submitted sheets say together. All figures are of 100, in hundredths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EvaluationResult {
    /// Sheets that count.
    pub sheets: u32,
    /// Whether enough sheets are in.
    pub quorum_met: bool,
    /// The weighted mean of all sheets, of 10,000.
    pub weighted_mean_hundredths: Option<u32>,
    /// Standard deviation of the sheets.
    pub dispersion_hundredths: Option<u32>,
    /// Whether it reaches the rubric's threshold; absent without a quorum.
    pub is_passed: Option<bool>,
}

/// What was recommended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recommendation {
    /// The chair who gave it.
    pub by: Person,
    /// What the panel recommends.
    pub verdict: RecommendedVerdict,
    /// Why the panel recommends it.
    pub reason: String,
    /// When it was given.
    pub at: DateTime<Utc>,
}

/// What the caller may do with an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EvaluationAction {
    Read,
    DeclareConflict,
    Score,
    Recommend,
    RecordOnSiteVisit,
    ReplacePanel,
}

impl EvaluationAction {
    /// All, for the access table.
    pub const ALL: [Self; 6] = [
        Self::Read,
        Self::DeclareConflict,
        Self::Score,
        Self::Recommend,
        Self::RecordOnSiteVisit,
        Self::ReplacePanel,
    ];
}

/// An evaluation as its caller may see it. The sheets of others are there only once one's own is in; for the
/// chair and whoever is not on the panel once the quorum is met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Evaluation {
    /// Identifies the evaluation.
    pub id: EvaluationId,
    /// The product that is evaluated.
    pub product_id: ProductId,
    /// Its name.
    pub product_title: String,
    /// Number of the version that is evaluated.
    pub product_version: u32,
    /// Whether the caller declared a conflict about the product. Then there is nothing here of what happens
    /// in the evaluation: no result, no recommendation, `state` is `open` until it is `closed`, `members` is the
    /// caller alone, or for the chair the names to hand over.
    pub is_recused: bool,
    /// Whether it is open.
    pub state: EvaluationState,
    /// How the panel meets.
    pub mode: EvaluationMode,
    /// What is scored, and how.
    pub rubric: Rubric,
    /// Who leads the panel.
    pub chair: Person,
    /// The panel.
    pub members: Vec<PanelMember>,
    /// How many submitted score sheets the recommendation needs.
    pub quorum: u32,
    /// The last day for score sheets.
    pub due_on: NaiveDate,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Grows when the evaluation itself or what the caller has said and scored in it changes, not with the sheets
    /// of others; its quoted form is the `ETag`.
    pub revision: u64,
    /// The look at the product on site, when there was one.
    pub on_site: Option<OnSiteVisit>,
    /// The score sheets that the caller may see.
    pub sheets: Vec<ScoreSheet>,
    /// Absent while it would tell how others scored; before the quorum only `sheets` for whoever is not on
    /// the panel.
    pub result: Option<EvaluationResult>,
    /// What the chair recommended.
    pub recommendation: Option<Recommendation>,
    /// What the caller may do now.
    pub allowed_actions: Vec<EvaluationAction>,
}

impl Resource for Evaluation {
    fn revision(&self) -> u64 {
        self.revision
    }

    fn path(&self) -> String {
        format!("/evaluations/{}", self.id)
    }
}
