//! Which stems a Site has, and which of them it makes anew: what an event does not touch is the previous Site's. It makes no bytes.

use std::collections::HashMap;
use std::sync::Arc;

use super::build::Builder;
use super::context::{Names, differing};
use super::published::Published;
use super::shelf::{Edit, Shelf};
use super::stem::{Kind, Plan, Stem, path};
use crate::event::{Event, Place};
use crate::feed::Head;

/// The stems of a Site, those of single events aside.
pub(super) struct Stems {
    pub(super) by_path: HashMap<Arc<str>, Arc<Stem>>,
    /// By kind, then by id.
    pub(super) listed: Vec<Arc<Stem>>,
    /// Those that the previous Site did not have.
    pub(super) fresh: Vec<Arc<Stem>>,
}

/// The edit of each stem that may differ from the previous Site's.
type Touched<'e> = HashMap<(Kind, &'e str), Edit>;

impl Builder<'_> {
    /// The stems of the previous Site, with those made anew that an edit of the events, or something else, touches.
    pub(super) fn stems(&self, edit: &Edit) -> Stems {
        let previous = self.previous;
        let mut by_path = previous.map(|site| site.stems.clone()).unwrap_or_default();
        let mut listed = previous.map(|site| site.listed.clone()).unwrap_or_default();
        let (mut fresh, mut reshaped) = (Vec::new(), previous.is_none());
        for ((kind, id), edit) in self.touched(edit) {
            let old = previous.and_then(|site| site.stems.get(path(kind, id).as_str()));
            let Some(stem) = self.stem((kind, id), &edit, old) else {
                reshaped |= old.is_some_and(|old| by_path.remove(&old.path).is_some());
                continue;
            };
            if old.is_some_and(|old| Arc::ptr_eq(old, &stem)) {
                continue;
            }
            let place = listed.binary_search_by(|other| order(other).cmp(&(kind, id))).ok();
            match place.and_then(|place| listed.get_mut(place)) {
                Some(other) => *other = Arc::clone(&stem),
                None => reshaped = true,
            }
            by_path.insert(Arc::clone(&stem.path), Arc::clone(&stem));
            fresh.push(stem);
        }
        if reshaped {
            listed = by_path.values().cloned().collect();
            listed.sort_unstable_by(|one, other| order(one).cmp(&order(other)));
        }
        Stems { by_path, listed, fresh }
    }

    /// The stem of an address as it is now; `old` itself where that is still right, `None` where there is none any more.
    fn stem(&self, (kind, id): (Kind, &str), edit: &Edit, old: Option<&Arc<Stem>>) -> Option<Arc<Stem>> {
        let events = match old {
            Some(old) if edit.is_empty() => old.plan.events.clone(),
            Some(old) => old.plan.events.edited(edit),
            None => Shelf::default().edited(edit),
        };
        let head = self.head(kind, id, &events)?;
        if let Some(old) = old.filter(|old| edit.is_empty() && old.plan.head == head && old.is_of(self.today)) {
            return Some(Arc::clone(old));
        }
        let plan = Plan { kind, id: id.into(), head, events };
        let modified = |digest| self.world.ledger.stamp(&path(kind, id), digest, self.now).modified;
        Some(Arc::new(Stem::new(plan, self.frame, self.today, modified)))
    }

    /// What may differ: where events go or come, what files tell of otherwise, and what was decided for another day. Everything may where
    /// there is no previous Site.
    fn touched<'e>(&'e self, edit: &'e Edit) -> Touched<'e> {
        let mut touched = Touched::from([((Kind::All, "all"), Edit::default())]);
        edit.going.iter().for_each(|published| note(&mut touched, published, |edit| &mut edit.going));
        edit.coming.iter().for_each(|published| note(&mut touched, published, |edit| &mut edit.coming));
        let nothing = Names::NONE;
        let before = self.previous.map_or(nothing, |site| &site.context.names);
        let organizations = differing(&before.organizations, &self.names.organizations);
        let organizations = organizations.into_iter().map(|id| (Kind::Organization, id));
        let venues = differing(&before.venues, &self.names.venues).into_iter().map(|id| (Kind::Venue, id));
        let other_day = self.previous.iter().flat_map(|site| &site.listed).filter(|stem| !stem.is_of(self.today));
        let other_day = other_day.map(|stem| (stem.plan.kind, &*stem.plan.id));
        for stem in organizations.chain(venues).chain(self.partners()).chain(other_day) {
            touched.entry(stem).or_default();
        }
        touched
    }

    /// The partners of the World and of the previous Site. They are few enough to look at each.
    fn partners(&self) -> impl Iterator<Item = (Kind, &str)> {
        let now = self.world.partners.iter().map(|state| &state.partner);
        let before = self.previous.iter().flat_map(|site| site.context.partners());
        now.chain(before).map(|partner| (Kind::Partner, partner.slug.as_str()))
    }

    /// What a feed says of itself; `None` where there is no such feed. Organizations, venues and partners have one also without events.
    fn head(&self, kind: Kind, id: &str, events: &Shelf) -> Option<Head> {
        let (name, description, color) = match kind {
            Kind::All => (self.config.name.clone(), self.config.description.clone(), self.config.color),
            Kind::Organization => {
                let organization = self.names.organizations.get(id)?;
                (organization.name.clone(), organization.description.clone(), organization.color)
            }
            Kind::Venue => {
                let venue = self.names.venues.get(id)?;
                (venue.name.clone(), venue.address.clone().unwrap_or_default(), None)
            }
            Kind::Partner => {
                let place = self.world.partners.binary_search_by(|state| state.partner.slug.as_str().cmp(id)).ok()?;
                let partner = &self.world.partners.get(place)?.partner;
                let color = partner.organization.as_ref().and_then(|organization| organization.color);
                (partner.name.clone(), String::new(), color)
            }
            Kind::Tag if events.is_empty() => return None,
            Kind::Tag => (format!("{}: {id}", self.config.name), String::new(), self.config.color),
            Kind::Event | Kind::Combined => return None,
        };
        Some(self.frame.head(name, description, color))
    }
}

fn order(stem: &Stem) -> (Kind, &str) {
    (stem.plan.kind, &stem.plan.id)
}

/// Notes an event in the edits of all stems that it belongs to.
fn note<'e>(touched: &mut Touched<'e>, published: &'e Arc<Published>, list: fn(&mut Edit) -> &mut Vec<Arc<Published>>) {
    for stem in memberships(&published.event) {
        let list = list(touched.entry(stem).or_default());
        // A series may be at one venue several times: it is the last of the list then.
        if !list.last().is_some_and(|last| Arc::ptr_eq(last, published)) {
            list.push(Arc::clone(published));
        }
    }
}

/// The stems that an event belongs to, its own aside.
fn memberships(event: &Event) -> impl Iterator<Item = (Kind, &str)> {
    let organizations = event.organizations.iter().map(|organization| (Kind::Organization, organization.slug.as_str()));
    let tags = event.tags.iter().map(|tag| (Kind::Tag, tag.as_str()));
    let origins = event.origins.iter().map(|origin| (Kind::Partner, origin.partner.as_str()));
    let all = (!event.apart).then_some((Kind::All, "all"));
    organizations.chain(tags).chain(origins).chain(venues(event).map(|venue| (Kind::Venue, venue))).chain(all)
}

/// The venues of an event and of its changed occurrences.
fn venues(event: &Event) -> impl Iterator<Item = &str> {
    let places = event.changes.iter().map(|change| change.details.place.as_ref());
    std::iter::once(event.details.place.as_ref()).chain(places).flatten().filter_map(|place| match place {
        Place::Venue(venue) => Some(venue.slug.as_str()),
        Place::Text(_) => None,
    })
}
