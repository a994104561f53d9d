//! The columns that lists show, from working rows and from publications alike.

use nq57_platform::columns::Json;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::state::AppState;
use nq57_shared::ids::ProductId;
use nq57_shared::products::draft::{Maturity, ProductDomain, ProductKind};
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{Honour, ProductState, ProductSummary};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Select};

use super::facets::Facet;
use super::list::ProductFilter;

/// Who has to act, and until when.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Assignment {
    pub holder: Option<Holder>,
    pub due_at: Option<Timestamp>,
    pub working_days_left: Option<i32>,
}

impl Assignment {
    pub fn new(state: &AppState, holder: Option<Holder>, due_at: Option<Timestamp>) -> Self {
        let now = state.clock.now();
        let snapshot = state.reference.snapshot();
        let left = due_at.map(|due| snapshot.calendar().working_days_left(now, due));
        Self { holder, due_at, working_days_left: left }
    }
}

/// What a list reads of a row.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Card {
    pub id: ProductId,
    pub code: Option<String>,
    pub title: String,
    pub title_folded: String,
    pub kind: ProductKind,
    pub domain: ProductDomain,
    pub sectors: Json<Vec<String>>,
    pub maturity: Option<Maturity>,
    pub trl: Option<i16>,
    pub province_code: Option<String>,
    pub summary: String,
    pub owner_name: String,
    pub honours: Json<Vec<Honour>>,
    pub version: u32,
    pub published_at: Option<Timestamp>,
    pub updated_at: Timestamp,
}

/// Its columns, the same of working rows and of publications; the id has another name in each.
const CARD: [&str; 15] = [
    "code",
    "title",
    "title_folded",
    "kind",
    "domain",
    "sectors",
    "maturity",
    "trl",
    "province_code",
    "summary",
    "owner_name",
    "honours",
    "version",
    "published_at",
    "updated_at",
];

impl Card {
    /// The rows of this filter with the columns of a card.
    pub fn select<E: EntityTrait>(id: E::Column, filter: Condition) -> Select<E> {
        let query = E::find().select_only().column_as(id, "id").filter(filter);
        CARD.into_iter().fold(query, |query, name| query.expr_as(column::<E>(name), name))
    }

    /// As the API shows it, in this state.
    pub fn summary(self, state: ProductState, assignment: Assignment) -> ApiResult<ProductSummary> {
        Ok(ProductSummary {
            id: self.id,
            code: self.code,
            title: self.title,
            kind: self.kind,
            domain: self.domain,
            sectors: self.sectors.0,
            maturity: self.maturity,
            trl: self.trl.map(u8::try_from).transpose().map_err(ApiError::internal)?,
            province_code: self.province_code,
            summary: self.summary,
            owner_name: self.owner_name,
            state,
            version: self.version,
            published_at: self.published_at,
            updated_at: self.updated_at,
            holder: assignment.holder,
            due_at: assignment.due_at,
            working_days_left: assignment.working_days_left,
            honours: self.honours.0,
        })
    }
}

/// A column that both kinds of rows have.
pub(super) fn column<E: EntityTrait>(name: &'static str) -> Expr {
    Expr::col((E::default(), name))
}

/// The filters that both lists have, but the one that `except` counts. Sectors stand elsewhere in each.
pub(super) fn condition<E: EntityTrait>(
    filter: &ProductFilter,
    except: Option<Facet>,
) -> Condition {
    let mut all = Condition::all();
    let applies = |facet| except != Some(facet);
    if !filter.province.is_empty() && applies(Facet::Province) {
        all = all.add(column::<E>("province_code").is_in(filter.province.iter().cloned()));
    }
    if !filter.domain.is_empty() && applies(Facet::Domain) {
        all = all.add(column::<E>("domain").is_in(filter.domain.iter().copied()));
    }
    if !filter.kind.is_empty() && applies(Facet::Kind) {
        all = all.add(column::<E>("kind").is_in(filter.kind.iter().copied()));
    }
    if !filter.maturity.is_empty() && applies(Facet::Maturity) {
        all = all.add(column::<E>("maturity").is_in(filter.maturity.iter().copied()));
    }
    if let Some(least) = filter.trl_min {
        all = all.add(column::<E>("trl").gte(i16::from(least)));
    }
    all
}
