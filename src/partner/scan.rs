//! The first look at a body's lines: whether they are a calendar and complete, where its components are, and whether they keep
//! the limits. It does not know what properties mean.

use super::decode::Lines;
use super::{Class, Fault, Limits};

/// The components of a body, borrowed from its text.
#[derive(Debug, Default)]
pub(super) struct Scanned<'a> {
    /// The calendars, in order.
    pub(super) calendars: Vec<Calendar<'a>>,
    /// The events of all calendars, in order.
    pub(super) events: Vec<Block<'a>>,
    /// The time zones of all calendars, in order.
    pub(super) zones: Vec<Block<'a>>,
    /// Events that have no end, because another one begins in them.
    pub(super) unclosed: usize,
    /// Events that end with their calendar.
    pub(super) ended_late: usize,
    /// Whether there was text before the first calendar.
    pub(super) preceded: bool,
}

/// A VCALENDAR's own lines, those of its components left out.
#[derive(Debug, Default)]
pub(super) struct Calendar<'a> {
    /// At most [`MAX_HEAD`].
    pub(super) lines: Vec<&'a str>,
}

/// A component of a calendar.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'a> {
    /// Which calendar it belongs to.
    pub(super) calendar: usize,
    /// The lines between its BEGIN and its END; components inside it included.
    pub(super) lines: Lines<'a>,
    /// How many of the lines are its own.
    pub(super) count: usize,
}

/// The lines of a calendar's own that are kept.
const MAX_HEAD: usize = 200;
/// How far into the body the calendar may begin, in bytes: a warning of the program that wrote it may come first.
const MAX_PREFACE: usize = 8192;
const MAX_ZONES: usize = 10_000;

/// Finds the components of a text of unfolded lines.
///
/// # Errors
/// When it is no calendar, when its end is missing, or when it has more events, or deeper ones, than `limits`.
pub(super) fn scan<'a>(lines: Lines<'a>, limits: &Limits) -> Result<Scanned<'a>, Fault> {
    let start = beginning(lines).ok_or_else(|| no_calendar(lines))?;
    let mut scanner = Scanner { lines, limits, found: Scanned::default(), open: Vec::new() };
    scanner.found.preceded = start > 0;
    for (number, line) in lines.iter().enumerate().skip(start) {
        scanner.line(number, line)?;
    }
    scanner.finish()
}

/// The number of the line with which the first calendar begins.
fn beginning(lines: Lines<'_>) -> Option<usize> {
    let mut before = 0;
    for (number, line) in lines.iter().enumerate() {
        if delimiter(line).is_some_and(|(begins, name)| begins && name.eq_ignore_ascii_case("VCALENDAR")) {
            return Some(number);
        }
        before += line.len() + 1;
        if before > MAX_PREFACE {
            return None;
        }
    }
    None
}

/// A BEGIN (true) or END (false) and the name that it has.
fn delimiter(line: &str) -> Option<(bool, &str)> {
    let line = line.trim_ascii_start();
    let begins = match line.as_bytes().first()? {
        b'B' | b'b' => true,
        b'E' | b'e' => false,
        _ => return None,
    };
    // Most lines with such a letter are properties, known by the letter after it.
    if !matches!((begins, line.as_bytes().get(1)?), (true, b'E' | b'e') | (false, b'N' | b'n')) {
        return None;
    }
    let (name, value) = line.split_at_checked(memchr::memchr(b':', line.as_bytes())?)?;
    let value = value.get(1..)?;
    name.trim_ascii().eq_ignore_ascii_case(if begins { "BEGIN" } else { "END" }).then(|| (begins, value.trim_ascii()))
}

fn no_calendar(lines: Lines<'_>) -> Fault {
    let start = lines.beginning(400).trim_start().to_ascii_lowercase();
    let what = match start.as_str() {
        "" => "the answer is empty",
        start if start.starts_with("begin:v") => "the answer is no whole calendar: BEGIN:VCALENDAR is missing",
        start if start.starts_with("<?xml") => "the answer is XML, not iCalendar",
        start if start.starts_with(['<']) || start.contains("<html") => "the answer is a web page, not a calendar",
        start if start.starts_with(['{', '[']) => "the answer is JSON, not iCalendar",
        _ => "the answer is no iCalendar: it does not begin with BEGIN:VCALENDAR",
    };
    Fault { class: Class::NotCalendar, text: what.to_owned() }
}

fn limit(text: String) -> Fault {
    Fault { class: Class::Limits, text }
}

/// What has begun and not ended.
#[derive(Debug, Clone, Copy)]
struct Open<'a> {
    name: &'a str,
    /// The number of its first line.
    from: usize,
    /// Its own lines so far, those of components inside it left out.
    count: usize,
}

impl Open<'_> {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

struct Scanner<'a, 'l> {
    lines: Lines<'a>,
    limits: &'l Limits,
    found: Scanned<'a>,
    /// From the outermost.
    open: Vec<Open<'a>>,
}

impl<'a> Scanner<'a, '_> {
    fn line(&mut self, number: usize, line: &'a str) -> Result<(), Fault> {
        match delimiter(line) {
            Some((true, name)) => self.begin(number + 1, name),
            Some((false, name)) => {
                self.end(number, name);
                Ok(())
            }
            None => {
                self.property(line);
                Ok(())
            }
        }
    }

    fn property(&mut self, line: &'a str) {
        match self.open.as_mut_slice() {
            [_] => {
                if let Some(calendar) = self.found.calendars.last_mut()
                    && calendar.lines.len() < MAX_HEAD
                {
                    calendar.lines.push(line);
                }
            }
            [_, component] => component.count += 1,
            _ => {}
        }
    }

    fn begin(&mut self, after: usize, name: &'a str) -> Result<(), Fault> {
        let is_calendar = name.eq_ignore_ascii_case("VCALENDAR");
        // A calendar stands in nothing, an event in a calendar only: what is open has lost its end.
        if name.eq_ignore_ascii_case("VEVENT") {
            self.close_until(1);
        }
        if self.open.is_empty() && !is_calendar {
            return Ok(());
        }
        if self.open.len() >= self.limits.max_depth {
            return Err(limit(format!("components are nested more than {} deep", self.limits.max_depth)));
        }
        if is_calendar && self.open.is_empty() {
            self.found.calendars.push(Calendar::default());
            if self.found.calendars.len() > self.limits.max_events {
                return Err(limit(format!("more than {} calendars", self.limits.max_events)));
            }
        }
        self.open.push(Open { name, from: after, count: 0 });
        Ok(())
    }

    fn end(&mut self, at: usize, name: &str) {
        let Some(depth) = self.open.iter().rposition(|open| open.is(name)) else { return };
        // The end of the calendar tells that nothing is cut: the last event is whole without its own end.
        if depth == 0
            && let [_, event] = self.open.as_slice()
            && event.is("VEVENT")
        {
            self.keep(*event, at);
            self.found.ended_late += 1;
            self.open.truncate(1);
        }
        self.close_until(depth + 1);
        let Some(open) = self.open.pop() else { return };
        if self.open.len() == 1 {
            self.keep(open, at);
        }
    }

    /// Drops what is open beyond `depth` components, since it has no end.
    fn close_until(&mut self, depth: usize) {
        while self.open.len() > depth {
            if self.open.pop().is_some_and(|open| self.open.len() == 1 && open.is("VEVENT")) {
                self.found.unclosed += 1;
            }
        }
    }

    fn keep(&mut self, open: Open<'a>, at: usize) {
        let calendar = self.found.calendars.len().saturating_sub(1);
        let lines = self.lines.between(open.from, at);
        let block = Block { calendar, lines, count: open.count };
        if open.is("VEVENT") {
            self.found.events.push(block);
        } else if open.is("VTIMEZONE") && self.found.zones.len() < MAX_ZONES {
            self.found.zones.push(block);
        }
    }

    fn finish(self) -> Result<Scanned<'a>, Fault> {
        if !self.open.is_empty() {
            let text = "the answer is cut: END:VCALENDAR is missing".to_owned();
            return Err(Fault { class: Class::Truncated, text });
        }
        let events = self.found.events.len() + self.found.unclosed;
        if events > self.limits.max_events {
            return Err(limit(format!("{events} events are more than {}", self.limits.max_events)));
        }
        if self.found.events.len() <= self.found.ended_late && self.found.unclosed > 0 {
            let text = "the answer is cut: no event has its END:VEVENT".to_owned();
            return Err(Fault { class: Class::Truncated, text });
        }
        Ok(self.found)
    }
}
