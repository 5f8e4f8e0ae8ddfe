//! How far one process goes: 1,000 to 100,000 events, 10 to 1,000 partners. For each size how long it takes to load the texts, to build
//! the Site and to take in one changed event; then, of a real `handbill serve`, the start, the memory, and the time from the write of a
//! file to its new bytes over HTTP. Prints a table: `cargo bench --bench scale`, or `-- 10000` for the rows of so many events alone.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use handbill::catalog::{self, Catalog};
use handbill::config::{self, Config};
use handbill::merge::merge;
use handbill::problem::Source;
use handbill::publisher::{FileChange, FileText, Publisher};
use handbill::revision::{self, Ledger};
use handbill::site::{Site, World};

mod inputs;
mod partners;
mod served;

/// The events, their organizations and the partners of each row.
const ROWS: [(usize, usize, usize); 6] = [
    (1_000, 50, 0),
    (10_000, 500, 0),
    (100_000, 5_000, 0),
    (10_000, 500, 10),
    (10_000, 500, 100),
    (10_000, 500, 1_000),
];

const HEADINGS: &str = " events  organ partners |  load build change | start served  worst |   files  copies  events   feeds   pages |  memory   limit";

/// What a server holds, as its figures name it.
const HELD: [&str; 5] = ["files", "copies", "events", "feeds", "pages"];

/// How often a change is made and timed; the median counts.
const CHANGES: usize = 15;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Neither a list of benchmarks nor a trial run wants minutes of work.
    if arguments.iter().any(|argument| matches!(argument.as_str(), "--list" | "--test")) {
        return;
    }
    let chosen: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    println!(
        "times in seconds, but of changes in milliseconds; sizes in MB; the limit is 10 MB and 2.5 times what is held"
    );
    println!("{HEADINGS}");
    for (events, organizations, partners) in ROWS {
        if chosen.is_empty() || chosen.contains(&events) {
            row(&Size { events, organizations, partners });
        }
    }
}

/// A row of the table.
struct Size {
    events: usize,
    organizations: usize,
    partners: usize,
}

fn row(size: &Size) {
    let files = inputs::files(size.events, size.organizations);
    let files = partners::with(files, size.partners);
    let (load, build) = load_and_build(&files);
    let change = change(&files);
    let served = served::measure(&files, size.partners, CHANGES);
    let held = HELD.map(|what| served.held[what]);
    let limit = 10_000_000 + held.iter().sum::<usize>() * 5 / 2;
    print!("{:>7} {:>6} {:>8} |", size.events, size.organizations, size.partners);
    print!(" {:>5.2} {:>5.2} {:>6.1} |", load.as_secs_f64(), build.as_secs_f64(), milli(change));
    print!(" {:>5.2} {:>6.1} {:>6.1} |", served.start.as_secs_f64(), milli(served.change), milli(served.worst));
    held.into_iter().for_each(print_bytes);
    print!(" |");
    [served.memory, limit].into_iter().for_each(print_bytes);
    println!();
}

fn print_bytes(bytes: usize) {
    print!(" {:>7.1}", bytes as f64 / 1e6);
}

fn milli(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// From the texts of files to a catalog, as in `loading`, and from that to a Site, as in `building`; partners aside.
fn load_and_build(files: &[inputs::File]) -> (Duration, Duration) {
    let config = settings();
    let sources: Vec<Arc<Source>> =
        files.iter().map(|(name, text)| Arc::new(Source { name: name.clone(), text: text.clone() })).collect();
    let since = Instant::now();
    let catalog = catalog(&sources, &config);
    let load = since.elapsed();
    let merged = merge(&catalog.events, &[], &catalog.overrules, None);
    let mut ledger = Ledger::default();
    for event in &catalog.events {
        ledger.revise(event, revision::content(event), Utc::now(), Utc::now());
    }
    let since = Instant::now();
    let site =
        Site::build(World { catalog: &catalog, merged: &merged, partners: &[], ledger: &ledger }, &config, Utc::now());
    let build = since.elapsed();
    drop(site);
    (load, build)
}

fn catalog(sources: &[Arc<Source>], config: &Config) -> Catalog {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let parse = |sources: &[Arc<Source>]| -> Vec<_> {
        let parse = |source: &Arc<Source>| (source.name.clone(), Arc::new(catalog::parse(Arc::clone(source), config)));
        sources.iter().map(parse).collect()
    };
    let files: BTreeMap<_, _> = std::thread::scope(|scope| {
        let shares = sources.chunks(sources.len().div_ceil(threads));
        let running: Vec<_> = shares.map(|share| scope.spawn(move || parse(share))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    catalog::assemble(&files, config, None)
}

/// The change of one event, from its file's text to the Site that holds it.
fn change(files: &[inputs::File]) -> Duration {
    let given = files.iter().map(|(name, text)| change_of(name, text.clone())).collect();
    let said = |catalog: &Catalog| {
        let slugs = catalog.partners.keys().cloned();
        slugs.enumerate().map(|(number, slug)| (slug, partners::snapshot(number, Utc::now()))).collect()
    };
    let config = Arc::new(settings());
    let mut publisher = Publisher::new(config, Ledger::default(), given, Vec::new, said, Utc::now());
    publisher.site().warm();
    let (name, text) = &files[files.len() / 2];
    let mut times: Vec<Duration> = (1..=CHANGES)
        .map(|round| {
            let text = retitled(text, &format!("Changed {round}"));
            let change = vec![change_of(name, text)];
            let now = Utc::now() + TimeDelta::seconds(round as i64);
            let since = Instant::now();
            publisher.change(change, now);
            since.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[CHANGES / 2]
}

/// A file whose first event has another title.
fn retitled(text: &str, title: &str) -> String {
    let (before, after) = text.split_once("\ntitle = \"").unwrap();
    format!("{before}\ntitle = \"{title}\"{}", after.split_once('"').unwrap().1)
}

fn change_of(name: &str, text: String) -> FileChange {
    FileChange { name: name.to_owned(), text: FileText::Is(text) }
}

fn settings() -> Config {
    config::parse(Arc::new(Source { name: String::new(), text: String::new() }), &BTreeMap::new()).0.unwrap()
}
