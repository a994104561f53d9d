//! What the machine lacks, and how to get it: installed on Debian as root, told in one line elsewhere.
//! Refuses to install anything that is already there, and anything outside the ordinary clients.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::cargo::WASM;
use crate::process::{self, answers};
use crate::workspace::Workspace;

/// What a step may need beyond Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    WasmTarget,
    Linters,
    Compiler,
    Postgres,
    Node,
    Chromium,
    PythonVenv,
    Wrk,
    Sqlite,
}

impl Need {
    pub const ALL: [Need; 9] = [
        Need::WasmTarget,
        Need::Linters,
        Need::Compiler,
        Need::Postgres,
        Need::Node,
        Need::Chromium,
        Need::PythonVenv,
        Need::Wrk,
        Need::Sqlite,
    ];

    fn is_met(self) -> bool {
        match self {
            Need::WasmTarget => wasm_target_is_there(),
            Need::Linters => {
                answers("cargo", &["fmt", "--version"])
                    && answers("cargo", &["clippy", "--version"])
            }
            Need::Compiler => answers("cc", &["--version"]),
            Need::Postgres => postgres_binaries().is_some(),
            Need::Node => answers("node", &["--version"]) && answers("npm", &["--version"]),
            Need::Chromium => chromium().is_some(),
            Need::PythonVenv => answers("python3", &["-c", "import venv, ensurepip"]),
            Need::Sqlite => answers("sqlite3", &["--version"]),
            // wrk prints its version and ends with 1.
            Need::Wrk => Command::new("wrk")
                .arg("-v")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok(),
        }
    }

    fn debian_packages(self) -> &'static [&'static str] {
        match self {
            Need::WasmTarget | Need::Linters => &[],
            Need::Compiler => &["build-essential"],
            Need::Postgres => &["postgresql"],
            Need::Node => &["nodejs", "npm"],
            Need::Chromium => &["chromium"],
            Need::PythonVenv => &["python3", "python3-venv"],
            Need::Wrk => &["wrk"],
            Need::Sqlite => &["sqlite3"],
        }
    }

    fn by_hand(self) -> &'static str {
        match self {
            Need::WasmTarget => {
                "the Rust target wasm32-unknown-unknown (rustup target add wasm32-unknown-unknown)"
            }
            Need::Linters => "rustfmt and clippy (rustup component add rustfmt clippy)",
            Need::Compiler => "a C compiler named cc",
            Need::Postgres => "PostgreSQL 15 or later with initdb on the PATH",
            Need::Node => "Node 20 or later with npm",
            Need::Chromium => "Chromium (or set NQ57_CHROMIUM to its executable)",
            Need::PythonVenv => "Python 3.11 or later with venv",
            Need::Wrk => "wrk",
            Need::Sqlite => "sqlite3",
        }
    }
}

/// Meets the needs, or says in one line what to install.
pub fn ensure(needs: &[Need]) -> Result<()> {
    let mut missing: Vec<Need> = needs.iter().copied().filter(|need| !need.is_met()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if missing.contains(&Need::WasmTarget) && answers("rustup", &["--version"]) {
        println!("xtask: adding the Rust target {WASM}");
        process::run(Command::new("rustup").args(["target", "add", WASM]))?;
    }
    if missing.contains(&Need::Linters) && answers("rustup", &["--version"]) {
        process::run(Command::new("rustup").args(["component", "add", "rustfmt", "clippy"]))?;
    }
    missing.retain(|need| !need.is_met());
    let packages: Vec<&str> =
        missing.iter().flat_map(|need| need.debian_packages()).copied().collect();
    if !packages.is_empty() && is_root() && Path::new("/etc/debian_version").exists() {
        apt_install(&packages)?;
        missing.retain(|need| !need.is_met());
    }
    if missing.is_empty() {
        return Ok(());
    }
    let list: Vec<&str> = missing.into_iter().map(Need::by_hand).collect();
    bail!("please install: {}", list.join("; "))
}

fn apt_install(packages: &[&str]) -> Result<()> {
    println!("xtask: installing {}", packages.join(" "));
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).stdout(Stdio::null());
        command
    };
    process::run(apt().args(["-q", "update"]))?;
    process::run(apt().args(["-q", "install", "-y", "--no-install-recommends"]).args(packages))
}

fn wasm_target_is_there() -> bool {
    process::capture(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]))
        .is_ok_and(|folder| Path::new(folder.trim()).join(".").is_dir())
}

pub fn is_root() -> bool {
    process::capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The folder that holds `initdb` and `postgres`: Debian's newest, else where the PATH says.
pub fn postgres_binaries() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            let folder = entry.path().join("bin");
            folder.join("initdb").is_file().then_some((version, folder))
        })
        .collect();
    found.sort();
    found.pop().map(|(_, folder)| folder).or_else(|| {
        std::env::split_paths(&std::env::var_os("PATH")?)
            .find(|folder| folder.join("initdb").is_file())
    })
}

/// The browser that the journeys run in.
pub fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("NQ57_CHROMIUM") {
        return Some(PathBuf::from(named));
    }
    let folders = std::env::var_os("PATH")?;
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .flat_map(|name| std::env::split_paths(&folders).map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
}

/// Installs the packages of `e2e/` as its lock file says, once per lock file.
pub fn ensure_e2e_packages(workspace: &Workspace) -> Result<()> {
    ensure(&[Need::Node])?;
    let folder = workspace.path("e2e");
    let lock = std::fs::read(folder.join("package-lock.json")).context("e2e/package-lock.json")?;
    let stamp = folder.join("node_modules/.nq57-lock");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    npm_ci(&folder)?;
    std::fs::write(stamp, lock)?;
    Ok(())
}

/// The packages of this folder, as its lock file says, in a folder under the target folder that is
/// given back: what only checks the work stays out of the sources.
pub fn ensure_node_tool(workspace: &Workspace, name: &str, source: &str) -> Result<PathBuf> {
    ensure(&[Need::Node])?;
    let folder = workspace.tools().join(name);
    let read = |file: &str| {
        let path = workspace.path(source).join(file);
        std::fs::read(&path).with_context(|| path.display().to_string())
    };
    let (manifest, lock) = (read("package.json")?, read("package-lock.json")?);
    let stamp = folder.join("node_modules/.nq57-lock");
    if !std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("package.json"), manifest)?;
        std::fs::write(folder.join("package-lock.json"), &lock)?;
        npm_ci(&folder)?;
        std::fs::write(stamp, lock)?;
    }
    Ok(folder)
}

fn npm_ci(folder: &Path) -> Result<()> {
    process::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .current_dir(folder)
            .stdin(Stdio::null()),
    )
}

/// A private virtual environment under the target folder with exactly the packages that the
/// requirements file pins. Gives its `bin` folder.
pub fn ensure_python_tool(
    workspace: &Workspace,
    name: &str,
    requirements: &str,
) -> Result<PathBuf> {
    ensure(&[Need::PythonVenv])?;
    let folder = workspace.tools().join(name);
    let wanted =
        std::fs::read(workspace.path(requirements)).with_context(|| requirements.to_owned())?;
    let stamp = folder.join("requirements.installed");
    if !std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        let _old = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(workspace.tools())?;
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        process::run(
            Command::new(folder.join("bin/pip"))
                .args(["install", "--quiet", "--disable-pip-version-check", "--requirement"])
                .arg(workspace.path(requirements))
                .stdin(Stdio::null()),
        )?;
        std::fs::write(stamp, wanted)?;
    }
    Ok(folder.join("bin"))
}
