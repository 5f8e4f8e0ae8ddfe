//! The VEVENT content lines of an event (RFC 5545 §3.6.1), in all languages or in one. It does not assemble calendars.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Utc};

use super::{Change, Details, Event, Place, Recurrence, Revision, Start, Status, Venue, When, words};
use crate::config::Cancelled;
use crate::language::Language;
use crate::text::Writer;
use crate::time::{Moment, Zone};

/// Up to so many extra or excluded dates stand on lines of their own; of more of them, so many stand on one.
const FEW_DATES: usize = 50;
const DATES_A_LINE: usize = 100;

/// Which languages a feed holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// The main language's title; the texts of all languages, the main one first.
    All,
    /// One language's texts; the main language's where it has none.
    Only(Language),
}

/// What the content lines of every event depend on beside the event.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// The calendar's zone.
    pub zone: Zone,
    /// The main language.
    pub main: Language,
    /// How a cancelled event is marked.
    pub cancelled: Cancelled,
}

/// The VEVENT of an event and of each of its changed occurrences: folded content lines, each ending in CRLF.
#[must_use]
pub fn vevents(event: &Event, revision: Revision, style: Style, view: View) -> Vec<u8> {
    let mut writer = Writer::with_capacity(1024 + event.details.description.len());
    write_vevents(&mut writer, event, revision, style, view);
    writer.into_bytes()
}

/// Writes what [`vevents`] is.
pub fn write_vevents(writer: &mut Writer, event: &Event, revision: Revision, style: Style, view: View) {
    let lines = Lines { event, revision, style, view };
    lines.vevent(writer, &event.details, None);
    for change in &event.changes {
        lines.vevent(writer, &change.details, Some(change));
    }
}

struct Lines<'a> {
    event: &'a Event,
    revision: Revision,
    style: Style,
    view: View,
}

impl Lines<'_> {
    fn vevent(&self, writer: &mut Writer, details: &Details, change: Option<&Change>) {
        writer.constant("BEGIN:VEVENT");
        self.identity(writer);
        if let Some(change) = change {
            self.start(writer, "RECURRENCE-ID", change.of);
        }
        self.when(writer, details.when, change.is_none() && self.event.recurrence.is_some());
        if let (None, Some(recurrence)) = (change, &self.event.recurrence) {
            self.recurrence(writer, recurrence);
        }
        self.texts(writer, details);
        place(writer, details.place.as_ref());
        if let Some(url) = &details.url {
            writer.property("URL", &[], url);
        }
        writer.text_list("CATEGORIES", self.event.tags.iter().map(crate::name::Slug::as_str));
        if let Some(contact) = &details.contact {
            writer.text("CONTACT", contact);
        }
        writer.known("STATUS", &[], self.status(details.status));
        // A public event must not mark its subscribers busy (RFC 5545 §3.8.2.7; Outlook reads its own property).
        writer.constant("TRANSP:TRANSPARENT");
        writer.constant("X-MICROSOFT-CDO-BUSYSTATUS:FREE");
        writer.constant("END:VEVENT");
    }

    /// Without METHOD, DTSTAMP is the time of the last revision (RFC 5545 §3.8.7.2).
    fn identity(&self, writer: &mut Writer) {
        let modified = utc(self.revision.modified);
        writer.text("UID", &self.event.uid);
        writer.known("DTSTAMP", &[], modified.as_str());
        writer.known("LAST-MODIFIED", &[], modified.as_str());
        writer.known("SEQUENCE", &[], &self.revision.sequence.to_string());
    }

    /// Start and end. The hour that the autumn repeats has no exact form in the zone (RFC 5545 §3.3.5 knows only its first pass, and
    /// programs differ), so a time in it is written in UTC, and the other one with it: both are of one form. A series must
    /// keep its wall clock; where that shows an end that is not after the start, the length says it.
    fn when(&self, writer: &mut Writer, when: When, is_series: bool) {
        let twice = |moment| self.zone().occurs_twice(self.local(moment));
        match when {
            When::Timed { start, end, .. } if !is_series && (twice(start) || twice(end)) => {
                writer.known("DTSTART", &[], utc(start.instant()).as_str());
                writer.known("DTEND", &[], utc(end.instant()).as_str());
            }
            When::Timed { start, end, .. } if self.local(end) <= self.local(start) => {
                self.moment(writer, "DTSTART", start);
                let seconds = (end.instant() - start.instant()).num_seconds();
                writer.known("DURATION", &[], &format!("PT{seconds}S"));
            }
            When::Timed { start, end, .. } => {
                self.moment(writer, "DTSTART", start);
                self.moment(writer, "DTEND", end);
            }
            When::AllDay { start, end } => {
                day(writer, "DTSTART", start);
                day(writer, "DTEND", end);
            }
        }
    }

    fn recurrence(&self, writer: &mut Writer, recurrence: &Recurrence) {
        if let Some(rule) = &recurrence.rule {
            let all_day = matches!(self.event.start(), Start::AllDay(_));
            writer.property("RRULE", &[], &rule.value(all_day, self.zone()));
        } else {
            // The start is an occurrence without it (RFC 5545 §3.8.5.2), but several programs then show the extra dates only.
            writer.constant("RRULE:FREQ=DAILY;COUNT=1");
        }
        self.dates(writer, "RDATE", &recurrence.extra);
        self.dates(writer, "EXDATE", &recurrence.excluded);
    }

    /// Dates of a series: a line for each while they are few, since some programs read only the first of a line.
    fn dates(&self, writer: &mut Writer, name: &'static str, dates: &[Start]) {
        let a_line = if dates.len() > FEW_DATES { DATES_A_LINE } else { 1 };
        for dates in dates.chunks(a_line) {
            self.starts(writer, name, dates);
        }
    }

    fn start(&self, writer: &mut Writer, name: &'static str, start: Start) {
        self.starts(writer, name, &[start]);
    }

    /// Starts, all of one kind, in one property.
    fn starts(&self, writer: &mut Writer, name: &'static str, starts: &[Start]) {
        let value = |start: &Start| match start {
            Start::Timed(moment) => self.time(*moment),
            Start::AllDay(date) => Digits::day(*date),
        };
        let zone = [("TZID", self.zone().name())];
        let parameters: &[(&'static str, &'static str)] = match starts.first() {
            Some(Start::AllDay(_)) => &[("VALUE", "DATE")],
            _ if self.zone().is_utc() => &[],
            _ => &zone,
        };
        if let [start] = starts {
            return writer.known(name, parameters, value(start).as_str());
        }
        let mut values = String::with_capacity(17 * starts.len());
        for (number, digits) in starts.iter().map(value).enumerate() {
            values.push_str(if number == 0 { "" } else { "," });
            values.push_str(digits.as_str());
        }
        writer.known(name, parameters, &values);
    }

    fn moment(&self, writer: &mut Writer, name: &'static str, moment: Moment) {
        self.start(writer, name, Start::Timed(moment));
    }

    /// A wall-clock time in the event's zone; UTC has a form of its own (RFC 5545 §3.3.5).
    fn time(&self, moment: Moment) -> Digits {
        match self.zone() {
            zone if zone.is_utc() => utc(moment.instant()),
            _ => Digits::of(self.local(moment), false),
        }
    }

    /// The zone whose wall clock the event keeps.
    fn zone(&self) -> Zone {
        self.event.recurrence.as_ref().and_then(|recurrence| recurrence.zone).unwrap_or(self.style.zone)
    }

    fn local(&self, moment: Moment) -> NaiveDateTime {
        let zone = self.zone();
        if zone == self.style.zone { moment.local() } else { zone.moment_of(moment.instant()).local() }
    }

    fn texts(&self, writer: &mut Writer, details: &Details) {
        writer.text("SUMMARY", &words::title(details, self.style.main, self.view));
        let description = words::description(self.event, details, self.style.main, self.view);
        if !description.is_empty() {
            writer.text("DESCRIPTION", &description);
        }
    }

    /// Google hides what is CANCELLED, so that people would never learn of it: by default only the words say it.
    fn status(&self, status: Status) -> &'static str {
        match (status, self.style.cancelled) {
            (Status::Cancelled, Cancelled::Status) => "CANCELLED",
            (Status::Tentative | Status::Postponed, _) => "TENTATIVE",
            (Status::Confirmed | Status::Cancelled, _) => "CONFIRMED",
        }
    }
}

/// LOCATION, and for a venue with a position GEO and Apple's form of it, whose title and address must equal LOCATION's lines or
/// Apple shows no map.
fn place(writer: &mut Writer, place: Option<&Place>) {
    let Some(place) = place else { return };
    match place {
        Place::Text(text) => writer.text("LOCATION", text),
        Place::Venue(_) => writer.text("LOCATION", &words::location(place)),
    }
    if let Place::Venue(venue) = place
        && let Some((latitude, longitude)) = venue.position
    {
        writer.property("GEO", &[], &format!("{latitude};{longitude}"));
        structured_location(writer, venue, latitude, longitude);
    }
}

/// The radius around the point, in meters, for which Apple's programs take a subscriber to be there.
const APPLE_RADIUS: &str = "70";

fn structured_location(writer: &mut Writer, venue: &Venue, latitude: f64, longitude: f64) {
    let mut parameters = vec![("VALUE", "URI")];
    if let Some(address) = &venue.address {
        parameters.push(("X-ADDRESS", address));
    }
    parameters.extend([("X-APPLE-RADIUS", APPLE_RADIUS), ("X-TITLE", venue.name.as_str())]);
    writer.property("X-APPLE-STRUCTURED-LOCATION", &parameters, &format!("geo:{latitude},{longitude}"));
}

fn day(writer: &mut Writer, name: &'static str, date: NaiveDate) {
    writer.known(name, &[("VALUE", "DATE")], Digits::day(date).as_str());
}

fn utc(instant: DateTime<Utc>) -> Digits {
    Digits::of(instant.naive_utc(), true)
}

/// A date and time (RFC 5545 §3.3.5), written without the detour of a pattern: feeds are full of them.
struct Digits {
    bytes: [u8; 16],
    length: usize,
}

impl Digits {
    /// `19980119T020000`, with a `Z` for UTC. Years have four digits: no event has others.
    fn of(time: NaiveDateTime, is_utc: bool) -> Self {
        let two = |number: u32| [b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8];
        let year = time.year().unsigned_abs();
        let [[a, b], [c, d], [e, f], [g, h]] = [year / 100, year % 100, time.month(), time.day()].map(two);
        let [[i, j], [k, l], [m, n]] = [time.hour(), time.minute(), time.second()].map(two);
        let bytes = [a, b, c, d, e, f, g, h, b'T', i, j, k, l, m, n, b'Z'];
        Self { bytes, length: if is_utc { 16 } else { 15 } }
    }

    /// `19980119`.
    fn day(date: NaiveDate) -> Self {
        Self { length: 8, ..Self::of(date.and_time(NaiveTime::MIN), false) }
    }

    fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::recurrence::Rule;

    /// How many properties so many excluded dates become, and that none of the dates is lost.
    fn check(dates: usize, all_day: bool, properties: usize) {
        let mut event = sample::event("2021-03-06T18:00:00", "2021-03-06T20:00:00");
        let days = event.start().day().iter_days();
        let start = |day: NaiveDate| match all_day {
            true => Start::AllDay(day),
            false => Start::Timed(sample::zone().resolve_leniently(day.and_hms_opt(18, 0, 0).unwrap())),
        };
        let excluded: Vec<Start> = days.take(dates).map(start).collect();
        let rule = Some(Rule::parse("FREQ=DAILY").unwrap());
        event.recurrence = Some(Box::new(Recurrence { rule, extra: Vec::new(), excluded, zone: None }));
        let style = Style { zone: sample::zone(), main: Language::ENGLISH, cancelled: Cancelled::Announce };
        let revision = Revision { sequence: 0, modified: DateTime::UNIX_EPOCH };
        let text = String::from_utf8(vevents(&event, revision, style, View::All)).unwrap().replace("\r\n ", "");
        let parameter = if all_day { "VALUE=DATE" } else { "TZID=America/Chicago" };
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with(&format!("EXDATE;{parameter}:"))).collect();
        assert_eq!(lines.len(), properties, "{dates} dates");
        assert_eq!(lines.iter().map(|line| line.split(',').count()).sum::<usize>(), dates);
    }

    #[test]
    fn few_dates_stand_alone_and_many_together() {
        check(1, false, 1);
        check(50, false, 50);
        check(51, false, 1);
        check(101, true, 2);
        check(2_000, false, 20);
    }
}
