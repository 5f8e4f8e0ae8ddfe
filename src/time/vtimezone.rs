//! A zone's changes written as a VTIMEZONE (RFC 5545 §3.6.5): as few observances with a yearly rule as describe them.
//! It does not know which events need it.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use super::Zone;
use super::onset::{Onset, State, YEARS, onsets, state};

/// A rule counts as going on for ever when it held for so many years up to the last of [`YEARS`]; fewer may be chance, as
/// with the Ramadan of Morocco.
const ENDLESS_YEARS: usize = 6;

/// Changes of one kind, one in each of consecutive years, on days that one rule describes.
#[derive(Debug)]
struct Run {
    /// Ascending, at least one.
    onsets: Vec<Onset>,
}

/// On which day of its month a yearly change comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DayRule {
    /// The first to fourth such weekday.
    Nth(u32, Weekday),
    /// The last such weekday.
    Last(Weekday),
    /// Such a weekday on the given day of the month or in the six days after it.
    From(u32, Weekday),
    /// The same day of the month, whatever the weekday.
    Day(u32),
}

/// The content lines of a zone's VTIMEZONE for events from the day `first` on.
pub(super) fn lines(zone: Zone, first: NaiveDate) -> Vec<String> {
    let mut lines = vec!["BEGIN:VTIMEZONE".to_owned(), format!("TZID:{}", zone.name())];
    let runs = runs(zone);
    let in_force = runs.iter().flat_map(|run| &run.onsets).filter(|onset| onset.local.date() <= first);
    match in_force.map(|onset| onset.local).max() {
        Some(since) => write(&mut lines, &runs, since),
        None => {
            let start = first.clamp(NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default(), NaiveDate::default());
            write_fixed(&mut lines, &state(zone, zone.start_of_day(start)), start.and_time(NaiveTime::MIN));
            write(&mut lines, &runs, start.and_time(NaiveTime::MIN));
        }
    }
    lines.push("END:VTIMEZONE".to_owned());
    lines
}

/// The runs of a zone, in the order of their first changes. Finding them takes a millisecond, so each zone's are found once.
fn runs(zone: Zone) -> Arc<[Run]> {
    type Found = BTreeMap<&'static str, Arc<[Run]>>;
    static FOUND: LazyLock<Mutex<Found>> = LazyLock::new(Mutex::default);
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(found.entry(zone.name()).or_insert_with(|| grouped(onsets(zone)).into()))
}

fn grouped(onsets: Vec<Onset>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for onset in onsets {
        match runs.iter_mut().rev().find(|run| run.continues_with(&onset)) {
            Some(run) => run.onsets.push(onset),
            None => runs.push(Run { onsets: vec![onset] }),
        }
    }
    runs
}

/// Writes the observances that begin at `since` or later, in the order of their starts.
fn write(lines: &mut Vec<String>, runs: &[Run], since: NaiveDateTime) {
    let (mut ruled, mut single) = (Vec::new(), Vec::<Vec<&Onset>>::new());
    for run in runs {
        match run.needed(since).as_slice() {
            [] => {}
            [only] => match single.iter_mut().find(|group| group.iter().any(|onset| onset.is_like(only))) {
                Some(group) => group.push(only),
                None => single.push(vec![*only]),
            },
            [first, .., last] => ruled.push((*first, run.rule_text(last))),
        }
    }
    let dated = single.iter().filter_map(|group| group.split_first()).map(|(first, rest)| (*first, rdate_text(rest)));
    ruled.extend(dated);
    ruled.sort_by_key(|(first, _)| first.local);
    for (first, recurrence) in ruled {
        let offsets = [first.from, first.state.offset];
        write_observance(lines, first.daylight, offsets, &first.state.name, first.local, recurrence);
    }
}

/// The RDATE line for changes that follow no rule; `None` when there are none.
fn rdate_text(onsets: &[&Onset]) -> Option<String> {
    let dates: Vec<String> = onsets.iter().map(|onset| stamp(onset.local)).collect();
    (!dates.is_empty()).then(|| format!("RDATE:{}", dates.join(",")))
}

/// The observance of a zone before its first known change, or without any.
fn write_fixed(lines: &mut Vec<String>, state: &State, start: NaiveDateTime) {
    write_observance(lines, false, [state.offset, state.offset], &state.name, start, None);
}

fn write_observance(
    lines: &mut Vec<String>,
    daylight: bool,
    [from, to]: [i32; 2],
    name: &str,
    start: NaiveDateTime,
    recurrence: Option<String>,
) {
    let kind = if daylight { "DAYLIGHT" } else { "STANDARD" };
    lines.push(format!("BEGIN:{kind}"));
    lines.push(format!("TZOFFSETFROM:{}", utc_offset(from)));
    lines.push(format!("TZOFFSETTO:{}", utc_offset(to)));
    lines.push(format!("TZNAME:{name}"));
    lines.push(format!("DTSTART:{}", stamp(start)));
    lines.extend(recurrence);
    lines.push(format!("END:{kind}"));
}

fn stamp(local: NaiveDateTime) -> String {
    local.format("%Y%m%dT%H%M%S").to_string()
}

/// UTC-OFFSET (RFC 5545 §3.3.14): `-0600`, with seconds only where there are any.
fn utc_offset(seconds: i32) -> String {
    let (sign, size) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    let (hours, minutes) = (size / 3600, size / 60 % 60);
    match size % 60 {
        0 => format!("{sign}{hours:02}{minutes:02}"),
        rest => format!("{sign}{hours:02}{minutes:02}{rest:02}"),
    }
}

impl Onset {
    /// Whether the two may be in one observance: all but the time is the same.
    fn is_like(&self, other: &Onset) -> bool {
        (self.daylight, self.from, &self.state) == (other.daylight, other.from, &other.state)
    }
}

impl Run {
    fn continues_with(&self, next: &Onset) -> bool {
        self.onsets.last().is_some_and(|last| {
            last.is_like(next)
                && last.local.year() + 1 == next.local.year()
                && last.local.month() == next.local.month()
                && last.local.time() == next.local.time()
        }) && day_rule(self.onsets.iter().chain([next])).is_some()
    }

    /// The changes to write for events after the change at `since`. A run that ended is cut to that; an endless one keeps its
    /// start, so that the text for events of this year is that for events of the next.
    fn needed(&self, since: NaiveDateTime) -> Vec<&Onset> {
        let endless = self.is_endless();
        self.onsets.iter().filter(|onset| endless || onset.local >= since).collect()
    }

    fn is_endless(&self) -> bool {
        self.onsets.len() >= ENDLESS_YEARS && self.onsets.last().is_some_and(|last| last.local.year() == YEARS.1)
    }

    /// The RRULE line, with the UNTIL that RFC 5545 §3.3.10 wants in UTC when the run has ended.
    fn rule_text(&self, last: &Onset) -> Option<String> {
        let day = day_rule(self.onsets.iter())?.text();
        let until =
            if self.is_endless() { String::new() } else { format!(";UNTIL={}Z", stamp(last.instant.naive_utc())) };
        Some(format!("RRULE:FREQ=YEARLY;BYMONTH={};{day}{until}", last.local.month()))
    }
}

/// The rule by which all these changes, which are in the same month of different years, have their days.
fn day_rule<'a>(onsets: impl Iterator<Item = &'a Onset>) -> Option<DayRule> {
    let dates: Vec<NaiveDate> = onsets.map(|onset| onset.local.date()).collect();
    let one = dates.first()?;
    let all = |same: &dyn Fn(&NaiveDate) -> bool| dates.iter().all(same);
    if all(&|date| date.day() == one.day()) && dates.len() > 1 {
        return Some(DayRule::Day(one.day()));
    }
    if !all(&|date| date.weekday() == one.weekday()) {
        return None;
    }
    let nth = |date: &NaiveDate| date.day().div_ceil(7);
    if nth(one) <= 4 && all(&|date| nth(date) == nth(one)) {
        return Some(DayRule::Nth(nth(one), one.weekday()));
    }
    if all(&|date| date.day() + 7 > days_in_month(*date)) {
        return Some(DayRule::Last(one.weekday()));
    }
    let (earliest, latest) = (dates.iter().map(Datelike::day).min()?, dates.iter().map(Datelike::day).max()?);
    let shortest = dates.iter().map(|date| days_in_month(*date)).min()?;
    (latest - earliest < 7).then(|| DayRule::From(earliest.min(shortest - 6), one.weekday()))
}

fn days_in_month(date: NaiveDate) -> u32 {
    date.num_days_in_month().into()
}

impl DayRule {
    fn text(self) -> String {
        match self {
            Self::Nth(nth, weekday) => format!("BYDAY={nth}{}", code(weekday)),
            Self::Last(weekday) => format!("BYDAY=-1{}", code(weekday)),
            Self::From(first, weekday) => {
                let days: Vec<String> = (first..first + 7).map(|day| day.to_string()).collect();
                format!("BYMONTHDAY={};BYDAY={}", days.join(","), code(weekday))
            }
            Self::Day(day) => format!("BYMONTHDAY={day}"),
        }
    }
}

fn code(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}

#[cfg(test)]
mod tests;
