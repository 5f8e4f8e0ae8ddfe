//! Date lines as people write them, "March 20, 2021 - 1 PM CDT – 3 PM CDT", and what they mean by the calendar's clock. What is not
//! certain comes with a doubt in words. It does not know what stands around the line.

use chrono::{Datelike as _, NaiveDateTime};

use crate::event::{Start, Status};
use crate::time::{Moment, Zone};

mod around;
mod clock;
mod day;
mod read;
mod resolve;
mod signs;
mod tokens;

pub(in crate::import::listing) use signs::{Signs, names_day};

/// What a date line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) struct Dated {
    pub(in crate::import) start: Start,
    /// When it ends; of whole days the last day itself. Always of the kind of `start`, and after it.
    pub(in crate::import) end: Option<Start>,
    /// Further dates, on which it takes place again.
    pub(in crate::import) also: Vec<Start>,
    /// Whether it takes place, where the line says so.
    pub(in crate::import) status: Option<Status>,
    /// What is not certain, in words.
    pub(in crate::import) doubts: Vec<String>,
}

/// Why a date line is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import) enum Unusable {
    /// It says no year.
    YearMissing,
    /// There is no such day, as February 30.
    UnknownDay,
    /// The clocks jump over it.
    SkippedTime(NaiveDateTime),
}

impl Unusable {
    /// In words.
    pub(in crate::import) fn words(self) -> String {
        match self {
            Self::YearMissing => "its date has no year".to_owned(),
            Self::UnknownDay => "there is no such day".to_owned(),
            Self::SkippedTime(local) => {
                format!("the clocks jump over {} on {}", local.format("%-I:%M %p"), local.format("%B %-d, %Y"))
            }
        }
    }
}

/// What a line means if it is a date line: a date, perhaps with times, and perhaps a remark. `None` when it is none.
pub(in crate::import) fn dated(line: &str, zone: Zone) -> Option<Result<Dated, Unusable>> {
    let written = written(line)?;
    let resolved = resolve::resolve(&written, zone);
    Some(resolved.map(|mut dated| {
        if let Some(used) = written.remark {
            let remark = line.get(tokens::first(line, used).len()..).unwrap_or_default().trim();
            dated.doubts.push(format!("the date line also says {remark:?}, which is left out"));
        }
        dated
    }))
}

/// Whether a line is a date line, usable or not.
pub(in crate::import) fn is_date_line(line: &str) -> bool {
    written(line).is_some()
}

fn written(line: &str) -> Option<read::Written> {
    read::read(&tokens::tokens(line)?)
}

/// A date line without a time, with the line below it, where that is a time and nothing else.
pub(in crate::import) fn with_time(line: &str, below: &str) -> Option<String> {
    let joined = format!("{line} - {below}");
    let has_time = written(&joined).is_some_and(|written| written.time.is_some() && written.remark.is_none());
    (has_time && written(line)?.time.is_none() && !is_date_line(below)).then_some(joined)
}

/// Whether a date line says a year and a time and nothing else, so that nobody takes it for a line of a text.
pub(in crate::import) fn says_all(line: &str) -> bool {
    written(line)
        .is_some_and(|written| written.day.year.is_some() && written.time.is_some() && written.remark.is_none())
}

/// How much of a text is looked at for one date, in bytes.
const SPAN: usize = 60;

/// The end of an event that starts at `start`, where a text tells day, start and end at one place: "Sat, Mar 20th, 2-4pm". With the words.
pub(in crate::import) fn end_in_text(text: &str, start: Moment, zone: Zone) -> Option<(Moment, String)> {
    let words = text.match_indices(char::is_alphabetic).map(|(at, _)| at);
    let begins = words.filter(|at| !text.get(..*at).unwrap_or_default().ends_with(char::is_alphanumeric));
    begins.into_iter().find_map(|at| {
        let span = text.get(at..text.floor_char_boundary(at + SPAN))?;
        let line = span.lines().next()?;
        let (written, used) = read::read_start(&tokens::tokens(line)?, start.local().year())?;
        let dated = resolve::resolve(&written, zone).ok()?;
        let (Start::Timed(from), Some(Start::Timed(end))) = (dated.start, dated.end) else { return None };
        let said = tokens::first(line, used);
        (from == start && dated.also.is_empty()).then(|| (end, said.trim_end_matches([',', ' ']).to_owned()))
    })
}

#[cfg(test)]
mod tests;
