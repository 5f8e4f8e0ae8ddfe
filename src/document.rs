//! Reads a TOML text into types, with all problems in it: each with its place and what to write instead. It knows neither the
//! format of events nor that of settings.
//!
//! [`read`] turns one table into a type that derives `Deserialize`. It goes over the parsed table by reference; at the first
//! fault it starts again in a tolerant pass that tells and skips whatever is unknown or of the wrong type, so that one mistake
//! hides no other.

mod explain;
mod fault;
mod parts;
mod placed;
mod report;
mod schema;
mod value;
mod walk;

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub use explain::nearest;
pub(crate) use explain::{quoted, unknown_key};
pub use placed::{DateTime, Placed};
pub use report::Report;
pub(crate) use schema::schema_for;

use crate::problem::Source;
use walk::{Pass, Value};

/// The name of the field into which a type takes the tables that are named like a language (`[event.es]`).
pub(crate) const LANGUAGES: &str = "[language]";

/// Faults in one table after which the rest of them is not looked for.
const FAULTS: usize = 50;

/// Parses a text as TOML. Its syntax errors go into the report; what could be read in spite of them is returned. A date or a
/// number that is shaped like one but does not exist is no syntax error: [`read`] tells it where it is used.
#[must_use]
pub fn parse<'a>(source: &'a Source, report: &mut Report) -> Parsed<'a> {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    let table = table.into_inner();
    let mut impossible = Vec::new();
    if !errors.is_empty() {
        collect_impossible(&table, &mut impossible);
    }
    let mut broken = false;
    for error in errors {
        let span = error.span().unwrap_or(source.text.len()..source.text.len());
        if !impossible.contains(&span) {
            broken = true;
            explain::syntax(report, span, error.message());
        }
    }
    Parsed { table, broken }
}

/// A text parsed as TOML.
#[derive(Debug)]
pub struct Parsed<'a> {
    /// What could be read.
    pub table: DeTable<'a>,
    /// Whether there were syntax errors, so that the table may not be what was meant.
    pub broken: bool,
}

/// Reads one table into a type whose fields are all optional (`#[serde(default)]` on the type). What is unknown or of the wrong
/// type is told in the report and left out.
pub fn read<T: DeserializeOwned + Default>(value: &DeValue<'_>, span: Range<usize>, report: &mut Report) -> T {
    let source = std::sync::Arc::clone(report.source());
    report.set_told_keys(Vec::new());
    let quick = Pass::quick(&source.text);
    if let Ok(whole) = T::deserialize(Value::new(value, span.clone(), &quick)) {
        return whole;
    }
    let tolerant = Pass::tolerant(&source.text);
    for _ in 0..FAULTS {
        match T::deserialize(Value::new(value, span.clone(), &tolerant)) {
            Ok(part) => {
                tolerant.finish(report);
                return part;
            }
            Err(fault) => {
                explain::fault(report, &source.text, &fault);
                if !tolerant.skip(&fault) {
                    break;
                }
            }
        }
    }
    tolerant.finish(report);
    T::default()
}

/// Dates and times that have the shape of one and do not exist (February 30).
fn collect_impossible(table: &DeTable<'_>, found: &mut Vec<Range<usize>>) {
    let mut pending: Vec<&Spanned<DeValue<'_>>> = table.values().collect();
    while let Some(value) = pending.pop() {
        match value.get_ref() {
            DeValue::Datetime(time) if time.date.is_none() && time.time.is_none() => found.push(value.span()),
            DeValue::Array(array) => pending.extend(array.iter()),
            DeValue::Table(table) => pending.extend(table.values()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
