//! Answers that nobody asked for before, and the same questions put to the database without us.
//! Refuses a mean over different questions: a few cost many times the others, so both sides are asked
//! every question equally often, in turns.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::Place;
use super::content::{self, Question};
use super::replay;
use crate::postgres::Cluster;
use crate::server::PrivateServer;

/// Whoever is asked without us.
pub enum Floor<'a> {
    /// pgbench, on a connection of its own.
    Postgres { cluster: &'a Cluster, statements: Vec<String> },
    /// SQLite's own shell, rows thrown away.
    Sqlite { file: PathBuf, script: PathBuf },
}

impl<'a> Floor<'a> {
    /// The questions as statements: written out where they are known, else as the server was heard to
    /// ask them.
    pub fn of(
        place: &'a Place,
        server: &PrivateServer,
        questions: &[Question],
        folder: &Path,
    ) -> Result<Self> {
        // The last round is nobody else's.
        let round = content::rounds() - 1;
        let numbered = || {
            questions
                .iter()
                .enumerate()
                .map(|(at, question)| (question, Question::limit(round, at)))
        };
        let Some(cluster) = &place.cluster else {
            let script = folder.join("floor.sql");
            // As the server has it set up (backend/platform/src/persistence/connect.rs).
            let mut text = "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000; PRAGMA mmap_size = 268435456;\n".to_owned();
            for (question, limit) in numbered() {
                text.push_str(&format!("{};\n", question.bare_sqlite(limit)));
            }
            std::fs::write(&script, text)?;
            return Ok(Self::Sqlite { file: place.database_file()?, script });
        };
        let bare: Option<Vec<String>> = numbered()
            .map(|(question, limit)| Some(format!("{};", question.bare_postgres(limit)?)))
            .collect();
        let statements = match bare {
            Some(statements) => statements,
            None => replay::reads(&replay::capture(cluster, || {
                numbered().try_for_each(|(question, limit)| {
                    server.ask("GET", &question.path(limit), &[], None).map(drop)
                })
            })?),
        };
        anyhow::ensure!(statements.len() >= questions.len(), "not every question was heard");
        Ok(Self::Postgres { cluster, statements })
    }

    /// Milliseconds of all questions one after the other.
    fn milliseconds(&self) -> Result<f64> {
        match self {
            Self::Postgres { cluster, statements } => replay::milliseconds(cluster, statements),
            Self::Sqlite { file, script } => {
                let began = Instant::now();
                let output = Command::new("sqlite3")
                    .args(["-bail", "-readonly"])
                    .arg(file)
                    .stdin(std::fs::File::open(script)?)
                    .stdout(Stdio::null())
                    .output()
                    .context("cannot start sqlite3")?;
                if !output.status.success() {
                    bail!("sqlite3: {}", String::from_utf8_lossy(&output.stderr).trim());
                }
                Ok(began.elapsed().as_secs_f64() * 1000.0)
            }
        }
    }
}

/// Mean milliseconds of a question.
#[derive(Debug, Clone, Copy)]
pub struct Rounds {
    pub ours: f64,
    pub floor: Option<f64>,
}

/// Asks every question once in each round, one connection, ours and the floor in turns, for so long.
pub fn rounds(
    server: &PrivateServer,
    questions: &[Question],
    run: Duration,
    floor: Option<&Floor<'_>>,
) -> Result<Rounds> {
    let (mut ours, mut theirs, mut done) = (0.0, 0.0, 0.0);
    let began = Instant::now();
    let sides = if floor.is_some() { 2 } else { 1 };
    for round in 0..content::rounds() - 1 {
        if done >= 2.0 && began.elapsed() >= run * sides {
            break;
        }
        let round_began = Instant::now();
        for (at, question) in questions.iter().enumerate() {
            server.ask("GET", &question.path(Question::limit(round, at)), &[], None)?;
        }
        let ours_now = round_began.elapsed().as_secs_f64() * 1000.0;
        let theirs_now = floor.map(Floor::milliseconds).transpose()?.unwrap_or_default();
        // The first round fills the caches of the database for both.
        if round > 0 {
            ours += ours_now;
            theirs += theirs_now;
            done += 1.0;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a hundred questions")]
    let asked = done * questions.len() as f64;
    Ok(Rounds { ours: ours / asked, floor: floor.map(|_| theirs / asked) })
}
