//! Choosing an organisation: words that find it, and a list of what was found.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use nq57_shared::organisations::{Organisation, OrganisationName};
use nq57_shared::problem::FieldCode;
use nq57_ui::components::{Choice, Select, TextField, TextKind};
use nq57_ui::i18n::{Text, tr};

use super::api;

/// Fewest letters that are looked for, and how long nothing more is typed before.
const LEAST: usize = 2;
const QUIET: Duration = Duration::from_millis(300);

/// Two fields: what is looked for, and the choice, whose id becomes the value.
#[component]
pub fn OrganisationPicker(
    /// JSON pointer of the value.
    #[prop(into)]
    name: String,
    #[prop(into)] label: Text,
    value: RwSignal<String>,
    /// What can be chosen before anything is looked for.
    #[prop(optional)]
    known: Vec<OrganisationName>,
    /// The first line, with the empty value.
    #[prop(into)]
    empty: Text,
    #[prop(optional)] optional: bool,
    /// What to say instead of the usual words when this is wrong with the choice.
    #[prop(optional, into)]
    own_words: Option<(FieldCode, Text)>,
) -> impl IntoView {
    use tr::organisations as words;
    let typed = RwSignal::new(String::new());
    let found = RwSignal::new(known);
    let count = RwSignal::new(None::<u64>);
    let round = StoredValue::new(0_u32);
    let seek = move |this: u32, words: String| {
        let is_latest = move || round.try_get_value() == Some(this);
        if !is_latest() {
            return;
        }
        spawn_local(async move {
            let Ok(page) = api::find(words, None).await else { return };
            if !is_latest() {
                return;
            }
            count.set(u64::try_from(page.items.len()).ok());
            let chosen = value.get_untracked();
            found.update(|found| {
                found.retain(|one| one.id.to_string() == chosen);
                let others = page.items.into_iter().map(named);
                let others: Vec<_> = others.filter(|one| one.id.to_string() != chosen).collect();
                found.extend(others);
            });
        });
    };
    Effect::new(move |_| {
        let words = typed.get().trim().to_owned();
        let this = round.try_update_value(|round| {
            *round += 1;
            *round
        });
        count.set(None);
        if let Some(this) = this
            && words.chars().count() >= LEAST
        {
            set_timeout(move || seek(this, words), QUIET);
        }
    });
    let options = Signal::derive(move || {
        let choice = |one: OrganisationName| Choice::new(one.id.to_string(), shown(&one));
        found.get().into_iter().map(choice).collect::<Vec<_>>()
    });
    let told = move || match count.get() {
        None => String::new(),
        Some(0) => words::none().to_owned(),
        Some(count) => words::picked_from(count),
    };
    // Several may stand on one page: each search says what for.
    let search = {
        let label = label.clone();
        Text::from(move || words::pick_search(label.string()))
    };
    view! {
        <div class="cols" data-n="2">
            <TextField name=format!("{name}/search") label=search value=typed kind=TextKind::Search optional=true/>
            {match own_words {
                Some(own_words) => view! { <Select name label value options empty optional own_words/> }.into_any(),
                None => view! { <Select name label value options empty optional/> }.into_any(),
            }}
        </div>
        <p class="tiny muted" role="status">{told}</p>
    }
}

fn named(organisation: Organisation) -> OrganisationName {
    OrganisationName { id: organisation.id, name: organisation.name, code: organisation.code }
}

/// Name and code.
pub fn shown(organisation: &OrganisationName) -> String {
    match &organisation.code {
        Some(code) => format!("{} ({code})", organisation.name),
        None => organisation.name.clone(),
    }
}
