//! The schema, as a list of steps that only grows. A released step never changes.

mod m20261122_01_platform;
mod m20261122_02_services;
mod m20261122_03_accounts;
mod m20261122_04_products;
mod m20261122_05_evaluations;
mod m20261122_06_members;
mod m20261127_01_casework;
mod m20261128_01_feed;
mod m20261128_02_clients;
mod schema;

use nq57_platform::error::ApiResult;
use nq57_platform::persistence::dialect::Engine;
use sea_orm::{ConnectionTrait, DatabaseConnection, TransactionTrait};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// Key of the advisory lock that lets one server migrate while the others wait.
const MIGRATION_LOCK: i64 = 0x4e51_3537;

/// The list of steps, in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_01_platform::Step),
            Box::new(m20261122_02_services::Step),
            Box::new(m20261122_03_accounts::Step),
            Box::new(m20261122_04_products::Step),
            Box::new(m20261122_05_evaluations::Step),
            Box::new(m20261122_06_members::Step),
            Box::new(m20261127_01_casework::Step),
            Box::new(m20261128_01_feed::Step),
            Box::new(m20261128_02_clients::Step),
        ]
    }
}

/// Brings the schema up to date; servers that start together take turns.
///
/// # Errors
/// When a step fails; it leaves no trace on PostgreSQL.
pub async fn run(db: &DatabaseConnection) -> ApiResult<()> {
    match Engine::of(db) {
        Engine::Sqlite => Migrator::up(db, None).await?,
        Engine::Postgres => {
            let turn = db.begin().await?;
            turn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                .await?;
            Migrator::up(db, None).await?;
            turn.commit().await?;
        }
    }
    Ok(())
}
