//! The inbox of an account: what happened, about what, and whether it was read.
//! Texts are written by the server in the language of the request.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::NotificationId;
use crate::page::Paged;
use crate::problem::FieldCode;
use crate::validate::{Validate, Violations};

/// Where the inbox is.
pub const NOTIFICATIONS: &str = "/api/v1/notifications";
/// Where messages are marked as read.
pub const NOTIFICATIONS_READ: &str = "/api/v1/notifications/read";
/// The page on which whoever got a letter about a case confirms or ends such letters.
pub const CASE_LETTERS_PAGE: &str = "/thu-ve-ho-so";
/// The page of a case for who has its code and secret.
pub const TRACKING_PAGE: &str = "/theo-doi";

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

impl Paged for NotificationPage {
    fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }
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

/// The token of a letter about a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseLettersLink {
    /// From the link in the letter.
    #[cfg_attr(feature = "openapi", schema(example = "AZPvVtlqcACJqzLYJvn2uZfRNl8mO5w3cQ"))]
    pub token: String,
}

impl Validate for CaseLettersLink {
    fn check(&self, violations: &mut Violations) {
        violations.text("/token", &self.token, 1, 200);
    }
}

/// Whether letters about a case go to who holds the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseLetters {
    /// The public code of the case.
    pub code: String,
    /// The owner of the address has confirmed it.
    pub is_confirmed: bool,
    /// The owner of the address wants no letters; the address is erased.
    pub is_stopped: bool,
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
