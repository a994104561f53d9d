//! The query of an address, before anybody knows what its parameters mean.

/// What a query says: without `name=`, which is how a form sends what was left empty. `name=value=` has a
/// value.
#[must_use]
pub fn given(query: &str) -> String {
    let is_empty = |pair: &str| pair.find('=').is_some_and(|at| at + 1 == pair.len());
    let pairs = query.split('&').filter(|pair| !pair.is_empty() && !is_empty(pair));
    pairs.collect::<Vec<_>>().join("&")
}
