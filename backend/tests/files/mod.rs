//! Uploads arrive whole or not at all, are what they claim to be, and go out as attachments.
//! The operations belong to the slices; a small server of two routes stands in for them.

mod containers;
mod limits;
mod scanner;
mod server;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration as Wait;

use chrono::Duration;
use nq57_platform::access::permit;
use nq57_platform::persistence::transaction;
use nq57_platform::{files, outbox};
use nq57_shared::files::Attachment;
use reqwest::header::HeaderMap;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::harness::{Answer, TestApp, assert_problem};
use server::{FileServer, permitted};

pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n%%EOF\n";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR not really a picture";

#[actix_web::test]
async fn a_file_goes_in_and_comes_out_as_an_attachment() {
    let app = TestApp::start().await;
    let server = FileServer::start(&app).await;
    let made: Attachment = server.upload("Báo cáo.pdf", PDF).await.read_as();
    assert_eq!((made.name.as_str(), made.media_type.as_str()), ("Báo cáo.pdf", "application/pdf"));
    assert_eq!((made.size, made.sha256.len()), (PDF.len() as u64, 64));
    assert_eq!(server.stored(), 1);

    let sent = server.fetch(&made, "", HeaderMap::new()).await.expect(200);
    assert_eq!(sent.body, PDF);
    assert_eq!(sent.header("content-type"), "application/pdf");
    assert_eq!(sent.header("content-length"), PDF.len().to_string());
    assert_eq!(
        sent.header("content-disposition"),
        "attachment; filename=\"Bao cao.pdf\"; filename*=UTF-8''B%C3%A1o%20c%C3%A1o.pdf"
    );
    assert_eq!(sent.header("x-content-type-options"), "nosniff");
    assert_eq!(sent.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(sent.header("etag"), format!("\"{}\"", made.sha256));

    let mut known = HeaderMap::new();
    known.insert("if-none-match", sent.header("etag").parse().expect("a tag"));
    let saved = server.fetch(&made, "", known).await;
    assert_eq!((saved.status, saved.body.len()), (304, 0));
}

#[actix_web::test]
async fn only_pictures_are_shown_in_the_page() {
    let app = TestApp::start().await;
    let server = FileServer::start(&app).await;
    let picture: Attachment = server.upload("ảnh.png", PNG).await.read_as();
    let paper: Attachment = server.upload("a.pdf", PDF).await.read_as();
    for (file, query, kind) in [
        (&picture, "?inline=true", "inline;"),
        (&picture, "", "attachment;"),
        (&paper, "?inline=true", "attachment;"),
    ] {
        let sent = server.fetch(file, query, HeaderMap::new()).await.expect(200);
        assert!(sent.header("content-disposition").starts_with(kind), "{} {query}", file.name);
    }
}

#[actix_web::test]
async fn a_part_can_be_fetched() {
    let app = TestApp::start().await;
    let server = FileServer::start(&app).await;
    let made: Attachment = server.upload("a.pdf", PDF).await.read_as();
    let ranged = |range: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("range", range.parse().expect("a range"));
        headers
    };
    let part = server.fetch(&made, "", ranged("bytes=1-3")).await.expect(206);
    assert_eq!(part.body, &PDF[1..4]);
    assert_eq!(part.header("content-range"), format!("bytes 1-3/{}", PDF.len()));
    let beyond = server.fetch(&made, "", ranged("bytes=9000-")).await.expect(200);
    assert_eq!(beyond.body, PDF, "what cannot be sent is answered with the whole");
    let mut other = ranged("bytes=1-3");
    other.insert("if-range", "\"another\"".parse().expect("a tag"));
    assert_eq!(server.fetch(&made, "", other).await.expect(200).body, PDF);
}

#[actix_web::test]
async fn a_refused_upload_leaves_nothing_behind() {
    let app = TestApp::start_with(|config| config.files.max_bytes = 6_000_000).await;
    let server = FileServer::start(&app).await;
    let html = b"<html><script>alert(1)</script></html>";
    for (name, content) in [
        ("a.html", html.as_slice()),
        ("a.svg", b"<svg/>"),
        ("a.pdf", html),
        ("a.png", PDF),
        ("a.txt", b"#!/bin/sh\nrm -rf /"),
        ("a.csv", b"a,b\n\xff\xfe"),
        ("a.exe", b"MZ\x90\0"),
        ("a", PDF),
    ] {
        let problem = assert_problem(&server.upload(name, content).await, 422, "file_type_refused");
        assert_eq!(problem.errors[0].pointer, "/file", "{name}");
    }
    assert_problem(&server.upload("a.pdf", b"").await, 422, "validation_failed");
    let mut large = PDF.to_vec();
    large.resize(6_000_001, b' ');
    assert_problem(&server.upload("a.pdf", &large).await, 413, "body_too_large");
    assert_problem(
        &server.send("application/json", b"{}".to_vec()).await,
        415,
        "unsupported_media_type",
    );
    assert_problem(&server.send("multipart/form-data", b"x".to_vec()).await, 400, "malformed_body");
    assert_problem(&server.send_parts(&[("note", None, b"x")]).await, 422, "validation_failed");
    let twice =
        server.send_parts(&[("file", Some("a.pdf"), PDF), ("file", Some("b.pdf"), PDF)]).await;
    assert_problem(&twice, 422, "validation_failed");
    large.truncate(6_000_000);
    server.upload("a.pdf", &large).await.expect(201);
    server.nothing_but(1).await;
}

#[actix_web::test]
async fn an_upload_that_is_cut_leaves_nothing_behind() {
    let app = TestApp::start().await;
    let server = FileServer::start(&app).await;
    let address = server.address.trim_start_matches("http://").to_owned();
    // Longer than what is held in memory, so that parts of it were already written.
    let mut stream = TcpStream::connect(&address).expect("connected");
    let head = format!(
        "POST /files HTTP/1.1\r\nHost: {address}\r\nContent-Type: multipart/form-data; boundary=x\r\n\
         Content-Length: 12000000\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; \
         filename=\"a.pdf\"\r\n\r\n%PDF-1.7\n"
    );
    stream.write_all(head.as_bytes()).expect("sent");
    let half = tokio::task::spawn_blocking(move || {
        stream.write_all(&vec![b' '; 7_000_000]).expect("sent");
        stream.shutdown(std::net::Shutdown::Write).expect("cut");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    });
    let answer = half.await.expect("ended");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    server.nothing_but(0).await;
}

#[actix_web::test]
async fn the_other_fields_of_the_form_are_given_on() {
    let app = TestApp::start().await;
    let server = FileServer::start(&app).await;
    let parts: [(&str, Option<&str>, &[u8]); 2] =
        [("visibility", None, b" public "), ("file", Some("a.pdf"), PDF)];
    let made: Attachment = server.send_parts(&parts).await.read_as();
    assert_eq!(made.visibility.as_str(), "public");
    let long = vec![b'x'; 4000];
    let answer = server.send_parts(&[("note", None, &long), ("file", Some("a.pdf"), PDF)]).await;
    assert_eq!(assert_problem(&answer, 422, "validation_failed").errors[0].pointer, "/note");
}

#[actix_web::test]
async fn a_deleted_file_loses_its_content_after_the_commit() {
    let app = TestApp::start().await;
    let server = FileServer::start(&app).await;
    let made: Attachment = server.upload("a.pdf", PDF).await.read_as();
    let state = &app.state;
    transaction::write(&state.db, async |tx| {
        files::delete(tx, &state.clock, permit(permitted())?, Uuid::nil(), &[made.id]).await
    })
    .await
    .expect("deleted");
    assert_eq!(server.stored(), 1);
    outbox::deliver_due(state).await.expect("delivered");
    server.nothing_but(0).await;
    assert!(files::find(&state.db, made.id).await.expect("read").is_none());
}

#[actix_web::test]
async fn what_a_crash_left_behind_is_swept_after_two_days_and_files_with_a_row_stay() {
    let app = TestApp::start().await;
    let server = FileServer::start(&app).await;
    let kept: Attachment = server.upload("a.pdf", PDF).await.read_as();
    let orphan: Attachment = server.upload("b.pdf", PDF).await.read_as();
    let remove = format!("DELETE FROM files WHERE name = '{}'", orphan.name);
    app.state.db.execute_unprepared(&remove).await.expect("removed");
    app.advance(Duration::days(1));
    files::sweep(app.state.clone()).await.expect("swept");
    assert_eq!(server.stored(), 2, "it might still be at work");
    app.advance(Duration::days(1));
    files::sweep(app.state.clone()).await.expect("swept");
    server.nothing_but(1).await;
    server.fetch(&kept, "", HeaderMap::new()).await.expect(200);
}

/// Waits a little: what is dropped is cleared away beside the answer.
pub async fn settle(mut done: impl FnMut() -> bool) -> bool {
    for _ in 0..100 {
        if done() {
            return true;
        }
        tokio::time::sleep(Wait::from_millis(30)).await;
    }
    done()
}

/// One form with these parts: name, file name, content.
pub fn form(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file_name, content) in parts {
        let file_name = file_name.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        let head =
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{file_name}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--x--\r\n");
    body
}

/// The answer of a call to the small server.
pub async fn read(response: reqwest::Response) -> Answer {
    Answer::read(response).await
}
