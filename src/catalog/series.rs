//! How an event repeats: its rule, further and excluded occurrences, and single occurrences that differ. It writes no iCalendar.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::config::Config;
use crate::document::{DateTime, Placed, Report};
use crate::event::{Change, Details, Recurrence};
use crate::name::Slug;

use super::change;
use super::occurrences::{Occurrences, second_pass};
use super::raw::{RawChange, Text};

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
