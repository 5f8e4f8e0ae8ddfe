//! Recurrence rules (RFC 5545 §3.3.10) as editors write them: read, expanded in civil time, and published. It knows no
//! exceptions, extra dates or changes of single occurrences; those are the event's.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc, Weekday};
use serde::{Serialize, Serializer};

use crate::time::Zone;

mod adopt;
mod expand;
mod numbers;
mod parse;
mod within_day;

/// The days that one expansion tries at most: 273 years of days. It ends there, so that no rule costs more than some milliseconds,
/// not even one that never matches, such as February 30.
pub const MAX_STEPS: usize = 100_000;

/// The occurrences of one event that a listing should hold at most; an endless rule has more. [`Rule::occurrences`] does not
/// stop there, since old occurrences may have to be passed over first.
pub const MAX_OCCURRENCES: usize = 500;

/// A rule, of which every requirement of RFC 5545 §3.3.10 holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    frequency: Frequency,
    /// Periods from one to the next; at least 1.
    interval: u32,
    end: End,
    by_month: Vec<i16>,
    by_week: Vec<i16>,
    by_year_day: Vec<i16>,
    by_month_day: Vec<i16>,
    by_day: Vec<ByDay>,
    /// BYHOUR, BYMINUTE and BYSECOND: only rules of partners have them; where they are empty the start's time of day counts.
    by_hour: Vec<i16>,
    by_minute: Vec<i16>,
    by_second: Vec<i16>,
    by_position: Vec<i16>,
    /// WKST; Monday when it is not written.
    week_start: Option<Weekday>,
}

/// The period of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// Where a rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Never,
    /// After so many occurrences.
    Count(u32),
    /// With this day, inclusive.
    Day(NaiveDate),
    /// With this wall-clock time, inclusive.
    Local(NaiveDateTime),
    /// With this instant, inclusive.
    Instant(DateTime<Utc>),
}

/// A weekday of BYDAY: each in the period, or the nth from its start (or from its end when negative).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ByDay {
    nth: Option<i16>,
    weekday: Weekday,
}

impl Rule {
    /// Reads a rule such as `FREQ=MONTHLY;BYDAY=2TU;UNTIL=20211231`. A leading `RRULE:`, lower case and spaces round the parts
    /// are tolerated. UNTIL may be a date, a wall-clock time or a time in UTC, whatever kind the event is.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to write instead: for what RFC 5545 §3.3.10 forbids, for frequencies
    /// under a day and times of day, and for lists of more than 400 numbers.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::rule(text)
    }

    /// Reads a rule as other programs write it, for an event on whole days (`all_day`) or at times. What RFC 5545 allows is kept, times
    /// of day included; what is junk beside a rule is left out, and the flag tells so. For whole days UNTIL is a day.
    ///
    /// # Errors
    /// A reason in few words: frequencies under a day, calendars other than the Gregorian, lists of more than 400 items, more than
    /// 100 times a day, and rules that cannot be read.
    pub fn adopt(text: &str, all_day: bool) -> Result<(Self, bool), &'static str> {
        adopt::rule(text, all_day)
    }

    /// The occurrences for an event that starts at `start`, ascending, as wall-clock times. The start itself is among them
    /// only when the rule yields it. A time that the clock jumps over is not left out.
    ///
    /// It ends with COUNT, UNTIL (inclusive), the year 9999, or when [`MAX_STEPS`] days have been tried.
    pub fn occurrences(&self, start: NaiveDateTime, zone: Zone) -> impl Iterator<Item = NaiveDateTime> + use<> {
        expand::Occurrences::new(self, start, zone)
    }

    /// The occurrences of a rule with a frequency under a day, if it is known and has no more than 100; ascending wall-clock times.
    ///
    /// # Errors
    /// A reason in few words.
    pub fn adopt_within_day(text: &str, start: NaiveDateTime, zone: Zone) -> Result<Vec<NaiveDateTime>, &'static str> {
        within_day::occurrences(text, start, zone)
    }

    /// The first occurrence, if it is found within so many days that are tried.
    #[must_use]
    pub fn first(&self, start: NaiveDateTime, zone: Zone, days: usize) -> Option<NaiveDateTime> {
        expand::Occurrences::new(self, start, zone).within(days).next()
    }

    /// The value of the RRULE property for an event that is on whole days (`all_day`) or at wall-clock times of `zone`. UNTIL
    /// is a date for the one and in UTC for the other, as RFC 5545 §3.3.10 requires; a day's end is 23:59:59.
    #[must_use]
    pub fn value(&self, all_day: bool, zone: Zone) -> String {
        let end = match self.last_instant(zone) {
            Some(last) if all_day => End::Day(zone.today(last)),
            Some(last) => End::Instant(last),
            None => self.end,
        };
        Self { end, ..self.clone() }.to_string()
    }

    /// Whether the rule has neither COUNT nor UNTIL.
    #[must_use]
    pub fn is_endless(&self) -> bool {
        self.end == End::Never
    }

    /// The last instant at which an occurrence may start, when UNTIL says so.
    fn last_instant(&self, zone: Zone) -> Option<DateTime<Utc>> {
        match self.end {
            End::Never | End::Count(_) => None,
            End::Day(day) => {
                let last_second = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
                Some(zone.resolve_leniently(day.and_time(last_second)).instant())
            }
            End::Local(local) => Some(zone.resolve_leniently(local).instant()),
            End::Instant(instant) => Some(instant),
        }
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The canonical text: FREQ first, parts in a fixed order, UNTIL of the kind that was read.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={}", self.frequency.name())?;
        if self.interval > 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        write!(f, "{}", self.end)?;
        write_list(f, "BYMONTH", &self.by_month)?;
        write_list(f, "BYWEEKNO", &self.by_week)?;
        write_list(f, "BYYEARDAY", &self.by_year_day)?;
        write_list(f, "BYMONTHDAY", &self.by_month_day)?;
        write_list(f, "BYDAY", &self.by_day)?;
        write_list(f, "BYHOUR", &self.by_hour)?;
        write_list(f, "BYMINUTE", &self.by_minute)?;
        write_list(f, "BYSECOND", &self.by_second)?;
        write_list(f, "BYSETPOS", &self.by_position)?;
        self.week_start.map_or(Ok(()), |weekday| write!(f, ";WKST={}", code(weekday)))
    }
}

fn write_list(f: &mut fmt::Formatter<'_>, name: &str, list: &[impl fmt::Display]) -> fmt::Result {
    for (index, item) in list.iter().enumerate() {
        match index {
            0 => write!(f, ";{name}={item}")?,
            _ => write!(f, ",{item}")?,
        }
    }
    Ok(())
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => Ok(()),
            Self::Count(count) => write!(f, ";COUNT={count}"),
            Self::Day(day) => write!(f, ";UNTIL={}", day.format("%Y%m%d")),
            Self::Local(local) => write!(f, ";UNTIL={}", local.format("%Y%m%dT%H%M%S")),
            Self::Instant(instant) => write!(f, ";UNTIL={}", instant.format("%Y%m%dT%H%M%SZ")),
        }
    }
}

impl fmt::Display for ByDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nth {
            Some(nth) => write!(f, "{nth}{}", code(self.weekday)),
            None => f.write_str(code(self.weekday)),
        }
    }
}

impl Frequency {
    fn name(self) -> &'static str {
        match self {
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
            Self::Monthly => "MONTHLY",
            Self::Yearly => "YEARLY",
        }
    }
}

/// The weekdays with their codes.
const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "MO"),
    (Weekday::Tue, "TU"),
    (Weekday::Wed, "WE"),
    (Weekday::Thu, "TH"),
    (Weekday::Fri, "FR"),
    (Weekday::Sat, "SA"),
    (Weekday::Sun, "SU"),
];

fn code(weekday: Weekday) -> &'static str {
    WEEKDAYS.iter().find(|(known, _)| *known == weekday).map_or("", |(_, code)| code)
}

#[cfg(test)]
mod tests;
