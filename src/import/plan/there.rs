//! Which events are there already, and which found ones are these, or only like them. It writes nothing.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::event::{Event, Start};
use crate::import::Found;
use crate::name::{Slug, folded};

/// From where on two titles are alike, from 0 to 1.
const TITLES: f64 = 0.75;

/// An event that is there, or is to be.
pub(super) struct There {
    id: Slug,
    uid: Option<String>,
    /// Whether its UID is one that the source gives.
    is_given: bool,
    start: Start,
    /// Folded.
    title: String,
    organizations: Vec<Slug>,
    repeats: bool,
}

impl There {
    fn of(event: &Event, given: &BTreeSet<&str>) -> Self {
        Self {
            id: event.id.clone(),
            uid: Some(event.uid.clone()),
            is_given: given.contains(event.uid.as_str()),
            start: event.start(),
            title: folded(&event.details.title),
            organizations: event.organizations.iter().map(|organization| organization.slug.clone()).collect(),
            repeats: event.recurrence.is_some(),
        }
    }

    /// A found event that is to have this id, and is of these organizations.
    pub(super) fn found(found: &Found, id: Slug, organizations: Vec<Slug>) -> Self {
        Self {
            id,
            uid: found.former_uid.clone(),
            is_given: found.former_uid.is_some(),
            start: found.start,
            title: folded(&found.title),
            organizations,
            repeats: found.rule.is_some() || !found.extra.is_empty(),
        }
    }

    /// Whether they have an organization in common, or one of them has none.
    fn meets(&self, other: &Self) -> bool {
        self.organizations.is_empty()
            || other.organizations.is_empty()
            || self.organizations.iter().any(|slug| other.organizations.contains(slug))
    }

    /// Whether the source gives both, with UIDs that differ: it says itself that they are different events.
    fn differs(&self, other: &Self) -> bool {
        self.is_given && other.is_given && self.uid != other.uid
    }

    fn is_at_same_time(&self, other: &Self) -> bool {
        self.start == other.start && self.title == other.title
    }
}

/// All events that are there, those of this import among them.
pub(super) struct Events {
    all: Vec<There>,
}

impl Events {
    /// The events of a catalog, before any of these is added.
    pub(super) fn of(catalog: &Catalog, found: &[Found]) -> Self {
        let given = found.iter().filter_map(|found| found.former_uid.as_deref()).collect();
        Self { all: catalog.events.iter().map(|event| There::of(event, &given)).collect() }
    }

    pub(super) fn add(&mut self, event: There) {
        self.all.push(event);
    }

    /// The event that a found one is, and by what it is known. Likeness is not enough: who is wrong about that loses an event.
    pub(super) fn known(&self, found: &There) -> Option<(&Slug, &'static str)> {
        let by_uid = self.all.iter().find(|there| found.uid.is_some() && there.uid == found.uid);
        let is_same = |there: &&There| {
            // A single event does not stand for a series, whose other dates would be lost.
            let holds_all = there.repeats || !found.repeats;
            there.is_at_same_time(found) && there.meets(found) && holds_all && !there.differs(found)
        };
        let known = by_uid.map(|there| (&there.id, "same UID"));
        known.or_else(|| Some((&self.all.iter().find(is_same)?.id, "same start and title")))
    }

    /// What makes a found event one that may be there already, in a sentence.
    pub(super) fn doubt(&self, found: &There) -> Option<String> {
        let doubt = |there: &There| {
            let what = likeness(there, found)?;
            Some(format!("it may be the event {}, which is {what}", there.id))
        };
        self.all.iter().find_map(doubt)
    }
}

fn likeness(there: &There, found: &There) -> Option<&'static str> {
    if there.is_at_same_time(found) {
        return Some("at the same time and has the same title");
    }
    if there.differs(found) || there.start.day() != found.start.day() {
        return None;
    }
    let alike = || strsim::sorensen_dice(&there.title, &found.title) >= TITLES;
    if there.start == found.start && alike() {
        return Some("at the same time and has a like title");
    }
    (there.title == found.title && there.meets(found)).then_some("on the same day and has the same title")
}
