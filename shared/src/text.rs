//! Normalisation of what people type, before it is validated and kept.

use crate::unicode::nfc;

/// One line: NFC, trimmed, inner white space as single spaces, no control characters.
#[must_use]
pub fn line(text: &str) -> String {
    let composed: String =
        nfc(text).chars().filter(|c| !c.is_control() || c.is_whitespace()).collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Several lines: NFC, `\n` line ends, no trailing white space, no control characters but the line end.
#[must_use]
pub fn block(text: &str) -> String {
    let composed: String =
        nfc(text).chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
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
    fn a_block_keeps_its_lines() {
        assert_eq!(block("một  \r\n\r\nhai\u{0}\n"), "một\n\nhai");
    }
}
