//! The officials' operations on products, typed; the rest is in `products::api`.

use nq57_shared::ids::ProductId;
use nq57_shared::products::{EligibilityCheck, Product, RecordEligibility, RecordHonours};
use nq57_ui::api::{Failure, put};

pub async fn record_eligibility(
    id: ProductId,
    revision: u64,
    body: &RecordEligibility,
) -> Result<EligibilityCheck, Failure> {
    let request = put(format!("/products/{id}/eligibility")).if_revision(revision);
    Ok(request.json(body).send().await?.body)
}

pub async fn record_honours(
    id: ProductId,
    revision: u64,
    body: &RecordHonours,
) -> Result<Product, Failure> {
    let request = put(format!("/products/{id}/honours")).if_revision(revision);
    Ok(request.json(body).send().await?.body)
}
