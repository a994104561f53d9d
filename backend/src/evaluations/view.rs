//! A round as one caller may see it. The sheets of others and everything that would tell about them
//! are left out until the caller's own sheet is in.

use std::collections::HashMap;

use nq57_shared::access::Actor;
use nq57_shared::access::policy::evaluations::may;
use nq57_shared::evaluations::{
    Evaluation, EvaluationAction, PanelMember, Person, ScoreSheet, SheetState, weighted_hundredths,
};
use nq57_shared::ids::AccountId;
use sea_orm::ConnectionTrait;

use super::enter::subject_of;
use super::round::{Member, Round};
use crate::accounts;
use crate::error::ApiResult;
use crate::products::ProductRecord;

/// The representation of a round for `actor`, who is permitted to read it.
pub(super) async fn show(
    db: &impl ConnectionTrait,
    actor: &Actor,
    product: &ProductRecord,
    round: &Round,
) -> ApiResult<Evaluation> {
    let mut people: Vec<AccountId> = round.members.iter().map(|one| one.account_id).collect();
    people.push(round.chair_id);
    let names = accounts::names(db, &people).await?;
    Ok(represent(actor, product, round, &names))
}

pub(super) fn represent(
    actor: &Actor,
    product: &ProductRecord,
    round: &Round,
    names: &HashMap<AccountId, String>,
) -> Evaluation {
    let me = actor.account_id();
    let is_chair = me == Some(round.chair_id);
    let shows_all = round.shows_sheets_to(actor);
    let name = |id: AccountId| names.get(&id).cloned().unwrap_or_default();
    let own = |member: &Member| Some(member.account_id) == me;
    let members = round.members.iter().map(|member| PanelMember {
        account_id: member.account_id,
        display_name: name(member.account_id),
        conflict: member.conflict,
        conflict_note: member.conflict_note.clone().filter(|_| is_chair || own(member)),
        // How far somebody is with a sheet that is not in is known to that person and the chair.
        sheet: match member.sheet() {
            SheetState::Draft if !(is_chair || own(member)) => SheetState::None,
            sheet => sheet,
        },
    });
    let sheets =
        round.members.iter().filter(|member| own(member) || (shows_all && member.counts()));
    Evaluation {
        id: round.id,
        product_id: round.product_id,
        product_title: product.draft.title.clone(),
        product_version: round.product_version,
        state: round.state,
        mode: round.mode,
        rubric: round.rubric.clone(),
        chair: Person { id: round.chair_id, display_name: name(round.chair_id) },
        members: members.collect(),
        quorum: round.quorum,
        due_on: round.due_on,
        opened_at: round.opened_at,
        revision: u64::try_from(round.revision_for(me)).unwrap_or_default(),
        on_site: round.on_site.clone(),
        sheets: sheets.filter_map(|member| sheet(round, member)).collect(),
        result: shows_all.then(|| round.result()),
        recommendation: round.recommendation.clone(),
        allowed_actions: allowed_actions(actor, product, round),
    }
}

fn sheet(round: &Round, member: &Member) -> Option<ScoreSheet> {
    let scores = member.scores.clone()?;
    let is_submitted = member.submitted_at.is_some();
    Some(ScoreSheet {
        member_id: member.account_id,
        state: member.sheet(),
        weighted_hundredths: is_submitted
            .then(|| weighted_hundredths(&scores, &round.rubric.criteria)),
        submitted_at: member.submitted_at,
        scores,
    })
}

/// What would be accepted now.
fn allowed_actions(actor: &Actor, product: &ProductRecord, round: &Round) -> Vec<EvaluationAction> {
    let me = actor.account_id();
    let subject = subject_of(round, actor, product);
    let is_possible = |action: EvaluationAction| match action {
        EvaluationAction::Read => true,
        EvaluationAction::DeclareConflict => {
            !round.is_closed() && round.member(me).is_some_and(|member| !member.is_recused())
        }
        EvaluationAction::Score => round.may_score(me).is_ok(),
        EvaluationAction::Recommend => round.may_recommend(me).is_ok(),
        EvaluationAction::RecordOnSiteVisit | EvaluationAction::ReplacePanel => !round.is_closed(),
    };
    let actions = EvaluationAction::ALL.into_iter();
    actions.filter(|action| may(actor, *action, &subject).is_ok() && is_possible(*action)).collect()
}
