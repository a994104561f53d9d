//! How xtask calls cargo: the same selections everywhere, so that no dependency is built twice.
//! Refuses to guess where an executable lies: cargo's own messages tell.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;
use crate::workspace::Workspace;

pub const WASM: &str = "wasm32-unknown-unknown";

pub fn cargo(workspace: &Workspace) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace.root());
    remove_own_variables(&mut command);
    command
}

/// What speaks to xtask must not reach its children: cargo would build anew when its own variables
/// differ, and the server refuses settings that it does not know.
pub fn remove_own_variables(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let is_own = ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| text.starts_with(start))
            || ["NQ57_BASE_URL", "NQ57_CHROMIUM", "NQ57_SCHEMATHESIS_EXAMPLES", "NQ57_SCREENSHOTS"]
                .contains(&text.as_ref());
        if is_own {
            command.env_remove(&name);
        }
    }
}

/// `cargo test` for all crates of ours that run on this machine: one selection, so that each dependency
/// is built once. Our own crates are compiled by clippy, so that none is checked a second time for lints.
pub fn cargo_test(workspace: &Workspace) -> Command {
    let mut command = cargo(workspace);
    command.arg("test").args(CRATES);
    compiled_by_clippy(&mut command);
    if is_first_build(workspace) {
        // What the compiler would keep for the next build costs a tenth of this one.
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}

/// Whether nothing of the server was ever compiled here.
fn is_first_build(workspace: &Workspace) -> bool {
    let known = std::fs::read_dir(workspace.target().join("debug/.fingerprint"));
    let mut names = known.into_iter().flatten().flatten().map(|entry| entry.file_name());
    !names.any(|name| name.to_string_lossy().starts_with("nq57-backend-"))
}

/// `cargo test` for xtask, with the dependencies that `cargo xtask` has built already.
pub fn cargo_test_xtask(workspace: &Workspace) -> Command {
    let mut command = cargo(workspace);
    command.args(["test", "--package", "xtask"]);
    compiled_by_clippy(&mut command);
    command
}

const CRATES: [&str; 12] = [
    "--package",
    "nq57-core",
    "--package",
    "nq57-shared",
    "--package",
    "nq57-platform",
    "--package",
    "nq57-backend",
    "--package",
    "nq57-ui",
    "--package",
    "nq57-frontend",
];

/// As `cargo clippy` does it, but for code that is run and not only checked.
pub fn compiled_by_clippy(command: &mut Command) {
    command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
}

/// As `cargo clippy -- --deny warnings` tells it to clippy; the odd words are what clippy parts its arguments by.
pub fn warnings_denied(command: &mut Command) {
    command.env("CLIPPY_ARGS", "--deny__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
}

/// Builds, shows what compiler and clippy have to say, and returns how often they had something to say.
pub fn lint(command: &mut Command) -> Result<usize> {
    command.arg("--message-format=json").stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().context("cannot start cargo")?;
    process::halt_if_interrupted();
    let found = diagnostics(&String::from_utf8_lossy(&output.stdout));
    for text in &found {
        println!("{text}");
    }
    if found.is_empty() && !output.status.success() {
        bail!("the build failed");
    }
    Ok(found.len())
}

/// The warnings and errors among cargo's messages, as people read them.
fn diagnostics(messages: &str) -> Vec<String> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| Some(message.pointer("/message/rendered")?.as_str()?.to_owned()))
        .collect()
}

/// cargo for the browser's crates, in the folder that is theirs.
pub fn cargo_wasm(workspace: &Workspace) -> Command {
    let mut command = cargo(workspace);
    command.env("CARGO_TARGET_DIR", workspace.spa_target());
    command
}

/// Builds and returns the files that cargo says it made for the target of that name:
/// the executable, or the `.wasm` file.
pub fn build(command: &mut Command, target_name: &str) -> Result<PathBuf> {
    build_with(command, &[], target_name)
}

/// The same by `cargo rustc`, with words for the compiler.
pub fn build_with(command: &mut Command, rustc: &[&str], target_name: &str) -> Result<PathBuf> {
    command.arg("--message-format=json-render-diagnostics").stdin(Stdio::null());
    if !rustc.is_empty() {
        command.arg("--").args(rustc);
    }
    let output = command.stderr(Stdio::inherit()).output().context("cannot start cargo")?;
    process::halt_if_interrupted();
    if !output.status.success() {
        bail!("the build of {target_name} failed");
    }
    artifact(&String::from_utf8_lossy(&output.stdout), target_name)
        .with_context(|| format!("cargo named no file for {target_name}"))
}

/// The file that the last fitting message names. Test executables do not fit.
pub fn artifact(messages: &str, target_name: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| {
            message.get("reason").and_then(Value::as_str) == Some("compiler-artifact")
        })
        .filter(|message| {
            message.pointer("/target/name").and_then(Value::as_str) == Some(target_name)
        })
        .filter(|message| message.pointer("/target/kind/0").and_then(Value::as_str) == Some("bin"))
        .filter(|message| message.pointer("/profile/test") == Some(&Value::Bool(false)))
        .filter_map(|message| {
            if let Some(executable) = message.get("executable").and_then(Value::as_str) {
                return Some(PathBuf::from(executable));
            }
            let files = message.get("filenames")?.as_array()?;
            files
                .iter()
                .filter_map(Value::as_str)
                .find(|file| file.ends_with(".wasm"))
                .map(PathBuf::from)
        })
        .next_back()
}

/// The server as `serve` runs it.
pub fn build_server(workspace: &Workspace, release: bool) -> Result<PathBuf> {
    let mut command = cargo(workspace);
    command.args(["build", "--package", "nq57-backend", "--bin", "nq57"]);
    if release {
        command.arg("--release");
    }
    build(&mut command, "nq57")
}

/// The server as the tests built it: the same features as the test binaries, hence no second build
/// of the dependencies.
pub fn build_server_beside_tests(workspace: &Workspace) -> Result<PathBuf> {
    build(cargo_test(workspace).args(["--no-run", "--test", "api"]), "nq57")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_compiler_and_clippy_say_is_read_from_cargos_messages() {
        let messages = concat!(
            r#"{"reason":"compiler-message","message":{"level":"warning","rendered":"warning: unused"}}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"nq57","kind":["lib"]}}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#
        );
        assert_eq!(diagnostics(messages), ["warning: unused"]);
    }

    #[test]
    fn the_executable_is_read_from_cargos_messages_and_test_binaries_are_passed_over() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"nq57","kind":["bin"]},"profile":{"test":false},"executable":"/t/nq57","filenames":["/t/nq57"]}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"nq57","kind":["bin"]},"profile":{"test":true},"executable":"/t/deps/nq57-1","filenames":[]}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#
        );
        assert_eq!(artifact(messages, "nq57"), Some(PathBuf::from("/t/nq57")));
        assert_eq!(artifact(messages, "other"), None);
    }
}
