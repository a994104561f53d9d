//! Members of a merge patch (RFC 7396).

use serde::{Deserialize, Deserializer};

/// Tells a member that is `null` from one that is absent: `#[serde(default, deserialize_with = "given")]`.
///
/// # Errors
/// What the member itself refuses.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    reader: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(reader).map(Some)
}
