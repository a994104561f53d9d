//! The store of contents: a folder, or an S3-compatible service. Keys are random below the day on
//! which the upload began, so that what was left behind by a crash can be found.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::web::Bytes;
use anyhow::Context;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use nq57_core::problem::ProblemCode;
use nq57_core::time::Timestamp;
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::config::{Config, StoreKind};
use crate::error::{ApiError, ApiResult};
use crate::persistence::transaction::Tx;

/// Bytes held in memory for one upload before they are sent on; S3 takes no smaller parts.
const PART: usize = 5 * 1024 * 1024;

/// Where contents are kept.
#[derive(Clone)]
pub struct FileStore {
    objects: Arc<dyn ObjectStore>,
    root: Path,
}

impl FileStore {
    /// The store of this configuration. No connection is made yet.
    ///
    /// # Errors
    /// A folder that cannot be made, an incomplete S3 section.
    pub fn from_config(config: &Config) -> anyhow::Result<Self> {
        match config.files.store {
            StoreKind::Local => {
                let folder = config.data_dir.join("files");
                std::fs::create_dir_all(&folder)
                    .with_context(|| format!("cannot make the folder {}", folder.display()))?;
                let objects = LocalFileSystem::new_with_prefix(&folder)
                    .context("cannot use the folder of the files")?
                    .with_automatic_cleanup(true)
                    .with_fsync(true);
                Ok(Self { objects: Arc::new(objects), root: Path::default() })
            }
            StoreKind::S3 => {
                let s3 = &config.files.s3;
                anyhow::ensure!(!s3.bucket.is_empty(), "files.s3.bucket is missing");
                let mut builder = AmazonS3Builder::new()
                    .with_bucket_name(&s3.bucket)
                    .with_region(s3.region.as_deref().unwrap_or("us-east-1"))
                    .with_allow_http(s3.allow_http);
                if let Some(endpoint) = &s3.endpoint {
                    builder = builder.with_endpoint(endpoint);
                }
                if let (Some(id), Some(secret)) = (&s3.access_key_id, &s3.secret_access_key) {
                    builder = builder
                        .with_access_key_id(id.expose())
                        .with_secret_access_key(secret.expose());
                }
                let objects = builder.build().context("the section files.s3 cannot be used")?;
                let root = Path::from(s3.prefix.as_deref().unwrap_or_default());
                Ok(Self { objects: Arc::new(objects), root })
            }
        }
    }

    /// A key that nobody can guess and that has never been used.
    pub(super) fn new_key(now: Timestamp) -> String {
        format!("{}/{}", day(now), Uuid::new_v4().simple())
    }

    fn path(&self, key: &str) -> Path {
        key.split('/').fold(self.root.clone(), Path::join)
    }

    /// Begins to write an object. It is not there before [`Writing::finish`].
    pub(super) fn write(&self, key: String) -> Writing {
        let writer = BufWriter::with_capacity(self.objects.clone(), self.path(&key), PART);
        Writing {
            writer: Some(writer),
            object: Some(Object { store: self.clone(), key, is_kept: Arc::default() }),
        }
    }

    /// The content, or the part of it that `range` names.
    pub(super) async fn read(
        &self,
        key: &str,
        range: Option<std::ops::Range<u64>>,
    ) -> ApiResult<BoxStream<'static, object_store::Result<Bytes>>> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.objects.get_opts(&self.path(key), options).await.map_err(unavailable)?;
        Ok(found.into_stream())
    }

    /// Removes an object; one that is not there is removed already.
    pub(super) async fn remove(&self, key: &str) -> ApiResult<()> {
        match self.objects.delete(&self.path(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// The keys of all objects whose upload began on the day of `at`.
    pub(super) async fn keys_of_day(&self, at: Timestamp) -> ApiResult<Vec<String>> {
        let day = day(at);
        let folder = self.path(&day);
        self.objects
            .list(Some(&folder))
            .map(|found| {
                let found = found.map_err(unavailable)?;
                Ok(found.location.filename().map(|name| format!("{day}/{name}")))
            })
            .try_filter_map(|key| async move { Ok(key) })
            .try_collect()
            .await
    }
}

fn day(at: Timestamp) -> String {
    at.format("%Y%m%d").to_string()
}

/// The storage failed; what it said goes to the log.
pub(super) fn unavailable(error: object_store::Error) -> ApiError {
    ApiError::problem(ProblemCode::StorageUnavailable).because(error)
}

/// An object that is being written. Dropped before it is finished, it leaves nothing behind.
pub(super) struct Writing {
    writer: Option<BufWriter>,
    object: Option<Object>,
}

impl Writing {
    pub(super) async fn put(&mut self, bytes: Bytes) -> ApiResult<()> {
        match &mut self.writer {
            Some(writer) => writer.put(bytes).await.map_err(unavailable),
            None => Err(ApiError::internal(anyhow::anyhow!("the object is finished"))),
        }
    }

    /// Makes the object appear, whole.
    pub(super) async fn finish(mut self) -> ApiResult<Object> {
        let (Some(mut writer), Some(object)) = (self.writer.take(), self.object.take()) else {
            return Err(ApiError::internal(anyhow::anyhow!("the object is finished")));
        };
        // From here on the object cleans up after itself.
        writer
            .shutdown()
            .await
            .map_err(|error| ApiError::problem(ProblemCode::StorageUnavailable).because(error))?;
        Ok(object)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if let (Some(mut writer), Ok(runtime)) =
            (self.writer.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(async move {
                if let Err(error) = writer.abort().await {
                    tracing::warn!(%error, "an unfinished upload could not be cleared away");
                }
            });
        }
    }
}

/// A finished object. Dropped before a row names it, it is removed.
pub(super) struct Object {
    store: FileStore,
    key: String,
    is_kept: Arc<AtomicBool>,
}

impl Object {
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// A row of this transaction names it: it stays when that may be committed.
    pub(super) fn commit(&self, tx: &Tx) {
        let is_kept = self.is_kept.clone();
        tx.on_commit(move || is_kept.store(true, Ordering::Release));
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        if self.is_kept.load(Ordering::Acquire) {
            return;
        }
        let (store, key) = (self.store.clone(), std::mem::take(&mut self.key));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = store.remove(&key).await {
                    tracing::warn!(%error, key, "an object without a row is left to the sweep");
                }
            });
        }
    }
}
