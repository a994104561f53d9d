//! What a value may be. A server that starts with a senseless value fails later, in front of people.

use std::fmt::Display;
use std::ops::RangeInclusive;

use actix_web::http::Uri;
use anyhow::ensure;

use super::Config;

fn within<N: PartialOrd + Display>(
    key: &str,
    value: N,
    may: RangeInclusive<N>,
) -> anyhow::Result<()> {
    ensure!(
        may.contains(&value),
        "{key} = {value} is not between {} and {}",
        may.start(),
        may.end()
    );
    Ok(())
}

/// `http` or `https`, a host, perhaps a port, nothing else.
fn origin(key: &str, text: &str) -> anyhow::Result<()> {
    let parts = text.parse::<Uri>().map(Uri::into_parts).ok();
    let is_origin = parts.is_some_and(|parts| {
        let is_web = parts.scheme.is_some_and(|scheme| matches!(scheme.as_str(), "http" | "https"));
        let has_host = parts.authority.is_some_and(|host| !host.as_str().contains('@'));
        let has_no_path = parts.path_and_query.is_none_or(|path| path.as_str() == "/");
        is_web && has_host && has_no_path
    });
    ensure!(is_origin, "{key} = {text:?} is not an origin such as https://portal.example");
    Ok(())
}

impl Config {
    /// Refuses values that no server should run with.
    ///
    /// # Errors
    /// The key, its value and what it may be, in one line.
    pub fn check(&self) -> anyhow::Result<()> {
        ensure!(!self.name.trim().is_empty(), "name is empty");
        self.check_http()?;
        self.check_accounts()?;
        within("database.max_connections", self.database.max_connections, 1..=1000)?;
        within("database.acquire_seconds", self.database.acquire_seconds, 1..=300)?;
        within("files.max_bytes", self.files.max_bytes, 1024..=1024 * 1024 * 1024)?;
        within("files.max_files_per_case", self.files.max_files_per_case, 0..=1000)?;
        within("mail.smtp.port", self.mail.smtp.port, 1..=u16::MAX)?;
        let limits = &self.limits;
        for (key, limit) in [
            ("limits.reads_per_minute", limits.reads_per_minute),
            ("limits.writes_per_minute", limits.writes_per_minute),
            ("limits.sign_ins_per_minute", limits.sign_ins_per_minute),
            ("limits.trackings_per_minute", limits.trackings_per_minute),
        ] {
            within(key, limit, 0..=1_000_000)?;
        }
        Ok(())
    }

    fn check_http(&self) -> anyhow::Result<()> {
        let http = &self.http;
        if let Some(url) = &http.public_url {
            origin("http.public_url", url)?;
            let is_https = url.starts_with("https://");
            ensure!(
                is_https || http.secure_cookies != Some(true),
                "http.secure_cookies needs http.public_url to be https: browsers would drop the cookies"
            );
        }
        for allowed in &http.allowed_origins {
            origin("http.allowed_origins", allowed)?;
        }
        within("http.body_limit", http.body_limit, 1024..=64 * 1024 * 1024)?;
        within("http.body_seconds", http.body_seconds, 1..=3600)?;
        within("http.head_seconds", http.head_seconds, 1..=300)?;
        within("http.workers", http.workers, 0..=512)?;
        within("http.drain_seconds", http.drain_seconds, 0..=600)?;
        within("http.shutdown_seconds", http.shutdown_seconds, 0..=600)
    }

    fn check_accounts(&self) -> anyhow::Result<()> {
        let accounts = &self.accounts;
        within("accounts.access_token_minutes", accounts.access_token_minutes, 1..=60)?;
        within("accounts.refresh_days", accounts.refresh_days, 1..=365)?;
        within("accounts.session_days", accounts.session_days, 1..=365)?;
        within("accounts.refresh_grace_seconds", accounts.refresh_grace_seconds, 0..=60)?;
        within("accounts.link_hours", accounts.link_hours, 1..=168)?;
        within("accounts.failures_before_wait", accounts.failures_before_wait, 1..=1000)?;
        within("accounts.hashing_at_once", accounts.hashing_at_once, 1..=256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said about a configuration in which one value differs.
    fn said(change: impl FnOnce(&mut Config)) -> String {
        let mut config = Config::default();
        change(&mut config);
        config.check().err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_defaults_are_sound() {
        assert_eq!(said(|_| ()), "");
        assert_eq!(said(|c| c.http.public_url = Some("https://cong.example:8443/".into())), "");
    }

    #[test]
    fn senseless_values_are_named_in_one_line() {
        let findings = [
            said(|c| c.accounts.access_token_minutes = i64::MAX),
            said(|c| c.accounts.refresh_days = -5),
            said(|c| c.accounts.session_days = 0),
            said(|c| c.accounts.refresh_grace_seconds = -1),
            said(|c| c.accounts.link_hours = i64::MAX),
            said(|c| c.accounts.failures_before_wait = 0),
            said(|c| c.accounts.hashing_at_once = 0),
            said(|c| c.http.workers = 100_000),
            said(|c| c.http.body_limit = 0),
            said(|c| c.http.head_seconds = u64::MAX),
            said(|c| c.http.body_seconds = 0),
            said(|c| c.http.drain_seconds = u64::MAX),
            said(|c| c.http.shutdown_seconds = u64::MAX),
            said(|c| c.database.max_connections = 0),
            said(|c| c.database.acquire_seconds = u64::MAX),
            said(|c| c.files.max_bytes = 0),
            said(|c| c.files.max_files_per_case = u64::MAX),
            said(|c| c.mail.smtp.port = 0),
            said(|c| c.limits.reads_per_minute = u32::MAX),
            said(|c| c.name = " ".into()),
        ];
        for finding in findings {
            assert!(!finding.is_empty() && !finding.contains('\n'), "{finding}");
        }
        let refresh = said(|c| c.accounts.refresh_days = -5);
        assert_eq!(refresh, "accounts.refresh_days = -5 is not between 1 and 365");
    }

    #[test]
    fn the_public_address_is_an_origin() {
        for wrong in [
            "javascript:alert(1)",
            "cong.example",
            "ftp://cong.example",
            "https://",
            "https://a@b.example",
            "https://cong.example/portal",
            "https://cong.example?x",
            "//cong.example",
            "",
        ] {
            let finding = said(|c| c.http.public_url = Some(wrong.into()));
            assert!(finding.starts_with("http.public_url"), "{wrong}: {finding}");
            let finding = said(|c| c.http.allowed_origins = vec![wrong.into()]);
            assert!(finding.starts_with("http.allowed_origins"), "{wrong}: {finding}");
        }
        let insecure = said(|c| {
            c.http.public_url = Some("http://cong.example".into());
            c.http.secure_cookies = Some(true);
        });
        assert!(insecure.contains("secure_cookies"), "{insecure}");
    }
}
