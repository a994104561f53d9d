//! Sealed versions as their caller may see them: the list, one of them, the difference of two.

use actix_web::{HttpRequest, HttpResponse, get, web};
use nq57_platform::access::allow;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::conditional::representation;
use nq57_platform::http::{Caller, FromPath, Query};
use nq57_platform::state::AppState;
use nq57_shared::access::ClientScope;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::ids::ProductId;
use nq57_shared::page::Page;
use nq57_shared::products::{FieldChange, ProductVersion, VersionDiff, VersionSummary, compare};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::access::ProductAccess;
use super::store::{self, ProductRecord};
use super::versions::{self, SealedVersion};

/// What this caller may see of the versions.
struct VersionAccess {
    product: ProductRecord,
    /// Whether also those that were never public, with contact data.
    is_whole: bool,
}

impl VersionAccess {
    async fn of(state: &AppState, caller: &Caller, id: ProductId) -> ApiResult<Self> {
        let product = store::load(&state.db, id).await?;
        let access = ProductAccess::of(&state.db, caller.actor(), &product).await?;
        allow(access.may(ProductAction::Read))?;
        let is_whole = access.may(ProductAction::ReadWorking).is_ok();
        Ok(Self { product, is_whole })
    }

    async fn find(&self, state: &AppState, version: u32) -> ApiResult<SealedVersion> {
        let found = versions::find(&state.db, self.product.id, version).await?;
        let found = found.filter(|version| self.is_whole || version.published_at.is_some());
        found.ok_or_else(ApiError::not_found)
    }

    fn to_response(&self, version: SealedVersion) -> ProductVersion {
        let summary = version.summary(self.product.public_version);
        let mut content = version.content.0;
        content.owner.contact = self.is_whole.then_some(version.contact.0);
        ProductVersion { summary, content, files: version.files.0 }
    }
}

/// List the versions of a product.
///
/// Sealed versions, the latest first. The public sees those that were ever public.
#[utoipa::path(
    tag = "products",
    extensions(("x-required-scope" = json!(ClientScope::ProductsRead))),
    params(("id" = ProductId, Path, description = "The product")),
    responses((status = 200, description = "All versions", body = Page<VersionSummary>)),
)]
#[get("/products/{id}/versions")]
pub async fn list_product_versions(
    state: AppState,
    caller: Caller,
    FromPath(id): FromPath<ProductId>,
) -> ApiResult<web::Json<Page<VersionSummary>>> {
    let access = VersionAccess::of(&state, &caller, id).await?;
    let versions = versions::list(&state.db, id, !access.is_whole).await?;
    let public = access.product.public_version;
    let items = versions.iter().map(|version| version.summary(public)).collect();
    Ok(web::Json(Page { items, next_cursor: None, total: None }))
}

/// Read a version of a product.
///
/// It never changes. `fingerprint` is the SHA-256 of the canonical JSON (RFC 8785) of
/// `{"content": …, "files": …, "version": …}` as answered here to the public, so that anybody can
/// check it.
#[utoipa::path(
    tag = "products",
    extensions(("x-required-scope" = json!(ClientScope::ProductsRead))),
    params(
        ("id" = ProductId, Path, description = "The product"),
        ("version" = u32, Path, description = "Number of the version, from 1"),
    ),
    responses((status = 200, description = "The version", body = ProductVersion,
        headers(("ETag" = String, description = "Of this version")))),
)]
#[get("/products/{id}/versions/{version}")]
pub async fn read_product_version(
    state: AppState,
    request: HttpRequest,
    caller: Caller,
    FromPath((id, version)): FromPath<(ProductId, u32)>,
) -> ApiResult<HttpResponse> {
    let access = VersionAccess::of(&state, &caller, id).await?;
    let found = access.find(&state, version).await?;
    Ok(representation(&request, i64::from(version), &access.to_response(found)))
}

/// Which two versions.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TwoVersions {
    /// The number of the earlier version.
    #[param(example = 1)]
    from: u32,
    /// The number of the later version.
    #[param(example = 2)]
    to: u32,
}

/// Compare two versions of a product.
///
/// Field by field, with JSON pointers into the content, and `/files`. Versions that the caller may not
/// see are not found.
#[utoipa::path(
    tag = "products",
    extensions(("x-required-scope" = json!(ClientScope::ProductsRead))),
    params(("id" = ProductId, Path, description = "The product"), TwoVersions),
    responses((status = 200, description = "What changed", body = VersionDiff)),
)]
#[get("/products/{id}/versions/diff")]
pub async fn diff_product_versions(
    state: AppState,
    caller: Caller,
    FromPath(id): FromPath<ProductId>,
    two: Query<TwoVersions>,
) -> ApiResult<web::Json<VersionDiff>> {
    let access = VersionAccess::of(&state, &caller, id).await?;
    let from = whole(&access.to_response(access.find(&state, two.from).await?))?;
    let to = whole(&access.to_response(access.find(&state, two.to).await?))?;
    let changes: Vec<FieldChange> = compare::changes(&from, &to);
    Ok(web::Json(VersionDiff { from: two.from, to: two.to, changes }))
}

/// The content with the list of files as one more member.
fn whole(version: &ProductVersion) -> ApiResult<Value> {
    let mut content = serde_json::to_value(&version.content).map_err(ApiError::internal)?;
    if let Some(members) = content.as_object_mut() {
        let files =
            version.files.iter().map(|file| json!({"name": file.name, "sha256": file.sha256}));
        members.insert("files".into(), files.collect());
    }
    Ok(content)
}
