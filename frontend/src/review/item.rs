//! One item of the checklist: three verdicts, and a note where one is owed, with ready texts to begin from.

use leptos::prelude::*;
use nq57_shared::language::Bilingual;
use nq57_shared::products::{EligibilityItem, Verdict};
use nq57_shared::reference::ReferenceEntry;
use nq57_shared::text::block;
use nq57_ui::components::{Button, ButtonKind, Choice, RadioChoices, Tag, TextArea};
use nq57_ui::i18n::{Text, local, tr};
use serde::Deserialize;

use super::view_model::{verdict_name, verdict_tone};

const VERDICTS: [(Verdict, &str); 3] =
    [(Verdict::Pass, "pass"), (Verdict::Fail, "fail"), (Verdict::Ask, "ask")];

/// A ready text.
#[derive(Clone, Deserialize)]
struct Ready {
    text: Bilingual,
}

#[derive(Clone, Default, Deserialize)]
struct ReadyTexts {
    #[serde(default)]
    fail: Vec<Ready>,
    #[serde(default)]
    ask: Vec<Ready>,
}

/// An item as it stands on the page.
#[derive(Clone)]
pub(super) struct Item {
    pub entry: ReferenceEntry,
    verdict: RwSignal<String>,
    note: RwSignal<String>,
}

impl Item {
    /// The item with the verdict that was recorded, if one was.
    pub(super) fn new(entry: ReferenceEntry, recorded: &[EligibilityItem]) -> Self {
        let before = recorded.iter().find(|item| item.code == entry.code);
        let (verdict, note) = Self::recorded(before);
        Self { verdict: RwSignal::new(verdict), note: RwSignal::new(note), entry }
    }

    fn chosen(&self) -> Option<Verdict> {
        self.verdict.with(|text| {
            VERDICTS.iter().find(|(_, known)| known == text).map(|(verdict, _)| *verdict)
        })
    }

    /// Verdict and note as they are typed; a note that no verdict owes does not count; reactive.
    pub(super) fn typed(&self) -> (String, String) {
        let note = self.given().and_then(|item| item.note).map(|note| block(&note));
        (self.verdict.get(), note.unwrap_or_default())
    }

    /// Verdict and note as they were recorded.
    pub(super) fn recorded(recorded: Option<&EligibilityItem>) -> (String, String) {
        let verdict =
            recorded.and_then(|item| VERDICTS.iter().find(|(verdict, _)| *verdict == item.verdict));
        let note = recorded.and_then(|item| item.note.clone());
        (verdict.map_or("", |(_, text)| text).to_owned(), note.unwrap_or_default())
    }

    /// Puts verdict and note into the fields.
    pub(super) fn load(&self, (verdict, note): (String, String)) {
        self.verdict.set(verdict);
        self.note.set(note);
    }

    /// What is to be recorded; reactive. `None` while there is no verdict.
    pub(super) fn given(&self) -> Option<EligibilityItem> {
        let verdict = self.chosen()?;
        let note = Some(self.note.get())
            .filter(|note| verdict != Verdict::Pass && !note.trim().is_empty());
        Some(EligibilityItem { code: self.entry.code.clone(), verdict, note })
    }
}

/// The item at `index` among those that have a verdict, so that errors find it.
#[component]
pub(super) fn ItemFields(item: Item, #[prop(into)] index: Signal<usize>) -> impl IntoView {
    use tr::review::eligibility as words;
    let key = item.entry.code.clone();
    let name = item.entry.name.clone();
    let hint: Option<Bilingual> = item.entry.extra_as("hint");
    let ready: ReadyTexts = item.entry.extra_as("reasons").unwrap_or_default();
    let options: Vec<Choice> = VERDICTS
        .into_iter()
        .map(|(verdict, text)| Choice::new(text, move || verdict_name(verdict)))
        .collect();
    let (verdict, note) = (item.verdict, item.note);
    let texts = {
        let item = item.clone();
        move || match item.chosen() {
            Some(Verdict::Fail) => ready.fail.clone(),
            Some(Verdict::Ask) => ready.ask.clone(),
            Some(Verdict::Pass) | None => Vec::new(),
        }
    };
    let label = Text::from(move || local(&name));
    let about = label.clone();
    let owes_note = move || matches!(item.chosen(), Some(Verdict::Fail | Verdict::Ask));
    let choices = match hint {
        Some(hint) => view! { <RadioChoices name=format!("/verdicts/{key}") label hint=move || local(&hint) value=verdict options wide=true/> }.into_any(),
        None => view! { <RadioChoices name=format!("/verdicts/{key}") label value=verdict options wide=true/> }.into_any(),
    };
    view! {
        <div class="stack" data-gap="s">
            {choices}
            {move || {
                owes_note().then(|| {
                    let ready = texts().into_iter().map(|one| {
                        let (shown, put) = (one.text.clone(), one.text);
                        view! {
                            <Button kind=ButtonKind::Text small=true on_press=move || note.set(untrack(|| local(&put)))>
                                {move || local(&shown)}
                            </Button>
                        }
                    });
                    let ready: Vec<_> = ready.collect();
                    let about = about.clone();
                    view! {
                        <div class="stack" data-gap="s">
                            {(!ready.is_empty()).then(|| view! { <p class="small muted">{words::quick}</p> })}
                            {ready}
                            <TextArea name=format!("/items/{}/note", index.get()) label=words::note context=move || about.get() value=note rows=3/>
                        </div>
                    }
                })
            }}
        </div>
    }
}

/// A verdict with its note, in words; empty while there is none.
pub(super) fn in_words((verdict, note): (String, String)) -> Text {
    Text::from(move || {
        let verdict = VERDICTS.iter().find(|(_, text)| *text == verdict);
        let verdict = verdict.map_or("", |(verdict, _)| verdict_name(*verdict));
        if note.is_empty() { verdict.to_owned() } else { format!("{verdict}\n{note}") }
    })
}

/// A recorded verdict, to be read.
#[component]
pub(super) fn VerdictRow(name: Bilingual, item: EligibilityItem) -> impl IntoView {
    let verdict = item.verdict;
    view! {
        <div>
            <dt>{move || local(&name)}</dt>
            <dd>
                <Tag text=move || verdict_name(verdict) tone=verdict_tone(verdict) plain=true/>
                {item.note.map(|note| view! { <p class="small">{note}</p> })}
            </dd>
        </div>
    }
}
