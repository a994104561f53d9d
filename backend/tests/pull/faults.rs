//! Kills, full disks, sources that vanish or never stand still: nothing is lost, and readers never see the copy empty.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join;
use nq57_platform::feed::part_of;

use super::{Agency, Kind};
use crate::feed::{put, put_many, thing};
use crate::harness::{SmallDisk, TestApp};

const KINDS: [Kind; 2] = [Kind::Database, Kind::Folder];
const OBJECTS: usize = 12_000;

async fn source(count: usize) -> TestApp {
    let app = TestApp::start().await;
    app.writes_behind_the_server();
    put_many(&app, count).await;
    app.sequenced().await;
    app
}

#[actix_web::test]
async fn a_run_that_is_killed_in_its_midst_goes_on_where_it_was() {
    let app = source(OBJECTS).await;
    for kind in KINDS {
        let agency = Agency::new(kind, &app.address, &["organisation"]);
        let mut kills = 0;
        for point in [0, 1, 3_000, 6_000, 9_000] {
            let mut going = agency.spawn(&["--quiet"]);
            while point > 0 && agency.kept("organisation", 1).await < point && !going.is_over() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            kills += u32::from(!going.is_over());
            drop(going);
            if kind == Kind::Database {
                let kept = agency.kept("organisation", 1).await;
                assert_eq!(kept % 1_000, 0, "lines and place commit together");
            }
        }
        assert!(kills > 3, "hardly anything was killed in its midst");
        let rest = agency.run(&["--json", "--verify"]).await.expect(0).report();
        let came = rest["upserts"].as_u64().expect("a number");
        assert!(came < OBJECTS as u64, "what was kept does not come again: {rest}");
        assert_eq!(agency.ids("organisation").await.len(), OBJECTS);
    }
}

#[actix_web::test]
async fn readers_never_see_a_copy_empty_while_it_is_made_anew_and_killed() {
    let app = source(OBJECTS).await;
    for kind in KINDS {
        let agency = Agency::new(kind, &app.address, &["organisation"]);
        agency.run(&["--quiet"]).await.expect(0);
        let mut going = agency.spawn(&["--full", "--quiet"]);
        let mut looks = 0;
        while agency.kept("organisation", 2).await == 0 {
            assert!(!going.is_over());
            assert_eq!(agency.count("organisation").await, OBJECTS);
            looks += 1;
            // The source is on this thread.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(looks > 0);
        drop(going);
        assert_eq!(agency.count("organisation").await, OBJECTS);
        // The next one goes on with it, asked to or not.
        let mut going = agency.spawn(&["--quiet"]);
        while !going.is_over() {
            assert_eq!(agency.count("organisation").await, OBJECTS);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(agency.kept("organisation", 2).await, OBJECTS);
        agency.run(&["--verify"]).await.expect(0);
    }
}

#[actix_web::test]
async fn a_disk_that_is_full_ends_in_6_and_with_room_it_goes_on() {
    let app = source(OBJECTS).await;
    for kind in [Kind::Sqlite, Kind::Folder] {
        // Five megabytes are to come.
        let agency = Agency::new(kind, &app.address, &["organisation"]);
        let ended = agency.run_within(2_000, &["--quiet"]).await.expect(6);
        assert!(
            ended.said.contains("cannot be written") || ended.said.contains("ndjson"),
            "{ended:?}"
        );
        let rest = agency.run(&["--json", "--verify"]).await.expect(0).report();
        assert!(rest["upserts"].as_u64().expect("a number") < OBJECTS as u64, "{rest}");
        assert_eq!(agency.ids("organisation").await.len(), OBJECTS);
        // The same on a disk that is really full, where one can be mounted.
        let Some(disk) = SmallDisk::mount(3) else { continue };
        let agency = Agency::new(kind, &app.address, &["organisation"]).on(&disk);
        let ended = agency.run(&["--quiet"]).await.expect(6);
        assert!(ended.said.contains("full") || ended.said.contains("space"), "{ended:?}");
        disk.grow(64);
        agency.run(&["--verify"]).await.expect(0);
        assert_eq!(agency.ids("organisation").await.len(), OBJECTS);
    }
}

/// A wire to the source that is cut after so many bytes.
struct Wire {
    address: String,
    /// Bytes that a connection carries back before it is cut.
    most: Arc<AtomicU64>,
    /// Nobody is let in any more.
    is_away: Arc<AtomicBool>,
}

impl Wire {
    fn to(upstream: &str, most: u64, vanishes: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let upstream = upstream.trim_start_matches("http://").to_owned();
        let (most, is_away) = (Arc::new(AtomicU64::new(most)), Arc::new(AtomicBool::new(false)));
        let wire = Self { address, most: most.clone(), is_away: is_away.clone() };
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                if is_away.load(Ordering::Acquire) {
                    continue;
                }
                let far = TcpStream::connect(&upstream).expect("the source");
                let (mut from, mut to) =
                    (near.try_clone().expect("ours"), far.try_clone().expect("ours"));
                std::thread::spawn(move || std::io::copy(&mut from, &mut to));
                let (most, is_away) = (most.clone(), is_away.clone());
                std::thread::spawn(move || {
                    let is_cut = back(&far, &near, &most).unwrap_or(false);
                    is_away.fetch_or(is_cut && vanishes, Ordering::AcqRel);
                    let _ = (near.shutdown(Shutdown::Both), far.shutdown(Shutdown::Both));
                });
            }
        });
        wire
    }

    fn mend(&self) {
        self.most.store(u64::MAX, Ordering::Release);
        self.is_away.store(false, Ordering::Release);
    }
}

/// Whether it was cut.
fn back(mut far: &TcpStream, mut near: &TcpStream, most: &AtomicU64) -> std::io::Result<bool> {
    let (mut bytes, mut carried) = (vec![0; 4_096], 0);
    loop {
        let length = far.read(&mut bytes)?;
        if length == 0 {
            return Ok(false);
        }
        carried += length as u64;
        if carried > most.load(Ordering::Acquire) {
            return Ok(true);
        }
        near.write_all(&bytes[..length])?;
    }
}

#[actix_web::test]
async fn a_source_that_vanishes_in_the_middle_ends_in_3_and_the_copy_goes_on_when_it_is_back() {
    let app = source(OBJECTS).await;
    for kind in KINDS {
        let wire = Wire::to(&app.address, 120_000, true);
        let agency = Agency::new(kind, &wire.address, &["organisation"]);
        let ended = agency.run(&["--quiet"]).await.expect(3);
        assert!(ended.said.contains("does not answer"), "{ended:?}");
        let kept = agency.kept("organisation", 1).await;
        assert!((1_000..OBJECTS).contains(&kept), "{kept}");
        wire.mend();
        let rest = agency.run(&["--json", "--verify"]).await.expect(0).report();
        assert_eq!(rest["upserts"].as_u64(), Some((OBJECTS - kept) as u64), "{rest}");
    }
}

#[actix_web::test]
async fn a_wire_that_is_cut_again_and_again_brings_everything_in_the_end() {
    let app = source(OBJECTS).await;
    for kind in KINDS {
        let wire = Wire::to(&app.address, 80_000, false);
        let agency = Agency::new(kind, &wire.address, &["organisation"]);
        agency.run(&["--quiet"]).await.expect(0);
        wire.mend();
        let rest = agency.run(&["--json", "--verify"]).await.expect(0).report();
        assert_eq!(rest["upserts"], 0, "{rest}");
    }
}

/// Runs while somebody writes all the time: an object of this number after each pause.
async fn while_it_moves(
    app: &TestApp,
    agency: &Agency,
    number: impl Fn(i64) -> i64,
) -> super::Ended {
    let is_over = Cell::new(false);
    let write = async {
        // Revisions grow from call to call.
        let mut n = app.state.feed.seen();
        while !is_over.get() {
            n += 1;
            let object = thing(&app.state, &format!("{:07}", number(n)), n);
            put(&app.state, vec![object]).await;
            app.sequenced().await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let run = async {
        let ended = agency.run(&["--verify"]).await;
        is_over.set(true);
        ended
    };
    join(write, run).await.1
}

#[actix_web::test]
async fn a_source_that_never_stands_still_is_compared_part_by_part() {
    let app = source(1_500).await;
    for kind in KINDS {
        let agency = Agency::new(kind, &app.address, &["organisation"]);
        agency.run(&["--quiet"]).await.expect(0);
        while_it_moves(&app, &agency, |n| n % 1_500).await.expect(0);
        // One object that never rests hides its own part, and says so.
        let ended = while_it_moves(&app, &agency, |_| 7).await.expect(3);
        assert!(ended.said.contains("1 parts could not be compared"), "{ended:?}");
        // A difference elsewhere is found all the same.
        if kind == Kind::Database {
            agency.execute("UPDATE nq57_organisation SET data = '{}' WHERE id = '0000700'").await;
            let ended = while_it_moves(&app, &agency, |_| 7).await.expect(5);
            let part = format!("organisation in 1 of 256 parts ({:02x})", part_of("0000700"));
            assert!(ended.said.contains(&part), "{ended:?}");
        }
    }
}
