//! The verdicts of the eligibility check, kept for each version.

use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::Tx;
use nq57_shared::ids::{AccountId, ProductId};
use nq57_shared::products::workflow::EligibilityFacts;
use nq57_shared::products::{EligibilityItem, Verdict};
use nq57_shared::reference::ChecklistItem;
use nq57_shared::time::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

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
        .filter(Column::ProductId.eq(id))
        .filter(Column::Version.eq(version))
        .order_by_asc(Column::Code)
        .all(db)
        .await?;
    let recorded_at = rows.iter().map(|row| row.recorded_at).max();
    let item =
        |row: Model| EligibilityItem { code: row.code, verdict: row.verdict, note: row.note };
    Ok(Check { items: rows.into_iter().map(item).collect(), recorded_at })
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
    Entity::delete_many()
        .filter(Column::ProductId.eq(id))
        .filter(Column::Version.eq(version))
        .exec(tx)
        .await?;
    let row = |item: &EligibilityItem| Model {
        product_id: id,
        version,
        code: item.code.clone(),
        verdict: item.verdict,
        note: item.note.clone(),
        recorded_by: by,
        recorded_at: now,
    };
    let rows: Vec<ActiveModel> = items.iter().map(|item| row(item).into_active_model()).collect();
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
