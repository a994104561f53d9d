//! Whoever is kept from a case reads nothing of it in the audit: what other doors hide is not learned here.

use nq57_backend::identity::accounts;
use nq57_platform::persistence::transaction;
use nq57_shared::access::Role;
use nq57_shared::audit::AuditEntry;
use nq57_shared::page::Page;
use nq57_shared::products::Product;
use serde_json::json;

use crate::evaluations::stories::EvaluationStory;
use crate::harness::{Client, TestApp, role};
use crate::products::stories::draft;

/// Makes an administrator of somebody, with a new session.
async fn promoted(app: &TestApp, who: &Client) -> Client {
    let (account, clock) = (who.account(), &app.state.clock);
    transaction::write(&app.state.db, async |tx| {
        accounts::give_role(tx, clock, account, &role(Role::Administrator), None).await
    })
    .await
    .expect("given");
    app.sign_in(account).await
}

async fn entries(who: &Client, query: &str) -> Page<AuditEntry> {
    who.get(&format!("/audit?{query}&limit=100&count=true")).await.read_as()
}

async fn actions(who: &Client, query: &str) -> Vec<String> {
    let page = entries(who, query).await;
    assert_eq!(
        page.total,
        Some(page.items.len() as u64),
        "{query}: what is kept back is not counted"
    );
    page.items.into_iter().map(|entry| entry.action).collect()
}

/// An evaluation that was recommended, with an administrator who has nothing to do with it.
async fn recommended() -> (EvaluationStory, Client) {
    let evaluation = EvaluationStory::declared().await;
    for member in &evaluation.members[..2] {
        evaluation.score(member, 4, true).await.expect(200);
    }
    evaluation.recommend(&evaluation.portal.chair, "publish", "Tốt.").await.expect(200);
    let neutral = evaluation.portal.app.signed_in("neutral", &[role(Role::Administrator)]).await;
    (evaluation, neutral)
}

#[actix_web::test]
async fn an_administrator_who_has_sent_a_case_reads_nothing_of_it_and_all_of_others() {
    let (evaluation, neutral) = recommended().await;
    let portal = &evaluation.portal;
    let other = portal.app.signed_in("other-company", &[]).await;
    let others: Product = other.post("/products", &draft()).await.expect(201).read_as();
    portal.send(&other, &others, "submit").await.expect(200);
    let sender = promoted(&portal.app, &portal.company).await;
    let (of_evaluation, of_product) =
        (format!("subject_id={}", evaluation.id), format!("subject_id={}", evaluation.product.id));
    let seen = actions(&neutral, &of_evaluation).await;
    for action in ["evaluation.opened", "evaluation.sheet_submitted", "evaluation.recommended"] {
        assert!(seen.iter().any(|one| one == action), "{seen:?}");
    }
    assert!(!actions(&neutral, &of_product).await.is_empty());
    for query in [
        of_evaluation.as_str(),
        of_product.as_str(),
        "subject_type=evaluation",
        "action=evaluation.recommended",
        &format!("actor_id={}", portal.chair.account()),
        &format!("actor_id={}", evaluation.members[0].account()),
    ] {
        assert_eq!(actions(&sender, query).await, Vec::<String>::new(), "{query}");
    }
    let sent = actions(&sender, &format!("subject_id={}", others.id)).await;
    assert_eq!(sent, ["product.state_changed", "product.created"]);
}

#[actix_web::test]
async fn pages_go_on_over_what_is_kept_back() {
    let (evaluation, _) = recommended().await;
    let portal = &evaluation.portal;
    let sender = promoted(&portal.app, &portal.company).await;
    let whole = entries(&sender, "from=2026-01-01T00:00:00Z").await.items;
    let (mut seen, mut path) = (Vec::new(), "/audit?limit=1".to_owned());
    loop {
        let page: Page<AuditEntry> = sender.get(&path).await.read_as();
        assert!(
            page.items.len() == 1 || page.next_cursor.is_none(),
            "no page is empty before the end"
        );
        seen.extend(page.items);
        let Some(cursor) = page.next_cursor else { break };
        path = format!("/audit?limit=1&cursor={cursor}");
    }
    assert_eq!(seen, whole);
    assert!(seen.iter().all(|entry| entry.subject_id != Some(evaluation.product.id.0)));
}

#[actix_web::test]
async fn who_belongs_to_the_sender_declared_a_conflict_or_has_left_is_kept_from_it_as_well() {
    let evaluation = EvaluationStory::declared().await;
    let portal = &evaluation.portal;
    // Who declared a conflict.
    evaluation.answer(&evaluation.members[2], "declared").await.expect(200);
    let recused = promoted(&portal.app, &evaluation.members[2]).await;
    assert!(actions(&recused, &format!("subject_id={}", evaluation.id)).await.is_empty());
    assert!(actions(&recused, &format!("subject_id={}", evaluation.product.id)).await.is_empty());

    // Who belongs to the organisation that sent it, now or then.
    let founder = portal.app.signed_in("founder", &[]).await;
    let firm = json!({ "name": "Công ty Gò Me", "kind": "enterprise" });
    let firm = founder.post("/organisations", &firm).await.expect(201).json();
    let firm = firm["id"].as_str().expect("an id").to_owned();
    let path = format!("/products?organisation_id={firm}");
    let begun: Product = founder.post(&path, &draft()).await.expect(201).read_as();
    portal.send(&founder, &begun, "submit").await.expect(200);
    let member = portal.app.signed_in("member", &[]).await;
    let joins = format!("/organisations/{firm}/join-requests");
    let asked =
        member.post(&joins, &json!({ "message": "Tôi ở phòng 2" })).await.expect(201).json();
    let answer = format!("{joins}/{}/answer", asked["id"].as_str().expect("an id"));
    founder.post(&answer, &json!({ "approve": true })).await.expect(200);
    let of_it = format!("subject_id={}", begun.id);
    let member = promoted(&portal.app, &member).await;
    assert!(actions(&member, &of_it).await.is_empty(), "a member");
    let leaves = format!("/organisations/{firm}/members/{}", member.account());
    member.delete(&leaves).await.expect(204);
    assert!(actions(&member, &of_it).await.is_empty(), "also when gone");
}
