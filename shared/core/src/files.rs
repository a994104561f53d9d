//! Uploaded files: which types are accepted, how their names are cleaned, what a client sees of them.
//! The content is judged by the server; this only knows names and types.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::FileId;
use crate::text;

/// Bytes that one file may have, unless an installation sets another limit.
pub const MAX_BYTES: u64 = 20 * 1024 * 1024;
/// The most characters that a kept file name has.
pub const MAX_NAME: usize = 120;

/// A type of file that is accepted. Anything that a browser could run is not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileType {
    Pdf,
    Png,
    Jpeg,
    Webp,
    Docx,
    Xlsx,
    Pptx,
    Odt,
    Ods,
    Odp,
    Csv,
    Text,
    Mp4,
}

impl FileType {
    /// All accepted types.
    pub const ALL: [Self; 13] = [
        Self::Pdf,
        Self::Png,
        Self::Jpeg,
        Self::Webp,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Odt,
        Self::Ods,
        Self::Odp,
        Self::Csv,
        Self::Text,
        Self::Mp4,
    ];

    /// The media type it is served with.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Csv => "text/csv",
            Self::Text => "text/plain",
            Self::Mp4 => "video/mp4",
        }
    }

    /// The file name extensions it may have, the usual one first, in lower case.
    #[must_use]
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Webp => &["webp"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
            Self::Odp => &["odp"],
            Self::Csv => &["csv"],
            Self::Text => &["txt"],
            Self::Mp4 => &["mp4"],
        }
    }

    /// The type that the extension of a name claims.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        Self::ALL.into_iter().find(|kind| {
            kind.extensions().iter().any(|known| extension.eq_ignore_ascii_case(known))
        })
    }

    /// The type with this media type.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type() == media_type)
    }

    /// Whether a browser may show it in the page: raster images only.
    #[must_use]
    pub const fn may_be_inline(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Webp)
    }

    /// The value of an `accept` attribute that offers all types.
    #[must_use]
    pub fn accept() -> String {
        let extensions: Vec<String> = Self::ALL
            .iter()
            .flat_map(|kind| kind.extensions())
            .map(|extension| format!(".{extension}"))
            .collect();
        extensions.join(",")
    }
}

/// A file name that is safe to show and to send: the last part of any path, one line, no characters
/// that file systems or headers treat specially, no leading dot, at most [`MAX_NAME`] characters with
/// the extension kept.
#[must_use]
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String =
        text::name(last).chars().map(|c| if "<>:\"|?*;%'".contains(c) { '_' } else { c }).collect();
    let kept = kept.trim_matches(['.', ' ']);
    if kept.is_empty() {
        return "tep".to_owned();
    }
    let (stem, extension) = kept.rsplit_once('.').unwrap_or((kept, ""));
    if extension.is_empty() {
        return kept.chars().take(MAX_NAME).collect();
    }
    let extension: String = extension.chars().take(16).collect();
    let room = MAX_NAME.saturating_sub(extension.chars().count() + 1);
    let stem: String = stem.chars().take(room).collect();
    format!("{stem}.{extension}")
}

/// Who may fetch a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FileVisibility {
    /// Everybody, once the thing it belongs to is public.
    Public,
    /// The submitter and those who handle the thing.
    Restricted,
}

crate::stable_texts! {
    FileVisibility { Public = "public", Restricted = "restricted" }
}

/// A file that belongs to something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    pub id: FileId,
    /// The cleaned name it was uploaded with.
    pub name: String,
    /// Found from the content, not believed from the upload.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content, 64 hexadecimal digits.
    pub sha256: String,
    pub visibility: FileVisibility,
    /// Whether a virus scanner saw it when it arrived and found nothing. `false`: the installation had none.
    #[serde(default)]
    pub is_scanned: bool,
    pub uploaded_at: DateTime<Utc>,
}

impl Attachment {
    /// Whether it can be shown in a page with `?inline=true`.
    #[must_use]
    pub fn may_be_inline(&self) -> bool {
        FileType::of_media_type(&self.media_type).is_some_and(FileType::may_be_inline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_could_harm_and_keep_their_extension() {
        assert_eq!(clean_name("..\\..\\Báo cáo thử nghiệm.PDF"), "Báo cáo thử nghiệm.PDF");
        assert_eq!(clean_name("/etc/passwd"), "passwd");
        assert_eq!(clean_name("a\r\nSet-Cookie: x.pdf"), "a Set-Cookie_ x.pdf");
        assert_eq!(clean_name("hoa\u{202e}fdp.exe"), "hoafdp.exe");
        assert_eq!(clean_name("..."), "tep");
        let long = clean_name(&format!("{}.docx", "ă".repeat(400)));
        assert_eq!(long.chars().count(), MAX_NAME);
        assert!(long.ends_with(".docx"));
    }

    #[test]
    fn the_extension_names_the_type() {
        assert_eq!(FileType::of_name("ảnh.JPEG"), Some(FileType::Jpeg));
        assert_eq!(FileType::of_name("x.pdf.svg"), None);
        assert_eq!(FileType::of_name("pdf"), None);
        for kind in FileType::ALL {
            assert_eq!(FileType::of_media_type(kind.media_type()), Some(kind));
        }
        assert!(FileType::accept().starts_with(".pdf,.png"));
    }
}
