//! When an event is: TOML's dates and times to moments of the calendar's zone. It knows nothing of series.

use std::ops::Range;

use chrono::{DateTime as Instant, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use toml::value::Datetime;
use toml::value::Offset;

use crate::config::{Config, duration};
use crate::document::{DateTime, Placed, Report, quoted};
use crate::event::When;
use crate::time::{Moment, Unresolved, Zone};

use super::raw::{Text, Time};

/// The years that can be written.
const YEARS: std::ops::RangeInclusive<u16> = 1970..=2199;

/// A date or a time as it was written, in the calendar's zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Written {
    /// A whole day.
    Day(NaiveDate),
    /// A wall-clock time.
    Moment(Moment),
}

/// The keys that say when an event is.
#[derive(Debug)]
pub(super) struct Times {
    pub(super) start: Time,
    pub(super) end: Time,
    pub(super) duration: Text,
}

/// When an event is; `place` is what is underlined when its start is missing.
pub(super) fn when(report: &mut Report, times: Times, place: &Range<usize>, config: &Config) -> Option<When> {
    let Some(start) = times.start else {
        missing_start(report, times.end.as_ref(), place);
        return None;
    };
    let span = start.span.clone();
    match moment(report, &start, config.timezone) {
        Some(start) => from(report, (start, span), times.end, times.duration, config),
        None => {
            length(report, times.duration, times.end.as_ref());
            times.end.and_then(|end| moment(report, &end, config.timezone));
            None
        }
    }
}

/// When an event is that begins at `start` (with its place).
pub(super) fn from(
    report: &mut Report,
    start: (Written, Range<usize>),
    end: Time,
    duration: Text,
    config: &Config,
) -> Option<When> {
    let length = length(report, duration, end.as_ref());
    let Some(end) = end else {
        return lasting(report, start.0, length?, config);
    };
    let until = end_moment(report, &end, start.0, config.timezone)?;
    length?;
    ending(report, start, (until, end.span))
}

fn missing_start(report: &mut Report, end: Option<&Placed<DateTime>>, place: &Range<usize>) {
    let span = end.map_or_else(|| place.clone(), |end| end.span.clone());
    report.missing(span, "event", "start", "write when it begins: start = 2021-03-23T18:00");
}

/// The written duration with its place; the outer `None` when it is wrong.
#[expect(clippy::option_option, reason = "wrong and missing are different")]
fn length(report: &mut Report, written: Text, end: Option<&Placed<DateTime>>) -> Option<Option<Placed<TimeDelta>>> {
    let Some(Placed { value, span }) = written else {
        return Some(None);
    };
    if end.is_some() {
        report.error(span, "the event has both `end` and `duration`").help("write only one of them");
        return None;
    }
    match duration::parse(&value) {
        Ok(value) => Some(Some(Placed { value, span })),
        Err(reason) => {
            report.error(span, format!("the duration {} {reason}", quoted(&value)));
            None
        }
    }
}

/// An event without a written end.
fn lasting(report: &mut Report, start: Written, length: Option<Placed<TimeDelta>>, config: &Config) -> Option<When> {
    match start {
        Written::Day(start) => {
            let days = days(report, length)?;
            Some(When::AllDay { start, end: start.checked_add_signed(days)? })
        }
        Written::Moment(start) => {
            let end_announced = length.is_some();
            let length = length.map_or(config.default_duration, |length| length.value);
            let end = config.timezone.moment_of(start.instant().checked_add_signed(length)?);
            Some(When::Timed { start, end, end_announced })
        }
    }
}

/// The length of an event of whole days.
fn days(report: &mut Report, length: Option<Placed<TimeDelta>>) -> Option<TimeDelta> {
    let Some(Placed { value, span }) = length else {
        return Some(TimeDelta::days(1));
    };
    if value == TimeDelta::days(value.num_days()) {
        return Some(value);
    }
    let problem = report.error(span, "the event begins on a whole day, and its duration is not in whole days");
    problem.help("write \"1 day\", or a `start` with a time of day: 2021-03-23T18:00");
    None
}

/// An event with a written end; both with their places.
fn ending(report: &mut Report, start: (Written, Range<usize>), end: (Written, Range<usize>)) -> Option<When> {
    let when = match (start.0, end.0) {
        (Written::Day(first), Written::Day(last)) if first <= last => {
            When::AllDay { start: first, end: last.succ_opt()? }
        }
        (Written::Moment(from), Written::Moment(until)) if from.instant() < until.instant() => {
            When::Timed { start: from, end: until, end_announced: true }
        }
        (Written::Day(_), Written::Day(_)) | (Written::Moment(_), Written::Moment(_)) => {
            ends_before_start(report, start, end);
            return None;
        }
        (Written::Day(_), Written::Moment(until)) => {
            let problem = report.error(end.1, "`start` is a date, and `end` has a time of day");
            problem.help(format!(
                "write both as dates (`end` is the last day: {}), or both with a time",
                until.local().date()
            ));
            return None;
        }
        (Written::Moment(from), Written::Day(day)) => {
            let problem = report.error(end.1, "`start` has a time of day, and `end` is only a date");
            problem.help(format!(
                "write the time at which it ends, such as {}",
                clock(day.and_time(from.local().time() + TimeDelta::hours(2)))
            ));
            return None;
        }
    };
    Some(when)
}

fn ends_before_start(report: &mut Report, start: (Written, Range<usize>), end: (Written, Range<usize>)) {
    let relation = if start.0 == end.0 { "when" } else { "before" };
    let source = std::sync::Arc::clone(report.source());
    let message = format!("the event ends ({}) {relation} it begins ({})", end.0, start.0);
    let problem = report.error(end.1, message);
    problem.label("the end").related(&source, start.1, "the start");
    if let (Written::Moment(from), Written::Moment(until)) = (start.0, end.0)
        && from.local().date() == until.local().date()
        && let Some(next) = until.local().checked_add_signed(TimeDelta::days(1))
        && next - from.local() <= TimeDelta::hours(12)
    {
        problem.help(format!("if it ends after midnight, write {}", clock(next)));
    }
}

impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Moment(moment) => f.write_str(&clock(moment.local())),
        }
    }
}

/// A wall-clock time as it is written in TOML, without seconds where there are none.
pub(super) fn clock(local: NaiveDateTime) -> String {
    let seconds = chrono::Timelike::second(&local) != 0;
    local.format(if seconds { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%dT%H:%M" }).to_string()
}

/// Reads an end: a time of day alone is an error that shows the day as well.
fn end_moment(report: &mut Report, end: &Placed<DateTime>, start: Written, zone: Zone) -> Option<Written> {
    if let (Datetime { date: None, time: Some(time), .. }, Written::Moment(start)) = (end.value.0, start) {
        let problem = report.error(end.span.clone(), "`end` is a time without a date");
        if let Some(time) = NaiveTime::from_hms_opt(time.hour.into(), time.minute.into(), 0) {
            let day = start.local().date();
            let day = if time <= start.local().time() { day.succ_opt()? } else { day };
            problem.help(format!("write {}", clock(day.and_time(time))));
        }
        return None;
    }
    moment(report, end, zone)
}

/// Reads a date, or a date and time; what does not exist, or exists twice, is told with what to write instead.
pub(super) fn moment(report: &mut Report, written: &Placed<DateTime>, zone: Zone) -> Option<Written> {
    let Placed { value: DateTime(value), span } = written;
    let Some(date) = value.date else {
        report.error(span.clone(), "this is a time without a date").help("write the date as well: 2021-03-23T18:00");
        return None;
    };
    if !YEARS.contains(&date.year) {
        let message = format!("the year {:04} is not between {} and {}", date.year, YEARS.start(), YEARS.end());
        report.error(span.clone(), message);
        return None;
    }
    let Some(day) = NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()) else {
        report.error(span.clone(), "this day does not exist");
        return None;
    };
    let Some(time) = value.time else {
        return Some(Written::Day(day));
    };
    let Some(time) = NaiveTime::from_hms_opt(time.hour.into(), time.minute.into(), time.second.unwrap_or(0).into())
    else {
        let problem = report.error(span.clone(), "this time of day does not exist");
        problem.help("hours go from 00 to 23, minutes and seconds from 00 to 59");
        return None;
    };
    let local = day.and_time(time);
    match value.offset {
        Some(offset) => Some(Written::Moment(zone.moment_of(instant(local, offset)))),
        None => resolve(report, span, local, zone).map(Written::Moment),
    }
}

fn instant(local: NaiveDateTime, offset: Offset) -> Instant<Utc> {
    let minutes = match offset {
        Offset::Z => 0,
        Offset::Custom { minutes } => minutes,
    };
    (local - TimeDelta::minutes(minutes.into())).and_utc()
}

/// A wall-clock time to a moment; in a gap or an overlap an error that shows both offsets.
fn resolve(report: &mut Report, span: &Range<usize>, local: NaiveDateTime, zone: Zone) -> Option<Moment> {
    let unresolved = match zone.moment(local) {
        Ok(moment) => return Some(moment),
        Err(unresolved) => unresolved,
    };
    match unresolved {
        Unresolved::Gap { before, after } => {
            let problem =
                report.error(span.clone(), format!("{} does not exist: the clocks go forward then", clock(local)));
            let shown = |offset: FixedOffset| clock(zone.moment_of(at(local, offset)).local());
            problem.help(format!(
                "write {} (which is {}) or {} (which is {})",
                with_offset(local, before),
                shown(before),
                with_offset(local, after),
                shown(after)
            ));
        }
        Unresolved::Overlap { first, second } => {
            let problem = report.error(span.clone(), format!("{} occurs twice: the clocks go back then", clock(local)));
            problem.help(format!(
                "write {} (the first, daylight time) or {} (the second, standard time)",
                with_offset(local, first),
                with_offset(local, second)
            ));
        }
    }
    None
}

fn at(local: NaiveDateTime, offset: FixedOffset) -> Instant<Utc> {
    (local - TimeDelta::seconds(i64::from(offset.local_minus_utc()))).and_utc()
}

fn with_offset(local: NaiveDateTime, offset: FixedOffset) -> String {
    format!("{}{offset}", local.format("%Y-%m-%dT%H:%M:%S"))
}

/// When something was last changed: any date or time, without a fuss about gaps and overlaps.
pub(super) fn updated(report: &mut Report, written: Time, zone: Zone) -> Option<Instant<Utc>> {
    let mut written = written?;
    if let Datetime { date: Some(date), time, offset: None } = written.value.0 {
        let lenient = || {
            let day = NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())?;
            let time = time.map_or(Some(NaiveTime::MIN), |time| {
                NaiveTime::from_hms_opt(time.hour.into(), time.minute.into(), time.second.unwrap_or(0).into())
            })?;
            YEARS.contains(&date.year).then(|| zone.resolve_leniently(day.and_time(time)))
        };
        if let Some(moment) = lenient() {
            return Some(moment.instant());
        }
        written.value.0.offset = None;
    }
    match moment(report, &written, zone)? {
        Written::Moment(moment) => Some(moment.instant()),
        Written::Day(day) => Some(zone.resolve_leniently(day.and_time(NaiveTime::MIN)).instant()),
    }
}
