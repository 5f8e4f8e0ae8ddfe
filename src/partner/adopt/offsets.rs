//! What a partner's own VTIMEZONE says: its offsets from UTC, within bounds. It does not know zones by name.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::stamp::{Stamp, offset, stamp};
use crate::recurrence::Rule;
use crate::text::Line;
use crate::time::Zone;

/// The observances of one zone, and the dates of one of them, that are read.
const MAX_OBSERVANCES: usize = 200;
const MAX_DATES: usize = 500;
/// Years in which rules are expanded: from, and until (exclusive).
const FIRST_YEAR: i32 = 1960;
const LAST_YEAR: i32 = 2060;

/// The offsets of a VTIMEZONE, change by change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offsets {
    /// By the instant of the change, ascending; at least one.
    changes: Vec<Change>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    instant: DateTime<Utc>,
    /// Seconds east of UTC before and after.
    before: i32,
    after: i32,
}

/// One STANDARD or DAYLIGHT while it is read.
#[derive(Debug, Default)]
struct Observance<'a> {
    start: Option<NaiveDateTime>,
    before: Option<i32>,
    after: Option<i32>,
    rules: Vec<&'a str>,
    dates: Vec<NaiveDateTime>,
}

impl Offsets {
    /// Reads the lines between BEGIN:VTIMEZONE and its end; `None` when they hold no whole observance.
    pub(super) fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut changes = Vec::new();
        let mut current = Observance::default();
        let mut observances = 0;
        for line in lines.filter_map(Line::split) {
            if line.is("BEGIN") {
                current = Observance::default();
            } else if line.is("END") && observances < MAX_OBSERVANCES {
                observances += 1;
                current.changes(&mut changes);
            } else {
                current.take(&line);
            }
        }
        changes.sort_unstable_by_key(|change: &Change| change.instant);
        (!changes.is_empty()).then_some(Self { changes })
    }

    /// The instant at which the wall clock shows `local`, by the rules of RFC 5545 §3.3.5 for gap and overlap.
    pub(super) fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let passed = self.changes.partition_point(|change| {
            let later = TimeDelta::seconds(change.before.max(change.after).into());
            change.instant.naive_utc().checked_add_signed(later).is_some_and(|shown| shown <= local)
        });
        let offset = match passed.checked_sub(1).and_then(|last| self.changes.get(last)) {
            Some(change) => change.after,
            None => self.changes.first().map_or(0, |change| change.before),
        };
        local.checked_sub_signed(TimeDelta::seconds(offset.into())).unwrap_or(local).and_utc()
    }

    /// What the clock shows at an instant, in seconds east of UTC.
    pub(super) fn offset(&self, instant: DateTime<Utc>) -> i32 {
        let passed = self.changes.partition_point(|change| change.instant <= instant);
        match passed.checked_sub(1).and_then(|last| self.changes.get(last)) {
            Some(change) => change.after,
            None => self.changes.first().map_or(0, |change| change.before),
        }
    }
}

impl<'a> Observance<'a> {
    fn take(&mut self, line: &Line<'a>) {
        let seconds = |text: &str| offset(text).map(|offset| offset.local_minus_utc());
        let local = |text: &str| local(text);
        if line.is("DTSTART") {
            self.start = local(line.value);
        } else if line.is("TZOFFSETFROM") {
            self.before = seconds(line.value);
        } else if line.is("TZOFFSETTO") {
            self.after = seconds(line.value);
        } else if line.is("RRULE") && self.rules.len() < 4 {
            self.rules.push(line.value);
        } else if line.is("RDATE") {
            let room = MAX_DATES.saturating_sub(self.dates.len());
            self.dates.extend(line.value.split(',').take(room).filter_map(local));
        }
    }

    fn changes(&self, changes: &mut Vec<Change>) {
        let (Some(before), Some(after)) = (self.before, self.after.or(self.before)) else { return };
        let start = self.start.unwrap_or_default();
        let instant =
            |local: NaiveDateTime| Some(local.checked_sub_signed(TimeDelta::seconds(before.into()))?.and_utc());
        let one = |local| Some(Change { instant: instant(local)?, before, after });
        changes.extend(one(start));
        changes.extend(self.dates.iter().filter_map(|local| one(*local)));
        for rule in &self.rules {
            let (rule, last) = without_until(rule);
            let Ok((rule, _)) = Rule::adopt(&rule, false) else { continue };
            let locals = rule.occurrences(in_reach(start), Zone::UTC).take_while(|local| local.year() < LAST_YEAR);
            let onsets = locals.filter_map(one).take_while(|change| last.is_none_or(|last| change.instant <= last));
            changes.extend(onsets.take(MAX_DATES));
        }
    }
}

/// A rule of long ago begins where its dates can matter.
fn in_reach(start: NaiveDateTime) -> NaiveDateTime {
    if start.year() >= FIRST_YEAR {
        return start;
    }
    let first = NaiveDate::from_ymd_opt(FIRST_YEAR, start.month(), start.day());
    first.map_or(start, |first| first.and_time(start.time()))
}

/// UNTIL of an observance is in UTC, while its dates are local: it is compared apart.
fn without_until(rule: &str) -> (String, Option<DateTime<Utc>>) {
    let is_until = |part: &&str| part.trim_start().get(..6).is_some_and(|name| name.eq_ignore_ascii_case("UNTIL="));
    let until =
        rule.split(';').find(is_until).and_then(|part| part.split_once('=')).and_then(|(_, value)| stamp(value));
    let last = until.map(|until| match until {
        Stamp::Instant(instant) => instant,
        Stamp::Wall(local) => (local + TimeDelta::days(1)).and_utc(),
        Stamp::Day(day) => (day.and_time(chrono::NaiveTime::MIN) + TimeDelta::days(1)).and_utc(),
    });
    (rule.split(';').filter(|part| !is_until(part)).collect::<Vec<_>>().join(";"), last)
}

/// The local time of an observance, whatever is after its seconds; also of the years in which programs let their zones begin.
fn local(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text.trim().get(..15)?, "%Y%m%dT%H%M%S").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHICAGO: &str = "TZID:My Zone\nBEGIN:DAYLIGHT\nTZOFFSETFROM:-0600\nTZOFFSETTO:-0500\nDTSTART:16010101T020000\n\
        RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\nEND:DAYLIGHT\nBEGIN:STANDARD\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0600\n\
        DTSTART:20071104T020000\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\nEND:STANDARD\n";

    fn check(lines: &str, local: &str, expected: &str) {
        let instant = Offsets::read(lines.lines()).map(|offsets| offsets.instant(local.parse().unwrap()).to_rfc3339());
        assert_eq!(instant.as_deref(), Some(expected), "{local}");
    }

    #[test]
    fn local_times_become_instants() {
        check(CHICAGO, "2021-01-01T12:00:00", "2021-01-01T18:00:00+00:00");
        check(CHICAGO, "2021-07-01T12:00:00", "2021-07-01T17:00:00+00:00");
        // The gap is counted by the offset before it; of the overlap the first is meant.
        check(CHICAGO, "2021-03-14T02:30:00", "2021-03-14T08:30:00+00:00");
        check(CHICAGO, "2021-03-14T03:00:00", "2021-03-14T08:00:00+00:00");
        check(CHICAGO, "2021-11-07T01:30:00", "2021-11-07T06:30:00+00:00");
        check(CHICAGO, "2021-11-07T02:00:00", "2021-11-07T08:00:00+00:00");
    }

    #[test]
    fn until_is_in_utc() {
        let east = "BEGIN:DAYLIGHT\nTZOFFSETFROM:+0900\nTZOFFSETTO:+1000\nDTSTART:20000402T020000\n\
            RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20010331T170000Z\nEND:DAYLIGHT\nBEGIN:STANDARD\n\
            TZOFFSETFROM:+1000\nTZOFFSETTO:+0900\nDTSTART:20001001T020000\nRDATE:20001001T020000,20011007T020000\nEND:STANDARD";
        check(east, "2001-05-01T00:00:00", "2001-04-30T14:00:00+00:00");
        check(east, "2002-05-01T00:00:00", "2002-04-30T15:00:00+00:00");
    }

    #[test]
    fn nothing_whole_is_nothing() {
        for lines in ["", "TZID:Empty", "BEGIN:STANDARD\nTZOFFSETFROM:+9999\nTZOFFSETTO:-9999\nEND:STANDARD"] {
            assert_eq!(Offsets::read(lines.lines()), None, "{lines}");
        }
    }

    #[test]
    fn a_rule_that_is_no_yearly_one_does_not_run_away() {
        let bomb = CHICAGO.replace("FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "FREQ=SECONDLY");
        assert!(Offsets::read(bomb.lines()).is_some());
        let daily = CHICAGO.replace("FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "FREQ=DAILY");
        assert!(Offsets::read(daily.lines()).unwrap().changes.len() < 2000);
    }
}
