//! How long it takes to build the Site of 10,000 events in 500 organizations, compressed feeds included: from nothing, after a change of
//! one event, and one feed of a megabyte by itself.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark")]

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use divan::Bencher;
use handbill::catalog::{self, Catalog};
use handbill::config::{self, Config};
use handbill::merge::merge;
use handbill::problem::Source;
use handbill::publisher::{FileChange, FileText, Publisher};
use handbill::revision::{self, Ledger};
use handbill::site::{Coding, Site, World};

mod inputs;

const EVENTS: usize = 10_000;
const FILES: usize = 500;

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn site_from_memory(bencher: Bencher<'_, '_>) {
    let (config, catalog) = catalog();
    let merged = merge(&catalog.events, &[], &catalog.overrules, None);
    let ledger = ledger(&catalog);
    bencher.bench_local(|| {
        let world = World { catalog: &catalog, merged: &merged, partners: &[], ledger: &ledger };
        let site = Site::build(world, &config, now());
        site.warm();
        site
    });
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn site_from_texts(bencher: Bencher<'_, '_>) {
    let config = Arc::new(settings());
    bencher.with_inputs(changes).bench_local_values(|files| {
        let publisher = Publisher::new(Arc::clone(&config), Ledger::default(), files, Vec::new, |_| Vec::new(), now());
        publisher.site().warm();
        publisher
    });
}

/// The change of a file to the new Site: all but the watching of the folder.
#[divan::bench(sample_count = 30, sample_size = 1)]
fn change_of_one_event(bencher: Bencher<'_, '_>) {
    let mut publisher =
        Publisher::new(Arc::new(settings()), Ledger::default(), changes(), Vec::new, |_| Vec::new(), now());
    let (name, text) = inputs::files(EVENTS, FILES).swap_remove(FILES / 2);
    let mut round = 0;
    bencher
        .with_inputs(|| {
            round += 1;
            let name = name.clone();
            let text = text.replacen("title = \"", &format!("title = \"{round}: "), 1);
            (FileChange { name, text: FileText::Is(text) }, now() + TimeDelta::seconds(round))
        })
        .bench_local_values(|(change, now)| publisher.change(vec![change], now));
}

/// The combined feed in a language of its own, which is not made ahead: its events, the calendar and its compressed form.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn feed_of_a_megabyte(bencher: Bencher<'_, '_>) {
    let (config, catalog) = catalog();
    let merged = merge(&catalog.events, &[], &catalog.overrules, None);
    let ledger = ledger(&catalog);
    bencher
        .with_inputs(|| {
            let world = World { catalog: &catalog, merged: &merged, partners: &[], ledger: &ledger };
            let site = Site::build(world, &config, now());
            site.warm();
            site
        })
        .bench_local_refs(|site| site.find("/es/all.ics", None).unwrap().bytes(Coding::Gzip));
}

/// The middle of the time over which the events are spread.
fn now() -> DateTime<Utc> {
    inputs::FIRST_DAY.and_hms_opt(12, 0, 0).unwrap().and_utc() + TimeDelta::days(inputs::DAYS as i64 / 2)
}

fn settings() -> Config {
    config::parse(Arc::new(Source { name: String::new(), text: String::new() }), &BTreeMap::new()).0.unwrap()
}

fn changes() -> Vec<FileChange> {
    let change = |(name, text)| FileChange { name, text: FileText::Is(text) };
    inputs::files(EVENTS, FILES).into_iter().map(change).collect()
}

fn catalog() -> (Config, Catalog) {
    let config = settings();
    let parse = |(name, text): inputs::File| {
        let source = Arc::new(Source { name: name.clone(), text });
        (name, Arc::new(catalog::parse(source, &config)))
    };
    let files: BTreeMap<_, _> = inputs::files(EVENTS, FILES).into_iter().map(parse).collect();
    let catalog = catalog::assemble(&files, &config, None);
    (config, catalog)
}

fn ledger(catalog: &Catalog) -> Ledger {
    let mut ledger = Ledger::default();
    for event in &catalog.events {
        ledger.revise(event, revision::content(event), now(), now());
    }
    ledger
}
