//! Attachments of products. The working list stands in the product; a file that a sealed version names
//! outlives its removal from the working text.

use nq57_platform::access::permit;
use nq57_platform::error::ApiResult;
use nq57_platform::files;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::access::Decision;
use nq57_shared::files::Attachment;
use nq57_shared::ids::{FileId, ProductId};
use nq57_shared::products::ProductFile;

use super::versions;

/// What attachments belong to.
pub(super) const SUBJECT: &str = "product";

/// How a product lists an attachment.
pub(super) fn listed(attachment: Attachment) -> ProductFile {
    ProductFile {
        id: attachment.id,
        name: attachment.name,
        media_type: attachment.media_type,
        size: attachment.size,
        sha256: attachment.sha256,
        is_scanned: attachment.is_scanned,
        created_at: attachment.uploaded_at,
    }
}

/// Removes the files that are in no sealed version. `decision` is the policy's word on what lets
/// them go.
pub(super) async fn let_go(
    tx: &Tx,
    state: &AppState,
    decision: Decision,
    id: ProductId,
    dropped: &[ProductFile],
) -> ApiResult<()> {
    if dropped.is_empty() {
        return Ok(());
    }
    let mut dropped: Vec<FileId> = dropped.iter().map(|file| file.id).collect();
    let sealed = versions::named(tx, id, false, &dropped).await?;
    dropped.retain(|file| !sealed.contains(file));
    files::delete(tx, &state.clock, permit::<Attachment>(decision)?, id.0, &dropped).await
}
