//! How a Site is built: events in their revisions, stems by what they share, what has not changed taken over.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};

use super::context::Context;
use super::facts::Figures;
use super::fixed::{self, Fixed};
use super::frame::{Frame, Today};
use super::memory::Memory;
use super::published::Published;
use super::single::Single;
use super::status;
use super::stem::{FEED_CACHE, Form, Kind, Plan, Stem, path};
use super::{Coding, Site, World};
use crate::config::Config;
use crate::event::{Event, Place};
use crate::page::{assets, json};

/// The name in the ledger of what all feeds depend on beside their events.
pub(super) const LAYOUT: &str = "layout";

/// How many combined feeds are remembered: at most twice as many times the largest feed in memory, in each of its forms.
const COMBINED: usize = 16;
/// How many pages, Atom feeds and the like are remembered; most are a few kilobytes.
const LEAVES: usize = 300;

pub(super) fn build(world: World<'_>, config: &Config, now: DateTime<Utc>, previous: Option<&Site>) -> Site {
    let frame = Frame::new(config);
    let today = Today::of(&frame, now);
    let events = published(world, &frame, today, now, previous);
    let layout = world.ledger.stamp(LAYOUT, frame.digest(), now);
    let builder = Builder { world, config, frame: &frame, today, now, previous };
    let stems = builder.stems(&events);
    let listed = listed(&stems);
    let context = Context::new(&world, config, &listed, now);
    let fixed = builder.fixed(&listed, &context);
    make_ahead(&frame, &stems);
    Site {
        frame,
        layout,
        today,
        context,
        events,
        stems,
        listed,
        fixed,
        combined: Memory::new(COMBINED),
        leaves: previous.map_or_else(|| Arc::new(Memory::new(LEAVES)), |site| Arc::clone(&site.leaves)),
        figures: Figures::of(&world),
    }
}

/// The events in their revisions, by id; those of `previous` that are still the same.
fn published(
    world: World<'_>,
    frame: &Frame,
    today: Today,
    now: DateTime<Utc>,
    previous: Option<&Site>,
) -> Vec<Single> {
    let mut old = previous.map(|site| site.events.as_slice()).unwrap_or_default().iter().peekable();
    let publish = |event: &Arc<Event>| {
        let current = world.ledger.current(event, now, today.midnight);
        // Both lists are ascending by id: the two are walked side by side.
        while old.next_if(|old| old.published.event.id < event.id).is_some() {}
        match old.peek() {
            Some(old) if old.published.is_still(event, current, today.date) => old.taken_over(today),
            _ => Single::new(Published::new(Arc::clone(event), current, frame, today.date)),
        }
    };
    world.merged.events.iter().map(publish).collect()
}

struct Builder<'a> {
    world: World<'a>,
    config: &'a Config,
    frame: &'a Frame,
    today: Today,
    now: DateTime<Utc>,
    previous: Option<&'a Site>,
}

impl Builder<'_> {
    fn stems(&self, events: &[Single]) -> HashMap<Arc<str>, Arc<Stem>> {
        let mut ordered: Vec<Arc<Published>> = events.iter().map(|event| Arc::clone(&event.published)).collect();
        ordered.sort_unstable_by(|one, other| one.order().cmp(&other.order()));
        let stems = self.plans(&ordered).into_iter().map(|plan| self.stem(plan));
        stems.map(|stem| (Arc::clone(&stem.path), stem)).collect()
    }

    /// The stem of a plan; the previous one where that is still right.
    fn stem(&self, plan: Plan) -> Arc<Stem> {
        let path = path(plan.kind, &plan.id);
        if let Some(old) = self.previous.and_then(|site| site.stems.get(path.as_str()))
            && old.is_still(&plan, self.today)
        {
            return Arc::clone(old);
        }
        let modified = |digest| self.world.ledger.stamp(&path, digest, self.now).modified;
        Arc::new(Stem::new(plan, self.frame, self.today, modified))
    }

    /// What stems there are beside those of single events. `ordered` is in feed order, and so are the events of every plan.
    fn plans(&self, ordered: &[Arc<Published>]) -> Vec<Plan> {
        let mut plans = Groups::of(ordered).into_plans(self);
        let all = self.frame.head(self.config.name.clone(), self.config.description.clone(), self.config.color);
        let listed = ordered.iter().filter(|published| !published.event.apart).cloned().collect();
        plans.push(Plan { kind: Kind::All, id: "all".into(), head: all, events: listed });
        plans
    }

    fn fixed(&self, listed: &[Arc<Stem>], context: &Context) -> HashMap<String, Fixed> {
        let modified = |path: &str| {
            let path = path.to_owned();
            move |digest| self.world.ledger.stamp(&path, digest, self.now).modified
        };
        let lasting = |path: &str, media_type, bytes| {
            (path.to_owned(), Fixed::lasting(media_type, FEED_CACHE, bytes, modified(path)))
        };
        let robots = fixed::robots(self.frame.public_url());
        let status = status::of(&self.world, self.config, self.now);
        let passing = |path: &str, fixed| (path.to_owned(), fixed);
        let mut fixed = HashMap::from([
            lasting("/feeds.json", "application/json; charset=utf-8", self.directory(listed)),
            lasting("/robots.txt", "text/plain; charset=utf-8", robots.into_bytes()),
            passing("/healthz", Fixed::passing("ok\n".to_owned())),
            passing("/status.json", Fixed::passing_json(status.json())),
            passing("/readyz", Fixed::passing(fixed::ready(&self.world.catalog.problems))),
        ]);
        fixed.extend(
            assets::ALL
                .map(|asset| lasting(&format!("/{}", asset.path), asset.media_type, asset.text.as_bytes().to_vec())),
        );
        fixed.extend((0..self.frame.views().len()).map(|view| {
            let around = context.around(self.frame, self.today, view);
            (format!("{}status", self.frame.prefix(view)), Fixed::passing_page(status.html(&around)))
        }));
        fixed
    }

    fn directory(&self, listed: &[Arc<Stem>]) -> Vec<u8> {
        let (zone, main, address) = (self.frame.zone(), self.frame.main(), self.frame.public_url());
        json::directory(listed.iter().map(|stem| {
            let next = stem.plan.events.iter().filter_map(|event| Some((event, event.next(self.today.date)?)));
            let next = next.min_by_key(|(_, occurrence)| occurrence.when.start().instant(zone));
            let path = &stem.path;
            json::Entry {
                kind: stem.plan.kind.word(),
                id: &stem.plan.id,
                name: &stem.plan.head.name,
                ics: format!("{address}/{path}.ics"),
                json: format!("{address}/{path}.json"),
                page: format!("{address}/{path}"),
                events: stem.plan.events.len(),
                next: next.map(|(published, occurrence)| json::Next::of(&published.event, occurrence, zone, main)),
            }
        }))
    }
}

/// The events that share an organization, a tag or a venue.
#[derive(Default)]
struct Groups<'a> {
    groups: HashMap<(Kind, &'a str), Vec<Arc<Published>>>,
}

impl<'a> Groups<'a> {
    fn of(ordered: &'a [Arc<Published>]) -> Self {
        let mut groups = Self::default();
        for published in ordered {
            let event = &published.event;
            for organization in event.organizations.iter() {
                groups.add(Kind::Organization, organization.slug.as_str(), published);
            }
            for tag in &event.tags {
                groups.add(Kind::Tag, tag.as_str(), published);
            }
            for origin in event.origins.iter() {
                groups.add(Kind::Partner, origin.partner.as_str(), published);
            }
            for venue in venues(event) {
                groups.add(Kind::Venue, venue, published);
            }
        }
        groups
    }

    fn add(&mut self, kind: Kind, id: &'a str, published: &Arc<Published>) {
        let group = self.groups.entry((kind, id)).or_default();
        // A series may be at one venue several times: it is the group's last event then.
        if !group.last().is_some_and(|last| Arc::ptr_eq(last, published)) {
            group.push(Arc::clone(published));
        }
    }

    /// A plan for each organization and venue of the catalog, also those without events, and for each tag in use.
    fn into_plans(mut self, builder: &Builder<'a>) -> Vec<Plan> {
        let (catalog, frame) = (builder.world.catalog, builder.frame);
        let mut plan = |kind, id: &'a str, head| {
            let events = self.groups.remove(&(kind, id)).unwrap_or_default();
            Plan { kind, id: id.into(), head, events }
        };
        let mut plans: Vec<Plan> = Vec::new();
        plans.extend(catalog.organizations.values().map(|organization| {
            let head = frame.head(organization.name.clone(), organization.description.clone(), organization.color);
            plan(Kind::Organization, organization.slug.as_str(), head)
        }));
        plans.extend(catalog.venues.values().map(|venue| {
            let head = frame.head(venue.name.clone(), venue.address.clone().unwrap_or_default(), None);
            plan(Kind::Venue, venue.slug.as_str(), head)
        }));
        plans.extend(builder.world.partners.iter().map(|state| {
            let partner = &state.partner;
            let color = partner.organization.as_ref().and_then(|organization| organization.color);
            let head = frame.head(partner.name.clone(), String::new(), color);
            plan(Kind::Partner, partner.slug.as_str(), head)
        }));
        plans.extend(self.groups.into_iter().filter(|((kind, _), _)| *kind == Kind::Tag).map(
            |((kind, id), events)| {
                let head = frame.head(format!("{}: {id}", builder.config.name), String::new(), builder.config.color);
                Plan { kind, id: id.into(), head, events }
            },
        ));
        plans
    }
}

/// The venues of an event and of its changed occurrences.
fn venues(event: &Event) -> impl Iterator<Item = &str> {
    let places = event.changes.iter().map(|change| change.details.place.as_ref());
    std::iter::once(event.details.place.as_ref()).chain(places).flatten().filter_map(|place| match place {
        Place::Venue(venue) => Some(venue.slug.as_str()),
        Place::Text(_) => None,
    })
}

/// The stems of the directory: by kind, then by id.
fn listed(stems: &HashMap<Arc<str>, Arc<Stem>>) -> Vec<Arc<Stem>> {
    let mut listed: Vec<Arc<Stem>> = stems.values().cloned().collect();
    listed.sort_unstable_by(|one, other| (one.plan.kind, &one.plan.id).cmp(&(other.plan.kind, &other.plan.id)));
    listed
}

/// Makes the feeds of organizations and the combined feed, shared out among the cores. Those taken over are made already.
fn make_ahead(frame: &Frame, stems: &HashMap<Arc<str>, Arc<Stem>>) {
    let ahead = |stem: &&Arc<Stem>| matches!(stem.plan.kind, Kind::All | Kind::Organization);
    let mut stems: Vec<&Arc<Stem>> = stems.values().filter(ahead).collect();
    // The largest first, so that no thread is left alone with it at the end.
    stems.sort_unstable_by_key(|stem| std::cmp::Reverse(stem.plan.events.len()));
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(stem) = stems.get(next.fetch_add(1, Ordering::Relaxed)) {
            stem.bytes(frame, 0, Form::Ics, Coding::Gzip);
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 1..threads.min(stems.len() / 8) {
            scope.spawn(work);
        }
        work();
    });
}
