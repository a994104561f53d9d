//! Asking to join, being answered, leaving.

use nq57_shared::access::Role;
use nq57_shared::accounts::Account;
use nq57_shared::organisations::{JoinRequest, JoinRequestState, Member};
use nq57_shared::page::Page;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{enter, enterprise};
use crate::accounts::mailbox;
use crate::harness::{Client, TestApp, assert_problem, role};

async fn members(client: &Client, path: &str) -> Vec<(String, bool)> {
    let page: Page<Member> = client.get(&format!("{path}/members")).await.read_as();
    page.items.into_iter().map(|one| (one.display_name, one.is_manager)).collect()
}

#[actix_web::test]
async fn a_manager_approves_and_the_person_is_a_member_at_once() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let hung = app.signed_in("hung", &[]).await;
    let path = format!("/organisations/{}", enter(&lan, &enterprise("Viện Thử")).await.id);
    let (requests, wish) =
        (format!("{path}/join-requests"), json!({ "message": " Tôi ở phòng 2 " }));
    let ask = || hung.post(&requests, &wish);

    let asked: JoinRequest = ask().await.expect(201).read_as();
    assert_eq!((asked.message.as_str(), asked.state), ("Tôi ở phòng 2", JoinRequestState::Pending));
    assert_problem(&ask().await, 409, "already_exists");
    assert_eq!(mailbox::letters(&app, "lan@test.example").await.len(), 1, "the manager is told");

    let listed: Page<JoinRequest> =
        lan.get(&format!("{path}/join-requests?state=pending")).await.read_as();
    assert_eq!(listed.items, std::slice::from_ref(&asked));
    let answer = format!("{path}/join-requests/{}/answer", asked.id);
    assert_problem(&hung.post(&answer, &json!({ "approve": true })).await, 403, "forbidden");
    let approved: JoinRequest = lan.post(&answer, &json!({ "approve": true })).await.read_as();
    assert_eq!(approved.state, JoinRequestState::Approved);
    assert_problem(
        &lan.post(&answer, &json!({ "approve": false })).await,
        409,
        "event_not_possible",
    );

    let me: Account = hung.get("/me").await.read_as();
    assert_eq!(me.organisations.len(), 1);
    assert!(!me.organisations[0].is_manager);
    assert_eq!(members(&lan, &path).await, [("lan".to_owned(), true), ("hung".to_owned(), false)]);
    assert_problem(&ask().await, 409, "already_exists");
    assert_eq!(mailbox::letters(&app, "hung@test.example").await.len(), 1, "the person is told");
    let own: Page<JoinRequest> = hung.get("/me/join-requests").await.read_as();
    assert_eq!(own.items.len(), 1);
}

#[actix_web::test]
async fn a_declined_person_may_ask_again() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let hung = app.signed_in("hung", &[]).await;
    let path = format!("/organisations/{}", enter(&lan, &enterprise("Viện Thử")).await.id);
    let first: JoinRequest =
        hung.post(&format!("{path}/join-requests"), &json!({})).await.read_as();
    let answer = format!("{path}/join-requests/{}/answer", first.id);
    lan.post(&answer, &json!({ "approve": false })).await.expect(200);
    assert_eq!(members(&lan, &path).await.len(), 1);
    hung.post(&format!("{path}/join-requests"), &json!({})).await.expect(201);
    let own: Page<JoinRequest> = hung.get("/me/join-requests?limit=1").await.read_as();
    assert_eq!(own.items[0].state, JoinRequestState::Pending, "newest first");
    let cursor = own.next_cursor.expect("there is more");
    let next: Page<JoinRequest> =
        hung.get(&format!("/me/join-requests?limit=1&cursor={cursor}")).await.read_as();
    assert_eq!(next.items[0].id, first.id);
    let foreign = lan.get(&format!("/me/join-requests?cursor={cursor}")).await;
    assert_problem(&foreign, 400, "invalid_cursor");
}

#[actix_web::test]
async fn only_managers_and_administrators_see_members_and_requests() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let stranger = app.signed_in("hung", &[role(Role::PanelChair)]).await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let path = format!("/organisations/{}", enter(&lan, &enterprise("Viện Thử")).await.id);
    for list in ["members", "join-requests"] {
        let list = format!("{path}/{list}");
        assert_problem(&app.client().get(&list).await, 401, "unauthenticated");
        assert_problem(&stranger.get(&list).await, 403, "forbidden");
        admin.get(&list).await.expect(200);
        let missing = list.replace(&path, &format!("/organisations/{}", uuid::Uuid::nil()));
        assert_problem(&admin.get(&missing).await, 404, "not_found");
    }
    let asked: JoinRequest =
        stranger.post(&format!("{path}/join-requests"), &json!({})).await.read_as();
    let elsewhere = enter(&stranger, &enterprise("Viện Khác")).await;
    let crossed = format!("/organisations/{}/join-requests/{}/answer", elsewhere.id, asked.id);
    assert_problem(&stranger.post(&crossed, &json!({ "approve": true })).await, 404, "not_found");
}

#[actix_web::test]
async fn members_leave_and_managers_remove() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let hung = app.signed_in("hung", &[]).await;
    let mai = app.signed_in("mai", &[]).await;
    let path = format!("/organisations/{}", enter(&lan, &enterprise("Viện Thử")).await.id);
    for (person, is_manager) in [(&hung, false), (&mai, true)] {
        let asked: JoinRequest =
            person.post(&format!("{path}/join-requests"), &json!({})).await.read_as();
        let answer = format!("{path}/join-requests/{}/answer", asked.id);
        lan.post(&answer, &json!({ "approve": true, "is_manager": is_manager })).await.expect(200);
    }
    let member = |person: &Client| format!("{path}/members/{}", person.account());

    assert_problem(&hung.delete(&member(&lan)).await, 403, "forbidden");
    assert_problem(&app.client().delete(&member(&lan)).await, 401, "unauthenticated");
    hung.delete(&member(&hung)).await.expect(204);
    assert_problem(&hung.delete(&member(&hung)).await, 403, "forbidden");
    mai.delete(&member(&lan)).await.expect(204);
    assert_problem(&lan.get(&format!("{path}/members")).await, 403, "forbidden");
    assert_problem(&mai.delete(&member(&lan)).await, 404, "not_found");
    assert_eq!(members(&mai, &path).await, [("mai".to_owned(), true)]);
}

/// Nothing becomes an organisation of another kind, an unanswered request, Vietnamese or no role instead.
#[actix_web::test]
async fn a_stored_value_that_is_none_of_ours_is_a_failure_of_the_server() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let hung = app.signed_in("hung", &[]).await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let path = format!("/organisations/{}", enter(&lan, &enterprise("Viện Thử")).await.id);
    hung.post(&format!("{path}/join-requests"), &json!({})).await.expect(201);
    for (who, read, table, column) in [
        (&hung, "/me/join-requests", "join_requests", "state"),
        (&hung, path.as_str(), "organisations", "kind"),
        (&admin, "/accounts", "grants", "role"),
        (&hung, "/me", "accounts", "language"),
    ] {
        who.get(read).await.expect(200);
        let damage = format!("UPDATE {table} SET {column} = 'nonsense'");
        app.state.db.execute_unprepared(&damage).await.expect("damaged");
        assert_problem(&who.get(read).await, 500, "internal");
    }
}

#[actix_web::test]
async fn requests_to_an_organisation_without_a_manager_reach_the_administrators() {
    let app = TestApp::start().await;
    let lan = app.signed_in("lan", &[]).await;
    let hung = app.signed_in("hung", &[]).await;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let path = format!("/organisations/{}", enter(&lan, &enterprise("Viện Thử")).await.id);
    lan.delete(&format!("{path}/members/{}", lan.account())).await.expect(204);
    let asked: JoinRequest =
        hung.post(&format!("{path}/join-requests"), &json!({})).await.read_as();
    assert_eq!(mailbox::letters(&app, "admin@test.example").await.len(), 1);
    let answer = format!("{path}/join-requests/{}/answer", asked.id);
    admin.post(&answer, &json!({ "approve": true, "is_manager": true })).await.expect(200);
    assert_eq!(members(&hung, &path).await, [("hung".to_owned(), true)]);
}
