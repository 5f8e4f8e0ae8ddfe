//! Files of feeds that are right and wrong, and what is told about them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::config::{self, Config};
use crate::problem::Source;

mod wrong;

pub(super) fn config() -> Config {
    let source = Arc::new(Source { name: "config/handbill.toml".into(), text: String::new() });
    config::parse(source, &BTreeMap::new()).0.unwrap()
}

pub(super) fn files(texts: &[(&str, &str)]) -> BTreeMap<String, Arc<ParsedFile>> {
    let config = config();
    let parsed = |(name, text): &(&str, &str)| {
        let source = Source { name: format!("feeds/{name}"), text: (*text).into() };
        ((*name).to_owned(), Arc::new(parse(Arc::new(source), &config)))
    };
    texts.iter().map(parsed).collect()
}

pub(super) fn catalog(texts: &[(&str, &str)]) -> Catalog {
    assemble(&files(texts), &config(), None)
}

pub(super) fn told(catalog: &Catalog) -> Vec<String> {
    catalog.problems.iter().map(Problem::one_line).collect()
}
