//! Working versions: one's own, and for officials what was submitted within their limits.

use chrono::TimeDelta;
use nq57_platform::casework;
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::keyset::{Keyset, Paging};
use nq57_platform::persistence::search;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::{ProductVisibility, visibility};
use nq57_shared::access::{AccountActor, Actor};
use nq57_shared::ids::{AccountId, OrganisationId};
use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{ProductPage, ProductSort, ProductState, ProductSummary};
use nq57_shared::time::Timestamp;
use nq57_shared::tracking;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::cards::{Card, Turn};
use super::list::SoughtProducts;
use super::store::known;
use super::table::product::{Column, Entity};

/// A working row in a list.
#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    pub card: Card,
    pub state: String,
    pub holder: Option<String>,
    pub due_at: Option<Timestamp>,
    pub told_due_at: Option<Timestamp>,
    pub owner_id: Uuid,
    pub organisation_id: Option<Uuid>,
    /// Whether the reader declared a conflict about it or has written at it: such an official learns no more of what
    /// happens inside of evaluations than its submitter.
    pub is_shut_out: bool,
}

impl Row {
    /// As the API shows it to this account.
    pub fn summary(self, state: &AppState, account: &AccountActor) -> ApiResult<ProductSummary> {
        let at = known(ProductState::parse(&self.state), &self.state)?;
        let mut organisations = account.organisations.iter();
        let is_own = self.owner_id == account.id.0
            || organisations.any(|organisation| Some(organisation.0) == self.organisation_id);
        let (holder, due_at) = if is_own || self.is_shut_out {
            (at.holder(), self.told_due_at)
        } else {
            let holder = self.holder.as_deref();
            let holder = holder.map(|text| known(Holder::parse(text), text)).transpose()?;
            (holder, self.due_at)
        };
        self.card.summary(at, Turn::new(state, holder, due_at))
    }
}

/// What has no deadline sorts as if it were due then.
fn last() -> Timestamp {
    Timestamp::UNIX_EPOCH + TimeDelta::days(400_000)
}

/// The columns of a working row in a list.
const COLUMNS: [Column; 22] = [
    Column::Id,
    Column::Code,
    Column::Title,
    Column::TitleFolded,
    Column::Kind,
    Column::Domain,
    Column::Sectors,
    Column::Maturity,
    Column::Trl,
    Column::ProvinceCode,
    Column::Summary,
    Column::OwnerName,
    Column::Honours,
    Column::Version,
    Column::PublishedAt,
    Column::UpdatedAt,
    Column::State,
    Column::Holder,
    Column::DueAt,
    Column::ToldDueAt,
    Column::OwnerId,
    Column::OrganisationId,
];

/// A page of working versions that this account may see.
pub(super) async fn seek(
    state: &AppState,
    account: &AccountActor,
    sought: &SoughtProducts,
) -> ApiResult<ProductPage> {
    let db = &state.db;
    let sort = sought.sort.unwrap_or(ProductSort::LatestChanged);
    let paging = paging(state, sort, account.id, sought)?;
    let all = Condition::all().add(visible(account, sought.mine)).add(condition(sought));
    let id = || Expr::col((Entity, Column::Id));
    let [recused, wrote] = casework::shut_out(account.id);
    let is_shut_out = id().in_subquery(recused).or(id().in_subquery(wrote));
    let query = Entity::find()
        .select_only()
        .columns(COLUMNS)
        .expr_as(is_shut_out, "is_shut_out")
        .filter(all.clone());
    let rows = paging.apply(query).into_model::<Row>().all(db).await?;
    let (rows, next_cursor) = paging.cut(rows, |row| {
        let first = match sort {
            ProductSort::NewestPublished => row.card.published_at.unwrap_or_default().into(),
            ProductSort::Title => row.card.title_folded.clone().into(),
            ProductSort::LatestChanged | ProductSort::Relevance => row.card.updated_at.into(),
            ProductSort::Waiting => {
                let waits = row.holder.as_deref() == Some(Holder::Submitter.as_str());
                let due = row.due_at.filter(|_| waits).unwrap_or(last());
                let changed = row.card.updated_at;
                return vec![
                    i32::from(!waits).into(),
                    due.into(),
                    changed.into(),
                    row.card.id.into(),
                ];
            }
        };
        vec![first, row.card.id.into()]
    })?;
    let total = match sought.count {
        true => Some(Entity::find().filter(all).count(db).await?),
        false => None,
    };
    let items: ApiResult<Vec<_>> =
        rows.into_iter().map(|row| row.summary(state, account)).collect();
    Ok(ProductPage { items: items?, next_cursor, total, facets: None })
}

fn paging(
    state: &AppState,
    sort: ProductSort,
    account: AccountId,
    sought: &SoughtProducts,
) -> ApiResult<Paging> {
    let column = |column| Expr::col((Entity, column));
    let keyset = Keyset::new(&(sort, account, sought.filter()))?;
    let keyset = match sort {
        ProductSort::Title => {
            return keyset
                .ascending(column(Column::TitleFolded))
                .ascending(column(Column::Id))
                .page(&state.cursors, sought.limit, sought.cursor.as_deref());
        }
        ProductSort::NewestPublished => keyset
            .descending(Expr::col((Entity, Column::PublishedAt)).if_null(Timestamp::default())),
        ProductSort::LatestChanged | ProductSort::Relevance => {
            keyset.descending(column(Column::UpdatedAt))
        }
        ProductSort::Waiting => {
            let waits = || column(Column::Holder).eq(Holder::Submitter.as_str());
            let due = column(Column::DueAt).if_null(last());
            keyset
                .ascending(Expr::case(waits(), 0).finally(1))
                .ascending(Expr::case(waits(), due).finally(last()))
                .descending(column(Column::UpdatedAt))
        }
    };
    keyset.descending(column(Column::Id)).page(
        &state.cursors,
        sought.limit,
        sought.cursor.as_deref(),
    )
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
    let any = Condition::any().add(Column::OwnerId.eq(id.0));
    if organisations.is_empty() {
        return any;
    }
    any.add(Column::OrganisationId.is_in(organisations.iter().map(|id| id.0)))
}

/// Organisations or a province that a role is limited to.
type Limit = (Option<Vec<OrganisationId>>, Option<String>);

/// What was submitted, within any of these limits.
fn within(limits: &[Limit]) -> Condition {
    Condition::all()
        .add(Column::State.ne(ProductState::Draft.as_str()))
        .add(limits.iter().fold(Condition::any(), |any, limit| any.add(limited(limit))))
}

/// What lies within a limit to organisations, a province, or neither.
fn limited(limit: &Limit) -> Condition {
    let (organisations, province) = limit;
    let mut all = Condition::all();
    if let Some(organisations) = organisations {
        all = all.add(Column::OrganisationId.is_in(organisations.iter().map(|id| id.0)));
    }
    if let Some(province) = province {
        all = all.add(Column::CompetentProvince.eq(province.as_str()));
    }
    if all.is_empty() { all.add(Expr::val(1).eq(1)) } else { all }
}

fn condition(sought: &SoughtProducts) -> Condition {
    let mut all = Condition::all();
    if !sought.state.is_empty() {
        all = all.add(Column::State.is_in(sought.state.iter().map(|state| state.as_str())));
    }
    if !sought.sector.is_empty() {
        // The column is a JSON list of codes; a code has no quote.
        let sectors = Expr::col((Entity, Column::Sectors));
        let any = sought.sector.iter().fold(Condition::any(), |any, sector| {
            any.add(search::has_text(&sectors, &format!("\"{sector}\"")))
        });
        all = all.add(any);
    }
    if !sought.province.is_empty() {
        all = all.add(Column::ProvinceCode.is_in(sought.province.iter().map(String::as_str)));
    }
    if !sought.domain.is_empty() {
        all = all.add(Column::Domain.is_in(sought.domain.iter().map(|domain| domain.as_str())));
    }
    if !sought.kind.is_empty() {
        all = all.add(Column::Kind.is_in(sought.kind.iter().map(|kind| kind.as_str())));
    }
    if !sought.maturity.is_empty() {
        all = all.add(Column::Maturity.is_in(sought.maturity.iter().map(|m| m.as_str())));
    }
    if let Some(least) = sought.trl_min {
        all = all.add(Column::Trl.gte(i16::from(least)));
    }
    if let Some(q) = &sought.q {
        let title = search::has_words(&Expr::col((Entity, Column::TitleFolded)), q);
        all = all.add(match tracking::code(q) {
            Some(code) => Condition::any().add(title).add(Column::Code.eq(code)),
            None => title,
        });
    }
    all
}
