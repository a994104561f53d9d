//! Sources that break off, answer nonsense, or speak of what this tool does not know.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;

use sha2::{Digest, Sha256};

use super::{Agency, Kind};

/// A request.
pub struct Asked {
    pub path: String,
    /// All of it, the names of headers in small letters.
    pub text: String,
}

/// A source that answers what the test wants: status and body, and whether the answer is cut off.
pub fn source(answer: impl Fn(&Asked) -> (u16, String, bool) + Send + 'static) -> String {
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
    answer: &impl Fn(&Asked) -> (u16, String, bool),
) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let mut text = String::from_utf8_lossy(&head).into_owned();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().expect("a length"))];
    stream.read_exact(&mut body)?;
    text.push_str(&String::from_utf8_lossy(&body));
    let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
    let (status, body, is_cut) = answer(&Asked { path, text });
    let promised = body.len() + usize::from(is_cut);
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {promised}\r\n\
         Retry-After: 0\r\nConnection: close\r\n\r\n{body}"
    )
}

pub const SCHEMA: &str = r#"{"feed":1,"types":[{"type":"thing","is_public":true,"has_province":false,"schema":{"type":"object","properties":{"name":{"type":"string"}}}}]}"#;

pub fn header(feed: u32) -> String {
    format!(
        "{{\"header\":{{\"feed\":{feed},\"types\":[\"thing\"],\"filter\":{{}},\"head\":2,\"next\":\"c0\"}}}}\n"
    )
}

pub fn change(seq: i64, kind: &str, id: &str) -> String {
    format!(
        "{{\"seq\":{seq},\"op\":\"upsert\",\"type\":\"{kind}\",\"id\":\"{id}\",\"revision\":1,\
         \"updated_at\":\"2026-11-27T02:00:00Z\",\"data\":{{\"name\":\"{id}\"}}}}\n"
    )
}

pub fn with_trailer(lines: &str) -> String {
    let sha256 = hex::encode(Sha256::digest(lines));
    let count = lines.matches("\"op\":").count();
    format!(
        "{lines}{{\"trailer\":{{\"next\":\"c9\",\"lines\":{count},\"more\":false,\"sha256\":\"{sha256}\"}}}}\n"
    )
}

pub fn is_schema(asked: &Asked) -> bool {
    asked.path.ends_with("/changes/schema")
}

#[actix_web::test]
async fn a_source_of_another_version_ends_in_7() {
    let schema = source(|_| (200, SCHEMA.replace("\"feed\":1", "\"feed\":2"), false));
    Agency::new(Kind::Folder, &schema, &[]).run(&[]).await.expect(7);
    let lines = source(|asked| match is_schema(asked) {
        true => (200, SCHEMA.to_owned(), false),
        false => (200, header(2), false),
    });
    let ended = Agency::new(Kind::Folder, &lines, &[]).run(&[]).await.expect(7);
    assert!(ended.said.contains("version 2"), "{ended:?}");
}

#[actix_web::test]
async fn what_changes_while_everything_is_copied_anew_is_not_dropped() {
    // The head of an answer is fixed: what moves beyond it meanwhile comes with the next one.
    let answers = [vec!["a", "b"], vec![], vec!["a"], vec!["b"], vec![]];
    let answers = Mutex::new(answers.into_iter());
    let moving = source(move |asked| {
        if is_schema(asked) {
            return (200, SCHEMA.to_owned(), false);
        }
        let some = answers.lock().expect("not poisoned").next().unwrap_or_default();
        let lines = some.iter().zip(1..).map(|(id, seq)| change(seq, "thing", id));
        let answer = with_trailer(&format!("{}{}", header(1), lines.collect::<String>()));
        (200, answer, false)
    });
    let agency = Agency::new(Kind::Database, &moving, &[]);
    agency.run(&[]).await.expect(0);
    agency.run(&["--full"]).await.expect(0);
    assert_eq!(agency.ids("thing").await, ["a", "b"]);
}

#[actix_web::test]
async fn an_answer_that_is_cut_off_or_wrong_three_times_ends_in_3_and_keeps_what_was_sure() {
    for kind in [Kind::Database, Kind::Folder] {
        let checkpoint = "{\"checkpoint\":{\"next\":\"c1\",\"lines\":1}}\n";
        let cut = source(move |asked| match is_schema(asked) {
            true => (200, SCHEMA.to_owned(), false),
            // From the place that was kept nothing more comes.
            false if asked.path.contains("after=c1") => (200, header(1), true),
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
        let wrong = source(|asked| match is_schema(asked) {
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
    let count = std::sync::atomic::AtomicU32::new(0);
    let busy = source(move |asked| {
        let times = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        match (times.is_multiple_of(2), is_schema(asked)) {
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
    let unknown = source(|asked| match is_schema(asked) {
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

/// A whole small source.
pub fn answer_all(asked: &Asked) -> (u16, String, bool) {
    if is_schema(asked) {
        return (200, SCHEMA.to_owned(), false);
    }
    let lines = match asked.path.contains("after=") {
        true => String::new(),
        false => change(1, "thing", "a"),
    };
    (200, with_trailer(&format!("{}{lines}", header(1))), false)
}

#[actix_web::test]
async fn a_source_is_asked_through_a_proxy_where_there_is_one() {
    let proxy = source(|asked| match asked.path.starts_with("http://127.0.0.1:9/api/v1/changes") {
        true => answer_all(asked),
        false => (502, "{}".to_owned(), false),
    });
    // Nobody listens there but behind the proxy.
    let agency = Agency::new(Kind::Database, "http://127.0.0.1:9", &[]);
    agency.settle("", "patience_seconds = 1");
    agency.run(&[]).await.expect(3);
    agency.settle(&format!("proxy = \"{proxy}\""), "patience_seconds = 1");
    agency.run(&[]).await.expect(0);
    assert_eq!(agency.ids("thing").await, ["a"]);
    let closed = source(|_| (407, String::new(), false));
    agency.settle(&format!("proxy = \"{closed}\""), "patience_seconds = 1");
    let ended = agency.run(&[]).await.expect(2);
    assert!(ended.said.contains("407") && ended.said.contains("pull.toml"), "{ended:?}");
}

#[actix_web::test]
async fn what_nobody_has_thought_of_ends_in_1() {
    let odd = source(|_| (418, "{}".to_owned(), false));
    let ended = Agency::new(Kind::Folder, &odd, &[]).run(&[]).await.expect(1);
    assert!(ended.said.contains("418"), "{ended:?}");
}

#[actix_web::test]
async fn a_source_that_knows_no_place_at_all_is_not_asked_for_ever() {
    let odd = source(|asked| match is_schema(asked) {
        true => (200, SCHEMA.to_owned(), false),
        false => (410, "{}".to_owned(), false),
    });
    let ended = Agency::new(Kind::Folder, &odd, &[]).run(&[]).await.expect(1);
    assert!(ended.said.contains("410"), "{ended:?}");
}
