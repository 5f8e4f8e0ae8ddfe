//! How an event repeats: rule, extra and excluded dates, in the zone whose wall clock the series keeps. It does not know texts.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::clocks::Clocks;
use super::fields::Fields;
use super::ledger::Ledger;
use super::stamp::{Stamp, stamps};
use super::when::Begin;
use crate::event::{Recurrence, Start};
use crate::partner::reasons::{NO_SECOND_RULE, OTHER_START, PERIOD, SECOND_RULE};
use crate::recurrence::{MAX_STEPS, Rule};
use crate::text::Line;
use crate::time::Zone;

/// The extra and the excluded dates of one event.
const MAX_DATES: usize = 2_000;
/// The occurrences of a second rule that become extra dates.
const MAX_FURTHER: usize = 200;
/// What it costs to expand a rule that ends, in days that are tried.
const EXPANSION: usize = 5_000;
/// Days that are tried to find the first occurrence of a rule.
const FIRST_STEPS: usize = 6_000;

/// A series while it is adopted.
pub(super) struct Series {
    /// What the start is by the wall clock of the series.
    local: NaiveDateTime,
    all_day: bool,
    zone: Zone,
    home: Zone,
    start: Start,
    /// Whether no zone has the clock that the partner's VTIMEZONE describes.
    odd: bool,
    pub(super) recurrence: Recurrence,
}

/// Adopts the recurrence of an event; `None` for an event that does not recur. `start` becomes what the series begins with: the first
/// occurrence of its rule, since programs differ about a start that the rule does not yield.
///
/// # Errors
/// Why the event cannot be held.
pub(super) fn adopt(
    fields: &Fields<'_>,
    begin: &Begin,
    start: &mut Start,
    clocks: &mut Clocks<'_>,
    ledger: &mut Ledger,
) -> Result<Option<Series>, &'static str> {
    if fields.rules.is_empty() && fields.extra.is_empty() {
        return Ok(None);
    }
    let all_day = matches!(start, Start::AllDay(_));
    let rules = fields.rules.split_first();
    let rule = rules.map(|(first, _)| Rule::adopt(first, all_day)).transpose();
    let refused = rule.as_ref().err().copied();
    let (rule, repaired) = rule.ok().flatten().map_or((None, false), |(rule, repaired)| (Some(rule), repaired));
    ledger.repaired_if(repaired, "a recurrence rule with parts that cannot be read");
    let mut series = Series::new(begin, start, rule, clocks, ledger);
    if let (Some(reason), Some((first, _))) = (refused, rules) {
        series.add_within_day(first, reason)?;
    }
    for line in &fields.extra {
        let dates = series.dates(line, fields.calendar, clocks);
        add(&mut series.recurrence.extra, dates, ledger);
        // A period (RFC 5545 §3.8.5.2) has an end of its own.
        for period in line.value.split(',').filter(|value| value.contains('/')) {
            ledger.tell(PERIOD, None, period);
        }
    }
    series.begin_with_rule(ledger)?;
    *start = series.start;
    if let Some((first, others)) = rules {
        series.both_ends(first, ledger);
        series.add_rules(others, ledger);
    }
    series.settle(begin, ledger);
    for line in &fields.excluded {
        let dates = series.dates(line, fields.calendar, clocks);
        add(&mut series.recurrence.excluded, dates, ledger);
    }
    series.sort(ledger);
    Ok(Some(series))
}

/// Adds dates, as far as there is room and they could be read.
fn add(dates: &mut Vec<Start>, more: Vec<Option<Start>>, ledger: &mut Ledger) {
    for date in more {
        match date {
            Some(date) if dates.len() < MAX_DATES => dates.push(date),
            Some(_) => ledger.repaired("extra or excluded dates beyond 2,000"),
            None => ledger.repaired("an extra or excluded date that cannot be read"),
        }
    }
}

impl Series {
    fn new(begin: &Begin, start: &mut Start, rule: Option<Rule>, clocks: &mut Clocks<'_>, ledger: &mut Ledger) -> Self {
        let home = clocks.home;
        let mut odd = false;
        let (zone, local) = match (begin.stamp, &*start) {
            (_, Start::AllDay(day)) => (home, day.and_time(NaiveTime::MIN)),
            (Stamp::Instant(instant), _) => (Zone::UTC, instant.naive_utc()),
            (stamp, Start::Timed(moment)) => {
                let (zone, exact) = clocks.series_zone(&begin.clock, moment.instant());
                odd = !exact;
                ledger.repaired_if(odd, "a series by a clock that no zone has");
                let local = if let Stamp::Wall(local) = stamp { local } else { moment.local() };
                (zone, local)
            }
        };
        let instant = start.instant(home);
        let zone = match zone {
            zone if clocks.agrees(zone, instant) => home,
            zone if zone.is_utc() => Zone::GMT,
            zone => zone,
        };
        if let (Start::Timed(moment), Stamp::Wall(_), true) = (&mut *start, begin.stamp, zone == home && rule.is_some())
        {
            // A series keeps the wall-clock time of its start, even where the clock jumps over that.
            *moment = home.resolve_leniently(local);
        }
        let own = (zone != home && rule.is_some()).then_some(zone);
        let recurrence = Recurrence { rule, extra: Vec::new(), excluded: Vec::new(), zone: own };
        Self { local, all_day: matches!(start, Start::AllDay(_)), zone, home, start: *start, odd, recurrence }
    }

    /// The occurrences of a rule that repeats within a day, if they are few.
    fn add_within_day(&mut self, text: &str, reason: &'static str) -> Result<(), &'static str> {
        if self.all_day {
            return Err(reason);
        }
        let found = Rule::adopt_within_day(text, self.local, self.zone).map_err(|_| reason)?;
        let found: Vec<Start> = found.into_iter().map(|local| self.at(local)).collect();
        self.recurrence.extra.extend(found);
        Ok(())
    }

    /// Lets the series begin with the first occurrence of its rule.
    fn begin_with_rule(&mut self, ledger: &mut Ledger) -> Result<(), &'static str> {
        let Some(rule) = &self.recurrence.rule else { return Ok(()) };
        match rule.first(self.local, self.zone, FIRST_STEPS) {
            Some(first) if first == self.local => {}
            Some(first) => {
                ledger.counted(OTHER_START, 1);
                ledger.tell(OTHER_START, Some(self.start), "");
                self.local = first;
                self.start = self.start_at(first);
            }
            None if self.recurrence.extra.is_empty() => return Err("a series without an occurrence"),
            None => {
                ledger.repaired("a recurrence rule without an occurrence");
                self.recurrence.rule = None;
                self.recurrence.zone = None;
            }
        }
        Ok(())
    }

    /// By a clock that no zone has, a series of few dates is exact as these dates.
    fn settle(&mut self, begin: &Begin, ledger: &mut Ledger) {
        let rule =
            self.recurrence.rule.as_ref().filter(|rule| self.odd && !rule.is_endless() && ledger.spend(EXPANSION));
        let Some(rule) = rule else { return };
        let locals: Vec<NaiveDateTime> = rule.occurrences(self.local, self.zone).take(MAX_FURTHER + 1).collect();
        if locals.len() <= MAX_FURTHER {
            let moment = |local| self.home.moment_of(begin.clock.instant(Stamp::Wall(local)));
            let dates: Vec<Start> = locals.into_iter().map(|local| Start::Timed(moment(local))).collect();
            self.recurrence.extra.extend(dates);
            self.recurrence.rule = None;
            self.recurrence.zone = None;
        }
    }

    /// A rule may end by COUNT or by UNTIL: of both, by the one that comes first.
    fn both_ends(&mut self, text: &str, ledger: &mut Ledger) {
        let upper = text.to_ascii_uppercase();
        if !(upper.contains("COUNT=") && upper.contains("UNTIL=") && ledger.spend(EXPANSION)) {
            return;
        }
        let parts: Vec<&str> = upper.split(';').filter(|part| !part.trim_start().starts_with("COUNT=")).collect();
        let Ok((until, _)) = Rule::adopt(&parts.join(";"), self.all_day) else { return };
        if let Some(rule) = &self.recurrence.rule {
            let by_until = until.occurrences(self.local, self.zone).take(MAX_DATES).count();
            if by_until < rule.occurrences(self.local, self.zone).take(MAX_DATES).count() {
                self.recurrence.rule = Some(until);
            }
        }
    }

    /// Further rules of one event, which no program should publish: their occurrences, where they are few.
    fn add_rules(&mut self, texts: &[&str], ledger: &mut Ledger) {
        for text in texts {
            let rule = Rule::adopt(text, self.all_day).ok().map(|(rule, _)| rule).filter(|rule| !rule.is_endless());
            let first = rule.as_ref().and_then(|rule| rule.first(self.local, self.zone, FIRST_STEPS));
            let found: Vec<NaiveDateTime> = match rule.filter(|_| first.is_some() && ledger.spend(EXPANSION)) {
                Some(rule) => rule.occurrences(self.local, self.zone).take(MAX_FURTHER + 1).collect(),
                None => Vec::new(),
            };
            if (1..=MAX_FURTHER).contains(&found.len()) {
                ledger.counted(SECOND_RULE, 1);
                ledger.tell(SECOND_RULE, None, text);
                let found: Vec<Start> = found.into_iter().map(|local| self.start_at(local)).collect();
                self.recurrence.extra.extend(found);
            } else {
                ledger.counted(NO_SECOND_RULE, 1);
                ledger.tell(NO_SECOND_RULE, None, text);
            }
        }
    }

    /// The occurrences that a property names.
    fn dates(&self, line: &Line<'_>, calendar: usize, clocks: &mut Clocks<'_>) -> Vec<Option<Start>> {
        let (zone, values) = stamps(line);
        let clock = clocks.clock(calendar, zone.as_deref());
        values.take(MAX_DATES + 1).map(|stamp| Some(self.occurrence(stamp?, |stamp| clock.instant(stamp)))).collect()
    }

    /// The occurrence that a value means: of a series on whole days its day, of a series at times a day means that day's
    /// occurrence.
    pub(super) fn occurrence(&self, stamp: Stamp, instant: impl Fn(Stamp) -> DateTime<Utc>) -> Start {
        match stamp {
            stamp if self.all_day => Start::AllDay(stamp.day()),
            Stamp::Day(day) => self.at(day.and_time(self.local.time())),
            stamp => {
                let instant = instant(stamp);
                // In the hour that the clock skips, the occurrence has the time that the rule gives it.
                match self.zone.moment_of(instant).local() {
                    local if local.time() == self.local.time() => self.at(local),
                    _ => self.skipped(instant).unwrap_or_else(|| Start::Timed(self.home.moment_of(instant))),
                }
            }
        }
    }

    /// The occurrence at an instant, if the clock jumps over its wall-clock time.
    fn skipped(&self, instant: DateTime<Utc>) -> Option<Start> {
        let day = self.zone.moment_of(instant).local().date();
        let moment = self.zone.resolve_leniently(day.and_time(self.local.time()));
        (moment.instant() == instant).then(|| self.at(moment.local()))
    }

    fn at(&self, local: NaiveDateTime) -> Start {
        match self.zone == self.home {
            true => Start::Timed(self.home.resolve_leniently(local)),
            false => Start::Timed(self.home.moment_of(self.zone.resolve_leniently(local).instant())),
        }
    }

    fn sort(&mut self, ledger: &mut Ledger) {
        self.recurrence.excluded.sort_unstable();
        self.recurrence.excluded.dedup();
        self.recurrence.extra.sort_unstable();
        self.recurrence.extra.dedup();
        if self.recurrence.rule.is_none() {
            // Without a rule the start is an occurrence of itself.
            self.recurrence.extra.retain(|extra| *extra != self.start);
        } else if self.recurrence.extra.last().is_some_and(|last| ledger.spend(self.cost(last.day()))) {
            let own = self.of_rule(&self.recurrence.extra);
            self.recurrence.extra.retain(|extra| !own.contains(extra));
        }
    }

    /// Adds the occurrences that are none so far; an exclusion of theirs is taken back.
    pub(super) fn include(&mut self, occurrences: &[Start], ledger: &mut Ledger) {
        let own = self.of_rule(occurrences);
        let excluded: BTreeSet<Start> = occurrences.iter().copied().collect();
        self.recurrence.excluded.retain(|start| !excluded.contains(start));
        let missing = occurrences.iter().filter(|start| !own.contains(start) && **start != self.start);
        let missing: Vec<Start> = missing.filter(|start| !self.recurrence.extra.contains(start)).copied().collect();
        for start in missing {
            ledger.repaired("a changed occurrence that the series does not have");
            self.recurrence.extra.push(start);
        }
        self.recurrence.extra.sort_unstable();
    }

    /// Whether an occurrence is taken out of the series.
    pub(super) fn excludes(&self, occurrence: Start) -> bool {
        self.recurrence.excluded.binary_search(&occurrence).is_ok()
    }

    /// Takes an occurrence out of the series.
    pub(super) fn exclude(&mut self, occurrence: Start) {
        self.recurrence.excluded.push(occurrence);
        self.recurrence.excluded.sort_unstable();
    }

    /// Which of these the rule yields.
    fn of_rule(&self, wanted: &[Start]) -> BTreeSet<Start> {
        let Some(rule) = &self.recurrence.rule else { return BTreeSet::from([self.start]) };
        let (Some(last), wanted) = (wanted.iter().max(), wanted.iter().copied().collect::<BTreeSet<Start>>()) else {
            return BTreeSet::new();
        };
        let last = last.local() + TimeDelta::days(2);
        let starts = rule.occurrences(self.local, self.zone).take(MAX_STEPS).take_while(|local| *local <= last);
        starts.map(|local| self.start_at(local)).filter(|start| wanted.contains(start)).collect()
    }

    fn start_at(&self, local: NaiveDateTime) -> Start {
        if self.all_day { Start::AllDay(local.date()) } else { self.at(local) }
    }

    /// How many days of the rule are tried to find these: what the search costs.
    pub(super) fn cost(&self, last: NaiveDate) -> usize {
        let days = (last - self.local.date()).num_days().max(0);
        usize::try_from(days).unwrap_or(MAX_STEPS).min(MAX_STEPS)
    }
}
