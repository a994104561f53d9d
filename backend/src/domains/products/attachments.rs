//! Attachments of products. The working list stands in the product; a file that a sealed version names
//! outlives its removal from the working text.

use std::collections::HashSet;

use nq57_platform::access::permit;
use nq57_platform::casework::attachments::{Attachable, FileChange};
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::access::{Actor, Decision};
use nq57_shared::files::Attachment;
use nq57_shared::ids::FileId;
use nq57_shared::products::ProductFile;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::access::ProductAccess;
use super::store::{self, ProductRecord};
use super::subject::KIND;
use super::versions;

/// A product, for its files.
pub(super) struct Filed {
    product: ProductRecord,
    may_edit: Decision,
    may_read: Decision,
    /// Whether the actor sees more than was published.
    is_inside: bool,
    /// Whether the actor sees the working list itself, not only what was sent of it.
    is_working: bool,
}

impl Attachable for Filed {
    const KIND: &'static str = KIND;
    const ATTACHED: &'static str = "product.file_attached";
    const DETACHED: &'static str = "product.file_detached";

    async fn load(db: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> ApiResult<Self> {
        let product = store::load(db, id.into()).await?;
        let access = ProductAccess::of(db, actor, &product).await?;
        let may_edit = access.may(ProductAction::Edit);
        let may_read = access.may(ProductAction::Read);
        let is_inside = access.may(ProductAction::ReadWorking).is_ok();
        let is_working = is_inside && !access.reads_what_was_sent();
        Ok(Self { product, may_edit, may_read, is_inside, is_working })
    }

    fn may_change(&self) -> Decision {
        self.may_edit
    }

    fn may_read(&self) -> Decision {
        self.may_read
    }

    fn revision(&self) -> i64 {
        self.product.revision
    }

    async fn write(&mut self, tx: &Tx, state: &AppState, change: FileChange<'_>) -> ApiResult<()> {
        match change {
            FileChange::Attached(file) => self.product.files.push(listed(file.clone())),
            FileChange::Detached(id) => self.product.files.retain(|file| file.id != id),
        }
        let permitted = permit(self.may_edit)?;
        store::update(tx, permitted, &mut self.product, state.clock.now()).await
    }

    fn listed(&self) -> Option<Vec<FileId>> {
        Some(self.product.files.iter().map(|file| file.id).collect())
    }

    async fn sealed(
        db: &impl ConnectionTrait,
        id: Uuid,
        files: &[FileId],
    ) -> ApiResult<HashSet<FileId>> {
        versions::named(db, id.into(), false, files).await
    }

    async fn opens(&self, db: &impl ConnectionTrait, file: FileId) -> ApiResult<bool> {
        if self.is_working && self.product.files.iter().any(|listed| listed.id == file) {
            return Ok(true);
        }
        // What is public is a sealed version that was published.
        let is_public = !self.is_inside;
        Ok(!versions::named(db, self.product.id, is_public, &[file]).await?.is_empty())
    }
}

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
