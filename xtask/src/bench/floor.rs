//! The floor: a bare actix server that answers the same bytes from memory.
//! Part of the bench, not of the product; a workspace of its own in `xtask/floor`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::cargo::{self, cargo};
use crate::process::Running;
use crate::server::{Answer, free_port};
use crate::workspace::Workspace;

/// Headers that the floor's own server writes.
const OWN: [&str; 5] = ["connection", "content-length", "date", "server", "transfer-encoding"];

pub struct Floor {
    port: u16,
    _process: Running,
}

pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    let mut command = cargo(workspace);
    command
        .args(["build", "--locked", "--release", "--manifest-path"])
        .arg(workspace.path("xtask/floor/Cargo.toml"))
        .env("CARGO_TARGET_DIR", workspace.target().join("bench/floor"));
    cargo::build(&mut command, "floor")
}

impl Floor {
    /// Answers what `answer` holds.
    pub fn start(binary: &Path, folder: &Path, answer: &Answer) -> Result<Self> {
        let (body, headers) = (folder.join("floor.body"), folder.join("floor.headers"));
        std::fs::write(&body, &answer.body)?;
        let kept: Vec<&str> = answer
            .headers
            .iter()
            .filter(|line| {
                let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
                !OWN.contains(&name.as_str())
            })
            .map(String::as_str)
            .collect();
        std::fs::write(&headers, kept.join("\n"))?;
        let port = free_port()?;
        let mut command = Command::new(binary);
        command.arg(port.to_string()).arg(body).arg(headers).stdin(Stdio::null());
        let process = Running::start(command, "TERM")?;
        let deadline = Instant::now() + Duration::from_secs(10);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if Instant::now() > deadline {
                bail!("the floor server does not listen");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { port, _process: process })
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
