//! Clients: programs that use the interface for an organisation, with keys or client credentials. What one may do is its
//! scopes, what it may see its rows, both as far as they are in force; a client never acts as a person.
//!
//! Its tables are private; the text of a secret is answered once and kept as a digest.

mod check;
mod create;
mod delete;
mod edit;
mod enter;
mod issue_token;
mod known;
mod list;
mod list_requests;
mod notices;
mod present;
mod read;
mod remind;
mod request_log;
mod secrets;
mod send_event;
mod store;
mod subject;
mod table;
mod tell;

use std::time::Duration;

use futures_util::FutureExt;
use nq57_platform::jobs::Job;
use nq57_platform::registry::Slice;
use utoipa_actix_web::service_config::ServiceConfig;

pub use remind::remind;
pub use request_log::{purge as purge_requests, write as write_requests};
pub use store::past_access;

/// What this module brings.
pub const SLICE: Slice = Slice {
    tags: &[(
        "clients",
        "Programs of organisations: keys, secrets and tokens, and what each may do and see.",
    )],
    routes,
    notices: notices::NOTICES,
    jobs: &[
        Job {
            name: "write the requests of clients",
            every: Duration::from_secs(1),
            run: |state| write_requests(state).boxed_local(),
        },
        Job {
            name: "purge the requests of clients",
            every: Duration::from_secs(3600),
            run: |state| purge_requests(state).boxed_local(),
        },
        Job {
            name: "remind of clients that end",
            every: Duration::from_secs(3600),
            run: |state| remind(state).boxed_local(),
        },
    ],
    clients: Some(&known::Clients),
    ..Slice::EMPTY
};

/// The operations of this module.
fn routes(routes: &mut ServiceConfig) {
    routes
        .service(issue_token::issue_client_token)
        .service(list::list_api_clients)
        .service(create::create_api_client)
        .service(list::list_all_api_clients)
        .service(read::read_api_client)
        .service(edit::edit_api_client)
        .service(delete::delete_api_client)
        .service(send_event::post_api_client_event)
        .service(secrets::create_api_secret)
        .service(secrets::revoke_api_secret)
        .service(list_requests::list_api_requests);
}
