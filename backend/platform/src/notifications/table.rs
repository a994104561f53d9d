//! The row of a message in an inbox. Texts are not kept: they are rendered when somebody reads them.

use nq57_core::ids::{AccountId, NotificationId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notifications")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NotificationId,
    pub account_id: AccountId,
    pub template: String,
    /// JSON object.
    #[sea_orm(column_type = "Text")]
    pub args: String,
    pub subject_type: Option<String>,
    pub subject_id: Option<Uuid>,
    pub path: Option<String>,
    /// Two messages of one account with the same key are one.
    pub key: Option<String>,
    pub created_at: DateTimeUtc,
    pub read_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
