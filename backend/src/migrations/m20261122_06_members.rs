//! Tables of who belongs to organisations: members, those who have left, requests to join.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, string, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        members(manager).await?;
        join_requests(manager).await
    }
}

async fn members(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("memberships")
                .col(uuid("organisation_id"))
                .col(uuid("account_id"))
                .col(boolean("is_manager"))
                .col(timestamp_with_time_zone("joined_at"))
                .primary_key(Index::create().col("organisation_id").col("account_id"))
                .foreign_key(
                    ForeignKey::create()
                        .from("memberships", "organisation_id")
                        .to("organisations", "id"),
                )
                .foreign_key(
                    ForeignKey::create()
                        .from("memberships", "account_id")
                        .to("accounts", "id")
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .to_owned(),
        )
        .await?;
    let of_account = Index::create()
        .name("memberships_account")
        .table("memberships")
        .col("account_id")
        .to_owned();
    manager.create_index(of_account).await?;
    // Who was a member stays known: nobody judges what was submitted while they belonged to it.
    let departures = Table::create()
        .table("organisation_departures")
        .col(uuid("organisation_id"))
        .col(uuid("account_id"))
        .col(timestamp_with_time_zone("left_at"))
        .primary_key(Index::create().col("organisation_id").col("account_id").col("left_at"))
        .foreign_key(
            ForeignKey::create()
                .from("organisation_departures", "organisation_id")
                .to("organisations", "id"),
        )
        .to_owned();
    manager.create_table(departures).await
}

async fn join_requests(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("join_requests")
                .col(uuid("id").primary_key())
                .col(uuid("organisation_id"))
                .col(uuid("account_id"))
                .col(text("message"))
                .col(string("state"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("answered_at"))
                .col(uuid_null("answered_by"))
                .foreign_key(
                    ForeignKey::create()
                        .from("join_requests", "organisation_id")
                        .to("organisations", "id"),
                )
                .foreign_key(
                    ForeignKey::create()
                        .from("join_requests", "account_id")
                        .to("accounts", "id")
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .to_owned(),
        )
        .await?;
    let of_account = Index::create()
        .name("join_requests_account")
        .table("join_requests")
        .col("account_id")
        .to_owned();
    manager.create_index(of_account).await?;
    // One open request for each person and organisation, also when a click comes twice.
    manager
        .create_index(
            Index::create()
                .name("join_requests_pending")
                .table("join_requests")
                .col("organisation_id")
                .col("account_id")
                .unique()
                .and_where(Expr::col("state").eq("pending"))
                .to_owned(),
        )
        .await
}
