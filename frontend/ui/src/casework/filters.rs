//! The filters of queue and register as they stand in the address, which anybody can write by hand: what this page
//! does not know is left out and said so, instead of being asked of the server.

use leptos::prelude::*;
use nq57_shared::casework::{DueWithin, SOON_DAYS};

use super::{CaseKinds, kind_of};
use crate::i18n::tr;
use crate::state::address::Query;

/// The most characters of words that the server looks for.
const MOST_WORDS: usize = 200;

/// How near a deadline may be asked to be, as the address says it.
pub(super) const DUE: [&str; 3] = ["late", "today", "soon"];

/// What a value of `due` means.
fn due(value: &str) -> Option<DueWithin> {
    match value {
        "late" => Some(DueWithin::Late),
        "today" => Some(DueWithin::Today),
        "soon" => Some(DueWithin::Soon),
        _ => None,
    }
}

/// The words of a value of `due`; reactive.
pub(super) fn due_words(value: &str) -> String {
    use tr::casework as words;
    match due(value) {
        Some(DueWithin::Late) => words::late().to_owned(),
        Some(DueWithin::Today) => words::today().to_owned(),
        Some(DueWithin::Soon) => words::soon(u64::from(SOON_DAYS)),
        None => String::new(),
    }
}

/// Those of the parameters `names` that this page knows, and whether any were left out. Of the ones in `many` there
/// may be several.
pub(super) fn known(
    whole: &Query,
    names: &[&str],
    many: &[&str],
    knows: impl Fn(&str, &str) -> bool,
) -> (Query, bool) {
    let mut left_out = false;
    let mut query = Query::default();
    for (name, value) in
        whole.only(names).pairs().into_iter().filter(|(_, value)| !value.is_empty())
    {
        let again = !many.contains(&name.as_str()) && query.get(&name).is_some();
        if !again && knows(&name, &value) {
            query = query.and(&name, &value);
        } else {
            left_out = true;
        }
    }
    (query, left_out)
}

/// Whether any kind of case knows this value of a parameter.
pub(super) fn is_known(kinds: CaseKinds, name: &str, value: &str) -> bool {
    match name {
        "q" => value.chars().count() <= MOST_WORDS,
        "type" => kind_of(kinds, value).is_some(),
        "state" => kinds.iter().any(|kind| kind.states.contains(&value)),
        "holder" => kinds.iter().any(|kind| kind.holders.contains(&value)),
        "step" => kinds.iter().any(|kind| (kind.step)(value).is_some()),
        "open" => ["true", "false"].contains(&value),
        "due" => due(value).is_some(),
        _ => true,
    }
}

/// Says that the address had filters that were left out.
#[component]
pub(super) fn LeftOut(left_out: Signal<bool>) -> impl IntoView {
    move || {
        left_out
            .get()
            .then(|| view! { <p class="small muted" role="status">{tr::casework::left_out}</p> })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_does_not_know_is_left_out_and_what_it_knows_stays() {
        let whole = Query::default()
            .and("sort", "x")
            .and("due", "soon")
            .and("due", "late")
            .and("state", "a")
            .and("state", "b")
            .and("utm", "1");
        let knows = |name: &str, value: &str| match name {
            "sort" => value == "due",
            "state" => true,
            _ => is_known(&[], name, value),
        };
        let names = ["sort", "due", "state"];
        let (query, left_out) = known(&whole, &names, &["state"], knows);
        assert!(left_out);
        assert_eq!((query.get("sort"), query.all("due")), (None, vec!["soon"]));
        assert_eq!(query.all("state"), ["a", "b"]);
        let (same, left_out) = known(&query, &names, &["state"], knows);
        assert_eq!((same, left_out), (query, false));
        assert!(!is_known(&[], "q", &"a".repeat(201)));
    }
}
