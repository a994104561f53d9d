//! What the reader may do with clients, by the policy that the server asks as well.

use nq57_shared::access::policy::api_clients::{ApiClientAction, ApiClientSubject, may};
use nq57_shared::ids::OrganisationId;
use nq57_ui::state::session;

fn may_with_all(organisation: OrganisationId, action: ApiClientAction) -> bool {
    let caller_is_manager = session::account().is_some_and(|account| {
        account
            .organisations
            .iter()
            .any(|one| one.organisation_id == organisation && one.is_manager)
    });
    let subject = ApiClientSubject { caller_is_manager, ..ApiClientSubject::default() };
    may(&session::actor(), action, subject).is_ok()
}

/// Whether the reader sees the clients of the organisation; reactive.
pub fn may_see(organisation: OrganisationId) -> bool {
    may_with_all(organisation, ApiClientAction::List)
}

/// Whether the reader makes clients of the organisation; reactive.
pub fn may_make(organisation: OrganisationId) -> bool {
    may_with_all(organisation, ApiClientAction::Create)
}
