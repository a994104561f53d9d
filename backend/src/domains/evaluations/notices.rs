//! What people are told about evaluations. Words for tasks, in `values.task`, are `evaluation.<task>`.

use chrono::NaiveDate;

nq57_platform::notices! {
    /// To a member of a panel: something is to be scored.
    EvaluationAssigned = "evaluation_assigned" { title: String, code: String, due_on: NaiveDate }
    /// To somebody who leads a panel from now on.
    ChairAssigned = "chair_assigned" { title: String, code: String, due_on: NaiveDate }
    /// To those who can name another chair: the one there is declared a conflict.
    ChairNeeded = "chair_needed" { title: String, code: String }
    /// To the publishers: the recommendation is out of force.
    RecommendationVoided = "recommendation_voided" { title: String, code: String }
    /// To the chair: a member is recused.
    ConflictDeclared = "conflict_declared" { title: String, code: String, member: String }
    /// To the chair, or to those who can name another one: a seat or the chair is worth nothing any more.
    SeatLost = "seat_lost" { title: String, code: String, member: String }
    /// To the chair: enough score sheets are in.
    QuorumReached = "quorum_reached" { title: String, code: String }
    /// To the publishers: the chair has recommended.
    Recommended = "recommended" { title: String, code: String, verdict: &'static str }
}
