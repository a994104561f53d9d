//! The table: ours, floor, ratio, target, met or missed; as Markdown and as JSON under the target folder.
//! Refuses a verdict where no target was set.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    PerSecond,
    Seconds,
    Milliseconds,
    Megabytes,
    Kilobytes,
    Points,
}

impl Unit {
    fn text(self) -> &'static str {
        match self {
            Unit::PerSecond => "/s",
            Unit::Seconds => "s",
            Unit::Milliseconds => "ms",
            Unit::Megabytes => "MB",
            Unit::Kilobytes => "KB",
            Unit::Points => "of 100",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Target {
    AtLeast(f64),
    AtMost(f64),
    RatioAtLeast(f64),
    RatioAtMost(f64),
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measure {
    name: String,
    unit: Unit,
    ours: f64,
    floor: Option<f64>,
    target: Option<Target>,
}

impl Measure {
    pub fn alone(name: &str, unit: Unit, ours: f64) -> Self {
        Self { name: name.to_owned(), unit, ours, floor: None, target: None }
    }

    pub fn rate(name: &str, ours: f64, floor: f64) -> Self {
        Self { floor: Some(floor), ..Self::alone(name, Unit::PerSecond, ours) }
    }

    pub fn latency(name: &str, ours: f64, floor: Option<f64>) -> Self {
        Self { floor, ..Self::alone(name, Unit::Milliseconds, ours) }
    }

    pub fn at_least(self, value: f64) -> Self {
        Self { target: Some(Target::AtLeast(value)), ..self }
    }

    pub fn at_most(self, value: f64) -> Self {
        Self { target: Some(Target::AtMost(value)), ..self }
    }

    pub fn at_least_ratio(self, ratio: f64) -> Self {
        Self { target: Some(Target::RatioAtLeast(ratio)), ..self }
    }

    pub fn at_most_ratio(self, ratio: f64) -> Self {
        Self { target: Some(Target::RatioAtMost(ratio)), ..self }
    }

    fn ratio(&self) -> Option<f64> {
        self.floor.filter(|floor| *floor > 0.0).map(|floor| self.ours / floor)
    }

    fn verdict(&self) -> Option<bool> {
        match self.target? {
            Target::AtLeast(least) => Some(self.ours >= least),
            Target::AtMost(most) => Some(self.ours <= most),
            Target::RatioAtLeast(least) => self.ratio().map(|ratio| ratio >= least),
            Target::RatioAtMost(most) => self.ratio().map(|ratio| ratio <= most),
        }
    }

    fn row(&self, place: &str) -> String {
        let unit = self.unit.text();
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let target = self.target.map(|target| match target {
            Target::AtLeast(least) => format!("at least {least} {unit}"),
            Target::AtMost(most) => format!("at most {most} {unit}"),
            Target::RatioAtLeast(least) => format!("at least {least}x"),
            Target::RatioAtMost(most) => format!("at most {most}x"),
        });
        let verdict = self.verdict().map(|is_met| if is_met { "met" } else { "missed" }.to_owned());
        format!(
            "| {} | {place} | {} {unit} | {} | {} | {} | {} |",
            self.name,
            rounded(self.ours),
            or_dash(self.floor.map(|floor| format!("{} {unit}", rounded(floor)))),
            or_dash(self.ratio().map(|ratio| format!("{ratio:.2}x"))),
            or_dash(target),
            or_dash(verdict),
        )
    }
}

fn rounded(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

#[derive(Debug, Serialize)]
pub struct Report {
    #[serde(skip)]
    folder: PathBuf,
    about: String,
    cores: usize,
    measures: Vec<(String, Measure)>,
    /// Rows that could not be measured, and why.
    failures: Vec<(String, String, String)>,
}

impl Report {
    /// An empty one in this folder. Every row is written as it comes: no later failure takes it away.
    pub fn begin(folder: &Path, about: String) -> Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let folder = folder.to_owned();
        let report = Self { folder, about, cores, measures: Vec::new(), failures: Vec::new() };
        report.write()?;
        Ok(report)
    }

    pub fn add(&mut self, place: &str, measure: Measure) -> Result<()> {
        println!("{}", measure.row(place));
        self.measures.push((place.to_owned(), measure));
        self.write()
    }

    /// Adds the rows that `work` measures, or says why there are none.
    pub fn attempt(
        &mut self,
        place: &str,
        name: &str,
        work: impl FnOnce() -> Result<Vec<Measure>>,
    ) -> Result<()> {
        match work() {
            Ok(measures) => measures.into_iter().try_for_each(|measure| self.add(place, measure)),
            Err(error) => {
                let reason = format!("{error:#}");
                println!("{}", failed_row(place, name, &reason));
                self.failures.push((place.to_owned(), name.to_owned(), reason));
                self.write()
            }
        }
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "# Bench\n\n{}, {} cores, floors measured in the same run.\n\n\
             | what | on | ours | floor | ratio | target | |\n|---|---|---|---|---|---|---|\n",
            self.about, self.cores
        );
        for (place, measure) in &self.measures {
            let _infallible = writeln!(text, "{}", measure.row(place));
        }
        for (place, name, reason) in &self.failures {
            let _infallible = writeln!(text, "{}", failed_row(place, name, reason));
        }
        text
    }

    fn write(&self) -> Result<()> {
        std::fs::write(self.folder.join("report.md"), self.markdown())?;
        std::fs::write(self.folder.join("report.json"), serde_json::to_vec_pretty(self)?)?;
        Ok(())
    }

    /// Prints the table.
    ///
    /// # Errors
    /// When a row could not be measured.
    pub fn end(&self) -> Result<()> {
        println!("\n{}", self.markdown());
        if !self.failures.is_empty() {
            bail!("{} rows could not be measured", self.failures.len());
        }
        Ok(())
    }
}

fn failed_row(place: &str, name: &str, reason: &str) -> String {
    let line: String = reason.lines().next().unwrap_or_default().chars().take(200).collect();
    format!("| {name} | {place} | - | - | - | - | failed: {} |", line.replace('|', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_ratio_and_verdict() {
        let met = Measure::rate("list", 8000.0, 10_000.0).at_least_ratio(0.7);
        assert_eq!(
            met.row("SQLite"),
            "| list | SQLite | 8000 /s | 10000 /s | 0.80x | at least 0.7x | met |"
        );
        let missed = Measure::latency("search", 3.0, Some(1.0)).at_most_ratio(1.5);
        assert!(missed.row("SQLite").ends_with("| 3.00x | at most 1.5x | missed |"));
        let unknown = Measure::latency("search", 3.0, None).at_most_ratio(1.5);
        assert!(unknown.row("SQLite").ends_with("| - | - | at most 1.5x | - |"));
    }

    #[test]
    fn a_row_is_on_the_disk_before_the_next_is_measured_and_a_failed_one_takes_none_away() {
        let folder = tempfile::tempdir().unwrap();
        let written = || std::fs::read_to_string(folder.path().join("report.md")).unwrap();
        let mut report = Report::begin(folder.path(), "3 products".to_owned()).unwrap();
        report.add("SQLite", Measure::rate("list", 8.0, 10.0)).unwrap();
        report
            .attempt("browser", "start page", || {
                assert!(written().contains("| list | SQLite | 8.00 /s |"), "{}", written());
                bail!("the browser crashed\nand more")
            })
            .unwrap();
        report
            .attempt("browser", "catalogue", || {
                Ok(vec![Measure::alone("catalogue", Unit::Points, 90.0)])
            })
            .unwrap();
        for row in [
            "| list | SQLite | 8.00 /s |",
            "| catalogue | browser | 90.00 of 100 |",
            "| start page | browser | - | - | - | - | failed: the browser crashed |",
        ] {
            assert!(written().contains(row), "{}", written());
        }
        assert!(report.end().is_err(), "a run that lacks a row is no success");
    }
}
