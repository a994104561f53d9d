//! Writing transactions: all or nothing, and many at once without a failure.

use futures_util::future::join_all;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::transaction;
use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::harness::TestApp;

async fn count(db: &DatabaseConnection) -> i64 {
    let statement = "SELECT total FROM counters";
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), statement);
    let row = db.query_one_raw(statement).await.expect("rows").expect("a row");
    row.try_get("", "total").expect("a number")
}

async fn counters(app: &TestApp) {
    for statement in ["CREATE TABLE counters (total BIGINT)", "INSERT INTO counters VALUES (0)"] {
        app.state.db.execute_unprepared(statement).await.expect("done");
    }
}

#[actix_web::test]
async fn a_failure_leaves_nothing() {
    let app = TestApp::start().await;
    counters(&app).await;
    let outcome: ApiResult<()> = transaction::write(&app.state.db, async |tx| {
        tx.execute_unprepared("UPDATE counters SET total = total + 1").await?;
        Err(ApiError::not_found())
    })
    .await;
    assert!(outcome.is_err());
    assert_eq!(count(&app.state.db).await, 0);
}

#[actix_web::test]
async fn many_writers_that_read_first_all_succeed() {
    let app = TestApp::start().await;
    let second = app.sibling().await;
    counters(&app).await;
    let writers = (0..60).map(|number| {
        let db = if number % 2 == 0 { &app.state.db } else { &second.state.db };
        async move {
            transaction::write(db, async |tx| {
                let statement = "SELECT total FROM counters";
                let statement =
                    sea_orm::Statement::from_string(tx.get_database_backend(), statement);
                tx.query_one_raw(statement).await?;
                tx.execute_unprepared("UPDATE counters SET total = total + 1").await?;
                Ok(())
            })
            .await
        }
    });
    for outcome in join_all(writers).await {
        outcome.expect("written");
    }
    assert_eq!(count(&app.state.db).await, 60);
}
