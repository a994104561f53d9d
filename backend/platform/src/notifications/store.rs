//! The queries of the inbox. An account sees its own messages only: every query names it.

use nq57_core::ids::{AccountId, NotificationId};
use nq57_core::language::Language;
use nq57_core::notifications::{MarkRead, Notification};
use nq57_core::time::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
};
use serde_json::{Map, Value};

use super::catalogue::Catalogue;
use super::notice::Notice;
use super::table::{ActiveModel, Column, Entity, Model};
use crate::clock::Clock;
use crate::error::ApiResult;
use crate::persistence::bounded;
use crate::persistence::transaction::Tx;

/// Inserts a row for each of these accounts; each with the key of its mail.
pub(super) async fn insert(
    tx: &Tx,
    clock: &Clock,
    notice: &Notice,
    accounts: Vec<AccountId>,
) -> ApiResult<Vec<(String, NotificationId)>> {
    let args = Value::Object(notice.args.clone()).to_string();
    let mut rows = Vec::with_capacity(accounts.len());
    let mut mails = Vec::with_capacity(accounts.len());
    for account in accounts {
        let id: NotificationId = clock.new_id();
        let mail = match &notice.key {
            Some(key) => format!("{account}:{key}"),
            None => id.to_string(),
        };
        mails.push((mail, id));
        rows.push(ActiveModel {
            id: Set(id),
            account_id: Set(account),
            template: Set(notice.template.to_owned()),
            args: Set(args.clone()),
            subject_type: Set(notice.subject.map(|subject| subject.kind.to_owned())),
            subject_id: Set(notice.subject.map(|subject| subject.id)),
            path: Set(notice.path.clone()),
            key: Set(notice.key.clone()),
            created_at: Set(clock.now()),
            read_at: Set(None),
        });
    }
    for some in bounded::rows(rows) {
        Entity::insert_many(some)
            .on_conflict_do_nothing_on([Column::AccountId, Column::Key])
            .exec_without_returning(tx)
            .await?;
    }
    Ok(mails)
}

pub(super) async fn find(
    db: &impl ConnectionTrait,
    id: NotificationId,
) -> ApiResult<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// Its values; without any when they cannot be read, so that one row spoils no inbox.
pub(super) fn args(row: &Model) -> Map<String, Value> {
    serde_json::from_str(&row.args).unwrap_or_else(|error| {
        tracing::error!(id = %row.id, %error, "the values of a notice cannot be read");
        Map::new()
    })
}

/// The messages of one account.
pub(super) fn inbox(account: AccountId, unread_only: bool) -> sea_orm::Select<Entity> {
    let select = Entity::find().filter(Column::AccountId.eq(account));
    if unread_only { select.filter(Column::ReadAt.is_null()) } else { select }
}

pub(super) async fn unread(db: &impl ConnectionTrait, account: AccountId) -> ApiResult<u64> {
    Ok(inbox(account, true).count(db).await?)
}

/// Marks messages of this account; others that are named are left alone, read ones keep their time.
pub(super) async fn mark_read(
    tx: &Tx,
    account: AccountId,
    now: Timestamp,
    which: &MarkRead,
) -> ApiResult<()> {
    let mut update = Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(now))
        .filter(Column::AccountId.eq(account))
        .filter(Column::ReadAt.is_null());
    if !which.all {
        update = update.filter(Column::Id.is_in(which.ids.iter().copied()));
    }
    update.exec(tx).await?;
    Ok(())
}

/// The message as its owner reads it. One that no slice knows, written by another version, is listed with words
/// that say so.
pub(super) fn notification(row: Model, catalogue: &Catalogue, language: Language) -> Notification {
    let rendered = catalogue
        .render(&row.template, language, &args(&row))
        .unwrap_or_else(|| catalogue.unknown(language));
    Notification {
        id: row.id,
        kind: row.template,
        title: rendered.title,
        text: rendered.text,
        subject_type: row.subject_type,
        subject_id: row.subject_id,
        path: row.path,
        created_at: row.created_at,
        read_at: row.read_at,
    }
}
