//! `cargo xtask bench`: what the product does beside what this machine could do, in one run.
//! Refuses to compare with figures of another day: every ratio has its floor measured next to it.

mod content;
mod floor;
mod lighthouse;
mod replay;
mod report;
mod tools;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::postgres::{Cluster, Durability};
use crate::process::TemporaryFolder;
use crate::server::{PrivateServer, Setting};
use crate::setup::{self, Need};
use crate::workspace::Workspace;
use crate::{cargo, spa};

use floor::Floor;
use report::{Measure, Report, Unit};

const CONNECTIONS: u32 = 64;

/// How much and how long.
#[derive(Debug, Clone, Copy)]
struct Extent {
    products: u32,
    run: Duration,
}

impl Extent {
    fn of(quick: bool) -> Self {
        if quick {
            Self { products: 20_000, run: Duration::from_secs(2) }
        } else {
            Self { products: 100_000, run: Duration::from_secs(10) }
        }
    }
}

pub fn run(workspace: &Workspace, quick: bool) -> Result<()> {
    setup::ensure(&[Need::Compiler, Need::WasmTarget, Need::Postgres, Need::Wrk, Need::Sqlite])?;
    let extent = Extent::of(quick);
    let bundle = spa::build(workspace, true)?;
    let binary = cargo::build_server(workspace, true)?;
    let floor = floor::build(workspace)?;
    let folder = workspace.target().join("bench");
    std::fs::create_dir_all(&folder)?;

    let mut report = Report::new(extent.products);
    #[expect(clippy::cast_precision_loss, reason = "a size in kilobytes")]
    let first_load = bundle.first_load_bytes() as f64 / 1024.0;
    report.add(
        "browser",
        Measure::alone("first load, brotli", Unit::Kilobytes, first_load).at_most(350.0),
    );
    for engine in [Engine::Postgres, Engine::Sqlite] {
        let bench = Bench { workspace, binary: &binary, floor: &floor, folder: &folder, extent };
        println!("xtask: measuring on {}", engine.name());
        bench.measure(engine, &mut report)?;
    }
    if !quick {
        let data = TemporaryFolder::new("lighthouse")?;
        let setting = Setting { name: "lighthouse", data: data.path(), demo: true, variables: &[] };
        let server = PrivateServer::start(workspace, &binary, &setting)?;
        for measure in lighthouse::scores(workspace, &server.origin)? {
            report.add("browser", measure);
        }
    }
    report.write(&folder)
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

impl Bench<'_> {
    fn measure(&self, engine: Engine, report: &mut Report) -> Result<()> {
        let cluster = match engine {
            Engine::Postgres => Some(Cluster::start(self.workspace, Durability::Kept)?),
            Engine::Sqlite => None,
        };
        let data = TemporaryFolder::new("bench")?;
        let url = cluster.as_ref().map(Cluster::url);
        // The demo accounts and products first, then many times the same products.
        let server = self.serve(data.path(), url.as_deref())?;
        let idle = tools::resident_megabytes(server.id())?;
        report.add(
            engine.name(),
            Measure::alone("memory at idle", Unit::Megabytes, idle).at_most(60.0),
        );
        drop(server);
        match &cluster {
            Some(cluster) => content::multiply_postgres(cluster, self.extent.products)?,
            None => content::multiply_sqlite(&database_file(data.path())?, self.extent.products)?,
        }
        let server = self.serve(data.path(), url.as_deref())?;
        self.warm(engine, &server, report)?;
        self.cold(engine, &server, cluster.as_ref(), report)?;
        self.deep(engine, &server, report)?;
        self.create(engine, &server, cluster.as_ref(), report)?;
        let loaded = tools::resident_megabytes(server.id())?;
        report.add(engine.name(), Measure::alone("memory after the load", Unit::Megabytes, loaded));
        Ok(())
    }

    fn serve(&self, data: &Path, url: Option<&str>) -> Result<PrivateServer> {
        let mut variables = vec![("NQ57_LOG__FILTER", "error".to_owned())];
        variables.extend(url.map(|url| ("NQ57_DATABASE__URL", url.to_owned())));
        let setting = Setting { name: "bench", data, demo: true, variables: &variables };
        PrivateServer::start(self.workspace, self.binary, &setting)
    }

    /// Pages served from memory, against a server that does nothing else.
    fn warm(&self, engine: Engine, server: &PrivateServer, report: &mut Report) -> Result<()> {
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
            let answer = server.ask("GET", &path, &[], None)?;
            let floor = Floor::start(self.floor, self.folder, &answer)?;
            // One after the other and once more, so that neither has the cooler machine.
            let (mut ours, mut theirs) = (0.0, 0.0);
            for _ in 0..2 {
                theirs += tools::requests_per_second(
                    &floor.origin(),
                    "/",
                    CONNECTIONS,
                    self.extent.run / 2,
                )?;
                ours += tools::requests_per_second(
                    &server.origin,
                    &path,
                    CONNECTIONS,
                    self.extent.run / 2,
                )?;
            }
            report.add(
                engine.name(),
                Measure::rate(name, ours / 2.0, theirs / 2.0).at_least_ratio(0.7),
            );
        }
        Ok(())
    }

    /// Pages that nobody asked for before, one connection, against the same SQL by itself.
    fn cold(
        &self,
        engine: Engine,
        server: &PrivateServer,
        cluster: Option<&Cluster>,
        report: &mut Report,
    ) -> Result<()> {
        for (name, questions) in [
            ("filtered list, cold", content::filtered_lists()),
            ("search, cold", content::searches()),
        ] {
            let (samples, rest) = shuffled(questions);
            let floor = match cluster {
                Some(cluster) => {
                    let scripts = replay::capture(cluster, || {
                        samples
                            .iter()
                            .try_for_each(|path| server.ask("GET", path, &[], None).map(drop))
                    })?;
                    Some(replay::latency(cluster, &replay::reads(&scripts), 1, self.extent.run)?)
                }
                None => None,
            };
            let ours = tools::latency_of_each(&server.origin, &rest, self.folder, self.extent.run)?;
            report.add(engine.name(), Measure::latency(name, ours, floor).at_most_ratio(1.5));
        }
        Ok(())
    }

    /// A page far down against the first one, both cold.
    fn deep(&self, engine: Engine, server: &PrivateServer, report: &mut Report) -> Result<()> {
        let mut path = "/api/v1/products?limit=100&sort=-published_at".to_owned();
        let mut times = Vec::new();
        while times.len() < (self.extent.products / 100) as usize {
            let began = std::time::Instant::now();
            let answer = server.ask("GET", &path, &[], None)?.json()?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
            match answer.get("next_cursor").and_then(Value::as_str) {
                Some(cursor) => {
                    path = format!("/api/v1/products?limit=100&sort=-published_at&cursor={cursor}")
                }
                None => break,
            }
        }
        let part = (times.len() / 10).max(1);
        let first = tools::median(times.iter().take(part));
        let last = tools::median(times.iter().rev().take(part));
        let name = format!("page {} against the first ones", times.len());
        report.add(engine.name(), Measure::latency(&name, last, Some(first)).at_most_ratio(1.3));
        Ok(())
    }

    /// A draft made by many at once, against the same rows inserted by themselves.
    fn create(
        &self,
        engine: Engine,
        server: &PrivateServer,
        cluster: Option<&Cluster>,
        report: &mut Report,
    ) -> Result<()> {
        let token = server.sign_in("company@nq57.example")?;
        let bearer = format!("Bearer {token}");
        let draft = draft();
        let make = || {
            server
                .ask("POST", "/api/v1/products", &[("Authorization", &bearer)], Some(&draft))
                .map(drop)
        };
        make()?;
        let floor = match cluster {
            Some(cluster) => {
                let first = replay::capture(cluster, make)?;
                let second = replay::capture(cluster, make)?;
                Some(replay::rate(
                    cluster,
                    &replay::writes(&first, &second),
                    CONNECTIONS,
                    self.extent.run,
                )?)
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
        let measure = match floor {
            Some(floor) => Measure::rate("create a product", ours, floor).at_least_ratio(0.5),
            None => Measure::alone("create a product", Unit::PerSecond, ours),
        };
        report.add(engine.name(), measure);
        Ok(())
    }
}

/// One sample of each question and the rest, in an order that is always the same and follows no pattern of
/// theirs: a few questions cost many times the others, so both sides must ask them equally often.
fn shuffled(questions: Vec<content::Alike>) -> (Vec<String>, Vec<String>) {
    let turn = |path: &String| {
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        hasher.finish()
    };
    let (mut samples, mut rest) = (Vec::new(), Vec::new());
    for mut paths in questions {
        paths.sort_by_cached_key(turn);
        samples.extend(paths.pop());
        rest.extend(paths);
    }
    rest.sort_by_cached_key(turn);
    (samples, rest)
}

fn draft() -> Value {
    json!({
        "title": "Trạm quan trắc nước cho ao nuôi",
        "kind": "product",
        "domain": "innovation",
        "summary": "Đo độ mặn, oxy và nhiệt độ, báo về điện thoại khi vượt ngưỡng."
    })
}

fn database_file(data: &Path) -> Result<PathBuf> {
    let file = data.join("nq57.sqlite");
    anyhow::ensure!(file.is_file(), "the server made no {}", file.display());
    Ok(file)
}
