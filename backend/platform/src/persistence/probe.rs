//! Whether anything can be written, found out by writing: a full disk, a lost tablespace, a lock that
//! nobody releases look well to every question that only reads.

use std::path::PathBuf;
use std::time::Duration;

use nq57_core::problem::ProblemCode;
use nq57_core::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, DatabaseConnection};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::error::{ApiError, ApiResult};
use crate::persistence::dialect::Engine;
use crate::persistence::transaction;

/// How long an answer is given again: whoever asks all the time must not load the writer.
const KEPT: Duration = Duration::from_secs(1);
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// Below this nothing is sure to fit beside the file of SQLite.
const LEAST_FREE: u64 = 1024 * 1024;
/// Bytes that each probe writes: more than one page, so that a new one must be found.
const LENGTH: usize = 12_000;

mod table {
    use super::*;

    #[derive(Clone, Debug, DeriveEntityModel)]
    #[sea_orm(table_name = "write_probe")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub at: Timestamp,
        /// Of no meaning; random, so that nothing packs it.
        pub filler: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The last answer. One probe is at work at a time; who asks meanwhile gets what it finds.
#[derive(Debug, Default)]
pub struct WriteProbe(Mutex<Option<(Instant, Option<ProblemCode>)>>);

impl WriteProbe {
    /// Fails while nothing can be written.
    ///
    /// # Errors
    /// `storage_unavailable` or `unavailable`.
    pub async fn check(&self, db: &DatabaseConnection, now: Timestamp) -> ApiResult<()> {
        let mut last = self.0.lock().await;
        if let Some((at, found)) = *last
            && at.elapsed() < KEPT
        {
            return found.map_or(Ok(()), |code| Err(code.into()));
        }
        let outcome = match timeout(PATIENCE, probe(db, now)).await {
            Ok(outcome) => outcome,
            Err(cause) => Err(ApiError::problem(ProblemCode::Unavailable).because(cause)),
        };
        *last = Some((Instant::now(), outcome.as_ref().err().map(ApiError::code)));
        outcome
    }
}

async fn probe(db: &DatabaseConnection, now: Timestamp) -> ApiResult<()> {
    if let Some(folder) = folder_of(db) {
        let space = rustix::fs::statvfs(&folder).map_err(std::io::Error::from);
        let space = space.map_err(ApiError::internal)?;
        if space.f_bavail.saturating_mul(space.f_frsize) < LEAST_FREE {
            let cause = anyhow::anyhow!("less than {LEAST_FREE} bytes are free");
            return Err(ApiError::problem(ProblemCode::StorageUnavailable).because(cause));
        }
    }
    transaction::write(db, async |tx| {
        let row = table::ActiveModel { id: Set(1), at: Set(now), filler: Set(filler()) };
        let replace = OnConflict::column(table::Column::Id)
            .update_columns([table::Column::At, table::Column::Filler])
            .to_owned();
        table::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
        Ok(())
    })
    .await
}

/// Where the file of SQLite lies; PostgreSQL may be anywhere.
fn folder_of(db: &DatabaseConnection) -> Option<PathBuf> {
    if Engine::of(db) == Engine::Postgres {
        return None;
    }
    let options = db.get_sqlite_connection_pool().connect_options();
    options.get_filename().parent().map(|folder| match folder.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => folder.to_owned(),
    })
}

fn filler() -> String {
    let mut text = String::with_capacity(LENGTH + 32);
    while text.len() < LENGTH {
        text.push_str(&Uuid::new_v4().simple().to_string());
    }
    text
}
