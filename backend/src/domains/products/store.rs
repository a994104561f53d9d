//! Queries about working products. The row is the record. Writes consume a `Permit<Product>` and name the
//! revision that was read; state and assignee are written by `transition` alone.

use nq57_platform::access::Permit;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::access::policy::products::{PanelStanding, ProductSubject};
use nq57_shared::access::{Actor, Scope};
use nq57_shared::fold::fold;
use nq57_shared::ids::{AccountId, EvaluationId, ProductId};
use nq57_shared::problem::ProblemCode;
use nq57_shared::products::workflow::{EvaluationFacts, Holder};
use nq57_shared::products::{Product, ProductDraft, ProductState};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::table::product::{ActiveModel, Column, Entity};
use super::table::version;

/// A working product with everything that decisions and representations need.
pub use super::table::product::Model as ProductRecord;

/// An evaluation, as far as the rules of products need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownEvaluation {
    pub id: EvaluationId,
    /// Of the product.
    pub version: u32,
    pub facts: EvaluationFacts,
}

impl ProductRecord {
    /// Whether the actor submitted it, alone or through an organisation.
    #[must_use]
    pub fn is_own(&self, actor: &Actor) -> bool {
        self.subject(PanelStanding::default()).is_own(actor)
    }

    /// Whether its submitter may be changing a text that officials are waiting for: they read what was sent last.
    #[must_use]
    pub fn holds_unsent_text(&self) -> bool {
        self.state == ProductState::MoreInformation
    }

    /// The revision as this actor sees it. For officials it grows also with what happens inside of
    /// evaluations; both parts only ever grow.
    #[must_use]
    pub fn revision_for(&self, actor: &Actor) -> i64 {
        if self.is_own(actor) { self.revision } else { self.revision + self.changes_inside }
    }

    /// The evaluation of the working version.
    #[must_use]
    pub fn evaluation(&self) -> Option<KnownEvaluation> {
        let version = self.evaluation_version.filter(|version| *version == self.version)?;
        let facts = EvaluationFacts {
            is_open: self.evaluation_open,
            quorum_met: self.quorum_met,
            is_recommended: self.is_recommended,
        };
        Some(KnownEvaluation { id: self.evaluation_id?, version, facts })
    }

    /// Who has it and until when, as its submitter is told.
    #[must_use]
    pub fn told_assignment(&self) -> (Option<Holder>, Option<Timestamp>) {
        (self.state.holder(), self.told_due_at)
    }

    /// What the limits of grants are matched with.
    #[must_use]
    pub fn scope(&self) -> Scope<'_> {
        Scope {
            organisation_id: self.organisation_id,
            province_code: self.competent_province.as_deref(),
        }
    }

    /// What policies need to know of it.
    #[must_use]
    pub fn subject(&self, panel: PanelStanding) -> ProductSubject<'_> {
        ProductSubject {
            id: self.id,
            state: self.state,
            is_sent: self.submitted_at.is_some(),
            owner_id: self.owner_id,
            organisation_id: self.organisation_id,
            province_code: self.competent_province.as_deref(),
            is_public: self.public_version.is_some(),
            panel,
        }
    }
}

/// Loads without authorisation: the caller asks a policy before anything of it leaves.
pub async fn find(db: &impl ConnectionTrait, id: ProductId) -> ApiResult<Option<ProductRecord>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// The same; 404 when there is none.
///
/// # Errors
/// 404, and failures of the database.
pub async fn load(db: &impl ConnectionTrait, id: ProductId) -> ApiResult<ProductRecord> {
    find(db, id).await?.ok_or_else(ApiError::not_found)
}

/// The same, locked until the transaction ends: changes of one product happen in turn.
pub(super) async fn load_for_update(tx: &Tx, id: ProductId) -> ApiResult<ProductRecord> {
    let row = Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    row.ok_or_else(ApiError::not_found)
}

/// What is public undisturbed and was published until `until`, the earliest first, after the one named.
pub(super) async fn published_until(
    db: &impl ConnectionTrait,
    until: Timestamp,
    after: Option<(Option<Timestamp>, ProductId)>,
    limit: u64,
) -> ApiResult<Vec<(ProductId, Option<Timestamp>)>> {
    let mut query = Entity::find()
        .select_only()
        .columns([Column::Id, Column::PublishedAt])
        .filter(Column::State.eq(ProductState::Published))
        .filter(Column::PublishedAt.lte(until));
    if let Some((at, id)) = after {
        let same_time = Condition::all().add(Column::PublishedAt.eq(at)).add(Column::Id.gt(id));
        query = query.filter(Condition::any().add(Column::PublishedAt.gt(at)).add(same_time));
    }
    let query = query.order_by_asc(Column::PublishedAt).order_by_asc(Column::Id).limit(limit);
    Ok(query.into_tuple().all(db).await?)
}

/// Whether this account has so many drafts that were never submitted.
pub(super) async fn has_drafts(
    db: &impl ConnectionTrait,
    account: AccountId,
    most: u16,
) -> ApiResult<bool> {
    let drafts: Vec<ProductId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::OwnerId.eq(account))
        .filter(Column::State.eq(ProductState::Draft))
        .filter(Column::SubmittedAt.is_null())
        .limit(u64::from(most))
        .into_tuple()
        .all(db)
        .await?;
    Ok(drafts.len() >= usize::from(most))
}

/// Enters a new product.
pub(super) async fn insert(
    tx: &Tx,
    permit: Permit<Product>,
    row: ActiveModel,
    draft: &ProductDraft,
) -> ApiResult<ProductRecord> {
    permit.covers_new()?;
    Ok(Entity::insert(indexed(row, draft)).exec_with_returning(tx).await?)
}

/// Writes the product in its next state, or with its next assignee, over the row as it was `before`. Nobody
/// but `change_state` calls this.
///
/// # Errors
/// 412 when somebody has written since.
pub(super) async fn transition(
    tx: &Tx,
    permit: Permit<Product>,
    before: &ProductRecord,
    product: &ProductRecord,
) -> ApiResult<()> {
    permit.covers(product.id)?;
    write(tx, before, row_of(product)).await
}

/// Writes everything but state and assignee, under the next revision.
///
/// # Errors
/// 412 when somebody has written since `product` was read.
pub(super) async fn update(
    tx: &Tx,
    permit: Permit<Product>,
    product: &mut ProductRecord,
    now: Timestamp,
) -> ApiResult<()> {
    permit.covers(product.id)?;
    let row = ActiveModel {
        state: NotSet,
        state_since: NotSet,
        holder: NotSet,
        revision: Set(product.revision + 1),
        updated_at: Set(now),
        ..row_of(product)
    };
    write(tx, product, row).await?;
    product.revision += 1;
    product.updated_at = now;
    Ok(())
}

/// Writes down how the evaluation stands, and gives the product a new revision for officials: something that
/// decides about it has changed. Its submitter does not learn of it.
///
/// # Errors
/// 404 when there is no such product.
pub async fn note_evaluation(
    tx: &Tx,
    permit: Permit<Product>,
    id: ProductId,
    evaluation: KnownEvaluation,
) -> ApiResult<()> {
    permit.covers(id)?;
    let row = ActiveModel {
        evaluation_id: Set(Some(evaluation.id)),
        evaluation_version: Set(Some(evaluation.version)),
        evaluation_open: Set(evaluation.facts.is_open),
        quorum_met: Set(evaluation.facts.quorum_met),
        is_recommended: Set(evaluation.facts.is_recommended),
        ..Default::default()
    };
    let noted = Entity::update_many()
        .set(row)
        .col_expr(Column::ChangesInside, Expr::col(Column::ChangesInside).add(1))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    if noted.rows_affected == 0 {
        return Err(ApiError::not_found());
    }
    // The row knows that of its latest version only: an earlier one that comes back keeps its own.
    version::Entity::update_many()
        .col_expr(version::Column::EvaluationId, Expr::value(evaluation.id))
        .filter(version::Column::ProductId.eq(id))
        .filter(version::Column::Version.eq(evaluation.version))
        .exec(tx)
        .await?;
    Ok(())
}

/// Writes over the row as it was read.
async fn write(tx: &Tx, read: &ProductRecord, row: ActiveModel) -> ApiResult<()> {
    let written = Entity::update_many()
        .set(ActiveModel { id: NotSet, ..row })
        .filter(Column::Id.eq(read.id))
        .filter(Column::Revision.eq(read.revision))
        .filter(Column::ChangesInside.eq(read.changes_inside))
        .exec(tx)
        .await?;
    if written.rows_affected == 0 { Err(ProblemCode::StaleRevision.into()) } else { Ok(()) }
}

fn row_of(product: &ProductRecord) -> ActiveModel {
    let row = product.clone().into_active_model().reset_all();
    match product.holds_unsent_text() {
        // Lists are of officials too: they go on showing and finding what was sent.
        true => row,
        false => indexed(row, &product.draft),
    }
}

/// The row with the columns by which lists show and find the text.
fn indexed(row: ActiveModel, draft: &ProductDraft) -> ActiveModel {
    ActiveModel {
        title: Set(draft.title.clone()),
        title_folded: Set(fold(&draft.title)),
        kind: Set(draft.kind),
        domain: Set(draft.domain),
        sectors: Set(draft.sectors.clone().into()),
        maturity: Set(draft.maturity),
        trl: Set(draft.trl.map(i16::from)),
        province_code: Set(draft.province_code.clone()),
        summary: Set(draft.summary.clone()),
        owner_name: Set(draft.owner.name.clone()),
        ..row
    }
}
