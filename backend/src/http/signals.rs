//! What the servers on one PostgreSQL tell each other: something that you may keep in memory has changed.
//! For speed only: a signal that is lost costs the seconds until what is kept runs out by itself.

use std::time::Duration;

use nq57_shared::ids::{AccountId, SessionId};
use sea_orm::sqlx::postgres::PgListener;
use sea_orm::{ConnectionTrait, Statement};
use tokio::sync::broadcast::{self, error::RecvError};
use uuid::Uuid;

use crate::app::AppState;
use crate::persistence::dialect::Engine;

const CHANNEL: &str = "nq57_changed";
/// Signals that may wait; what is more becomes [`Signal::Everything`].
const WAITING: usize = 256;
/// Rest before listening is tried again.
const REST: Duration = Duration::from_secs(5);

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A topic of the public answers.
    Public(String),
    /// A session was revoked.
    Session(SessionId),
    /// Grants, memberships or sessions of an account.
    Account(AccountId),
    /// Nobody knows what.
    Everything,
}

/// Takes the signals of this process. Without a PostgreSQL nobody hears them.
#[derive(Clone, Debug)]
pub struct Signals {
    sender: broadcast::Sender<Signal>,
    /// Tells our own signals from those of others.
    origin: Uuid,
}

impl Signals {
    /// Nobody listens yet.
    #[must_use]
    pub fn new() -> Self {
        Self { sender: broadcast::Sender::new(WAITING), origin: Uuid::new_v4() }
    }

    /// To be called after the commit.
    pub fn send(&self, signal: Signal) {
        // An error says that nobody listens.
        let _ = self.sender.send(signal);
    }
}

impl Default for Signals {
    fn default() -> Self {
        Self::new()
    }
}

impl Signal {
    fn write(&self, origin: Uuid) -> String {
        match self {
            Self::Public(topic) => format!("{origin} public {topic}"),
            Self::Session(id) => format!("{origin} session {id}"),
            Self::Account(id) => format!("{origin} account {id}"),
            Self::Everything => format!("{origin} everything"),
        }
    }

    /// Nothing when the signal is our own. One that we do not understand may mean anything.
    fn read(text: &str, origin: Uuid) -> Option<Self> {
        let (from, what) = text.split_once(' ').unwrap_or_default();
        if from.parse() == Ok(origin) {
            return None;
        }
        Some(match what.split_once(' ') {
            Some(("public", topic)) => Self::Public(topic.to_owned()),
            Some(("session", id)) => {
                id.parse().map_or(Self::Everything, |id| Self::Session(SessionId(id)))
            }
            Some(("account", id)) => {
                id.parse().map_or(Self::Everything, |id| Self::Account(AccountId(id)))
            }
            _ => Self::Everything,
        })
    }

    fn apply(&self, state: &AppState) {
        match self {
            Self::Public(topic) => state.public_cache.drop_topic(topic),
            Self::Session(id) => state.callers.drop_session(*id),
            Self::Account(id) => state.callers.drop_account(*id),
            Self::Everything => {
                state.public_cache.drop_all();
                state.callers.drop_all();
            }
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
    let mut signals = state.signals.sender.subscribe();
    loop {
        let signal = match signals.recv().await {
            Ok(signal) => signal,
            Err(RecvError::Lagged(_)) => Signal::Everything,
            Err(RecvError::Closed) => return,
        };
        let statement = Statement::from_sql_and_values(
            state.db.get_database_backend(),
            "SELECT pg_notify($1, $2)",
            [CHANNEL.into(), signal.write(state.signals.origin).into()],
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
        Signal::Everything.apply(state);
        while let Some(told) = listener.try_recv().await? {
            if let Some(signal) = Signal::read(told.payload(), state.signals.origin) {
                signal.apply(state);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_of_others_are_read_as_they_were_written_and_ones_own_are_not() {
        let (here, there) = (Uuid::new_v4(), Uuid::new_v4());
        let all = [
            Signal::Public("products".to_owned()),
            Signal::Public(format!("products:{}", Uuid::new_v4())),
            Signal::Session(SessionId(Uuid::new_v4())),
            Signal::Account(AccountId(Uuid::new_v4())),
            Signal::Everything,
        ];
        for signal in all {
            assert_eq!(Signal::read(&signal.write(there), here), Some(signal.clone()));
            assert_eq!(Signal::read(&signal.write(here), here), None);
        }
        assert_eq!(Signal::read("of a later version", here), Some(Signal::Everything));
    }
}
