//! A copy in a folder: for each type a file of lines as they came, and `state.json` with the length up to which each is
//! good. What lies behind it is cut off when a run begins. A whole copy fills files of its own, which take the place of the
//! others at its end.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use nq57_platform::feed::{Parts, Sum};
use serde::{Deserialize, Serialize};

use super::answer::Pulled;
use super::columns::table;
use super::ending::{Ending, OrStop, Outcome, Stop};
use super::mirror::{FORM, State};
use super::opening::{damaged, lock_file};

/// The good length of each file, by type.
type Lengths = BTreeMap<String, u64>;

/// What `state.json` holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    state: State,
    /// The number of the copy that readers read.
    shown: u64,
    lengths: Lengths,
    /// Of the copy that is on its way.
    #[serde(default)]
    coming: Lengths,
}

/// The copy.
pub struct Folder {
    path: PathBuf,
    kept: Kept,
    pub state: State,
    _lock: File,
}

impl Folder {
    pub fn open(path: &Path, anew: bool) -> Outcome<Self> {
        std::fs::create_dir_all(path).or_stop(Ending::Mirror, path.display())?;
        let lock = lock_file(&path.join("lock"))?;
        let file = path.join("state.json");
        let kept = match std::fs::read(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Kept::default(),
            Err(error) => return Err(damaged(error)),
            Ok(text) => match serde_json::from_slice::<Kept>(&text) {
                Ok(kept) => kept,
                Err(_) if anew => Kept::default(),
                Err(error) => return Err(damaged(format!("state.json cannot be read: {error}"))),
            },
        };
        if kept.state.form > FORM {
            return Err(Stop::because(Ending::Mirror, "the mirror is of a newer tool"));
        }
        let folder = Self { path: path.to_owned(), state: kept.state.clone(), kept, _lock: lock };
        folder.cut(anew)?;
        Ok(folder)
    }

    fn file(&self, kind: &str, copy: u64) -> PathBuf {
        let name = table(kind);
        self.path.join(format!("{}.{copy}.ndjson", name.trim_start_matches("nq57_")))
    }

    fn files(&self) -> impl Iterator<Item = (PathBuf, u64)> {
        let shown = self.kept.lengths.iter().map(|(kind, good)| (kind, self.kept.shown, *good));
        let coming = self.kept.coming.iter().map(|(kind, good)| (kind, self.state.copy, *good));
        shown.chain(coming).map(|(kind, copy, good)| (self.file(kind, copy), good))
    }

    /// Cuts off what was written after the last place that was kept.
    fn cut(&self, anew: bool) -> Outcome<()> {
        for (path, good) in self.files() {
            let length = std::fs::metadata(&path).map(|about| about.len()).unwrap_or_default();
            if length < good && !anew {
                let name = path.display();
                return Err(damaged(format!("{name} has {length} bytes of {good}")));
            }
            if length > good {
                let file = File::options().write(true).open(&path);
                let file = file.or_stop(Ending::Mirror, path.display())?;
                file.set_len(good).or_stop(Ending::Mirror, path.display())?;
            }
        }
        Ok(())
    }

    pub fn keep(&mut self, changes: &[Pulled], state: State, ends_copy: bool) -> Outcome<()> {
        let mut kept = self.kept.clone();
        let is_copying = state.is_copying || ends_copy;
        if is_copying && self.kept.state.copy != state.copy {
            kept.coming = Lengths::new();
        }
        let lengths = if is_copying { &mut kept.coming } else { &mut kept.lengths };
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        for change in changes {
            texts.entry(change.kind.as_str()).or_default().push_str(&change.line);
        }
        for (kind, text) in texts {
            let path = self.file(kind, if is_copying { state.copy } else { kept.shown });
            let good = lengths.entry(kind.to_owned()).or_default();
            append(&path, *good, text.as_bytes()).or_stop(Ending::Mirror, path.display())?;
            *good += u64::try_from(text.len()).unwrap_or_default();
        }
        if ends_copy {
            kept.shown = state.copy;
            kept.lengths = std::mem::take(&mut kept.coming);
        }
        kept.state = state.clone();
        self.write(&kept)?;
        (self.kept, self.state) = (kept, state);
        if ends_copy { self.tidy().or_stop(Ending::Mirror, self.path.display()) } else { Ok(()) }
    }

    /// Removes the lines of other copies than the one that is read, also of those that never came to their end.
    fn tidy(&self) -> std::io::Result<()> {
        let shown: Vec<PathBuf> =
            self.kept.lengths.keys().map(|kind| self.file(kind, self.kept.shown)).collect();
        for entry in std::fs::read_dir(&self.path)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let parts: Vec<&str> = name.split('.').collect();
            let is_ours = matches!(parts[..], [_, copy, "ndjson"] if copy.parse::<u64>().is_ok());
            if is_ours && !shown.contains(&path) {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Written aside, then put in its place: it is whole at any moment.
    fn write(&self, kept: &Kept) -> Outcome<()> {
        let text = serde_json::to_vec_pretty(kept).or_stop(Ending::Unforeseen, "no JSON")?;
        let (aside, place) = (self.path.join("state.json.new"), self.path.join("state.json"));
        let written = (|| {
            let mut file = File::create(&aside)?;
            file.write_all(&text)?;
            file.sync_all()?;
            std::fs::rename(&aside, &place)?;
            File::open(&self.path)?.sync_all()
        })();
        written.or_stop(Ending::Mirror, place.display())
    }

    /// The figures of what the lines come to.
    pub fn sums(&self) -> Outcome<BTreeMap<String, Parts>> {
        #[derive(Deserialize)]
        struct Read<'a> {
            id: String,
            revision: i64,
            #[serde(borrow)]
            data: Option<&'a serde_json::value::RawValue>,
        }
        let mut sums = BTreeMap::new();
        for (kind, good) in &self.kept.lengths {
            let path = self.file(kind, self.kept.shown);
            let file = File::open(&path).or_stop(Ending::Mirror, path.display())?;
            let mut live: BTreeMap<String, (i64, [u8; 32])> = BTreeMap::new();
            for line in BufReader::new(file).take(*good).lines() {
                let line = line.or_stop(Ending::Mirror, path.display())?;
                let read: Read<'_> = serde_json::from_str(&line).map_err(damaged)?;
                match read.data {
                    Some(data) => {
                        live.insert(read.id, (read.revision, Sum::of_data(data.get())));
                    }
                    None => drop(live.remove(&read.id)),
                }
            }
            let mut parts = Parts::default();
            for (id, (revision, data)) in live {
                parts.of(&id).add_digest(kind, &id, revision, &data);
            }
            sums.insert(kind.clone(), parts);
        }
        Ok(sums)
    }
}

/// Writes after the good length, and waits for the disk.
fn append(path: &Path, good: u64, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::{Seek, SeekFrom};
    let mut file = File::options().create(true).truncate(false).write(true).open(path)?;
    file.set_len(good)?;
    file.seek(SeekFrom::Start(good))?;
    file.write_all(bytes)?;
    file.sync_data()
}
