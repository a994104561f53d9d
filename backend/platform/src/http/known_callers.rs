//! Callers kept in memory between requests, and how they are forgotten.

use std::time::Duration;

use moka::sync::Cache;
use nq57_core::access::AccountActor;
use nq57_core::ids::{AccountId, SessionId};

use crate::http::generations::{Generations, Mark};
use crate::http::signals::{Signal, Signals};
use crate::persistence::transaction::Tx;

/// Callers known for a few seconds, so that a burst of requests asks the database once.
///
/// Whoever revokes a session or changes a grant calls `forget_…` in the same transaction: then it holds
/// with the commit in this process, a moment later in others on PostgreSQL, and in any case within five
/// seconds.
#[derive(Clone)]
pub struct KnownCallers {
    sessions: Cache<SessionId, Known>,
    generations: Generations,
    signals: Signals,
}

#[derive(Clone)]
struct Known {
    actor: AccountActor,
    /// Of the account and of the session.
    marks: [Mark; 2],
}

impl KnownCallers {
    /// Knows nobody; tells the other servers who was forgotten.
    #[must_use]
    pub fn new(signals: Signals) -> Self {
        Self {
            sessions: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(Duration::from_secs(5))
                .build(),
            generations: Generations::new(),
            signals,
        }
    }

    /// Who has this session, when that is known and nothing has changed since.
    #[must_use]
    pub fn find(&self, session: SessionId) -> Option<AccountActor> {
        let known = self.sessions.get(&session)?;
        let is_current = known.marks.into_iter().all(|mark| self.generations.is_current(mark));
        is_current.then_some(known.actor)
    }

    /// How things stand, to be noted before the actor is read.
    #[must_use]
    pub fn marks(&self, account: AccountId, session: SessionId) -> [Mark; 2] {
        [account.0, session.0].map(|id| self.generations.mark(id.as_bytes()))
    }

    /// Knows the actor from now on, as read after `marks` were noted.
    pub fn insert(&self, session: SessionId, actor: AccountActor, marks: [Mark; 2]) {
        self.sessions.insert(session, Known { actor, marks });
    }

    /// The session was revoked.
    pub fn forget_session(&self, tx: &Tx, session: SessionId) {
        let callers = self.clone();
        tx.on_commit(move || {
            callers.drop_session(session);
            callers.signals.send(Signal::Session(session));
        });
    }

    /// Grants, memberships, verification or all sessions of the account have changed.
    pub fn forget_account(&self, tx: &Tx, account: AccountId) {
        let callers = self.clone();
        tx.on_commit(move || {
            callers.drop_account(account);
            callers.signals.send(Signal::Account(account));
        });
    }

    /// Something has changed that many callers are read with, such as the tree of organisations.
    pub fn forget_everybody(&self, tx: &Tx) {
        let callers = self.clone();
        tx.on_commit(move || {
            callers.drop_all();
            callers.signals.send(Signal::Everything);
        });
    }

    /// The session was revoked at another server.
    pub fn drop_session(&self, session: SessionId) {
        self.generations.change(session.0.as_bytes());
    }

    /// Something about the account has changed at another server.
    pub fn drop_account(&self, account: AccountId) {
        self.generations.change(account.0.as_bytes());
    }

    /// Something about callers has changed at another server.
    pub fn drop_all(&self) {
        self.generations.change_all();
    }
}
