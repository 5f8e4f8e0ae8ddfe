//! Problems told to people, in the manner of rustc. It decides nothing about what is a problem.

use std::collections::BTreeSet;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Problem, Related, Severity, Source, printable};

/// Lines that are shown of a longer place.
const LINES: usize = 4;
/// Characters that are taken of a longer line on each side of the place; how many fit the terminal, the renderer sees.
const AROUND: usize = 2_000;
/// Characters of a place that are underlined at most.
const UNDERLINED: usize = 400;

/// The problems one after the other, each followed by an empty line.
pub(super) fn render(problems: &[Problem], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(140);
    let mut text = String::new();
    for problem in problems {
        text.push_str(&renderer.render(&[group(problem)]));
        text.push_str("\n\n");
    }
    text
}

/// The last line: `3 problems, 1 warning in 2 of 14 files`; `files` is how many were read.
#[must_use]
pub fn summary(problems: &[Problem], files: usize) -> String {
    let of = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let mut parts = Vec::new();
    for (count, noun) in [(of(Severity::Error), "problem"), (of(Severity::Warning), "warning")] {
        if count > 0 {
            parts.push(plural(count, noun));
        }
    }
    if parts.is_empty() {
        return format!("no problems in {}", plural(files, "file"));
    }
    let touched: BTreeSet<&str> = problems.iter().map(|problem| problem.source.name.as_str()).collect();
    format!("{} in {} of {}", parts.join(", "), touched.len(), plural(files, "file"))
}

fn plural(count: usize, noun: &str) -> String {
    let mut text = format!("{count} {noun}");
    if count != 1 {
        text.push('s');
    }
    text
}

fn group(problem: &Problem) -> Group<'static> {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level.primary_title(printable::line(&problem.message).into_owned()).elements([] as [Origin<'_>; 0]);
    group = placed(group, &problem.source, &problem.span, &problem.label, AnnotationKind::Primary);
    for Related { source, span, label } in &problem.related {
        group = placed(group, source, span, label, AnnotationKind::Context);
    }
    for help in &problem.help {
        group = group.element(Level::HELP.message(printable::line(help).into_owned()));
    }
    group
}

/// One place with its lines.
fn placed(
    group: Group<'static>,
    source: &Source,
    span: &Range<usize>,
    label: &str,
    kind: AnnotationKind,
) -> Group<'static> {
    let (line, column) = source.position(span.start);
    let name = printable::line(&source.name).into_owned();
    let excerpt = Excerpt::of(source, span);
    let label = (!label.is_empty()).then(|| printable::line(label).into_owned());
    let annotation: Annotation<'static> = kind.span(excerpt.span).label(label);
    let snippet = Snippet::source(excerpt.text).line_start(line).fold(false).annotation(annotation);
    if excerpt.cut {
        // The snippet would count the column from where its text begins.
        let origin = Origin::path(name).line(line).char_column(column);
        return group.element(origin).element(snippet);
    }
    group.element(snippet.path(name))
}

/// The lines of a place, safe to print, and the place in them.
struct Excerpt {
    text: String,
    /// Whether the text begins within a line.
    cut: bool,
    span: Range<usize>,
}

impl Excerpt {
    fn of(source: &Source, span: &Range<usize>) -> Self {
        let text = source.text.as_str();
        let start = text.floor_char_boundary(span.start);
        let end = text.ceil_char_boundary(span.end).clamp(start, text.len());
        let mut excerpt = Self { text: String::new(), cut: false, span: 0..0 };
        excerpt.lead_in(text.get(..start).unwrap_or_default());
        excerpt.span.start = excerpt.text.len();
        let place = text.get(start..end).unwrap_or_default().trim_end_matches(['\r', '\n']);
        let lines = place.match_indices('\n').nth(LINES - 1).map_or(place.len(), |(at, _)| at);
        excerpt.extend(place.get(..lines).unwrap_or_default(), UNDERLINED);
        excerpt.span.end = excerpt.text.len();
        let whole = start + place.len();
        if lines == place.len() {
            let rest = text.get(whole..).unwrap_or_default();
            excerpt.extend(rest.split('\n').next().unwrap_or_default().trim_end_matches('\r'), AROUND);
        }
        excerpt
    }

    /// What precedes the place on its line.
    fn lead_in(&mut self, before: &str) {
        let line = before.rsplit('\n').next().unwrap_or_default();
        let cut = line.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
        if cut > 0 {
            self.cut = true;
            self.text.push('…');
        }
        self.extend(line.get(cut..).unwrap_or_default(), AROUND);
    }

    fn extend(&mut self, text: &str, limit: usize) {
        let mut left = limit;
        for c in text.chars().filter(|c| *c != '\r' && *c != '\u{feff}') {
            if left == 0 {
                self.text.push('…');
                return;
            }
            left -= 1;
            self.text.push(if c == '\n' { c } else { printable::picture(c) });
        }
    }
}
