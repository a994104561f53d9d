//! The row of a file that belongs to something. The content is in the store, under `object_key`.

use nq57_core::files::FileVisibility;
use nq57_core::ids::{AccountId, FileId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "files")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FileId,
    /// Who uploaded it.
    pub owner_id: Option<AccountId>,
    pub subject_type: String,
    pub subject_id: Uuid,
    pub name: String,
    pub media_type: String,
    pub size: i64,
    pub sha256: String,
    pub object_key: String,
    pub visibility: FileVisibility,
    /// Whether a virus scanner saw it when it arrived.
    pub is_scanned: bool,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
