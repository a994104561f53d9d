//! The query of an address, before anybody knows what its parameters mean.

use nq57_core::problem::{FieldCode, ProblemCode};
use nq57_core::validate::Violations;

use crate::error::{ApiError, ApiResult};

/// The most characters of words that are looked for.
const MOST_WORDS: usize = 200;

/// Refuses words that are too many to be looked for: each is a condition of its own.
///
/// # Errors
/// 400 with the place.
pub fn check_words(q: Option<&str>) -> ApiResult<()> {
    if q.is_none_or(|q| q.chars().count() <= MOST_WORDS) {
        return Ok(());
    }
    let mut violations = Violations::new();
    violations.add_limit("#query/q", FieldCode::TooLong, MOST_WORDS);
    Err(ApiError::problem(ProblemCode::InvalidParameter).errors(violations))
}

/// What a query says: without `name=`, which is how a form sends what was left empty. `name=value=` has a
/// value.
#[must_use]
pub fn given(query: &str) -> String {
    let is_empty = |pair: &str| pair.find('=').is_some_and(|at| at + 1 == pair.len());
    let pairs = query.split('&').filter(|pair| !pair.is_empty() && !is_empty(pair));
    pairs.collect::<Vec<_>>().join("&")
}
