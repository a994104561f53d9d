//! An upload takes no longer than its size and the configuration allow, and one account takes no more than its
//! share.

use std::time::{Duration, Instant};

use nq57_shared::products::{Product, ProductFile};
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::server::FileServer;
use super::{PDF, form};
use crate::harness::{Answer, Client, TestApp, assert_problem};
use crate::products::stories::{Portal, draft};

/// An upload whose head and first bytes were sent.
async fn begin(address: &str, path: &str, token: Option<&str>) -> TcpStream {
    let host = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.expect("connected");
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\n{token}Content-Type: multipart/form-data; boundary=x\r\n\
         Content-Length: 12000000\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; \
         filename=\"a.pdf\"\r\n\r\n%PDF-1.7\n"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream
}

/// Sends `piece` every 20 milliseconds until there is an answer; says which, and when it came.
async fn drip(mut stream: TcpStream, piece: &[u8]) -> (String, Duration) {
    let began = Instant::now();
    let mut answer = [0; 256];
    loop {
        tokio::select! {
            read = stream.read(&mut answer) => {
                let read = read.unwrap_or_default();
                return (String::from_utf8_lossy(&answer[..read]).into_owned(), began.elapsed());
            }
            () = tokio::time::sleep(Duration::from_millis(20)) => {
                // A server that has answered may have closed already.
                let _ = stream.write_all(piece).await;
            }
        }
        assert!(began.elapsed() < Duration::from_secs(20), "it goes on and on");
    }
}

#[actix_web::test]
async fn an_upload_that_only_drips_is_cut_off() {
    let app = TestApp::start_with(|config| {
        config.http.body_seconds = 1;
        config.files.upload_bytes_per_second = 1_000_000;
    })
    .await;
    let server = FileServer::start(&app).await;
    // Each piece comes long before the patience for one ends.
    let (answer, took) = drip(begin(&server.address, "/files", None).await, b"x").await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(took >= Duration::from_millis(900), "it had its second: {took:?}");
    server.nothing_but(0).await;
}

#[actix_web::test]
async fn no_upload_takes_longer_than_the_limit_however_well_it_goes() {
    let app = TestApp::start_with(|config| {
        config.files.upload_seconds = 1;
        config.files.upload_bytes_per_second = 1;
    })
    .await;
    let server = FileServer::start(&app).await;
    let (answer, _) = drip(begin(&server.address, "/files", None).await, &[b'x'; 1000]).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    server.nothing_but(0).await;
}

async fn upload(client: &Client, product: &Product, content: &[u8]) -> Answer {
    let body = form(&[("file", Some("a.pdf"), content)]);
    let call = client.call(Method::POST, &format!("/products/{}/files", product.id));
    call.header("Content-Type", "multipart/form-data; boundary=x").body(body).send().await
}

#[actix_web::test]
async fn more_uploads_at_once_than_an_account_may_wait_and_are_then_refused() {
    let app = TestApp::start_with(|config| {
        config.http.body_seconds = 1;
        config.files.uploads_at_once = 1;
        config.files.upload_bytes_per_second = 1;
    })
    .await;
    let portal = Portal::on(app).await;
    let drafted = portal.drafted().await;
    let path = format!("/api/v1/products/{}/files", drafted.id);
    let open = begin(&portal.app.address, &path, Some(portal.company.token())).await;
    let first = actix_web::rt::spawn(drip(open, b"  "));
    let other = portal.intake.post("/products", &draft()).await.expect(201).read_as();
    upload(&portal.intake, &other, PDF).await.expect(201);
    // The place is taken once the first bytes are in the store.
    let refused = until_refused(&portal.company, &drafted).await;
    assert_problem(&refused, 429, "too_many_uploads");
    first.abort();
    let began = Instant::now();
    while upload(&portal.company, &drafted, PDF).await.status != 201 {
        assert!(began.elapsed() < Duration::from_secs(20), "the place stays taken");
    }
}

/// The first upload that does not find a place; whatever came before it was quicker than the one that drips.
async fn until_refused(client: &Client, product: &Product) -> Answer {
    for _ in 0..10 {
        let answer = upload(client, product, PDF).await;
        if answer.status != 201 {
            return answer;
        }
    }
    panic!("every upload finds a place");
}

#[actix_web::test]
async fn the_bytes_of_an_account_are_limited_over_all_its_products() {
    let size = u64::try_from(PDF.len()).expect("small");
    let app = TestApp::start_with(|config| config.files.max_bytes_per_account = size * 2).await;
    let portal = Portal::on(app).await;
    let (one, two) = (portal.drafted().await, portal.drafted().await);
    let file: ProductFile = upload(&portal.company, &one, PDF).await.expect(201).read_as();
    upload(&portal.company, &two, PDF).await.expect(201);
    assert_problem(&upload(&portal.company, &one, PDF).await, 409, "file_quota_reached");
    let path = format!("/products/{}/files/{}", one.id, file.id);
    portal.company.call(Method::DELETE, &path).header("If-Match", "*").send().await.expect(204);
    assert_problem(
        &upload(&portal.company, &one, &[PDF, PDF].concat()).await,
        409,
        "file_quota_reached",
    );
    upload(&portal.company, &one, PDF).await.expect(201);
}

#[actix_web::test]
async fn the_drafts_of_an_account_are_limited_until_some_are_submitted_or_withdrawn() {
    let app = TestApp::start_with(|config| config.limits.drafts_per_account = 2).await;
    let portal = Portal::on(app).await;
    let (one, two) = (portal.drafted().await, portal.drafted().await);
    assert_problem(&portal.company.post("/products", &draft()).await, 409, "too_many_drafts");
    portal.intake.post("/products", &draft()).await.expect(201);
    portal.send(&portal.company, &one, "submit").await.expect(200);
    portal.drafted().await;
    assert_problem(&portal.company.post("/products", &draft()).await, 409, "too_many_drafts");
    portal.send(&portal.company, &two, "withdraw").await.expect(200);
    portal.drafted().await;
}
