//! Search and paging over a table of their own, on whichever engine the run has.

use nq57_platform::clock::Clock;
use nq57_platform::persistence::dialect::Engine;
use nq57_platform::persistence::search;
use sea_orm::{FromQueryResult, Statement};
use uuid::Uuid;

use crate::harness::{TestApp, beginning};

const TABLE: &str = "things_search";

#[derive(Debug, FromQueryResult)]
struct Found {
    id: Uuid,
    rank: f64,
}

async fn found(db: &sea_orm::DatabaseConnection, text: &str) -> Vec<Uuid> {
    let Some(matching) = search::matching(Engine::of(db), TABLE, text) else { return Vec::new() };
    let statement: Statement = db.get_database_backend().build(&matching.matches());
    let mut rows = Found::find_by_statement(statement).all(db).await.expect("rows");
    rows.sort_by(|a, b| b.rank.total_cmp(&a.rank));
    rows.iter().map(|row| row.id).collect()
}

#[actix_web::test]
async fn vietnamese_is_found_without_marks_and_marks_weigh_more() {
    let app = TestApp::start().await;
    let db = &app.state.db;
    let clock = Clock::fixed(beginning());
    search::create(db, TABLE).await.expect("a table");
    let [mother, ghost, sensor]: [Uuid; 3] = [clock.new_id(), clock.new_id(), clock.new_id()];
    search::put(db, TABLE, ghost, "Con ma trong nhà máy điện").await.expect("put");
    search::put(db, TABLE, mother, "Má và sản phẩm đường phèn").await.expect("put");
    search::put(db, TABLE, sensor, "Cảm biến mặn cho ruộng lúa").await.expect("put");

    assert_eq!(found(db, "cam bien MAN").await, [sensor]);
    assert_eq!(found(db, "cảm biến").await, [sensor]);
    assert_eq!(found(db, "duong phen").await, [mother]);
    assert_eq!(found(db, "đường").await, [mother]);
    assert_eq!(found(db, "cam b").await, [sensor], "the last word may be a beginning");
    assert_eq!(found(db, "ca bien").await, Vec::<Uuid>::new(), "no other word may");
    assert_eq!(found(db, "s").await, [mother]);
    assert_eq!(found(db, "sả").await, [mother], "with marks too");
    assert_eq!(found(db, "má").await.first(), Some(&mother), "marks weigh more");
    assert_eq!(found(db, "cảm máy").await, Vec::<Uuid>::new(), "all words must occur");
    assert_eq!(found(db, "\" OR 1=1 --").await, Vec::<Uuid>::new());
    assert_eq!(found(db, "NOT near(").await, Vec::<Uuid>::new());

    search::put(db, TABLE, sensor, "Máy bay không người lái").await.expect("replaced");
    assert_eq!(found(db, "cam bien").await, Vec::<Uuid>::new());
    assert_eq!(found(db, "may bay").await, [sensor]);
    search::remove(db, TABLE, sensor).await.expect("removed");
    assert_eq!(found(db, "may bay").await, Vec::<Uuid>::new());
}
