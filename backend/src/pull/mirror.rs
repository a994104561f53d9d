//! The copy, in a database or a folder, with what is known of it. Lines and the place to go on from are kept together.

use std::collections::{BTreeMap, BTreeSet};

use nq57_platform::clock::Clock;
use nq57_platform::feed::Parts;
use nq57_shared::feed::TypeSchema;
use nq57_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::answer::Pulled;
use super::database::Database;
use super::ending::{Ending, Outcome, Stop};
use super::folder::Folder;
use super::settings::Settings;

/// The form of what is kept about a copy. A greater one is of a newer tool.
pub const FORM: u32 = 1;

/// What is copied from where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub source: String,
    pub types: BTreeSet<String>,
    pub provinces: BTreeSet<String>,
}

/// What is known of a copy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub form: u32,
    #[serde(flatten)]
    pub about: About,
    /// The place to go on from; nothing before the first.
    pub cursor: Option<String>,
    /// Grows with each whole copy: what bears an older number at its end was not met.
    pub copy: u64,
    /// Whether a whole copy is on its way.
    pub is_copying: bool,
    /// The types that have come.
    pub types_known: BTreeSet<String>,
    /// When something was last kept, by the clock of this machine: for people.
    #[serde(default)]
    pub last_run: Option<Timestamp>,
}

/// A copy.
pub struct Mirror {
    place: Place,
    clock: Clock,
}

enum Place {
    Database(Box<Database>),
    Folder(Box<Folder>),
}

impl Mirror {
    /// Opens the copy for this process alone. `anew` mends what is damaged by beginning again.
    pub async fn open(settings: &Settings, anew: bool) -> Outcome<Self> {
        let place = match (&settings.mirror.database, &settings.mirror.folder) {
            (Some(url), _) => Place::Database(Box::new(Database::open(url, anew).await?)),
            (None, Some(folder)) => Place::Folder(Box::new(Folder::open(folder, anew)?)),
            (None, None) => return Err(Stop::because(Ending::Settings, "there is no mirror")),
        };
        let mut mirror = Self { place, clock: Clock::system() };
        let about = About {
            source: settings.source.url.trim_end_matches('/').to_owned(),
            types: settings.pull.types.clone(),
            provinces: settings.pull.provinces.clone(),
        };
        let state = mirror.state().clone();
        if state.form > FORM {
            return Err(Stop::because(Ending::Mirror, "the mirror is of a newer tool"));
        }
        if state.cursor.is_some() && state.about.source != about.source && !anew {
            let reason = format!(
                "the mirror is of {}; --full makes it one of {}",
                state.about.source, about.source
            );
            return Err(Stop::because(Ending::Mirror, reason));
        }
        let is_other = state.about != about;
        mirror.state_mut().form = FORM;
        mirror.state_mut().about = about;
        if anew || is_other || (state.cursor.is_none() && !state.is_copying) {
            mirror.begin_copy();
        }
        Ok(mirror)
    }

    pub fn state(&self) -> &State {
        match &self.place {
            Place::Database(database) => &database.state,
            Place::Folder(folder) => &folder.state,
        }
    }

    fn state_mut(&mut self) -> &mut State {
        match &mut self.place {
            Place::Database(database) => &mut database.state,
            Place::Folder(folder) => &mut folder.state,
        }
    }

    /// From now on everything comes again; what does not is dropped at the end, so that readers never see the copy empty.
    pub fn begin_copy(&mut self) {
        let state = self.state_mut();
        state.cursor = None;
        state.copy += 1;
        state.is_copying = true;
    }

    /// Learns what these types look like, and makes room for those that were asked for by name.
    pub async fn prepare(&mut self, types: &[TypeSchema], by_name: bool) -> Outcome<()> {
        match &mut self.place {
            Place::Database(database) => database.prepare(types, by_name).await,
            Place::Folder(_) => Ok(()),
        }
    }

    /// Keeps these changes together with the place that follows them. `is_all`: nothing is missing there.
    pub async fn keep(&mut self, changes: &[Pulled], next: &str, is_all: bool) -> Outcome<()> {
        let mut state = self.state().clone();
        state.cursor = Some(next.to_owned());
        state.types_known.extend(changes.iter().map(|change| change.kind.clone()));
        state.last_run = Some(self.clock.now());
        let ends_copy = is_all && state.is_copying;
        state.is_copying &= !is_all;
        match &mut self.place {
            Place::Database(database) => database.keep(changes, state, ends_copy).await,
            Place::Folder(folder) => folder.keep(changes, state, ends_copy),
        }
    }

    /// Goes back to this place: what came after it is not to be trusted, and comes again.
    pub async fn rewind(&mut self, cursor: Option<String>) -> Outcome<()> {
        let mut state = self.state().clone();
        state.cursor = cursor;
        match &mut self.place {
            Place::Database(database) => database.keep(&[], state, false).await,
            Place::Folder(folder) => folder.keep(&[], state, false),
        }
    }

    /// The figures of what is there, by type.
    pub async fn sums(&self) -> Outcome<BTreeMap<String, Parts>> {
        match &self.place {
            Place::Database(database) => database.sums().await,
            Place::Folder(folder) => folder.sums(),
        }
    }
}
