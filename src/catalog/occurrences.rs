//! The occurrences of an event that repeats, as far as its own keys speak of them: found, added, excluded. It does not know what a change
//! of one says.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use crate::document::{DateTime, Placed, Report, quoted};
use crate::event::{Change, Start, When};
use crate::recurrence::Rule;
use crate::time::Zone;

use super::when::{self, Written};

/// Occurrences that are looked at to warn of a time that a change of clocks skips or repeats.
const LOOKED_AT: usize = 200;

/// The occurrences of an event, as far as its keys speak of them; whole days as their midnights.
pub(super) struct Occurrences {
    zone: Zone,
    all_day: bool,
    start: NaiveDateTime,
    /// The rule's, from the first to the first beyond all that the keys speak of.
    by_rule: Vec<NaiveDateTime>,
    pub(super) extra: BTreeMap<NaiveDateTime, Start>,
    pub(super) excluded: BTreeMap<NaiveDateTime, Start>,
}

impl Occurrences {
    pub(super) fn new(when: &When, zone: Zone) -> Self {
        let (start, all_day) = match when {
            When::Timed { start, .. } => (start.local(), false),
            When::AllDay { start, .. } => (start.and_time(NaiveTime::MIN), true),
        };
        Self { zone, all_day, start, by_rule: Vec::new(), extra: BTreeMap::new(), excluded: BTreeMap::new() }
    }

    /// Reads the rule, of which the start must be the first occurrence.
    pub(super) fn rule(&mut self, report: &mut Report, written: &Placed<String>) -> Option<Rule> {
        let text = written.value.trim();
        let rule = match Rule::parse(text) {
            Ok(rule) => rule,
            Err(reason) => {
                let problem =
                    report.error(written.span.clone(), format!("the rrule {} cannot be read: {reason}", quoted(text)));
                problem.help("write a rule of iCalendar such as \"FREQ=WEEKLY;BYDAY=TU;COUNT=10\"");
                return None;
            }
        };
        let first = rule.occurrences(self.start, self.zone).next();
        match first {
            Some(first) if first == self.start => return Some(rule),
            Some(first) => {
                let message = format!("the start, {}, is no occurrence of the rrule", self.shown(self.start));
                let problem = report.error(written.span.clone(), message);
                problem.help(format!(
                    "its first occurrence is {0}: write start = {0}, or another rule",
                    self.shown(first)
                ));
            }
            None => {
                let problem = report.error(written.span.clone(), "the rrule never occurs");
                problem.help("check UNTIL and the days that it names");
            }
        }
        None
    }

    pub(super) fn expand(&mut self, rule: Option<&Rule>, horizon: Option<NaiveDateTime>) {
        let Some(rule) = rule else {
            self.by_rule.push(self.start);
            return;
        };
        let Some(horizon) = horizon else { return };
        for occurrence in rule.occurrences(self.start, self.zone) {
            self.by_rule.push(occurrence);
            if occurrence > horizon {
                break;
            }
        }
    }

    pub(super) fn add_extra(&mut self, report: &mut Report, extra: &[Placed<DateTime>]) {
        for written in extra {
            let Some(at) = self.read(report, written) else { continue };
            let (local, start) = match at {
                Written::Day(day) => {
                    let local = day.and_time(self.start.time());
                    (local, self.start_at(local))
                }
                Written::Moment(moment) => (moment.local(), Start::Timed(moment)),
            };
            if second_pass(start, self.zone) {
                let message = "an extra date cannot begin in the second pass of the hour that the autumn repeats";
                report.error(written.span.clone(), message).help("write it as an event of its own");
            } else if local <= self.start {
                let message =
                    format!("the extra date {} is not after the start, {}", self.shown(local), self.shown(self.start));
                report.error(written.span.clone(), message).help("make the earliest date the start");
            } else if self.by_rule.binary_search(&local).is_ok() || self.extra.contains_key(&local) {
                report
                    .warning(written.span.clone(), format!("{} is an occurrence already", self.shown(local)))
                    .help("delete it");
            } else {
                self.extra.insert(local, start);
            }
        }
    }

    pub(super) fn exclude(&mut self, report: &mut Report, excluded: &[Placed<DateTime>]) {
        for written in excluded {
            let Some(at) = self.read(report, written) else { continue };
            let found: Vec<_> = self.by_rule.iter().copied().filter(|local| self.is_at(*local, at)).collect();
            if found.is_empty() {
                self.no_occurrence(report, &written.span, at);
            }
            for local in found {
                let start = self.start_at(local);
                self.excluded.insert(local, start);
            }
        }
    }

    pub(super) fn any_left(&self, rule: Option<&Rule>) -> bool {
        let left = |local: &NaiveDateTime| !self.excluded.contains_key(local);
        !self.extra.is_empty()
            || rule.is_none()
            || rule.is_some_and(|rule| rule.occurrences(self.start, self.zone).any(|at| left(&at)))
    }

    /// The occurrence that a change speaks of; `None` after an error.
    pub(super) fn find(&self, report: &mut Report, written: &Placed<DateTime>) -> Option<Start> {
        let at = self.read(report, written)?;
        let by_rule =
            self.by_rule.iter().filter(|local| self.is_at(**local, at)).map(|local| (*local, self.start_at(*local)));
        let extra =
            self.extra.iter().filter(|(local, _)| self.is_at(**local, at)).map(|(local, start)| (*local, *start));
        let found: Vec<_> = by_rule.chain(extra).collect();
        match found.as_slice() {
            [] => self.no_occurrence(report, &written.span, at),
            [(local, _)] if self.excluded.contains_key(local) => {
                let message = format!("the occurrence {} is excluded, so it cannot be changed", self.shown(*local));
                report
                    .error(written.span.clone(), message)
                    .help("delete it from `excluded_dates`, or delete this change");
            }
            [(_, start)] => return Some(*start),
            [(first, _), ..] => {
                let problem = report.error(written.span.clone(), format!("there are several occurrences on {at}"));
                problem.help(format!("write the time as well: {}", self.shown(*first)));
            }
        }
        None
    }

    /// Reads a date that speaks of an occurrence.
    fn read(&self, report: &mut Report, written: &Placed<DateTime>) -> Option<Written> {
        let at = when::moment(report, written, self.zone)?;
        if let (true, Written::Moment(moment)) = (self.all_day, at) {
            let problem = report.error(written.span.clone(), "the event is on whole days, and this has a time of day");
            problem.help(format!("write {}", moment.local().date()));
            return None;
        }
        Some(at)
    }

    fn is_at(&self, local: NaiveDateTime, at: Written) -> bool {
        match at {
            Written::Day(day) => local.date() == day,
            Written::Moment(moment) => local == moment.local(),
        }
    }

    fn start_at(&self, local: NaiveDateTime) -> Start {
        if self.all_day { Start::AllDay(local.date()) } else { Start::Timed(self.zone.resolve_leniently(local)) }
    }

    fn shown(&self, local: NaiveDateTime) -> String {
        if self.all_day { local.date().to_string() } else { when::clock(local) }
    }

    fn no_occurrence(&self, report: &mut Report, span: &Range<usize>, at: Written) {
        let wanted = match at {
            Written::Day(day) => day.and_time(NaiveTime::MIN),
            Written::Moment(moment) => moment.local(),
        };
        let all = || self.by_rule.iter().chain(self.extra.keys());
        let before = all().filter(|local| **local < wanted).max();
        let after = all().filter(|local| **local > wanted).min();
        let near: Vec<_> = before.into_iter().chain(after).map(|local| self.shown(*local)).collect();
        let problem = report.error(span.clone(), format!("the event has no occurrence on {at}"));
        let ones = if near.len() == 1 { "one is" } else { "ones are" };
        problem.help(format!("the nearest {ones} {}", near.join(" and ")));
    }

    /// Warns of the first occurrence whose time the clocks skip or repeat, unless it is excluded or changed.
    pub(super) fn warn_of_clock_changes(
        &self,
        report: &mut Report,
        rule: &Rule,
        span: &Range<usize>,
        changes: &[Change],
    ) {
        // Zones change their clocks at night; looking at every series would cost more than reading it.
        if self.all_day || (4..23).contains(&self.start.hour()) {
            return;
        }
        let dealt_with = |local: &NaiveDateTime| {
            let start = self.start_at(*local);
            self.excluded.contains_key(local) || changes.iter().any(|change| change.of == start)
        };
        let mut all = rule.occurrences(self.start, self.zone).take(LOOKED_AT);
        let Some(odd) = all.find(|local| self.zone.moment(*local).is_err() && !dealt_with(local)) else {
            return;
        };
        let what = if self.zone.occurs_twice(odd) { "occurs twice" } else { "does not exist" };
        let problem =
            report.warning(span.clone(), format!("the occurrence {} {what}: the clocks change then", self.shown(odd)));
        problem.help("exclude it, or give it a start of its own with [[event.change]]");
    }
}

/// How long each occurrence is.
pub(super) fn length(when: &When) -> TimeDelta {
    match when {
        When::Timed { start, end, .. } => end.instant() - start.instant(),
        When::AllDay { start, end } => *end - *start,
    }
}

/// Whether a start is the second of two instants at which the clocks show the same: the times of a series have no form for it.
pub(super) fn second_pass(start: Start, zone: Zone) -> bool {
    match start {
        Start::Timed(moment) => zone.resolve_leniently(moment.local()).instant() < moment.instant(),
        Start::AllDay(_) => false,
    }
}
