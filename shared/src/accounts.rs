//! Accounts, sessions and grants as the API shows them, and the rules for what people type.
//! What carries a password or a token has no `Debug`: it must not reach a log.

mod grants;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::access::{Role, RoleGrant};
use crate::ids::{AccountId, OrganisationId, SessionId};
use crate::language::Language;
use crate::problem::FieldCode;
use crate::text::{self, REASON_MAX};

use crate::validate::{Validate, Violations};

pub use grants::{Grant, GrantDraft};

/// Least characters of a password (NIST SP 800-63B: length, not composition).
pub const PASSWORD_MIN: usize = 8;
/// Least different characters of a password.
pub const PASSWORD_MIN_DIFFERENT: usize = 4;
/// Most characters of a password; longer ones only cost hashing time.
pub const PASSWORD_MAX: usize = 128;
/// Most characters of a display name.
pub const DISPLAY_NAME_MAX: usize = 120;

/// What a person gives to open an account.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RegisterAccount {
    /// The address that will sign in; a mail goes there.
    #[cfg_attr(feature = "openapi", schema(example = "lan@cong-ty.example"))]
    pub email: String,
    /// The password to be.
    #[cfg_attr(feature = "openapi", schema(format = Password, example = "mot-cau-de-nho"))]
    pub password: String,
    /// The name that others see.
    #[cfg_attr(feature = "openapi", schema(example = "Nguyễn Thị Lan"))]
    pub display_name: String,
    /// Language of mails; Vietnamese when absent.
    #[serde(default)]
    pub language: Language,
}

impl Validate for RegisterAccount {
    fn normalise(&mut self) {
        self.email = normalise_email(&self.email);
        self.display_name = text::name(&self.display_name);
    }

    fn check(&self, violations: &mut Violations) {
        violations.text("/email", &self.email, 1, 254);
        violations.email("/email", &self.email);
        check_password("/password", &self.password, violations);
        if is_own_address(&self.password, &self.email) {
            violations.add("/password", FieldCode::Guessable);
        }
        violations.person_name("/display_name", &self.display_name, DISPLAY_NAME_MAX);
    }
}

/// The form in which addresses are compared and kept: trimmed, lower case.
#[must_use]
pub fn normalise_email(email: &str) -> String {
    text::line(email).to_lowercase()
}

/// The rule for new passwords, as far as both sides can hold it: the server also refuses common ones.
pub fn check_password(pointer: &str, password: &str, violations: &mut Violations) {
    violations.text(pointer, password, PASSWORD_MIN, PASSWORD_MAX);
    let is_long_enough = password.chars().count() >= PASSWORD_MIN;
    let different: BTreeSet<char> = password.chars().flat_map(char::to_lowercase).collect();
    if is_long_enough && (different.len() < PASSWORD_MIN_DIFFERENT || password.trim().is_empty()) {
        violations.add(pointer, FieldCode::Guessable);
    }
}

/// Whether the password is the address itself, or its part before the `@`.
#[must_use]
pub fn is_own_address(password: &str, email: &str) -> bool {
    let password = normalise_email(password);
    password == email || email.split_once('@').is_some_and(|(local, _)| password == local)
}

/// Credentials.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LogIn {
    /// The address of the account.
    #[cfg_attr(feature = "openapi", schema(example = "company@nq57.example"))]
    pub email: String,
    /// Its password.
    #[cfg_attr(feature = "openapi", schema(format = Password, example = "nq57-demo"))]
    pub password: String,
    /// Reserved for a second factor; ignored while none is set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_code: Option<String>,
}

impl Validate for LogIn {
    fn normalise(&mut self) {
        self.email = normalise_email(&self.email);
    }

    fn check(&self, violations: &mut Violations) {
        violations.text("/email", &self.email, 1, 254);
        violations.text("/password", &self.password, 1, PASSWORD_MAX);
        violations.text("/totp_code", self.totp_code.as_deref().unwrap_or_default(), 0, 20);
    }
}

/// An access token with whom it stands for. The refresh token travels in a cookie only.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessToken {
    /// The token for `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds.
    pub expires_in: u64,
    /// The account that it stands for.
    pub account: Account,
}

/// The caller's own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Identifies the account.
    pub id: AccountId,
    /// The address that signs in.
    pub email: String,
    /// Whether the address has been verified by a mail.
    pub email_verified: bool,
    /// The name that others see.
    pub display_name: String,
    /// The language of mails and notices.
    pub language: Language,
    /// Roles in force.
    pub grants: Vec<RoleGrant>,
    /// Organisations of which the person is an active member.
    pub organisations: Vec<Membership>,
    /// Grows with each change; its quoted form is the `ETag`.
    pub revision: u64,
}

/// Membership of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Membership {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// Whether this member answers join requests and manages members.
    pub is_manager: bool,
}

/// Changes to one's own account (merge patch: what is absent stays).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountPatch {
    /// The name that others see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The language of mails and notices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

impl Validate for AccountPatch {
    fn normalise(&mut self) {
        if let Some(name) = &mut self.display_name {
            *name = text::name(name);
        }
    }

    fn check(&self, violations: &mut Violations) {
        if let Some(name) = &self.display_name {
            violations.person_name("/display_name", name, DISPLAY_NAME_MAX);
        }
    }
}

/// The one-time token of a mail.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VerifyEmail {
    /// The token of the link in the mail.
    pub token: String,
}

impl Validate for VerifyEmail {
    fn check(&self, violations: &mut Violations) {
        violations.text("/token", &self.token, 1, 200);
    }
}

/// An address that a mail is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EmailAddress {
    /// The address of the account.
    #[cfg_attr(feature = "openapi", schema(example = "lan@cong-ty.example"))]
    pub email: String,
}

impl Validate for EmailAddress {
    fn normalise(&mut self) {
        self.email = normalise_email(&self.email);
    }

    fn check(&self, violations: &mut Violations) {
        violations.text("/email", &self.email, 1, 254);
        violations.email("/email", &self.email);
    }
}

/// A new password by the token of a mail.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// The token of the link in the mail.
    pub token: String,
    /// The password to be.
    #[cfg_attr(feature = "openapi", schema(format = Password))]
    pub password: String,
}

impl Validate for ResetPassword {
    fn check(&self, violations: &mut Violations) {
        violations.text("/token", &self.token, 1, 200);
        check_password("/password", &self.password, violations);
    }
}

/// A new password by the old one; ends every other session.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password in force.
    #[cfg_attr(feature = "openapi", schema(format = Password))]
    pub current_password: String,
    /// The password to be.
    #[cfg_attr(feature = "openapi", schema(format = Password))]
    pub new_password: String,
}

impl Validate for ChangePassword {
    fn check(&self, violations: &mut Violations) {
        violations.text("/current_password", &self.current_password, 1, PASSWORD_MAX);
        check_password("/new_password", &self.new_password, violations);
    }
}

/// A signed-in device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Identifies the session.
    pub id: SessionId,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When its token was last renewed.
    pub last_used_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// What the browser called itself, shortened.
    pub user_agent: String,
    /// The network address that signed in.
    pub address: String,
    /// Whether this request came in it.
    pub is_current: bool,
}

/// An account as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountSummary {
    /// Identifies the account.
    pub id: AccountId,
    /// The address that signs in.
    pub email: String,
    /// Whether the address has been verified by a mail.
    pub email_verified: bool,
    /// The name that others see.
    pub display_name: String,
    /// Whether the account is locked.
    pub is_suspended: bool,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last signed in or renewed its token.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Its roles in force.
    pub grants: Vec<Grant>,
    /// Grows with each change; its quoted form is the `ETag`.
    pub revision: u64,
}

/// Changes by an administrator: a suspended account cannot sign in and loses its sessions.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountAdministrationPatch {
    /// Whether the account is locked.
    pub is_suspended: bool,
    /// Kept in the audit.
    pub reason: String,
}

impl Validate for AccountAdministrationPatch {
    fn normalise(&mut self) {
        self.reason = text::block(&self.reason);
    }

    fn check(&self, violations: &mut Violations) {
        violations.text("/reason", &self.reason, 1, REASON_MAX);
    }
}

/// A person who may be put on a panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PanelCandidate {
    /// The account of the person.
    pub id: AccountId,
    /// The name that others see.
    pub display_name: String,
    /// Names of the organisations that the person belongs to.
    pub organisations: Vec<String>,
    /// Evaluator, panel chair or both: only a chair can lead.
    pub roles: Vec<Role>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::FieldCode::{Guessable, InvalidFormat, TooShort};

    fn codes(body: &impl Validate) -> Vec<(String, FieldCode)> {
        body.violations().0.into_iter().map(|one| (one.pointer, one.code)).collect()
    }

    fn registration(password: &str, display_name: &str) -> RegisterAccount {
        let mut body = RegisterAccount {
            email: "nguyen.lan@cong-ty.example".into(),
            password: password.into(),
            display_name: display_name.into(),
            language: Language::Vi,
        };
        body.normalise();
        body
    }

    #[test]
    fn passwords_that_need_no_guessing_are_refused() {
        for password in
            ["        ", "aaaaaaaa", "AaAaAaAaBb", "Nguyen.Lan@cong-ty.example", "nguyen.lan"]
        {
            let found = codes(&registration(password, "Lan"));
            assert_eq!(found, [("/password".to_owned(), Guessable)], "{password}");
        }
        assert_eq!(codes(&registration("aaa", "Lan")), [("/password".to_owned(), TooShort)]);
        assert_eq!(codes(&registration("trâu chậm uống nước đục", "Lan")), []);
    }

    #[test]
    fn a_name_is_no_message() {
        for name in [
            "Trúng thưởng https://evil.example",
            "a@b.example",
            "www.evil.example",
            "evil.example/29",
        ] {
            let found = codes(&registration("trâu chậm uống nước đục", name));
            assert_eq!(found, [("/display_name".to_owned(), InvalidFormat)], "{name}");
        }
        assert_eq!(
            codes(&registration("trâu chậm uống nước đục", "TS. Nguyễn Thị Lan (Sở KH&CN)")),
            []
        );
    }
}
