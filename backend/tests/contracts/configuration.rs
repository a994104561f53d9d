//! The binary reads its configuration strictly, and keeps its secrets.

use std::process::{Command, Output};

fn migrate(settings: &[(&str, &str)]) -> Output {
    run("migrate", settings)
}

fn run(command: &str, settings: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    Command::new(env!("CARGO_BIN_EXE_nq57"))
        .args([command, "--data-dir"])
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
fn a_senseless_value_stops_the_start_with_one_line() {
    for (key, value) in [
        ("NQ57_ACCOUNTS__REFRESH_DAYS", "-5"),
        ("NQ57_ACCOUNTS__ACCESS_TOKEN_MINUTES", "9223372036854775807"),
        ("NQ57_HTTP__WORKERS", "100000"),
        ("NQ57_HTTP__PUBLIC_URL", "javascript:alert(1)"),
    ] {
        let output = migrate(&[(key, value)]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}");
        let named = key.trim_start_matches("NQ57_").to_lowercase().replace("__", ".");
        assert!(text.contains(&named) && text.trim().lines().count() == 1, "{text}");
    }
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

#[test]
fn production_does_not_start_without_an_operator_and_says_which_key() {
    let (name, email) = (("NQ57_OPERATOR__NAME", "Sở"), ("NQ57_OPERATOR__EMAIL", "help@x.example"));
    for (settings, key) in [
        (vec![], "operator.name (NQ57_OPERATOR__NAME)"),
        (vec![email], "operator.name (NQ57_OPERATOR__NAME)"),
        (vec![name], "operator.phone (NQ57_OPERATOR__PHONE)"),
        (vec![name, ("NQ57_OPERATOR__EMAIL", "nobody")], "operator.email (NQ57_OPERATOR__EMAIL)"),
        (
            vec![name, email, ("NQ57_OPERATOR__URL", "http://x.example")],
            "operator.url (NQ57_OPERATOR__URL)",
        ),
    ] {
        let output = run("serve", &settings);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(key), "{settings:?}: {said}");
        assert_eq!(said.trim().lines().count(), 1, "in one line: {said}");
    }
}
