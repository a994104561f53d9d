//! Tables of clients: programs that use the interface for an organisation, their keys and secrets, every access that
//! they ever had, and what they have asked lately.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, integer_null, string, string_null, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

use super::schema::{add_index, index};

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        clients(manager).await?;
        secrets(manager).await?;
        access(manager).await?;
        requests(manager).await
    }
}

async fn clients(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("api_clients")
        .col(uuid("id").primary_key())
        .col(uuid("organisation_id"))
        .col(string("name"))
        .col(text("purpose"))
        .col(text("wanted"))
        .col(text("confirmed"))
        .col(boolean("awaits_confirmation"))
        .col(timestamp_with_time_zone_null("confirmed_at"))
        .col(text("networks"))
        .col(timestamp_with_time_zone_null("expires_at"))
        .col(integer_null("told_days"))
        .col(timestamp_with_time_zone_null("suspended_at"))
        .col(boolean("suspended_by_platform"))
        .col(text_null("suspension_reason"))
        .col(integer("access_version"))
        .col(string("cursor_key"))
        .col(big_integer("revision"))
        .col(uuid("created_by"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("deleted_at"))
        .foreign_key(&mut to("api_clients", "organisation_id", "organisations"))
        .to_owned();
    manager.create_table(table).await?;
    for (name, columns) in [
        ("api_clients_organisation", ["organisation_id", "id"].as_slice()),
        ("api_clients_awaiting", &["awaits_confirmation", "id"]),
        ("api_clients_expiring", &["expires_at"]),
    ] {
        add_index(manager, name, "api_clients", columns).await?;
    }
    Ok(())
}

async fn secrets(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("api_secrets")
        .col(uuid("id").primary_key())
        .col(uuid("client_id"))
        .col(string("kind"))
        .col(string("lookup"))
        .col(string("digest"))
        .col(uuid("created_by"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("expires_at"))
        .col(integer_null("told_days"))
        .col(timestamp_with_time_zone_null("revoked_at"))
        .col(timestamp_with_time_zone_null("last_used_at"))
        .col(string_null("last_used_address"))
        .foreign_key(&mut to("api_secrets", "client_id", "api_clients"))
        .to_owned();
    manager.create_table(table).await?;
    let lookup = index("api_secrets", "api_secrets_lookup", &["lookup"]).unique().to_owned();
    manager.create_index(lookup).await?;
    add_index(manager, "api_secrets_client", "api_secrets", &["client_id", "id"]).await?;
    add_index(manager, "api_secrets_expiring", "api_secrets", &["expires_at"]).await
}

/// What was in force of the access of a client, version by version: only ever added.
async fn access(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("client_access")
        .col(uuid("client_id"))
        .col(integer("version"))
        .col(text("access"))
        .col(timestamp_with_time_zone("at"))
        .primary_key(Index::create().col("client_id").col("version"))
        .foreign_key(&mut to("client_access", "client_id", "api_clients"))
        .to_owned();
    manager.create_table(table).await
}

/// Written many at a time, hence bound to nothing.
async fn requests(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("api_requests")
        .col(uuid("id").primary_key())
        .col(uuid("client_id"))
        .col(timestamp_with_time_zone("at"))
        .col(string("method"))
        .col(string("route"))
        .col(integer("status"))
        .col(integer("ms"))
        .col(string("address"))
        .col(string("request_id"))
        .to_owned();
    manager.create_table(table).await?;
    add_index(manager, "api_requests_client", "api_requests", &["client_id", "id"]).await?;
    add_index(manager, "api_requests_at", "api_requests", &["at"]).await
}

fn to(table: &'static str, column: &'static str, other: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(other, "id").to_owned()
}
