//! The publisher owns the World: the files as they last were good, the catalog and the ledger. Each change makes a new Site. It reads no
//! file and no clock; whoever calls hands over texts and the time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::catalog::{self, Catalog, ParsedFile};
use crate::config::Config;
use crate::problem::{Problem, Source};
use crate::revision::{self, Ledger};
use crate::site::{Site, World};

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
    /// The last good version of each file, or the first if none was good.
    files: BTreeMap<String, Arc<ParsedFile>>,
    /// The problems of newer versions that are too broken to publish.
    broken: BTreeMap<String, Vec<Problem>>,
    catalog: Catalog,
    ledger: Ledger,
    site: Arc<Site>,
}

impl Publisher {
    /// Publishes a first Site of these files.
    #[must_use]
    pub fn new(config: Arc<Config>, mut ledger: Ledger, files: Vec<FileChange>, now: DateTime<Utc>) -> Self {
        let mut known = BTreeMap::new();
        let mut broken = BTreeMap::new();
        take_in(parse(&config, files), &mut known, &mut broken);
        let catalog = assemble(&known, &broken, &config, None);
        revise(&mut ledger, &catalog, None, now);
        let site = Site::build(World { catalog: &catalog, ledger: &ledger }, &config, now, None);
        ledger.remember_feeds(site.stamps());
        Self { config, files: known, broken, catalog, ledger, site: Arc::new(site) }
    }

    /// Publishes a new Site with these changes. A file that is broken keeps its last good version; an event that is broken keeps its
    /// own; nothing already published is lost.
    pub fn change(&mut self, changes: Vec<FileChange>, now: DateTime<Utc>) {
        take_in(parse(&self.config, changes), &mut self.files, &mut self.broken);
        let catalog = assemble(&self.files, &self.broken, &self.config, Some(&self.catalog));
        revise(&mut self.ledger, &catalog, Some(&self.catalog), now);
        self.catalog = catalog;
        self.rebuild(now);
    }

    /// Publishes the same World on another day.
    pub fn rebuild(&mut self, now: DateTime<Utc>) {
        let world = World { catalog: &self.catalog, ledger: &self.ledger };
        let site = Site::build(world, &self.config, now, Some(&self.site));
        self.ledger.remember_feeds(site.stamps());
        self.site = Arc::new(site);
    }

    /// The current Site.
    #[must_use]
    pub fn site(&self) -> &Arc<Site> {
        &self.site
    }

    /// What is to be kept of the revisions.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// All that is wrong with the files now.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.catalog.problems
    }
}

/// What one changed file became.
enum Parsed {
    File(String, Arc<ParsedFile>),
    Unreadable(String, String),
    Gone(String),
}

/// Parses the changed files, shared out among the cores.
fn parse(config: &Config, changes: Vec<FileChange>) -> Vec<Parsed> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    if threads < 2 || changes.len() < 16 {
        return changes.into_iter().map(|change| parse_one(config, change)).collect();
    }
    let share = changes.len().div_ceil(threads);
    let mut rest = changes.into_iter();
    let shares: Vec<Vec<FileChange>> =
        std::iter::from_fn(|| Some(rest.by_ref().take(share).collect::<Vec<_>>()).filter(|share| !share.is_empty()))
            .collect();
    std::thread::scope(|scope| {
        let work =
            |share: Vec<FileChange>| share.into_iter().map(|change| parse_one(config, change)).collect::<Vec<_>>();
        let running: Vec<_> = shares.into_iter().map(|share| scope.spawn(move || work(share))).collect();
        // A thread that panicked parsed nothing: its files keep their last good version.
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

/// Replaces what is good; notes what is wrong with the rest.
fn take_in(
    parsed: Vec<Parsed>,
    files: &mut BTreeMap<String, Arc<ParsedFile>>,
    broken: &mut BTreeMap<String, Vec<Problem>>,
) {
    for parsed in parsed {
        match parsed {
            Parsed::Gone(name) => {
                files.remove(&name);
                broken.remove(&name);
            }
            Parsed::Unreadable(name, why) => {
                let source = Arc::new(Source { name: name.clone(), text: String::new() });
                broken.insert(name, vec![Problem::error(&source, 0..0, why)]);
            }
            Parsed::File(name, file) if file.is_broken() && files.contains_key(&name) => {
                broken.insert(name, file.problems().to_vec());
            }
            Parsed::File(name, file) => {
                broken.remove(&name);
                files.insert(name, file);
            }
        }
    }
}

fn assemble(
    files: &BTreeMap<String, Arc<ParsedFile>>,
    broken: &BTreeMap<String, Vec<Problem>>,
    config: &Config,
    previous: Option<&Catalog>,
) -> Catalog {
    let mut catalog = catalog::assemble(files, config, previous);
    catalog.problems.extend(broken.values().flatten().cloned());
    catalog
}

/// Enters the events that are new or have changed. Both catalogs are ascending by id: an event that is the same allocation is the same.
fn revise(ledger: &mut Ledger, catalog: &Catalog, previous: Option<&Catalog>, now: DateTime<Utc>) {
    let mut old = previous.map(|catalog| catalog.events.as_slice()).unwrap_or_default().iter().peekable();
    let mut gone = old.len() != catalog.events.len();
    for event in &catalog.events {
        while old.next_if(|old| old.id < event.id).is_some() {
            gone = true;
        }
        if !old.peek().is_some_and(|old| Arc::ptr_eq(old, event)) {
            ledger.revise(event, revision::content(event), now);
            gone = true;
        }
    }
    if gone {
        let present: BTreeSet<&str> = catalog.events.iter().map(|event| event.uid.as_str()).collect();
        ledger.retire(|uid| present.contains(uid), now);
    }
}
