//! How mail leaves.

use serde::Deserialize;

use super::Secret;

/// The `[mail]` section.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    pub transport: MailTransport,
    /// The sender: `Name <address>`.
    pub from: String,
    /// Where the file transport writes; nothing means `mail` below `data_dir`.
    pub dir: Option<std::path::PathBuf>,
    pub smtp: Smtp,
}

/// Which transport.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTransport {
    /// One `.eml` file for each message.
    #[default]
    File,
    /// A mail server.
    Smtp,
}

/// The `[mail.smtp]` section.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub username: Option<String>,
    pub password: Option<Secret<String>>,
    /// `starttls`, `tls` or `none`.
    pub security: SmtpSecurity,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    #[default]
    Starttls,
    Tls,
    None,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            transport: MailTransport::default(),
            from: "NQ57 <no-reply@nq57.example>".into(),
            dir: None,
            smtp: Smtp::default(),
        }
    }
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            host: "localhost".into(),
            port: 587,
            username: None,
            password: None,
            security: SmtpSecurity::default(),
        }
    }
}
