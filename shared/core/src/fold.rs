//! Accent folding for search: what a person types without diacritics must find Vietnamese text.
//! Used on both sides, so that what the browser highlights is what the server found.

use crate::unicode::{is_mark, nfd};

/// Lower case without diacritics, `đ` as `d`, runs of anything but letters and digits as one space.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in nfd(text).chars().flat_map(char::to_lowercase) {
        match c {
            'đ' => folded.push('d'),
            c if is_mark(c) => {}
            c if c.is_alphanumeric() => folded.push(c),
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fold;
    use crate::unicode::nfd;

    #[test]
    fn vietnamese_text_is_found_without_diacritics() {
        assert_eq!(
            fold("Cảm biến mặn cho ruộng lúa Đồng Bưng"),
            "cam bien man cho ruong lua dong bung"
        );
        assert_eq!(fold("  TRL-8,  (ĐỔI MỚI) "), "trl 8 doi moi");
        assert_eq!(fold("…"), "");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing_more(text in "\\PC{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn composed_and_decomposed_text_fold_alike(text in "[a-zA-ZàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĐ ]{0,40}") {
            prop_assert_eq!(fold(&nfd(&text)), fold(&text));
        }
    }
}
