//! One change, one revision; and what stands in the database as nobody has written it.

use nq57_shared::products::Product;
use sea_orm::ConnectionTrait;

use super::stories::Portal;
use crate::harness::assert_problem;

#[actix_web::test]
async fn a_transition_raises_the_revision_by_exactly_one() {
    let portal = Portal::open().await;
    let company = &portal.company;
    let draft = portal.drafted().await;
    let submitted: Product = portal.send(company, &draft, "submit").await.expect(200).read_as();
    assert_eq!(submitted.revision, draft.revision + 1, "submit");

    let checked = portal.judge(&submitted, "pass").await;
    let answer = portal.send_at(&portal.intake, &submitted, checked, "accept").await.expect(200);
    assert_eq!(answer.revision(), checked + 1, "accept");

    let accepted = portal.read(company, &submitted).await;
    portal.evaluate(&portal.read(&portal.chair, &accepted).await).await;
    let evaluated = portal.read(company, &accepted).await;
    assert_eq!(evaluated.revision, accepted.revision + 1, "start_evaluation");

    let portal = Portal::open().await;
    let company = &portal.company;
    let accepted = portal.accepted().await;
    portal.recommend(&accepted).await;
    let recommended = portal.read(company, &accepted).await;
    assert_eq!(recommended.revision, accepted.revision + 1, "nothing of what the panel does");
    let seen = portal.read(&portal.publisher, &accepted).await;
    let decided = portal.send(&portal.publisher, &seen, "decide_publish").await.expect(200);
    assert_eq!(decided.revision(), seen.revision.cast_signed() + 1, "decide_publish");
    let published = portal.publish(&decided.read_as()).await;
    assert_eq!(published.revision.cast_signed(), decided.revision() + 1, "publish");
    assert_eq!(portal.read(company, &accepted).await.revision, recommended.revision + 2);
}

#[actix_web::test]
async fn what_is_public_has_the_revision_that_its_submitter_sees() {
    let portal = Portal::open().await;
    let published = portal.published().await;
    let path = format!("/products/{}", published.id);
    let same = async |what: &str| {
        let public: Product = portal.app.client().get(&path).await.expect(200).read_as();
        let own = portal.read(&portal.company, &published).await;
        assert_eq!(public.revision, own.revision, "{what}");
        public.revision
    };
    let first = same("published").await;
    let answer = portal.send(&portal.publisher, &published, "suspend").await.expect(200);
    let suspended: Product = answer.read_as();
    portal.send(&portal.publisher, &suspended, "resume").await.expect(200);
    assert_eq!(same("resumed").await, first + 2);
}

#[actix_web::test]
async fn a_change_by_one_who_waited_for_another_is_stale() {
    let portal = Portal::open().await;
    let submitted = portal.submitted().await;
    let checked = portal.judge(&submitted, "pass").await;
    let accept = || portal.send_at(&portal.intake, &submitted, checked, "accept");
    let withdraw = portal.send_at(&portal.company, &submitted, checked, "withdraw");
    let (one, two, three) = tokio::join!(accept(), accept(), withdraw);
    let mut statuses = [one.status, two.status, three.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412]);
    let now = portal.read(&portal.company, &submitted).await;
    assert_eq!(now.revision.cast_signed(), checked + 1);
}

/// Nobody gets a draft, a first kind or an empty list instead.
#[actix_web::test]
async fn a_stored_value_that_is_none_of_ours_is_a_failure_of_the_server() {
    let portal = Portal::open().await;
    let db = &portal.app.state.db;
    for (column, value) in [
        ("state", "nonsense"),
        ("kind", "nonsense"),
        ("holder", "nonsense"),
        ("files", "{"),
        ("content", "{}"),
    ] {
        let draft = portal.drafted().await;
        let path = format!("/products/{}", draft.id);
        portal.company.get(&path).await.expect(200);
        // There is no other draft with a text that can be told apart by SQL of both engines.
        let damage = format!("UPDATE products SET {column} = '{value}' WHERE state = 'draft'");
        db.execute_unprepared(&damage).await.expect("damaged");
        assert_problem(&portal.company.get(&path).await, 500, "internal");
        let patch = serde_json::json!({"summary": "Khác."});
        assert_problem(&portal.company.patch(&path, 1, &patch).await, 500, "internal");
        db.execute_unprepared("DELETE FROM products").await.expect("cleared");
    }
}
