//! Clients as the API shows them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ApiClientEvent;
use crate::access::{ClientAccess, ClientScope};
use crate::ids::{ApiClientId, ApiSecretId};
use crate::organisations::OrganisationName;
use crate::page::Paged;

/// Whether a client is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApiClientState {
    /// With a live key or secret.
    Active,
    /// Somebody has suspended it.
    Suspended,
    /// Its time is over.
    Expired,
    /// Its organisation is not confirmed, or has ended.
    OrganisationUnconfirmed,
}

/// A client, for the managers of its organisation, administrators and auditors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiClient {
    /// Identifies the client, also as `client_id` where it asks for a token.
    pub id: ApiClientId,
    /// Whose client it is.
    pub organisation: OrganisationName,
    /// How the organisation calls the program.
    #[cfg_attr(feature = "openapi", schema(example = "Kho dữ liệu của tỉnh"))]
    pub name: String,
    /// What it is for.
    #[cfg_attr(feature = "openapi", schema(example = "Cập nhật kho dữ liệu hằng đêm."))]
    pub purpose: String,
    /// What it was given.
    pub wanted: ClientAccess,
    /// What of it is in force: all but what waits for a confirmation.
    pub in_force: ClientAccess,
    /// Names of the organisations whose rows it sees.
    pub organisations: Vec<OrganisationName>,
    /// Whether something of it waits for the confirmation of an administrator of the platform.
    pub awaits_confirmation: bool,
    /// When it was last confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Networks and addresses from which it may come; from anywhere when empty.
    #[cfg_attr(feature = "openapi", schema(example = json!(["203.0.113.0/24"])))]
    pub networks: Vec<String>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it is let in.
    pub state: ApiClientState,
    /// Why it was suspended.
    #[cfg_attr(feature = "openapi", schema(example = "Khóa bị dùng từ hai nơi."))]
    pub suspension_reason: Option<String>,
    /// Its keys and secrets, the latest first, those that have ended as well.
    pub secrets: Vec<ApiSecret>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// What the caller may send to it now.
    pub allowed_events: Vec<ApiClientEvent>,
    /// Whether the caller may change it, delete it, and make and revoke its keys and secrets.
    pub may_edit: bool,
    /// Grows with each change; its quoted form is the `ETag`.
    pub revision: u64,
}

/// A client as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiClientSummary {
    /// Identifies the client.
    pub id: ApiClientId,
    /// Whose client it is.
    pub organisation: OrganisationName,
    /// How the organisation calls the program.
    #[cfg_attr(feature = "openapi", schema(example = "Kho dữ liệu của tỉnh"))]
    pub name: String,
    /// What it was given.
    pub scopes: Vec<ClientScope>,
    /// Whether it is let in.
    pub state: ApiClientState,
    /// Whether something of it waits for a confirmation.
    pub awaits_confirmation: bool,
    /// When one of its keys or secrets was last used, give or take five minutes.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// How a secret is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApiSecretKind {
    /// Sent with every request: `Authorization: Bearer nq57_…`.
    Key,
    /// Sent to the token endpoint alone, which answers a token of ten minutes.
    ClientSecret,
}

nq57_core::stable_texts! {
    ApiSecretKind { Key = "key", ClientSecret = "client_secret" }
}

/// A key or secret of a client; its text is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiSecret {
    /// Identifies the secret.
    pub id: ApiSecretId,
    /// How it is used.
    pub kind: ApiSecretKind,
    /// What its text begins with, to tell it from others.
    #[cfg_attr(feature = "openapi", schema(example = "nq57_4fGh7KpQ"))]
    pub begins_with: String,
    /// Whether it is taken.
    pub is_live: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends; with its client when absent.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was last used, give or take five minutes.
    pub last_used_at: Option<DateTime<Utc>>,
    /// From where.
    #[cfg_attr(feature = "openapi", schema(example = "203.0.113.7"))]
    pub last_used_address: Option<String>,
}

/// A secret that has just been made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewApiSecret {
    /// Its text, shown this once: only its digest is kept.
    #[cfg_attr(feature = "openapi", schema(example = "nq57_4fGh7KpQ_…"))]
    pub secret: String,
    /// Which one of the client's it is.
    pub secret_id: ApiSecretId,
    /// The client, with its new revision.
    pub client: ApiClient,
}

/// A request of a client, as its organisation sees it: no query and no body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiRequest {
    /// When it came.
    pub at: DateTime<Utc>,
    /// Its method.
    #[cfg_attr(feature = "openapi", schema(example = "GET"))]
    pub method: String,
    /// The pattern of its path.
    #[cfg_attr(feature = "openapi", schema(example = "/api/v1/products/{id}"))]
    pub route: String,
    /// What it was answered.
    pub status: u16,
    /// Milliseconds that the answer took.
    pub ms: u32,
    /// From where it came.
    #[cfg_attr(feature = "openapi", schema(example = "203.0.113.7"))]
    pub address: String,
    /// Names it in logs and problems.
    pub request_id: String,
}

/// A page of the requests of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiRequestPage {
    /// The latest first.
    pub items: Vec<ApiRequest>,
    /// Continues after the last item; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How many there are in all; only when asked for. Nobody counts further than 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// How many of those that were counted, the latest, were answered with 400 or above; only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<u64>,
    /// There are more than were counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

impl Paged for ApiRequestPage {
    fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }
}

/// What a client gets for its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClientToken {
    /// For the header `Authorization`.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: String,
    /// Seconds that it is good for.
    pub expires_in: u64,
    /// What it opens, separated by blanks.
    #[cfg_attr(feature = "openapi", schema(example = "products:read"))]
    pub scope: String,
}

/// Why no token was given (RFC 6749, section 5.2), with what every problem has besides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OAuthError {
    /// One of the codes of OAuth.
    #[cfg_attr(feature = "openapi", schema(example = "invalid_client"))]
    pub error: String,
    /// What to do, for a person.
    #[cfg_attr(feature = "openapi", schema(example = "Sign in first"))]
    pub error_description: String,
    /// Stable, for programs: a code of `/docs/problems`.
    #[cfg_attr(feature = "openapi", schema(example = "unauthenticated"))]
    pub code: String,
    /// To be quoted when reporting the problem.
    pub request_id: String,
}
