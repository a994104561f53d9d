//! Evaluations: panel, conflicts of interest, score sheets, result, recommendation.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, EvaluationId, ProductId};
use crate::problem::FieldCode;
use crate::reference::CODE_MAX;
use crate::resource::Resource;
use crate::text;
use crate::text::REASON_MAX;
use crate::validate::{Validate, Violations};

pub use crate::reference::{Criterion, Rubric};
pub use score::{mean_and_dispersion, weighted_hundredths};

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

/// An evaluation to be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"rubric_id": "portal-2026", "chair_id": "01930000-0000-7000-8000-00000000000a", "member_ids": ["01930000-0000-7000-8000-00000000000b", "01930000-0000-7000-8000-00000000000c"], "quorum": 2, "due_on": "2026-12-31", "mode": "online"})))]
#[serde(deny_unknown_fields)]
pub struct OpenEvaluation {
    /// Code of the reference list `rubrics`.
    #[cfg_attr(feature = "openapi", schema(example = "portal-2026"))]
    pub rubric_id: String,
    /// The account that leads the panel.
    pub chair_id: AccountId,
    /// Accounts with the role of evaluator; the chair may be among them.
    pub member_ids: Vec<AccountId>,
    /// Score sheets needed for a recommendation.
    #[cfg_attr(feature = "openapi", schema(example = 2))]
    pub quorum: u32,
    /// A day in Vietnam.
    pub due_on: NaiveDate,
    /// How the panel meets.
    #[serde(default)]
    pub mode: EvaluationMode,
}

impl Validate for OpenEvaluation {
    fn check(&self, violations: &mut Violations) {
        violations.text("/rubric_id", &self.rubric_id, 1, 80);
        self.panel().check(violations);
    }
}

impl OpenEvaluation {
    /// The panel that it names.
    #[must_use]
    pub fn panel(&self) -> ReplacePanel {
        ReplacePanel {
            chair_id: self.chair_id,
            member_ids: self.member_ids.clone(),
            quorum: self.quorum,
            due_on: self.due_on,
        }
    }
}

/// The panel as it shall be: members who recused themselves can be followed by others, a chair who
/// cannot go on by another one. Members whose sheet is in must stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"chair_id": "01930000-0000-7000-8000-00000000000a", "member_ids": ["01930000-0000-7000-8000-00000000000b", "01930000-0000-7000-8000-00000000000c"], "quorum": 2, "due_on": "2026-12-31"})))]
#[serde(deny_unknown_fields)]
pub struct ReplacePanel {
    /// The account that leads the panel.
    pub chair_id: AccountId,
    /// Accounts with the role of evaluator; the chair may be among them.
    pub member_ids: Vec<AccountId>,
    /// Score sheets needed for a recommendation.
    #[cfg_attr(feature = "openapi", schema(example = 2))]
    pub quorum: u32,
    /// A day in Vietnam.
    pub due_on: NaiveDate,
}

impl Validate for ReplacePanel {
    fn check(&self, violations: &mut Violations) {
        violations.day("/due_on", self.due_on);
        violations.count("/member_ids", self.member_ids.len(), 1, MEMBERS_MAX);
        violations.unique(&self.member_ids, |i| format!("/member_ids/{i}"));
        let seats = self.member_ids.len();
        if self.quorum < 1 {
            violations.add_limit("/quorum", FieldCode::TooSmall, 1);
        } else if seats > 0 && usize::try_from(self.quorum).is_ok_and(|quorum| quorum > seats) {
            violations.add_limit("/quorum", FieldCode::TooLarge, seats);
        }
    }
}

/// What a member says of conflicts of interest. Not having been asked is kept apart from having none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConflictAnswer {
    NotAsked,
    None,
    /// Recuses the member.
    Declared,
}

/// A declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"answer": "none"})))]
#[serde(deny_unknown_fields)]
pub struct DeclareConflict {
    /// `none` or `declared`.
    #[cfg_attr(feature = "openapi", schema(example = "none"))]
    pub answer: ConflictAnswer,
    /// What the conflict is; needed with `declared`, read by the chair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Validate for DeclareConflict {
    fn normalise(&mut self) {
        self.note = self.note.take().map(|n| text::block(&n)).filter(|n| !n.is_empty());
    }

    fn check(&self, violations: &mut Violations) {
        if self.answer == ConflictAnswer::NotAsked {
            violations.add("/answer", FieldCode::UnknownValue);
        }
        let least = usize::from(self.answer == ConflictAnswer::Declared);
        violations.text("/note", self.note.as_deref().unwrap_or_default(), least, REASON_MAX);
    }
}

/// The score of one criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// Code of a criterion of the rubric.
    #[cfg_attr(feature = "openapi", schema(example = "novelty"))]
    pub criterion: String,
    /// From 0 to the criterion's maximum.
    #[cfg_attr(feature = "openapi", schema(example = 4))]
    pub score: u32,
    /// Why; the other members read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A score sheet to be kept, or kept and submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"scores": [{"criterion": "novelty", "score": 4, "comment": "Có đơn sáng chế."}], "submit": false})))]
#[serde(deny_unknown_fields)]
pub struct RecordScoreSheet {
    /// A score for each criterion of the rubric.
    pub scores: Vec<Score>,
    /// Once submitted it cannot change and the others' sheets can be read.
    #[serde(default)]
    pub submit: bool,
}

impl Validate for RecordScoreSheet {
    fn normalise(&mut self) {
        for score in &mut self.scores {
            score.comment = score.comment.take().map(|c| text::block(&c)).filter(|c| !c.is_empty());
        }
    }

    fn check(&self, violations: &mut Violations) {
        violations.count("/scores", self.scores.len(), usize::from(self.submit), 100);
        let criteria = self.scores.iter().map(|score| &score.criterion);
        violations.unique(criteria, |i| format!("/scores/{i}/criterion"));
        for (i, score) in self.scores.iter().enumerate() {
            violations.text(format!("/scores/{i}/criterion"), &score.criterion, 1, CODE_MAX);
            let comment = score.comment.as_deref().unwrap_or_default();
            violations.text(format!("/scores/{i}/comment"), comment, 0, REASON_MAX);
        }
    }
}

impl RecordScoreSheet {
    /// Whether the scores fit the rubric: known criteria within bounds and, when submitting, all of them.
    pub fn check_against(&self, criteria: &[Criterion], violations: &mut Violations) {
        for (i, score) in self.scores.iter().enumerate() {
            match criteria.iter().find(|criterion| criterion.code == score.criterion) {
                None => violations.add(format!("/scores/{i}/criterion"), FieldCode::UnknownValue),
                Some(criterion) if score.score > criterion.max => violations.add_limit(
                    format!("/scores/{i}/score"),
                    FieldCode::TooLarge,
                    usize::try_from(criterion.max).unwrap_or(usize::MAX),
                ),
                Some(_) => {}
            }
        }
        let given = |c: &Criterion| self.scores.iter().any(|score| score.criterion == c.code);
        if self.submit && !criteria.iter().all(given) {
            violations.add_limit("/scores", FieldCode::TooFew, criteria.len());
        }
    }
}

/// What the chair recommends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecommendedVerdict {
    Publish,
    Decline,
}

/// The chair's recommendation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Recommend {
    /// What the panel recommends.
    pub verdict: RecommendedVerdict,
    /// Why, for the decision and the submitter.
    #[cfg_attr(feature = "openapi", schema(example = "Sản phẩm có số liệu triển khai tin cậy."))]
    pub reason: String,
}

impl Validate for Recommend {
    fn normalise(&mut self) {
        self.reason = text::block(&self.reason);
    }

    fn check(&self, violations: &mut Violations) {
        violations.text("/reason", &self.reason, 1, REASON_MAX);
    }
}

/// The look at the product on site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OnSiteVisit {
    /// The day of the visit.
    pub held_on: NaiveDate,
    /// Where it was.
    #[cfg_attr(feature = "openapi", schema(example = "Xã Gò Me, tỉnh Cà Mau"))]
    pub place: String,
    /// What was seen and said.
    pub minutes: String,
}

impl Validate for OnSiteVisit {
    fn normalise(&mut self) {
        self.place = text::line(&self.place);
        self.minutes = text::block(&self.minutes);
    }

    fn check(&self, violations: &mut Violations) {
        violations.day("/held_on", self.held_on);
        violations.text("/place", &self.place, 1, 300);
        violations.text("/minutes", &self.minutes, 1, 20_000);
    }
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
