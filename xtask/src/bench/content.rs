//! Many products out of the demo's: every row of a published one copied under new ids, with other words
//! and other times. The addresses that nobody asked for before.

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

/// Tables that hold a published product, and the column that names it.
const TABLES: [(&str, &str); 5] = [
    ("products", "id"),
    ("product_versions", "product_id"),
    ("product_publications", "product_id"),
    ("product_sectors", "product_id"),
    ("product_search", "id"),
];

/// How a column of a copy is made, in the dialect at hand.
struct Dialect {
    earlier: fn(&str) -> String,
}

impl Dialect {
    fn value(&self, key: &str, column: &str) -> String {
        let old = format!("t.\"{column}\"");
        match column {
            _ if column == key => "c.new".to_owned(),
            "code" => format!("{old} || '-' || c.n"),
            "title" | "original" => format!("{old} || ' ' || w.original || ' ' || c.n"),
            "title_folded" | "folded" => format!("{old} || ' ' || w.folded || ' ' || c.n"),
            _ if column.ends_with("_at") => (self.earlier)(&old),
            _ => old,
        }
    }

    fn copy(&self, table: &str, key: &str, columns: &[&str]) -> String {
        let names: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let values: Vec<String> = columns.iter().map(|column| self.value(key, column)).collect();
        format!(
            "INSERT INTO {table} ({}) SELECT {} FROM {table} t JOIN copies c ON c.old = t.\"{key}\" \
             JOIN words w ON w.number = c.n % {};\n",
            names.join(", "),
            values.join(", "),
            WORDS.len()
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

fn copies_of_each(published: &str, wanted: u32) -> Result<u32> {
    match published.trim().parse::<u32>()? {
        0 => bail!("the demo published nothing"),
        published => Ok(wanted / published),
    }
}

pub fn multiply_postgres(cluster: &Cluster, wanted: u32) -> Result<()> {
    let copies =
        copies_of_each(&cluster.query("SELECT count(*) FROM product_publications")?, wanted)?;
    let dialect = Dialect { earlier: |old| format!("{old} - c.n * interval '1 minute'") };
    let mut script = words();
    script.push_str(&format!(
        "CREATE TEMP TABLE copies AS SELECT product_id AS old, gen_random_uuid() AS new, n \
         FROM product_publications CROSS JOIN generate_series(1, {copies}) AS n;\n"
    ));
    for (table, key) in TABLES {
        let columns = cluster.query(&format!(
            "SELECT column_name FROM information_schema.columns \
             WHERE table_name = '{table}' AND table_schema = 'public' AND is_generated = 'NEVER' ORDER BY ordinal_position"
        ))?;
        script.push_str(&dialect.copy(table, key, &columns.lines().collect::<Vec<_>>()));
    }
    cluster.query(&format!("BEGIN;\n{script}COMMIT;"))?;
    cluster.query("VACUUM ANALYZE").map(drop)
}

pub fn multiply_sqlite(file: &Path, wanted: u32) -> Result<()> {
    let sqlite = |sql: &str| capture(Command::new("sqlite3").arg("-bail").arg(file).arg(sql));
    let copies = copies_of_each(&sqlite("SELECT count(*) FROM product_publications")?, wanted)?;
    // Times are texts of a fixed form, which must stay sortable.
    let dialect = Dialect {
        earlier: |old| {
            format!(
                "strftime('%Y-%m-%dT%H:%M:%S', substr({old}, 1, 19), '-' || c.n || ' minutes') || substr({old}, 20)"
            )
        },
    };
    let mut script = words();
    script.push_str(&format!(
        "CREATE TEMP TABLE copies AS WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {copies}) \
         SELECT product_id AS old, randomblob(16) AS new, n FROM product_publications CROSS JOIN s;\n\
         CREATE INDEX temp.copies_old ON copies (old);\n"
    ));
    for (table, key) in TABLES {
        let columns = sqlite(&format!(
            "SELECT name FROM pragma_table_info('{table}') WHERE name <> 'number'"
        ))?;
        script.push_str(&dialect.copy(table, key, &columns.lines().collect::<Vec<_>>()));
    }
    sqlite(&format!("BEGIN;\n{script}COMMIT;\nANALYZE;")).map(drop)
}

/// Addresses that ask the same but for the length of the page.
pub type Alike = Vec<String>;

/// Addresses of filtered lists, all different.
pub fn filtered_lists() -> Vec<Alike> {
    let mut all = Vec::new();
    for domain in ["science_technology", "innovation", "digital_transformation"] {
        for maturity in ["deployed", "new"] {
            for trl in [1, 3, 5, 7, 8, 9] {
                for kind in ["product", "solution", "initiative"] {
                    let filter =
                        format!("domain={domain}&maturity={maturity}&trl_min={trl}&kind={kind}");
                    all.push(alike(&filter));
                }
            }
        }
    }
    all
}

/// Addresses of searches without diacritics, all different.
pub fn searches() -> Vec<Alike> {
    let mut all = Vec::new();
    for (index, (_, one)) in WORDS.iter().enumerate() {
        for distance in 1..=3 {
            let Some((_, other)) = WORDS.get((index + distance * 5) % WORDS.len()) else {
                continue;
            };
            let last = other.split(' ').next_back().unwrap_or_default();
            all.push(alike(&format!("q={}+{last}", one.replace(' ', "+"))));
        }
    }
    all
}

/// The same question for pages of every length that the API takes.
fn alike(filter: &str) -> Alike {
    (10..=100).map(|limit| format!("/api/v1/products?{filter}&limit={limit}")).collect()
}
