//! Fills the template `frontend/index.html`, once for the home page and once for every other page.
//! Refuses a placeholder that it does not know and a page without style sheet or program.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{META_ASSETS, PRELOADED_FONTS};

/// Paths under `dist/`, without the leading slash.
pub struct Page<'a> {
    pub css: &'a str,
    pub start: &'a str,
    pub bindgen: &'a str,
    pub wasm: &'a str,
    /// Modules that the bindgen module imports.
    pub imports: &'a [String],
    pub addresses: &'a BTreeMap<String, String>,
    /// Texts by `vi/layout`, as in `frontend/locales/`.
    pub locales: &'a BTreeMap<String, Value>,
}

const HOME_BEGINS: &str = "<!-- home -->";
const HOME_ENDS: &str = "<!-- /home -->";

impl Page<'_> {
    /// With what stands between `<!-- home -->` and `<!-- /home -->` when `is_home`.
    pub fn render(&self, template: &str, is_home: bool) -> Result<String> {
        let template = &only_home(template, is_home)?;
        for needed in ["{{css}}", "{{js}}"] {
            if !template.contains(needed) {
                bail!("frontend/index.html does not name {needed}");
            }
        }
        let mut template = template.to_owned();
        for needed in ["{{assets}}", "{{preload}}"] {
            if !template.contains(needed) {
                template = template.replacen("</head>", &format!("{needed}\n</head>"), 1);
            }
        }
        let mut page = String::with_capacity(template.len() + 2048);
        let mut rest = template.as_str();
        while let Some((before, after)) = rest.split_once("{{") {
            page.push_str(before);
            let (name, after) =
                after.split_once("}}").context("frontend/index.html: {{ without }}")?;
            page.push_str(&self.value(name.trim())?);
            rest = after;
        }
        page.push_str(rest);
        Ok(page)
    }

    fn value(&self, name: &str) -> Result<String> {
        Ok(match name {
            "css" => format!("/{}", self.css),
            "js" => format!("/{}", self.start),
            "bindgen" => format!("/{}", self.bindgen),
            "wasm" => format!("/{}", self.wasm),
            "preload" => self.preload(),
            "assets" => self.meta()?,
            _ => match name.split_once(':') {
                Some(("asset", path)) => self.address(path.trim())?,
                Some(("text", key)) => self.in_both_languages(key)?,
                _ => bail!("frontend/index.html: the placeholder {{{{{name}}}}} is unknown"),
            },
        })
    }

    /// Both texts; the style sheet shows the one of `<html lang>`.
    fn in_both_languages(&self, key: &str) -> Result<String> {
        let mut spans = String::new();
        for language in ["vi", "en"] {
            let (domain, rest) = key.split_once('.').unwrap_or((key, ""));
            let text = self
                .locales
                .get(&format!("{language}/{domain}"))
                .and_then(|texts| texts.pointer(&format!("/{}", rest.replace('.', "/"))))
                .and_then(Value::as_str)
                .with_context(|| format!("frontend/index.html: no text {key} in {language}"))?;
            if text.contains(['<', '&', '{']) {
                bail!("frontend/index.html: {key} is no plain text in {language}");
            }
            let _infallible =
                write!(spans, "<span class=\"boot-{language}\" lang=\"{language}\">{text}</span>");
        }
        Ok(spans)
    }

    fn address(&self, path: &str) -> Result<String> {
        let hashed = self
            .addresses
            .get(path)
            .with_context(|| format!("frontend/public/{path} is missing"))?;
        Ok(format!("/{hashed}"))
    }

    /// In the order in which a slow line should bring it: what the first words are drawn with, then the program, which
    /// would take the line from them.
    fn preload(&self) -> String {
        let mut tags = String::new();
        for font in PRELOADED_FONTS.iter().filter_map(|path| self.addresses.get(*path)) {
            let _infallible = writeln!(
                tags,
                "<link rel=\"preload\" href=\"/{font}\" as=\"font\" type=\"font/woff2\" crossorigin>"
            );
        }
        for module in std::iter::once(self.bindgen).chain(self.imports.iter().map(String::as_str)) {
            let _infallible = writeln!(tags, "<link rel=\"modulepreload\" href=\"/{module}\">");
        }
        let _infallible = write!(
            tags,
            "<link rel=\"preload\" href=\"/{}\" as=\"fetch\" type=\"application/wasm\" fetchpriority=\"low\" crossorigin>",
            self.wasm
        );
        tags
    }

    fn meta(&self) -> Result<String> {
        let tags: Result<Vec<String>> = META_ASSETS
            .iter()
            .map(|(name, path)| {
                Ok(format!("<meta name=\"{name}\" content=\"{}\">", self.address(path)?))
            })
            .collect();
        Ok(tags?.join("\n"))
    }
}

fn only_home(template: &str, is_home: bool) -> Result<String> {
    let Some((before, rest)) = template.split_once(HOME_BEGINS) else {
        return Ok(template.to_owned());
    };
    let (home, after) =
        rest.split_once(HOME_ENDS).context("frontend/index.html: the part of home has no end")?;
    Ok([before, if is_home { home } else { "" }, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn addresses() -> BTreeMap<String, String> {
        META_ASSETS
            .iter()
            .map(|(name, path)| ((*path).to_owned(), format!("assets/{name}-1.svg")))
            .collect()
    }

    fn render_as(template: &str, is_home: bool) -> Result<String> {
        let addresses = addresses();
        let locales = BTreeMap::from([
            ("vi/layout".to_owned(), json!({"nav": {"home": "Trang chủ"}, "page": "{title}"})),
            ("en/layout".to_owned(), json!({"nav": {"home": "Home"}, "page": "{title}"})),
        ]);
        Page {
            css: "assets/a.css",
            start: "assets/s.js",
            bindgen: "assets/b.js",
            wasm: "assets/w.wasm",
            imports: &[],
            addresses: &addresses,
            locales: &locales,
        }
        .render(template, is_home)
    }

    fn render(template: &str) -> Result<String> {
        render_as(template, false)
    }

    #[test]
    fn placeholders_become_addresses_and_the_head_gets_what_the_template_left_out() {
        let page = render("<head><link href=\"{{css}}\"></head><script src=\"{{ js }}\"></script>{{js}}{{asset:motif/mark.svg}}").unwrap();
        assert!(page.contains("<link href=\"/assets/a.css\">"), "{page}");
        assert!(page.contains("src=\"/assets/s.js\""), "{page}");
        assert!(
            page.contains("<meta name=\"asset-icons\" content=\"/assets/asset-icons-1.svg\">"),
            "{page}"
        );
        assert!(
            page.contains("<link rel=\"modulepreload\" href=\"/assets/b.js\">\n<link rel=\"preload\" href=\"/assets/w.wasm\""),
            "{page}"
        );
        assert!(page.contains("fetchpriority=\"low\" crossorigin>\n</head>"), "{page}");
        assert!(page.ends_with("/assets/asset-mark-1.svg"), "{page}");
    }

    #[test]
    fn an_unknown_placeholder_and_a_page_without_program_are_refused() {
        assert!(render("{{css}}{{js}}{{title}}").unwrap_err().to_string().contains("title"));
        assert!(render("{{css}}").unwrap_err().to_string().contains("{{js}}"));
        assert!(render("{{css}}{{js}}{{asset:nothing.svg}}").is_err());
    }
    #[test]
    fn texts_stand_in_both_languages_and_the_opening_of_home_on_its_page_alone() {
        let template = "{{css}}{{js}}</head><!-- home -->{{text:layout.nav.home}}<!-- /home -->!";
        let home = "<span class=\"boot-vi\" lang=\"vi\">Trang chủ</span><span class=\"boot-en\" lang=\"en\">Home</span>!";
        assert!(render_as(template, true).unwrap().ends_with(&format!("</head>{home}")));
        assert!(render_as(template, false).unwrap().ends_with("</head>!"));
        assert!(render("{{css}}{{js}}<!-- home -->").is_err());
        assert!(render("{{css}}{{js}}{{text:layout.nav}}").is_err());
        assert!(render("{{css}}{{js}}{{text:layout.page}}").is_err());
    }
}
