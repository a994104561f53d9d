//! The operations on evaluations, typed.

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

/// The evaluations of a product, latest first.
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
    evaluation: EvaluationId,
    revision: u64,
    body: &ReplacePanel,
) -> Result<Evaluation, Failure> {
    let request = put(format!("/evaluations/{evaluation}/panel")).if_revision(revision);
    Ok(request.json(body).send().await?.body)
}

pub async fn declare_conflict(
    evaluation: EvaluationId,
    revision: u64,
    body: &DeclareConflict,
) -> Result<Evaluation, Failure> {
    let request = put(format!("/evaluations/{evaluation}/conflicts/me")).if_revision(revision);
    Ok(request.json(body).send().await?.body)
}

pub async fn record_score_sheet(
    evaluation: EvaluationId,
    revision: u64,
    body: &RecordScoreSheet,
) -> Result<Evaluation, Failure> {
    let request = put(format!("/evaluations/{evaluation}/score-sheets/me")).if_revision(revision);
    Ok(request.json(body).send().await?.body)
}

pub async fn record_on_site_visit(
    evaluation: EvaluationId,
    revision: u64,
    body: &OnSiteVisit,
) -> Result<Evaluation, Failure> {
    let request = put(format!("/evaluations/{evaluation}/on-site-visit")).if_revision(revision);
    Ok(request.json(body).send().await?.body)
}

pub async fn recommend(evaluation: EvaluationId, body: &Recommend) -> Result<Evaluation, Failure> {
    Ok(post(format!("/evaluations/{evaluation}/recommendation")).json(body).send().await?.body)
}
