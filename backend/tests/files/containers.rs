//! Office documents are judged by all of their parts. Each is refused for one thing that it holds.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::server::FileServer;
use crate::harness::{TestApp, assert_problem};

const MAIN: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 the rest";

type Parts = Vec<(String, Vec<u8>)>;

fn zip(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let method = match name.as_str() {
            "mimetype" => CompressionMethod::Stored,
            _ => CompressionMethod::Deflated,
        };
        let options = SimpleFileOptions::default().compression_method(method);
        zip.start_file(name.as_str(), options).expect("a part");
        zip.write_all(content).expect("written");
    }
    zip.finish().expect("a container").into_inner()
}

fn types(main: &str, more: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Override PartName=\"/word/document.xml\" ContentType=\"{main}\"/>{more}</Types>"
    )
    .into_bytes()
}

fn relation(kind: &str, target: &str) -> Vec<u8> {
    format!(
        "<Relationships><Relationship Id=\"r1\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\" \
         TargetMode=\"External\"/></Relationships>"
    )
    .into_bytes()
}

/// A harmless document with these parts besides.
fn docx(more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts: Parts = vec![
        ("[Content_Types].xml".into(), types(MAIN, "")),
        ("_rels/.rels".into(), b"<Relationships/>".to_vec()),
        ("word/document.xml".into(), b"<w:document/>".to_vec()),
    ];
    for (name, content) in more {
        parts.retain(|(known, _)| known != name);
        parts.push(((*name).to_owned(), content.to_vec()));
    }
    zip(&parts)
}

fn odt(more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts: Parts = vec![
        ("mimetype".into(), b"application/vnd.oasis.opendocument.text".to_vec()),
        (
            "content.xml".into(),
            b"<office:document-content><office:scripts/></office:document-content>".to_vec(),
        ),
    ];
    for (name, content) in more {
        parts.retain(|(known, _)| known != name);
        parts.push(((*name).to_owned(), content.to_vec()));
    }
    zip(&parts)
}

fn sheet(more: &[(&str, &[u8])]) -> Vec<u8> {
    let main = MAIN.replace("wordprocessingml.document", "spreadsheetml.sheet");
    let types = types(&main, "");
    docx(&[&[("[Content_Types].xml", types.as_slice())], more].concat())
}

const LINKS: &str = "word/_rels/document.xml.rels";

#[actix_web::test]
async fn what_opens_without_doing_anything_is_taken() {
    let app = TestApp::start().await;
    let server = FileServer::start(&app).await;
    let chart = sheet(&[]);
    let link = relation("hyperlink", "https://lua-trung.example/?a=1&amp;b=2");
    let local =
        relation("image", "media/image1.png").iter().map(|b| char::from(*b)).collect::<String>();
    let local = local.replace(" TargetMode=\"External\"", "");
    let page = br#"<t:p><text:a xlink:href="https://a.example">x</text:a><draw:object xlink:href="./Object 1"/></t:p>"#;
    let large = "chữ và số ".repeat(90_000);
    for (name, content) in [
        ("a.docx", docx(&[])),
        ("link.docx", docx(&[(LINKS, &link)])),
        (
            "picture.docx",
            docx(&[(LINKS, local.as_bytes()), ("word/media/image1.png", b"\x89PNG\r\n\x1a\n")]),
        ),
        ("chart.docx", docx(&[("word/embeddings/Sheet.xlsx", &chart)])),
        ("large.docx", docx(&[("word/document.xml", large.as_bytes())])),
        ("a.xlsx", sheet(&[("xl/printerSettings/printerSettings1.bin", b"M\0i\0c\0")])),
        ("a.odt", odt(&[])),
        ("page.odt", odt(&[("content.xml", page)])),
    ] {
        let answer = server.upload(name, &content).await;
        assert_eq!(answer.status, 201, "{name}: {}", answer.text());
    }
}

#[actix_web::test]
async fn what_runs_or_fetches_when_it_is_opened_is_refused() {
    let app = TestApp::start().await;
    let server = FileServer::start(&app).await;
    let typed = |kind: &str| {
        types(MAIN, &format!("<Default Extension=\"bin\" ContentType=\"application/{kind}\"/>"))
    };
    let vba = typed("vnd.ms-office.vbaProject");
    let active_x = typed("vnd.ms-office.activeX+xml");
    let share = r"\\server\share\x.dotm";
    let template = |target: &str| relation("attachedTemplate", target);
    let (web, file, unc) =
        (template("http://e.example/t.dotm"), template("file:///C:/t.dotx"), template(share));
    let picture = relation("image", "https://t.example/p.gif");
    let click_to_share = relation("hyperlink", share);
    let click_to_file = relation("hyperlink", "file://server/x.exe");
    let spelled = String::from_utf8(web.clone()).expect("text").replace("http:", "&#104;ttp:");
    let chunk = String::from_utf8(relation("aFChunk", "x.html")).expect("text");
    let inner = docx(&[("word/vbaProject.bin", OLE)]);
    let deeper = docx(&[("word/embeddings/a.docx", &docx(&[]))]);
    let archive = zip(&[("setup.js".to_owned(), b"x".to_vec())]);
    let elf = [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 64]].concat();
    let types_part = "[Content_Types].xml";
    for (why, name, content) in [
        ("a macro under its usual name", "a.docx", docx(&[("word/vbaProject.bin", OLE)])),
        ("in other letters", "a.docx", docx(&[("word/vbaproject.BIN", OLE)])),
        ("under another name", "a.docx", docx(&[("word/macros.dat", OLE)])),
        ("by its content type", "a.docx", docx(&[(types_part, &vba)])),
        ("ActiveX", "a.docx", docx(&[(types_part, &active_x)])),
        ("OLE", "a.docx", docx(&[("word/embeddings/oleObject1.bin", OLE)])),
        ("a program", "a.docx", docx(&[("word/media/image1.png", &elf)])),
        ("a template from the web", "a.docx", docx(&[("word/_rels/settings.xml.rels", &web)])),
        ("spelled otherwise", "a.docx", docx(&[(LINKS, spelled.as_bytes())])),
        ("a template from a file", "a.docx", docx(&[(LINKS, &file)])),
        ("a template from a share", "a.docx", docx(&[(LINKS, &unc)])),
        ("a picture from the web", "a.docx", docx(&[(LINKS, &picture)])),
        ("a link to a share", "a.docx", docx(&[(LINKS, &click_to_share)])),
        ("a link to a file", "a.docx", docx(&[(LINKS, &click_to_file)])),
        ("a page inside", "a.docx", docx(&[(LINKS, chunk.as_bytes())])),
        ("a macro in a document inside", "a.docx", docx(&[("word/embeddings/a.docx", &inner)])),
        ("a document in a document inside", "a.docx", docx(&[("word/embeddings/a.docx", &deeper)])),
        ("an archive inside", "a.docx", docx(&[("word/media/a.png", &archive)])),
        (
            "another archive",
            "a.docx",
            docx(&[("word/media/a.png", b"Rar!\x1a\x07\x01\0 and more")]),
        ),
        ("Basic", "a.odt", odt(&[("Basic/Standard/Module1.xml", b"<x/>")])),
        ("a script", "a.odt", odt(&[("Scripts/python/a.py", b"x")])),
        ("a listener", "a.odt", odt(&[("content.xml", b"<script:event-listener/>")])),
        ("OLE", "a.odt", odt(&[("Object 1", OLE)])),
        (
            "a picture from the web",
            "a.odt",
            odt(&[("content.xml", b"<draw:image xlink:href='http://t.example/p.png'/>")]),
        ),
        (
            "a link to a file",
            "a.odt",
            odt(&[("content.xml", b"<text:a xlink:href='file:///c:/x.exe'/>")]),
        ),
    ] {
        let answer = server.upload(name, &content).await;
        assert_eq!(answer.status, 422, "{why} in {name}: {}", answer.text());
        assert_problem(&answer, 422, "file_active_content");
    }
    server.nothing_but(0).await;
}

#[actix_web::test]
async fn what_is_no_plain_container_is_refused() {
    let app = TestApp::start().await;
    let server = FileServer::start(&app).await;
    let good = docx(&[]);
    let bomb = docx(&[("word/media/a.bmp", &vec![0; 30_000_000])]);
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    let bomb_of_words = docx(&[("word/_rels/a.rels", &vec![b' '; 30_000_000])]);
    let template = types(&MAIN.replace("document.main", "template.main"), "");
    let wide: String = "<Types/>".chars().flat_map(|c| [c, '\0']).collect();
    let entity = b"<!DOCTYPE x [<!ENTITY a 'b'>]><Types/>";
    // The list at the end says that the second part has another name than its own header.
    let mut two_names = good.clone();
    let last = two_names.windows(9).rposition(|some| some == b"document.").expect("in the list");
    two_names[last..last + 8].copy_from_slice(b"Document");
    let gone = zip(&[("setup.js".to_owned(), b"x".to_vec())]);
    let types_part = "[Content_Types].xml";
    let pdf: Vec<u8> = [b"%PDF-1.7\n".as_slice(), &good].concat();
    for (why, name, content) in [
        ("a bomb", "a.docx", bomb),
        ("a bomb of text", "a.docx", bomb_of_words),
        ("another kind", "a.xlsx", good.clone()),
        ("a template", "a.docx", docx(&[(types_part, &template)])),
        ("an archive", "a.docx", gone),
        ("something before", "a.docx", [b"PK\x03\x04 before".as_slice(), &good].concat()),
        ("something behind", "a.docx", [good.as_slice(), b"behind"].concat()),
        ("half", "a.docx", good[..good.len() / 2].to_vec()),
        ("two names", "a.docx", two_names),
        ("letters of two bytes", "a.docx", docx(&[(types_part, wide.as_bytes())])),
        ("entities", "a.docx", docx(&[(types_part, entity)])),
        ("a way out", "a.docx", docx(&[("../x.xml", b"<x/>")])),
        ("a document that is a container too", "a.pdf", pdf),
    ] {
        let answer = server.upload(name, &content).await;
        assert_eq!(answer.status, 422, "{why}: {}", answer.text());
        assert_problem(&answer, 422, "file_type_refused");
    }
    server.nothing_but(0).await;
}
