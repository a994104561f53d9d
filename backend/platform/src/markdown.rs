//! Markdown as safe HTML, made once when a text is written, away from the threads that answer.
//! Whatever somebody writes, no script, style or foreign frame leaves, and nothing grows faster than the text.

use std::sync::LazyLock;

use ammonia::Builder;
use nq57_core::ids::AccountId;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use tokio::sync::Semaphore;

use crate::error::{ApiError, ApiResult};
use crate::turns::Turns;

/// Which rules made the HTML that is stored. Raise it with every change of the rules: domains render anew what
/// older rules made.
pub const RENDERER: i32 = 1;
/// How deep lists, quotes, tables and emphasis may lie in each other; what lies deeper is shown flat. The
/// cleaner's time grows with the square of this, not of the text.
const NESTING: usize = 20;
/// Elements of one text. Beyond it the text is shown as it was typed.
const ELEMENTS: usize = 5_000;
/// Texts that are rendered at the same time in this process.
const AT_ONCE: usize = 2;

/// HTML as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html {
    pub text: String,
    pub renderer: i32,
}

/// The HTML of one text.
#[derive(Clone, Debug)]
pub struct Rendered {
    source: String,
    html: Html,
}

impl Rendered {
    /// The HTML of `source`.
    ///
    /// # Errors
    /// When another text was rendered: nothing is shown that nobody wrote.
    pub fn of(&self, source: &str) -> ApiResult<Html> {
        if self.source == source {
            return Ok(self.html.clone());
        }
        Err(ApiError::internal(anyhow::anyhow!("the HTML belongs to another text")))
    }
}

/// Renders a text, in a thread of its own and outside of any transaction. What has more characters than `most`
/// is not stored, and not rendered. Of one author one text waits for a place at a time, so that whoever sends many keeps
/// nobody else waiting for more than one of them.
///
/// # Errors
/// When the process is stopping.
pub async fn render(source: &str, most: usize, author: Option<AccountId>) -> ApiResult<Rendered> {
    static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);
    static TURNS: LazyLock<Turns> = LazyLock::new(Turns::default);
    let source = source.to_owned();
    if source.is_empty() || source.chars().count() > most {
        return Ok(Rendered { source, html: Html { renderer: RENDERER, ..Html::default() } });
    }
    let turn = match author {
        Some(author) => Some(TURNS.enter(author, 1).await?),
        None => None,
    };
    let place = PLACES.acquire().await.map_err(ApiError::internal)?;
    let work = move || {
        let text = to_html(&source);
        // Held to the end of the work, also when nobody waits for it any more.
        drop((place, turn));
        Rendered { source, html: Html { text, renderer: RENDERER } }
    };
    tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)
}

/// The HTML of a Markdown text: paragraphs, headings, lists, tables, emphasis, links. HTML in the text
/// counts as what it would show without its tags.
fn to_html(markdown: &str) -> String {
    static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(cleaner);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Simplifier::default().simplify(Parser::new_ext(markdown, options));
    let mut unsafe_html = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut unsafe_html, events.unwrap_or_else(|| as_typed(markdown)).into_iter());
    CLEANER.clean(&unsafe_html).to_string()
}

/// Paragraphs and nothing else.
fn as_typed(markdown: &str) -> Vec<Event<'_>> {
    let paragraph = |text| {
        [
            Event::Start(Tag::Paragraph),
            Event::Text(CowStr::Borrowed(text)),
            Event::End(TagEnd::Paragraph),
        ]
    };
    let paragraphs = markdown.split("\n\n").map(str::trim).filter(|text| !text.is_empty());
    paragraphs.flat_map(paragraph).collect()
}

/// Takes out of a text what would make its HTML deep, huge or foreign.
#[derive(Default)]
struct Simplifier<'a> {
    simple: Vec<Event<'a>>,
    /// Of each tag that is open: whether it stays.
    open: Vec<bool>,
    depth: usize,
    elements: usize,
    /// The lines of a block of HTML.
    raw: String,
    /// The element whose content nobody is to read, a script or a style.
    hidden: Option<&'static str>,
}

impl<'a> Simplifier<'a> {
    /// `None` when there are too many elements.
    fn simplify(mut self, events: impl Iterator<Item = Event<'a>>) -> Option<Vec<Event<'a>>> {
        for event in events {
            match event {
                Event::Start(tag) => self.start(tag),
                Event::End(tag) => self.end(tag),
                Event::Html(line) => self.raw.push_str(&line),
                Event::InlineHtml(tag) => self.inline(&tag),
                _ if self.hidden.is_some() => {}
                event => {
                    self.elements +=
                        usize::from(!matches!(event, Event::Text(_) | Event::SoftBreak));
                    self.simple.push(event);
                }
            }
            if self.elements > ELEMENTS {
                return None;
            }
        }
        Some(self.simple)
    }

    fn start(&mut self, tag: Tag<'a>) {
        let parent_stays = self.open.last().copied().unwrap_or(true);
        let fits = |levels| self.depth + levels <= NESTING;
        let stays = match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock => true,
            // Whole or not at all.
            Tag::Table(_) => fits(3),
            Tag::List(_) => fits(2),
            Tag::TableHead | Tag::TableRow | Tag::TableCell | Tag::Item => parent_stays && fits(1),
            _ => fits(1),
        };
        self.open.push(stays);
        if stays {
            self.depth += usize::from(!is_leaf(&tag.to_end()));
            self.elements += 1;
            self.simple.push(Event::Start(tag));
        }
    }

    fn end(&mut self, tag: TagEnd) {
        if is_leaf(&tag) {
            self.hidden = None;
        }
        if tag == TagEnd::HtmlBlock {
            let shown = shown_of(&std::mem::take(&mut self.raw));
            if !shown.trim().is_empty() {
                self.simple.push(Event::Start(Tag::Paragraph));
                self.simple.push(Event::Html(shown.trim().to_owned().into()));
                self.simple.push(Event::End(TagEnd::Paragraph));
            }
        }
        if self.open.pop().unwrap_or_default() {
            self.depth -= usize::from(!is_leaf(&tag));
            self.simple.push(Event::End(tag));
        } else {
            self.simple.push(Event::SoftBreak);
        }
    }

    fn inline(&mut self, tag: &str) {
        match self.hidden {
            Some(name) if is_tag(tag, "</", name) => self.hidden = None,
            Some(_) => {}
            None => self.hidden = HIDDEN.into_iter().find(|name| is_tag(tag, "<", name)),
        }
        if is_tag(tag, "<", "br") {
            self.elements += 1;
            self.simple.push(Event::HardBreak);
        }
    }
}

/// Elements whose content is not shown.
const HIDDEN: [&str; 2] = ["script", "style"];

fn is_tag(tag: &str, opening: &str, name: &str) -> bool {
    let rest = tag.strip_prefix(opening).unwrap_or_default();
    rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// Blocks that hold no other block.
const fn is_leaf(tag: &TagEnd) -> bool {
    matches!(tag, TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock)
}

/// What a piece of HTML shows: no tags, no comments, no scripts. Its entities stay as they are.
fn shown_of(raw: &str) -> String {
    let lower = raw.to_ascii_lowercase();
    let mut shown = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(found) = raw.get(at..).and_then(|rest| rest.find('<')) {
        shown.push_str(raw.get(at..at + found).unwrap_or_default());
        at += found;
        let tag = lower.get(at..).unwrap_or_default();
        let end = match HIDDEN.into_iter().find(|name| is_tag(tag, "<", name)) {
            Some(name) => tag
                .find(&format!("</{name}"))
                .and_then(|close| tag.get(close..)?.find('>').map(|end| close + end + 1)),
            None if tag.starts_with("<!--") => tag.find("-->").map(|end| end + 3),
            None if tag
                .chars()
                .nth(1)
                .is_some_and(|c| c.is_ascii_alphabetic() || "/!?".contains(c)) =>
            {
                tag.find('>').map(|end| end + 1)
            }
            None => {
                shown.push_str("&lt;");
                Some(1)
            }
        };
        at = end.map_or(raw.len(), |end| at + end);
    }
    shown.push_str(raw.get(at..).unwrap_or_default());
    shown
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

    use super::{NESTING, to_html};

    const LONGEST: usize = 20_000;

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

    #[test]
    fn html_in_a_text_counts_as_what_it_shows() {
        let html = to_html(concat!(
            "<div class=x>\nmột &amp; hai < ba <!-- ẩn --> <b>bốn</b>\n",
            "<SCRIPT>alert(1)</SCRIPT></div>\n\nnăm<br>sáu <style>p{}</style>bảy\n\n<div",
        ));
        assert!(html.contains("<p>một &amp; hai &lt; ba  bốn</p>"), "{html}");
        assert!(html.contains("năm<br>\nsáu bảy"), "{html}");
        assert!(!html.contains("ẩn") && !html.contains("alert"), "{html}");
    }

    #[test]
    fn what_lies_too_deep_is_shown_flat_and_nothing_of_it_is_lost() {
        for (begin, level) in [("> ", "blockquote"), ("- ", "ul"), ("1. ", "ol"), ("*a **b ", "em")]
        {
            let text = format!("{}cuối", begin.repeat(200));
            let html = to_html(&text);
            let levels = html.matches(&format!("<{level}>")).count();
            assert!((1..=NESTING).contains(&levels) || level == "em", "{levels} in {html}");
            assert!(html.contains("cuối"), "{html}");
        }
        let html = to_html(&format!("{}\n\n| a | b |\n|---|---|\n| c | d |\n", "> ".repeat(4)));
        assert!(html.contains("<table>") && html.contains("<td>d</td>"), "{html}");
    }

    /// Texts that make a renderer deep, huge or slow: each is repeated to the most characters.
    pub const PATHOLOGICAL: [&str; 34] = [
        ">",
        "> - ",
        "> ",
        "- ",
        "1. ",
        "1) - > ",
        "[",
        "![",
        "[a](",
        "[a]: b\n[a]",
        "`",
        "` `` ",
        "~~~\n",
        "<",
        "<b>",
        "<a b>",
        "<!--",
        "<div>\n",
        "&",
        "&amp;",
        "*a ",
        "*a **b ",
        "_",
        "*_",
        "~~",
        "|",
        "|a",
        "|-|\n",
        "\\",
        "#\n",
        "-\n+\n",
        "a\n\n",
        "e\u{323}\u{302}",
        "\u{301}",
    ];

    fn deepest(html: &str) -> usize {
        let mut depth = 0_usize;
        let mut deepest = 0;
        for tag in html.split('<').skip(1) {
            match tag {
                tag if tag.starts_with('/') => depth = depth.saturating_sub(1),
                tag if tag.starts_with("br") || tag.starts_with("hr") => {}
                _ => depth += 1,
            }
            deepest = deepest.max(depth);
        }
        deepest
    }

    #[test]
    fn no_text_makes_html_that_is_deep_or_huge() {
        let table = format!("{}\n{}\n{}", "|a".repeat(3000), "|-".repeat(3000), "a\n".repeat(3000));
        let references = format!("[a]: <{}>\n\n{}", "b".repeat(9000), "[a] ".repeat(2700));
        let attributes: String = (0..900).map(|n| format!("<b a{n}>")).collect();
        let paragraphs = format!("{attributes}\n\n{}", "a\n\n".repeat(3000));
        let repeated = PATHOLOGICAL.map(|p| p.repeat(LONGEST / p.chars().count()));
        for text in repeated.into_iter().chain([table, references, paragraphs]) {
            let began = std::time::Instant::now();
            let html = to_html(&text);
            let start: String = text.chars().take(12).collect();
            assert!(deepest(&html) <= NESTING + 4, "{start:?}: {}", deepest(&html));
            assert!(html.len() <= 800_000, "{start:?}: {} bytes", html.len());
            assert!(html.matches('<').count() <= 20_000, "{start:?}");
            println!("{start:?}: {:?}, {} bytes", began.elapsed(), html.len());
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
