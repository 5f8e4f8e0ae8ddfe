//! The grammar of date lines: dates and times as people write them. It asks no clock whether there is such a time.

use chrono::{NaiveTime, Weekday};

use super::tokens::Token;
use crate::event::Status;

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
    /// With AM or PM, or on 24 hours.
    Sure(NaiveTime),
    /// In that word.
    Noon,
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

/// A time of day, and what is said of its zone, such as `cdt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) clock: Clock,
    pub(super) zone: Option<String>,
}

/// A date line as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) day: Day,
    pub(super) second_day: Option<(Joint, Day)>,
    /// Further days, each after an "and".
    pub(super) more_days: Vec<Day>,
    pub(super) time: Option<Time>,
    pub(super) second_time: Option<(Joint, Time)>,
    /// Whether the times stand after all days, and may be those of each.
    pub(super) days_first: bool,
    /// Whether it says that the day has no hours.
    pub(super) all_day: bool,
    /// Whether it takes place, where the line says so.
    pub(super) status: Option<Status>,
    /// The number of tokens after which a remark begins.
    pub(super) remark: Option<usize>,
}

impl Written {
    fn on(day: Day) -> Self {
        Self {
            day,
            second_day: None,
            more_days: Vec::new(),
            time: None,
            second_time: None,
            days_first: false,
            all_day: false,
            status: None,
            remark: None,
        }
    }
}

/// Reads a line that is a date and perhaps times, and perhaps a remark after them.
pub(super) fn read(tokens: &[Token]) -> Option<Written> {
    if has_offset(tokens) {
        return None;
    }
    let mut reader = Reader { rest: tokens };
    let status = reader.label();
    let mut written = reader.date_first().or_else(|| reader.time_first())?;
    written.status = status;
    reader.ending(&mut written, tokens.len())?;
    Some(written)
}

/// Whether a line ends as in "2021-03-20T13:00-05:00", where what comes last is no end.
fn has_offset(tokens: &[Token]) -> bool {
    let offset = [Token::Mark('-'), Token::Number(0, 2), Token::Mark(':'), Token::Number(0, 2)];
    let last = tokens.len().checked_sub(offset.len()).and_then(|at| tokens.get(at..)).unwrap_or_default();
    let is_alike = |(one, other): (&Token, &Token)| match (one, other) {
        (Token::Number(_, digits), Token::Number(_, wanted)) => digits == wanted,
        (one, other) => one == other,
    };
    tokens.contains(&Token::Word("t".to_owned())) && !last.is_empty() && last.iter().zip(&offset).all(is_alike)
}

/// Reads a date of a year with a time and an end at the start of a text, whatever follows; and how many tokens it has.
pub(super) fn read_start(tokens: &[Token], year: i32) -> Option<(Written, usize)> {
    let mut reader = Reader { rest: tokens };
    let day = reader.day()?;
    let mut written = Written::on(Day { year: day.year.or(Some(year)), ..day });
    reader.marks();
    written.time = Some(reader.time()?);
    let until = reader.joint().filter(|joint| *joint == Joint::Until)?;
    written.second_time = Some((until, reader.time()?));
    Some((written, tokens.len() - reader.rest.len()))
}

/// What is not read yet.
pub(super) struct Reader<'t> {
    pub(super) rest: &'t [Token],
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

    /// The date, and then the times.
    fn date_first(&mut self) -> Option<Written> {
        let before = self.rest;
        let written = self.day().and_then(|day| {
            let mut written = Written::on(day);
            self.further_days(&mut written)?;
            let after_days = self.rest;
            let is_between = self.marks();
            if self.rest.is_empty() || self.no_time(&mut written) {
                return Some(written);
            }
            match self.time() {
                Some(time) => {
                    written.time = Some(time);
                    written.days_first = written.second_day.is_some();
                    self.second(&mut written, is_between);
                    Some(written)
                }
                None => {
                    self.rest = after_days;
                    self.ends_with_note().then_some(written)
                }
            }
        });
        if written.is_none() {
            self.rest = before;
        }
        written
    }

    /// "1 PM - 3 PM, March 20, 2021".
    fn time_first(&mut self) -> Option<Written> {
        let is_between = self.marks();
        let time = self.time()?;
        let before = self.rest;
        let until = self.joint().filter(|joint| *joint == Joint::Until || is_between).and_then(|_| self.time());
        if until.is_none() {
            self.rest = before;
        }
        let is_sure = |time: &Time| !matches!(time.clock, Clock::Half(..));
        if !is_sure(&time) && !until.as_ref().is_some_and(is_sure) {
            return None;
        }
        self.marks();
        let mut written = Written::on(self.day()?);
        written.time = Some(time);
        written.second_time = until.map(|until| (Joint::Until, until));
        Some(written)
    }

    /// Passes over what may stand between a date and a time; whether that promises two times.
    fn marks(&mut self) -> bool {
        const MARKS: [char; 9] = [',', '-', '@', '|', ':', ';', '•', '·', '⏰'];
        const WORDS: [&str; 10] =
            ["at", "from", "on", "t", "time", "starting", "starts", "beginning", "begins", "between"];
        let mut is_between = false;
        loop {
            let is_open = matches!(self.rest, [Token::Mark('('), Token::Number(..), ..]);
            is_between |= matches!(self.rest.first(), Some(Token::Word(word)) if word == "between");
            if is_open {
                self.advance(1);
            } else if !(MARKS.iter().any(|mark| self.mark(*mark)) || self.word(&WORDS)) {
                return is_between;
            }
        }
    }

    pub(super) fn joint(&mut self) -> Option<Joint> {
        if self.mark('-') || self.word(&["to", "until", "till", "through", "thru"]) {
            return Some(Joint::Until);
        }
        let and = self.mark('&') || self.mark('/') || self.mark(';') || self.mark(',') || self.word(&["and", "or"]);
        // ", and"
        let _ = and && (self.word(&["and", "or"]) || self.mark('&'));
        and.then_some(Joint::And)
    }

    /// What comes after the first time, if it is another time, perhaps of another day.
    fn second(&mut self, written: &mut Written, is_between: bool) {
        let (before, mut with) = (self.rest, written.clone());
        match self.second_in(&mut with, is_between) {
            Some(()) => *written = with,
            None => self.rest = before,
        }
    }

    fn second_in(&mut self, written: &mut Written, is_between: bool) -> Option<()> {
        let joint = self.joint()?;
        let joint = if is_between { Joint::Until } else { joint };
        let before = self.rest;
        match self.day() {
            Some(day) => {
                written.day.year = written.day.year.or(day.year);
                written.second_day = Some((joint, Day { year: day.year.or(written.day.year), ..day }));
                written.days_first = false;
                self.marks();
            }
            None => self.rest = before,
        }
        if !self.rest.is_empty() || written.second_day.is_none() {
            let time = self.time()?;
            // "May 4 - 3 PM and May 11 - 3 PM": one time, said of each date.
            let is_again = joint == Joint::And && written.second_day.is_some() && written.time.as_ref() == Some(&time);
            written.second_time = (!is_again).then_some((joint, time));
        }
        Some(())
    }
}
