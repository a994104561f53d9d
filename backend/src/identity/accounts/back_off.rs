//! Back-off after failed log-ins, kept in the database so that it survives restarts and holds for all
//! servers. An address without an account counts alike. Nobody locks anybody out for long: a browser that
//! signed in before waits for its own failures only (docs/decisions/0017-known-browsers.md).

use std::net::IpAddr;

use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use chrono::Duration;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::client_address::client_network;
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::problem::ProblemCode;
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};

use super::secret_token;
use super::table::log_in_failure;

/// The first wait; each further failure doubles it.
const FIRST_WAIT: Duration = Duration::seconds(15);
const LONGEST_WAIT: Duration = Duration::minutes(15);
/// Failures older than this are forgotten.
const MEMORY: Duration = Duration::days(1);
/// Many people share a network: it may fail this many times as often as one of them at one account.
const PEOPLE_PER_NETWORK: u32 = 4;
/// An account may fail this many times as often from all networks together as from one of them.
const NETWORKS_PER_ACCOUNT: u32 = 10;

/// Who is trying.
#[derive(Clone, Copy)]
pub struct Guesser<'a> {
    pub from: IpAddr,
    /// What marks a browser on which this account has signed in before.
    pub known_as: Option<&'a str>,
}

/// What one log-in is counted for.
pub struct Attempt {
    /// Only with a known browser.
    device: Option<Counter>,
    /// This account from this network.
    pair: Counter,
    /// This account from anywhere.
    account: Counter,
    /// Any account from this network.
    network: Counter,
    first_notice: u32,
}

struct Counter {
    key: String,
    /// Failures before waiting is asked for.
    tolerance: u32,
    longest_wait: Duration,
}

impl Counter {
    fn new(key: &str, tolerance: u32) -> Self {
        Self { key: secret_token::digest(key), tolerance, longest_wait: LONGEST_WAIT }
    }
}

impl Attempt {
    /// A log-in with this typed e-mail address (normalised).
    #[must_use]
    pub fn new(email: &str, by: Guesser<'_>, failures_before_wait: u32) -> Self {
        let network = client_network(by.from);
        let times = |factor| failures_before_wait.saturating_mul(factor);
        Self {
            device: by.known_as.map(|device| {
                Counter::new(&format!("device:{device}:{email}"), failures_before_wait)
            }),
            pair: Counter::new(&format!("pair:{network}:{email}"), failures_before_wait),
            account: Counter::new(&format!("account:{email}"), times(NETWORKS_PER_ACCOUNT)),
            // One bad neighbour slows a network down, and does not lock it.
            network: Counter {
                longest_wait: FIRST_WAIT,
                ..Counter::new(&format!("network:{network}"), times(PEOPLE_PER_NETWORK))
            },
            first_notice: failures_before_wait,
        }
    }

    /// Lets the attempt go on when no wait is running.
    ///
    /// # Errors
    /// 429 with `Retry-After`.
    pub async fn check(&self, db: &impl ConnectionTrait, now: Timestamp) -> ApiResult<()> {
        let binding = match &self.device {
            Some(device) => vec![device],
            None => vec![&self.pair, &self.account, &self.network],
        };
        let until = log_in_failure::Entity::find()
            .filter(log_in_failure::Column::Key.is_in(binding.into_iter().map(|c| c.key.clone())))
            .all(db)
            .await?
            .into_iter()
            .map(|row| row.blocked_until)
            .max()
            .filter(|until| *until > now);
        match until {
            None => Ok(()),
            Some(until) => Err(ApiError::problem(ProblemCode::TooManyRequests)
                .header(RETRY_AFTER, HeaderValue::from(whole_seconds(until - now)))),
        }
    }

    /// Notes that it failed. When the failures of the account reach the number from which waiting is
    /// asked for, or twice, four times … as many, answers how many they are: for the audit, which an
    /// attacker must not fill.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn failed(&self, tx: &Tx, now: Timestamp) -> ApiResult<Option<u32>> {
        // Always in the same order, so that two attempts cannot wait for each other.
        if let Some(device) = &self.device {
            device.add(tx, now).await?;
        }
        self.pair.add(tx, now).await?;
        let failures = self.account.add(tx, now).await?;
        self.network.add(tx, now).await?;
        let steps = failures.checked_div(self.first_notice).filter(|steps| steps.is_power_of_two());
        Ok(steps.filter(|steps| steps * self.first_notice == failures).map(|_| failures))
    }

    /// Forgets what this browser and network have failed at this account. Those of the network at all
    /// accounts stay: who owns one account must not buy guesses at others with it.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn succeeded(&self, tx: &Tx) -> ApiResult<()> {
        let mut keys = vec![self.pair.key.clone()];
        keys.extend(self.device.as_ref().map(|device| device.key.clone()));
        forget(tx, keys).await
    }

    /// Forgets also what others have failed at the account: its password is another one now.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn begun_anew(&self, tx: &Tx) -> ApiResult<()> {
        self.succeeded(tx).await?;
        forget(tx, vec![self.account.key.clone()]).await
    }
}

async fn forget(tx: &Tx, keys: Vec<String>) -> ApiResult<()> {
    log_in_failure::Entity::delete_many()
        .filter(log_in_failure::Column::Key.is_in(keys))
        .exec(tx)
        .await?;
    Ok(())
}

impl Counter {
    /// Counts one more and answers how many there are.
    async fn add(&self, tx: &Tx, now: Timestamp) -> ApiResult<u32> {
        let fresh = log_in_failure::ActiveModel {
            key: Set(self.key.clone()),
            failures: Set(0),
            last_at: Set(now),
            blocked_until: Set(now),
        };
        log_in_failure::Entity::insert(fresh)
            .on_conflict(OnConflict::column(log_in_failure::Column::Key).do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
        let Some(row) =
            log_in_failure::Entity::find_by_id(self.key.clone()).lock_exclusive().one(tx).await?
        else {
            return Ok(0);
        };
        let before = if now - row.last_at > MEMORY { 0 } else { row.failures };
        let failures = before.saturating_add(1);
        let counted = u32::try_from(failures).unwrap_or_default();
        let wait = wait_after(counted, self.tolerance).min(self.longest_wait);
        let changed = log_in_failure::ActiveModel {
            key: Set(self.key.clone()),
            failures: Set(failures),
            last_at: Set(now),
            blocked_until: Set(now + wait),
        };
        log_in_failure::Entity::update(changed).exec(tx).await?;
        Ok(counted)
    }
}

/// Forgets what is too old to count.
///
/// # Errors
/// Failures of the database.
pub async fn purge(db: &impl ConnectionTrait, now: Timestamp) -> ApiResult<()> {
    log_in_failure::Entity::delete_many()
        .filter(log_in_failure::Column::LastAt.lt(now - MEMORY))
        .exec(db)
        .await?;
    Ok(())
}

fn wait_after(failures: u32, tolerance: u32) -> Duration {
    let Some(beyond) = failures.checked_sub(tolerance) else {
        return Duration::zero();
    };
    let doubled = 1_i32.checked_shl(beyond).filter(|factor| *factor > 0).unwrap_or(i32::MAX);
    FIRST_WAIT.checked_mul(doubled).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT))
}

fn whole_seconds(wait: Duration) -> i64 {
    wait.num_seconds() + i64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_the_tolerated_failure_on_and_ends_at_a_quarter_of_an_hour() {
        assert_eq!(wait_after(4, 5), Duration::zero());
        assert_eq!(wait_after(5, 5), Duration::seconds(15));
        assert_eq!(wait_after(6, 5), Duration::seconds(30));
        assert_eq!(wait_after(11, 5), Duration::minutes(15));
        assert_eq!(wait_after(5_000_000, 5), Duration::minutes(15));
    }
}
