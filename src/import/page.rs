//! Events in a web page: schema.org's Event as JSON-LD, as sites write it for search engines. It fetches nothing, and runs nothing.

use html5gum::{Token, Tokenizer};
use serde_json::Value;

use super::{Found, Source};
use crate::event::{Start, Status};
use crate::text::clean;
use crate::time::Zone;

mod charset;
mod dates;
mod graph;
mod scripts;

pub use charset::text;
use dates::date;
use graph::{Graph, Node, Part, has_parts, is_reference, last_segment};
use scripts::scripts;

/// The most events of a page: what an import has at most.
const EVENTS: usize = 10_000;
/// The longest title and place, and the longest description, in characters.
const LINE: usize = 500;
const TEXT: usize = 15_000;

/// Reads a page. Its events are those of their organizers, unless all are of `organization`.
#[must_use]
pub fn read(page: &str, organization: Option<&str>, zone: Zone) -> Source {
    let mut source = Source::default();
    let mut blocks = Vec::new();
    for script in scripts(page) {
        match serde_json::from_str::<Value>(&script) {
            Ok(value) => blocks.push(value),
            Err(error) => source.left.push((0, format!("a block of JSON-LD cannot be read: {error}"))),
        }
    }
    let graph = Graph::of(&blocks);
    let events = graph.events(&blocks);
    for part in events.iter().take(EVENTS) {
        let reader = Reader { graph: &graph, part, organization, zone };
        match reader.found() {
            Ok(found) => source.found.push(found),
            // What only holds others together is no event to go to.
            Err(_) if has_parts(part.event) && !part.event.contains_key("startDate") => source.told.push(format!(
                "{}: it has no date of its own; the events that it consists of are read",
                reader.shown()
            )),
            Err(reason) => source.left.push((0, format!("{}: {reason}", reader.shown()))),
        }
    }
    for part in events.iter().skip(EVENTS) {
        let reader = Reader { graph: &graph, part, organization, zone };
        source.left.push((0, format!("{}: a page has at most {EVENTS} events", reader.shown())));
    }
    source
}

/// An event while it is read.
struct Reader<'r, 'v> {
    graph: &'r Graph<'v>,
    part: &'r Part<'v>,
    organization: Option<&'r str>,
    zone: Zone,
}

impl<'v> Reader<'_, 'v> {
    fn get(&self, key: &str) -> Option<&'v Value> {
        self.part.event.get(key)
    }

    /// What people will know the event by.
    fn shown(&self) -> String {
        let name = self.get("name").and_then(|name| line(Some(name)));
        let url = strings(self.get("url")).into_iter().next();
        match (name, url) {
            (Some(name), _) => format!("{name:?}"),
            (None, Some(url)) => format!("the event at {url}"),
            (None, None) => "an event without a name".to_owned(),
        }
    }

    fn found(&self) -> Result<Found, String> {
        let (start, extra, doubts) = self.dates()?;
        let mut found = Found::new("", start);
        found.extra = extra;
        doubts.into_iter().for_each(|doubt| found.doubt("start", doubt));
        let title = self.own_or_whole("name", &mut found, "title").and_then(|name| line(Some(name)));
        let title = title.ok_or("it has no name")?;
        found.title = cut(&mut found, "title", title, LINE);
        self.end(&mut found);
        if let Some(place) = self.own_or_whole("location", &mut found, "location").and_then(|value| self.place(value)) {
            found.place = Some(cut(&mut found, "location", place, LINE));
        }
        found.url = strings(self.get("url")).into_iter().find(|url| is_link(url));
        let description = strings(self.get("description")).into_iter().next().unwrap_or_default();
        found.description = cut(&mut found, "description", paragraphs(&plain(&description)), TEXT);
        self.status(&mut found);
        found.organizations = match self.organization {
            Some(organization) => vec![organization.to_owned()],
            None => self.own_or_whole("organizer", &mut found, "supporters").map_or(vec![], |value| self.names(value)),
        };
        self.doubts(&mut found);
        Ok(found)
    }

    /// What the event says, or, where it says nothing, what the event says that it is a part of.
    fn own_or_whole(&self, property: &str, found: &mut Found, key: &'static str) -> Option<&'v Value> {
        self.get(property).or_else(|| {
            let inherited = self.part.of?.get(property)?;
            found.doubt(
                key,
                format!("the page tells no {property} of it; that of the event that it is a part of is taken"),
            );
            Some(inherited)
        })
    }

    fn doubts(&self, found: &mut Found) {
        if self.get("eventSchedule").is_some() {
            found.doubt(
                "start",
                "the page tells a schedule too (eventSchedule), which is not read: further dates may be missing",
            );
        }
        for (property, key) in [("location", "location"), ("organizer", "supporters")] {
            let leads_nowhere = |value: &&'v Value| self.graph.node(value).is_some_and(is_reference);
            if self.get(property).as_ref().is_some_and(leads_nowhere) {
                found.doubt(key, format!("the page refers to its {property}, and does not tell it"));
            }
        }
        let texts = [Some(&found.title), found.place.as_ref(), Some(&found.description)];
        if texts.into_iter().flatten().any(|text| text.contains(char::REPLACEMENT_CHARACTER)) {
            found.doubt("title", "the page has signs that cannot be read");
        }
    }

    /// The start, further ones where there are several, and what is not certain.
    fn dates(&self) -> Result<(Start, Vec<Start>, Vec<String>), String> {
        let (mut starts, mut doubts, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        for text in strings(self.get("startDate")) {
            match date(&text, self.zone) {
                Ok((start, _)) if starts.first().is_some_and(|first| !same_kind(*first, start)) => {
                    faults.push(format!("its date {text:?} is of another kind than the first"));
                }
                Ok((start, doubt)) => {
                    doubts.extend(doubt.map(str::to_owned));
                    starts.push(start);
                }
                Err(fault) => faults.push(fault),
            }
        }
        starts.sort_unstable();
        starts.dedup();
        match starts.split_first() {
            Some((first, others)) => {
                doubts.extend(faults.into_iter().map(|fault| format!("{fault}, and is left out")));
                Ok((*first, others.to_vec(), doubts))
            }
            None if self.get("eventSchedule").is_some() => Err("it has only a schedule, which is not read".to_owned()),
            None => Err(faults.into_iter().next().unwrap_or_else(|| "it has no date".to_owned())),
        }
    }

    fn end(&self, found: &mut Found) {
        let ends = strings(self.get("endDate"));
        let Some(end) = ends.iter().min().map(|end| date(end, self.zone)) else { return };
        let before_next = |end: &Start| found.extra.first().is_none_or(|next| end <= next);
        match end {
            Ok((end, _)) if end > found.start && same_kind(end, found.start) && before_next(&end) => {
                found.end = Some(end);
            }
            Ok((end, _)) if end == found.start => {}
            _ => found.doubt("end", "the end that the page tells cannot be used, and is left out"),
        }
        if !found.extra.is_empty() && found.end.is_some() {
            found.doubt("extra_dates", "each of the dates is taken to be as long as the first");
        }
    }

    fn status(&self, found: &mut Found) {
        for status in strings(self.get("eventStatus")) {
            match last_segment(&status).to_ascii_lowercase().as_str() {
                "eventcancelled" | "eventcanceled" | "cancelled" | "canceled" => found.status = Status::Cancelled,
                "eventpostponed" | "postponed" if found.status != Status::Cancelled => found.status = Status::Postponed,
                "eventpostponed" | "postponed" | "eventscheduled" | "eventrescheduled" | "eventmovedonline" => {}
                _ => found.doubt("status", format!("the page's status {status:?} is not known")),
            }
        }
    }

    /// The names of organizations or people.
    fn names(&self, value: &'v Value) -> Vec<String> {
        match (value, self.graph.node(value)) {
            (_, Some(node)) => line(node.get("name")).into_iter().collect(),
            (Value::Array(values), None) => values.iter().flat_map(|value| self.names(value)).collect(),
            (value, None) => line(Some(value)).into_iter().collect(),
        }
    }

    /// Name and address in one line.
    fn place(&self, value: &'v Value) -> Option<String> {
        let node = match (value, self.graph.node(value)) {
            (_, Some(node)) => node,
            (Value::Array(values), None) => return values.iter().find_map(|value| self.place(value)),
            (value, None) => return line(Some(value)),
        };
        let address = match node.get("address") {
            Some(value) => self.graph.node(value).map_or_else(|| line(Some(value)).unwrap_or_default(), address),
            None => String::new(),
        };
        let name = line(node.get("name")).filter(|name| !address.starts_with(name.as_str()));
        let parts: Vec<String> = name.into_iter().chain(Some(address)).filter(|part| !part.is_empty()).collect();
        Some(parts.join(", ")).filter(|place| !place.is_empty()).or_else(|| line(node.get("url")))
    }
}

fn address(address: &Node) -> String {
    let parts = ["streetAddress", "addressLocality", "addressRegion", "postalCode"];
    parts.iter().filter_map(|key| line(address.get(*key))).collect::<Vec<_>>().join(", ")
}

/// At most so many characters of a text; that it is cut is told.
fn cut(found: &mut Found, key: &'static str, text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text,
        Some((end, _)) => {
            found.doubt(key, format!("the page's text has more than {most} characters, and is cut"));
            text.get(..end).unwrap_or_default().to_owned()
        }
    }
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
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(words).filter(|words| !words.is_empty())
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

#[cfg(test)]
mod tests;
