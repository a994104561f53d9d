//! Versions: sealed, fingerprinted, compared; the public sees the old one until the new one is there.

use nq57_shared::page::Page;
use nq57_shared::products::{
    HistoryEntry, Product, ProductPage, ProductState, ProductVersion, VersionDiff, VersionSummary,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::stories::Portal;

#[actix_web::test]
async fn anybody_can_compute_the_fingerprint_again() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let path = format!("/products/{}/versions/1", published.id);
    let version = portal.app.client().get(&path).await.expect(200).json();
    let sealed = json!({
        "content": version["content"], "files": version["files"], "version": version["version"],
    });
    assert_eq!(version["fingerprint"], hex::encode(Sha256::digest(canonical(&sealed))));
}

/// Canonical JSON by another way than the server's: a sorted map at every level.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let sorted: std::collections::BTreeMap<_, _> = members.iter().collect();
            let members: Vec<String> = sorted
                .into_iter()
                .map(|(name, member)| format!("{}:{}", json!(name), canonical(member)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        plain => plain.to_string(),
    }
}

#[actix_web::test]
async fn the_old_version_stays_public_until_the_new_one_is_published() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let path = format!("/products/{}", published.id);
    let own = portal.read(&portal.company, &published).await;
    let revised: Product = portal.send(&portal.company, &own, "revise").await.expect(200).read_as();
    assert_eq!((revised.state, revised.version), (ProductState::Draft, 2));
    assert_eq!((revised.public_version, revised.fingerprint.clone()), (Some(1), None));
    let patch = json!({"title": "Cảm biến mặn đời hai", "trl": 9});
    let edited: Product = portal
        .company
        .patch(&path, revised.revision.cast_signed(), &patch)
        .await
        .expect(200)
        .read_as();

    let anybody = portal.app.client();
    let shown = async || -> Product { anybody.get(&path).await.expect(200).read_as() };
    let unchanged = shown().await;
    assert_eq!((unchanged.version, unchanged.state), (1, ProductState::Published));
    assert_eq!(unchanged.content.title, "Cảm biến mặn cho ruộng lúa Lúa Trũng");
    let found: ProductPage = anybody.get("/products?q=doi+hai").await.read_as();
    assert!(found.items.is_empty());
    let history: Page<HistoryEntry> = anybody.get(&format!("{path}/history")).await.read_as();
    assert_eq!(history.items.len(), 5, "nothing of the next version");

    let submitted: Product = portal.send(&portal.company, &edited, "submit").await.read_as();
    assert_eq!((submitted.version, submitted.secret.clone()), (2, None));
    assert_eq!(submitted.code, published.code);
    anybody.get(&format!("{path}/versions/2")).await.expect(404);
    anybody.get(&format!("{path}/versions/diff?from=1&to=2")).await.expect(404);
    let decided = portal.decide(&portal.accept(&submitted).await, "decide_publish").await;
    assert_eq!(shown().await.version, 1);
    portal.publish(&decided).await;
    let new = shown().await;
    assert_eq!((new.version, new.content.title.as_str()), (2, "Cảm biến mặn đời hai"));

    let diff: VersionDiff =
        anybody.get(&format!("{path}/versions/diff?from=1&to=2")).await.expect(200).read_as();
    let changed: Vec<_> = diff.changes.iter().map(|change| change.pointer.as_str()).collect();
    assert_eq!(changed, ["/title", "/trl"]);
    assert_eq!((&diff.changes[1].from, &diff.changes[1].to), (&json!(8), &json!(9)));
    let versions: Page<VersionSummary> = anybody.get(&format!("{path}/versions")).await.read_as();
    let public: Vec<_> = versions.items.iter().map(|v| (v.version, v.is_public)).collect();
    assert_eq!(public, [(2, true), (1, false)]);
    let old: ProductVersion = anybody.get(&format!("{path}/versions/1")).await.read_as();
    assert_eq!(old.content.title, "Cảm biến mặn cho ruộng lúa Lúa Trũng");
}

#[actix_web::test]
async fn a_revision_can_be_given_up() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let own = portal.read(&portal.company, &published).await;
    let revised: Product = portal.send(&portal.company, &own, "revise").await.read_as();
    let path = format!("/products/{}", published.id);
    let patch = json!({"title": "Tên khác"});
    let edited: Product =
        portal.company.patch(&path, revised.revision.cast_signed(), &patch).await.read_as();
    let back: Product =
        portal.send(&portal.company, &edited, "discard_revision").await.expect(200).read_as();
    assert_eq!((back.state, back.version), (ProductState::Published, 1));
    assert_eq!(back.content, own.content);
    assert_eq!(back.fingerprint, own.fingerprint);
}

#[actix_web::test]
async fn suspending_ends_whatever_the_next_version_is_doing() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let own = portal.read(&portal.company, &published).await;
    let revised: Product = portal.send(&portal.company, &own, "revise").await.read_as();
    let submitted: Product = portal.send(&portal.company, &revised, "submit").await.read_as();
    let seen = portal.read(&portal.publisher, &submitted).await;
    let suspended: Product = portal.send(&portal.publisher, &seen, "suspend").await.read_as();
    assert_eq!((suspended.state, suspended.due_at), (ProductState::Suspended, None));
    let resumed: Product = portal.send(&portal.publisher, &suspended, "resume").await.read_as();
    assert_eq!((resumed.version, resumed.public_version), (1, Some(1)));
    let again = portal.read(&portal.company, &resumed).await;
    let third: Product = portal.send(&portal.company, &again, "revise").await.read_as();
    assert_eq!(third.version, 3, "numbers are never used twice");
}

#[actix_web::test]
async fn a_publisher_takes_down_what_is_public_without_seeing_the_next_draft() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let own = portal.read(&portal.company, &published).await;
    let revised: Product = portal.send(&portal.company, &own, "revise").await.read_as();
    let path = format!("/products/{}", published.id);
    let patch = json!({"title": "Tên chưa ai biết"});
    portal.company.patch(&path, revised.revision.cast_signed(), &patch).await.expect(200);

    let seen = portal.read(&portal.publisher, &published).await;
    assert_eq!(seen.content.title, published.content.title);
    assert_eq!(seen.allowed_events, [nq57_shared::products::ProductEvent::Suspend]);
    assert_eq!(portal.read(&portal.intake, &published).await.allowed_events, []);
    let honours = json!({"honours": [{"award": "Sao Khuê", "year": 2026}]});
    let answer = portal
        .publisher
        .put(&format!("{path}/honours"), seen.revision.cast_signed(), &honours)
        .await;
    let honoured: Product = answer.expect(200).read_as();
    assert_eq!((honoured.honours.len(), honoured.content.title), (1, seen.content.title));
    let public: Product = portal.app.client().get(&path).await.read_as();
    assert_eq!(public.honours[0].award, "Sao Khuê");

    let answer = portal
        .send_at(&portal.publisher, &published, honoured.revision.cast_signed(), "suspend")
        .await;
    let suspended: Product = answer.expect(200).read_as();
    assert_eq!(suspended.content.title, published.content.title);
    portal.app.client().get(&path).await.expect(404);
}

#[actix_web::test]
async fn versions_that_do_not_exist_are_not_found() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let path = format!("/products/{}/versions", published.id);
    for part in ["/2", "/0", "/4294967295", "/-1", "/one", "/diff?from=1&to=7"] {
        portal.company.get(&format!("{path}{part}")).await.expect(404);
    }
    portal.company.get(&format!("{path}/diff?from=1")).await.expect(400);
}
