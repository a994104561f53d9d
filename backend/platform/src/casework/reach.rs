//! How far an account reaches: what waits for it in each of its parts, and what the register shows to it. Refuses its
//! own cases and those that it may not judge.

use nq57_core::access::{AccountActor, Denial, Role, RoleGrant};
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
    let grants = broadest(&account.grants);
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

/// Grants that no other one of the same role covers.
fn broadest(grants: &[RoleGrant]) -> Vec<&RoleGrant> {
    let covers = |broad: &RoleGrant, narrow: &RoleGrant| {
        broad.role == narrow.role
            && broad.organisation_id.is_none_or(|id| narrow.organisation_id == Some(id))
            && (broad.province_code.is_none() || broad.province_code == narrow.province_code)
    };
    grants
        .iter()
        .enumerate()
        .filter(|(place, grant)| {
            !grants.iter().enumerate().any(|(other, broad)| {
                other != *place && covers(broad, grant) && (!covers(grant, broad) || other < *place)
            })
        })
        .map(|(_, grant)| grant)
        .collect()
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

/// What the register shows to the account.
pub(super) fn within(account: &AccountActor) -> ApiResult<Condition> {
    let grants = account.grants.iter().filter(|grant| Role::REGISTER.contains(&grant.role));
    let grants: Vec<RoleGrant> = grants.cloned().collect();
    if grants.is_empty() {
        return Err(Denial::Forbidden.code().into());
    }
    let limits = broadest(&grants).into_iter().fold(Condition::any(), |any, grant| {
        let mut all = Condition::all().add(Expr::val(1).eq(1));
        if let Some(province) = &grant.province_code {
            all = all.add(case::Column::ProvinceCode.eq(province.as_str()));
        }
        if let Some(organisation) = grant.organisation_id {
            let within = account.reach.of(organisation);
            all = all.add(case::Column::OrganisationId.is_in(within));
        }
        any.add(all)
    });
    Ok(Condition::all().add(limits).add(apart(account)))
}

#[cfg(test)]
mod tests {
    use nq57_core::access::Role;

    use super::*;

    fn grant(role: Role, province: Option<&str>) -> RoleGrant {
        RoleGrant { role, organisation_id: None, province_code: province.map(str::to_owned) }
    }

    #[test]
    fn a_grant_that_another_one_covers_asks_nothing_of_its_own() {
        let grants = [
            grant(Role::IntakeOfficer, Some("92")),
            grant(Role::IntakeOfficer, None),
            grant(Role::IntakeOfficer, None),
            grant(Role::Publisher, Some("01")),
        ];
        let left = broadest(&grants);
        assert_eq!(left, [&grants[1], &grants[3]]);
    }
}
