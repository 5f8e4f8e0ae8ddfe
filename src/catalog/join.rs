//! Joins all files: finds whose the names are, and what belongs to two. It reads no text.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::config::Config;
use crate::document::Placed;
use crate::event::{Event, Organization, Place, Venue};
use crate::name::Slug;
use crate::problem::Problem;

use super::claims::Claims;
use super::draft::Draft;
use super::organizations::Organizations;
use super::venues::Venues;
use super::{Catalog, ParsedFile};

/// What the events of one file were made of.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// The last version of the file that was not broken.
    file: Arc<ParsedFile>,
    /// The event made of each draft.
    events: Vec<Option<Arc<Event>>>,
}

/// Joins all files; the keys are the files' names, whose order decides between two that claim one thing.
///
/// An event that is wrong, by itself or together with others, is left out, unless `previous` has one with its id: then that one
/// stays. A broken file counts as it was in `previous`. Whatever did not change since `previous` keeps its `Arc`.
#[must_use]
pub fn assemble(files: &BTreeMap<String, Arc<ParsedFile>>, config: &Config, previous: Option<&Catalog>) -> Catalog {
    let nothing = Catalog::default();
    let previous = previous.unwrap_or(&nothing);
    let good: Vec<(&String, &Arc<ParsedFile>)> =
        files.iter().map(|(name, file)| (name, last_good(name, file, previous))).collect();
    let parsed: Vec<&ParsedFile> = good.iter().map(|(_, file)| file.as_ref()).collect();
    let mut problems: Vec<Problem> = files.values().flat_map(|file| &file.problems).cloned().collect();
    let mut organizations = Organizations::declared(&parsed, &previous.organizations, &mut problems);
    let venues = Venues::declared(&parsed, &previous.venues, &mut problems);
    let claims = Claims::of(&good, config, previous, &mut problems);
    let mut origins = BTreeMap::new();
    for (position, (name, file)) in good.iter().enumerate() {
        let resolved: Vec<_> =
            file.names.all.iter().map(|used| organizations.resolve(used, &file.source, &mut problems)).collect();
        let own = file.organizations.iter().find(|declared| declared.own);
        let host = own.and_then(|own| organizations.by_slug.get(&own.organization.slug));
        let joint =
            Joint { file, host, resolved: &resolved, venues: &venues, before: previous.origins.get(*name), previous };
        let events = if file.broken { Vec::new() } else { joint.events(&claims, position, &mut problems) };
        origins.insert((*name).clone(), Origin { file: Arc::clone(file), events });
    }
    organizations.warn_of_look_alikes(&mut problems);
    let mut catalog = Catalog {
        organizations: organizations.by_slug,
        venues: venues.by_slug,
        events: origins.values().flat_map(|origin| origin.events.iter().flatten()).cloned().collect(),
        problems,
        origins,
    };
    catalog.sort();
    catalog.keep_published(&good, previous);
    catalog
}

fn last_good<'a>(name: &str, file: &'a Arc<ParsedFile>, previous: &'a Catalog) -> &'a Arc<ParsedFile> {
    match previous.origins.get(name) {
        Some(origin) if file.broken => &origin.file,
        _ => file,
    }
}

/// One file among the others.
struct Joint<'a, 'f> {
    file: &'a Arc<ParsedFile>,
    /// The organization whose file it is.
    host: Option<&'a Arc<Organization>>,
    /// The organization of each name that the file's events use.
    resolved: &'a [Option<Arc<Organization>>],
    venues: &'a Venues<'f>,
    before: Option<&'a Origin>,
    previous: &'a Catalog,
}

impl Joint<'_, '_> {
    fn events(&self, claims: &Claims, position: usize, problems: &mut Vec<Problem>) -> Vec<Option<Arc<Event>>> {
        let same_file = self.before.filter(|before| Arc::ptr_eq(&before.file, self.file));
        let mut events = Vec::with_capacity(self.file.drafts.len());
        for (number, draft) in self.file.drafts.iter().enumerate() {
            let before = same_file.and_then(|before| before.events.get(number)?.as_ref());
            let event =
                if claims.lost.contains(&(position, number)) { None } else { self.event(draft, before, problems) };
            events.push(event);
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
            && same_arcs(&before.organizations, &organizations)
            && same_venue(before.details.place.as_ref(), venue.as_ref())
            && before
                .changes
                .iter()
                .zip(&change_venues)
                .all(|(change, venue)| same_venue(change.details.place.as_ref(), venue.as_ref()))
        {
            return Some(Arc::clone(before));
        }
        let mut event = Event::clone(&draft.event);
        event.organizations = organizations;
        if let Some(venue) = venue {
            event.details.place = Some(Place::Venue(venue));
        }
        for (change, venue) in event.changes.iter_mut().zip(change_venues) {
            if let Some(venue) = venue {
                change.details.place = Some(Place::Venue(venue));
            }
        }
        match self.previous.event(&event.id) {
            Some(published) if **published == event => Some(Arc::clone(published)),
            _ => Some(Arc::new(event)),
        }
    }

    /// The host, then the supporters in their order, each once; `None` when one is no organization.
    fn organizations(&self, draft: &Draft) -> Option<Vec<Arc<Organization>>> {
        let mut all = Vec::with_capacity(draft.supporters.len() + 1);
        all.extend(self.host.cloned());
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

fn same_arcs(one: &[Arc<Organization>], other: &[Arc<Organization>]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| Arc::ptr_eq(one, other))
}

fn same_venue(place: Option<&Place>, venue: Option<&Arc<Venue>>) -> bool {
    match (place, venue) {
        (Some(Place::Venue(place)), Some(venue)) => Arc::ptr_eq(place, venue),
        (Some(Place::Venue(_)), None) | (Some(Place::Text(_)) | None, Some(_)) => false,
        (Some(Place::Text(_)) | None, None) => true,
    }
}

impl Catalog {
    /// The event with an id.
    #[must_use]
    pub fn event(&self, id: &Slug) -> Option<&Arc<Event>> {
        let position = self.events.binary_search_by(|event| event.id.cmp(id)).ok()?;
        self.events.get(position)
    }

    /// The file that each event was made of.
    pub(super) fn files_of_events(&self) -> HashMap<&Slug, &String> {
        let all = self.origins.iter();
        all.flat_map(|(name, origin): (_, &Origin)| origin.events.iter().flatten().map(move |event| (&event.id, name)))
            .collect()
    }

    fn sort(&mut self) {
        self.events.sort_by(|one, other| one.id.cmp(&other.id));
        self.problems.sort_by(|one, other| {
            let key = |problem: &Problem| (problem.span.start, problem.span.end);
            one.source.name.cmp(&other.source.name).then_with(|| key(one).cmp(&key(other)))
        });
    }

    /// Keeps what was published of the events that are wrong now.
    fn keep_published(&mut self, files: &[(&String, &Arc<ParsedFile>)], previous: &Self) {
        let mut wrong = BTreeSet::new();
        for (name, file) in files {
            let made = self.origins.get(*name).map_or(&[] as &[_], |origin| &origin.events);
            let unmade =
                file.drafts.iter().enumerate().filter(|(number, _)| !matches!(made.get(*number), Some(Some(_))));
            wrong.extend(
                unmade
                    .map(|(_, draft)| &draft.event.id)
                    .chain(file.failed.iter().filter_map(|failed| Some(&failed.id.as_ref()?.value))),
            );
        }
        for id in wrong {
            if self.event(id).is_none()
                && let Some(published) = previous.event(id)
            {
                let kept = self.refreshed(published);
                let position = self.events.partition_point(|event| event.id < *id);
                self.events.insert(position, kept);
            }
        }
    }

    /// An event of before among the organizations and venues of now.
    fn refreshed(&mut self, event: &Arc<Event>) -> Arc<Event> {
        let mut fresh = Event::clone(event);
        for organization in &mut fresh.organizations {
            *organization = Arc::clone(
                self.organizations.entry(organization.slug.clone()).or_insert_with(|| Arc::clone(organization)),
            );
        }
        let changes = fresh.changes.iter_mut().map(|change| &mut change.details);
        for details in std::iter::once(&mut fresh.details).chain(changes) {
            if let Some(Place::Venue(venue)) = &mut details.place {
                *venue = Arc::clone(self.venues.entry(venue.slug.clone()).or_insert_with(|| Arc::clone(venue)));
            }
        }
        if fresh == **event && same_arcs(&fresh.organizations, &event.organizations) {
            Arc::clone(event)
        } else {
            Arc::new(fresh)
        }
    }
}
