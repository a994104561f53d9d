//! The source over HTTP: who we are to it, and what is tried again for how long. Nothing is compared with the clock of
//! this machine; tokens live by what the source says and by time that only goes forward.

use std::io::Read;
use std::time::Duration;

use anyhow::ensure;
use flate2::read::GzDecoder;
use nq57_shared::problem::Problem;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, RETRY_AFTER};
use reqwest::{Certificate, Client, Proxy, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep};

use super::ending::{Ending, OrStop, Outcome, Stop};
use super::settings::{Credentials, Settings};

/// First and longest pause before another try.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// What a source says of later times, at most.
const A_DAY: Duration = Duration::from_secs(86_400);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A token is renewed so long before it ends.
const MARGIN: Duration = Duration::from_secs(30);

/// Most bytes of an answer that is no stream.
const LONGEST_BODY: usize = 16 << 20;

/// A source.
pub struct Source {
    http: Client,
    base: String,
    credentials: Credentials,
    token: Option<(String, Instant)>,
    patience: Duration,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    expires_in: u64,
}

/// As RFC 6749 has it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct OAuthRefusal {
    error: String,
    error_description: String,
}

/// What came of one try.
enum Tried {
    Answer(Response),
    /// Perhaps later, after so long if the source says so.
    Later(String, Option<Duration>),
}

impl Source {
    pub fn of(settings: &Settings) -> Outcome<Self> {
        let timeout = Duration::from_secs(settings.source.timeout_seconds);
        let mut http = Client::builder()
            .user_agent(concat!("nq57-pull/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timeout)
            // A secret is never sent in the clear, wherever the source leads.
            .https_only(settings.source.url.starts_with("https:"))
            // A request may wait for changes before it is answered.
            .read_timeout(timeout + Duration::from_secs(nq57_shared::feed::WAIT_MAX));
        // What is on this machine is asked without the proxies of the environment: it goes in the clear.
        if !settings.source.url.starts_with("https:") {
            http = http.no_proxy();
        }
        if let Some(proxy) = &settings.source.proxy {
            let proxy = Proxy::all(proxy).or_stop(Ending::Settings, "source.proxy")?;
            http = http.proxy(proxy);
        }
        if let Some(file) = &settings.source.ca_file {
            let name = format!("source.ca_file {}", file.display());
            let text = std::fs::read(file).or_stop(Ending::Settings, &name)?;
            let authorities =
                Certificate::from_pem_bundle(&text).or_stop(Ending::Settings, &name)?;
            if authorities.is_empty() {
                return Err(Stop::because(
                    Ending::Settings,
                    format!("{name}: holds no certificate"),
                ));
            }
            http = http.tls_certs_merge(authorities);
        }
        Ok(Self {
            http: http.build().or_stop(Ending::Unforeseen, "no HTTP client")?,
            base: format!("{}/api/v1", settings.source.url.trim_end_matches('/')),
            credentials: settings.credentials()?,
            token: None,
            patience: Duration::from_secs(settings.pull.patience_seconds),
        })
    }

    /// The answer to a read, tried again while the source is away. 400 and 410 are answers too.
    pub async fn get(&mut self, path: &str) -> Outcome<Response> {
        let end = Instant::now() + self.patience;
        let mut pause = FIRST_PAUSE;
        loop {
            let (reason, wait) = match self.attempt(path).await? {
                Tried::Answer(response) => return Ok(response),
                Tried::Later(reason, wait) => {
                    (reason, wait.unwrap_or(pause).clamp(FIRST_PAUSE, A_DAY))
                }
            };
            if Instant::now() + wait >= end {
                let reason = format!("{} does not answer: {reason}", self.base);
                return Err(Stop::because(Ending::Away, reason));
            }
            tracing::debug!(reason, "asked again");
            sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// The same, read as JSON.
    pub async fn json<T: DeserializeOwned>(&mut self, path: &str) -> Outcome<T> {
        let answer = self.get(path).await?;
        let status = answer.status();
        let bytes = body(answer).await.or_stop(Ending::Away, path)?;
        if !status.is_success() {
            return Err(refused(status, &bytes));
        }
        serde_json::from_slice(&bytes).or_stop(Ending::Version, format!("{path} is not understood"))
    }

    async fn attempt(&mut self, path: &str) -> Outcome<Tried> {
        let before = self.token.as_ref().map(|(token, _)| token.clone());
        let token = match self.bearer().await? {
            Ok(token) => token,
            Err(later) => return Ok(later),
        };
        // One that was only just given will be no better when it is given again.
        let is_old = token.is_some() && token == before;
        let mut request =
            self.http.get(format!("{}{path}", self.base)).header(ACCEPT_ENCODING, "gzip");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return Ok(Tried::Later(plain(&error), None)),
        };
        match answer.status() {
            StatusCode::UNAUTHORIZED if is_old => {
                // It has ended before its time.
                self.token = None;
                Ok(Tried::Later("the token has ended".into(), Some(Duration::ZERO)))
            }
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                let body = body(answer).await.unwrap_or_default();
                Err(refused(status, &body))
            }
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Ok(Tried::Later(status.to_string(), retry_after(&answer)))
            }
            _ => Ok(Tried::Answer(answer)),
        }
    }

    /// The credentials of a request.
    async fn bearer(&mut self) -> Outcome<Result<Option<String>, Tried>> {
        let (id, secret) = match &self.credentials {
            Credentials::Nobody => return Ok(Ok(None)),
            Credentials::Key(key) => return Ok(Ok(Some(key.clone()))),
            Credentials::Client { id, secret } => (id, secret),
        };
        if let Some((token, end)) = &self.token
            && Instant::now() < *end
        {
            return Ok(Ok(Some(token.clone())));
        }
        let request = self
            .http
            .post(format!("{}/oauth/token", self.base))
            .basic_auth(id, Some(secret))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials");
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return Ok(Err(Tried::Later(plain(&error), None))),
        };
        let status = answer.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Ok(Err(Tried::Later(status.to_string(), retry_after(&answer))));
        }
        let body = body(answer).await.unwrap_or_default();
        if !status.is_success() {
            let said: OAuthRefusal = serde_json::from_slice(&body).unwrap_or_default();
            let reason =
                format!("no token for {id}: {status}: {} {}", said.error, said.error_description);
            return Err(Stop::because(Ending::Refused, reason.trim_end()));
        }
        let token: Token = serde_json::from_slice(&body)
            .or_stop(Ending::Version, "the answer with the token is not understood")?;
        let lives = Duration::from_secs(token.expires_in).min(A_DAY).saturating_sub(MARGIN);
        self.token = Some((token.access_token.clone(), Instant::now() + lives));
        Ok(Ok(Some(token.access_token)))
    }
}

/// Whether the bytes of this answer are packed.
pub fn is_packed(answer: &Response) -> bool {
    answer.headers().get(CONTENT_ENCODING).is_some_and(|coding| coding == "gzip")
}

/// The whole of a short answer.
pub async fn body(mut answer: Response) -> anyhow::Result<Vec<u8>> {
    let (is_packed, mut bytes) = (is_packed(&answer), Vec::new());
    while let Some(some) = answer.chunk().await? {
        bytes.extend_from_slice(&some);
        ensure!(bytes.len() <= LONGEST_BODY, "it is too long");
    }
    if !is_packed {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    let most = u64::try_from(LONGEST_BODY)?;
    GzDecoder::new(bytes.as_slice()).take(most).read_to_end(&mut plain)?;
    Ok(plain)
}

/// Without the address, which may be long; with what lies below.
fn plain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(below) = cause {
        text = below.to_string();
        cause = below.source();
    }
    text
}

fn retry_after(answer: &Response) -> Option<Duration> {
    let said = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    said.parse().ok().map(Duration::from_secs)
}

/// What a refusal says, as an ending.
pub fn refused(status: StatusCode, body: &[u8]) -> Stop {
    let problem: Option<Problem> = serde_json::from_slice(body).ok();
    let is_problem = problem.is_some();
    let said = problem.map_or_else(
        || status.to_string(),
        |problem| {
            let places = problem.errors.iter().map(|error| match error.pointer.as_str() {
                "#query/types" => "pull.types",
                "#query/province" => "pull.provinces",
                other => other,
            });
            let places = places.collect::<Vec<_>>().join(", ");
            let detail = problem.detail.unwrap_or_default();
            format!("{} ({}) {detail}{places}", problem.title, problem.code)
        },
    );
    let ending = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Ending::Refused,
        // Types and provinces are the settings'.
        StatusCode::BAD_REQUEST => Ending::Settings,
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => Ending::Settings,
        // A proxy says so too, while the source is replaced.
        StatusCode::NOT_FOUND if is_problem => Ending::Version,
        StatusCode::NOT_FOUND | StatusCode::REQUEST_TIMEOUT => Ending::Away,
        _ => Ending::Unforeseen,
    };
    Stop::because(ending, format!("the source answers {}: {}", status.as_u16(), said.trim()))
}
