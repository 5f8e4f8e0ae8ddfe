//! Which event goes into which file: those that are there already stay as they are, the others are appended to the file of their host. It
//! changes no byte that was there, and gives nothing to be written that the catalog would refuse.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::known::Name;
use super::written::entry;
use super::{Doubt, Found, Known};
use crate::catalog::{self, Catalog, ParsedFile};
use crate::config::Config;
use crate::manuscript::Entry;
use crate::name::Slug;
use crate::problem::{Problem, Severity, Source};

mod blame;
mod organizations;
mod there;

use blame::{Added, blamed, refused};
use organizations::{Meant, Organizations};
use there::{Events, There};

/// The most events of one import: each is compared with all others.
const EVENTS: usize = 10_000;
/// How often events that files would be refused for are left out, and the others planned anew.
const ROUNDS: usize = 8;
/// The name of a file for events of which no organization is named.
const NOBODYS: &str = "without-organization";
/// The first line of a new file.
const SCHEMA: &str = "#:schema ../config/feeds.schema.json\n";

/// What becomes of the found events.
#[derive(Debug)]
pub struct Plan {
    /// What became of each event, in their order.
    pub outcomes: Vec<Outcome>,
    /// The files to be written.
    pub written: Vec<Written>,
    /// What is wrong with what would be written: nothing may be written then.
    pub problems: Vec<Problem>,
}

/// What became of a found event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is new, with this id in this file.
    New {
        /// Its id.
        id: Slug,
        /// The file's name.
        file: String,
        /// What is not certain.
        doubts: Vec<Doubt>,
    },
    /// It is there already, under this id, and is left as it is.
    Known {
        /// Its id.
        id: Slug,
        /// By what it is known.
        reason: &'static str,
    },
    /// It cannot be written, with a reason.
    Left(String),
}

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its name.
    pub file: String,
    /// Its text now; empty where there is no such file.
    pub before: String,
    /// Its text then.
    pub after: String,
}

/// Plans where found events go. `folder` is what stands before the name of a new file; `host` is the organization of all events,
/// where one was named.
#[must_use]
pub fn plan(
    found: &[Found],
    files: &BTreeMap<String, Arc<ParsedFile>>,
    config: &Config,
    folder: &str,
    host: Option<&str>,
) -> Plan {
    let catalog = catalog::assemble(files, config, None);
    let known = Known::of(files, &catalog);
    let given = Given { files, catalog: &catalog, known: &known, config, folder, host };
    let mut costs = BTreeMap::new();
    for _ in 1..ROUNDS {
        let (plan, blamed) = attempt(found, &given, &costs);
        if blamed.is_empty() {
            return plan;
        }
        costs.extend(blamed);
    }
    attempt(found, &given, &costs).0
}

/// What a plan is made from.
struct Given<'p> {
    files: &'p BTreeMap<String, Arc<ParsedFile>>,
    catalog: &'p Catalog,
    known: &'p Known,
    config: &'p Config,
    folder: &'p str,
    host: Option<&'p str>,
}

/// A plan without the events in `costs`, which has the reasons; and those that files would be refused for, with reasons too.
fn attempt(found: &[Found], given: &Given<'_>, costs: &BTreeMap<usize, String>) -> (Plan, BTreeMap<usize, String>) {
    let mut planning = Planning {
        given,
        ids: given.catalog.events.iter().map(|event| event.id.clone()).collect(),
        events: Events::of(given.catalog, found),
        organizations: Organizations::of(given.known, given.files, given.catalog),
        added: BTreeMap::new(),
    };
    let too_many = || format!("an import has at most {EVENTS} events: import the rest by itself");
    let outcome = |(number, found): (usize, &Found)| match costs.get(&number) {
        Some(reason) => Outcome::Left(reason.clone()),
        None if number >= EVENTS => Outcome::Left(too_many()),
        None => planning.place(number, found),
    };
    let outcomes = found.iter().enumerate().map(outcome).collect();
    let added = planning.added;
    let written: Vec<Written> = added.iter().map(|(file, added)| added.written(file, given.files)).collect();
    let problems = refused(&written, given.files, given.config, given.catalog);
    let blamed = blamed(&problems, &written, &added);
    (Plan { outcomes, written, problems }, blamed)
}

struct Planning<'p> {
    given: &'p Given<'p>,
    ids: BTreeSet<Slug>,
    events: Events,
    organizations: Organizations<'p>,
    /// What is put into each file.
    added: BTreeMap<String, Added>,
}

impl Planning<'_> {
    fn place(&mut self, number: usize, found: &Found) -> Outcome {
        let mut found = found.clone();
        let (host, organizations) = self.organizations(&mut found);
        let Some(id) = self.id(&found) else {
            return Outcome::Left("its title has no letter or digit that an id could be made of".to_owned());
        };
        let slugs = host.iter().chain(&organizations).map(|name| name.slug.clone()).collect();
        let there = There::found(&found, id.clone(), slugs);
        if let Some((id, reason)) = self.events.known(&there) {
            return Outcome::Known { id: id.clone(), reason };
        }
        if let Some(doubt) = self.events.doubt(&there) {
            found.doubt("title", doubt);
        }
        let supporters = self.supporters(organizations, host.as_ref());
        let Given { known, config, .. } = self.given;
        let entry = entry(&found, &id, &supporters, known, config.timezone).written("[[event]]");
        if let Some(problem) = self.refused_alone(&entry) {
            return Outcome::Left(problem);
        }
        let file = self.file(host.as_ref());
        self.added.entry(file.clone()).or_default().event(number, &entry);
        self.ids.insert(id.clone());
        self.events.add(there);
        Outcome::New { id, file, doubts: found.doubts }
    }

    /// What is wrong with an event by itself, if anything is: it costs only that event.
    fn refused_alone(&self, entry: &str) -> Option<String> {
        let source = Source { name: "event.toml".to_owned(), text: entry.to_owned() };
        let parsed = catalog::parse(Arc::new(source), self.given.config);
        let error = parsed.problems().iter().find(|problem| problem.severity == Severity::Error);
        error.map(blame::sentence)
    }

    /// The host, and the organizations that the source names, as files know them.
    fn organizations(&mut self, found: &mut Found) -> (Option<Name>, Vec<Name>) {
        let names: Vec<String> =
            self.given.host.map(str::to_owned).into_iter().chain(found.organizations.clone()).collect();
        let mut meant = Vec::with_capacity(names.len());
        for name in &names {
            match self.organizations.meant(name) {
                Meant::One(name) => meant.push(name),
                Meant::Spelling(name, doubt) => {
                    found.doubt("supporters", doubt);
                    meant.push(name);
                }
                Meant::Nobody(doubt) => found.doubt("supporters", doubt),
            }
        }
        (meant.first().cloned(), meant)
    }

    /// An id made of the title, with the year or a number where it is taken.
    fn id(&self, found: &Found) -> Option<Slug> {
        let slug = Slug::from_name(&found.title)?;
        let year = chrono::Datelike::year(&found.start.day());
        let short: String = slug.as_str().chars().take(Slug::MAX - 12).collect();
        let short = short.trim_end_matches('-');
        let endings =
            std::iter::once(format!("{short}-{year}")).chain((2..).map(|number| format!("{short}-{year}-{number}")));
        let mut candidates = std::iter::once(slug.clone()).chain(endings.filter_map(|id| Slug::parse(&id)));
        candidates.find(|id| !self.ids.contains(id))
    }

    /// The names of all organizations but the host that has a file of its own.
    fn supporters(&self, organizations: Vec<Name>, host: Option<&Name>) -> Vec<String> {
        let mut supporters: Vec<Name> = Vec::new();
        let own = host.filter(|host| host.file.is_some() || self.begins(host));
        for name in organizations {
            let is_own = own.is_some_and(|own| own.slug == name.slug);
            if !is_own && !supporters.iter().any(|known| known.slug == name.slug) {
                supporters.push(name);
            }
        }
        supporters.into_iter().map(|name| name.name).collect()
    }

    fn path(&self, slug: &str) -> String {
        format!("{}{slug}.toml", self.given.folder)
    }

    /// Whether a new file can be a host's own: no other file declares it, and there is none of its name.
    fn begins(&self, host: &Name) -> bool {
        !host.declared && !self.given.files.contains_key(&self.path(host.slug.as_str()))
    }

    /// The file of a host; where there is none yet, it is begun.
    fn file(&mut self, host: Option<&Name>) -> String {
        if let Some(file) = host.and_then(|host| host.file.clone()) {
            return file;
        }
        let file = self.path(host.map_or(NOBODYS, |host| host.slug.as_str()));
        if !self.given.files.contains_key(&file) && !self.added.contains_key(&file) {
            let mut text = SCHEMA.to_owned();
            // An organization that another file declares is named among the supporters: it has one declaration.
            if let Some(host) = host.filter(|host| self.begins(host)) {
                let mut organization = Entry::default();
                organization.text("name", Some(&host.name));
                text += "\n";
                text += &organization.written("[organization]");
            }
            self.added.insert(file.clone(), Added::new(text));
        }
        file
    }
}
