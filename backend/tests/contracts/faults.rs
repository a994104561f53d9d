//! Faults at random under load: full and failing disks, locks, kills, cut connections. Whatever was
//! answered with success is there once; nothing is there twice; the server recovers by itself.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use nq57_shared::page::Page;
use reqwest::Method;
use sea_orm::sqlx::{self, Connection, PgConnection, SqliteConnection};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::harness::{Client, Cut, Cutter, Dice, Installation, Process, SmallDisk, say, until};
use crate::products::stories::draft_with;

const CLIENTS: usize = 6;
/// How long faults follow each other; all kinds come at least twice.
const TIME: Duration = Duration::from_secs(12);

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Fault {
    /// `kill -9` of a server, which is started again.
    Killed,
    /// No byte is free where the database lies.
    Full,
    /// SQLite: files cannot grow beyond a size.
    WriteErrors,
    /// SQLite: another process holds the lock.
    Locked,
    /// PostgreSQL: the connection is cut before the COMMIT arrives.
    CutBefore,
    /// PostgreSQL: the COMMIT arrives, its answer does not.
    CutAfter,
    /// PostgreSQL: the database ends connections.
    Terminated,
}

struct World {
    place: Installation,
    disk: Option<SmallDisk>,
    cutter: Option<Cutter>,
    servers: RefCell<Vec<Process>>,
    addresses: RefCell<Vec<String>>,
    is_over: Cell<bool>,
    wrong: RefCell<Vec<String>>,
}

#[actix_web::test]
async fn one_server_under_random_faults_loses_and_doubles_nothing() {
    run(1).await;
}

#[actix_web::test]
async fn two_servers_under_random_faults_lose_and_double_nothing() {
    run(2).await;
}

async fn run(servers: usize) {
    let place = Installation::new();
    let is_embedded = !place.is_for_several_servers();
    if is_embedded && servers > 1 {
        return;
    }
    let disk = SmallDisk::mount(48);
    let place = match &disk {
        Some(disk) if is_embedded => Installation::on(disk),
        _ => place,
    };
    let mut dice = Dice::throw();
    let seed = dice.seed;
    say(&format!("faults: NQ57_TEST_SEED={seed}, {servers} server(s), embedded: {is_embedded}"));
    let names: Vec<_> = (0..CLIENTS).map(|n| (format!("client{n}"), vec![])).collect();
    let people = place.people(&names).await;

    let mut kinds = vec![Fault::Killed];
    let mut cutter = None;
    if is_embedded {
        kinds.extend([Fault::Locked, Fault::WriteErrors]);
        kinds.extend(disk.as_ref().map(|_| Fault::Full));
    } else {
        cutter = Some(Cutter::start(&place.database().address()).await);
        kinds.extend([Fault::CutBefore, Fault::CutAfter, Fault::Terminated]);
        if disk.as_ref().is_some_and(|disk| place.database().move_to(disk)) {
            kinds.push(Fault::Full);
        }
    }
    if !kinds.contains(&Fault::Full) {
        say("faults: no small file system can be mounted here, the disk never gets full");
    }
    let world = Rc::new(World {
        place,
        disk,
        cutter,
        servers: RefCell::default(),
        addresses: RefCell::default(),
        is_over: Cell::new(false),
        wrong: RefCell::default(),
    });
    for _ in 0..servers {
        let server = world.serve().await;
        world.addresses.borrow_mut().push(server.address.clone());
        world.servers.borrow_mut().push(server);
    }
    let work = people.iter().cloned().enumerate().map(|(n, client)| {
        actix_web::rt::spawn(create_one_after_the_other(world.clone(), client, n))
    });
    let work: Vec<_> = work.collect();

    let (began, mut slowest, mut unready) = (Instant::now(), Duration::ZERO, HashMap::new());
    let mut faults = 0;
    while began.elapsed() < TIME || faults < 2 * kinds.len() {
        sleep(dice.milliseconds(100, 400)).await;
        let fault = kinds[faults % kinds.len()];
        let seen_unready = world.strike(fault, &mut dice).await;
        *unready.entry(fault).or_insert(0) += u32::from(seen_unready);
        let took = until("all servers are ready again", async || world.all_ready().await).await;
        slowest = slowest.max(took);
        faults += 1;
    }
    world.is_over.set(true);
    let acknowledged: Vec<_> =
        join_all(work).await.into_iter().map(|done| done.expect("a client")).collect();

    // After a kill and a restart, nothing between us and the database.
    world.servers.borrow_mut().iter_mut().for_each(Process::kill);
    let server = world.place.serve().await;
    let (mut lost, mut twice, mut all) = (Vec::new(), Vec::new(), 0);
    for (client, acknowledged) in people.iter().zip(&acknowledged) {
        let there = titles(&client.at(&server.address)).await;
        all += acknowledged.len();
        for (title, id) in acknowledged {
            match there.get(title).map(Vec::as_slice) {
                Some([one]) if one == id => {}
                Some([_]) | None => lost.push(title.clone()),
                Some(_) => {}
            }
        }
        twice.extend(there.into_iter().filter(|(_, ids)| ids.len() > 1).map(|(title, _)| title));
    }
    say(&format!(
        "faults: {faults} faults, {all} acknowledged, {} lost, {} twice; ready again after at most \
         {slowest:?}; not ready was seen at {unready:?}",
        lost.len(),
        twice.len(),
    ));
    assert!(lost.is_empty(), "seed {seed}: lost {lost:?}");
    assert!(twice.is_empty(), "seed {seed}: twice {twice:?}");
    assert!(all > 20, "seed {seed}: hardly anything was acknowledged: {all}");
    assert_eq!(*world.wrong.borrow(), Vec::<String>::new(), "seed {seed}");
    assert!(unready.get(&Fault::Full).is_none_or(|seen| *seen > 0), "seed {seed}: {unready:?}");
    if let Some(cutter) = &world.cutter {
        assert!(cutter.cuts() > 0, "seed {seed}: nothing was cut");
    }
    let (is_whole, said) = world.place.audit();
    assert!(is_whole, "seed {seed}: {said}");
}

impl World {
    async fn serve(&self) -> Process {
        match &self.cutter {
            Some(cutter) => {
                self.place.serve_over(&self.place.database().url_through(&cutter.address)).await
            }
            None => self.place.serve().await,
        }
    }

    async fn all_ready(&self) -> bool {
        let addresses = self.addresses.borrow().clone();
        let asked = join_all(addresses.iter().map(|address| is_ready(address))).await;
        asked.into_iter().all(|is_ready| is_ready)
    }

    /// One fault, from its beginning to its end; whether a server said meanwhile that it is not ready.
    async fn strike(&self, fault: Fault, dice: &mut Dice) -> bool {
        let lasts = dice.milliseconds(300, 1500);
        match fault {
            Fault::Killed => {
                let number = dice.below(self.servers.borrow().len() as u64) as usize;
                self.servers.borrow_mut()[number].kill();
                let server = self.serve().await;
                self.addresses.borrow_mut()[number].clone_from(&server.address);
                self.servers.borrow_mut()[number] = server;
                false
            }
            Fault::WriteErrors => {
                // From the first page of the log on, or somewhere in its midst.
                let bytes = [4096, 200_000, 1_000_000][dice.below(3) as usize];
                if !self.servers.borrow()[0].limit_files(Some(bytes)) {
                    return false;
                }
                let unready = self.watch(lasts).await;
                self.servers.borrow()[0].limit_files(None);
                unready
            }
            Fault::Locked => {
                let url = self.place.database().url().expose().clone();
                let mut other = SqliteConnection::connect(&url).await.expect("the file");
                let locked = sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await;
                let unready = self.watch(lasts).await;
                drop(locked);
                unready
            }
            // Longer than an answer about readiness is given again: it must have been seen.
            Fault::Full => self.fill(lasts + Duration::from_millis(1500)).await,
            Fault::CutBefore | Fault::CutAfter => {
                let cutter = self.cutter.as_ref().expect("a cutter");
                cutter.set(if fault == Fault::CutAfter { Cut::After } else { Cut::Before });
                let unready = self.watch(lasts).await;
                cutter.set(Cut::Nothing);
                unready
            }
            Fault::Terminated => {
                let mut other = self.aside().await;
                let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
                for _ in 0..3 {
                    sqlx::query(end).execute(&mut other).await.expect("ended");
                    sleep(lasts / 10).await;
                }
                false
            }
        }
    }

    async fn fill(&self, lasts: Duration) -> bool {
        if self.cutter.is_none() {
            let disk = self.disk.as_ref().expect("a disk");
            disk.fill();
            let unready = self.watch(lasts).await;
            disk.free();
            return unready;
        }
        let mut other = self.aside().await;
        let table = "CREATE TABLE filler (text text)";
        sqlx::query(table).execute(&mut other).await.expect("a table");
        for rows in [20_000, 1000, 50, 1, 1, 1] {
            let more = format!(
                "INSERT INTO filler SELECT repeat(md5(random()::text), 60) \
                 FROM generate_series(1, {rows})"
            );
            let more = || sqlx::query(sqlx::AssertSqlSafe(more.clone()));
            while more().execute(&mut other).await.is_ok() {}
        }
        let unready = self.watch(lasts).await;
        // Unlike emptying it, this needs no room.
        sqlx::query("DROP TABLE filler").execute(&mut other).await.expect("room again");
        unready
    }

    async fn aside(&self) -> PgConnection {
        let url = self.place.database().url().expose().clone();
        PgConnection::connect(&url).await.expect("the database")
    }

    /// Lets time pass; whether a server said that it is not ready.
    async fn watch(&self, lasts: Duration) -> bool {
        let (began, mut unready) = (Instant::now(), false);
        while began.elapsed() < lasts {
            unready |= !self.all_ready().await;
            sleep(Duration::from_millis(100)).await;
        }
        unready
    }
}

async fn is_ready(address: &str) -> bool {
    let nobody = Client::new(address, None);
    let asked = nobody.call_root(Method::GET, "/readyz").try_send();
    matches!(timeout(Duration::from_secs(5), asked).await, Ok(Some(answer)) if answer.status == 200)
}

/// Creates products, each with a key of its own and again until it is answered, until the end; the
/// titles that were acknowledged, with their ids.
async fn create_one_after_the_other(
    world: Rc<World>,
    client: Client,
    number: usize,
) -> Vec<(String, String)> {
    let mut acknowledged = Vec::new();
    loop {
        let title = format!("Sản phẩm {} của {number}", acknowledged.len());
        let body = draft_with(&[("title", json!(title))]);
        let key = format!("key-{}", acknowledged.len());
        for attempt in 0.. {
            if world.is_over.get() {
                return acknowledged;
            }
            let address = {
                let addresses = world.addresses.borrow();
                addresses[(number + attempt) % addresses.len()].clone()
            };
            let client = client.at(&address);
            let call = client.call(Method::POST, "/products").idempotency_key(&key).json(&body);
            let answer = timeout(Duration::from_secs(30), call.try_send()).await.ok().flatten();
            match answer {
                Some(answer) if answer.status == 201 => {
                    let id = answer.json()["id"].as_str().expect("an id").to_owned();
                    acknowledged.push((title, id));
                    break;
                }
                Some(answer) if matches!(answer.status, 503 | 507) => {}
                Some(answer) if answer.text().contains("idempotency_in_flight") => {}
                Some(answer) => {
                    let wrong = format!("{} {}", answer.status, answer.text());
                    world.wrong.borrow_mut().push(wrong);
                }
                None => {}
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// The ids of this client's products by title.
async fn titles(client: &Client) -> HashMap<String, Vec<String>> {
    let (mut found, mut path) =
        (HashMap::<_, Vec<_>>::new(), "/products?mine=true&limit=100".to_owned());
    loop {
        let page: Page<Value> = client.get(&path).await.read_as();
        for item in page.items {
            let text = |name: &str| item[name].as_str().expect("a text").to_owned();
            found.entry(text("title")).or_default().push(text("id"));
        }
        let Some(cursor) = page.next_cursor else { return found };
        path = format!("/products?mine=true&limit=100&cursor={cursor}");
    }
}
