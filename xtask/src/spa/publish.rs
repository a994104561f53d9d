//! Puts the finished files into `dist/` while a server may be reading it.
//! Refuses to leave a page that names a missing file: new files come first, pages next, stale ones go last.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};

use super::{Made, compress};

/// Writes all, with `.br` and `.gz` beside what shrinks; gives the bytes sent for the first load.
pub fn publish(made: &Made, dist: &Path, release: bool) -> Result<BTreeMap<String, u64>> {
    let mut wanted = BTreeSet::from([".gitkeep".to_owned()]);
    let mut sent = BTreeMap::new();
    let (pages, files): (Vec<_>, Vec<_>) =
        made.files.iter().partition(|(path, _)| path.ends_with(".html"));
    for (path, bytes) in files.into_iter().chain(pages) {
        let mut length = bytes.len();
        if compress::is_shrinking(path) {
            let small = compress::brotli(bytes, release)?;
            length = small.len();
            replace(dist, &format!("{path}.br"), &small, &mut wanted)?;
            replace(dist, &format!("{path}.gz"), &compress::gzip(bytes, release)?, &mut wanted)?;
        }
        replace(dist, path, bytes, &mut wanted)?;
        if made.first_load.contains(path) {
            sent.insert(path.clone(), length as u64);
        }
    }
    remove_stale(dist, "", &wanted)?;
    Ok(sent)
}

fn replace(dist: &Path, path: &str, bytes: &[u8], wanted: &mut BTreeSet<String>) -> Result<()> {
    let file = dist.join(path);
    let folder = file.parent().unwrap_or(dist);
    std::fs::create_dir_all(folder)?;
    let fresh = folder.join(".new");
    std::fs::write(&fresh, bytes).with_context(|| fresh.display().to_string())?;
    std::fs::rename(&fresh, &file).with_context(|| file.display().to_string())?;
    wanted.insert(path.to_owned());
    Ok(())
}

fn remove_stale(dist: &Path, prefix: &str, wanted: &BTreeSet<String>) -> Result<()> {
    for entry in std::fs::read_dir(dist.join(prefix))? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            remove_stale(dist, &format!("{path}/"), wanted)?;
            let _only_if_empty = std::fs::remove_dir(entry.path());
        } else if !wanted.contains(&path) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(css: &str) -> Made {
        let files = [("index.html", "<p>"), (css, "a{}"), ("robots.txt", "x")];
        Made {
            files: files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
                .collect(),
            first_load: vec![css.to_owned()],
        }
    }

    #[test]
    fn a_second_bundle_replaces_the_first_and_keeps_the_folder_marker() {
        let dist = tempfile::tempdir().unwrap();
        std::fs::write(dist.path().join(".gitkeep"), "").unwrap();
        publish(&made("assets/nq57-1.css"), dist.path(), false).unwrap();
        let sent = publish(&made("assets/nq57-2.css"), dist.path(), false).unwrap();
        assert!(sent.contains_key("assets/nq57-2.css"));
        let there = |path: &str| dist.path().join(path).is_file();
        assert!(
            there(".gitkeep")
                && there("index.html")
                && there("index.html.br")
                && there("robots.txt.gz")
        );
        assert!(there("assets/nq57-2.css.br"));
        assert!(
            !there("assets/nq57-1.css") && !there("assets/nq57-1.css.gz") && !there("assets/.new")
        );
    }
}
