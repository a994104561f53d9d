//! Work that waits: written in the transition that makes it, gone with the transition that does it.

use chrono::TimeDelta;
use nq57_core::access::Role;
use nq57_core::ids::{AccountId, OrganisationId};
use nq57_core::time::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::table::work_item::{ActiveModel, Column, Entity, Model};
use crate::clock::Clock;
use crate::error::ApiResult;
use crate::persistence::transaction::Tx;
use crate::subject::Subject;

/// Whom a piece of work waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignee {
    /// This account, as sender or as whoever holds it, in no official role.
    Account(AccountId),
    /// This account, as long as it has one of the roles and stands on nobody's side.
    Official(AccountId, &'static [Role]),
    /// Every member of the organisation.
    Organisation(OrganisationId),
    /// Whoever has the role for the province and organisation of the case and may judge it.
    Role(Role),
}

impl Assignee {
    pub(super) fn of_account(account: AccountId) -> String {
        format!("account:{account}")
    }

    pub(super) fn of_organisation(organisation: OrganisationId) -> String {
        format!("organisation:{organisation}")
    }

    pub(super) fn of_role(role: Role) -> String {
        format!("role:{}", role.as_str())
    }

    fn key(self) -> String {
        match self {
            Self::Account(account) | Self::Official(account, _) => Self::of_account(account),
            Self::Organisation(organisation) => Self::of_organisation(organisation),
            Self::Role(role) => Self::of_role(role),
        }
    }

    fn needs(self) -> Option<String> {
        match self {
            Self::Official(_, roles) => {
                Some(roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" "))
            }
            _ => None,
        }
    }
}

/// A piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// What is to be done, in the words of the domain.
    pub step: &'static str,
    pub assignee: Assignee,
    pub due_at: Option<Timestamp>,
}

/// What has no deadline sorts as if it were due then.
pub(super) fn never() -> Timestamp {
    Timestamp::UNIX_EPOCH + TimeDelta::days(400_000)
}

/// Makes the work that `source` wants done in the case wait, and no other that it wanted before. What waits
/// already stays as it is, but for its deadline.
///
/// # Errors
/// Failures of the database.
pub async fn replace_work(
    tx: &Tx,
    clock: &Clock,
    case: Subject,
    source: Uuid,
    province: Option<&str>,
    wanted: &[Work],
) -> ApiResult<()> {
    let waiting: Vec<Model> = Entity::find()
        .filter(Column::CaseId.eq(case.id))
        .filter(Column::SourceId.eq(source))
        .all(tx)
        .await?;
    let due_at = |work: &Work| work.due_at.unwrap_or(never());
    let is_same = |row: &Model, work: &Work| {
        row.step == work.step
            && row.assignee == work.assignee.key()
            && row.due_at == due_at(work)
            && row.province_code.as_deref() == province
    };
    let done: Vec<Uuid> = waiting
        .iter()
        .filter(|row| !wanted.iter().any(|work| is_same(row, work)))
        .map(|row| row.id)
        .collect();
    if !done.is_empty() {
        Entity::delete_many().filter(Column::Id.is_in(done)).exec(tx).await?;
    }
    let since = |work: &Work| {
        let before =
            waiting.iter().find(|row| row.step == work.step && row.assignee == work.assignee.key());
        before.map_or_else(|| clock.now(), |row| row.since)
    };
    let rows: Vec<ActiveModel> = wanted
        .iter()
        .filter(|work| !waiting.iter().any(|row| is_same(row, work)))
        .map(|work| ActiveModel {
            id: Set(clock.new_id()),
            case_id: Set(case.id),
            source_id: Set(source),
            step: Set(work.step.to_owned()),
            assignee: Set(work.assignee.key()),
            needs: Set(work.assignee.needs()),
            province_code: Set(province.map(str::to_owned)),
            since: Set(since(work)),
            due_at: Set(due_at(work)),
        })
        .collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
