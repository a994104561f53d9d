//! Keyset paging: a page begins after the last row of the one before it, however deep.
//! A cursor is sealed, and belongs to the sort and the filter that it was made with.

use chrono::{DateTime, NaiveDate};
use nq57_core::page::{DEFAULT_LIMIT, MAX_LIMIT, Page};
use nq57_core::problem::{FieldCode, ProblemCode};
use nq57_core::validate::Violations;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, IntoCondition, Order, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, QueryTrait, Value};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::cursor::CursorKeys;
use crate::error::{ApiError, ApiResult};

/// The order of a list. The last key must make it total: the id.
///
/// No key may be NULL: wrap what can be in `COALESCE`.
#[derive(Clone, Debug)]
pub struct Keyset {
    keys: Vec<(Expr, Order)>,
    /// Digest of sort and filter.
    list: [u8; 32],
}

impl Keyset {
    /// An order without keys yet, for a list with this sort and filter (anything serialisable).
    ///
    /// # Errors
    /// When the filter cannot be written as JSON.
    pub fn new(sort_and_filter: &impl Serialize) -> ApiResult<Self> {
        let text = serde_json::to_vec(sort_and_filter).map_err(ApiError::internal)?;
        Ok(Self { keys: Vec::new(), list: Sha256::digest(text).into() })
    }

    /// Then ascending by `key`.
    #[must_use]
    pub fn ascending(self, key: impl Into<Expr>) -> Self {
        self.then(key, Order::Asc)
    }

    /// Then descending by `key`.
    #[must_use]
    pub fn descending(self, key: impl Into<Expr>) -> Self {
        self.then(key, Order::Desc)
    }

    /// Then by all of these keys, in one direction.
    #[must_use]
    pub fn by(self, keys: impl IntoIterator<Item = Expr>, order: &Order) -> Self {
        keys.into_iter().fold(self, |keyset, key| keyset.then(key, order.clone()))
    }

    fn then(mut self, key: impl Into<Expr>, order: Order) -> Self {
        self.keys.push((key.into(), order));
        self
    }

    /// The page that a caller asks for.
    ///
    /// `seals` opens the cursor, and seals that of the next page.
    ///
    /// # Errors
    /// 400 when `limit` is out of bounds or the cursor is damaged or belongs to another list.
    pub fn page(
        self,
        seals: &CursorKeys,
        limit: Option<u64>,
        cursor: Option<&str>,
    ) -> ApiResult<Paging> {
        let limit = limit_of(limit)?;
        let after = match cursor {
            None => None,
            Some(text) => Some(self.read(seals, text).ok_or(ProblemCode::InvalidCursor)?),
        };
        Ok(Paging { keyset: self, seals: seals.clone(), limit, after, is_counted: false })
    }

    fn read(&self, seals: &CursorKeys, text: &str) -> Option<Vec<Value>> {
        let json = seals.open(&self.list, text)?;
        let values: Vec<Carried> = serde_json::from_slice(&json).ok()?;
        let is_ours = values.len() == self.keys.len();
        is_ours.then(|| values.into_iter().map(Value::try_from).collect::<Result<_, _>>())?.ok()
    }
}

fn limit_of(limit: Option<u64>) -> ApiResult<u64> {
    let mut violations = Violations::new();
    match limit.unwrap_or(DEFAULT_LIMIT) {
        0 => violations.add_limit("#query/limit", FieldCode::TooSmall, 1),
        limit if limit > MAX_LIMIT => {
            let most = usize::try_from(MAX_LIMIT).unwrap_or(usize::MAX);
            violations.add_limit("#query/limit", FieldCode::TooLarge, most);
        }
        limit => return Ok(limit),
    }
    Err(ApiError::problem(ProblemCode::InvalidParameter).errors(violations))
}

/// A page that was asked for.
#[derive(Clone, Debug)]
pub struct Paging {
    keyset: Keyset,
    seals: CursorKeys,
    limit: u64,
    after: Option<Vec<Value>>,
    is_counted: bool,
}

impl Paging {
    /// The same page; with the number of all items when that is asked for.
    #[must_use]
    pub fn counted(self, is_counted: bool) -> Self {
        Self { is_counted, ..self }
    }

    /// Fetches the page of these rows. `keys` gives the keys of a row in the order of the keyset, `show` the
    /// item that it becomes. Counts by a query of its own.
    ///
    /// # Errors
    /// What `show` refuses; failures of the database.
    pub async fn fetch<R: FromQueryResult, T>(
        &self,
        db: &impl ConnectionTrait,
        rows: impl QueryTrait<QueryStatement = SelectStatement>,
        keys: impl Fn(&R) -> Vec<Value>,
        show: impl Fn(R) -> ApiResult<T>,
    ) -> ApiResult<Page<T>> {
        let mut select = rows.into_query();
        let total = self.total(db, &select).await?;
        self.apply_to(&mut select);
        let found = db.query_all(&select).await?;
        let found: Result<Vec<R>, DbErr> =
            found.iter().map(|row| R::from_query_result(row, "")).collect();
        let (found, next_cursor) = self.cut(found?, keys)?;
        let items: ApiResult<Vec<T>> = found.into_iter().map(show).collect();
        Ok(Page { items: items?, next_cursor, total })
    }

    /// How many rows there are in all, where that was asked for.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn total(
        &self,
        db: &impl ConnectionTrait,
        rows: &SelectStatement,
    ) -> ApiResult<Option<u64>> {
        match self.is_counted {
            true => Ok(Some(count(db, rows.clone()).await?)),
            false => Ok(None),
        }
    }

    /// How many items the page may have.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Sorts the query, begins it after the cursor, and asks for one row more than the page has.
    #[must_use]
    pub fn apply<Q>(&self, mut query: Q) -> Q
    where
        Q: QueryTrait<QueryStatement = SelectStatement>,
    {
        self.apply_to(query.query());
        query
    }

    /// The same for a statement of SeaQuery.
    pub fn apply_to(&self, statement: &mut SelectStatement) {
        if let Some(after) = &self.after {
            statement.cond_where(self.condition(after));
        }
        for (key, order) in &self.keyset.keys {
            statement.order_by_expr(key.clone(), order.clone());
        }
        statement.limit(self.limit + 1);
    }

    /// `(a, b) > (x, y)` as one comparison when all keys run the same way, which an index follows;
    /// else spelled out.
    fn condition(&self, after: &[Value]) -> Condition {
        let keys = &self.keyset.keys;
        let values = || after.iter().cloned().map(Expr::val);
        let tuple = || Expr::tuple(keys.iter().map(|(key, _)| key.clone()));
        if keys.iter().all(|(_, order)| *order == Order::Asc) {
            return tuple().gt(Expr::tuple(values())).into_condition();
        }
        if keys.iter().all(|(_, order)| *order == Order::Desc) {
            return tuple().lt(Expr::tuple(values())).into_condition();
        }
        let mut any = Condition::any();
        for (position, ((key, order), value)) in keys.iter().zip(values()).enumerate() {
            let mut all = Condition::all();
            for ((before, _), same) in keys.iter().zip(values()).take(position) {
                all = all.add(before.clone().eq(same));
            }
            all = all.add(match order {
                Order::Desc => key.clone().lt(value),
                _ => key.clone().gt(value),
            });
            any = any.add(all);
        }
        any
    }

    /// Cuts the row too many off, and makes the cursor after the last row that stays.
    ///
    /// `values` gives the keys of a row in the order of the keyset.
    ///
    /// # Errors
    /// When a value is of a kind that cursors do not carry.
    pub fn cut<R>(
        &self,
        mut rows: Vec<R>,
        values: impl Fn(&R) -> Vec<Value>,
    ) -> ApiResult<(Vec<R>, Option<String>)> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        if rows.len() <= limit {
            return Ok((rows, None));
        }
        rows.truncate(limit);
        let cursor = rows.last().map(|row| self.cursor(values(row))).transpose()?;
        Ok((rows, cursor))
    }

    fn cursor(&self, values: Vec<Value>) -> ApiResult<String> {
        let values: ApiResult<Vec<Carried>> = values.into_iter().map(Carried::try_from).collect();
        let json = serde_json::to_vec(&values?).map_err(ApiError::internal)?;
        self.seals.seal(&self.keyset.list, json)
    }
}

async fn count(db: &impl ConnectionTrait, mut select: SelectStatement) -> ApiResult<u64> {
    select.clear_selects().expr_as(Expr::cust("COUNT(*)"), "total");
    let row = db.query_one(&select).await?.ok_or_else(|| DbErr::RecordNotFound("total".into()))?;
    u64::try_from(row.try_get::<i64>("", "total")?).map_err(ApiError::internal)
}

/// A value on its way through a cursor. Numbers with a fraction travel as bits: they must compare equal.
#[derive(Serialize, Deserialize)]
enum Carried {
    #[serde(rename = "b")]
    Bool(bool),
    #[serde(rename = "i")]
    Integer(i64),
    #[serde(rename = "f")]
    Bits(u64),
    #[serde(rename = "s")]
    Text(String),
    #[serde(rename = "t")]
    Micros(i64),
    #[serde(rename = "d")]
    Day(NaiveDate),
    #[serde(rename = "u")]
    Id(Uuid),
}

impl TryFrom<Value> for Carried {
    type Error = ApiError;

    fn try_from(value: Value) -> ApiResult<Self> {
        Ok(match value {
            Value::Bool(Some(value)) => Self::Bool(value),
            Value::SmallInt(Some(value)) => Self::Integer(value.into()),
            Value::Int(Some(value)) => Self::Integer(value.into()),
            Value::BigInt(Some(value)) => Self::Integer(value),
            Value::Unsigned(Some(value)) => Self::Integer(value.into()),
            Value::Double(Some(value)) => Self::Bits(value.to_bits()),
            Value::Float(Some(value)) => Self::Bits(f64::from(value).to_bits()),
            Value::String(Some(value)) => Self::Text(value),
            Value::ChronoDateTimeUtc(Some(value)) => Self::Micros(value.timestamp_micros()),
            Value::ChronoDate(Some(value)) => Self::Day(value),
            Value::Uuid(Some(value)) => Self::Id(value),
            other => {
                return Err(ApiError::internal(anyhow::anyhow!("a cursor cannot carry {other:?}")));
            }
        })
    }
}

impl TryFrom<Carried> for Value {
    type Error = ();

    fn try_from(carried: Carried) -> Result<Self, ()> {
        Ok(match carried {
            Carried::Bool(value) => value.into(),
            Carried::Integer(value) => value.into(),
            Carried::Bits(value) => f64::from_bits(value).into(),
            Carried::Text(value) => value.into(),
            Carried::Micros(value) => DateTime::from_timestamp_micros(value).ok_or(())?.into(),
            Carried::Day(value) => value.into(),
            Carried::Id(value) => value.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{Alias, Query, SqliteQueryBuilder};

    use super::*;

    fn newest() -> Keyset {
        Keyset::new(&"newest")
            .expect("serialisable")
            .descending(Expr::col(Alias::new("at")))
            .descending(Expr::col(Alias::new("id")))
    }

    fn seals() -> CursorKeys {
        CursorKeys::new(&[[7; 32]]).expect("keys")
    }

    fn sql(paging: &Paging) -> String {
        let mut select = Query::select();
        select.column(Alias::new("id")).from(Alias::new("things"));
        paging.apply_to(&mut select);
        select.to_string(SqliteQueryBuilder)
    }

    #[test]
    fn a_page_continues_after_the_last_row_of_the_one_before() {
        let first = newest().page(&seals(), Some(2), None).expect("valid");
        assert!(
            sql(&first).ends_with(r#"ORDER BY "at" DESC, "id" DESC LIMIT 3"#),
            "{}",
            sql(&first)
        );
        let (rows, next) = first
            .cut(vec![(9, "c"), (8, "b"), (7, "a")], |row| vec![row.0.into(), row.1.into()])
            .expect("kinds");
        assert_eq!(rows.len(), 2);
        let next = next.expect("there is more");
        let second = newest().page(&seals(), Some(2), Some(&next)).expect("valid");
        assert!(sql(&second).contains(r#"("at", "id") < (8, 'b')"#), "{}", sql(&second));
        let (_, end) = second.cut(vec![(7, "a")], |row| vec![row.0.into()]).expect("kinds");
        assert_eq!(end, None);
    }

    #[test]
    fn keys_that_run_against_each_other_are_spelled_out() {
        let keyset = Keyset::new(&"due")
            .expect("serialisable")
            .ascending(Expr::col(Alias::new("due")))
            .descending(Expr::col(Alias::new("id")));
        let paging = keyset.page(&seals(), Some(1), None).expect("valid");
        let (_, next) = paging
            .cut(vec![(1, 2), (3, 4)], |row| vec![row.0.into(), row.1.into()])
            .expect("kinds");
        let paging = Paging { after: paging.keyset.read(&seals(), &next.expect("more")), ..paging };
        let sql = sql(&paging);
        assert!(sql.contains(r#""due" > 1 OR ("due" = 1 AND "id" < 2)"#), "{sql}");
    }

    #[test]
    fn foreign_and_damaged_cursors_and_limits_out_of_bounds_are_refused() {
        let paging = newest().page(&seals(), Some(1), None).expect("valid");
        let (_, next) =
            paging.cut(vec![1, 2], |row| vec![(*row).into(), (*row).into()]).expect("kinds");
        let next = next.expect("more");
        let other =
            Keyset::new(&"other").expect("serialisable").ascending(Expr::col(Alias::new("at")));
        for (keyset, cursor) in [(other, next.as_str()), (newest(), "x"), (newest(), &next[1..])] {
            let error = keyset.page(&seals(), None, Some(cursor)).expect_err("refused");
            assert_eq!(error.code(), ProblemCode::InvalidCursor);
        }
        for limit in [0, 101] {
            let error = newest().page(&seals(), Some(limit), None).expect_err("refused");
            assert_eq!(error.code(), ProblemCode::InvalidParameter);
        }
    }
}
