//! Who may sit on a panel, and changing a panel while its round is open.

use std::collections::HashSet;

use actix_web::{HttpRequest, HttpResponse, put};
use nq57_shared::access::Role;
use nq57_shared::evaluations::{Evaluation, EvaluationAction, ReplacePanel};
use nq57_shared::ids::{AccountId, EvaluationId};
use nq57_shared::problem::FieldCode;
use nq57_shared::time::vietnam_date;
use nq57_shared::validate::Violations;
use sea_orm::ConnectionTrait;

use super::enter::{enter, notice, record, review_quorum, scope_of};
use super::write::{self, NewPanel};
use super::{store, view};
use crate::app::AppState;
use crate::error::ApiResult;
use crate::http::openapi::IfMatchHeader;
use crate::http::{FromPath, IfMatch, SignedIn, ValidJson, current};
use crate::notifications::{self, Template};
use crate::persistence::transaction;
use crate::products::{By, ProductRecord};
use crate::{accounts, organisations};

/// Notes who of the panel may not have a seat, and a date that has passed. Those in `seated` had
/// their seat before and are not asked again.
pub(super) async fn check(
    db: &impl ConnectionTrait,
    state: &AppState,
    product: &ProductRecord,
    panel: &ReplacePanel,
    seated: &[AccountId],
) -> ApiResult<Violations> {
    let now = state.clock.now();
    let mut violations = Violations::new();
    let members = panel.member_ids.iter().enumerate();
    let seats: Vec<(String, AccountId, bool)> =
        std::iter::once(("/chair_id".into(), panel.chair_id, true))
            .chain(members.map(|(i, member)| (format!("/member_ids/{i}"), *member, false)))
            .filter(|(_, account, is_chair)| *is_chair || !seated.contains(account))
            .collect();
    let people: Vec<AccountId> = seats.iter().map(|(_, account, _)| *account).collect();
    let known = accounts::names(db, &people).await?;
    let scope = scope_of(product);
    let chairs: HashSet<AccountId> =
        accounts::holders_of(db, Role::PanelChair, scope, now).await?.into_iter().collect();
    let evaluators: HashSet<AccountId> =
        accounts::holders_of(db, Role::Evaluator, scope, now).await?.into_iter().collect();
    let memberships = organisations::memberships_of_all(db, &people).await?;
    for (pointer, account, is_chair) in seats {
        let has_role = chairs.contains(&account) || (!is_chair && evaluators.contains(&account));
        let is_owner = account == product.owner_id
            || memberships
                .get(&account)
                .into_iter()
                .flatten()
                .any(|membership| Some(membership.organisation_id) == product.organisation_id);
        if !known.contains_key(&account) {
            violations.add(pointer, FieldCode::UnknownValue);
        } else if is_owner || !has_role {
            violations.add(pointer, FieldCode::NotAllowed);
        }
    }
    if panel.due_on < vietnam_date(now) {
        violations.add("/due_on", FieldCode::NotAllowed);
    }
    Ok(violations)
}

/// Replace the panel of an evaluation.
///
/// For members who recused themselves, a chair who cannot go on, another quorum or date. Members who
/// stay keep their declaration and score sheet; a member whose sheet is in must stay, and from then on
/// the quorum may not be lowered. `If-Match` is the revision of the evaluation.
#[utoipa::path(
    tag = "evaluations",
    params(("id" = EvaluationId, Path, description = "The evaluation"), IfMatchHeader),
    request_body = ReplacePanel,
    responses((status = 200, description = "The evaluation as it is now", body = Evaluation,
        headers(("ETag" = String, description = "Its new revision")))),
    security(("bearer" = []))
)]
#[put("/evaluations/{id}/panel")]
pub async fn replace_panel(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<EvaluationId>,
    seen: IfMatch,
    body: ValidJson<ReplacePanel>,
) -> ApiResult<HttpResponse> {
    let by = By::request(caller.actor(), &request);
    let shown = transaction::write(&state.db, async |tx| {
        let product = replace(tx, &state, by, id, &seen, &body).await?;
        view::show(tx, caller.actor(), &product, &store::load(tx, id).await?).await
    })
    .await?;
    Ok(current(super::revision_of(&shown), &shown))
}

async fn replace(
    tx: &impl ConnectionTrait,
    state: &AppState,
    by: By<'_>,
    id: EvaluationId,
    seen: &IfMatch,
    panel: &ReplacePanel,
) -> ApiResult<ProductRecord> {
    let entered = enter(tx, by.actor, EvaluationAction::ReplacePanel, id, Some(seen)).await?;
    let round = &entered.round;
    round.require_open()?;
    let seated: Vec<AccountId> = round.members.iter().map(|one| one.account_id).collect();
    let mut violations = check(tx, state, &entered.product, panel, &seated).await?;
    let leaves = |account: &AccountId| !panel.member_ids.contains(account);
    if round.members.iter().any(|one| one.submitted_at.is_some() && leaves(&one.account_id)) {
        violations.add("/member_ids", FieldCode::NotAllowed);
    }
    // Whoever knows a sheet must not choose afterwards how many are enough.
    if round.members.iter().any(|one| one.submitted_at.is_some()) && panel.quorum < round.quorum {
        violations.add_limit("/quorum", FieldCode::TooSmall, round.quorum as usize);
    }
    violations.into_result()?;
    let new_chair = Some(panel.chair_id).filter(|chair| *chair != round.chair_id);
    let joins = |account: &AccountId| !seated.contains(account);
    let new = NewPanel {
        chair_id: panel.chair_id,
        quorum: panel.quorum,
        due_on: panel.due_on,
        added: panel.member_ids.iter().copied().filter(joins).collect(),
        removed: seated.iter().copied().filter(leaves).collect(),
    };
    write::set_panel(tx, entered.permit, round, &new).await?;
    record(tx, state, by, "evaluation.panel_replaced", round).await?;
    let after = store::load(tx, id).await?;
    let assigned = notice(Template::EvaluationAssigned, &after, &entered.product)
        .with("due_on", after.due_on.to_string())
        .to(new.added)
        .to(new_chair);
    notifications::notify(tx, &state.clock, assigned).await?;
    review_quorum(tx, state, &entered.product, entered.product_permit, &after).await?;
    Ok(entered.product)
}
