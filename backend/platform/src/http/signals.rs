//! What the servers on one PostgreSQL tell each other: something that you may keep in memory has changed.
//! For speed only: a signal that is lost costs the seconds until what is kept runs out by itself.

use nq57_core::ids::{AccountId, SessionId};
use tokio::sync::broadcast::{self, Receiver};
use uuid::Uuid;

/// Signals that may wait; what is more becomes [`Signal::Everything`].
const WAITING: usize = 256;

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A topic of the public answers.
    Public(String),
    /// A session was revoked.
    Session(SessionId),
    /// Grants, memberships or sessions of an account.
    Account(AccountId),
    /// Clients, or their secrets.
    Clients,
    /// Changes have their numbers up to this one.
    Changes(i64),
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

    /// The signals from now on.
    #[must_use]
    pub fn subscribe(&self) -> Receiver<Signal> {
        self.sender.subscribe()
    }

    /// As it travels.
    #[must_use]
    pub fn write(&self, signal: &Signal) -> String {
        signal.write(self.origin)
    }

    /// What has travelled here; nothing when the signal is our own.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Signal> {
        Signal::read(text, self.origin)
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
            Self::Clients => format!("{origin} clients"),
            Self::Changes(head) => format!("{origin} changes {head}"),
            Self::Everything => format!("{origin} everything"),
        }
    }

    /// Nothing when the signal is our own. One that we do not understand may mean anything.
    fn read(text: &str, origin: Uuid) -> Option<Self> {
        let (from, what) = text.split_once(' ').unwrap_or_default();
        if from.parse() == Ok(origin) {
            return None;
        }
        if what == "clients" {
            return Some(Self::Clients);
        }
        Some(match what.split_once(' ') {
            Some(("public", topic)) => Self::Public(topic.to_owned()),
            Some(("session", id)) => {
                id.parse().map_or(Self::Everything, |id| Self::Session(SessionId(id)))
            }
            Some(("account", id)) => {
                id.parse().map_or(Self::Everything, |id| Self::Account(AccountId(id)))
            }
            Some(("changes", head)) => head.parse().map_or(Self::Everything, Self::Changes),
            _ => Self::Everything,
        })
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
            Signal::Clients,
            Signal::Changes(7),
            Signal::Everything,
        ];
        for signal in all {
            assert_eq!(Signal::read(&signal.write(there), here), Some(signal.clone()));
            assert_eq!(Signal::read(&signal.write(here), here), None);
        }
        assert_eq!(Signal::read("of a later version", here), Some(Signal::Everything));
    }
}
