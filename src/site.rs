//! The Site: every representation that the service has, built from the World and the time by a pure function. It answers which
//! representation an address names; it knows no HTTP server and no file.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::catalog::Catalog;
use crate::config::Config;
use crate::merge::Merged;
use crate::partner::{Adopted, Header, Partner};
use crate::revision::{Ledger, Stamp};

mod build;
mod combine;
mod fixed;
mod frame;
mod published;
mod representation;
mod single;
mod status;
mod stem;

use combine::Memory;
use fixed::Fixed;
use frame::{Frame, Today};
pub use representation::{Coding, Head};
use single::Single;
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
}

/// Every representation of the service at one time. Immutable but for what it makes when it is first asked for, always the same bytes.
#[derive(Debug)]
pub struct Site {
    frame: Frame,
    layout: Stamp,
    today: Today,
    /// By id.
    events: Vec<Single>,
    /// By address, those of single events aside.
    stems: HashMap<Arc<str>, Arc<Stem>>,
    /// The stems of the directory, in its order.
    listed: Vec<Arc<Stem>>,
    fixed: HashMap<&'static str, Fixed>,
    memory: Memory,
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
    Stem(&'s Stem, usize, Form),
    Combined(Arc<Stem>, usize, Form),
}

/// Why an address names nothing; the text is for the person who asked, and repeats nothing of the request but slugs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// There is no such thing (404).
    Unknown(String),
    /// The request cannot be understood (400).
    Unusable(String),
}

/// A feed near or over its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crowded {
    /// Its address below the site's root.
    pub address: String,
    /// Its bytes.
    pub bytes: usize,
    /// How many events had to leave it.
    pub left_out: usize,
}

impl Site {
    /// Builds the Site of `world` at `now`. What has not changed is taken over from `previous`, of the same config. Feeds of
    /// organizations and the combined feed are made at once, in as many threads as there are cores; the rest when first asked for.
    #[must_use]
    pub fn build(world: World<'_>, config: &Config, now: DateTime<Utc>, previous: Option<&Site>) -> Self {
        build::build(world, config, now, previous)
    }

    /// What a path and a query name, GET or HEAD. Allocates nothing for a fixed path or a feed that was asked for before.
    ///
    /// # Errors
    /// When they name nothing.
    pub fn find(&self, path: &str, query: Option<&str>) -> Result<Found<'_>, Missing> {
        if let Some(fixed) = self.fixed.get(path) {
            return Ok(Found { site: self, target: Target::Fixed(fixed) });
        }
        let path = path.strip_prefix('/').ok_or_else(Missing::address)?;
        let (view, path) = self.view(path);
        let (stem, form) = Form::ALL
            .into_iter()
            .find_map(|form| Some((path.strip_suffix(form.ending())?.strip_suffix('.')?, form)))
            .ok_or_else(Missing::address)?;
        if stem == "combine" {
            return self.combine(query.unwrap_or_default(), view, form);
        }
        let stem = self.stem(stem).ok_or_else(|| self.missing_stem(stem))?;
        Ok(Found { site: self, target: Target::Stem(stem, view, form) })
    }

    fn stem(&self, path: &str) -> Option<&Stem> {
        let Some(id) = path.strip_prefix("event/") else {
            return self.stems.get(path).map(Arc::as_ref);
        };
        let index = self.events.binary_search_by(|event| event.published.event.id.as_str().cmp(id)).ok()?;
        Some(self.events.get(index)?.stem(&self.frame, self.layout, self.today))
    }

    /// The view that a path's first part names, and the rest of the path.
    fn view<'p>(&self, path: &'p str) -> (usize, &'p str) {
        let named = path.split_once('/').and_then(|(code, rest)| Some((self.frame.view_of(code)?, rest)));
        named.unwrap_or((0, path))
    }

    fn missing_stem(&self, stem: &str) -> Missing {
        match stem.split_once('/') {
            Some((kind @ ("org" | "tag" | "venue" | "partner" | "event"), id)) => Missing::unknown(kind, id),
            _ => Missing::address(),
        }
    }

    /// Every address below the site's root with what it names, in a fixed order: what a folder of files would hold.
    pub fn addresses(&self) -> impl Iterator<Item = String> + '_ {
        let fixed = self.fixed.iter().filter(|(_, fixed)| fixed.is_lasting()).map(|(path, _)| (*path).to_owned());
        let mut paths: Vec<String> = fixed.collect();
        let prefixes = self.frame.views().iter().map(|view| match view {
            crate::event::View::All => "/".to_owned(),
            crate::event::View::Only(language) => format!("/{language}/"),
        });
        let events = self.events.iter().map(|event| stem::path(stem::Kind::Event, event.published.event.id.as_str()));
        let stems: Vec<String> = self.stems.keys().map(|path| path.to_string()).chain(events).collect();
        for prefix in prefixes {
            for stem in &stems {
                paths.extend(Form::ALL.map(|form| format!("{prefix}{stem}.{}", form.ending())));
            }
        }
        paths.sort_unstable();
        paths.into_iter()
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

    /// The feeds that hold more than nine tenths of what they may.
    #[must_use]
    pub fn crowded(&self) -> Vec<Crowded> {
        let crowded = |stem: &Arc<Stem>| {
            let bytes = stem.bytes(&self.frame, 0, Form::Ics, Coding::Identity).len();
            let crowded = Crowded { address: format!("/{}.ics", stem.path), bytes, left_out: stem.left_out() };
            (crowded.left_out > 0 || bytes > self.frame.budget() / 10 * 9).then_some(crowded)
        };
        self.listed.iter().filter_map(crowded).collect()
    }

    /// When each feed last changed, for the ledger; an event's own feed is as new as the event.
    pub fn stamps(&self) -> impl Iterator<Item = (String, Stamp)> + '_ {
        let stems = self.listed.iter();
        let stems = stems.map(|stem| (stem.path.to_string(), Stamp { digest: stem.digest, modified: stem.modified }));
        let fixed = self.fixed.iter().filter_map(|(path, fixed)| Some(((*path).to_owned(), fixed.stamp()?)));
        stems.chain(fixed).chain([(build::LAYOUT.to_owned(), self.layout)])
    }

    /// Makes the forms that many will ask for and that take long: the combined feed in every language. Whoever asks
    /// meanwhile makes them himself.
    pub fn warm(&self) {
        let Some(all) = self.stems.get("all") else { return };
        for view in 0..self.frame.views().len() {
            for form in Form::ALL {
                all.bytes(&self.frame, view, form, Coding::Gzip);
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
            Target::Combined(stem, _, form) => stem.head(&self.site.frame, *form),
        }
    }

    /// Its bytes in a coding that its head offers: shared, not copied; made now if nobody asked before.
    #[must_use]
    pub fn bytes(&self, coding: Coding) -> Bytes {
        match &self.target {
            Target::Fixed(fixed) => fixed.bytes(coding),
            Target::Stem(stem, view, form) => stem.bytes(&self.site.frame, *view, *form, coding),
            Target::Combined(stem, view, form) => stem.bytes(&self.site.frame, *view, *form, coding),
        }
    }
}

impl Missing {
    fn address() -> Self {
        Self::Unknown("There is nothing at this address. All feeds are listed at /feeds.json.".to_owned())
    }

    fn unknown(kind: &str, name: &str) -> Self {
        // Only what could be a slug is repeated: an answer never carries a stranger's text.
        let name = if crate::name::Slug::parse(name).is_some() { name } else { "of that name" };
        Self::Unknown(format!("There is no {kind} {name} here. All feeds are listed at /feeds.json."))
    }

    /// The text for the person who asked; one line.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Unknown(text) | Self::Unusable(text) => text,
        }
    }
}
