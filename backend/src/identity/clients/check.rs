//! What only the server can know to be wrong with a client: places, organisations, networks, days.

use std::net::IpAddr;

use ipnet::IpNet;
use nq57_platform::error::ApiResult;
use nq57_platform::persistence::transaction::Tx;
use nq57_platform::state::AppState;
use nq57_shared::clients::ApiClientDraft;
use nq57_shared::problem::FieldCode;
use nq57_shared::time::Timestamp;
use nq57_shared::validate::Violations;

use crate::identity::organisations;

/// The draft with its networks as they are kept. `known_end` is the end that it had before.
///
/// # Errors
/// 422 with every wrong place.
pub async fn draft(
    tx: &Tx,
    state: &AppState,
    mut draft: ApiClientDraft,
    known_end: Option<Timestamp>,
) -> ApiResult<ApiClientDraft> {
    let mut violations = Violations::new();
    let reference = state.reference.snapshot();
    for (at, code) in draft.provinces.iter().enumerate() {
        if reference.province(code).is_none() {
            violations.add(format!("/provinces/{at}"), FieldCode::UnknownValue);
        }
    }
    let known = organisations::many(tx, &draft.organisations).await?;
    let mut below = 0;
    for (at, id) in draft.organisations.iter().enumerate() {
        below += organisations::count_below(tx, *id).await?;
        if !known.contains_key(id) {
            violations.add(format!("/organisations/{at}"), FieldCode::UnknownValue);
        } else if below > organisations::MOST_BELOW {
            violations.add(format!("/organisations/{at}"), FieldCode::NotAllowed);
        }
    }
    for (at, text) in draft.networks.iter_mut().enumerate() {
        match network(text) {
            Some(network) => *text = network.to_string(),
            None => violations.add(format!("/networks/{at}"), FieldCode::InvalidFormat),
        }
    }
    draft.networks.sort_unstable();
    draft.networks.dedup();
    if draft.expires_at != known_end {
        check_end(&mut violations, draft.expires_at, state.clock.now());
    }
    violations.into_result()?;
    Ok(draft)
}

/// Nothing is made that is over already.
pub fn check_end(violations: &mut Violations, end: Option<Timestamp>, now: Timestamp) {
    if end.is_some_and(|end| end <= now) {
        violations.add("/expires_at", FieldCode::Inconsistent);
    }
}

/// A network, or an address as the network of one, without the bits that do not count.
pub fn network(text: &str) -> Option<IpNet> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(IpNet::from(address.to_canonical()));
    }
    text.parse::<IpNet>().ok().map(|network| network.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_kept_in_one_form() {
        for (typed, kept) in [
            ("203.0.113.7", "203.0.113.7/32"),
            ("203.0.113.7/24", "203.0.113.0/24"),
            ("2001:db8::7", "2001:db8::7/128"),
            ("2001:DB8:0::/32", "2001:db8::/32"),
            ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ] {
            assert_eq!(network(typed).map(|one| one.to_string()).as_deref(), Some(kept));
        }
        for bad in ["", "203.0.113", "203.0.113.0/33", "localhost", "10.0.0.0/8,10.1.0.0/16"] {
            assert_eq!(network(bad), None, "{bad}");
        }
    }
}
