//! Writers that commit late and in any order, killed servers, cut connections, and three readers with answers of all
//! sizes that are cut off anywhere: in the end their copies are the source, byte for byte.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use nq57_backend::identity::organisations;
use nq57_platform::clock::Clock;
use nq57_platform::error::ApiResult;
use nq57_platform::feed::{self, Entry, Which};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::feed::Cause;
use nq57_shared::organisations::{OrganisationDraft, OrganisationKind};
use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::order::kind;
use super::{Mirror, Objects, scale};
use crate::harness::{Client, Dice, Installation, Process, say, until};

const KIND: &str = "organisation";
/// How long it blows.
const TIME: Duration = Duration::from_secs(5);
const MOST_WRITERS: u64 = 50;

struct World {
    place: Installation,
    state: AppState,
    servers: RefCell<Vec<Process>>,
    addresses: RefCell<Vec<String>>,
    ids: RefCell<Vec<Uuid>>,
    is_over: Cell<bool>,
    writes: Cell<u64>,
    pulls: Cell<u64>,
}

#[actix_web::test]
async fn copies_are_equal_after_a_storm() {
    let place = Installation::new();
    let is_for_several = place.is_for_several_servers();
    let dice = Dice::throw();
    let writers = (12 * scale()).min(MOST_WRITERS);
    say(&format!("storm: NQ57_TEST_SEED={}, {writers} writers", dice.seed));
    let servers = if is_for_several { 2 } else { 1 };
    let world = Rc::new(World {
        state: place.state(Clock::system()).await,
        place,
        servers: RefCell::default(),
        addresses: RefCell::default(),
        ids: RefCell::default(),
        is_over: Cell::new(false),
        writes: Cell::new(0),
        pulls: Cell::new(0),
    });
    for _ in 0..servers {
        let server = world.place.serve().await;
        world.addresses.borrow_mut().push(server.address.clone());
        world.servers.borrow_mut().push(server);
    }
    // Writers take turns on SQLite: long pauses would let nobody else write.
    let pause = if is_for_several { 200 } else { 10 };
    let at_work: Vec<_> = (0..writers)
        .map(|n| actix_web::rt::spawn(write(world.clone(), dice.apart(n), pause)))
        .collect();
    let readers: Vec<_> = ["", "&province=92", "&province=01,48"]
        .into_iter()
        .zip(1_000..)
        .map(|(filter, n)| {
            let mirror = Mirror::of(&format!("types={KIND}{filter}"));
            actix_web::rt::spawn(read(world.clone(), dice.apart(n), mirror))
        })
        .collect();
    world.blow(dice.apart(2_000), TIME * u32::try_from(scale()).expect("small")).await;
    world.is_over.set(true);
    join_all(at_work).await;
    let mirrors = join_all(readers).await;

    let nobody = Client::new(&world.addresses.borrow()[0], None);
    let waits = async || world.count("SELECT count(*) FROM change_inbox").await > 0;
    until("everything has its number", async || !waits().await).await;
    let differ = feed::differences(&world.state.db, world.state.registry.feed()).await;
    assert_eq!(differ.expect("compared"), [], "seed {}", dice.seed);
    let mut changes = 0;
    for (mirror, audiences) in
        mirrors.into_iter().zip([&["public"][..], &["public@92"], &["public@01", "public@48"]])
    {
        let mut mirror = mirror.expect("a reader");
        mirror.catch_up(&nobody).await;
        mirror.assert_in_order();
        assert_eq!(mirror.objects, world.source(audiences).await, "seed {}", dice.seed);
        mirror.assert_equal(&nobody).await;
        assert_eq!(mirror.resets, 0, "seed {}: no history ended", dice.seed);
        changes += mirror.changes.len();
    }
    let (writes, pulls) = (world.writes.get(), world.pulls.get());
    say(&format!("storm: {writes} writes, {pulls} answers, {changes} changes read"));
    assert!(writes > 30 && pulls > 10, "hardly anything has happened");
    world.state.db.clone().close().await.expect("closed");
}

impl World {
    /// Kills servers and connections until the time is over.
    async fn blow(&self, mut dice: Dice, time: Duration) {
        let began = Instant::now();
        while began.elapsed() < time {
            sleep(dice.milliseconds(200, 900)).await;
            let is_for_several = self.servers.borrow().len() > 1;
            if is_for_several && dice.below(3) > 0 {
                let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.3";
                self.count(end).await;
                continue;
            }
            let number =
                usize::try_from(dice.below(self.servers.borrow().len() as u64)).expect("small");
            self.servers.borrow_mut()[number].kill();
            let server = self.place.serve().await;
            self.addresses.borrow_mut()[number].clone_from(&server.address);
            self.servers.borrow_mut()[number] = server;
        }
    }

    /// The number that this answers.
    async fn count(&self, sql: &str) -> i64 {
        let db = &self.state.db;
        loop {
            let statement = Statement::from_string(db.get_database_backend(), sql);
            // The connection may have been cut.
            if let Ok(Some(row)) = db.query_one_raw(statement).await {
                return row.try_get_by_index(0).expect("a number");
            }
        }
    }

    /// What stands in the feed for these audiences.
    async fn source(&self, audiences: &[&str]) -> Objects {
        let mut objects = BTreeMap::new();
        for audience in audiences {
            let sql = format!(
                "SELECT object_id, revision, line FROM change \
                 WHERE type = '{KIND}' AND audience = '{audience}' AND NOT gone"
            );
            let db = &self.state.db;
            let rows =
                db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await;
            for row in rows.expect("rows") {
                let text = |name: &str| row.try_get::<String>("", name).expect("a text");
                let line = text("line");
                let (_, data) = line.split_once(",\"data\":").expect("data");
                let revision = row.try_get("", "revision").expect("a revision");
                let data = data[..data.len() - 1].to_owned();
                objects.insert((KIND.to_owned(), text("object_id")), (revision, data));
            }
        }
        objects
    }
}

fn province(dice: &mut Dice) -> Option<String> {
    [None, Some("92"), Some("01"), Some("48")][usize::try_from(dice.below(4)).expect("small")]
        .map(str::to_owned)
}

async fn write(world: Rc<World>, mut dice: Dice, pause: u64) {
    while !world.is_over.get() {
        let known = world.ids.borrow().len() as u64;
        let id = match known {
            0 => None,
            _ => Some(world.ids.borrow()[usize::try_from(dice.below(known)).expect("small")]),
        };
        let (deed, place, name) = (dice.below(10), province(&mut dice), dice.below(1_000_000));
        let rest = Duration::from_millis(dice.below(pause + 1));
        let outcome = transaction::write(&world.state.db, async |tx| {
            let made = match (id, deed) {
                (Some(id), 0) => remove(tx, &world.state, id).await.map(|()| None)?,
                (Some(id), 1..8) => {
                    change(tx, &world.state, id, name, place.clone()).await.map(|()| None)?
                }
                _ => Some(enter(tx, &world.state, name, place.clone()).await?),
            };
            sleep(rest).await;
            Ok(made)
        });
        // What is cut off may have been done or not: the tables say.
        if let Ok(made) = outcome.await {
            world.ids.borrow_mut().extend(made);
            world.writes.set(world.writes.get() + 1);
        }
    }
}

async fn enter(tx: &Tx, state: &AppState, name: u64, province: Option<String>) -> ApiResult<Uuid> {
    let draft = OrganisationDraft {
        name: format!("Công ty {name}"),
        kind: OrganisationKind::Enterprise,
        tax_code: None,
        province_code: province,
        code: None,
        parent_id: None,
        valid_from: None,
        valid_to: None,
    };
    Ok(organisations::create(tx, &state.clock, &draft, None).await?.0)
}

async fn change(
    tx: &Tx,
    state: &AppState,
    id: Uuid,
    name: u64,
    province: Option<String>,
) -> ApiResult<()> {
    let sql = "UPDATE organisations SET name = $1, province_code = $2, revision = revision + 1 WHERE id = $3";
    let values = [format!("Tên {name}").into(), province.into(), id.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    if tx.execute_raw(statement).await?.rows_affected() == 0 {
        return Ok(());
    }
    let entries = (kind(state, KIND).project)(tx, Which::Locked(&[id.to_string()])).await?;
    feed::put(tx, state.clock.now(), entries).await
}

async fn remove(tx: &Tx, state: &AppState, id: Uuid) -> ApiResult<()> {
    let sql = "DELETE FROM organisations WHERE id = $1";
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [id.into()]);
    if tx.execute_raw(statement).await?.rows_affected() == 0 {
        return Ok(());
    }
    let now = state.clock.now();
    let gone = Entry::gone(kind(state, KIND), id, Cause::Removed, (i64::MAX, now));
    feed::put(tx, now, [gone]).await
}

async fn read(world: Rc<World>, mut dice: Dice, mut mirror: Mirror) -> Mirror {
    while !world.is_over.get() {
        let address = {
            let addresses = world.addresses.borrow();
            addresses[usize::try_from(dice.below(addresses.len() as u64)).expect("small")].clone()
        };
        let limit = [1, 3, 50, 100_000][usize::try_from(dice.below(4)).expect("small")];
        let path = format!("{}&limit={limit}", mirror.path());
        let call = Client::new(&address, None).call(Method::GET, &path);
        let answer = timeout(Duration::from_secs(20), call.try_send()).await.ok().flatten();
        if let Some(mut answer) = answer.filter(|answer| answer.status != 503) {
            if dice.below(3) == 0 && answer.status == 200 {
                let end = dice.below(answer.body.len() as u64 + 1);
                answer.body.truncate(usize::try_from(end).expect("small"));
            }
            mirror.take(&answer);
            world.pulls.set(world.pulls.get() + 1);
        }
        sleep(dice.milliseconds(1, 60)).await;
    }
    mirror
}
