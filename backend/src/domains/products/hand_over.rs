//! What follows at products when their cases go over: the office that handles them, or the organisation that has sent
//! them. Beside the first submission the only writer of the competent office.

use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::registry::{HandoverListener, Succession};
use nq57_platform::state::AppState;
use nq57_shared::ids::ProductId;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::feed;
use super::publications;
use super::subject::KIND;
use super::table::product::{Column, Entity};
use super::table::publication;

pub(super) const LISTENERS: &[HandoverListener] = &[HandoverListener {
    kind: KIND,
    run: |tx, state, cases, succession| Box::pin(follow(tx, state, cases, succession)),
}];

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
    let products = Entity::find().filter(Column::Id.is_in(ids())).all(tx).await?;
    feed::put_dossiers(tx, state.clock.now(), &products).await
}
