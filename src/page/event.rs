//! The page of one event: everything about it, and how to add it. It does not know whose feeds it is in.

use askama::Template;

use super::list::{Mark, fallen_back, machine};
use super::phrases::{Phrases, filled};
use super::shell::{Shell, cut};
use super::subscribe::encoded;
use super::text::{self, Markup};
use super::{Around, Item, Named, dates};
use crate::event::occurrences::Occurrence;
use crate::event::words::{Texts, location};
use crate::event::{Details, Event, Place, Venue, When};

mod add;
mod linked_data;

use add::Add;

/// The most dates ahead that are listed.
const MOST_DATES: usize = 120;

#[derive(Template)]
#[template(path = "event.html")]
struct Page<'a> {
    shell: Shell<'a>,
    p: &'static Phrases,
    title: &'a str,
    /// The language of the texts, where it is not the page's.
    language: Option<String>,
    mark: Option<Mark>,
    reason: Option<&'a str>,
    changed: Option<String>,
    over: bool,
    when: String,
    machine: String,
    zone: Option<String>,
    end_announced: bool,
    dates: Vec<Date>,
    place: Vec<Markup>,
    venue: Option<Named<'a>>,
    map: Option<Map>,
    description: Markup,
    host: Option<Named<'a>>,
    /// `Subscribe to NAME`.
    subscribe: String,
    supporters: Vec<Named<'a>>,
    tags: Vec<Named<'a>>,
    contact: Option<Markup>,
    sources: Vec<Source<'a>>,
    signup: Option<&'a str>,
    url: Option<&'a str>,
    add: Add,
    updated: String,
    linked_data: Markup,
}

/// A date of a series.
struct Date {
    text: String,
    machine: String,
    mark: Option<Mark>,
    /// Why it does not take place, or where it does.
    note: Option<String>,
    differs: bool,
}

/// A partner that publishes the event.
struct Source<'a> {
    partner: Named<'a>,
    url: Option<&'a str>,
}

/// Links to a place on maps: links only, nothing is fetched.
#[derive(Debug, Clone)]
pub(super) struct Map {
    /// For map programs (RFC 5870), where the position is known.
    pub(super) geo: Option<String>,
    /// OpenStreetMap.
    pub(super) web: String,
}

impl Map {
    pub(super) fn of(venue: &Venue) -> Self {
        let sought = venue.address.as_deref().unwrap_or(&venue.name);
        match venue.position {
            Some((latitude, longitude)) => Self {
                geo: Some(format!("geo:{latitude},{longitude}?q={latitude},{longitude}({})", encoded(&venue.name))),
                web: format!(
                    "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=18/{latitude}/{longitude}"
                ),
            },
            None => Self { geo: None, web: search(sought) },
        }
    }

    fn of_place(place: &Place) -> Option<Self> {
        match place {
            Place::Venue(venue) => Some(Self::of(venue)),
            // Meetings online have a link for a place.
            Place::Text(text) if text.contains("://") => None,
            Place::Text(text) => Some(Self { geo: None, web: search(&text.replace('\n', ", ")) }),
        }
    }
}

fn search(text: &str) -> String {
    format!("https://www.openstreetmap.org/search?query={}", encoded(text))
}

/// The page of an event, in HTML. Of a series it tells the next date, or the last.
#[must_use]
pub fn html<'a>(item: Item<'a>, around: &Around<'a>) -> Vec<u8> {
    let (event, phrases) = (item.event, around.phrases());
    let shown = shown(item, around);
    let details = shown.map_or(&event.details, |occurrence| occurrence.details(event));
    let when = shown.map_or(details.when, |occurrence| occurrence.when);
    let texts = Texts::of(details, around.main(), around.language());
    let path = format!("event/{}", event.id);
    let about = format!("{}. {}", dates::whole(when, phrases), texts.description);
    let organization = |organization: &'a std::sync::Arc<crate::event::Organization>| {
        Named::new("org", organization.slug.as_str(), organization.name.as_str())
    };
    let is_ahead = when.end(around.zone) > around.zone.start_of_day(around.today);
    let changed = item.revision.sequence > 0 && is_ahead;
    let updated = around.zone.moment_of(item.revision.modified).local();
    let page = Page {
        p: phrases,
        title: texts.title,
        language: fallen_back(details, around),
        mark: Mark::of(details.status, phrases),
        reason: texts.reason,
        changed: changed.then(|| dates::moment(updated, phrases)),
        over: !is_ahead,
        when: dates::whole(when, phrases),
        machine: machine(when, around),
        zone: matches!(when, When::Timed { .. }).then(|| filled(phrases.local_time, &around.city())),
        end_announced: !matches!(when, When::Timed { end_announced: false, .. }),
        dates: dates_ahead(item, around),
        place: details
            .place
            .iter()
            .flat_map(|place| location(place).lines().map(text::line).collect::<Vec<_>>())
            .collect(),
        venue: details.place.as_ref().and_then(venue),
        map: details.place.as_ref().and_then(Map::of_place),
        description: text::paragraphs(texts.description),
        subscribe: filled(
            phrases.subscribe_to,
            event.organizations.first().map_or(around.name, |host| host.name.as_str()),
        ),
        host: event.organizations.first().map(organization),
        supporters: event.organizations.iter().skip(1).map(organization).collect(),
        tags: event.tags.iter().map(|tag| Named::tag(tag.as_str())).collect(),
        contact: details.contact.as_deref().map(text::line),
        sources: event
            .origins
            .iter()
            .map(|origin| Source {
                partner: Named::new("partner", origin.partner.as_str(), origin.name.as_str()),
                url: origin.url.as_deref(),
            })
            .collect(),
        signup: details.signup.as_deref(),
        url: details.url.as_deref(),
        add: Add::new(event, details, when, around),
        updated: filled(phrases.updated, &dates::date(updated.date(), phrases)),
        linked_data: text::json(&linked_data::event(event, details, when, around)),
        shell: Shell::new(around, &path, texts.title, &cut(&about, 200)).with_forms(&path),
    };
    super::rendered(&page)
}

/// The occurrence that the page is about: the next one, or the last.
fn shown<'a>(item: Item<'a>, around: &Around<'_>) -> Option<&'a Occurrence> {
    let midnight = around.zone.start_of_day(around.today);
    let ahead = item.occurrences.iter().find(|occurrence| occurrence.when.end(around.zone) > midnight);
    ahead.or(item.occurrences.last())
}

fn dates_ahead(item: Item<'_>, around: &Around<'_>) -> Vec<Date> {
    if item.event.recurrence.is_none() {
        return Vec::new();
    }
    let midnight = around.zone.start_of_day(around.today);
    let ahead = item.occurrences.iter().filter(|occurrence| occurrence.when.end(around.zone) > midnight);
    let date = |occurrence: &Occurrence| {
        let details = occurrence.details(item.event);
        Date {
            text: dates::whole(occurrence.when, around.phrases()),
            machine: machine(occurrence.when, around),
            mark: Mark::of(details.status, around.phrases()),
            note: note(item.event, details, around),
            differs: occurrence.change.is_some(),
        }
    };
    ahead.take(MOST_DATES).map(date).collect()
}

/// What differs from the series beside the time: the reason, or else another place.
fn note(event: &Event, details: &Details, around: &Around<'_>) -> Option<String> {
    let reason = Texts::of(details, around.main(), around.language()).reason.map(str::to_owned);
    let elsewhere = details.place.as_ref().filter(|_| details.place != event.details.place);
    reason.or(elsewhere.map(|place| location(place).replace('\n', ", ")))
}

fn venue(place: &Place) -> Option<Named<'_>> {
    match place {
        Place::Venue(venue) => Some(Named::new("venue", venue.slug.as_str(), venue.name.as_str())),
        Place::Text(_) => None,
    }
}

/// The texts that another program is handed with one occurrence: its title and description.
fn handed<'a>(event: &Event, details: &'a Details, around: &Around<'_>) -> (&'a str, String) {
    let texts = Texts::of(details, around.main(), around.language());
    let page = around.canonical(&format!("event/{}", event.id));
    (texts.title, format!("{page}\n\n{}", texts.description))
}
