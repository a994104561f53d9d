//! The configuration: defaults, then a TOML file, then the environment (`NQ57_HTTP__PORT=8057`).
//! The only reader of the environment. An unknown key stops the start; secrets never print.

mod accounts;
mod check;
mod database;
mod deadlines;
mod files;
mod http;
mod limits;
mod log;
mod mail;
mod operator;
mod secret;

use std::path::{Path, PathBuf};

use anyhow::Context;
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use serde::Deserialize;

pub use accounts::Accounts;
pub use database::{Database, Synchronous};
pub use deadlines::{Allowance, Deadlines};
pub use files::{Files, S3, StoreKind};
pub use http::Http;
pub use limits::Limits;
pub use log::{Log, LogFormat};
pub use mail::{Mail, MailTransport, Smtp, SmtpSecurity};
pub use operator::Operator;
pub use secret::Secret;

/// The file that is read when none is named and it exists.
const DEFAULT_FILE: &str = "nq57.toml";
/// Names below the prefix that belong to the tests, not to the server.
const FOREIGN: &[&str] = &["test_database", "test_feed", "test_program", "test_seed"];

/// Everything that can be configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The name that the interface and the mails show.
    pub name: String,
    /// Where the embedded database, keys, files and mails are kept.
    pub data_dir: PathBuf,
    /// Whether this is a demonstration: known accounts, invented content, a banner.
    pub demo: bool,
    pub operator: Operator,
    pub http: Http,
    pub database: Database,
    pub files: Files,
    pub mail: Mail,
    pub accounts: Accounts,
    pub limits: Limits,
    pub deadlines: Deadlines,
    pub log: Log,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: "NQ57".into(),
            data_dir: "data".into(),
            demo: false,
            operator: Operator::default(),
            http: Http::default(),
            database: Database::default(),
            files: Files::default(),
            mail: Mail::default(),
            accounts: Accounts::default(),
            limits: Limits::default(),
            deadlines: Deadlines::default(),
            log: Log::default(),
        }
    }
}

impl Config {
    /// Reads the configuration; `file` must exist when it is given.
    ///
    /// # Errors
    /// A missing or malformed file, an unknown key, a value of the wrong type or out of its range: in words
    /// for the operator.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut figment = Figment::new();
        match file {
            Some(file) => {
                anyhow::ensure!(
                    file.is_file(),
                    "there is no configuration file {}",
                    file.display()
                );
                figment = figment.merge(Toml::file_exact(file));
            }
            None if Path::new(DEFAULT_FILE).is_file() => {
                figment = figment.merge(Toml::file_exact(DEFAULT_FILE));
            }
            None => {}
        }
        let config: Self = figment
            .merge(Env::prefixed("NQ57_").ignore(FOREIGN).split("__"))
            .extract()
            .context("the configuration is not valid")?;
        config.check().context("the configuration is not valid")?;
        Ok(config)
    }

    /// The address of the database: as configured, or the embedded one below `data_dir`.
    #[must_use]
    pub fn database_url(&self) -> String {
        match &self.database.url {
            Some(url) => url.expose().clone(),
            None => format!("sqlite://{}", self.data_dir.join("nq57.sqlite").display()),
        }
    }

    /// Where people reach the platform, without a trailing slash.
    #[must_use]
    pub fn public_url(&self) -> String {
        match &self.http.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://localhost:{}", self.http.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<Config> {
        Ok(Figment::from(Toml::string(text)).extract()?)
    }

    #[test]
    fn sections_fill_up_with_defaults_and_an_unknown_key_is_refused() {
        let config = read("name = \"Cổng\"\n[http]\nport = 9000").expect("valid");
        assert_eq!((config.http.port, config.http.bind.as_str()), (9000, "127.0.0.1"));
        assert_eq!(config.database_url(), "sqlite://data/nq57.sqlite");
        for wrong in ["nmae = \"x\"", "[http]\nprot = 1", "[files.s3]\nbukket = \"x\""] {
            let error = read(wrong).expect_err("unknown key").to_string();
            assert!(error.contains("unknown field"), "{error}");
        }
    }

    #[test]
    fn secrets_never_print() {
        let config = read("[database]\nurl = \"postgres://nq57:secret@db/nq57\"").expect("valid");
        assert_eq!(config.database_url(), "postgres://nq57:secret@db/nq57");
        assert!(!format!("{config:?}").contains("secret@"));
    }
}
