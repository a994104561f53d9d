//! Clients: programs that use the interface for an organisation, with their keys and secrets.

mod types;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use nq57_core::patch::given;

use crate::access::{ClientAccess, ClientScope};
use crate::ids::OrganisationId;
use crate::problem::FieldCode;
use crate::text::{self, REASON_MAX};
use crate::validate::{Validate, Violations, reads_as_link};

pub use types::{
    ApiClient, ApiClientState, ApiClientSummary, ApiRequest, ApiRequestPage, ApiSecret,
    ApiSecretKind, ClientToken, NewApiSecret, OAuthError,
};

/// Clients that one organisation may have.
pub const CLIENTS_MAX: usize = 20;
/// Keys, and client secrets, that may be live at once: the old one and the one that takes its place.
pub const LIVE_SECRETS_MAX: usize = 2;
/// Provinces and organisations whose rows one client may see.
pub const ROWS_MAX: usize = 50;
/// Networks from which one client may come.
pub const NETWORKS_MAX: usize = 50;
/// Days that a request stays in the log.
pub const REQUESTS_KEPT_DAYS: i64 = 30;
/// Days before the end of a client or a secret on which its organisation is told.
pub const REMINDER_DAYS: [i32; 3] = [1, 7, 30];

/// What is said of a client when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({
    "name": "Kho dữ liệu của tỉnh",
    "purpose": "Cập nhật kho dữ liệu hằng đêm.",
    "scopes": ["products:read"],
    "networks": ["203.0.113.0/24"],
})))]
#[serde(deny_unknown_fields)]
pub struct ApiClientDraft {
    /// How the organisation calls the program.
    pub name: String,
    /// What it is for, in words for whoever confirms it.
    pub purpose: String,
    /// What it may be trusted with.
    pub scopes: Vec<ClientScope>,
    /// Codes of the reference list `provinces`: it sees the rows that their offices handle.
    #[serde(default)]
    pub provinces: Vec<String>,
    /// It sees the rows of these organisations and of those below them.
    #[serde(default)]
    pub organisations: Vec<OrganisationId>,
    /// Networks (`203.0.113.0/24`) and addresses from which it may come; from anywhere when empty.
    #[serde(default)]
    pub networks: Vec<String>,
    /// When it ends; never when absent.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}

impl ApiClientDraft {
    /// The access that it asks for.
    #[must_use]
    pub fn access(&self) -> ClientAccess {
        ClientAccess {
            scopes: self.scopes.clone(),
            provinces: self.provinces.clone(),
            organisations: self.organisations.clone(),
        }
    }
}

impl Validate for ApiClientDraft {
    fn normalise(&mut self) {
        self.name = text::name(&self.name);
        self.purpose = text::block(&self.purpose);
        for network in &mut self.networks {
            *network = text::line(network);
        }
        self.scopes.sort_unstable();
    }

    fn check(&self, violations: &mut Violations) {
        violations.text("/name", &self.name, 2, 100);
        if reads_as_link(&self.name) {
            violations.add("/name", FieldCode::InvalidFormat);
        }
        violations.text("/purpose", &self.purpose, 5, 500);
        let most = ClientScope::ALL.len();
        let scopes = violations.items("/scopes", &self.scopes, 1, most);
        violations.unique(scopes, |at| format!("/scopes/{at}"));
        let provinces = violations.items("/provinces", &self.provinces, 0, ROWS_MAX);
        violations.unique(provinces, |at| format!("/provinces/{at}"));
        let organisations = violations.items("/organisations", &self.organisations, 0, ROWS_MAX);
        violations.unique(organisations, |at| format!("/organisations/{at}"));
        let networks = violations.items("/networks", &self.networks, 0, NETWORKS_MAX);
        violations.unique(networks, |at| format!("/networks/{at}"));
        violations.instant("/expires_at", self.expires_at);
    }
}

/// Changes to a client (merge patch: what is absent stays, `null` empties, lists are replaced).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ApiClientPatch {
    /// How the organisation calls the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "Kho dữ liệu của tỉnh"))]
    pub name: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "Cập nhật kho dữ liệu hằng đêm."))]
    pub purpose: Option<String>,
    /// What it may be trusted with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<ClientScope>>,
    /// Codes of the reference list `provinces`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = json!(["92"])))]
    pub provinces: Option<Vec<String>>,
    /// Organisations whose rows it sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisations: Option<Vec<OrganisationId>>,
    /// Networks and addresses from which it may come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = json!(["203.0.113.0/24"])))]
    pub networks: Option<Vec<String>>,
    /// When it ends.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<DateTime<Utc>>))]
    pub expires_at: Option<Option<DateTime<Utc>>>,
}

impl ApiClientPatch {
    /// What the client becomes.
    #[must_use]
    pub fn applied_to(self, before: ApiClientDraft) -> ApiClientDraft {
        ApiClientDraft {
            name: self.name.unwrap_or(before.name),
            purpose: self.purpose.unwrap_or(before.purpose),
            scopes: self.scopes.unwrap_or(before.scopes),
            provinces: self.provinces.unwrap_or(before.provinces),
            organisations: self.organisations.unwrap_or(before.organisations),
            networks: self.networks.unwrap_or(before.networks),
            expires_at: self.expires_at.unwrap_or(before.expires_at),
        }
    }
}

/// The whole is checked after it was applied.
impl Validate for ApiClientPatch {
    fn check(&self, _: &mut Violations) {}
}

/// What can be sent to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApiClientEvent {
    /// It may have all that it asks for: by an administrator of the platform.
    Confirm,
    /// It gets nothing more until it is resumed.
    Suspend,
    /// It goes on.
    Resume,
}

nq57_core::stable_texts! {
    ApiClientEvent { Confirm = "confirm", Suspend = "suspend", Resume = "resume" }
}

/// An event for a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendApiClientEvent {
    /// What is sent.
    pub event: ApiClientEvent,
    /// Why; needed to suspend.
    #[serde(default)]
    pub reason: Option<String>,
}

impl Validate for SendApiClientEvent {
    fn normalise(&mut self) {
        self.reason =
            self.reason.take().map(|text| text::block(&text)).filter(|text| !text.is_empty());
    }

    fn check(&self, violations: &mut Violations) {
        let least = usize::from(self.event == ApiClientEvent::Suspend);
        violations.text("/reason", self.reason.as_deref().unwrap_or_default(), least, REASON_MAX);
    }
}

/// A key or secret to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"kind": "key"})))]
#[serde(deny_unknown_fields)]
pub struct ApiSecretDraft {
    /// How it will be used.
    pub kind: ApiSecretKind,
    /// When it ends; with its client when absent.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}

impl Validate for ApiSecretDraft {
    fn check(&self, violations: &mut Violations) {
        violations.instant("/expires_at", self.expires_at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn draft() -> ApiClientDraft {
        ApiClientDraft {
            name: " Kho  dữ liệu ".into(),
            purpose: "Cập nhật hằng đêm.".into(),
            scopes: vec![ClientScope::CasesRead, ClientScope::ProductsRead],
            provinces: Vec::new(),
            organisations: Vec::new(),
            networks: vec![" 203.0.113.0/24".into()],
            expires_at: None,
        }
    }

    fn places(draft: &ApiClientDraft) -> Vec<String> {
        draft.violations().0.into_iter().map(|one| one.pointer).collect()
    }

    #[test]
    fn a_client_needs_a_name_a_purpose_and_something_to_do() {
        let mut good = draft();
        good.normalise();
        assert_eq!(
            (good.name.as_str(), good.networks[0].as_str()),
            ("Kho dữ liệu", "203.0.113.0/24")
        );
        assert!(places(&good).is_empty());
        let nothing = ApiClientDraft { name: String::new(), scopes: Vec::new(), ..good.clone() };
        assert_eq!(places(&nothing), ["/name", "/scopes"]);
        let twice = ApiClientDraft { provinces: vec!["92".into(), "92".into()], ..good };
        assert_eq!(places(&twice), ["/provinces/1"]);
    }

    #[test]
    fn a_patch_tells_null_from_absent() {
        let before = ApiClientDraft { expires_at: Some(Timestamp::UNIX_EPOCH), ..draft() };
        let keeps: ApiClientPatch = serde_json::from_str("{}").unwrap();
        assert_eq!(keeps.applied_to(before.clone()), before);
        let clears: ApiClientPatch = serde_json::from_str(r#"{"expires_at": null}"#).unwrap();
        assert_eq!(clears.applied_to(before).expires_at, None);
    }

    #[test]
    fn whoever_suspends_says_why() {
        let event = |text: &str| serde_json::from_str::<SendApiClientEvent>(text).unwrap();
        assert!(!event(r#"{"event": "suspend"}"#).violations().is_empty());
        assert!(event(r#"{"event": "resume"}"#).violations().is_empty());
    }
}
