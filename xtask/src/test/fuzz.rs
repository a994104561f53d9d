//! The API document thrown at a demo server by schemathesis, with a fixed seed and few examples.
//! Refuses an answer of 5xx and any status that the document does not promise.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use super::Tally;
use crate::cargo;
use crate::process;
use crate::process::TemporaryFolder;
use crate::server::{PrivateServer, Setting};
use crate::setup::{self, Need};
use crate::workspace::Workspace;

/// Pins schemathesis and everything below it.
pub const REQUIREMENTS: &str = "xtask/schemathesis.txt";

pub fn run(workspace: &Workspace) -> Result<Tally> {
    setup::ensure(&[Need::Compiler, Need::PythonVenv])?;
    let tools = setup::ensure_python_tool(workspace, "schemathesis", REQUIREMENTS)?;
    let binary = cargo::build_server_beside_tests(workspace)?;
    let folder = TemporaryFolder::new("schemathesis")?;
    let setting = Setting { name: "schemathesis", data: folder.path(), demo: true, variables: &[] };
    let server = PrivateServer::start(workspace, &binary, &setting)?;
    // An administrator comes past the guards and so reaches the code behind them.
    let token = server.sign_in("admin@nq57.example")?;
    let scratch = workspace.target().join("schemathesis");
    std::fs::create_dir_all(&scratch)?;
    let mut command = Command::new(tools.join("schemathesis"));
    command
        .args(["--config-file"])
        .arg(workspace.path("xtask/schemathesis.toml"))
        .args(["run", "--no-color", "--origin", &server.origin])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .arg(format!("{}/api/openapi.json", server.origin))
        .current_dir(&scratch)
        .stdin(Stdio::null());
    let status = process::status(&mut command)?;
    if !status.success() {
        bail!(
            "schemathesis ended with {status}; the server's log is {}; its end:\n{}",
            server.log.display(),
            server.last_words()
        );
    }
    Ok(Tally::ONE)
}
