//! Back-off after failed log-ins, per typed address and per network address, kept in the database so
//! that it survives restarts and holds for all servers. An address without an account counts alike.

use std::net::IpAddr;

use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use chrono::Duration;
use nq57_shared::problem::ProblemCode;
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};

use super::secret_token;
use super::table::log_in_failure;
use crate::error::{ApiError, ApiResult};

/// The first wait; each further failure doubles it.
const FIRST_WAIT: Duration = Duration::seconds(15);
const LONGEST_WAIT: Duration = Duration::minutes(15);
/// Failures older than this are forgotten.
const MEMORY: Duration = Duration::days(1);
/// Many people share a network address: it may fail this many times as often as an account.
const PEOPLE_PER_ADDRESS: u32 = 4;

/// What one log-in is counted for.
pub struct Attempt {
    account: Counter,
    address: Counter,
}

struct Counter {
    key: String,
    /// Failures before waiting is asked for.
    tolerance: u32,
}

impl Attempt {
    /// A log-in with this typed e-mail address (normalised) from this network address.
    #[must_use]
    pub fn new(email: &str, from: IpAddr, failures_before_wait: u32) -> Self {
        Self {
            account: Counter {
                key: secret_token::digest(&format!("account:{email}")),
                tolerance: failures_before_wait,
            },
            address: Counter {
                key: secret_token::digest(&format!("address:{}", network(from))),
                tolerance: failures_before_wait.saturating_mul(PEOPLE_PER_ADDRESS),
            },
        }
    }

    fn counters(&self) -> [&Counter; 2] {
        [&self.account, &self.address]
    }

    /// Lets the attempt go on when no wait is running.
    ///
    /// # Errors
    /// 429 with `Retry-After`.
    pub async fn check(&self, db: &impl ConnectionTrait, now: Timestamp) -> ApiResult<()> {
        let until = log_in_failure::Entity::find()
            .filter(log_in_failure::Column::Key.is_in(self.counters().map(|c| c.key.clone())))
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

    /// Notes that it failed.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn failed(&self, tx: &impl ConnectionTrait, now: Timestamp) -> ApiResult<()> {
        // Always in the same order, so that two attempts cannot wait for each other.
        for counter in self.counters() {
            counter.add(tx, now).await?;
        }
        Ok(())
    }

    /// Forgets the failures of the account. Those of the network address stay: who owns one account
    /// must not buy guesses at others with it.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn succeeded(&self, tx: &impl ConnectionTrait) -> ApiResult<()> {
        log_in_failure::Entity::delete_by_id(self.account.key.clone()).exec(tx).await?;
        Ok(())
    }
}

impl Counter {
    async fn add(&self, tx: &impl ConnectionTrait, now: Timestamp) -> ApiResult<()> {
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
            return Ok(());
        };
        let before = if now - row.last_at > MEMORY { 0 } else { row.failures };
        let failures = before.saturating_add(1);
        let wait = wait_after(u32::try_from(failures).unwrap_or_default(), self.tolerance);
        let changed = log_in_failure::ActiveModel {
            key: Set(self.key.clone()),
            failures: Set(failures),
            last_at: Set(now),
            blocked_until: Set(now + wait),
        };
        log_in_failure::Entity::update(changed).exec(tx).await?;
        Ok(())
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

/// The whole IPv4 address; of IPv6 the network that one household or office gets.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
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

    #[test]
    fn neighbours_in_one_ipv6_network_count_together() {
        let [one, other, stranger] = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"]
            .map(|text| network(text.parse().unwrap()));
        assert_eq!(one, other);
        assert_ne!(one, stranger);
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), "192.0.2.1");
    }
}
