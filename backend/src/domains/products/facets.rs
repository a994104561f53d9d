//! Total and facets of the public list: one query, one branch for each facet under all filters but
//! its own. Words are looked up once for all branches.

use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::search::Matching;
use nq57_shared::products::{FacetCount, ProductFacets};
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, SelectStatement, UnionType};
use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait,
};

use super::list::ProductFilter;
use super::list_public::condition;
use super::table::publication::{Column, Entity};
use super::table::sector;

/// What values are counted of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Facet {
    Sector,
    Province,
    Domain,
    Kind,
    Maturity,
}

impl Facet {
    const ALL: [Self; 5] = [Self::Sector, Self::Province, Self::Domain, Self::Kind, Self::Maturity];

    const fn name(self) -> &'static str {
        match self {
            Self::Sector => "sector",
            Self::Province => "province",
            Self::Domain => "domain",
            Self::Kind => "kind",
            Self::Maturity => "maturity",
        }
    }

    fn column(self) -> Expr {
        match self {
            Self::Sector => Expr::col((sector::Entity, sector::Column::Sector)),
            Self::Province => Expr::col((Entity, Column::ProvinceCode)),
            Self::Domain => Expr::col((Entity, Column::Domain)),
            Self::Kind => Expr::col((Entity, Column::Kind)),
            Self::Maturity => Expr::col((Entity, Column::Maturity)),
        }
    }

    fn counts(self, facets: &mut ProductFacets) -> &mut Vec<FacetCount> {
        match self {
            Self::Sector => &mut facets.sector,
            Self::Province => &mut facets.province,
            Self::Domain => &mut facets.domain,
            Self::Kind => &mut facets.kind,
            Self::Maturity => &mut facets.maturity,
        }
    }
}

#[derive(FromQueryResult)]
struct Row {
    facet: String,
    code: Option<String>,
    products: i64,
}

const TOTAL: &str = "total";

/// How many products there are under all filters, and for each value of each facet. The most frequent
/// value comes first.
pub(super) async fn count(
    db: &impl ConnectionTrait,
    filter: &ProductFilter,
    words: Option<&Matching>,
) -> ApiResult<(u64, ProductFacets)> {
    let mut query = branch(filter, words, None);
    if filter.facets {
        for facet in Facet::ALL {
            query.union(UnionType::All, branch(filter, words, Some(facet)));
        }
    }
    if let Some(words) = words {
        query.with_cte(words.shared());
    }
    let mut total = 0;
    let mut facets = ProductFacets::default();
    for row in db.query_all(&query).await? {
        let Row { facet, code, products } = Row::from_query_result(&row, "")?;
        let count = u64::try_from(products).map_err(ApiError::internal)?;
        let known = Facet::ALL.into_iter().find(|known| known.name() == facet);
        match (known, code) {
            (Some(known), Some(code)) => {
                known.counts(&mut facets).push(FacetCount { code, count });
            }
            (None, _) => total = count,
            (Some(_), None) => {}
        }
    }
    for facet in Facet::ALL {
        let counts = facet.counts(&mut facets);
        counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    }
    Ok((total, facets))
}

fn branch(
    filter: &ProductFilter,
    words: Option<&Matching>,
    facet: Option<Facet>,
) -> SelectStatement {
    let mut query = Entity::find()
        .select_only()
        .expr_as(Expr::cust(format!("'{}'", facet.map_or(TOTAL, Facet::name))), "facet")
        .expr_as(facet.map_or_else(|| Expr::cust("CAST(NULL AS TEXT)"), Facet::column), "code")
        .expr_as(Expr::col((Entity, Column::ProductId)).count(), "products")
        .filter(condition(filter, facet));
    if let Some(words) = words {
        query = words.join_shared(query, Expr::col((Entity, Column::ProductId)));
    }
    let mut statement = query.into_query();
    if facet == Some(Facet::Sector) {
        let same = Expr::col((sector::Entity, sector::Column::ProductId))
            .equals((Entity, Column::ProductId));
        statement.join(JoinType::InnerJoin, sector::Entity, same);
    }
    if let Some(facet) = facet {
        statement.add_group_by([facet.column()]);
    }
    statement
}
