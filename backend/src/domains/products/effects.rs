//! What follows from a change of state, in the same transaction: code, version, deadlines, what the
//! public sees, who is told. Each arm is one effect of the workflow's table.

use nq57_platform::casework;
use nq57_platform::casework::attachments::release;
use nq57_platform::casework::deadlines::{self, Due};
use nq57_platform::config::Allowance;
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::access::Decision;
use nq57_shared::ids::FileId;
use nq57_shared::products::workflow::{ProductDeadline, ProductEffect};
use nq57_shared::products::{ProductEvent, ProductState};
use nq57_shared::time::vietnam_date;

use super::attachments::Filed;
use super::store::ProductRecord;
use super::subject::{SERIES, subject_of};
use super::versions::SealedVersion;
use super::{allowances, eligibility, publications, tell, versions};

/// Applies the effects in their order. `product` is in its new state and revision and takes what changes of it;
/// the caller writes the row. `decision` is the policy's word on the event, `from` the state that it left.
/// Returns the secret that follows a new code.
pub(super) async fn apply(
    tx: &Tx,
    state: &AppState,
    decision: Decision,
    product: &mut ProductRecord,
    (from, event): (ProductState, ProductEvent),
    effects: &[ProductEffect],
) -> ApiResult<Option<String>> {
    let mut secret = None;
    let case = subject_of(product.id);
    for effect in effects {
        match effect {
            ProductEffect::IssueCode => secret = issue_code(tx, state, product).await?,
            ProductEffect::SealVersion => seal(tx, state, product).await?,
            ProductEffect::StartDeadline(which) => {
                let due = Due::In(state.config.deadlines.of(allowance(*which)));
                deadlines::start(tx, state, case, which.as_str(), due).await?;
                product.due_at = deadlines::due_at(tx, case).await?;
            }
            ProductEffect::PauseDeadline(which) => {
                deadlines::pause(tx, state, case, which.as_str()).await?;
                product.due_at = deadlines::due_at(tx, case).await?;
            }
            ProductEffect::ResumeDeadline(which) => {
                deadlines::resume(tx, state, case, which.as_str()).await?;
                product.due_at = deadlines::due_at(tx, case).await?;
            }
            ProductEffect::MeetDeadline(which) => {
                deadlines::meet(tx, state, case, which.as_str()).await?;
                product.due_at = deadlines::due_at(tx, case).await?;
            }
            ProductEffect::StopDeadlines => {
                deadlines::meet_all(tx, state, case).await?;
                product.due_at = deadlines::due_at(tx, case).await?;
            }
            ProductEffect::MakePublic => {
                publications::publish(tx, product, state.clock.now()).await?;
                publications::invalidate(tx, state, product.id);
            }
            ProductEffect::HideFromPublic => {
                publications::remove(tx, product).await?;
                product.public_version = None;
                publications::invalidate(tx, state, product.id);
            }
            ProductEffect::BeginRevision => {
                product.version = versions::next(tx, product.id).await?;
                product.fingerprint = None;
            }
            ProductEffect::RestorePublicVersion => {
                if let Some(version) = product.published_version {
                    let sealed = versions::load(tx, product.id, version).await?;
                    restore(tx, state, decision, product, sealed).await?;
                }
            }
            ProductEffect::RestoreSentVersion => {
                if let Some(sealed) = versions::latest(tx, product.id).await? {
                    restore(tx, state, decision, product, sealed).await?;
                }
            }
            // The slice of evaluations closes its own rows when it hears of the change.
            ProductEffect::CloseEvaluation => product.evaluation_open = false,
            ProductEffect::HandTo(holder) => product.holder = Some(*holder),
            ProductEffect::TellSubmitter => tell::submitter(tx, state, product, event).await?,
            ProductEffect::TellHolder => tell::holder(tx, state, product, from).await?,
        }
    }
    Ok(secret)
}

const fn allowance(deadline: ProductDeadline) -> &'static Allowance {
    match deadline {
        ProductDeadline::Eligibility => &allowances::ELIGIBILITY,
        ProductDeadline::Information => &allowances::INFORMATION,
        ProductDeadline::Evaluation => &allowances::EVALUATION,
        ProductDeadline::Publication => &allowances::PUBLICATION,
    }
}

async fn issue_code(
    tx: &Tx,
    state: &AppState,
    product: &mut ProductRecord,
) -> ApiResult<Option<String>> {
    let now = state.clock.now();
    if product.code.is_some() {
        return Ok(None);
    }
    let issued = casework::issue_code(tx, &state.clock, SERIES, subject_of(product.id)).await?;
    product.code = Some(issued.code);
    product.submitted_at = Some(now);
    // Who handles a case is not for the submitter to choose again.
    product.competent_province = product.draft.province_code.clone();
    Ok(Some(issued.secret))
}

async fn seal(tx: &Tx, state: &AppState, product: &mut ProductRecord) -> ApiResult<()> {
    let now = state.clock.now();
    product.consent_version = consent_in_force(state);
    let judged = product.fingerprint.is_some().then_some(product.version);
    versions::seal(tx, product, now).await?;
    match judged {
        Some(before) => eligibility::carry_over(tx, product.id, before, product.version, now).await,
        None => Ok(()),
    }
}

fn consent_in_force(state: &AppState) -> Option<String> {
    let today = vietnam_date(state.clock.now());
    let snapshot = state.reference.snapshot();
    let mut entries = snapshot.list("consents")?.valid_on(today);
    entries.next().map(|entry| entry.code.clone())
}

/// The text of this version comes back; files that belong to no version are let go.
async fn restore(
    tx: &Tx,
    state: &AppState,
    decision: Decision,
    product: &mut ProductRecord,
    sealed: SealedVersion,
) -> ApiResult<()> {
    let dropped = std::mem::replace(&mut product.files, sealed.files);
    product.draft = sealed.content.0.into_draft(sealed.contact.0).into();
    product.description_html = sealed.description_html;
    product.renderer = sealed.renderer;
    product.version = sealed.version;
    product.fingerprint = Some(sealed.fingerprint);
    if let Some(evaluation) = sealed.evaluation_id {
        // It may be an earlier one than the product knew last; it is over.
        product.evaluation_id = Some(evaluation);
        product.evaluation_version = Some(sealed.version);
        product.evaluation_open = false;
    }
    let dropped: Vec<FileId> = dropped.iter().map(|file| file.id).collect();
    release::<Filed>(tx, state, decision, product.id.0, &dropped).await
}
