//! Delivers: takes what is due, calls the handler of its topic, writes the outcome. Several workers on
//! several servers share the work; a killed one's messages come back when their lease ends. Promises no
//! order, also not within one subject: handlers look at what is now.

use std::panic::AssertUnwindSafe;
use std::time::Duration as Wait;

use chrono::Duration;
use futures_util::FutureExt;
use futures_util::future::join_all;
use metrics::{counter, gauge};
use nq57_core::time::Timestamp;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::GiveUp;
use super::mark;
use super::store::{self, Claimed, Outcome};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// After so many tries a message becomes a dead letter: about two and a half hours.
pub const MAX_ATTEMPTS: u32 = 12;
/// How long a message is claimed; a handler that takes longer is stopped before it ends.
const LEASE: Duration = Duration::seconds(60);
const HANDLER_LIMIT: Wait = Wait::from_secs(45);
/// How long the worker rests when nothing wakes it.
const POLL: Wait = Wait::from_secs(1);
/// Handlers at work at once.
const AT_ONCE: usize = 8;
/// First and longest pause before another try, in seconds.
const FIRST_PAUSE: i64 = 5;
const LONGEST_PAUSE: i64 = 3600;
/// How long delivered messages keep their key.
const KEPT: Duration = Duration::days(7);
const ERROR_CHARS: usize = 500;

/// Delivers until the server drains; what was begun is finished.
///
/// Takes no more than it can start at once: a message that waits for a free hand belongs to nobody, and a
/// slow one keeps no other waiting.
///
/// Each delivery is a task of its own: one that has got its turn among the writers must go on while the
/// worker waits for a turn to claim more, or both wait for each other.
pub async fn run(state: AppState) {
    let mut at_work = JoinSet::new();
    loop {
        let woken = mark::woken();
        let free = AT_ONCE - at_work.len();
        let mut is_more = false;
        if free > 0 && !state.is_draining() {
            match store::claim(&state.db, &state.clock, free, LEASE).await {
                Ok(claimed) => {
                    is_more = claimed.len() == free;
                    for message in claimed {
                        let state = state.clone();
                        at_work.spawn_local(async move {
                            deliver(&state, message).await;
                        });
                    }
                }
                Err(error) => tracing::error!(%error, "the outbox cannot be read"),
            }
        }
        if state.is_draining() && at_work.is_empty() {
            return;
        }
        tokio::select! {
            Some(_) = at_work.join_next() => {
                // All that ended meanwhile, so that the next claim takes several.
                while at_work.try_join_next().is_some() {}
            }
            () = woken, if !is_more => {}
            () = tokio::time::sleep(POLL) => {}
            () = state.drained(), if !state.is_draining() => {}
        }
    }
}

/// Delivers what is due now, as much as can be started at once; how many messages were tried.
///
/// # Errors
/// Failures of the database. Failures of handlers are written to the message.
pub async fn deliver_due(state: &AppState) -> ApiResult<usize> {
    let claimed = store::claim(&state.db, &state.clock, AT_ONCE, LEASE).await?;
    let tried = claimed.len();
    join_all(claimed.into_iter().map(|message| deliver(state, message))).await;
    Ok(tried)
}

async fn deliver(state: &AppState, claimed: Claimed) {
    let message = &claimed.message;
    let outcome = match attempt(state, &claimed).await {
        Ok(()) => {
            counter!("nq57_outbox_delivered_total", "topic" => message.topic.clone()).increment(1);
            Outcome::Delivered
        }
        Err(error) => {
            let text: String = error.to_string().chars().take(ERROR_CHARS).collect();
            counter!("nq57_outbox_failed_total", "topic" => message.topic.clone()).increment(1);
            let is_hopeless = error.cause().is_some_and(|cause| cause.is::<GiveUp>());
            if is_hopeless || message.attempt >= MAX_ATTEMPTS {
                tracing::error!(id = %message.id, topic = message.topic, error = text, "message is given up");
                Outcome::GivenUp(text)
            } else {
                tracing::warn!(id = %message.id, topic = message.topic, error = text, "message will be tried again");
                Outcome::Later(next_try(state.clock.now(), message.attempt), text)
            }
        }
    };
    if let Err(error) = store::finish(&state.db, state.clock.now(), &claimed, &outcome).await {
        tracing::error!(id = %message.id, %error, "an outcome was not noted; it is tried again after the lease");
    }
}

async fn attempt(state: &AppState, claimed: &Claimed) -> ApiResult<()> {
    let topic = state
        .registry
        .topic(&claimed.message.topic)
        .ok_or_else(|| ApiError::internal(anyhow::anyhow!("no handler knows this topic")))?;
    let work =
        AssertUnwindSafe((topic.handler)(state.clone(), claimed.message.clone())).catch_unwind();
    match tokio::time::timeout(HANDLER_LIMIT, work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(ApiError::internal(anyhow::anyhow!("the handler panicked"))),
        Err(_) => Err(ApiError::internal(anyhow::anyhow!("the handler took too long"))),
    }
}

/// Pauses double, with up to a quarter more by chance, so that failed messages do not return together.
fn next_try(now: Timestamp, attempt: u32) -> Timestamp {
    let doubled = FIRST_PAUSE.saturating_mul(1_i64 << attempt.saturating_sub(1).min(20));
    let pause = Duration::seconds(doubled.min(LONGEST_PAUSE));
    let chance = i32::try_from(Uuid::new_v4().as_u128() % 1000).unwrap_or_default();
    now + pause + pause * chance / 4000
}

/// Forgets messages that were delivered a week ago.
///
/// # Errors
/// Failures of the database.
pub async fn purge(state: AppState) -> ApiResult<()> {
    let removed = store::remove_delivered(&state.db, state.clock.now() - KEPT).await?;
    if removed > 0 {
        tracing::info!(removed, "delivered messages were forgotten");
    }
    Ok(())
}

/// Tells the metrics how much waits.
///
/// # Errors
/// Failures of the database.
pub async fn observe(state: AppState) -> ApiResult<()> {
    let backlog = store::backlog(&state.db).await?;
    let oldest = backlog.oldest.map_or(0, |at| (state.clock.now() - at).num_seconds().max(0));
    gauge!("nq57_outbox_pending").set(number(backlog.pending));
    gauge!("nq57_outbox_dead").set(number(backlog.dead));
    gauge!("nq57_outbox_oldest_seconds").set(number(u64::try_from(oldest).unwrap_or_default()));
    Ok(())
}

fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour_and_differ_by_chance() {
        let now = Timestamp::UNIX_EPOCH;
        for (attempt, seconds) in [(1, 5), (2, 10), (5, 80), (10, 2560), (11, 3600), (40, 3600)] {
            let pause = next_try(now, attempt) - now;
            assert!(pause >= Duration::seconds(seconds), "{attempt}: {pause}");
            assert!(pause <= Duration::seconds(seconds) * 5 / 4, "{attempt}: {pause}");
        }
        let pauses: Vec<Timestamp> = (0..20).map(|_| next_try(now, 11)).collect();
        assert!(pauses.iter().any(|at| Some(at) != pauses.first()), "chance spreads them");
    }
}
