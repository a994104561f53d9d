//! What follows at products when their cases go over: the office that handles them, or the organisation that has sent
//! them. Beside the first submission the only writer of the competent office.

use nq57_platform::audit::{self, By};
use nq57_platform::casework;
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::registry::{DraftBounds, DraftsListener, HandoverListener, Succession};
use nq57_platform::state::AppState;
use nq57_shared::ids::ProductId;
use nq57_shared::products::ProductState;
use nq57_shared::time::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::feed;
use super::publications;
use super::subject::{KIND, subject_of};
use super::table::product::{Column, Entity};
use super::table::publication;
use crate::identity::organisations;

pub(super) const LISTENERS: &[HandoverListener] = &[HandoverListener {
    kind: KIND,
    run: |tx, state, cases, succession| Box::pin(follow(tx, state, cases, succession)),
}];

/// Drafts are no cases, but of the organisation: they go along with what it has sent. Whoever hands over learns how many.
pub(super) const DRAFTS: DraftsListener =
    |tx, state, by, succession, bounds| Box::pin(drafts(tx, state, by, succession, bounds));

async fn drafts(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    succession: Succession<'_>,
    bounds: DraftBounds,
) -> ApiResult<(u64, u64)> {
    // A province is fixed by the first submission only.
    let Succession::Organisation { from, to } = succession else { return Ok((0, 0)) };
    let unsent = Entity::find()
        .filter(Column::OrganisationId.eq(from))
        .filter(Column::State.eq(ProductState::Draft))
        .filter(Column::SubmittedAt.is_null());
    let found: Vec<(ProductId, Timestamp)> = unsent
        .clone()
        .select_only()
        .columns([Column::Id, Column::CreatedAt])
        .order_by_asc(Column::Id)
        .limit(bounds.go)
        .lock_exclusive()
        .into_tuple()
        .all(tx)
        .await?;
    if let Some(first) = found.iter().map(|(_, created_at)| *created_at).min() {
        let ids = || found.iter().map(|(id, _)| *id);
        // Who could read them there judges them nowhere.
        let begun = Query::select()
            .column(Column::Id)
            .from(Entity)
            .and_where(Column::Id.is_in(ids()))
            .take();
        let side = organisations::side(from, first);
        casework::add_sides(tx, state.clock.now(), begun, side).await?;
        Entity::update_many()
            .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
            .col_expr(Column::OrganisationId, Expr::value(to))
            .filter(Column::Id.is_in(ids()))
            .exec(tx)
            .await?;
        // Seen by nobody before it is sent, as all of a draft.
        let entry = |id| {
            by.entry("product.handed_over", subject_of(id)).changed("organisation_id", from, to)
        };
        audit::record_all(tx, &state.clock, ids().map(entry)).await?;
    }
    let left: Vec<ProductId> =
        unsent.select_only().column(Column::Id).limit(bounds.counted).into_tuple().all(tx).await?;
    let count = |some: usize| u64::try_from(some).unwrap_or(u64::MAX);
    Ok((count(found.len()), count(left.len())))
}

async fn follow(
    tx: &Tx,
    state: &AppState,
    cases: &[Uuid],
    succession: Succession<'_>,
) -> ApiResult<()> {
    let ids = || cases.iter().copied().map(ProductId);
    // A new revision: who has the page open is told.
    let products = Entity::update_many()
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::Id.is_in(ids()));
    match succession {
        Succession::Province { from, to } => {
            products
                .col_expr(Column::CompetentProvince, Expr::value(to))
                .filter(Column::CompetentProvince.eq(from))
                .exec(tx)
                .await?;
        }
        Succession::Organisation { from, to } => {
            products
                .col_expr(Column::OrganisationId, Expr::value(to))
                .filter(Column::OrganisationId.eq(from))
                .exec(tx)
                .await?;
            let revision = Query::select()
                .column((Entity, Column::Revision))
                .from(Entity)
                .and_where(
                    Expr::col((Entity, Column::Id))
                        .equals((publication::Entity, publication::Column::ProductId)),
                )
                .take();
            publication::Entity::update_many()
                .col_expr(publication::Column::OrganisationId, Expr::value(to))
                .col_expr(publication::Column::Revision, revision.into())
                .filter(publication::Column::ProductId.is_in(ids()))
                .filter(publication::Column::OrganisationId.eq(from))
                .exec(tx)
                .await?;
            for id in ids() {
                publications::invalidate(tx, state, id);
            }
            let shown = publication::Entity::find()
                .filter(publication::Column::ProductId.is_in(ids()))
                .filter(publication::Column::OrganisationId.eq(to))
                .all(tx)
                .await?;
            feed::put_public(tx, state.clock.now(), &shown).await?;
        }
    }
    let mine = Entity::find().filter(Column::Id.is_in(ids())).order_by_asc(Column::Id);
    let products = mine.lock_exclusive().all(tx).await?;
    feed::put_dossiers(tx, state.clock.now(), &products).await
}
