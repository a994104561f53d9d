//! Beginning a draft.

use actix_web::{HttpRequest, HttpResponse, post};
use nq57_platform::access::{allow, permit};
use nq57_platform::audit::{self, By};
use nq57_platform::casework;
use nq57_platform::columns::Json;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::idempotency::{self, Answer};
use nq57_platform::http::openapi::{self, IdempotencyKeyHeader};
use nq57_platform::http::{IdempotencyKey, Query, SignedIn, ValidJson};
use nq57_platform::markdown::Rendered;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::access::policy::products::{ProductAction, may};
use nq57_shared::ids::OrganisationId;
use nq57_shared::problem::{FieldCode, ProblemCode};
use nq57_shared::products::draft::OwnerType;
use nq57_shared::products::{Product, ProductDraft, ProductState};
use nq57_shared::time::vietnam_date;
use nq57_shared::validate::Violations;
use sea_orm::ActiveValue::Set;
use serde::Deserialize;
use utoipa::IntoParams;

use super::render_anew::render;
use super::store::{self, ProductRecord};
use super::subject::subject_of;
use super::table::product::ActiveModel;
use super::{facts, present};
use crate::identity::organisations;

/// On whose behalf.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OnBehalf {
    /// An organisation that the caller is a member of; its members share the draft. Absent: the
    /// caller's only organisation, when the owner is one; else nobody.
    #[serde(default)]
    organisation_id: Option<OrganisationId>,
}

/// Begin a draft.
///
/// Title, kind and domain are needed; the rest may come later with `edit_product`. Nobody but the
/// submitter (and members of the organisation) sees a draft. Codes must be of the reference lists.
#[utoipa::path(
    tag = "products",
    security(("bearer" = [])),
    params(
        OnBehalf,
        IdempotencyKeyHeader,
    ),
    request_body = ProductDraft,
    responses((status = 201, description = "The draft", body = Product, headers(
        ("Location" = String, description = "Where it is"),
        ("ETag" = String, description = "The revision"),
    ))),
)]
#[post("/products")]
pub async fn create_product(
    state: AppState,
    request: HttpRequest,
    caller: SignedIn,
    key: IdempotencyKey,
    behalf: Query<OnBehalf>,
    body: ValidJson<ProductDraft>,
) -> ApiResult<HttpResponse> {
    allow(may(caller.actor(), ProductAction::Create, None))?;
    let organisation_id = organisation(&caller, &behalf, &body)?;
    let description = render(&body.description, caller.actor().account_id()).await?;
    let may_again = async |_: &Tx| allow(may(caller.actor(), ProductAction::Create, None));
    idempotency::once(&state, &caller, &key, body.bytes(), may_again, async |tx| {
        let by = By::request(caller.actor(), &request);
        let product = begin(tx, &state, by, &body, &description, organisation_id).await?;
        let location = format!("{}/products/{}", openapi::BASE, product.id);
        let body = present::to_response(tx, &state, caller.actor(), &product).await?;
        Answer::created(location, product.revision, &body)
    })
    .await
}

/// Begins a draft of the actor, in the caller's transaction. The draft has passed its validation, and its
/// description was rendered before.
///
/// # Errors
/// The denial of the policy; 422 for codes that no list has.
pub async fn begin(
    tx: &Tx,
    state: &AppState,
    by: By<'_>,
    draft: &ProductDraft,
    description: &Rendered,
    organisation_id: Option<OrganisationId>,
) -> ApiResult<ProductRecord> {
    let permit = permit(may(by.actor, ProductAction::Create, None))?;
    let owner_id = by.actor.account_id().ok_or(ProblemCode::Unauthenticated)?;
    let most = state.config.limits.drafts_per_account;
    if most > 0 && store::has_drafts(tx, owner_id, most).await? {
        return Err(ProblemCode::TooManyDrafts.into());
    }
    let now = state.clock.now();
    if let Some(id) = organisation_id {
        organisations::find_living(tx, id, vietnam_date(now)).await?;
    }
    let mut violations = Violations::new();
    facts::check_codes(&state.reference.snapshot(), vietnam_date(now), draft, &mut violations);
    violations.into_result()?;
    let html = description.of(&draft.description)?;
    let row = ActiveModel {
        id: Set(state.clock.new_id()),
        owner_id: Set(owner_id),
        organisation_id: Set(organisation_id),
        state: Set(ProductState::Draft),
        state_since: Set(now),
        holder: Set(ProductState::Draft.holder()),
        revision: Set(1),
        version: Set(1),
        draft: Set(draft.clone().into()),
        description_html: Set(html.text),
        renderer: Set(html.renderer),
        files: Set(Json::default()),
        honours: Set(Json::default()),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let product = store::insert(tx, permit, row, draft).await?;
    casework::add_author(tx, &state.clock, by.actor, subject_of(product.id)).await?;
    audit::record(tx, &state.clock, by.entry("product.created", subject_of(product.id))).await?;
    Ok(product)
}

fn organisation(
    caller: &SignedIn,
    behalf: &OnBehalf,
    draft: &ProductDraft,
) -> ApiResult<Option<OrganisationId>> {
    let own = &caller.account().organisations;
    match (behalf.organisation_id, own.as_slice()) {
        (Some(named), _) if own.contains(&named) => Ok(Some(named)),
        (Some(_), _) => Err(ApiError::parameter("organisation_id", FieldCode::NotAllowed)),
        (None, [only]) if draft.owner.kind == OwnerType::Organisation => Ok(Some(*only)),
        (None, _) => Ok(None),
    }
}
