//! Full-text search that finds Vietnamese without diacritics: FTS5 on SQLite, `tsvector` on PostgreSQL.
//! Each searchable domain has one table of documents; what was typed with marks weighs more.

use nq57_core::fold::fold;
use sea_orm::sea_query::{
    Alias, CommonTableExpression, Condition, Expr, ExprTrait, IntoIden, JoinType, LikeExpr,
    OnConflict, Query, SelectStatement,
};
use sea_orm::{ConnectionTrait, DbErr, QueryTrait};
use uuid::Uuid;

use crate::error::ApiResult;
use crate::persistence::dialect::Engine;
use crate::persistence::keyset::Paging;

/// Words of a query that are looked at.
const MAX_WORDS: usize = 12;
/// Name of the joined matches.
const FOUND: &str = "found";

/// Makes the table of documents and its index; called by a migration. `table` is a plain identifier.
///
/// # Errors
/// Failures of the database.
pub async fn create(db: &impl ConnectionTrait, table: &'static str) -> Result<(), DbErr> {
    let statements = match Engine::of(db) {
        Engine::Sqlite => vec![
            format!(
                "CREATE TABLE {table} (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, \
                 original TEXT NOT NULL, folded TEXT NOT NULL)"
            ),
            format!(
                "CREATE VIRTUAL TABLE {table}_index USING fts5(original, folded, content='{table}', \
                 content_rowid='number', tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
            ),
            format!(
                "CREATE TRIGGER {table}_added AFTER INSERT ON {table} BEGIN \
                 INSERT INTO {table}_index(rowid, original, folded) \
                 VALUES (new.number, new.original, new.folded); END"
            ),
            format!(
                "CREATE TRIGGER {table}_removed AFTER DELETE ON {table} BEGIN \
                 INSERT INTO {table}_index({table}_index, rowid, original, folded) \
                 VALUES ('delete', old.number, old.original, old.folded); END"
            ),
            format!(
                "CREATE TRIGGER {table}_changed AFTER UPDATE ON {table} BEGIN \
                 INSERT INTO {table}_index({table}_index, rowid, original, folded) \
                 VALUES ('delete', old.number, old.original, old.folded); \
                 INSERT INTO {table}_index(rowid, original, folded) \
                 VALUES (new.number, new.original, new.folded); END"
            ),
        ],
        Engine::Postgres => vec![
            // Ranking reads the document of every match: in its row, not out of line, and nothing beside it.
            format!("CREATE TABLE {table} (id UUID PRIMARY KEY, document TSVECTOR NOT NULL)"),
            format!("ALTER TABLE {table} ALTER COLUMN document SET STORAGE MAIN"),
            format!("CREATE INDEX {table}_document ON {table} USING gin (document)"),
        ],
    };
    for statement in statements {
        db.execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Puts or replaces the document of `id`.
///
/// # Errors
/// Failures of the database.
pub async fn put(
    db: &impl ConnectionTrait,
    table: &'static str,
    id: Uuid,
    text: &str,
) -> ApiResult<()> {
    let id_column = Alias::new("id");
    let (original, folded) = (text.to_lowercase(), fold(text));
    let (columns, values) = match Engine::of(db) {
        Engine::Sqlite => {
            (vec!["original", "folded"], vec![Expr::val(original), Expr::val(folded)])
        }
        Engine::Postgres => {
            let document = "setweight(to_tsvector('simple', $1), 'A') \
                 || setweight(to_tsvector('simple', $2), 'D')";
            (vec!["document"], vec![Expr::cust_with_values(document, [original, folded])])
        }
    };
    let columns: Vec<_> = columns.into_iter().map(Alias::new).collect();
    let mut statement = Query::insert();
    statement
        .into_table(Alias::new(table))
        .columns(std::iter::once(id_column.clone()).chain(columns.iter().cloned()))
        .values_panic(std::iter::once(Expr::val(id)).chain(values))
        .on_conflict(OnConflict::column(id_column).update_columns(columns).to_owned());
    db.execute(&statement).await?;
    Ok(())
}

/// Takes the document of `id` out, if there is one.
///
/// # Errors
/// Failures of the database.
pub async fn remove(db: &impl ConnectionTrait, table: &'static str, id: Uuid) -> ApiResult<()> {
    let mut statement = Query::delete();
    statement.from_table(Alias::new(table)).and_where(Expr::col(Alias::new("id")).eq(id));
    db.execute(&statement).await?;
    Ok(())
}

/// Rows whose `folded` column has every word of `q`, or its beginning or middle. Where `q` has characters but no
/// word, as `%` has none, nothing is found. Folded words hold no character that LIKE reads as a pattern.
#[must_use]
pub fn has_words(column: &Expr, q: &str) -> Condition {
    let folded = fold(q);
    if folded.is_empty() && !q.trim().is_empty() {
        return Condition::all().add(Expr::val(1).eq(0));
    }
    let words = folded.split(' ').filter(|word| !word.is_empty());
    words.fold(Condition::all(), |all, word| all.add(column.clone().like(format!("%{word}%"))))
}

/// Rows whose column has this text as it stands, whatever LIKE would read into it.
#[must_use]
pub fn has_text(column: &Expr, text: &str) -> Expr {
    let escaped = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    column.clone().like(LikeExpr::new(format!("%{escaped}%")).escape('!'))
}

/// A query in words, ready to be joined.
#[derive(Clone, Debug)]
pub struct Matching {
    engine: Engine,
    table: &'static str,
    folded: Vec<String>,
    /// The words as typed, when they carry marks.
    original: Option<Vec<String>>,
}

/// What `text` looks for; nothing when it holds no word.
///
/// Every word must occur, with or without marks; the last may be the beginning of a longer one, as while
/// it is typed. Whole words with the marks as typed raise the rank. Operators of the engines mean nothing
/// here.
#[must_use]
pub fn matching(engine: Engine, table: &'static str, text: &str) -> Option<Matching> {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| !word.is_empty()).take(MAX_WORDS).map(str::to_owned).collect()
    };
    let folded = words(&fold(text));
    if folded.is_empty() {
        return None;
    }
    let original = words(&text.to_lowercase());
    let original = (original != folded).then_some(original);
    Some(Matching { engine, table, folded, original })
}

impl Matching {
    /// The matching documents: `id`, and `rank`, which is higher for better matches.
    #[must_use]
    pub fn matches(&self) -> SelectStatement {
        match self.engine {
            Engine::Sqlite => self.matches_sqlite(),
            Engine::Postgres => self.matches_postgres(),
        }
    }

    /// Restricts the query to matches; `id` is its column with the id of the document.
    /// Then [`rank`] can be selected and sorted by.
    #[must_use]
    pub fn join<Q>(&self, mut query: Q, id: impl Into<Expr>) -> Q
    where
        Q: QueryTrait<QueryStatement = SelectStatement>,
    {
        let on = found_id().eq(id.into());
        query.query().join_subquery(JoinType::InnerJoin, self.matches(), Alias::new(FOUND), on);
        query
    }

    /// The same for a statement in which the matches are looked up once, under a name, by
    /// [`Matching::shared`].
    #[must_use]
    pub fn join_shared<Q>(&self, mut query: Q, id: impl Into<Expr>) -> Q
    where
        Q: QueryTrait<QueryStatement = SelectStatement>,
    {
        let on = Expr::col((Alias::new(FOUND), Alias::new("id"))).eq(id.into());
        query.query().join(JoinType::InnerJoin, Alias::new(FOUND), on);
        query
    }

    /// The matches for all branches of a statement, not ranked: the index is asked once, however many there are.
    #[must_use]
    pub fn shared(&self) -> CommonTableExpression {
        let mut found = self.matches();
        found.clear_selects().column((Alias::new(self.table), Alias::new("id")));
        CommonTableExpression::new()
            .table_name(Alias::new(FOUND))
            .query(found)
            .materialized(true)
            .to_owned()
    }

    /// The best matches of a page: ranked and cut before anything is joined to them. The keyset of the page
    /// runs over [`rank`] and [`found_id`].
    #[must_use]
    pub fn join_best<Q>(&self, mut query: Q, id: impl Into<Expr>, page: &Paging) -> Q
    where
        Q: QueryTrait<QueryStatement = SelectStatement>,
    {
        let mut best = Query::select();
        best.expr_as(found_id(), Alias::new("id"))
            .expr_as(rank(), Alias::new("rank"))
            .from_subquery(self.matches(), Alias::new(FOUND));
        page.apply_to(&mut best);
        query.query().join_subquery(
            JoinType::InnerJoin,
            best,
            Alias::new(FOUND),
            found_id().eq(id.into()),
        );
        query
    }

    fn matches_sqlite(&self) -> SelectStatement {
        // Letters and digits only: nothing needs escaping inside the quotes.
        let words: Vec<String> =
            self.folded.iter().map(|word| format!("folded : \"{word}\"")).collect();
        let mut text = format!("({}*)", words.join(" AND "));
        if let (Some(original), Some(first)) = (&self.original, words.first()) {
            // Always true beside the first part: whole words with their marks only raise the rank.
            let beginning = if words.len() == 1 { "*" } else { "" };
            let marked = original.iter().map(|word| format!(" OR original : \"{word}\""));
            text.push_str(&format!(" AND ({first}{beginning}{})", marked.collect::<String>()));
        }
        let table = Alias::new(self.table);
        let index = Alias::new(format!("{}_index", self.table));
        let mut select = Query::select();
        select
            .expr_as(Expr::col((table.clone(), Alias::new("id"))), Alias::new("id"))
            .expr_as(
                Expr::cust(format!("-bm25({}_index, 4.0, 1.0)", self.table)),
                Alias::new("rank"),
            )
            .from(index.clone())
            .join(
                JoinType::InnerJoin,
                table.clone(),
                Expr::col((table.clone(), Alias::new("number")))
                    .equals((index.clone(), Alias::new("rowid"))),
            )
            .and_where(Expr::cust_with_values(format!("{}_index MATCH ?", self.table), [text]))
            // Keeps the planner from flattening the subquery: ranking works only inside of it.
            .limit(i64::MAX.unsigned_abs());
        select
    }

    fn matches_postgres(&self) -> SelectStatement {
        let words = |label: &str| {
            let words = self.folded.iter().map(|word| format!("'{word}':{label}"));
            // The last may be a beginning.
            format!("{}*", words.collect::<Vec<_>>().join(" & "))
        };
        let folded = words("D");
        // What begins with a folded word with its marks begins with it without them: the label would
        // exclude nothing, and the index, which has no labels, would have every match read again.
        let found = words("");
        // Sub-selects are read once; the generic plan of a prepared statement would read the query anew for
        // every match, half as long again as ranking itself.
        let rank = match &self.original {
            Some(original) => {
                let marked = original.iter().map(|word| format!("'{word}':A"));
                Expr::cust_with_values(
                    "(ts_rank(document, (SELECT to_tsquery('simple', $1))) * 4 \
                     + ts_rank(document, (SELECT to_tsquery('simple', $2))))::float8",
                    [marked.collect::<Vec<_>>().join(" | "), folded.clone()],
                )
            }
            None => Expr::cust_with_values(
                "ts_rank(document, (SELECT to_tsquery('simple', $1)))::float8",
                [folded.clone()],
            ),
        };
        let mut select = Query::select();
        select
            .column(Alias::new("id"))
            .expr_as(rank, Alias::new("rank"))
            .from(Alias::new(self.table).into_iden())
            .and_where(Expr::cust_with_values("document @@ to_tsquery('simple', $1)", [found]));
        select
    }
}

/// The rank of a joined match as an expression: higher is better.
#[must_use]
pub fn rank() -> Expr {
    Expr::col((Alias::new(FOUND), Alias::new("rank")))
}

/// The document of a joined match.
#[must_use]
pub fn found_id() -> Expr {
    Expr::col((Alias::new(FOUND), Alias::new("id")))
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::SqliteQueryBuilder;

    use super::*;

    #[test]
    fn what_like_reads_as_a_pattern_is_only_text() {
        let of = |condition: Condition| {
            Query::select().cond_where(condition).take().to_string(SqliteQueryBuilder)
        };
        let column = Expr::col(Alias::new("folded"));
        assert!(of(has_words(&column, "50% _x")).contains("LIKE '%50%' AND \"folded\" LIKE '%x%'"));
        for nothing in ["%", "_", "%_%", "\\", "'"] {
            assert!(of(has_words(&column, nothing)).contains("1 = 0"), "{nothing}");
        }
        let text = of(Condition::all().add(has_text(&column, "a_b%!")));
        assert!(text.contains("LIKE '%a!_b!%!!%' ESCAPE '!'"), "{text}");
    }

    #[test]
    fn operators_are_only_text() {
        let text = "\"NEAR\" AND (x* : -y) ; DROP' & | ! <->";
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let matching = matching(engine, "things_search", text).expect("words");
            assert_eq!(matching.folded, ["near", "and", "x", "y", "drop"]);
            assert_eq!(matching.original, None, "the same words without marks");
        }
        assert!(matching(Engine::Sqlite, "things_search", " -*\"( ").is_none());
        let marked = matching(Engine::Sqlite, "things_search", "Cảm biến").expect("words");
        assert_eq!(marked.original, Some(vec!["cảm".to_owned(), "biến".to_owned()]));
    }
}
