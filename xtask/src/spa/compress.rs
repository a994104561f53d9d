//! Brotli and gzip copies of the files that shrink.
//! Refuses formats that are compressed already.

use std::io::Write;

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

const SHRINKING: [&str; 9] =
    ["css", "html", "ico", "js", "json", "svg", "txt", "wasm", "webmanifest"];

pub fn is_shrinking(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| SHRINKING.contains(&extension))
}

/// As small as brotli can when `best`, else quickly.
pub fn brotli(bytes: &[u8], best: bool) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: if best { 11 } else { 2 },
        lgwin: 22,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters)?;
    Ok(out)
}

pub fn gzip(bytes: &[u8], best: bool) -> Result<Vec<u8>> {
    let level = if best { Compression::best() } else { Compression::fast() };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
