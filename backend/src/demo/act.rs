//! Does what the plan says, by the same functions as requests: nothing here writes by itself.

use std::collections::HashMap;

use actix_web::web::Bytes;
use chrono::Duration;
use nq57_platform::audit::By;
use nq57_platform::casework;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::files::{self, Upload};
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::access::Actor;
use nq57_shared::evaluations::{
    ConflictAnswer, DeclareConflict, EvaluationMode, OnSiteVisit, OpenEvaluation, Recommend,
    RecommendedVerdict, RecordScoreSheet, Rubric, Score,
};
use nq57_shared::fold::fold;
use nq57_shared::ids::{EvaluationId, ProductId};
use nq57_shared::problem::ProblemCode;
use nq57_shared::products::{
    EligibilityItem, ProductEvent as On, ProductPatch, ProductState, RecordEligibility,
    RecordHonours, Verdict,
};
use nq57_shared::time::vietnam_date;
use serde_json::{Map, Value};

use super::content::{DemoProduct, Reviews, pick};
use super::people::Cast;
use super::picture;
use super::plan::{Deed, MEMBERS, Step};
use crate::domains::products::Change;
use crate::domains::{evaluations, products};

const RUBRIC: &str = "portal-2026";
/// The item of the checklist that gives cause to ask, and the one that fails.
const ASKED: &str = "evidence_of_maturity";
const FAILED: &str = "not_duplicate";
/// Working days that a panel has.
const PANEL_DAYS: u32 = 14;

/// What has been entered so far.
pub(super) struct Stage<'a> {
    state: &'a AppState,
    cast: &'a Cast,
    content: &'a [DemoProduct],
    reviews: &'a Reviews,
    products: HashMap<usize, ProductId>,
    /// The latest evaluation of each product.
    evaluations: HashMap<usize, EvaluationId>,
}

impl<'a> Stage<'a> {
    pub fn new(
        state: &'a AppState,
        cast: &'a Cast,
        content: &'a [DemoProduct],
        reviews: &'a Reviews,
    ) -> Self {
        Self {
            state,
            cast,
            content,
            reviews,
            products: HashMap::new(),
            evaluations: HashMap::new(),
        }
    }

    /// The product of a step, for messages.
    pub fn title(&self, step: &Step) -> &str {
        self.content.get(step.product).map(|entry| entry.draft.title.as_str()).unwrap_or_default()
    }

    /// Does the step, at the time of the state's clock. Files are to be kept after the commit.
    pub async fn perform(&mut self, tx: &Tx, step: &Step) -> ApiResult<Vec<Upload>> {
        match step.deed {
            Deed::Create => self.create(tx, step).await?,
            Deed::Attach => return self.attach(tx, step).await,
            Deed::Judge(verdict) => self.judge(tx, step, verdict).await?,
            Deed::Send(event) => self.send(tx, step, event).await?,
            Deed::Edit => self.edit(tx, step).await?,
            Deed::Open => self.open(tx, step).await?,
            Deed::Declare { member, has_conflict } => {
                self.declare(tx, step, member, has_conflict).await?;
            }
            Deed::Score { member, submits } => self.score(tx, step, member, submits).await?,
            Deed::Recommend => self.recommend(tx, step).await?,
            Deed::Visit => self.visit(tx, step).await?,
            Deed::Honour => self.honour(tx, step).await?,
        }
        Ok(Vec::new())
    }

    fn entry(&self, step: &Step) -> ApiResult<&'a DemoProduct> {
        self.content.get(step.product).ok_or_else(missing)
    }

    fn product(&self, step: &Step) -> ApiResult<ProductId> {
        self.products.get(&step.product).copied().ok_or_else(missing)
    }

    fn evaluation(&self, step: &Step) -> ApiResult<EvaluationId> {
        self.evaluations.get(&step.product).copied().ok_or_else(missing)
    }

    async fn create(&mut self, tx: &Tx, step: &Step) -> ApiResult<()> {
        let entry = self.entry(step)?;
        let (actor, organisation) = self.cast.submitter(entry)?;
        let mut draft = entry.draft.clone();
        // A list that is in force today may not have been on that day.
        let snapshot = self.state.reference.snapshot();
        let day = vietnam_date(self.state.clock.now());
        draft.strategic_technology = draft
            .strategic_technology
            .filter(|code| snapshot.is_valid("strategic_technologies", code, day));
        let by = By::actor(&actor);
        let description = products::render(&draft.description, None).await?;
        let product =
            products::begin(tx, self.state, by, &draft, &description, organisation).await?;
        self.products.insert(step.product, product.id);
        Ok(())
    }

    async fn attach(&self, tx: &Tx, step: &Step) -> ApiResult<Vec<Upload>> {
        let entry = self.entry(step)?;
        let (actor, _) = self.cast.submitter(entry)?;
        let lines = [
            "BIEN BAN NGHIEM THU (tai lieu minh hoa)".to_owned(),
            fold(&entry.draft.title),
            fold(&entry.draft.owner.name),
            "So lieu trong tai lieu nay do du an dat ra, khong co that.".to_owned(),
        ];
        let picture = picture::png(step.product).map_err(ApiError::internal)?;
        let contents = [
            ("Ảnh sản phẩm (minh họa).png", picture),
            ("Biên bản nghiệm thu (minh họa).pdf", picture::pdf(&lines)),
        ];
        let mut uploads = Vec::new();
        for (name, content) in contents {
            let upload = files::take(self.state, name, Bytes::from(content)).await?;
            let by = By::actor(&actor);
            products::attach(tx, self.state, by, self.product(step)?, &upload).await?;
            uploads.push(upload);
        }
        Ok(uploads)
    }

    async fn judge(&self, tx: &Tx, step: &Step, verdict: Verdict) -> ApiResult<()> {
        let officer = self.cast.actor("intake@nq57.example")?;
        let notes = &self.reviews.eligibility_notes;
        let (code, note) = match verdict {
            Verdict::Pass => (None, None),
            Verdict::Ask => (Some(ASKED), Some(pick(&notes.ask, step.product))),
            Verdict::Fail => (Some(FAILED), Some(pick(&notes.fail, step.product))),
        };
        let day = vietnam_date(self.state.clock.now());
        let checklist = self.state.reference.snapshot().checklist(day);
        let items = checklist.into_iter().map(|item| {
            let is_special = code == Some(item.code.as_str());
            EligibilityItem {
                code: item.code,
                verdict: if is_special { verdict } else { Verdict::Pass },
                note: note.filter(|_| is_special).map(str::to_owned),
            }
        });
        let body = RecordEligibility { items: items.collect() };
        let by = By::actor(&officer);
        products::record_eligibility(tx, self.state, by, self.product(step)?, None, &body).await?;
        Ok(())
    }

    async fn send(&self, tx: &Tx, step: &Step, event: On) -> ApiResult<()> {
        let actor = self.sender(step, event)?;
        let product_id = self.product(step)?;
        let reason = match event {
            // What was asked is answered to the officer; the text itself stays fit for the public.
            On::Submit if self.is_asked(tx, product_id).await? => {
                pick(&self.reviews.information_answers, step.product)
            }
            _ => self.reviews.reason(event, step.product),
        };
        let change = Change {
            product_id,
            event,
            reason: Some(reason).filter(|reason| !reason.is_empty()),
            seen: None,
        };
        products::change_state(tx, self.state, By::actor(&actor), change).await?;
        Ok(())
    }

    async fn is_asked(&self, tx: &Tx, id: ProductId) -> ApiResult<bool> {
        let product = products::find(tx, id).await?.ok_or_else(missing)?;
        Ok(product.state == ProductState::MoreInformation)
    }

    fn sender(&self, step: &Step, event: On) -> ApiResult<Actor> {
        match event {
            On::Submit | On::Revise | On::DiscardRevision | On::Withdraw => {
                Ok(self.cast.submitter(self.entry(step)?)?.0)
            }
            On::RequestInformation | On::MarkIneligible | On::Accept => {
                self.cast.actor("intake@nq57.example")
            }
            On::StartEvaluation | On::RequireOnSite | On::Recommend => {
                self.cast.actor("chair@nq57.example")
            }
            On::DecidePublish | On::DecideDecline | On::Publish | On::Suspend | On::Resume => {
                self.cast.actor("publisher@nq57.example")
            }
            On::VoidRecommendation | On::Expire => Ok(Actor::System),
        }
    }

    async fn edit(&self, tx: &Tx, step: &Step) -> ApiResult<()> {
        let (actor, _) = self.cast.submitter(self.entry(step)?)?;
        let id = self.product(step)?;
        let product = products::find(tx, id).await?.ok_or_else(missing)?;
        let addition = if product.state == ProductState::MoreInformation {
            pick(&self.reviews.information_additions, step.product).to_owned()
        } else {
            let day = vietnam_date(self.state.clock.now());
            format!(
                "Cập nhật tháng {}: thêm một nơi dùng, số liệu được đo lại.",
                day.format("%-m/%Y")
            )
        };
        let effect = format!("{}\n\n{addition}", product.draft.effect);
        let patch = Map::from_iter([("effect".to_owned(), Value::String(effect))]);
        let by = By::actor(&actor);
        products::edit(tx, self.state, by, id, None, (&ProductPatch(patch), None)).await?;
        Ok(())
    }

    async fn open(&mut self, tx: &Tx, step: &Step) -> ApiResult<()> {
        let chair = self.cast.actor("chair@nq57.example")?;
        let id = self.product(step)?;
        let mut member_ids = Vec::new();
        for member in 0..MEMBERS {
            let account = self.cast.member(member)?.account_id().ok_or_else(missing)?;
            // Who declared a conflict about an earlier version is asked no more.
            if !casework::standing_of(tx, id.0, account).await?.is_recused {
                member_ids.push(account);
            }
        }
        let snapshot = self.state.reference.snapshot();
        let today = vietnam_date(self.state.clock.now());
        let body = OpenEvaluation {
            rubric_id: RUBRIC.to_owned(),
            chair_id: chair.account_id().ok_or_else(missing)?,
            member_ids,
            quorum: 2,
            due_on: snapshot.calendar().add_working_days(today, PANEL_DAYS),
            mode: EvaluationMode::Online,
        };
        let by = By::actor(&chair);
        let evaluation = evaluations::open(tx, self.state, by, id, None, &body).await?;
        self.evaluations.insert(step.product, evaluation);
        Ok(())
    }

    async fn declare(
        &self,
        tx: &Tx,
        step: &Step,
        member: usize,
        has_conflict: bool,
    ) -> ApiResult<()> {
        let actor = self.cast.member(member)?;
        let account = actor.account_id().ok_or_else(missing)?;
        if casework::standing_of(tx, self.product(step)?.0, account).await?.is_recused {
            return Ok(());
        }
        let note = pick(&self.reviews.conflict_notes, step.product).to_owned();
        let body = if has_conflict {
            DeclareConflict { answer: ConflictAnswer::Declared, note: Some(note) }
        } else {
            DeclareConflict { answer: ConflictAnswer::None, note: None }
        };
        let by = By::actor(&actor);
        evaluations::declare(tx, self.state, by, self.evaluation(step)?, None, &body).await?;
        Ok(())
    }

    async fn score(&self, tx: &Tx, step: &Step, member: usize, submits: bool) -> ApiResult<()> {
        let actor = self.cast.member(member)?;
        let snapshot = self.state.reference.snapshot();
        let rubric = snapshot.rubric(RUBRIC).ok_or_else(missing)?;
        let is_good = self.entry(step)?.state != ProductState::Declined;
        let scores = scores(&rubric, self.reviews, step.product * MEMBERS + member, is_good);
        let body = RecordScoreSheet { scores, submit: submits };
        let by = By::actor(&actor);
        evaluations::record_sheet(tx, self.state, by, self.evaluation(step)?, None, &body).await?;
        Ok(())
    }

    async fn recommend(&self, tx: &Tx, step: &Step) -> ApiResult<()> {
        let chair = self.cast.actor("chair@nq57.example")?;
        let texts = &self.reviews.recommendations;
        let body = if self.entry(step)?.state == ProductState::Declined {
            Recommend {
                verdict: RecommendedVerdict::Decline,
                reason: pick(&texts.decline, step.product).to_owned(),
            }
        } else {
            Recommend {
                verdict: RecommendedVerdict::Publish,
                reason: pick(&texts.publish, step.product).to_owned(),
            }
        };
        let by = By::actor(&chair);
        evaluations::give_recommendation(tx, self.state, by, self.evaluation(step)?, &body).await?;
        Ok(())
    }

    async fn visit(&self, tx: &Tx, step: &Step) -> ApiResult<()> {
        let chair = self.cast.actor("chair@nq57.example")?;
        let body = OnSiteVisit {
            held_on: vietnam_date(self.state.clock.now() - Duration::days(1)),
            place: self.entry(step)?.draft.owner.contact.address.clone(),
            minutes: pick(&self.reviews.on_site_minutes, step.product).to_owned(),
        };
        let by = By::actor(&chair);
        evaluations::record_visit(tx, self.state, by, self.evaluation(step)?, None, &body).await?;
        Ok(())
    }

    async fn honour(&self, tx: &Tx, step: &Step) -> ApiResult<()> {
        let publisher = self.cast.actor("publisher@nq57.example")?;
        let body = RecordHonours { honours: self.entry(step)?.honours.clone() };
        let by = By::actor(&publisher);
        products::record_honours(tx, self.state, by, self.product(step)?, None, &body).await?;
        Ok(())
    }
}

/// A sheet: three to five of five for what was found good, two or three for what was not.
fn scores(rubric: &Rubric, reviews: &Reviews, number: usize, is_good: bool) -> Vec<Score> {
    let criteria = rubric.criteria.iter().zip(0_usize..);
    criteria
        .map(|(criterion, place)| {
            let luck = (number * 7 + place * 5 + number / 3) % 9;
            let below = match (is_good, luck) {
                (true, 0..=2) => 0,
                (true, 3..=7) => 1,
                (true, _) => 2,
                (false, 0..=4) => 2,
                (false, _) => 3,
            };
            let score = criterion.max.saturating_sub(below);
            Score {
                comment: reviews.comment(rubric, &criterion.code, score),
                criterion: criterion.code.clone(),
                score,
            }
        })
        .collect()
}

fn missing() -> ApiError {
    ApiError::problem(ProblemCode::Internal)
        .because(anyhow::anyhow!("a step of the demo needs what was not entered before"))
}
