//! Where uploaded files are kept and how big they may be.

use serde::Deserialize;

use super::Secret;

/// The `[files]` section.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Files {
    pub store: StoreKind,
    pub s3: S3,
    /// Bytes that one file may have.
    pub max_bytes: u64,
    pub max_files_per_case: u64,
    /// Bytes that all files of one account may have together.
    pub max_bytes_per_account: u64,
    /// Uploads of one account that are taken in at the same time by one server; others wait.
    pub uploads_at_once: usize,
    /// Seconds that one upload may take.
    pub upload_seconds: u64,
    /// Bytes in a second that an upload must bring, after the time that any body has.
    pub upload_bytes_per_second: u64,
    /// The virus scanner `clamd`: `tcp://host:port` or `unix:/path`. Nothing is scanned when absent.
    pub scanner: Option<String>,
    /// Seconds that the scanner may take for one file.
    pub scanner_seconds: u64,
}

/// Which kind of store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreKind {
    /// A folder below `data_dir`.
    #[default]
    Local,
    /// An S3-compatible object store.
    S3,
}

/// The `[files.s3]` section.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct S3 {
    pub endpoint: Option<String>,
    pub region: Option<String>,
    pub bucket: String,
    pub access_key_id: Option<Secret<String>>,
    pub secret_access_key: Option<Secret<String>>,
    /// Whether a plain `http://` endpoint is accepted.
    pub allow_http: bool,
    /// Folder inside the bucket.
    pub prefix: Option<String>,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            store: StoreKind::default(),
            s3: S3::default(),
            max_bytes: nq57_core::files::MAX_BYTES,
            max_files_per_case: 20,
            max_bytes_per_account: 2 * 1024 * 1024 * 1024,
            uploads_at_once: 4,
            upload_seconds: 600,
            upload_bytes_per_second: 4096,
            scanner: None,
            scanner_seconds: 60,
        }
    }
}
