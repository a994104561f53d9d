//! `cargo xtask serve` and `cargo xtask dev`: bundle and server built, run, and rebuilt on change.
//! Refuses to take a running server down for a change that does not compile.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Result, bail};

use crate::process::{Running, halt_if_interrupted};
use crate::setup::{self, Need};
use crate::workspace::Workspace;
use crate::{cargo, server, spa};

/// What the server is started with.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub port: u16,
    pub demo: bool,
    pub release: bool,
}

/// Builds what is missing and serves until interrupted.
pub fn serve(workspace: &Workspace, options: Options) -> Result<()> {
    setup::ensure(&[Need::Compiler, Need::WasmTarget])?;
    spa::build(workspace, options.release)?;
    let binary = cargo::build_server(workspace, options.release)?;
    let status = start(workspace, &binary, options)?.wait()?;
    halt_if_interrupted();
    if !status.success() {
        bail!("nq57 ended with {status}");
    }
    Ok(())
}

fn start(workspace: &Workspace, binary: &Path, options: Options) -> Result<Running> {
    let data = workspace.path("data");
    Running::start(
        server::serve_command(workspace, binary, options.port, &data, options.demo),
        "TERM",
    )
}

/// Serves, and rebuilds after each change of a source: the bundle alone when the browser's part
/// changed (the page shows it after a reload), the server too when its part did.
pub fn dev(workspace: &Workspace, options: Options) -> Result<()> {
    setup::ensure(&[Need::Compiler, Need::WasmTarget])?;
    let browser = Watch::new(workspace, &["shared/src", "shared/core/src", "frontend"]);
    let machine = Watch::new(
        workspace,
        &[
            "shared/src",
            "shared/core/src",
            "backend/src",
            "backend/platform",
            "backend/demo",
            "Cargo.toml",
            "Cargo.lock",
        ],
    );
    let (mut browser_seen, mut machine_seen) = (browser.newest(), machine.newest());
    spa::build(workspace, false)?;
    let mut binary = cargo::build_server(workspace, false)?;
    let mut running = Some(start(workspace, &binary, options)?);
    loop {
        std::thread::sleep(Duration::from_millis(400));
        halt_if_interrupted();
        let (browser_now, machine_now) = (browser.settled(), machine.settled());
        if browser_now != browser_seen {
            browser_seen = browser_now;
            report(spa::build(workspace, false).map(|_bundle| "bundle rebuilt, reload the page"));
        }
        if machine_now != machine_seen {
            machine_seen = machine_now;
            let built = cargo::build_server(workspace, false);
            if let Ok(fresh) = &built {
                binary.clone_from(fresh);
                drop(running.take());
                running = Some(start(workspace, &binary, options)?);
            }
            report(built.map(|_path| "server restarted"));
        }
    }
}

fn report(outcome: Result<&str>) {
    match outcome {
        Ok(text) => println!("xtask: {text}"),
        Err(error) => println!("xtask: {error:#}; waiting for the next change"),
    }
}

/// Files and folders looked at by their times of change.
struct Watch {
    paths: Vec<PathBuf>,
}

impl Watch {
    fn new(workspace: &Workspace, paths: &[&str]) -> Self {
        Self { paths: paths.iter().map(|path| workspace.path(path)).collect() }
    }

    /// How many files there are, and when the last was changed.
    fn newest(&self) -> (usize, Option<SystemTime>) {
        let mut seen = (0, None);
        for path in &self.paths {
            look(path, &mut seen);
        }
        seen
    }

    /// The same, once an editor or a checkout has finished writing.
    fn settled(&self) -> (usize, Option<SystemTime>) {
        let mut before = self.newest();
        loop {
            std::thread::sleep(Duration::from_millis(100));
            let now = self.newest();
            if now == before {
                return now;
            }
            before = now;
        }
    }
}

fn look(path: &Path, seen: &mut (usize, Option<SystemTime>)) {
    let Ok(metadata) = std::fs::metadata(path) else {
        return;
    };
    if metadata.is_dir() {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.')) {
            look(&entry.path(), seen);
        }
    } else {
        seen.0 += 1;
        seen.1 = seen.1.max(metadata.modified().ok());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("src")).unwrap();
        std::fs::write(folder.path().join("src/a.rs"), "").unwrap();
        let watch = Watch::new(&Workspace::at(folder.path()), &["src", "missing"]);
        let before = watch.settled();
        assert_eq!(before.0, 1);
        std::fs::write(folder.path().join("src/b.rs"), "").unwrap();
        assert_ne!(watch.newest(), before);
    }
}
