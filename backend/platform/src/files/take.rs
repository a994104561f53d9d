//! Takes in a content that the program made itself, by the same judgement as an upload.

use actix_web::web::Bytes;
use nq57_core::files::{FileType, clean_name};
use nq57_core::problem::ProblemCode;
use sha2::{Digest, Sha256};

use super::sniff::Sniffer;
use super::storage::FileStore;
use super::{Upload, inspect};
use crate::error::ApiResult;
use crate::state::AppState;

/// Stores the content under a name. Like an upload it is removed unless it is kept.
///
/// # Errors
/// 422 when it is not what its name claims, 507 when it cannot be stored.
pub async fn take(state: &AppState, name: &str, content: Bytes) -> ApiResult<Upload> {
    let name = clean_name(name);
    let file_type = FileType::of_name(&name).ok_or(ProblemCode::FileTypeRefused)?;
    let mut sniffer = Sniffer::new(file_type);
    if !sniffer.watch(&content) || !sniffer.accepts() {
        return Err(ProblemCode::FileTypeRefused.into());
    }
    let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
    let sha256 = hex::encode(Sha256::digest(&content));
    let mut writing = state.files.write(FileStore::new_key(state.clock.now()));
    writing.put(content).await?;
    let object = writing.finish().await?;
    let is_scanned = inspect::whole(state, file_type, &object).await?;
    Ok(Upload { object, name, file_type, size, sha256, is_scanned, fields: Default::default() })
}
