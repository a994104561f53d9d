//! The two languages of the platform: Vietnamese first, English complete.

use serde::{Deserialize, Serialize};

/// A language the platform speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    Vi,
    En,
}

impl Language {
    /// Both, in the order in which the interface offers them.
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// The language of this tag.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The first supported language of an `Accept-Language` value; Vietnamese when none is.
    ///
    /// Order decides, weights do not: browsers send the list sorted.
    #[must_use]
    pub fn negotiate(accept: &str) -> Self {
        accept
            .split(',')
            .filter_map(|part| {
                let tag = part.split(';').next().unwrap_or_default().trim();
                let primary = tag.split('-').next().unwrap_or_default();
                Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
            })
            .next()
            .unwrap_or_default()
    }
}

#[cfg(feature = "columns")]
crate::stored_as!(Language, String, |one| one.tag().to_owned(), |tag| Language::parse(tag));

/// A text in both languages, as reference data carries it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bilingual {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl Bilingual {
    /// The text in `language`.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_supported_language_wins_and_vietnamese_is_the_fallback() {
        assert_eq!(Language::negotiate("fr-FR, en-GB;q=0.8, vi;q=0.7"), Language::En);
        assert_eq!(Language::negotiate("vi-VN,en"), Language::Vi);
        assert_eq!(Language::negotiate("de"), Language::Vi);
        assert_eq!(Language::negotiate(""), Language::Vi);
    }
}
