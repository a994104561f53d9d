//! Statements of bounded size: databases refuse one with too many parameters, SQLite above 32,766,
//! PostgreSQL above 65,535. What may grow with the data is cut into pieces here.

use crate::error::ApiResult;

/// Most parameters of one statement; the tests hold every statement to it.
pub const MOST_PARAMETERS: usize = 8_000;
/// Rows of one insert; no table has more than 40 columns.
const ROWS: usize = 200;
/// Values that one list of an `IN` may hold.
const VALUES: usize = 1_000;

/// The rows in pieces for `insert_many`, none of them empty.
pub fn rows<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    pieces(rows, ROWS)
}

/// Asks for some values at a time, for `is_in`; everything that was found, in the order of the pieces.
///
/// # Errors
/// Whatever `ask` returns.
pub async fn look_up<V, T>(
    values: impl IntoIterator<Item = V>,
    ask: impl AsyncFn(Vec<V>) -> ApiResult<Vec<T>>,
) -> ApiResult<Vec<T>> {
    let mut found = Vec::new();
    for some in pieces(values, VALUES) {
        found.extend(ask(some).await?);
    }
    Ok(found)
}

fn pieces<T>(all: impl IntoIterator<Item = T>, size: usize) -> impl Iterator<Item = Vec<T>> {
    let mut all = all.into_iter();
    std::iter::from_fn(move || {
        let some: Vec<T> = all.by_ref().take(size).collect();
        (!some.is_empty()).then_some(some)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_full_but_the_last_and_nothing_is_no_piece() {
        let lengths =
            |all: usize| -> Vec<usize> { pieces(0..all, ROWS).map(|some| some.len()).collect() };
        assert_eq!(lengths(0), [0_usize; 0]);
        assert_eq!(lengths(200), [200]);
        assert_eq!(lengths(401), [200, 200, 1]);
        assert_eq!(
            pieces(0..401, ROWS).flatten().collect::<Vec<_>>(),
            (0..401).collect::<Vec<_>>()
        );
    }
}
