//! The token endpoint of OAuth 2.0 for client credentials (RFC 6749, section 4.4). The one operation whose refusals are
//! no problem documents: libraries read `error`.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, PRAGMA, WWW_AUTHENTICATE,
};
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nq57_platform::error::{ApiError, ApiResult};
use nq57_platform::http::api_key::ApiKey;
use nq57_platform::http::extract::{parse_query, read_body};
use nq57_platform::http::known_clients::KnownClient;
use nq57_platform::http::signing_keys::CLIENT_TOKEN_SECONDS;
use nq57_platform::http::{RequestLanguage, client_log, problem, request};
use nq57_platform::state::AppState;
use nq57_shared::access::ClientScope;
use nq57_shared::clients::{ClientToken, OAuthError};
use nq57_shared::ids::ApiClientId;
use nq57_shared::language::Language;
use nq57_shared::problem::{Problem, ProblemCode};
use serde::Deserialize;

use super::known;

/// What is asked for. Whatever else is sent is overlooked, as the standard says.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct TokenRequest {
    /// `client_credentials`.
    #[schema(value_type = String, example = "client_credentials", pattern = "^client_credentials$")]
    grant_type: Option<String>,
    /// Scopes separated by blanks; all that are in force when absent.
    #[schema(example = "products:read")]
    scope: Option<String>,
    /// The client, where it does not stand in `Authorization: Basic`.
    client_id: Option<String>,
    /// Its secret.
    client_secret: Option<String>,
}

/// Give a client a token.
///
/// For a client with a secret: `grant_type=client_credentials`, with id and secret by `Authorization: Basic` or in the
/// form. The token is good for ten minutes, as long as neither the secret nor the client ends, and opens the scopes
/// that were asked for, as far as they are in force. There is no refresh token: ask again. Refusals have the form of
/// RFC 6749, section 5.2. Programs that cannot ask for tokens use a key.
#[utoipa::path(
    tag = "clients",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token", body = ClientToken,
            headers(("Pragma" = String, description = "Nothing is kept"))),
        (status = 400, description = "The request, the kind of grant or the scope is not taken", content(
            (OAuthError = "application/json"), (Problem = "application/problem+json"),
        ), headers(("Pragma" = String, description = "Nothing is kept"))),
        (status = 401, description = "Client and secret do not match, or are not let in", content(
            (OAuthError = "application/json"), (Problem = "application/problem+json"),
        ), headers(("Pragma" = String, description = "Nothing is kept"))),
    ),
)]
#[post("/oauth/token")]
pub async fn issue_client_token(
    state: AppState,
    request: HttpRequest,
    language: RequestLanguage,
    payload: Payload,
) -> ApiResult<HttpResponse> {
    require_form(&request)?;
    let body = read_body(&request, payload.into_inner()).await?;
    match issue(&state, &request, &body).await {
        Ok(token) => Ok(kept_by_nobody(HttpResponse::Ok().json(token))),
        Err(Refusal::Told(error, code)) => Ok(refuse(&request, error, code, language.0)),
        Err(Refusal::Failed(failure)) => Err(failure),
    }
}

/// Why there is no token: in the words of OAuth and ours, or a failure on our side.
enum Refusal {
    Told(&'static str, ProblemCode),
    Failed(ApiError),
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Failed(error)
    }
}

const INVALID_REQUEST: Refusal = Refusal::Told("invalid_request", ProblemCode::MalformedBody);
const UNKNOWN: Refusal = Refusal::Told("invalid_client", ProblemCode::Unauthenticated);

async fn issue(
    state: &AppState,
    request: &HttpRequest,
    body: &[u8],
) -> Result<ClientToken, Refusal> {
    let form = std::str::from_utf8(body).map_err(|_| INVALID_REQUEST)?;
    let asked: TokenRequest = parse_query(form).map_err(|_| INVALID_REQUEST)?;
    let presented = presented(request, &asked)?;
    if asked.grant_type.is_none() {
        return Err(INVALID_REQUEST);
    }
    let (client, secret) = presented.ok_or(UNKNOWN)?;
    let client = admitted(state, request, client, secret).await?;
    if asked.grant_type.as_deref() != Some("client_credentials") {
        return Err(Refusal::Told("unsupported_grant_type", ProblemCode::MalformedBody));
    }
    let scopes = scopes(&client, asked.scope.as_deref())?;
    let (now, id) = (state.clock.now(), state.clock.new_id());
    let whose = (client.actor.id, client.secret);
    let token = state.keys.sign_client(whose, scopes.clone(), id, now).map_err(ApiError::from)?;
    Ok(ClientToken {
        access_token: token,
        token_type: "Bearer".to_owned(),
        expires_in: CLIENT_TOKEN_SECONDS.unsigned_abs(),
        scope: scopes,
    })
}

/// Client and secret, from the one place where they stand; nothing when they are missing or cannot be any of ours.
fn presented(
    request: &HttpRequest,
    asked: &TokenRequest,
) -> Result<Option<(ApiClientId, ApiKey)>, Refusal> {
    let in_form = match (&asked.client_id, &asked.client_secret) {
        (Some(id), Some(secret)) => Some((id.clone(), secret.clone())),
        _ => None,
    };
    let found = match (request.headers().get(AUTHORIZATION).and_then(basic), in_form) {
        // Whoever uses both may mean either.
        (Some(_), Some(_)) => return Err(INVALID_REQUEST),
        (in_header, in_form) => in_header.or(in_form),
    };
    let Some((id, secret)) = found else { return Ok(None) };
    Ok(id.parse().ok().zip(ApiKey::parse(&secret)))
}

fn basic(header: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    let plain = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()))?;
    let plain = String::from_utf8(plain.ok()?).ok()?;
    let (id, secret) = plain.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// The client whose secret this is, when it is let in from here.
async fn admitted(
    state: &AppState,
    request: &HttpRequest,
    id: ApiClientId,
    secret: ApiKey,
) -> Result<KnownClient, Refusal> {
    let now = state.clock.now();
    let found = known::by_client_secret(&state.db, id, &secret, now).await?;
    let client = match found.ok_or(UNKNOWN)? {
        Ok(client) => client,
        Err(ended) => {
            client_log::belongs_to(request, ended.client);
            return Err(Refusal::Told("invalid_client", ended.code));
        }
    };
    client_log::belongs_to(request, id);
    let address = request::address(request);
    if !client.may_come_from(address) {
        return Err(Refusal::Told("unauthorized_client", ProblemCode::NetworkNotAllowed));
    }
    state.client_log.used(client.secret, client.last_used_at, (now, address));
    Ok(client)
}

/// The scopes of the token: those that were asked for, or all that are in force.
fn scopes(client: &KnownClient, asked: Option<&str>) -> Result<String, Refusal> {
    let Some(asked) = asked else {
        let all: Vec<&str> =
            client.actor.access.scopes.iter().map(|scope| scope.as_str()).collect();
        return Ok(all.join(" "));
    };
    let mut names: Vec<&str> = asked.split(' ').filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    let has = |name: &&str| ClientScope::parse(name).is_some_and(|scope| client.actor.has(scope));
    if names.iter().all(has) {
        return Ok(names.join(" "));
    }
    Err(Refusal::Told("invalid_scope", ProblemCode::ScopeMissing))
}

fn require_form(request: &HttpRequest) -> ApiResult<()> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(());
    }
    let refusal = ApiError::problem(ProblemCode::UnsupportedMediaType);
    Err(refusal.detail("Send application/x-www-form-urlencoded."))
}

fn refuse(
    request: &HttpRequest,
    error: &str,
    code: ProblemCode,
    language: Language,
) -> HttpResponse {
    problem::speak_for_oneself(request);
    let context = request::context(request);
    let body = OAuthError {
        error: error.to_owned(),
        error_description: code.title(language).to_owned(),
        code: code.as_str().to_owned(),
        request_id: context.map(|context| context.id.clone()).unwrap_or_default(),
    };
    let is_unknown = error == "invalid_client";
    let status = if is_unknown { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    let mut answer = HttpResponse::build(status);
    if is_unknown {
        answer.insert_header((WWW_AUTHENTICATE, "Basic realm=\"nq57\""));
    }
    kept_by_nobody(answer.json(body))
}

fn kept_by_nobody(mut answer: HttpResponse) -> HttpResponse {
    let headers: [(HeaderName, &str); 2] = [(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")];
    for (name, value) in headers {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}
