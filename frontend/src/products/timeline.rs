//! What happened to a submission, where it is now, and what is still to come, as moments of a timeline.

use nq57_shared::products::workflow::Holder;
use nq57_shared::products::{HistoryEntry, ProductState};
use nq57_shared::time::Timestamp;
use nq57_ui::casework::Due;
use nq57_ui::components::{Moment, Reached};
use nq57_ui::i18n::{Text, date_time, tr};

use super::view_model;

/// A step of the way, done or to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Answer,
    Check,
    Open,
    Panel,
    OnSite,
    Decide,
    Publish,
}

impl Stage {
    fn words(self) -> &'static str {
        use tr::products::stage as words;
        match self {
            Self::Answer => words::answer(),
            Self::Check => words::check(),
            Self::Open => words::open(),
            Self::Panel => words::panel(),
            Self::OnSite => words::on_site(),
            Self::Decide => words::decide(),
            Self::Publish => words::publish(),
        }
    }
}

/// Where a submission is, and the steps after it. A draft and what has ended have none.
const fn ahead(state: ProductState) -> &'static [Stage] {
    match state {
        ProductState::Submitted => &[Stage::Check, Stage::Panel, Stage::Decide, Stage::Publish],
        ProductState::MoreInformation => {
            &[Stage::Answer, Stage::Check, Stage::Panel, Stage::Decide, Stage::Publish]
        }
        ProductState::Accepted => &[Stage::Open, Stage::Panel, Stage::Decide, Stage::Publish],
        ProductState::UnderEvaluation => &[Stage::Panel, Stage::Decide, Stage::Publish],
        ProductState::OnSite => &[Stage::OnSite, Stage::Panel, Stage::Decide, Stage::Publish],
        ProductState::Decided => &[Stage::Publish],
        ProductState::Draft
        | ProductState::Ineligible
        | ProductState::Published
        | ProductState::Declined
        | ProductState::Suspended
        | ProductState::Withdrawn
        | ProductState::Expired => &[],
    }
}

/// One entry of the history, behind us.
pub fn past(entry: &HistoryEntry) -> Moment {
    let what = entry.clone();
    let (at, by) = (entry.at, entry.by);
    Moment {
        reached: Reached::Done,
        what: Text::from(move || view_model::happened(&what)),
        when: Text::from(move || match by {
            Some(by) => format!("{}, {}", date_time(at), view_model::holder(by)),
            None => date_time(at),
        }),
        note: entry.reason.clone().map(Text::from),
    }
}

/// The history in order of time, then where it is now and what is to come.
pub fn way(
    history: &[HistoryEntry],
    state: ProductState,
    holder: Option<Holder>,
    due: Option<Due>,
) -> Vec<Moment> {
    way_among(history, Vec::new(), state, holder, due)
}

/// The history and what else happened in order of time, then where it is now and what is to come.
pub fn way_among(
    history: &[HistoryEntry],
    others: Vec<(Timestamp, Moment)>,
    state: ProductState,
    holder: Option<Holder>,
    due: Option<Due>,
) -> Vec<Moment> {
    let mut happened = others;
    happened.extend(history.iter().map(|entry| (entry.at, past(entry))));
    happened.sort_by_key(|(at, _)| *at);
    let mut moments: Vec<Moment> = happened.into_iter().map(|(_, moment)| moment).collect();
    let late = due.is_some_and(Due::is_late);
    for (index, stage) in ahead(state).iter().copied().enumerate() {
        let what = Text::from(move || stage.words());
        moments.push(if index == 0 {
            let when = move || {
                let held = holder
                    .map(|holder| view_model::held(holder, due.map(|due| due.at)))
                    .unwrap_or_default();
                match due.filter(|due| due.is_late()) {
                    Some(due) => format!("{held}. {}", due.words()),
                    None => held,
                }
            };
            Moment {
                reached: if late { Reached::Late } else { Reached::Now },
                what,
                when: Text::from(when),
                note: None,
            }
        } else {
            Moment { reached: Reached::Next, what, when: Text::default(), note: None }
        });
    }
    moments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_that_somebody_holds_says_what_comes_except_the_draft() {
        for state in ProductState::ALL {
            let has_way = !ahead(*state).is_empty();
            assert_eq!(
                has_way,
                state.holder().is_some() && *state != ProductState::Draft,
                "{state:?}"
            );
        }
    }
}
