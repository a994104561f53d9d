//! The demo: known accounts and invented content, entered by the functions that requests use, as of
//! the days on which it happened. Fills an empty database once; touches no other.

mod act;
mod content;
mod people;
mod picture;
mod plan;

use std::cell::RefCell;

use chrono::Duration;
use nq57_platform::clock::Clock;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::files::Upload;
use nq57_platform::notifications;
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::time::vietnam_date;

use crate::identity::accounts;

/// The password of every demo account.
pub const PASSWORD: &str = "nq57-demo";
/// Messages older than this were read.
const UNREAD: Duration = Duration::days(26);
/// Time for all of it: years of work in one transaction.
const TIME: std::time::Duration = std::time::Duration::from_secs(900);

/// Fills an empty database with the demo; `false` when it was not empty.
///
/// Everything in one transaction: an interrupted seeding leaves nothing. No mail is sent about this
/// past; the inboxes have it.
///
/// # Errors
/// Failures of the database or of the file store; content that the rules refuse.
pub async fn seed(state: &AppState) -> ApiResult<bool> {
    if !accounts::is_nobody(&state.db).await? {
        return Ok(false);
    }
    let now = state.clock.now();
    let weeks = (vietnam_date(now) - content::WRITTEN_ON).num_days().div_euclid(7);
    let products = content::products(Duration::weeks(weeks))?;
    let snapshot = state.reference.snapshot();
    let steps = plan::plan(&products, snapshot.calendar(), now);
    let Some(first) = steps.first() else { return Ok(false) };
    let beginning = first.at - Duration::days(7);

    // The same services over the same database, at another time.
    let clock = Clock::fixed(beginning);
    let past =
        AppState::with_database(state.config.clone(), clock, state.db.clone(), state.registry)
            .await?;
    let password = accounts::hash_password(&state.config.accounts, PASSWORD).await?;
    let reviews = content::Reviews::read()?;
    // Held until the commit: an upload that is dropped before takes its content along.
    let uploads: RefCell<Vec<Upload>> = RefCell::default();
    let is_filled = transaction::write_within(&state.db, TIME, async |tx| {
        if !accounts::is_nobody(tx).await? {
            return Ok(false);
        }
        uploads.take();
        travel(&past.clock, beginning);
        let cast = people::enter(tx, &past, &products, &password).await?;
        let mut stage = act::Stage::new(&past, &cast, &products, &reviews);
        let mut is_past_read = false;
        for step in &steps {
            if !is_past_read && step.at > now - UNREAD {
                travel(&past.clock, now - UNREAD);
                for account in cast.accounts() {
                    notifications::mark_all_read(tx, &past.clock, account).await?;
                }
                is_past_read = true;
            }
            travel(&past.clock, step.at);
            let files =
                stage.perform(tx, step).await.map_err(|error| named(error, &stage, step))?;
            uploads.borrow_mut().extend(files);
        }
        notifications::forget_mail(tx, &past.clock).await?;
        Ok(true)
    })
    .await?;
    if is_filled {
        tracing::info!(products = products.len(), steps = steps.len(), "demo content entered");
    }
    Ok(is_filled)
}

fn travel(clock: &Clock, to: nq57_shared::time::Timestamp) {
    clock.advance(to - clock.now());
}

fn named(error: ApiError, stage: &act::Stage<'_>, step: &plan::Step) -> ApiError {
    let step = format!("{:?} of {:?} at {}", step.deed, stage.title(step), step.at);
    let detail = format!("the demo content was refused: {step}: {error:?}");
    ApiError::internal(anyhow::anyhow!(detail))
}
