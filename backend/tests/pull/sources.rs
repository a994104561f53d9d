//! Sources that break off, answer nonsense, or speak of what this tool does not know.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use sha2::{Digest, Sha256};

use super::{Agency, Kind};

/// A source that answers what the test wants: from the path of a request to status and body, and whether the answer is
/// cut off.
fn source(answer: impl Fn(&str) -> (u16, String, bool) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Whoever has gone is gone.
            let _ = serve(stream, &answer);
        }
    });
    address
}

fn serve(
    mut stream: TcpStream,
    answer: &impl Fn(&str) -> (u16, String, bool),
) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let (status, body, is_cut) = answer(path);
    let promised = body.len() + usize::from(is_cut);
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {promised}\r\n\
         Retry-After: 0\r\nConnection: close\r\n\r\n{body}"
    )
}

const SCHEMA: &str = r#"{"feed":1,"types":[{"type":"thing","is_public":true,"has_province":false,"schema":{"type":"object","properties":{"name":{"type":"string"}}}}]}"#;

fn header(feed: u32) -> String {
    format!(
        "{{\"header\":{{\"feed\":{feed},\"types\":[\"thing\"],\"filter\":{{}},\"head\":2,\"next\":\"c0\"}}}}\n"
    )
}

fn change(seq: i64, kind: &str, id: &str) -> String {
    format!(
        "{{\"seq\":{seq},\"op\":\"upsert\",\"type\":\"{kind}\",\"id\":\"{id}\",\"revision\":1,\
         \"updated_at\":\"2026-11-27T02:00:00Z\",\"data\":{{\"name\":\"{id}\"}}}}\n"
    )
}

fn with_trailer(lines: &str) -> String {
    let sha256 = hex::encode(Sha256::digest(lines));
    format!(
        "{lines}{{\"trailer\":{{\"next\":\"c9\",\"lines\":1,\"more\":false,\"sha256\":\"{sha256}\"}}}}\n"
    )
}

fn is_schema(path: &str) -> bool {
    path.ends_with("/changes/schema")
}

#[actix_web::test]
async fn a_source_of_another_version_ends_in_7() {
    let schema = source(|_| (200, SCHEMA.replace("\"feed\":1", "\"feed\":2"), false));
    Agency::new(Kind::Folder, &schema, &[]).run(&[]).await.expect(7);
    let lines = source(|path| match is_schema(path) {
        true => (200, SCHEMA.to_owned(), false),
        false => (200, header(2), false),
    });
    let ended = Agency::new(Kind::Folder, &lines, &[]).run(&[]).await.expect(7);
    assert!(ended.said.contains("version 2"), "{ended:?}");
}

#[actix_web::test]
async fn an_answer_that_is_cut_off_or_wrong_three_times_ends_in_3_and_keeps_what_was_sure() {
    for kind in [Kind::Database, Kind::Folder] {
        let checkpoint = "{\"checkpoint\":{\"next\":\"c1\",\"lines\":1}}\n";
        let cut = source(move |path| match is_schema(path) {
            true => (200, SCHEMA.to_owned(), false),
            // From the place that was kept nothing more comes.
            false if path.contains("after=c1") => (200, header(1), true),
            false => {
                let lines = [
                    header(1),
                    change(1, "thing", "a"),
                    checkpoint.to_owned(),
                    change(2, "thing", "b"),
                ];
                (200, lines.concat(), true)
            }
        });
        let agency = Agency::new(kind, &cut, &[]);
        let ended = agency.run(&[]).await.expect(3);
        assert!(ended.said.contains("cut off"), "{ended:?}");
        if kind == Kind::Database {
            assert_eq!(agency.ids("thing").await, ["a"], "what came before the checkpoint");
        }
        let wrong = source(|path| match is_schema(path) {
            true => (200, SCHEMA.to_owned(), false),
            false => {
                let lines = format!("{}{}", header(1), change(1, "thing", "a"));
                (200, with_trailer(&lines).replace("\"name\":\"a\"", "\"name\":\"b\""), false)
            }
        });
        let ended = Agency::new(kind, &wrong, &[]).run(&[]).await.expect(3);
        assert!(ended.said.contains("digest"), "{ended:?}");
    }
}

#[actix_web::test]
async fn a_source_that_comes_back_is_waited_for() {
    let asked = std::sync::atomic::AtomicU32::new(0);
    let busy = source(move |path| {
        let times = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        match (times.is_multiple_of(2), is_schema(path)) {
            (true, _) => (503, "{}".to_owned(), false),
            (false, true) => (200, SCHEMA.to_owned(), false),
            (false, false) => {
                let lines = format!("{}{}", header(1), change(1, "thing", "a"));
                (200, with_trailer(&lines), false)
            }
        }
    });
    let agency = Agency::new(Kind::Database, &busy, &[]);
    agency.run(&[]).await.expect(0);
    assert_eq!(agency.ids("thing").await, ["a"]);
}

#[actix_web::test]
async fn a_type_that_nobody_described_has_a_table_with_its_data_and_is_told_of() {
    let unknown = source(|path| match is_schema(path) {
        true => (200, SCHEMA.to_owned(), false),
        false => {
            let lines = format!("{}{}", header(1), change(1, "tomorrow", "a"));
            (200, with_trailer(&lines), false)
        }
    });
    let agency = Agency::new(Kind::Database, &unknown, &[]);
    let ended = agency.run(&[]).await.expect(0);
    assert!(ended.said.contains("tomorrow"), "{ended:?}");
    let row = agency.rows("SELECT data FROM nq57_tomorrow").await.remove(0);
    assert_eq!(row.try_get::<String>("", "data").expect("data"), r#"{"name":"a"}"#);
}
