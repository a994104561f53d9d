//! The file of settings. Refuses unknown keys, secrets that others can read, and addresses without TLS.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Format, Toml};
use reqwest::Url;
use serde::Deserialize;

use super::ending::{Ending, OrStop, Outcome, Stop};

/// All of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub source: Source,
    pub mirror: Mirror,
    #[serde(default)]
    pub pull: Pull,
}

/// Whom to ask.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub url: String,
    client_id: Option<String>,
    secret_file: Option<PathBuf>,
    key_file: Option<PathBuf>,
    pub proxy: Option<String>,
    pub ca_file: Option<PathBuf>,
    #[serde(default = "a_minute")]
    pub timeout_seconds: u64,
}

/// Where the copy lies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mirror {
    pub database: Option<String>,
    pub folder: Option<PathBuf>,
}

/// What is copied.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pull {
    pub types: BTreeSet<String>,
    pub provinces: BTreeSet<String>,
    /// How long a source that does not answer is asked again.
    pub patience_seconds: u64,
}

impl Default for Pull {
    fn default() -> Self {
        Self { types: BTreeSet::new(), provinces: BTreeSet::new(), patience_seconds: 600 }
    }
}

const fn a_minute() -> u64 {
    60
}

/// Who asks.
#[derive(Clone)]
pub enum Credentials {
    Nobody,
    Key(String),
    Client { id: String, secret: String },
}

impl Settings {
    pub fn read(file: &Path) -> Outcome<Self> {
        let wrong = |key: &str, what: &str| {
            Err(Stop::because(Ending::Settings, format!("{}: {key} {what}", file.display())))
        };
        if !file.is_file() {
            let reason = format!("there is no file of settings {}", file.display());
            return Err(Stop::because(Ending::Settings, reason));
        }
        let read: Self = Figment::from(Toml::file_exact(file))
            .extract()
            .or_stop(Ending::Settings, file.display())?;
        let Ok(url) = Url::parse(&read.source.url) else {
            return wrong("source.url", "is no address");
        };
        let is_loopback = url.host_str().is_some_and(|host| {
            let host = host.trim_matches(['[', ']']);
            host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        });
        match url.scheme() {
            "https" => {}
            "http" if is_loopback => {}
            _ => return wrong("source.url", "must begin with https://"),
        }
        match (&read.mirror.database, &read.mirror.folder) {
            (Some(_), None) | (None, Some(_)) => {}
            _ => return wrong("mirror", "needs either database or folder"),
        }
        let is_database = |url: &String| {
            ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme))
        };
        if read.mirror.database.as_ref().is_some_and(|url| !is_database(url)) {
            return wrong("mirror.database", "must begin with sqlite:// or postgres://");
        }
        let source = &read.source;
        if source.client_id.is_some() != source.secret_file.is_some() {
            return wrong("source.client_id", "and source.secret_file go together");
        }
        if source.client_id.is_some() && source.key_file.is_some() {
            return wrong("source.key_file", "and source.client_id exclude each other");
        }
        if source.timeout_seconds == 0 {
            return wrong("source.timeout_seconds", "must be 1 at least");
        }
        Ok(read)
    }

    /// Reads the secret, which nobody else may.
    pub fn credentials(&self) -> Outcome<Credentials> {
        let source = &self.source;
        Ok(match (&source.client_id, &source.secret_file, &source.key_file) {
            (Some(id), Some(file), _) => {
                let secret = secret("source.secret_file", file)?;
                Credentials::Client { id: id.clone(), secret }
            }
            (_, _, Some(file)) => Credentials::Key(secret("source.key_file", file)?),
            _ => Credentials::Nobody,
        })
    }
}

fn secret(key: &str, file: &Path) -> Outcome<String> {
    let name = format!("{key} {}", file.display());
    let about = std::fs::metadata(file).or_stop(Ending::Settings, &name)?;
    if about.permissions().mode() & 0o077 != 0 {
        let reason = format!("{name}: others can read it: chmod 600");
        return Err(Stop::because(Ending::Settings, reason));
    }
    let text = std::fs::read_to_string(file).or_stop(Ending::Settings, &name)?;
    // It goes into a header.
    if text.trim().is_empty() || text.trim().contains(char::is_whitespace) {
        return Err(Stop::because(Ending::Settings, format!("{name}: holds no secret")));
    }
    Ok(text.trim().to_owned())
}
