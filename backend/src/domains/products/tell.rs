//! Who is told of a change: the submitter what became of the submission, and those who hold it now
//! that it waits for them.

use chrono::NaiveDate;
use nq57_platform::casework;
use nq57_platform::casework::deadlines::{self, Deadline, DeadlineNotice};
use nq57_platform::error::ApiResult;
use nq57_platform::notifications::{Notice, Template, notify};
use nq57_platform::outbox::{Message, Topic};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::{Role, Scope};
use nq57_shared::ids::AccountId;
use nq57_shared::products::workflow::{Holder, ProductClock};
use nq57_shared::products::{ProductEvent, ProductState};
use nq57_shared::time::vietnam_date;
use sea_orm::ConnectionTrait;

use super::store::{self, ProductRecord};
use super::subject::{PANEL_CHAIR, PANEL_MEMBER};
use crate::identity::accounts;

/// Tells the submitter what has happened.
pub(super) async fn submitter(
    tx: &Tx,
    state: &AppState,
    product: &ProductRecord,
    event: ProductEvent,
) -> ApiResult<()> {
    let Some(template) = news(event) else { return Ok(()) };
    let page = match template {
        Template::Published | Template::Resumed => format!("/san-pham/{}", product.id),
        _ => own_page(product),
    };
    let mut notice = about(product, template).to([product.owner_id]).at(page);
    if let Some(reason) = &product.reason {
        notice = notice.with("reason", reason.as_str());
    }
    if let Some(due_at) = product.due_at {
        notice = notice.with("due_on", vietnam_date(due_at).to_string());
    }
    notify(tx, &state.clock, notice).await
}

/// Reminds the submitter that the publication ends on this day, once for each day that it may be.
pub(super) async fn ends_soon(
    tx: &Tx,
    state: &AppState,
    product: &ProductRecord,
    ends_on: NaiveDate,
) -> ApiResult<()> {
    let notice = about(product, Template::ExpiresSoon)
        .at(own_page(product))
        .with("ends_on", ends_on.to_string())
        .once(format!("{}:ends:{ends_on}", product.id))
        .to([product.owner_id]);
    notify(tx, &state.clock, notice).await
}

const fn news(event: ProductEvent) -> Option<Template> {
    match event {
        ProductEvent::Submit => Some(Template::SubmissionReceived),
        ProductEvent::RequestInformation => Some(Template::InformationRequested),
        ProductEvent::MarkIneligible => Some(Template::Ineligible),
        ProductEvent::Accept => Some(Template::Accepted),
        ProductEvent::StartEvaluation => Some(Template::EvaluationStarted),
        ProductEvent::RequireOnSite => Some(Template::OnSiteRequired),
        ProductEvent::DecidePublish => Some(Template::DecidedPublish),
        ProductEvent::DecideDecline => Some(Template::Declined),
        ProductEvent::Publish => Some(Template::Published),
        ProductEvent::Suspend => Some(Template::Suspended),
        ProductEvent::Resume => Some(Template::Resumed),
        ProductEvent::Withdraw => Some(Template::Withdrawn),
        ProductEvent::Expire => Some(Template::Expired),
        ProductEvent::Recommend
        | ProductEvent::VoidRecommendation
        | ProductEvent::Revise
        | ProductEvent::DiscardRevision => None,
    }
}

/// Tells those who hold it now that it has left the state `from`.
pub(super) async fn holder(
    tx: &Tx,
    state: &AppState,
    product: &ProductRecord,
    from: ProductState,
) -> ApiResult<()> {
    let template = match from {
        ProductState::MoreInformation => Template::InformationProvided,
        _ => Template::TaskWaiting,
    };
    let notice = about(product, template)
        .at(working_page(product))
        .with("task", task(product.state))
        .to(holders(tx, state, product).await?);
    notify(tx, &state.clock, notice).await
}

/// What is to be done in this state, as the templates name it.
const fn task(state: ProductState) -> &'static str {
    match state {
        ProductState::Accepted => "open_evaluation",
        ProductState::UnderEvaluation | ProductState::OnSite => ProductClock::Evaluation.as_str(),
        ProductState::Decided => ProductClock::Publication.as_str(),
        ProductState::Draft | ProductState::MoreInformation => ProductClock::Information.as_str(),
        _ => ProductClock::Eligibility.as_str(),
    }
}

/// The accounts that have to act next.
async fn holders(
    db: &impl ConnectionTrait,
    state: &AppState,
    product: &ProductRecord,
) -> ApiResult<Vec<AccountId>> {
    let role = match product.holder {
        None => return Ok(Vec::new()),
        Some(Holder::Submitter) => return Ok(vec![product.owner_id]),
        Some(Holder::Panel) => {
            let parts = [PANEL_CHAIR, PANEL_MEMBER];
            return casework::participants_of(db, product.id.0, &parts).await;
        }
        Some(Holder::Intake) => Role::IntakeOfficer,
        Some(Holder::Chair) => Role::PanelChair,
        Some(Holder::Publisher) => Role::Publisher,
    };
    let scope = Scope {
        organisation_id: product.organisation_id,
        province_code: product.competent_province.as_deref(),
    };
    accounts::holders_of(db, role, scope, state.clock.now()).await
}

fn about(product: &ProductRecord, template: Template) -> Notice {
    Notice::new(template)
        .with("title", product.draft.title.as_str())
        .with("code", product.code.as_deref().unwrap_or_default())
        .about("product", product.id.0)
}

/// Where submitters see what they sent.
fn own_page(product: &ProductRecord) -> String {
    format!("/ho-so/{}", product.id)
}

/// Where those who hold it now do their part.
fn working_page(product: &ProductRecord) -> String {
    let id = product.id;
    match product.holder {
        Some(Holder::Intake) => format!("/tham-dinh/{id}"),
        Some(Holder::Chair) => format!("/hoi-dong/{id}"),
        Some(Holder::Publisher) => format!("/quyet-dinh/{id}"),
        Some(Holder::Panel) => match product.evaluation() {
            Some(known) => format!("/danh-gia/{}", known.id),
            None => own_page(product),
        },
        Some(Holder::Submitter) | None => own_page(product),
    }
}

/// The messages that this slice handles.
pub(super) const TOPICS: &[Topic] = &[Topic {
    name: "product.deadline",
    handler: |state, message| Box::pin(deadline(state, message)),
}];

/// Reminds those who hold a product that a deadline is near or has passed.
async fn deadline(state: AppState, message: Message) -> ApiResult<()> {
    let deadline: Deadline = message.read()?;
    let template = match deadline.notice {
        DeadlineNotice::Soon => Template::DeadlineSoon,
        DeadlineNotice::Breached => Template::DeadlineBreached,
    };
    transaction::write(&state.db, async |tx| {
        // The message may come hours later: nobody is told of what was done or moved meanwhile.
        if !deadlines::still_runs(tx, &deadline).await? {
            return Ok(());
        }
        let Some(product) = store::find(tx, deadline.subject_id.into()).await? else {
            return Ok(());
        };
        let notice = about(&product, template)
            .at(working_page(&product))
            .with("task", deadline.kind.as_str())
            .with("due_on", vietnam_date(deadline.due_at).to_string())
            .once(message.key.as_str())
            .to(holders(tx, &state, &product).await?);
        notify(tx, &state.clock, notice).await
    })
    .await
}
