//! The table: ours, floor, ratio, target, met or missed; as Markdown and as JSON under the target folder.
//! Refuses a verdict where no target was set.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    PerSecond,
    Milliseconds,
    Megabytes,
    Kilobytes,
    Points,
}

impl Unit {
    fn text(self) -> &'static str {
        match self {
            Unit::PerSecond => "/s",
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
    products: u32,
    cores: usize,
    measures: Vec<(String, Measure)>,
}

impl Report {
    pub fn new(products: u32) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { products, cores, measures: Vec::new() }
    }

    pub fn add(&mut self, place: &str, measure: Measure) {
        println!("{}", measure.row(place));
        self.measures.push((place.to_owned(), measure));
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "# Bench\n\n{} products, {} cores, floors measured in the same run.\n\n\
             | what | on | ours | floor | ratio | target | |\n|---|---|---|---|---|---|---|\n",
            self.products, self.cores
        );
        for (place, measure) in &self.measures {
            let _infallible = writeln!(text, "{}", measure.row(place));
        }
        text
    }

    /// Writes `report.md` and `report.json`, and prints the table.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let text = self.markdown();
        std::fs::write(folder.join("report.md"), &text)?;
        std::fs::write(folder.join("report.json"), serde_json::to_vec_pretty(self)?)?;
        println!("\n{text}");
        Ok(())
    }
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
}
