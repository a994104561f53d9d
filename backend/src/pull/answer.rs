//! One answer of the feed, line by line: what came before a checkpoint is kept together with the place to go on from.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::write::GzDecoder;
use nq57_shared::feed::{Line, Operation, VERSION};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::ending::{Ending, OrStop, Outcome, Stop};
use super::mirror::Mirror;
use super::progress::Progress;
use super::source::{body, is_packed, refused};

/// Most bytes of a line.
const LONGEST_LINE: usize = 64 << 20;

/// Most changes before a checkpoint: more than a source of this version sends.
const MOST_WAITING: usize = 50_000;

/// A change as it came.
#[derive(Clone, Debug)]
pub struct Pulled {
    pub kind: String,
    pub id: String,
    pub seq: i64,
    pub revision: i64,
    pub updated_at: String,
    /// The object, byte for byte; nothing when it is gone.
    pub data: Option<String>,
    /// The whole line, with its end.
    pub line: String,
}

/// A change, with its data left as they are.
#[derive(Deserialize)]
struct Change<'a> {
    seq: i64,
    op: Operation,
    #[serde(rename = "type")]
    kind: String,
    id: String,
    revision: i64,
    updated_at: String,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// What came of an answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Came {
    /// Everything, or there is more.
    Whole { more: bool },
    /// It was cut off; what came before the last checkpoint is kept.
    Cut(String),
    /// Its digest is wrong: nothing of it can be trusted, also what is kept.
    Corrupt(String),
    /// The place is not known any more: copy anew.
    Reset(String),
}

/// Takes an answer over into the mirror. While a copy is made, what changes beyond the head of its last answer is not in
/// it: the copy ends with an answer that brings nothing, or with this one when it `is_enough`.
pub async fn take(
    mut answer: Response,
    is_enough: bool,
    mirror: &mut Mirror,
    progress: &mut Progress,
) -> Outcome<Came> {
    let status = answer.status();
    if !status.is_success() {
        let body = body(answer).await.unwrap_or_default();
        let stop = refused(status, &body);
        // A damaged place is mended as one that is not known.
        let is_place = status == StatusCode::GONE || stop.reason.contains("(invalid_cursor)");
        let has_place = mirror.state().cursor.is_some();
        return if is_place && has_place { Ok(Came::Reset(stop.reason)) } else { Err(stop) };
    }
    let mut lines = Lines::new(is_packed(&answer));
    let mut reader = Reader { is_enough, ..Reader::default() };
    loop {
        let bytes = match answer.chunk().await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(Came::Cut("the answer ended without its trailer".into())),
            Err(error) => return Ok(Came::Cut(error.to_string())),
        };
        progress.received(bytes.len());
        if let Err(error) = lines.push(&bytes) {
            return Ok(Came::Cut(error.to_string()));
        }
        while let Some(line) = lines.next() {
            if let Some(came) = reader.line(line, mirror, progress).await? {
                return Ok(came);
            }
        }
    }
}

/// Cuts a stream of bytes into lines.
struct Lines {
    unpacked: GzDecoder<Vec<u8>>,
    is_packed: bool,
    bytes: Vec<u8>,
    /// Where the next line begins.
    at: usize,
}

impl Lines {
    fn new(is_packed: bool) -> Self {
        Self { unpacked: GzDecoder::new(Vec::new()), is_packed, bytes: Vec::new(), at: 0 }
    }

    fn push(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if self.bytes.len() - self.at > LONGEST_LINE {
            return Err(std::io::Error::other("a line does not end"));
        }
        self.bytes.drain(..self.at);
        self.at = 0;
        if self.is_packed {
            self.unpacked.write_all(bytes)?;
            self.unpacked.flush()?;
            self.bytes.append(self.unpacked.get_mut());
        } else {
            self.bytes.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// The next whole line, with its end.
    fn next(&mut self) -> Option<Vec<u8>> {
        let rest = self.bytes.get(self.at..)?;
        let end = rest.iter().position(|byte| *byte == b'\n')? + 1;
        let line = rest.get(..end)?.to_vec();
        self.at += end;
        Some(line)
    }
}

/// What was read and is not kept yet.
#[derive(Default)]
struct Reader {
    is_enough: bool,
    sha256: Sha256,
    waiting: Vec<Pulled>,
}

impl Reader {
    /// Reads a line; what came of the answer when it was the last.
    async fn line(
        &mut self,
        line: Vec<u8>,
        mirror: &mut Mirror,
        progress: &mut Progress,
    ) -> Outcome<Option<Came>> {
        let text = String::from_utf8(line).or_stop(Ending::Version, "a line is no text")?;
        if text.starts_with("{\"seq\"") {
            return self.change(text).map(|()| None);
        }
        let read: Line = serde_json::from_str(&text)
            .or_stop(Ending::Version, format!("a line is not understood: {}", beginning(&text)))?;
        match read {
            Line::Header(header) if header.feed != VERSION => {
                let reason = format!(
                    "the source speaks version {} of the feed, this tool {VERSION}: take a newer one",
                    header.feed
                );
                return Err(Stop::because(Ending::Version, reason));
            }
            Line::Header(header) => {
                self.sha256.update(&text);
                progress.heads_for(header.head);
            }
            Line::Change(_) => self.change(text)?,
            Line::Checkpoint(checkpoint) => {
                self.sha256.update(&text);
                self.keep(mirror, progress, &checkpoint.next, false).await?;
            }
            Line::Trailer(trailer) => {
                let said = hex::encode(std::mem::take(&mut self.sha256).finalize());
                if said != trailer.sha256 {
                    return Ok(Some(Came::Corrupt("the digest of the answer is wrong".into())));
                }
                let is_quiet = !mirror.state().is_copying || trailer.lines == 0 || self.is_enough;
                let is_all = !trailer.more && is_quiet;
                self.keep(mirror, progress, &trailer.next, is_all).await?;
                return Ok(Some(Came::Whole { more: trailer.more }));
            }
            Line::Error(problem) => return Ok(Some(Came::Cut(problem.title))),
        }
        Ok(None)
    }

    fn change(&mut self, text: String) -> Outcome<()> {
        self.sha256.update(&text);
        self.waiting.push(pulled(text)?);
        match self.waiting.len() > MOST_WAITING {
            true => Err(Stop::because(Ending::Version, "the answer has no checkpoints")),
            false => Ok(()),
        }
    }

    async fn keep(
        &mut self,
        mirror: &mut Mirror,
        progress: &mut Progress,
        next: &str,
        is_all: bool,
    ) -> Outcome<()> {
        let waiting = std::mem::take(&mut self.waiting);
        mirror.keep(&waiting, next, is_all).await?;
        progress.kept(&waiting);
        Ok(())
    }
}

/// Enough to know it by: it may be long, and is not for everybody who reads the log.
fn beginning(line: &str) -> String {
    line.trim().chars().take(80).flat_map(char::escape_debug).collect()
}

fn pulled(line: String) -> Outcome<Pulled> {
    let read: Change<'_> = serde_json::from_str(&line)
        .or_stop(Ending::Version, format!("a change is not understood: {}", beginning(&line)))?;
    let data = match (read.op, read.data) {
        (Operation::Upsert, Some(data)) => Some(data.get().to_owned()),
        (Operation::Upsert, None) => {
            let reason = format!("a change has no data: {}", beginning(&line));
            return Err(Stop::because(Ending::Version, reason));
        }
        (Operation::Delete, _) => None,
    };
    let Change { seq, kind, id, revision, updated_at, .. } = read;
    Ok(Pulled { kind, id, seq, revision, updated_at, data, line })
}

/// The last of each object, by type: in one transaction nothing else counts.
pub fn last_of_each(changes: &[Pulled]) -> BTreeMap<&str, Vec<&Pulled>> {
    let mut last: BTreeMap<(&str, &str), &Pulled> = BTreeMap::new();
    for change in changes {
        last.insert((change.kind.as_str(), change.id.as_str()), change);
    }
    let mut by_type: BTreeMap<&str, Vec<&Pulled>> = BTreeMap::new();
    for ((kind, _), change) in last {
        by_type.entry(kind).or_default().push(change);
    }
    by_type
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_however_the_bytes_are_cut_and_packed() {
        let text = "{\"a\":1}\n{\"b\":\"ầ\"}\n{\"c\"";
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text.as_bytes()).expect("packed");
        let packed = packer.finish().expect("packed");
        for (is_packed, bytes) in [(false, text.as_bytes()), (true, &packed)] {
            for size in [1, 2, 7, 1000] {
                let mut lines = Lines::new(is_packed);
                let mut found = Vec::new();
                for some in bytes.chunks(size) {
                    lines.push(some).expect("bytes");
                    found.extend(std::iter::from_fn(|| lines.next()));
                }
                let found: Vec<String> =
                    found.into_iter().map(|line| String::from_utf8(line).expect("text")).collect();
                assert_eq!(found, ["{\"a\":1}\n", "{\"b\":\"ầ\"}\n"], "{is_packed} {size}");
            }
        }
    }

    #[test]
    fn data_are_kept_byte_for_byte_and_only_the_last_of_an_object_counts() {
        let line = |seq, data: &str| {
            let text = format!(
                "{{\"seq\":{seq},\"op\":\"upsert\",\"type\":\"t\",\"id\":\"x\",\"revision\":1,\"updated_at\":\"2026-11-27T02:00:00Z\",\"data\":{data}}}\n"
            );
            pulled(text).expect("a change")
        };
        let all = [line(1, "{\"b\": 1,  \"a\":\"\\u00e1\"}"), line(2, "{}")];
        assert_eq!(all[0].data.as_deref(), Some("{\"b\": 1,  \"a\":\"\\u00e1\"}"));
        let last = last_of_each(&all);
        assert_eq!(last["t"].len(), 1);
        assert_eq!(last["t"][0].seq, 2);
    }
}
