//! The facets beside the list. Each choice goes into the address, from where the list is asked again.

use leptos::prelude::*;
use nq57_shared::products::draft::{Maturity, ProductDomain, ProductKind};
use nq57_shared::products::{FacetCount, ProductFacets};
use nq57_ui::components::{Chip, Facet, FacetChoice, FacetPanel};
use nq57_ui::i18n::{Text, tr};
use nq57_ui::state::address::{Query, use_go_to};

use crate::products::view_model;
use crate::reference::{List, list, name};

/// Readiness levels that one may ask for as the least.
const TRL_STEPS: [u8; 3] = [4, 6, 8];

/// The column of facets.
#[component]
pub(super) fn Filters(query: Memo<Query>, facets: Signal<ProductFacets>) -> impl IntoView {
    use tr::products::field;
    let active = Signal::derive(move || {
        query.with(|query| u64::try_from(chosen(query).len()).unwrap_or_default())
    });
    let go_to = StoredValue::new(use_go_to());
    let choose = move |facet: &'static str| {
        move |value: String, on: bool| {
            let now = query.get_untracked();
            let wanted = if on { now.and(facet, &value) } else { now.without_value(facet, &value) };
            go_to.with_value(|go_to| go_to(&wanted, true));
        }
    };
    let choose_trl = move |value: String, _on: bool| {
        let wanted = query.get_untracked().with("trl_min", &value);
        go_to.with_value(|go_to| go_to(&wanted, true));
    };
    let counted = move |facet: &'static str,
                        codes: fn() -> Vec<String>,
                        counts: fn(&ProductFacets) -> &Vec<FacetCount>| {
        Signal::derive(move || {
            facets.with(|facets| choices(&query.get(), facet, codes(), counts(facets)))
        })
    };
    let trl = Signal::derive(move || {
        let now = query.with(|query| query.get("trl_min").unwrap_or_default().to_owned());
        let any = FacetChoice {
            value: String::new(),
            label: Text::from(tr::products::catalogue::trl_any),
            count: None,
            chosen: now.is_empty(),
        };
        let from = TRL_STEPS.into_iter().map(|level| {
            let value = level.to_string();
            FacetChoice {
                chosen: now == value,
                value,
                label: label("trl_min", &level.to_string()),
                count: None,
            }
        });
        std::iter::once(any).chain(from).collect()
    });
    view! {
        <FacetPanel active>
            <Facet label=field::sectors choices=counted("sector", sectors, |facets| &facets.sector) on_choose=choose("sector")/>
            <Facet label=field::domain choices=counted("domain", domains, |facets| &facets.domain) on_choose=choose("domain")/>
            <Facet label=field::maturity choices=counted("maturity", maturities, |facets| &facets.maturity) on_choose=choose("maturity")/>
            <Facet label=field::kind choices=counted("kind", kinds, |facets| &facets.kind) on_choose=choose("kind")/>
            <Facet label=field::trl choices=trl single=true on_choose=choose_trl/>
            <Facet label=field::province_code choices=counted("province", provinces, |facets| &facets.province) folded=true on_choose=choose("province")/>
        </FacetPanel>
    }
}

/// The filters that are on, as chips that take them off.
pub(super) fn chips(query: &Query) -> Vec<Chip> {
    let text = query.get("q").map(str::to_owned);
    let search = text.map(|text| Chip {
        label: Text::from(move || tr::products::catalogue::searching(&text)),
        href: query.without("q").address("/san-pham"),
    });
    let facets = chosen(query).into_iter().map(|(facet, value)| Chip {
        label: label(facet, &value),
        href: query.without_value(facet, &value).address("/san-pham"),
    });
    search.into_iter().chain(facets).collect()
}

/// Without what the server or the reference lists do not know: an address may be old, or typed by hand.
pub(super) fn known(query: &Query) -> Query {
    let mut known = query.clone();
    for (facet, value) in chosen(query) {
        let is_known = match facet {
            "sector" => is_listed(List::Sectors, &value),
            "province" => is_listed(List::Provinces, &value),
            "domain" => ProductDomain::parse(&value).is_some(),
            "maturity" => Maturity::parse(&value).is_some(),
            "kind" => ProductKind::parse(&value).is_some(),
            _ => value.parse::<u8>().is_ok_and(|level| (1..=9).contains(&level)),
        };
        if !is_known {
            known = known.without_value(facet, &value);
        }
    }
    let has_text = known.get("q").is_some();
    let sorts: &[&str] = if has_text {
        &["relevance", "-published_at", "title"]
    } else {
        &["-published_at", "title"]
    };
    match known.get("sort") {
        Some(sort) if !sorts.contains(&sort) => known.without("sort"),
        _ => known,
    }
}

/// Whether the list has this code; until the list is there every code may be one.
fn is_listed(of: List, code: &str) -> bool {
    list(of).is_none_or(|list| list.entry(code).is_some())
}

/// Facet and value of each filter that is on.
fn chosen(query: &Query) -> Vec<(&'static str, String)> {
    ["sector", "domain", "maturity", "kind", "trl_min", "province"]
        .into_iter()
        .flat_map(|facet| {
            query
                .all(facet)
                .into_iter()
                .map(move |value| (facet, value.to_owned()))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The values of a facet: those of the interface in their order, chosen ones always, the others when something has them.
fn choices(
    query: &Query,
    facet: &'static str,
    codes: Vec<String>,
    counts: &[FacetCount],
) -> Vec<FacetChoice> {
    let unknown = counts
        .iter()
        .map(|count| count.code.clone())
        .filter(|code| !codes.contains(code))
        .collect::<Vec<_>>();
    codes
        .into_iter()
        .chain(unknown)
        .filter_map(|value| {
            let count = counts.iter().find(|count| count.code == value).map(|count| count.count);
            let chosen = query.has(facet, &value);
            (chosen || count.is_some_and(|count| count > 0)).then(|| FacetChoice {
                label: label(facet, &value),
                count: count.or(Some(0)),
                chosen,
                value,
            })
        })
        .collect()
}

fn label(facet: &'static str, value: &str) -> Text {
    let value = value.to_owned();
    Text::from(move || match facet {
        "sector" => name(List::Sectors, &value),
        "province" => name(List::Provinces, &value),
        "domain" => ProductDomain::parse(&value)
            .map_or_else(|| value.clone(), |domain| view_model::domain(domain).to_owned()),
        "maturity" => Maturity::parse(&value)
            .map_or_else(|| value.clone(), |maturity| view_model::maturity(maturity).to_owned()),
        "kind" => ProductKind::parse(&value)
            .map_or_else(|| value.clone(), |kind| view_model::kind(kind).to_owned()),
        "trl_min" => tr::products::catalogue::trl_from(&value),
        _ => value.clone(),
    })
}

fn sectors() -> Vec<String> {
    listed(List::Sectors)
}

fn provinces() -> Vec<String> {
    listed(List::Provinces)
}

fn listed(of: List) -> Vec<String> {
    list(of)
        .map(|list| list.entries.iter().map(|entry| entry.code.clone()).collect())
        .unwrap_or_default()
}

fn domains() -> Vec<String> {
    ProductDomain::ALL.iter().map(|domain| domain.as_str().to_owned()).collect()
}

fn maturities() -> Vec<String> {
    Maturity::ALL.iter().map(|maturity| maturity.as_str().to_owned()).collect()
}

fn kinds() -> Vec<String> {
    ProductKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_ask_for_is_left_out() {
        let query = Query::default()
            .and("kind", "product")
            .and("kind", "nope")
            .with("trl_min", "99")
            .with("sort", "relevance");
        assert_eq!(known(&query).pairs(), [("kind".to_owned(), "product".to_owned())]);
        let query = Query::default().with("q", "trạm").with("sort", "relevance");
        assert_eq!(known(&query), query);
    }

    #[test]
    fn values_without_results_are_left_out_unless_they_are_chosen() {
        let query = Query::default().and("sector", "energy");
        let counts = [
            FacetCount { code: "health".into(), count: 3 },
            FacetCount { code: "energy".into(), count: 0 },
        ];
        let shown: Vec<_> = choices(
            &query,
            "sector",
            vec!["health".into(), "energy".into(), "tourism".into()],
            &counts,
        )
        .into_iter()
        .map(|choice| (choice.value, choice.count, choice.chosen))
        .collect();
        assert_eq!(shown, [("health".into(), Some(3), false), ("energy".into(), Some(0), true)]);
    }
}
