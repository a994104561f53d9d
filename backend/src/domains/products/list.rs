//! Listing products: what is public, one's own, or what an official has to do with.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::public_cache::PublicBody;
use nq57_platform::http::query_string::check_words;
use nq57_platform::http::{Caller, PageQuery, Paged, link};
use nq57_platform::state::AppState;
use nq57_shared::access::ClientScope;
use nq57_shared::fold::fold;
use nq57_shared::problem::{FieldCode, ProblemCode};
use nq57_shared::products::draft::{Maturity, ProductDomain, ProductKind};
use nq57_shared::products::{ProductPage, ProductSort, ProductState};
use nq57_shared::validate::Violations;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::{list_public, list_working, publications};

/// Which products. A filter given more than once means any of its values.
#[derive(Clone, Debug, Default, Deserialize, Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct ProductFilter {
    /// Words of title, code, owner, summary, problem, novelty, effect; with or without diacritics.
    #[param(example = "cam bien man")]
    pub(super) q: Option<String>,
    /// Code of the reference list `sectors`.
    #[param(example = json!(["agriculture"]))]
    pub(super) sector: Vec<String>,
    /// Code of the reference list `provinces`.
    #[param(example = json!(["92"]))]
    pub(super) province: Vec<String>,
    /// `science_technology`, `innovation` or `digital_transformation`.
    pub(super) domain: Vec<ProductDomain>,
    /// `product`, `solution` or `initiative`.
    pub(super) kind: Vec<ProductKind>,
    /// `deployed` or `new`.
    pub(super) maturity: Vec<Maturity>,
    /// Least technology readiness level.
    #[param(minimum = 1, maximum = 9)]
    pub(super) trl_min: Option<u8>,
    /// One's own working versions, those of one's organisations included. Needs an account.
    pub(super) mine: bool,
    /// Working versions of everything that the caller may see: one's own and, for officials, what was
    /// submitted within their province or organisation. Needs an account.
    pub(super) working: bool,
    /// Only with `mine` or `working`.
    pub(super) state: Vec<ProductState>,
    /// `relevance` needs `q` and is then the default; else `-published_at` for what is public and
    /// `-updated_at` for working versions. `waiting` needs `mine`: what waits for its submitter first.
    #[param(inline)]
    pub(super) sort: Option<ProductSort>,
    /// Whether to answer `facets`; only for what is public.
    #[serde(skip_serializing_if = "is_no_filter")]
    pub(super) facets: bool,
}

/// Leaves a parameter out of what a cursor is bound to. It is still documented, which `skip_serializing`
/// would prevent.
const fn is_no_filter<T>(_: &T) -> bool {
    true
}

impl ProductFilter {
    pub(super) fn is_working(&self) -> bool {
        self.mine || self.working
    }

    /// Whether the words can be looked for at all.
    pub(super) fn has_words(&self) -> bool {
        self.q.as_deref().is_some_and(|q| !fold(q).is_empty())
    }

    fn check(&self) -> ApiResult<()> {
        check_words(self.q.as_deref())?;
        let mut violations = Violations::new();
        if self.trl_min.is_some_and(|trl| !(1..=9).contains(&trl)) {
            violations.add("#query/trl_min", FieldCode::InvalidFormat);
        }
        if self.sort == Some(ProductSort::Relevance) && !self.has_words() {
            violations.add("#query/sort", FieldCode::Inconsistent);
        }
        if self.is_working() {
            if self.facets {
                violations.add("#query/facets", FieldCode::NotAllowed);
            }
            if self.sort == Some(ProductSort::Relevance) {
                violations.add("#query/sort", FieldCode::NotAllowed);
            }
        } else if !self.state.is_empty() {
            violations.add("#query/state", FieldCode::NotAllowed);
        }
        if self.sort == Some(ProductSort::Waiting) && !self.mine {
            violations.add("#query/sort", FieldCode::NotAllowed);
        }
        match violations.is_empty() {
            true => Ok(()),
            false => Err(ApiError::problem(ProblemCode::InvalidParameter).errors(violations)),
        }
    }
}

/// List products.
///
/// Without `mine` and `working`: what is public, for everybody, as it was published. Facets count each
/// value under all filters but their own. A cursor belongs to the filter and the sort that it came
/// with; products that are added meanwhile neither repeat nor hide an item.
#[utoipa::path(
    tag = "products",
    extensions(("x-required-scope" = json!(ClientScope::ProductsRead))),
    params(ProductFilter, PageQuery),
    responses((status = 200, description = "A page of products", body = ProductPage, headers(
        ("Link" = String, description = "The next page, `rel=\"next\"`"),
        ("ETag" = String, description = "Of a public page"),
    ))),
)]
#[get("/products")]
pub async fn list_products(
    state: AppState,
    request: HttpRequest,
    caller: Caller,
    query: Paged<ProductFilter>,
) -> ApiResult<HttpResponse> {
    query.check()?;
    if query.is_working() {
        let account = caller.account()?;
        let page = list_working::fetch_page(&state, account, &query).await?;
        return Ok(link::page(&request, &page));
    }
    state
        .public_cache
        .answer(&request, publications::TOPIC, async {
            let page = list_public::fetch_page(&state, &query).await?;
            Ok(PublicBody::page(&request, &page)?.revocable())
        })
        .await
}
