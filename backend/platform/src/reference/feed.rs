//! Reference lists in the change feed: the lists, and each of their entries.

use std::collections::{BTreeSet, HashMap};

use nq57_core::language::Bilingual;
use nq57_core::reference::{ReferenceHead, ReferenceRecord};
use nq57_core::time::Timestamp;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::store::{object, rows_of, to_entry};
use super::table::{entry, list};
use crate::error::{ApiError, ApiResult};
use crate::feed::{self, Audiences, Entry, FeedType, Which, schema_of};
use crate::persistence::bounded;
use crate::persistence::transaction::Tx;

pub(super) const TYPES: &[FeedType] = &[LIST, ENTRY];

const LIST: FeedType = FeedType {
    name: "reference_list",
    schema: schema_of::<ReferenceHead>,
    is_public: true,
    has_province: false,
    project: |tx, which| Box::pin(lists(tx, which)),
};

/// Its objects are named `list/code`.
const ENTRY: FeedType = FeedType {
    name: "reference",
    schema: schema_of::<ReferenceRecord>,
    is_public: true,
    has_province: false,
    project: |tx, which| Box::pin(entries(tx, which)),
};

/// Puts the list into the feed, and those of its entries that are not as they were before.
pub(super) async fn put_list(
    tx: &Tx,
    now: Timestamp,
    name: &str,
    before: &[entry::Model],
) -> ApiResult<()> {
    let row = list::Entity::find_by_id(name).one(tx).await?.ok_or_else(ApiError::not_found)?;
    let before: HashMap<&str, &entry::Model> =
        before.iter().map(|entry| (entry.code.as_str(), entry)).collect();
    let mut all = Vec::new();
    for entry in rows_of(tx, name).await? {
        let is_same =
            before.get(entry.code.as_str()).is_some_and(|one| is_shown_alike(one, &entry));
        if !is_same {
            all.push(entry_of(&row, entry)?);
        }
    }
    all.push(list_of(row)?);
    feed::put(tx, now, all).await
}

/// Who wrote it last is nobody's business.
fn is_shown_alike(one: &entry::Model, other: &entry::Model) -> bool {
    *one == entry::Model { is_local: one.is_local, ..other.clone() }
}

fn list_of(row: list::Model) -> ApiResult<Entry> {
    let view = ReferenceHead {
        version: row.version,
        title: Bilingual { vi: row.title_vi, en: row.title_en },
        source: row.source,
        extra: object(&row.extra)?,
        list: row.list,
    };
    let at = (row.revision, row.updated_at);
    Entry::of(&LIST, view.list.clone(), Audiences::public(None), at, &view)
}

fn entry_of(list: &list::Model, row: entry::Model) -> ApiResult<Entry> {
    let id = format!("{}/{}", row.list, row.code);
    let view = ReferenceRecord { list: row.list.clone(), entry: to_entry(row)? };
    let at = (list.revision, list.updated_at);
    Entry::of(&ENTRY, id, Audiences::public(None), at, &view)
}

async fn lists(tx: &Tx, which: Which<'_>) -> ApiResult<Vec<Entry>> {
    let query = list::Entity::find().order_by_asc(list::Column::List);
    let rows = match which {
        Which::After(after, limit) => {
            query.filter(list::Column::List.gt(after.unwrap_or_default())).limit(limit)
        }
        Which::Locked(ids) => query.filter(list::Column::List.is_in(ids)).lock(LockType::Update),
    };
    rows.all(tx).await?.into_iter().map(list_of).collect()
}

async fn entries(tx: &Tx, which: Which<'_>) -> ApiResult<Vec<Entry>> {
    use entry::Column;
    let parts = |id: &str| {
        let (list, code) = id.split_once('/').unwrap_or((id, ""));
        (list.to_owned(), code.to_owned())
    };
    let query = entry::Entity::find().order_by_asc(Column::List).order_by_asc(Column::Code);
    let rows = match which {
        Which::After(after, limit) => {
            let (list, code) = parts(after.unwrap_or_default());
            let same = Condition::all().add(Column::List.eq(&list)).add(Column::Code.gt(code));
            let later = Condition::any().add(Column::List.gt(list)).add(same);
            query.filter(later).limit(limit).all(tx).await?
        }
        Which::Locked(ids) => {
            // Whoever changes an entry holds its list.
            let names: BTreeSet<String> = ids.iter().map(|id| parts(id).0).collect();
            let names: Vec<String> = names.into_iter().collect();
            lists(tx, Which::Locked(&names)).await?;
            named(tx, ids.iter().map(|id| parts(id))).await?
        }
    };
    let names: BTreeSet<&str> = rows.iter().map(|row| row.list.as_str()).collect();
    let lists = list::Entity::find().filter(list::Column::List.is_in(names)).all(tx).await?;
    let lists: HashMap<String, list::Model> =
        lists.into_iter().map(|row| (row.list.clone(), row)).collect();
    rows.into_iter()
        .filter_map(|row| lists.get(&row.list).map(|list| entry_of(list, row)))
        .collect()
}

async fn named(
    tx: &Tx,
    ids: impl Iterator<Item = (String, String)>,
) -> ApiResult<Vec<entry::Model>> {
    let found = bounded::look_up(ids, async |some| {
        let any = some.into_iter().fold(Condition::any(), |any, (list, code)| {
            any.add(
                Condition::all()
                    .add(entry::Column::List.eq(list))
                    .add(entry::Column::Code.eq(code)),
            )
        });
        Ok(entry::Entity::find().filter(any).all(tx).await?)
    });
    found.await
}
