//! Queries of one column.

use sea_orm::{ConnectionTrait, DbErr, StatementBuilder, TryGetable};

use crate::error::ApiResult;

/// The values in the first column of what the query finds.
///
/// # Errors
/// Failures of the database, among them a value that is none of the type.
pub async fn values<T: TryGetable>(
    db: &impl ConnectionTrait,
    query: &impl StatementBuilder,
) -> ApiResult<Vec<T>> {
    let rows = db.query_all(query).await?;
    let values: Result<Vec<T>, DbErr> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
    Ok(values?)
}
