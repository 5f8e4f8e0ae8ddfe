//! HTML in texts that should be plain: shown as text, with its line breaks and its links. It does not render anything else, and
//! nothing of the markup is left.

use std::borrow::Cow;

use html5gum::{HtmlString, Token, Tokenizer};
use url::Url;

/// Elements by which a text is known to be HTML.
const KNOWN: [&str; 64] = [
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "button",
    "center",
    "code",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "label",
    "li",
    "link",
    "meta",
    "object",
    "ol",
    "p",
    "pre",
    "s",
    "script",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "tr",
    "u",
    "ul",
    "video",
];
/// Elements that stand on lines of their own.
const BLOCKS: [&str; 24] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figure",
    "footer",
    "form",
    "header",
    "html",
    "li",
    "ol",
    "section",
    "summary",
    "table",
    "tbody",
    "tr",
    "ul",
];
/// Elements with an empty line before and after.
const PARAGRAPHS: [&str; 8] = ["p", "h1", "h2", "h3", "h4", "h5", "h6", "pre"];
/// Elements whose text nobody is meant to read.
const UNSEEN: [&str; 7] = ["script", "style", "head", "title", "template", "noscript", "iframe"];
/// HTML escaped once more, and once more again.
const MAX_PASSES: usize = 3;

/// A text without markup: as it is when it is no HTML.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let mut plain = Cow::Borrowed(text);
    for _ in 0..MAX_PASSES {
        if !is_html(&plain) {
            break;
        }
        plain = Cow::Owned(read(&plain));
    }
    plain
}

/// Whether a text has an element of HTML, or a character reference.
fn is_html(text: &str) -> bool {
    if memchr::memchr2(b'<', b'&', text.as_bytes()).is_none() {
        return false;
    }
    text.split('<').skip(1).any(starts_element) || text.split('&').skip(1).any(starts_reference)
}

fn starts_element(after: &str) -> bool {
    if after.starts_with("!--") || after.starts_with("!DOCTYPE") {
        return true;
    }
    let after = after.strip_prefix('/').unwrap_or(after);
    let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
    let name = after.get(..end.min(12)).unwrap_or_default();
    let closes = after.get(end..).is_some_and(|rest| rest.starts_with(['>', '/', ' ', '\n', '\t']));
    closes && after.contains('>') && KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn starts_reference(after: &str) -> bool {
    let end = after.bytes().take(10).position(|byte| byte == b';');
    let Some(name) = end.and_then(|end| after.get(..end)) else { return false };
    match name.strip_prefix('#').map(|number| number.trim_start_matches(['x', 'X'])) {
        Some(digits) => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_alphanumeric()),
    }
}

/// What a reader of the HTML would see.
fn read(html: &str) -> String {
    // A text that has line breaks but no element that makes one means its own.
    let keeps_breaks = !["<br", "<p", "<div", "<li", "<tr"].iter().any(|tag| contains_ignoring_case(html, tag));
    let mut page = Page { text: String::with_capacity(html.len()), keeps_breaks, ..Page::default() };
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let link = tag.attributes.get(b"href".as_slice()).map(|value| text_of(value).into_owned());
                page.start(&text_of(&tag.name), link);
            }
            Token::EndTag(tag) => page.end(&text_of(&tag.name)),
            Token::String(text) => page.characters(&text_of(&text)),
            _ => {}
        }
    }
    page.link_end();
    page.text.trim().to_owned()
}

fn contains_ignoring_case(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

fn text_of(bytes: &HtmlString) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// The text while it grows.
#[derive(Default)]
struct Page {
    text: String,
    /// Whether line breaks of the source are line breaks.
    keeps_breaks: bool,
    /// The element whose text is not seen.
    unseen: Option<String>,
    /// The address of the link that is open, and where its text begins.
    link: Option<(String, usize)>,
}

impl Page {
    fn start(&mut self, name: &str, link: Option<String>) {
        match name {
            _ if self.unseen.is_some() => {}
            "br" | "hr" => self.text.push('\n'),
            "a" => {
                self.link_end();
                self.link = link.and_then(|address| seen(&address)).map(|address| (address, self.text.len()));
            }
            "td" | "th" => self.space(),
            "li" => {
                self.breaks(1);
                self.text.push_str("- ");
            }
            name if PARAGRAPHS.contains(&name) => self.breaks(2),
            name if BLOCKS.contains(&name) => self.breaks(1),
            name if UNSEEN.contains(&name) => self.unseen = Some(name.to_owned()),
            // An address in angle brackets is no element.
            name if name.contains(['@', ':']) => self.text.push_str(name),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if self.unseen.as_deref() == Some(name) {
            self.unseen = None;
        }
        match name {
            _ if self.unseen.is_some() => {}
            "a" => self.link_end(),
            name if PARAGRAPHS.contains(&name) => self.breaks(2),
            name if BLOCKS.contains(&name) => self.breaks(1),
            _ => {}
        }
    }

    fn characters(&mut self, text: &str) {
        if self.unseen.is_some() {
            return;
        }
        for character in text.chars() {
            match character {
                '\n' if self.keeps_breaks => self.text.push('\n'),
                character if character.is_whitespace() => self.space(),
                character => self.text.push(character),
            }
        }
    }

    /// The address after the text of a link, unless the text is the address.
    fn link_end(&mut self) {
        let Some((address, from)) = self.link.take() else { return };
        let shown = self.text.get(from..).unwrap_or_default().trim();
        let bare = |text: &str| {
            let rest = text.split_once("//").map_or(text, |(_, rest)| rest);
            rest.trim_start_matches("mailto:").trim_start_matches("tel:").trim_end_matches('/').to_lowercase()
        };
        if shown.is_empty() {
            self.text.push_str(&address);
        } else if bare(shown) != bare(&address) {
            let length = self.text.trim_end().len();
            self.text.truncate(length);
            self.text.push_str(" (");
            self.text.push_str(&address);
            self.text.push(')');
        }
    }

    fn space(&mut self) {
        if !self.text.ends_with([' ', '\n']) && !self.text.is_empty() {
            self.text.push(' ');
        }
    }

    /// At least that many line breaks, no more than an empty line.
    fn breaks(&mut self, count: usize) {
        let length = self.text.trim_end_matches(' ').len();
        self.text.truncate(length);
        let present = self.text.len() - self.text.trim_end_matches('\n').len();
        if !self.text.is_empty() {
            self.text.extend(std::iter::repeat_n('\n', count.saturating_sub(present)));
        }
    }
}

/// The address of a link that may be shown: a page, a mail address or a telephone number.
fn seen(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    match url.scheme() {
        "http" | "https" => Some(url.into()),
        "mailto" | "tel" => Some(url.path().to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
