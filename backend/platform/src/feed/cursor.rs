//! Where a reader stands. Open to whoever looks: it holds nothing secret. It outlives the keys of the server, because
//! mirrors keep it for months. Of readers whose former access is remembered, and decides what deletions they are told, it is
//! sealed by a key of the reader; of all others nothing in it is trusted for access, and a check sum tells damage.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nq57_core::problem::ProblemCode;
use nq57_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::ApiResult;

/// The form of cursors.
const VERSION: u8 = 1;
/// Bytes of the seal, or of the check sum.
const SUM: usize = 12;
/// How long deletions are kept.
pub(super) const KEPT_DAYS: i64 = 400;
/// A cursor is refused a day before what follows it may be forgotten.
const TAKEN_DAYS: i64 = KEPT_DAYS - 1;
/// Changes of access that a reader may meet before it has followed any.
const MOST_VERSIONS: usize = 8;

const DAY: i64 = 86_400;

/// A place in the feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// The form.
    v: u8,
    /// Of which reader, types and filter.
    f: String,
    /// The versions of access that decided what the reader has; several while it follows a change.
    pub(super) a: Vec<String>,
    /// The name of the history in which `h` was the head.
    pub(super) g: String,
    /// What was read: everything up to this number.
    pub(super) s: i64,
    /// The head when it was read.
    pub(super) h: i64,
    /// The day from which on everything that follows was deleted.
    pub(super) d: i64,
    /// The place in a change of access that is being followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) t: Option<Place>,
}

/// How far a reader has followed a change of its access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Place {
    /// It is told what it sees no more; up to this number.
    #[serde(rename = "l")]
    Lost(i64),
    /// It is told what it sees now; up to this number.
    #[serde(rename = "n")]
    New(i64),
}

impl Cursor {
    /// Before everything, with this access.
    pub(super) fn start(
        filter: &str,
        version: &str,
        nonce: String,
        head: i64,
        now: Timestamp,
    ) -> Self {
        Self {
            v: VERSION,
            f: filter.to_owned(),
            a: vec![version.to_owned()],
            g: nonce,
            s: 0,
            h: head,
            d: day(now),
            t: None,
        }
    }

    /// What tells what follows from it apart: the reader with what it may read and asks for, and the history.
    pub(super) fn identity(&self) -> String {
        format!("{} {} {} {:?}", self.f, self.g, self.h, self.a)
    }

    /// As it travels, sealed by this key of its reader.
    pub(super) fn write(&self, key: &str) -> String {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        let sum = sum(key, &bytes);
        bytes.extend(sum);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What has travelled; it belongs to this filter, and was sealed by this key.
    ///
    /// # Errors
    /// 400 for whatever is none of this filter and key.
    pub(super) fn read(text: &str, filter: &str, key: &str) -> ApiResult<Self> {
        let read = || -> Option<Self> {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let (json, given) = bytes.split_at_checked(bytes.len().checked_sub(SUM)?)?;
            let is_whole = verify_slices_are_equal(given, &sum(key, json)).is_ok();
            is_whole.then(|| serde_json::from_slice(json).ok())?
        };
        let is_ours = |cursor: &Self| {
            let place = match cursor.t {
                None => 0,
                Some(Place::Lost(place) | Place::New(place)) => place,
            };
            cursor.v == VERSION
                && cursor.f == filter
                && (1..=MOST_VERSIONS).contains(&cursor.a.len())
                && (0..=cursor.h).contains(&cursor.s)
                && place >= 0
        };
        read().filter(is_ours).ok_or_else(|| ProblemCode::InvalidCursor.into())
    }

    /// Refuses a cursor that is not of the history which has this head, and one that is too old.
    ///
    /// # Errors
    /// 410.
    pub(super) fn check(&self, covering: &str, head: i64, now: Timestamp) -> ApiResult<()> {
        if self.h > head || self.g != covering {
            return Err(ProblemCode::FeedReset.into());
        }
        // The clocks of two servers are a day apart at most.
        if !(-1..=TAKEN_DAYS).contains(&day(now).saturating_sub(self.d)) {
            return Err(ProblemCode::FeedExpired.into());
        }
        Ok(())
    }

    /// The reader meets this version of access: one that has not changed goes on where it is.
    ///
    /// # Errors
    /// 410 when it has changed too often to be followed.
    pub(super) fn meet(&mut self, version: &str) -> ApiResult<()> {
        if self.a.last().is_some_and(|last| last == version) {
            return Ok(());
        }
        // What was half followed is followed again from there.
        self.a.push(version.to_owned());
        self.t = Some(Place::Lost(0));
        if self.a.len() > MOST_VERSIONS {
            return Err(ProblemCode::FeedReset.into());
        }
        Ok(())
    }

    /// The reader has what this access shows up to `s`.
    pub(super) fn followed(&mut self) {
        self.t = None;
        if let Some(last) = self.a.pop() {
            self.a = vec![last];
        }
    }

    /// Everything up to the head was read: what is deleted from now on follows.
    pub(super) fn finish(&mut self, now: Timestamp) {
        self.s = self.h;
        self.d = day(now);
    }
}

fn day(at: Timestamp) -> i64 {
    at.timestamp().div_euclid(DAY)
}

/// Without a key it is one that everybody knows: a check sum.
fn sum(key: &str, bytes: &[u8]) -> Vec<u8> {
    let tag = hmac::sign(&Key::new(HMAC_SHA256, key.as_bytes()), bytes);
    tag.as_ref().iter().copied().take(SUM).collect()
}

/// What tells cursors of one reader, choice of types and filter from all others.
pub(super) fn digest(parts: &impl Serialize) -> String {
    let text = serde_json::to_vec(parts).unwrap_or_default();
    hex::encode(Sha256::digest(text)).chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    fn cursor(s: i64, h: i64) -> Cursor {
        let now = Timestamp::UNIX_EPOCH;
        Cursor { s, ..Cursor::start("f", "a", "n".into(), h, now) }
    }

    #[test]
    fn a_cursor_comes_back_whole_for_its_filter_alone() {
        let one = cursor(3, 7);
        let text = one.write("");
        assert_eq!(Cursor::read(&text, "f", "").expect("read"), one);
        assert!(Cursor::read(&text, "g", "").is_err(), "another filter");
        assert!(Cursor::read(&text, "f", "key").is_err(), "not sealed");
        let sealed = one.write("key");
        assert_eq!(Cursor::read(&sealed, "f", "key").expect("read"), one);
        assert!(Cursor::read(&sealed, "f", "other").is_err(), "sealed by somebody else");
        for end in 0..text.len() {
            assert!(Cursor::read(&text[..end], "f", "").is_err(), "cut at {end}");
        }
        for at in 0..text.len() {
            let mut damaged = text.clone().into_bytes();
            damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
            let damaged = String::from_utf8(damaged).expect("ASCII");
            assert!(Cursor::read(&damaged, "f", "").is_err(), "damaged at {at}");
        }
        assert!(Cursor::read(&cursor(8, 7).write(""), "f", "").is_err(), "beyond its own head");
        assert!(Cursor::read(&cursor(-1, 7).write(""), "f", "").is_err(), "before the first");
    }

    #[test]
    fn another_history_and_a_great_age_are_told_apart() {
        let now = Timestamp::UNIX_EPOCH;
        let code = |cursor: &Cursor, nonce, head, now| {
            cursor.check(nonce, head, now).err().map(|error| error.code())
        };
        let one = cursor(3, 7);
        assert_eq!(code(&one, "n", 7, now), None);
        assert_eq!(code(&one, "m", 9, now), Some(ProblemCode::FeedReset));
        assert_eq!(code(&one, "n", 6, now), Some(ProblemCode::FeedReset));
        assert_eq!(code(&one, "n", 9, now + Duration::days(399)), None);
        assert_eq!(code(&one, "n", 9, now + Duration::days(400)), Some(ProblemCode::FeedExpired));
        assert_eq!(code(&one, "n", 9, now - Duration::days(1)), None);
        assert_eq!(code(&one, "n", 9, now - Duration::days(2)), Some(ProblemCode::FeedExpired));
    }

    #[test]
    fn a_change_of_access_begins_again_when_it_changes_once_more_and_not_for_ever() {
        let mut one = cursor(3, 7);
        one.meet("a").expect("the same");
        assert_eq!(one.t, None);
        one.meet("b").expect("another");
        one.t = Some(Place::New(2));
        one.meet("b").expect("goes on");
        assert_eq!(one.t, Some(Place::New(2)));
        one.meet("c").expect("once more");
        assert_eq!((one.t, one.a.len()), (Some(Place::Lost(0)), 3));
        let mut followed = one.clone();
        followed.followed();
        assert_eq!((followed.t, followed.a), (None, vec!["c".to_owned()]));
        let too_often = (0..9).try_for_each(|n| one.meet(&n.to_string()));
        assert_eq!(too_often.expect_err("410").code(), ProblemCode::FeedReset);
    }
}
