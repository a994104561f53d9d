//! Tables of the change feed: what writers leave, what became of it in its final order, the end of that order, and
//! since when it is the same history.

use nq57_shared::time::Timestamp;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, string, string_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null,
};

use super::schema::{add_index, index};

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        head(manager).await?;
        let generations = Table::create()
            .table("change_generation")
            .col(big_integer("from_seq").primary_key())
            .col(string("nonce"))
            .col(timestamp_with_time_zone("at"))
            .to_owned();
        manager.create_table(generations).await?;
        let inbox = Table::create()
            .table("change_inbox")
            .col(big_integer("n").primary_key().auto_increment())
            .col(string("type"))
            .col(string("object_id"))
            .col(text("audiences"))
            .col(string_null("cause"))
            .col(big_integer("revision"))
            .col(text_null("line"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone("at"))
            .to_owned();
        manager.create_table(inbox).await?;
        changes(manager).await
    }
}

async fn head(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let head = Table::create()
        .table("change_head")
        .col(integer("id").primary_key())
        .col(big_integer("seq"))
        .col(timestamp_with_time_zone("at"))
        .col(timestamp_with_time_zone_null("checked_at"))
        .to_owned();
    manager.create_table(head).await?;
    let start = Query::insert()
        .into_table("change_head")
        .columns(["id", "seq", "at"])
        .values_panic([1.into(), 0_i64.into(), Timestamp::UNIX_EPOCH.into()])
        .to_owned();
    manager.execute(start).await
}

async fn changes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let changes = Table::create()
        .table("change")
        .col(string("type"))
        .col(string("object_id"))
        .col(string("audience"))
        .col(big_integer("seq"))
        .col(big_integer("first_seq"))
        .col(boolean("gone"))
        .col(string_null("cause"))
        .col(big_integer("revision"))
        .col(text_null("line"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone("sequenced_at"))
        .primary_key(Index::create().col("type").col("object_id").col("audience"))
        .to_owned();
    manager.create_table(changes).await?;
    add_index(manager, "change_audience", "change", &["audience", "seq"]).await?;
    add_index(manager, "change_audience_type", "change", &["audience", "type", "seq"]).await?;
    let gone = index("change", "change_gone", &["sequenced_at"])
        .and_where(Expr::col("gone").eq(true))
        .to_owned();
    manager.create_index(gone).await
}
