//! The inbox of an account: what happened, about what, and whether it was read.
//! Texts are written by the server in the language of the request.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::NotificationId;
use crate::problem::FieldCode;
use crate::validate::{Validate, Violations};

/// Where the inbox is.
pub const NOTIFICATIONS: &str = "/api/v1/notifications";
/// Where messages are marked as read.
pub const NOTIFICATIONS_READ: &str = "/api/v1/notifications/read";

/// One message in the inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notification {
    /// Identifies the message.
    pub id: NotificationId,
    /// What happened: the name of the template, for example `information_requested`. More may be added.
    pub kind: String,
    /// One line.
    pub title: String,
    /// Plain text, perhaps several lines.
    pub text: String,
    /// What it is about, for example `product`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_type: Option<String>,
    /// The thing that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<Uuid>,
    /// The page to open, as a path on this site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// `null` while unread.
    pub read_at: Option<DateTime<Utc>>,
}

/// A page of the inbox, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationPage {
    /// The messages, newest first.
    pub items: Vec<Notification>,
    /// To be sent as `cursor` for the next page; `null` at the end.
    pub next_cursor: Option<String>,
    /// How many are unread in all; only with `count=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<u64>,
}

/// Which messages to mark as read: some by id, or all that are there now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    /// At most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<NotificationId>,
    /// Everything in the inbox; then `ids` stays empty.
    #[serde(default)]
    pub all: bool,
}

/// What is unread after marking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unread {
    /// How many messages are unread.
    pub unread: u64,
}

/// The most messages that are marked by id at once.
const MAX_IDS: usize = 100;

impl Validate for MarkRead {
    fn check(&self, violations: &mut Violations) {
        if self.all {
            if !self.ids.is_empty() {
                violations.add("/ids", FieldCode::Inconsistent);
            }
        } else {
            violations.count("/ids", self.ids.len(), 1, MAX_IDS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_some_or_all_are_marked() {
        let id = NotificationId(Uuid::nil());
        assert!(MarkRead { ids: vec![id], all: false }.violations().is_empty());
        assert!(MarkRead { ids: Vec::new(), all: true }.violations().is_empty());
        assert!(!MarkRead { ids: vec![id], all: true }.violations().is_empty());
        assert!(!MarkRead::default().violations().is_empty());
    }
}
