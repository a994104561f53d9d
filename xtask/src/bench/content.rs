//! Many products out of the demo's: every row of a published one copied under new ids, with other words
//! and other times. The addresses that nobody asked for before.

use std::ops::RangeInclusive;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::postgres::Cluster;
use crate::process::capture;

/// Words that make texts differ, as typed and folded.
const WORDS: [(&str, &str); 24] = [
    ("quan trắc", "quan trac"),
    ("tưới tiêu", "tuoi tieu"),
    ("ao nuôi", "ao nuoi"),
    ("nhận dạng", "nhan dang"),
    ("giọng nói", "giong noi"),
    ("cảm biến", "cam bien"),
    ("lưu trữ", "luu tru"),
    ("năng lượng", "nang luong"),
    ("điều khiển", "dieu khien"),
    ("bệnh viện", "benh vien"),
    ("hồ sơ", "ho so"),
    ("chẩn đoán", "chan doan"),
    ("giao thông", "giao thong"),
    ("bản đồ", "ban do"),
    ("vệ tinh", "ve tinh"),
    ("bán dẫn", "ban dan"),
    ("vật liệu", "vat lieu"),
    ("rác thải", "rac thai"),
    ("học liệu", "hoc lieu"),
    ("thanh toán", "thanh toan"),
    ("truy xuất", "truy xuat"),
    ("cây lúa", "cay lua"),
    ("thủy sản", "thuy san"),
    ("di sản", "di san"),
];

/// Tables that hold a published product, and the column that names it. The first two are what the portal
/// works with, the others what the public reads.
const TABLES: [(&str, &str); 5] = [
    ("products", "id"),
    ("product_versions", "product_id"),
    ("product_publications", "product_id"),
    ("product_sectors", "product_id"),
    ("product_search", "id"),
];

/// Codes of copies have a part more than those of the demo.
const ORIGINALS: &str = "code NOT LIKE '%-%-%-%'";

/// Which products there shall be, of how many there are.
#[derive(Debug, Clone, Copy)]
pub struct Growth {
    pub wanted: u32,
    /// Only what public lists and searches read: millions of rows more that they never touch would
    /// take minutes.
    pub is_public_only: bool,
}

impl Growth {
    fn tables(self) -> &'static [(&'static str, &'static str)] {
        let skipped = if self.is_public_only { 2 } else { 0 };
        TABLES.get(skipped..).unwrap_or_default()
    }

    /// The numbers of the copies that are missing, the same for each original.
    fn copies(self, originals: &str, present: &str) -> Result<(u32, u32)> {
        let (originals, present): (u32, u32) = (originals.trim().parse()?, present.trim().parse()?);
        if originals == 0 {
            bail!("the demo published nothing");
        }
        Ok((present / originals, (self.wanted / originals).max(1) - 1))
    }
}

/// How a column of a copy is made, in the dialect at hand.
struct Dialect {
    earlier: fn(&str) -> String,
    /// Tables in the order in which they shall be read.
    joined: fn(&str, &str) -> String,
}

impl Dialect {
    fn value(&self, key: &str, column: &str) -> String {
        let old = format!("t.\"{column}\"");
        match column {
            _ if column == key => "c.new".to_owned(),
            "code" => format!("{old} || '-' || c.n"),
            "title" | "original" => format!("{old} || ' ' || w.original || ' ' || c.n"),
            "title_folded" | "folded" => format!("{old} || ' ' || w.folded || ' ' || c.n"),
            "document" => format!(
                "{old} || setweight(to_tsvector('simple', w.original || ' ' || c.n), 'A') \
                 || setweight(to_tsvector('simple', w.folded || ' ' || c.n), 'D')"
            ),
            _ if column.ends_with("_at") => (self.earlier)(&old),
            _ => old,
        }
    }

    fn copy(&self, table: &str, key: &str, columns: &[&str]) -> String {
        let names: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let values: Vec<String> = columns.iter().map(|column| self.value(key, column)).collect();
        format!(
            "INSERT INTO {table} ({}) SELECT {} FROM {};\n",
            names.join(", "),
            values.join(", "),
            (self.joined)(table, key)
        )
    }
}

fn words() -> String {
    let rows: Vec<String> = WORDS
        .iter()
        .enumerate()
        .map(|(number, (original, folded))| format!("({number}, '{original}', '{folded}')"))
        .collect();
    format!(
        "CREATE TEMP TABLE words (number INTEGER PRIMARY KEY, original TEXT, folded TEXT);\n\
         INSERT INTO words VALUES {};\n",
        rows.join(", ")
    )
}

pub fn grow_postgres(cluster: &Cluster, growth: Growth) -> Result<()> {
    let count = |condition: &str| {
        cluster.query(&format!("SELECT count(*) FROM product_publications WHERE {condition}"))
    };
    let (have, last) = growth.copies(&count(ORIGINALS)?, &count("true")?)?;
    let dialect = Dialect {
        earlier: |old| format!("{old} - c.n * interval '1 minute'"),
        joined: |table, key| {
            format!(
                "{table} t JOIN copies c ON c.old = t.\"{key}\" JOIN words w ON w.number = c.n % {}",
                WORDS.len()
            )
        },
    };
    let mut script = words();
    // The rows are whole by construction: no need to look every reference up.
    script.push_str(&format!(
        "SET session_replication_role = replica;\nSET maintenance_work_mem = '1GB';\n\
         CREATE TEMP TABLE copies AS SELECT product_id AS old, gen_random_uuid() AS new, n \
         FROM product_publications CROSS JOIN generate_series({have}, {last}) AS n WHERE {ORIGINALS};\n\
         ANALYZE copies;\n"
    ));
    // An index is built in a fraction of the time that it takes to fill it row by row.
    let tables: Vec<String> =
        growth.tables().iter().map(|(table, _)| format!("'{table}'")).collect();
    let indexes = cluster.query(&format!(
        "SELECT i.indexname || '|' || i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public' \
         AND i.tablename IN ({}) AND i.indexdef NOT LIKE 'CREATE UNIQUE%'",
        tables.join(", ")
    ))?;
    let indexes: Vec<(&str, &str)> =
        indexes.lines().filter_map(|line| line.split_once('|')).collect();
    for (name, _) in &indexes {
        script.push_str(&format!("DROP INDEX {name};\n"));
    }
    for (table, key) in growth.tables() {
        let columns = cluster.query(&format!(
            "SELECT column_name FROM information_schema.columns \
             WHERE table_name = '{table}' AND table_schema = 'public' AND is_generated = 'NEVER' ORDER BY ordinal_position"
        ))?;
        script.push_str(&dialect.copy(table, key, &columns.lines().collect::<Vec<_>>()));
    }
    for (_, definition) in &indexes {
        script.push_str(&format!("{definition};\n"));
    }
    cluster.query(&format!("BEGIN;\n{script}COMMIT;"))?;
    cluster.query("VACUUM ANALYZE").map(drop)
}

pub fn grow_sqlite(file: &Path, growth: Growth) -> Result<()> {
    let sqlite = |sql: &str| capture(Command::new("sqlite3").arg("-bail").arg(file).arg(sql));
    let count = |condition: &str| {
        sqlite(&format!("SELECT count(*) FROM product_publications WHERE {condition}"))
    };
    let (have, last) = growth.copies(&count(ORIGINALS)?, &count("true")?)?;
    // Times are texts of a fixed form, which must stay sortable.
    let dialect = Dialect {
        earlier: |old| {
            format!(
                "strftime('%Y-%m-%dT%H:%M:%S', substr({old}, 1, 19), '-' || c.n || ' minutes') || substr({old}, 20)"
            )
        },
        joined: |table, key| {
            format!(
                "temp.copies c CROSS JOIN {table} t ON t.\"{key}\" = c.old \
                 CROSS JOIN temp.words w ON w.number = c.n % {}",
                WORDS.len()
            )
        },
    };
    let mut columns = Vec::new();
    for (table, key) in growth.tables() {
        let names = sqlite(&format!(
            "SELECT name FROM pragma_table_info('{table}') WHERE name <> 'number'"
        ))?;
        columns.push((table, key, names));
    }
    // In parts, so that the log of each is written back before the next.
    let mut from = have;
    while from <= last {
        let to = last.min(from + PART);
        let mut script =
            format!("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;\n{}", words());
        script.push_str(&format!(
            "CREATE TEMP TABLE copies AS WITH RECURSIVE s(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM s WHERE n < {to}) \
             SELECT product_id AS old, randomblob(16) AS new, n FROM product_publications CROSS JOIN s WHERE {ORIGINALS};\n\
             BEGIN;\n"
        ));
        for (table, key, names) in &columns {
            script.push_str(&dialect.copy(table, key, &names.lines().collect::<Vec<_>>()));
        }
        sqlite(&format!("{script}COMMIT;\nPRAGMA wal_checkpoint(TRUNCATE);"))?;
        from = to + 1;
    }
    sqlite("ANALYZE;").map(drop)
}

/// Copies of each original that are inserted at once on SQLite.
const PART: u32 = 1_000;

/// What one asks for: the same in pages of every length that the API takes.
pub struct Question {
    /// As an address without the length of the page.
    path: String,
    /// The same by itself, with `{limit}` rows.
    bare_postgres: Option<String>,
    bare_sqlite: String,
}

/// Lengths of a page, none of which is asked for twice.
const LENGTHS: RangeInclusive<usize> = 10..=100;

impl Question {
    pub fn path(&self, limit: usize) -> String {
        format!("/api/v1/products?{}&limit={limit}", self.path)
    }

    /// The statement that nobody could do without; none where the server's own is taken.
    pub fn bare_postgres(&self, limit: usize) -> Option<String> {
        Some(self.bare_postgres.as_ref()?.replace("{limit}", &(limit + 1).to_string()))
    }

    pub fn bare_sqlite(&self, limit: usize) -> String {
        self.bare_sqlite.replace("{limit}", &(limit + 1).to_string())
    }

    /// The length of the page that question number `place` asks for in a round. Rounds have pages of all
    /// lengths, and no address comes twice.
    pub fn limit(round: usize, place: usize) -> usize {
        let lengths = LENGTHS.count();
        LENGTHS.start() + (round + place * 7) % lengths
    }
}

/// Rounds before an address would come again.
pub fn rounds() -> usize {
    LENGTHS.count()
}

/// What a list shows of a product.
const CARD: &str = "p.product_id, p.code, p.title, p.title_folded, p.kind, p.domain, p.sectors, p.maturity, \
    p.trl, p.province_code, p.summary, p.owner_name, p.honours, p.version, p.published_at, p.updated_at";

/// Filtered lists, all different.
pub fn filtered_lists() -> Vec<Question> {
    let mut all = Vec::new();
    for domain in ["science_technology", "innovation", "digital_transformation"] {
        for maturity in ["deployed", "new"] {
            for trl in [1, 3, 5, 7, 8, 9] {
                for kind in ["product", "solution", "initiative"] {
                    all.push(Question {
                        path: format!("domain={domain}&maturity={maturity}&trl_min={trl}&kind={kind}"),
                        bare_postgres: None,
                        bare_sqlite: format!(
                            "SELECT {CARD} FROM product_publications p WHERE p.domain = '{domain}' AND p.kind = '{kind}' \
                             AND p.maturity = '{maturity}' AND p.trl >= {trl} \
                             ORDER BY p.published_at DESC, p.product_id DESC LIMIT {{limit}}"
                        ),
                    });
                }
            }
        }
    }
    all
}

/// Searches without diacritics, all different.
pub fn searches() -> Vec<Question> {
    let mut all = Vec::new();
    for (index, (_, one)) in WORDS.iter().enumerate() {
        for distance in 1..=3 {
            let Some((_, other)) = WORDS.get((index + distance * 5) % WORDS.len()) else {
                continue;
            };
            let mut words: Vec<&str> = one.split(' ').collect();
            words.extend(other.split(' ').next_back());
            let each = |form: fn(&str) -> String, and: &str| {
                words.iter().map(|word| form(word)).collect::<Vec<_>>().join(and)
            };
            let (ranked, found) = (
                each(|word| format!("''{word}'':D"), " & "),
                each(|word| format!("''{word}'':"), " & "),
            );
            let matched = each(|word| format!("folded : \"{word}\""), " AND ");
            all.push(Question {
                path: format!("q={}", words.join("+")),
                bare_postgres: Some(format!(
                    "SELECT id, ts_rank(document, to_tsquery('simple', '{ranked}*')) AS rank FROM product_search \
                     WHERE document @@ to_tsquery('simple', '{found}*') ORDER BY rank DESC, id DESC LIMIT {{limit}}"
                )),
                bare_sqlite: format!(
                    "SELECT d.id, f.rank FROM (SELECT rowid, rank FROM product_search_index \
                     WHERE product_search_index MATCH '{matched}*' AND rank MATCH 'bm25(4.0, 1.0)' \
                     ORDER BY rank LIMIT {{limit}}) f JOIN product_search d ON d.number = f.rowid ORDER BY f.rank"
                ),
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_address_is_asked_for_twice() {
        for questions in [filtered_lists(), searches()] {
            let mut asked = HashSet::new();
            for round in 0..rounds() {
                for (place, question) in questions.iter().enumerate() {
                    assert!(asked.insert(question.path(Question::limit(round, place))));
                }
            }
        }
    }

    #[test]
    fn what_is_there_is_not_copied_again() {
        let growth = |wanted| Growth { wanted, is_public_only: false };
        // Originals count as copy 0.
        assert_eq!(growth(1000).copies("86\n", "86\n").unwrap(), (1, 10));
        assert_eq!(growth(5000).copies("86", "946").unwrap(), (11, 57));
        assert!(growth(5000).copies("0", "0").is_err());
    }
}
