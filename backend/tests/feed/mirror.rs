//! A copy that somebody else keeps: what `GET /changes` is for. It keeps what came before a checkpoint or the trailer,
//! and goes on from there.

use std::collections::BTreeMap;

use nq57_shared::feed::{Change, ChangeSummary, Line, Operation};
use sha2::{Digest, Sha256};

use crate::harness::{Answer, Client, assert_problem};

/// An object by type and id: its revision, and its data as they came.
pub type Objects = BTreeMap<(String, String), (i64, String)>;

/// A copy.
#[derive(Clone, Debug, Default)]
pub struct Mirror {
    pub objects: Objects,
    /// Query beside `after`, such as `types=product`.
    pub query: String,
    pub next: Option<String>,
    /// Every change that was kept.
    pub changes: Vec<Change>,
    /// Copies that had to begin anew.
    pub resets: u32,
    /// While a copy is made anew: what has come.
    renewed: Option<Objects>,
}

/// What an answer said.
#[derive(Debug, Default)]
pub struct Pulled {
    pub changes: usize,
    pub is_whole: bool,
    pub more: bool,
}

impl Mirror {
    pub fn of(query: &str) -> Self {
        Self { query: query.to_owned(), ..Self::default() }
    }

    pub fn path(&self) -> String {
        let after = self.next.as_ref().map(|next| format!("&after={next}"));
        format!("/changes?{}{}", self.query, after.unwrap_or_default())
    }

    /// Takes everything there is.
    pub async fn catch_up(&mut self, client: &Client) {
        while self.pull(client).await.more {}
    }

    /// One request.
    pub async fn pull(&mut self, client: &Client) -> Pulled {
        self.take(&client.get(&self.path()).await)
    }

    /// Takes an answer over. After 410 it begins anew, and drops what does not come.
    pub fn take(&mut self, answer: &Answer) -> Pulled {
        if answer.status == 410 {
            let code = answer.json()["code"].as_str().expect("a code").to_owned();
            assert!(code == "feed_reset" || code == "feed_expired", "{code}");
            assert_problem(answer, 410, &code);
            self.start_anew();
            return Pulled { more: true, ..Pulled::default() };
        }
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), "application/x-ndjson");
        self.take_lines(&answer.body)
    }

    pub fn start_anew(&mut self) {
        self.resets += 1;
        self.changes.clear();
        self.next = None;
        self.renewed = Some(Objects::new());
    }

    /// Takes over as much of an answer as is sure.
    pub fn take_lines(&mut self, body: &[u8]) -> Pulled {
        let mut pulled = Pulled::default();
        let (mut waiting, mut at) = (Vec::new(), 0);
        for text in body.split_inclusive(|byte| *byte == b'\n') {
            let (begins, whole) = (at, text.ends_with(b"\n"));
            at += text.len();
            if !whole {
                break;
            }
            let text = std::str::from_utf8(text).expect("UTF-8").trim_end();
            match serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}")) {
                Line::Header(header) => {
                    assert_eq!((begins, header.feed), (0, 1));
                    self.next.get_or_insert(header.next);
                }
                Line::Change(change) => {
                    let data =
                        text.split_once(",\"data\":").map(|(_, data)| &data[..data.len() - 1]);
                    waiting.push((change, data.map(str::to_owned)));
                }
                Line::Checkpoint(checkpoint) => {
                    pulled.changes += self.keep(std::mem::take(&mut waiting));
                    assert_eq!(checkpoint.lines, pulled.changes as u64);
                    self.next = Some(checkpoint.next);
                }
                Line::Trailer(trailer) => {
                    assert_eq!(trailer.sha256, hex::encode(Sha256::digest(&body[..begins])));
                    assert_eq!(at, body.len(), "nothing follows the trailer");
                    pulled.changes += self.keep(std::mem::take(&mut waiting));
                    assert_eq!(trailer.lines, pulled.changes as u64);
                    self.next = Some(trailer.next);
                    (pulled.is_whole, pulled.more) = (true, trailer.more);
                    if let Some(renewed) = self.renewed.take_if(|_| !trailer.more) {
                        self.objects = renewed;
                    }
                }
                Line::Error(problem) => {
                    assert_eq!(problem.status, 503, "{problem:?}");
                    break;
                }
            }
        }
        pulled.more |= !pulled.is_whole;
        pulled
    }

    fn keep(&mut self, changes: Vec<(Change, Option<String>)>) -> usize {
        let count = changes.len();
        for (change, data) in changes {
            let objects = self.renewed.as_mut().unwrap_or(&mut self.objects);
            let key = (change.kind.clone(), change.id.clone());
            match change.op {
                Operation::Upsert => {
                    objects.insert(key, (change.revision, data.unwrap_or_default()));
                }
                Operation::Delete => {
                    assert!(change.cause.is_some() && data.is_none(), "{change:?}");
                    objects.remove(&key);
                }
            }
            self.changes.push(change);
        }
        count
    }

    /// Ids of this type.
    pub fn ids(&self, kind: &str) -> Vec<&str> {
        let of_kind = self.objects.keys().filter(|(one, _)| one == kind);
        of_kind.map(|(_, id)| id.as_str()).collect()
    }

    /// The data of an object.
    pub fn data(&self, kind: &str, id: impl ToString) -> serde_json::Value {
        let (_, data) = self.objects.get(&(kind.to_owned(), id.to_string())).expect("an object");
        serde_json::from_str(data).expect("JSON")
    }

    /// No line of an object repeats or goes back in revision; numbers ascend.
    pub fn assert_in_order(&self) {
        let mut last: BTreeMap<(&str, &str), (i64, i64)> = BTreeMap::new();
        for change in &self.changes {
            let now = (change.seq, change.revision);
            if let Some(before) = last.insert((&change.kind, &change.id), now) {
                assert!(before.0 < now.0 && before.1 <= now.1, "{before:?} then {change:?}");
            }
        }
    }

    /// The figures of the copy, computed as the document says.
    pub fn summary(&self, kind: &str) -> (u64, String) {
        let mut sum = [0_u8; 32];
        let mut live = 0;
        for ((_, id), (revision, data)) in self.objects.iter().filter(|((one, _), _)| one == kind) {
            let data = hex::encode(Sha256::digest(data));
            let digest = Sha256::digest(format!("{kind}\n{id}\n{revision}\n{data}\n"));
            let mut carry = 0;
            for at in (0..32).rev() {
                let both = u16::from(sum[at]) + u16::from(digest[at]) + carry;
                sum[at] = both.to_be_bytes()[1];
                carry = both >> 8;
            }
            live += 1;
        }
        (live, hex::encode(sum))
    }

    /// The copy is what the source says it is, at the same place.
    pub async fn assert_equal(&mut self, client: &Client) {
        self.catch_up(client).await;
        // The size of answers has nothing to do with it.
        let query: Vec<&str> =
            self.query.split('&').filter(|pair| !pair.starts_with("limit=")).collect();
        let path = format!("/changes/summary?{}", query.join("&"));
        let said: ChangeSummary = client.get(&path).await.expect(200).read_as();
        for one in said.types {
            assert_eq!(self.summary(&one.kind), (one.live, one.digest), "{}", one.kind);
        }
    }
}
