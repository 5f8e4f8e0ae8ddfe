//! The words for what is wrong with a text of TOML, and for what to write instead. It finds no problems by itself.

use std::ops::Range;

use super::Report;
use super::fault::{Fault, Kind};
use super::placed::{DATE_TIME_EXPECTED, NO_SUCH_TIME};

/// The longest text that is repeated in a message, in characters.
const SHOWN: usize = 60;

/// A syntax error in the words of the parser, with help for the mistakes that people make.
pub(super) fn syntax(report: &mut Report, span: Range<usize>, message: &str) {
    let source = std::sync::Arc::clone(report.source());
    let line = source.text.get(line_of(&source.text, span.start)).unwrap_or_default();
    let problem = report.error(span.clone(), format!("this is not TOML: {message}"));
    let written = source.text.get(span).unwrap_or_default();
    if written.contains(['“', '”', '‘', '’']) || line.contains("= “") {
        problem.help("write straight quotes around a text: \"…\"");
    } else if message.contains("must be quoted")
        || message.contains("float") && written.starts_with(char::is_alphabetic)
    {
        problem.help(format!("write \"{}\"", shortened(written)));
    } else if message.contains("string") {
        let help =
            "end the text with the quotation mark that it begins with; several lines go between \"\"\" and \"\"\"";
        problem.help(help);
    } else if message.contains("duplicate key") {
        problem.help("write each key once in a table; a new event begins with `[[event]]`");
    }
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let at = text.floor_char_boundary(at);
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let end = text.get(at..).and_then(|after| after.find('\n')).map_or(text.len(), |newline| at + newline);
    start..end
}

/// A value that could not be read.
pub(super) fn fault(report: &mut Report, text: &str, fault: &Fault) {
    let span = fault.span.clone().unwrap_or(0..0);
    let written = text.get(span.clone()).unwrap_or_default();
    match &fault.kind {
        Kind::WrongType(expected) => wrong_type(report, span, written, expected),
        Kind::UnknownWord(word, known) => {
            let problem = report.error(span, format!("{} is none of the words known here", quoted(word)));
            problem.help(match nearest(word, known.iter().copied()) {
                Some(near) => format!("write \"{near}\""),
                None => format!("write one of {}", list(known.iter().map(|word| format!("\"{word}\"")))),
            });
        }
        Kind::Other(message) => {
            let problem = report.error(span, message.clone());
            if written.contains("T24") || written.contains(" 24") {
                problem.help("midnight is 00:00 of the next day");
            } else if message == NO_SUCH_TIME {
                problem.help("check the day of the month and the time of day");
            }
        }
    }
}

fn wrong_type(report: &mut Report, span: Range<usize>, written: &str, expected: &str) {
    let expected = expectation(expected);
    let help = match (expected, Found::of(written)) {
        (TEXT, Found::Bare) => Some(format!("write \"{written}\"")),
        (LIST, Found::Text | Found::Bare) if written.chars().count() <= SHOWN => Some(format!("write [{written}]")),
        (LIST, Found::Table) => Some("write its name in two pairs of brackets, `[[…]]`, once for each".to_owned()),
        (TABLE, Found::Tables) => Some("write its name in one pair of brackets, `[…]`, once".to_owned()),
        (_, Found::Text) => bare(written, expected).map(|bare| format!("write {bare} without quotes")),
        _ => None,
    };
    let problem = report.error(span, format!("expected {expected}, found {}", found(written)));
    problem.label(format!("expected {expected}"));
    if let Some(help) = help {
        problem.help(help);
    }
}

const TEXT: &str = "a text in quotes";
const LIST: &str = "a list in square brackets";
const TABLE: &str = "a table";
const NUMBER: &str = "a number";
const TRUTH: &str = "`true` or `false`";

/// serde's name of a type in an editor's words.
fn expectation(expected: &str) -> &str {
    match expected {
        "a string" | "a character" => TEXT,
        "a sequence" => LIST,
        "a boolean" => TRUTH,
        "f32" | "f64" => NUMBER,
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0 up",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "a map" => TABLE,
        other => other,
    }
}

/// The written value without its quotes, where that would have been right.
fn bare<'a>(written: &'a str, expected: &str) -> Option<&'a str> {
    let inner = written.trim_matches(['"', '\'']);
    let right = match expected {
        DATE_TIME_EXPECTED => inner.parse::<toml::value::Datetime>().is_ok(),
        TRUTH => matches!(inner, "true" | "false"),
        NUMBER => inner.parse::<f64>().is_ok(),
        _ => inner.bytes().all(|b| b.is_ascii_digit()) && !inner.is_empty(),
    };
    right.then_some(inner)
}

/// What stands in the text, by its first characters.
enum Found {
    Text,
    Tables,
    List,
    Table,
    Bare,
}

impl Found {
    fn of(written: &str) -> Self {
        match written.as_bytes() {
            [b'"' | b'\'', ..] => Self::Text,
            [b'[', b'[', ..] => Self::Tables,
            [b'[', ..] if written.contains(['=', '\n']) || is_header(written) => Self::Table,
            [b'[', ..] => Self::List,
            [b'{', ..] | [] => Self::Table,
            _ => Self::Bare,
        }
    }
}

/// Whether this is the head of a table, `[event.es]`, and no list.
fn is_header(written: &str) -> bool {
    let inner = written.trim_start_matches('[').trim_end_matches(']');
    !inner.is_empty()
        && inner.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        && inner.parse::<f64>().is_err()
}

fn found(written: &str) -> String {
    match Found::of(written) {
        Found::Text => format!("the text {}", shortened(written)),
        Found::Tables => "a list of tables".to_owned(),
        Found::List => "a list".to_owned(),
        Found::Table => "a table".to_owned(),
        Found::Bare if written.parse::<toml::value::Datetime>().is_ok() => format!("the date or time {written}"),
        Found::Bare if matches!(written, "true" | "false") => written.to_owned(),
        Found::Bare => format!("the number {}", shortened(written)),
    }
}

/// A text in quotes for a message, shortened when it is long.
pub(crate) fn quoted(text: &str) -> String {
    format!("“{}”", shortened(text))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Tells that a key is unknown, and the nearest known one, which is returned, or all of them.
pub(crate) fn unknown_key<'a>(
    report: &mut Report,
    span: Range<usize>,
    key: &str,
    known: &[&'a str],
) -> Option<&'a str> {
    let is_language = known.contains(&super::LANGUAGES) && crate::language::Language::parse(key).is_some();
    let known = known.iter().copied().filter(|key| *key != super::LANGUAGES);
    let near = nearest(key, known.clone());
    let help = match near {
        None if is_language => "write a table named like the language, with its texts in it".to_owned(),
        Some(near) => format!("write `{near}`"),
        None => format!("the keys here are {}", list(known.map(|key| format!("`{key}`")))),
    };
    report.error(span, format!("unknown key `{}`", shortened(key))).label("unknown key").help(help);
    near
}

fn list(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

/// The word among the known ones that was most likely meant; `None` when none is near. Case does not count.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    // Longer words are no key or name that somebody mistyped, and cost time.
    if word.len() > 200 {
        return None;
    }
    let known: Vec<&str> = known.into_iter().collect();
    let similar = known.iter().filter(|known| known.len().abs_diff(word.len()) <= word.len() / 2 + 1);
    let nearest = similar.map(|known| (strsim::osa_distance(&word, &known.to_lowercase()), *known)).min();
    if let Some((distance, nearest)) = nearest
        && distance <= word.chars().count().max(3) / 3
    {
        return Some(nearest);
    }
    let begins = |known: &&&str| known.starts_with(&word) || word.starts_with(**known);
    known.iter().find(begins).copied().filter(|known| word.len().min(known.len()) >= 3)
}
