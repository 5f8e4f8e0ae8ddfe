//! Checks the texts, links, slugs and colors that editors write. It knows nothing of events.

use std::ops::Range;

use crate::document::{Placed, Report, quoted};
use crate::name::Slug;
use crate::text;

use super::raw::Text;

/// The longest line, in characters.
const LINE: usize = 1_000;
/// The longest text of several lines, in characters.
const PARAGRAPHS: usize = 20_000;

/// A text of one line, trimmed; `None` when it is missing, empty or wrong. `what` names the key in messages.
pub(super) fn line(report: &mut Report, written: Text, what: &str) -> Option<String> {
    let Placed { value, span } = written?;
    let text = value.trim();
    if (text.contains('\n') || has_special(text)) && text.contains(BREAKS) {
        let joined = text.split(BREAKS).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let problem = report.error(span, format!("the {what} has a line break"));
        problem.help(format!("write it in one line: {}", quoted(&joined)));
        return None;
    }
    checked(report, value, &span, what, LINE)
}

/// A text of one line that must not be empty, nor become so when characters that are not published are left out.
pub(super) fn required_line(report: &mut Report, written: Text, what: &str) -> Option<String> {
    let span = written.as_ref()?.span.clone();
    let errors = report.errors();
    let found = line(report, written, what);
    if found.is_none() && report.errors() == errors {
        report.error(span, format!("the {what} is empty"));
    }
    found
}

/// A text of several lines, trimmed, with LF line breaks; `None` when it is missing, empty or wrong.
pub(super) fn paragraphs(report: &mut Report, written: Text, what: &str) -> Option<String> {
    let Placed { value, span } = written?;
    checked(report, value, &span, what, PARAGRAPHS)
}

/// The text, trimmed and as it may be published; `None` when it is empty, or has control characters or more than `limit` others.
fn checked(report: &mut Report, value: String, span: &Range<usize>, what: &str, limit: usize) -> Option<String> {
    let special = has_special(&value);
    let text = value.trim();
    let fine = (!special || free_of_control(report, text, span, what)) && bounded(report, text, span, what, limit);
    let published = match text {
        _ if !fine => return None,
        // The last word on what may be published has `text`.
        text if special => text::clean(text).trim().to_owned(),
        text if text.len() == value.len() => value,
        text => text.to_owned(),
    };
    Some(published).filter(|text| !text.is_empty())
}

/// Characters that break a line.
const BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// Whether there are characters, line feeds aside, that cannot be published as they are.
fn has_special(text: &str) -> bool {
    let bytes = text.as_bytes();
    let below_space =
        |chunk: &[u8]| chunk.iter().fold(false, |found, b| found | (*b < b' ' && *b != b'\n' || *b == 0x7f));
    // Beyond ASCII they begin with one of these bytes; most that do are quotation marks and dashes.
    let mut suspects = memchr::memchr3_iter(0xc2, 0xe2, 0xef, bytes);
    bytes.chunks(64).any(below_space)
        || suspects.any(|at| text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(is_special))
}

fn is_special(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn free_of_control(report: &mut Report, text: &str, span: &Range<usize>, what: &str) -> bool {
    let Some(found) = text.chars().find(|c| c.is_control() && !BREAKS.contains(c) && *c != '\t') else {
        return true;
    };
    let message = format!("the {what} contains the control character {}", named(found));
    report.error(span.clone(), message).help("delete it");
    false
}

/// A control character by its code and, where it has a common one, its name.
fn named(c: char) -> String {
    let name = match c {
        '\0' => " (NULL)",
        '\u{7}' => " (BELL)",
        '\u{8}' => " (BACKSPACE)",
        '\u{1b}' => " (ESCAPE)",
        '\u{7f}' => " (DELETE)",
        _ => "",
    };
    format!("U+{:04X}{name}", u32::from(c))
}

fn bounded(report: &mut Report, text: &str, span: &Range<usize>, what: &str, limit: usize) -> bool {
    if text.len() <= limit {
        return true;
    }
    let length = text.chars().count();
    if length > limit {
        report.error(span.clone(), format!("the {what} is {length} characters long; {limit} are possible"));
    }
    length <= limit
}

/// An http or https link in its ASCII serialization; `None` when it is missing, empty or wrong.
pub(super) fn link(report: &mut Report, written: Text, what: &str) -> Option<String> {
    let Placed { value, span } = written?;
    let text = value.trim();
    if text.is_empty() || has_special(text) && !free_of_control(report, text, &span, what) {
        return None;
    }
    if text.contains(char::is_whitespace) {
        report
            .error(span, format!("the {what} {} contains a space or a line break", quoted(text)))
            .help("write %20 for a space");
        return None;
    }
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Some(String::from(url)),
        Ok(_) | Err(_) => {
            not_a_link(report, text, span, what);
            None
        }
    }
}

fn not_a_link(report: &mut Report, text: &str, span: Range<usize>, what: &str) {
    let rest = text.trim_start_matches([':', '/']);
    let completed = format!("https://{rest}");
    let plausible = rest.contains('.') && !rest.contains("://") && url::Url::parse(&completed).is_ok();
    let problem = report.error(span, format!("the {what} {} is no http or https link", quoted(text)));
    problem.help(if text.contains('@') && !text.contains('/') {
        "write an address of a web page here, and an e-mail address as `contact`".to_owned()
    } else if plausible {
        format!("write \"{completed}\"")
    } else {
        "write a link such as \"https://example.org/page\"".to_owned()
    });
}

/// A slug; `what` names what it is the slug of.
pub(super) fn slug(report: &mut Report, written: Placed<String>, what: &str) -> Option<Placed<Slug>> {
    let Placed { value, span } = written;
    if let Some(value) = Slug::parse(&value) {
        return Some(Placed { value, span });
    }
    let problem =
        report.error(span, format!("the {what} {} is not made of a–z, 0–9 and single hyphens", quoted(&value)));
    problem.help(match Slug::from_name(&value) {
        Some(slug) => format!("write \"{slug}\""),
        None => "write lower-case letters, such as \"unity-park\"".to_owned(),
    });
    None
}
