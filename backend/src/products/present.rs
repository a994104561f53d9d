//! A product as its caller may see it: the public the published version, owner and officials the
//! working one with what they can do next.

use nq57_shared::access::Actor;
use nq57_shared::access::policy::products::ProductAction;
use nq57_shared::products::{
    Product, ProductContent, ProductEvent, ProductState, ProductWorkflow, RefusedEvent,
};
use nq57_shared::workflow::{Refusal, Workflow};
use sea_orm::ConnectionTrait;

use super::facts::{self, Situation};
use super::markdown;
use super::publications::Publication;
use super::store::ProductRecord;
use crate::app::AppState;
use crate::error::ApiResult;
use crate::evaluations;

/// The working version, for owner and officials: the caller has passed the policy for it.
pub(super) async fn working(
    db: &impl ConnectionTrait,
    state: &AppState,
    actor: &Actor,
    product: &ProductRecord,
) -> ApiResult<Product> {
    let situation = Situation::of(db, actor, product).await?;
    let facts = facts::load(db, state, product).await?;
    let mut allowed_events = Vec::new();
    let mut refused_events = Vec::new();
    for (event, refusal) in ProductWorkflow::available(product.state, &facts) {
        match refusal {
            _ if situation.may(ProductAction::Send(event)).is_err() => {}
            None => allowed_events.push(event),
            Some(Refusal(code)) => {
                refused_events.push(RefusedEvent { event, code: code.as_str().to_owned() });
            }
        }
    }
    let evaluation_id = match situation.is_own() || product.fingerprint.is_none() {
        true => None,
        false => evaluations::round(db, product.id, product.version).await?.map(|round| round.id),
    };
    Ok(Product {
        id: product.id,
        code: product.code.clone(),
        state: product.state,
        revision: revision(product.revision),
        version: product.version,
        public_version: product.public_version,
        created_at: product.created_at,
        updated_at: product.updated_at,
        submitted_at: product.submitted_at,
        published_at: product.published_at,
        fingerprint: product.fingerprint.clone(),
        allowed_events,
        refused_events,
        may_edit: situation.may(ProductAction::Edit).is_ok(),
        holder: product.state.holder(),
        due_at: product.due_at,
        description_html: markdown::to_html(&product.draft.description),
        files: product.files.clone(),
        honours: product.honours.clone(),
        evaluation_id,
        organisation_id: product.organisation_id,
        reason: product.reason.clone(),
        secret: None,
        content: ProductContent::working(product.draft.clone()),
    })
}

/// What everybody sees: nothing of the working version, no contact, nothing to be done.
pub(super) fn public(publication: Publication) -> Product {
    Product {
        id: publication.id,
        code: publication.code,
        state: ProductState::Published,
        revision: revision(publication.revision),
        version: publication.version,
        public_version: Some(publication.version),
        created_at: publication.created_at,
        updated_at: publication.updated_at,
        submitted_at: publication.submitted_at,
        published_at: Some(publication.published_at),
        fingerprint: Some(publication.fingerprint),
        allowed_events: Vec::<ProductEvent>::new(),
        refused_events: Vec::new(),
        may_edit: false,
        holder: None,
        due_at: None,
        description_html: markdown::to_html(&publication.content.description),
        files: publication.files,
        honours: publication.honours,
        evaluation_id: None,
        organisation_id: publication.organisation_id,
        reason: None,
        secret: None,
        content: publication.content,
    }
}

fn revision(column: i64) -> u64 {
    u64::try_from(column).unwrap_or_default()
}
