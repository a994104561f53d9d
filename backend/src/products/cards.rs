//! The columns that lists show, from working rows and from publications alike.

use nq57_shared::ids::ProductId;
use nq57_shared::products::draft::{Maturity, ProductDomain, ProductKind};
use nq57_shared::products::{ProductState, ProductSummary};
use nq57_shared::time::Timestamp;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::store::{from_column, from_json, known};
use crate::error::ApiResult;

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
    /// As the API shows it, in this state; the holder follows from the state.
    pub fn summary(
        self,
        state: ProductState,
        due_at: Option<Timestamp>,
    ) -> ApiResult<ProductSummary> {
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
            holder: state.holder(),
            due_at,
            honours: from_json(&self.honours)?,
        })
    }
}
