//! Who is told what about a client: the managers of its organisation, administrators of what waits for them.

use nq57_platform::error::ApiResult;
use nq57_platform::http::api_key;
use nq57_platform::notifications::{self, Notice};
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::access::{Role, Scope};
use nq57_shared::organisations::Organisation;
use nq57_shared::time::{Timestamp, vietnam_date};

use super::notices::{
    ClientAwaits, ClientConfirmed, ClientEnds, ClientSuspended, SecretEnds, SecretExposed,
};
use super::store::{ClientRecord, SecretRecord};
use super::subject::subject_of;
use crate::identity::{accounts, organisations};

/// Something waits for a confirmation.
///
/// # Errors
/// Failures of the database.
pub async fn awaits(
    tx: &Tx,
    state: &AppState,
    organisation: &Organisation,
    client: &ClientRecord,
) -> ApiResult<()> {
    let now = state.clock.now();
    let administrators =
        accounts::holders_of(tx, Role::Administrator, Scope::default(), now).await?;
    let told =
        ClientAwaits { client: client.name.clone(), organisation: organisation.name.clone() };
    let notice = about(Notice::new(&told), client).to(administrators);
    notifications::notify(tx, &state.clock, notice).await
}

/// All that it asks for is confirmed.
///
/// # Errors
/// Failures of the database.
pub async fn confirmed(tx: &Tx, state: &AppState, client: &ClientRecord) -> ApiResult<()> {
    let told = ClientConfirmed { client: client.name.clone() };
    managers(tx, state, client, Notice::new(&told)).await
}

/// It is not let in any more.
///
/// # Errors
/// Failures of the database.
pub async fn suspended(tx: &Tx, state: &AppState, client: &ClientRecord) -> ApiResult<()> {
    let reason = client.suspension_reason.clone().unwrap_or_default();
    let told = ClientSuspended { client: client.name.clone(), reason };
    managers(tx, state, client, Notice::new(&told)).await
}

/// A key stood in an address.
///
/// # Errors
/// Failures of the database.
pub async fn exposed(
    tx: &Tx,
    state: &AppState,
    client: &ClientRecord,
    secret: &SecretRecord,
) -> ApiResult<()> {
    let begins_with = api_key::beginning(&secret.lookup);
    let told = SecretExposed { client: client.name.clone(), begins_with };
    managers(tx, state, client, Notice::new(&told)).await
}

/// A key or secret ends soon.
///
/// # Errors
/// Failures of the database.
pub async fn secret_ends(
    tx: &Tx,
    state: &AppState,
    client: &ClientRecord,
    secret: &SecretRecord,
) -> ApiResult<()> {
    let told = SecretEnds {
        client: client.name.clone(),
        begins_with: api_key::beginning(&secret.lookup),
        ends_on: day(secret.expires_at),
    };
    managers(tx, state, client, Notice::new(&told)).await
}

/// The client ends soon.
///
/// # Errors
/// Failures of the database.
pub async fn client_ends(tx: &Tx, state: &AppState, client: &ClientRecord) -> ApiResult<()> {
    let told = ClientEnds { client: client.name.clone(), ends_on: day(client.expires_at) };
    managers(tx, state, client, Notice::new(&told)).await
}

fn day(end: Option<Timestamp>) -> chrono::NaiveDate {
    vietnam_date(end.unwrap_or_default())
}

async fn managers(
    tx: &Tx,
    state: &AppState,
    client: &ClientRecord,
    notice: Notice,
) -> ApiResult<()> {
    let managers = organisations::managers_of(tx, client.organisation_id).await?;
    notifications::notify(tx, &state.clock, about(notice, client).to(managers)).await
}

fn about(notice: Notice, client: &ClientRecord) -> Notice {
    let subject = subject_of(client.id);
    notice.about(subject.kind, subject.id).at(format!("/to-chuc/{}", client.organisation_id))
}
