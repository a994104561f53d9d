//! Messages that were given up: administrators list them, try them again, or discard them.

use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use nq57_core::access::policy::{self, PlatformAction};
use nq57_core::ids::OutboxId;
use nq57_core::outbox::DeadLetter;
use nq57_core::page::Page;
use sea_orm::sea_query::Expr;

use super::table::{Column, Entity, Model};
use super::{mark, store};
use crate::access::{allow, permit};
use crate::audit::{self, Entry};
use crate::error::ApiResult;
use crate::http::{FromPath, PageQuery, SignedIn, link};
use crate::persistence::keyset::Keyset;
use crate::persistence::transaction;
use crate::state::AppState;

/// List dead letters.
///
/// Messages of the outbox that were tried as often as allowed, the latest first. Administrators only.
#[utoipa::path(
    tag = "platform",
    params(PageQuery),
    responses((status = 200, description = "A page of dead letters", body = Page<DeadLetter>,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
    security(("bearer" = []))
)]
#[get("/outbox/dead-letters")]
pub async fn list_dead_letters(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    page: PageQuery,
) -> ApiResult<HttpResponse> {
    allow(policy::may(caller.actor(), PlatformAction::ReadDeadLetters, None))?;
    let order = Keyset::new(&"dead letters")?
        .descending(Expr::col((Entity, Column::FinishedAt)))
        .descending(Expr::col((Entity, Column::Id)));
    let keys = |row: &Model| vec![row.finished_at.into(), row.id.into()];
    let show = |row: Model| Ok(store::dead_letter(row));
    let page = page.of(&state, order)?.fetch(&state.db, store::dead(), keys, show).await?;
    Ok(link::page(&request, &page))
}

/// Requeue a dead letter.
///
/// It will be tried again at once, as often as a new message. Administrators only.
#[utoipa::path(
    tag = "platform",
    params(("id" = OutboxId, Path, description = "The message")),
    responses((status = 204, description = "It waits for delivery")),
    security(("bearer" = []))
)]
#[post("/outbox/dead-letters/{id}/requeue")]
pub async fn requeue_dead_letter(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<OutboxId>,
) -> ApiResult<HttpResponse> {
    let decision = || policy::may(caller.actor(), PlatformAction::RequeueDeadLetter, Some(id.0));
    transaction::write(&state.db, async |tx| {
        store::requeue(tx, permit(decision())?, state.clock.now(), id).await?;
        let deed = Entry::by(caller.actor(), "outbox.requeued").on("outbox", id.0).during(&request);
        audit::record(tx, &state.clock, deed).await
    })
    .await?;
    mark::wake();
    Ok(HttpResponse::NoContent().finish())
}

/// Discard a dead letter.
///
/// It will never be delivered. Administrators only.
#[utoipa::path(
    tag = "platform",
    params(("id" = OutboxId, Path, description = "The message")),
    responses((status = 204, description = "It is gone")),
    security(("bearer" = []))
)]
#[delete("/outbox/dead-letters/{id}")]
pub async fn discard_dead_letter(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    FromPath(id): FromPath<OutboxId>,
) -> ApiResult<HttpResponse> {
    let decision = || policy::may(caller.actor(), PlatformAction::DiscardDeadLetter, Some(id.0));
    transaction::write(&state.db, async |tx| {
        store::discard(tx, permit(decision())?, id).await?;
        let deed =
            Entry::by(caller.actor(), "outbox.discarded").on("outbox", id.0).during(&request);
        audit::record(tx, &state.clock, deed).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
