//! The document of the API, assembled from the same registration that makes the routes.
//! Adds to every operation what holds for any: problems, headers, examples, open answers; handlers
//! document what is their own.

mod examples;
mod known_path;
mod rules;
mod schemas;
mod walk;

use std::sync::OnceLock;

use actix_web::App;
use actix_web::http::header::HeaderValue;
use actix_web::web::Bytes;
use matchit::Router;
use nq57_core::access::ClientScope;
use nq57_core::problem::{MEDIA_TYPE, Problem};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::security::{
    ClientCredentials, Flow, HttpAuthScheme, HttpBuilder, OAuth2, Scopes, SecurityRequirement,
    SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ContactBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi,
    OpenApiBuilder, Ref, RefOr, ResponseBuilder, ServerBuilder,
};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt, scope};

use crate::config::Config;

pub use known_path::{ForClients, KnownPath};

/// Where the operations live.
pub const BASE: &str = "/api/v1";
/// Name of the scheme of access tokens: handlers write `security(("bearer" = []))`.
pub const BEARER: &str = "bearer";
/// Names of the schemes of clients: whatever needs a scope takes both.
const CLIENT: &str = "client";
const CLIENT_KEY: &str = "client_key";
/// Says which scope a client needs: handlers write `extensions(("x-required-scope" = json!(ClientScope::…)))`. It is
/// asked for before the handler is.
const REQUIRED_SCOPE: &str = "x-required-scope";

const DESCRIPTION: &str = include_str!("openapi.md");

/// Documents the header that [`crate::http::IfMatch`] reads: `params(IfMatchHeader)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header; the extractor reads it")]
pub struct IfMatchHeader {
    /// The `ETag` that the caller has seen, or its `revision` in quotes, or `*`.
    #[param(rename = "If-Match", example = "\"3\"")]
    if_match: String,
}

/// Documents the header that [`crate::http::IdempotencyKey`] reads: `params(IdempotencyKeyHeader)`.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header; the extractor reads it")]
pub struct IdempotencyKeyHeader {
    /// Chosen by the caller, at most 255 characters: a retry with the same key, query and body gets the first answer.
    #[param(rename = "Idempotency-Key", max_length = 255)]
    idempotency_key: Option<String>,
}

/// The document, made once from what is registered.
pub struct Document {
    json: Value,
    text: String,
    paths: Router<KnownPath>,
}

impl Document {
    /// The document of the operations that `routes` registers below [`BASE`], in groups of these names
    /// and descriptions.
    #[must_use]
    pub fn of<'a>(
        tags: impl Iterator<Item = &'a (&'static str, &'static str)>,
        routes: impl FnOnce(&mut ServiceConfig),
    ) -> Self {
        let collected = assemble(tags, routes);
        let mut paths = Router::new();
        for (path, item) in &collected.paths.paths {
            if let Err(error) = paths.insert(path, KnownPath::new(item)) {
                tracing::error!(%error, path, "a path of the document is not checked");
            }
        }
        let mut json = serde_json::to_value(collected).unwrap_or_default();
        rules::apply(&mut json);
        schemas::set_apart(&mut json);
        examples::fill(&mut json);
        let text = pretty(&json);
        Self { json, text, paths }
    }

    /// The document as it is committed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the document has at this path: `/products/statistics` is not a product of that name. Nothing
    /// for paths that are no operation; whoever answers those decides.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&KnownPath> {
        self.paths.at(path).ok().map(|found| found.value)
    }
}

fn pretty(document: &Value) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

fn assemble<'a>(
    tags: impl Iterator<Item = &'a (&'static str, &'static str)>,
    routes: impl FnOnce(&mut ServiceConfig),
) -> OpenApi {
    let (_, collected) = App::new()
        .into_utoipa_app()
        .openapi(OpenApiBuilder::new().build())
        .service(scope::scope(BASE).configure(routes))
        .split_for_parts();
    let mut document = collected;
    document.info = InfoBuilder::new()
        .title("NQ57 API")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(
            LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build(),
        ))
        .contact(Some(
            ContactBuilder::new().name(Some("NQ57")).url(Some("https://nq57.example/docs")).build(),
        ))
        .build();
    let tag = |&(name, text)| TagBuilder::new().name(name).description(Some(text)).build();
    document.tags = Some(tags.map(tag).collect());
    document.servers =
        Some(vec![ServerBuilder::new().url("/").description(Some("This server")).build()]);
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    let mut further = Vec::new();
    <Problem as ToSchema>::schemas(&mut further);
    components.schemas.extend(further);
    for (name, scheme) in schemes() {
        components.security_schemes.insert(name.into(), RefOr::T(scheme));
    }
    for (status, description) in COMMON {
        components.responses.insert(component_name(status), problem_response(description).into());
    }
    for item in document.paths.paths.values_mut() {
        complete(item);
    }
    document
}

/// How callers tell who they are.
fn schemes() -> [(&'static str, SecurityScheme); 3] {
    let bearer = |format, text| {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
        SecurityScheme::Http(scheme.bearer_format(format).description(Some(text)).build())
    };
    let scopes = ClientScope::ALL.iter().map(|scope| (scope.as_str(), scope.meaning()));
    let token = format!("{BASE}/oauth/token");
    let flow = Flow::ClientCredentials(ClientCredentials::new(token, Scopes::from_iter(scopes)));
    let text = "The token of a client from `issue_client_token`; ten minutes.";
    [
        (BEARER, bearer("JWT", "An access token from `log_in` or `refresh_session`; ten minutes.")),
        (CLIENT, SecurityScheme::OAuth2(OAuth2::with_description([flow], text))),
        (CLIENT_KEY, bearer("nq57_…", "The key of a client, from `create_api_secret`.")),
    ]
}

/// What any request can meet, by status.
const COMMON: &[(&str, &str)] = &[
    ("400", "The address, a header or the body cannot be read, or names something unknown."),
    ("401", "Nobody is signed in, or the access token or key is not valid any more."),
    (
        "403",
        "The caller may know of this and may not do it; a client lacks the scope, or comes from elsewhere.",
    ),
    ("404", "There is no such thing, or the caller may not know of it."),
    ("406", "The server has none of the accepted encodings or media types."),
    ("408", "The request did not arrive in time."),
    ("409", "The request cannot be followed now; `code` says why."),
    ("412", "Somebody has changed the record since: read it again."),
    ("413", "The body is too large."),
    ("414", "The address is too long."),
    ("415", "The content type is not supported."),
    ("422", "The content is understood and not acceptable; `errors` names each place."),
    ("428", "`If-Match` is needed."),
    ("429", "Too many requests; `Retry-After` says when to try again."),
    ("431", "The headers are too large."),
    ("500", "An error on our side, logged under `request_id`."),
    ("503", "The server is stopping, or has no database."),
    ("507", "The storage cannot be written to."),
];

fn component_name(status: &str) -> String {
    format!("Problem{status}")
}

fn problem_response(description: &str) -> utoipa::openapi::Response {
    ResponseBuilder::new()
        .description(description)
        .content(
            MEDIA_TYPE,
            ContentBuilder::new()
                .schema(Some(RefOr::Ref(Ref::from_schema_name(Problem::name()))))
                .build(),
        )
        .build()
}

fn complete(item: &mut PathItem) {
    let reads = [&mut item.get, &mut item.head];
    for operation in reads.into_iter().flatten() {
        complete_operation(operation, false);
    }
    let writes = [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
    for operation in writes.into_iter().flatten() {
        complete_operation(operation, true);
    }
}

fn complete_operation(operation: &mut Operation, is_write: bool) {
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let has = |place: &ParameterIn, name: Option<&str>| {
        parameters.iter().any(|parameter| match parameter {
            RefOr::T(parameter) => {
                parameter.parameter_in == *place && name.is_none_or(|name| parameter.name == name)
            }
            RefOr::Ref(_) => false,
        })
    };
    let has_path = has(&ParameterIn::Path, None);
    let has_if_match = has(&ParameterIn::Header, Some("If-Match"));
    let has_key = has(&ParameterIn::Header, Some("Idempotency-Key"));
    let has_body = operation.request_body.is_some();
    let is_guarded = operation.security.is_some();
    // An empty list says that nobody needs to sign in; none at all would leave it open.
    let scope = known_path::required_scope(operation);
    let security = operation.security.get_or_insert_default();
    if let Some(scope) = scope.filter(|_| is_guarded) {
        security.push(SecurityRequirement::new(CLIENT, [scope.as_str()]));
        security.push(SecurityRequirement::new(CLIENT_KEY, [] as [&str; 0]));
    }
    let mut statuses = vec!["400", "401", "403", "406", "414", "429", "431", "500", "503"];
    if has_path {
        statuses.push("404");
    }
    if has_body {
        statuses.extend(["408", "413", "415", "422"]);
    }
    if has_if_match {
        statuses.extend(["409", "412", "428"]);
    }
    if has_key {
        statuses.extend(["409", "422"]);
    }
    if is_write {
        statuses.push("507");
    }
    for status in statuses {
        let named = format!("#/components/responses/{}", component_name(status));
        operation
            .responses
            .responses
            .entry(status.into())
            .or_insert_with(|| RefOr::Ref(Ref::new(named)));
    }
    // What a handler documented itself carries the same document.
    for (status, response) in &mut operation.responses.responses {
        let is_failure = status.starts_with('4') || status.starts_with('5');
        if let RefOr::T(response) = response
            && is_failure
            && response.content.is_empty()
        {
            response.content = problem_response("").content;
        }
    }
}

/// The document as one server gives it away: with its own address. Made when it is first asked for.
#[derive(Default)]
pub struct Served(OnceLock<(Bytes, HeaderValue)>);

impl Served {
    /// Body and tag.
    pub fn get(&self, document: &Document, config: &Config) -> &(Bytes, HeaderValue) {
        self.0.get_or_init(|| {
            let mut document = document.json.clone();
            let address = config.public_url();
            let address = address.trim_end_matches('/');
            if let Some(members) = document.as_object_mut() {
                members.insert(
                    "servers".into(),
                    json!([{"url": address, "description": "This server"}]),
                );
            }
            if let Some(contact) = document.pointer_mut("/info/contact") {
                *contact = contact_of(config, address);
            }
            let text = pretty(&document);
            let digest: String = hex::encode(Sha256::digest(&text)).chars().take(24).collect();
            let tag = HeaderValue::from_str(&format!("\"{digest}\""));
            (text.into(), tag.unwrap_or_else(|_| HeaderValue::from_static("\"0\"")))
        })
    }
}

/// Whoever runs this server; without an operator the pages about the API.
fn contact_of(config: &Config, address: &str) -> Value {
    let operator = config.operator.shown();
    let name = operator.as_ref().map_or(&config.name, |operator| &operator.name);
    let pages = format!("{address}/docs");
    let url = operator.as_ref().and_then(|operator| operator.url.clone()).unwrap_or(pages);
    let mut contact = json!({"name": name, "url": url});
    if let (Some(members), Some(email)) =
        (contact.as_object_mut(), operator.as_ref().and_then(|operator| operator.email.clone()))
    {
        members.insert("email".into(), email.into());
    }
    contact
}
