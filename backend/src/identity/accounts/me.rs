//! One's own account: reading it, changing name and language.

use actix_web::{HttpRequest, HttpResponse, get, patch};
use nq57_platform::audit::{self, Entry};
use nq57_platform::error::ApiResult;
use nq57_platform::http::{IfMatch, SignedIn, ValidJson, conditional};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::accounts::{Account, AccountPatch};
use nq57_shared::fold::fold;
use nq57_shared::ids::AccountId;
use nq57_shared::problem::ProblemCode;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::store;
use super::table::account;

/// Read one's own account.
///
/// With the roles in force and the organisations of which one is a member.
#[utoipa::path(
    tag = "accounts",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The account", body = Account,
            headers(("ETag" = String, description = "The revision"))),
        (status = 304, description = "Not changed since `If-None-Match`"),
    ),
)]
#[get("/me")]
pub async fn read_me(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
) -> ApiResult<HttpResponse> {
    let account = store::account_of(&state.db, caller.account_id(), state.clock.now()).await?;
    Ok(conditional::representation(&request, revision(&account), &account))
}

fn revision(account: &Account) -> i64 {
    account.revision.cast_signed()
}

/// Change one's own account.
///
/// A merge patch: members that are absent stay as they are.
#[utoipa::path(
    tag = "accounts",
    security(("bearer" = [])),
    params(("If-Match" = String, Header, description = "The entity tag of what was read")),
    request_body = AccountPatch,
    responses((status = 200, description = "The account as it is now", body = Account,
        headers(("ETag" = String, description = "The revision")))),
)]
#[patch("/me")]
pub async fn edit_me(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    seen: IfMatch,
    body: ValidJson<AccountPatch>,
) -> ApiResult<HttpResponse> {
    let id = caller.account_id();
    transaction::write(&state.db, async |tx| {
        let before = edit(tx, id, &seen, &body).await?;
        let after = store::row(tx, id).await?;
        let names = [
            ("display_name", before.display_name != after.display_name),
            ("language", before.language != after.language),
        ];
        let fields: Vec<&str> = names.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
        let entry = Entry::by(caller.actor(), "account.edited").on("account", id.0);
        let entry = entry.with("fields", fields);
        audit::record(tx, &state.clock, entry.during(&request)).await
    })
    .await?;
    let account = store::account_of(&state.db, id, state.clock.now()).await?;
    Ok(conditional::current(revision(&account), &account))
}

async fn edit(
    tx: &Tx,
    id: AccountId,
    seen: &IfMatch,
    patch: &AccountPatch,
) -> ApiResult<account::Model> {
    let before = store::row(tx, id).await?;
    seen.check(before.revision)?;
    let display_name = patch.display_name.as_ref().unwrap_or(&before.display_name);
    let language = patch.language.unwrap_or(before.language);
    let written = account::Entity::update_many()
        .col_expr(account::Column::DisplayName, Expr::value(display_name.as_str()))
        .col_expr(account::Column::Folded, Expr::value(store::folded(display_name, &before.email)))
        .col_expr(account::Column::NameFolded, Expr::value(fold(display_name)))
        .col_expr(account::Column::Language, Expr::value(language))
        .col_expr(account::Column::Revision, Expr::col(account::Column::Revision).add(1))
        .filter(account::Column::Id.eq(id))
        .filter(account::Column::Revision.eq(before.revision))
        .exec(tx)
        .await?;
    if written.rows_affected == 0 {
        return Err(ProblemCode::StaleRevision.into());
    }
    Ok(before)
}
