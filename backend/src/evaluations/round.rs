//! A round as the slice thinks of it, and its rules: whose sheets count, who may see which.
//! Pure: no query, no time of its own.

use chrono::NaiveDate;
use nq57_shared::access::Actor;
use nq57_shared::evaluations::{
    ConflictAnswer, EvaluationMode, EvaluationResult, EvaluationState, OnSiteVisit, Recommendation,
    Rubric, Score, SheetState, mean_and_dispersion, weighted_hundredths,
};
use nq57_shared::ids::{AccountId, EvaluationId, ProductId};
use nq57_shared::problem::ProblemCode;
use nq57_shared::products::workflow::EvaluationFacts;
use nq57_shared::time::Timestamp;

/// A round with its panel.
#[derive(Clone, Debug)]
pub(super) struct Round {
    pub id: EvaluationId,
    pub product_id: ProductId,
    pub product_version: u32,
    pub state: EvaluationState,
    pub mode: EvaluationMode,
    pub rubric: Rubric,
    pub chair_id: AccountId,
    pub quorum: u32,
    pub due_on: NaiveDate,
    pub opened_at: Timestamp,
    pub quorum_reached_at: Option<Timestamp>,
    pub on_site: Option<OnSiteVisit>,
    pub recommendation: Option<Recommendation>,
    pub revision: i64,
    pub members: Vec<Member>,
}

/// A seat on the panel.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub account_id: AccountId,
    pub conflict: ConflictAnswer,
    pub conflict_note: Option<String>,
    pub scores: Option<Vec<Score>>,
    pub submitted_at: Option<Timestamp>,
    pub revision: i64,
}

impl Member {
    pub fn is_recused(&self) -> bool {
        self.conflict == ConflictAnswer::Declared
    }

    /// Whether the sheet is in and counts.
    pub fn counts(&self) -> bool {
        self.submitted_at.is_some() && !self.is_recused()
    }

    pub fn sheet(&self) -> SheetState {
        match (&self.scores, self.submitted_at) {
            (_, Some(_)) => SheetState::Submitted,
            (Some(_), None) => SheetState::Draft,
            (None, None) => SheetState::None,
        }
    }
}

impl Round {
    pub fn member(&self, account: Option<AccountId>) -> Option<&Member> {
        self.members.iter().find(|member| Some(member.account_id) == account)
    }

    /// The revision as `account` sees it: it grows with what that member says and scores. What the others do on
    /// their sheets is not to be told by it.
    pub fn revision_for(&self, account: Option<AccountId>) -> i64 {
        self.revision + self.member(account).map_or(0, |member| member.revision)
    }

    /// How many sheets count.
    pub fn sheets(&self) -> u32 {
        u32::try_from(self.members.iter().filter(|member| member.counts()).count())
            .unwrap_or(u32::MAX)
    }

    pub fn is_quorum_met(&self) -> bool {
        self.sheets() >= self.quorum
    }

    pub fn is_closed(&self) -> bool {
        self.state == EvaluationState::Closed
    }

    /// What the workflow of products needs to know.
    pub fn facts(&self) -> EvaluationFacts {
        EvaluationFacts {
            is_open: !self.is_closed(),
            quorum_met: self.is_quorum_met(),
            is_recommended: self.recommendation.is_some(),
        }
    }

    /// What the submitted sheets say together.
    pub fn result(&self) -> EvaluationResult {
        let criteria = &self.rubric.criteria;
        let counting = self.members.iter().filter(|member| member.counts());
        let sheets: Vec<u32> = counting
            .filter_map(|member| member.scores.as_deref())
            .map(|scores| weighted_hundredths(scores, criteria))
            .collect();
        let figures = mean_and_dispersion(&sheets);
        let mean = figures.map(|(mean, _)| mean);
        EvaluationResult {
            sheets: self.sheets(),
            quorum_met: self.is_quorum_met(),
            weighted_mean_hundredths: mean,
            dispersion_hundredths: figures.map(|(_, dispersion)| dispersion),
            is_passed: mean.map(|mean| mean >= self.rubric.pass_mark.saturating_mul(100)),
        }
    }

    /// Whether this caller may see how others scored: a member only once the own sheet is in, whatever
    /// other role the member holds, and a recused one never.
    pub fn shows_sheets_to(&self, actor: &Actor) -> bool {
        actor.is_system() || self.member(actor.account_id()).is_none_or(Member::counts)
    }

    /// Refuses what a closed round no longer takes.
    pub fn require_open(&self) -> Result<(), ProblemCode> {
        if self.is_closed() { Err(ProblemCode::EvaluationClosed) } else { Ok(()) }
    }

    /// Whether this member may still change the own sheet.
    pub fn may_score(&self, account: Option<AccountId>) -> Result<(), ProblemCode> {
        self.require_open()?;
        match self.member(account) {
            None => Err(ProblemCode::Forbidden),
            Some(member) if member.is_recused() => Err(ProblemCode::Recused),
            Some(member) if member.conflict == ConflictAnswer::NotAsked => {
                Err(ProblemCode::ConflictNotDeclared)
            }
            Some(member) if member.submitted_at.is_some() => Err(ProblemCode::ScoreSheetSubmitted),
            Some(_) => Ok(()),
        }
    }

    /// Whether this member may give this answer: a declared conflict is final.
    pub fn may_answer(
        &self,
        account: Option<AccountId>,
        answer: ConflictAnswer,
    ) -> Result<(), ProblemCode> {
        self.require_open()?;
        match self.member(account) {
            None => Err(ProblemCode::Forbidden),
            Some(member) if member.is_recused() && answer != ConflictAnswer::Declared => {
                Err(ProblemCode::Recused)
            }
            Some(_) => Ok(()),
        }
    }

    /// Whether the chair may recommend now. A chair who declared a conflict as a member may not.
    pub fn may_recommend(&self, account: Option<AccountId>) -> Result<(), ProblemCode> {
        self.require_open()?;
        if self.member(account).is_some_and(Member::is_recused) {
            return Err(ProblemCode::Recused);
        }
        if self.is_quorum_met() { Ok(()) } else { Err(ProblemCode::QuorumNotMet) }
    }
}

#[cfg(test)]
mod tests {
    use nq57_shared::access::AccountActor;
    use nq57_shared::language::Bilingual;
    use uuid::Uuid;

    use super::*;

    fn account(n: u128) -> AccountId {
        AccountId(Uuid::from_u128(n))
    }

    fn actor(n: u128) -> Actor {
        Actor::Account(AccountActor {
            id: account(n),
            email_verified: true,
            grants: Vec::new(),
            organisations: Vec::new(),
        })
    }

    fn member(n: u128, conflict: ConflictAnswer, is_submitted: bool) -> Member {
        Member {
            account_id: account(n),
            conflict,
            conflict_note: None,
            scores: is_submitted.then(Vec::new),
            submitted_at: is_submitted.then_some(Timestamp::UNIX_EPOCH),
            revision: 0,
        }
    }

    fn round(members: Vec<Member>) -> Round {
        Round {
            id: EvaluationId(Uuid::nil()),
            product_id: ProductId(Uuid::nil()),
            product_version: 1,
            state: EvaluationState::Open,
            mode: EvaluationMode::Online,
            rubric: Rubric {
                id: "r".into(),
                name: Bilingual::default(),
                version: "1".into(),
                pass_mark: 65,
                criteria: Vec::new(),
            },
            chair_id: account(1),
            quorum: 2,
            due_on: NaiveDate::default(),
            opened_at: Timestamp::UNIX_EPOCH,
            quorum_reached_at: None,
            on_site: None,
            recommendation: None,
            revision: 1,
            members,
        }
    }

    #[test]
    fn the_sheet_of_a_member_who_recused_later_no_longer_counts() {
        use ConflictAnswer::{Declared, None};
        let mut round = round(vec![member(1, None, true), member(2, None, true)]);
        assert!(round.is_quorum_met());
        assert_eq!(round.may_recommend(Some(account(1))), Ok(()));
        round.members[1].conflict = Declared;
        assert_eq!(round.may_recommend(Some(account(1))), Err(ProblemCode::QuorumNotMet));
        assert!(round.shows_sheets_to(&actor(1)));
        assert!(!round.shows_sheets_to(&actor(2)));
        assert_eq!(round.may_answer(Some(account(2)), None), Err(ProblemCode::Recused));
        round.members[0].conflict = Declared;
        assert_eq!(round.may_recommend(Some(account(1))), Err(ProblemCode::Recused));
    }

    #[test]
    fn scoring_comes_after_the_declaration_and_before_submission() {
        use ConflictAnswer::{None, NotAsked};
        let round =
            round(vec![member(1, NotAsked, false), member(2, None, false), member(3, None, true)]);
        let may = |n| round.may_score(Some(account(n)));
        assert_eq!(may(1), Err(ProblemCode::ConflictNotDeclared));
        assert_eq!(may(2), Ok(()));
        assert_eq!(may(3), Err(ProblemCode::ScoreSheetSubmitted));
        assert_eq!(may(4), Err(ProblemCode::Forbidden));
        assert!(!round.shows_sheets_to(&actor(2)));
        assert!(round.shows_sheets_to(&actor(9)), "whoever is permitted and not on the panel");
    }
}
