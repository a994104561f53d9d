//! How a run ends, in numbers that a timer or a script can act on.

use std::fmt::Display;
use std::path::Path;

/// Why a run ended before it was complete. The number is the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nobody has thought of it.
    Unforeseen = 1,
    /// The settings are wrong; names file and key.
    Settings = 2,
    /// The source is away, or cut off again and again. The mirror is consistent and goes on next time.
    Away = 3,
    /// The source refuses these credentials.
    Refused = 4,
    /// The mirror is not what the source says.
    Differs = 5,
    /// The mirror is locked, damaged, cannot be written, or is of a newer tool.
    Mirror = 6,
    /// The source speaks another version of the feed.
    Version = 7,
}

/// An ending with its reason, for the administrator.
#[derive(Debug)]
pub struct Stop {
    pub ending: Ending,
    pub reason: String,
}

pub type Outcome<T> = Result<T, Stop>;

impl Stop {
    pub fn because(ending: Ending, reason: impl Into<String>) -> Self {
        Self { ending, reason: reason.into() }
    }

    /// Names the file whose settings are wrong.
    pub fn of_file(mut self, file: &Path) -> Self {
        let name = file.display().to_string();
        if self.ending == Ending::Settings && !self.reason.contains(&name) {
            self.reason = format!("{name}: {}", self.reason);
        }
        self
    }
}

/// Gives a failure its ending.
pub trait OrStop<T> {
    /// With what was being done.
    fn or_stop(self, ending: Ending, what: impl Display) -> Outcome<T>;
}

impl<T, E: Display> OrStop<T> for Result<T, E> {
    fn or_stop(self, ending: Ending, what: impl Display) -> Outcome<T> {
        self.map_err(|error| Stop::because(ending, format!("{what}: {error:#}")))
    }
}
