//! The document as those meet it who know nothing else of us: two public linters without a warning,
//! clients generated in two languages, every module of them loaded, and a day's work done with each
//! against a demo server. The programs are in `openapi/clients/`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::Tally;
use crate::process::TemporaryFolder;
use crate::server::{PrivateServer, Setting};
use crate::setup::{self, Need};
use crate::workspace::Workspace;
use crate::{cargo, process};

/// Pins the generator of Python clients, what its clients need, and their type checker.
pub const PYTHON: &str = "openapi/clients/python/requirements.txt";
/// Pins the linters and what TypeScript clients need.
pub const NODE: &str = "openapi/clients/typescript";

const DOCUMENT: &str = "openapi/openapi.json";
/// The generator names the package after the title of the document.
const PACKAGE: &str = "nq57_api_client";

pub fn run(workspace: &Workspace) -> Result<Tally> {
    setup::ensure(&[Need::Compiler, Need::PythonVenv, Need::Node])?;
    let python = setup::ensure_python_tool(workspace, "clients-python", PYTHON)?;
    let node = setup::ensure_node_tool(workspace, "clients-node", NODE)?;
    let binary = cargo::build_server_beside_tests(workspace)?;
    let data = TemporaryFolder::new("clients")?;
    let setting = Setting { name: "clients", data: data.path(), demo: true, variables: &[] };
    let server = PrivateServer::start(workspace, &binary, &setting)?;
    let clients = Clients { workspace, python, node, origin: &server.origin };
    let outcomes = [
        ("spectral", clients.spectral()),
        ("redocly", clients.redocly()),
        ("python", clients.python()),
        ("typescript", clients.typescript()),
    ];
    let mut tally = Tally::default();
    for (name, outcome) in outcomes {
        match outcome {
            Ok(()) => tally.passed += 1,
            Err(error) => tally.failures.push(format!("{name}: {error:#}")),
        }
    }
    Ok(tally)
}

struct Clients<'a> {
    workspace: &'a Workspace,
    /// Where the commands of the virtual environment are.
    python: PathBuf,
    /// The folder with `node_modules`.
    node: PathBuf,
    origin: &'a str,
}

impl Clients<'_> {
    fn spectral(&self) -> Result<()> {
        let rules = self.workspace.path("openapi/spectral.yaml");
        let words = ["lint", "--fail-severity=warn", "--ruleset"];
        let document = self.workspace.path(DOCUMENT);
        process::run(self.node_command("spectral").args(words).arg(rules).arg(document))
    }

    fn redocly(&self) -> Result<()> {
        let rules = self.workspace.path("openapi/redocly.yaml");
        let document = self.workspace.path(DOCUMENT);
        process::run(
            self.node_command("redocly")
                .args(["lint", "--max-problems=1000", "--config"])
                .arg(rules)
                .arg(document)
                // It would ask the network for a newer version of itself, and tell who runs it.
                .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
                .env("REDOCLY_TELEMETRY", "off"),
        )
    }

    fn python(&self) -> Result<()> {
        let folder = self.fresh_folder("python")?;
        let sources = self.workspace.path("openapi/clients/python");
        let mut generate = self.python_command("openapi-python-client");
        generate.args([
            "generate",
            "--meta",
            "none",
            "--fail-on-warning",
            "--overwrite",
            "--config",
        ]);
        generate.arg(sources.join("generator.yaml"));
        generate.arg("--path").arg(self.workspace.path(DOCUMENT));
        process::run(generate.arg("--output-path").arg(folder.join(PACKAGE)))?;
        let example = sources.join("example.py");
        process::run(
            self.python_command("mypy")
                // What the generator writes by rote into every client is not ours to check.
                .args(["--strict", "--follow-imports=silent", "--cache-dir"])
                .arg(self.workspace.tools().join("clients-mypy"))
                .arg(&example)
                .env("MYPYPATH", &folder),
        )?;
        for (program, argument) in
            [(sources.join("import_all.py"), PACKAGE), (example, self.origin)]
        {
            let mut run = self.python_command("python");
            process::run(run.arg(program).arg(argument).env("PYTHONPATH", &folder))?;
        }
        Ok(())
    }

    fn typescript(&self) -> Result<()> {
        let folder = self.fresh_folder("typescript")?;
        for name in ["package.json", "tsconfig.json", "example.ts"] {
            let source = self.workspace.path(NODE).join(name);
            std::fs::copy(&source, folder.join(name))
                .with_context(|| source.display().to_string())?;
        }
        std::os::unix::fs::symlink(self.node.join("node_modules"), folder.join("node_modules"))?;
        let mut generate = self.node_command("openapi-typescript");
        generate.arg(self.workspace.path(DOCUMENT)).arg("--output").arg(folder.join("nq57.ts"));
        process::run(&mut generate)?;
        process::run(self.node_command("tsc").arg("--project").arg(&folder))?;
        process::run(Command::new("node").arg(folder.join("out/example.js")).arg(self.origin))
    }

    fn fresh_folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.workspace.target().join("clients").join(name);
        let _old = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// The generator formats with `ruff`, which it looks for on the PATH.
    fn python_command(&self, name: &str) -> Command {
        let mut folders = vec![self.python.clone()];
        folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        self.command(&self.python.join(name), &std::env::join_paths(folders).unwrap_or_default())
    }

    fn node_command(&self, name: &str) -> Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        self.command(&self.node.join("node_modules/.bin").join(name), &path)
    }

    fn command(&self, program: &Path, path: &std::ffi::OsStr) -> Command {
        let mut command = Command::new(program);
        command
            .env("PATH", path)
            // The demo server is on this machine: no proxy stands between.
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(self.workspace.root())
            .stdin(Stdio::null());
        command
    }
}
