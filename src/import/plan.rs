//! Which event goes into which file: those that are there already stay as they are, the others are appended to the file of their host. It
//! changes no byte that was there, and gives nothing to be written that the catalog would refuse.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::known::Name;
use super::written::entry;
use super::{Found, Known};
use crate::catalog::{self, Catalog, ParsedFile};
use crate::config::Config;
use crate::event::{Event, Start};
use crate::manuscript::Entry;
use crate::name::{Slug, folded};
use crate::problem::{Problem, Severity, Source};

/// The most events of one import: each is compared with all others.
const EVENTS: usize = 10_000;
/// The name of a file for events of which no organization is named.
const NOBODYS: &str = "without-organization";
/// The first line of a new file.
const SCHEMA: &str = "#:schema ../config/feeds.schema.json\n";
/// How alike two titles must be, from 0 to 1.
const TITLES: f64 = 0.75;

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
    let mut planning = Planning {
        files,
        config,
        folder,
        host,
        ids: catalog.events.iter().map(|event| event.id.clone()).collect(),
        events: catalog.events.iter().map(|event| There::of(event)).collect(),
        texts: BTreeMap::new(),
        known,
    };
    let too_many = || Outcome::Left(format!("an import has at most {EVENTS} events: import the rest by itself"));
    let outcomes = found.iter().enumerate();
    let outcomes = outcomes.map(|(number, found)| if number < EVENTS { planning.place(found) } else { too_many() });
    let outcomes = outcomes.collect();
    let written = planning.written();
    let problems = refused(&written, files, config, &catalog);
    Plan { outcomes, written, problems }
}

/// An event that is there, or will be.
struct There {
    id: Slug,
    uid: Option<String>,
    start: Start,
    title: String,
}

impl There {
    fn of(event: &Event) -> Self {
        let (id, uid, start) = (event.id.clone(), Some(event.uid.clone()), event.start());
        Self { id, uid, start, title: folded(&event.details.title) }
    }
}

struct Planning<'p> {
    files: &'p BTreeMap<String, Arc<ParsedFile>>,
    config: &'p Config,
    folder: &'p str,
    host: Option<&'p str>,
    ids: BTreeSet<Slug>,
    events: Vec<There>,
    /// What is put into each file.
    texts: BTreeMap<String, String>,
    known: Known,
}

impl Planning<'_> {
    fn place(&mut self, found: &Found) -> Outcome {
        let title = folded(&found.title);
        if let Some((there, reason)) = self.events.iter().find_map(|there| Some((there, same(there, found, &title)?))) {
            return Outcome::Known { id: there.id.clone(), reason };
        }
        let Some(id) = self.id(found) else {
            return Outcome::Left("its title has no letter or digit that an id could be made of".to_owned());
        };
        let first = self.host.or(found.organizations.first().map(String::as_str));
        let host = first.and_then(|name| self.organization(name));
        let supporters = self.supporters(found, host.as_ref());
        let entry = entry(found, &id, &supporters, &self.known, self.config.timezone).written("[[event]]");
        if let Some(problem) = self.refused_alone(&entry) {
            return Outcome::Left(problem);
        }
        let file = self.file(host.as_ref());
        let text = self.texts.entry(file.clone()).or_default();
        *text += "\n";
        *text += &entry;
        self.ids.insert(id.clone());
        let uid = found.former_uid.clone();
        self.events.push(There { id: id.clone(), uid, start: found.start, title });
        Outcome::New { id, file }
    }

    /// What is wrong with an event by itself, if anything is: it costs only that event.
    fn refused_alone(&self, entry: &str) -> Option<String> {
        let source = Source { name: "event.toml".to_owned(), text: entry.to_owned() };
        let parsed = catalog::parse(Arc::new(source), self.config);
        let error = parsed.problems().iter().find(|problem| problem.severity == Severity::Error);
        error.map(|problem| {
            std::iter::once(&problem.message).chain(&problem.help).cloned().collect::<Vec<_>>().join("; ")
        })
    }

    /// The organization that a name means, known or not; `None` for a name of which no address can be made.
    fn organization(&self, name: &str) -> Option<Name> {
        let new = || Some(Name { slug: Slug::from_name(name)?, name: name.to_owned(), file: None, declared: false });
        self.known.organization(name).cloned().or_else(new)
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

    /// The names of all organizations but the host that has a file of its own, as files know them.
    fn supporters(&self, found: &Found, host: Option<&Name>) -> Vec<String> {
        let mut supporters: Vec<Name> = Vec::new();
        let own = host.filter(|host| host.file.is_some() || self.begins(host));
        let listed = host.filter(|_| own.is_none()).cloned();
        for name in listed.into_iter().chain(found.organizations.iter().filter_map(|name| self.organization(name))) {
            let is_own = own.is_some_and(|own| own.slug == name.slug);
            if !is_own && !supporters.iter().any(|known| known.slug == name.slug) {
                supporters.push(name);
            }
        }
        supporters.into_iter().map(|name| name.name).collect()
    }

    /// Whether a new file can be a host's own: no other file declares it, and there is none of its name.
    fn begins(&self, host: &Name) -> bool {
        !host.declared && !self.files.contains_key(&format!("{}{}.toml", self.folder, host.slug))
    }

    /// The file of a host; where there is none yet, it is begun.
    fn file(&mut self, host: Option<&Name>) -> String {
        if let Some(file) = host.and_then(|host| host.file.clone()) {
            return file;
        }
        let slug = host.map_or(NOBODYS, |host| host.slug.as_str());
        let file = format!("{}{slug}.toml", self.folder);
        if !self.files.contains_key(&file) && !self.texts.contains_key(&file) {
            let mut text = SCHEMA.to_owned();
            // An organization that another file declares is named among the supporters: it has one declaration.
            if let Some(host) = host.filter(|host| self.begins(host)) {
                let mut organization = Entry::default();
                organization.text("name", Some(&host.name));
                text += "\n";
                text += &organization.written("[organization]");
            }
            self.texts.insert(file.clone(), text);
        }
        file
    }

    fn written(self) -> Vec<Written> {
        let of = |(file, added): (String, String)| {
            let before = self.files.get(&file).map(|file| file.source().text.clone()).unwrap_or_default();
            let end = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
            let after = format!("{before}{end}{added}");
            Written { file, before, after }
        };
        self.texts.into_iter().map(of).collect()
    }
}

/// By what a found event is one that is there.
fn same(there: &There, found: &Found, title: &str) -> Option<&'static str> {
    if found.former_uid.is_some() && found.former_uid == there.uid {
        return Some("same UID");
    }
    let alike = || strsim::sorensen_dice(&there.title, title) >= TITLES;
    if there.start == found.start && alike() {
        return Some("same start, like title");
    }
    let same_day = there.start.day() == found.start.day();
    (same_day && there.title == title).then_some("same day, same title, another time")
}

/// The problems that the files would have, and have not now.
fn refused(
    written: &[Written],
    files: &BTreeMap<String, Arc<ParsedFile>>,
    config: &Config,
    before: &Catalog,
) -> Vec<Problem> {
    let mut files = files.clone();
    for Written { file, after, .. } in written {
        let source = Source { name: file.clone(), text: after.clone() };
        files.insert(file.clone(), Arc::new(catalog::parse(Arc::new(source), config)));
    }
    let is_error = |problem: &&Problem| problem.severity == Severity::Error;
    let old: BTreeSet<&str> = before.problems.iter().filter(is_error).map(|problem| problem.message.as_str()).collect();
    let after = catalog::assemble(&files, config, None);
    let is_touched = |name: &str| written.iter().any(|written| written.file == name);
    let is_new = |problem: &&Problem| is_touched(&problem.source.name) || !old.contains(problem.message.as_str());
    after.problems.iter().filter(is_error).filter(is_new).cloned().collect()
}
