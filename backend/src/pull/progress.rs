//! What a run tells while it goes on: a bar on a terminal, else a line a minute; one JSON object at its end.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::answer::Pulled;
use super::ending::Stop;

const EVERY: Duration = Duration::from_secs(60);
const BAR: &str = "{bar:30} {percent:>3} % {msg} {eta}";

/// How many of one type.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Counts {
    upserts: u64,
    deletes: u64,
}

/// The end of a run as JSON.
#[derive(Serialize)]
struct Report<'a> {
    types: &'a BTreeMap<String, Counts>,
    upserts: u64,
    deletes: u64,
    bytes: u64,
    seconds: f64,
    /// Seconds since the place of the copy was the head of the source; nothing when it never was.
    cursor_age: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure<'a>>,
}

#[derive(Serialize)]
struct Failure<'a> {
    exit: u8,
    reason: &'a str,
}

/// What has come so far.
pub struct Progress {
    is_quiet: bool,
    bar: Option<ProgressBar>,
    began: Instant,
    told: Instant,
    current: Option<Instant>,
    types: BTreeMap<String, Counts>,
    bytes: u64,
    /// Number of the first change that came, and of the last that there is.
    first: Option<i64>,
    head: i64,
}

impl Progress {
    pub fn begin(is_quiet: bool) -> Self {
        let now = Instant::now();
        let bar = (!is_quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
            bar.with_style(
                ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar()),
            )
        });
        Self {
            is_quiet,
            bar,
            began: now,
            told: now,
            current: None,
            types: BTreeMap::new(),
            bytes: 0,
            first: None,
            head: 0,
        }
    }

    pub fn received(&mut self, bytes: usize) {
        self.bytes += u64::try_from(bytes).unwrap_or_default();
    }

    /// An answer goes as far as this.
    pub fn heads_for(&mut self, head: i64) {
        self.head = head;
    }

    pub fn kept(&mut self, changes: &[Pulled]) {
        for change in changes {
            let counts = self.types.entry(change.kind.clone()).or_default();
            match change.data {
                Some(_) => counts.upserts += 1,
                None => counts.deletes += 1,
            }
        }
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return };
        let first = *self.first.get_or_insert(first.seq);
        if let Some(bar) = &self.bar {
            let from_first = |seq: i64| u64::try_from(seq - first).unwrap_or_default();
            bar.set_length(from_first(self.head));
            bar.set_position(from_first(last.seq));
            bar.set_message(self.text());
        } else if !self.is_quiet && self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            say(&self.text());
        }
    }

    /// The copy is where the source is.
    pub fn is_current(&mut self) {
        self.current = Some(Instant::now());
    }

    fn sum(&self, of: impl Fn(&Counts) -> u64) -> u64 {
        self.types.values().map(of).sum()
    }

    fn text(&self) -> String {
        let changes = self.sum(|one| one.upserts + one.deletes);
        let seconds = self.began.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "for a person")]
        let rate = changes as f64 / seconds.max(0.001);
        format!("{changes} changes, {} KB, {rate:.0} a second", self.bytes / 1024)
    }

    /// Says what was done, and why it was not more.
    pub fn end(&self, as_json: bool, stop: Option<&Stop>) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if as_json {
            let report = Report {
                types: &self.types,
                upserts: self.sum(|one| one.upserts),
                deletes: self.sum(|one| one.deletes),
                bytes: self.bytes,
                seconds: self.began.elapsed().as_secs_f64(),
                cursor_age: self.current.map(|at| at.elapsed().as_secs_f64()),
                failure: stop.map(|stop| Failure { exit: stop.ending as u8, reason: &stop.reason }),
            };
            let text = serde_json::to_string(&report).unwrap_or_default();
            // Nobody may be reading.
            let _ = writeln!(std::io::stdout(), "{text}");
        } else if !self.is_quiet && stop.is_none() {
            say(&self.text());
        }
        if let Some(stop) = stop {
            say(&format!("nq57 pull: {}", stop.reason));
        }
    }
}

fn say(text: &str) {
    // Nobody may be reading.
    let _ = writeln!(std::io::stderr(), "{text}");
}
