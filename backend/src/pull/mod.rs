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
mod progress;
mod settings;
mod source;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use nq57_platform::config::Log;
use nq57_platform::http::observability;
use nq57_shared::feed::{ChangeSchemas, ChangeSummary, LIMIT_MAX, VERSION, WAIT_MAX};
use tokio::signal::unix::{SignalKind, signal};

use answer::Came;
use ending::{Ending, OrStop, Outcome, Stop};
use mirror::Mirror;
use progress::Progress;
use settings::Settings;
use source::Source;

/// So often in a row an answer may be cut off.
const CUTS: u32 = 3;
/// So often the source may have moved on before it is compared.
const COMPARISONS: u32 = 5;

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
    match pull(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop { ending, reason }) => {
            eprintln!("nq57 pull: {reason}");
            ExitCode::from(ending as u8)
        }
    }
}

async fn pull(args: &PullArgs) -> Outcome<()> {
    let mut settings = Settings::read(&args.settings)?;
    if !args.types.is_empty() {
        settings.pull.types = args.types.iter().cloned().collect();
    }
    let mut source = Source::of(&settings)?;
    let mut mirror = Mirror::open(&settings, args.full).await?;
    let schemas: ChangeSchemas = source.json("/changes/schema").await?;
    if schemas.feed != VERSION {
        let reason =
            format!("the source speaks version {} of the feed: take a newer tool", schemas.feed);
        return Err(Stop::because(Ending::Version, reason));
    }
    let wanted = &settings.pull.types;
    let known: Vec<_> = schemas
        .types
        .into_iter()
        .filter(|one| wanted.is_empty() || wanted.contains(&one.kind))
        .collect();
    mirror.prepare(&known).await?;
    let mut run = Run {
        query: query(&settings.pull.types, &settings.pull.provinces),
        progress: Progress::begin(args.quiet || args.json),
        source,
        mirror,
    };
    run.catch_up(0).await?;
    if args.verify {
        run.verify().await?;
    }
    if args.follow {
        run.follow().await?;
    }
    run.progress.end(args.json);
    Ok(())
}

/// What is asked for, but for the place.
fn query(types: &BTreeSet<String>, provinces: &BTreeSet<String>) -> String {
    let list = |name: &str, values: &BTreeSet<String>| {
        let values: Vec<String> = values.iter().map(|value| encoded(value)).collect();
        (!values.is_empty()).then(|| format!("{name}={}", values.join(",")))
    };
    [list("types", types), list("province", provinces)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("&")
}

fn encoded(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    value
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

struct Run {
    source: Source,
    mirror: Mirror,
    query: String,
    progress: Progress,
}

impl Run {
    /// Takes everything there is; waits up to so many seconds for something.
    async fn catch_up(&mut self, wait: u64) -> Outcome<()> {
        let mut cuts = 0;
        let mut wait = wait;
        loop {
            let after = self.mirror.state().cursor.as_ref();
            let after = after.map(|cursor| format!("&after={cursor}")).unwrap_or_default();
            let path = format!("/changes?{}&limit={LIMIT_MAX}&wait={wait}{after}", self.query);
            let answer = self.source.get(&path).await?;
            let before = self.mirror.state().cursor.clone();
            match answer::take(answer, &mut self.mirror, &mut self.progress).await? {
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
                }
                Came::Reset(reason) => {
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
            // What is cut off here was not kept, and comes again.
            tokio::select! {
                outcome = self.catch_up(WAIT_MAX) => outcome?,
                _ = terminate.recv() => return Ok(()),
                _ = interrupt.recv() => return Ok(()),
            }
        }
    }

    /// Compares the copy with the figures of the source at the same place.
    async fn verify(&mut self) -> Outcome<()> {
        for _ in 0..COMPARISONS {
            let path = format!("/changes/summary?{}", self.query);
            let said: ChangeSummary = self.source.json(&path).await?;
            if self.mirror.state().cursor.as_deref() != Some(said.next.as_str()) {
                self.catch_up(0).await?;
                continue;
            }
            let sums = self.mirror.sums().await?;
            let mut differ = Vec::new();
            for one in said.types {
                let ours =
                    sums.get(&one.kind).map(|sum| (sum.live(), sum.hex())).unwrap_or_default();
                let is_none = one.live == 0 && ours.0 == 0;
                if !is_none && ours != (one.live, one.digest) {
                    differ.push(format!("{}: {} here, {} there", one.kind, ours.0, one.live));
                }
            }
            return match differ.is_empty() {
                true => Ok(()),
                false => {
                    let reason =
                        format!("the mirror differs: {}; --full mends it", differ.join("; "));
                    Err(Stop::because(Ending::Differs, reason))
                }
            };
        }
        let reason = format!("the source moved on {COMPARISONS} times before it could be compared");
        Err(Stop::because(Ending::Away, reason))
    }
}
