//! The operations on rounds, typed.

use nq57_shared::accounts::PanelCandidate;
use nq57_shared::evaluations::{
    DeclareConflict, Evaluation, OnSiteVisit, OpenEvaluation, Recommend, RecordScoreSheet,
    ReplacePanel,
};
use nq57_shared::ids::{EvaluationId, ProductId};
use nq57_shared::page::Page;
use nq57_ui::api::{Failure, get, post, put};

pub async fn read(id: &str) -> Result<Evaluation, Failure> {
    Ok(get(format!("/evaluations/{id}")).send().await?.body)
}

/// The rounds of a product, latest first.
pub async fn of_product(id: ProductId) -> Result<Vec<Evaluation>, Failure> {
    Ok(get(format!("/products/{id}/evaluations")).send::<Page<Evaluation>>().await?.body.items)
}

pub async fn panel_candidates() -> Result<Vec<PanelCandidate>, Failure> {
    let request = get("/panel-candidates").query("limit", 100);
    Ok(request.send::<Page<PanelCandidate>>().await?.body.items)
}

pub async fn open(
    product: ProductId,
    revision: u64,
    body: &OpenEvaluation,
    key: uuid::Uuid,
) -> Result<Evaluation, Failure> {
    let request = post(format!("/products/{product}/evaluations")).if_revision(revision);
    Ok(request.idempotency_key(key).json(body).send().await?.body)
}

pub async fn replace_panel(
    round: EvaluationId,
    revision: u64,
    body: &ReplacePanel,
) -> Result<Evaluation, Failure> {
    let request = put(format!("/evaluations/{round}/panel")).if_revision(revision);
    Ok(request.json(body).send().await?.body)
}

pub async fn declare_conflict(
    round: EvaluationId,
    revision: u64,
    body: &DeclareConflict,
) -> Result<Evaluation, Failure> {
    let request = put(format!("/evaluations/{round}/conflicts/me")).if_revision(revision);
    Ok(request.json(body).send().await?.body)
}

pub async fn record_score_sheet(
    round: EvaluationId,
    revision: u64,
    body: &RecordScoreSheet,
) -> Result<Evaluation, Failure> {
    let request = put(format!("/evaluations/{round}/score-sheets/me")).if_revision(revision);
    Ok(request.json(body).send().await?.body)
}

pub async fn record_on_site_visit(
    round: EvaluationId,
    revision: u64,
    body: &OnSiteVisit,
) -> Result<Evaluation, Failure> {
    let request = put(format!("/evaluations/{round}/on-site-visit")).if_revision(revision);
    Ok(request.json(body).send().await?.body)
}

pub async fn recommend(round: EvaluationId, body: &Recommend) -> Result<Evaluation, Failure> {
    Ok(post(format!("/evaluations/{round}/recommendation")).json(body).send().await?.body)
}
