//! The binary reads its configuration strictly, and keeps its secrets.

use std::process::{Command, Output};

fn migrate(settings: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    Command::new(env!("CARGO_BIN_EXE_nq57"))
        .args(["migrate", "--data-dir"])
        .arg(folder.path())
        .current_dir(folder.path())
        .env_clear()
        .envs(settings.iter().copied())
        .output()
        .expect("the binary runs")
}

#[test]
fn the_environment_overrides_and_an_unknown_key_stops_the_start() {
    let output = migrate(&[("NQ57_LOG__FORMAT", "json")]);
    assert!(output.status.success(), "{output:?}");

    let output = migrate(&[("NQ57_HTTP__PROT", "1")]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    assert!(text.contains("prot"), "{text}");
}

#[test]
fn a_password_in_the_address_of_the_database_is_never_printed() {
    let address = "postgres://nq57:very-secret@127.0.0.1:9/nq57";
    let output = migrate(&[("NQ57_DATABASE__URL", address), ("NQ57_LOG__FILTER", "trace")]);
    assert!(!output.status.success());
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(text.contains("cannot connect to the database"), "{text}");
    assert!(!text.contains("very-secret"), "{text}");
}
