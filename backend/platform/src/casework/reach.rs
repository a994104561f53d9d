//! How far callers reach: what waits for an account in each of its parts, and what the register shows to it and to
//! clients. Refuses one's own cases and those that one may not judge.

use nq57_core::access::policy::{self, RegisterLimit};
use nq57_core::access::{AccountActor, Actor, RoleGrant};
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query as Select};

use super::participants::shut_out;
use super::table::{case, participant, work_item};
use super::work::Assignee;
use crate::error::ApiResult;

/// The part of who judges a case and therefore does not decide about it.
pub const JUDGE: &str = "judge";

/// What waits for the caller in each of the parts, as conditions that share no order of rows.
pub(super) fn parts(account: &AccountActor) -> Vec<Condition> {
    let assignee = |key: String| Condition::all().add(work_item::Column::Assignee.eq(key));
    let own_account = Assignee::of_account(account.id);
    let needs = || Expr::col((work_item::Entity, work_item::Column::Needs));
    let mut parts = vec![assignee(own_account.clone()).add(needs().is_null())];
    let grants = RoleGrant::broadest(&account.grants);
    if !grants.is_empty() {
        // A seat, and the work that goes with it, is worth nothing beyond what the role reaches.
        let one_of = grants.iter().fold(Condition::any(), |any, grant| {
            let needed = work_item::Column::Needs.contains(grant.role.as_str());
            any.add(limited(Condition::all().add(needed), grant, account))
        });
        parts.push(judging(assignee(own_account).add(one_of), account));
    }
    for organisation in &account.organisations {
        // What waits for the account itself is there already.
        let others = Condition::any()
            .add(case::Column::OwnerId.is_null())
            .add(case::Column::OwnerId.ne(account.id));
        parts.push(assignee(Assignee::of_organisation(*organisation)).add(others));
    }
    for grant in grants {
        let part = limited(assignee(Assignee::of_role(grant.role)), grant, account);
        parts.push(judging(part, account));
    }
    parts
}

/// What of it the limits of the grant include.
fn limited(mut part: Condition, grant: &RoleGrant, account: &AccountActor) -> Condition {
    if let Some(province) = &grant.province_code {
        part = part.add(work_item::Column::ProvinceCode.eq(province.as_str()));
    }
    if let Some(organisation) = grant.organisation_id {
        let within = account.reach.of(organisation);
        part = part.add(case::Column::OrganisationId.is_in(within));
    }
    part
}

/// Takes away what no official does: decide about what one judges, and all that [`apart`] takes away.
fn judging(part: Condition, account: &AccountActor) -> Condition {
    let judged = Select::select()
        .column(participant::Column::CaseId)
        .from(participant::Entity)
        .and_where(Expr::col(participant::Column::AccountId).eq(account.id))
        .and_where(Expr::col(participant::Column::Part).eq(JUDGE))
        .take();
    let of_case = Expr::col((case::Entity, case::Column::Id));
    let is_role = Expr::col((work_item::Entity, work_item::Column::Needs)).is_null();
    let decides = Condition::all().add(is_role).add(of_case.in_subquery(judged)).not();
    part.add(apart(account)).add(decides)
}

/// What is neither one's own nor a case where one declared a conflict or has written for the sender.
fn apart(account: &AccountActor) -> Condition {
    let of_case = || Expr::col((case::Entity, case::Column::Id));
    let (owner, sender) = (case::Column::OwnerId, case::Column::OrganisationId);
    let organisations = account.organisations.iter().copied();
    let apart = Condition::all()
        .add(owner.is_null().or(owner.ne(account.id)))
        .add(sender.is_null().or(sender.is_not_in(organisations)));
    shut_out(account.id)
        .into_iter()
        .fold(apart, |apart, cases| apart.add(of_case().not_in_subquery(cases)))
}

/// What the register shows to the actor.
pub(super) fn within(actor: &Actor) -> ApiResult<Condition> {
    let limits = policy::register(actor)?;
    let any = limits.into_iter().fold(Condition::any(), |any, limit| any.add(shown(limit)));
    let all = Condition::all().add(any);
    Ok(match actor {
        Actor::Account(account) => all.add(apart(account)),
        // Its sender learns less of a case than the register knows.
        Actor::Client(client) => {
            let sender = case::Column::OrganisationId;
            all.add(sender.is_null().or(sender.ne(client.organisation)))
        }
        Actor::Anonymous | Actor::System => all,
    })
}

/// The rows within one limit; a list without a value holds none.
fn shown(limit: RegisterLimit) -> Condition {
    let mut all = Condition::all().add(Expr::val(1).eq(1));
    if let Some(provinces) = limit.provinces {
        all = all.add(match provinces.as_slice() {
            [province] => case::Column::ProvinceCode.eq(province.as_str()),
            several => case::Column::ProvinceCode.is_in(several.iter().map(String::as_str)),
        });
    }
    if let Some(organisations) = limit.organisations {
        all = all.add(case::Column::OrganisationId.is_in(organisations));
    }
    all
}
