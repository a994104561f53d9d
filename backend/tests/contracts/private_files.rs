//! What the program writes is for its own user alone, whatever the shell's mask is.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

/// Makes the first administrator in a fresh data folder: database, keys, mails and files are there then.
fn create_admin(folder: &Path) -> Output {
    Command::new("sh")
        .args(["-c", "umask 022; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_nq57")])
        .args(["create-admin", "--email", "a@test.example", "--data-dir"])
        .arg(folder)
        .current_dir(folder.parent().expect("a parent"))
        .env_clear()
        .env("NQ57_LOG__FILTER", "warn")
        .output()
        .expect("the program")
}

fn open_to_others(path: &Path, found: &mut Vec<String>) -> usize {
    let about = std::fs::metadata(path).expect("there");
    if about.permissions().mode() & 0o077 != 0 {
        found.push(format!("{} {:o}", path.display(), about.permissions().mode()));
    }
    if !about.is_dir() {
        return 1;
    }
    let entries = std::fs::read_dir(path).expect("a folder");
    entries.map(|entry| open_to_others(&entry.expect("an entry").path(), found)).sum()
}

#[test]
fn nobody_else_on_the_machine_reads_what_the_program_writes() {
    let parent = tempfile::tempdir().expect("a folder");
    let folder = parent.path().join("data");
    let made = create_admin(&folder);
    assert!(made.status.success(), "{made:?}");
    let mut found = Vec::new();
    assert!(open_to_others(&folder, &mut found) >= 2, "the database and the key");
    assert_eq!(found, Vec::<String>::new());
    for part in ["nq57.sqlite", "keys/signing-ed25519.pem", "mail"] {
        assert!(folder.join(part).exists(), "{part}");
    }

    // A folder that others may look into is said; a key that others can read stops the start.
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("changed");
    let said = String::from_utf8_lossy(&create_admin(&folder).stderr).into_owned();
    assert!(said.contains("chmod 700"), "{said}");
    let key = folder.join("keys/signing-ed25519.pem");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("changed");
    let refused = create_admin(&folder);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("chmod 600"), "{said}");
}
