//! Promises of the tree that no compiler holds: paths in documents, the list of slices, both languages,
//! lengths of files, no place of one machine. Refuses nothing else: style is for rustfmt and clippy.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Tally;
use crate::workspace::Workspace;

const LONGEST_FILE: usize = 500;
/// Folders that hold nothing written by hand.
const SKIPPED: [&str; 8] =
    [".git", "target", "node_modules", "dist", "data", "test-results", "report", "screenshots"];
const TEXT: [&str; 16] = [
    "conf", "css", "html", "js", "json", "lock", "md", "mjs", "rs", "sh", "sql", "svg", "toml",
    "ts", "txt", "yml",
];

pub fn check(workspace: &Workspace) -> Result<Tally> {
    let root = workspace.root();
    let mut files = Vec::new();
    walk(root, root, &mut files)?;
    let mut findings = Vec::new();
    for file in &files {
        let extension =
            Path::new(file).extension().and_then(|end| end.to_str()).unwrap_or_default();
        let is_text =
            TEXT.contains(&extension) || file == ".ci/run" || file.ends_with("Dockerfile");
        if !is_text {
            continue;
        }
        let text = std::fs::read_to_string(root.join(file)).with_context(|| file.clone())?;
        match extension {
            "md" => findings.extend(
                dead_paths(root, &text)
                    .into_iter()
                    .map(|path| format!("{file}: `{path}` does not exist")),
            ),
            "rs" => {
                let lines = text.lines().count();
                if lines > LONGEST_FILE {
                    findings.push(format!("{file}: {lines} lines, more than {LONGEST_FILE}"));
                }
            }
            _ => {}
        }
        for place in places_of_this_machine(root) {
            if text.contains(&place) {
                findings.push(format!("{file}: names {place}, a place of this machine"));
            }
        }
    }
    findings.extend(forgotten_slices(root)?);
    findings.extend(locale_differences(root)?);
    if !findings.is_empty() {
        bail!("{}", findings.join("\n"));
    }
    Ok(Tally::ONE)
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        if kind.is_dir() {
            // `backend/data` is written by hand, the `data` of a running server is not.
            let is_skipped = SKIPPED.contains(&name.as_str()) && (name != "data" || folder == root);
            if !is_skipped {
                walk(root, &entry.path(), files)?;
            }
        } else if kind.is_file() {
            files.push(relative(root, &entry.path()));
        }
    }
    Ok(())
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

/// Words in backticks that look like a path of this repository, and are none.
fn dead_paths(root: &Path, text: &str) -> Vec<String> {
    let mut dead = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        if in_block {
            continue;
        }
        for quoted in line.split('`').skip(1).step_by(2) {
            let path = quoted.split_once("::").map_or(quoted, |(path, _item)| path);
            if looks_like_path(root, path) && !root.join(path).exists() {
                dead.push(quoted.to_owned());
            }
        }
    }
    dead
}

/// A path begins with a folder of the repository's top, which the documents always write out.
fn looks_like_path(root: &Path, text: &str) -> bool {
    let Some((first, _)) = text.split_once('/') else {
        return false;
    };
    let is_plain =
        text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_'));
    let is_made = matches!(first, "target" | "dist" | "data" | "");
    is_plain && !is_made && root.join(first).is_dir()
}

/// The checkout's own folder and the home folder, where they are telling.
fn places_of_this_machine(root: &Path) -> Vec<String> {
    let mut places = Vec::new();
    if root.components().count() > 2 {
        places.push(root.to_string_lossy().into_owned());
    }
    if let Some(home) =
        std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.components().count() > 1)
    {
        places.push(format!("{}/", home.to_string_lossy()));
    }
    places
}

/// Where slices lie.
const SLICES: [&str; 3] = ["backend/platform/src", "backend/src/identity", "backend/src/domains"];

/// Slices that have routes and are not named in `backend/src/slices.rs`.
fn forgotten_slices(root: &Path) -> Result<Vec<String>> {
    let list = root.join("backend/src/slices.rs");
    let list = std::fs::read_to_string(list).context("backend/src/slices.rs")?;
    let mut findings = Vec::new();
    for place in SLICES {
        for entry in std::fs::read_dir(root.join(place)).with_context(|| place.to_owned())? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(entry.path().join("mod.rs")).unwrap_or_default();
            if text.contains("fn routes") && !list.contains(&format!("{name}::SLICE")) {
                findings.push(format!(
                    "{place}/{name} has routes and is missing in backend/src/slices.rs"
                ));
            }
        }
    }
    Ok(findings)
}

/// Keys that one language has and the other lacks.
fn locale_differences(root: &Path) -> Result<Vec<String>> {
    let locales = root.join("frontend/locales");
    let (vi, en) = (keys_of(&locales.join("vi"))?, keys_of(&locales.join("en"))?);
    let lacks = |language: &str, key: &String| format!("frontend/locales/{language} lacks {key}");
    let in_en = vi.difference(&en).map(|key| lacks("en", key));
    Ok(in_en.chain(en.difference(&vi).map(|key| lacks("vi", key))).collect())
}

fn keys_of(folder: &Path) -> Result<BTreeSet<String>> {
    let mut keys = BTreeSet::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path)?;
        let value: Value =
            serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        flatten(&name, &value, &mut keys);
    }
    Ok(keys)
}

fn flatten(prefix: &str, value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        // One text that depends on a number: how many forms it has is the language's affair.
        Value::Object(map) if !map.contains_key("_other") => {
            map.iter().for_each(|(key, value)| flatten(&format!("{prefix}: {key}"), value, keys))
        }
        _ => {
            keys.insert(prefix.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dead_paths_are_found_and_other_quotations_left_alone() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("backend/src")).unwrap();
        std::fs::write(root.path().join("backend/src/app.rs"), "").unwrap();
        let text = "see `backend/src/app.rs`, `backend/src/app.rs::build_app`, `backend/src/gone.rs`, `GET /me`, `and/or`, \
            `backend/src/{a,b}.rs`\n```\n`backend/src/in_a_block.rs`\n```\n";
        assert_eq!(dead_paths(root.path(), text), ["backend/src/gone.rs"]);
    }

    #[test]
    fn a_slice_with_routes_must_be_listed() {
        let root = tempfile::tempdir().unwrap();
        for (slice, text) in [
            ("backend/src/domains/products", "pub fn routes() {}"),
            ("backend/platform/src/tracking", "pub fn routes() {}"),
            ("backend/src/identity/accounts", ""),
        ] {
            std::fs::create_dir_all(root.path().join(slice)).unwrap();
            std::fs::write(root.path().join(slice).join("mod.rs"), text).unwrap();
        }
        std::fs::write(root.path().join("backend/src/slices.rs"), "[products::SLICE]").unwrap();
        let findings = forgotten_slices(root.path()).unwrap();
        assert_eq!(findings.len(), 1);
        assert!(findings[0].contains("tracking"));
    }

    #[test]
    fn both_languages_need_the_same_keys() {
        let root = tempfile::tempdir().unwrap();
        for (language, text) in
            [("vi", r#"{"a": {"b": "x", "c": "y"}}"#), ("en", r#"{"a": {"b": "x"}, "d": "z"}"#)]
        {
            let folder = root.path().join("frontend/locales").join(language);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("products.json"), text).unwrap();
        }
        let findings = locale_differences(root.path()).unwrap();
        assert_eq!(
            findings,
            [
                "frontend/locales/en lacks products.json: a: c",
                "frontend/locales/vi lacks products.json: d"
            ]
        );
    }
}
