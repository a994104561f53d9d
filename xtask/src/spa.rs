//! Builds the browser bundle into `dist/`, which the server embeds: cargo, wasm-bindgen, hashed names,
//! one stylesheet, precompressed files, `home.html` and `index.html`. Refuses unknown placeholders and dead addresses.
//!
//! Contract with `frontend/`:
//!
//! - `frontend/public/<folder>/**` becomes `/assets/<name>-<hash>.<ext>`; files directly in
//!   `frontend/public/` keep their names at the root (favicon, robots.txt, manifest).
//! - `frontend/styles/order.txt` names the style sheets, one a line; `url(…)` in them is a path in
//!   `frontend/public/` (leading `./`, `../`, `/` are ignored) and is rewritten to the hashed address.
//! - `frontend/index.html` is the template. Placeholders: `{{css}}` `{{js}}` (the module to put in
//!   `<script type="module" src>`), `{{bindgen}}` `{{wasm}}`, `{{preload}}` (link tags),
//!   `{{assets}}` (the meta tags below), `{{asset:icons/icons.svg}}` (any file of `public/`),
//!   `{{text:home.title}}` (a text of `frontend/locales/`, in both languages).
//!   `{{preload}}` and `{{assets}}` are put before `</head>` when the template names neither.
//! - What stands between `<!-- home -->` and `<!-- /home -->` is in `home.html` alone, the page at `/`:
//!   its first words are read before the program is there.
//! - The program learns hashed addresses from `<meta name="asset-icons" content="/assets/icons-….svg">`,
//!   `asset-drum` and `asset-mark`; icons are used as `<use href="/assets/icons-….svg#search">`.
//! - While loading, a `<progress id="boot-progress">` of the template is advanced; when the program
//!   cannot start, `<html data-boot="failed">` is set for the template's own message.

mod compress;
mod html;
mod program;
mod publish;
mod style;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::cargo::{self, WASM, cargo_wasm};
use crate::setup::{self, Need};
use crate::workspace::Workspace;

/// Addresses in `index.html` by which the program finds its pictures.
const META_ASSETS: [(&str, &str); 3] = [
    ("asset-icons", "icons/icons.svg"),
    ("asset-drum", "motif/drum.svg"),
    ("asset-mark", "motif/mark.svg"),
];

/// Fonts that the first screen needs: asked for before the style sheet is read.
const PRELOADED_FONTS: [&str; 2] = [
    "fonts/be-vietnam-pro-latin-400-normal.woff2",
    "fonts/be-vietnam-pro-vietnamese-400-normal.woff2",
];

/// What the last build put into `dist/`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bundle {
    /// Fingerprint of everything that went in.
    stamp: String,
    /// The files of the first load with their bytes as sent (brotli where it applies).
    pub first_load: BTreeMap<String, u64>,
}

impl Bundle {
    pub fn first_load_bytes(&self) -> u64 {
        self.first_load.values().sum()
    }
}

/// Builds what is out of date. Optimised and fully compressed when `release`.
pub fn build(workspace: &Workspace, release: bool) -> Result<Bundle> {
    build_by(cargo_wasm(workspace), workspace, release)
}

/// The bundle as it is shipped, with lints that fail the build: read by clippy while it is compiled, not
/// a second time.
pub fn build_linted(workspace: &Workspace) -> Result<Bundle> {
    setup::ensure(&[Need::Linters])?;
    let mut command = cargo_wasm(workspace);
    cargo::compiled_by_clippy(&mut command);
    cargo::warnings_denied(&mut command);
    build_by(command, workspace, true)
}

fn build_by(mut command: Command, workspace: &Workspace, release: bool) -> Result<Bundle> {
    setup::ensure(&[Need::WasmTarget])?;
    let profile = if release { "wasm" } else { "wasm-dev" };
    command.args([
        "rustc",
        "--package",
        "nq57-frontend",
        "--bin",
        "nq57-frontend",
        "--target",
        WASM,
    ]);
    command.args(["--profile", profile]);
    // Where things are used must stay known: the program is split at `#[lazy]` afterwards.
    let relocations = ["-C", "link-arg=--emit-relocs"];
    let wasm_file = cargo::build_with(&mut command, &relocations, "nq57-frontend")?;
    let wasm = std::fs::read(&wasm_file).with_context(|| wasm_file.display().to_string())?;

    let inputs = Inputs::read(workspace)?;
    let stamp = inputs.stamp(profile, &wasm);
    let record = workspace.spa_target().join("bundle.json");
    if let Some(bundle) = read_record(&record)
        && bundle.stamp == stamp
        && workspace.dist().join("index.html").is_file()
    {
        return Ok(bundle);
    }
    let _stale = std::fs::remove_file(&record);
    let made = assemble(&inputs, &wasm, &stamp, release)?;
    let bundle = Bundle { stamp, first_load: publish::publish(&made, &workspace.dist(), release)? };
    std::fs::write(&record, serde_json::to_vec_pretty(&bundle)?)?;
    let kilobytes = bundle.first_load_bytes().div_ceil(1024);
    println!("xtask: bundle in dist/ ({profile}), first load {kilobytes} KB");
    Ok(bundle)
}

fn read_record(path: &Path) -> Option<Bundle> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// Everything of `frontend/` that is not Rust.
struct Inputs {
    template: String,
    /// Name and text, in the order of the cascade.
    styles: Vec<(String, String)>,
    /// By path inside `frontend/public/`, with `/`.
    public: BTreeMap<String, Vec<u8>>,
    /// By path inside `frontend/locales/`, without the ending.
    locales: BTreeMap<String, Value>,
}

impl Inputs {
    fn read(workspace: &Workspace) -> Result<Self> {
        let frontend = workspace.path("frontend");
        let template =
            std::fs::read_to_string(frontend.join("index.html")).context("frontend/index.html")?;
        let folder = frontend.join("styles");
        let order = std::fs::read_to_string(folder.join("order.txt"))
            .context("frontend/styles/order.txt")?;
        let mut styles = Vec::new();
        for name in
            order.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let text = std::fs::read_to_string(folder.join(name))
                .with_context(|| format!("frontend/styles/{name}, named by order.txt"))?;
            styles.push((name.to_owned(), text));
        }
        for entry in std::fs::read_dir(&folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".css") && !styles.iter().any(|(known, _)| *known == name) {
                bail!("frontend/styles/{name} is not named in order.txt");
            }
        }
        let mut public = BTreeMap::new();
        read_tree(&frontend.join("public"), "", &mut public)?;
        let mut texts = BTreeMap::new();
        read_tree(&frontend.join("locales"), "", &mut texts)?;
        let mut locales = BTreeMap::new();
        for (path, bytes) in texts {
            let texts = serde_json::from_slice(&bytes).with_context(|| path.clone())?;
            locales.insert(path.trim_end_matches(".json").to_owned(), texts);
        }
        Ok(Self { template, styles, public, locales })
    }

    fn stamp(&self, profile: &str, wasm: &[u8]) -> String {
        let mut digest = Sha256::new();
        let mut add = |name: &str, bytes: &[u8]| {
            digest.update((name.len() as u64).to_le_bytes());
            digest.update(name);
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        };
        add("profile", profile.as_bytes());
        add("wasm", wasm);
        add("template", self.template.as_bytes());
        for (name, text) in &self.styles {
            add(name, text.as_bytes());
        }
        for (name, bytes) in &self.public {
            add(name, bytes);
        }
        for source in [
            include_str!("spa.rs"),
            include_str!("spa/compress.rs"),
            include_str!("spa/html.rs"),
            include_str!("spa/program.rs"),
            include_str!("spa/publish.rs"),
            include_str!("spa/style.rs"),
            include_str!("spa/start.js"),
        ] {
            add("xtask", source.as_bytes());
        }
        hex::encode(digest.finalize())
    }
}

fn read_tree(folder: &Path, prefix: &str, into: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            read_tree(&entry.path(), &format!("{path}/"), into)?;
        } else if !name.starts_with('.') {
            into.insert(path, std::fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// The finished files by path under `dist/`, and which of them the first page loads.
pub(crate) struct Made {
    files: BTreeMap<String, Vec<u8>>,
    first_load: Vec<String>,
}

impl Made {
    fn add_hashed(&mut self, name: &str, bytes: Vec<u8>) -> String {
        let path = hashed_path(name, &bytes);
        self.files.insert(path.clone(), bytes);
        path
    }
}

fn assemble(inputs: &Inputs, wasm: &[u8], stamp: &str, release: bool) -> Result<Made> {
    let mut made = Made { files: BTreeMap::new(), first_load: Vec::new() };
    let mut addresses = BTreeMap::new();
    for (path, bytes) in &inputs.public {
        if path.contains('/') {
            let hashed = made.add_hashed(path, bytes.clone());
            addresses.insert(path.clone(), hashed);
        } else {
            made.files.insert(path.clone(), bytes.clone());
        }
    }

    let (css, used) = style::bundle(&inputs.styles, &addresses)?;
    made.first_load.extend(used);
    let css = made.add_hashed("nq57.css", css.into_bytes());

    let program = program::make(wasm, stamp, release)?;
    let (wasm, bindgen) = (program.wasm, program.bindgen);
    made.files.extend(program.files);
    made.first_load.extend(program.imports.iter().cloned());
    let start = include_str!("spa/start.js")
        .replace("__BINDGEN__", &format!("/{bindgen}"))
        .replace("__WASM__", &format!("/{wasm}"))
        .replace("__LENGTH__", &program.wasm_length.to_string());
    let start = made.add_hashed("start.js", start.into_bytes());

    let page = html::Page {
        css: &css,
        start: &start,
        bindgen: &bindgen,
        wasm: &wasm,
        imports: &program.imports,
        addresses: &addresses,
        locales: &inputs.locales,
    };
    let home = page.render(&inputs.template, true)?;
    let named = addresses.values().filter(|address| home.contains(address.as_str()));
    made.first_load.extend(named.cloned());
    made.files.insert("home.html".to_owned(), home.into_bytes());
    let other = page.render(&inputs.template, false)?;
    made.files.insert("index.html".to_owned(), other.into_bytes());
    made.first_load.extend(["home.html".to_owned(), css, wasm, bindgen, start]);
    made.first_load.sort();
    made.first_load.dedup();
    Ok(made)
}

/// `icons/icons.svg` becomes `assets/icons-1a2b3c4d5e.svg`: a new content is a new address.
fn hashed_path(name: &str, bytes: &[u8]) -> String {
    let short = short_hash(bytes);
    let path = PathBuf::from(name);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    match path.extension() {
        Some(extension) => format!("assets/{stem}-{short}.{}", extension.to_string_lossy()),
        None => format!("assets/{stem}-{short}"),
    }
}

fn short_hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes)).chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hashed_path_keeps_name_and_extension_and_changes_with_the_content() {
        let one = hashed_path("icons/icons.svg", b"<svg/>");
        let two = hashed_path("icons/icons.svg", b"<svg></svg>");
        assert!(one.starts_with("assets/icons-") && one.ends_with(".svg"), "{one}");
        assert_ne!(one, two);
    }
}
