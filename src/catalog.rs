//! Reads the files of `feeds/` into organizations, venues and events, or every problem in them, with file, line and column. It
//! reads no disk, and keeps no history but the catalog that it is handed.
//!
//! Two steps: [`parse`] reads one file by itself, [`assemble`] joins all files. A change of one file parses one file; an event
//! whose file and organizations did not change stays the same `Arc`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::{Event, Organization, Venue};
use crate::name::Slug;
use crate::partner::{Overrules, Partner};
use crate::problem::{Problem, Source};

mod alike;
mod amend;
mod change;
mod claims;
mod draft;
mod file;
mod join;
mod joint;
mod keys;
mod occurrences;
mod organizations;
mod partners;
mod raw;
mod series;
mod texts;
mod venues;
mod when;

pub use file::parse;
pub use join::assemble;
pub use raw::schema;

/// One file, parsed by itself: what is in it, and what is wrong with it.
#[derive(Debug)]
pub struct ParsedFile {
    source: Arc<Source>,
    problems: Vec<Problem>,
    broken: bool,
    organizations: Vec<organizations::Declared>,
    venues: Vec<venues::Declared>,
    partners: Vec<partners::Declared>,
    /// What it says of pairs of events: whether they are the same.
    overrules: Vec<(bool, Slug, Slug)>,
    names: draft::Names,
    drafts: Vec<draft::Draft>,
    /// Whether any of the drafts has a UID from another system.
    former_uids: bool,
    /// The events that are wrong by themselves.
    failed: Vec<draft::Failed>,
}

impl ParsedFile {
    /// Whether it cannot be trusted as TOML: it has syntax errors, or is empty. Its last good version should stay.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// What is wrong in it, by place.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The organizations that it declares: each with whether it is the file's own, and the folded names by which events may call it.
    pub fn organizations(&self) -> impl Iterator<Item = (&Arc<Organization>, bool, impl Iterator<Item = &str>)> {
        self.organizations.iter().map(|declared| (&declared.organization, declared.own, declared.called()))
    }

    /// Its text.
    #[must_use]
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }
}

/// All files together.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// The organizations that a file tells of or an event names.
    pub organizations: BTreeMap<Slug, Arc<Organization>>,
    /// The venues.
    pub venues: BTreeMap<Slug, Arc<Venue>>,
    /// The calendars that partner sites publish.
    pub partners: BTreeMap<Slug, Arc<Partner>>,
    /// What the editors decide about events that look alike, or do not.
    pub overrules: Overrules,
    /// The events that are right, by their ids; and those that were right in the catalog before, and are not now.
    pub events: Vec<Arc<Event>>,
    /// What is wrong in the files and between them, by file and place.
    pub problems: Vec<Problem>,
    /// What each event was made of, to know which did not change.
    origins: BTreeMap<String, joint::Origin>,
    /// The events that are there only because they were in the catalog before.
    kept: Vec<Arc<Event>>,
    /// Of the problems those that lie between files.
    between: Vec<Problem>,
    /// Whether every event of every file is in the catalog.
    whole: bool,
    /// Whether any has a UID from another system.
    former_uids: bool,
}

#[cfg(test)]
mod tests;
