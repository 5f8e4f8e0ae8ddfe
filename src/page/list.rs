//! Occurrences as lists for people: what is ahead by day, what is past by year. It knows which are shown, not how.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};

use super::phrases::{Phrases, filled};
use super::shell::cut;
use super::{Around, Item, dates};
use crate::event::occurrences::Occurrence;
use crate::event::words::Texts;
use crate::event::{Details, Place, Status, When};

/// The most rows ahead that a page lists, and the dates of one series among them.
const MOST_AHEAD: usize = 200;
const DATES_OF_SERIES: usize = 4;
/// The most past rows on a page that shows what is ahead, and on the page of a year.
const MOST_PAST: usize = 60;
const MOST_OF_YEAR: usize = 1_000;
/// The longest title in a list, in characters; an event's own page has all of it.
const TITLE: usize = 200;
/// The same of a place or an organization.
const NAME: usize = 100;

/// What a page lists.
#[derive(Debug, Clone, Default)]
pub(super) struct Agenda {
    pub(super) days: Vec<Day>,
    /// How many rows ahead are not listed.
    pub(super) further: usize,
    pub(super) past: Vec<Year>,
}

/// A day with what begins on it, or goes on.
#[derive(Debug, Clone)]
pub(super) struct Day {
    pub(super) heading: String,
    /// `2021-03-20`.
    pub(super) date: String,
    /// `Today` or `Tomorrow`.
    pub(super) nearness: Option<&'static str>,
    pub(super) rows: Vec<Row>,
}

/// A year with what was in it, the latest first.
#[derive(Debug, Clone)]
pub(super) struct Year {
    pub(super) year: i32,
    pub(super) rows: Vec<Row>,
    /// How many there are in all.
    pub(super) count: usize,
    /// `All events of 2021`, where not all are listed.
    pub(super) more: Option<String>,
}

/// One occurrence.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// `6:00 PM – 8:00 PM`.
    pub(super) time: String,
    /// `Mar 20`.
    pub(super) date: String,
    /// For machines: a date, or a time with its offset.
    pub(super) machine: String,
    pub(super) title: String,
    /// The language of the title, where it is not the page's.
    pub(super) language: Option<String>,
    pub(super) link: String,
    /// The first line of the place.
    pub(super) place: Option<String>,
    /// Who organizes it.
    pub(super) by: Option<String>,
    pub(super) mark: Option<Mark>,
    /// Whether it is one of a series.
    pub(super) repeats: bool,
}

/// What must not be overlooked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) word: &'static str,
    /// The class of its style.
    pub(super) class: &'static str,
}

impl Mark {
    pub(super) fn of(status: Status, phrases: &'static Phrases) -> Option<Self> {
        let (word, class) = match status {
            Status::Confirmed => return None,
            Status::Tentative => (phrases.tentative, "tentative"),
            Status::Postponed => (phrases.postponed, "postponed"),
            Status::Cancelled => (phrases.cancelled, "cancelled"),
        };
        Some(Self { word, class })
    }
}

/// An occurrence among all of a page.
#[derive(Clone, Copy)]
struct Listed<'a> {
    item: Item<'a>,
    occurrence: Occurrence,
}

impl Agenda {
    /// What is ahead by day, then the latest past by year. `subject` is the organization whose page it is: it is not named again.
    pub(super) fn new<'a>(items: impl Iterator<Item = Item<'a>>, around: &Around<'_>, subject: Option<&str>) -> Self {
        let (mut ahead, past) = split(items, around);
        let further = ahead.len().saturating_sub(MOST_AHEAD);
        ahead.truncate(MOST_AHEAD);
        Self { days: days(&ahead, around, subject), further, past: years(past, around, subject) }
    }

    /// All of one year, the earliest first.
    pub(super) fn of_year<'a>(
        items: impl Iterator<Item = Item<'a>>,
        year: i32,
        around: &Around<'_>,
        subject: Option<&str>,
    ) -> Self {
        let mut listed: Vec<Listed<'_>> =
            every(items).filter(|listed| listed.occurrence.when.start().day().year() == year).collect();
        sort(&mut listed, around);
        let further = listed.len().saturating_sub(MOST_OF_YEAR);
        listed.truncate(MOST_OF_YEAR);
        let anchored = Around { today: NaiveDate::MIN, ..*around };
        Self { days: days(&listed, &anchored, subject), further, past: Vec::new() }
    }
}

/// The next rows, at most `count` of them; the latest past ones where nothing is ahead. Whether they are ahead.
pub(super) fn next<'a>(items: impl Iterator<Item = Item<'a>>, around: &Around<'_>, count: usize) -> (Vec<Day>, bool) {
    let (mut ahead, mut past) = split(items, around);
    let has_ahead = !ahead.is_empty();
    if has_ahead {
        ahead.truncate(count);
        return (days(&ahead, around, None), true);
    }
    past.truncate(count);
    let anchored = Around { today: NaiveDate::MIN, ..*around };
    let mut days = days(&past.into_iter().rev().collect::<Vec<_>>(), &anchored, None);
    days.reverse();
    (days, false)
}

fn every<'a>(items: impl Iterator<Item = Item<'a>>) -> impl Iterator<Item = Listed<'a>> {
    items.flat_map(|item| item.occurrences.iter().map(move |occurrence| Listed { item, occurrence: *occurrence }))
}

/// What is not over when the day begins, ascending, of each series the next dates; and what is over, the latest first.
fn split<'a>(items: impl Iterator<Item = Item<'a>>, around: &Around<'_>) -> (Vec<Listed<'a>>, Vec<Listed<'a>>) {
    let midnight = around.zone.start_of_day(around.today);
    let (mut ahead, mut past) = (Vec::new(), Vec::new());
    for item in items {
        let over = |occurrence: &&Occurrence| occurrence.when.end(around.zone) <= midnight;
        let mut dates = 0;
        for occurrence in item.occurrences {
            let listed = Listed { item, occurrence: *occurrence };
            if over(&occurrence) {
                past.push(listed);
            } else if item.event.recurrence.is_none() || dates < DATES_OF_SERIES {
                dates += 1;
                ahead.push(listed);
            }
        }
    }
    sort(&mut ahead, around);
    sort(&mut past, around);
    past.reverse();
    (ahead, past)
}

fn sort(listed: &mut [Listed<'_>], around: &Around<'_>) {
    listed.sort_by(|one, other| {
        let key = |listed: &Listed<'_>| listed.occurrence.when.start().instant(around.zone);
        (key(one), &one.item.event.id).cmp(&(key(other), &other.item.event.id))
    });
}

/// Ascending rows under the days on which they begin; what began earlier and goes on, under today.
fn days(ahead: &[Listed<'_>], around: &Around<'_>, subject: Option<&str>) -> Vec<Day> {
    let phrases = around.phrases();
    let mut days: BTreeMap<NaiveDate, Vec<Row>> = BTreeMap::new();
    for listed in ahead {
        let day = listed.occurrence.when.start().day().max(around.today);
        days.entry(day).or_default().push(listed.row(around, subject));
    }
    let nearness = |day: NaiveDate| match (day - around.today).num_days() {
        0 => Some(phrases.today),
        1 => Some(phrases.tomorrow),
        _ => None,
    };
    let day =
        |(day, rows)| Day { heading: dates::day(day, phrases), date: day.to_string(), nearness: nearness(day), rows };
    days.into_iter().map(day).collect()
}

fn years(past: Vec<Listed<'_>>, around: &Around<'_>, subject: Option<&str>) -> Vec<Year> {
    let mut years: BTreeMap<std::cmp::Reverse<i32>, Vec<Listed<'_>>> = BTreeMap::new();
    for listed in past {
        years.entry(std::cmp::Reverse(listed.occurrence.when.start().day().year())).or_default().push(listed);
    }
    let mut room = MOST_PAST;
    let year = |(std::cmp::Reverse(year), all): (std::cmp::Reverse<i32>, Vec<Listed<'_>>)| {
        let rows: Vec<Row> = all.iter().take(room).map(|listed| listed.row(around, subject)).collect();
        room -= rows.len();
        let more = (rows.len() < all.len()).then(|| filled(around.phrases().more_of_year, &year.to_string()));
        Year { year, count: all.len(), rows, more }
    };
    years.into_iter().map(year).collect()
}

impl Listed<'_> {
    fn row(&self, around: &Around<'_>, subject: Option<&str>) -> Row {
        let (event, phrases) = (self.item.event, around.phrases());
        let details = self.occurrence.details(event);
        let when = self.occurrence.when;
        let organizations = &event.organizations;
        let host = organizations.first().filter(|host| subject != Some(host.slug.as_str()));
        let more = organizations.len().saturating_sub(1);
        Row {
            time: dates::span(when, phrases),
            date: dates::short(when.start().day(), phrases),
            machine: machine(when, around),
            title: cut(Texts::of(details, around.main(), around.language()).title, TITLE),
            language: fallen_back(details, around),
            link: around.link(&format!("event/{}", event.id)),
            place: details.place.as_ref().map(|place| cut(first_line(place), NAME)),
            by: host.map(|host| {
                let name = cut(&host.name, NAME);
                if more > 0 { format!("{name} +{more}") } else { name }
            }),
            mark: Mark::of(details.status, phrases),
            repeats: event.recurrence.is_some(),
        }
    }
}

/// The main language's code where a title in the page's own is missing.
pub(super) fn fallen_back(details: &Details, around: &Around<'_>) -> Option<String> {
    let (main, language) = (around.main(), around.language());
    let translated = details.translations.iter().any(|t| t.language == language && t.title.is_some());
    (language != main && !translated).then(|| main.to_string())
}

/// A time for machines (HTML §4.5.14): a date, or a time with its offset.
pub(super) fn machine(when: When, around: &Around<'_>) -> String {
    match when {
        When::Timed { start, .. } => around.zone.rfc3339(&start),
        When::AllDay { start, .. } => start.to_string(),
    }
}

fn first_line(place: &Place) -> &str {
    match place {
        Place::Venue(venue) => &venue.name,
        Place::Text(text) => text.lines().next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
