//! Whoever got a letter about a case confirms or ends such letters, without an account: the token is the proof.

use actix_web::{HttpRequest, post, web};
use nq57_core::notifications::{CaseLetters, CaseLettersLink};

use super::contacts;
use crate::error::ApiResult;
use crate::http::client_address::client_network;
use crate::http::rate_limit::Class;
use crate::http::{Caller, ValidJson};
use crate::state::AppState;

/// Confirm letters about a case.
///
/// With the token of the letter that asked. From then on the address gets news about the case. Twice changes
/// nothing.
#[utoipa::path(
    tag = "notifications",
    request_body = CaseLettersLink,
    responses(
        (status = 200, description = "Letters will come", body = CaseLetters),
        (status = 422, description = "`token_invalid`: unknown, stopped, or another address was given since"),
    ),
)]
#[post("/case-letters/confirm")]
pub async fn confirm_case_letters(
    state: AppState,
    request: HttpRequest,
    caller: Caller,
    link: ValidJson<CaseLettersLink>,
) -> ApiResult<web::Json<CaseLetters>> {
    charge(&state, &request, &caller)?;
    Ok(web::Json(contacts::confirm(&state, &link.token).await?))
}

/// Stop letters about a case.
///
/// With the token of any letter about it. The address is erased; the case goes on. Twice changes nothing.
#[utoipa::path(
    tag = "notifications",
    request_body = CaseLettersLink,
    responses(
        (status = 200, description = "No more letters come", body = CaseLetters),
        (status = 422, description = "`token_invalid`: unknown, or another address was given since"),
    ),
)]
#[post("/case-letters/stop")]
pub async fn stop_case_letters(
    state: AppState,
    request: HttpRequest,
    caller: Caller,
    link: ValidJson<CaseLettersLink>,
) -> ApiResult<web::Json<CaseLetters>> {
    charge(&state, &request, &caller)?;
    Ok(web::Json(contacts::stop(&state, &link.token).await?))
}

fn charge(state: &AppState, request: &HttpRequest, caller: &Caller) -> ApiResult<()> {
    let network = client_network(caller.address()).to_string();
    state.rate_limits.charge_as(request, Class::Tracking, &network)
}
