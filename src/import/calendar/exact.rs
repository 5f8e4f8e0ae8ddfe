//! What the reading of a calendar mends in a series, kept exactly where our files can hold it: as single dates and single changes. The rest
//! becomes a doubt.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime};

use crate::event::occurrences::{Occurrence, occurrences};
use crate::event::{Change, Event, Start, When};
use crate::import::Doubt;
use crate::partner::Told;
use crate::partner::reasons::{ALL_LATER, EXCLUSION_RULE, OTHER_START};
use crate::recurrence::{MAX_OCCURRENCES, Rule};
use crate::time::Zone;

/// Keeps what was mended in a series, and says what could not be.
pub(super) fn keep(event: &mut Event, told: &[&Told], zone: Zone) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let mut doubt = |key, text: String| doubts.push(Doubt { key, text });
    let about = |reason: &'static str| told.iter().filter(move |told| told.reason == reason);
    for told in about(EXCLUSION_RULE) {
        let rule = &told.text;
        match exclude(event, told, zone) {
            Some(()) => {
                doubt("excluded_dates", format!("the calendar excludes dates by a rule, {rule}: they are written out"))
            }
            None => doubt(
                "rrule",
                format!("the calendar excludes dates by a rule, {rule}, which is not kept: there are too many dates"),
            ),
        }
    }
    let ranges: Vec<Start> = about(ALL_LATER).filter_map(|told| told.on).collect();
    if let Some(first) = ranges.iter().min() {
        let day = first.day();
        match change_all_later(event, &ranges, zone) {
            Some(()) => doubt("rrule", format!("all dates from {day} on are changed: each is written out as a change")),
            None => doubt(
                "rrule",
                format!(
                    "the calendar changes all dates from {day} on; only that one is changed here, since there is no last one"
                ),
            ),
        }
    }
    let other_start = about(OTHER_START).find_map(|told| told.on);
    let is_before = |extra: &&Start| **extra < event.start();
    let earlier: BTreeSet<Start> = event
        .recurrence
        .iter()
        .flat_map(|recurrence| &recurrence.extra)
        .filter(is_before)
        .copied()
        .chain(other_start)
        .collect();
    if let Some(first) = earlier.first().copied() {
        let day = first.day();
        match write_out(event, &earlier, zone) {
            Some(()) => doubt(
                "extra_dates",
                format!(
                    "the calendar’s first date, {day}, is not one of its rule, and programs count from it in different ways: all dates are written out"
                ),
            ),
            None => {
                let extra = event.recurrence.iter_mut().flat_map(|recurrence| std::mem::take(&mut recurrence.extra));
                let later: Vec<Start> = extra.filter(|extra| !earlier.contains(extra)).collect();
                if let Some(recurrence) = &mut event.recurrence {
                    recurrence.extra = later;
                }
                event.changes.retain(|change| !earlier.contains(&change.of));
                let days: Vec<String> = earlier.iter().map(|start| start.day().to_string()).collect();
                doubt(
                    "start",
                    format!(
                        "the calendar also has {}, before the first date of its rule: left out, since a series begins with its rule",
                        days.join(", ")
                    ),
                );
            }
        }
    }
    doubts
}

/// All occurrences, if there is a last one and they are not too many.
fn all(event: &Event, zone: Zone) -> Option<Vec<Occurrence>> {
    let is_endless = event.recurrence.as_ref()?.rule.as_ref().is_some_and(Rule::is_endless);
    let all = if is_endless { Vec::new() } else { occurrences(event, zone, event.first_day(), NaiveDate::MAX) };
    (!is_endless && all.len() < MAX_OCCURRENCES).then_some(all)
}

/// Excludes the dates of an EXRULE (RFC 2445 §4.8.5.2), which counts from the start that the calendar gives.
fn exclude(event: &mut Event, told: &Told, zone: Zone) -> Option<()> {
    let begin = told.on?;
    let (rule, _) = Rule::adopt(&told.text, matches!(begin, Start::AllDay(_))).ok()?;
    let last = all(event, zone).map(|all| all.last().map_or(begin, |last| last.of));
    if last.is_none() && rule.is_endless() {
        return None;
    }
    let recurrence = event.recurrence.as_mut()?;
    let series_zone = recurrence.zone.unwrap_or(zone);
    let is_within = |start: &Start| last.is_none_or(|last| *start <= last);
    let dates =
        rule.occurrences(local(begin, series_zone, zone), series_zone).map(|local| at(local, begin, series_zone, zone));
    let dates: Vec<Start> = dates.take_while(is_within).take(MAX_OCCURRENCES + 1).collect();
    if dates.len() > MAX_OCCURRENCES {
        return None;
    }
    recurrence.excluded.extend(dates);
    recurrence.excluded.sort_unstable();
    recurrence.excluded.dedup();
    Some(())
}

/// What a start is by the wall clock of a series.
fn local(start: Start, series_zone: Zone, zone: Zone) -> NaiveDateTime {
    match start {
        Start::Timed(moment) if series_zone != zone => series_zone.moment_of(moment.instant()).local(),
        start => start.local(),
    }
}

/// The start that a time of a series' wall clock is, of the kind of another.
fn at(local: NaiveDateTime, like: Start, series_zone: Zone, zone: Zone) -> Start {
    match like {
        Start::AllDay(_) => Start::AllDay(local.date()),
        Start::Timed(_) if series_zone != zone => {
            Start::Timed(zone.moment_of(series_zone.resolve_leniently(local).instant()))
        }
        Start::Timed(_) => Start::Timed(zone.resolve_leniently(local)),
    }
}

/// Gives each date after one that is changed with all later ones (RANGE=THISANDFUTURE, RFC 5545 §3.2.13) a change of its own: what it
/// says, moved as far (§3.8.4.4).
fn change_all_later(event: &mut Event, ranges: &[Start], zone: Zone) -> Option<()> {
    let mut more = Vec::new();
    for occurrence in all(event, zone)?.iter().filter(|occurrence| occurrence.change.is_none()) {
        let of = ranges.iter().filter(|of| **of <= occurrence.of).max();
        let change = of.and_then(|of| event.changes.iter().find(|change| change.of == *of));
        if let Some(change) = change {
            let mut details = change.details.clone();
            details.when = moved(details.when, change.of, occurrence.of, zone)?;
            more.push(Change { of: occurrence.of, details });
        }
    }
    event.changes.extend(more);
    event.changes.sort_unstable_by_key(|change| change.of);
    Some(())
}

/// When an occurrence is that is as far from its own start as `when` is from another one's.
fn moved(when: When, of: Start, own: Start, zone: Zone) -> Option<When> {
    let start = match when.start() {
        Start::AllDay(day) => Start::AllDay(own.day().checked_add_signed(day - of.day())?),
        Start::Timed(moment) => {
            Start::Timed(zone.resolve_leniently(own.local().checked_add_signed(moment.local() - of.local())?))
        }
    };
    Some(when.starting(start, zone))
}

/// Makes single dates of a series and of these that are before it.
fn write_out(event: &mut Event, earlier: &BTreeSet<Start>, zone: Zone) -> Option<()> {
    let excluded = &event.recurrence.as_ref()?.excluded;
    let earlier = earlier.iter().filter(|start| !excluded.contains(start)).copied();
    let mut dates: BTreeSet<Start> = all(event, zone)?.iter().map(|occurrence| occurrence.of).chain(earlier).collect();
    let first = dates.pop_first()?;
    event.details.when = event.details.when.starting(first, zone);
    let recurrence = event.recurrence.as_mut()?;
    recurrence.extra = dates.into_iter().collect();
    recurrence.excluded.clear();
    (recurrence.rule, recurrence.zone) = (None, None);
    Some(())
}

/// Takes out the changes by which one date of a series on whole days is at a time, or the other way round: our files cannot hold them.
pub(super) fn apart(event: &mut Event) -> Vec<Change> {
    let is_day = |start: &Start| matches!(start, Start::AllDay(_));
    let is_other = |change: &mut Change| is_day(&change.of) != is_day(&change.details.when.start());
    let apart: Vec<Change> = event.changes.extract_if(.., is_other).collect();
    if let Some(recurrence) = &mut event.recurrence {
        recurrence.excluded.extend(apart.iter().map(|change| change.of));
        recurrence.excluded.sort_unstable();
    }
    apart
}
