//! The public list: one query for a page, one more for total and facets. Reads publications only.

use nq57_platform::error::ApiResult;
use nq57_platform::persistence::dialect::Engine;
use nq57_platform::persistence::keyset::{Keyset, Paging};
use nq57_platform::persistence::search::{self, Matching};
use nq57_platform::state::AppState;
use nq57_shared::products::{ProductPage, ProductSort, ProductState};
use nq57_shared::tracking;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
};

use super::cards::{Card, Turn};
use super::facets::{self, Facet};
use super::list::SoughtProducts;
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
pub(super) async fn seek(state: &AppState, sought: &SoughtProducts) -> ApiResult<ProductPage> {
    let db = &state.db;
    let words = words(db, sought);
    let sort = sought.sort.unwrap_or(match &words {
        Some(_) => ProductSort::Relevance,
        None => ProductSort::NewestPublished,
    });
    let paging = paging(state, sort, sought)?;
    let filter = condition(sought, None);
    let is_filtered = !filter.is_empty();
    let mut query = Entity::find()
        .select_only()
        .column_as(Column::ProductId, "id")
        .columns([
            Column::Code,
            Column::Title,
            Column::TitleFolded,
            Column::Kind,
            Column::Domain,
            Column::Sectors,
            Column::Maturity,
            Column::Trl,
            Column::ProvinceCode,
            Column::Summary,
            Column::OwnerName,
            Column::Honours,
            Column::Version,
            Column::PublishedAt,
            Column::UpdatedAt,
        ])
        .filter(filter);
    let id = Expr::col((Entity, Column::ProductId));
    query = match &words {
        // Every document is of a publication: without a filter the page can be cut before the join.
        Some(words) if sort == ProductSort::Relevance && !is_filtered => {
            words.join_best(query, id, &paging).expr_as(search::rank(), "rank")
        }
        Some(words) => words.join(query, id).expr_as(search::rank(), "rank"),
        None => query.expr_as(Expr::value(0.0_f64), "rank"),
    };
    let rows = paging.apply(query).into_model::<Row>().all(db).await?;
    let (rows, next_cursor) = paging.cut(rows, |row| keys(sort, row))?;
    let counts = if sought.count || sought.facets {
        Some(facets::count(db, sought, words.as_ref()).await?)
    } else {
        None
    };
    let items: ApiResult<Vec<_>> = rows
        .into_iter()
        .map(|row| row.card.summary(ProductState::Published, Turn::default()))
        .collect();
    let (total, facets) = counts.unzip();
    Ok(ProductPage {
        items: items?,
        next_cursor,
        total: total.filter(|_| sought.count),
        facets: facets.filter(|_| sought.facets),
    })
}

fn words(db: &impl ConnectionTrait, sought: &SoughtProducts) -> Option<Matching> {
    let typed = sought.q.as_deref()?;
    // A code that was typed loosely is looked for as it is written.
    let code = tracking::code(typed);
    search::matching(Engine::of(db), SEARCH, code.as_deref().unwrap_or(typed))
}

fn paging(state: &AppState, sort: ProductSort, sought: &SoughtProducts) -> ApiResult<Paging> {
    let column = |column| Expr::col((Entity, column));
    let keyset = Keyset::new(&(sort, sought.filter()))?;
    let keyset = match sort {
        ProductSort::Relevance => {
            return keyset.descending(search::rank()).descending(search::found_id()).page(
                &state.cursors,
                sought.limit,
                sought.cursor.as_deref(),
            );
        }
        ProductSort::NewestPublished => keyset.descending(column(Column::PublishedAt)),
        ProductSort::LatestChanged | ProductSort::Waiting => {
            keyset.descending(column(Column::UpdatedAt))
        }
        ProductSort::Title => {
            return keyset
                .ascending(column(Column::TitleFolded))
                .ascending(column(Column::ProductId))
                .page(&state.cursors, sought.limit, sought.cursor.as_deref());
        }
    };
    keyset.descending(column(Column::ProductId)).page(
        &state.cursors,
        sought.limit,
        sought.cursor.as_deref(),
    )
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
pub(super) fn condition(sought: &SoughtProducts, except: Option<Facet>) -> Condition {
    let mut all = Condition::all();
    let applies = |facet| except != Some(facet);
    if !sought.sector.is_empty() && applies(Facet::Sector) {
        all = all.add(Expr::exists(
            Query::select()
                .expr(Expr::val(1))
                .from(sector::Entity)
                .and_where(
                    Expr::col((sector::Entity, sector::Column::ProductId))
                        .equals((Entity, Column::ProductId)),
                )
                .and_where(sector::Column::Sector.is_in(sought.sector.iter().map(String::as_str)))
                .to_owned(),
        ));
    }
    if !sought.province.is_empty() && applies(Facet::Province) {
        all = all.add(Column::ProvinceCode.is_in(sought.province.iter().map(String::as_str)));
    }
    if !sought.domain.is_empty() && applies(Facet::Domain) {
        all = all.add(Column::Domain.is_in(sought.domain.iter().map(|domain| domain.as_str())));
    }
    if !sought.kind.is_empty() && applies(Facet::Kind) {
        all = all.add(Column::Kind.is_in(sought.kind.iter().map(|kind| kind.as_str())));
    }
    if !sought.maturity.is_empty() && applies(Facet::Maturity) {
        all = all.add(Column::Maturity.is_in(sought.maturity.iter().map(|m| m.as_str())));
    }
    if let Some(least) = sought.trl_min {
        all = all.add(Column::Trl.gte(i16::from(least)));
    }
    all
}
