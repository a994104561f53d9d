//! The receipt of a version: SHA-256 over its canonical JSON, which anybody can compute again from
//! what `read_product_version` answers to the public.

use nq57_platform::canonical::canonical;
use nq57_platform::error::ApiResult;
use nq57_shared::products::{ProductContent, ProductFile};
use serde::Serialize;
use sha2::{Digest, Sha256};

#[derive(Serialize)]
struct Sealed<'a> {
    content: &'a ProductContent,
    files: &'a [ProductFile],
    version: u32,
}

/// The fingerprint of a version, 64 hexadecimal digits. `content` has no contact.
pub(super) fn of(
    version: u32,
    content: &ProductContent,
    files: &[ProductFile],
) -> ApiResult<String> {
    let text = canonical(&Sealed { content, files, version })?;
    Ok(hex::encode(Sha256::digest(text)))
}
