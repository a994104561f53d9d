//! The query of the address as the state of a list: search, filters, sort. What is in the address can be shared and gone back to.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};

use crate::api::query_string;

/// The parameters of an address, in order; a name may stand more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// The first value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All values of `name`.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Whether `name` has this value.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(known, have)| known == name && have == value)
    }

    /// With `name` set to this one value; an empty value removes it.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut query = self.without(name);
        if !value.is_empty() {
            query.0.push((name.to_owned(), value.to_owned()));
        }
        query
    }

    /// With one more value of `name`.
    #[must_use]
    pub fn and(&self, name: &str, value: &str) -> Self {
        let mut query = self.without_value(name, value);
        query.0.push((name.to_owned(), value.to_owned()));
        query
    }

    /// Without any value of `name`.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(known, _)| known != name).cloned().collect())
    }

    /// Without this value of `name`.
    #[must_use]
    pub fn without_value(&self, name: &str, value: &str) -> Self {
        Self(
            self.0.iter().filter(|(known, have)| known != name || have != value).cloned().collect(),
        )
    }

    /// Only these parameters.
    #[must_use]
    pub fn only(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(known, _)| names.contains(&known.as_str())).cloned().collect())
    }

    /// Name and value of each parameter, for a request.
    pub fn pairs(&self) -> Vec<(String, String)> {
        self.0.clone()
    }

    /// The address of `path` with this query.
    pub fn address(&self, path: &str) -> String {
        format!("{path}{}", query_string(&self.0))
    }
}

/// The query of the current address; changes with it.
pub fn use_query() -> Memo<Query> {
    let map = use_query_map();
    Memo::new(move |_| {
        map.with(|map| {
            let mut pairs: Vec<(String, String)> = Vec::new();
            for (name, value) in map.clone().into_iter() {
                pairs.push((name.to_string(), value));
            }
            Query(pairs)
        })
    })
}

/// Goes to this query on the current page, without scrolling up. `replace` adds no step to go back to.
pub fn use_go_to() -> impl Fn(&Query, bool) + Clone + Send + Sync + 'static {
    let (navigate, location) = (StoredValue::new_local(use_navigate()), use_location());
    move |query, replace| {
        let address = query.address(&location.pathname.get_untracked());
        navigate.with_value(|navigate| {
            navigate(
                &address,
                NavigateOptions { replace, scroll: false, ..NavigateOptions::default() },
            )
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn values_come_and_go_one_by_one() {
        let query =
            Query::default().and("sector", "health").and("sector", "energy").with("q", "tram");
        assert_eq!(query.all("sector"), ["health", "energy"]);
        assert!(query.without_value("sector", "health").has("sector", "energy"));
        assert_eq!(query.with("q", "").get("q"), None);
        assert_eq!(query.only(&["q"]).pairs(), [("q".to_owned(), "tram".to_owned())]);
    }
}
