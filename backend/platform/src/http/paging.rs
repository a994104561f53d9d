//! The query of a list: its filter, and which page of it is wanted. The names of the page are declared here once;
//! `serde(flatten)` would do the same, but reads no numbers in queries and accepts unknown names.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::extract::parse_query;
use crate::error::{ApiError, ApiResult};
use crate::persistence::keyset::{Keyset, Paging};
use crate::state::AppState;

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct PageQuery {
    /// Whether to answer `total`.
    pub count: bool,
    /// Items in a page, at most 100; 20 when absent.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl PageQuery {
    const NAMES: [&'static str; 3] = ["count", "limit", "cursor"];

    /// This page of the list in this order.
    ///
    /// # Errors
    /// 400 when `limit` is out of bounds or the cursor is damaged or belongs to another list.
    pub fn of(&self, state: &AppState, order: Keyset) -> ApiResult<Paging> {
        let page = order.page(&state.cursors, self.limit, self.cursor.as_deref())?;
        Ok(page.counted(self.count))
    }
}

impl FromRequest for PageQuery {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse_query(request.query_string()))
    }
}

/// The filter of a list with the page that is wanted. Document it as `params(Filter, PageQuery)`.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    pub filter: T,
    pub page: PageQuery,
}

impl<T> Deref for Paged<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.filter
    }
}

impl<T: DeserializeOwned> FromRequest for Paged<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()))
    }
}

fn read<T: DeserializeOwned>(query: &str) -> ApiResult<Paged<T>> {
    let is_of_page =
        |pair: &&str| pair.split('=').next().is_some_and(|name| PageQuery::NAMES.contains(&name));
    let (page, filter): (Vec<&str>, Vec<&str>) = query.split('&').partition(is_of_page);
    Ok(Paged { filter: parse_query(&filter.join("&"))?, page: parse_query(&page.join("&"))? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Filter {
        q: Option<String>,
        kind: Vec<String>,
        least: Option<u8>,
    }

    #[test]
    fn filter_and_page_are_read_apart_with_numbers_and_lists() {
        let asked: Paged<Filter> =
            read("kind=a&limit=5&q=x%26y&kind=b&cursor=c&least=3&count=true").expect("a query");
        assert_eq!((asked.q.as_deref(), asked.least), (Some("x&y"), Some(3)));
        assert_eq!(asked.kind, ["a", "b"]);
        let PageQuery { limit, cursor, count } = asked.page;
        assert_eq!((limit, cursor.as_deref(), count), (Some(5), Some("c"), true));
    }

    #[test]
    fn what_neither_knows_and_what_is_no_number_is_refused_by_its_name() {
        for (query, place) in [("nonsense=1", "#query/nonsense"), ("limit=x", "#query/limit")] {
            let refused = read::<Filter>(query).expect_err("refused");
            assert!(format!("{refused:?}").contains(place), "{refused:?}");
        }
    }
}
