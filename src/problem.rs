//! Problems: what is wrong where in a text, and what to write instead. It knows nothing of what the texts are about.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

mod human;
mod machine;
mod printable;

pub use human::summary;

/// A text that somebody wrote, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path, or whatever people call the text, as it is shown.
    pub name: String,
    /// The text.
    pub text: String,
}

/// How much a problem costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// What it is about is not published.
    Error,
    /// It is published, and somebody should look.
    Warning,
}

/// One thing that is wrong, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The text that it is in.
    pub source: Arc<Source>,
    /// The place in the text: bytes, the end exclusive.
    pub span: Range<usize>,
    /// How much it costs.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What is shown under the underlined place; may be empty.
    pub label: String,
    /// What to write instead.
    pub help: Vec<String>,
    /// Other places that belong to it.
    pub related: Vec<Related>,
}

/// Another place that belongs to a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The text that it is in.
    pub source: Arc<Source>,
    /// The place in the text: bytes, the end exclusive.
    pub span: Range<usize>,
    /// What is there.
    pub label: String,
}

/// How problems are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people at a terminal, in the manner of rustc.
    #[default]
    Human,
    /// An array of objects.
    Json,
    /// Workflow commands of GitHub Actions, one a line.
    Github,
}

/// All problems as one text, which ends with a line break unless it is empty. `color` is for people's format only.
///
/// JSON: an array of objects with `file`, `line`, `column`, `end_line`, `end_column` (1-based, columns in characters, the end
/// exclusive), `severity`, `message` and `help`.
#[must_use]
pub fn render(problems: &[Problem], format: Format, color: bool) -> String {
    match format {
        Format::Human => human::render(problems, color),
        Format::Json => machine::json(problems),
        Format::Github => machine::github(problems),
    }
}

impl Problem {
    /// An error at a place (bytes, the end exclusive) of a text.
    #[must_use]
    pub fn error(source: &Arc<Source>, span: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(source, span, Severity::Error, message.into())
    }

    /// A warning at a place (bytes, the end exclusive) of a text.
    #[must_use]
    pub fn warning(source: &Arc<Source>, span: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(source, span, Severity::Warning, message.into())
    }

    fn new(source: &Arc<Source>, span: Range<usize>, severity: Severity, message: String) -> Self {
        let (source, label) = (Arc::clone(source), String::new());
        Self { source, span, severity, message, label, help: Vec::new(), related: Vec::new() }
    }

    /// Sets what is shown under the underlined place.
    pub fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = label.into();
        self
    }

    /// Adds what to write instead.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help.push(help.into());
        self
    }

    /// Adds another place that belongs to it.
    pub fn related(&mut self, source: &Arc<Source>, span: Range<usize>, label: impl Into<String>) -> &mut Self {
        self.related.push(Related { source: Arc::clone(source), span, label: label.into() });
        self
    }

    /// The line of the first underlined character, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.source.position(self.span.start).0
    }

    /// The column of the first underlined character, from 1, in characters.
    #[must_use]
    pub fn column(&self) -> usize {
        self.source.position(self.span.start).1
    }

    /// One line for a log: `feeds/x.toml:12:9: error: …; help`. Control characters are escaped.
    #[must_use]
    pub fn one_line(&self) -> String {
        let (line, column) = self.source.position(self.span.start);
        let mut text = format!("{}:{line}:{column}: {}: {}", self.source.name, self.severity.name(), self.message);
        for help in &self.help {
            let _ = write!(text, "; {help}");
        }
        printable::line(&text).into_owned()
    }
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Source {
    /// Line and column (both from 1, the column in characters) of a byte; beyond the end, those of the end. A byte inside a
    /// character counts as its first.
    #[must_use]
    pub fn position(&self, byte: usize) -> (usize, usize) {
        let at = self.text.floor_char_boundary(byte);
        let before = self.text.get(..at).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |newline| newline + 1);
        let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
        let column = before.get(start..).unwrap_or_default().trim_start_matches('\u{feff}').chars().count() + 1;
        (line, column)
    }
}

#[cfg(test)]
mod tests;
