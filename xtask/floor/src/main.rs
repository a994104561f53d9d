//! Answers every request with the same bytes and headers from memory: `floor PORT BODY HEADERS`.
//! BODY is a file, HEADERS a file of `name: value` lines.

use std::io::{Error, Result};

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer};

type Headers = Vec<(String, String)>;

async fn answer(kept: web::Data<(Bytes, Headers)>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    for (name, value) in &kept.1 {
        response.insert_header((name.as_str(), value.as_str()));
    }
    response.body(kept.0.clone())
}

#[actix_web::main]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [port, body, headers] = words.as_slice() else {
        return Err(Error::other("floor PORT BODY HEADERS"));
    };
    let port: u16 = port.parse().map_err(Error::other)?;
    let body = Bytes::from(std::fs::read(body)?);
    let headers: Headers = std::fs::read_to_string(headers)?
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let kept = web::Data::new((body, headers));
    HttpServer::new(move || App::new().app_data(kept.clone()).default_service(web::to(answer)))
        .bind(("127.0.0.1", port))?
        .run()
        .await
}
