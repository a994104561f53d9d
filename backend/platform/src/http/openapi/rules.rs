//! What holds for every operation: headers, the condition of reads, merge patches, bytes, examples of
//! problems.

use nq57_core::language::Language;
use nq57_core::problem::{FieldCode, FieldError, MEDIA_TYPE, Problem, ProblemCode};
use serde_json::{Map, Value, json};

use super::{REQUIRED_SCOPE, examples, walk};

/// Headers that an answer may carry: name, meaning, an example.
const HEADERS: &[(&str, &str, &str)] = &[
    ("X-Request-Id", "Names this request in logs: the caller's own id, or a new one.", "3f9c-1a"),
    ("Cache-Control", "Who may keep the answer, and how long.", "private, no-store"),
    (
        "RateLimit-Policy",
        "The quota `q` of a window of `w` seconds, where a limit is set.",
        "\"read\";q=600;w=60",
    ),
    (
        "RateLimit",
        "The requests `r` that are left for `t` seconds, where a limit is set.",
        "\"read\";r=599;t=60",
    ),
    ("Retry-After", "Seconds after which it is worth trying again.", "12"),
    ("WWW-Authenticate", "How to sign in, and what a client lacks.", "Bearer"),
    ("Pragma", "Tells caches of HTTP/1.0 to keep nothing.", "no-cache"),
    ("ETag", "Names this state of the thing, for `If-Match` and `If-None-Match`.", "\"3\""),
    (
        "Location",
        "Where the new thing is.",
        "/api/v1/products/01930000-0000-7000-8000-000000000000",
    ),
    (
        "Link",
        "The next page, `rel=\"next\"`; absent on the last.",
        "</api/v1/products?cursor=eyJ2IjoxfQ>; rel=\"next\"",
    ),
    (
        "Set-Cookie",
        "The refresh token, for `/api/v1/auth` only; or its end.",
        "nq57_refresh=…; HttpOnly; Secure; SameSite=Strict; Path=/api/v1/auth",
    ),
    ("Content-Disposition", "The name of the file.", "attachment; filename=\"ho-so.pdf\""),
    ("Accept-Ranges", "Parts can be asked for by `Range`.", "bytes"),
    ("Content-Range", "Which bytes these are, and how many there are.", "bytes 0-99/1234"),
    (
        "Vary",
        "The headers of the request that the answer depends on.",
        "Accept-Encoding, Authorization",
    ),
];

/// Its tag is for `If-Match` alone: what it shows changes with what others do, the revision does not.
const NEVER_UNCHANGED: &str = "read_evaluation";

/// The media type of files, whatever they hold.
const BYTES: &str = "application/octet-stream";

/// Days and instants are of the years that are taken from outside.
const OF_OUR_YEARS: &str = "^(19|2[0-9])[0-9]{2}-";

fn bound_days(part: &mut Map<String, Value>) {
    let format = part.get("format").and_then(Value::as_str);
    if matches!(format, Some("date" | "date-time")) {
        part.insert("pattern".into(), OF_OUR_YEARS.into());
    }
}

/// Completes every operation of the document.
pub fn apply(document: &mut Value) {
    walk::each(document, &mut bound_days);
    let headers: Map<String, Value> = HEADERS
        .iter()
        .map(|&(name, text, example)| (name.to_owned(), header(text, example)))
        .collect();
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("headers".into(), Value::Object(headers));
        for (name, answer) in
            components.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten()
        {
            complete_answer(name.trim_start_matches("Problem"), answer);
        }
    }
    walk::operations(document, &mut |method, operation| {
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            name_plain_type(parameter);
            tell_form(parameter);
        }
        tell_scope(operation);
        match method {
            "get" => answer_unchanged(operation),
            "patch" => take_merge_patch(operation),
            _ => {}
        }
        let answers = operation.get_mut("responses").and_then(Value::as_object_mut);
        for (status, answer) in answers.into_iter().flatten() {
            if answer.get("$ref").is_none() {
                complete_answer(status, answer);
            }
        }
    });
}

fn header(text: &str, example: &str) -> Value {
    json!({"description": text, "schema": {"type": "string"}, "example": example})
}

fn complete_answer(status: &str, answer: &mut Value) {
    let Some(answer) = answer.as_object_mut() else { return };
    let mut headers = Map::new();
    let declared = answer.get("headers").and_then(Value::as_object);
    for name in declared.into_iter().flat_map(Map::keys) {
        headers.insert(name.clone(), named(name));
    }
    for name in ["X-Request-Id", "Cache-Control", "Vary", "RateLimit-Policy", "RateLimit"] {
        headers.insert(name.into(), named(name));
    }
    let is_file = answer.get("content").is_some_and(|content| content.get(BYTES).is_some());
    let further: &[&str] = match status {
        "401" | "403" => &["WWW-Authenticate"],
        "429" | "503" => &["Retry-After"],
        "200" if is_file => &["Accept-Ranges", "Content-Disposition"],
        "206" if is_file => &["Accept-Ranges", "Content-Disposition", "Content-Range", "ETag"],
        _ => &[],
    };
    headers.extend(further.iter().map(|&name| (name.to_owned(), named(name))));
    answer.insert("headers".into(), Value::Object(headers));
    let description =
        answer.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (media, body) in
        answer.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten()
    {
        let Some(body) = body.as_object_mut() else { continue };
        if media == BYTES {
            body.insert("schema".into(), json!({"type": "string", "format": "binary"}));
        } else if media == MEDIA_TYPE {
            body.remove("example");
            body.insert("examples".into(), Value::Object(problems(status, &description)));
        }
    }
}

fn named(header: &str) -> Value {
    json!({"$ref": format!("#/components/headers/{header}")})
}

/// What may be left out of an address or a head cannot be `null` there.
fn name_plain_type(parameter: &mut Value) {
    let Some(kind) = parameter.pointer_mut("/schema/type") else { return };
    let plain =
        kind.as_array().and_then(|kinds| kinds.iter().find(|kind| *kind != "null")).cloned();
    if let Some(plain) = plain {
        *kind = plain;
    }
}

/// What the extractors of two headers take: `If-Match` revisions alone, no weak tag and no tag of
/// somebody else; `Idempotency-Key` any printable text.
fn tell_form(parameter: &mut Value) {
    let form = match parameter.get("name").and_then(Value::as_str) {
        Some("If-Match") => r#"^(\*|"[0-9]{1,18}"( ?, ?"[0-9]{1,18}")*)$"#,
        Some("Idempotency-Key") => "^[ -~]*[!-~][ -~]*$",
        _ => return,
    };
    if let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) {
        schema.insert("pattern".into(), form.into());
    }
}

/// People need no scope; clients do.
fn tell_scope(operation: &mut Map<String, Value>) {
    let Some(scope) = operation.get(REQUIRED_SCOPE).and_then(Value::as_str) else { return };
    let told = format!("A client needs the scope `{scope}`.");
    let text = operation.get("description").and_then(Value::as_str).unwrap_or_default();
    let text = if text.is_empty() { told } else { format!("{text}\n\n{told}") };
    operation.insert("description".into(), text.into());
}

/// Plain JSON is taken too; one media type is declared, because generated clients make a function of each.
fn take_merge_patch(operation: &mut Map<String, Value>) {
    let content = operation.get_mut("requestBody").and_then(|body| body.get_mut("content"));
    if let Some(content) = content.and_then(Value::as_object_mut)
        && let Some(body) = content.remove("application/json")
    {
        content.insert("application/merge-patch+json".into(), body);
    }
}

/// A read with an entity tag takes `If-None-Match` and may answer 304 with the headers of the 200.
fn answer_unchanged(operation: &mut Map<String, Value>) {
    if operation.get("operationId").is_some_and(|id| id == NEVER_UNCHANGED) {
        return;
    }
    let Some(answers) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
    let Some(headers) = answers.get("200").and_then(|answer| answer.get("headers")).cloned() else {
        return;
    };
    if headers.get("ETag").is_none() {
        return;
    }
    let unchanged = json!({"description": "Not changed since `If-None-Match`", "headers": headers});
    answers.insert("304".into(), unchanged);
    answers.sort_keys();
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(parameters) = parameters.as_array_mut() {
        parameters.push(json!({
            "name": "If-None-Match", "in": "header", "required": false,
            "description": "The `ETag` of what the caller has: 304 without a body when it is still that.",
            "schema": {"type": "string"}, "example": "\"2\"",
        }));
    }
}

/// The codes that the description names, else those that come with the status anywhere.
fn problems(status: &str, description: &str) -> Map<String, Value> {
    let named = description.split('`').skip(1).step_by(2).filter_map(ProblemCode::parse);
    let mut codes: Vec<ProblemCode> =
        named.filter(|code| code.status().to_string() == status).collect();
    if codes.is_empty() {
        let every = ProblemCode::ALL.iter().copied();
        codes.extend(every.filter(|code| code.status().to_string() == status));
    }
    let example = |code: ProblemCode| {
        (
            code.as_str().to_owned(),
            json!({"summary": code.meaning().trim(), "value": occurrence(code)}),
        )
    };
    codes.into_iter().map(example).collect()
}

/// A problem as the server answers it.
fn occurrence(code: ProblemCode) -> Problem {
    let places: &[(&str, FieldCode, Option<i64>)] = match code {
        ProblemCode::MalformedBody => &[("/extra", FieldCode::UnknownField, None)],
        ProblemCode::InvalidParameter => &[("#query/limit", FieldCode::TooLarge, Some(100))],
        ProblemCode::InvalidHeader => &[("#header/If-Match", FieldCode::InvalidFormat, None)],
        ProblemCode::ValidationFailed | ProblemCode::DraftIncomplete => {
            &[("/title", FieldCode::Required, None), ("/summary", FieldCode::TooLong, Some(500))]
        }
        _ => &[],
    };
    let errors = places.iter().map(|&(pointer, code, limit)| FieldError {
        pointer: pointer.to_owned(),
        code,
        message: code.message(limit, Language::En),
        limit,
    });
    Problem {
        instance: Some(format!("/api/v1/products/{}", examples::ID)),
        request_id: Some("3f9c-1a".to_owned()),
        errors: errors.collect(),
        ..Problem::new(code, Language::En)
    }
}
