//! A client that signs in with its secret. The token endpoint is invented here, in the form of RFC 6749.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::sources::{Asked, answer_all, is_schema, source};
use super::{Agency, Kind};

/// `agency:geheim` in base64.
const BASIC: &str = "authorization: Basic YWdlbmN5OmdlaGVpbQ==";

fn is_token(asked: &Asked) -> bool {
    asked.path == "/api/v1/oauth/token"
}

fn given(number: u32, seconds: u32) -> (u16, String, bool) {
    let body = format!(
        "{{\"access_token\":\"t{number}\",\"token_type\":\"Bearer\",\"expires_in\":{seconds},\"scope\":\"changes:read\"}}"
    );
    (200, body, false)
}

fn refused() -> (u16, String, bool) {
    (
        401,
        "{\"error\":\"invalid_client\",\"error_description\":\"Sign in first\"}".to_owned(),
        false,
    )
}

fn agency(address: &str) -> Agency {
    let agency = Agency::new(Kind::Folder, address, &[]);
    let secret = agency.secret("secret", "geheim\n");
    let source = format!("client_id = \"agency\"\nsecret_file = \"{}\"", secret.display());
    agency.settle(&source, "patience_seconds = 2");
    agency
}

#[actix_web::test]
async fn a_client_signs_in_with_its_secret_and_keeps_the_token_as_long_as_it_lives() {
    for (seconds, signs_in) in [(600, 1), (10, 3)] {
        let tokens = Arc::new(AtomicU32::new(0));
        let count = tokens.clone();
        let portal = source(move |asked| {
            if is_token(asked) {
                assert!(asked.text.starts_with("POST "), "{}", asked.text);
                assert!(asked.text.contains(BASIC), "{}", asked.text);
                assert!(asked.text.contains("content-type: application/x-www-form-urlencoded"));
                assert!(asked.text.ends_with("\r\n\r\ngrant_type=client_credentials"));
                return given(count.fetch_add(1, Ordering::AcqRel) + 1, seconds);
            }
            let token = format!("authorization: Bearer t{}", count.load(Ordering::Acquire));
            match asked.text.contains(&token) {
                true => answer_all(asked),
                false => refused(),
            }
        });
        agency(&portal).run(&[]).await.expect(0);
        assert_eq!(tokens.load(Ordering::Acquire), signs_in);
    }
}

#[actix_web::test]
async fn a_token_that_ends_before_its_time_is_asked_for_once_more() {
    let tokens = AtomicU32::new(0);
    let portal = source(move |asked| {
        if is_token(asked) {
            return given(tokens.fetch_add(1, Ordering::AcqRel) + 1, 600);
        }
        match is_schema(asked) || asked.text.contains("Bearer t2") {
            true => answer_all(asked),
            false => refused(),
        }
    });
    agency(&portal).run(&[]).await.expect(0);
}

#[actix_web::test]
async fn a_secret_that_is_not_taken_ends_in_4_and_is_not_tried_again() {
    let portal = source(|asked| match is_token(asked) {
        true => refused(),
        false => answer_all(asked),
    });
    let ended = agency(&portal).run(&[]).await.expect(4);
    assert!(ended.said.contains("invalid_client"), "{ended:?}");
    assert!(!ended.said.contains("geheim"), "{ended:?}");
    // A token is given, and opens nothing.
    let asked_for = Arc::new(AtomicU32::new(0));
    let count = asked_for.clone();
    let portal = source(move |asked| match is_token(asked) {
        true => given(count.fetch_add(1, Ordering::AcqRel), 600),
        false => refused(),
    });
    agency(&portal).run(&[]).await.expect(4);
    assert_eq!(asked_for.load(Ordering::Acquire), 1);
}

#[actix_web::test]
async fn a_source_that_gives_no_token_for_a_while_is_waited_for() {
    let asked_for = AtomicU32::new(0);
    let portal = source(move |asked| match is_token(asked) {
        true if asked_for.fetch_add(1, Ordering::AcqRel) == 0 => (503, String::new(), false),
        true => given(1, 600),
        false => answer_all(asked),
    });
    agency(&portal).run(&[]).await.expect(0);
}
