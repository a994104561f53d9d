//! Who is told of a change: the submitter what became of the submission, and those who hold it now
//! that it waits for them.

use chrono::NaiveDate;
use nq57_platform::casework;
use nq57_platform::casework::deadlines::{self, Deadline};
use nq57_platform::casework::notices::TaskWaiting;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::notifications::{Notice, notify};
use nq57_platform::outbox::{Message, Topic};
use nq57_platform::persistence::transaction::{self, Tx};
use nq57_platform::state::AppState;
use nq57_shared::access::Role;
use nq57_shared::ids::AccountId;
use nq57_shared::products::workflow::{Holder, ProductDeadline};
use nq57_shared::products::{ProductEvent, ProductState};
use nq57_shared::time::vietnam_date;
use sea_orm::ConnectionTrait;

use super::authors;
use super::notices::{
    Accepted, DecidedPublish, Declined, EvaluationStarted, Expired, ExpiresSoon, Ineligible,
    InformationProvided, InformationRequested, OnSiteRequired, Published, Resumed,
    SubmissionReceived, Suspended, Withdrawn,
};
use super::store::{self, ProductRecord};
use super::subject::{KIND, PANEL_CHAIR, PANEL_MEMBER};

/// Tells the submitter what has happened.
pub(super) async fn submitter(
    tx: &Tx,
    state: &AppState,
    product: &ProductRecord,
    event: ProductEvent,
) -> ApiResult<()> {
    let Some(news) = news(product, event)? else { return Ok(()) };
    let page = match event {
        ProductEvent::Publish | ProductEvent::Resume => format!("/san-pham/{}", product.id),
        _ => own_page(product),
    };
    let notice = news.about(KIND, product.id.0).to([product.owner_id]).at(page);
    notify(tx, &state.clock, notice).await
}

/// Reminds the submitter that the publication ends on this day, once for each day that it may be.
pub(super) async fn ends_soon(
    tx: &Tx,
    state: &AppState,
    product: &ProductRecord,
    ends_on: NaiveDate,
) -> ApiResult<()> {
    let (title, code) = named(product);
    let notice = Notice::new(&ExpiresSoon { title, code, ends_on })
        .about(KIND, product.id.0)
        .at(own_page(product))
        .once(format!("{}:ends:{ends_on}", product.id))
        .to([product.owner_id]);
    notify(tx, &state.clock, notice).await
}

fn news(product: &ProductRecord, event: ProductEvent) -> ApiResult<Option<Notice>> {
    let (title, code) = named(product);
    let lacks = |what| ApiError::internal(anyhow::anyhow!("{event:?} without a {what}"));
    let reason = || product.reason.clone().ok_or_else(|| lacks("reason"));
    Ok(Some(match event {
        ProductEvent::Submit => Notice::new(&SubmissionReceived { title, code }),
        ProductEvent::RequestInformation => {
            let due_on = vietnam_date(product.due_at.ok_or_else(|| lacks("deadline"))?);
            Notice::new(&InformationRequested { title, code, reason: reason()?, due_on })
        }
        ProductEvent::MarkIneligible => Notice::new(&Ineligible { title, code, reason: reason()? }),
        ProductEvent::Accept => Notice::new(&Accepted { title, code }),
        ProductEvent::StartEvaluation => Notice::new(&EvaluationStarted { title, code }),
        ProductEvent::RequireOnSite => {
            Notice::new(&OnSiteRequired { title, code, reason: reason()? })
        }
        ProductEvent::DecidePublish => Notice::new(&DecidedPublish { title, code }),
        ProductEvent::DecideDecline => Notice::new(&Declined { title, code, reason: reason()? }),
        ProductEvent::Publish => Notice::new(&Published { title, code }),
        ProductEvent::Suspend => Notice::new(&Suspended { title, code, reason: reason()? }),
        ProductEvent::Resume => Notice::new(&Resumed { title, code }),
        ProductEvent::Withdraw => Notice::new(&Withdrawn { title, code }),
        ProductEvent::Expire => Notice::new(&Expired { title, code }),
        ProductEvent::Recommend
        | ProductEvent::VoidRecommendation
        | ProductEvent::Revise
        | ProductEvent::DiscardRevision => return Ok(None),
    }))
}

/// Tells those who hold it now that it has left the state `from`.
pub(super) async fn holder(
    tx: &Tx,
    state: &AppState,
    product: &ProductRecord,
    from: ProductState,
) -> ApiResult<()> {
    let (title, code) = named(product);
    let notice = match from {
        ProductState::MoreInformation => Notice::new(&InformationProvided { title, code }),
        _ => {
            let task = format!("{KIND}.{}", task(product.state));
            Notice::new(&TaskWaiting { title, code, task })
        }
    };
    let holders = holders(tx, state, product).await?;
    let notice = notice.about(KIND, product.id.0).at(working_page(product)).to(holders);
    notify(tx, &state.clock, notice).await
}

/// What is to be done in this state, as the templates name it.
const fn task(state: ProductState) -> &'static str {
    match state {
        ProductState::Accepted => "open_evaluation",
        ProductState::UnderEvaluation | ProductState::OnSite => {
            ProductDeadline::Evaluation.as_str()
        }
        ProductState::Decided => ProductDeadline::Publication.as_str(),
        ProductState::Draft | ProductState::MoreInformation => {
            ProductDeadline::Information.as_str()
        }
        _ => ProductDeadline::Eligibility.as_str(),
    }
}

/// The accounts that have to act next, but for officials who are kept from it.
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
            let mut panel = casework::participants_of(db, product.id.0, &parts).await?;
            let kept = authors::kept_from(db, product).await?;
            panel.retain(|account| !kept.contains(account));
            return Ok(panel);
        }
        Some(Holder::Intake) => Role::IntakeOfficer,
        Some(Holder::Chair) => Role::PanelChair,
        Some(Holder::Publisher) => Role::Publisher,
    };
    authors::officials_of(db, product, &[role], state.clock.now()).await
}

/// Title and code, as every notice says them.
fn named(product: &ProductRecord) -> (String, String) {
    (product.draft.title.clone(), product.code.clone().unwrap_or_default())
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
    transaction::write(&state.db, async |tx| {
        // The message may come hours later: nobody is told of what was done or moved meanwhile.
        if !deadlines::still_runs(tx, &deadline).await? {
            return Ok(());
        }
        let Some(product) = store::find(tx, deadline.subject_id.into()).await? else {
            return Ok(());
        };
        let (title, code) = named(&product);
        let notice = deadline
            .notice(KIND, title, code, &message.key)
            .about(KIND, product.id.0)
            .at(working_page(&product))
            .to(holders(tx, &state, &product).await?);
        notify(tx, &state.clock, notice).await
    })
    .await
}
