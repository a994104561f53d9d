//! Reads the feed in the order of its numbers: some rows at a time, each time a short look, one ordered and limited query
//! for each place where the reader's objects stand.

use std::collections::BTreeSet;

use nq57_core::time::Timestamp;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use crate::error::ApiResult;

/// Rows of one look, at most.
const MOST: u64 = 2_000;
/// Bytes of the lines of one look, about.
const BYTES: u64 = 2_000_000;
/// Places that one statement looks at: SQLite takes 500.
const PARTS: usize = 100;

/// Where some of a reader's objects stand: all of an audience, or those of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    pub audience: String,
    pub kind: Option<&'static str>,
}

/// An object at a number, as one audience sees it.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Row {
    pub seq: i64,
    pub gone: bool,
    pub kind: String,
    pub object_id: String,
    pub cause: Option<String>,
    pub revision: i64,
    pub updated_at: Timestamp,
    pub line: Option<String>,
}

/// Which rows of the parts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Look<'a> {
    /// After this number, up to that.
    Between(i64, i64),
    /// The live ones.
    Live(i64, i64),
    /// Those after the first number that a reader who was at the second may know, and sees no more in these parts.
    Lost(i64, i64, &'a BTreeSet<Part>),
}

/// Some rows, each number once and whole.
#[derive(Debug)]
pub(super) struct Chunk {
    pub rows: Vec<Row>,
    /// Whether there was nothing more.
    pub is_last: bool,
}

/// How many rows one look takes: fewer of those that are long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stride(u64);

impl Stride {
    pub const fn first() -> Self {
        Self(MOST / 4)
    }

    /// After these rows.
    pub fn adapt(&mut self, rows: &[Row]) {
        let bytes: usize = rows.iter().filter_map(|row| row.line.as_ref()).map(String::len).sum();
        let average = u64::try_from(bytes / rows.len().max(1)).unwrap_or(u64::MAX).max(1);
        self.0 = (BYTES / average).clamp(MOST / 20, MOST);
    }
}

/// The next rows of these parts.
///
/// # Errors
/// Failures of the database.
pub(super) async fn chunk(
    db: &impl ConnectionTrait,
    parts: &BTreeSet<Part>,
    look: Look<'_>,
    stride: Stride,
) -> ApiResult<Chunk> {
    // An object has a row in each part at most: a look must get further than one number.
    let most = stride.0.max(u64::try_from(parts.len()).unwrap_or(MOST) + 2);
    let all: Vec<&Part> = parts.iter().collect();
    let (mut rows, mut whole_to) = (Vec::new(), i64::MAX);
    for some in all.chunks(PARTS) {
        let found = Row::find_by_statement(statement(db, some, look, most)).all(db).await?;
        let is_cut = u64::try_from(found.len()).unwrap_or(u64::MAX) >= most;
        if let Some(last) = found.last().filter(|_| is_cut) {
            // The rows of the last number may go on.
            whole_to = whole_to.min(last.seq - 1);
        }
        rows.extend(found);
    }
    rows.retain(|row: &Row| row.seq <= whole_to);
    // Of one number the live row says what the object is.
    rows.sort_by_key(|row| (row.seq, row.gone));
    rows.dedup_by_key(|row| row.seq);
    Ok(Chunk { rows, is_last: whole_to == i64::MAX })
}

/// Whether there is any row of these parts between the two numbers.
///
/// # Errors
/// Failures of the database.
pub(super) async fn any(
    db: &impl ConnectionTrait,
    parts: &BTreeSet<Part>,
    (after, until): (i64, i64),
) -> ApiResult<bool> {
    let all: Vec<&Part> = parts.iter().collect();
    for some in all.chunks(PARTS) {
        let look = Look::Between(after, until);
        if Row::find_by_statement(statement(db, some, look, 1)).one(db).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// One ordered, limited query for each part; together in the same order. A list of audiences would sort the table.
fn statement(db: &impl ConnectionTrait, parts: &[&Part], look: Look<'_>, most: u64) -> Statement {
    let mut values = Values::default();
    let (first, second) = match look {
        Look::Between(after, until) | Look::Live(after, until) => (after, until),
        Look::Lost(after, known, _) => (after, known),
    };
    let (first, second) = (values.add(first), values.add(second));
    let wanted = match look {
        Look::Between(..) => format!("c.seq > {first} AND c.seq <= {second}"),
        Look::Live(..) => format!("c.seq > {first} AND c.seq <= {second} AND NOT c.gone"),
        Look::Lost(_, _, seen) => format!(
            "c.seq > {first} AND (NOT c.gone OR c.seq > {second}) \
             AND (SELECT min(f.first_seq) FROM change f WHERE f.type = c.type AND f.object_id = c.object_id) <= {second} \
             AND NOT EXISTS (SELECT 1 FROM change n WHERE n.type = c.type AND n.object_id = c.object_id \
             AND NOT n.gone AND ({}))",
            seen_in(seen, &mut values)
        ),
    };
    let mut selects = Vec::with_capacity(parts.len());
    for (number, part) in parts.iter().enumerate() {
        let audience = values.add(part.audience.as_str());
        let kind = part.kind.map(|kind| format!("AND c.type = {} ", values.add(kind)));
        selects.push(format!(
            "SELECT * FROM (SELECT c.seq, c.gone, c.type AS kind, c.object_id, c.cause, c.revision, c.updated_at, c.line \
             FROM change c WHERE c.audience = {audience} {}AND {wanted} ORDER BY c.seq LIMIT {most}) AS p{number}",
            kind.unwrap_or_default()
        ));
    }
    let sql = format!("{} ORDER BY seq LIMIT {most}", selects.join(" UNION ALL "));
    Statement::from_sql_and_values(db.get_database_backend(), sql, values.0)
}

/// Whether the row `n` stands in one of these parts.
fn seen_in(parts: &BTreeSet<Part>, values: &mut Values) -> String {
    let mut any = vec!["1 = 0".to_owned()];
    for part in parts {
        let audience = values.add(part.audience.as_str());
        let kind = part.kind.map(|kind| format!(" AND n.type = {}", values.add(kind)));
        any.push(format!("(n.audience = {audience}{})", kind.unwrap_or_default()));
    }
    any.join(" OR ")
}

/// The values of a statement; each has a number by which it may be named more than once.
#[derive(Default)]
struct Values(Vec<Value>);

impl Values {
    fn add(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }
}
