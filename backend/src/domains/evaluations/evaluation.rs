//! An evaluation as the slice thinks of it, and its rules: whose sheets count, who may see which.
//! Pure: no query, no time of its own.

use std::collections::HashSet;
use std::ops::Deref;

use nq57_shared::access::Actor;
use nq57_shared::evaluations::{
    ConflictAnswer, EvaluationResult, EvaluationState, OnSiteVisit, Person, Recommendation,
    SheetState, mean_and_dispersion, weighted_hundredths,
};
use nq57_shared::ids::AccountId;
use nq57_shared::problem::ProblemCode;
use nq57_shared::products::workflow::EvaluationFacts;

use super::table::evaluation;

/// An evaluation with its panel.
#[derive(Clone, Debug)]
pub(super) struct EvaluationRecord {
    pub row: evaluation::Model,
    pub members: Vec<Member>,
    /// Who may not judge this product: declared a conflict, in whichever evaluation, or stands on the submitter's
    /// side, or did. As it is now, not when the seat was given.
    pub conflicts: HashSet<AccountId>,
    /// Who was shown sheets of others.
    pub looks: HashSet<AccountId>,
}

impl Deref for EvaluationRecord {
    type Target = evaluation::Model;

    fn deref(&self) -> &evaluation::Model {
        &self.row
    }
}

/// A seat on the panel.
pub(super) use super::table::member::Model as Member;

impl Member {
    pub fn sheet(&self) -> SheetState {
        match (&self.scores, self.submitted_at) {
            (_, Some(_)) => SheetState::Submitted,
            (Some(_), None) => SheetState::Draft,
            (None, None) => SheetState::None,
        }
    }
}

impl EvaluationRecord {
    /// What stands as the chair's recommendation. The name is looked up with those of the others.
    pub fn recommendation(&self) -> Option<Recommendation> {
        Some(Recommendation {
            by: Person { id: self.recommended_by?, display_name: String::new() },
            verdict: self.recommended_verdict?,
            reason: self.recommended_reason.clone()?,
            at: self.recommended_at?,
        })
    }

    /// The look on site, once it was recorded.
    pub fn on_site_visit(&self) -> Option<OnSiteVisit> {
        Some(OnSiteVisit {
            held_on: self.visited_on?,
            place: self.visited_place.clone()?,
            minutes: self.visited_minutes.clone()?,
        })
    }

    pub fn member(&self, account: Option<AccountId>) -> Option<&Member> {
        self.members.iter().find(|member| Some(member.account_id) == account)
    }

    /// The revision as `account` sees it: it grows with what that member says and scores. What the others do on
    /// their sheets is not to be told by it. Neither part ever falls, also when a seat is given up and taken
    /// again: no revision comes twice.
    pub fn revision_for(&self, account: Option<AccountId>) -> i64 {
        self.revision + self.member(account).map_or(0, |member| member.revision)
    }

    /// Whether the member's sheet is in and counts: not that of somebody who came to the submitter's side later.
    pub fn counts(&self, member: &Member) -> bool {
        member.submitted_at.is_some() && !self.is_recused(Some(member.account_id))
    }

    /// How many sheets count.
    pub fn sheets(&self) -> u32 {
        u32::try_from(self.members.iter().filter(|member| self.counts(member)).count())
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
            is_recommended: self.recommended_at.is_some(),
        }
    }

    /// What the submitted sheets say together.
    pub fn result(&self) -> EvaluationResult {
        let criteria = &self.rubric.criteria;
        let counting = self.members.iter().filter(|member| self.counts(member));
        let sheets: Vec<u32> = counting
            .filter_map(|member| member.scores.as_ref())
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

    /// Whether this account may not judge the product: it declared a conflict or is of the submitter's side.
    pub fn is_recused(&self, account: Option<AccountId>) -> bool {
        account.is_some_and(|account| self.conflicts.contains(&account))
    }

    /// Whether this account was shown sheets of others.
    pub fn has_looked(&self, account: Option<AccountId>) -> bool {
        account.is_some_and(|account| self.looks.contains(&account))
    }

    /// Whether this account's recommendation is the one that stands.
    pub fn is_recommended_by(&self, account: AccountId) -> bool {
        self.recommended_by == Some(account)
    }

    /// Whether somebody may know a sheet: from then on a panel is no longer chosen blindly.
    pub fn is_any_sheet_in(&self) -> bool {
        !self.looks.is_empty() || self.members.iter().any(|member| member.submitted_at.is_some())
    }

    /// Whether this caller may see how others scored: once the quorum is met, a member moreover only once
    /// the own sheet is in; a recused one never.
    pub fn shows_sheets_to(&self, actor: &Actor) -> bool {
        let account = actor.account_id();
        if actor.is_system() {
            return true;
        }
        if self.is_recused(account) {
            return false;
        }
        self.is_quorum_met() && self.member(account).is_none_or(|member| self.counts(member))
    }

    /// Whether this caller is about to be shown sheets of others for the first time.
    pub fn is_first_look(&self, actor: &Actor) -> Option<AccountId> {
        let account = actor.account_id()?;
        let others = |member: &&Member| self.counts(member) && member.account_id != account;
        let is_first = !self.looks.contains(&account)
            && self.shows_sheets_to(actor)
            && self.members.iter().any(|member| others(&member));
        is_first.then_some(account)
    }

    /// What the sheets say together, as far as this caller may know: all of it, only how many there are,
    /// or nothing before the own sheet is in.
    pub fn result_for(&self, actor: &Actor) -> Option<EvaluationResult> {
        if self.shows_sheets_to(actor) {
            return Some(self.result());
        }
        let account = actor.account_id();
        let is_shut_out =
            self.is_recused(account) || self.member(account).is_some_and(|one| !self.counts(one));
        (!is_shut_out).then(|| EvaluationResult {
            sheets: self.sheets(),
            quorum_met: self.is_quorum_met(),
            weighted_mean_hundredths: None,
            dispersion_hundredths: None,
            is_passed: None,
        })
    }

    /// Whether this account may read the recommendation: not while it could still add to the marks, neither now nor
    /// when the recommendation is void.
    pub fn shows_recommendation_to(&self, account: Option<AccountId>) -> bool {
        !self.is_recused(account)
            && (self.is_closed() || self.member(account).is_none_or(|member| self.counts(member)))
    }

    /// Whether a recommendation stands whose author may not judge the product any more.
    pub fn is_recommended_by_recused(&self) -> bool {
        self.recommended_by.is_some() && self.is_recused(self.recommended_by)
    }

    /// Refuses what a recused person must not do.
    pub fn require_unrecused(&self, account: Option<AccountId>) -> Result<(), ProblemCode> {
        if self.is_recused(account) { Err(ProblemCode::Recused) } else { Ok(()) }
    }

    /// Refuses what a closed evaluation no longer takes.
    pub fn require_open(&self) -> Result<(), ProblemCode> {
        if self.is_closed() { Err(ProblemCode::EvaluationClosed) } else { Ok(()) }
    }

    /// Whether this member may still change the own sheet.
    pub fn may_score(&self, account: Option<AccountId>) -> Result<(), ProblemCode> {
        self.require_open()?;
        match self.member(account) {
            None => Err(ProblemCode::Forbidden),
            Some(_) if self.is_recused(account) => Err(ProblemCode::Recused),
            Some(member) if member.conflict == ConflictAnswer::NotAsked => {
                Err(ProblemCode::ConflictNotDeclared)
            }
            Some(member) if member.submitted_at.is_some() => Err(ProblemCode::ScoreSheetSubmitted),
            // What the chair recommended rests on the sheets that were in.
            Some(_) if self.recommended_at.is_some() => Err(ProblemCode::RecommendationStands),
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
            Some(_) if self.is_recused(account) && answer != ConflictAnswer::Declared => {
                Err(ProblemCode::Recused)
            }
            Some(_) => Ok(()),
        }
    }

    /// Whether the chair may recommend now. A chair who declared a conflict may not.
    pub fn may_recommend(&self, account: Option<AccountId>) -> Result<(), ProblemCode> {
        self.require_open()?;
        self.require_unrecused(account)?;
        if self.is_quorum_met() { Ok(()) } else { Err(ProblemCode::QuorumNotMet) }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use nq57_shared::access::{AccountActor, Reach};
    use nq57_shared::evaluations::{EvaluationMode, Rubric};
    use nq57_shared::ids::{EvaluationId, ProductId};
    use nq57_shared::language::Bilingual;
    use nq57_shared::time::Timestamp;
    use proptest::prelude::*;
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
            reach: Reach::default(),
        })
    }

    fn member(n: u128, conflict: ConflictAnswer, is_submitted: bool) -> Member {
        Member {
            evaluation_id: EvaluationId(Uuid::nil()),
            account_id: account(n),
            position: 0,
            conflict,
            conflict_note: None,
            declared_at: None,
            scores: is_submitted.then(|| Vec::new().into()),
            submitted_at: is_submitted.then_some(Timestamp::UNIX_EPOCH),
            left_at: None,
            revision: 0,
        }
    }

    fn declared(members: &[Member]) -> HashSet<AccountId> {
        let declared = |one: &&Member| one.conflict == ConflictAnswer::Declared;
        members.iter().filter(declared).map(|one| one.account_id).collect()
    }

    fn evaluation(members: Vec<Member>) -> EvaluationRecord {
        let row = evaluation::Model {
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
            }
            .into(),
            chair_id: account(1),
            quorum: 2,
            due_on: NaiveDate::default(),
            due_at: Timestamp::UNIX_EPOCH,
            opened_at: Timestamp::UNIX_EPOCH,
            quorum_reached_at: None,
            visited_on: None,
            visited_place: None,
            visited_minutes: None,
            recommended_by: None,
            recommended_verdict: None,
            recommended_reason: None,
            recommended_at: None,
            closed_at: None,
            revision: 1,
        };
        EvaluationRecord { row, conflicts: declared(&members), looks: HashSet::new(), members }
    }

    #[test]
    fn the_sheet_of_a_member_who_recused_later_no_longer_counts() {
        use ConflictAnswer::{Declared, None};
        let both = evaluation(vec![member(1, None, true), member(2, None, true)]);
        assert!(both.is_quorum_met());
        assert_eq!(both.may_recommend(Some(account(1))), Ok(()));
        let one = evaluation(vec![member(1, None, true), member(2, Declared, true)]);
        assert_eq!(one.may_recommend(Some(account(1))), Err(ProblemCode::QuorumNotMet));
        assert!(!one.shows_sheets_to(&actor(1)), "the chair waits for the quorum");
        assert!(!one.shows_sheets_to(&actor(2)));
        assert_eq!(one.may_answer(Some(account(2)), None), Err(ProblemCode::Recused));
        let mut outside = evaluation(vec![member(2, None, true), member(3, None, true)]);
        outside.conflicts.insert(account(1));
        assert_eq!(outside.may_recommend(Some(account(1))), Err(ProblemCode::Recused));
        assert_eq!(outside.result_for(&actor(1)), Option::None);
    }

    #[test]
    fn scoring_comes_after_the_declaration_and_before_submission() {
        use ConflictAnswer::{None, NotAsked};
        let evaluation = evaluation(vec![
            member(1, NotAsked, false),
            member(2, None, false),
            member(3, None, true),
        ]);
        let may = |n| evaluation.may_score(Some(account(n)));
        assert_eq!(may(1), Err(ProblemCode::ConflictNotDeclared));
        assert_eq!(may(2), Ok(()));
        assert_eq!(may(3), Err(ProblemCode::ScoreSheetSubmitted));
        assert_eq!(may(4), Err(ProblemCode::Forbidden));
        assert!(!evaluation.shows_sheets_to(&actor(2)));
        assert!(!evaluation.shows_sheets_to(&actor(3)), "not before the quorum");
        assert!(!evaluation.shows_sheets_to(&actor(9)), "nobody outside before the quorum");
        assert_eq!(evaluation.result_for(&actor(9)).map(|result| result.sheets), Some(1));
        assert_eq!(evaluation.result_for(&actor(2)), Option::None);
    }

    proptest! {
        #[test]
        fn nobody_sees_marks_who_could_still_choose_what_becomes_of_them(
            seats in prop::collection::vec((0..3_usize, any::<bool>()), 0..6),
            quorum in 1..5_u32,
            viewer in 1..9_u128,
            recused in any::<bool>(),
        ) {
            use ConflictAnswer::{Declared, None, NotAsked};
            let members = seats.iter().zip(1..).map(|((conflict, is_in), n)| {
                member(n, [NotAsked, None, Declared][*conflict], *is_in)
            });
            let mut evaluation = evaluation(members.collect());
            evaluation.row.quorum = quorum;
            if recused {
                evaluation.conflicts.insert(account(viewer));
            }
            let who = actor(viewer);
            let seat = evaluation.member(Some(account(viewer)));
            let is_shut_out = evaluation.is_recused(Some(account(viewer)));
            let has_scored = seat.is_some_and(|member| evaluation.counts(member));
            if evaluation.shows_sheets_to(&who) {
                prop_assert!(!is_shut_out);
                prop_assert!(has_scored || seat.is_none());
                prop_assert!(evaluation.is_quorum_met());
            } else if let Some(result) = evaluation.result_for(&who) {
                prop_assert!(!is_shut_out && (seat.is_none() || has_scored));
                prop_assert_eq!(result.weighted_mean_hundredths, Option::None);
                prop_assert_eq!(result.is_passed, Option::None);
            }
            if is_shut_out {
                prop_assert!(evaluation.is_first_look(&who).is_none());
            }
        }
    }
}
