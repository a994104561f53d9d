//! Looks at a content that has arrived whole, before any row names it: the parts of a container, and what the
//! virus scanner says.

use actix_web::web::Bytes;
use futures_util::StreamExt;
use nq57_core::files::FileType;
use nq57_core::problem::FieldCode;
use tokio::sync::Semaphore;

use super::container::{self, Refusal};
use super::storage::{self, Object};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// Containers that are held in memory and unpacked at the same time in this process.
const AT_ONCE: usize = 2;

/// Judges the content; answers whether a virus scanner has seen it.
///
/// # Errors
/// 422 for what is refused, 503 when the scanner does not answer, 507 when the content cannot be read back.
pub(super) async fn whole(
    state: &AppState,
    file_type: FileType,
    object: &Object,
) -> ApiResult<bool> {
    if container::is_container(file_type) {
        unpack(state, file_type, object).await?;
    }
    let Some(scanner) = &state.scanner else { return Ok(false) };
    scanner.scan(state.files.read(object.key(), None).await?).await?;
    Ok(true)
}

async fn unpack(state: &AppState, file_type: FileType, object: &Object) -> ApiResult<()> {
    static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);
    let place = PLACES.acquire().await.map_err(ApiError::internal)?;
    let mut stream = state.files.read(object.key(), None).await?;
    let mut content = Vec::new();
    while let Some(piece) = stream.next().await {
        let piece: Bytes = piece.map_err(storage::unavailable)?;
        content.extend_from_slice(&piece);
    }
    let judged = tokio::task::spawn_blocking(move || {
        let judged = container::inspect(file_type, &content);
        drop(place);
        judged
    });
    judged.await.map_err(ApiError::internal)?.map_err(refused)
}

fn refused(refusal: Refusal) -> ApiError {
    ApiError::problem(refusal.code()).at("/file", FieldCode::NotAllowed)
}
