//! The requests about products, typed. Paths stand here and nowhere else in the browser.

use nq57_shared::files::FileType;
use nq57_shared::ids::{FileId, OrganisationId, ProductId};
use nq57_shared::organisations::Organisation;
use nq57_shared::products::{
    EligibilityCheck, HistoryEntry, Product, ProductDraft, ProductEvent, ProductFile, ProductPage,
    ProductState, ProductStatistics, SendProductEvent, VersionDiff, VersionSummary,
};
use nq57_shared::tracking::RenewedSecret;
use nq57_ui::api::{self, Failure, Sending};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

/// A list in its envelope.
#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

/// A page of published products under these filters; facets and total with it when `counted`.
pub async fn search(
    filters: Vec<(String, String)>,
    cursor: Option<String>,
    limit: usize,
    counted: bool,
) -> Result<ProductPage, Failure> {
    let mut request = api::get("/products").queries(filters).query("limit", limit);
    if let Some(cursor) = cursor {
        request = request.query("cursor", cursor);
    }
    if counted {
        request = request.query("count", true).query("facets", true);
    }
    Ok(request.anonymous().send().await?.body)
}

/// A page of the caller's own submissions, what waits for the caller first.
pub async fn own(cursor: Option<String>, limit: usize) -> Result<ProductPage, Failure> {
    let mut request = api::get("/products")
        .query("mine", true)
        .query("sort", "waiting")
        .query("count", true)
        .query("limit", limit);
    if let Some(cursor) = cursor {
        request = request.query("cursor", cursor);
    }
    Ok(request.send().await?.body)
}

/// How many submissions wait for the caller's answer, with the one that is due first.
pub async fn asked() -> Result<ProductPage, Failure> {
    let request = api::get("/products")
        .query("mine", true)
        .query("state", ProductState::MoreInformation.as_str())
        .query("sort", "waiting")
        .query("count", true)
        .query("limit", 1);
    Ok(request.send().await?.body)
}

/// Ends the secret of the code and brings a new one.
pub async fn renew_secret(id: ProductId, revision: u64) -> Result<RenewedSecret, Failure> {
    Ok(api::post(format!("/products/{id}/secret")).if_revision(revision).send().await?.body)
}

/// What everybody may see of a product.
pub async fn read_public(id: &str) -> Result<Product, Failure> {
    Ok(api::get(format!("/products/{id}")).anonymous().send().await?.body)
}

/// The working version, for its submitter and for officials.
pub async fn read(id: &str) -> Result<Product, Failure> {
    Ok(api::get(format!("/products/{id}")).send().await?.body)
}

/// Begins a draft. Keep `key` until there is an answer.
pub async fn create(draft: &ProductDraft, key: Uuid) -> Result<Product, Failure> {
    Ok(api::post("/products").json(draft).idempotency_key(key).send().await?.body)
}

/// Changes parts of a draft.
pub async fn edit(id: ProductId, revision: u64, patch: &Value) -> Result<Product, Failure> {
    Ok(api::patch(format!("/products/{id}")).if_revision(revision).merge(patch).send().await?.body)
}

/// Sends an event.
pub async fn send_event(
    id: ProductId,
    revision: u64,
    event: ProductEvent,
    reason: Option<String>,
) -> Result<Product, Failure> {
    let body = SendProductEvent { event, reason };
    Ok(api::post(format!("/products/{id}/events"))
        .if_revision(revision)
        .json(&body)
        .send()
        .await?
        .body)
}

/// What happened so far; as nobody, only what is public.
pub async fn history(id: &str, public: bool) -> Result<Vec<HistoryEntry>, Failure> {
    Ok(side(format!("/products/{id}/history"), public)
        .send::<Items<HistoryEntry>>()
        .await?
        .body
        .items)
}

/// The sealed versions.
pub async fn versions(id: &str, public: bool) -> Result<Vec<VersionSummary>, Failure> {
    Ok(side(format!("/products/{id}/versions"), public)
        .send::<Items<VersionSummary>>()
        .await?
        .body
        .items)
}

/// What changed between two versions.
pub async fn compare(id: &str, from: u32, to: u32, public: bool) -> Result<VersionDiff, Failure> {
    Ok(side(format!("/products/{id}/versions/diff"), public)
        .query("from", from)
        .query("to", to)
        .send()
        .await?
        .body)
}

fn side(path: String, public: bool) -> api::Request {
    if public { api::get(path).anonymous() } else { api::get(path) }
}

/// The eligibility checklist with what is asked.
pub async fn eligibility(id: ProductId) -> Result<EligibilityCheck, Failure> {
    Ok(api::get(format!("/products/{id}/eligibility")).send().await?.body)
}

/// The figures of the portal.
pub async fn statistics() -> Result<ProductStatistics, Failure> {
    Ok(api::get("/products/statistics").anonymous().send().await?.body)
}

/// Adds a file; `progress` gets percent.
pub async fn add_file(
    id: ProductId,
    file: &web_sys::File,
    sending: &Sending,
    progress: impl Fn(u8) + 'static,
) -> Result<ProductFile, Failure> {
    api::upload(&format!("/products/{id}/files"), file, &[], sending, progress).await
}

/// Removes a file from the working text.
pub async fn remove_file(id: ProductId, revision: u64, file: FileId) -> Result<(), Failure> {
    api::delete(format!("/products/{id}/files/{file}"))
        .if_revision(revision)
        .send::<()>()
        .await
        .map(|_| ())
}

/// Where a file is read.
pub fn file_address(id: ProductId, file: FileId) -> String {
    format!("{}/products/{id}/files/{file}", api::BASE)
}

/// The organisation, for its name, tax code and province.
pub async fn organisation(id: OrganisationId) -> Result<Organisation, Failure> {
    Ok(api::get(format!("/organisations/{id}")).send().await?.body)
}

/// The `accept` attribute for files that the server takes.
pub fn accepted_files() -> String {
    FileType::ALL
        .iter()
        .flat_map(|kind| kind.extensions())
        .map(|extension| format!(".{extension}"))
        .collect::<Vec<_>>()
        .join(",")
}
