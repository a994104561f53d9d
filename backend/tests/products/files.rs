//! Attachments: who may add, see and remove them, and what versions keep.

use nq57_shared::products::{Product, ProductFile};
use reqwest::Method;
use serde_json::json;

use super::stories::Portal;
use crate::harness::{Answer, Client, TestApp, assert_problem};

pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n%%EOF\n";

pub async fn upload(client: &Client, product: &Product, name: &str, content: &[u8]) -> Answer {
    let mut body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--x--\r\n");
    client
        .call(Method::POST, &format!("/products/{}/files", product.id))
        .header("Content-Type", "multipart/form-data; boundary=x")
        .body(body)
        .send()
        .await
}

#[actix_web::test]
async fn a_file_is_attached_listed_downloaded_and_detached() {
    let portal = Portal::open().await;
    let draft = portal.drafted().await;
    let answer = upload(&portal.company, &draft, "đo.pdf", PDF).await.expect(201);
    let file: ProductFile = answer.read_as();
    assert_eq!((file.name.as_str(), file.media_type.as_str()), ("đo.pdf", "application/pdf"));
    assert_eq!(answer.revision(), 2);
    let location = answer.header("location").to_owned();
    assert_eq!(location, format!("/api/v1/products/{}/files/{}", draft.id, file.id));
    assert_eq!(portal.read(&portal.company, &draft).await.files, std::slice::from_ref(&file));

    let path = format!("/products/{}/files/{}", draft.id, file.id);
    let sent = portal.company.get(&path).await.expect(200);
    assert_eq!(sent.body, PDF);
    assert!(sent.header("content-disposition").starts_with("attachment"));
    assert_eq!(sent.header("x-content-type-options"), "nosniff");
    portal.app.client().get(&path).await.expect(404);
    portal.intake.get(&path).await.expect(404);

    let blind = portal.company.delete(&path).await;
    assert_problem(&blind, 428, "revision_required");
    let gone = portal.company.call(Method::DELETE, &path).if_match(2).send().await.expect(204);
    assert_eq!(gone.revision(), 3);
    portal.company.get(&path).await.expect(404);
    let again = portal.company.call(Method::DELETE, &path).if_match(3).send().await;
    assert_problem(&again, 404, "not_found");
}

#[actix_web::test]
async fn what_a_browser_could_run_is_refused() {
    let portal = Portal::open().await;
    let draft = portal.drafted().await;
    for (name, content) in [
        ("a.html", b"<script>alert(1)</script>".as_slice()),
        ("a.pdf", b"<html><script>alert(1)</script>"),
        ("a.svg", b"<svg onload=alert(1)>"),
        ("a.exe", b"MZ\x90"),
    ] {
        let answer = upload(&portal.company, &draft, name, content).await;
        assert_problem(&answer, 422, "file_type_refused");
    }
    assert_eq!(portal.read(&portal.company, &draft).await.revision, 1);
}

#[actix_web::test]
async fn size_and_number_are_limited() {
    let app = TestApp::start_with(|config| {
        config.files.max_bytes = 100;
        config.files.max_files_per_case = 2;
    })
    .await;
    let portal = Portal::on(app).await;
    let draft = portal.drafted().await;
    let big = [PDF, &[b' '; 200]].concat();
    assert_problem(&upload(&portal.company, &draft, "a.pdf", &big).await, 413, "body_too_large");
    upload(&portal.company, &draft, "a.pdf", PDF).await.expect(201);
    upload(&portal.company, &draft, "b.pdf", PDF).await.expect(201);
    assert_problem(&upload(&portal.company, &draft, "c.pdf", PDF).await, 409, "too_many_files");
}

#[actix_web::test]
async fn several_files_arrive_at_the_same_time() {
    let portal = Portal::open().await;
    let draft = portal.drafted().await;
    let names = ["1.pdf", "2.pdf", "3.pdf", "4.pdf"];
    let sent = names.map(|name| upload(&portal.company, &draft, name, PDF));
    for answer in futures_util::future::join_all(sent).await {
        answer.expect(201);
    }
    let mut found: Vec<String> = portal
        .read(&portal.company, &draft)
        .await
        .files
        .into_iter()
        .map(|file| file.name)
        .collect();
    found.sort_unstable();
    assert_eq!(found, names);
}

#[actix_web::test]
async fn a_file_of_a_public_version_outlives_its_removal_from_the_next() {
    let portal = Portal::open().await;
    let draft = portal.drafted().await;
    let file: ProductFile = upload(&portal.company, &draft, "a.pdf", PDF).await.read_as();
    let draft = portal.read(&portal.company, &draft).await;
    let submitted: Product = portal.send(&portal.company, &draft, "submit").await.read_as();
    let refused = upload(&portal.company, &submitted, "late.pdf", PDF).await;
    assert_problem(&refused, 403, "forbidden");
    let decided = portal.decide(&portal.accept(&submitted).await, "decide_publish").await;
    portal.publish(&decided).await;
    let path = format!("/products/{}/files/{}", draft.id, file.id);
    portal.app.client().get(&path).await.expect(200);

    let published = portal.read(&portal.company, &draft).await;
    let revised: Product = portal.send(&portal.company, &published, "revise").await.read_as();
    let seen = revised.revision.cast_signed();
    portal.company.call(Method::DELETE, &path).if_match(seen).send().await.expect(204);
    assert_eq!(portal.app.client().get(&path).await.expect(200).body, PDF);
    let added: ProductFile = upload(&portal.company, &revised, "b.pdf", PDF).await.read_as();
    let new = format!("/products/{}/files/{}", draft.id, added.id);
    portal.app.client().get(&new).await.expect(404);

    let revised = portal.read(&portal.company, &draft).await;
    let back: Product = portal.send(&portal.company, &revised, "discard_revision").await.read_as();
    assert_eq!(back.files, [file], "the files of the public version are back");
    portal.company.get(&new).await.expect(404);
    let other = portal.drafted().await;
    let foreign = format!("/products/{}/files/{}", other.id, back.files[0].id);
    portal.company.get(&foreign).await.expect(404);
}

#[actix_web::test]
async fn nobody_attaches_to_what_is_not_theirs() {
    let portal = Portal::open().await;
    let draft = portal.drafted().await;
    let stranger = portal.app.signed_in("stranger", &[]).await;
    assert_problem(&upload(&stranger, &draft, "a.pdf", PDF).await, 404, "not_found");
    let body = json!({"file": "x"});
    let wrong = portal.company.post(&format!("/products/{}/files", draft.id), &body).await;
    assert_problem(&wrong, 415, "unsupported_media_type");
}
