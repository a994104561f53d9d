//! Descriptions as safe HTML. Whatever a submitter writes, no script, style or foreign frame leaves.

use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{Options, Parser, html};

/// The HTML of a Markdown text: paragraphs, headings, lists, tables, emphasis, links.
#[must_use]
pub fn to_html(markdown: &str) -> String {
    static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(cleaner);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut unsafe_html = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut unsafe_html, Parser::new_ext(markdown, options));
    CLEANER.clean(&unsafe_html).to_string()
}

fn cleaner() -> Builder<'static> {
    let mut cleaner = Builder::empty();
    cleaner
        .add_tags([
            "p",
            "br",
            "hr",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "ul",
            "ol",
            "li",
            "strong",
            "em",
            "del",
            "blockquote",
            "code",
            "pre",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "a",
        ])
        .add_tag_attributes("a", ["href"])
        .add_tag_attributes("ol", ["start"])
        .add_url_schemes(["http", "https", "mailto"])
        .clean_content_tags(["script", "style"].into())
        .link_rel(Some("noopener nofollow ugc"));
    cleaner
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::to_html;

    #[test]
    fn structure_stays_and_everything_active_goes() {
        let html = to_html(concat!(
            "# Tiêu đề\n\n## Cảm biến\n\n- **đo** độ mặn\n\n[trang](https://a.example)\n\n",
            "[x](javascript:alert(1)) ![i](https://t.example/p.gif) <script>alert(1)</script>\n\n",
            "<b onclick=x style=color:red>chữ</b> <iframe src=//e.example></iframe>",
        ));
        assert!(html.contains("<h2>Cảm biến</h2>"), "{html}");
        assert!(html.contains("<li><strong>đo</strong> độ mặn</li>"), "{html}");
        let link = r#"<a href="https://a.example" rel="noopener nofollow ugc">trang</a>"#;
        assert!(html.contains(link), "{html}");
        for gone in
            ["script", "alert(1)</", "javascript", "onclick", "style", "iframe", "<img", "<h1"]
        {
            assert!(!html.contains(gone), "{gone} in {html}");
        }
    }

    proptest! {
        #[test]
        fn no_text_opens_a_tag_that_is_not_listed(text in "[a-z<>/\"'=!\\[\\]()`*_# \\n-]{0,80}") {
            let html = to_html(&text).to_lowercase();
            for tag in ["<script", "<iframe", "<style", "<img", "<svg", "<object", "<form", "<input"] {
                prop_assert!(!html.contains(tag), "{}", html);
            }
        }
    }
}
