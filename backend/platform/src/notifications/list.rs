//! The inbox of whoever asks.

use actix_web::{HttpRequest, HttpResponse, get};
use nq57_core::notifications::{Notification, NotificationPage};
use sea_orm::sea_query::Expr;
use serde::Deserialize;
use utoipa::IntoParams;

use super::store;
use super::table::{Column, Entity};
use crate::error::ApiResult;
use crate::http::{Query, RequestLanguage, SignedIn, link};
use crate::persistence::keyset::Keyset;
use crate::state::AppState;

/// Which messages.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SoughtNotifications {
    /// Only those that were not read.
    unread: bool,
    /// Whether to count all that are unread.
    count: bool,
    /// Items in a page, at most 100; 20 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List notifications.
///
/// Your inbox, the latest first, in the language of the request. With `count=true` the answer says how
/// many are unread in all.
#[utoipa::path(
    tag = "notifications",
    params(SoughtNotifications),
    responses((status = 200, description = "A page of the inbox", body = NotificationPage,
        headers(("Link" = String, description = "The next page, `rel=\"next\"`")))),
    security(("bearer" = []))
)]
#[get("/notifications")]
pub async fn list_notifications(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    RequestLanguage(language): RequestLanguage,
    sought: Query<SoughtNotifications>,
) -> ApiResult<HttpResponse> {
    let account = caller.account_id();
    let paging = Keyset::new(&(account, sought.unread))?
        .descending(Expr::col((Entity, Column::CreatedAt)))
        .descending(Expr::col((Entity, Column::Id)))
        .page(&state.cursors, sought.limit, sought.cursor.as_deref())?;
    let rows = paging.apply(store::inbox(account, sought.unread)).all(&state.db).await?;
    let (rows, next_cursor) = paging.cut(rows, |row| vec![row.created_at.into(), row.id.into()])?;
    let unread = if sought.count { Some(store::unread(&state.db, account).await?) } else { None };
    let catalogue = state.registry.catalogue()?;
    let shown = rows.into_iter().map(|row| store::notification(row, catalogue, language));
    let items: Vec<Notification> = shown.collect();
    Ok(link::page(&request, &NotificationPage { items, next_cursor, unread }))
}
