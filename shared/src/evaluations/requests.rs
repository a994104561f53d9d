//! What is sent to an evaluation: panel, conflicts of interest, scores, recommendation, visit.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Criterion, EvaluationMode, MEMBERS_MAX};
use crate::ids::AccountId;
use crate::problem::FieldCode;
use crate::reference::CODE_MAX;
use crate::text::{self, REASON_MAX};
use crate::validate::{Validate, Violations};

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
