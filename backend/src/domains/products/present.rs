//! A product as its caller may see it: the public the published version, owner and officials the
//! working one with what they can do next.

use nq57_platform::access::allow;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::state::AppState;
use nq57_shared::access::Actor;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::products::{
    Product, ProductContent, ProductEvent, ProductState, ProductWorkflow, RefusedEvent,
};
use nq57_shared::workflow::{Refusal, Workflow};
use sea_orm::ConnectionTrait;

use super::access::ProductAccess;
use super::cards::Assignment;
use super::facts;
use super::publications::{self, Publication};
use super::store::ProductRecord;
use super::versions;

/// What this signed-in caller may see: the working version, or the public one. An official who
/// answers for what is public while the next version is a draft gets the public text with the
/// revision and the events of the product. While its submitter completes what officials asked about,
/// they get what was sent last.
///
/// # Errors
/// 403 or 404 as the policy says.
pub(super) async fn to_response(
    db: &impl ConnectionTrait,
    state: &AppState,
    actor: &Actor,
    product: &ProductRecord,
) -> ApiResult<Product> {
    let access = ProductAccess::of(db, actor, product).await?;
    allow(access.may(ProductAction::Read))?;
    if access.may(ProductAction::ReadWorking).is_ok() {
        return working(db, state, &access, product).await;
    }
    let publication = publications::find(db, product.id).await?.ok_or_else(ApiError::not_found)?;
    let response = public(publication);
    let (allowed_events, _) = events(db, state, &access, product).await?;
    if allowed_events.is_empty() {
        return Ok(response);
    }
    let revision = access.revision().cast_unsigned();
    Ok(Product { revision, allowed_events, ..response })
}

/// What the caller may send now, and what else would have to be done first.
async fn events(
    db: &impl ConnectionTrait,
    state: &AppState,
    access: &ProductAccess<'_>,
    product: &ProductRecord,
) -> ApiResult<(Vec<ProductEvent>, Vec<RefusedEvent>)> {
    let facts = facts::load(db, state, product).await?;
    let mut allowed_events = Vec::new();
    let mut refused_events = Vec::new();
    for (event, refusal) in ProductWorkflow::available(product.state, &facts) {
        match refusal {
            _ if event.is_internal() => {}
            _ if access.may(ProductAction::Send(event)).is_err() => {}
            None => allowed_events.push(event),
            Some(Refusal(code)) => {
                refused_events.push(RefusedEvent { event, code: code.as_str().to_owned() });
            }
        }
    }
    Ok((allowed_events, refused_events))
}

async fn working(
    db: &impl ConnectionTrait,
    state: &AppState,
    access: &ProductAccess<'_>,
    product: &ProductRecord,
) -> ApiResult<Product> {
    let (allowed_events, refused_events) = events(db, state, access, product).await?;
    let evaluation_id = match access.is_own() || product.fingerprint.is_none() {
        true => None,
        false => product.evaluation().map(|known| known.id),
    };
    let sent = match access.reads_what_was_sent() {
        true => Some(versions::load(db, product.id, product.version).await?),
        false => None,
    };
    let (content, description_html, files) = match sent {
        Some(sent) => {
            (sent.content.0.into_draft(sent.contact.0), sent.description_html, sent.files)
        }
        None => {
            let html = product.description_html.clone();
            (product.draft.0.clone(), html, product.files.clone())
        }
    };
    let (holder, due_at) = access.assignment();
    let assignment = Assignment::new(state, holder, due_at);
    Ok(Product {
        id: product.id,
        code: product.code.clone(),
        state: product.state,
        revision: access.revision().cast_unsigned(),
        version: product.version,
        public_version: product.public_version,
        created_at: product.created_at,
        updated_at: product.updated_at,
        submitted_at: product.submitted_at,
        published_at: product.published_at,
        fingerprint: product.fingerprint.clone(),
        allowed_events,
        refused_events,
        may_edit: access.may(ProductAction::Edit).is_ok(),
        may_renew_secret: product.code.is_some() && access.may(ProductAction::RenewSecret).is_ok(),
        holder: assignment.holder,
        due_at: assignment.due_at,
        working_days_left: assignment.working_days_left,
        description_html,
        competent_province: product.competent_province.clone(),
        files: files.0,
        honours: product.honours.0.clone(),
        evaluation_id,
        organisation_id: product.organisation_id,
        reason: product.reason.clone(),
        secret: None,
        content: ProductContent::working(content),
    })
}

/// What everybody sees: nothing of the working version, no contact, nothing to be done.
pub(super) fn public(publication: Publication) -> Product {
    Product {
        id: publication.product_id,
        code: publication.code,
        state: ProductState::Published,
        revision: publication.revision.cast_unsigned(),
        version: publication.version,
        public_version: Some(publication.version),
        created_at: publication.created_at,
        updated_at: publication.updated_at,
        submitted_at: publication.submitted_at,
        published_at: Some(publication.published_at),
        fingerprint: Some(publication.fingerprint),
        allowed_events: Vec::new(),
        refused_events: Vec::new(),
        may_edit: false,
        may_renew_secret: false,
        holder: None,
        due_at: None,
        working_days_left: None,
        description_html: publication.description_html,
        competent_province: None,
        files: publication.files.0,
        honours: publication.honours.0,
        evaluation_id: None,
        organisation_id: publication.organisation_id,
        reason: None,
        secret: None,
        content: publication.content.0,
    }
}
