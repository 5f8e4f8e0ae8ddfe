//! One event as it is published: what pages list, and its VEVENT content lines, written once.
//! It does not know where an event came from, nor which feeds it goes to.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::language::Language;
use crate::name::Slug;
use crate::recurrence::Rule;
use crate::time::{Moment, Zone};

mod difference;
mod lines;
pub mod occurrences;
pub mod words;

pub use difference::Difference;
pub use lines::{Style, View, vevents, write_vevents};

/// Which version of an event this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// How often its time, place or status has changed (RFC 5545 §3.8.7.4).
    pub sequence: u32,
    /// When it last changed in anything, in whole seconds.
    pub modified: DateTime<Utc>,
}

/// An event, complete and checked: every text is free of control characters (LF aside, where lines are allowed),
/// every link is http or https, every end is after its start.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// The editors' name for it; the last part of `/event/{id}`.
    pub id: Slug,
    /// UID (RFC 5545 §3.8.4.7): `{id}@{uid_domain}`, or the former UID of an event that moved here. At most 255 octets.
    pub uid: String,
    /// What is true of the event, or of the whole series when it recurs.
    pub details: Details,
    /// The organizations that host (first) and support it; each once. A partner's events share them.
    pub organizations: Arc<[Arc<Organization>]>,
    /// Topics, in the editors' order; each once.
    pub tags: Vec<Slug>,
    /// How it repeats, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recurrence: Option<Box<Recurrence>>,
    /// Single occurrences that differ from the series, by the start they replace, ascending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// When the editors say it was last changed; overrides the ledger's time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<DateTime<Utc>>,
    /// The partners that publish it, each once; none for an event of our own editors alone.
    #[serde(skip_serializing_if = "is_nobodys")]
    pub origins: Arc<[Arc<Origin>]>,
    /// Whether it stays out of the combined feed.
    #[serde(skip)]
    pub apart: bool,
}

fn is_nobodys(origins: &Arc<[Arc<Origin>]>) -> bool {
    origins.is_empty()
}

/// A partner site, as its events name it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Origin {
    /// The last part of `/partner/{slug}`.
    pub partner: Slug,
    /// Its name; one line.
    pub name: String,
    /// Its site: an ASCII http or https URI without any secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What may differ between the occurrences of one event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Details {
    /// One line, in the main language; not empty.
    pub title: String,
    /// Plain text with LF line breaks, in the main language; may be empty.
    pub description: String,
    /// Why it is cancelled or postponed, in the main language; one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The other languages that the editors wrote, in the order of the config.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub translations: Vec<Translation>,
    /// When it is.
    pub when: When,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The organizers' page: an ASCII http or https URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The sign-up page: an ASCII http or https URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signup: Option<String>,
    /// Whom to ask; one line of text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Whether it takes place.
    pub status: Status,
}

/// The texts of an event in a language other than the main one; what is missing falls back to the main language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Translation {
    /// The language of the texts.
    pub language: Language,
    /// See [`Details::title`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// See [`Details::description`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// See [`Details::reason`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// When an event is: wall-clock times, or whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum When {
    /// From `start` until `end` (exclusive), `start < end`.
    Timed {
        /// The first moment.
        start: Moment,
        /// The moment after the last.
        end: Moment,
        /// False when nobody announced the end and `end` is the default duration later.
        end_announced: bool,
    },
    /// From the day `start` until the day `end` (exclusive, RFC 5545 §3.6.1), `start < end`.
    AllDay {
        /// The first day.
        start: NaiveDate,
        /// The day after the last.
        end: NaiveDate,
    },
}

/// The start of an occurrence: the key of EXDATE, RDATE and RECURRENCE-ID, of the same kind as the event's own start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Start {
    /// A wall-clock time.
    Timed(Moment),
    /// A whole day.
    AllDay(NaiveDate),
}

/// Whether an event takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub enum Status {
    /// It does.
    #[default]
    Confirmed,
    /// It may.
    Tentative,
    /// Not at this time; a new one is not known yet.
    Postponed,
    /// It does not.
    Cancelled,
}

/// How an event repeats, beyond its own start.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recurrence {
    /// The rule, of which the event's start is the first occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// RDATE: occurrences beside the rule's; ascending, none of them the rule's own.
    pub extra: Vec<Start>,
    /// EXDATE: occurrences of the rule that do not take place and are not shown; ascending.
    pub excluded: Vec<Start>,
    /// The zone whose wall clock the series keeps, where that is not the calendar's: a weekly meeting in London stays at
    /// London's time. All its times are published in that zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
}

/// One occurrence that differs: RECURRENCE-ID and its own details, complete.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The start that this occurrence has by the rule or the extra dates.
    pub of: Start,
    /// What is true of this occurrence.
    pub details: Details,
}

/// Where an event is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Place {
    /// A venue of the catalog.
    Venue(Arc<Venue>),
    /// A text of the editors; lines separated by LF.
    Text(String),
}

/// A place with a name that several events may share.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Venue {
    /// The last part of `/venue/{slug}`.
    pub slug: Slug,
    /// One line; not empty.
    pub name: String,
    /// One line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Latitude (-90 to 90) and longitude (-180 to 180), degrees, WGS 84.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<(f64, f64)>,
}

/// Who hosts or supports events.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Organization {
    /// The last part of `/org/{slug}`.
    pub slug: Slug,
    /// One line; not empty.
    pub name: String,
    /// Its site: an ASCII http or https URI.
    #[serde(skip)]
    pub url: Option<String>,
    /// Plain text with LF line breaks; may be empty.
    #[serde(skip)]
    pub description: String,
    /// The color of its feed.
    #[serde(skip)]
    pub color: Option<crate::color::Color>,
}

impl Event {
    /// The start of the event, or of the first occurrence.
    #[must_use]
    pub fn start(&self) -> Start {
        self.details.when.start()
    }

    /// The earliest day of it, of its extra dates and of its changed occurrences.
    #[must_use]
    pub fn first_day(&self) -> NaiveDate {
        let extra = self.recurrence.iter().flat_map(|recurrence| recurrence.extra.iter().map(Start::day));
        let changes = self.changes.iter().map(|change| change.details.when.start().day());
        extra.chain(changes).fold(self.start().day(), NaiveDate::min)
    }

    /// The zone whose wall clock it keeps, where that is not the calendar's.
    #[must_use]
    pub fn zone(&self) -> Option<Zone> {
        self.recurrence.as_ref().and_then(|recurrence| recurrence.zone)
    }
}

impl When {
    /// The first moment or day.
    #[must_use]
    pub fn start(&self) -> Start {
        match *self {
            When::Timed { start, .. } => Start::Timed(start),
            When::AllDay { start, .. } => Start::AllDay(start),
        }
    }
}

/// Events for the unit tests of the rooms above.
#[cfg(test)]
pub(crate) mod sample {
    use super::*;

    pub(crate) fn zone() -> Zone {
        Zone::parse("America/Chicago").unwrap()
    }

    pub(crate) fn at(text: &str) -> Moment {
        zone().moment(text.parse().unwrap()).unwrap()
    }

    /// A timed event with nothing but what it must have.
    pub(crate) fn event(start: &str, end: &str) -> Event {
        let when = When::Timed { start: at(start), end: at(end), end_announced: true };
        let details = Details {
            title: "Rally".into(),
            description: String::new(),
            reason: None,
            translations: Vec::new(),
            when,
            place: None,
            url: None,
            signup: None,
            contact: None,
            status: Status::Confirmed,
        };
        Event {
            id: Slug::parse("rally").unwrap(),
            uid: "rally@handbill.test".into(),
            details,
            organizations: Arc::default(),
            tags: Vec::new(),
            recurrence: None,
            changes: Vec::new(),
            updated: None,
            origins: Arc::default(),
            apart: false,
        }
    }
}
