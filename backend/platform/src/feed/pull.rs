//! Reading the changes, as a stream of lines.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, VARY};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError, get};
use futures_util::stream;
use nq57_core::access::{Actor, ClientScope};
use nq57_core::feed::{LIMIT_DEFAULT, LIMIT_MAX, Line, WAIT_MAX};
use nq57_core::problem::{FieldCode, ProblemCode};
use nq57_core::validate::Violations;
use serde::Deserialize;
use tokio::time::{Instant, sleep_until, timeout_at};
use utoipa::IntoParams;

use super::access::{self, audiences_of};
use super::hub::Turn;
use super::walk::{Asked, Walk};
use crate::error::{ApiError, ApiResult};
use crate::http::request::{self, RequestContext};
use crate::http::{Caller, Query, conditional, problem};
use crate::state::AppState;

/// The media type of one JSON value in each line.
const NDJSON: &str = "application/x-ndjson";
/// Most values of a list in the address.
const MOST_VALUES: usize = 100;
/// How long an answer may take, whatever its reader does: what is left comes with the next request.
const LONGEST: Duration = Duration::from_secs(120);

/// Which changes are read.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SoughtChanges {
    /// Types of objects, separated by commas; all that the caller may read when absent, also those that are added later.
    #[serde(default)]
    #[param(style = Form, explode = false, example = json!(["product"]))]
    types: Vec<String>,
    /// Codes of the reference list `provinces`, separated by commas: only objects of these provinces, and of types that
    /// have none.
    #[serde(default)]
    #[param(style = Form, explode = false, example = json!(["92"]))]
    province: Vec<String>,
    /// `next` of an earlier answer with the same `types` and `province`; from the beginning when absent.
    #[param(example = "eyJ2IjoxLCJmIjoiM2YyYSJ9")]
    after: Option<String>,
    /// Changes in this answer, at most 100,000; 1,000 when absent.
    #[param(minimum = 1, maximum = 100_000, example = 1000)]
    limit: Option<u64>,
    /// Seconds to wait while there is nothing new, at most 30.
    #[serde(default)]
    #[param(maximum = 30, example = 0)]
    wait: u64,
    /// Whether lines carry the objects themselves.
    #[serde(default = "yes")]
    #[param(example = true)]
    data: bool,
}

const fn yes() -> bool {
    true
}

impl SoughtChanges {
    fn asked(&self, state: &AppState) -> ApiResult<Asked> {
        let mut violations = Violations::new();
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        let bound = |most: u64| usize::try_from(most).unwrap_or(usize::MAX);
        if limit == 0 {
            violations.add_limit("#query/limit", FieldCode::TooSmall, 1);
        } else if limit > LIMIT_MAX {
            violations.add_limit("#query/limit", FieldCode::TooLarge, bound(LIMIT_MAX));
        }
        if self.wait > WAIT_MAX {
            violations.add_limit("#query/wait", FieldCode::TooLarge, bound(WAIT_MAX));
        }
        let types = values(&mut violations, "#query/types", &self.types);
        let provinces = provinces(state, &mut violations, &self.province);
        if !violations.is_empty() {
            return Err(ApiError::problem(ProblemCode::InvalidParameter).errors(violations));
        }
        Ok(Asked { types, provinces, after: self.after.clone(), limit, data: self.data })
    }
}

/// The values of a list, which may also come as a parameter each.
pub(super) fn values(
    violations: &mut Violations,
    place: &'static str,
    given: &[String],
) -> BTreeSet<String> {
    let values: BTreeSet<String> =
        given.iter().flat_map(|one| one.split(',')).map(str::to_owned).collect();
    if values.len() > MOST_VALUES {
        violations.add_limit(place, FieldCode::TooMany, MOST_VALUES);
    }
    if values.contains("") {
        violations.add(place, FieldCode::InvalidFormat);
    }
    values
}

/// Codes of provinces that there are, or were.
pub(super) fn provinces(
    state: &AppState,
    violations: &mut Violations,
    given: &[String],
) -> BTreeSet<String> {
    let codes = values(violations, "#query/province", given);
    let snapshot = state.reference.snapshot();
    if codes.iter().any(|code| snapshot.province(code).is_none()) {
        violations.add("#query/province", FieldCode::UnknownValue);
    }
    codes
}

/// Pull changes.
///
/// Everything that has changed since `after`, as lines of JSON: a header, a change each (`op` is `upsert` with the whole
/// object, or `delete` with a `cause`), a checkpoint each 1,000 changes, and a trailer. Keep what came before a checkpoint
/// together with its `next`, and go on from there: an answer without a trailer is incomplete, `sha256` of the trailer
/// covers all bytes before it. Each object comes as it is now, at the number of its last change; numbers have gaps. Without
/// `after` it is a whole copy. After 410 copy anew and drop what does not come.
#[utoipa::path(
    tag = "changes",
    extensions(("x-required-scope" = json!(ClientScope::ChangesRead))),
    params(SoughtChanges),
    responses(
        (status = 200, description = "The changes, a line each", body = String, content_type = "application/x-ndjson",
            headers(("ETag" = String, description = "Of the answer")),
            example = json!(EXAMPLE)),
        (status = 403, description = "`forbidden`, of a client `scope_missing`: a type of which the caller may read nothing"),
        (status = 410, description = "`feed_reset`, `feed_expired`: copy anew, without `after`"),
    ),
)]
#[get("/changes")]
pub async fn pull_changes(
    state: AppState,
    request: HttpRequest,
    caller: Caller,
    sought: Query<SoughtChanges>,
) -> ApiResult<HttpResponse> {
    let asked = sought.asked(&state)?;
    let access = audiences_of(&state, &caller).await?;
    let formerly = async |version: &str| access::formerly(&state, &caller, version).await;
    let turn = state.feed.read(caller.scope())?;
    let mut walk = Walk::begin(&state, &access, formerly, &asked).await?;
    if sought.wait > 0 && !walk.look_again().await? {
        wait(&state, &caller, &mut walk, Duration::from_secs(sought.wait)).await?;
    }
    let content = format!("{} {asked:?}", walk.tag());
    let tag = conditional::tag_of(walk.head(), content.as_bytes());
    let is_known = conditional::is_known(&request, &tag);
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((ETAG, tag));
    reusable(&caller, &mut answer);
    if is_known {
        return Ok(answer.finish());
    }
    let lines = Lines {
        walk,
        context: request::context(&request),
        path: request.path().to_owned(),
        end: Instant::now() + LONGEST,
        _turn: turn,
    };
    answer.insert_header((CONTENT_TYPE, HeaderValue::from_static(NDJSON)));
    Ok(answer.streaming(stream::unfold(Some(lines), Lines::next)))
}

/// What everybody gets may be kept by anybody, who asks each time; what somebody gets, by nobody.
pub(super) fn reusable(caller: &Caller, answer: &mut HttpResponseBuilder) {
    if matches!(caller.actor(), Actor::Anonymous) {
        answer.insert_header((CACHE_CONTROL, "public, no-cache"));
        answer.append_header((VARY, "Authorization"));
    }
}

const EXAMPLE: &str = "\
{\"header\":{\"feed\":1,\"types\":[\"product\"],\"filter\":{},\"head\":48211,\"next\":\"eyJ2IjoxLCJmIjoiM2YyYSJ9\"}}\n\
{\"seq\":48190,\"op\":\"upsert\",\"type\":\"product\",\"id\":\"01930000-0000-7000-8000-000000000000\",\"revision\":7,\
\"updated_at\":\"2026-11-27T02:00:00Z\",\"data\":{\"code\":\"SP-2026-000123\"}}\n\
{\"seq\":48201,\"op\":\"delete\",\"type\":\"product\",\"id\":\"01930000-0000-7000-8000-000000000001\",\"revision\":9,\
\"updated_at\":\"2026-11-27T03:00:00Z\",\"cause\":\"unpublished\"}\n\
{\"trailer\":{\"next\":\"eyJ2IjoxLCJmIjoiNGIwYyJ9\",\"lines\":2,\"more\":false,\
\"sha256\":\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"}}\n";

/// Waits until there is something for the reader, the time is over, or the server drains. No connection is held.
async fn wait(state: &AppState, caller: &Caller, walk: &mut Walk, time: Duration) -> ApiResult<()> {
    let _turn = state.feed.wait(caller.scope())?;
    let end = Instant::now() + time;
    let mut head = state.feed.watch();
    let drained = state.drained();
    tokio::pin!(drained);
    let (mut earliest, mut is_woken) = (Instant::now(), false);
    loop {
        tokio::select! {
            () = sleep_until(end.min(earliest)) => {}
            () = &mut drained => return Ok(()),
        }
        // What was announced before this look is in it.
        head.mark_unchanged();
        if state.feed.looks_alone(walk.look_again()).await? || state.is_draining() {
            return Ok(());
        }
        if is_woken {
            // It was for somebody else: many changes at once cost one look.
            earliest = Instant::now() + state.feed.rest();
        }
        tokio::select! {
            moved = timeout_at(end, head.changed()) => match moved {
                Ok(Ok(())) => is_woken = true,
                Ok(Err(_)) | Err(_) => return Ok(()),
            },
            () = &mut drained => return Ok(()),
        }
    }
}

/// The lines of an answer as they are sent.
struct Lines {
    walk: Walk,
    context: Option<Rc<RequestContext>>,
    path: String,
    end: Instant,
    _turn: Turn,
}

impl Lines {
    /// The next bytes; after a failure its problem as the last line.
    async fn next(lines: Option<Self>) -> Option<(Result<Bytes, ApiError>, Option<Self>)> {
        let mut lines = lines?;
        if Instant::now() >= lines.end {
            // Access is asked again with the next request.
            lines.walk.break_off();
        }
        match lines.walk.next().await {
            Ok(Some(bytes)) => Some((Ok(bytes), Some(lines))),
            Ok(None) => None,
            Err(error) => Some((Ok(lines.failed(&error)), None)),
        }
    }

    fn failed(&self, error: &ApiError) -> Bytes {
        let id = self.context.as_ref().map(|context| context.id.as_str());
        tracing::error!(request_id = id, %error, "an answer of the feed was cut off");
        let Some(context) = &self.context else { return Bytes::from_static(b"\n") };
        let problem = problem::document(Some(error), error.status_code(), context, &self.path);
        let mut line = serde_json::to_string(&Line::Error(Box::new(problem))).unwrap_or_default();
        line.push('\n');
        line.into()
    }
}
