//! The grammar of date lines: dates and times as people write them. It asks no clock whether there is such a time.

use chrono::{NaiveTime, Weekday};

use super::tokens::Token;

/// A date as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) weekday: Option<Weekday>,
    pub(super) year: Option<i32>,
    pub(super) month: u32,
    pub(super) day: u32,
    /// Whether month and day may be meant the other way round.
    pub(super) numbers_only: bool,
}

/// A time of day as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// With AM or PM, on 24 hours, or noon.
    Sure(NaiveTime),
    /// The midnight that begins or ends a day.
    Midnight,
    /// An hour from 1 to 12 and a minute, without AM or PM.
    Half(u32, u32),
}

/// How two dates or times stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// From the one until the other.
    Until,
    /// The one and the other.
    And,
}

/// A date line as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) day: Day,
    pub(super) second_day: Option<(Joint, Day)>,
    pub(super) time: Option<Clock>,
    pub(super) second_time: Option<(Joint, Clock)>,
    /// What it says of the zone, such as `cdt`.
    pub(super) zone: Option<String>,
    /// Whether it ends with a remark in parentheses.
    pub(super) remark: bool,
}

/// The words for zones of the United States and for UTC.
const ZONES: [&str; 18] = [
    "cdt", "cst", "ct", "central", "edt", "est", "et", "eastern", "mdt", "mst", "mt", "mountain", "pdt", "pst", "pt",
    "pacific", "utc", "gmt",
];

/// Reads a line that is a date and perhaps times, and nothing else.
pub(super) fn read(tokens: &[Token]) -> Option<Written> {
    let (tokens, remark) = without_remark(tokens);
    let mut reader = Reader { rest: tokens, zone: None };
    let day = reader.day()?;
    let mut written = Written { day, second_day: None, time: None, second_time: None, zone: None, remark };
    reader.further_day(&mut written);
    reader.marks();
    if !reader.rest.is_empty() {
        written.time = Some(reader.clock()?);
        reader.zone();
        if !reader.rest.is_empty() {
            reader.second(&mut written)?;
        }
    }
    written.zone = reader.zone;
    reader.rest.is_empty().then_some(written)
}

/// Reads a date of a year with a time and an end at the start of a text, whatever follows; and how many tokens it has.
pub(super) fn read_start(tokens: &[Token], year: i32) -> Option<(Written, usize)> {
    let mut reader = Reader { rest: tokens, zone: None };
    let day = reader.day()?;
    let day = Day { year: day.year.or(Some(year)), ..day };
    let mut written = Written { day, second_day: None, time: None, second_time: None, zone: None, remark: false };
    reader.marks();
    written.time = Some(reader.clock()?);
    reader.zone();
    let until = reader.joint().filter(|joint| *joint == Joint::Until)?;
    written.second_time = Some((until, reader.clock()?));
    reader.zone();
    written.zone = reader.zone;
    Some((written, tokens.len() - reader.rest.len()))
}

fn without_remark(tokens: &[Token]) -> (&[Token], bool) {
    let open = tokens.iter().position(|token| *token == Token::Mark('('));
    match (open, tokens.last()) {
        (Some(open), Some(Token::Mark(')'))) => (tokens.get(..open).unwrap_or_default(), true),
        _ => (tokens, false),
    }
}

/// What is not read yet.
pub(super) struct Reader<'t> {
    pub(super) rest: &'t [Token],
    zone: Option<String>,
}

impl Reader<'_> {
    pub(super) fn advance(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    pub(super) fn mark(&mut self, mark: char) -> bool {
        let found = self.rest.first() == Some(&Token::Mark(mark));
        self.advance(usize::from(found));
        found
    }

    pub(super) fn word(&mut self, words: &[&str]) -> bool {
        let found = matches!(self.rest.first(), Some(Token::Word(word)) if words.contains(&word.as_str()));
        self.advance(usize::from(found));
        found
    }

    /// Passes over what may stand between a date and a time.
    fn marks(&mut self) {
        while [',', '-', '@', '|', ':', ';', '•', '·'].iter().any(|mark| self.mark(*mark)) || self.word(&["at", "from"])
        {
        }
    }

    fn joint(&mut self) -> Option<Joint> {
        if self.mark('-') || self.word(&["to", "until", "till", "through", "thru"]) {
            return Some(Joint::Until);
        }
        let and = self.mark('&') || self.mark('/') || self.mark(';') || self.mark(',') || self.word(&["and", "or"]);
        // ", and"
        let _ = and && (self.word(&["and", "or"]) || self.mark('&'));
        and.then_some(Joint::And)
    }

    /// A second date right after the first: "March 20 - 21, 2021", "May 4, 2018 and May 11, 2018".
    fn further_day(&mut self, written: &mut Written) {
        let before = self.rest;
        let found = self.joint().and_then(|joint| {
            let day = self.day().or_else(|| self.bare_day(&written.day))?;
            Some((joint, day))
        });
        match found {
            Some((joint, day)) => {
                written.day.year = written.day.year.or(day.year);
                written.second_day = Some((joint, Day { year: day.year.or(written.day.year), ..day }));
            }
            None => self.rest = before,
        }
    }

    /// A day of the same month, where its year comes after it.
    fn bare_day(&mut self, first: &Day) -> Option<Day> {
        let (None, Some(Token::Number(day @ 1..=31, 1..=2))) = (first.year, self.rest.first()) else { return None };
        self.advance(1);
        let _ = self.word(&["st", "nd", "rd", "th"]);
        let _ = self.mark(',');
        let year = self.year()?;
        Some(Day { weekday: None, year: Some(year), day: *day, ..*first })
    }

    /// What comes after the first time: another time, perhaps of another day.
    fn second(&mut self, written: &mut Written) -> Option<()> {
        let joint = self.joint()?;
        let before = self.rest;
        match self.day() {
            Some(day) => {
                written.day.year = written.day.year.or(day.year);
                written.second_day = Some((joint, Day { year: day.year.or(written.day.year), ..day }));
                self.marks();
            }
            None => self.rest = before,
        }
        if !self.rest.is_empty() || written.second_day.is_none() {
            let clock = self.clock()?;
            // "May 4 - 3 PM and May 11 - 3 PM": one time, said of each date.
            let is_again = joint == Joint::And && written.second_day.is_some() && written.time == Some(clock);
            written.second_time = (!is_again).then_some((joint, clock));
            self.zone();
        }
        Some(())
    }

    fn clock(&mut self) -> Option<Clock> {
        if self.word(&["noon"]) {
            return Some(Clock::Sure(NaiveTime::from_hms_opt(12, 0, 0)?));
        }
        if self.word(&["midnight"]) {
            return Some(Clock::Midnight);
        }
        let Some(Token::Number(hour, digits @ 1..=2)) = self.rest.first() else { return None };
        self.advance(1);
        let mut minute = 0;
        if let [Token::Mark(':'), Token::Number(written @ 0..=59, 2), ..] = self.rest {
            minute = *written;
            self.advance(2);
        }
        let _ = self.word(&["o"]) && (self.mark('’') || self.mark('\'')) && self.word(&["clock"]);
        self.half_of_day(*hour, minute, *digits)
    }

    fn half_of_day(&mut self, hour: u32, minute: u32, digits: usize) -> Option<Clock> {
        let twelve = (1..=12).contains(&hour);
        let at = |hour| NaiveTime::from_hms_opt(hour, minute, 0).map(Clock::Sure);
        if twelve && self.word(&["am", "a"]) {
            return at(hour % 12);
        }
        if twelve && self.word(&["pm", "p"]) {
            return at(hour % 12 + 12);
        }
        if (hour, minute) == (12, 0) && self.word(&["noon"]) {
            return at(12);
        }
        if (hour, minute) == (12, 0) && self.word(&["midnight"]) {
            return Some(Clock::Midnight);
        }
        match hour {
            1..=12 if digits == 1 || hour >= 10 => Some(Clock::Half(hour, minute)),
            _ => at(hour),
        }
    }

    fn zone(&mut self) {
        if let Some(Token::Word(word)) = self.rest.first()
            && ZONES.contains(&word.as_str())
        {
            self.zone = Some(word.clone());
            self.advance(1);
            let _ = self.word(&["standard", "daylight"]);
            let _ = self.word(&["time"]);
        }
    }
}
