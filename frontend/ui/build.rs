//! Turns `locales/{vi,en}/<domain>.json` into typed functions: `tr::<domain>::<key>()`.
//! Refuses a key or a placeholder that one of the languages lacks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::Value;

/// A text, or texts by count, of one language.
#[derive(Clone)]
enum Leaf {
    One(String),
    Counted { one: String, other: String },
}

/// Keys of a JSON object, in order; a node is a text or another level.
enum Node {
    Leaf(Leaf),
    Level(BTreeMap<String, Node>),
}

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=../locales");
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("locales: {message}");
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script where to write by the environment alone"
)]
fn generate() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../locales");
    let (vi, en) = (read_language(&root.join("vi"))?, read_language(&root.join("en"))?);
    let mut out = String::new();
    let mut problems = Vec::new();
    write_level(&mut out, &vi, &en, "", &mut problems);
    if !problems.is_empty() {
        return Err(problems.join("\nlocales: "));
    }
    let target =
        PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no output directory")?).join("tr.rs");
    std::fs::write(&target, out).map_err(|error| format!("{}: {error}", target.display()))
}

fn read_language(folder: &Path) -> Result<BTreeMap<String, Node>, String> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut domains = BTreeMap::new();
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let place = path.display().to_string();
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .ok_or_else(|| format!("{place}: bad name"))?
            .to_owned();
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{place}: {error}"))?;
        let value: Value =
            serde_json::from_str(&text).map_err(|error| format!("{place}: {error}"))?;
        domains.insert(name, to_node(&value, &place)?);
    }
    Ok(domains)
}

fn to_node(value: &Value, place: &str) -> Result<Node, String> {
    match value {
        Value::String(text) => Ok(Node::Leaf(Leaf::One(text.clone()))),
        Value::Object(members) => {
            if let Some(other) = members.get("_other") {
                let text = |value: &Value| {
                    value
                        .as_str()
                        .map(str::to_owned)
                        .ok_or_else(|| format!("{place}: counted texts must be strings"))
                };
                let other = text(other)?;
                let one = members.get("_one").map_or_else(|| Ok(other.clone()), text)?;
                return Ok(Node::Leaf(Leaf::Counted { one, other }));
            }
            let mut level = BTreeMap::new();
            for (key, value) in members {
                if key.is_empty()
                    || !key
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
                {
                    return Err(format!("{place}: the key {key} is not snake_case"));
                }
                level.insert(key.clone(), to_node(value, &format!("{place} {key}"))?);
            }
            Ok(Node::Level(level))
        }
        _ => Err(format!("{place}: only texts and levels are allowed")),
    }
}

fn write_level(
    out: &mut String,
    vi: &BTreeMap<String, Node>,
    en: &BTreeMap<String, Node>,
    at: &str,
    problems: &mut Vec<String>,
) {
    for key in en.keys().filter(|key| !vi.contains_key(*key)) {
        problems.push(format!("vi lacks {at}{key}"));
    }
    let mut plain = Vec::new();
    for (key, node) in vi {
        let path = format!("{at}{key}");
        match (node, en.get(key)) {
            (_, None) => problems.push(format!("en lacks {path}")),
            (Node::Level(vi), Some(Node::Level(en))) => {
                let _ = writeln!(out, "pub mod {} {{", identifier(key));
                write_level(out, vi, en, &format!("{path}."), problems);
                out.push_str("}\n");
            }
            (Node::Leaf(vi), Some(Node::Leaf(en))) => {
                if write_leaf(out, key, vi, en, &path, problems) {
                    plain.push(key.clone());
                }
            }
            _ => {
                problems.push(format!("{path} is a text in one language and a level in the other"))
            }
        }
    }
    if !plain.is_empty() {
        out.push_str("/// The text of a key that is known only at run time; texts with arguments are not found.\n");
        out.push_str("pub fn by_key(key: &str) -> Option<&'static str> { match key {\n");
        for key in plain {
            let _ = writeln!(out, "{key:?} => Some({}()),", identifier(&key));
        }
        out.push_str("_ => None } }\n");
    }
}

/// Writes one function; true when it takes no argument.
fn write_leaf(
    out: &mut String,
    key: &str,
    vi: &Leaf,
    en: &Leaf,
    path: &str,
    problems: &mut Vec<String>,
) -> bool {
    let counted = matches!(vi, Leaf::Counted { .. }) || matches!(en, Leaf::Counted { .. });
    let (vi_one, vi_other) = forms(vi);
    let (en_one, en_other) = forms(en);
    let names = placeholders(vi_other);
    let as_set = |names: &[String]| -> BTreeSet<String> {
        names.iter().filter(|name| !counted || *name != "count").cloned().collect()
    };
    let wanted = as_set(&names);
    for (text, language) in [(vi_one, "vi"), (en_one, "en"), (en_other, "en")] {
        let found = as_set(&placeholders(text));
        if found != wanted {
            problems.push(format!(
                "{path}: the placeholders of {language} are {found:?}, not {wanted:?}"
            ));
        }
    }
    let name = identifier(key);
    let _ = writeln!(out, "/// {}", vi_other.replace('\n', " "));
    if counted {
        let others: Vec<&String> = names.iter().filter(|name| *name != "count").collect();
        let parameters: String = others
            .iter()
            .map(|name| format!(", {}: impl std::fmt::Display", identifier(name)))
            .collect();
        let arguments: String =
            others.iter().map(|name| format!(", ({name:?}, &{})", identifier(name))).collect();
        let (vi, en) = (by_count(vi_one, vi_other), by_count(en_one, en_other));
        let _ = writeln!(
            out,
            "pub fn {name}(count: u64{parameters}) -> String {{ crate::i18n::fill(crate::i18n::pick({vi}, {en}), &[(\"count\", &crate::i18n::number(count)){arguments}]) }}"
        );
        false
    } else if names.is_empty() {
        let _ = writeln!(
            out,
            "pub fn {name}() -> &'static str {{ crate::i18n::pick({vi_other:?}, {en_other:?}) }}"
        );
        true
    } else {
        let parameters: Vec<String> = names
            .iter()
            .map(|name| format!("{}: impl std::fmt::Display", identifier(name)))
            .collect();
        let arguments: Vec<String> =
            names.iter().map(|name| format!("({name:?}, &{})", identifier(name))).collect();
        let _ = writeln!(
            out,
            "pub fn {name}({}) -> String {{ crate::i18n::fill(crate::i18n::pick({vi_other:?}, {en_other:?}), &[{}]) }}",
            parameters.join(", "),
            arguments.join(", ")
        );
        false
    }
}

/// The expression that chooses between the two forms; the text alone where they do not differ.
fn by_count(one: &str, other: &str) -> String {
    if one == other {
        format!("{other:?}")
    } else {
        format!("if count == 1 {{ {one:?} }} else {{ {other:?} }}")
    }
}

fn forms(leaf: &Leaf) -> (&str, &str) {
    match leaf {
        Leaf::One(text) => (text, text),
        Leaf::Counted { one, other } => (one, other),
    }
}

/// The names between braces, in the order in which they appear: the order of the arguments.
fn placeholders(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (name, _) in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn identifier(key: &str) -> String {
    const WORDS: [&str; 22] = [
        "as", "box", "break", "const", "continue", "do", "else", "enum", "final", "for", "if",
        "in", "loop", "match", "move", "ref", "return", "static", "type", "use", "where", "yield",
    ];
    match key {
        _ if WORDS.contains(&key) => format!("r#{key}"),
        _ if key.starts_with(|c: char| c.is_ascii_digit()) => format!("n{key}"),
        _ => key.to_owned(),
    }
}
