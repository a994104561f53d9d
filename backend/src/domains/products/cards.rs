//! The columns that lists show, from working rows and from publications alike.

use nq57_platform::error::ApiResult;
use nq57_platform::state::AppState;
use nq57_shared::ids::ProductId;
use nq57_shared::products::draft::{Maturity, ProductDomain, ProductKind};
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{ProductState, ProductSummary};
use nq57_shared::time::Timestamp;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::store::{from_column, from_json, known};

/// Whose turn it is, and until when.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Turn {
    pub holder: Option<Holder>,
    pub due_at: Option<Timestamp>,
    pub working_days_left: Option<i32>,
}

impl Turn {
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
    pub id: Uuid,
    pub code: Option<String>,
    pub title: String,
    pub title_folded: String,
    pub kind: String,
    pub domain: String,
    pub sectors: String,
    pub maturity: Option<String>,
    pub trl: Option<i16>,
    pub province_code: Option<String>,
    pub summary: String,
    pub owner_name: String,
    pub honours: String,
    pub version: i32,
    pub published_at: Option<Timestamp>,
    pub updated_at: Timestamp,
}

impl Card {
    /// As the API shows it, in this state.
    pub fn summary(self, state: ProductState, turn: Turn) -> ApiResult<ProductSummary> {
        Ok(ProductSummary {
            id: ProductId(self.id),
            code: self.code,
            title: self.title,
            kind: known(ProductKind::parse(&self.kind), &self.kind)?,
            domain: known(ProductDomain::parse(&self.domain), &self.domain)?,
            sectors: from_json(&self.sectors)?,
            maturity: self
                .maturity
                .as_deref()
                .map(|text| known(Maturity::parse(text), text))
                .transpose()?,
            trl: self.trl.and_then(|trl| u8::try_from(trl).ok()),
            province_code: self.province_code,
            summary: self.summary,
            owner_name: self.owner_name,
            state,
            version: from_column(self.version)?,
            published_at: self.published_at,
            updated_at: self.updated_at,
            holder: turn.holder,
            due_at: turn.due_at,
            working_days_left: turn.working_days_left,
            honours: from_json(&self.honours)?,
        })
    }
}
