//! One `[[event]]`: everything about it that its own file says. Organizations and venues are names here; `join` finds whose.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use toml::de::DeValue;

use crate::config::Config;
use crate::document::{self, Placed, Report, quoted};
use crate::event::{Details, Event};
use crate::name::{Slug, folded};

use super::raw::{RawEvent, Text};
use super::series::{self, Pattern, Series};
use super::texts;
use super::when::{self, Times};
use super::{alike, claims, keys};

/// An event that lacks only what other files know.
#[derive(Debug)]
pub(super) struct Draft {
    /// The event, of which organizations and venues do not count: as it was read, or as it was last joined, so that its texts are there once.
    event: Mutex<Arc<Event>>,
    pub(super) id: Slug,
    pub(super) id_span: Range<usize>,
    /// See [`claims::digest`].
    pub(super) id_digest: u64,
    /// The UID that it had in another system, where one is written.
    pub(super) former_uid: Option<Placed<String>>,
    /// Supporters in the order of writing: an index into [`Names`], and the place.
    pub(super) supporters: Vec<(usize, Range<usize>)>,
    pub(super) venue: Option<Placed<Slug>>,
    /// The venue of each change.
    pub(super) change_venues: Vec<Option<Placed<Slug>>>,
    /// What it says of other events: whether they are the same.
    pub(super) overrules: Vec<(bool, Slug, Slug)>,
}

impl Draft {
    /// The event, to be joined with organizations and venues.
    pub(super) fn event(&self) -> Arc<Event> {
        Arc::clone(&self.event.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the texts of the event as it was joined for its own.
    pub(super) fn share(&self, joined: &Arc<Event>) {
        *self.event.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(joined);
    }
}

/// An event that is wrong by itself.
#[derive(Debug)]
pub(super) struct Failed {
    /// Its id, if that could be read: what was published under it stays.
    pub(super) id: Option<Placed<Slug>>,
    /// Its venue, whose slug may be wrong as well.
    pub(super) venue: Option<Placed<Slug>>,
}

/// The names by which a file's events call organizations; each spelling family once.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) all: Vec<UsedName>,
    index: HashMap<String, usize>,
}

/// A name by which an event calls an organization.
#[derive(Debug)]
pub(super) struct UsedName {
    pub(super) name: String,
    pub(super) folded: String,
    unknown: OnceLock<Unknown>,
    /// Where it is first used.
    pub(super) span: Range<usize>,
}

/// What is asked of a name only if no file knows it.
#[derive(Debug)]
pub(super) struct Unknown {
    /// The slug that it has then.
    pub(super) slug: Option<Slug>,
    /// What is compared to find names that look alike.
    pub(super) skeleton: String,
}

impl UsedName {
    /// The name as one that no file knows; made once, whatever the number of assemblies.
    pub(super) fn unknown(&self) -> &Unknown {
        let make = || Unknown { slug: Slug::from_name(&self.name), skeleton: alike::skeleton(&self.folded) };
        self.unknown.get_or_init(make)
    }
}

impl Names {
    /// Forgets what only reading needs.
    pub(super) fn settle(&mut self) {
        self.index = HashMap::new();
        self.all.shrink_to_fit();
    }

    fn insert(&mut self, name: String, span: &Range<usize>) -> usize {
        let folded = folded(&name);
        if let Some(index) = self.index.get(&folded) {
            return *index;
        }
        self.index.insert(folded.clone(), self.all.len());
        self.all.push(UsedName { name, folded, unknown: OnceLock::new(), span: span.clone() });
        self.all.len() - 1
    }
}

/// Reads one event.
pub(super) fn draft(
    report: &mut Report,
    value: &DeValue<'_>,
    place: Range<usize>,
    config: &Config,
    names: &mut Names,
) -> Result<Draft, Failed> {
    let errors = report.errors();
    let raw: RawEvent = document::read(value, place.clone(), report);
    let id = id(report, raw.id.clone(), &place);
    let venue = raw.venue.clone();
    let draft = complete(report, raw, id.clone(), &place, config, names);
    draft.filter(|_| report.errors() == errors).ok_or_else(|| {
        let venue = venue.and_then(|venue| Some(Placed { value: Slug::parse(&venue.value)?, span: venue.span }));
        Failed { id, venue }
    })
}

fn id(report: &mut Report, written: Text, place: &Range<usize>) -> Option<Placed<Slug>> {
    match written {
        Some(written) => texts::slug(report, written, "id"),
        None => {
            report.missing(place.clone(), "event", "id", "write a name that never changes: id = \"cares-rally\"");
            None
        }
    }
}

fn complete(
    report: &mut Report,
    mut raw: RawEvent,
    id: Option<Placed<Slug>>,
    place: &Range<usize>,
    config: &Config,
    names: &mut Names,
) -> Option<Draft> {
    let errors = report.errors();
    let title = raw.title.as_ref().map(|title| title.span.clone());
    let described = raw.description.is_some();
    let (details, venue) = details(report, &mut raw, place, config);
    let supporters = supporters(report, raw.supporters, names);
    let tags = tags(report, raw.tags);
    let updated = when::updated(report, raw.updated, config.timezone);
    let mut overrules = Vec::new();
    for (same, others) in [(true, raw.same_as), (false, raw.distinct_from)] {
        let others = others.into_iter().filter_map(|other| texts::slug(report, other, "id"));
        overrules.extend(
            others.filter_map(|other| Some((same, id.as_ref()?.value.clone(), other.value))).collect::<Vec<_>>(),
        );
    }
    let former_uid = raw.former_uid.as_ref().map(|uid| uid.span.clone());
    let uid = uid(report, raw.former_uid, id.as_ref(), config);
    let details = details?;
    let pattern =
        Pattern { rrule: raw.rrule, extra: raw.extra_dates, excluded: raw.excluded_dates, changes: raw.change };
    let Series { recurrence, changes, venues } = series::series(report, pattern, &details, venue.as_ref(), config)?;
    if let (Some(title), true) = (title, details.description.is_empty() && report.errors() == errors) {
        warn_of_no_description(report, title, described);
    }
    let (id, organizations) = (id?, Arc::default());
    let id_digest = claims::digest(id.value.as_str());
    let event = Event {
        id: id.value,
        uid: uid?,
        details,
        organizations,
        tags,
        recurrence: recurrence.map(Box::new),
        changes,
        updated,
        origins: Arc::default(),
        apart: false,
    };
    Some(Draft {
        id: event.id.clone(),
        former_uid: former_uid.map(|span| Placed { value: event.uid.clone(), span }),
        event: Mutex::new(Arc::new(event)),
        id_span: id.span,
        id_digest,
        supporters,
        venue,
        change_venues: venues,
        overrules,
    })
}

/// What is true of the whole event or series, and its venue; takes what it reads out of `raw`.
fn details(
    report: &mut Report,
    raw: &mut RawEvent,
    place: &Range<usize>,
    config: &Config,
) -> (Option<Details>, Option<Placed<Slug>>) {
    if raw.title.is_none() {
        report.missing(place.clone(), "event", "title", "write one: title = \"…\"");
    }
    let title = texts::required_line(report, raw.title.take(), "title");
    let description = texts::paragraphs(report, raw.description.take(), "description").unwrap_or_default();
    let status = keys::status(raw.status.take());
    let reason = keys::reason(report, raw.reason.take(), status);
    let translations = keys::translations(report, std::mem::take(&mut raw.languages), config);
    let times = Times { start: raw.start.take(), end: raw.end.take(), duration: raw.duration.take() };
    let when = when::when(report, times, place, config);
    let (place, venue) = keys::position(report, raw.venue.take(), raw.location.take());
    let url = texts::link(report, raw.url.take(), "url");
    let signup = texts::link(report, raw.signup.take(), "signup");
    let contact = texts::line(report, raw.contact.take(), "contact");
    let title = title.unwrap_or_default();
    let details = when.map(|when| Details {
        title,
        description,
        reason,
        translations,
        when,
        place,
        url,
        signup,
        contact,
        status,
    });
    (details, venue)
}

fn warn_of_no_description(report: &mut Report, title: Range<usize>, described: bool) {
    let message = if described { "the event's description is empty" } else { "the event has no description" };
    report.warning(title, message).help("write in a few sentences what it is about: description = \"\"\"…\"\"\"");
}

fn supporters(report: &mut Report, written: Vec<Placed<String>>, names: &mut Names) -> Vec<(usize, Range<usize>)> {
    let mut found: Vec<(usize, Range<usize>)> = Vec::with_capacity(written.len());
    for written in written {
        let span = written.span.clone();
        let Some(name) = texts::required_line(report, Some(written), "supporter") else {
            continue;
        };
        let index = names.insert(name, &span);
        if !found.iter().any(|(known, _)| *known == index) {
            found.push((index, span));
        }
    }
    found
}

fn tags(report: &mut Report, written: Vec<Placed<String>>) -> Vec<Slug> {
    let mut tags = Vec::with_capacity(written.len());
    for written in written {
        if let Some(tag) = texts::slug(report, written, "tag")
            && !tags.contains(&tag.value)
        {
            tags.push(tag.value);
        }
    }
    tags
}

/// The longest UID, in octets.
const UID: usize = 255;

fn uid(report: &mut Report, former: Text, id: Option<&Placed<Slug>>, config: &Config) -> Option<String> {
    let Some(Placed { value, span }) = former else {
        let id = id?;
        let uid = format!("{}@{}", id.value, config.uid_domain);
        if uid.len() <= UID {
            return Some(uid);
        }
        let message = format!("the UID made of this id, {}, has more than {UID} octets", quoted(&uid));
        report.error(id.span.clone(), message).help("write a shorter id");
        return None;
    };
    let uid = texts::required_line(report, Some(Placed { value, span: span.clone() }), "former_uid")?;
    if uid.len() <= UID {
        return Some(uid);
    }
    report.error(span, format!("the former_uid has {} octets; {UID} are possible", uid.len()));
    None
}
