//! The events of one file among the others: drafts with the organizations and venues that their names mean. It settles no claims.

use std::sync::Arc;

use crate::document::Placed;
use crate::event::{Event, Organization, Place, Venue};
use crate::name::Slug;
use crate::problem::Problem;

use super::claims::Claims;
use super::draft::Draft;
use super::venues::Venues;
use super::{Catalog, ParsedFile};

/// What the events of one file were made of.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// The last version of the file that was not broken.
    pub(super) file: Arc<ParsedFile>,
    /// The organization whose file it is.
    pub(super) host: Option<Arc<Organization>>,
    /// The organization of each name that the file's events use.
    pub(super) resolved: Arc<[Option<Arc<Organization>>]>,
    /// The event made of each draft.
    pub(super) events: Arc<[Option<Arc<Event>>]>,
    /// Whether every `[[event]]` of the file became an event.
    pub(super) whole: bool,
}

/// One file among the others.
pub(super) struct Joint<'a, 'f> {
    pub(super) file: &'a Arc<ParsedFile>,
    /// The organization whose file it is.
    pub(super) host: Option<Arc<Organization>>,
    /// The organization of each name that the file's events use.
    pub(super) resolved: Vec<Option<Arc<Organization>>>,
    pub(super) venues: &'a Venues<'f>,
    pub(super) before: Option<&'a Origin>,
    pub(super) previous: &'a Catalog,
}

impl Joint<'_, '_> {
    /// The events of the file, and what they were made of. When nothing of that changed, the events are as they were.
    pub(super) fn origin(self, claims: &Claims, position: usize, problems: &mut Vec<Problem>) -> Origin {
        if let Some(before) = self.before
            && before.whole
            && self.venues.unchanged
            && Arc::ptr_eq(&before.file, self.file)
            && same(self.host.as_slice(), before.host.as_slice())
            && same_resolved(&self.resolved, &before.resolved)
            && !claims.are_lost_in(position)
        {
            return before.clone();
        }
        let events = if self.file.broken { Vec::new() } else { self.events(claims, position, problems) };
        let whole = !self.file.broken && self.file.failed.is_empty() && events.iter().all(Option::is_some);
        let (file, host) = (Arc::clone(self.file), self.host);
        Origin { file, host, resolved: self.resolved.into(), events: events.into(), whole }
    }

    fn events(&self, claims: &Claims, position: usize, problems: &mut Vec<Problem>) -> Vec<Option<Arc<Event>>> {
        let same_file = self.before.filter(|before| Arc::ptr_eq(&before.file, self.file));
        let mut events = Vec::with_capacity(self.file.drafts.len());
        for (number, draft) in self.file.drafts.iter().enumerate() {
            let before = same_file.and_then(|before| before.events.get(number)?.as_ref());
            let event = self.event(draft, before, problems);
            events.push(event.filter(|_| !claims.lost.contains(&(position, number))));
        }
        for failed in &self.file.failed {
            // Only to tell that its venue is unknown, if it is.
            let _ = self.venue(failed.venue.as_ref(), problems);
        }
        events
    }

    /// One event with its organizations and venues; `before` is the one that was made of the same draft, if there is one.
    fn event(&self, draft: &Draft, before: Option<&Arc<Event>>, problems: &mut Vec<Problem>) -> Option<Arc<Event>> {
        let organizations = self.organizations(draft);
        let venue = self.venue(draft.venue.as_ref(), problems);
        let change_venues: Vec<_> =
            draft.change_venues.iter().map(|named| self.change_venue(named.as_ref(), draft, problems)).collect();
        let (organizations, venue) = (organizations?, venue.ok()?);
        let change_venues: Vec<_> = change_venues.into_iter().collect::<Result<_, _>>().ok()?;
        if let Some(before) = before
            && is_made_of(before, &organizations, venue.as_ref(), &change_venues)
        {
            return Some(Arc::clone(before));
        }
        let mut event = Event::clone(&draft.event());
        event.organizations = organizations.into();
        if let Some(venue) = venue {
            event.details.place = Some(Place::Venue(venue));
        }
        for (change, venue) in event.changes.iter_mut().zip(change_venues) {
            if let Some(venue) = venue {
                change.details.place = Some(Place::Venue(venue));
            }
        }
        let event = match self.previous.event(&event.id) {
            Some(published) if **published == event => Arc::clone(published),
            _ => Arc::new(event),
        };
        draft.share(&event);
        Some(event)
    }

    /// The host, then the supporters in their order, each once; `None` when one is no organization.
    fn organizations(&self, draft: &Draft) -> Option<Vec<Arc<Organization>>> {
        let mut all = Vec::with_capacity(draft.supporters.len() + 1);
        all.extend(self.host.clone());
        for (name, _) in &draft.supporters {
            let organization = self.resolved.get(*name)?.as_ref()?;
            if !all.iter().any(|known| Arc::ptr_eq(known, organization)) {
                all.push(Arc::clone(organization));
            }
        }
        Some(all)
    }

    fn venue(&self, named: Option<&Placed<Slug>>, problems: &mut Vec<Problem>) -> Result<Option<Arc<Venue>>, Unknown> {
        let Some(named) = named else { return Ok(None) };
        self.venues.resolve(named, &self.file.source, problems).map(Some).ok_or(Unknown)
    }

    /// The venue of a change. An unknown one that it has from its event is told there.
    fn change_venue(
        &self,
        named: Option<&Placed<Slug>>,
        draft: &Draft,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<Arc<Venue>>, Unknown> {
        if named == draft.venue.as_ref() { self.venue(named, &mut Vec::new()) } else { self.venue(named, problems) }
    }
}

/// A venue that no file declares.
struct Unknown;

/// Whether an event has these very organizations and venues.
fn is_made_of(
    event: &Event,
    organizations: &[Arc<Organization>],
    venue: Option<&Arc<Venue>>,
    change_venues: &[Option<Arc<Venue>>],
) -> bool {
    let mut changes = event.changes.iter().zip(change_venues);
    same(&event.organizations, organizations)
        && same_venue(event.details.place.as_ref(), venue)
        && changes.all(|(change, venue)| same_venue(change.details.place.as_ref(), venue.as_ref()))
}

/// Whether these are the very same, not only equal.
pub(super) fn same(one: &[Arc<Organization>], other: &[Arc<Organization>]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| Arc::ptr_eq(one, other))
}

fn same_resolved(one: &[Option<Arc<Organization>>], other: &[Option<Arc<Organization>>]) -> bool {
    let mut pairs = one.iter().zip(other);
    one.len() == other.len() && pairs.all(|(one, other)| same(one.as_slice(), other.as_slice()))
}

fn same_venue(place: Option<&Place>, venue: Option<&Arc<Venue>>) -> bool {
    match (place, venue) {
        (Some(Place::Venue(place)), Some(venue)) => Arc::ptr_eq(place, venue),
        (Some(Place::Venue(_)), None) | (Some(Place::Text(_)) | None, Some(_)) => false,
        (Some(Place::Text(_)) | None, None) => true,
    }
}
