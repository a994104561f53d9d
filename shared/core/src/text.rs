//! Normalisation of what people type, before it is validated and kept.

use crate::unicode::{is_default_ignorable, nfc, nfkc};

/// Most characters of a reason or a note.
pub const REASON_MAX: usize = 4_000;

/// Bytes beyond which a text is left as it is: no field takes one so long, so it is refused by its bound
/// without the work of composing it.
const LONGEST: usize = 200_000;

/// Changes how its neighbours are read without being seen. What joins letters of other scripts stays.
const fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// One line: NFC, trimmed, inner white space as single spaces, no control characters, nothing hidden.
#[must_use]
pub fn line(text: &str) -> String {
    if text.len() > LONGEST {
        return text.to_owned();
    }
    let composed: String = nfc(text)
        .chars()
        .filter(|c| (!c.is_control() || c.is_whitespace()) && !is_hidden(*c))
        .collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A code: a [`line`] in capitals, whatever forms of letters and digits it was typed in.
#[must_use]
pub fn code(text: &str) -> String {
    if text.len() > LONGEST {
        return text.to_owned();
    }
    line(&nfkc(text)).to_ascii_uppercase()
}

/// The name of a person, an organisation or a file: a [`line`] without anything that is read as nothing,
/// so that what looks alike is alike.
#[must_use]
pub fn name(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !is_default_ignorable(*c)).collect();
    line(&seen)
}

/// Several lines: NFC, `\n` line ends, no trailing white space, no control characters but the line end,
/// nothing hidden.
#[must_use]
pub fn block(text: &str) -> String {
    if text.len() > LONGEST {
        return text.to_owned();
    }
    let composed: String = nfc(text)
        .chars()
        .filter(|c| (matches!(c, '\n' | '\t') || !c.is_control()) && !is_hidden(*c))
        .collect();
    let lines: Vec<&str> = composed.lines().map(str::trim_end).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_composed_and_single_spaced() {
        assert_eq!(line("  Ca\u{309}m   bie\u{302}\u{301}n\t\u{7}mặn\n"), "Cảm biến mặn");
    }

    #[test]
    fn what_reverses_or_hides_its_neighbours_is_taken_out() {
        assert_eq!(line("a\u{202e}b\u{200b} gnp.exe"), "ab gnp.exe");
        assert_eq!(block("\u{feff}một\n\u{2067}hai\u{2069}"), "một\nhai");
    }

    #[test]
    fn names_that_look_alike_are_alike() {
        for hidden in
            ["\u{200e}", "\u{200f}", "\u{ad}", "\u{61c}", "\u{2060}", "\u{200d}", "\u{fe0f}"]
        {
            assert_eq!(name(&format!("Trần{hidden} Minh Hạnh {hidden}")), "Trần Minh Hạnh");
        }
        // In running text they join letters of other scripts.
        assert_eq!(line("क\u{200d}ष"), "क\u{200d}ष");
    }

    #[test]
    fn a_code_is_the_same_in_whatever_forms_it_is_typed() {
        for typed in ["G22.01", " g22.01 ", "Ｇ２２．０１", "\u{ff47}22.01\u{200b}"] {
            assert_eq!(code(typed), "G22.01");
        }
    }

    #[test]
    fn what_no_field_takes_is_left_to_be_refused() {
        let long = "e\u{301}".repeat(100_000);
        assert!(line(&long) == long && block(&long) == long);
    }

    #[test]
    fn a_block_keeps_its_lines() {
        assert_eq!(block("một  \r\n\r\nhai\u{0}\n"), "một\n\nhai");
    }
}
