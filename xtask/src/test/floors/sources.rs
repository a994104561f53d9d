//! What the sources say of imports: read as tokens, with re-exports followed to where a name is made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};

/// A module by its path below the crate.
pub type Module = Vec<String>;

/// Re-exports of re-exports that are followed.
const LONGEST_CHAIN: usize = 8;

/// The sources of one crate by module path.
pub struct Sources(pub BTreeMap<Module, Source>);

pub struct Source {
    /// What the module names by `crate::`, `super::` or `self::`, outside of its re-exports.
    paths: Vec<Module>,
    /// What it re-exports: its name here, and the path.
    exports: BTreeMap<String, Module>,
}

impl Source {
    pub fn read(module: &Module, known: &BTreeSet<Module>, text: &str) -> Result<Self> {
        let tokens: TokenStream =
            text.parse().map_err(|error| anyhow::anyhow!("{}: {error}", module.join("::")))?;
        let source = Self { paths: Vec::new(), exports: BTreeMap::new() };
        let mut reader = Reader { module, known, depth: 0, names: BTreeMap::new(), source };
        reader.read(tokens);
        Ok(reader.source)
    }
}

impl Sources {
    pub fn read(folder: &Path) -> Result<Self> {
        let mut texts = BTreeMap::new();
        read_folder(folder, &mut Vec::new(), &mut texts)?;
        let known: BTreeSet<Module> = texts.keys().cloned().collect();
        let mut sources = BTreeMap::new();
        for (module, text) in texts {
            let source = Source::read(&module, &known, &text)?;
            sources.insert(module, source);
        }
        Ok(Self(sources))
    }

    /// Which module imports which, with re-exports followed to where a name is made.
    pub fn imports(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        self.0
            .iter()
            .map(|(module, source)| {
                let named = source.paths.iter().filter_map(|path| self.home(path, 0));
                (module.clone(), named.filter(|home| home != module).collect())
            })
            .collect()
    }

    fn home(&self, path: &[String], depth: usize) -> Option<Module> {
        let ends = (0..=path.len()).rev();
        let (module, rest) = ends
            .filter_map(|end| path.split_at_checked(end))
            .find(|(module, _)| self.0.contains_key(*module))?;
        let exported = rest
            .split_first()
            .and_then(|(name, rest)| Some((self.0.get(module)?.exports.get(name)?, rest)));
        match exported {
            Some((target, rest)) if depth < LONGEST_CHAIN && target != path => {
                self.home(&[target.as_slice(), rest].concat(), depth + 1)
            }
            _ => Some(module.to_vec()),
        }
    }
}

fn read_folder(
    folder: &Path,
    above: &mut Module,
    texts: &mut BTreeMap<Module, String>,
) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
        if path.is_dir() {
            above.push(name.to_owned());
            read_folder(&path, above, texts)?;
            above.pop();
        } else if path.extension().is_some_and(|end| end == "rs") {
            let mut module = above.clone();
            if !matches!(name, "mod" | "lib") {
                module.push(name.to_owned());
            }
            let text =
                std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            texts.insert(module, text);
        }
    }
    Ok(())
}

/// Reads the tokens of one module.
struct Reader<'a> {
    module: &'a Module,
    known: &'a BTreeSet<Module>,
    /// How many modules of the file itself lie around what is read.
    depth: usize,
    /// Modules that were imported under a name: what is used of them counts, not the module.
    names: BTreeMap<String, Module>,
    source: Source,
}

impl Reader<'_> {
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at = match token {
                TokenTree::Punct(mark) if mark.as_char() == '#' && is_test(tokens.get(at + 1)) => {
                    after_item(&tokens, at + 2)
                }
                TokenTree::Ident(word) if word == "use" => {
                    let is_export = is_public(tokens.get(..at).unwrap_or_default());
                    self.take_use(&tokens, at + 1, is_export)
                }
                TokenTree::Ident(_) if begins_path(&tokens, at) && !follows_path(&tokens, at) => {
                    let (end, paths) = paths(&tokens, at, &[]);
                    self.note(paths.into_iter().map(|(path, _)| path));
                    end.max(at + 1)
                }
                TokenTree::Group(group) => {
                    let is_module = is_module(tokens.get(..at).unwrap_or_default());
                    self.depth += usize::from(is_module);
                    self.read(group.stream());
                    self.depth -= usize::from(is_module);
                    at + 1
                }
                _ => at + 1,
            };
        }
    }

    fn take_use(&mut self, tokens: &[TokenTree], at: usize, is_export: bool) -> usize {
        let (end, paths) = paths(tokens, at, &[]);
        for (mut path, alias) in paths {
            if path.last().is_some_and(|word| word == "self") {
                path.pop();
            }
            let name = alias.or_else(|| path.last().cloned());
            let (Some(name), Some(path)) = (name, self.absolute(&path)) else { continue };
            if is_export {
                self.source.exports.insert(name, path);
            } else if self.known.contains(&path) {
                self.names.insert(name, path);
            } else {
                self.source.paths.push(path);
            }
        }
        end.max(at)
    }

    fn note(&mut self, paths: impl Iterator<Item = Module>) {
        let found: Vec<Module> = paths.filter_map(|path| self.absolute(&path)).collect();
        self.source.paths.extend(found);
    }

    /// The path from the root of the crate; nothing for what belongs to another crate.
    fn absolute(&self, path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([self.module.as_slice(), rest].concat()),
            "super" => {
                let ups = path.iter().take_while(|word| *word == "super").count();
                let above = self.module.len().checked_sub(ups.checked_sub(self.depth)?)?;
                Some([self.module.get(..above)?, path.get(ups..)?].concat())
            }
            name => {
                let child = [self.module.as_slice(), &[name.to_owned()]].concat();
                let named = self.names.get(name).cloned();
                let module = named.or_else(|| self.known.contains(&child).then_some(child))?;
                Some([module, rest.to_vec()].concat())
            }
        }
    }
}

/// `[cfg(test)]` after a `#`.
fn is_test(attribute: Option<&TokenTree>) -> bool {
    attribute.is_some_and(|token| token.to_string().replace(' ', "") == "[cfg(test)]")
}

/// Behind the item that begins here: its braces or its semicolon.
fn after_item(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == proc_macro2::Delimiter::Brace,
        TokenTree::Punct(mark) => mark.as_char() == ';',
        _ => false,
    };
    let rest = tokens.get(from..).unwrap_or_default();
    rest.iter().position(ends).map_or(tokens.len(), |place| from + place + 1)
}

/// Whether a visibility stands at the end of these tokens.
fn is_public(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(word)] => word == "pub",
        [.., TokenTree::Ident(word), TokenTree::Group(_)] => word == "pub",
        _ => false,
    }
}

/// Whether `mod name` stands at the end of these tokens.
fn is_module(before: &[TokenTree]) -> bool {
    matches!(before, [.., TokenTree::Ident(word), TokenTree::Ident(_)] if word == "mod")
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let is_colon =
        |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
    is_colon(at) && is_colon(at + 1)
}

fn begins_path(tokens: &[TokenTree], at: usize) -> bool {
    is_colons(tokens, at + 1)
}

fn follows_path(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && is_colons(tokens, at - 2)
}

/// The paths of a tree like `a::{b, c as d}` that begins here, each with its alias, and where it ends.
fn paths(
    tokens: &[TokenTree],
    mut at: usize,
    above: &[String],
) -> (usize, Vec<(Module, Option<String>)>) {
    let mut path = above.to_vec();
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(word)) => {
                path.push(word.to_string());
                at += 1;
            }
            Some(TokenTree::Group(group)) if group.delimiter() == proc_macro2::Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut found = Vec::new();
                let mut place = 0;
                while place < inner.len() {
                    let (end, more) = paths(&inner, place, &path);
                    found.extend(more);
                    // Over the comma.
                    place = end.max(place) + 1;
                }
                return (at + 1, found);
            }
            _ => return (at, vec![(path, None)]),
        }
        if is_colons(tokens, at) {
            at += 2;
            continue;
        }
        let alias = match (tokens.get(at), tokens.get(at + 1)) {
            (Some(TokenTree::Ident(word)), Some(TokenTree::Ident(alias))) if word == "as" => {
                at += 2;
                Some(alias.to_string())
            }
            _ => None,
        };
        return (at, vec![(path, alias)]);
    }
}
