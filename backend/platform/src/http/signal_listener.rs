//! Carries signals between the servers on one PostgreSQL.

use std::time::Duration;

use sea_orm::sqlx::postgres::PgListener;
use sea_orm::{ConnectionTrait, Statement};
use tokio::sync::broadcast::error::RecvError;

use crate::http::signals::Signal;
use crate::persistence::dialect::Engine;
use crate::state::AppState;

const CHANNEL: &str = "nq57_changed";
/// Rest before listening is tried again.
const REST: Duration = Duration::from_secs(5);

fn apply(state: &AppState, signal: &Signal) {
    match signal {
        Signal::Public(topic) => state.public_cache.drop_topic(topic),
        Signal::Session(id) => state.callers.drop_session(*id),
        Signal::Account(id) => state.callers.drop_account(*id),
        Signal::Clients => state.clients.drop_all(),
        Signal::Changes(head) => state.feed.advance(*head),
        Signal::Everything => {
            state.feed.nudge();
            state.public_cache.drop_all();
            state.callers.drop_all();
            state.clients.drop_all();
        }
    }
}

/// Tells the other servers what changes here and takes over what changes there, as long as the process
/// lives. Ends at once on SQLite, which has one server.
pub async fn run(state: AppState) {
    if Engine::of(&state.db) == Engine::Postgres {
        tokio::join!(tell(&state), hear(&state));
    }
}

async fn tell(state: &AppState) {
    let mut signals = state.signals.subscribe();
    loop {
        let signal = match signals.recv().await {
            Ok(signal) => signal,
            Err(RecvError::Lagged(_)) => Signal::Everything,
            Err(RecvError::Closed) => return,
        };
        let statement = Statement::from_sql_and_values(
            state.db.get_database_backend(),
            "SELECT pg_notify($1, $2)",
            [CHANNEL.into(), state.signals.write(&signal).into()],
        );
        if let Err(error) = state.db.query_one_raw(statement).await {
            tracing::warn!(%error, ?signal, "the other servers will notice a change late");
        }
    }
}

async fn hear(state: &AppState) {
    loop {
        if let Err(error) = listen(state).await {
            tracing::warn!(%error, "changes of other servers will be noticed late");
        }
        tokio::time::sleep(REST).await;
    }
}

async fn listen(state: &AppState) -> Result<(), sea_orm::sqlx::Error> {
    // A connection of its own: one of the pool would be missing there.
    let mut listener = PgListener::connect(&state.config.database_url()).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // What was told while nobody listened is not told again.
        apply(state, &Signal::Everything);
        while let Some(told) = listener.try_recv().await? {
            if let Some(signal) = state.signals.read(told.payload()) {
                apply(state, &signal);
            }
        }
    }
}
