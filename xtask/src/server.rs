//! A `nq57` that runs beside xtask: its command line, a free port, the wait until it is ready.
//! Refuses to wait for a server that has ended.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::cargo;
use crate::process::{Running, halt_if_interrupted};
use crate::workspace::Workspace;

/// A port on which nobody listens at this moment.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// `nq57 serve` as a person starts it.
pub fn serve_command(
    workspace: &Workspace,
    binary: &Path,
    port: u16,
    data: &Path,
    demo: bool,
) -> Command {
    let mut command = Command::new(binary);
    command.current_dir(workspace.root());
    cargo::remove_own_variables(&mut command);
    command.args(["serve", "--port", &port.to_string(), "--data-dir"]).arg(data);
    if demo {
        command.arg("--demo");
    }
    command
}

/// A server on a free port, configured by nothing but what is said here.
pub struct PrivateServer {
    pub origin: String,
    pub log: PathBuf,
    pub port: u16,
    process: Running,
}

/// What a private server differs in from the defaults.
pub struct Setting<'a> {
    /// Names its log.
    pub name: &'a str,
    /// Where it keeps its database, files and mails.
    pub data: &'a Path,
    pub demo: bool,
    pub variables: &'a [(&'a str, String)],
}

impl PrivateServer {
    /// Starts and waits until `/readyz` answers 200.
    pub fn start(workspace: &Workspace, binary: &Path, setting: &Setting<'_>) -> Result<Self> {
        let port = free_port()?;
        let log = workspace.target().join(format!("{}-server.log", setting.name));
        let file = std::fs::File::create(&log).with_context(|| log.display().to_string())?;
        std::fs::create_dir_all(setting.data)?;
        let mut command = serve_command(workspace, binary, port, setting.data, setting.demo);
        // No variable and no file of whoever runs this reaches it.
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("NQ57_") {
                command.env_remove(variable);
            }
        }
        // One address plays every visitor: its limits would be met within seconds.
        for limit in ["READS", "WRITES", "SIGN_INS", "TRACKINGS"] {
            command.env(format!("NQ57_LIMITS__{limit}_PER_MINUTE"), "0");
        }
        command
            .env("NQ57_HTTP__PUBLIC_URL", format!("http://127.0.0.1:{port}"))
            .env("NQ57_HTTP__METRICS_PORT", "0")
            .env("NQ57_LIMITS__DRAFTS_PER_ACCOUNT", "0")
            .envs(setting.variables.iter().map(|(name, value)| (*name, value)))
            .current_dir(setting.data)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        let process = Running::start(command, "TERM")?;
        let server = Self { origin: format!("http://127.0.0.1:{port}"), log, port, process };
        server.wait_until_ready(Duration::from_secs(180))?;
        Ok(server)
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The access token of a demo account.
    pub fn sign_in(&self, email: &str) -> Result<String> {
        let credentials = json!({"email": email, "password": "nq57-demo"});
        let answer = self.ask("POST", "/api/v1/auth/login", &[], Some(&credentials))?;
        let token = answer.json()?;
        let token = token.get("access_token").and_then(Value::as_str);
        Ok(token.with_context(|| format!("{email} got no access token"))?.to_owned())
    }

    /// One request on a connection of its own.
    ///
    /// # Errors
    /// When there is no answer, or not one of success.
    pub fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer> {
        let answer = ask(self.port, method, path, headers, body)?;
        if !(200..300).contains(&answer.status) {
            bail!(
                "{method} {path} answered {}: {}",
                answer.status,
                String::from_utf8_lossy(&answer.body)
            );
        }
        Ok(answer)
    }

    fn wait_until_ready(&self, patience: Duration) -> Result<()> {
        let deadline = Instant::now() + patience;
        loop {
            halt_if_interrupted();
            if let Some(status) = self.process.ended()? {
                bail!("the server ended with {status}:\n{}", self.last_words());
            }
            if ask(self.port, "GET", "/readyz", &[], None).is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!(
                    "the server was not ready after {} s:\n{}",
                    patience.as_secs(),
                    self.last_words()
                );
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The end of its log.
    pub fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(20)).copied().collect::<Vec<_>>().join("\n")
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    /// As `name: value` lines.
    pub headers: Vec<String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Result<Value> {
        Ok(serde_json::from_slice(&self.body)?)
    }
}

fn ask(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Result<Answer> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let patience = Duration::from_secs(10);
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    // HTTP/1.0: the body ends with the connection and is never sent in chunks.
    let mut request = format!("{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = body.map(Value::to_string).unwrap_or_default();
    if !body.is_empty() {
        request.push_str(&format!(
            "Content-Type: application/json\r\nContent-Length: {}\r\n",
            body.len()
        ));
    }
    write!(stream, "{request}\r\n{body}")?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let end = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .context("no end of the headers")?;
    let (head, body) = bytes.split_at(end);
    let head = String::from_utf8_lossy(head).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status line")?;
    Ok(Answer {
        status: status.parse()?,
        headers: lines.map(str::to_owned).collect(),
        body: body.iter().skip(4).copied().collect(),
    })
}
