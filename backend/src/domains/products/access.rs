//! Who is asking: how the caller stands to a product, and what follows for decisions and for what is shown.

use nq57_platform::casework;
use nq57_platform::error::ApiResult;
use nq57_shared::access::policy::products::{PanelStanding, ProductAction, may};
use nq57_shared::access::{Actor, Decision, Role};
use nq57_shared::products::workflow::Holder;
use nq57_shared::time::Timestamp;
use sea_orm::ConnectionTrait;

use super::authors;
use super::store::ProductRecord;
use super::subject::{PANEL_CHAIR, PANEL_MEMBER};

/// What the caller may do with a product and see of it.
pub(super) struct ProductAccess<'a> {
    actor: &'a Actor,
    product: &'a ProductRecord,
    panel: PanelStanding,
}

impl<'a> ProductAccess<'a> {
    /// Finds out how the caller stands to the product. Asks the database only for officials.
    pub async fn of(
        db: &impl ConnectionTrait,
        actor: &'a Actor,
        product: &'a ProductRecord,
    ) -> ApiResult<Self> {
        let panel = standing_of(db, actor, product).await?;
        Ok(Self { actor, product, panel })
    }

    /// What the policy says.
    pub fn may(&self, action: ProductAction) -> Decision {
        may(self.actor, action, Some(&self.product.subject(self.panel)))
    }

    /// Whether the caller reads what was sent last in the place of the text that its submitter is completing.
    pub fn reads_what_was_sent(&self) -> bool {
        !self.is_own() && self.product.holds_unsent_text()
    }

    /// Whether it is the caller's own submission.
    pub fn is_own(&self) -> bool {
        self.product.is_own(self.actor)
    }

    /// Whether the caller may know what happens inside of evaluations: not the submitter, not the recused.
    fn sees_inside(&self) -> bool {
        !self.is_own() && !self.panel.is_recused
    }

    /// The revision as the caller sees it.
    pub fn revision(&self) -> i64 {
        match self.sees_inside() {
            true => self.product.revision + self.product.changes_inside,
            false => self.product.revision,
        }
    }

    /// Who has it and until when, as the caller is told.
    pub fn assignment(&self) -> (Option<Holder>, Option<Timestamp>) {
        match self.sees_inside() {
            true => (self.product.holder, self.product.due_at),
            false => self.product.told_assignment(),
        }
    }
}

/// How the actor stands to those who judge the product. Asks the database only for officials.
pub async fn standing_of(
    db: &impl ConnectionTrait,
    actor: &Actor,
    product: &ProductRecord,
) -> ApiResult<PanelStanding> {
    let Some(account) = actor.account().filter(|account| !account.grants.is_empty()) else {
        return Ok(PanelStanding::default());
    };
    // A seat outlives the role for which it was given, and is worth nothing beyond what the role reaches.
    let scope = product.scope();
    let may_sit =
        [Role::Evaluator, Role::PanelChair].into_iter().any(|role| actor.has_role_for(role, scope));
    let standing = casework::standing_of(db, product.id.0, account.id).await?;
    // What is one's own needs no further look.
    let is_own = product.is_own(actor);
    let mut is_recused = standing.is_recused || (standing.is_author && !is_own);
    if !is_recused && !is_own {
        is_recused = authors::departed(db, product).await?.contains(&account.id);
    }
    Ok(PanelStanding {
        is_on_panel: may_sit && standing.plays(PANEL_MEMBER) && !standing.is_recused,
        is_recused,
        judges: standing.plays(casework::JUDGE) || standing.plays(PANEL_CHAIR),
    })
}
