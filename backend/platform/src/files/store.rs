//! The queries of files. A row is written in the caller's transaction; its content goes with it.

use std::collections::HashMap;

use nq57_core::files::Attachment;
use nq57_core::ids::{AccountId, FileId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::removal::removal;
use super::table::{ActiveModel, Column, Entity, Model};
use super::{Belongs, StoredFile, Upload};
use crate::access::Permit;
use crate::clock::Clock;
use crate::error::ApiResult;
use crate::outbox;
use crate::persistence::bounded;
use crate::persistence::transaction::Tx;

/// Makes the upload a file of something: its content stays with the commit.
///
/// # Errors
/// Failures of the database.
pub async fn attach(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<Attachment>,
    upload: &Upload,
    belongs: Belongs,
) -> ApiResult<Attachment> {
    permit.covers(belongs.subject_id)?;
    let attachment = Attachment {
        id: clock.new_id(),
        name: upload.name.clone(),
        media_type: upload.file_type.media_type().to_owned(),
        size: upload.size,
        sha256: upload.sha256.clone(),
        visibility: belongs.visibility,
        is_scanned: upload.is_scanned,
        uploaded_at: clock.now(),
    };
    let row = ActiveModel {
        id: Set(attachment.id),
        owner_id: Set(belongs.owner),
        subject_type: Set(belongs.subject_type.to_owned()),
        subject_id: Set(belongs.subject_id),
        name: Set(attachment.name.clone()),
        media_type: Set(attachment.media_type.clone()),
        size: Set(i64::try_from(attachment.size).unwrap_or(i64::MAX)),
        sha256: Set(attachment.sha256.clone()),
        object_key: Set(upload.object_key().to_owned()),
        visibility: Set(attachment.visibility),
        is_scanned: Set(attachment.is_scanned),
        created_at: Set(attachment.uploaded_at),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    upload.object.commit(tx);
    Ok(attachment)
}

/// The files of these things, in the order of upload. One query.
///
/// # Errors
/// Failures of the database.
pub async fn list(
    db: &impl ConnectionTrait,
    subject_type: &'static str,
    ids: &[Uuid],
) -> ApiResult<HashMap<Uuid, Vec<Attachment>>> {
    let mut found: HashMap<Uuid, Vec<Attachment>> = HashMap::new();
    let rows = bounded::look_up(ids.iter().copied(), async |ids| {
        Ok(Entity::find()
            .filter(Column::SubjectId.is_in(ids))
            .filter(Column::SubjectType.eq(subject_type))
            .order_by_asc(Column::Id)
            .all(db)
            .await?)
    })
    .await?;
    for row in rows {
        found.entry(row.subject_id).or_default().push(stored(row).attachment);
    }
    Ok(found)
}

/// The file of this id.
///
/// # Errors
/// Failures of the database.
pub async fn find(db: &impl ConnectionTrait, id: FileId) -> ApiResult<Option<StoredFile>> {
    Ok(Entity::find_by_id(id).one(db).await?.map(stored))
}

/// Removes the rows; the contents go after the commit, through the outbox.
///
/// # Errors
/// Failures of the database.
pub async fn delete(
    tx: &Tx,
    clock: &Clock,
    permit: Permit<Attachment>,
    subject: Uuid,
    files: &[FileId],
) -> ApiResult<()> {
    permit.covers(subject)?;
    if files.is_empty() {
        return Ok(());
    }
    let these = Column::Id.is_in(files.iter().copied()).and(Column::SubjectId.eq(subject));
    let keys: Vec<String> = Entity::find()
        .select_only()
        .column(Column::ObjectKey)
        .filter(these.clone())
        .into_tuple()
        .all(tx)
        .await?;
    Entity::delete_many().filter(these).exec(tx).await?;
    let removals: ApiResult<Vec<_>> = keys.iter().map(|key| removal(key)).collect();
    outbox::push(tx, clock, removals?).await
}

/// Bytes of all files that this account has uploaded and that are still kept.
pub(super) async fn bytes_of(db: &impl ConnectionTrait, account: AccountId) -> ApiResult<u64> {
    let sum = Expr::col(Column::Size).sum().cast_as("BIGINT");
    let sum: Option<Option<i64>> = Entity::find()
        .select_only()
        .expr_as(sum, "bytes")
        .filter(Column::OwnerId.eq(account))
        .into_tuple()
        .one(db)
        .await?;
    Ok(u64::try_from(sum.flatten().unwrap_or_default()).unwrap_or_default())
}

/// Which of these keys a row names.
pub(super) async fn known_keys(
    db: &impl ConnectionTrait,
    keys: &[String],
) -> ApiResult<Vec<String>> {
    Ok(Entity::find()
        .select_only()
        .column(Column::ObjectKey)
        .filter(Column::ObjectKey.is_in(keys.iter().map(String::as_str)))
        .into_tuple()
        .all(db)
        .await?)
}

fn stored(row: Model) -> StoredFile {
    StoredFile {
        attachment: Attachment {
            id: row.id,
            name: row.name,
            media_type: row.media_type,
            size: u64::try_from(row.size).unwrap_or_default(),
            sha256: row.sha256,
            visibility: row.visibility,
            is_scanned: row.is_scanned,
            uploaded_at: row.created_at,
        },
        owner: row.owner_id,
        subject_type: row.subject_type,
        subject_id: row.subject_id,
        object_key: row.object_key,
    }
}
