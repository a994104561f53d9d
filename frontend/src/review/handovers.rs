//! To whom a case went over from whom: for officials who find it in their register, among what happened to it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use leptos::prelude::*;
use nq57_shared::access::Role;
use nq57_shared::handover::{Handover, Office};
use nq57_shared::ids::{OrganisationId, ProductId};
use nq57_shared::organisations::Organisation;
use nq57_shared::page::Page;
use nq57_shared::time::Timestamp;
use nq57_ui::api::get;
use nq57_ui::components::{Moment, Reached};
use nq57_ui::i18n::{Text, date_time, tr};
use nq57_ui::state::session;

use crate::reference::{List, name};

/// When it went over, and how; nothing for whoever may not know.
pub(super) async fn of(id: ProductId) -> Vec<(Timestamp, Moment)> {
    if !untrack(|| Role::REGISTER.into_iter().any(session::has_role)) {
        return Vec::new();
    }
    let asked = get(format!("/cases/{id}/handovers")).query("limit", 100);
    let Ok(answer) = asked.send::<Page<Handover>>().await else { return Vec::new() };
    let mut names = HashMap::new();
    for one in &answer.body.items {
        for id in [one.from.organisation_id, one.to.organisation_id].into_iter().flatten() {
            if let Entry::Vacant(place) = names.entry(id)
                && let Ok(found) = get(format!("/organisations/{id}")).send::<Organisation>().await
            {
                place.insert(found.body.name);
            }
        }
    }
    answer.body.items.into_iter().map(|one| (one.at, moment(one, &names))).collect()
}

fn moment(one: Handover, names: &HashMap<OrganisationId, String>) -> Moment {
    let Handover { at, from, to, reason, .. } = one;
    let (from, to) = (called(from, names), called(to, names));
    Moment {
        reached: Reached::Done,
        what: Text::from(move || tr::review::handed_over(from.string(), to.string())),
        when: Text::from(move || format!("{}, {}", date_time(at), tr::review::by_administrator())),
        note: Some(Text::from(reason)),
    }
}

fn called(office: Office, names: &HashMap<OrganisationId, String>) -> Text {
    match (office.province_code, office.organisation_id) {
        (Some(code), _) => Text::from(move || name(List::Provinces, &code)),
        (None, id) => Text::from(id.and_then(|id| names.get(&id).cloned()).unwrap_or_default()),
    }
}
