//! What a Site tells of itself in figures: events, feeds and their sizes, partners, problems. It makes no feed that is not made ahead or
//! near its limit.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use super::stem::{Form, Kind, Stem};
use super::{Found, PartnerState, Site, Target, World, leaf};
use crate::metrics::{self, Facts, Partner};
use crate::name::Slug;
use crate::problem::Severity;

/// Of how many crowded feeds the size is told: the figures must not grow with the catalog.
const LARGEST: usize = 20;

/// What is known of partners and problems when a Site is built.
#[derive(Debug)]
pub(super) struct Figures {
    partners: Vec<Partner>,
    errors: usize,
    warnings: usize,
    /// How many bytes the files of events have …
    pub(super) files: usize,
    /// … and what was kept of the partners.
    pub(super) copies: usize,
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

impl Figures {
    pub(super) fn of(world: &World<'_>) -> Self {
        let problems = &world.catalog.problems;
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        Self {
            partners: world.partners.iter().map(partner).collect(),
            errors,
            warnings: problems.len() - errors,
            files: world.catalog.text_bytes(),
            copies: world.partners.iter().map(|state| state.copy_bytes).sum(),
        }
    }
}

fn partner(state: &PartnerState<'_>) -> Partner {
    let polled = state.header.filter(|header| header.attempted.is_some());
    let outcome = polled.map(|header| header.fault.as_ref().map_or("ok", |fault| fault.class.word()));
    Partner {
        slug: state.partner.slug.clone(),
        confirmed: state.header.and_then(|header| header.confirmed),
        outcome,
        failures: state.header.map_or(0, |header| header.failures),
        took: state.header.and_then(|header| header.took).map(Duration::from_millis),
        events: state.adopted.map_or(0, |adopted| adopted.events.len()),
    }
}

impl Site {
    /// The state of the service in figures.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let mut crowded: Vec<&Arc<Stem>> = self.crowded_stems().collect();
        crowded.sort_by_key(|stem| (stem.plan.kind != Kind::All, Reverse(self.bytes(stem))));
        let others = crowded.iter().filter(|stem| stem.plan.kind != Kind::All).take(LARGEST);
        let largest = self.stems.get("all").into_iter().chain(others.copied());
        let Figures { partners, errors, warnings, .. } = &self.figures;
        Facts {
            events: self.events.len(),
            feeds: self.feeds(),
            max_feed_bytes: self.frame.budget(),
            crowded: crowded.len(),
            largest: largest.map(|stem| self.fullness(stem)).collect(),
            partners: partners.clone(),
            errors: *errors,
            warnings: *warnings,
            held: self.held(),
        }
    }

    /// The feeds that hold more than nine tenths of what they may.
    #[must_use]
    pub fn crowded(&self) -> Vec<Crowded> {
        let crowded = |stem: &Arc<Stem>| Crowded {
            address: format!("/{}.ics", stem.path),
            bytes: self.bytes(stem),
            left_out: stem.left_out(),
        };
        self.crowded_stems().map(crowded).collect()
    }

    fn crowded_stems(&self) -> impl Iterator<Item = &Arc<Stem>> {
        let near = self.frame.budget() / 10 * 9;
        self.listed.iter().filter(move |stem| stem.may_exceed(near) && (stem.left_out() > 0 || self.bytes(stem) > near))
    }

    fn bytes(&self, stem: &Stem) -> usize {
        stem.feed_bytes(&self.frame)
    }

    fn fullness(&self, stem: &Stem) -> metrics::Feed {
        let slug = Slug::parse(&stem.plan.id).filter(|_| stem.plan.kind != Kind::All);
        metrics::Feed { kind: kind(stem.plan.kind), slug, bytes: self.bytes(stem), left_out: stem.left_out() }
    }

    /// How many feeds there are of each kind.
    fn feeds(&self) -> Vec<(metrics::Kind, usize)> {
        let mut feeds: Vec<(metrics::Kind, usize)> = Vec::new();
        // The directory is in the order of kinds.
        for stem in &self.listed {
            let kind = kind(stem.plan.kind);
            match feeds.last_mut() {
                Some((last, count)) if *last == kind => *count += 1,
                _ => feeds.push((kind, 1)),
            }
        }
        feeds.push((metrics::Kind::Event, self.events.len()));
        feeds
    }
}

impl Found<'_> {
    /// What a request for it is counted as.
    #[must_use]
    pub fn kind(&self) -> metrics::Kind {
        match &self.target {
            Target::Fixed(_) => metrics::Kind::Fixed,
            Target::Stem(_, _, Form::Json) => metrics::Kind::Json,
            Target::Stem(stem, _, Form::Ics) => kind(stem.plan.kind),
            Target::Leaf(_, recipe) => match recipe.form {
                leaf::Form::Atom => metrics::Kind::Atom,
                leaf::Form::Frame | leaf::Form::Data => metrics::Kind::Embed,
                leaf::Form::Sitemap => metrics::Kind::Fixed,
                _ => metrics::Kind::Page,
            },
            Target::Made(_) => metrics::Kind::Embed,
        }
    }
}

fn kind(kind: Kind) -> metrics::Kind {
    match kind {
        Kind::All => metrics::Kind::All,
        Kind::Organization => metrics::Kind::Organization,
        Kind::Tag => metrics::Kind::Tag,
        Kind::Venue => metrics::Kind::Venue,
        Kind::Partner => metrics::Kind::Partner,
        Kind::Event => metrics::Kind::Event,
        Kind::Combined => metrics::Kind::Combined,
    }
}
