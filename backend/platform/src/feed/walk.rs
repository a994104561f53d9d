//! One answer of the feed, made while it is sent: some lines at a time, as fast as the reader takes them. No connection
//! and no transaction is held between two looks; what moves beyond the head meanwhile comes with the next request.

use std::collections::BTreeSet;

use actix_web::web::Bytes;
use nq57_core::feed::{
    CHECKPOINT_LINES, Cause, Change, Checkpoint, Filter, Header, Line, Operation, Trailer, VERSION,
};
use nq57_core::problem::ProblemCode;
use sha2::{Digest, Sha256};

use super::access::{Access, Offices, Types};
use super::cursor::{self, Cursor, Place};
use super::generation;
use super::kind::apart;
use super::rows::{self, Look, Part, Row, Stride};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// What a request asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Names of types; all that the reader may read when there is none.
    pub types: BTreeSet<String>,
    /// Codes of provinces.
    pub provinces: BTreeSet<String>,
    pub after: Option<String>,
    /// Changes, at most.
    pub limit: u64,
    /// Whether lines carry the object.
    pub data: bool,
}

/// An answer that has begun.
pub struct Walk {
    state: AppState,
    types: Types,
    filter: Filter,
    /// Seals its cursors.
    seal: String,
    /// What the reader sees now.
    parts: BTreeSet<Part>,
    /// What it saw before, in some version of access, and sees no more.
    lost: BTreeSet<Part>,
    /// What it sees now and did not in some version before.
    gained: BTreeSet<Part>,
    cursor: Cursor,
    data: bool,
    left: u64,
    lines: u64,
    stride: Stride,
    sha256: Sha256,
    step: Step,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Header,
    Changes,
    Trailer { more: bool },
    Done,
}

impl Walk {
    /// Begins an answer where the cursor says. `formerly` tells what a version of access let the reader see.
    ///
    /// # Errors
    /// 400, 401, 403 and 410 for what is asked; failures of the database.
    pub async fn begin(
        state: &AppState,
        access: &Access,
        formerly: impl AsyncFn(&str) -> ApiResult<Option<Offices>>,
        asked: &Asked,
    ) -> ApiResult<Self> {
        let types = Types::choose(state, access, &asked.types)?;
        let filter = cursor::digest(&(&access.who, &asked.types, &asked.provinces));
        let now = state.clock.now();
        let (cursor, before) = match &asked.after {
            None => (Cursor::start(&filter, &access.version, String::new(), 0, now), Vec::new()),
            Some(text) => {
                let mut cursor = Cursor::read(text, &filter, &access.seal)?;
                let head = generation::look(&state.db, &state.clock, &state.feed).await?;
                let covering = generation::covering(&state.db, cursor.h).await?;
                cursor.check(&covering, head, now)?;
                cursor.meet(&access.version)?;
                let mut before = Vec::new();
                for version in cursor.a.iter().filter(|version| **version != access.version) {
                    let known = formerly(version).await?;
                    let known = known.ok_or(ProblemCode::FeedReset)?;
                    before.push(known.parts(&types, &asked.provinces)?);
                }
                (cursor, before)
            }
        };
        let parts = access.offices.parts(&types, &asked.provinces)?;
        let (lost, gained) = differences(&parts, &before);
        let mut walk = Self {
            state: state.clone(),
            types,
            seal: access.seal.clone(),
            filter: Filter { province: asked.provinces.iter().cloned().collect() },
            parts,
            lost,
            gained,
            cursor,
            data: asked.data,
            left: asked.limit,
            lines: 0,
            stride: Stride::first(),
            sha256: Sha256::new(),
            step: Step::Header,
        };
        walk.take_head().await?;
        Ok(walk)
    }

    async fn take_head(&mut self) -> ApiResult<()> {
        let head = generation::look(&self.state.db, &self.state.clock, &self.state.feed).await?;
        if head < self.cursor.s {
            return Err(ProblemCode::FeedReset.into());
        }
        self.cursor.h = head;
        self.cursor.g = generation::covering(&self.state.db, head).await?;
        Ok(())
    }

    /// Takes the head of now as the end of this answer; whether it holds anything for the reader.
    ///
    /// # Errors
    /// Failures of the database.
    pub(super) async fn look_again(&mut self) -> ApiResult<bool> {
        self.take_head().await?;
        if self.cursor.t.is_some() {
            return Ok(true);
        }
        let (from, to) = (self.cursor.s, self.cursor.h);
        Ok(to > from && rows::any(&self.state.db, &self.parts, (from, to)).await?)
    }

    /// The head at which the answer ends.
    pub(super) fn head(&self) -> i64 {
        self.cursor.h
    }

    /// What the answer follows from, but for what was asked.
    pub(super) fn tag(&self) -> String {
        self.cursor.identity()
    }

    /// Ends the answer with what was sent: the reader goes on with the next request.
    pub(super) fn break_off(&mut self) {
        if self.step == Step::Changes {
            self.step = Step::Trailer { more: true };
        }
    }

    /// The next bytes of the answer, never none; nothing after the trailer.
    ///
    /// # Errors
    /// Failures of the database: the answer ends without a trailer.
    pub async fn next(&mut self) -> ApiResult<Option<Bytes>> {
        let mut text = String::new();
        while text.is_empty() {
            match self.step {
                Step::Header => {
                    let header = Header {
                        feed: VERSION,
                        types: self.types.names(),
                        filter: self.filter.clone(),
                        head: self.cursor.h,
                        next: self.cursor.write(&self.seal),
                    };
                    write(&mut text, &Line::Header(header))?;
                    self.step = Step::Changes;
                }
                Step::Changes => self.changes(&mut text).await?,
                Step::Trailer { more } => {
                    self.step = Step::Done;
                    let sha256 = hex::encode(std::mem::take(&mut self.sha256).finalize());
                    let (next, lines) = (self.cursor.write(&self.seal), self.lines);
                    write(&mut text, &Line::Trailer(Trailer { next, lines, more, sha256 }))?;
                    return Ok(Some(text.into()));
                }
                Step::Done => return Ok(None),
            }
        }
        self.sha256.update(text.as_bytes());
        Ok(Some(text.into()))
    }

    async fn changes(&mut self, text: &mut String) -> ApiResult<()> {
        if self.state.is_draining() && self.lines > 0 {
            // The reader goes on elsewhere.
            self.step = Step::Trailer { more: true };
            return Ok(());
        }
        let (parts, look) = match self.cursor.t {
            Some(Place::Lost(place)) => (&self.lost, Look::Lost(place, self.cursor.s, &self.parts)),
            Some(Place::New(place)) => (&self.gained, Look::Live(place, self.cursor.s)),
            None => (&self.parts, Look::Between(self.cursor.s, self.cursor.h)),
        };
        let chunk = match parts.is_empty() {
            true => rows::Chunk { rows: Vec::new(), is_last: true },
            false => rows::chunk(&self.state.db, parts, look, self.stride).await?,
        };
        if !chunk.rows.is_empty() {
            self.stride.adapt(&chunk.rows);
        }
        for row in &chunk.rows {
            if self.left == 0 {
                self.step = Step::Trailer { more: true };
                return Ok(());
            }
            self.line(text, row)?;
            self.left -= 1;
            self.lines += 1;
            self.pass(row.seq);
            if self.lines.is_multiple_of(CHECKPOINT_LINES) {
                self.checkpoint(text)?;
            }
        }
        if chunk.is_last { self.end_of_place(text) } else { Ok(()) }
    }

    /// Everything up to this number of what is being read was sent.
    fn pass(&mut self, seq: i64) {
        match &mut self.cursor.t {
            Some(Place::Lost(place) | Place::New(place)) => *place = seq,
            None => self.cursor.s = seq,
        }
    }

    fn end_of_place(&mut self, text: &mut String) -> ApiResult<()> {
        match self.cursor.t {
            Some(Place::Lost(_)) => self.cursor.t = Some(Place::New(0)),
            Some(Place::New(_)) => {
                self.cursor.followed();
                self.checkpoint(text)?;
            }
            None => {
                self.cursor.finish(self.state.clock.now());
                self.step = Step::Trailer { more: false };
            }
        }
        Ok(())
    }

    fn checkpoint(&self, text: &mut String) -> ApiResult<()> {
        let (next, lines) = (self.cursor.write(&self.seal), self.lines);
        write(text, &Line::Checkpoint(Checkpoint { next, lines }))
    }

    fn line(&self, text: &mut String, row: &Row) -> ApiResult<()> {
        // What the reader sees no more may well live.
        let is_lost = matches!(self.cursor.t, Some(Place::Lost(_)));
        match &row.line {
            Some(line) if !row.gone && !is_lost => {
                text.push_str("{\"seq\":");
                text.push_str(&row.seq.to_string());
                text.push(',');
                if self.data {
                    text.push_str(line);
                } else {
                    text.push_str(apart(line).0);
                    text.push('}');
                }
                text.push('\n');
                Ok(())
            }
            _ => {
                let out = Cause::OutOfScope.as_str();
                let cause = if row.gone { row.cause.as_deref().unwrap_or(out) } else { out };
                let change = Change {
                    seq: row.seq,
                    op: Operation::Delete,
                    kind: row.kind.clone(),
                    id: row.object_id.clone(),
                    revision: row.revision,
                    updated_at: row.updated_at,
                    cause: Some(cause.to_owned()),
                    data: None,
                };
                write(text, &Line::Change(change))
            }
        }
    }
}

fn write(text: &mut String, line: &Line) -> ApiResult<()> {
    text.push_str(&serde_json::to_string(line).map_err(ApiError::internal)?);
    text.push('\n');
    Ok(())
}

/// What is seen no more, and what is new, against whatever was seen in several versions: each may have been followed half.
fn differences(
    now: &BTreeSet<Part>,
    before: &[BTreeSet<Part>],
) -> (BTreeSet<Part>, BTreeSet<Part>) {
    let lost = before.iter().flatten().filter(|part| !now.contains(part)).cloned().collect();
    let is_new = |part: &&Part| before.iter().any(|one| !one.contains(part));
    (lost, now.iter().filter(is_new).cloned().collect())
}
