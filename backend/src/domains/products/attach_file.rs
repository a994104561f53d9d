//! Attachments over HTTP: adding one to a draft, taking one away, downloading one.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use nq57_platform::audit::By;
use nq57_platform::casework::attachments::{self, FileForm, Shown};
use nq57_platform::error::ApiResult;
use nq57_platform::files::Upload;
use nq57_platform::http::openapi::IfMatchHeader;
use nq57_platform::http::{Caller, FromPath, IfMatch, Query, SignedIn};
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::access::ClientScope;
use nq57_shared::ids::{FileId, ProductId};
use nq57_shared::products::ProductFile;

use super::attachments::{Filed, listed};

/// Attach a file.
///
/// A form with one file in the field `file`, streamed; size and number are limited. Several may be
/// uploaded at the same time. Possible while the submitter holds the product. The product gets a new
/// revision, which is the `ETag` of the answer.
#[utoipa::path(
    tag = "products",
    security(("bearer" = [])),
    params(("id" = ProductId, Path, description = "The product")),
    request_body(content = inline(FileForm), content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "The attachment", body = ProductFile, headers(
            ("Location" = String, description = "Where it can be downloaded"),
            ("ETag" = String, description = "The revision of the product"),
        )),
        (status = 409, description = "`too_many_files`"),
        (status = 422, description = "`file_type_refused`, or the field is missing or empty"),
    ),
)]
#[post("/products/{id}/files")]
pub async fn attach_product_file(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<ProductId>,
    payload: Payload,
) -> ApiResult<HttpResponse> {
    attachments::post::<Filed, _>(&state, &request, &caller, id.0, payload, listed).await
}

/// Attaches the upload for the actor, in the caller's transaction; the caller keeps the upload until after
/// the commit.
///
/// # Errors
/// The denial of the policy; 409 when there are too many; 412 when somebody wrote at the same moment.
pub async fn attach(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: ProductId,
    upload: &Upload,
) -> ApiResult<()> {
    attachments::attach::<Filed>(tx, state, by, id.0, upload).await.map(drop)
}

/// Detach a file.
///
/// From the working text. A file that a sealed version names can still be downloaded with it.
#[utoipa::path(
    tag = "products",
    security(("bearer" = [])),
    params(
        ("id" = ProductId, Path, description = "The product"),
        ("file_id" = FileId, Path, description = "The file"),
        IfMatchHeader,
    ),
    responses((status = 204, description = "Detached",
        headers(("ETag" = String, description = "The revision of the product")))),
)]
#[delete("/products/{id}/files/{file_id}")]
pub async fn detach_product_file(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath((id, file)): FromPath<(ProductId, FileId)>,
    seen: IfMatch,
) -> ApiResult<HttpResponse> {
    attachments::detach::<Filed>(&state, &request, &caller, (id.0, file), &seen).await
}

/// Download a file.
///
/// Everybody gets the files of versions that were published; owner and officials also the others.
/// Ranges are supported.
#[utoipa::path(
    tag = "products",
    extensions(("x-required-scope" = json!(ClientScope::ProductsRead))),
    params(
        ("id" = ProductId, Path, description = "The product"),
        ("file_id" = FileId, Path, description = "The file"),
        Shown,
    ),
    responses(
        (status = 200, description = "The content, as an attachment", content_type = "application/octet-stream",
            body = Vec<u8>, headers(("ETag" = String, description = "Of the content"))),
        (status = 206, description = "A range of it", content_type = "application/octet-stream", body = Vec<u8>),
    ),
)]
#[get("/products/{id}/files/{file_id}")]
pub async fn download_product_file(
    state: AppState,
    request: HttpRequest,
    caller: Caller,
    FromPath((id, file)): FromPath<(ProductId, FileId)>,
    shown: Query<Shown>,
) -> ApiResult<HttpResponse> {
    attachments::download::<Filed>(&state, &request, &caller, (id.0, file), *shown).await
}
