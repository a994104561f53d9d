//! Who stands how to a case: the parts that accounts play in it now, and the facts that keep somebody from
//! judging it for good. Parts come and go; a declared conflict and an authorship are only ever added.

use std::collections::HashSet;

use nq57_core::access::{AccountActor, Actor};
use nq57_core::ids::{AccountId, OrganisationId};
use nq57_core::time::Timestamp;
use sea_orm::sea_query::{Alias, Condition, Expr, OnConflict, Query, SelectStatement, UnionType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter,
    QuerySelect,
};
use uuid::Uuid;

use super::table::{author, case, participant, recusal};
use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use crate::persistence::transaction::Tx;
use crate::persistence::values::values;
use crate::subject::Subject;

/// How an account stands to a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// A conflict of interest was declared.
    pub is_recused: bool,
    /// Has written at it for its sender.
    pub is_author: bool,
    /// The parts played now.
    pub parts: Vec<String>,
}

impl Standing {
    /// Whether this part is played now.
    #[must_use]
    pub fn plays(&self, part: &str) -> bool {
        self.parts.iter().any(|played| played == part)
    }
}

const RECUSED: &str = "#recused";
const AUTHOR: &str = "#author";

/// How the account stands to the case. One query.
///
/// # Errors
/// Failures of the database.
pub async fn standing_of(
    db: &impl ConnectionTrait,
    case_id: Uuid,
    account: AccountId,
) -> ApiResult<Standing> {
    let recused = Query::select()
        .expr_as(Expr::val(RECUSED), "part")
        .from(recusal::Entity)
        .and_where(recusal::Column::CaseId.eq(case_id))
        .and_where(recusal::Column::AccountId.eq(account))
        .take();
    let wrote = Query::select()
        .expr_as(Expr::val(AUTHOR), "part")
        .from(author::Entity)
        .and_where(author::Column::CaseId.eq(case_id))
        .and_where(author::Column::AccountId.eq(account))
        .take();
    let select = Query::select()
        .expr_as(Expr::col(participant::Column::Part), "part")
        .from(participant::Entity)
        .and_where(participant::Column::CaseId.eq(case_id))
        .and_where(participant::Column::AccountId.eq(account))
        .union(UnionType::All, recused)
        .union(UnionType::All, wrote)
        .take();
    let mut standing = Standing::default();
    for part in values::<String>(db, &select).await? {
        match part.as_str() {
            RECUSED => standing.is_recused = true,
            AUTHOR => standing.is_author = true,
            _ => standing.parts.push(part),
        }
    }
    Ok(standing)
}

/// The accounts that play one of these parts now, without those who declared a conflict.
///
/// # Errors
/// Failures of the database.
pub async fn participants_of(
    db: &impl ConnectionTrait,
    case_id: Uuid,
    parts: &[&str],
) -> ApiResult<Vec<AccountId>> {
    Ok(participant::Entity::find()
        .select_only()
        .column(participant::Column::AccountId)
        .distinct()
        .filter(participant::Column::CaseId.eq(case_id))
        .filter(participant::Column::Part.is_in(parts.iter().copied()))
        .filter(participant::Column::AccountId.not_in_subquery(recused_in(case_id)))
        .into_tuple()
        .all(db)
        .await?)
}

fn recused_in(case_id: Uuid) -> SelectStatement {
    Query::select()
        .column(recusal::Column::AccountId)
        .from(recusal::Entity)
        .and_where(recusal::Column::CaseId.eq(case_id))
        .take()
}

/// Gives the parts that `source` wants its accounts to play, and takes all others that it has given.
///
/// # Errors
/// Failures of the database.
pub async fn replace_participants(
    tx: &Tx,
    now: Timestamp,
    case: Subject,
    source: Uuid,
    wanted: &[(AccountId, &'static str)],
) -> ApiResult<()> {
    let given: Vec<(AccountId, String)> = participant::Entity::find()
        .select_only()
        .columns([participant::Column::AccountId, participant::Column::Part])
        .filter(participant::Column::CaseId.eq(case.id))
        .filter(participant::Column::SourceId.eq(source))
        .into_tuple()
        .all(tx)
        .await?;
    let is_wanted = |account: &AccountId, part: &str| {
        wanted.iter().any(|(wants, wanted)| wants == account && *wanted == part)
    };
    for (account, part) in given.iter().filter(|(account, part)| !is_wanted(account, part)) {
        participant::Entity::delete_by_id((case.id, *account, part.clone())).exec(tx).await?;
    }
    let has = |account: AccountId, part: &str| {
        given.iter().any(|(given, played)| *given == account && played == part)
    };
    let rows: Vec<participant::ActiveModel> = wanted
        .iter()
        .filter(|(account, part)| !has(*account, part))
        .map(|(account, part)| participant::ActiveModel {
            case_id: Set(case.id),
            account_id: Set(*account),
            part: Set((*part).to_owned()),
            source_id: Set(source),
            since: Set(now),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    // A part that another source gave goes over to this one.
    let again = OnConflict::columns([
        participant::Column::CaseId,
        participant::Column::AccountId,
        participant::Column::Part,
    ])
    .update_columns([participant::Column::SourceId, participant::Column::Since])
    .to_owned();
    participant::Entity::insert_many(rows).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// Notes for good that the account declared a conflict of interest about the case.
///
/// # Errors
/// Failures of the database.
pub async fn recuse(
    tx: &Tx,
    now: Timestamp,
    case: Subject,
    source: Uuid,
    account: AccountId,
    note: Option<&str>,
) -> ApiResult<()> {
    let fact = recusal::ActiveModel {
        case_id: Set(case.id),
        account_id: Set(account),
        source_id: Set(source),
        note: Set(note.map(str::to_owned)),
        declared_at: Set(now),
    };
    recusal::Entity::insert(fact).exec_without_returning(tx).await?;
    Ok(())
}

/// Notes for good that the actor has written for the sender. The first time is the one that is kept.
///
/// # Errors
/// Failures of the database.
pub async fn add_author(tx: &Tx, clock: &Clock, actor: &Actor, case: Subject) -> ApiResult<()> {
    let Some(account) = actor.account_id() else { return Ok(()) };
    let fact = author::ActiveModel {
        case_id: Set(case.id),
        account_id: Set(account),
        first_at: Set(clock.now()),
    };
    let again = OnConflict::new().do_nothing().to_owned();
    author::Entity::insert(fact).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// Notes for good that these accounts stood on the sender's side, also when they have left it.
///
/// # Errors
/// Failures of the database.
pub async fn add_side(
    tx: &Tx,
    now: Timestamp,
    case: Subject,
    accounts: impl IntoIterator<Item = AccountId>,
) -> ApiResult<()> {
    let facts: Vec<author::ActiveModel> = accounts
        .into_iter()
        .map(|account| author::ActiveModel {
            case_id: Set(case.id),
            account_id: Set(account),
            first_at: Set(now),
        })
        .collect();
    if facts.is_empty() {
        return Ok(());
    }
    let again = OnConflict::new().do_nothing().to_owned();
    author::Entity::insert_many(facts).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// The same for somebody who leaves an organisation, about all cases that it has sent.
///
/// # Errors
/// Failures of the database.
pub async fn add_side_of(
    tx: &Tx,
    now: Timestamp,
    organisation: OrganisationId,
    account: AccountId,
) -> ApiResult<()> {
    let sent = Query::select()
        .column(case::Column::Id)
        .from(case::Entity)
        .and_where(Expr::col(case::Column::OrganisationId).eq(organisation))
        .take();
    let side = Query::select().expr_as(Expr::val(account), "account_id").take();
    add_sides(tx, now, sent, side).await
}

/// The same for each of many cases and each of many accounts: queries of one id, the accounts as `account_id`.
///
/// # Errors
/// Failures of the database.
pub async fn add_sides(
    tx: &Tx,
    now: Timestamp,
    cases: SelectStatement,
    side: SelectStatement,
) -> ApiResult<()> {
    let facts = Query::select()
        .column((Alias::new("sent"), Alias::new("id")))
        .column((Alias::new("side"), Alias::new("account_id")))
        .expr(Expr::val(now))
        .from_subquery(cases, Alias::new("sent"))
        .from_subquery(side, Alias::new("side"))
        // SQLite takes ON CONFLICT for that of a join without it.
        .and_where(Expr::cust("1 = 1"))
        .take();
    let mut insert = Query::insert();
    insert
        .into_table(author::Entity)
        .columns([author::Column::CaseId, author::Column::AccountId, author::Column::FirstAt])
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    insert.select_from(facts).map_err(ApiError::internal)?;
    tx.execute(&insert).await?;
    Ok(())
}

/// Who may never judge the case: declared a conflict about it, has written at it, or has left whoever sent it. One
/// query; who belongs to the sender now is for the domain to add.
///
/// # Errors
/// Failures of the database.
pub async fn shut_out_of(
    db: &impl ConnectionTrait,
    case_id: Uuid,
) -> ApiResult<HashSet<AccountId>> {
    let wrote = Query::select()
        .column(author::Column::AccountId)
        .from(author::Entity)
        .and_where(author::Column::CaseId.eq(case_id))
        .take();
    let select = recused_in(case_id).union(UnionType::Distinct, wrote).take();
    Ok(values(db, &select).await?.into_iter().collect())
}

/// The cases that the organisation has sent and in which the account plays a part, as a query of ids.
#[must_use]
pub fn played_in(organisation: OrganisationId, account: AccountId) -> SelectStatement {
    let sent = Query::select()
        .column(case::Column::Id)
        .from(case::Entity)
        .and_where(Expr::col(case::Column::OrganisationId).eq(organisation))
        .take();
    Query::select()
        .column(participant::Column::CaseId)
        .from(participant::Entity)
        .and_where(Expr::col(participant::Column::AccountId).eq(account))
        .and_where(Expr::col(participant::Column::CaseId).in_subquery(sent))
        .take()
}

/// The cases from whose inside this account is kept, whatever its roles, as a query of ids: it sent them, alone or
/// through an organisation, stood on the sender's side, or declared a conflict.
#[must_use]
pub fn kept_from(account: &AccountActor) -> SelectStatement {
    let organisations = account.organisations.iter().copied();
    let own = Condition::any()
        .add(Expr::col(case::Column::OwnerId).eq(account.id))
        .add(Expr::col(case::Column::OrganisationId).is_in(organisations));
    let mut all =
        Query::select().column(case::Column::Id).from(case::Entity).cond_where(own).take();
    for cases in shut_out(account.id) {
        all.union(UnionType::All, cases);
    }
    all
}

/// The cases that this account may not judge, as queries of ids: a conflict was declared, or it has written at them.
#[must_use]
pub fn shut_out(account: AccountId) -> [SelectStatement; 2] {
    let recused = Query::select()
        .column(recusal::Column::CaseId)
        .from(recusal::Entity)
        .and_where(Expr::col(recusal::Column::AccountId).eq(account))
        .take();
    let wrote = Query::select()
        .column(author::Column::CaseId)
        .from(author::Entity)
        .and_where(Expr::col(author::Column::AccountId).eq(account))
        .take();
    [recused, wrote]
}
