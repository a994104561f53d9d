//! `nq57 pull`: keeps a copy of what a portal shows to others, complete and current, in a database or a folder. One command
//! in a nightly job; each end is a number that the job can act on (`docs/pull.md`).
//!
//! Knows the feed and the settings, no domain: a type that comes tomorrow has a table tomorrow.

mod answer;
mod columns;
mod database;
mod ending;
mod folder;
mod mirror;
mod opening;
mod progress;
mod settings;
mod source;
mod verify;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use nq57_platform::config::Log;
use nq57_platform::http::observability;
use nq57_shared::feed::{ChangeSchemas, LIMIT_MAX, VERSION, WAIT_MAX};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep, sleep_until};

use answer::Came;
use ending::{Ending, OrStop, Outcome, Stop};
use mirror::Mirror;
use progress::Progress;
use settings::Settings;
use source::Source;

/// So often in a row an answer may be cut off.
const CUTS: u32 = 3;
/// So often a source that never rests is asked for what has changed while it was copied.
const ROUNDS: u32 = 5;
/// Before it is asked again.
const AFTER_A_CUT: Duration = Duration::from_millis(500);
/// Who follows asks no more often, whatever the source says.
const BETWEEN_REQUESTS: Duration = Duration::from_secs(1);

/// Keep a copy of a portal's data in a database or a folder.
#[derive(Debug, Args)]
pub struct PullArgs {
    /// TOML file with source, mirror and what is copied.
    #[arg(long, value_name = "FILE")]
    settings: PathBuf,
    /// Copy everything anew; also mends a damaged mirror.
    #[arg(long)]
    full: bool,
    /// Compare the copy with the source at the end.
    #[arg(long)]
    verify: bool,
    /// End when the copy is current; what happens by itself.
    #[arg(long, conflicts_with = "follow")]
    once: bool,
    /// Go on until SIGTERM.
    #[arg(long)]
    follow: bool,
    /// Only these types; takes the place of the settings'.
    #[arg(long, value_delimiter = ',')]
    types: Vec<String>,
    /// Tell nothing but failures.
    #[arg(long)]
    quiet: bool,
    /// One JSON object at the end.
    #[arg(long)]
    json: bool,
}

/// Runs it; the exit code says how it ended.
pub async fn run(args: PullArgs) -> ExitCode {
    // It may have been started before.
    let _ = observability::start_logging(&Log { filter: "warn".into(), ..Log::default() });
    let mut progress = Progress::begin(args.quiet || args.json);
    let ended = pull(&args, &mut progress).await.map_err(|stop| stop.of_file(&args.settings));
    progress.end(args.json, ended.as_ref().err());
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => ExitCode::from(stop.ending as u8),
    }
}

async fn pull(args: &PullArgs, progress: &mut Progress) -> Outcome<()> {
    let mut settings = Settings::read(&args.settings)?;
    if !args.types.is_empty() {
        settings.pull.types = args.types.iter().cloned().collect();
    }
    let mut source = Source::of(&settings)?;
    let mut mirror = Mirror::open(&settings, args.full).await?;
    let schemas: ChangeSchemas = source.json("/changes/schema").await?;
    if schemas.feed != VERSION {
        let reason = format!(
            "the source speaks version {} of the feed, this tool {VERSION}: take a newer one",
            schemas.feed
        );
        return Err(Stop::because(Ending::Version, reason));
    }
    let wanted = &settings.pull.types;
    let known: Vec<_> = schemas
        .types
        .into_iter()
        .filter(|one| wanted.is_empty() || wanted.contains(&one.kind))
        .collect();
    mirror.prepare(&known, !wanted.is_empty()).await?;
    let query = query(&settings.pull.types, &settings.pull.provinces);
    let mut run = Run { query, progress, source, mirror };
    run.catch_up(0).await?;
    if args.verify {
        run.verify().await?;
    }
    if args.follow {
        run.follow().await?;
    }
    Ok(())
}

/// What is asked for, but for the place; ends so that more can follow.
fn query(types: &BTreeSet<String>, provinces: &BTreeSet<String>) -> String {
    let list = |name: &str, values: &BTreeSet<String>| {
        let values: Vec<String> = values.iter().map(|value| encoded(value)).collect();
        (!values.is_empty()).then(|| format!("{name}={}&", values.join(",")))
    };
    [list("types", types), list("province", provinces)].into_iter().flatten().collect()
}

fn encoded(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    value
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

struct Run<'a> {
    source: Source,
    mirror: Mirror,
    query: String,
    progress: &'a mut Progress,
}

impl Run<'_> {
    /// Takes everything there is; waits up to so many seconds for something.
    async fn catch_up(&mut self, wait: u64) -> Outcome<()> {
        let (mut cuts, mut resets, mut rounds) = (0, 0, 0);
        let mut wait = wait;
        loop {
            let after = self.mirror.state().cursor.as_ref();
            let after = after.map(|cursor| format!("&after={cursor}")).unwrap_or_default();
            let path = format!("/changes?{}limit={LIMIT_MAX}&wait={wait}{after}", self.query);
            let answer = self.source.get(&path).await?;
            let before = self.mirror.state().cursor.clone();
            let is_enough = rounds >= ROUNDS;
            match answer::take(answer, is_enough, &mut self.mirror, self.progress).await? {
                Came::Whole { more: false } if self.mirror.state().is_copying => {
                    (cuts, rounds) = (0, rounds + 1);
                }
                Came::Whole { more: false } => {
                    self.progress.is_current();
                    return Ok(());
                }
                Came::Whole { more: true } => cuts = 0,
                Came::Cut(reason) => {
                    // What came further was no failure.
                    cuts = if self.mirror.state().cursor == before { cuts + 1 } else { 1 };
                    if cuts >= CUTS {
                        let reason =
                            format!("the source was cut off {CUTS} times in a row: {reason}");
                        return Err(Stop::because(Ending::Away, reason));
                    }
                    sleep(AFTER_A_CUT).await;
                }
                Came::Corrupt(reason) => {
                    self.mirror.rewind(before).await?;
                    cuts += 1;
                    if cuts >= CUTS {
                        return Err(Stop::because(Ending::Away, reason));
                    }
                    sleep(AFTER_A_CUT).await;
                }
                Came::Reset(reason) if resets == CUTS => {
                    let reason = format!("the source forgets its own places: {reason}");
                    return Err(Stop::because(Ending::Away, reason));
                }
                Came::Reset(reason) => {
                    resets += 1;
                    tracing::warn!(reason, "everything is copied anew");
                    self.mirror.begin_copy();
                }
            }
            wait = 0;
        }
    }

    async fn follow(&mut self) -> Outcome<()> {
        let mut terminate =
            signal(SignalKind::terminate()).or_stop(Ending::Unforeseen, "signals")?;
        let mut interrupt =
            signal(SignalKind::interrupt()).or_stop(Ending::Unforeseen, "signals")?;
        loop {
            let soon = Instant::now() + BETWEEN_REQUESTS;
            let next = async {
                self.catch_up(WAIT_MAX).await?;
                sleep_until(soon).await;
                Ok(())
            };
            // What is cut off here was not kept, and comes again.
            tokio::select! {
                outcome = next => outcome?,
                _ = terminate.recv() => return Ok(()),
                _ = interrupt.recv() => return Ok(()),
            }
        }
    }
}
