//! The publisher owns the World: the files as they last were good, the catalog and the ledger. Each change makes a new Site. It reads no
//! file and no clock; whoever calls hands over texts and the time.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use crate::catalog::{self, Catalog, ParsedFile};
use crate::config::Config;
use crate::event::Difference;
use crate::merge::{Merged, merge};
use crate::name::Slug;
use crate::partner::{Header, Partner, Snapshot};
use crate::problem::{Problem, Severity, Source};
use crate::revision::{self, Ledger};
use crate::site::{PartnerState, Site, World};

mod voices;

use voices::Voices;

/// A file of the editors' folder that is new, changed or gone.
#[derive(Debug, Clone)]
pub struct FileChange {
    /// Its name as shown to people, such as `feeds/chicago-dsa.toml`.
    pub name: String,
    /// What it holds now.
    pub text: FileText,
}

/// What became of a file.
#[derive(Debug, Clone)]
pub enum FileText {
    /// It holds this text.
    Is(String),
    /// It could not be read as text; why, for a person.
    Unreadable(String),
    /// It is gone.
    Gone,
}

/// The owner of the World.
#[derive(Debug)]
pub struct Publisher {
    config: Arc<Config>,
    files: Files,
    catalog: Catalog,
    voices: Voices,
    /// All events, ours and the partners', each once.
    merged: Merged,
    ledger: Kept,
    /// The day of the Site.
    day: NaiveDate,
    site: Arc<Site>,
}

impl Publisher {
    /// Publishes a first Site of these files.
    ///
    /// `last_good` tells the texts that an earlier process published without a problem. It is asked only if something is wrong with
    /// `files`: then what is wrong keeps the version of before, as if this process had published it. `said` tells what was kept of the
    /// catalog's partners.
    #[must_use]
    pub fn new(
        config: Arc<Config>,
        ledger: Ledger,
        files: Vec<FileChange>,
        last_good: impl FnOnce() -> Vec<FileChange>,
        said: impl FnOnce(&Catalog) -> Vec<(Slug, Snapshot)>,
        now: DateTime<Utc>,
    ) -> Self {
        let mut world = Files::default();
        world.take_in(parse(&config, files));
        let mut catalog = world.assemble(&config, None);
        if catalog.problems.iter().any(|problem| problem.severity == Severity::Error) {
            let mut before = Files::default();
            before.take_in(parse(&config, last_good()));
            before.latest.retain(|name, _| world.latest.contains_key(name) || world.unreadable.contains_key(name));
            catalog = world.assemble(&config, Some(&before.assemble(&config, None)));
        }
        let said = said(&catalog);
        let mut voices = Voices::new(said, &catalog.partners, &config);
        voices.take_starts(&config, now);
        Self::of(config, ledger, world, catalog, voices, now)
    }

    fn of(
        config: Arc<Config>,
        mut ledger: Ledger,
        files: Files,
        catalog: Catalog,
        voices: Voices,
        now: DateTime<Utc>,
    ) -> Self {
        let merged = merge(&catalog.events, &voices.current(&config, now), &catalog.overrules, None);
        let (day, difference) = (config.timezone.today(now), Difference::between(&[], &merged.events));
        revise(&mut ledger, &difference, &config, now);
        retire(&mut ledger, &merged, now);
        let partners = partners(&catalog, &voices);
        let world = World { catalog: &catalog, merged: &merged, partners: &partners, ledger: &ledger };
        let site = Site::build(world, &config, now);
        ledger.remember_feeds(site.stamps());
        let ledger = Kept { current: Arc::new(ledger), version: 0 };
        Self { config, files, catalog, voices, merged, ledger, day, site: Arc::new(site) }
    }

    /// Publishes a new Site with these changes. A file that is broken keeps its last good version; an event that is broken keeps its
    /// own; nothing already published is lost.
    pub fn change(&mut self, changes: Vec<FileChange>, now: DateTime<Utc>) {
        let changed: Vec<String> = changes.iter().map(|change| change.name.clone()).collect();
        self.files.take_in(parse(&self.config, changes));
        if let Some(difference) = self.files.amend(&mut self.catalog, &changed) {
            return self.follow(&difference, now);
        }
        let catalog = self.files.assemble(&self.config, Some(&self.catalog));
        let before = std::mem::replace(&mut self.catalog, catalog);
        self.voices.follow(&self.catalog.partners, &self.config);
        if before.overrules == self.catalog.overrules {
            return self.follow(&Difference::between(&before.events, &self.catalog.events), now);
        }
        self.voices.take_starts(&self.config, now);
        let voices = self.voices.current(&self.config, now);
        let merged = merge(&self.catalog.events, &voices, &self.catalog.overrules, Some(&self.merged));
        let difference = Difference::between(&self.merged.events, &merged.events);
        self.merged = merged;
        self.publish(&difference, now);
    }

    /// Takes in what partners have said. It is published with the next Site.
    pub fn hear(&mut self, said: Vec<(Slug, Snapshot)>) {
        self.voices.hear(said, &self.catalog.partners, &self.config);
    }

    /// Publishes the World as it is at `now`: on another day other events are past, and a partner's copy may have grown too old.
    pub fn rebuild(&mut self, now: DateTime<Utc>) {
        self.follow(&Difference::default(), now);
    }

    /// Publishes the World after the editors' events have changed by `difference`.
    fn follow(&mut self, difference: &Difference, now: DateTime<Utc>) {
        let starts = self.voices.take_starts(&self.config, now);
        let voices = self.voices.current(&self.config, now);
        let difference =
            self.merged.follow(&self.catalog.events, difference, &voices, &self.catalog.overrules, &starts);
        self.publish(&difference, now);
    }

    /// Publishes the World after all events together have changed by `difference`.
    fn publish(&mut self, difference: &Difference, now: DateTime<Utc>) {
        let today = self.config.timezone.today(now);
        let is_new_day = std::mem::replace(&mut self.day, today) != today;
        if !difference.is_empty() || is_new_day {
            let ledger = self.ledger.change();
            revise(ledger, difference, &self.config, now);
            if is_new_day {
                retire(ledger, &self.merged, now);
            }
        }
        let partners = partners(&self.catalog, &self.voices);
        let ledger = &self.ledger.current;
        let world = World { catalog: &self.catalog, merged: &self.merged, partners: &partners, ledger };
        let site = self.site.next(world, difference, &self.config, now);
        self.ledger.remember(&site);
        self.site = Arc::new(site);
    }

    /// Publishes that the folder of files cannot be read any more, and why; nothing in it counts as gone. `None`: it can be read again.
    pub fn lose_folder(&mut self, lost: Option<(String, String)>, now: DateTime<Utc>) {
        self.files.lost =
            lost.map(|(name, why)| Problem::error(&Arc::new(Source { name, text: String::new() }), 0..0, why));
        let catalog = self.files.assemble(&self.config, Some(&self.catalog));
        let before = std::mem::replace(&mut self.catalog, catalog);
        self.follow(&Difference::between(&before.events, &self.catalog.events), now);
    }

    /// What is known of a partner's polls; `None` before the first.
    #[must_use]
    pub fn header(&self, slug: &Slug) -> Option<&Header> {
        self.voices.of(slug).map(|(header, _)| header)
    }

    /// The partners of the catalog.
    #[must_use]
    pub fn partners(&self) -> &BTreeMap<Slug, Arc<Partner>> {
        &self.catalog.partners
    }

    /// The current Site.
    #[must_use]
    pub fn site(&self) -> &Arc<Site> {
        &self.site
    }

    /// What is to be kept of the revisions. It is shared; while somebody still holds one, the next change copies it.
    #[must_use]
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger.current
    }

    /// How often the ledger has changed since the start.
    #[must_use]
    pub fn ledger_version(&self) -> u64 {
        self.ledger.version
    }

    /// The files with which nothing is wrong.
    pub fn good_files(&self) -> impl Iterator<Item = &Arc<Source>> {
        let errors = self.catalog.problems.iter().filter(|problem| problem.severity == Severity::Error);
        let wrong: BTreeSet<&str> = errors.map(|problem| problem.source.name.as_str()).collect();
        let files = self.files.latest.values().map(|file| file.source());
        files.filter(move |source| !wrong.contains(source.name.as_str()))
    }

    /// All that is wrong with the files now.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.catalog.problems
    }
}

/// The ledger, and how often it has changed.
#[derive(Debug)]
struct Kept {
    current: Arc<Ledger>,
    version: u64,
}

impl Kept {
    /// The ledger, to be changed.
    fn change(&mut self) -> &mut Ledger {
        self.version += 1;
        Arc::make_mut(&mut self.current)
    }

    /// Remembers when the feeds of a Site last changed.
    fn remember(&mut self, site: &Site) {
        if !self.current.has_feeds(site.stamps()) {
            self.change().remember_feeds(site.stamps());
        }
    }
}

/// The partners of a catalog, and what is known of each.
fn partners<'a>(catalog: &Catalog, voices: &'a Voices) -> Vec<PartnerState<'a>> {
    let partner = |partner: &Arc<Partner>| {
        let known = voices.of(&partner.slug);
        PartnerState {
            partner: Arc::clone(partner),
            header: known.map(|(header, _)| header),
            adopted: known.map(|(_, adopted)| adopted),
            copy_bytes: voices.copy_bytes(&partner.slug),
            changes: voices.changes(&partner.slug),
        }
    };
    catalog.partners.values().map(partner).collect()
}

/// What one changed file became.
enum Parsed {
    File(String, Arc<ParsedFile>),
    Unreadable(String, String),
    Gone(String),
}

/// Parses the changed files.
fn parse(config: &Config, changes: Vec<FileChange>) -> Vec<Parsed> {
    shared_out(changes, |change| parse_one(config, change))
}

/// Does the same work for each of many, shared out among the cores. A thread that panics has done nothing: the last good version of what
/// it was given stays.
fn shared_out<T: Send, R: Send>(all: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    if threads < 2 || all.len() < 16 {
        return all.into_iter().map(work).collect();
    }
    let share = all.len().div_ceil(threads);
    let mut rest = all.into_iter();
    let shares: Vec<Vec<T>> =
        std::iter::from_fn(|| Some(rest.by_ref().take(share).collect::<Vec<_>>()).filter(|share| !share.is_empty()))
            .collect();
    let work = |share: Vec<T>| share.into_iter().map(&work).collect::<Vec<R>>();
    std::thread::scope(|scope| {
        let running: Vec<_> = shares.into_iter().map(|share| scope.spawn(|| work(share))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    })
}

fn parse_one(config: &Config, change: FileChange) -> Parsed {
    match change.text {
        FileText::Is(text) => {
            let source = Arc::new(Source { name: change.name.clone(), text });
            Parsed::File(change.name, Arc::new(catalog::parse(source, config)))
        }
        FileText::Unreadable(why) => Parsed::Unreadable(change.name, why),
        FileText::Gone => Parsed::Gone(change.name),
    }
}

/// The editors' files.
#[derive(Debug, Default)]
struct Files {
    /// The latest version of each that was text.
    latest: BTreeMap<String, Arc<ParsedFile>>,
    /// Why a newer version is none.
    unreadable: BTreeMap<String, Problem>,
    /// Why there can be no newer versions.
    lost: Option<Problem>,
}

impl Files {
    fn take_in(&mut self, parsed: Vec<Parsed>) {
        for parsed in parsed {
            match parsed {
                Parsed::Gone(name) => {
                    self.latest.remove(&name);
                    self.unreadable.remove(&name);
                }
                Parsed::Unreadable(name, why) => {
                    let source = Arc::new(Source { name: name.clone(), text: String::new() });
                    self.unreadable.insert(name, Problem::error(&source, 0..0, why));
                }
                Parsed::File(name, file) => {
                    self.unreadable.remove(&name);
                    self.latest.insert(name, file);
                }
            }
        }
    }

    /// Takes changed files into a catalog of the others, where that can be done without joining all; how its events differ then.
    fn amend(&self, catalog: &mut Catalog, changed: &[String]) -> Option<Difference> {
        let difference = catalog.amend(&self.latest, changed)?;
        catalog.problems.extend(self.unreadable.values().chain(&self.lost).cloned());
        Some(difference)
    }

    /// Joins them; what is wrong stays as it is in `previous`.
    fn assemble(&self, config: &Config, previous: Option<&Catalog>) -> Catalog {
        let mut catalog = catalog::assemble(&self.latest, config, previous);
        catalog.problems.extend(self.unreadable.values().chain(&self.lost).cloned());
        catalog
    }
}

/// Enters the events that are new or have changed, and notes those that are gone.
fn revise(ledger: &mut Ledger, difference: &Difference, config: &Config, now: DateTime<Utc>) {
    let midnight = config.timezone.start_of_day(config.timezone.today(now));
    for event in &difference.going {
        ledger.leave(&event.uid, now);
    }
    let coming = shared_out(difference.coming.iter().collect(), |event| (event, revision::content(event)));
    for (event, digest) in coming {
        ledger.revise(event, digest, now, midnight);
    }
}

/// Forgets what has been gone for long.
fn retire(ledger: &mut Ledger, merged: &Merged, now: DateTime<Utc>) {
    let present: HashSet<&str> = merged.events.iter().map(|event| event.uid.as_str()).collect();
    ledger.retire(|uid| present.contains(uid), now);
}
