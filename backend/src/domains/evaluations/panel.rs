//! Who may sit on a panel, and changing a panel while its evaluation is open. Nobody is named who declared a
//! conflict, and once a sheet is in nobody joins who may know it.

use std::collections::HashSet;

use actix_web::{HttpRequest, HttpResponse, put};
use nq57_platform::audit::{self, By};
use nq57_platform::error::ApiResult;
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{FromPath, IfMatch, SignedIn, ValidJson, current};
use nq57_platform::notifications::{self, Notice};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::Role;
use nq57_shared::evaluations::{Evaluation, EvaluationAction, ReplacePanel};
use nq57_shared::ids::{AccountId, EvaluationId};
use nq57_shared::problem::FieldCode;
use nq57_shared::time::{Timestamp, vietnam_date};
use nq57_shared::validate::Violations;
use sea_orm::ConnectionTrait;

use super::enter::{about, enter, entry, named};
use super::evaluation::EvaluationRecord;
use super::notices::{ChairAssigned, EvaluationAssigned};
use super::review::review;
use super::write::{self, NewPanel};
use super::{deadline, store, view};
use crate::domains::products::ProductRecord;
use crate::identity::accounts;

/// Whose roles let them judge this product today.
pub(super) struct Able {
    chairs: HashSet<AccountId>,
    evaluators: HashSet<AccountId>,
}

impl Able {
    pub async fn load(
        db: &impl ConnectionTrait,
        product: &ProductRecord,
        now: Timestamp,
    ) -> ApiResult<Self> {
        let scope = product.scope();
        let chairs = accounts::holders_of(db, Role::PanelChair, scope, now).await?;
        let evaluators = accounts::holders_of(db, Role::Evaluator, scope, now).await?;
        Ok(Self {
            chairs: chairs.into_iter().collect(),
            evaluators: evaluators.into_iter().collect(),
        })
    }

    pub fn to_lead(&self, account: AccountId) -> bool {
        self.chairs.contains(&account)
    }

    pub fn to_sit(&self, account: AccountId) -> bool {
        self.to_lead(account) || self.evaluators.contains(&account)
    }
}

/// Notes who of the panel may not have a seat or the chair, and a date that has passed. Those in
/// `seated` had their seat before and are not asked again.
pub(super) async fn check(
    db: &impl ConnectionTrait,
    state: &AppState,
    panel: &ReplacePanel,
    seated: &[AccountId],
    able: &Able,
    conflicts: &HashSet<AccountId>,
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
    for (pointer, account, is_chair) in seats {
        let has_role = if is_chair { able.to_lead(account) } else { able.to_sit(account) };
        if !known.contains_key(&account) {
            violations.add(pointer, FieldCode::UnknownValue);
        } else if !has_role || conflicts.contains(&account) {
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
/// stay keep their declaration and score sheet; a member whose sheet counts must stay. From the first
/// sheet on the quorum may not be lowered, and new members only take the place of members who leave
/// recused or without the role, chosen by a chair who was shown no sheet of others; neither the chair nor
/// anybody who was shown one is among them. Who
/// declared a conflict about the product gets neither seat nor chair, and as chair can only name
/// another one. `If-Match` is the revision of the evaluation.
#[utoipa::path(
    tag = "evaluations",
    params(("id" = EvaluationId, Path, description = "The evaluation"), IfMatchHeader),
    request_body = ReplacePanel,
    responses(
        (status = 200, description = "The evaluation as it is now", body = Evaluation,
            headers(("ETag" = String, description = "Its new revision"))),
        (status = 409, description = "`recused`, `evaluation_closed`"),
    ),
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
    let response = transaction::write(&state.db, async |tx| {
        let product = replace(tx, &state, by, id, &seen, &body).await?;
        view::to_response(tx, &state, by, &product, &store::load(tx, id).await?).await
    })
    .await?;
    Ok(current(response.revision, &response))
}

async fn replace(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: EvaluationId,
    seen: &IfMatch,
    panel: &ReplacePanel,
) -> ApiResult<ProductRecord> {
    let entered = enter(tx, by.actor, EvaluationAction::ReplacePanel, id, Some(seen)).await?;
    let evaluation = &entered.evaluation;
    evaluation.require_open()?;
    if !is_handing_over(evaluation, by.actor.account_id(), panel) {
        evaluation.require_unrecused(by.actor.account_id())?;
    }
    let seated: Vec<AccountId> = evaluation.members.iter().map(|one| one.account_id).collect();
    let able = Able::load(tx, &entered.product, state.clock.now()).await?;
    let mut violations = check(tx, state, panel, &seated, &able, &evaluation.conflicts).await?;
    let leaves = |account: &AccountId| !panel.member_ids.contains(account);
    if evaluation.is_any_sheet_in() {
        check_blindness(evaluation, panel, by.actor.account_id(), &able, &mut violations);
    }
    violations.into_result()?;
    let new_chair = Some(panel.chair_id).filter(|chair| *chair != evaluation.chair_id);
    let joins = |account: &AccountId| !seated.contains(account);
    let new = NewPanel {
        chair_id: panel.chair_id,
        quorum: panel.quorum,
        due_on: panel.due_on,
        added: panel.member_ids.iter().copied().filter(joins).collect(),
        removed: seated.iter().copied().filter(leaves).collect(),
    };
    write::set_panel(tx, entered.permit, evaluation, &new, state.clock.now()).await?;
    let ids = |accounts: &[AccountId]| accounts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let entry = entry(by, "evaluation.panel_replaced", evaluation)
        .with("added", ids(&new.added))
        .with("removed", ids(&new.removed))
        .changed("chair", evaluation.chair_id, new.chair_id)
        .changed("quorum", evaluation.quorum, new.quorum)
        .changed("due_on", evaluation.due_on, new.due_on);
    audit::record(tx, &state.clock, entry).await?;
    let after = store::load(tx, id).await?;
    if evaluation.due_on != after.due_on && evaluation.recommended_at.is_none() {
        deadline::begin(tx, state, &after).await?;
    }
    let ((title, code), due_on) = (named(&entered.product), after.due_on);
    let leads = Notice::new(&ChairAssigned { title: title.clone(), code: code.clone(), due_on });
    let leads = about(leads, &after).to(new_chair);
    let assigned = Notice::new(&EvaluationAssigned { title, code, due_on });
    let assigned = about(assigned, &after).to(new.added);
    notifications::notify(tx, &state.clock, assigned).await?;
    notifications::notify(tx, &state.clock, leads).await?;
    review(tx, state, by, &entered.product, entered.product_permit, id).await?;
    Ok(entered.product)
}

/// Whether a recused chair does the one thing that is left: names another chair and changes nothing else.
fn is_handing_over(
    evaluation: &EvaluationRecord,
    account: Option<AccountId>,
    panel: &ReplacePanel,
) -> bool {
    account == Some(evaluation.chair_id)
        && panel.chair_id != evaluation.chair_id
        && panel.quorum == evaluation.quorum
        && panel.due_on == evaluation.due_on
        && panel.member_ids.len() == evaluation.members.len()
        && evaluation.members.iter().all(|one| panel.member_ids.contains(&one.account_id))
}

/// Notes what nobody may choose any more who may know a sheet: who scores besides, whose sheet goes,
/// how many are enough.
fn check_blindness(
    evaluation: &EvaluationRecord,
    panel: &ReplacePanel,
    actor: Option<AccountId>,
    able: &Able,
    violations: &mut Violations,
) {
    let leaves = |account: AccountId| !panel.member_ids.contains(&account);
    if evaluation.members.iter().any(|one| evaluation.counts(one) && leaves(one.account_id)) {
        violations.add("/member_ids", FieldCode::NotAllowed);
    }
    if panel.quorum < evaluation.quorum {
        violations.add_limit("/quorum", FieldCode::TooSmall, evaluation.quorum as usize);
    }
    // Who knows the marks chooses nobody who adds to them, and not how many are enough.
    let has_looked = evaluation.has_looked(actor);
    if has_looked && panel.quorum > evaluation.quorum {
        violations.add("/quorum", FieldCode::NotAllowed);
    }
    let vacant = |account: AccountId| evaluation.is_recused(Some(account)) || !able.to_sit(account);
    let leaving = evaluation.members.iter().map(|one| one.account_id).filter(|one| leaves(*one));
    let mut room = leaving.filter(|account| vacant(*account)).count();
    for (i, account) in panel.member_ids.iter().enumerate() {
        if evaluation.member(Some(*account)).is_some() {
            continue;
        }
        let pointer = format!("/member_ids/{i}");
        if violations.0.iter().any(|found| found.pointer == pointer) {
            continue;
        }
        let leads = *account == evaluation.chair_id || *account == panel.chair_id;
        if has_looked || leads || evaluation.looks.contains(account) || room == 0 {
            violations.add(pointer, FieldCode::NotAllowed);
        } else {
            room -= 1;
        }
    }
}
