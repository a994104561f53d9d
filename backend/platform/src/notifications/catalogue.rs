//! The texts of all notices in both languages, put together from what the slices bring and checked; and the filling
//! of their placeholders. Values stay plain text: nothing in them is read as a placeholder again.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use chrono::NaiveDate;
use nq57_core::language::Language;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::template::{Notices, Template};

/// The frame of letters, which belongs to no notice.
const FRAMES: [&str; 2] = [include_str!("letter/vi.json"), include_str!("letter/en.json")];
/// Characters of a title without its values: with a code it fits into a list of mails.
const TITLE_CHARS: usize = 70;

/// All texts of both languages.
#[derive(Debug)]
pub struct Catalogue {
    vi: Texts,
    en: Texts,
}

#[derive(Debug)]
struct Texts {
    frame: Frame,
    /// Words for the codes that a value of this name may have.
    words: Words,
    notices: BTreeMap<&'static str, NoticeTexts>,
}

/// By the name of the value, then by the code.
type Words = BTreeMap<String, BTreeMap<String, String>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame {
    greeting: String,
    /// Who is addressed when nobody has proved to be the owner of the mailbox.
    somebody: String,
    /// The words before a link when the notice has none of its own.
    open: String,
    sent_by_machine: String,
    /// The words before the link that ends the letters about a case.
    stop: String,
    /// For a notice that this server does not know: another version wrote it.
    unknown: NoticeTexts,
}

/// What a slice brings in one language.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SliceTexts {
    values: Words,
    templates: BTreeMap<String, NoticeTexts>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticeTexts {
    title: String,
    text: String,
    action: Option<String>,
}

/// A notice as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub title: String,
    pub text: String,
    /// The words before the link.
    pub action: String,
}

/// What stands around a notice in a letter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around<'a> {
    /// Empty when nobody has proved to be the owner of the mailbox.
    pub name: &'a str,
    pub platform: &'a str,
    pub link: Option<&'a str>,
    /// The page that ends such letters.
    pub stop: Option<&'a str>,
}

impl Catalogue {
    /// The texts of these notices.
    ///
    /// # Errors
    /// Two notices or two words of one name, a text that is missing or of no notice, a placeholder without a value
    /// or a value without a placeholder, a title that is too long: in words for who wrote it.
    pub fn load(all: impl Iterator<Item = Notices> + Clone) -> anyhow::Result<Self> {
        let load = |language: Language| {
            Texts::load(language, all.clone()).with_context(|| format!("notices in {language:?}"))
        };
        let (vi, en) = (load(Language::Vi)?, load(Language::En)?);
        let codes = |texts: &Texts| -> BTreeSet<(String, String)> {
            let each = texts.words.iter();
            each.flat_map(|(name, words)| words.keys().map(|code| (name.clone(), code.clone())))
                .collect()
        };
        let one_sided: Vec<_> = codes(&vi).symmetric_difference(&codes(&en)).cloned().collect();
        ensure!(one_sided.is_empty(), "words in one language only: {one_sided:?}");
        let names = vi.notices.keys();
        let action =
            |texts: &Texts, name: &str| texts.notices.get(name).map(|n| n.action.is_some());
        let differ: Vec<_> = names.filter(|name| action(&vi, name) != action(&en, name)).collect();
        ensure!(differ.is_empty(), "an action in one language only: {differ:?}");
        Ok(Self { vi, en })
    }

    fn of(&self, language: Language) -> &Texts {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }

    /// The notice in `language`; nothing when no slice has one of this name.
    #[must_use]
    pub fn render(
        &self,
        name: &str,
        language: Language,
        args: &Map<String, Value>,
    ) -> Option<Rendered> {
        let texts = self.of(language);
        let notice = texts.notices.get(name)?;
        let value = |name: &str| args.get(name).map(|value| texts.word(language, name, value));
        Some(Rendered {
            title: fill(&notice.title, value),
            text: fill(&notice.text, value),
            action: notice.action.clone().unwrap_or_else(|| texts.frame.open.clone()),
        })
    }

    /// What stands in the place of a notice that no slice has any more, or not yet.
    #[must_use]
    pub fn unknown(&self, language: Language) -> Rendered {
        let frame = &self.of(language).frame;
        let NoticeTexts { title, text, .. } = &frame.unknown;
        Rendered { title: title.clone(), text: text.clone(), action: frame.open.clone() }
    }

    /// The whole text of a letter around a notice.
    #[must_use]
    pub fn letter(&self, language: Language, notice: &Rendered, around: Around<'_>) -> String {
        let frame = &self.of(language).frame;
        let name = Some(around.name).filter(|name| !name.is_empty()).unwrap_or(&frame.somebody);
        let mut parts = vec![
            fill(&frame.greeting, |_| Some(name.to_owned())),
            notice.text.trim_end().to_owned(),
        ];
        parts.extend(around.link.map(|link| format!("{}:\n{link}", notice.action)));
        parts.push(format!("{}\n{}", around.platform, frame.sent_by_machine));
        parts.extend(around.stop.map(|link| format!("{}\n{link}", frame.stop)));
        parts.join("\n\n") + "\n"
    }
}

impl Texts {
    fn load(language: Language, all: impl Iterator<Item = Notices>) -> anyhow::Result<Self> {
        let [vi, en] = FRAMES;
        let frame = match language {
            Language::Vi => vi,
            Language::En => en,
        };
        let frame = serde_json::from_str(frame).context("the frame of letters")?;
        let mut texts = Self { frame, words: Words::new(), notices: BTreeMap::new() };
        for notices in all {
            let brought = match language {
                Language::Vi => notices.vi,
                Language::En => notices.en,
            };
            let mut brought: SliceTexts = serde_json::from_str(brought)?;
            for template in notices.templates {
                let name = template.name;
                let notice = brought
                    .templates
                    .remove(name)
                    .with_context(|| format!("{name} has no text"))?;
                notice.check(template).with_context(|| name.to_owned())?;
                let before = texts.notices.insert(name, notice);
                ensure!(before.is_none(), "two notices are called {name}");
            }
            let left: Vec<_> = brought.templates.keys().collect();
            ensure!(left.is_empty(), "texts of no notice: {left:?}");
            for (name, words) in brought.values {
                for (code, word) in words {
                    ensure!(!word.trim().is_empty(), "the word for {name} {code} is empty");
                    let before =
                        texts.words.entry(name.clone()).or_default().insert(code.clone(), word);
                    ensure!(before.is_none(), "two words for {name} {code}");
                }
            }
        }
        Ok(texts)
    }

    /// A value as people write it: codes by their word, days (`…_on`) by the custom of the language.
    fn word(&self, language: Language, name: &str, value: &Value) -> String {
        let plain = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if name.ends_with("_on")
            && let Ok(day) = plain.parse::<NaiveDate>()
        {
            let custom = match language {
                Language::Vi => "%d/%m/%Y",
                Language::En => "%-d %B %Y",
            };
            return day.format(custom).to_string();
        }
        self.words.get(name).and_then(|words| words.get(&plain)).cloned().unwrap_or(plain)
    }
}

impl NoticeTexts {
    /// Whether the texts use every value that the notice has, and no other.
    fn check(&self, template: &Template) -> anyhow::Result<()> {
        let mut used = BTreeSet::new();
        for text in
            [Some(&self.title), Some(&self.text), self.action.as_ref()].into_iter().flatten()
        {
            ensure!(!text.trim().is_empty(), "a text is empty");
            used.extend(placeholders(text));
        }
        let given: BTreeSet<&str> = template.args.iter().copied().collect();
        let differ: Vec<_> = given.symmetric_difference(&used).collect();
        ensure!(differ.is_empty(), "values and placeholders differ: {differ:?}");
        ensure!(!self.title.contains('\n'), "the title is of one line");
        let action = self.action.as_deref().map(placeholders).unwrap_or_default();
        ensure!(action.is_empty(), "the words before the link have no values");
        let chars = fill(&self.title, |_| None).chars().count();
        ensure!(chars <= TITLE_CHARS, "the title has {chars} characters, {TITLE_CHARS} may be");
        Ok(())
    }
}

fn placeholders(text: &str) -> Vec<&str> {
    let parts = text.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

/// Replaces each `{name}` in one pass; an unknown name becomes nothing.
fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        filled.push_str(&value(name).unwrap_or_default());
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIP: Template = Template { name: "ship_in", args: &["code", "berth", "due_on"] };
    const VI: &str = r#"{"values": {"berth": {"north": "bến bắc"}}, "templates": {"ship_in": {
        "title": "Tàu {code}", "text": "Tàu {code} ở {berth} đến hết ngày {due_on}."}}}"#;
    const EN: &str = r#"{"values": {"berth": {"north": "north berth"}}, "templates": {"ship_in": {
        "title": "Ship {code}", "text": "Ship {code} is at the {berth} until {due_on}."}}}"#;
    const SHIPS: Notices = Notices { templates: &[SHIP], vi: VI, en: EN };

    fn refused(all: &[Notices]) -> String {
        format!("{:#}", Catalogue::load(all.iter().copied()).expect_err("refused"))
    }

    #[test]
    fn codes_and_days_are_written_by_the_custom_of_the_language() {
        let catalogue = Catalogue::load([SHIPS].into_iter()).expect("loaded");
        let mut args = Map::new();
        for (name, value) in [("code", "T-{berth}"), ("berth", "north"), ("due_on", "2026-12-01")] {
            args.insert(name.into(), value.into());
        }
        let vi = catalogue.render("ship_in", Language::Vi, &args).expect("known");
        assert_eq!(vi.text, "Tàu T-{berth} ở bến bắc đến hết ngày 01/12/2026.");
        let en = catalogue.render("ship_in", Language::En, &args).expect("known");
        assert_eq!(en.text, "Ship T-{berth} is at the north berth until 1 December 2026.");
        assert_eq!(catalogue.render("ship_out", Language::En, &args), None);
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        assert!(refused(&[SHIPS, SHIPS]).contains("two notices are called ship_in"));
        let words = |vi, en| Notices { templates: &[], vi, en };
        let again = r#"{"values": {"berth": {"north": "x"}}}"#;
        assert!(refused(&[SHIPS, words(again, again)]).contains("two words for berth north"));
        let south = r#"{"values": {"berth": {"south": "x"}}}"#;
        assert!(refused(&[SHIPS, words(south, "{}")]).contains("words in one language only"));
        assert!(refused(&[Notices { en: "{}", ..SHIPS }]).contains("ship_in has no text"));
        assert!(refused(&[words("{}", EN)]).contains("texts of no notice"));
        const MORE: Template =
            Template { name: "ship_in", args: &["code", "berth", "due_on", "captain"] };
        const LESS: Template = Template { name: "ship_in", args: &["code", "berth"] };
        assert!(refused(&[Notices { templates: &[MORE], ..SHIPS }]).contains("captain"));
        assert!(refused(&[Notices { templates: &[LESS], ..SHIPS }]).contains("due_on"));
        let long = EN.replace("Ship {code}\"", &format!("Ship {{code}} {}\"", "x".repeat(80)));
        let long: &'static str = Box::leak(long.into_boxed_str());
        assert!(refused(&[Notices { en: long, ..SHIPS }]).contains("characters"));
    }

    #[test]
    fn a_letter_names_the_person_and_the_links() {
        let catalogue = Catalogue::load([SHIPS].into_iter()).expect("loaded");
        let notice = Rendered { title: "T".into(), text: "Text.".into(), action: "Look".into() };
        let link = Some("https://cong.example/x");
        let around = Around { name: "An", platform: "NQ57", link, stop: None };
        let text = catalogue.letter(Language::En, &notice, around);
        assert_eq!(
            text,
            "Dear An,\n\nText.\n\nLook:\nhttps://cong.example/x\n\nNQ57\nThis letter was sent automatically, \
             please do not reply.\n"
        );
        let around = Around { platform: "NQ57", stop: link, ..Around::default() };
        let nameless = catalogue.letter(Language::Vi, &notice, around);
        assert!(nameless.starts_with("Kính gửi Quý vị,\n\nText.\n\nNQ57\n"), "{nameless}");
        assert!(nameless.ends_with("hồ sơ này nữa:\nhttps://cong.example/x\n"), "{nameless}");
    }
}
