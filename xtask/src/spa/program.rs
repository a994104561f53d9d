//! cargo's `.wasm` made ready for browsers: split at `#[lazy]`, bound by wasm-bindgen, named by its content.
//! The split is never left out: a page behind `#[lazy]` stays blank without it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use super::{read_tree, short_hash};

const SPLIT_LINK: &str = "link.js";

/// The files by path under `dist/`, and which of them have a part to play.
pub struct Program {
    pub files: BTreeMap<String, Vec<u8>>,
    pub wasm: String,
    pub wasm_length: usize,
    /// The module that wasm-bindgen wrote.
    pub bindgen: String,
    /// What the module imports at once.
    pub imports: Vec<String>,
}

/// All files of one program carry one hash, since they name each other.
pub fn make(wasm: &[u8], stamp: &str, release: bool) -> Result<Program> {
    let hash = short_hash(stamp.as_bytes());
    let folder = tempfile::tempdir()?;
    let parts = folder.path().join("parts");
    let main = folder.path().join("nq57.wasm");
    let (bindgen, link) = (format!("nq57-{hash}.js"), format!("link-{hash}.js"));
    let split = split(wasm, &parts, &main, &bindgen)?;

    let bound = folder.path().join("bound");
    Bindgen::new()
        .input_path(&main)
        .out_name("nq57")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .keep_lld_exports(true)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(&bound)
        .context("wasm-bindgen")?;

    let mut program = Program {
        files: BTreeMap::new(),
        wasm: format!("assets/nq57-{hash}.wasm"),
        wasm_length: 0,
        bindgen: format!("assets/{bindgen}"),
        imports: Vec::new(),
    };
    let main = std::fs::read(bound.join("nq57_bg.wasm"))?;
    program.wasm_length = main.len();
    program.files.insert(program.wasm.clone(), main);
    let mut javascript = std::fs::read_to_string(bound.join("nq57.js"))?;
    if split.is_empty() {
        program.files.insert(program.bindgen.clone(), javascript.into_bytes());
    } else {
        javascript =
            javascript.replace(&format!("from \"./{SPLIT_LINK}\""), &format!("from \"./{link}\""));
        program.files.insert(program.bindgen.clone(), javascript.into_bytes());
        let mut loaders = std::fs::read_to_string(parts.join(SPLIT_LINK))?;
        for part in split {
            let name = format!("{}-{hash}.wasm", stem_of(&part));
            loaders = loaders.replace(&format!("\"./{part}\""), &format!("\"./{name}\""));
            let bytes = std::fs::read(parts.join(&part))?;
            let bytes =
                if release { without_custom_sections(&bytes).context(part)? } else { bytes };
            program.files.insert(format!("assets/{name}"), bytes);
        }
        let link = format!("assets/{link}");
        program.files.insert(link.clone(), loaders.into_bytes());
        program.imports.push(link);
    }
    let snippets = bound.join("snippets");
    if snippets.is_dir() {
        // JavaScript that crates bring along; its folders carry a hash already.
        read_tree(&snippets, "assets/snippets/", &mut program.files)?;
    }
    Ok(program)
}

/// Writes the main part and the lazy ones; gives the names of the latter.
fn split(wasm: &[u8], parts: &Path, main: &Path, bindgen: &str) -> Result<Vec<String>> {
    let main_module = format!("./{bindgen}");
    let link_name = format!("./{SPLIT_LINK}");
    let mut options = wasm_split_cli_support::Options::new(wasm);
    options.output_dir = parts;
    options.main_out_path = main;
    options.link_name = &link_name;
    options.main_module = &main_module;
    let made = wasm_split_cli_support::transform(options)
        .map_err(|report| anyhow!("{report:#}"))
        .context("splitting the program")?;
    let names = made.split_modules.iter().filter_map(|path| path.file_name());
    Ok(names.map(|name| name.to_string_lossy().into_owned()).collect())
}

fn stem_of(file: &str) -> &str {
    file.strip_suffix(".wasm").unwrap_or(file)
}

/// Names of functions and the like, which no browser needs.
fn without_custom_sections(wasm: &[u8]) -> Result<Vec<u8>> {
    let (head, mut rest) = wasm.split_at_checked(8).context("no WebAssembly")?;
    let mut out = head.to_vec();
    while let Some((kind, after)) = rest.split_first() {
        let (length, body) = read_length(after).context("a section without a length")?;
        let whole = 1 + after.len() - body.len() + length;
        let (section, next) = rest.split_at_checked(whole).context("a section is cut off")?;
        if *kind != 0 {
            out.extend_from_slice(section);
        }
        rest = next;
    }
    Ok(out)
}

/// An unsigned LEB128, and what stands behind it.
fn read_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_usize;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return bytes.get(index + 1..).map(|rest| (value, rest));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_sections_go_and_the_others_stay() {
        let head = *b"\0asm\x01\0\0\0";
        let custom = [0, 3, 1, b'n', 7];
        let types = [1, 1, 0];
        let wasm = [head.as_slice(), &custom, &types, &custom].concat();
        assert_eq!(without_custom_sections(&wasm).unwrap(), [head.as_slice(), &types].concat());
        assert!(without_custom_sections(&[head.as_slice(), &[1, 9, 0]].concat()).is_err());
        assert_eq!(read_length(&[0x80, 0x01, 5]), Some((128, [5].as_slice())));
    }
}
