//! The texts of all templates in both languages, and the filling of their placeholders.
//! Values stay plain text: nothing in them is read as a placeholder again.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anyhow::Context;
use chrono::NaiveDate;
use nq57_core::language::Language;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::template::Template;

const VI: &str = include_str!("templates/vi.json");
const EN: &str = include_str!("templates/en.json");

/// All texts of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    letter: String,
    letter_without_link: String,
    /// Who is addressed when nobody has proved to be the owner of the mailbox.
    somebody: String,
    /// The words before a link when the template has none of its own.
    open: String,
    /// Words for the codes that a value of this name may have.
    values: BTreeMap<String, BTreeMap<String, String>>,
    templates: BTreeMap<String, Texts>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    title: String,
    text: String,
    action: Option<String>,
}

type Loaded = Result<Catalogue, serde_json::Error>;

static CATALOGUES: LazyLock<[Loaded; 2]> =
    LazyLock::new(|| [serde_json::from_str(VI), serde_json::from_str(EN)]);

fn catalogue(language: Language) -> anyhow::Result<&'static Catalogue> {
    let [vi, en] = &*CATALOGUES;
    let loaded = match language {
        Language::Vi => vi,
        Language::En => en,
    };
    loaded.as_ref().map_err(|error| anyhow::anyhow!("the catalogue cannot be read: {error}"))
}

/// A message as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub title: String,
    pub text: String,
    /// The words before the link.
    pub action: String,
}

/// The message in `language`.
///
/// # Errors
/// When the catalogue does not have it; a test holds that it has all.
pub fn render(
    template: Template,
    language: Language,
    args: &Map<String, Value>,
) -> anyhow::Result<Rendered> {
    let catalogue = catalogue(language)?;
    let texts =
        catalogue.templates.get(template.name()).context("the catalogue lacks a template")?;
    let value = |name: &str| args.get(name).map(|value| word(catalogue, language, name, value));
    Ok(Rendered {
        title: fill(&texts.title, value),
        text: fill(&texts.text, value),
        action: texts.action.clone().unwrap_or_else(|| catalogue.open.clone()),
    })
}

/// The whole text of a letter around a message.
///
/// # Errors
/// When the catalogue cannot be read.
pub fn letter(
    language: Language,
    message: &Rendered,
    display_name: &str,
    platform: &str,
    link: Option<&str>,
) -> anyhow::Result<String> {
    let catalogue = catalogue(language)?;
    let frame = if link.is_some() { &catalogue.letter } else { &catalogue.letter_without_link };
    Ok(fill(frame, |name| match name {
        "display_name" if display_name.is_empty() => Some(catalogue.somebody.clone()),
        "display_name" => Some(display_name.to_owned()),
        "text" => Some(message.text.clone()),
        "action" => Some(message.action.clone()),
        "link" => link.map(str::to_owned),
        "platform" => Some(platform.to_owned()),
        _ => None,
    }))
}

/// A value as people write it: codes by their word, days (`…_on`) by the custom of the language.
fn word(catalogue: &Catalogue, language: Language, name: &str, value: &Value) -> String {
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
    catalogue.values.get(name).and_then(|words| words.get(&plain)).cloned().unwrap_or(plain)
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

    fn placeholders(text: &str) -> Vec<&str> {
        text.split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn every_template_has_both_languages_and_uses_only_what_it_is_given() {
        for language in Language::ALL {
            let catalogue = catalogue(language).expect("readable");
            let known: Vec<&str> = Template::ALL.iter().map(|template| template.name()).collect();
            for name in catalogue.templates.keys() {
                assert!(known.contains(&name.as_str()), "{name} is in no list");
            }
            for template in Template::ALL {
                let texts = catalogue.templates.get(template.name());
                let texts =
                    texts.unwrap_or_else(|| panic!("{} lacks {language:?}", template.name()));
                for name in placeholders(&texts.title).into_iter().chain(placeholders(&texts.text))
                {
                    assert!(template.args().contains(&name), "{}: {name}", template.name());
                }
            }
            for name in placeholders(&catalogue.letter) {
                assert!(["display_name", "text", "action", "link", "platform"].contains(&name));
            }
        }
        let [vi, en] =
            [Language::Vi, Language::En].map(|language| catalogue(language).expect("readable"));
        let codes = |catalogue: &Catalogue| -> Vec<(String, String)> {
            let each = catalogue.values.iter();
            each.flat_map(|(name, words)| words.keys().map(|code| (name.clone(), code.clone())))
                .collect()
        };
        assert_eq!(codes(vi), codes(en));
        for role in nq57_core::access::Role::ALL {
            assert!(codes(vi).contains(&("role".to_owned(), role.as_str().to_owned())), "{role:?}");
        }
    }

    #[test]
    fn codes_and_days_are_written_by_the_custom_of_the_language() {
        let mut args = Map::new();
        for (name, value) in [
            ("title", "Cân {code}"),
            ("code", "SP-2026-000123"),
            ("task", "evaluation"),
            ("due_on", "2026-12-01"),
        ] {
            args.insert(name.into(), value.into());
        }
        let vi = render(Template::DeadlineSoon, Language::Vi, &args).expect("rendered");
        assert_eq!(
            vi.text,
            "Bước đánh giá của hồ sơ “Cân {code}” (SP-2026-000123) đến hạn vào cuối ngày 01/12/2026."
        );
        let en = render(Template::DeadlineSoon, Language::En, &args).expect("rendered");
        assert!(en.text.ends_with("is due at the end of 1 December 2026."), "{}", en.text);
    }

    #[test]
    fn a_letter_names_the_person_and_the_link() {
        let message = render(Template::VerifyEmail, Language::En, &Map::new()).expect("rendered");
        let text = letter(
            Language::En,
            &message,
            "An",
            "NQ57",
            Some("https://cong.example/verify?token=x"),
        )
        .expect("written");
        assert!(text.starts_with("Dear An,\n\n"));
        assert!(text.contains("Verify the address:\nhttps://cong.example/verify?token=x\n"));
        let nameless = letter(Language::Vi, &message, "", "NQ57", None).expect("written");
        assert!(nameless.starts_with("Kính gửi Quý vị,\n\n"), "{nameless}");
    }
}
