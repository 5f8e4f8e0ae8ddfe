//! How long it takes to read 10,000 events from the texts of 1,000 files with all validation, and how long bare toml and serde take, which
//! check nothing, for the same texts.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a benchmark")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use divan::black_box;
use handbill::catalog::{self, Catalog, ParsedFile};
use handbill::config::{self, Config};
use handbill::problem::Source;

mod bare;
mod inputs;

const EVENTS: usize = 10_000;
const FILES: usize = 1_000;

fn main() {
    divan::main();
    // Neither a list of benchmarks nor a trial run wants the ratios.
    if !std::env::args().any(|argument| matches!(&*argument, "--list" | "--test")) {
        ratios();
    }
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn bare_toml_and_serde(bencher: divan::Bencher<'_, '_>) {
    let files = inputs::files(EVENTS, FILES);
    bencher.bench_local(|| bare::load(&files));
}

#[divan::bench(args = [1, 2], sample_count = 20, sample_size = 1)]
fn with_all_validation(bencher: divan::Bencher<'_, '_>, threads: usize) {
    let config = settings();
    let files = inputs::files(EVENTS, FILES);
    bencher.with_inputs(|| sources(&files)).bench_local_values(|sources| load(sources, &config, threads));
}

/// The two in turn, so that what else the machine does touches both alike.
fn ratios() {
    let (config, files) = (settings(), inputs::files(EVENTS, FILES));
    let catalog = load(sources(&files), &config, 2);
    assert_eq!((catalog.events.len(), catalog.problems.len()), (EVENTS, 0));
    let mut rounds: Vec<[f64; 2]> = (0..15)
        .map(|_| {
            let bare = time(|| bare::load(&files)).as_secs_f64();
            let [one, two] = [1, 2].map(|threads| {
                let sources = sources(&files);
                time(|| load(sources, &config, threads)).as_secs_f64()
            });
            [one / bare, two / bare]
        })
        .collect();
    println!("\ntimes bare toml and serde on one thread (median of {}):", rounds.len());
    for (index, name) in ["on one thread", "on two threads"].into_iter().enumerate() {
        rounds.sort_by(|one, other| one[index].total_cmp(&other[index]));
        println!("  with all validation, {name}: {:.2}", rounds[rounds.len() / 2][index]);
    }
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let since = Instant::now();
    let made = black_box(work());
    let took = since.elapsed();
    drop(made);
    took
}

fn settings() -> Config {
    config::parse(Arc::new(Source { name: String::new(), text: String::new() }), &BTreeMap::new()).0.unwrap()
}

fn sources(files: &[inputs::File]) -> Vec<Arc<Source>> {
    files.iter().map(|(name, text)| Arc::new(Source { name: name.clone(), text: text.clone() })).collect()
}

/// Parses in as many threads and assembles in one, as the publisher does.
fn load(sources: Vec<Arc<Source>>, config: &Config, threads: usize) -> Catalog {
    let parse = |sources: &[Arc<Source>]| -> Vec<(String, Arc<ParsedFile>)> {
        sources
            .iter()
            .map(|source| (source.name.clone(), Arc::new(catalog::parse(Arc::clone(source), config))))
            .collect()
    };
    let files: BTreeMap<String, Arc<ParsedFile>> = std::thread::scope(|scope| {
        let shares = sources.chunks(sources.len().div_ceil(threads));
        let running: Vec<_> = shares.map(|share| scope.spawn(move || parse(share))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    catalog::assemble(&files, config, None)
}
