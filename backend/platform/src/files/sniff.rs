//! Judges a content while it streams by: is it what its name claims, and nothing that could run?
//! Containers are only recognised here; `container` judges their parts once they are whole.

use nq57_core::files::FileType;

/// Bytes of the beginning that are looked at.
const HEAD: usize = 8192;
/// Bytes of a ZIP entry's header before its name.
const ZIP_HEADER: usize = 30;
const ZIP_ENTRY: [u8; 4] = *b"PK\x03\x04";
/// The record at the end of a ZIP container: its sign, its bytes, and the longest comment that follows.
const ZIP_END: [u8; 4] = *b"PK\x05\x06";
const ZIP_END_BYTES: usize = 22;
const TAIL: usize = ZIP_END_BYTES + 65_535;

/// Watches one content.
pub(super) struct Sniffer {
    claimed: FileType,
    head: Vec<u8>,
    tail: Vec<u8>,
    text: TextWatch,
}

impl Sniffer {
    pub(super) fn new(claimed: FileType) -> Self {
        Self {
            claimed,
            head: Vec::with_capacity(HEAD),
            tail: Vec::new(),
            text: TextWatch::default(),
        }
    }

    /// Looks at the next bytes; `false` when it is already certain that the content is refused.
    pub(super) fn watch(&mut self, chunk: &[u8]) -> bool {
        let room = HEAD.saturating_sub(self.head.len()).min(chunk.len());
        self.head.extend(chunk.iter().take(room));
        self.tail.extend_from_slice(chunk);
        self.tail.drain(..self.tail.len().saturating_sub(TAIL));
        match self.claimed {
            FileType::Csv | FileType::Text => self.text.watch(chunk),
            FileType::Docx
            | FileType::Xlsx
            | FileType::Pptx
            | FileType::Odt
            | FileType::Ods
            | FileType::Odp => starts_alike(&self.head, &ZIP_ENTRY),
            FileType::Pdf => starts_alike(&self.head, b"%PDF-"),
            FileType::Png | FileType::Jpeg | FileType::Webp | FileType::Mp4 => true,
        }
    }

    /// Whether the whole content is what it claims to be.
    pub(super) fn accepts(self) -> bool {
        match self.claimed {
            FileType::Csv | FileType::Text => self.text.is_text() && !looks_active(&self.head),
            FileType::Docx | FileType::Xlsx | FileType::Pptx => self.head.starts_with(&ZIP_ENTRY),
            FileType::Odt | FileType::Ods | FileType::Odp => self.is_open_document(),
            FileType::Pdf | FileType::Png | FileType::Jpeg | FileType::Webp | FileType::Mp4 => {
                !ends_as_container(&self.tail)
                    && infer::get(&self.head)
                        .is_some_and(|found| found.mime_type() == self.claimed.media_type())
            }
        }
    }

    /// The media type is the first entry, stored as it is.
    fn is_open_document(&self) -> bool {
        let claim = self.claimed.media_type().as_bytes();
        let entry = self.head.get(ZIP_HEADER..).unwrap_or_default();
        let content = entry.strip_prefix(b"mimetype").and_then(|rest| rest.strip_prefix(claim));
        content.is_some_and(|rest| rest.starts_with(b"PK"))
    }
}

/// Whether the content could be opened as a ZIP container too, whatever it begins with.
fn ends_as_container(tail: &[u8]) -> bool {
    tail.windows(ZIP_END.len()).enumerate().any(|(start, sign)| {
        let end = tail.get(start..).unwrap_or_default();
        let comment = end.get(ZIP_END_BYTES - 2..ZIP_END_BYTES);
        sign == ZIP_END
            && comment.and_then(|bytes| <[u8; 2]>::try_from(bytes).ok()).is_some_and(|bytes| {
                end.len() == ZIP_END_BYTES + usize::from(u16::from_le_bytes(bytes))
            })
    })
}

/// Whether `head` begins with `sign`, as far as it has come.
fn starts_alike(head: &[u8], sign: &[u8]) -> bool {
    head.iter().zip(sign).all(|(a, b)| a == b)
}

/// Whether a text could be taken for a page, a drawing or a script.
fn looks_active(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    head.starts_with(b"<") || head.starts_with(b"#!") || infer::is_app(head)
}

/// UTF-8 without control characters.
#[derive(Default)]
struct TextWatch {
    /// The beginning of a character whose end has not come yet.
    carry: Vec<u8>,
    is_broken: bool,
}

impl TextWatch {
    fn watch(&mut self, chunk: &[u8]) -> bool {
        if self.is_broken {
            return false;
        }
        let mut bytes = std::mem::take(&mut self.carry);
        bytes.extend_from_slice(chunk);
        let whole = match std::str::from_utf8(&bytes) {
            Ok(_) => bytes.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => {
                self.is_broken = true;
                return false;
            }
        };
        let tail = bytes.split_off(whole);
        self.is_broken = bytes.iter().any(|b| b.is_ascii_control() && !b"\t\r\n\x0c".contains(b));
        self.carry = tail;
        !self.is_broken
    }

    fn is_text(&self) -> bool {
        !self.is_broken && self.carry.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(claimed: FileType, content: &[u8]) -> bool {
        // In pieces of every awkward size.
        let verdicts: Vec<bool> = [1, 3, 29, 160, content.len().max(1)]
            .into_iter()
            .map(|size| {
                let mut sniffer = Sniffer::new(claimed);
                content.chunks(size).all(|chunk| sniffer.watch(chunk)) && sniffer.accepts()
            })
            .collect();
        assert!(verdicts.iter().all(|verdict| Some(verdict) == verdicts.first()), "{verdicts:?}");
        verdicts[0]
    }

    fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, content) in entries {
            out.extend_from_slice(&ZIP_ENTRY);
            out.extend_from_slice(&[0; 22]);
            out.extend_from_slice(&u16::try_from(name.len()).expect("short").to_le_bytes());
            out.extend_from_slice(&[0; 2]);
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(content);
        }
        out
    }

    #[test]
    fn contents_are_what_their_names_claim() {
        let docx = zip(&[("[Content_Types].xml", b"<x/>")]);
        assert!(judge(FileType::Docx, &docx));
        assert!(!judge(FileType::Odt, &docx));
        let odt =
            zip(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"c")]);
        assert!(judge(FileType::Odt, &odt));
        assert!(!judge(FileType::Ods, &odt));
        assert!(judge(FileType::Pdf, b"%PDF-1.7\n..."));
        assert!(judge(FileType::Png, b"\x89PNG\r\n\x1a\n...."));
        assert!(judge(FileType::Jpeg, b"\xff\xd8\xff\xe0...."));
        assert!(judge(FileType::Webp, b"RIFF\x10\0\0\0WEBPVP8 "));
        assert!(judge(FileType::Mp4, b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"));
        assert!(judge(FileType::Csv, "\u{feff}tên,giá\nmáy sấy,5\n".as_bytes()));
    }

    #[test]
    fn what_could_run_and_what_lies_is_refused() {
        assert!(!judge(FileType::Pdf, b"<html><script>alert(1)</script>"));
        assert!(!judge(FileType::Png, b"%PDF-1.7"));
        assert!(!judge(FileType::Jpeg, b"<svg xmlns='http://www.w3.org/2000/svg'>"));
        assert!(!judge(FileType::Text, b"\n <!DOCTYPE html>"));
        assert!(!judge(FileType::Text, b"#!/bin/sh\nrm"));
        assert!(!judge(FileType::Text, b"MZ\x90\0\x03"));
        assert!(!judge(FileType::Csv, b"a,b\n\xff\xfe"));
        assert!(!judge(FileType::Text, b"cut character \xe1\xba"));
        let jar = [b"%PDF-1.7\n".as_slice(), &ZIP_END, &[0; 18]].concat();
        assert!(!judge(FileType::Pdf, &jar), "a container behind a document");
        assert!(judge(FileType::Pdf, &[jar.as_slice(), b"more"].concat()));
        let template = zip(&[
            ("mimetype", b"application/vnd.oasis.opendocument.text-template"),
            ("content.xml", b""),
        ]);
        assert!(!judge(FileType::Odt, &template));
    }
}
