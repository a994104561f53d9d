//! Public figures of the portal: how many, how far, how long. Four grouped queries, kept for a minute.

use std::collections::{BTreeMap, HashMap};

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_platform::casework::transitions as transition;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::public_cache::{PublicBody, Topic};
use nq57_platform::state::AppState;
use nq57_shared::access::ClientScope;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{
    FacetCount, ProductEvent, ProductState, ProductStatistics, StepDuration,
};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use super::facets;
use super::list::ProductFilter;
use super::subject::KIND;
use super::table::product;

/// Topic of the public cache. Nobody invalidates it: figures are as of a moment, at most a minute ago.
const TOPIC: Topic = Topic::all("product-statistics");

/// Read the figures of the portal.
///
/// Received, valid, evaluated, published; per state, domain, province and sector; and how many working
/// days each step takes. As of `as_of`, at most a minute ago.
#[utoipa::path(
    tag = "products",
    extensions(("x-required-scope" = json!(ClientScope::ProductsRead))),
    responses((status = 200, description = "The figures", body = ProductStatistics,
        headers(("ETag" = String, description = "Of the content")))),
)]
#[get("/products/statistics")]
pub async fn read_product_statistics(
    state: AppState,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    state
        .public_cache
        .answer(&request, TOPIC, async {
            PublicBody::json(&statistics(&state.db, state.clock.now()).await?)
        })
        .await
}

async fn statistics(db: &impl ConnectionTrait, now: Timestamp) -> ApiResult<ProductStatistics> {
    let states = count_states(db, now).await?;
    let (valid, evaluated) = judged(db).await?;
    let everything = ProductFilter { facets: true, ..ProductFilter::default() };
    let (published, facets) = facets::count(db, &everything, None).await?;
    Ok(ProductStatistics {
        as_of: now,
        received: count(states.iter().map(|one| one.products).sum())?,
        valid,
        evaluated,
        published,
        steps: steps(db, &states).await?,
        states: per_state(&states)?,
        domains: facets.domain,
        provinces: facets.province,
        sectors: facets.sector,
    })
}

/// The submissions of one state. What happens inside of evaluations does not show: who has a submission and
/// until when is counted as its submitter is told.
#[derive(FromQueryResult)]
struct StateCount {
    state: ProductState,
    products: i64,
    overdue: i64,
}

async fn count_states(db: &impl ConnectionTrait, now: Timestamp) -> ApiResult<Vec<StateCount>> {
    let is_late = Expr::case(product::Column::ToldDueAt.lt(now), 1).finally(0);
    let rows = product::Entity::find()
        .select_only()
        .column(product::Column::State)
        .column_as(product::Column::Id.count(), "products")
        .column_as(is_late.sum(), "overdue")
        .filter(product::Column::SubmittedAt.is_not_null())
        .group_by(product::Column::State);
    Ok(rows.into_model().all(db).await?)
}

/// In the order of the workflow. A draft is the next version of what is public meanwhile, and counts as that.
fn per_state(states: &[StateCount]) -> ApiResult<Vec<FacetCount>> {
    let mut counts: BTreeMap<ProductState, i64> = BTreeMap::new();
    for one in states {
        let state = match one.state {
            ProductState::Draft => ProductState::Published,
            state => state,
        };
        *counts.entry(state).or_default() += one.products;
    }
    let facet = |(state, products): (ProductState, i64)| {
        Ok(FacetCount { code: state.as_str().to_owned(), count: count(products)? })
    };
    counts.into_iter().map(facet).collect()
}

/// How many products were found eligible, and how many were decided about.
async fn judged(db: &impl ConnectionTrait) -> ApiResult<(u64, u64)> {
    let event = transition::Column::Event;
    let accepted = [ProductEvent::Accept];
    let decided = [ProductEvent::DecidePublish, ProductEvent::DecideDecline];
    let products = |events: &[ProductEvent]| {
        let product = Expr::col(transition::Column::CaseId);
        Expr::case(event.is_in(events.iter().copied()), product).count_distinct()
    };
    let counts: Option<(i64, i64)> = transition::Entity::find()
        .select_only()
        .expr_as(products(&accepted), "valid")
        .expr_as(products(&decided), "evaluated")
        .filter(transition::Column::Kind.eq(KIND))
        .filter(event.is_in(accepted.into_iter().chain(decided)))
        .into_tuple()
        .one(db)
        .await?;
    let (valid, evaluated) = counts.unwrap_or_default();
    Ok((count(valid)?, count(evaluated)?))
}

#[derive(FromQueryResult)]
struct StepRow {
    held_by: Holder,
    held_tenths: i32,
    steps: i64,
}

/// A count as the database answers it.
fn count(rows: i64) -> ApiResult<u64> {
    u64::try_from(rows).map_err(ApiError::internal)
}

/// How long each part holds a submission. Counted from the index alone: with the rows it takes thirty times
/// as long.
async fn steps(db: &impl ConnectionTrait, states: &[StateCount]) -> ApiResult<Vec<StepDuration>> {
    let rows: Vec<StepRow> = transition::Entity::find()
        .select_only()
        .columns([transition::Column::HeldBy, transition::Column::HeldTenths])
        .expr_as(Expr::cust("COUNT(*)"), "steps")
        .filter(transition::Column::Kind.eq(KIND))
        .filter(transition::Column::HeldBy.is_not_null())
        .filter(transition::Column::FromState.ne(ProductState::Draft))
        .group_by(transition::Column::HeldBy)
        .group_by(transition::Column::HeldTenths)
        .order_by_asc(transition::Column::HeldTenths)
        .into_model()
        .all(db)
        .await?;
    let secret = secret_steps(db).await?;
    let step = |holder: Holder| {
        let held: ApiResult<Vec<(i32, u64)>> = rows
            .iter()
            .filter(|row| row.held_by == holder)
            .map(|row| {
                let hidden = secret.get(&(row.held_by, row.held_tenths));
                Ok((
                    row.held_tenths,
                    count(Ord::max(row.steps - hidden.copied().unwrap_or_default(), 0))?,
                ))
            })
            .collect();
        let held = held?;
        let late = states.iter().filter(|one| one.state.holder() == Some(holder));
        Ok(StepDuration {
            step: holder,
            count: held.iter().map(|(_, steps)| steps).sum(),
            median_working_days_tenths: median(&held),
            overdue: count(late.map(|one| one.overdue).sum())?,
        })
    };
    Holder::ALL.iter().copied().map(step).collect()
}

/// Steps inside of evaluations that still go on, by part and time: the public must not tell by their number
/// when a panel has recommended. They are as few as there are panels at work.
async fn secret_steps(db: &impl ConnectionTrait) -> ApiResult<HashMap<(Holder, i32), i64>> {
    let at_work = [ProductState::UnderEvaluation, ProductState::OnSite];
    let at_work = product::Entity::find()
        .select_only()
        .column(product::Column::Id)
        .filter(product::Column::State.is_in(at_work))
        .into_query();
    let internal = ProductEvent::ALL.iter().copied().filter(|event| event.is_internal());
    let rows: Vec<(Holder, i32)> = transition::Entity::find()
        .select_only()
        .columns([transition::Column::HeldBy, transition::Column::HeldTenths])
        .filter(transition::Column::Event.is_in(internal))
        .filter(transition::Column::CaseId.in_subquery(at_work))
        .filter(transition::Column::HeldBy.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    let mut steps = HashMap::new();
    for row in rows {
        *steps.entry(row).or_default() += 1;
    }
    Ok(steps)
}

/// The median of values with their frequencies, ascending; the mean of the two in the middle, rounded
/// down.
fn median(values: &[(i32, u64)]) -> Option<u32> {
    let all: u64 = values.iter().map(|(_, times)| times).sum();
    let last = all.checked_sub(1)?;
    let at = |place: u64| {
        let mut seen = 0;
        values.iter().find_map(|(value, times)| {
            seen += times;
            (place < seen).then_some(i64::from(*value))
        })
    };
    let middle = i64::midpoint(at(last / 2)?, at(all / 2)?);
    u32::try_from(middle).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::median;

    #[test]
    fn the_median_of_nothing_is_nothing() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[(30, 1)]), Some(30));
        assert_eq!(median(&[(10, 1), (20, 1)]), Some(15));
        assert_eq!(median(&[(0, 5), (100, 1)]), Some(0));
    }

    proptest! {
        #[test]
        fn frequencies_stand_for_repeated_values(mut values in prop::collection::vec(0..50_i32, 1..40)) {
            values.sort_unstable();
            let mut grouped: Vec<(i32, u64)> = Vec::new();
            for value in &values {
                match grouped.last_mut() {
                    Some((last, times)) if last == value => *times += 1,
                    _ => grouped.push((*value, 1)),
                }
            }
            let n = values.len();
            let expected = i32::midpoint(values[(n - 1) / 2], values[n / 2]);
            prop_assert_eq!(median(&grouped), u32::try_from(expected).ok());
        }
    }
}
