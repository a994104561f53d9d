//! Working versions: one's own, and for officials what was submitted within their limits.

use chrono::TimeDelta;
use nq57_platform::casework;
use nq57_platform::error::ApiResult;
use nq57_platform::http::Paged;
use nq57_platform::persistence::keyset::Keyset;
use nq57_platform::persistence::search;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::{ProductVisibility, visibility};
use nq57_shared::access::{AccountActor, Actor};
use nq57_shared::ids::{AccountId, OrganisationId};
use nq57_shared::page::Page;
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{ProductPage, ProductSort, ProductState, ProductSummary};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, FromQueryResult, QuerySelect, Value};

use super::cards::{self, Assignment, Card};
use super::list::ProductFilter;
use super::table::product::{Column, Entity};

/// A working row in a list.
#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    card: Card,
    state: ProductState,
    holder: Option<Holder>,
    due_at: Option<Timestamp>,
    told_due_at: Option<Timestamp>,
    owner_id: AccountId,
    organisation_id: Option<OrganisationId>,
    /// Whether the reader declared a conflict about it or has written at it: such an official learns no more of what
    /// happens inside of evaluations than its submitter.
    is_shut_out: bool,
}

impl Row {
    /// As the API shows it to this account.
    fn summary(self, state: &AppState, account: &AccountActor) -> ApiResult<ProductSummary> {
        let mut organisations = account.organisations.iter();
        let is_own = self.owner_id == account.id
            || organisations.any(|organisation| Some(*organisation) == self.organisation_id);
        let (holder, due_at) = match is_own || self.is_shut_out {
            true => (self.state.holder(), self.told_due_at),
            false => (self.holder, self.due_at),
        };
        self.card.summary(self.state, Assignment::new(state, holder, due_at))
    }

    /// Its place in a list of this order.
    fn keys(&self, sort: ProductSort) -> Vec<Value> {
        let card = &self.card;
        match sort {
            ProductSort::NewestPublished => {
                vec![card.published_at.unwrap_or_default().into(), card.id.into()]
            }
            ProductSort::Title => vec![card.title_folded.clone().into(), card.id.into()],
            ProductSort::LatestChanged | ProductSort::Relevance => {
                vec![card.updated_at.into(), card.id.into()]
            }
            ProductSort::Waiting => {
                let waits = self.holder == Some(Holder::Submitter);
                let due = self.due_at.filter(|_| waits).unwrap_or(last());
                let first = i32::from(!waits);
                vec![first.into(), due.into(), card.updated_at.into(), card.id.into()]
            }
        }
    }
}

/// What has no deadline sorts as if it were due then.
fn last() -> Timestamp {
    Timestamp::UNIX_EPOCH + TimeDelta::days(400_000)
}

/// A page of working versions that this account may see.
pub(super) async fn fetch_page(
    state: &AppState,
    account: &AccountActor,
    query: &Paged<ProductFilter>,
) -> ApiResult<ProductPage> {
    let sort = query.sort.unwrap_or(ProductSort::LatestChanged);
    let page = query.page.of(state, order(sort, account.id, query)?)?;
    let filter = Condition::all().add(visible(account, query.mine)).add(condition(state, query));
    let id = || Expr::col((Entity, Column::Id));
    let [recused, wrote] = casework::shut_out(account.id);
    let is_shut_out = id().in_subquery(recused).or(id().in_subquery(wrote));
    let rows = Card::select::<Entity>(Column::Id, filter)
        .columns([
            Column::State,
            Column::Holder,
            Column::DueAt,
            Column::ToldDueAt,
            Column::OwnerId,
            Column::OrganisationId,
        ])
        .expr_as(is_shut_out, "is_shut_out");
    let show = |row: Row| row.summary(state, account);
    let page = page.fetch(&state.db, rows, |row: &Row| row.keys(sort), show).await?;
    let Page { items, next_cursor, total } = page;
    Ok(ProductPage { items, next_cursor, total, facets: None })
}

fn order(sort: ProductSort, account: AccountId, filter: &ProductFilter) -> ApiResult<Keyset> {
    let column = |column| Expr::col((Entity, column));
    let order = Keyset::new(&(sort, account, filter))?;
    let order = match sort {
        ProductSort::Title => {
            let order = order.ascending(column(Column::TitleFolded));
            return Ok(order.ascending(column(Column::Id)));
        }
        ProductSort::NewestPublished => {
            order.descending(column(Column::PublishedAt).if_null(Timestamp::default()))
        }
        ProductSort::LatestChanged | ProductSort::Relevance => {
            order.descending(column(Column::UpdatedAt))
        }
        ProductSort::Waiting => {
            let waits = || column(Column::Holder).eq(Holder::Submitter);
            let due = column(Column::DueAt).if_null(last());
            order
                .ascending(Expr::case(waits(), 0).finally(1))
                .ascending(Expr::case(waits(), due).finally(last()))
                .descending(column(Column::UpdatedAt))
        }
    };
    Ok(order.descending(column(Column::Id)))
}

/// The rows that the policy shows; `mine` leaves only one's own.
fn visible(account: &AccountActor, mine: bool) -> Condition {
    let nothing = Condition::all().add(Expr::val(1).eq(0));
    match visibility(&Actor::Account(account.clone())) {
        ProductVisibility::Public => nothing,
        ProductVisibility::Account { id, organisations, official } => {
            let any = own(id, &organisations);
            if mine || official.is_empty() { any } else { any.add(within(&official)) }
        }
    }
}

/// What one has submitted, alone or through an organisation.
fn own(id: AccountId, organisations: &[OrganisationId]) -> Condition {
    let any = Condition::any().add(Column::OwnerId.eq(id));
    if organisations.is_empty() {
        return any;
    }
    any.add(Column::OrganisationId.is_in(organisations.iter().copied()))
}

/// Organisations or a province that a role is limited to.
type Limit = (Option<Vec<OrganisationId>>, Option<String>);

/// What was submitted, within any of these limits.
fn within(limits: &[Limit]) -> Condition {
    Condition::all()
        .add(Column::State.ne(ProductState::Draft))
        .add(Column::SubmittedAt.is_not_null())
        .add(limits.iter().fold(Condition::any(), |any, limit| any.add(limited(limit))))
}

/// What lies within a limit to organisations, a province, or neither.
fn limited(limit: &Limit) -> Condition {
    let (organisations, province) = limit;
    let mut all = Condition::all();
    if let Some(organisations) = organisations {
        all = all.add(Column::OrganisationId.is_in(organisations.iter().copied()));
    }
    if let Some(province) = province {
        all = all.add(Column::CompetentProvince.eq(province.as_str()));
    }
    if all.is_empty() { all.add(Expr::val(1).eq(1)) } else { all }
}

fn condition(state: &AppState, filter: &ProductFilter) -> Condition {
    let mut all = cards::condition::<Entity>(filter, None);
    if !filter.state.is_empty() {
        all = all.add(Column::State.is_in(filter.state.iter().copied()));
    }
    if !filter.sector.is_empty() {
        // The column is a JSON list of codes; a code has no quote.
        let sectors = Expr::col((Entity, Column::Sectors));
        let any = filter.sector.iter().fold(Condition::any(), |any, sector| {
            any.add(search::has_text(&sectors, &format!("\"{sector}\"")))
        });
        all = all.add(any);
    }
    if let Some(q) = &filter.q {
        let title = search::has_words(&Expr::col((Entity, Column::TitleFolded)), q);
        let codes = casework::codes_meant(state, q);
        all = all.add(match codes.is_empty() {
            true => title,
            false => Condition::any().add(title).add(Column::Code.is_in(codes)),
        });
    }
    all
}
