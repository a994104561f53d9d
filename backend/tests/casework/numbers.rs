//! How much there is in queue and register: of what the filters leave, by province too, and never counted to the end of a
//! large country.

use nq57_shared::casework::{ProvinceCount, WorkPage};
use sea_orm::{ConnectionTrait, DbBackend};

use super::register::{cases, sent};
use crate::harness::Client;
use crate::products::stories::Portal;

async fn work(who: &Client, query: &str) -> WorkPage {
    who.get(&format!("/my-work?{query}")).await.expect(200).read_as()
}

fn by_province(counts: Option<Vec<ProvinceCount>>) -> Vec<(String, u64)> {
    let counts = counts.expect("counted");
    counts.into_iter().map(|one| (one.province_code, one.count)).collect()
}

#[actix_web::test]
async fn provinces_are_counted_under_the_filters_and_narrow_the_queue() {
    let portal = Portal::open().await;
    for (title, province) in [("Mặn", "92"), ("Gió", "01"), ("Lúa", "92"), ("Mưa", "48")] {
        sent(&portal, title, province).await;
    }
    let one = |code: &str, count| (code.to_owned(), count);
    for (query, expected) in [
        ("", vec![one("01", 1), one("48", 1), one("92", 2)]),
        ("province=92", vec![one("92", 2)]),
        ("province=92&province=01", vec![one("01", 1), one("92", 2)]),
        ("q=lua", vec![one("92", 1)]),
        ("q=lua&province=01", vec![]),
    ] {
        let all: u64 = expected.iter().map(|(_, count)| count).sum();
        let of_cases = cases(&portal.intake, &format!("count=true&{query}")).await;
        assert_eq!(by_province(of_cases.provinces), expected, "{query}");
        let waiting = work(&portal.intake, &format!("count=true&{query}")).await;
        assert_eq!(by_province(waiting.provinces), expected, "{query}");
        assert_eq!((of_cases.total, waiting.total), (Some(all), Some(all)), "{query}");
        assert_eq!(waiting.items.len() as u64, all, "{query}");
        let steps: u64 = waiting.counts.expect("counts").iter().map(|count| count.waiting).sum();
        assert_eq!(steps, all, "{query}");
    }
    let asked_nothing = work(&portal.intake, "").await;
    assert!(asked_nothing.provinces.is_none() && asked_nothing.total.is_none());
    // Nobody sees further than the own province, whatever is asked.
    let here = portal.intake_of("92").await;
    assert_eq!(by_province(work(&here, "count=true").await.provinces), [one("92", 2)]);
    assert!(work(&here, "province=01").await.items.is_empty());
    assert_eq!(by_province(cases(&here, "count=true").await.provinces), [one("92", 2)]);
    // A page of one province goes on in it.
    let first = work(&portal.intake, "province=92&province=48&sort=-since&limit=2").await;
    let cursor = first.next_cursor.expect("more");
    let query = format!("province=92&province=48&sort=-since&limit=2&cursor={cursor}");
    let rest = work(&portal.intake, &query).await;
    let titles: Vec<_> =
        first.items.iter().chain(&rest.items).map(|item| item.case.title.as_str()).collect();
    assert_eq!(titles, ["Mưa", "Lúa", "Mặn"]);
}

#[actix_web::test]
async fn numbers_are_of_what_the_filters_leave() {
    let portal = Portal::open().await;
    portal.published().await;
    sent(&portal, "Trạm quan trắc mặn", "92").await;
    sent(&portal, "Trạm quan trắc gió", "01").await;
    for (query, all) in [
        ("", 3),
        ("state=submitted", 2),
        ("state=submitted&province=01", 1),
        ("q=gio", 1),
        ("open=false", 1),
        ("due=soon", 0),
        ("due=late&state=published", 0),
    ] {
        let page = cases(&portal.intake, &format!("count=true&limit=1&{query}")).await;
        let counts = page.counts.expect("counts");
        let counted: u64 = counts.iter().map(|count| count.cases).sum();
        assert_eq!((page.total, counted, page.at_least), (Some(all), all, false), "{query}");
    }
}

#[actix_web::test]
async fn nobody_counts_further_than_ten_thousand() {
    let portal = Portal::open().await;
    sent(&portal, "Trạm quan trắc mặn", "92").await;
    let db = &portal.app.state.db;
    let new_id = match db.get_database_backend() {
        DbBackend::Sqlite => "randomblob(16)",
        _ => "gen_random_uuid()",
    };
    let rest = "kind, title, folded, sender, owner_id, organisation_id, province_code, state, \
                is_open, holder, due_at, submitted_at, changed_at";
    let twice = format!("INSERT INTO cases (id, {rest}) SELECT {new_id}, {rest} FROM cases");
    for _ in 0..13 {
        db.execute_unprepared(&twice).await.expect("more cases");
    }
    let page = cases(&portal.intake, "count=true").await;
    assert_eq!((page.total, page.at_least), (Some(8192), false));
    db.execute_unprepared(&twice).await.expect("more cases");
    let page = cases(&portal.intake, "count=true&limit=1").await;
    assert_eq!((page.total, page.at_least, page.items.len()), (Some(10_000), true, 1));
    let counted: u64 = page.counts.expect("counts").iter().map(|count| count.cases).sum();
    assert!((10_000..=10_001).contains(&counted), "{counted}");
}
