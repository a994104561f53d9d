//! Everything that knows HTTP and no domain noun: extractors, the frame around each request,
//! caching, limits, the document of the API, and the server itself.

pub mod api_key;
pub mod caller;
pub mod client_address;
pub mod client_caller;
pub mod client_log;
pub mod conditional;
pub mod cors;
pub mod documentation;
pub mod extract;
pub mod frame;
pub mod generations;
pub mod idempotency;
pub mod in_flight;
pub mod known_callers;
pub mod known_clients;
pub mod link;
pub mod observability;
pub mod openapi;
pub mod origin;
pub mod paging;
pub mod problem;
pub mod public_cache;
pub mod query_string;
pub mod rate_limit;
pub mod request;
pub mod security_headers;
pub mod signal_listener;
pub mod signals;
pub mod signing_keys;

pub use caller::{Caller, Identified, SignedIn};
pub use conditional::{IfMatch, current, etag};
pub use extract::{FromPath, Query, ValidJson};
pub use idempotency::IdempotencyKey;
pub use paging::{PageQuery, Paged};
pub use request::RequestLanguage;
