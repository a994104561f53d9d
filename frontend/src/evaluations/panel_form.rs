//! The fields of a panel, for opening an evaluation and for replacing its panel.

use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use leptos::prelude::*;
use nq57_shared::access::Role;
use nq57_shared::evaluations::{Evaluation, ReplacePanel};
use nq57_shared::ids::AccountId;
use nq57_shared::problem::FieldCode;
use nq57_shared::validate::{Validate as _, Violation, Violations};
use nq57_ui::api::remote;
use nq57_ui::components::{CheckboxChoices, Choice, DateField, Form, Load, NumberField, Select};
use nq57_ui::i18n::{Text, day, tr};

use super::api;
use crate::products::Difference;
use crate::reference::today;

/// How long a panel usually has, in days of the calendar.
const USUAL_DAYS: u64 = 14;

/// What has been typed.
#[derive(Clone, Copy)]
pub(super) struct PanelValues {
    chair: RwSignal<String>,
    members: RwSignal<Vec<String>>,
    quorum: RwSignal<Option<u64>>,
    due_on: RwSignal<Option<NaiveDate>>,
    /// Names by id, as far as they are known.
    names: RwSignal<Vec<(String, String)>>,
}

impl PanelValues {
    /// For a new evaluation: two sheets, and two weeks or as long as the panel has for the whole file.
    pub(super) fn new(chair: Option<AccountId>, last_day: Option<NaiveDate>) -> Self {
        Self {
            chair: RwSignal::new(chair.map(|id| id.to_string()).unwrap_or_default()),
            members: RwSignal::new(Vec::new()),
            quorum: RwSignal::new(Some(2)),
            due_on: RwSignal::new(usual_day(today(), last_day)),
            names: RwSignal::new(Vec::new()),
        }
    }

    /// The panel as it is.
    pub(super) fn of(evaluation: &Evaluation) -> Self {
        Self {
            chair: RwSignal::new(evaluation.chair.id.to_string()),
            members: RwSignal::new(
                evaluation.members.iter().map(|member| member.account_id.to_string()).collect(),
            ),
            quorum: RwSignal::new(Some(u64::from(evaluation.quorum))),
            due_on: RwSignal::new(Some(evaluation.due_on)),
            names: RwSignal::new(Vec::new()),
        }
    }

    /// Where the panel as the server has it differs from what is typed.
    pub(super) fn differences(self, theirs: &Evaluation) -> Vec<Difference> {
        use tr::evaluations::open as words;
        let theirs = Self::of(theirs);
        let people = |values: Self| {
            let ids = values.members.get_untracked();
            ids.iter().map(|id| self.name(id)).collect::<Vec<_>>().join(", ")
        };
        let number = |values: Self| {
            values.quorum.get_untracked().map_or_else(String::new, |n| n.to_string())
        };
        let last_day = |values: Self| {
            let on = values.due_on.get_untracked();
            Text::from(move || on.map_or_else(String::new, day))
        };
        let chair = |values: Self| self.name(&values.chair.get_untracked());
        let rows: [Difference; 4] = [
            (words::chair.into(), chair(theirs).into(), chair(self).into()),
            (words::members.into(), people(theirs).into(), people(self).into()),
            (words::quorum.into(), number(theirs).into(), number(self).into()),
            (words::due_on.into(), last_day(theirs), last_day(self)),
        ];
        let differs = |(_, theirs, mine): &Difference| untrack(|| theirs.string() != mine.string());
        rows.into_iter().filter(differs).collect()
    }

    fn name(self, id: &str) -> String {
        let found = |names: &Vec<(String, String)>| {
            names.iter().find(|(known, _)| known == id).map(|(_, name)| name.clone())
        };
        self.names.with_untracked(found).unwrap_or_else(|| id.to_owned())
    }

    /// Whether anybody was chosen.
    pub(super) fn has_members(self) -> bool {
        !self.members.with_untracked(Vec::is_empty)
    }

    /// The panel, or all errors shown in the form, those of the fields before it first.
    pub(super) fn read(
        self,
        form: Form,
        before: impl IntoIterator<Item = Violation>,
    ) -> Option<ReplacePanel> {
        let chair = self.chair.get_untracked().parse::<AccountId>().ok();
        let due_on = self.due_on.get_untracked();
        let mut violations = Violations::new();
        violations.0.extend(before);
        if chair.is_none() {
            violations.add("/chair_id", FieldCode::Required);
        }
        if due_on.is_none() {
            violations.add("/due_on", FieldCode::Required);
        }
        let body = ReplacePanel {
            chair_id: chair.unwrap_or(AccountId(uuid::Uuid::nil())),
            member_ids: self
                .members
                .get_untracked()
                .iter()
                .filter_map(|id| id.parse().ok())
                .collect(),
            quorum: self.quorum.get_untracked().and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
            due_on: due_on.unwrap_or_default(),
        };
        violations.0.extend(body.violations().0);
        form.check(violations.0).then_some(body)
    }
}

/// The panel as it is.
pub(super) fn panel_of(evaluation: &Evaluation) -> ReplacePanel {
    ReplacePanel {
        chair_id: evaluation.chair.id,
        member_ids: evaluation.members.iter().map(|member| member.account_id).collect(),
        quorum: evaluation.quorum,
        due_on: evaluation.due_on,
    }
}

/// The usual day, or the Monday after it: nobody hands in on a weekend. Not after the last day, unless that
/// has passed.
fn usual_day(from: NaiveDate, last_day: Option<NaiveDate>) -> Option<NaiveDate> {
    let day = from.checked_add_days(Days::new(USUAL_DAYS))?;
    let wait = match day.weekday() {
        Weekday::Sat => 2,
        Weekday::Sun => 1,
        _ => 0,
    };
    let usual = day.checked_add_days(Days::new(wait))?;
    Some(last_day.filter(|last| *last >= from).map_or(usual, |last| usual.min(last)))
}

#[component]
pub(super) fn PanelFields(
    values: PanelValues,
    /// Only another chair can be named.
    #[prop(optional)]
    only_chair: bool,
) -> impl IntoView {
    use tr::evaluations::open as words;
    let candidates = remote(api::panel_candidates);
    let fields = move |people: Vec<nq57_shared::accounts::PanelCandidate>| {
        let name = |one: &nq57_shared::accounts::PanelCandidate| {
            (one.id.to_string(), one.display_name.clone())
        };
        values.names.set(people.iter().map(name).collect());
        if people.is_empty() {
            return view! { <p class="muted">{words::no_candidates}</p> }.into_any();
        }
        let choice = |person: &nq57_shared::accounts::PanelCandidate| {
            let choice = Choice::new(person.id.to_string(), person.display_name.clone());
            match person.organisations.is_empty() {
                true => choice,
                false => choice.with_hint(person.organisations.join(", ")),
            }
        };
        let leads = |person: &&nq57_shared::accounts::PanelCandidate| {
            person.roles.contains(&Role::PanelChair)
        };
        let current = values.chair.get_untracked();
        let is_offered = |person: &&nq57_shared::accounts::PanelCandidate| {
            !only_chair || person.id.to_string() != current
        };
        let chairs: Vec<Choice> =
            people.iter().filter(leads).filter(is_offered).map(choice).collect();
        if chairs.is_empty() && only_chair {
            return view! { <p>{words::no_other_chair}</p> }.into_any();
        }
        let members = Signal::stored(people.iter().map(choice).collect::<Vec<Choice>>());
        view! {
            <Select name="/chair_id" label=words::chair hint=words::chair_hint value=values.chair options=Signal::stored(chairs) empty=words::choose_chair/>
            {(!only_chair).then(|| view! {
                <CheckboxChoices name="/member_ids" label=words::members hint=words::members_hint value=values.members options=members/>
            })}
        }
        .into_any()
    };
    if only_chair {
        return view! { <Load from=candidates view=fields/> }.into_any();
    }
    view! {
        <Load from=candidates view=fields/>
        <NumberField name="/quorum" label=words::quorum hint=words::quorum_hint value=values.quorum/>
        <DateField name="/due_on" label=words::due_on own_words=(FieldCode::NotAllowed, Text::from(words::due_on_past)) value=values.due_on/>
    }
    .into_any()
}
