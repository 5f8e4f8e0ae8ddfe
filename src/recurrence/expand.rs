//! The expansion of a rule: period by period, the days of each that every part allows. The rule is known to be right, and
//! nothing here takes long: each day that is tried counts against [`MAX_STEPS`].

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc, Weekday};

use super::numbers::Numbers;
use super::{End, Frequency, MAX_STEPS, Rule};
use crate::time::Zone;

/// The last year that a DATE can spell (RFC 5545 §3.3.4).
const LAST_YEAR: i32 = 9999;

/// The occurrences of a rule, ascending.
pub(super) struct Occurrences {
    times: Times,
    zone: Zone,
    remaining: Option<u32>,
    last: Option<DateTime<Utc>>,
}

impl Occurrences {
    pub(super) fn new(rule: &Rule, start: NaiveDateTime, zone: Zone) -> Self {
        let remaining = if let End::Count(count) = rule.end { Some(count) } else { None };
        let last = rule.last_instant(zone);
        // No occurrence on a later day can be wanted, in any offset.
        let last_day = last.and_then(|last| zone.today(last).succ_opt());
        Self { times: Times::new(rule, start, last_day), zone, remaining, last }
    }

    /// Ends after so many days at the latest.
    pub(super) fn within(mut self, days: usize) -> Self {
        self.times.steps = MAX_STEPS.saturating_sub(days);
        self
    }
}

impl Iterator for Occurrences {
    type Item = NaiveDateTime;

    fn next(&mut self) -> Option<NaiveDateTime> {
        if self.remaining == Some(0) {
            return None;
        }
        let next = self.times.next()?;
        if self.last.is_some_and(|last| self.zone.resolve_leniently(next).instant() > last) {
            self.remaining = Some(0);
            return None;
        }
        self.remaining = self.remaining.map(|remaining| remaining - 1);
        Some(next)
    }
}

/// The wall-clock times at which a rule has occurrences, from the start on.
struct Times {
    selection: Selection,
    positions: Numbers,
    frequency: Frequency,
    interval: u32,
    start: NaiveDateTime,
    /// The times of day, ascending; at least one.
    of_day: Vec<NaiveTime>,
    last_day: Option<NaiveDate>,
    /// The first day of the period to look at next; `None` at the end.
    period: Option<NaiveDate>,
    /// The times found in the period before, the next one last.
    found: Vec<NaiveDateTime>,
    steps: usize,
}

impl Times {
    fn new(rule: &Rule, start: NaiveDateTime, last_day: Option<NaiveDate>) -> Self {
        Self {
            selection: Selection::new(rule, start.date()),
            positions: Numbers::new(&rule.by_position),
            frequency: rule.frequency,
            interval: rule.interval,
            start,
            of_day: rule.times_of_day(start.time()),
            last_day,
            period: rule.first_period(start.date()),
            found: Vec::new(),
            steps: 0,
        }
    }

    /// Finds the times of the next period; `None` after the last.
    fn fill(&mut self) -> Option<()> {
        let first = self.period.filter(|first| first.year() <= LAST_YEAR)?;
        // The first week of a year may begin in the year before.
        let (from, length) = match self.selection.weeks.is_empty() {
            true => (first, self.frequency.length(first)),
            false => (first.checked_sub_days(Days::new(7))?, self.frequency.length(first) + 14),
        };
        if self.steps >= MAX_STEPS || self.last_day.is_some_and(|last| from > last) {
            return None;
        }
        self.steps += length;
        let (selection, of_day) = (&self.selection, &self.of_day);
        let days = from.iter_days().take(length).filter(|day| selection.allows(*day, first.year()));
        self.found.extend(days.flat_map(|day| of_day.iter().map(move |time| day.and_time(*time))));
        self.keep_positions();
        let start = self.start;
        self.found.retain(|time| *time >= start);
        self.found.reverse();
        self.period = self.frequency.after(first, self.interval);
        Some(())
    }

    /// BYSETPOS: keeps the nth times of the period.
    fn keep_positions(&mut self) {
        let (positions, length) = (self.positions, u32::try_from(self.found.len()).unwrap_or(u32::MAX));
        let mut position = 0;
        self.found.retain(|_| {
            position += 1;
            positions.allows(position, length)
        });
    }
}

impl Iterator for Times {
    type Item = NaiveDateTime;

    fn next(&mut self) -> Option<NaiveDateTime> {
        while self.found.is_empty() {
            self.fill()?;
        }
        self.found.pop()
    }
}

impl Rule {
    /// The times of day by BYHOUR, BYMINUTE and BYSECOND, the start's where one of them says nothing.
    fn times_of_day(&self, start: NaiveTime) -> Vec<NaiveTime> {
        if [&self.by_hour, &self.by_minute, &self.by_second].iter().all(|list| list.is_empty()) {
            return vec![start];
        }
        let or = |list: &[i16], own: u32| match list {
            [] => vec![own],
            list => list.iter().filter_map(|number| u32::try_from(*number).ok()).collect(),
        };
        let (minutes, seconds) = (or(&self.by_minute, start.minute()), or(&self.by_second, start.second()));
        let mut times = Vec::new();
        for hour in or(&self.by_hour, start.hour()) {
            for minute in &minutes {
                times.extend(seconds.iter().filter_map(|second| NaiveTime::from_hms_opt(hour, *minute, *second)));
            }
        }
        times.sort_unstable();
        times.dedup();
        times
    }

    /// The first day of the period that `start` is in.
    fn first_period(&self, start: NaiveDate) -> Option<NaiveDate> {
        match self.frequency {
            Frequency::Daily => Some(start),
            Frequency::Weekly => {
                let into_week = start.weekday().days_since(self.week_start.unwrap_or(Weekday::Mon));
                start.checked_sub_days(Days::new(into_week.into()))
            }
            Frequency::Monthly => start.with_day(1),
            Frequency::Yearly => NaiveDate::from_ymd_opt(start.year(), 1, 1),
        }
    }
}

impl Frequency {
    /// The days in the period that begins with `first`.
    fn length(self, first: NaiveDate) -> usize {
        match self {
            Self::Daily => 1,
            Self::Weekly => 7,
            Self::Monthly => first.num_days_in_month().into(),
            Self::Yearly => days_in_year(first) as usize,
        }
    }

    /// The first day of the period `interval` periods later.
    fn after(self, first: NaiveDate, interval: u32) -> Option<NaiveDate> {
        match self {
            Self::Daily => first.checked_add_days(Days::new(interval.into())),
            Self::Weekly => first.checked_add_days(Days::new(u64::from(interval) * 7)),
            Self::Monthly => first.checked_add_months(Months::new(interval)),
            Self::Yearly => first.checked_add_months(Months::new(interval.checked_mul(12)?)),
        }
    }
}

/// The BY parts, with what the start supplies where none of them selects a day (RFC 5545 §3.3.10).
struct Selection {
    months: Numbers,
    weeks: Numbers,
    year_days: Numbers,
    month_days: Numbers,
    weekdays: Weekdays,
    week_start: Weekday,
}

/// BYDAY: weekdays, each in the period or only some of them, counted in the month or in the year.
#[derive(Default)]
struct Weekdays {
    all: Numbers,
    /// For each weekday from Monday, which of them in the period.
    nth: [Numbers; 7],
    in_month: bool,
}

impl Selection {
    fn new(rule: &Rule, start: NaiveDate) -> Self {
        let mut selection = Self {
            months: Numbers::new(&rule.by_month),
            weeks: Numbers::new(&rule.by_week),
            year_days: Numbers::new(&rule.by_year_day),
            month_days: Numbers::new(&rule.by_month_day),
            weekdays: Weekdays::new(rule),
            week_start: rule.week_start.unwrap_or(Weekday::Mon),
        };
        selection.complete(rule, start);
        selection
    }

    fn complete(&mut self, rule: &Rule, start: NaiveDate) {
        if !(rule.by_day.is_empty() && rule.by_month_day.is_empty() && rule.by_year_day.is_empty()) {
            return;
        }
        let number = |value: u32| i16::try_from(value).unwrap_or_default();
        match rule.frequency {
            Frequency::Daily => {}
            Frequency::Weekly => self.weekdays.all.insert(number(start.weekday().number_from_monday())),
            Frequency::Yearly if !self.weeks.is_empty() => {
                self.weekdays.all.insert(number(start.weekday().number_from_monday()));
            }
            Frequency::Monthly => self.month_days.insert(number(start.day())),
            Frequency::Yearly => {
                self.month_days.insert(number(start.day()));
                if self.months.is_empty() {
                    self.months.insert(number(start.month()));
                }
            }
        }
    }

    /// Whether all parts allow a day in the period of the year `year`.
    fn allows(&self, day: NaiveDate, year: i32) -> bool {
        self.months.allows(day.month(), 12)
            && self.month_days.allows(day.day(), day.num_days_in_month().into())
            && self.weekdays.allow(day)
            && self.year_days.allows(day.ordinal(), days_in_year(day))
            && (self.weeks.is_empty() || self.allows_week(day, year))
    }

    /// Whether the day is in one of the weeks of BYWEEKNO, numbered as in ISO 8601 but with weeks that begin with WKST.
    fn allows_week(&self, day: NaiveDate, year: i32) -> bool {
        let number = |day: NaiveDate| {
            let into_week = day.weekday().days_since(self.week_start);
            // A week belongs to the year of its fourth day.
            let middle = day.checked_sub_days(Days::new(into_week.into()))?.checked_add_days(Days::new(3))?;
            Some((middle.year(), middle.ordinal().div_ceil(7)))
        };
        // December 28 is always in the last week.
        let last = NaiveDate::from_ymd_opt(year, 12, 28).and_then(number);
        match (number(day), last) {
            (Some((week_year, week)), Some((_, weeks))) => week_year == year && self.weeks.contains(week, weeks),
            _ => false,
        }
    }
}

impl Weekdays {
    fn new(rule: &Rule) -> Self {
        let in_month = rule.frequency == Frequency::Monthly || !rule.by_month.is_empty();
        let mut weekdays = Self { in_month, ..Self::default() };
        for by_day in &rule.by_day {
            match (by_day.nth, weekdays.nth.get_mut(by_day.weekday.num_days_from_monday() as usize)) {
                (Some(nth), Some(numbers)) => numbers.insert(nth),
                _ => weekdays.all.insert(i16::try_from(by_day.weekday.number_from_monday()).unwrap_or_default()),
            }
        }
        weekdays
    }

    fn allow(&self, day: NaiveDate) -> bool {
        let weekday = day.weekday();
        if self.all.contains(weekday.number_from_monday(), 7) {
            return true;
        }
        let nth = self.nth.get(weekday.num_days_from_monday() as usize).filter(|nth| !nth.is_empty());
        let Some(nth) = nth else {
            return self.all.is_empty() && self.nth.iter().all(Numbers::is_empty);
        };
        let (position, length) = match self.in_month {
            true => (day.day(), day.num_days_in_month().into()),
            false => (day.ordinal(), days_in_year(day)),
        };
        let (before, after) = ((position - 1) / 7, (length - position) / 7);
        nth.contains(before + 1, before + 1 + after)
    }
}

fn days_in_year(day: NaiveDate) -> u32 {
    if day.leap_year() { 366 } else { 365 }
}
