//! `cargo xtask bench`: what the product does beside what this machine could do, in one run.
//! Refuses to compare with figures of another day: every ratio has its floor measured next to it.
//! A row that fails is one row less; what was measured before is on the disk.

mod cold;
mod content;
mod feed;
mod floor;
mod lighthouse;
mod mirror;
mod replay;
mod report;
mod tools;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::postgres::{Cluster, Durability};
use crate::process::TemporaryFolder;
use crate::server::{PrivateServer, Setting};
use crate::setup::{self, Need};
use crate::workspace::Workspace;
use crate::{cargo, spa};

use content::Growth;
use floor::Floor;
use report::{Measure, Report, Unit};

const CONNECTIONS: u32 = 64;
/// How often a warm row and its floor take turns.
const TURNS: u32 = 5;
/// Megabytes of its own that a server may hold after all that: its answers in memory may take 48, the
/// pages that SQLite keeps 32.
const MOST_OF_ITS_OWN: f64 = 128.0;

/// How much and how long.
#[derive(Debug, Clone, Copy)]
struct Extent {
    /// For most rows.
    products: u32,
    /// The same questions with few and with very many.
    span: Option<(u32, u32)>,
    /// Objects of a whole copy by the change feed.
    changes: u32,
    run: Duration,
}

impl Extent {
    fn of(quick: bool, without_million: bool) -> Self {
        if quick {
            Self { products: 20_000, span: None, changes: 100_000, run: Duration::from_secs(2) }
        } else {
            Self {
                products: 100_000,
                span: (!without_million).then_some((20_000, 1_000_000)),
                changes: if without_million { 100_000 } else { 1_000_000 },
                run: Duration::from_secs(10),
            }
        }
    }

    fn text(self) -> String {
        match self.span {
            None => format!("{} products", self.products),
            Some((few, many)) => {
                format!(
                    "{} products where no other number is named, {few} to {many}",
                    self.products
                )
            }
        }
    }
}

pub fn run(workspace: &Workspace, quick: bool, without_million: bool) -> Result<()> {
    setup::ensure(&[Need::Compiler, Need::WasmTarget, Need::Postgres, Need::Wrk, Need::Sqlite])?;
    let extent = Extent::of(quick, without_million);
    let bundle = spa::build(workspace, true)?;
    let binary = cargo::build_server(workspace, true)?;
    let floor = floor::build(workspace)?;
    let folder = workspace.target().join("bench");
    std::fs::create_dir_all(&folder)?;

    let mut report = Report::begin(&folder, extent.text())?;
    #[expect(clippy::cast_precision_loss, reason = "a size in kilobytes")]
    let first_load = bundle.first_load_bytes() as f64 / 1024.0;
    report.add(
        "browser",
        Measure::alone("first load, brotli", Unit::Kilobytes, first_load).at_most(325.0),
    )?;
    if !quick {
        report.attempt("browser", "Lighthouse", || {
            let data = TemporaryFolder::new("lighthouse")?;
            let setting =
                Setting { name: "lighthouse", data: data.path(), demo: true, variables: &[] };
            let server = PrivateServer::start(workspace, &binary, &setting)?;
            lighthouse::scores(workspace, &server.origin)
        })?;
    }
    for engine in [Engine::Postgres, Engine::Sqlite] {
        println!("xtask: measuring on {}", engine.name());
        let bench = Bench { workspace, binary: &binary, floor: &floor, folder: &folder, extent };
        // What could not even begin, such as a database that does not start, leaves the other engine alone.
        let outcome = bench.measure(engine, &mut report);
        report.attempt(engine.name(), "rows that are not here", || outcome.map(|()| Vec::new()))?;
    }
    report.end()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    Postgres,
    Sqlite,
}

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Engine::Postgres => "PostgreSQL",
            Engine::Sqlite => "SQLite",
        }
    }
}

struct Bench<'a> {
    workspace: &'a Workspace,
    binary: &'a Path,
    floor: &'a Path,
    folder: &'a Path,
    extent: Extent,
}

/// One engine with its data.
struct Place {
    engine: Engine,
    cluster: Option<Cluster>,
    data: TemporaryFolder,
}

impl Place {
    fn name(&self) -> &'static str {
        self.engine.name()
    }

    fn grow(&self, growth: Growth) -> Result<()> {
        println!("xtask: {} products on {}", growth.wanted, self.name());
        match &self.cluster {
            Some(cluster) => content::grow_postgres(cluster, growth),
            None => content::grow_sqlite(&self.database_file()?, growth),
        }
    }

    fn database_file(&self) -> Result<PathBuf> {
        let file = self.data.path().join("nq57.sqlite");
        anyhow::ensure!(file.is_file(), "the server made no {}", file.display());
        Ok(file)
    }
}

impl Bench<'_> {
    fn measure(&self, engine: Engine, report: &mut Report) -> Result<()> {
        let cluster = match engine {
            Engine::Postgres => Some(Cluster::start(self.workspace, Durability::Kept)?),
            Engine::Sqlite => None,
        };
        let place = Place { engine, cluster, data: TemporaryFolder::new("bench")? };
        // The demo accounts and products first, then many times the same products.
        let server = self.serve(&place)?;
        memory(&place, &server, "at idle", Some(60.0), report)?;
        drop(server);

        let mut with_few = None;
        if let Some((few, _)) = self.extent.span {
            place.grow(Growth { wanted: few, is_public_only: false })?;
            let server = self.serve(&place)?;
            let questions = content::searches();
            let rounds = cold::rounds(&server, &questions, self.extent.run, None)?;
            with_few = Some((few, rounds.ours));
        }

        place.grow(Growth { wanted: self.extent.products, is_public_only: false })?;
        let server = self.serve(&place)?;
        self.warm(&place, &server, report)?;
        self.cold(&place, &server, report)?;
        report.attempt(place.name(), "deep page", || {
            self.deep(&server, self.extent.products).map(|measure| vec![measure])
        })?;
        report.attempt(place.name(), "create a product", || {
            self.create(&place, &server).map(|measure| vec![measure])
        })?;
        memory(&place, &server, "after the load", None, report)?;
        report.attempt(place.name(), "changes while many commit", || {
            feed::lag(&place, &server, self.extent.run)
        })?;
        report.attempt(place.name(), "a copy by the change feed", || {
            feed::fill(&place, self.extent.changes)?;
            feed::copy(&place, &server, self.extent.changes)
        })?;
        report.attempt(place.name(), "nq57 pull", || {
            mirror::pull(&place, &server, self.binary).map(|measure| vec![measure])
        })?;
        drop(server);

        if let (Some((_, many)), Some((few, ours))) = (self.extent.span, with_few) {
            place.grow(Growth { wanted: many, is_public_only: true })?;
            let server = self.serve(&place)?;
            self.span(&place, &server, (few, ours), many, report)?;
        }
        Ok(())
    }

    fn serve(&self, place: &Place) -> Result<PrivateServer> {
        // The second as in deploy/Dockerfile.
        let mut variables =
            vec![("NQ57_LOG__FILTER", "error".to_owned()), ("MALLOC_ARENA_MAX", "2".to_owned())];
        let url = place.cluster.as_ref().map(Cluster::url);
        variables.extend(url.map(|url| ("NQ57_DATABASE__URL", url)));
        let data = place.data.path();
        let setting = Setting { name: "bench", data, demo: true, variables: &variables };
        PrivateServer::start(self.workspace, self.binary, &setting)
    }

    /// The questions with the most products, against the same with few, and a page as far down as it goes.
    fn span(
        &self,
        place: &Place,
        server: &PrivateServer,
        (few, with_few): (u32, f64),
        many: u32,
        report: &mut Report,
    ) -> Result<()> {
        report.attempt(place.name(), "search with the most products", || {
            let floor = cold::Floor::of(place, server, &content::searches(), self.folder)?;
            let rounds = cold::rounds(server, &content::searches(), self.extent.run, Some(&floor))?;
            let against = format!("search, cold, {many} products against {few}");
            Ok(vec![
                Measure::latency(
                    &format!("search, cold, {many} products"),
                    rounds.ours,
                    rounds.floor,
                )
                .at_most_ratio(1.5),
                Measure::latency(&against, rounds.ours, Some(with_few)).at_most_ratio(3.0),
            ])
        })?;
        report.attempt(place.name(), "deep page with the most products", || {
            self.deep(server, many).map(|measure| vec![measure])
        })
    }

    /// Pages served from memory, against a server that does nothing else.
    fn warm(&self, place: &Place, server: &PrivateServer, report: &mut Report) -> Result<()> {
        let list = "/api/v1/products".to_owned();
        let answer = server.ask("GET", &list, &[], None)?.json()?;
        let id = answer
            .pointer("/items/0/id")
            .and_then(Value::as_str)
            .context("no published product")?;
        let pages = [
            ("list of products, warm", list),
            ("product page, warm", format!("/api/v1/products/{id}")),
            ("statistics, warm", "/api/v1/products/statistics".to_owned()),
        ];
        for (name, path) in pages {
            report.attempt(place.name(), name, || {
                let answer = server.ask("GET", &path, &[], None)?;
                let floor = Floor::start(self.floor, self.folder, &answer)?;
                let rate = |origin: &str, path: &str| {
                    tools::requests_per_second(origin, path, CONNECTIONS, self.extent.run / TURNS)
                };
                // By turns, so that neither has the quieter machine.
                let (mut ours, mut theirs) = (0.0, 0.0);
                for _ in 0..TURNS {
                    theirs += rate(&floor.origin(), "/")?;
                    ours += rate(&server.origin, &path)?;
                }
                Ok(vec![
                    Measure::rate(name, ours / f64::from(TURNS), theirs / f64::from(TURNS))
                        .at_least_ratio(0.7),
                ])
            })?;
        }
        Ok(())
    }

    /// Pages that nobody asked for before, one connection, against the same SQL by itself.
    fn cold(&self, place: &Place, server: &PrivateServer, report: &mut Report) -> Result<()> {
        for (name, questions) in [
            ("filtered list, cold", content::filtered_lists()),
            ("search, cold", content::searches()),
        ] {
            report.attempt(place.name(), name, || {
                let floor = cold::Floor::of(place, server, &questions, self.folder)?;
                let rounds = cold::rounds(server, &questions, self.extent.run, Some(&floor))?;
                Ok(vec![Measure::latency(name, rounds.ours, rounds.floor).at_most_ratio(1.5)])
            })?;
        }
        Ok(())
    }

    /// A page far down against the first ten thousand rows, all cold.
    fn deep(&self, server: &PrivateServer, products: u32) -> Result<Measure> {
        let mut path = "/api/v1/products?limit=100&sort=-published_at".to_owned();
        let mut times = Vec::new();
        while times.len() < (products / 100) as usize {
            let began = Instant::now();
            let answer = server.ask("GET", &path, &[], None)?.json()?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
            match answer.get("next_cursor").and_then(Value::as_str) {
                Some(cursor) => {
                    path = format!("/api/v1/products?limit=100&sort=-published_at&cursor={cursor}")
                }
                None => break,
            }
        }
        let part = (times.len() / 10).clamp(1, 100);
        let first = tools::median(times.iter().take(part));
        let last = tools::median(times.iter().rev().take(part));
        let name = format!("page {} against the first ones", times.len());
        Ok(Measure::latency(&name, last, Some(first)).at_most_ratio(1.3))
    }

    /// A draft made by many at once, against the same rows inserted by themselves.
    fn create(&self, place: &Place, server: &PrivateServer) -> Result<Measure> {
        let name = "create a product";
        let token = server.sign_in("company@nq57.example")?;
        let bearer = format!("Bearer {token}");
        let draft = draft();
        let make = || {
            server
                .ask("POST", "/api/v1/products", &[("Authorization", &bearer)], Some(&draft))
                .map(drop)
        };
        make()?;
        let floor = match &place.cluster {
            Some(cluster) => {
                let first = replay::capture(cluster, make)?;
                let second = replay::capture(cluster, make)?;
                let scripts = replay::writes(&first, &second);
                Some(replay::rate(cluster, &scripts, CONNECTIONS, self.extent.run)?)
            }
            None => None,
        };
        let ours = tools::posts_per_second(
            &server.origin,
            "/api/v1/products",
            &bearer,
            &draft,
            self.folder,
            CONNECTIONS,
            self.extent.run,
        )?;
        Ok(match floor {
            Some(floor) => Measure::rate(name, ours, floor).at_least_ratio(0.5),
            None => Measure::alone(name, Unit::PerSecond, ours),
        })
    }
}

/// What the process holds, and what of it is its own and not a file's.
fn memory(
    place: &Place,
    server: &PrivateServer,
    when: &str,
    bound: Option<f64>,
    report: &mut Report,
) -> Result<()> {
    report.attempt(place.name(), &format!("memory {when}"), || {
        let memory = tools::memory(server.id())?;
        let all = Measure::alone(&format!("memory {when}"), Unit::Megabytes, memory.resident);
        let name = format!("memory {when}, without pages of files");
        let own = Measure::alone(&name, Unit::Megabytes, memory.anonymous);
        Ok(match bound {
            Some(most) => vec![all.at_most(most), own],
            None => vec![all, own.at_most(MOST_OF_ITS_OWN)],
        })
    })
}

fn draft() -> Value {
    json!({
        "title": "Trạm quan trắc nước cho ao nuôi",
        "kind": "product",
        "domain": "innovation",
        "summary": "Đo độ mặn, oxy và nhiệt độ, báo về điện thoại khi vượt ngưỡng."
    })
}
