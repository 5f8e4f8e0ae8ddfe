//! Joins all files: finds whose the names are, and what belongs to two. It reads no text.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::config::Config;
use crate::event::{Event, Organization, Place};
use crate::name::Slug;
use crate::partner::Overrules;
use crate::problem::Problem;

use super::claims::Claims;
use super::joint::{Joint, Origin, same};
use super::organizations::Organizations;
use super::venues::Venues;
use super::{Catalog, ParsedFile, partners};

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
    let mut problems: Vec<Problem> = Vec::new();
    let mut organizations = Organizations::declared(&parsed, &previous.organizations, &mut problems);
    let venues = Venues::declared(&parsed, &previous.venues, &mut problems);
    let claims = Claims::of(&good, config, previous, &mut problems);
    let mut origins = BTreeMap::new();
    for (position, (name, file)) in good.iter().enumerate() {
        let resolve = |used| organizations.resolve(used, &file.source, &mut problems);
        let resolved: Vec<_> = file.names.all.iter().map(resolve).collect();
        let host = own(file, &organizations);
        let joint = Joint { file, host, resolved, venues: &venues, before: previous.origins.get(*name), previous };
        origins.insert((*name).clone(), joint.origin(&claims, position, &mut problems));
    }
    organizations.warn_of_look_alikes(&mut problems);
    let own = |file: &ParsedFile| own(file, &organizations);
    let partners = partners::gathered(&parsed, own, &previous.partners, &mut problems);
    let mut overrules = Overrules::default();
    for (same, one, other) in parsed.iter().flat_map(|file| &file.overrules) {
        overrules.note(*same, one.clone(), other.clone());
    }
    let whole = claims.lost.is_empty() && origins.values().all(|origin| origin.whole);
    let mut catalog = Catalog {
        organizations: organizations.by_slug,
        venues: venues.by_slug,
        partners,
        overrules,
        events: events(&origins, previous),
        problems: Vec::new(),
        kept: Vec::new(),
        between: problems,
        whole,
        former_uids: parsed.iter().any(|file| file.former_uids),
        origins,
    };
    catalog.tell(files);
    catalog.keep_published(previous);
    catalog
}

fn by_place(one: &Problem, other: &Problem) -> Ordering {
    let key = |problem: &Problem| (problem.span.start, problem.span.end);
    one.source.name.cmp(&other.source.name).then_with(|| key(one).cmp(&key(other)))
}

/// All events by their ids. Most stay where they were in the previous catalog, so only those that come are sorted.
fn events(origins: &BTreeMap<String, Origin>, previous: &Catalog) -> Vec<Arc<Event>> {
    let unchanged = |name: &String, one: &Origin, others: &BTreeMap<String, Origin>| {
        others.get(name).is_some_and(|other| Arc::ptr_eq(&one.events, &other.events))
    };
    let going = previous.origins.iter().filter(|(name, before)| !unchanged(name, before, origins));
    let going = going.flat_map(|(_, before)| before.events.iter().flatten()).chain(&previous.kept);
    let going: HashSet<_> = going.map(Arc::as_ptr).collect();
    let coming = origins.iter().filter(|(name, now)| !unchanged(name, now, &previous.origins));
    let mut coming: Vec<_> = coming.flat_map(|(_, now)| now.events.iter().flatten()).collect();
    coming.sort_by(|one, other| one.id.cmp(&other.id));
    let mut coming = coming.into_iter().peekable();
    let mut events = Vec::with_capacity(previous.events.len() + coming.len());
    for event in previous.events.iter().filter(|event| !going.contains(&Arc::as_ptr(event))) {
        while let Some(next) = coming.next_if(|next| next.id < event.id) {
            events.push(Arc::clone(next));
        }
        events.push(Arc::clone(event));
    }
    events.extend(coming.cloned());
    events
}

/// The organization whose file it is.
fn own(file: &ParsedFile, organizations: &Organizations) -> Option<Arc<Organization>> {
    let own = file.organizations.iter().find(|declared| declared.own)?;
    organizations.by_slug.get(&own.organization.slug).cloned()
}

fn last_good<'a>(name: &str, file: &'a Arc<ParsedFile>, previous: &'a Catalog) -> &'a Arc<ParsedFile> {
    match previous.origins.get(name) {
        Some(origin) if file.broken => &origin.file,
        _ => file,
    }
}

impl Catalog {
    /// Gathers the problems in files and between them.
    pub(super) fn tell(&mut self, files: &BTreeMap<String, Arc<ParsedFile>>) {
        self.problems = files.values().flat_map(|file| &file.problems).chain(&self.between).cloned().collect();
        self.problems.sort_by(by_place);
    }

    /// The event with an id.
    #[must_use]
    pub fn event(&self, id: &Slug) -> Option<&Arc<Event>> {
        let position = self.events.binary_search_by(|event| event.id.cmp(id)).ok()?;
        self.events.get(position)
    }

    /// How many bytes the texts of its files have together.
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        self.origins.values().map(|origin| origin.file.source.text.len()).sum()
    }

    /// The file that each event was made of.
    pub(super) fn files_of_events(&self) -> HashMap<&Slug, &String> {
        let all = self.origins.iter();
        all.flat_map(|(name, origin): (_, &Origin)| origin.events.iter().flatten().map(move |event| (&event.id, name)))
            .collect()
    }

    /// Keeps what was published of the events that are wrong now.
    fn keep_published(&mut self, previous: &Self) {
        let mut wrong = BTreeSet::new();
        for origin in self.origins.values().filter(|origin| !origin.whole) {
            let made = |number| matches!(origin.events.get(number), Some(Some(_)));
            let drafts = origin.file.drafts.iter().enumerate().filter(|(number, _)| !made(*number));
            let failed = origin.file.failed.iter().filter_map(|failed| failed.id.as_ref());
            wrong.extend(drafts.map(|(_, draft)| draft.id.clone()).chain(failed.map(|id| id.value.clone())));
        }
        let published = wrong.iter().filter(|id| self.event(id).is_none()).filter_map(|id| previous.event(id));
        for event in published.collect::<Vec<_>>() {
            let kept = self.refreshed(event);
            self.kept.push(Arc::clone(&kept));
            self.events.push(kept);
        }
        if !self.kept.is_empty() {
            self.events.sort_by(|one, other| one.id.cmp(&other.id));
        }
    }

    /// An event of before among the organizations and venues of now.
    fn refreshed(&mut self, event: &Arc<Event>) -> Arc<Event> {
        let mut fresh = Event::clone(event);
        let now = |organization: &Arc<Organization>| {
            let known = self.organizations.entry(organization.slug.clone());
            Arc::clone(known.or_insert_with(|| Arc::clone(organization)))
        };
        fresh.organizations = event.organizations.iter().map(now).collect();
        let changes = fresh.changes.iter_mut().map(|change| &mut change.details);
        for details in std::iter::once(&mut fresh.details).chain(changes) {
            if let Some(Place::Venue(venue)) = &mut details.place {
                *venue = Arc::clone(self.venues.entry(venue.slug.clone()).or_insert_with(|| Arc::clone(venue)));
            }
        }
        if fresh == **event && same(&fresh.organizations, &event.organizations) {
            Arc::clone(event)
        } else {
            Arc::new(fresh)
        }
    }
}
