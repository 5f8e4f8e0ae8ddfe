//! How long the service's own part of an answer takes, the HTTP library aside: from a path and conditions to what is sent.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use chrono::TimeDelta;
use divan::{Bencher, black_box};
use handbill::config;
use handbill::metrics::{Answer, Client, Kind, Metrics};
use handbill::problem::Source;
use handbill::publisher::{FileChange, FileText, Publisher};
use handbill::revision::Ledger;
use handbill::server::{Conditions, Outcome, negotiate};
use handbill::site::{Coding, Site};

mod inputs;

fn main() {
    divan::main();
}

/// A client asks for a feed that it has.
#[divan::bench(args = ["/all.ics", "/es/org/organization-0007.ics", "/combine.ics?tag=rally", "/feeds.json"])]
fn not_modified(bencher: Bencher<'_, '_>, address: &str) {
    let site = site();
    let (path, query) = address.split_once('?').map_or((address, None), |(path, query)| (path, Some(query)));
    let tag = site.find(path, query).unwrap().head().tag(Coding::Gzip).clone();
    bencher.bench_local(|| outcome(&site, black_box(path), query, black_box(&tag)) == Outcome::NotModified);
}

/// The same, with all that is counted of it.
#[divan::bench(args = ["Google-Calendar-Importer", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"])]
fn not_modified_and_counted(bencher: Bencher<'_, '_>, agent: &str) {
    let (site, metrics) = (site(), Metrics::default());
    let tally = metrics.tally();
    let tag = site.find("/all.ics", None).unwrap().head().tag(Coding::Gzip).clone();
    bencher.bench_local(|| {
        let begun = Instant::now();
        let known = outcome(&site, black_box("/all.ics"), None, black_box(&tag)) == Outcome::NotModified;
        let client = Client::of(black_box(agent).as_bytes());
        tally.note(&Answer { kind: Kind::All, status: 304, client, bytes: 0, took: begun.elapsed() });
        known
    });
}

/// A client asks for a feed that it does not have.
#[divan::bench]
fn compressed_feed(bencher: Bencher<'_, '_>) {
    let site = site();
    bencher.bench_local(|| site.find(black_box("/all.ics"), None).unwrap().bytes(Coding::Gzip));
}

fn outcome(site: &Site, path: &str, query: Option<&str>, tag: &[u8]) -> Outcome {
    let found = site.find(path, query).unwrap();
    let head = found.head();
    let coding = negotiate(std::iter::once(b"gzip".as_slice()), head);
    let none = None::<std::iter::Empty<&[u8]>>;
    let conditions = Conditions {
        if_match: none,
        if_none_match: Some(std::iter::once(tag)),
        if_modified_since: None,
        if_unmodified_since: None,
    };
    conditions.evaluate(head.tag(coding), head.modified)
}

fn site() -> Arc<Site> {
    let config =
        config::parse(Arc::new(Source { name: String::new(), text: String::new() }), &BTreeMap::new()).0.unwrap();
    let change = |(name, text)| FileChange { name, text: FileText::Is(text) };
    let files = inputs::files(1_000, 50).into_iter().map(change).collect();
    let now = inputs::FIRST_DAY.and_hms_opt(12, 0, 0).unwrap().and_utc() + TimeDelta::days(inputs::DAYS as i64 / 2);
    let publisher = Publisher::new(Arc::new(config), Ledger::default(), files, Vec::new, |_| Vec::new(), now);
    Arc::clone(publisher.site())
}
