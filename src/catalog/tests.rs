//! Files of feeds that are right and wrong, and what is told about them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::config::{self, Config};
use crate::problem::Source;

mod joined;
mod partners;
mod right;
mod schema;
mod wrong;
mod wrong_times;

fn config() -> Config {
    let source = Arc::new(Source { name: "config/handbill.toml".into(), text: String::new() });
    config::parse(source, &BTreeMap::new()).0.unwrap()
}

fn parsed(name: &str, text: &str) -> Arc<ParsedFile> {
    let source = Source { name: format!("feeds/{name}"), text: text.into() };
    Arc::new(parse(Arc::new(source), &config()))
}

fn files(texts: &[(&str, &str)]) -> BTreeMap<String, Arc<ParsedFile>> {
    texts.iter().map(|(name, text)| ((*name).to_owned(), parsed(name, text))).collect()
}

fn catalog(texts: &[(&str, &str)]) -> Catalog {
    assemble(&files(texts), &config(), None)
}

fn after(previous: &Catalog, texts: &[(&str, &str)]) -> Catalog {
    assemble(&files(texts), &config(), Some(previous))
}

fn told(catalog: &Catalog) -> Vec<String> {
    catalog.problems.iter().map(Problem::one_line).collect()
}

fn ids(catalog: &Catalog) -> Vec<&str> {
    catalog.events.iter().map(|event| event.id.as_str()).collect()
}

/// An event that is right, and further lines of it.
fn event(lines: &str) -> String {
    format!("[[event]]\nid = \"a\"\ntitle = \"A\"\ndescription = \"D\"\nstart = 2021-03-23T18:00\n{lines}\n")
}

/// Checks what is told about one file, without the file's name.
fn check(text: &str, expected: &[&str]) {
    let told: Vec<String> = told(&catalog(&[("x.toml", text)]));
    let told: Vec<&str> = told.iter().map(|line| line.trim_start_matches("feeds/x.toml:")).collect();
    assert_eq!(told, expected, "{text}");
}

/// Checks what is told about an event with these lines; the first of them is line 6.
fn check_event(lines: &str, expected: &[&str]) {
    check(&event(lines), expected);
}
