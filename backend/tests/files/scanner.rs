//! With a virus scanner nothing is taken that it has not seen; without one every file says so.

use nq57_shared::files::Attachment;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::PDF;
use super::server::FileServer;
use crate::harness::{TestApp, assert_problem};

/// Speaks `INSTREAM` as clamd does: what it was sent decides what it says; to `silence` it says nothing.
async fn clamd() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("tcp://{}", listener.local_addr().expect("bound"));
    actix_web::rt::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            actix_web::rt::spawn(async move {
                let mut command = [0; 10];
                caller.read_exact(&mut command).await.expect("a command");
                assert_eq!(&command, b"zINSTREAM\0");
                let mut content = Vec::new();
                loop {
                    let length = caller.read_u32().await.expect("a length");
                    let start = content.len();
                    content.resize(start + usize::try_from(length).expect("small"), 0);
                    if length == 0 {
                        break;
                    }
                    caller.read_exact(&mut content[start..]).await.expect("a piece");
                }
                let holds = |word: &[u8]| content.windows(word.len()).any(|some| some == word);
                if holds(b"silence") {
                    return std::future::pending().await;
                }
                let says: &[u8] = match () {
                    () if holds(b"EICAR") => b"stream: Eicar-Signature FOUND\0",
                    () if holds(b"too large") => b"INSTREAM size limit exceeded. ERROR\0",
                    () => b"stream: OK\0",
                };
                caller.write_all(says).await.expect("said");
            });
        }
    });
    address
}

#[actix_web::test]
async fn what_the_scanner_finds_or_cannot_judge_is_refused() {
    let address = clamd().await;
    let app = TestApp::start_with(|config| {
        config.files.scanner = Some(address);
        config.files.scanner_seconds = 1;
    })
    .await;
    let server = FileServer::start(&app).await;
    let made: Attachment = server.upload("a.pdf", PDF).await.read_as();
    assert!(made.is_scanned);
    for (word, status, code) in [
        ("EICAR", 422, "file_infected"),
        ("too large", 503, "scanner_unavailable"),
        ("silence", 503, "scanner_unavailable"),
    ] {
        let content = [PDF, word.as_bytes()].concat();
        assert_problem(&server.upload("a.pdf", &content).await, status, code);
    }
    server.nothing_but(1).await;
}

#[actix_web::test]
async fn a_scanner_that_is_not_there_lets_nothing_in() {
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("tcp://{}", closed.local_addr().expect("bound"));
    drop(closed);
    let app = TestApp::start_with(|config| config.files.scanner = Some(address)).await;
    let server = FileServer::start(&app).await;
    assert_problem(&server.upload("a.pdf", PDF).await, 503, "scanner_unavailable");
    server.nothing_but(0).await;
}

#[actix_web::test]
async fn without_a_scanner_files_say_that_nobody_looked() {
    let app = TestApp::start().await;
    let server = FileServer::start(&app).await;
    let made: Attachment = server.upload("a.pdf", PDF).await.read_as();
    assert!(!made.is_scanned);
}
