//! Who may import whom. A knot of files that all reach each other is bounded, and what stands lower names
//! nothing that stands higher. Read from the sources, not from the compiler: modules of one crate have no
//! other border.

mod sources;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use self::sources::{Module, Sources};
use super::Tally;
use crate::workspace::Workspace;

/// The crates whose modules are looked at, each with its floors from below. A module imports from its own
/// floor and from lower ones.
const CRATES: [(&str, &[&[&str]]); 7] = [
    ("shared/core", &[]),
    ("shared", &[]),
    ("backend/platform", PLATFORM),
    ("backend", SERVER),
    ("frontend/ui", &[]),
    ("frontend", &[]),
    ("xtask", &[]),
];

/// So many files may reach each other in a circle.
const LARGEST_KNOT: usize = 8;

/// Which domain may stand on which other one, and why. What the lower one must know of the higher is data on its
/// own row, or follows from listening.
const BETWEEN_DOMAINS: &[(&str, &str, &str)] =
    &[("evaluations", "products", "an evaluation is about a product")];

/// What the domains stand on. That it names none of them holds by itself: it is a crate below theirs.
const PLATFORM: &[&[&str]] = &[
    // Knows nothing else of the server.
    &[
        "config",
        "clock",
        "error",
        "access",
        "canonical",
        "markdown",
        "persistence",
        "subject",
        "turns",
    ],
    &[
        "state",
        "registry",
        "jobs",
        "http",
        "mail",
        "files",
        "outbox",
        "audit",
        "casework",
        "feed",
        "notifications",
        "reference",
        "site",
        "tracking",
    ],
];

/// What stands on the platform.
const SERVER: &[&[&str]] = &[
    // Who somebody is.
    &["identity"],
    &["domains"],
    // Knows everything.
    &["demo", "migrations", "slices", "app", "server", "spa", "data_folder", "pull", "cli", "main"],
];

pub fn check(workspace: &Workspace) -> Result<Tally> {
    let mut failures = Vec::new();
    for (name, floors) in CRATES {
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
        if !floors.is_empty() {
            failures.extend(against_the_floors(floors, &imports));
        }
        failures.extend(between_domains(&imports));
    }
    if failures.is_empty() { Ok(Tally::ONE) } else { bail!("{}", failures.join("\n")) }
}

/// Imports that lead upwards.
fn against_the_floors(
    floors: &[&[&str]],
    imports: &BTreeMap<Module, BTreeSet<Module>>,
) -> Vec<String> {
    let floor = |module: &Module| {
        let top = module.first().map(String::as_str).unwrap_or("main");
        floors.iter().position(|names| names.contains(&top))
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

/// Imports from one domain to another that nobody has allowed.
fn between_domains(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    let domain = |module: &Module| match module.as_slice() {
        [folder, domain, ..] if folder == "domains" => Some(domain.clone()),
        _ => None,
    };
    let is_allowed = |from: &str, to: &str| {
        from == to || BETWEEN_DOMAINS.iter().any(|(above, below, _)| (from, to) == (*above, *below))
    };
    let pairs = imports.iter().flat_map(|(from, all)| all.iter().map(move |to| (from, to)));
    let found: BTreeSet<String> = pairs
        .filter_map(|(from, to)| Some((domain(from)?, domain(to)?, from)))
        .filter(|(above, below, _)| !is_allowed(above, below))
        .map(|(above, below, module)| {
            format!(
                "{}: {above} may not stand on {below}: let it listen, or say why in BETWEEN_DOMAINS",
                module.join("::")
            )
        })
        .collect();
    found.into_iter().collect()
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
    use super::sources::Source;
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
            ("identity", "use crate::domains::products::find;"),
            ("domains::products", "use crate::identity; pub fn find() {}"),
        ]);
        let found = against_the_floors(SERVER, &sources.imports());
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("identity may not import domains::products"), "{}", found[0]);
    }

    #[test]
    fn a_domain_stands_on_another_only_where_that_is_allowed() {
        let sources = sources(&[
            ("domains::products", "use crate::domains::evaluations::close;"),
            ("domains::evaluations", "use crate::domains::products::find; pub fn close() {}"),
        ]);
        let found = between_domains(&sources.imports());
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("products may not stand on evaluations"), "{}", found[0]);
    }
}
