//! An evaluation as one caller may see it. The sheets of others and everything that would tell about them
//! are left out until the quorum is met and the caller's own sheet, if one is owed, is in; a recused caller
//! learns no more than that there is an evaluation. The first look at sheets of others is written down
//! before they are shown.

use std::collections::{HashMap, HashSet};

use nq57_platform::audit::{self, By};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::Actor;
use nq57_shared::access::policy::evaluations::may;
use nq57_shared::evaluations::{
    ConflictAnswer, Evaluation, EvaluationAction, EvaluationState, PanelMember, Person,
    Recommendation, ScoreSheet, SheetState, weighted_hundredths,
};
use nq57_shared::ids::AccountId;
use sea_orm::ConnectionTrait;

use super::enter::{entry, subject_of};
use super::evaluation::{EvaluationRecord, Member};
use super::{store, write};
use crate::domains::products::{self, ProductRecord};
use crate::identity::accounts;

/// The representation of an evaluation, locked or just written in `tx`, for the actor, who is permitted to read
/// it. A first look at sheets of others is a fact from now on.
pub(super) async fn to_response(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    product: &ProductRecord,
    evaluation: &EvaluationRecord,
) -> ApiResult<Evaluation> {
    if let Some(account) = evaluation.is_first_look(by.actor) {
        write::note_look(tx, evaluation.id, account, state.clock.now()).await?;
        let entry =
            entry(by, "evaluation.sheets_seen", evaluation).with("sheets", evaluation.sheets());
        audit::record(tx, &state.clock, entry).await?;
    }
    let one = represent_all(tx, by.actor, product, std::slice::from_ref(evaluation)).await?;
    one.into_iter().next().ok_or_else(ApiError::not_found)
}

/// Reads the evaluations of one product for the actor. One whose sheets would be seen for the first time
/// is locked while the look is written down: a panel that changes at once knows of it or comes before.
pub(super) async fn read_all(
    state: &AppState,
    by: By<'_>,
    product: &ProductRecord,
    evaluations: &[EvaluationRecord],
) -> ApiResult<Vec<Evaluation>> {
    let mut all = represent_all(&state.db, by.actor, product, evaluations).await?;
    for (place, evaluation) in all.iter_mut().zip(evaluations) {
        if evaluation.is_first_look(by.actor).is_some() {
            *place = transaction::write(&state.db, async |tx| {
                let evaluation = store::load_for_update(tx, evaluation.id).await?;
                to_response(tx, state, by, product, &evaluation).await
            })
            .await?;
        }
    }
    Ok(all)
}

async fn represent_all(
    db: &impl ConnectionTrait,
    actor: &Actor,
    product: &ProductRecord,
    evaluations: &[EvaluationRecord],
) -> ApiResult<Vec<Evaluation>> {
    let members =
        evaluations.iter().flat_map(|evaluation| &evaluation.members).map(|one| one.account_id);
    let people: HashSet<AccountId> = members.chain(evaluations.iter().flat_map(leaders)).collect();
    let names = accounts::names(db, &Vec::from_iter(people)).await?;
    let mut all = Vec::with_capacity(evaluations.len());
    let titles = products::sealed_titles(db, product.id).await?;
    for evaluation in evaluations {
        let title = titles.get(&evaluation.product_version).ok_or_else(|| {
            ApiError::internal(anyhow::anyhow!(
                "the version of evaluation {} is not sealed",
                evaluation.id
            ))
        })?;
        all.push(represent(actor, product, title, evaluation, &names));
    }
    Ok(all)
}

/// Who leads the evaluation and who led it when it was recommended.
fn leaders(evaluation: &EvaluationRecord) -> impl Iterator<Item = AccountId> {
    std::iter::once(evaluation.chair_id).chain(evaluation.recommended_by)
}

fn represent(
    actor: &Actor,
    product: &ProductRecord,
    title: &str,
    evaluation: &EvaluationRecord,
    names: &HashMap<AccountId, String>,
) -> Evaluation {
    let me = actor.account_id();
    let is_chair = me == Some(evaluation.chair_id);
    let is_recused = evaluation.is_recused(me);
    let shows_all = evaluation.shows_sheets_to(actor);
    let shows_recommendation = evaluation.shows_recommendation_to(me);
    let name = |id: AccountId| names.get(&id).cloned().unwrap_or_default();
    let own = |member: &Member| Some(member.account_id) == me;
    // A recused chair needs the names to hand them to another one; how far they are is not to be known.
    let is_seen = |member: &&Member| !is_recused || is_chair || own(member);
    let members = evaluation.members.iter().filter(is_seen).map(|member| PanelMember {
        account_id: member.account_id,
        display_name: name(member.account_id),
        conflict: match is_recused && !own(member) {
            true => ConflictAnswer::NotAsked,
            false => member.conflict,
        },
        conflict_note: member
            .conflict_note
            .clone()
            .filter(|_| own(member) || (is_chair && !is_recused)),
        // How far somebody is with a sheet that is not in is known to that person and the chair.
        sheet: match member.sheet() {
            _ if is_recused && !own(member) => SheetState::None,
            SheetState::Draft if !(is_chair || own(member)) => SheetState::None,
            sheet => sheet,
        },
    });
    let sheets = evaluation
        .members
        .iter()
        .filter(|member| own(member) || (shows_all && evaluation.counts(member)));
    Evaluation {
        id: evaluation.id,
        product_id: evaluation.product_id,
        product_title: title.to_owned(),
        product_version: evaluation.product_version,
        is_recused,
        state: match evaluation.state {
            EvaluationState::Recommended if is_recused => EvaluationState::Open,
            state => state,
        },
        mode: evaluation.mode,
        rubric: evaluation.rubric.0.clone(),
        chair: Person { id: evaluation.chair_id, display_name: name(evaluation.chair_id) },
        members: members.collect(),
        quorum: evaluation.quorum,
        due_on: evaluation.due_on,
        opened_at: evaluation.opened_at,
        revision: evaluation.revision_for(me).cast_unsigned(),
        on_site: evaluation.on_site_visit().filter(|_| !is_recused),
        sheets: sheets.filter_map(|member| sheet(evaluation, member)).collect(),
        result: evaluation.result_for(actor),
        recommendation: evaluation.recommendation().filter(|_| shows_recommendation).map(|given| {
            let by = Person { id: given.by.id, display_name: name(given.by.id) };
            Recommendation { by, ..given }
        }),
        allowed_actions: allowed_actions(actor, product, evaluation),
    }
}

fn sheet(evaluation: &EvaluationRecord, member: &Member) -> Option<ScoreSheet> {
    let scores = member.scores.clone()?.0;
    let is_submitted = member.submitted_at.is_some();
    Some(ScoreSheet {
        member_id: member.account_id,
        state: member.sheet(),
        weighted_hundredths: is_submitted
            .then(|| weighted_hundredths(&scores, &evaluation.rubric.criteria)),
        submitted_at: member.submitted_at,
        scores,
    })
}

/// What would be accepted now.
fn allowed_actions(
    actor: &Actor,
    product: &ProductRecord,
    evaluation: &EvaluationRecord,
) -> Vec<EvaluationAction> {
    let me = actor.account_id();
    let subject = subject_of(evaluation, actor, product);
    let is_possible = |action: EvaluationAction| match action {
        EvaluationAction::Read => true,
        EvaluationAction::DeclareConflict => {
            !evaluation.is_closed() && !evaluation.is_recused(me) && evaluation.member(me).is_some()
        }
        EvaluationAction::Score => evaluation.may_score(me).is_ok(),
        EvaluationAction::Recommend => evaluation.may_recommend(me).is_ok(),
        EvaluationAction::RecordOnSiteVisit => {
            !evaluation.is_closed() && !evaluation.is_recused(me)
        }
        EvaluationAction::ReplacePanel => {
            !evaluation.is_closed()
                && (!evaluation.is_recused(me) || me == Some(evaluation.chair_id))
        }
    };
    let actions = EvaluationAction::ALL.into_iter();
    actions.filter(|action| may(actor, *action, &subject).is_ok() && is_possible(*action)).collect()
}
