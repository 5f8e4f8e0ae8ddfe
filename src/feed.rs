//! Feeds: which events fit, and one VCALENDAR of them (RFC 5545 §3.4, RFC 7986). It does not know which events belong to a feed, nor
//! where it is served.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::color::Color;
use crate::event::Event;
use crate::text::Writer;
use crate::time::Zone;

/// Who made the feed (RFC 5545 §3.7.3). Without a version: an upgrade alone must not change what subscribers have.
const PRODUCT: &str = "-//Handbill//Community events//EN";

/// What a feed says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Its name in calendar programs; one line.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// Its color in calendar programs.
    pub color: Option<Color>,
    /// The calendar's zone.
    pub zone: Zone,
    /// How often to come again; whole minutes, at least one.
    pub refresh: chrono::TimeDelta,
}

/// From the first start of an event to the end of its last occurrence.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// When it first starts.
    pub start: DateTime<Utc>,
    /// When its last occurrence ends; `None` when it goes on for ever.
    pub last_end: Option<DateTime<Utc>>,
}

/// Those of `events`, which come in the order of their [`rank`]s, that fit into `budget` bytes. The oldest past events leave first; if the
/// upcoming ones alone are too many, the farthest leave. `bytes` is asked only of events that may fit.
pub fn fitting<E>(events: impl Iterator<Item = E>, bytes: impl Fn(&E) -> usize, budget: usize) -> Vec<E> {
    let mut left = budget;
    let fits = |event: &E| {
        let rest = left.checked_sub(bytes(event));
        left = rest.unwrap_or_default();
        rest.is_some()
    };
    events.take_while(fits).collect()
}

/// Upcoming before past; the sooner, and the less long past, first.
pub type Rank = (bool, i64);

/// Which events a feed has room for first; `midnight` is the start of today.
#[must_use]
pub fn rank(span: Span, midnight: DateTime<Utc>) -> Rank {
    match span.last_end {
        Some(end) if end <= midnight => (true, -end.timestamp()),
        // What is under way or goes on for ever is as near as today.
        _ => (false, span.start.max(midnight).timestamp()),
    }
}

/// The zones that events name, each with the day of its earliest event: the calendar's first (`today` where there is no event), then by
/// name. UTC needs no VTIMEZONE.
pub fn zones<'a>(home: Zone, today: NaiveDate, events: impl Iterator<Item = &'a Event>) -> Vec<(Zone, NaiveDate)> {
    zones_of(home, today, events.map(|event| (event.first_day(), event.zone())))
}

/// The same of events of which only the first day and the zone are known.
pub fn zones_of(
    home: Zone,
    today: NaiveDate,
    days: impl Iterator<Item = (NaiveDate, Option<Zone>)>,
) -> Vec<(Zone, NaiveDate)> {
    let mut earliest: Option<NaiveDate> = None;
    let mut others: BTreeMap<&str, (Zone, NaiveDate)> = BTreeMap::new();
    for (day, zone) in days {
        earliest = Some(earliest.map_or(day, |earliest| earliest.min(day)));
        if let Some(zone) = zone.filter(|zone| *zone != home && !zone.is_utc()) {
            let (_, first) = others.entry(zone.name()).or_insert((zone, day));
            *first = (*first).min(day);
        }
    }
    std::iter::once((home, earliest.unwrap_or(today))).chain(others.into_values()).collect()
}

/// One VCALENDAR: `events` are folded VEVENTs, of `bytes` together; `zones` are those that they name, the calendar's always among them, each
/// with the day of its earliest event, for the rules of its VTIMEZONE.
#[must_use]
pub fn assemble(
    head: &Head,
    zones: &[(Zone, NaiveDate)],
    events: impl Iterator<Item = impl AsRef<[u8]>>,
    bytes: usize,
) -> Vec<u8> {
    let mut calendar = opening(head, zones);
    calendar.reserve_exact(bytes + CLOSING.len());
    for event in events {
        calendar.extend_from_slice(event.as_ref());
    }
    calendar.extend_from_slice(CLOSING);
    calendar
}

/// What ends a feed.
pub const CLOSING: &[u8] = b"END:VCALENDAR\r\n";

/// How many bytes a feed has beside its events.
#[must_use]
pub fn frame_bytes(head: &Head, zones: &[(Zone, NaiveDate)]) -> usize {
    opening(head, zones).len() + CLOSING.len()
}

/// What begins a feed: calendar properties before components (RFC 5545 §3.7), and the VTIMEZONEs, also in an empty feed: a calendar has at
/// least one component (§3.6).
#[must_use]
pub fn opening(head: &Head, zones: &[(Zone, NaiveDate)]) -> Vec<u8> {
    let mut writer = Writer::with_capacity(2048);
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0"] {
        writer.raw(line);
    }
    writer.property("PRODID", &[], PRODUCT);
    writer.raw("CALSCALE:GREGORIAN");
    names(&mut writer, head);
    let interval = format!("PT{}", minutes(head.refresh));
    writer.property("REFRESH-INTERVAL", &[("VALUE", "DURATION")], &interval);
    writer.property("X-PUBLISHED-TTL", &[], &interval);
    if let Some(color) = head.color {
        writer.property("COLOR", &[], color.css_name());
        writer.property("X-APPLE-CALENDAR-COLOR", &[], &color.hex());
    }
    for line in zones.iter().flat_map(|(zone, first)| zone.vtimezone(*first)) {
        writer.raw(&line);
    }
    writer.into_bytes()
}

/// The standard's properties and those that programs read instead: Google knows only X-WR-CALNAME.
fn names(writer: &mut Writer, head: &Head) {
    writer.text("NAME", &head.name);
    writer.text("X-WR-CALNAME", &head.name);
    if !head.description.is_empty() {
        writer.text("DESCRIPTION", &head.description);
        writer.text("X-WR-CALDESC", &head.description);
    }
    writer.property("X-WR-TIMEZONE", &[], head.zone.name());
}

/// Hours where they are whole, minutes otherwise (RFC 5545 §3.3.6).
fn minutes(interval: chrono::TimeDelta) -> String {
    let minutes = interval.num_minutes().max(1);
    if minutes % 60 == 0 { format!("{}H", minutes / 60) } else { format!("{minutes}M") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events as (day they start, day they end or None for ever, bytes); today is day 100.
    fn check(events: &[(i64, Option<i64>, usize)], budget: usize, expected: &[usize]) {
        let day = |day: i64| DateTime::from_timestamp(day * 86_400, 0).unwrap();
        let span = |(start, end, _): &(i64, Option<i64>, usize)| Span { start: day(*start), last_end: end.map(day) };
        let mut ranked: Vec<usize> = (0..events.len()).collect();
        ranked.sort_by_key(|index| rank(span(&events[*index]), day(100)));
        let mut chosen = fitting(ranked.into_iter(), |index| events[*index].2, budget);
        chosen.sort_unstable();
        assert_eq!(chosen, expected);
    }

    #[test]
    fn all_stay_while_they_fit() {
        check(&[(1, Some(2), 50), (200, Some(201), 50)], 100, &[0, 1]);
    }

    #[test]
    fn the_oldest_past_events_leave_first() {
        check(&[(1, Some(2), 50), (50, Some(51), 50), (200, Some(201), 50)], 100, &[1, 2]);
        check(&[(1, Some(2), 50), (50, Some(51), 50), (200, Some(201), 50)], 99, &[2]);
    }

    #[test]
    fn the_farthest_upcoming_events_leave_last() {
        check(&[(99, Some(100), 50), (110, Some(111), 50), (105, Some(106), 50)], 50, &[2]);
    }

    #[test]
    fn a_series_is_past_only_when_its_last_occurrence_is() {
        check(&[(1, None, 50), (90, Some(91), 50)], 50, &[0]);
        check(&[(1, Some(101), 50), (90, Some(91), 50)], 50, &[0]);
    }

    #[test]
    fn intervals_are_whole_hours_or_minutes() {
        assert_eq!(minutes(chrono::TimeDelta::minutes(60)), "1H");
        assert_eq!(minutes(chrono::TimeDelta::minutes(90)), "90M");
        assert_eq!(minutes(chrono::TimeDelta::seconds(5)), "1M");
    }
}
