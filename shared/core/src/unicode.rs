//! Unicode normalisation, the same on both sides: tables on the server, `String.prototype.normalize` in the browser.
//! Refuses to carry the tables into the bundle.

/// Composed (NFC): one code point for a letter with its marks, as Vietnamese keyboards write it.
#[must_use]
pub fn nfc(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { platform::nfc(text) }
}

/// Decomposed (NFD): letters, then their marks.
#[must_use]
pub fn nfd(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { platform::nfd(text) }
}

/// Composed, with forms that differ in looks alone made one (NFKC): `Ｇ２２`, as keyboards of other scripts type it,
/// is `G22`. For codes, not for what people write.
#[must_use]
pub fn nfkc(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { platform::nfkc(text) }
}

/// Whether it is one of the combining marks U+0300–U+036F, all that Latin letters take.
/// Other scripts keep their marks, on both sides alike.
#[must_use]
pub fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Whether it is read as nothing: joiners, soft hyphens, direction marks, fillers, variation selectors,
/// tags (the property `Default_Ignorable_Code_Point`). Two names may differ in these and look alike.
#[must_use]
pub const fn is_default_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(not(target_arch = "wasm32"))]
mod platform {
    use unicode_normalization::UnicodeNormalization;

    pub fn nfc(text: &str) -> String {
        text.nfc().collect()
    }

    pub fn nfd(text: &str) -> String {
        text.nfd().collect()
    }

    pub fn nfkc(text: &str) -> String {
        text.nfkc().collect()
    }
}

#[cfg(target_arch = "wasm32")]
mod platform {
    use js_sys::JsString;

    pub fn nfc(text: &str) -> String {
        String::from(JsString::from(text).normalize("NFC"))
    }

    pub fn nfd(text: &str) -> String {
        String::from(JsString::from(text).normalize("NFD"))
    }

    pub fn nfkc(text: &str) -> String {
        String::from(JsString::from(text).normalize("NFKC"))
    }
}

#[cfg(test)]
mod tests {
    use super::{is_mark, nfc, nfd};

    #[test]
    fn vietnamese_letters_come_apart_and_together() {
        assert_eq!(nfd("ế"), "e\u{302}\u{301}");
        assert_eq!(nfc("e\u{302}\u{301}"), "ế");
        assert!(nfd("Đường ệ ặ ữ").chars().any(is_mark));
        assert!(!is_mark('đ') && !is_mark('\u{5b0}'));
    }
}
