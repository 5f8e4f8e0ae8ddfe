//! The properties of one VEVENT that are looked at, by name. All others are passed over unread.

use std::cmp::Ordering;

use super::stamp::stamp;
use crate::partner::Limits;
use crate::partner::scan::Block;
use crate::text::Line;

/// The properties of a kind of which an event may have many that are kept.
const MAX_REPEATED: usize = 2_000;
/// The rules of one event that are kept.
const MAX_RULES: usize = 3;

/// What an event says. Of properties that may be there once the first counts.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    /// Which calendar of the body it is in.
    pub(super) calendar: usize,
    pub(super) uid: Option<&'a str>,
    pub(super) start: Option<Line<'a>>,
    pub(super) end: Option<Line<'a>>,
    pub(super) duration: Option<&'a str>,
    pub(super) recurrence_id: Option<Line<'a>>,
    /// At most [`MAX_RULES`], none of them empty.
    pub(super) rules: Vec<&'a str>,
    pub(super) extra: Vec<Line<'a>>,
    pub(super) excluded: Vec<Line<'a>>,
    pub(super) summary: Option<Line<'a>>,
    pub(super) description: Option<Line<'a>>,
    pub(super) location: Option<Line<'a>>,
    pub(super) contact: Option<Line<'a>>,
    pub(super) categories: Vec<Line<'a>>,
    pub(super) url: Option<&'a str>,
    pub(super) status: Option<&'a str>,
    pub(super) class: Option<&'a str>,
    sequence: Option<&'a str>,
    modified: Option<&'a str>,
    stamped: Option<&'a str>,
    /// Properties that were there again.
    pub(super) repeated: usize,
    /// An EXRULE, which RFC 5545 took away.
    pub(super) exclusion_rule: Option<&'a str>,
}

/// What a line is.
enum Found {
    /// A property that is looked at.
    Taken,
    /// The beginning of a component inside the event.
    Begin,
    /// The end of one.
    End,
    Other,
}

impl<'a> Fields<'a> {
    /// Reads the lines of an event into these fields, which must be empty.
    ///
    /// # Errors
    /// Why the event cannot be held: too many properties, or one that is too long or has too many parameters.
    pub(super) fn read(&mut self, block: &Block<'a>, limits: &Limits) -> Result<(), &'static str> {
        if block.count > limits.max_properties {
            return Err("an event with too many properties");
        }
        self.calendar = block.calendar;
        self.read_lines(block.lines.iter(), limits)
    }

    /// Reads these lines, unfolded and without their ends.
    pub(super) fn read_lines(
        &mut self,
        lines: impl Iterator<Item = &'a str>,
        limits: &Limits,
    ) -> Result<(), &'static str> {
        let mut depth = 0_usize;
        for text in lines {
            let Some(line) = Line::split(text) else { continue };
            match self.take(line, depth) {
                Found::Taken => bounded(text, &line, limits)?,
                Found::Begin => depth += 1,
                Found::End => depth = depth.saturating_sub(1),
                Found::Other => {}
            }
        }
        Ok(())
    }

    /// Keeps a property if it is one that is looked at, and not one of a component inside the event.
    fn take(&mut self, line: Line<'a>, depth: usize) -> Found {
        match self.take_named(line.name.as_bytes(), line, depth) {
            Found::Other if line.name.bytes().any(|byte| byte.is_ascii_lowercase()) => {
                self.take_named(line.name.to_ascii_uppercase().as_bytes(), line, depth)
            }
            found => found,
        }
    }

    /// The name as bytes, which the compiler tells apart without comparing it with each of these.
    fn take_named(&mut self, name: &[u8], line: Line<'a>, depth: usize) -> Found {
        let value = line.value;
        let again = match name {
            b"BEGIN" => return Found::Begin,
            b"END" => return Found::End,
            _ if depth > 0 => return Found::Other,
            b"UID" => once(&mut self.uid, value),
            b"DTSTART" => once(&mut self.start, line),
            b"DTEND" => once(&mut self.end, line),
            b"DURATION" => once(&mut self.duration, value),
            b"RECURRENCE-ID" => once(&mut self.recurrence_id, line),
            b"RRULE" if value.trim().is_empty() => false,
            b"RRULE" => self.add_rule(value),
            b"RDATE" => many(&mut self.extra, line),
            b"EXDATE" => many(&mut self.excluded, line),
            b"SUMMARY" => once(&mut self.summary, line),
            b"DESCRIPTION" => once(&mut self.description, line),
            b"LOCATION" => once(&mut self.location, line),
            b"CONTACT" => once(&mut self.contact, line),
            b"CATEGORIES" => many(&mut self.categories, line),
            b"URL" => once(&mut self.url, value),
            b"STATUS" => once(&mut self.status, value),
            b"CLASS" => once(&mut self.class, value),
            b"SEQUENCE" => once(&mut self.sequence, value),
            b"LAST-MODIFIED" => once(&mut self.modified, value),
            b"DTSTAMP" => once(&mut self.stamped, value),
            b"EXRULE" => {
                self.exclusion_rule.get_or_insert(value);
                false
            }
            _ => return Found::Other,
        };
        self.repeated += usize::from(again);
        Found::Taken
    }

    /// Keeps another rule, if it is another; whether it was one too many.
    fn add_rule(&mut self, value: &'a str) -> bool {
        let keeps = self.rules.len() < MAX_RULES && !self.rules.contains(&value);
        if keeps {
            self.rules.push(value);
        }
        !keeps
    }

    /// Which of two versions of one event is newer: by SEQUENCE, then by LAST-MODIFIED or DTSTAMP.
    pub(super) fn version(&self, other: &Self) -> Ordering {
        let changed = |fields: &Self| {
            let stamp = stamp(fields.modified.or(fields.stamped)?)?;
            Some(match stamp {
                super::stamp::Stamp::Instant(instant) => instant.naive_utc(),
                super::stamp::Stamp::Wall(local) => local,
                super::stamp::Stamp::Day(day) => day.and_time(chrono::NaiveTime::MIN),
            })
        };
        self.sequence().cmp(&other.sequence()).then_with(|| changed(self).cmp(&changed(other)))
    }

    /// Whether two events with one UID are versions of one: they differ in SEQUENCE, or begin together and tell the same or differ in
    /// age. Without any of that, a site has given one UID to several events.
    pub(super) fn is_version_of(&self, other: &Self) -> bool {
        let start = |fields: &Self| fields.start.map(|line| line.value);
        let title = |fields: &Self| fields.summary.map(|line| line.value);
        self.version(other).is_ne() && (start(self) == start(other) || self.sequence() != other.sequence())
            || start(self) == start(other) && title(self) == title(other)
    }

    pub(super) fn sequence(&self) -> i64 {
        self.sequence.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
    }

    /// Whether its owner does not want it to be public (RFC 5545 §3.8.1.3).
    pub(super) fn is_private(&self) -> bool {
        self.class.is_some_and(|class| {
            ["PRIVATE", "CONFIDENTIAL"].iter().any(|private| class.trim().eq_ignore_ascii_case(private))
        })
    }
}

/// Keeps the first; whether there was one already.
fn once<T>(place: &mut Option<T>, value: T) -> bool {
    let again = place.is_some();
    place.get_or_insert(value);
    again
}

/// Keeps another one, if there is room; never a repetition.
fn many<'a>(lines: &mut Vec<Line<'a>>, line: Line<'a>) -> bool {
    if lines.len() < MAX_REPEATED {
        lines.push(line);
    }
    false
}

fn bounded(text: &str, line: &Line<'_>, limits: &Limits) -> Result<(), &'static str> {
    if text.len() > limits.max_line_bytes {
        return Err("an event with a line that is too long");
    }
    if text.len() > 2 * limits.max_parameters && line.parameters().nth(limits.max_parameters).is_some() {
        return Err("an event with too many parameters");
    }
    Ok(())
}
