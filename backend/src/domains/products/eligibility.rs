//! The verdicts of the eligibility check, kept for each version.

use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::ids::{AccountId, ProductId};
use nq57_shared::products::workflow::EligibilityFacts;
use nq57_shared::products::{EligibilityItem, Verdict};
use nq57_shared::reference::ChecklistItem;
use nq57_shared::time::Timestamp;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};

use super::store::{known, to_column};
use super::table::eligibility::{ActiveModel, Column, Entity, Model};

/// The verdicts on one version.
#[derive(Default)]
pub(super) struct Check {
    pub items: Vec<EligibilityItem>,
    pub recorded_at: Option<Timestamp>,
}

impl Check {
    /// The verdict on this question, if there is one.
    pub fn verdict(&self, code: &str) -> Option<&'static str> {
        let item = self.items.iter().find(|item| item.code == code)?;
        Some(item.verdict.as_str())
    }

    /// Whether every question of the checklist has its verdict.
    pub fn is_complete(&self, checklist: &[ChecklistItem]) -> bool {
        checklist.iter().all(|asked| self.items.iter().any(|item| item.code == asked.code))
    }

    /// What the workflow needs to know.
    pub fn facts(&self, checklist: &[ChecklistItem]) -> EligibilityFacts {
        let any = |verdict| self.items.iter().any(|item| item.verdict == verdict);
        EligibilityFacts {
            complete: self.is_complete(checklist),
            any_fail: any(Verdict::Fail),
            any_ask: any(Verdict::Ask),
        }
    }
}

/// The verdicts on this version, by code.
pub(super) async fn load(
    db: &impl ConnectionTrait,
    id: ProductId,
    version: u32,
) -> ApiResult<Check> {
    let rows = Entity::find()
        .filter(Column::ProductId.eq(id.0))
        .filter(Column::Version.eq(to_column(version)?))
        .order_by_asc(Column::Code)
        .all(db)
        .await?;
    let recorded_at = rows.iter().map(|row| row.recorded_at).max();
    let items: ApiResult<Vec<EligibilityItem>> = rows.into_iter().map(item).collect();
    Ok(Check { items: items?, recorded_at })
}

fn item(row: Model) -> ApiResult<EligibilityItem> {
    Ok(EligibilityItem {
        verdict: known(Verdict::parse(&row.verdict), &row.verdict)?,
        code: row.code,
        note: row.note,
    })
}

/// Puts these verdicts in the place of those before.
pub(super) async fn replace(
    tx: &Tx,
    id: ProductId,
    version: u32,
    items: &[EligibilityItem],
    by: Option<AccountId>,
    now: Timestamp,
) -> ApiResult<()> {
    let version = to_column(version)?;
    Entity::delete_many()
        .filter(Column::ProductId.eq(id.0))
        .filter(Column::Version.eq(version))
        .exec(tx)
        .await?;
    let rows = items.iter().map(|item| ActiveModel {
        product_id: Set(id.0),
        version: Set(version),
        code: Set(item.code.clone()),
        verdict: Set(item.verdict.as_str().to_owned()),
        note: Set(item.note.clone()),
        recorded_by: Set(by.map(|account| account.0)),
        recorded_at: Set(now),
    });
    let rows: Vec<ActiveModel> = rows.collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// After an answer of the submitter: what was judged stands, what was asked is open again.
pub(super) async fn carry_over(
    tx: &Tx,
    id: ProductId,
    from: u32,
    to: u32,
    now: Timestamp,
) -> ApiResult<()> {
    let mut check = load(tx, id, from).await?;
    check.items.retain(|item| item.verdict != Verdict::Ask);
    replace(tx, id, to, &check.items, None, now).await
}
