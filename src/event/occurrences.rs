//! The single occurrences of an event, for lists and programs that expand no rules (RFC 5545 §3.8.5). Feeds pass rules on whole.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Details, Event, Recurrence, Start, When};
use crate::recurrence::MAX_OCCURRENCES;
use crate::time::Zone;

/// One occurrence of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// The start that names it in its series.
    pub of: Start,
    /// When it is.
    pub when: When,
    /// Its place in [`Event::changes`], if it differs from the series.
    pub change: Option<usize>,
}

impl Occurrence {
    /// What is true of this occurrence of `event`.
    #[must_use]
    pub fn details<'a>(&self, event: &'a Event) -> &'a Details {
        self.change.and_then(|change| event.changes.get(change)).map_or(&event.details, |change| &change.details)
    }
}

/// The occurrences whose own start lies on a day from `first` until `last` (exclusive), ascending; at most [`MAX_OCCURRENCES`]. An event
/// that does not recur has one, whenever it is.
#[must_use]
pub fn occurrences(event: &Event, zone: Zone, first: NaiveDate, last: NaiveDate) -> Vec<Occurrence> {
    let Some(recurrence) = &event.recurrence else {
        return vec![Occurrence { of: event.start(), when: event.details.when, change: None }];
    };
    let inside = |start: &Start| (first..last).contains(&start.day());
    let starts = starts(event, recurrence, zone).take_while(|start| start.day() < last).filter(inside);
    let extra = recurrence.extra.iter().copied().filter(inside);
    let mut occurrences: Vec<Occurrence> = extra
        .chain(starts)
        .filter(|start| recurrence.excluded.binary_search(start).is_err())
        .take(MAX_OCCURRENCES)
        .map(|start| occurrence(event, zone, start))
        .collect();
    occurrences.sort_unstable_by_key(|occurrence| occurrence.of);
    occurrences
}

/// When the last occurrence ends; `None` when there is no last one.
#[must_use]
pub fn last_end(event: &Event, zone: Zone) -> Option<DateTime<Utc>> {
    let own = event.details.when.end(zone);
    let Some(recurrence) = &event.recurrence else {
        return Some(own);
    };
    if recurrence.rule.as_ref().is_some_and(crate::recurrence::Rule::is_endless) {
        return None;
    }
    let last_of_rule = starts(event, recurrence, zone).last();
    let ends = last_of_rule.iter().chain(&recurrence.extra).map(|start| occurrence(event, zone, *start).when.end(zone));
    let changed = event.changes.iter().map(|change| change.details.when.end(zone));
    Some(ends.chain(changed).fold(own, DateTime::max))
}

/// The starts by the rule, or the event's own start where there are only extra dates.
fn starts<'a>(event: &'a Event, recurrence: &'a Recurrence, zone: Zone) -> impl Iterator<Item = Start> + 'a {
    let own = event.start();
    let series_zone = recurrence.zone.unwrap_or(zone);
    let local = match own {
        Start::Timed(moment) if series_zone != zone => series_zone.moment_of(moment.instant()).local(),
        _ => own.local(),
    };
    let start = move |local| match own {
        Start::Timed(_) if series_zone != zone => {
            Start::Timed(zone.moment_of(series_zone.resolve_leniently(local).instant()))
        }
        Start::Timed(_) => Start::Timed(zone.resolve_leniently(local)),
        Start::AllDay(_) => Start::AllDay(local.date()),
    };
    let by_rule = recurrence.rule.iter().flat_map(move |rule| rule.occurrences(local, series_zone)).map(start);
    by_rule.chain(recurrence.rule.is_none().then_some(own))
}

fn occurrence(event: &Event, zone: Zone, of: Start) -> Occurrence {
    match event.changes.binary_search_by_key(&of, |change| change.of) {
        Ok(change) => {
            let when = event.changes.get(change).map_or(event.details.when, |change| change.details.when);
            Occurrence { of, when, change: Some(change) }
        }
        Err(_) => Occurrence { of, when: event.details.when.starting(of, zone), change: None },
    }
}

impl Start {
    /// The local day.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        match self {
            Start::Timed(moment) => moment.local().date(),
            Start::AllDay(day) => *day,
        }
    }

    /// The wall-clock time; midnight for a whole day.
    #[must_use]
    pub fn local(&self) -> chrono::NaiveDateTime {
        match self {
            Start::Timed(moment) => moment.local(),
            Start::AllDay(day) => day.and_time(chrono::NaiveTime::MIN),
        }
    }

    /// The instant; for a whole day its first.
    #[must_use]
    pub fn instant(&self, zone: Zone) -> DateTime<Utc> {
        match self {
            Start::Timed(moment) => moment.instant(),
            Start::AllDay(day) => zone.start_of_day(*day),
        }
    }
}

impl When {
    /// The instant after the last.
    #[must_use]
    pub fn end(&self, zone: Zone) -> DateTime<Utc> {
        match *self {
            When::Timed { end, .. } => end.instant(),
            When::AllDay { end, .. } => zone.start_of_day(end),
        }
    }

    /// The same length from another start: exact for times (RFC 5545 §3.8.5.3), in days for whole days.
    #[must_use]
    pub fn starting(&self, of: Start, zone: Zone) -> When {
        match (*self, of) {
            (When::Timed { start, end, end_announced }, Start::Timed(new)) => {
                let end = zone.moment_of(new.instant() + (end.instant() - start.instant()));
                When::Timed { start: new, end, end_announced }
            }
            (When::AllDay { start, end }, of) => {
                let days: TimeDelta = end - start;
                When::AllDay { start: of.day(), end: of.day() + days }
            }
            (when @ When::Timed { .. }, Start::AllDay(_)) => when,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Change, sample};
    use super::*;
    use crate::recurrence::Rule;

    fn timed(text: &str) -> Start {
        Start::Timed(sample::at(text))
    }

    fn series(rule: &str) -> Event {
        let mut event = sample::event("2021-03-06T18:00:00", "2021-03-06T20:00:00");
        event.recurrence = Some(Box::new(Recurrence {
            rule: Some(Rule::parse(rule).unwrap()),
            extra: vec![],
            excluded: vec![],
            zone: None,
        }));
        event
    }

    /// The starts and ends of the occurrences from a day (inclusive) to a day (exclusive), in UTC.
    fn check(event: &Event, first: &str, last: &str, expected: &[&str]) {
        let found = occurrences(event, sample::zone(), first.parse().unwrap(), last.parse().unwrap());
        let times: Vec<String> = found
            .iter()
            .map(|o| {
                let start = o.when.start().instant(sample::zone());
                format!("{} {}", start.format("%m-%dT%H:%M"), o.when.end(sample::zone()).format("%m-%dT%H:%M"))
            })
            .collect();
        assert_eq!(times, expected);
    }

    #[test]
    fn a_series_keeps_its_wall_clock_time_when_the_clocks_change() {
        let event = series("FREQ=WEEKLY;COUNT=3");
        check(
            &event,
            "2021-01-01",
            "2022-01-01",
            &["03-07T00:00 03-07T02:00", "03-14T00:00 03-14T02:00", "03-20T23:00 03-21T01:00"],
        );
        assert_eq!(last_end(&event, sample::zone()).unwrap().to_rfc3339(), "2021-03-21T01:00:00+00:00");
    }

    #[test]
    fn extra_excluded_and_changed_dates_are_in_their_places() {
        let mut event = series("FREQ=WEEKLY;COUNT=3");
        let mut moved = event.details.clone();
        moved.when = When::Timed {
            start: sample::at("2021-03-15T09:00:00"),
            end: sample::at("2021-03-15T10:00:00"),
            end_announced: true,
        };
        event.changes = vec![Change { of: timed("2021-03-13T18:00:00"), details: moved }];
        let recurrence = event.recurrence.as_mut().unwrap();
        recurrence.extra = vec![timed("2021-03-08T12:00:00")];
        recurrence.excluded = vec![timed("2021-03-06T18:00:00")];
        let expected = ["03-08T18:00 03-08T20:00", "03-15T14:00 03-15T15:00", "03-20T23:00 03-21T01:00"];
        check(&event, "2021-01-01", "2022-01-01", &expected);
    }

    #[test]
    fn a_series_of_another_zone_keeps_that_zones_wall_clock() {
        // 18:00 in Chicago on March 6 is midnight in London, which changes its clocks two weeks later.
        let mut event = series("FREQ=WEEKLY;COUNT=4");
        event.recurrence.as_mut().unwrap().zone = Zone::parse("Europe/London");
        let expected = [
            "03-07T00:00 03-07T02:00",
            "03-14T00:00 03-14T02:00",
            "03-21T00:00 03-21T02:00",
            "03-28T00:00 03-28T02:00",
        ];
        check(&event, "2021-01-01", "2022-01-01", &expected);
    }

    #[test]
    fn only_the_window_is_listed() {
        check(&series("FREQ=DAILY"), "2021-05-01", "2021-05-02", &["05-01T23:00 05-02T01:00"]);
        assert_eq!(last_end(&series("FREQ=DAILY"), sample::zone()), None);
        let day = |text: &str| text.parse().unwrap();
        let most = occurrences(&series("FREQ=DAILY"), sample::zone(), day("2021-01-01"), day("2031-01-01"));
        assert_eq!(most.len(), MAX_OCCURRENCES);
    }

    #[test]
    fn an_event_that_does_not_recur_is_always_listed() {
        let event = sample::event("2021-03-06T18:00:00", "2021-03-06T20:00:00");
        check(&event, "2025-01-01", "2026-01-01", &["03-07T00:00 03-07T02:00"]);
    }
}
