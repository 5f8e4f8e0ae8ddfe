//! Plain text as HTML: paragraphs, line breaks, links to http and https. Whatever is not made here is escaped. It knows no page.

use std::fmt::Write as _;
use std::io;

use askama::filters::{Html, HtmlSafe};
use linkify::{LinkFinder, LinkKind};
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

/// HTML that was made safe by this module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Markup(String);

impl HtmlSafe for Markup {}

impl Markup {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for Markup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text of several paragraphs, with its web addresses as links.
pub(super) fn paragraphs(text: &str) -> Markup {
    let mut html = String::with_capacity(text.len() + 64);
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        html.push_str("<p>");
        for (index, line) in paragraph.lines().enumerate() {
            if index > 0 {
                html.push_str("<br>");
            }
            link(line, &mut html);
        }
        html.push_str("</p>");
    }
    Markup(html)
}

/// One line, with its web addresses as links.
pub(super) fn line(text: &str) -> Markup {
    let mut html = String::with_capacity(text.len() + 16);
    link(text, &mut html);
    Markup(html)
}

/// JSON in which no text can be taken for markup, wherever it lands: nothing in it ends a `script` element, opens a comment (HTML
/// §13.2.5.4) or closes an attribute.
pub(super) fn json(value: &serde_json::Value) -> Markup {
    let mut json = Vec::new();
    write_json(&mut json, value);
    Markup(String::from_utf8(json).unwrap_or_default())
}

/// The same of any value whose keys are all texts, at the end of other bytes.
pub(super) fn write_json(into: &mut Vec<u8>, value: &impl Serialize) {
    // Writing to memory cannot fail.
    let _ = value.serialize(&mut serde_json::Serializer::with_formatter(into, Inert));
}

/// Writes the characters that mean something in HTML as escapes.
struct Inert;

impl Formatter for Inert {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for piece in fragment.split_inclusive(['<', '>', '&', '\'']) {
            let plain = piece.trim_end_matches(['<', '>', '&', '\'']);
            writer.write_all(plain.as_bytes())?;
            for character in piece.chars().skip(plain.chars().count()) {
                write!(writer, "\\u{:04x}", u32::from(character))?;
            }
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        match escape {
            CharEscape::Quote => writer.write_all(b"\\u0022"),
            other => CompactFormatter.write_char_escape(writer, other),
        }
    }
}

fn link(line: &str, html: &mut String) {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]).url_must_have_scheme(true);
    for span in finder.spans(line) {
        let text = span.as_str();
        let is_web = span.kind().is_some() && is_web(text);
        let escaped = escaped(text);
        // Writing to a text cannot fail.
        let _ = match is_web {
            true => write!(html, "<a href=\"{escaped}\" rel=\"nofollow ugc noopener\">{}</a>", shortened(text)),
            false => write!(html, "{escaped}"),
        };
    }
}

fn is_web(text: &str) -> bool {
    let has = |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    has("https://") || has("http://")
}

/// An address as people read and type it: without the scheme.
pub(super) fn bare(address: &str) -> &str {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest).trim_end_matches('/');
    bare.strip_prefix("www.").unwrap_or(bare)
}

/// The same as HTML, cut where it would fill lines.
fn shortened(address: &str) -> String {
    let bare = bare(address);
    match bare.char_indices().nth(48) {
        Some((at, _)) => format!("{}…", escaped(bare.get(..at).unwrap_or(bare))),
        None => escaped(bare),
    }
}

/// A text with the characters that mean something in HTML and XML replaced.
pub(super) fn escaped(text: &str) -> String {
    askama::filters::escape(text, Html).map(|escaped| escaped.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, html: &str) {
        assert_eq!(paragraphs(text).to_string(), html);
    }

    #[test]
    fn paragraphs_and_lines_are_kept() {
        check("One.\nTwo.\n\n\n Three.", "<p>One.<br>Two.</p><p>Three.</p>");
        check("", "");
    }

    #[test]
    fn web_addresses_become_links_and_nothing_else_does() {
        check(
            "See https://www.example.org/a?b=1&c=2.",
            "<p>See <a href=\"https://www.example.org/a?b=1&#38;c=2\" rel=\"nofollow ugc noopener\">example.org/a?b=1&#38;c=2</a>.</p>",
        );
        check("javascript://example.org/%0aalert(1)", "<p>javascript://example.org/%0aalert(1)</p>");
        check("data:text/html,<b>", "<p>data:text/html,&#60;b&#62;</p>");
    }

    #[test]
    fn markup_is_text() {
        check("<script>alert(\"1\")</script>", "<p>&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;</p>");
        check(
            "https://example.org/\"onclick=alert(1)",
            "<p><a href=\"https://example.org/\" rel=\"nofollow ugc noopener\">example.org</a>&#34;onclick=alert(1)</p>",
        );
        let value = serde_json::json!({"name": "</script><!-- &"});
        assert_eq!(json(&value).to_string(), r#"{"name":"\u003c/script\u003e\u003c!-- \u0026"}"#);
        let value = serde_json::json!({"it's": ["\" onload='", "\\\"<<\n", 1, null]});
        let text = json(&value).to_string();
        assert_eq!(text, r#"{"it\u0027s":["\u0022 onload=\u0027","\\\u0022\u003c\u003c\n",1,null]}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).ok(), Some(value));
    }
}
