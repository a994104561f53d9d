//! What a run tells while it goes on: a line that moves on a terminal, else one a minute; one JSON object at its end.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::answer::Pulled;

const ON_A_TERMINAL: Duration = Duration::from_millis(200);
const ELSEWHERE: Duration = Duration::from_secs(60);

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
    /// Seconds since the place of the copy was the head of the source.
    cursor_age: f64,
}

/// What has come so far.
pub struct Progress {
    is_quiet: bool,
    is_terminal: bool,
    began: Instant,
    told: Instant,
    current: Instant,
    types: BTreeMap<String, Counts>,
    bytes: u64,
}

impl Progress {
    pub fn begin(is_quiet: bool) -> Self {
        let now = Instant::now();
        let is_terminal = std::io::stderr().is_terminal();
        let types = BTreeMap::new();
        Self { is_quiet, is_terminal, began: now, told: now, current: now, types, bytes: 0 }
    }

    pub fn received(&mut self, bytes: usize) {
        self.bytes += u64::try_from(bytes).unwrap_or_default();
    }

    pub fn kept(&mut self, changes: &[Pulled]) {
        for change in changes {
            let counts = self.types.entry(change.kind.clone()).or_default();
            match change.data {
                Some(_) => counts.upserts += 1,
                None => counts.deletes += 1,
            }
        }
        let every = if self.is_terminal { ON_A_TERMINAL } else { ELSEWHERE };
        if !self.is_quiet && self.told.elapsed() >= every {
            self.told = Instant::now();
            self.tell();
        }
    }

    /// The copy is where the source is.
    pub fn is_current(&mut self) {
        self.current = Instant::now();
    }

    fn sum(&self, of: impl Fn(&Counts) -> u64) -> u64 {
        self.types.values().map(of).sum()
    }

    fn tell(&self) {
        let changes = self.sum(|one| one.upserts + one.deletes);
        let seconds = self.began.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "for a person")]
        let rate = changes as f64 / seconds.max(0.001);
        let text = format!("{changes} changes, {} KB, {rate:.0} a second", self.bytes / 1024);
        let mut out = std::io::stderr();
        // Nobody may be reading.
        let _ = match self.is_terminal {
            true => write!(out, "\r{text}\u{1b}[K"),
            false => writeln!(out, "{text}"),
        };
    }

    /// Says what was done.
    pub fn end(&self, as_json: bool) {
        if as_json {
            let report = Report {
                types: &self.types,
                upserts: self.sum(|one| one.upserts),
                deletes: self.sum(|one| one.deletes),
                bytes: self.bytes,
                seconds: self.began.elapsed().as_secs_f64(),
                cursor_age: self.current.elapsed().as_secs_f64(),
            };
            println!("{}", serde_json::to_string(&report).unwrap_or_default());
        } else if !self.is_quiet {
            self.tell();
            if self.is_terminal {
                eprintln!();
            }
        }
    }
}
