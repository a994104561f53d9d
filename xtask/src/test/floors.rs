//! Who may import whom. A knot of files that all reach each other is bounded, and what stands lower names
//! nothing that stands higher. Read from the sources, not from the compiler: modules of one crate have no
//! other border.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use proc_macro2::{TokenStream, TokenTree};

use super::Tally;
use crate::workspace::Workspace;

/// The crates whose modules are looked at.
const CRATES: [&str; 4] = ["shared", "backend", "frontend", "xtask"];

/// Re-exports of re-exports that are followed.
const LONGEST_CHAIN: usize = 8;

/// So many files may reach each other in a circle: those in which products and evaluations ask each other.
const LARGEST_KNOT: usize = 11;

/// The floors of the server, from below. A module imports from its own floor and from lower ones. What is not
/// named stands on top and is imported by nobody below.
const SERVER: &[&[&str]] = &[
    // Knows nothing else of the server.
    &["config", "clock", "error", "access", "persistence"],
    // The platform: names no domain.
    &[
        "state",
        "registry",
        "jobs",
        "http",
        "mail",
        "files",
        "outbox",
        "audit",
        "notifications",
        "reference",
        "clocks",
        "site",
        "tracking",
    ],
    // Who somebody is.
    &["accounts", "organisations", "administration"],
    // Domains.
    &["products", "evaluations"],
    // Knows everything.
    &["demo", "migrations", "slices", "app", "server", "data_folder", "cli", "main"],
];

/// A module by its path below the crate.
type Module = Vec<String>;

pub fn check(workspace: &Workspace) -> Result<Tally> {
    let mut failures = Vec::new();
    for name in CRATES {
        let files = Sources::read(&workspace.path(&format!("{name}/src")))?;
        let imports = files.imports();
        for knot in knots(&imports) {
            if knot.len() > LARGEST_KNOT {
                let names: Vec<String> = knot.iter().map(|module| module.join("::")).collect();
                failures.push(format!(
                    "{name}: {} modules import each other in a circle, {LARGEST_KNOT} may: {}",
                    knot.len(),
                    names.join(", ")
                ));
            }
        }
        if name == "backend" {
            failures.extend(against_the_floors(&imports));
        }
    }
    if failures.is_empty() { Ok(Tally::ONE) } else { bail!("{}", failures.join("\n")) }
}

/// Imports that lead upwards.
fn against_the_floors(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    let floor = |module: &Module| {
        let top = module.first().map(String::as_str).unwrap_or("main");
        SERVER.iter().position(|names| names.contains(&top))
    };
    let mut found = Vec::new();
    for (from, to) in imports.iter().flat_map(|(from, all)| all.iter().map(move |to| (from, to))) {
        match (floor(from), floor(to)) {
            (Some(lower), Some(upper)) if upper > lower => found.push(format!(
                "{} may not import {}: hand it in through the registry, or move it down",
                from.join("::"),
                to.join("::")
            )),
            (None, _) => found.push(format!("{} stands on no floor", from.join("::"))),
            _ => {}
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The sources of one crate by module path.
struct Sources(BTreeMap<Module, Source>);

struct Source {
    /// What the module names by `crate::`, `super::` or `self::`, outside of its re-exports.
    paths: Vec<Module>,
    /// What it re-exports: its name here, and the path.
    exports: BTreeMap<String, Module>,
}

impl Source {
    fn read(module: &Module, known: &BTreeSet<Module>, text: &str) -> Result<Self> {
        let tokens: TokenStream =
            text.parse().map_err(|error| anyhow::anyhow!("{}: {error}", module.join("::")))?;
        let source = Self { paths: Vec::new(), exports: BTreeMap::new() };
        let mut reader = Reader { module, known, depth: 0, names: BTreeMap::new(), source };
        reader.read(tokens);
        Ok(reader.source)
    }
}

impl Sources {
    fn read(folder: &Path) -> Result<Self> {
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
    fn imports(&self) -> BTreeMap<Module, BTreeSet<Module>> {
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

/// Groups of modules that all reach each other, by Kosaraju: those from which a module can be reached are
/// collected backwards in the order in which walks forwards have ended.
fn knots(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<Vec<Module>> {
    let mut importers: BTreeMap<&Module, Vec<&Module>> = BTreeMap::new();
    for (from, all) in imports {
        for to in all {
            importers.entry(to).or_default().push(from);
        }
    }
    let forwards =
        |module: &Module| -> Vec<&Module> { imports.get(module).into_iter().flatten().collect() };
    let mut ended = Vec::new();
    let mut seen = BTreeSet::new();
    for module in imports.keys() {
        walk(module, &forwards, &mut seen, &mut ended);
    }
    let backwards = |module: &Module| importers.get(module).cloned().unwrap_or_default();
    let mut seen = BTreeSet::new();
    ended
        .iter()
        .rev()
        .map(|module| {
            let mut knot = Vec::new();
            walk(module, &backwards, &mut seen, &mut knot);
            knot.into_iter().cloned().collect()
        })
        .filter(|knot: &Vec<Module>| !knot.is_empty())
        .collect()
}

/// Walks to what has not been seen, and notes each module once everything behind it is noted.
fn walk<'a>(
    module: &'a Module,
    next: &impl Fn(&Module) -> Vec<&'a Module>,
    seen: &mut BTreeSet<&'a Module>,
    ended: &mut Vec<&'a Module>,
) {
    if seen.insert(module) {
        for further in next(module) {
            walk(further, next, seen, ended);
        }
        ended.push(module);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(path: &str) -> Module {
        path.split("::").filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    fn sources(texts: &[(&str, &str)]) -> Sources {
        let known: BTreeSet<Module> = texts.iter().map(|(path, _)| module(path)).collect();
        let read = |(path, text): &(&str, &str)| {
            let module = module(path);
            let source = Source::read(&module, &known, text).expect("tokens");
            (module, source)
        };
        Sources(texts.iter().map(read).collect())
    }

    #[test]
    fn imports_are_followed_through_re_exports_and_tests_are_passed_over() {
        let sources = sources(&[
            ("files", "mod store; pub use store::{Belongs, find as look_up};"),
            (
                "files::store",
                "use super::table::Row; // use crate::ghost;\nfn f() { crate::state::of(); }",
            ),
            ("files::table", ""),
            ("ghost", ""),
            (
                "products",
                "use crate::files::{look_up, Belongs as B};\n#[cfg(test)]\nmod tests { use crate::ghost; }",
            ),
            ("state", "pub fn of() { \"crate::ghost\"; }"),
        ]);
        let imports = sources.imports();
        assert_eq!(imports[&module("products")], BTreeSet::from([module("files::store")]));
        let of_store = BTreeSet::from([module("files::table"), module("state")]);
        assert_eq!(imports[&module("files::store")], of_store);
        assert_eq!(imports[&module("files")], BTreeSet::new());
    }

    #[test]
    fn a_circle_is_one_knot_and_what_only_leads_there_is_none_of_it() {
        let sources = sources(&[
            ("a", "use crate::b; fn f() { b::g(); }"),
            ("b", "use crate::c::C;"),
            ("c", "mod inner { use super::super::a::f; }"),
            ("d", "use crate::a::f;"),
        ]);
        let mut sizes: Vec<usize> = knots(&sources.imports()).iter().map(Vec::len).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 3]);
    }

    #[test]
    fn an_import_from_a_higher_floor_is_named() {
        let sources = sources(&[
            ("persistence", "use crate::products::find;"),
            ("products", "use crate::persistence; pub fn find() {}"),
        ]);
        let found = against_the_floors(&sources.imports());
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("persistence may not import products"), "{}", found[0]);
    }
}
