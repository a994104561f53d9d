//! Queries about working products: rows in, `ProductRecord` out. Writes consume a `Permit<Product>`
//! and name the revision that was read; state is written by `set_state` alone, a turn within a state by
//! `hand_over`.

use nq57_platform::access::Permit;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::access::Actor;
use nq57_shared::access::policy::products::{PanelStanding, ProductSubject};
use nq57_shared::fold::fold;
use nq57_shared::ids::{AccountId, EvaluationId, OrganisationId, ProductId};
use nq57_shared::problem::ProblemCode;
use nq57_shared::products::workflow::{EvaluationFacts, Holder};
use nq57_shared::products::{Honour, Product, ProductDraft, ProductFile, ProductState};
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::markdown::Html;
use super::table::product::{ActiveModel, Column, Entity, Model};

/// An evaluation, as far as the rules of products need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownEvaluation {
    pub id: EvaluationId,
    /// Of the product.
    pub version: u32,
    pub facts: EvaluationFacts,
}

/// A working product with everything that decisions and representations need.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductRecord {
    pub id: ProductId,
    pub code: Option<String>,
    pub state: ProductState,
    /// Since when its holder has it.
    pub state_since: Timestamp,
    pub revision: i64,
    /// Counts what happens inside of evaluations, which the revision must not tell its submitter.
    pub changes_inside: i64,
    /// The latest evaluation, of whichever version.
    pub evaluation: Option<KnownEvaluation>,
    pub version: u32,
    /// What the public sees now.
    pub public_version: Option<u32>,
    /// What the public saw last; stays while it is suspended.
    pub published_version: Option<u32>,
    pub owner_id: AccountId,
    pub organisation_id: Option<OrganisationId>,
    /// The province whose office handles the case: as it stood at the first submission.
    pub competent_province: Option<String>,
    pub draft: ProductDraft,
    /// Of the draft's description.
    pub description_html: Html,
    pub files: Vec<ProductFile>,
    pub honours: Vec<Honour>,
    /// Of the working version, once it is sealed.
    pub fingerprint: Option<String>,
    pub consent_version: Option<String>,
    /// The last reason given to the submitter.
    pub reason: Option<String>,
    pub submitted_at: Option<Timestamp>,
    pub published_at: Option<Timestamp>,
    /// Who has to act next.
    pub holder: Option<Holder>,
    /// When the clock that runs is due.
    pub due_at: Option<Timestamp>,
    /// The same as its submitter is told: not moved by what happens inside of evaluations.
    pub told_due_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl ProductRecord {
    /// Whether the actor submitted it, alone or through an organisation.
    #[must_use]
    pub fn is_own(&self, actor: &Actor) -> bool {
        self.subject(PanelStanding::default()).is_own(actor)
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
        self.evaluation.filter(|evaluation| evaluation.version == self.version)
    }

    /// Who has it and until when, as its submitter is told.
    #[must_use]
    pub fn told_turn(&self) -> (Option<Holder>, Option<Timestamp>) {
        (self.state.holder(), self.told_due_at)
    }

    /// What policies need to know of it.
    #[must_use]
    pub fn subject(&self, panel: PanelStanding) -> ProductSubject<'_> {
        ProductSubject {
            id: self.id,
            state: self.state,
            owner_id: self.owner_id,
            organisation_id: self.organisation_id,
            province_code: self.competent_province.as_deref(),
            is_public: self.public_version.is_some(),
            panel,
        }
    }
}

/// The product, whoever asks: decide with a policy before anything of it leaves.
///
/// # Errors
/// Failures of the database.
pub async fn find(db: &impl ConnectionTrait, id: ProductId) -> ApiResult<Option<ProductRecord>> {
    Entity::find_by_id(id.0).one(db).await?.map(record).transpose()
}

/// The same; 404 when there is none.
///
/// # Errors
/// 404, and failures of the database.
pub async fn load(db: &impl ConnectionTrait, id: ProductId) -> ApiResult<ProductRecord> {
    find(db, id).await?.ok_or_else(ApiError::not_found)
}

/// What is public undisturbed and was published until `until`, the earliest first, after the one named.
///
/// # Errors
/// Failures of the database.
pub(super) async fn published_until(
    db: &impl ConnectionTrait,
    until: Timestamp,
    after: Option<(Option<Timestamp>, ProductId)>,
    limit: u64,
) -> ApiResult<Vec<(ProductId, Option<Timestamp>)>> {
    let mut query = Entity::find()
        .select_only()
        .columns([Column::Id, Column::PublishedAt])
        .filter(Column::State.eq(ProductState::Published.as_str()))
        .filter(Column::PublishedAt.lte(until));
    if let Some((at, id)) = after {
        let same_time = Condition::all().add(Column::PublishedAt.eq(at)).add(Column::Id.gt(id.0));
        query = query.filter(Condition::any().add(Column::PublishedAt.gt(at)).add(same_time));
    }
    let rows: Vec<(Uuid, Option<Timestamp>)> = query
        .order_by_asc(Column::PublishedAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, at)| (ProductId(id), at)).collect())
}

/// Whether this account has so many drafts that were never submitted.
///
/// # Errors
/// Failures of the database.
pub(super) async fn has_drafts(
    db: &impl ConnectionTrait,
    account: AccountId,
    most: u16,
) -> ApiResult<bool> {
    let drafts: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::OwnerId.eq(account.0))
        .filter(Column::State.eq(ProductState::Draft.as_str()))
        .filter(Column::SubmittedAt.is_null())
        .limit(u64::from(most))
        .into_tuple()
        .all(db)
        .await?;
    Ok(drafts.len() >= usize::from(most))
}

/// Enters a new product.
///
/// # Errors
/// Failures of the database.
pub async fn insert(tx: &Tx, permit: Permit<Product>, product: &ProductRecord) -> ApiResult<()> {
    permit.covers_new()?;
    let mut row = text_columns(product)?;
    row.id = Set(product.id.0);
    row.owner_id = Set(product.owner_id.0);
    row.organisation_id = Set(product.organisation_id.map(|id| id.0));
    row.state = Set(product.state.as_str().to_owned());
    row.state_since = Set(product.state_since);
    row.holder = Set(kept(product.holder));
    row.revision = Set(product.revision);
    row.changes_inside = Set(product.changes_inside);
    row.created_at = Set(product.created_at);
    row.updated_at = Set(product.updated_at);
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Moves the product to its next state. Nobody but `change_state` calls this.
///
/// The permit comes back for the effects of the same step.
///
/// # Errors
/// 412 when somebody has written since `product` was read.
pub(super) async fn set_state(
    tx: &Tx,
    permit: Permit<Product>,
    product: &mut ProductRecord,
    to: ProductState,
    now: Timestamp,
) -> ApiResult<Permit<Product>> {
    permit.covers(product.id)?;
    let row = ActiveModel {
        state: Set(to.as_str().to_owned()),
        state_since: Set(now),
        holder: Set(kept(to.holder())),
        ..Default::default()
    };
    update(tx, row, product, now).await?;
    product.state = to;
    product.holder = to.holder();
    product.state_since = now;
    Ok(permit)
}

/// Writes everything but the state: texts, files, honours, version, code, dates.
///
/// # Errors
/// 412 when somebody has written since `product` was read.
pub async fn keep(
    tx: &Tx,
    permit: Permit<Product>,
    product: &mut ProductRecord,
    now: Timestamp,
) -> ApiResult<()> {
    permit.covers(product.id)?;
    update(tx, text_columns(product)?, product, now).await
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
    let touched = Entity::update_many()
        .set(evaluation_columns(ActiveModel::default(), Some(evaluation))?)
        .col_expr(Column::ChangesInside, Expr::col(Column::ChangesInside).add(1))
        .filter(Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    if touched.rows_affected == 0 { Err(ApiError::not_found()) } else { Ok(()) }
}

/// Writes whose turn it is now within the state, since when and until when. Nobody but `change_state`
/// calls this. Nothing that the submitter sees changes.
///
/// # Errors
/// 412 when somebody has written since `product` was read.
pub(super) async fn hand_over(
    tx: &Tx,
    permit: Permit<Product>,
    product: &mut ProductRecord,
) -> ApiResult<()> {
    permit.covers(product.id)?;
    let row = ActiveModel {
        holder: Set(kept(product.holder)),
        state_since: Set(product.state_since),
        due_at: Set(product.due_at),
        changes_inside: Set(product.changes_inside + 1),
        ..Default::default()
    };
    write_over(tx, row, product).await?;
    product.changes_inside += 1;
    Ok(())
}

fn kept(holder: Option<Holder>) -> Option<String> {
    holder.map(|holder| holder.as_str().to_owned())
}

async fn update(
    tx: &Tx,
    mut row: ActiveModel,
    product: &mut ProductRecord,
    now: Timestamp,
) -> ApiResult<()> {
    row.revision = Set(product.revision + 1);
    row.updated_at = Set(now);
    write_over(tx, row, product).await?;
    product.revision += 1;
    product.updated_at = now;
    Ok(())
}

/// Writes over the row as it was read.
async fn write_over(tx: &Tx, row: ActiveModel, product: &ProductRecord) -> ApiResult<()> {
    let written = Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(product.id.0))
        .filter(Column::Revision.eq(product.revision))
        .filter(Column::ChangesInside.eq(product.changes_inside))
        .exec(tx)
        .await?;
    if written.rows_affected == 0 { Err(ProblemCode::StaleRevision.into()) } else { Ok(()) }
}

fn evaluation_columns(
    row: ActiveModel,
    evaluation: Option<KnownEvaluation>,
) -> ApiResult<ActiveModel> {
    let facts = evaluation.map(|known| known.facts).unwrap_or_default();
    Ok(ActiveModel {
        evaluation_id: Set(evaluation.map(|known| known.id.0)),
        evaluation_version: Set(evaluation.map(|known| to_column(known.version)).transpose()?),
        evaluation_open: Set(facts.is_open),
        quorum_met: Set(facts.quorum_met),
        is_recommended: Set(facts.is_recommended),
        ..row
    })
}

/// Every column but identity, state and revision.
fn text_columns(product: &ProductRecord) -> ApiResult<ActiveModel> {
    let draft = &product.draft;
    let row = ActiveModel {
        code: Set(product.code.clone()),
        title: Set(draft.title.clone()),
        title_folded: Set(fold(&draft.title)),
        kind: Set(draft.kind.as_str().to_owned()),
        domain: Set(draft.domain.as_str().to_owned()),
        sectors: Set(json(&draft.sectors)?),
        maturity: Set(draft.maturity.map(|maturity| maturity.as_str().to_owned())),
        trl: Set(draft.trl.map(i16::from)),
        province_code: Set(draft.province_code.clone()),
        competent_province: Set(product.competent_province.clone()),
        summary: Set(draft.summary.clone()),
        owner_name: Set(draft.owner.name.clone()),
        honours: Set(json(&product.honours)?),
        version: Set(to_column(product.version)?),
        public_version: Set(product.public_version.map(to_column).transpose()?),
        published_version: Set(product.published_version.map(to_column).transpose()?),
        content: Set(json(draft)?),
        description_html: Set(product.description_html.text.clone()),
        renderer: Set(product.description_html.renderer),
        files: Set(json(&product.files)?),
        fingerprint: Set(product.fingerprint.clone()),
        consent_version: Set(product.consent_version.clone()),
        reason: Set(product.reason.clone()),
        submitted_at: Set(product.submitted_at),
        published_at: Set(product.published_at),
        due_at: Set(product.due_at),
        told_due_at: Set(product.told_due_at),
        ..Default::default()
    };
    evaluation_columns(row, product.evaluation)
}

fn record(row: Model) -> ApiResult<ProductRecord> {
    let evaluation = match (row.evaluation_id, row.evaluation_version) {
        (Some(id), Some(version)) => Some(KnownEvaluation {
            id: EvaluationId(id),
            version: from_column(version)?,
            facts: EvaluationFacts {
                is_open: row.evaluation_open,
                quorum_met: row.quorum_met,
                is_recommended: row.is_recommended,
            },
        }),
        _ => None,
    };
    Ok(ProductRecord {
        id: ProductId(row.id),
        code: row.code,
        state: known(ProductState::parse(&row.state), &row.state)?,
        state_since: row.state_since,
        revision: row.revision,
        changes_inside: row.changes_inside,
        evaluation,
        version: from_column(row.version)?,
        public_version: row.public_version.map(from_column).transpose()?,
        published_version: row.published_version.map(from_column).transpose()?,
        owner_id: AccountId(row.owner_id),
        organisation_id: row.organisation_id.map(OrganisationId),
        competent_province: row.competent_province,
        draft: from_json(&row.content)?,
        description_html: Html { text: row.description_html, renderer: row.renderer },
        files: from_json(&row.files)?,
        honours: from_json(&row.honours)?,
        fingerprint: row.fingerprint,
        consent_version: row.consent_version,
        reason: row.reason,
        submitted_at: row.submitted_at,
        published_at: row.published_at,
        holder: row.holder.map(|text| known(Holder::parse(&text), &text)).transpose()?,
        due_at: row.due_at,
        told_due_at: row.told_due_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// A value as a JSON column holds it.
pub(super) fn json(value: &impl Serialize) -> ApiResult<String> {
    serde_json::to_string(value).map_err(ApiError::internal)
}

/// The value of a JSON column.
pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> ApiResult<T> {
    serde_json::from_str(text).map_err(ApiError::internal)
}

/// A text column whose value must be one of ours.
pub(super) fn known<T>(value: Option<T>, text: &str) -> ApiResult<T> {
    value.ok_or_else(|| ApiError::internal(anyhow::anyhow!("unknown value {text:?} in a column")))
}

/// A version number as its column holds it.
pub(super) fn to_column(version: u32) -> ApiResult<i32> {
    i32::try_from(version).map_err(ApiError::internal)
}

/// The version number of a column.
pub(super) fn from_column(version: i32) -> ApiResult<u32> {
    u32::try_from(version).map_err(ApiError::internal)
}
