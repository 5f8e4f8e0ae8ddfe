//! Events in a web page: schema.org's Event as JSON-LD, as sites write it for search engines. It fetches nothing, and runs nothing.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use html5gum::{Token, Tokenizer};
use serde_json::{Map, Value};

use super::{Found, Source};
use crate::event::{Start, Status};
use crate::text::clean;
use crate::time::{Unresolved, Zone};

/// The most events of a page.
const EVENTS: usize = 1_000;
/// The longest title and place, and the longest description, in characters.
const LINE: usize = 500;
const TEXT: usize = 15_000;

/// Reads a page. Its events are those of their organizers, unless all are of `organization`.
#[must_use]
pub fn read(page: &str, organization: Option<&str>, zone: Zone) -> Source {
    let mut source = Source::default();
    for script in scripts(page) {
        match serde_json::from_str::<Value>(&script) {
            Ok(value) => events(&value, &mut |event| take(&mut source, event, organization, zone)),
            Err(error) => source.left.push((0, format!("a block of JSON-LD cannot be read: {error}"))),
        }
    }
    source
}

/// The texts of all `script` elements of type `application/ld+json`.
fn scripts(page: &str) -> Vec<String> {
    let mut scripts = Vec::new();
    let mut rest = page;
    // By hand: a tokenizer alone does not know that the text of a script is no markup.
    while let Some(at) = find(rest, "<script") {
        let element = rest.get(at..).unwrap_or_default();
        let Some(open) = element.find('>') else { break };
        let (head, after) = element.split_at_checked(open + 1).unwrap_or((element, ""));
        let end = find(after, "</script").unwrap_or(after.len());
        if find(head, "application/ld+json").is_some() {
            scripts.push(after.get(..end).unwrap_or_default().to_owned());
        }
        rest = after.get(end..).unwrap_or_default();
    }
    scripts
}

/// Where a word of ASCII stands first, whatever its case.
fn find(text: &str, word: &str) -> Option<usize> {
    text.as_bytes().windows(word.len()).position(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

/// Calls with each Event, in arrays, graphs and lists too.
fn events(value: &Value, found: &mut dyn FnMut(&Map<String, Value>)) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| events(value, found)),
        Value::Object(object) if is_event(object) => found(object),
        Value::Object(object) => {
            for key in ["@graph", "itemListElement", "item", "event", "events", "mainEntity"] {
                object.get(key).into_iter().for_each(|value| events(value, found));
            }
        }
        _ => {}
    }
}

fn is_event(object: &Map<String, Value>) -> bool {
    let is =
        |kind: &str| kind.rsplit(['/', ':']).next().is_some_and(|kind| kind.ends_with("Event") || kind == "Festival");
    strings(object.get("@type")).iter().any(|kind| is(kind))
}

fn take(source: &mut Source, event: &Map<String, Value>, organization: Option<&str>, zone: Zone) {
    if source.found.len() >= EVENTS {
        return;
    }
    let title = line(event.get("name"));
    let start = strings(event.get("startDate")).into_iter().next().unwrap_or_default();
    match (title, date(&start, zone)) {
        (Some(title), Ok((start, doubt))) => {
            let mut found = Found::new(&title, start);
            doubt.into_iter().for_each(|doubt| found.doubt("start", doubt));
            fill(&mut found, event, zone);
            found.organizations = organization
                .map_or_else(|| names(event.get("organizer")), |organization| vec![organization.to_owned()]);
            source.found.push(found);
        }
        (None, _) => source.left.push((0, "an event without a name".to_owned())),
        (Some(title), Err(reason)) => source.left.push((0, format!("{title:?}: {reason}"))),
    }
}

fn fill(found: &mut Found, event: &Map<String, Value>, zone: Zone) {
    let end = strings(event.get("endDate")).into_iter().next();
    match end.map(|end| date(&end, zone)) {
        None => {}
        Some(Ok((end, _))) if end > found.start && same_kind(end, found.start) => found.end = Some(end),
        Some(Ok((end, _))) if end == found.start => {}
        Some(_) => found.doubt("end", "the end that the page tells cannot be used, and is left out"),
    }
    found.place = place(event.get("location"));
    found.url = strings(event.get("url")).into_iter().find(|url| is_link(url));
    let description = strings(event.get("description")).into_iter().next().unwrap_or_default();
    found.description = paragraphs(&plain(&description)).chars().take(TEXT).collect();
    let status = strings(event.get("eventStatus")).concat();
    found.status = match status.rsplit('/').next().unwrap_or_default() {
        "EventCancelled" => Status::Cancelled,
        "EventPostponed" => Status::Postponed,
        _ => Status::Confirmed,
    };
}

fn is_link(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn same_kind(one: Start, other: Start) -> bool {
    matches!((one, other), (Start::Timed(_), Start::Timed(_)) | (Start::AllDay(_), Start::AllDay(_)))
}

/// The texts of a value: itself, those of an array, or what an object has as its value.
fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(values)) => values.iter().flat_map(|value| strings(Some(value))).collect(),
        Some(Value::Object(object)) => strings(object.get("@value").or(object.get("@id"))),
        _ => Vec::new(),
    }
}

/// One line of plain text, not empty.
fn line(value: Option<&Value>) -> Option<String> {
    let text = plain(&strings(value).into_iter().next()?);
    let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LINE).collect();
    Some(words).filter(|words| !words.is_empty())
}

/// The names of organizations or people.
fn names(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Object(object)) => line(object.get("name")).into_iter().collect(),
        Some(Value::Array(values)) => values.iter().flat_map(|value| names(Some(value))).collect(),
        other => line(other).into_iter().collect(),
    }
}

/// Name and address in one line.
fn place(value: Option<&Value>) -> Option<String> {
    let object = match value {
        Some(Value::Object(object)) => object,
        Some(Value::Array(values)) => return values.iter().find_map(|value| place(Some(value))),
        other => return line(other),
    };
    let address = match object.get("address") {
        Some(Value::Object(address)) => ["streetAddress", "addressLocality", "addressRegion", "postalCode"]
            .iter()
            .filter_map(|key| line(address.get(*key)))
            .collect::<Vec<_>>()
            .join(", "),
        other => line(other).unwrap_or_default(),
    };
    let name = line(object.get("name")).filter(|name| !address.starts_with(name.as_str()));
    let parts: Vec<String> = name.into_iter().chain(Some(address)).filter(|part| !part.is_empty()).collect();
    Some(parts.join(", ")).filter(|place| !place.is_empty()).or_else(|| line(object.get("url")))
}

/// Text without markup and control characters; the ends of blocks become line ends.
fn plain(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return clean(text).into_owned();
    }
    let mut plain = String::with_capacity(text.len());
    for token in Tokenizer::new(text).flatten() {
        match token {
            Token::String(piece) => plain += &String::from_utf8_lossy(&piece.value),
            Token::StartTag(tag) if &**tag.name == b"br" => plain.push('\n'),
            Token::EndTag(tag) if matches!(&**tag.name, b"p" | b"div" | b"li" | b"h2" | b"h3") => {
                plain.push_str("\n\n")
            }
            _ => {}
        }
    }
    clean(&plain).into_owned()
}

/// Lines without spaces at their ends and with at most one blank line between them.
fn paragraphs(text: &str) -> String {
    let mut paragraphs = String::new();
    for line in text.lines().map(str::trim) {
        if !line.is_empty() || !paragraphs.ends_with("\n\n") {
            paragraphs += line;
            paragraphs.push('\n');
        }
    }
    paragraphs.trim().to_owned()
}

/// A date or time of ISO 8601, in the calendar's zone; with a doubt where there is one.
fn date(text: &str, zone: Zone) -> Result<(Start, Option<&'static str>), String> {
    let text = text.trim();
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok((Start::AllDay(day), None));
    }
    let with_offset = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%z"))
        .or_else(|_| DateTime::<FixedOffset>::parse_from_rfc3339(&text.replace('Z', ":00Z")));
    if let Ok(instant) = with_offset {
        return Ok((Start::Timed(zone.moment_of(instant.to_utc())), None));
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"];
    let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let local =
        local.ok_or_else(|| format!("its date {:?} cannot be read", text.chars().take(60).collect::<String>()))?;
    match zone.moment(local) {
        Ok(moment) => Ok((Start::Timed(moment), None)),
        Err(Unresolved::Gap { .. }) => Err(format!("the clocks jump over {local}")),
        Err(Unresolved::Overlap { .. }) => Ok((
            Start::Timed(zone.resolve_leniently(local)),
            Some("the clocks show this time twice; the first is taken"),
        )),
    }
}

#[cfg(test)]
mod tests;
