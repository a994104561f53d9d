//! The lists that come with the program, and their way into the tables. A list is written when its
//! file has changed; entries that administrators wrote stay as they are.

use nq57_core::reference::{ReferenceEntry, ReferenceList};
use sea_orm::DatabaseConnection;
use sha2::{Digest, Sha256};

use super::store;
use crate::clock::Clock;
use crate::error::{ApiError, ApiResult};
use crate::persistence::transaction;

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        /// File names and contents.
        const FILES: &[(&str, &str)] =
            &[ $( ($name, include_str!(concat!("../../reference/", $name, ".json"))), )+ ];
    };
}

shipped!(
    "agencies",
    "award_categories",
    "consents",
    "eligibility_checklist",
    "holidays",
    "provinces",
    "reason_codes",
    "rubrics",
    "sectors",
    "strategic_technologies",
    "trl",
);

/// Brings the tables up to the shipped lists. May run at every start and on several servers.
///
/// # Errors
/// Failures of the database.
pub async fn install(db: &DatabaseConnection, clock: &Clock) -> ApiResult<()> {
    let known = store::shipped_digests(db).await?;
    for (name, text) in FILES {
        let digest = hex::encode(Sha256::digest(text.as_bytes()));
        if known.get(*name) == Some(&digest) {
            continue;
        }
        let list = read(text)?;
        transaction::write(db, async |tx| store::install(tx, clock.now(), &list, &digest).await)
            .await?;
        tracing::info!(list = list.list, version = list.version, "reference list loaded");
    }
    Ok(())
}

fn read(text: &str) -> ApiResult<ReferenceList> {
    let mut list: ReferenceList = serde_json::from_str(text).map_err(ApiError::internal)?;
    list.entries.sort_by(order);
    Ok(list)
}

/// Entries as they are offered: by their number, then by their code.
pub(super) fn order(a: &ReferenceEntry, b: &ReferenceEntry) -> std::cmp::Ordering {
    (a.sort, &a.code).cmp(&(b.sort, &b.code))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::reference::Snapshot;

    fn snapshot() -> Snapshot {
        let lists = FILES.iter().map(|(_, text)| (read(text).expect("a list"), 1)).collect();
        Snapshot::new(lists)
    }

    #[test]
    fn every_file_of_the_folder_is_shipped_under_its_name() {
        let folder =
            std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/reference")).expect("a folder");
        let files: BTreeSet<String> = folder
            .map(|file| file.expect("a file").file_name().to_string_lossy().replace(".json", ""))
            .collect();
        let shipped: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(files, shipped);
        for (name, text) in FILES {
            assert_eq!(read(text).expect("a list").list, *name);
        }
    }

    #[test]
    fn codes_are_unique_and_both_languages_are_complete() {
        for (name, text) in FILES {
            let list = read(text).expect("a list");
            let codes: BTreeSet<&str> =
                list.entries.iter().map(|entry| entry.code.as_str()).collect();
            assert_eq!(codes.len(), list.entries.len(), "{name}");
            for entry in &list.entries {
                assert!(
                    !entry.name.vi.is_empty() && !entry.name.en.is_empty(),
                    "{name} {}",
                    entry.code
                );
                assert!(!entry.source.is_empty(), "{name} {}", entry.code);
                assert!(snapshot().accepts(name, entry), "{name} {} cannot be read", entry.code);
            }
        }
    }

    #[test]
    fn the_typed_lists_are_whole() {
        let snapshot = snapshot();
        let day = "2026-11-22".parse().expect("a day");
        assert_eq!(snapshot.list("provinces").map(|list| list.entries.len()), Some(34));
        assert!(!snapshot.checklist(day).is_empty());
        let rubrics = snapshot.rubrics(day);
        assert!(!rubrics.is_empty());
        for rubric in rubrics {
            let weights: u32 = rubric.criteria.iter().map(|criterion| criterion.weight).sum();
            assert_eq!(weights, 100, "{}", rubric.id);
        }
    }

    #[test]
    fn the_calendar_knows_tet_and_the_swapped_days() {
        let snapshot = snapshot();
        let calendar = snapshot.calendar();
        let day = |text: &str| text.parse().expect("a day");
        for off in [
            "2025-01-29",
            "2025-05-02",
            "2026-02-17",
            "2026-04-27",
            "2026-08-31",
            "2026-11-24",
            "2027-02-10",
        ] {
            assert!(!calendar.is_working_day(day(off)), "{off}");
        }
        for working in ["2025-04-26", "2026-01-10", "2026-08-22", "2026-11-25"] {
            assert!(calendar.is_working_day(day(working)), "{working}");
        }
    }
}
