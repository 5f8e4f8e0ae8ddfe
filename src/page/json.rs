//! Events as JSON for programs: an array of the objects that FullCalendar reads, and the directory of feeds.

use serde::Serialize;

use super::{Item, text};
use crate::event::occurrences::Occurrence;
use crate::event::{Details, Event, Place, Start, Status, View, When, words};
use crate::language::Language;
use crate::time::Zone;

/// What the objects depend on beside the events.
#[derive(Debug, Clone, Copy)]
pub struct Style<'a> {
    /// The calendar's zone.
    pub zone: Zone,
    /// The main language.
    pub main: Language,
    /// Which texts to give.
    pub view: View,
    /// What links begin with, in the form `https://host/es`.
    pub address: &'a str,
}

/// FullCalendar's names (`id` to `url`), then ours.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_id: Option<&'a str>,
    title: String,
    start: String,
    end: String,
    all_day: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    page: String,
    uid: &'a str,
    sequence: u32,
    updated: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    description: String,
    end_announced: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    venue: Option<VenueObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signup: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<&'a str>,
    organizations: Vec<Named<'a>>,
    tags: &'a [crate::name::Slug],
}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct VenueObject<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    longitude: Option<f64>,
}

/// The JSON array of all occurrences of `items`, an object a line, times with their offset (RFC 3339).
#[must_use]
pub fn events<'a>(items: impl Iterator<Item = Item<'a>>, style: Style<'_>) -> Vec<u8> {
    let mut json = b"[".to_vec();
    for item in items {
        for occurrence in item.occurrences {
            json.extend_from_slice(if json.len() > 1 { b",\n" } else { b"\n" });
            text::write_json(&mut json, &object(item, occurrence, style));
        }
    }
    json.extend_from_slice(b"\n]\n");
    json
}

fn object<'a>(item: Item<'a>, occurrence: &Occurrence, style: Style<'_>) -> Object<'a> {
    let event = item.event;
    let details = occurrence.details(event);
    let language = if let View::Only(language) = style.view { language } else { style.main };
    let recurs = event.recurrence.is_some();
    Object {
        id: if recurs { format!("{}/{}", event.id, key(occurrence.of)) } else { event.id.to_string() },
        group_id: recurs.then(|| event.id.as_str()),
        title: words::title(details, style.main, style.view).into_owned(),
        start: start(occurrence.when, style.zone),
        end: end(occurrence.when, style.zone),
        all_day: matches!(occurrence.when, When::AllDay { .. }),
        url: details.url.as_deref(),
        page: format!("{}/event/{}", style.address, event.id),
        uid: &event.uid,
        sequence: item.revision.sequence,
        updated: item.revision.modified.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        status: status(details.status),
        reason: words::Texts::of(details, style.main, language).reason,
        description: words::description(event, details, style.main, style.view),
        end_announced: !matches!(occurrence.when, When::Timed { end_announced: false, .. }),
        location: details.place.as_ref().map(words::location),
        venue: venue(details),
        signup: details.signup.as_deref(),
        contact: details.contact.as_deref(),
        organizations: event.organizations.iter().map(|o| Named { id: o.slug.as_str(), name: &o.name }).collect(),
        tags: &event.tags,
    }
}

fn venue(details: &Details) -> Option<VenueObject<'_>> {
    let Some(Place::Venue(venue)) = &details.place else {
        return None;
    };
    Some(VenueObject {
        id: venue.slug.as_str(),
        name: &venue.name,
        address: venue.address.as_deref(),
        latitude: venue.position.map(|(latitude, _)| latitude),
        longitude: venue.position.map(|(_, longitude)| longitude),
    })
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Confirmed => "confirmed",
        Status::Tentative => "tentative",
        Status::Postponed => "postponed",
        Status::Cancelled => "cancelled",
    }
}

/// The start that names an occurrence in its series, as in RECURRENCE-ID.
fn key(of: Start) -> String {
    match of {
        Start::Timed(moment) => moment.local().format("%Y%m%dT%H%M%S").to_string(),
        Start::AllDay(day) => day.format("%Y%m%d").to_string(),
    }
}

/// The start: a date, or a time with its offset.
fn start(when: When, zone: Zone) -> String {
    match when {
        When::Timed { start, .. } => zone.rfc3339(&start),
        When::AllDay { start, .. } => start.to_string(),
    }
}

/// The end, exclusive.
fn end(when: When, zone: Zone) -> String {
    match when {
        When::Timed { end, .. } => zone.rfc3339(&end),
        When::AllDay { end, .. } => end.to_string(),
    }
}

/// One feed in the directory.
#[derive(Debug, Serialize)]
pub struct Entry<'a> {
    /// `all`, `org`, `tag`, `venue` or `partner`.
    pub kind: &'static str,
    /// The last part of its address.
    pub id: &'a str,
    /// Its name for people.
    pub name: &'a str,
    /// The address of the feed.
    pub ics: String,
    /// The address of the same events as JSON.
    pub json: String,
    /// The address of its page.
    pub page: String,
    /// How many events it has; a series counts once.
    pub events: usize,
    /// The next occurrence from today on.
    pub next: Option<Next<'a>>,
}

/// The next occurrence in a feed.
#[derive(Debug, Serialize)]
pub struct Next<'a> {
    /// The event's id.
    pub id: &'a str,
    /// Its title in the main language.
    pub title: String,
    /// A date, or a time with its offset.
    pub start: String,
}

impl<'a> Next<'a> {
    /// The next occurrence as the directory tells it.
    #[must_use]
    pub fn of(event: &'a Event, occurrence: &Occurrence, zone: Zone, main: Language) -> Self {
        let title = words::title(occurrence.details(event), main, View::All).into_owned();
        Self { id: event.id.as_str(), title, start: start(occurrence.when, zone) }
    }
}

/// `{"feeds": [...]}`, a feed a line.
#[must_use]
pub fn directory<'a>(entries: impl Iterator<Item = Entry<'a>>) -> Vec<u8> {
    let mut json = b"{\"feeds\": [".to_vec();
    for (index, entry) in entries.enumerate() {
        json.extend_from_slice(if index > 0 { b",\n" } else { b"\n" });
        text::write_json(&mut json, &entry);
    }
    json.extend_from_slice(b"\n]}\n");
    json
}
