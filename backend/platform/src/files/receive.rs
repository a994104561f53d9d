//! Takes an upload in, piece by piece: nothing is held whole, nothing unfinished stays.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, Payload};
use futures_util::{StreamExt, TryStreamExt};
use nq57_core::files::{FileType, clean_name};
use nq57_core::problem::{FieldCode, ProblemCode};
use nq57_core::text;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::inspect;
use super::sniff::Sniffer;
use super::storage::{FileStore, Object};
use super::upload::Upload;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// The field that holds the file.
const FILE: &str = "file";
/// What the rest of the form may weigh, in bytes, and how many fields it may have.
const FORM_BYTES: u64 = 64 * 1024;
const MAX_FIELDS: usize = 8;
const FIELD_BYTES: usize = 2048;

/// Reads a `multipart/form-data` body with one file in the field `file`.
///
/// # Errors
/// 415 for another kind of body, 400 when it is damaged or ends early, 413 when the file is larger than
/// allowed, 422 when it is missing, empty, not of an accepted type or found harmful, 408 when it stalls or
/// comes too slowly, 503 when the virus scanner does not answer, 507 when it cannot be stored. Nothing is left
/// behind.
pub async fn receive(
    state: &AppState,
    request: &HttpRequest,
    payload: Payload,
) -> ApiResult<Upload> {
    refuse_other_bodies(request)?;
    let limit = state.config.files.max_bytes;
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced: u64 = announced.and_then(|value| value.parse().ok()).unwrap_or_default();
    if announced > limit.saturating_add(FORM_BYTES) {
        return Err(ProblemCode::BodyTooLarge.into());
    }
    let pace = Pace::begin(state);
    let mut form = Multipart::new(request.headers(), payload);
    let mut found: Option<Arrived> = None;
    let mut fields = BTreeMap::new();
    while let Some(field) = pace.in_time(form.try_next()).await? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == FILE {
            if found.is_some() {
                return Err(ApiError::field("/file", FieldCode::Duplicate));
            }
            found = Some(file(state, field, &pace, limit).await?);
        } else if fields.len() < MAX_FIELDS {
            let value = small(field, &pace, &name).await?;
            if fields.insert(name.clone(), value).is_some() {
                return Err(ApiError::field(format!("/{name}"), FieldCode::Duplicate));
            }
        } else {
            return Err(ApiError::field(format!("/{name}"), FieldCode::UnknownField));
        }
    }
    let arrived = found.ok_or_else(|| ApiError::field("/file", FieldCode::Required))?;
    let is_scanned = inspect::whole(state, arrived.file_type, &arrived.object).await?;
    Ok(Upload {
        object: arrived.object,
        name: arrived.name,
        file_type: arrived.file_type,
        size: arrived.size,
        sha256: arrived.sha256,
        is_scanned,
        fields,
    })
}

fn refuse_other_bodies(request: &HttpRequest) -> ApiResult<()> {
    use actix_web::HttpMessage;
    if request.content_type().eq_ignore_ascii_case("multipart/form-data") {
        return Ok(());
    }
    Err(ApiError::problem(ProblemCode::UnsupportedMediaType).detail("Send multipart/form-data."))
}

struct Arrived {
    object: Object,
    name: String,
    file_type: FileType,
    size: u64,
    sha256: String,
}

async fn file(state: &AppState, mut field: Field, pace: &Pace, limit: u64) -> ApiResult<Arrived> {
    let given = field.content_disposition().and_then(|disposition| disposition.get_filename());
    let name = clean_name(given.unwrap_or_default());
    let file_type = FileType::of_name(&name).ok_or_else(refused)?;
    let mut writing = state.files.write(FileStore::new_key(state.clock.now()));
    let mut sniffer = Sniffer::new(file_type);
    let mut digest = Sha256::new();
    let mut size = 0_u64;
    while let Some(chunk) = next_chunk(&mut field, pace).await? {
        size += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if size > limit {
            return Err(ProblemCode::BodyTooLarge.into());
        }
        if !sniffer.watch(&chunk) {
            return Err(refused());
        }
        digest.update(&chunk);
        writing.put(chunk).await?;
    }
    if size == 0 {
        return Err(ApiError::field("/file", FieldCode::Required));
    }
    if !sniffer.accepts() {
        return Err(refused());
    }
    let object = writing.finish().await?;
    Ok(Arrived { object, name, file_type, size, sha256: hex::encode(digest.finalize()) })
}

fn refused() -> ApiError {
    ApiError::problem(ProblemCode::FileTypeRefused).at("/file", FieldCode::NotAllowed)
}

async fn small(mut field: Field, pace: &Pace, name: &str) -> ApiResult<String> {
    let mut value = Vec::new();
    while let Some(chunk) = next_chunk(&mut field, pace).await? {
        value.extend_from_slice(&chunk);
        if value.len() > FIELD_BYTES {
            return Err(ApiError::field(format!("/{name}"), FieldCode::TooLong));
        }
    }
    let value = String::from_utf8(value)
        .map_err(|_| ApiError::field(format!("/{name}"), FieldCode::InvalidFormat))?;
    Ok(text::line(&value))
}

async fn next_chunk(field: &mut Field, pace: &Pace) -> ApiResult<Option<Bytes>> {
    let chunk = pace.in_time(async { field.next().await.transpose() }).await?;
    pace.count(chunk.as_ref().map_or(0, Bytes::len));
    Ok(chunk)
}

/// How long a body may take: no piece longer than a whole small body, no body longer than its bytes take at
/// the least rate, and none longer than the limit.
struct Pace {
    began: Instant,
    piece: Duration,
    whole: Duration,
    bytes_per_second: u64,
    received: Cell<u64>,
}

impl Pace {
    fn begin(state: &AppState) -> Self {
        let files = &state.config.files;
        Self {
            began: Instant::now(),
            piece: Duration::from_secs(state.config.http.body_seconds),
            whole: Duration::from_secs(files.upload_seconds),
            bytes_per_second: files.upload_bytes_per_second.max(1),
            received: Cell::new(0),
        }
    }

    fn count(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.received.set(self.received.get().saturating_add(bytes));
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, MultipartError>>,
    ) -> ApiResult<T> {
        let earned = Duration::from_secs(self.received.get() / self.bytes_per_second);
        let until = self.began + self.whole.min(self.piece.saturating_add(earned));
        let until = until.min(Instant::now() + self.piece);
        match tokio::time::timeout_at(until, work).await {
            Ok(outcome) => outcome.map_err(damaged),
            Err(_) => Err(ProblemCode::RequestTimeout.into()),
        }
    }
}

fn damaged(error: MultipartError) -> ApiError {
    if let MultipartError::Payload(PayloadError::Overflow) = error {
        return ProblemCode::BodyTooLarge.into();
    }
    ApiError::problem(ProblemCode::MalformedBody)
        .detail("The form is damaged or ended early.")
        .because(anyhow::anyhow!("{error}"))
}
