//! Clients as audit and notices name them.

use nq57_platform::subject::Subject;
use nq57_shared::ids::ApiClientId;

/// The client, in audit and notices.
pub fn subject_of(id: ApiClientId) -> Subject {
    Subject::new("api_client", id)
}
