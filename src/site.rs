//! The Site: every representation that the service has, built from the World and the time by a pure function. It answers which
//! representation an address names; it knows no HTTP server and no file.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};

use crate::catalog::Catalog;
use crate::config::Config;
use crate::event::Difference;
use crate::merge::Merged;
use crate::page::{Around, json, sitemap};
use crate::partner::{Adopted, Changes, Header, Partner};
use crate::revision::{Ledger, Stamp};

mod build;
mod combine;
mod context;
mod facts;
mod find;
mod fixed;
mod frame;
mod held;
mod leaf;
mod memory;
mod published;
mod register;
mod representation;
mod shelf;
mod status;
mod stem;
mod stems;

use context::Context;
pub use facts::Crowded;
use facts::Figures;
use fixed::{Fixed, Later};
use frame::{Frame, Today};
use leaf::{Leaf, Recipe};
use memory::Memory;
use register::Register;
pub use representation::{COMMON_FIELDS, Coding, Head, Policy, packed, unpacks_to};
use status::Standing;
use stem::{Form, Stem};

/// All that a Site is made from.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// What the editors wrote.
    pub catalog: &'a Catalog,
    /// All events, theirs and the partners', each once.
    pub merged: &'a Merged,
    /// Each partner of the catalog and what is known of it, by slug.
    pub partners: &'a [PartnerState<'a>],
    /// The revision of each event and feed; an event that is not in it is as new as `now`.
    pub ledger: &'a Ledger,
}

/// A partner and what is known of it.
#[derive(Debug, Clone)]
pub struct PartnerState<'a> {
    /// The partner.
    pub partner: Arc<Partner>,
    /// Of its polls; `None` before the first.
    pub header: Option<&'a Header>,
    /// What was made of its answer.
    pub adopted: Option<&'a Adopted>,
    /// How many bytes its answer has.
    pub copy_bytes: usize,
    /// What its last new answer changed.
    pub changes: Option<Changes>,
}

/// Every representation of the service at one time. Immutable but for what it makes when it is first asked for, always the same bytes.
#[derive(Debug)]
pub struct Site {
    frame: Frame,
    layout: Stamp,
    today: Today,
    context: Context,
    events: Register,
    /// By address, those of single events aside.
    stems: HashMap<Arc<str>, Arc<Stem>>,
    /// The stems of the directory, in its order.
    listed: Vec<Arc<Stem>>,
    fixed: HashMap<String, Arc<Fixed>>,
    /// The stems of single events, by their addresses.
    singles: Memory<Stem>,
    /// Combined feeds, by what was chosen.
    combined: Memory<Stem>,
    /// Pages and the like, by their digests; the same for one Site after another.
    leaves: Arc<Memory<Leaf>>,
    /// Feeds and their JSON without a coding, by their digests; the same for one Site after another.
    plain: Arc<Memory<Bytes>>,
    /// What is known of partners and problems, in figures.
    figures: Figures,
    /// What the status tells.
    status: Standing,
}

/// A representation that an address names.
#[derive(Debug)]
pub struct Found<'s> {
    site: &'s Site,
    target: Target<'s>,
}

#[derive(Debug)]
enum Target<'s> {
    Fixed(&'s Fixed),
    Stem(Arc<Stem>, usize, Form),
    Leaf(Arc<Leaf>, Box<Recipe>),
    Made(Box<Fixed>),
}

/// Why an address names nothing; the text is for the person who asked, and repeats nothing of the request but slugs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// There is no such thing (404).
    Unknown(String),
    /// The request cannot be understood (400).
    Unusable(String),
    /// It asks for what we do not do (501).
    Unsupported(String),
}

impl Site {
    /// Builds the Site of `world` at `now`. It makes no bytes: each feed and page is made when first asked for, or [ahead](Self::warm).
    #[must_use]
    pub fn build(world: World<'_>, config: &Config, now: DateTime<Utc>) -> Self {
        build::build(world, config, now, None)
    }

    /// The Site of `world`, whose events differ by `difference` from those of this one, of the same config: what `build` makes, byte for
    /// byte, with everything taken over that did not change. Feeds of organizations and the combined feed are made at once. The events that are in both have the revisions that they had.
    #[must_use]
    pub fn next(&self, world: World<'_>, difference: &Difference, config: &Config, now: DateTime<Utc>) -> Self {
        build::build(world, config, now, Some((self, difference)))
    }

    /// Every address below the site's root with what it names, in a fixed order: what a folder of files would hold.
    pub fn addresses(&self) -> impl Iterator<Item = String> + '_ {
        let fixed = self.fixed.iter().filter(|(_, fixed)| fixed.is_lasting()).map(|(path, _)| path.clone());
        let mut paths: Vec<String> = fixed.collect();
        paths.push("/sitemap.xml".to_owned());
        let stems: Vec<String> = self.stems.keys().map(|path| path.to_string()).chain(self.event_paths()).collect();
        for view in 0..self.frame.views().len() {
            let prefix = self.frame.prefix(view);
            for stem in &stems {
                paths.extend(Form::ALL.map(|form| format!("{prefix}{stem}.{}", form.ending())));
            }
            // Pages in the main language have one address, the one without a code.
            if self.frame.language_of(view) == Some(self.frame.main()) {
                continue;
            }
            for stem in &stems {
                paths.extend([format!("{prefix}{stem}"), format!("{prefix}{stem}.atom")]);
            }
            for stem in &self.listed {
                let stem_path = &stem.path;
                paths.extend([".js", ""].map(|ending| format!("{prefix}embed/{stem_path}{ending}")));
                paths.push(format!("{prefix}{stem_path}/handbill"));
                paths.extend(stem.years().into_iter().map(|year| format!("{prefix}{stem_path}/{year}")));
            }
            paths.extend(["", "combine"].map(|path| format!("{prefix}{path}")));
        }
        paths.sort_unstable();
        paths.into_iter()
    }

    fn event_paths(&self) -> impl Iterator<Item = String> + '_ {
        self.events.iter().map(|event| stem::path(stem::Kind::Event, event.id()))
    }

    /// Every page in each language, for search engines: each once, at its canonical address.
    fn pages(&self) -> impl Iterator<Item = sitemap::Entry> + '_ {
        let day = |modified: DateTime<Utc>| self.frame.zone().today(modified);
        let listed = self.listed.iter().map(move |stem| (stem.path.to_string(), day(stem.modified)));
        let mut events: Vec<_> = self.events.iter().collect();
        events.sort_unstable_by_key(|event| event.id());
        let events = events.into_iter().map(|event| (stem::path(stem::Kind::Event, event.id()), day(event.changed)));
        let front = [(String::new(), self.today.date), ("combine".to_owned(), day(self.context.modified))];
        let pages: Vec<(String, NaiveDate)> = front.into_iter().chain(listed).chain(events).collect();
        let around = self.around(0);
        self.context.languages().iter().flat_map(move |language| {
            let around = around.in_language(*language);
            let entry = |(path, modified): &(String, NaiveDate)| sitemap::Entry {
                address: around.address(path),
                modified: *modified,
            };
            pages.iter().map(entry).collect::<Vec<_>>()
        })
    }

    /// What was left for later.
    fn make(&self, later: Later) -> Vec<u8> {
        match later {
            Later::Directory => self.directory(),
            Later::Status => self.status.told().json(),
            Later::StatusPage(view) => self.status.told().html(&self.around(view)),
        }
    }

    /// The list of all feeds, as JSON.
    fn directory(&self) -> Vec<u8> {
        let (zone, main, address) = (self.frame.zone(), self.frame.main(), self.frame.public_url());
        let next: Vec<_> = self.listed.iter().map(|stem| stem.next(zone, self.today)).collect();
        json::directory(self.listed.iter().zip(&next).map(|(stem, next)| {
            let path = &stem.path;
            json::Entry {
                kind: stem.plan.kind.word(),
                id: &stem.plan.id,
                name: &stem.plan.head.name,
                ics: format!("{address}/{path}.ics"),
                json: format!("{address}/{path}.json"),
                page: format!("{address}/{path}"),
                events: stem.plan.events.len(),
                next: next.as_ref().map(|(event, occurrence)| json::Next::of(&event.event, occurrence, zone, main)),
            }
        }))
    }

    /// What all pages of a view have in common.
    fn around(&self, view: usize) -> Around<'_> {
        self.context.around(&self.frame, self.today, view)
    }

    /// How many events, and how many organizations.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let organizations = self.listed.iter().filter(|stem| stem.plan.kind == stem::Kind::Organization).count();
        (self.events.len(), organizations)
    }

    /// The name and the address below the site's root of the feeds with the most events, the combined one first.
    #[must_use]
    pub fn fullest(&self, count: usize) -> Vec<(&str, String)> {
        let mut stems: Vec<&Arc<Stem>> = self
            .listed
            .iter()
            .filter(|stem| matches!(stem.plan.kind, stem::Kind::All | stem::Kind::Organization))
            .collect();
        stems.sort_by_key(|stem| (stem.plan.kind, std::cmp::Reverse(stem.plan.events.len())));
        stems.truncate(count);
        stems.iter().map(|stem| (stem.plan.head.name.as_str(), format!("/{}.ics", stem.path))).collect()
    }

    /// When each feed last changed, for the ledger; an event's own feed is as new as the event.
    pub fn stamps(&self) -> impl Iterator<Item = (&str, Stamp)> + Clone {
        let stems = self.listed.iter();
        let stems = stems.map(|stem| (&*stem.path, Stamp { digest: stem.digest, modified: stem.modified }));
        let fixed = self.fixed.iter().filter_map(|(path, fixed)| Some((path.as_str(), fixed.stamp()?)));
        stems.chain(fixed).chain([
            (build::LAYOUT, self.layout),
            (context::PAGES, Stamp { digest: self.context.digest, modified: self.context.modified }),
        ])
    }

    /// Makes the forms that many will ask for or that take long: the combined feed, the feeds of organizations, then the combined one's page
    /// and the front page in every language. Whoever asks meanwhile makes them himself.
    pub fn warm(&self) {
        let Some(all) = self.stems.get("all") else { return };
        let organizations = self.listed.iter().filter(|stem| stem.plan.kind == stem::Kind::Organization);
        for stem in std::iter::once(all).chain(organizations) {
            stem.packed(&self.frame, 0, Form::Ics, Coding::Gzip);
        }
        for view in 0..self.frame.views().len() {
            for form in Form::ALL {
                all.packed(&self.frame, view, form, Coding::Gzip);
            }
            for page in ["", "all"] {
                if let Ok(found) = self.find(&format!("{}{page}", self.frame.prefix(view)), None) {
                    let _ = found.bytes(Coding::Brotli);
                }
            }
        }
    }
}

impl Found<'_> {
    /// The fields of its response.
    #[must_use]
    pub fn head(&self) -> &Head {
        match &self.target {
            Target::Fixed(fixed) => fixed.head(),
            Target::Stem(stem, _, form) => stem.head(&self.site.frame, *form),
            Target::Leaf(leaf, _) => &leaf.head,
            Target::Made(fixed) => fixed.head(),
        }
    }

    /// Its bytes in a coding that its head offers: shared, not copied; made now if nobody asked before.
    #[must_use]
    pub fn bytes(&self, coding: Coding) -> Bytes {
        match &self.target {
            Target::Fixed(fixed) => fixed.bytes(coding, |later| self.site.make(later)),
            Target::Stem(stem, view, form) => stem.bytes(self.site, *view, *form, coding),
            Target::Leaf(leaf, recipe) => leaf.bytes(recipe, self.site, coding),
            Target::Made(fixed) => fixed.bytes(coding, |_| Vec::new()),
        }
    }
}

impl Missing {
    fn address() -> Self {
        Self::Unknown("There is nothing at this address. All feeds are listed at /feeds.json.".to_owned())
    }

    fn choice() -> Self {
        Self::Unusable("Choose at least one feed, for example /combine.ics?org=NAME&tag=NAME.".to_owned())
    }

    fn unknown(kind: &str, name: &str) -> Self {
        // Only what could be a slug is repeated: an answer never carries a stranger's text.
        let name = if crate::name::Slug::parse(name).is_some() { name } else { "of that name" };
        let kind = if kind == "org" { "organization" } else { kind };
        Self::Unknown(format!("There is no {kind} {name} here. All feeds are listed at /feeds.json."))
    }

    /// The text for the person who asked; one line.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Unknown(text) | Self::Unusable(text) | Self::Unsupported(text) => text,
        }
    }
}
