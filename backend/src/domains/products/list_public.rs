//! The public list: one query for a page, one more for total and facets. Reads publications only.

use nq57_platform::error::ApiResult;
use nq57_platform::http::{PageQuery, Paged};
use nq57_platform::persistence::dialect::Engine;
use nq57_platform::persistence::keyset::Keyset;
use nq57_platform::persistence::search::{self, Matching};
use nq57_platform::state::AppState;
use nq57_shared::page::Page;
use nq57_shared::products::{ProductPage, ProductSort, ProductState};
use nq57_shared::tracking;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, FromQueryResult, QuerySelect};

use super::cards::{self, Assignment, Card};
use super::facets::{self, Facet};
use super::list::ProductFilter;
use super::publications::SEARCH;
use super::table::publication::{Column, Entity};
use super::table::sector;

#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    card: Card,
    rank: f64,
}

/// A page of what is public.
pub(super) async fn fetch_page(
    state: &AppState,
    query: &Paged<ProductFilter>,
) -> ApiResult<ProductPage> {
    let (db, filter) = (&state.db, &query.filter);
    let words = words(db, filter);
    let sort = filter.sort.unwrap_or(match &words {
        Some(_) => ProductSort::Relevance,
        None => ProductSort::NewestPublished,
    });
    // The total comes with the facets.
    let page = PageQuery { count: false, ..query.page.clone() };
    let page = page.of(state, order(sort, filter)?)?;
    let condition = condition(filter, None);
    let is_filtered = !condition.is_empty();
    let rows = Card::select::<Entity>(Column::ProductId, condition);
    let id = Expr::col((Entity, Column::ProductId));
    let rows = match &words {
        // Every document is of a publication: without a filter the page can be cut before the join.
        Some(words) if sort == ProductSort::Relevance && !is_filtered => {
            words.join_best(rows, id, &page).expr_as(search::rank(), "rank")
        }
        Some(words) => words.join(rows, id).expr_as(search::rank(), "rank"),
        None => rows.expr_as(Expr::value(0.0_f64), "rank"),
    };
    let show = |row: Row| row.card.summary(ProductState::Published, Assignment::default());
    let Page { items, next_cursor, .. } =
        page.fetch(db, rows, |row: &Row| keys(sort, row), show).await?;
    let (total, facets) = match query.page.count || filter.facets {
        true => Some(facets::count(db, filter, words.as_ref()).await?).unzip(),
        false => (None, None),
    };
    Ok(ProductPage {
        items,
        next_cursor,
        total: total.filter(|_| query.page.count),
        facets: facets.filter(|_| filter.facets),
    })
}

fn words(db: &impl ConnectionTrait, filter: &ProductFilter) -> Option<Matching> {
    let typed = filter.q.as_deref()?;
    // A code that was typed loosely is looked for as it is written.
    let code = tracking::code(typed);
    search::matching(Engine::of(db), SEARCH, code.as_deref().unwrap_or(typed))
}

fn order(sort: ProductSort, filter: &ProductFilter) -> ApiResult<Keyset> {
    let column = |column| Expr::col((Entity, column));
    let order = Keyset::new(&(sort, filter))?;
    Ok(match sort {
        ProductSort::Relevance => order.descending(search::rank()).descending(search::found_id()),
        ProductSort::Title => {
            order.ascending(column(Column::TitleFolded)).ascending(column(Column::ProductId))
        }
        ProductSort::NewestPublished => {
            order.descending(column(Column::PublishedAt)).descending(column(Column::ProductId))
        }
        ProductSort::LatestChanged | ProductSort::Waiting => {
            order.descending(column(Column::UpdatedAt)).descending(column(Column::ProductId))
        }
    })
}

fn keys(sort: ProductSort, row: &Row) -> Vec<sea_orm::Value> {
    let card = &row.card;
    let first = match sort {
        ProductSort::Relevance => row.rank.into(),
        ProductSort::NewestPublished => card.published_at.unwrap_or_default().into(),
        ProductSort::LatestChanged | ProductSort::Waiting => card.updated_at.into(),
        ProductSort::Title => card.title_folded.clone().into(),
    };
    vec![first, card.id.into()]
}

/// All filters but the one that `except` counts.
pub(super) fn condition(filter: &ProductFilter, except: Option<Facet>) -> Condition {
    let mut all = cards::condition::<Entity>(filter, except);
    if filter.q.as_deref().is_some_and(|q| !q.trim().is_empty()) && !filter.has_words() {
        // Characters without a word, as `%`, name nothing; they are not left out as if nothing was asked.
        all = all.add(Expr::val(1).eq(0));
    }
    if filter.sector.is_empty() || except == Some(Facet::Sector) {
        return all;
    }
    let same =
        Expr::col((sector::Entity, sector::Column::ProductId)).equals((Entity, Column::ProductId));
    all.add(Expr::exists(
        Query::select()
            .expr(Expr::val(1))
            .from(sector::Entity)
            .and_where(same)
            .and_where(sector::Column::Sector.is_in(filter.sector.iter().map(String::as_str)))
            .to_owned(),
    ))
}
