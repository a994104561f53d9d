//! Judges an office document by all of its parts, once it has arrived whole: no macros, no embedded programs or
//! OLE objects, nothing that fetches from elsewhere when it is opened, no bombs, nothing beside the container.
//! Inflates into a budget and never beyond.

use std::io::{Cursor, Read};

use nq57_core::files::FileType;
use nq57_core::problem::ProblemCode;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Decoder, Reader, XmlVersion};
use zip::ZipArchive;

/// Parts that one document may have.
const PARTS: usize = 4_000;
/// Bytes that all parts together may inflate to: so many times the document, within these bounds.
const RATIO: u64 = 100;
const LEAST: u64 = 8 * 1024 * 1024;
const MOST: u64 = 256 * 1024 * 1024;
/// Bytes of a part that is read as XML.
const XML_MOST: u64 = 32 * 1024 * 1024;
/// Bytes of the beginning of any other part that are looked at.
const HEAD: usize = 4096;
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const ZIP: &[u8] = b"PK";
/// The record at the end of a container without a comment: its sign and its bytes.
const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
/// Most bytes between two parts: their sizes again, for writers that knew them late.
const DESCRIPTOR: u64 = 24;

/// Content types of parts that run or fetch, or stand for what does.
const ACTIVE_TYPES: [&str; 11] = [
    "macroenabled",
    "vbaproject",
    "vbadata",
    "activex",
    "oleobject",
    "externallink",
    "connections+xml",
    "querytable",
    "customui",
    "x-msdownload",
    "macrosheet",
];
/// Kinds of relationships to the same.
const ACTIVE_RELATIONS: [&str; 12] = [
    "/vbaproject",
    "/wordvbadata",
    "/oleobject",
    "/control",
    "/activexcontrolbinary",
    "/attachedtemplate",
    "/afchunk",
    "/subdocument",
    "/frame",
    "/externallink",
    "/connections",
    "/xlmacrosheet",
];
/// Elements of OpenDocument that run, or that show what another program makes.
const ACTIVE_ELEMENTS: [&[u8]; 7] = [
    b"event-listener",
    b"script",
    b"object-ole",
    b"applet",
    b"plugin",
    b"floating-frame",
    b"dde-source",
];

/// Why a document is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is not what its name claims, is damaged, or inflates without end.
    Broken,
    /// It holds what runs or fetches.
    Active,
}

impl Refusal {
    pub(super) const fn code(self) -> ProblemCode {
        match self {
            Self::Broken => ProblemCode::FileTypeRefused,
            Self::Active => ProblemCode::FileActiveContent,
        }
    }
}

fn broken<E>(_: E) -> Refusal {
    Refusal::Broken
}

/// Whether documents of this type are containers.
pub(super) const fn is_container(file_type: FileType) -> bool {
    main_part(file_type).is_some()
}

/// What the content type of the main part, or of the whole document, is.
const fn main_part(file_type: FileType) -> Option<&'static str> {
    match file_type {
        FileType::Docx => Some("wordprocessingml.document.main+xml"),
        FileType::Xlsx => Some("spreadsheetml.sheet.main+xml"),
        FileType::Pptx => Some("presentationml.presentation.main+xml"),
        FileType::Odt | FileType::Ods | FileType::Odp => Some(file_type.media_type()),
        FileType::Pdf
        | FileType::Png
        | FileType::Jpeg
        | FileType::Webp
        | FileType::Csv
        | FileType::Text
        | FileType::Mp4 => None,
    }
}

/// Judges the whole content.
pub(super) fn inspect(claimed: FileType, content: &[u8]) -> Result<(), Refusal> {
    let size = u64::try_from(content.len()).map_err(broken)?;
    let mut budget = size.saturating_mul(RATIO).clamp(LEAST, MOST);
    let found = Inspection { budget: &mut budget, is_nested: false }.container(content)?;
    if found.main.as_deref() == main_part(claimed) { Ok(()) } else { Err(Refusal::Broken) }
}

struct Inspection<'a> {
    /// Bytes that may still be inflated.
    budget: &'a mut u64,
    is_nested: bool,
}

/// What a container says it is.
#[derive(Default)]
struct Found {
    main: Option<String>,
    has_types: bool,
}

impl Inspection<'_> {
    fn container(mut self, content: &[u8]) -> Result<Found, Refusal> {
        let mut zip = ZipArchive::new(Cursor::new(content)).map_err(broken)?;
        // One reading only: nothing before, between or behind the parts, and both lists of them agree.
        let end = content.len().checked_sub(END_BYTES).and_then(|start| content.get(start..));
        let ends_here = end.is_some_and(|end| end.starts_with(END));
        if zip.len() > PARTS || zip.offset() != 0 || !ends_here {
            return Err(Refusal::Broken);
        }
        zip.validate_header_consistency().map_err(broken)?;
        if zip.has_overlapping_entries().map_err(broken)? {
            return Err(Refusal::Broken);
        }
        let mut found = Found::default();
        let mut places = vec![(zip.central_directory_start(), 0)];
        for index in 0..zip.len() {
            let part = zip.by_index(index).map_err(broken)?;
            let start = part.data_start().ok_or(Refusal::Broken)?;
            places.push((part.header_start(), start.saturating_add(part.compressed_size())));
            if part.encrypted() || part.is_symlink() {
                return Err(Refusal::Broken);
            }
            let name = part.name().map_err(broken)?.to_lowercase();
            if name.contains('\\') || name.starts_with('/') || name.split('/').any(|n| n == "..") {
                return Err(Refusal::Broken);
            }
            self.part(&name, part, &mut found)?;
        }
        places.sort_unstable();
        let mut before = 0;
        for (start, end) in places {
            if start.saturating_sub(before) > DESCRIPTOR {
                return Err(Refusal::Broken);
            }
            before = end;
        }
        Ok(found)
    }

    fn part(&mut self, name: &str, part: impl Read, found: &mut Found) -> Result<(), Refusal> {
        let is_open_document = found.main.is_some() && !found.has_types;
        if name == "mimetype" {
            let text = String::from_utf8(self.read(part, 200)?).map_err(broken)?;
            found.main = Some(text);
            return Ok(());
        }
        if name == "[content_types].xml" {
            found.has_types = true;
            return content_types(&self.read(part, XML_MOST)?, found);
        }
        if is_open_document && (name.starts_with("basic/") || name.starts_with("scripts/")) {
            return Err(Refusal::Active);
        }
        if name.ends_with(".rels") {
            return relationships(&self.read(part, XML_MOST)?);
        }
        if is_open_document && name.ends_with(".xml") {
            return open_document(&self.read(part, XML_MOST)?);
        }
        self.other(part)
    }

    /// A picture, a font, a text: anything but a program, an OLE object or an archive. A document inside of
    /// the document, as charts have it, is judged like the document.
    fn other(&mut self, mut part: impl Read) -> Result<(), Refusal> {
        let mut head = Vec::with_capacity(HEAD);
        let most = u64::try_from(HEAD).map_err(broken)?;
        part.by_ref().take(most).read_to_end(&mut head).map_err(broken)?;
        self.spend(head.len())?;
        if head.starts_with(OLE) || infer::is_app(&head) {
            return Err(Refusal::Active);
        }
        if head.starts_with(ZIP) {
            if self.is_nested {
                return Err(Refusal::Active);
            }
            let rest = self.read(part, MOST)?;
            head.extend(rest);
            let inner = Inspection { budget: self.budget, is_nested: true };
            let inner = inner.container(&head).map_err(|_| Refusal::Active)?;
            return if inner.main.is_some() { Ok(()) } else { Err(Refusal::Active) };
        }
        if infer::is_archive(&head) {
            return Err(Refusal::Active);
        }
        let mut buffer = [0; 16 * 1024];
        loop {
            match part.read(&mut buffer).map_err(broken)? {
                0 => return Ok(()),
                read => self.spend(read)?,
            }
        }
    }

    /// The whole part, if it is no longer than `most` and the budget allows.
    fn read(&mut self, part: impl Read, most: u64) -> Result<Vec<u8>, Refusal> {
        let most = most.min(*self.budget);
        let mut content = Vec::new();
        part.take(most.saturating_add(1)).read_to_end(&mut content).map_err(broken)?;
        let size = u64::try_from(content.len()).map_err(broken)?;
        if size > most {
            return Err(Refusal::Broken);
        }
        self.spend(content.len())?;
        Ok(content)
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Refusal> {
        let bytes = u64::try_from(bytes).map_err(broken)?;
        *self.budget = self.budget.checked_sub(bytes).ok_or(Refusal::Broken)?;
        Ok(())
    }
}

/// Calls `look` with every element. Only UTF-8 without a document type is read: no other form hides anything.
fn elements(
    xml: &[u8],
    mut look: impl FnMut(&BytesStart<'_>, Decoder) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut reader = Reader::from_str(std::str::from_utf8(xml).map_err(broken)?);
    loop {
        match reader.read_event().map_err(broken)? {
            Event::Start(element) | Event::Empty(element) => look(&element, reader.decoder())?,
            Event::DocType(_) => return Err(Refusal::Broken),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The value of the attribute with this local name, in lower case.
fn attribute(
    element: &BytesStart<'_>,
    decoder: Decoder,
    name: &[u8],
) -> Result<Option<String>, Refusal> {
    for attribute in element.attributes() {
        let attribute = attribute.map_err(broken)?;
        if attribute.key.local_name().as_ref().eq_ignore_ascii_case(name) {
            let version = XmlVersion::Implicit1_0;
            let value = attribute.decoded_and_normalized_value(version, decoder).map_err(broken)?;
            return Ok(Some(value.trim().to_lowercase()));
        }
    }
    Ok(None)
}

fn content_types(xml: &[u8], found: &mut Found) -> Result<(), Refusal> {
    let mains = [FileType::Docx, FileType::Xlsx, FileType::Pptx].map(main_part);
    elements(xml, |element, decoder| {
        let Some(kind) = attribute(element, decoder, b"ContentType")? else { return Ok(()) };
        if ACTIVE_TYPES.iter().any(|active| kind.contains(active)) {
            return Err(Refusal::Active);
        }
        let main = mains.into_iter().flatten().find(|main| kind.ends_with(main));
        if let Some(main) = main {
            found.main = Some(main.to_owned());
        }
        Ok(())
    })
}

fn relationships(xml: &[u8]) -> Result<(), Refusal> {
    elements(xml, |element, decoder| {
        let kind = attribute(element, decoder, b"Type")?.unwrap_or_default();
        if ACTIVE_RELATIONS.iter().any(|active| kind.ends_with(active)) {
            return Err(Refusal::Active);
        }
        let is_external =
            attribute(element, decoder, b"TargetMode")?.as_deref() == Some("external");
        let target = attribute(element, decoder, b"Target")?.unwrap_or_default();
        // A link waits for a click; everything else is fetched by opening the document.
        let is_link = kind.ends_with("/hyperlink") && is_web_link(&target);
        if (is_external || leads_out(&target)) && !is_link {
            return Err(Refusal::Active);
        }
        Ok(())
    })
}

fn open_document(xml: &[u8]) -> Result<(), Refusal> {
    elements(xml, |element, decoder| {
        let name = element.local_name();
        if ACTIVE_ELEMENTS.contains(&name.as_ref()) {
            return Err(Refusal::Active);
        }
        if name.as_ref() == b"encryption-data" {
            return Err(Refusal::Broken);
        }
        let Some(target) = attribute(element, decoder, b"href")? else { return Ok(()) };
        let is_link = name.as_ref() == b"a" && is_web_link(&target);
        if leads_out(&target) && !is_link { Err(Refusal::Active) } else { Ok(()) }
    })
}

/// Whether a target is outside of the document.
fn leads_out(target: &str) -> bool {
    let scheme = target.split_once(':').map(|(scheme, _)| scheme);
    let has_scheme = scheme.is_some_and(|scheme| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    has_scheme || target.starts_with("//") || target.starts_with("\\\\")
}

/// Whether a person who clicks gets to a page or a mail, not to a file or a share.
fn is_web_link(target: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| target.starts_with(scheme))
        || (!leads_out(target) && !target.contains('\\'))
}
