//! Whatever list offers to count counts what its pages hold, neither less nor more.

use nq57_shared::access::Role;

use super::document::operations;
use super::guarded::path;
use super::specimens::Specimens;
use crate::harness::{Client, role};

/// All items of the list, by pages of two.
async fn walked(who: &Client, at: &str) -> u64 {
    let (mut found, mut address) = (0, format!("{at}?limit=2"));
    loop {
        let page = who.get(&address).await.expect(200).json();
        found += page["items"].as_array().expect("items").len() as u64;
        let Some(cursor) = page["next_cursor"].as_str() else { return found };
        address = format!("{at}?limit=2&cursor={cursor}");
    }
}

#[actix_web::test]
async fn the_total_of_a_list_is_what_its_pages_hold() {
    let specimens = Specimens::collect().await;
    let roles = [Role::Administrator, Role::PanelChair, Role::IntakeOfficer].map(role);
    let counter = specimens.portal.app.signed_in("counter", &roles).await;
    let mut lists = Vec::new();
    for operation in operations() {
        let counts = operation.parameters().contains(&("query".to_owned(), "count".to_owned()));
        // Its count is of what was not read.
        if !counts || operation.id == "list_notifications" {
            continue;
        }
        let at = path(&operation, |name| specimens.value(&operation, name).to_owned());
        let page = counter.get(&format!("{at}?limit=1&count=true")).await.expect(200).json();
        let total =
            page["total"].as_u64().unwrap_or_else(|| panic!("{} has no total", operation.id));
        assert_eq!(total, walked(&counter, &at).await, "{}", operation.id);
        lists.push((operation.id, total));
    }
    let filled = lists.iter().filter(|(_, total)| *total > 1).count();
    assert!(lists.len() >= 9 && filled >= 4, "{lists:?}");
}
