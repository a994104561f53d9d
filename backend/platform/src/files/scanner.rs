//! The virus scanner that an installation may have: `clamd`, by its command `INSTREAM`. Without one nothing
//! is scanned, and every file says so. With one nothing is accepted that it has not seen.

use std::path::PathBuf;
use std::time::Duration;

use actix_web::web::Bytes;
use anyhow::Context;
use futures_util::{Stream, StreamExt};
use nq57_core::problem::{FieldCode, ProblemCode};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use crate::config::Files;
use crate::error::{ApiError, ApiResult};

/// Bytes of an answer that are read.
const ANSWER: u64 = 4096;

/// Where the scanner listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanner {
    address: Address,
    patience: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Address {
    Tcp(String),
    Unix(PathBuf),
}

impl Scanner {
    /// The scanner of this configuration, if it has one. No connection is made yet.
    ///
    /// # Errors
    /// An address that is neither `tcp://host:port` nor `unix:/path`.
    pub fn from_config(files: &Files) -> anyhow::Result<Option<Self>> {
        let Some(address) = &files.scanner else { return Ok(None) };
        let tcp = address.strip_prefix("tcp://").filter(|host| host.contains(':'));
        let unix = address.strip_prefix("unix:").filter(|path| path.starts_with('/'));
        let address = match (tcp, unix) {
            (Some(host), _) => Some(Address::Tcp(host.to_owned())),
            (_, Some(path)) => Some(Address::Unix(path.into())),
            _ => None,
        };
        let address = address.context("files.scanner is neither tcp://host:port nor unix:/path")?;
        Ok(Some(Self { address, patience: Duration::from_secs(files.scanner_seconds) }))
    }

    /// Has the content scanned.
    ///
    /// # Errors
    /// 422 when something was found; 503 when the scanner cannot be reached, is too slow or has not
    /// understood.
    pub(super) async fn scan(
        &self,
        content: impl Stream<Item = object_store::Result<Bytes>> + Unpin,
    ) -> ApiResult<()> {
        let asked = async {
            match &self.address {
                Address::Tcp(host) => ask(TcpStream::connect(host).await?, content).await,
                Address::Unix(path) => ask(UnixStream::connect(path).await?, content).await,
            }
        };
        let answer = match tokio::time::timeout(self.patience, asked).await {
            Ok(answer) => answer.map_err(unavailable)?,
            Err(_) => return Err(unavailable(anyhow::anyhow!("no answer in time"))),
        };
        if answer.ends_with(": OK") {
            return Ok(());
        }
        if answer.ends_with(" FOUND") {
            tracing::warn!(answer, "the virus scanner refused an upload");
            return Err(
                ApiError::problem(ProblemCode::FileInfected).at("/file", FieldCode::NotAllowed)
            );
        }
        Err(unavailable(anyhow::anyhow!("the scanner said {answer:?}")))
    }
}

fn unavailable(cause: anyhow::Error) -> ApiError {
    ApiError::problem(ProblemCode::ScannerUnavailable).because(cause)
}

async fn ask(
    mut scanner: impl AsyncRead + AsyncWrite + Unpin,
    mut content: impl Stream<Item = object_store::Result<Bytes>> + Unpin,
) -> anyhow::Result<String> {
    scanner.write_all(b"zINSTREAM\0").await?;
    while let Some(piece) = content.next().await.transpose()? {
        if piece.is_empty() {
            continue;
        }
        scanner.write_all(&u32::try_from(piece.len())?.to_be_bytes()).await?;
        scanner.write_all(&piece).await?;
    }
    scanner.write_all(&0_u32.to_be_bytes()).await?;
    scanner.flush().await?;
    let mut answer = Vec::new();
    scanner.take(ANSWER).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    Ok(answer.trim_end_matches('\0').trim().to_owned())
}
