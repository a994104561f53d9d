//! One style sheet out of many: comments and idle blanks go, addresses become hashed ones.
//! Refuses addresses outside `frontend/public/`; changes no rule and no order.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

use anyhow::{Context, Result, bail};

/// The sheet, and the files of `dist/` that it names.
pub fn bundle(
    sources: &[(String, String)],
    addresses: &BTreeMap<String, String>,
) -> Result<(String, Vec<String>)> {
    let mut sheet = Sheet { text: String::new(), blank: false, used: Vec::new(), addresses };
    for (name, source) in sources {
        sheet.add(source).with_context(|| format!("frontend/styles/{name}"))?;
    }
    Ok((sheet.text, sheet.used))
}

struct Sheet<'a> {
    text: String,
    /// A blank was read and may have to be written before the next character.
    blank: bool,
    used: Vec<String>,
    addresses: &'a BTreeMap<String, String>,
}

impl Sheet<'_> {
    fn add(&mut self, source: &str) -> Result<()> {
        let mut rest = source.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '/' if rest.peek() == Some(&'*') => {
                    skip_comment(&mut rest)?;
                    self.blank = true;
                }
                c if c.is_ascii_whitespace() => self.blank = true,
                '"' | '\'' => {
                    let string = read_string(c, &mut rest)?;
                    self.write(c);
                    self.text.push_str(&string);
                    self.text.push(c);
                }
                '(' if self.text.ends_with("url") && !self.blank => {
                    let address = read_address(&mut rest)?;
                    let address = self.rewrite(&address)?;
                    self.text.push_str(&format!("(\"{address}\")"));
                }
                '\\' => {
                    self.write(c);
                    self.text.extend(rest.next());
                }
                c => self.write(c),
            }
        }
        self.blank = true;
        Ok(())
    }

    fn write(&mut self, c: char) {
        if std::mem::take(&mut self.blank) && !self.is_idle_before(c) {
            self.text.push(' ');
        }
        if c == '}' && self.text.ends_with(';') {
            self.text.pop();
        }
        self.text.push(c);
    }

    /// Blanks around braces, semicolons and commas, and after a colon, never mean anything.
    /// Around `+`, `-`, `>`, `(` and before a colon they may, so they stay.
    fn is_idle_before(&self, c: char) -> bool {
        matches!(c, '{' | '}' | ';' | ',')
            || self.text.is_empty()
            || self.text.ends_with(['{', '}', ';', ',', ':'])
    }

    fn rewrite(&mut self, address: &str) -> Result<String> {
        if address.starts_with("data:") || address.starts_with('#') {
            return Ok(address.to_owned());
        }
        if address.contains("://") {
            bail!("url({address}) leaves this server: the content policy forbids it");
        }
        let (path, fragment) = match address.split_once('#') {
            Some((path, fragment)) => (path, format!("#{fragment}")),
            None => (address, String::new()),
        };
        let mut inside = path;
        while let Some(shorter) =
            ["../", "./", "/"].iter().find_map(|lead| inside.strip_prefix(lead))
        {
            inside = shorter;
        }
        let hashed = self
            .addresses
            .get(inside)
            .with_context(|| format!("url({address}): frontend/public/{inside} is missing"))?;
        self.used.push(hashed.clone());
        Ok(format!("/{hashed}{fragment}"))
    }
}

fn skip_comment(rest: &mut Peekable<Chars<'_>>) -> Result<()> {
    rest.next();
    let mut before = ' ';
    for c in rest.by_ref() {
        if before == '*' && c == '/' {
            return Ok(());
        }
        before = c;
    }
    bail!("a comment does not end")
}

fn read_string(quote: char, rest: &mut Peekable<Chars<'_>>) -> Result<String> {
    let mut string = String::new();
    while let Some(c) = rest.next() {
        if c == quote {
            return Ok(string);
        }
        string.push(c);
        if c == '\\' {
            string.extend(rest.next());
        }
    }
    bail!("a string does not end")
}

fn read_address(rest: &mut Peekable<Chars<'_>>) -> Result<String> {
    while rest.next_if(char::is_ascii_whitespace).is_some() {}
    let address = match rest.next_if(|c| matches!(c, '"' | '\'')) {
        Some(quote) => read_string(quote, rest)?,
        None => {
            let mut address = String::new();
            while let Some(c) = rest.next_if(|c| *c != ')' && !c.is_ascii_whitespace()) {
                address.push(c);
            }
            address
        }
    };
    while rest.next_if(char::is_ascii_whitespace).is_some() {}
    match rest.next() {
        Some(')') => Ok(address),
        _ => bail!("url({address} does not end"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minified(css: &str) -> String {
        let addresses =
            BTreeMap::from([("fonts/a.woff2".to_owned(), "assets/a-1.woff2".to_owned())]);
        bundle(&[("a.css".to_owned(), css.to_owned())], &addresses).unwrap().0
    }

    #[test]
    fn idle_blanks_and_comments_go() {
        assert_eq!(minified("/* x */\na , b > c {\n  color : red ;\n}\n"), "a,b > c{color :red}");
        assert_eq!(
            minified("@layer a, b;\n@layer a { p { margin: 0 } }"),
            "@layer a,b;@layer a{p{margin:0}}"
        );
    }

    #[test]
    fn blanks_that_mean_something_stay() {
        assert_eq!(
            minified("a :hover { width: calc(1px + 2px) }"),
            "a :hover{width:calc(1px + 2px)}"
        );
        assert_eq!(
            minified("@media (width > 1px) and (height > 2px) { a { b: c } }"),
            "@media (width > 1px) and (height > 2px){a{b:c}}"
        );
        assert_eq!(
            minified("a::before { content: \"  /* ; */ \" }"),
            "a::before{content:\"  /* ; */ \"}"
        );
        assert_eq!(minified("a{b:c}/**/d{}"), "a{b:c}d{}");
    }

    #[test]
    fn addresses_are_rewritten_and_those_of_strangers_refused() {
        assert_eq!(
            minified("a { src: url(../fonts/a.woff2) format(\"woff2\") }"),
            "a{src:url(\"/assets/a-1.woff2\") format(\"woff2\")}"
        );
        assert_eq!(minified("a { mask: url( 'data:x;y,/*' ) }"), "a{mask:url(\"data:x;y,/*\")}");
        let none = BTreeMap::new();
        for css in
            ["a{b:url(fonts/none.svg)}", "a{b:url(https://example.org/x)}", "a{b:url(x", "/* x"]
        {
            assert!(bundle(&[("a.css".to_owned(), css.to_owned())], &none).is_err(), "{css}");
        }
    }
}
