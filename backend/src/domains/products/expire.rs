//! Publications run out: their submitters are reminded, then the platform sends `expire`. A job that
//! looks at what is, so that a missed run or a revision that was given up is made up for.

use chrono::{Days, Months, NaiveDate};
use nq57_platform::audit::By;
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction;
use nq57_platform::state::AppState;
use nq57_shared::access::Actor;
use nq57_shared::ids::ProductId;
use nq57_shared::products::{ProductEvent, ProductState};
use nq57_shared::time::{Timestamp, end_of_vietnam_day, vietnam_date};

use super::allowances;
use super::change_state::{Change, change_state};
use super::store::{self, ProductRecord};
use super::tell;

/// Days before the end on which the submitter is reminded.
const REMIND_DAYS: u64 = 30;
/// Days within which a missed reminder is made up for.
const LATE_DAYS: u64 = 7;
/// Products looked at in one query.
const BATCH: u64 = 100;

/// Reminds and expires. A job; of several servers one gets each product.
///
/// # Errors
/// The first failure, after all others were tried; the next run makes up for it.
pub async fn expire(state: AppState) -> ApiResult<()> {
    let months = state.config.deadlines.of(&allowances::PUBLISHED_MONTHS);
    if months == 0 {
        return Ok(());
    }
    let term = Term { months: Months::new(months), today: vietnam_date(state.clock.now()) };
    let (mut after, mut failed) = (None, None);
    loop {
        let batch =
            store::published_until(&state.db, term.latest_to_remind(), after, BATCH).await?;
        let Some(last) = batch.last() else { return failed.map_or(Ok(()), Err) };
        after = Some((last.1, last.0));
        for (id, published_at) in batch.iter().copied() {
            let Some(ends_on) = published_at.and_then(|at| term.ends_on(at)) else {
                continue;
            };
            let outcome = if term.is_over(ends_on) {
                end(&state, id, &term).await
            } else if term.is_near(ends_on) {
                remind(&state, id, ends_on).await
            } else {
                Ok(())
            };
            // One that cannot be ended must not keep the others public.
            if let Err(error) = outcome {
                tracing::error!(product = %id, %error, "a publication did not expire");
                failed.get_or_insert(error);
            }
        }
    }
}

/// How long publications last, seen from today.
struct Term {
    months: Months,
    today: NaiveDate,
}

impl Term {
    /// The last day on which it is public.
    fn ends_on(&self, published_at: Timestamp) -> Option<NaiveDate> {
        vietnam_date(published_at).checked_add_months(self.months)
    }

    fn is_over(&self, ends_on: NaiveDate) -> bool {
        ends_on < self.today
    }

    fn is_near(&self, ends_on: NaiveDate) -> bool {
        let near = ends_on - Days::new(REMIND_DAYS);
        near <= self.today && self.today <= near + Days::new(LATE_DAYS)
    }

    /// Nothing that was published later is near its end.
    fn latest_to_remind(&self) -> Timestamp {
        let day = self.today + Days::new(REMIND_DAYS);
        // Months differ in length: the exact day is asked of each product.
        end_of_vietnam_day(day.checked_sub_months(self.months).unwrap_or(day) + Days::new(3))
    }
}

/// Another server, or the submitter, may be faster: the row is locked before it is looked at.
async fn end(state: &AppState, id: ProductId, term: &Term) -> ApiResult<()> {
    transaction::write(&state.db, async |tx| {
        let product = store::load_for_update(tx, id).await?;
        let ends_on = product.published_at.and_then(|at| term.ends_on(at));
        if !is_published(&product) || !ends_on.is_some_and(|day| term.is_over(day)) {
            return Ok(());
        }
        let change = Change::following(id, ProductEvent::Expire);
        change_state(tx, state, By::actor(&Actor::System), change).await.map(drop)
    })
    .await
}

async fn remind(state: &AppState, id: ProductId, ends_on: NaiveDate) -> ApiResult<()> {
    transaction::write(&state.db, async |tx| {
        let product = store::load(tx, id).await?;
        if !is_published(&product) {
            return Ok(());
        }
        tell::ends_soon(tx, state, &product, ends_on).await
    })
    .await
}

fn is_published(product: &ProductRecord) -> bool {
    product.state == ProductState::Published
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn every_publication_that_ends_is_among_those_that_are_looked_at() {
        let mut today = day("2027-01-01");
        while today < day("2029-03-10") {
            for months in [1, 6, 12, 24] {
                let term = Term { months: Months::new(months), today };
                let later = term.latest_to_remind() + chrono::Duration::seconds(1);
                let ends_on = term.ends_on(later).expect("a day");
                assert!(!term.is_over(ends_on) && !term.is_near(ends_on), "{today} {months}");
            }
            today = today.succ_opt().expect("a day");
        }
    }

    #[test]
    fn it_is_public_to_the_end_of_its_last_day() {
        let at = end_of_vietnam_day(day("2026-08-31"));
        let term = |today: &str| Term { months: Months::new(6), today: day(today) };
        assert_eq!(term("2027-01-01").ends_on(at), Some(day("2027-02-28")));
        assert!(!term("2027-02-28").is_over(day("2027-02-28")));
        assert!(term("2027-03-01").is_over(day("2027-02-28")));
        assert!(term("2027-01-29").is_near(day("2027-02-28")));
        assert!(!term("2027-01-28").is_near(day("2027-02-28")));
    }
}
