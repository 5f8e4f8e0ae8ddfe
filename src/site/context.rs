//! What pages tell beside events: the calendar, its organizations, places and partners. It renders nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::frame::{Frame, Today};
use super::stem::{Kind, Stem};
use super::{World, status};
use crate::catalog::Catalog;
use crate::config::Config;
use crate::digest::{Digest, Hasher};
use crate::event::{Organization, Venue};
use crate::language::Language;
use crate::name::Slug;
use crate::page::combine::Group;
use crate::page::front::{Entry, Lists};
use crate::page::listing::{self, Subject};
use crate::page::status::State;
use crate::page::{Around, Freshness, Named, assets};
use crate::partner::Partner;

/// The name in the ledger of what all pages depend on beside their events.
pub(super) const PAGES: &str = "pages";

/// What the pages of a Site have in common.
#[derive(Debug)]
pub(super) struct Context {
    name: String,
    description: String,
    languages: Vec<Language>,
    pub(super) names: Arc<Names>,
    partners: Vec<PartnerNow>,
    /// Of all this but the partners.
    pub(super) digest: Digest,
    /// Of the partners.
    pub(super) partners_digest: Digest,
    /// Of the feeds in the directory.
    pub(super) listed: Digest,
    /// When that last changed.
    pub(super) modified: DateTime<Utc>,
}

/// The organizations and venues of the catalog; the same for one Site after another while the catalog's are.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) organizations: BTreeMap<Slug, Arc<Organization>>,
    pub(super) venues: BTreeMap<Slug, Arc<Venue>>,
    /// Of all of them; `None` where there are none.
    digest: Option<Digest>,
}

/// A partner as it is now.
#[derive(Debug)]
struct PartnerNow {
    partner: Arc<Partner>,
    state: State,
    confirmed: Option<DateTime<Utc>>,
    events: usize,
}

impl Context {
    pub(super) fn new(
        world: &World<'_>,
        config: &Config,
        names: Arc<Names>,
        listed: &[Arc<Stem>],
        now: DateTime<Utc>,
    ) -> Self {
        let partner = |state: &super::PartnerState<'_>| PartnerNow {
            partner: Arc::clone(&state.partner),
            state: status::state(state, config, now),
            confirmed: state.header.and_then(|header| header.confirmed),
            events: state.adopted.map_or(0, |adopted| adopted.events.len()),
        };
        let digest = digest(world, config, &names);
        let partners: Vec<PartnerNow> = world.partners.iter().map(partner).collect();
        let mut stems = Hasher::default();
        listed.iter().for_each(|stem| {
            stems.digest(stem.digest);
        });
        Self {
            name: config.name.clone(),
            description: config.description.clone(),
            languages: config.languages.clone(),
            names,
            partners_digest: partners_digest(&partners),
            partners,
            digest,
            listed: stems.finish(),
            modified: world.ledger.stamp(PAGES, digest, now).modified,
        }
    }

    /// The partner with a slug.
    pub(super) fn partner(&self, slug: &str) -> Option<&Arc<Partner>> {
        let place = self.partners.binary_search_by(|known| known.partner.slug.as_str().cmp(slug)).ok()?;
        self.partners.get(place).map(|known| &known.partner)
    }

    /// The partners, by slug.
    pub(super) fn partners(&self) -> impl Iterator<Item = &Arc<Partner>> {
        self.partners.iter().map(|known| &known.partner)
    }

    pub(super) fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// What all pages of a view have in common.
    pub(super) fn around<'a>(&'a self, frame: &'a Frame, today: Today, view: usize) -> Around<'a> {
        Around {
            name: &self.name,
            description: &self.description,
            public_url: frame.public_url(),
            zone: frame.zone(),
            languages: &self.languages,
            view: frame.view(view),
            today: today.date,
            partners: !self.partners.is_empty(),
        }
    }

    /// What the page of a stem is of.
    pub(super) fn subject<'a>(&'a self, stem: &'a Stem) -> Subject<'a> {
        let id = &*stem.plan.id;
        let (organizations, venues) = (&self.names.organizations, &self.names.venues);
        let organization = organizations.get(id).filter(|_| stem.plan.kind == Kind::Organization);
        let partner = self.partner(id).filter(|_| stem.plan.kind == Kind::Partner);
        let partners = self.partners.iter().filter(|known| match stem.plan.kind {
            Kind::Organization => known.partner.organization.as_ref().is_some_and(|own| own.slug.as_str() == id),
            Kind::Partner => known.partner.slug.as_str() == id,
            _ => false,
        });
        let kind = match stem.plan.kind {
            Kind::Organization => listing::Kind::Organization,
            Kind::Tag => listing::Kind::Tag,
            Kind::Venue => listing::Kind::Venue,
            Kind::Partner => listing::Kind::Partner,
            Kind::All | Kind::Event | Kind::Combined => listing::Kind::All,
        };
        Subject {
            kind,
            path: &stem.path,
            name: &stem.plan.head.name,
            description: &stem.plan.head.description,
            url: organization.and_then(|o| o.url.as_deref()).or(partner.and_then(|p| p.url.as_deref())),
            venue: venues.get(id).filter(|_| stem.plan.kind == Kind::Venue).map(Arc::as_ref),
            partners: partners.map(PartnerNow::freshness).collect(),
        }
    }

    /// What the front page leads to.
    pub(super) fn lists<'a>(&'a self, listed: &'a [Arc<Stem>]) -> Lists<'a> {
        Lists {
            organizations: self.entries(listed, Kind::Organization),
            tags: self.entries(listed, Kind::Tag),
            partners: self.partners.iter().map(PartnerNow::freshness).collect(),
        }
    }

    /// What can be combined.
    pub(super) fn choices<'a>(&'a self, listed: &'a [Arc<Stem>]) -> [(&'static str, Vec<Entry<'a>>); 4] {
        [Kind::Organization, Kind::Tag, Kind::Venue, Kind::Partner]
            .map(|kind| (kind.word(), self.entries(listed, kind)))
    }

    pub(super) fn groups<'a>(choices: &'a [(&'static str, Vec<Entry<'a>>)]) -> Vec<Group<'a>> {
        let filled = choices.iter().filter(|(_, entries)| !entries.is_empty());
        filled.map(|(key, entries)| Group { key, entries }).collect()
    }

    /// The stems of a kind by name, as people sort names.
    fn entries<'a>(&'a self, listed: &'a [Arc<Stem>], kind: Kind) -> Vec<Entry<'a>> {
        let entry = |stem: &'a Arc<Stem>| Entry {
            named: match kind {
                Kind::Tag => Named::tag(&stem.plan.id),
                _ => Named::new(kind.word(), &stem.plan.id, stem.plan.head.name.as_str()),
            },
            color: stem.plan.head.color.filter(|_| kind == Kind::Organization).map(|color| color.hex()),
            events: stem.plan.events.len(),
        };
        let mut entries: Vec<Entry<'a>> = listed.iter().filter(|stem| stem.plan.kind == kind).map(entry).collect();
        entries.sort_by_cached_key(|entry| (crate::name::folded(&entry.named.name), entry.named.path.to_string()));
        entries
    }
}

impl Names {
    /// Those of no catalog.
    pub(super) const NONE: &'static Self =
        &Self { organizations: BTreeMap::new(), venues: BTreeMap::new(), digest: None };

    /// Those of a catalog; `before` where they are the very same.
    pub(super) fn of(catalog: &Catalog, before: Option<&Arc<Self>>) -> Arc<Self> {
        let (organizations, venues) = (&catalog.organizations, &catalog.venues);
        let is_still = |before: &&Arc<Self>| {
            differing(&before.organizations, organizations).is_empty() && differing(&before.venues, venues).is_empty()
        };
        if let Some(before) = before.filter(is_still) {
            return Arc::clone(before);
        }
        let mut hasher = Hasher::default();
        for organization in organizations.values() {
            hasher.text(organization.slug.as_str()).text(&organization.name).text(&organization.description);
            hasher.text(organization.url.as_deref().unwrap_or_default());
            hasher.text(&organization.color.map(|color| color.hex()).unwrap_or_default());
        }
        for venue in venues.values() {
            hasher.digest(Digest::of(venue));
        }
        let (organizations, venues) = (organizations.clone(), venues.clone());
        Arc::new(Self { organizations, venues, digest: Some(hasher.finish()) })
    }
}

/// The keys under which two names do not have the very same.
pub(super) fn differing<'a, T>(
    one: &'a BTreeMap<Slug, Arc<T>>,
    other: &'a BTreeMap<Slug, Arc<T>>,
) -> BTreeSet<&'a str> {
    let (mut ones, mut others) = (one.iter().peekable(), other.iter().peekable());
    let mut differing = BTreeSet::new();
    loop {
        match (ones.peek(), others.peek()) {
            (Some((_, one)), Some((_, other))) if Arc::ptr_eq(one, other) => drop((ones.next(), others.next())),
            (Some((one, _)), Some((other, _))) if one > other => {
                differing.extend(others.next().map(|(key, _)| key.as_str()))
            }
            (Some(_), _) => differing.extend(ones.next().map(|(key, _)| key.as_str())),
            (None, Some(_)) => differing.extend(others.next().map(|(key, _)| key.as_str())),
            (None, None) => return differing,
        }
    }
}

impl PartnerNow {
    fn freshness(&self) -> Freshness<'_> {
        Freshness {
            partner: Named::new("partner", self.partner.slug.as_str(), self.partner.name.as_str()),
            state: self.state,
            confirmed: self.confirmed,
        }
    }
}

fn digest(world: &World<'_>, config: &Config, names: &Names) -> Digest {
    let mut hasher = Hasher::default();
    hasher.text(&config.name).text(&config.description).number(world.partners.is_empty().into());
    for asset in assets::ALL {
        hasher.text(asset.text);
    }
    names.digest.iter().for_each(|digest| {
        hasher.digest(*digest);
    });
    hasher.finish()
}

fn partners_digest(partners: &[PartnerNow]) -> Digest {
    let mut hasher = Hasher::default();
    for PartnerNow { partner, state, confirmed, events } in partners {
        hasher.text(partner.slug.as_str()).text(&partner.name).text(partner.url.as_deref().unwrap_or_default());
        hasher.number(*state as u64).number(*events as u64);
        hasher.number(confirmed.map_or(0, |confirmed| confirmed.timestamp().cast_unsigned()));
    }
    hasher.finish()
}
