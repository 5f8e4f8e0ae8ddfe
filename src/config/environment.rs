//! Settings from the environment: `HANDBILL_` and the path of a key in capitals. It reads no environment; it is handed one.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use crate::document::{self, Report, nearest, quoted};
use crate::problem::Source;

use super::raw::{RawConfig, schema};

const PREFIX: &str = "HANDBILL_";
/// The variables that hold secrets of partners' addresses.
pub(super) const SECRET: &str = "HANDBILL_SECRET_";

/// A key that can be set: its variable, its path, and how it is written.
struct Key {
    variable: String,
    path: Vec<String>,
    form: Form,
}

/// How a setting is written in a variable.
enum Form {
    /// A text as it is.
    Text,
    /// Texts separated by commas, or a list of TOML.
    Texts,
    /// TOML.
    Value,
}

/// The settings of each variable, in a report of its own. Empty variables count as unset.
pub(super) fn layers(environment: &BTreeMap<String, String>) -> Vec<(RawConfig, Report)> {
    let mut ours = environment.iter().filter(|(name, value)| name.starts_with(PREFIX) && !value.is_empty()).peekable();
    if ours.peek().is_none() {
        return Vec::new();
    }
    let keys = keys();
    ours.filter(|(name, _)| !name.starts_with(SECRET)).map(|(name, value)| layer(&keys, name, value)).collect()
}

fn layer(keys: &[Key], name: &str, value: &str) -> (RawConfig, Report) {
    let source = Arc::new(Source { name: format!("environment variable {name}"), text: value.to_owned() });
    let mut report = Report::new(&source);
    let Some(key) = keys.iter().find(|key| key.variable == name) else {
        unknown(&mut report, keys, name);
        return (RawConfig::default(), report);
    };
    let Some(value) = read_value(&mut report, &source, key) else {
        return (RawConfig::default(), report);
    };
    let table = key.path.iter().rev().fold(value, |inner, name| {
        let mut table = DeTable::new();
        let span = inner.span();
        table.insert(Spanned::new(span.clone(), DeString::from(name.clone())), inner);
        Spanned::new(span, DeValue::Table(table))
    });
    let raw = document::read(table.get_ref(), table.span(), &mut report);
    (raw, report)
}

fn unknown(report: &mut Report, keys: &[Key], name: &str) {
    let span = 0..report.source().text.len();
    let problem = report.error(span, format!("no setting has the variable {name}"));
    problem.help(
        match nearest(name.trim_start_matches(PREFIX), keys.iter().map(|key| key.variable.trim_start_matches(PREFIX))) {
            Some(near) => format!("write {PREFIX}{near}"),
            None => {
                "the variables are HANDBILL_ and a key of the config in capitals, such as HANDBILL_LISTEN".to_owned()
            }
        },
    );
}

fn read_value<'s>(report: &mut Report, source: &'s Source, key: &Key) -> Option<Spanned<DeValue<'s>>> {
    let text = source.text.as_str();
    match key.form {
        Form::Text => return Some(Spanned::new(0..text.len(), DeValue::String(text.into()))),
        Form::Texts if !is_list(text) => return Some(separated(text)),
        Form::Texts | Form::Value => {}
    }
    match DeValue::parse(text) {
        Ok(value) => Some(value),
        Err(error) => {
            let problem =
                report.error(error.span().unwrap_or(0..text.len()), format!("{} is no value of TOML", quoted(text)));
            problem.help("write it as in the config, such as 10000, true or [\"en\", \"es\"]");
            None
        }
    }
}

/// Whether a text is meant as a list of TOML; `[::1]:80` begins like one.
fn is_list(text: &str) -> bool {
    let inside = text.trim_start().strip_prefix('[').map(str::trim_start);
    inside.is_some_and(|inside| inside.starts_with(['"', '\'', ']']))
}

/// Texts separated by commas.
fn separated(text: &str) -> Spanned<DeValue<'_>> {
    let mut list = DeArray::new();
    let mut start = 0;
    for part in text.split(',') {
        let span = start..start + part.len();
        start = span.end + 1;
        if !part.trim().is_empty() {
            list.push(Spanned::new(span, DeValue::String(part.trim().into())));
        }
    }
    Spanned::new(0..text.len(), DeValue::Array(list))
}

/// All keys, from the schema.
fn keys() -> Vec<Key> {
    let schema = schema();
    let mut keys = Vec::new();
    let mut pending = vec![(Vec::new(), &schema)];
    while let Some((path, table)) = pending.pop() {
        for (name, key) in table.get("properties").and_then(Json::as_object).into_iter().flatten() {
            let path: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
            let key = resolved(&schema, key);
            if key.get("properties").is_some() {
                pending.push((path, key));
            } else {
                let variable = format!("{PREFIX}{}", path.join("_").to_uppercase());
                keys.push(Key { variable, path, form: form(key) });
            }
        }
    }
    keys
}

fn form(key: &Json) -> Form {
    if is_text(key) {
        Form::Text
    } else if key.get("items").is_some_and(is_text) {
        Form::Texts
    } else {
        Form::Value
    }
}

fn is_text(key: &Json) -> bool {
    let choices = key.get("oneOf").and_then(Json::as_array);
    key.get("type").and_then(Json::as_str) == Some("string") || choices.is_some_and(|all| all.iter().all(is_text))
}

/// What a `$ref` refers to, or the schema itself.
fn resolved<'s>(root: &'s Json, schema: &'s Json) -> &'s Json {
    let reference = schema.get("$ref").or_else(|| schema.get("allOf")?.get(0)?.get("$ref"));
    let pointer = reference.and_then(Json::as_str).and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| root.pointer(pointer)).unwrap_or(schema)
}
