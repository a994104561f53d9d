//! Tables of accounts (sessions, grants, one-time links, failed log-ins) and of organisations
//! with what became of them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, date, date_null, integer, string, string_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::schema::add_index as index;

#[derive(DeriveMigrationName)]
pub struct Step;

#[derive(Clone, Copy, DeriveIden)]
enum Accounts {
    Table,
    Id,
    Email,
    EmailVerifiedAt,
    DisplayName,
    Folded,
    NameFolded,
    Language,
    PasswordHash,
    SuspendedAt,
    CreatedAt,
    LastSeenAt,
    AskedMails,
    LastAskedMailAt,
    Revision,
}

#[derive(Clone, Copy, DeriveIden)]
enum Sessions {
    Table,
    Id,
    AccountId,
    CreatedAt,
    LastUsedAt,
    ExpiresAt,
    RevokedAt,
    UserAgent,
    Address,
}

#[derive(Clone, Copy, DeriveIden)]
enum RefreshTokens {
    Table,
    Digest,
    SessionId,
    IssuedAt,
    UsedAt,
}

#[derive(Clone, Copy, DeriveIden)]
enum MailTokens {
    Table,
    Digest,
    AccountId,
    Purpose,
    ExpiresAt,
}

#[derive(Clone, Copy, DeriveIden)]
enum Registrations {
    Table,
    Id,
    AccountId,
    Browser,
    PasswordHash,
    DisplayName,
    ExpiresAt,
}

#[derive(Clone, Copy, DeriveIden)]
enum LogInFailures {
    Table,
    Key,
    Failures,
    LastAt,
    BlockedUntil,
}

#[derive(Clone, Copy, DeriveIden)]
enum Grants {
    Table,
    Id,
    AccountId,
    Role,
    OrganisationId,
    ProvinceCode,
    GrantedAt,
    GrantedBy,
    ExpiresOn,
    RevokedAt,
}

#[derive(Clone, Copy, DeriveIden)]
enum Organisations {
    Table,
    Id,
    Name,
    Folded,
    Kind,
    TaxCode,
    ProvinceCode,
    Code,
    ParentId,
    ValidFrom,
    ValidTo,
    VerifiedAt,
    CreatedAt,
    Revision,
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        accounts(manager).await?;
        sessions(manager).await?;
        log_in_failures(manager).await?;
        organisations(manager).await?;
        grants(manager).await
    }
}

async fn accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(Accounts::Table)
                .col(uuid(Accounts::Id).primary_key())
                .col(string(Accounts::Email).unique_key())
                .col(timestamp_with_time_zone_null(Accounts::EmailVerifiedAt))
                .col(string(Accounts::DisplayName))
                .col(string(Accounts::Folded))
                .col(string(Accounts::NameFolded))
                .col(string(Accounts::Language))
                .col(string(Accounts::PasswordHash))
                .col(timestamp_with_time_zone_null(Accounts::SuspendedAt))
                .col(timestamp_with_time_zone(Accounts::CreatedAt))
                .col(timestamp_with_time_zone_null(Accounts::LastSeenAt))
                .col(integer(Accounts::AskedMails))
                .col(timestamp_with_time_zone_null(Accounts::LastAskedMailAt))
                .col(big_integer(Accounts::Revision))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table(MailTokens::Table)
                .col(string(MailTokens::Digest).primary_key())
                .col(uuid(MailTokens::AccountId))
                .col(string(MailTokens::Purpose))
                .col(timestamp_with_time_zone(MailTokens::ExpiresAt))
                .foreign_key(
                    ForeignKey::create()
                        .from(MailTokens::Table, MailTokens::AccountId)
                        .to(Accounts::Table, Accounts::Id)
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .to_owned(),
        )
        .await?;
    index(manager, "mail_tokens_account", MailTokens::Table, &[MailTokens::AccountId]).await?;
    index(manager, "mail_tokens_expiry", MailTokens::Table, &[MailTokens::ExpiresAt]).await?;
    manager
        .create_table(
            Table::create()
                .table(Registrations::Table)
                .col(uuid(Registrations::Id).primary_key())
                .col(uuid(Registrations::AccountId))
                .col(string(Registrations::Browser))
                .col(string(Registrations::PasswordHash))
                .col(string(Registrations::DisplayName))
                .col(timestamp_with_time_zone(Registrations::ExpiresAt))
                .foreign_key(
                    ForeignKey::create()
                        .from(Registrations::Table, Registrations::AccountId)
                        .to(Accounts::Table, Accounts::Id)
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .to_owned(),
        )
        .await?;
    index(manager, "registrations_account", Registrations::Table, &[Registrations::AccountId])
        .await?;
    index(manager, "registrations_expiry", Registrations::Table, &[Registrations::ExpiresAt]).await
}

async fn sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(Sessions::Table)
                .col(uuid(Sessions::Id).primary_key())
                .col(uuid(Sessions::AccountId))
                .col(timestamp_with_time_zone(Sessions::CreatedAt))
                .col(timestamp_with_time_zone(Sessions::LastUsedAt))
                .col(timestamp_with_time_zone(Sessions::ExpiresAt))
                .col(timestamp_with_time_zone_null(Sessions::RevokedAt))
                .col(string(Sessions::UserAgent))
                .col(string(Sessions::Address))
                .foreign_key(
                    ForeignKey::create()
                        .from(Sessions::Table, Sessions::AccountId)
                        .to(Accounts::Table, Accounts::Id)
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .to_owned(),
        )
        .await?;
    index(manager, "sessions_account", Sessions::Table, &[Sessions::AccountId]).await?;
    index(manager, "sessions_expiry", Sessions::Table, &[Sessions::ExpiresAt]).await?;
    manager
        .create_table(
            Table::create()
                .table(RefreshTokens::Table)
                .col(string(RefreshTokens::Digest).primary_key())
                .col(uuid(RefreshTokens::SessionId))
                .col(timestamp_with_time_zone(RefreshTokens::IssuedAt))
                .col(timestamp_with_time_zone_null(RefreshTokens::UsedAt))
                .foreign_key(
                    ForeignKey::create()
                        .from(RefreshTokens::Table, RefreshTokens::SessionId)
                        .to(Sessions::Table, Sessions::Id)
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .to_owned(),
        )
        .await?;
    index(manager, "refresh_tokens_session", RefreshTokens::Table, &[RefreshTokens::SessionId])
        .await?;
    index(manager, "refresh_tokens_issued", RefreshTokens::Table, &[RefreshTokens::IssuedAt]).await
}

async fn log_in_failures(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(LogInFailures::Table)
                .col(string(LogInFailures::Key).primary_key())
                .col(integer(LogInFailures::Failures))
                .col(timestamp_with_time_zone(LogInFailures::LastAt))
                .col(timestamp_with_time_zone(LogInFailures::BlockedUntil))
                .to_owned(),
        )
        .await?;
    index(manager, "log_in_failures_last", LogInFailures::Table, &[LogInFailures::LastAt]).await
}

async fn organisations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(Organisations::Table)
                .col(uuid(Organisations::Id).primary_key())
                .col(string(Organisations::Name))
                .col(string(Organisations::Folded))
                .col(string(Organisations::Kind))
                .col(string_null(Organisations::TaxCode).unique_key())
                .col(string_null(Organisations::ProvinceCode))
                .col(string_null(Organisations::Code).unique_key())
                .col(uuid_null(Organisations::ParentId))
                .col(date_null(Organisations::ValidFrom))
                .col(date_null(Organisations::ValidTo))
                .col(timestamp_with_time_zone_null(Organisations::VerifiedAt))
                .col(timestamp_with_time_zone(Organisations::CreatedAt))
                .col(big_integer(Organisations::Revision))
                .foreign_key(
                    ForeignKey::create()
                        .from(Organisations::Table, Organisations::ParentId)
                        .to(Organisations::Table, Organisations::Id),
                )
                .to_owned(),
        )
        .await?;
    // The order of the public list, and the key of its pages.
    index(
        manager,
        "organisations_name",
        Organisations::Table,
        &[Organisations::Folded, Organisations::Id],
    )
    .await?;
    index(manager, "organisations_parent", Organisations::Table, &[Organisations::ParentId])
        .await?;
    let to_organisation = |column: &'static str| {
        ForeignKey::create()
            .from("organisation_successions", column)
            .to(Organisations::Table, Organisations::Id)
            .to_owned()
    };
    let successions = Table::create()
        .table("organisation_successions")
        .col(uuid("predecessor_id"))
        .col(uuid("successor_id"))
        .col(date("happened_on"))
        .primary_key(Index::create().col("predecessor_id").col("successor_id"))
        .foreign_key(&mut to_organisation("predecessor_id"))
        .foreign_key(&mut to_organisation("successor_id"))
        .to_owned();
    manager.create_table(successions).await?;
    let successor = Index::create()
        .name("organisation_successions_successor")
        .table("organisation_successions")
        .col("successor_id")
        .to_owned();
    manager.create_index(successor).await
}

async fn grants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table(Grants::Table)
                .col(uuid(Grants::Id).primary_key())
                .col(uuid(Grants::AccountId))
                .col(string(Grants::Role))
                .col(uuid_null(Grants::OrganisationId))
                .col(string_null(Grants::ProvinceCode))
                .col(timestamp_with_time_zone(Grants::GrantedAt))
                .col(uuid_null(Grants::GrantedBy))
                .col(date_null(Grants::ExpiresOn))
                .col(timestamp_with_time_zone_null(Grants::RevokedAt))
                .foreign_key(
                    ForeignKey::create()
                        .from(Grants::Table, Grants::AccountId)
                        .to(Accounts::Table, Accounts::Id)
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .foreign_key(
                    ForeignKey::create()
                        .from(Grants::Table, Grants::OrganisationId)
                        .to(Organisations::Table, Organisations::Id),
                )
                .to_owned(),
        )
        .await?;
    index(manager, "grants_account", Grants::Table, &[Grants::AccountId]).await?;
    index(manager, "grants_role", Grants::Table, &[Grants::Role]).await
}
