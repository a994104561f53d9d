//! The beginning of every change of a client: load for update, permit, seen revision.

use nq57_platform::access::{Permit, permit};
use nq57_platform::error::ApiResult;
use nq57_platform::http::IfMatch;
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::access::policy::api_clients::{ApiClientAction, ApiClientSubject, may};
use nq57_shared::access::{Actor, Decision};
use nq57_shared::ids::{ApiClientId, OrganisationId};
use sea_orm::ConnectionTrait;

use super::store::{self, ClientRecord};
use crate::identity::organisations;

/// How the caller stands to a client, asked of the database once.
pub struct ClientStanding<'a> {
    actor: &'a Actor,
    caller_is_manager: bool,
}

impl<'a> ClientStanding<'a> {
    /// To the clients of this organisation.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn of(
        db: &impl ConnectionTrait,
        actor: &'a Actor,
        organisation: OrganisationId,
    ) -> ApiResult<Self> {
        let caller_is_manager = organisations::is_manager(db, actor, organisation).await?;
        Ok(Self { actor, caller_is_manager })
    }

    /// What the policy says of this client.
    pub fn may(&self, action: ApiClientAction, client: &ClientRecord) -> Decision {
        let subject = ApiClientSubject {
            id: Some(client.id),
            caller_is_manager: self.caller_is_manager,
            is_suspended_by_platform: client.suspended_at.is_some() && client.suspended_by_platform,
        };
        may(self.actor, action, subject)
    }

    /// What it says of the list, or of a new one.
    pub fn may_with_all(&self, action: ApiClientAction) -> Decision {
        let caller_is_manager = self.caller_is_manager;
        may(self.actor, action, ApiClientSubject { caller_is_manager, ..Default::default() })
    }
}

/// A client that may be changed.
pub struct Entered<'a> {
    pub before: ClientRecord,
    pub standing: ClientStanding<'a>,
    pub permit: Permit<ClientRecord>,
}

/// Begins a change. Without `seen` whatever revision there is will do.
///
/// # Errors
/// 404 when there is none, the denial of the policy, 412 when it has changed since it was seen.
pub async fn enter<'a>(
    tx: &Tx,
    actor: &'a Actor,
    action: ApiClientAction,
    id: ApiClientId,
    seen: Option<&IfMatch>,
) -> ApiResult<Entered<'a>> {
    let before = store::load_for_update(tx, id).await?;
    let standing = ClientStanding::of(tx, actor, before.organisation_id).await?;
    let permit = permit(standing.may(action, &before))?;
    if let Some(seen) = seen {
        seen.check(before.revision)?;
    }
    Ok(Entered { before, standing, permit })
}
