//! Problems told to programs: JSON, and the workflow commands of GitHub Actions.

use std::fmt::Write as _;

use serde_json::json;

use super::{Problem, Severity, printable};

/// See [`super::render`].
pub(super) fn json(problems: &[Problem]) -> String {
    let all: Vec<_> = problems.iter().map(object).collect();
    without_controls(&format!("{:#}\n", serde_json::Value::Array(all)))
}

/// JSON leaves DELETE and what is beyond ASCII as it is; a terminal obeys some of it. All of it stands inside strings.
fn without_controls(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && printable::is_unprintable(c) {
            let _ = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    safe
}

fn object(problem: &Problem) -> serde_json::Value {
    let (line, column) = problem.source.position(problem.span.start);
    let (end_line, end_column) = problem.source.position(problem.span.end.max(problem.span.start));
    json!({
        "file": problem.source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "severity": problem.severity.name(),
        "message": problem.message,
        "help": problem.help,
    })
}

/// `::error file=…,line=…,col=…::message`, one line each.
pub(super) fn github(problems: &[Problem]) -> String {
    let mut text = String::new();
    for problem in problems {
        let (line, column) = problem.source.position(problem.span.start);
        let command = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let mut message = problem.message.clone();
        for help in &problem.help {
            let _ = write!(message, "\n{help}");
        }
        let (file, message) = (escaped(&problem.source.name, true), escaped(&message, false));
        let _ = writeln!(text, "::{command} file={file},line={line},col={column}::{message}");
    }
    text
}

/// A value of a workflow command: percent signs and line breaks encoded, in a property (`file=…`) colons and commas as well.
fn escaped(text: &str, property: bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => safe.push_str("%25"),
            '\n' => safe.push_str("%0A"),
            '\r' => safe.push_str("%0D"),
            ':' if property => safe.push_str("%3A"),
            ',' if property => safe.push_str("%2C"),
            c => safe.push(printable::picture(c)),
        }
    }
    safe
}
