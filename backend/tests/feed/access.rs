//! Who reads what: nobody more than they may, and everybody at once what they may now.

use std::collections::BTreeSet;

use nq57_platform::feed::{Access, Asked, Offices, Walk};
use nq57_shared::access::{Role, RoleGrant};
use nq57_shared::feed::ChangeSummary;
use nq57_shared::ids::OrganisationId;
use nq57_shared::organisations::Organisation;
use nq57_shared::products::Product;
use serde_json::json;
use uuid::Uuid;

use super::Mirror;
use crate::harness::{Client, TestApp, assert_problem, role};
use crate::organisations::{enter, enterprise};
use crate::products::stories::{Portal, draft, draft_with};

const DOSSIERS: &str = "types=product_dossier";

async fn dossiers(app: &TestApp, reader: &Client) -> Vec<String> {
    app.sequenced().await;
    let mut mirror = Mirror::of(DOSSIERS);
    mirror.assert_equal(reader).await;
    mirror.ids("product_dossier").into_iter().map(str::to_owned).collect()
}

fn of_organisation(role: Role, organisation: &Organisation) -> RoleGrant {
    RoleGrant { role, organisation_id: Some(organisation.id), province_code: None }
}

async fn submitted_for(portal: &Portal, organisation: &Organisation) -> Product {
    let path = format!("/products?organisation_id={}", organisation.id);
    let draft: Product = portal.company.post(&path, &draft()).await.expect(201).read_as();
    portal.send(&portal.company, &draft, "submit").await.expect(200).read_as()
}

#[actix_web::test]
async fn dossiers_are_for_offices_within_their_limits_and_for_nobody_else() {
    let portal = Portal::open().await;
    let app = &portal.app;
    let here = portal.submitted().await;
    let elsewhere = draft_with(&[("province_code", json!("01"))]);
    let elsewhere: Product = portal.company.post("/products", &elsewhere).await.read_as();
    portal.send(&portal.company, &elsewhere, "submit").await.expect(200);
    app.sequenced().await;

    for path in ["/changes", "/changes/summary"] {
        let path = format!("{path}?{DOSSIERS}");
        assert_problem(&app.client().get(&path).await, 401, "unauthenticated");
        let stranger = app.signed_in(&format!("stranger{}", path.len()), &[]).await;
        assert_problem(&stranger.get(&path).await, 403, "forbidden");
        // Who scores sees panels, not the register.
        assert_problem(&portal.evaluators[0].get(&path).await, 403, "forbidden");
    }
    let mut all = Mirror::of("limit=100000");
    all.catch_up(&app.client()).await;
    assert!(all.ids("product_dossier").is_empty(), "not even by the way");

    let of_nothing = portal.intake_of("48").await;
    assert_eq!(dossiers(app, &portal.intake_of("92").await).await, [here.id.to_string()]);
    assert_eq!(dossiers(app, &portal.intake_of("01").await).await, [elsewhere.id.to_string()]);
    assert!(dossiers(app, &of_nothing).await.is_empty());
    assert_eq!(dossiers(app, &portal.intake).await.len(), 2);
    let auditor = app.signed_in("auditor", &[role(Role::Auditor)]).await;
    assert_eq!(dossiers(app, &auditor).await.len(), 2);
    // A filter takes nothing but away.
    for (reader, expected) in [(&portal.intake, 1), (&of_nothing, 0)] {
        let mut mirror = Mirror::of("types=product_dossier&province=01");
        mirror.assert_equal(reader).await;
        assert_eq!(mirror.objects.len(), expected);
    }
}

#[actix_web::test]
async fn an_office_above_reads_what_its_organisations_sent_from_the_moment_it_stands_above() {
    let portal = Portal::open().await;
    let app = &portal.app;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    let above = enter(&admin, &enterprise("Tập đoàn")).await;
    let below = enter(&portal.company, &enterprise("Công ty con")).await;
    let sent = submitted_for(&portal, &below).await;
    let grant = of_organisation(Role::IntakeOfficer, &above);
    let official = app.signed_in("official", &[grant]).await;
    assert!(dossiers(app, &official).await.is_empty());
    let place = |parent| json!({ "parent_id": parent });
    let path = format!("/organisations/{}", below.id);
    let seen = admin.get(&path).await.revision();
    admin.patch(&path, seen, &place(Some(above.id))).await.expect(200);
    assert_eq!(dossiers(app, &official).await, [sent.id.to_string()]);
    let mut in_province = Mirror::of("types=product_dossier&province=92");
    in_province.assert_equal(&official).await;
    assert_eq!(in_province.objects.len(), 1);

    let mut mirror = Mirror::of(DOSSIERS);
    mirror.catch_up(&official).await;
    let seen = admin.get(&path).await.revision();
    admin.patch(&path, seen, &place(None)).await.expect(200);
    // Nobody remembers what people could read before: they copy anew.
    assert_problem(&official.get(&mirror.path()).await, 410, "feed_reset");
    mirror.assert_equal(&official).await;
    assert!(mirror.objects.is_empty());
    assert_eq!(mirror.resets, 1);
}

#[actix_web::test]
async fn a_role_for_an_organisation_within_a_province_reads_nothing_of_it_elsewhere() {
    let portal = Portal::open().await;
    let app = &portal.app;
    let institute = enter(&portal.company, &enterprise("Viện")).await;
    let sent = submitted_for(&portal, &institute).await;
    for (province, count) in [("92", 1), ("01", 0)] {
        let grant = RoleGrant {
            province_code: Some(province.into()),
            ..of_organisation(Role::IntakeOfficer, &institute)
        };
        let official = app.signed_in(&format!("official{province}"), &[grant]).await;
        assert_eq!(dossiers(app, &official).await, vec![sent.id.to_string(); count]);
        let mut limited = Mirror::of("types=product_dossier&province=92");
        limited.assert_equal(&official).await;
        assert_eq!(limited.objects.len(), count);
    }
}

#[actix_web::test]
async fn who_reads_more_places_than_an_answer_is_made_of_is_told_so() {
    let app = TestApp::start().await;
    let asked = |provinces: &[&str]| Asked {
        types: BTreeSet::from(["product_dossier".to_owned()]),
        provinces: provinces.iter().map(|code| (*code).to_owned()).collect(),
        limit: 1,
        ..Asked::default()
    };
    let organisations = (0..300).map(|n| OrganisationId(Uuid::from_u128(n)));
    let offices = Offices { organisations: organisations.collect(), ..Offices::default() };
    let access = Access::of("a reader", offices);
    let begin = async |asked: Asked| {
        let formerly = async |_: &str| Ok(None);
        Walk::begin(&app.state, &access, formerly, &asked).await.map(|_| ())
    };
    begin(asked(&[])).await.expect("300 places");
    begin(asked(&["92"])).await.expect("300 places");
    let refused = begin(asked(&["01", "92"])).await.expect_err("600 places");
    assert_eq!(refused.code().as_str(), "feed_too_wide");
}

#[actix_web::test]
async fn who_gets_or_loses_a_grant_copies_anew_and_everybody_else_goes_on() {
    let portal = Portal::open().await;
    let app = &portal.app;
    let admin = app.signed_in("admin", &[role(Role::Administrator)]).await;
    portal.submitted().await;
    app.sequenced().await;
    let official = portal.intake_of("92").await;
    let (mut here, mut other) = (Mirror::of(DOSSIERS), Mirror::of(DOSSIERS));
    here.catch_up(&official).await;
    other.catch_up(&portal.intake).await;
    let account = format!("/accounts/{}", official.account());
    let grants = admin.get(&account).await.json()["grants"].clone();
    let given = json!({"role": "intake_officer", "province_code": "01"});
    admin.post(&format!("{account}/grants"), &given).await.expect(201);
    assert_problem(&official.get(&here.path()).await, 410, "feed_reset");
    here.assert_equal(&official).await;
    assert_eq!((here.resets, here.objects.len()), (1, 1));
    let id = grants[0]["id"].as_str().expect("an id");
    admin.delete(&format!("{account}/grants/{id}")).await.expect(204);
    here.assert_equal(&official).await;
    assert_eq!((here.resets, here.objects.len()), (2, 0), "what it lost is gone from the copy");
    other.assert_equal(&portal.intake).await;
    assert_eq!((other.resets, other.objects.len()), (0, 1));
}

#[actix_web::test]
async fn members_read_what_their_own_organisation_has_sent() {
    let portal = Portal::open().await;
    let app = &portal.app;
    let own = enter(&portal.company, &enterprise("Công ty Một")).await;
    let sent = submitted_for(&portal, &own).await;
    let stranger = app.signed_in("founder", &[]).await;
    enter(&stranger, &enterprise("Công ty Hai")).await;
    let company = app.sign_in(portal.company.account()).await;
    assert_eq!(dossiers(app, &company).await, [sent.id.to_string()]);
    assert!(dossiers(app, &stranger).await.is_empty());
}

#[actix_web::test]
async fn figures_count_what_their_reader_sees() {
    let portal = Portal::open().await;
    portal.submitted().await;
    portal.app.sequenced().await;
    let live = async |reader: &Client, query: &str| -> Vec<u64> {
        let said: ChangeSummary =
            reader.get(&format!("/changes/summary{query}")).await.expect(200).read_as();
        said.types
            .iter()
            .filter(|one| one.kind.starts_with("product"))
            .map(|one| one.live)
            .collect()
    };
    assert_eq!(live(&portal.app.client(), "").await, [0], "products, no dossiers");
    assert_eq!(live(&portal.intake, "").await, [0, 1]);
    assert_eq!(live(&portal.intake_of("48").await, "").await, [0, 0]);
}
