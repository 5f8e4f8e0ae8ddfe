//! What would be wrong with the files as they are to be written, and which events that is about. It decides nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::Written;
use crate::catalog::{self, Catalog, ParsedFile};
use crate::config::Config;
use crate::problem::{Problem, Severity, Source};

/// What is put at the end of a file.
#[derive(Debug, Default)]
pub(super) struct Added {
    text: String,
    /// Where each event stands in the text, by its number among those that were found.
    events: Vec<(Range<usize>, usize)>,
}

impl Added {
    /// The beginning of a new file.
    pub(super) fn new(text: String) -> Self {
        Self { text, events: Vec::new() }
    }

    pub(super) fn event(&mut self, number: usize, entry: &str) {
        let begin = self.text.len();
        self.text += "\n";
        self.text += entry;
        self.events.push((begin..self.text.len(), number));
    }

    pub(super) fn written(&self, file: &str, files: &BTreeMap<String, Arc<ParsedFile>>) -> Written {
        let before = files.get(file).map(|file| file.source().text.clone()).unwrap_or_default();
        let end = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
        let after = format!("{before}{end}{}", self.text);
        Written { file: file.to_owned(), before, after }
    }

    /// The events that a place in the text is about: that which stands there, or, at the begin of a file, all.
    fn at(&self, place: usize) -> Vec<usize> {
        let there = self.events.iter().find(|(range, _)| range.contains(&place));
        there.map_or_else(|| self.events.iter().map(|(_, number)| *number).collect(), |(_, number)| vec![*number])
    }
}

/// The events that problems are about, with a reason each. A problem in what was there before is about none.
pub(super) fn blamed(
    problems: &[Problem],
    written: &[Written],
    added: &BTreeMap<String, Added>,
) -> BTreeMap<usize, String> {
    let mut blamed = BTreeMap::new();
    for problem in problems {
        let of_file = |written: &&Written| written.file == problem.source.name && written.after == problem.source.text;
        let (Some(written), Some(added)) = (written.iter().find(of_file), added.get(&problem.source.name)) else {
            continue;
        };
        let Some(place) = problem.span.start.checked_sub(written.after.len() - added.text.len()) else { continue };
        for number in added.at(place) {
            blamed.entry(number).or_insert_with(|| sentence(problem));
        }
    }
    blamed
}

/// A problem without its place.
pub(super) fn sentence(problem: &Problem) -> String {
    std::iter::once(&problem.message).chain(&problem.help).cloned().collect::<Vec<_>>().join("; ")
}

/// The problems that the files would have, and have not now; where files that are to be written to are wrong already, what is wrong now, in
/// lines that people can look at.
pub(super) fn refused(
    written: &[Written],
    files: &BTreeMap<String, Arc<ParsedFile>>,
    config: &Config,
    before: &Catalog,
) -> Vec<Problem> {
    let is_error = |problem: &&Problem| problem.severity == Severity::Error;
    let touched = written.iter().filter_map(|written| files.get(&written.file));
    let wrong: Vec<Problem> = touched.flat_map(|file| file.problems().iter().filter(is_error)).cloned().collect();
    if !wrong.is_empty() {
        return wrong;
    }
    let mut files = files.clone();
    for Written { file, after, .. } in written {
        let source = Source { name: file.clone(), text: after.clone() };
        files.insert(file.clone(), Arc::new(catalog::parse(Arc::new(source), config)));
    }
    let old: BTreeSet<&str> = before.problems.iter().filter(is_error).map(|problem| problem.message.as_str()).collect();
    let after = catalog::assemble(&files, config, None);
    let is_touched = |name: &str| written.iter().any(|written| written.file == name);
    let is_new = |problem: &&Problem| is_touched(&problem.source.name) || !old.contains(problem.message.as_str());
    after.problems.iter().filter(is_error).filter(is_new).cloned().collect()
}
