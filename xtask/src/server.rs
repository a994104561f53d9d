//! A `nq57` that runs beside xtask: its command line, a free port, the wait until it is ready.
//! Refuses to wait for a server that has ended.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::cargo;
use crate::process::{Running, TemporaryFolder, halt_if_interrupted};
use crate::workspace::Workspace;

/// A port on which nobody listens at this moment.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
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
    command
        .args(["serve", "--port", &port.to_string(), "--data-dir"])
        .arg(data);
    if demo {
        command.arg("--demo");
    }
    command
}

/// A server with demo content on a free port, its data in a folder that goes with it.
pub struct DemoServer {
    pub origin: String,
    /// Where it keeps its database, files and mails.
    pub folder: PathBuf,
    pub log: PathBuf,
    port: u16,
    process: Running,
    _data: TemporaryFolder,
}

impl DemoServer {
    /// Starts and waits until `/readyz` answers 200.
    pub fn start(workspace: &Workspace, binary: &Path, name: &str) -> Result<Self> {
        let port = free_port()?;
        let data = TemporaryFolder::new(name)?;
        let log = workspace.target().join(format!("{name}-server.log"));
        let file = std::fs::File::create(&log).with_context(|| log.display().to_string())?;
        let folder = data.path().join("data");
        let mut command = serve_command(workspace, binary, port, &folder, true);
        // Only what stands here configures it: no variable and no file of whoever runs the tests.
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
            .current_dir(data.path())
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        let process = Running::start(command, "TERM")?;
        let origin = format!("http://127.0.0.1:{port}");
        let server = Self {
            origin,
            folder,
            log,
            port,
            process,
            _data: data,
        };
        server.wait_until_ready(Duration::from_secs(180))?;
        Ok(server)
    }

    /// Sends JSON and reads the JSON that comes back.
    ///
    /// # Errors
    /// When the answer is not a success.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let body = body.to_string();
        let head = format!(
            "Content-Type: application/json\r\nContent-Length: {}\r\n",
            body.len()
        );
        let (status, answer) = ask(self.port, "POST", path, &head, &body)?;
        if !(200..300).contains(&status) {
            bail!("POST {path} answered {status}: {answer}");
        }
        Ok(serde_json::from_str(&answer)?)
    }

    fn wait_until_ready(&self, patience: Duration) -> Result<()> {
        let deadline = Instant::now() + patience;
        loop {
            halt_if_interrupted();
            if let Some(status) = self.process.ended()? {
                bail!("the server ended with {status}:\n{}", self.last_words());
            }
            if ask(self.port, "GET", "/readyz", "", "").is_ok_and(|(status, _)| status == 200) {
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
        lines
            .iter()
            .skip(lines.len().saturating_sub(20))
            .copied()
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// One request on a connection of its own; status and body of the answer.
fn ask(port: u16, method: &str, path: &str, head: &str, body: &str) -> Result<(u16, String)> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let patience = Duration::from_secs(10);
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{head}\r\n{body}"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer
        .split(' ')
        .nth(1)
        .context("no status line")?
        .parse()?;
    let body = answer
        .split_once("\r\n\r\n")
        .map(|(_, body)| body.to_owned())
        .unwrap_or_default();
    Ok((status, body))
}
