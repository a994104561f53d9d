//! The row of a message and its three states.

use nq57_core::ids::OutboxId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OutboxId,
    pub topic: String,
    pub key: String,
    /// JSON; emptied once the message is delivered.
    #[sea_orm(column_type = "Text")]
    pub payload: String,
    pub state: State,
    pub created_at: DateTimeUtc,
    /// Not to be taken before; moved ahead by a lease.
    pub available_at: DateTimeUtc,
    pub attempts: i32,
    /// Who holds the message; a worker that overran its lease finds another one here.
    pub lease: Option<Uuid>,
    pub finished_at: Option<DateTimeUtc>,
    #[sea_orm(column_type = "Text", nullable)]
    pub last_error: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Waiting, or being delivered.
    #[sea_orm(string_value = "pending")]
    Pending,
    /// Delivered; kept for a while so that its key is not used again.
    #[sea_orm(string_value = "done")]
    Done,
    /// Given up.
    #[sea_orm(string_value = "dead")]
    Dead,
}
