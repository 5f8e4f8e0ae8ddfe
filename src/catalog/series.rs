//! How an event repeats: its rule, further and excluded occurrences, and single occurrences that differ. It writes no iCalendar.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use crate::config::Config;
use crate::document::{DateTime, Placed, Report, quoted};
use crate::event::{Change, Details, Recurrence, Start, When};
use crate::name::Slug;
use crate::recurrence::Rule;
use crate::time::Zone;

use super::change;
use super::raw::{RawChange, Text};
use super::when::{self, Written};

/// Occurrences that are looked at to warn of a time that a change of clocks skips or repeats.
const LOOKED_AT: usize = 200;

/// The keys that say how an event repeats.
pub(super) struct Pattern {
    pub(super) rrule: Text,
    pub(super) extra: Vec<Placed<DateTime>>,
    pub(super) excluded: Vec<Placed<DateTime>>,
    pub(super) changes: Vec<Placed<RawChange>>,
}

/// How an event repeats, checked.
#[derive(Default)]
pub(super) struct Series {
    pub(super) recurrence: Option<Recurrence>,
    pub(super) changes: Vec<Change>,
    /// The venue of each change.
    pub(super) venues: Vec<Option<Placed<Slug>>>,
}

/// The occurrences of an event, as far as its keys speak of them; whole days as their midnights.
pub(super) struct Occurrences {
    pub(super) zone: Zone,
    pub(super) all_day: bool,
    start: NaiveDateTime,
    /// The rule's, from the first to the first beyond all that the keys speak of.
    by_rule: Vec<NaiveDateTime>,
    extra: BTreeMap<NaiveDateTime, Start>,
    excluded: BTreeMap<NaiveDateTime, Start>,
}

/// Checks how an event repeats; `details` are those of the whole series. `None` after an error.
pub(super) fn series(
    report: &mut Report,
    pattern: Pattern,
    details: &Details,
    venue: Option<&Placed<Slug>>,
    config: &Config,
) -> Option<Series> {
    let Pattern { rrule, extra, excluded, changes } = pattern;
    if rrule.is_none() && extra.is_empty() {
        return single(report, &excluded, &changes);
    }
    if second_pass(details.when.start(), config.timezone) {
        let span = rrule.as_ref().map(|rrule| rrule.span.clone()).or(extra.first().map(|date| date.span.clone()));
        let message = "an event that begins in the second pass of the hour that the autumn repeats cannot repeat";
        report.error(span.unwrap_or(0..0), message).help("begin in the first pass, or write each date as an event");
        return None;
    }
    let mut occurrences = Occurrences::new(&details.when, config.timezone);
    let rule = match &rrule {
        Some(written) => Some(occurrences.rule(report, written)?),
        None => None,
    };
    let horizon =
        horizon(excluded.iter().chain(&extra).chain(changes.iter().filter_map(|change| change.value.on.as_ref())));
    occurrences.expand(rule.as_ref(), horizon);
    let errors = report.errors();
    occurrences.add_extra(report, &extra);
    occurrences.exclude(report, &excluded);
    if report.errors() == errors && !occurrences.any_left(rule.as_ref()) {
        let span = rrule.as_ref().map_or(0..0, |rrule| rrule.span.clone());
        report.error(span, "every occurrence is excluded").help("delete the event, or write status = \"cancelled\"");
    }
    let (changes, venues) = change::changes(report, changes, &occurrences, details, venue, config);
    if let (Some(rule), Some(rrule)) = (&rule, &rrule) {
        occurrences.warn_of_clock_changes(report, rule, &rrule.span, &changes);
    }
    let (extra, excluded) = (occurrences.extra.into_values().collect(), occurrences.excluded.into_values().collect());
    Some(Series { recurrence: Some(Recurrence { rule, extra, excluded, zone: None }), changes, venues })
}

/// Whether a start is the second of two instants at which the clocks show the same: the times of a series have no form for it.
pub(super) fn second_pass(start: Start, zone: Zone) -> bool {
    match start {
        Start::Timed(moment) => zone.resolve_leniently(moment.local()).instant() < moment.instant(),
        Start::AllDay(_) => false,
    }
}

/// An event that does not repeat can exclude and change nothing.
fn single(report: &mut Report, excluded: &[Placed<DateTime>], changes: &[Placed<RawChange>]) -> Option<Series> {
    let Some(span) = excluded.first().map(|date| &date.span).or(changes.first().map(|change| &change.span)) else {
        return Some(Series::default());
    };
    let what = if excluded.is_empty() { "[[event.change]]" } else { "excluded_dates" };
    let problem = report.error(span.clone(), format!("the event does not repeat, so it can have no `{what}`"));
    problem.help("write how it repeats, rrule = \"FREQ=WEEKLY\", or change the event itself");
    None
}

/// The end of the last day that the keys speak of.
fn horizon<'a>(written: impl Iterator<Item = &'a Placed<DateTime>>) -> Option<NaiveDateTime> {
    let days = written.filter_map(|written| {
        let date = written.value.0.date?;
        NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())?.succ_opt()?.succ_opt()
    });
    days.max().map(|day| day.and_time(NaiveTime::MIN))
}

impl Occurrences {
    fn new(when: &When, zone: Zone) -> Self {
        let (start, all_day) = match when {
            When::Timed { start, .. } => (start.local(), false),
            When::AllDay { start, .. } => (start.and_time(NaiveTime::MIN), true),
        };
        Self { zone, all_day, start, by_rule: Vec::new(), extra: BTreeMap::new(), excluded: BTreeMap::new() }
    }

    /// Reads the rule, of which the start must be the first occurrence.
    fn rule(&mut self, report: &mut Report, written: &Placed<String>) -> Option<Rule> {
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

    fn expand(&mut self, rule: Option<&Rule>, horizon: Option<NaiveDateTime>) {
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

    fn add_extra(&mut self, report: &mut Report, extra: &[Placed<DateTime>]) {
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

    fn exclude(&mut self, report: &mut Report, excluded: &[Placed<DateTime>]) {
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

    fn any_left(&self, rule: Option<&Rule>) -> bool {
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

    pub(super) fn start_at(&self, local: NaiveDateTime) -> Start {
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
    fn warn_of_clock_changes(&self, report: &mut Report, rule: &Rule, span: &Range<usize>, changes: &[Change]) {
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
