//! Pages for people who program against the interface: Swagger UI, and what each problem code means.

use std::fmt::Write;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG, LOCATION, VARY,
};
use actix_web::{HttpRequest, HttpResponse, get, web};
use nq57_core::language::Language;
use nq57_core::problem::ProblemCode;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::http::{RequestLanguage, conditional};
use crate::state::AppState;

/// The pages below `/docs`.
pub fn configure(services: &mut web::ServiceConfig) {
    let swagger =
        Config::new(["/api/openapi.json"]).display_request_duration(true).try_it_out_enabled(true);
    services
        .service(enter)
        .service(explain_problems)
        .service(SwaggerUi::new("/docs/{_:.*}").config(swagger));
}

#[get("/docs")]
async fn enter() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish()
}

/// The OpenAPI document.
#[get("/api/openapi.json")]
pub async fn read_openapi(state: AppState, request: HttpRequest) -> HttpResponse {
    let (body, tag) = state.document.get(state.registry.document(), &state.config);
    if conditional::is_known(&request, tag) {
        return HttpResponse::NotModified().insert_header((ETAG, tag.clone())).finish();
    }
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((ETAG, tag.clone()))
        .insert_header((CACHE_CONTROL, "public, max-age=60, stale-while-revalidate=300"))
        .body(body.clone())
}

/// The table of all problem codes: `type` of a problem leads to its row.
#[get("/docs/problems")]
async fn explain_problems(language: RequestLanguage) -> HttpResponse {
    let language = language.0;
    let heading = match language {
        Language::Vi => "Mã lỗi của giao diện lập trình",
        Language::En => "Problem codes of the interface",
    };
    let mut page = format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{heading} · NQ57</title>\
         <style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}\
         table{{border-collapse:collapse;width:100%}}th,td{{text-align:left;vertical-align:top;\
         padding:.4rem .6rem;border-bottom:1px solid #ccc}}:target{{background:#fff3c4;color:#000}}\
         @media(max-width:40rem){{thead{{display:none}}tr,td{{display:block}}td{{border:0;padding:.1rem 0}}\
         tr{{padding:.6rem 0;border-bottom:1px solid #ccc}}}}\
         @media(prefers-color-scheme:dark){{body{{background:#111;color:#eee}}}}</style>\
         <main><h1>{heading}</h1><table><thead><tr><th>code</th><th>status</th><th>title</th>\
         <th>meaning</th></tr></thead><tbody>",
        language.tag()
    );
    for code in ProblemCode::ALL {
        // Codes, titles and meanings are constants of the program without markup.
        let meaning = code.meaning().replace('`', "");
        let row = write!(
            page,
            "<tr id=\"{code}\"><td><code>{code}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>",
            code.status(),
            code.title(language),
            meaning.trim(),
        );
        // Writing into a String does not fail.
        row.unwrap_or_default();
    }
    page.push_str("</tbody></table></main></html>");
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_LANGUAGE, language.tag()))
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .insert_header((VARY, "Accept-Language, Accept-Encoding"))
        .body(page)
}
