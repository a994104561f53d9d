//! Attachments over HTTP: adding one to a draft, taking one away, downloading one.

use actix_web::http::header::LOCATION;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use nq57_platform::access::{allow, permit};
use nq57_platform::audit;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::files::{self, Belongs, Upload};
use nq57_platform::http::openapi::{self, IfMatchHeader};
use nq57_platform::http::{Caller, FromPath, IfMatch, Query, SignedIn, etag};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::files::{Attachment, FileVisibility};
use nq57_shared::ids::{FileId, ProductId};
use nq57_shared::problem::ProblemCode;
use nq57_shared::products::ProductFile;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::attachments::{self, SUBJECT};
use super::facts::Situation;
use super::store::{self, ProductRecord};
use super::subject::subject_of;
use super::versions;
use nq57_platform::audit::By;
use nq57_platform::casework;

/// How often an upload is added when others are added at the same moment.
const ATTEMPTS: u32 = 8;

/// A form with one file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the bytes are streamed")]
struct FileForm {
    /// PDF, PNG, JPEG, WebP, office documents, CSV, plain text or MP4; the content must agree with
    /// the name.
    #[schema(value_type = String, format = Binary)]
    file: String,
}

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
    // Whoever may not attach is told before anything is taken in.
    let product = store::load(&state.db, id).await?;
    allow(Situation::of(&state.db, caller.actor(), &product).await?.may(ProductAction::Edit))?;
    require_room(&state, &product)?;
    let account = caller.account().id;
    files::require_room(&state.db, &state.config, account, 1).await?;
    let _place = state.uploads.enter(&state.config, account).await?;
    let upload = files::receive(&state, &request, payload).await?;
    let by = By::request(caller.actor(), &request);
    let (file, revision) = attach_among_others(&state, by, id, &upload).await?;
    let location = format!("{}/products/{id}/files/{}", openapi::BASE, file.id);
    let mut answer = HttpResponse::Created();
    Ok(answer.insert_header((LOCATION, location)).insert_header(etag(revision)).json(file))
}

/// Nobody has to have seen a revision to add a file: a write that came between is no conflict.
async fn attach_among_others(
    state: &AppState,
    by: By<'_>,
    id: ProductId,
    upload: &Upload,
) -> ApiResult<(ProductFile, i64)> {
    let mut attempt = 1;
    loop {
        let attached =
            transaction::write(&state.db, async |tx| attach(tx, state, by, id, upload).await).await;
        match attached {
            Err(error) if error.code() == ProblemCode::StaleRevision && attempt < ATTEMPTS => {
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Attaches the upload for the actor, in the caller's transaction; the caller keeps the upload after the
/// commit. Answers the file and the new revision.
///
/// # Errors
/// The denial of the policy; 409 when there are too many; 412 when somebody wrote at the same moment.
pub async fn attach(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    id: ProductId,
    upload: &Upload,
) -> ApiResult<(ProductFile, i64)> {
    let mut product = store::load(tx, id).await?;
    let decision = Situation::of(tx, by.actor, &product).await?.may(ProductAction::Edit);
    let permitted = permit(decision)?;
    require_room(state, &product)?;
    if let Some(account) = by.actor.account_id() {
        files::require_room(tx, &state.config, account, upload.size).await?;
    }
    let belongs = Belongs {
        owner: by.actor.account_id(),
        subject_type: SUBJECT,
        subject_id: id.0,
        visibility: FileVisibility::Restricted,
    };
    let attachment =
        files::attach(tx, &state.clock, permit::<Attachment>(decision)?, upload, belongs).await?;
    let file = attachments::listed(attachment);
    product.files.push(file.clone());
    store::keep(tx, permitted, &mut product, state.clock.now()).await?;
    let entry = by.entry("product.file_attached", subject_of(id)).with("file", file.id.to_string());
    casework::add_author(tx, &state.clock, by.actor, subject_of(id)).await?;
    audit::record(tx, &state.clock, entry).await?;
    Ok((file, product.revision))
}

fn require_room(state: &AppState, product: &ProductRecord) -> ApiResult<()> {
    let room = usize::try_from(state.config.files.max_files_per_case).unwrap_or(usize::MAX);
    if product.files.len() < room { Ok(()) } else { Err(ProblemCode::TooManyFiles.into()) }
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
    FromPath((id, file_id)): FromPath<(ProductId, FileId)>,
    seen: IfMatch,
) -> ApiResult<HttpResponse> {
    let revision = transaction::write(&state.db, async |tx| {
        let mut product = store::load(tx, id).await?;
        let situation = Situation::of(tx, caller.actor(), &product).await?;
        let decision = situation.may(ProductAction::Edit);
        let permitted = permit(decision)?;
        seen.check(product.revision)?;
        let (dropped, kept) = product.files.into_iter().partition(|file| file.id == file_id);
        let dropped: Vec<ProductFile> = dropped;
        product.files = kept;
        if dropped.is_empty() {
            return Err(ApiError::not_found());
        }
        attachments::let_go(tx, &state, decision, id, &dropped).await?;
        store::keep(tx, permitted, &mut product, state.clock.now()).await?;
        let entry = By::request(caller.actor(), &request)
            .entry("product.file_detached", subject_of(id))
            .with("file", file_id.to_string());
        audit::record(tx, &state.clock, entry).await?;
        Ok(product.revision)
    })
    .await?;
    Ok(HttpResponse::NoContent().insert_header(etag(revision)).finish())
}

/// How it is shown.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// Whether an image may be shown in a page; everything else is always an attachment.
    #[serde(default)]
    inline: bool,
}

/// Download a file.
///
/// Everybody gets the files of versions that were published; owner and officials also the others.
/// Ranges are supported.
#[utoipa::path(
    tag = "products",
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
    FromPath((id, file_id)): FromPath<(ProductId, FileId)>,
    shown: Query<Shown>,
) -> ApiResult<HttpResponse> {
    let product = store::load(&state.db, id).await?;
    let situation = Situation::of(&state.db, caller.actor(), &product).await?;
    allow(situation.may(ProductAction::Read))?;
    let is_whole = situation.may(ProductAction::ReadWorking).is_ok();
    if !may_download(&state, &product, is_whole, file_id).await? {
        return Err(ApiError::not_found());
    }
    let stored = files::find(&state.db, file_id).await?;
    let stored = stored.filter(|file| file.subject_type == SUBJECT && file.subject_id == id.0);
    files::respond(&state, &stored.ok_or_else(ApiError::not_found)?, &request, shown.inline).await
}

async fn may_download(
    state: &AppState,
    product: &ProductRecord,
    is_whole: bool,
    file: FileId,
) -> ApiResult<bool> {
    if is_whole && product.files.iter().any(|listed| listed.id == file) {
        return Ok(true);
    }
    // What is public is a sealed version that was published.
    Ok(!versions::named(&state.db, product.id, !is_whole, &[file]).await?.is_empty())
}
