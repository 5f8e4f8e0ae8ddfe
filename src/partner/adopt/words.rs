//! The texts of an event: escapes undone, markup gone, control characters out, cut to their limits. It does not know times.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use foldhash::HashMap;
use url::Url;

use super::fields::Fields;
use super::html;
use crate::event::Status;
use crate::language::Language;
use crate::name::Slug;
use crate::text::{Line, clean, unescape};

/// The longest place and contact, in characters.
const MAX_PLACE: usize = 1_000;
/// The longest address of a page, in bytes.
const MAX_URL: usize = 2_000;
/// The categories of one event that are looked at, and that become tags.
const MAX_CATEGORIES: usize = 50;
const MAX_TAGS: usize = 10;
/// The categories of one body whose slugs are remembered.
const MAX_REMEMBERED: usize = 5_000;

/// The title: one line; `None` when there is none.
pub(super) fn title(fields: &Fields<'_>, max: usize) -> Option<String> {
    fields.summary.as_ref().map(|line| one_line(plain(line))).filter(|title| !title.is_empty()).map(|t| cut(t, max))
}

/// What stands for a title that is missing.
pub(super) fn untitled(language: Language) -> &'static str {
    match language.code() {
        "es" => "Evento sin título",
        _ => "Untitled event",
    }
}

/// The description: lines of text; empty when there is none.
pub(super) fn description(fields: &Fields<'_>, max: usize) -> String {
    fields.description.as_ref().map_or_else(String::new, |line| cut(trimmed(plain(line)), max))
}

/// The place: lines of text.
pub(super) fn place(fields: &Fields<'_>) -> Option<String> {
    let place = trimmed(plain(fields.location.as_ref()?));
    if !place.contains('\n') {
        return (!place.is_empty()).then(|| cut(place, MAX_PLACE));
    }
    let lines: Vec<&str> = place.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    (!lines.is_empty()).then(|| cut(lines.join("\n"), MAX_PLACE))
}

/// Whom to ask: one line.
pub(super) fn contact(fields: &Fields<'_>) -> Option<String> {
    let contact = one_line(plain(fields.contact.as_ref()?));
    (!contact.is_empty()).then(|| cut(contact, MAX_PLACE))
}

/// The page: http or https, in ASCII, without a user's name or password.
pub(super) fn page(fields: &Fields<'_>) -> Option<String> {
    let written = fields.url?.trim();
    if is_plain(written) {
        return Some(written.to_owned());
    }
    let mut url = Url::parse(written).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return None;
    }
    if !url.username().is_empty() || url.password().is_some() {
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
    }
    (url.as_str().len() <= MAX_URL).then(|| url.into())
}

/// Whether an address is certainly spelled as [`Url`] would spell it: the common case, for which a look at its bytes is enough.
fn is_plain(address: &str) -> bool {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let Some((host, path)) = rest.and_then(|rest| rest.split_at_checked(rest.find('/')?)) else { return false };
    let is_of_host = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    let is_of_path = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~' | b'?' | b'=' | b'&' | b'+')
    };
    // A last label that begins with a letter is no part of an IPv4 address; two hyphens may be an internationalized name.
    host.rsplit('.').next().is_some_and(|label| label.starts_with(|first: char| first.is_ascii_lowercase()))
        && host.bytes().all(is_of_host)
        && !host.contains("--")
        && path.bytes().all(is_of_path)
        && !path.contains("/.")
        && address.len() <= MAX_URL
}

/// The status; `None` for one that nobody knows.
pub(super) fn status(fields: &Fields<'_>) -> Option<Status> {
    let Some(status) = fields.status else { return Some(Status::Confirmed) };
    match status.trim().to_ascii_uppercase().as_str() {
        "CONFIRMED" | "" => Some(Status::Confirmed),
        "TENTATIVE" => Some(Status::Tentative),
        "CANCELLED" | "CANCELED" => Some(Status::Cancelled),
        "POSTPONED" => Some(Status::Postponed),
        _ => None,
    }
}

/// The categories, as they are written.
pub(super) fn categories<'a>(fields: &Fields<'a>) -> Vec<Cow<'a, str>> {
    let lists = fields.categories.iter().flat_map(|line| split_list(line.value));
    let clean = |text: &'a str| -> Cow<'a, str> {
        match text.contains(['\\', '<', '&']) || !text.is_ascii() {
            true => Cow::Owned(one_line(html::plain(&unescape(text)))),
            false => Cow::Borrowed(text.trim()),
        }
    };
    lists.map(clean).filter(|category| !category.is_empty()).take(MAX_CATEGORIES).collect()
}

/// Splits a list of TEXT values at the commas that no backslash escapes.
fn split_list(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut escaped = false;
        let end = text.bytes().position(|byte| {
            let splits = byte == b',' && !escaped;
            escaped = byte == b'\\' && !escaped;
            splits
        });
        rest = end.and_then(|end| text.get(end + 1..));
        text.get(..end.unwrap_or(text.len()))
    })
}

/// The tags that categories become.
#[derive(Default)]
pub(super) struct Tags(HashMap<String, Option<Slug>>);

impl Tags {
    /// The partner's own tags, then what the categories are as slugs; each once.
    pub(super) fn of(&mut self, own: &[Slug], categories: &[Cow<'_, str>]) -> Vec<Slug> {
        let mut tags = Vec::with_capacity(own.len() + categories.len().min(MAX_TAGS));
        tags.extend_from_slice(own);
        for category in categories.iter().take(MAX_TAGS) {
            if let Some(slug) = self.slug(category).filter(|slug| !tags.contains(slug)) {
                tags.push(slug);
            }
        }
        tags
    }

    fn slug(&mut self, category: &str) -> Option<Slug> {
        if let Some(known) = self.0.get(category) {
            return known.clone();
        }
        let slug = (category.len() <= 200).then(|| Slug::from_name(category)).flatten();
        if self.0.len() < MAX_REMEMBERED {
            self.0.insert(category.to_owned(), slug.clone());
        }
        slug
    }
}

/// A TEXT value as people read it.
fn plain<'a>(line: &Line<'a>) -> Cow<'a, str> {
    let value = match line.parameter("ENCODING").is_some_and(|name| name.eq_ignore_ascii_case("QUOTED-PRINTABLE")) {
        true => Cow::Owned(quoted_printable(line.value)),
        false => Cow::Borrowed(whole_escapes(without_address(line))),
    };
    let is_escaped = memchr::memchr(b'\\', value.as_bytes()).is_some();
    let text = if is_escaped { Cow::Owned(unescape(&value)) } else { value };
    match html::plain(&text) {
        Cow::Owned(plain) => Cow::Owned(clean(&plain).into_owned()),
        Cow::Borrowed(_) => match clean(&text) {
            Cow::Borrowed(whole) if whole.len() == text.len() => text,
            cleaned => Cow::Owned(cleaned.into_owned()),
        },
    }
}

/// Without white space at the ends; not copied where there is none.
fn trimmed(text: Cow<'_, str>) -> String {
    match text.trim() {
        whole if whole.len() == text.len() => text.into_owned(),
        part => part.to_owned(),
    }
}

/// Without a backslash at the end that escapes nothing.
fn whole_escapes(value: &str) -> &str {
    let backslashes = value.len() - value.trim_end_matches('\\').len();
    let whole = if backslashes % 2 == 1 { value.strip_suffix('\\') } else { None };
    whole.unwrap_or(value)
}

/// The text of a line whose parameters hold an address without quotation marks: the address has a colon of its own, which is not
/// the line's.
fn without_address<'a>(line: &Line<'a>) -> &'a str {
    let Some(rest) = line.value.strip_prefix("//").filter(|_| line.parameter("ALTREP").is_some()) else {
        return line.value;
    };
    let is_port = |after: &str| after.starts_with(|c: char| c.is_ascii_digit()) && after.contains('/');
    let mut ends = rest.match_indices(':').filter_map(|(at, _)| rest.get(at + 1..));
    ends.find(|after| !is_port(after)).unwrap_or(line.value)
}

/// `=C3=A9`, as calendars of the first version have it.
fn quoted_printable(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| *byte == b'=').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes)
        .unwrap_or_else(|error| WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned())
}

/// The words with one space between them; not copied where they are so already.
fn one_line(text: Cow<'_, str>) -> String {
    if is_one_line(&text) {
        return text.into_owned();
    }
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Whether single spaces between words are certainly all the white space of a text: white space beyond ASCII begins with one of these bytes.
fn is_one_line(text: &str) -> bool {
    let may_be_space = |byte: u8| byte < b' ' || matches!(byte, 0xc2 | 0xe1..=0xe3);
    let mut after_space = true;
    let is_so = text.bytes().all(|byte| {
        let doubled = std::mem::replace(&mut after_space, byte == b' ') && byte == b' ';
        !doubled && !may_be_space(byte)
    });
    is_so && !text.ends_with(' ')
}

/// At most `max` characters, the last of them an ellipsis when there were more.
pub(super) fn cut(mut text: String, max: usize) -> String {
    if text.len() <= max {
        return text;
    }
    if text.chars().nth(max).is_some() {
        let keep = text.char_indices().nth(max.saturating_sub(1)).map_or(0, |(at, _)| at);
        text.truncate(keep);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields<'a>(lines: &'a str) -> Fields<'a> {
        let mut fields = Fields::default();
        fields.read_lines(lines.lines(), &super::super::tests::limits()).unwrap();
        fields
    }

    #[test]
    fn a_title_is_one_line_of_text() {
        let check = |line: &str, expected: &str| {
            assert_eq!(title(&fields(line), 20).unwrap_or_default(), expected, "{line}");
        };
        check("SUMMARY:A\\, b\\; c\\nd", "A, b; c d");
        check("SUMMARY: <b>A</b> &amp; b ", "A & b");
        check("SUMMARY:\u{202e}gnp.exe\u{7} ", "gnp.exe");
        check("summary;LANGUAGE=en:A", "A");
        check("SUMMARY:  \\n ", "");
        check("SUMMARY:RIG backslash\\", "RIG backslash");
        check("SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Caf=C3=A9 =", "Café =");
        check(&format!("SUMMARY:{}", "é".repeat(20)), &"é".repeat(20));
        check(&format!("SUMMARY:{}", "é".repeat(21)), &format!("{}…", "é".repeat(19)));
    }

    #[test]
    fn a_page_is_of_the_web() {
        let check = |url: &str, expected: Option<&str>| {
            assert_eq!(page(&fields(&format!("URL:{url}"))).as_deref(), expected, "{url}");
        };
        check("https://é.example/a b?\"<x>", Some("https://xn--9ca.example/a%20b?%22%3Cx%3E"));
        check("https://bank.example@evil.invalid/", Some("https://evil.invalid/"));
        for bad in [
            "javascript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "//evil.invalid/x",
            "/x",
            "file:///etc/passwd",
            "",
        ] {
            check(bad, None);
        }
        check(&format!("https://a.example/{}", "x".repeat(3000)), None);
    }

    #[test]
    fn what_is_taken_for_plain_is_spelled_as_the_parser_spells_it() {
        let hosts = [
            "a.example",
            "A.example",
            "1.2.3.4",
            "0x7f.1",
            "a.0x7f",
            "xn--9ca.example",
            "a..b",
            ".a",
            "a.",
            "-a-.b-",
            "a_b.c",
            "a",
            "",
        ];
        let paths = [
            "/",
            "",
            "/a/b.c?d=e&f+g",
            "/../x",
            "/a/./b",
            "/a/..",
            "/a/%2e%2e/b",
            "/a b",
            "/é",
            "/a?b=../c",
            "/a#b",
            "/a/.b",
            "//x",
            "?a",
        ];
        let mut plain = 0;
        for (host, path) in hosts.iter().flat_map(|host| paths.iter().map(move |path| (host, path))) {
            for address in
                [format!("https://{host}{path}"), format!("http://{host}:80{path}"), format!("http://u@{host}{path}")]
            {
                if is_plain(&address) {
                    plain += 1;
                    assert_eq!(Url::parse(&address).unwrap().as_str(), address);
                }
            }
        }
        assert!(plain >= 20, "{plain} of them are plain");
    }

    #[test]
    fn a_backslash_that_escapes_nothing_is_no_text() {
        let check = |line: &str, expected: &str| assert_eq!(plain(&Line::split(line).unwrap()), expected, "{line}");
        check("SUMMARY:a\\", "a");
        check("SUMMARY:a\\\\", "a\\");
        check("SUMMARY:\\", "");
    }

    #[test]
    fn an_address_without_quotation_marks_is_no_text() {
        let check = |line: &str, expected: &str| assert_eq!(plain(&Line::split(line).unwrap()), expected, "{line}");
        check("LOCATION;ALTREP=http://a.example/b,c;LANGUAGE=en:Hall: Room 5", "Hall: Room 5");
        check("LOCATION;ALTREP=http://a.example:8080/b:Hall", "Hall");
        check("LOCATION;ALTREP=\"http://a.example/b\":Hall", "Hall");
        check("LOCATION;ALTREP=http://a.example/b", "//a.example/b");
        check("LOCATION://a.example/b:c", "//a.example/b:c");
    }

    #[test]
    fn places_statuses_and_categories_are_read() {
        assert_eq!(place(&fields("LOCATION:Hall\\, 1 A St\\n\\n B ")).as_deref(), Some("Hall, 1 A St\nB"));
        for (text, expected) in [
            ("STATUS:CANCELED", Some(Status::Cancelled)),
            ("STATUS:cancelled", Some(Status::Cancelled)),
            ("STATUS:Tentative", Some(Status::Tentative)),
            ("STATUS:MAYBE", None),
            ("X:1", Some(Status::Confirmed)),
        ] {
            assert_eq!(status(&fields(text)), expected, "{text}");
        }
        let found = categories(&fields("CATEGORIES:A\\, b,C , ,<b>x</b>\ncategories:D"));
        assert_eq!(found, ["A, b", "C", "x", "D"]);
        let own = [Slug::parse("c").unwrap()];
        let tags = Tags::default().of(&own, &found);
        assert_eq!(tags.iter().map(Slug::as_str).collect::<Vec<_>>(), ["c", "a-b", "x", "d"]);
    }
}
