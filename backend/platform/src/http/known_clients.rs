//! Clients kept in memory between requests, by what they present, and how they are forgotten.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use moka::sync::Cache;
use nq57_core::access::ClientActor;
use nq57_core::ids::{ApiClientId, ApiSecretId};
use nq57_core::problem::ProblemCode;
use nq57_core::time::Timestamp;

use crate::http::api_key::ApiKey;
use crate::http::generations::{Generations, Mark};
use crate::http::signals::{Signal, Signals};
use crate::persistence::transaction::Tx;

/// The one name under which clients change: they change rarely, and reading one again costs little.
const NAME: &[u8] = b"clients";

/// What a client shows to be let in.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A key, with every request.
    Key(ApiKey),
    /// The secret for which it got a token that is ours and has not expired.
    Secret(ApiSecretId),
}

/// A client that is let in.
#[derive(Clone, Debug)]
pub struct KnownClient {
    /// With all that is in force.
    pub actor: ClientActor,
    /// The key, or the secret behind the token.
    pub secret: ApiSecretId,
    /// From where it may come; from anywhere when empty.
    pub networks: Vec<IpNet>,
    /// When client or secret ends.
    pub expires_at: Option<Timestamp>,
    /// When the secret was last used, as it was noted.
    pub last_used_at: Option<Timestamp>,
}

impl KnownClient {
    /// Whether it may come from there.
    #[must_use]
    pub fn may_come_from(&self, address: IpAddr) -> bool {
        self.networks.is_empty() || self.networks.iter().any(|network| network.contains(&address))
    }
}

/// A client that has proved to have the secret and is not let in, and why.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    pub client: ApiClientId,
    pub code: ProblemCode,
}

/// Clients known for a few seconds, so that a burst of requests asks the database once.
///
/// Whoever changes a client, revokes a secret or ends an organisation calls `forget` in the same transaction: then it
/// holds with the commit in this process, a moment later in others on PostgreSQL, and in any case within five seconds.
#[derive(Clone)]
pub struct KnownClients {
    known: Cache<Credential, (Arc<KnownClient>, Mark)>,
    generations: Generations,
    signals: Signals,
}

impl KnownClients {
    /// Knows nobody; tells the other servers when clients have changed.
    #[must_use]
    pub fn new(signals: Signals) -> Self {
        let known = Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(5));
        Self { known: known.build(), generations: Generations::new(), signals }
    }

    /// Whose credential this is, when that is known, nothing has changed since, and it has not ended.
    #[must_use]
    pub fn find(&self, credential: &Credential, now: Timestamp) -> Option<Arc<KnownClient>> {
        let (client, mark) = self.known.get(credential)?;
        let is_current = self.generations.is_current(mark);
        let is_over = client.expires_at.is_some_and(|end| end <= now);
        (is_current && !is_over).then_some(client)
    }

    /// How things stand, to be noted before the client is read.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.generations.mark(NAME)
    }

    /// Knows the client from now on, as read after `mark` was noted.
    pub fn insert(&self, credential: Credential, client: Arc<KnownClient>, mark: Mark) {
        self.known.insert(credential, (client, mark));
    }

    /// Something about a client has changed.
    pub fn forget(&self, tx: &Tx) {
        let clients = self.clone();
        tx.on_commit(move || {
            clients.drop_all();
            clients.signals.send(Signal::Clients);
        });
    }

    /// Something about clients, or about what they are read with, has changed.
    pub fn drop_all(&self) {
        self.generations.change(NAME);
    }
}
