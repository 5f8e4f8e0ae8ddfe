//! Collects the problems of one text. It does not judge anything by itself.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::problem::{Problem, Severity, Source};

/// Problems of one text that are kept; the rest is only counted.
const KEPT: usize = 1_000;

/// The problems of one text, as they are found.
#[derive(Debug)]
pub struct Report {
    source: Arc<Source>,
    problems: Vec<Problem>,
    errors: usize,
    /// Problems beyond those that are kept, and the errors among them.
    hidden: usize,
    hidden_errors: usize,
    told_keys: Vec<String>,
    spare: Problem,
}

impl Report {
    /// An empty report on a text.
    #[must_use]
    pub fn new(source: &Arc<Source>) -> Self {
        let spare = Problem::error(source, 0..0, "");
        Self {
            source: Arc::clone(source),
            problems: Vec::new(),
            errors: 0,
            hidden: 0,
            hidden_errors: 0,
            told_keys: Vec::new(),
            spare,
        }
    }

    /// The text.
    #[must_use]
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// How many errors there are so far; warnings do not count.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Tells that a required key is missing, at the place of its table; nothing when the key was told to be wrong already.
    pub fn missing(&mut self, span: Range<usize>, what: &str, key: &str, help: &str) {
        if !self.told_keys.iter().any(|told| told == key) {
            self.error(span, format!("the {what} has no `{key}`")).help(help);
        }
    }

    /// Remembers which keys of the table that is read last were told to be wrong.
    pub(super) fn set_told_keys(&mut self, keys: Vec<String>) {
        self.told_keys = keys;
    }

    /// Tells an error at a place (bytes, the end exclusive); what is returned takes label and help.
    pub fn error(&mut self, span: Range<usize>, message: impl Into<String>) -> &mut Problem {
        self.errors += 1;
        let problem = Problem::error(&self.source, span, message);
        self.add(problem)
    }

    /// Tells a warning at a place (bytes, the end exclusive); what is returned takes label and help.
    pub fn warning(&mut self, span: Range<usize>, message: impl Into<String>) -> &mut Problem {
        let problem = Problem::warning(&self.source, span, message);
        self.add(problem)
    }

    fn add(&mut self, problem: Problem) -> &mut Problem {
        if self.problems.len() < KEPT {
            self.problems.push_mut(problem)
        } else {
            self.hidden += 1;
            self.hidden_errors += usize::from(problem.severity == Severity::Error);
            self.spare = problem;
            &mut self.spare
        }
    }

    /// Takes back what was told after the first `syntax` problems and is only a consequence of them: problems on the same lines,
    /// and keys that are missing because their lines could not be read.
    pub fn keep_clear_of_syntax_errors(&mut self, syntax: usize) {
        let line = |problem: &Problem| self.source.position(problem.span.start).0;
        let lines: HashSet<usize> = self.problems.iter().take(syntax).map(line).collect();
        let mut number = 0;
        let source = Arc::clone(&self.source);
        self.problems.retain(|problem| {
            number += 1;
            number <= syntax
                || !(problem.message.contains(" has no `") || lines.contains(&source.position(problem.span.start).0))
        });
    }

    /// The problems in the order of their places.
    #[must_use]
    pub fn into_problems(mut self) -> Vec<Problem> {
        if self.hidden > 0 {
            let end = self.source.text.len();
            let message = format!("{} more problems in this file are not shown", self.hidden);
            // Warnings stay warnings, however many there are: only an error keeps a file from being published.
            let is_error = self.hidden_errors > 0;
            let tell = if is_error { Problem::error } else { Problem::warning };
            self.problems.push(tell(&self.source, end..end, message));
        }
        self.problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        self.problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(errors: usize, warnings: usize) -> (String, Severity) {
        let mut report = Report::new(&Arc::new(Source { name: "x.toml".to_owned(), text: String::new() }));
        for _ in 0..warnings {
            report.warning(0..0, "w");
        }
        for _ in 0..errors {
            report.error(0..0, "e");
        }
        let problem = report.into_problems().pop().unwrap();
        (problem.message, problem.severity)
    }

    #[test]
    fn hidden_warnings_stay_a_warning() {
        let message = "1 more problems in this file are not shown".to_owned();
        assert_eq!(last(0, KEPT + 1), (message.clone(), Severity::Warning));
        assert_eq!(last(1, KEPT), (message, Severity::Error));
    }
}
