//! What people are told about clients.

use chrono::NaiveDate;

nq57_platform::notices! {
    /// To administrators: a client asks for more than it may have without them.
    ClientAwaits = "api_client_awaits" { client: String, organisation: String }
    /// To the managers of its organisation: it may have all that it asks for.
    ClientConfirmed = "api_client_confirmed" { client: String }
    /// To the same: it gets nothing more.
    ClientSuspended = "api_client_suspended" { client: String, reason: String }
    /// To the same: a key stood in an address and was revoked.
    SecretExposed = "api_secret_exposed" { client: String, begins_with: String }
    /// To the same: a key or secret ends soon.
    SecretEnds = "api_secret_ends" { client: String, begins_with: String, ends_on: NaiveDate }
    /// To the same: the client ends soon.
    ClientEnds = "api_client_ends" { client: String, ends_on: NaiveDate }
}
