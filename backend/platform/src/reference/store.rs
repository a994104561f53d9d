//! The queries of reference data.

use std::collections::HashMap;

use chrono::Days;
use nq57_core::language::Bilingual;
use nq57_core::reference::{ReferenceEntry, ReferenceList};
use nq57_core::time::{Timestamp, vietnam_date};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QuerySelect,
};
use serde_json::{Map, Value};

use super::snapshot::PROVINCES;
use super::snapshot::Snapshot;
use super::table::{entry, list};
use super::{feed, shipped};
use crate::access::Permit;
use crate::error::{ApiError, ApiResult};
use crate::persistence::bounded;
use crate::persistence::transaction::Tx;

/// All lists.
pub(super) async fn load(db: &DatabaseConnection) -> ApiResult<Snapshot> {
    let lists = list::Entity::find().all(db).await?;
    let mut entries: HashMap<String, Vec<ReferenceEntry>> = HashMap::new();
    for row in entry::Entity::find().all(db).await? {
        entries.entry(row.list.clone()).or_default().push(to_entry(row)?);
    }
    let lists: ApiResult<Vec<(ReferenceList, i64)>> = lists
        .into_iter()
        .map(|row| {
            let mut entries = entries.remove(&row.list).unwrap_or_default();
            entries.sort_by(shipped::order);
            let list = ReferenceList {
                list: row.list,
                version: row.version,
                title: Bilingual { vi: row.title_vi, en: row.title_en },
                source: row.source,
                extra: object(&row.extra)?,
                entries,
            };
            Ok((list, row.revision))
        })
        .collect();
    Ok(Snapshot::new(lists?))
}

/// An entry as it is now, whatever is in memory.
pub(super) async fn find(tx: &Tx, list: &str, code: &str) -> ApiResult<Option<ReferenceEntry>> {
    let found = entry::Entity::find()
        .filter(entry::Column::List.eq(list))
        .filter(entry::Column::Code.eq(code))
        .one(tx)
        .await?;
    found.map(to_entry).transpose()
}

pub(super) fn to_entry(row: entry::Model) -> ApiResult<ReferenceEntry> {
    Ok(ReferenceEntry {
        code: row.code,
        name: Bilingual { vi: row.name_vi, en: row.name_en },
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        source: row.source,
        sort: row.sort,
        extra: object(&row.extra)?,
    })
}

pub(super) fn object(text: &str) -> ApiResult<Map<String, Value>> {
    serde_json::from_str(text).map_err(ApiError::internal)
}

/// The sum of all revisions.
pub(super) async fn revision(db: &DatabaseConnection) -> ApiResult<i64> {
    let revisions: Vec<i64> = list::Entity::find()
        .select_only()
        .column(list::Column::Revision)
        .into_tuple()
        .all(db)
        .await?;
    Ok(revisions.into_iter().sum())
}

/// The digest of the file that each list was loaded from last.
pub(super) async fn shipped_digests(db: &DatabaseConnection) -> ApiResult<HashMap<String, String>> {
    let rows: Vec<(String, String)> = list::Entity::find()
        .select_only()
        .column(list::Column::List)
        .column(list::Column::Shipped)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Writes a shipped list: its entries are taken over, those that it no longer has end yesterday.
pub(super) async fn install(
    tx: &Tx,
    now: Timestamp,
    shipped: &ReferenceList,
    digest: &str,
) -> ApiResult<()> {
    let row = list::ActiveModel {
        list: Set(shipped.list.clone()),
        version: Set(shipped.version.clone()),
        title_vi: Set(shipped.title.vi.clone()),
        title_en: Set(shipped.title.en.clone()),
        source: Set(shipped.source.clone()),
        extra: Set(Value::Object(shipped.extra.clone()).to_string()),
        shipped: Set(digest.to_owned()),
        revision: Set(1),
        updated_at: Set(now),
    };
    let taken_over = OnConflict::column(list::Column::List)
        .update_columns([
            list::Column::Version,
            list::Column::TitleVi,
            list::Column::TitleEn,
            list::Column::Source,
            list::Column::Extra,
            list::Column::Shipped,
            list::Column::UpdatedAt,
        ])
        .value(list::Column::Revision, Expr::col((list::Entity, list::Column::Revision)).add(1))
        .to_owned();
    list::Entity::insert(row).on_conflict(taken_over).exec_without_returning(tx).await?;

    let before = rows_of(tx, &shipped.list).await?;
    let local: Vec<&str> =
        before.iter().filter(|row| row.is_local).map(|row| row.code.as_str()).collect();
    let rows: Vec<entry::ActiveModel> = shipped
        .entries
        .iter()
        .filter(|entry| !local.contains(&entry.code.as_str()))
        .map(|entry| to_row(&shipped.list, entry, false))
        .collect();
    if !rows.is_empty() {
        write(tx, rows).await?;
    }
    let yesterday = vietnam_date(now).checked_sub_days(Days::new(1));
    let gone = before.iter().filter(|row| {
        !row.is_local && row.valid_to.is_none() && shipped.entry(&row.code).is_none()
    });
    for row in gone {
        entry::Entity::update_many()
            .col_expr(entry::Column::ValidTo, Expr::value(yesterday))
            .filter(entry::Column::List.eq(&shipped.list))
            .filter(entry::Column::Code.eq(&row.code))
            .exec(tx)
            .await?;
    }
    feed::put_list(tx, now, &shipped.list, &before).await
}

/// The entries of a list as they stand.
pub(super) async fn rows_of(tx: &Tx, list: &str) -> ApiResult<Vec<entry::Model>> {
    Ok(entry::Entity::find().filter(entry::Column::List.eq(list)).all(tx).await?)
}

fn to_row(list: &str, entry: &ReferenceEntry, is_local: bool) -> entry::ActiveModel {
    entry::ActiveModel {
        list: Set(list.to_owned()),
        code: Set(entry.code.clone()),
        name_vi: Set(entry.name.vi.clone()),
        name_en: Set(entry.name.en.clone()),
        valid_from: Set(entry.valid_from),
        valid_to: Set(entry.valid_to),
        source: Set(entry.source.clone()),
        sort: Set(entry.sort),
        extra: Set(Value::Object(entry.extra.clone()).to_string()),
        is_local: Set(is_local),
    }
}

async fn write(tx: &Tx, rows: Vec<entry::ActiveModel>) -> ApiResult<()> {
    let replaced = OnConflict::columns([entry::Column::List, entry::Column::Code])
        .update_columns([
            entry::Column::NameVi,
            entry::Column::NameEn,
            entry::Column::ValidFrom,
            entry::Column::ValidTo,
            entry::Column::Source,
            entry::Column::Sort,
            entry::Column::Extra,
            entry::Column::IsLocal,
        ])
        .to_owned();
    for some in bounded::rows(rows) {
        entry::Entity::insert_many(some)
            .on_conflict(replaced.clone())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// The revision of a list that is about to be changed; others wait until the transaction ends.
pub(super) async fn lock_revision(tx: &Tx, list: &str) -> ApiResult<i64> {
    let row = list::Entity::find_by_id(list).lock(LockType::Update).one(tx).await?;
    row.map(|row| row.revision).ok_or_else(ApiError::not_found)
}

/// Until the transaction ends nobody changes which provinces there are, or does what follows from that.
///
/// # Errors
/// Failures of the database.
pub async fn lock_provinces(tx: &Tx) -> ApiResult<()> {
    lock_revision(tx, PROVINCES).await.map(drop)
}

/// Writes an entry for an administrator; the new revision of the list.
pub(super) async fn record(
    tx: &Tx,
    permit: Permit<ReferenceEntry>,
    now: Timestamp,
    list: &str,
    revision: i64,
    entry: &ReferenceEntry,
) -> ApiResult<i64> {
    permit.covers_new()?;
    let before = rows_of(tx, list).await?;
    write(tx, vec![to_row(list, entry, true)]).await?;
    list::Entity::update_many()
        .col_expr(list::Column::Revision, Expr::value(revision + 1))
        .col_expr(list::Column::UpdatedAt, Expr::value(now))
        .filter(list::Column::List.eq(list))
        .exec(tx)
        .await?;
    feed::put_list(tx, now, list, &before).await?;
    Ok(revision + 1)
}
