//! What the service itself does for a 304 allocates nothing: from the path, through negotiation and conditions, to the fields that are
//! sent, the counting included.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use handbill::config;
use handbill::metrics::{Answer, Client, Metrics, Tally};
use handbill::problem::Source;
use handbill::publisher::{FileChange, FileText, Publisher};
use handbill::revision::Ledger;
use handbill::server::{Conditions, Outcome, negotiate};
use handbill::site::{Coding, Site};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const RALLY: &str = r#"
[organization]
name = "Chicago Democratic Socialists of America"
[[event]]
id = "rally"
title = "Lori Doesn’t C.A.R.E.S."
start = 2021-03-23T18:00
tags = ["budget"]
description = "Spend the relief on people."
"#;

/// Who asks: one that says its name at once, and one that hides it in a long text.
const AGENTS: [&str; 2] =
    ["Google-Calendar-Importer", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"];

/// One test, for the counts are those of the whole process.
#[test]
fn a_304_allocates_nothing() {
    let (site, metrics) = (site(), Metrics::default());
    let tally = metrics.tally();
    let _profiler = dhat::Profiler::builder().testing().build();
    for path in [
        "/all.ics",
        "/all.json",
        "/es/org/feed.ics",
        "/tag/budget.ics",
        "/event/rally.ics",
        "/feeds.json",
        "/style.css",
    ] {
        let date = site.find(path, None).unwrap().head().last_modified.clone().unwrap();
        let tag = site.find(path, None).unwrap().head().tag(Coding::Gzip).clone();
        check(&site, &tally, path, Some(&tag), None);
        check(&site, &tally, path, Some(b"\"another\", W/\"and another\", *"), None);
        check(&site, &tally, path, None, Some(&date));
    }
    assert_ne!(dhat::HeapStats::get().total_blocks, 0, "allocations are not counted");
}

/// Asks twice: what is made when it is first asked for is there the second time, and that must allocate nothing.
fn check(site: &Site, tally: &Tally, path: &str, if_none_match: Option<&[u8]>, if_modified_since: Option<&[u8]>) {
    ask(site, tally, path, if_none_match, if_modified_since);
    let before = dhat::HeapStats::get().total_blocks;
    let outcome = ask(site, tally, path, if_none_match, if_modified_since);
    let after = dhat::HeapStats::get().total_blocks;
    assert_eq!(after - before, 0, "{path}: {if_none_match:?} {if_modified_since:?}");
    let known = !if_none_match.is_some_and(|tags| tags.starts_with(b"\"another"));
    assert_eq!(outcome == Outcome::NotModified, known, "{path}");
}

fn ask(
    site: &Site,
    tally: &Tally,
    path: &str,
    if_none_match: Option<&[u8]>,
    if_modified_since: Option<&[u8]>,
) -> Outcome {
    let begun = Instant::now();
    let found = site.find(path, None).unwrap();
    let head = found.head();
    let coding = negotiate(std::iter::once(b"gzip".as_slice()), head);
    let conditions = Conditions {
        if_match: None::<std::iter::Empty<&[u8]>>,
        if_none_match: if_none_match.map(std::iter::once),
        if_modified_since,
        if_unmodified_since: None,
    };
    let outcome = conditions.evaluate(head.tag(coding), head.modified);
    // What goes into the fields is shared, not copied.
    let _fields = (head.tag(coding).clone(), head.last_modified.clone());
    for agent in AGENTS {
        let (kind, client) = (found.kind(), Client::of(agent.as_bytes()));
        tally.note(&Answer { kind, status: 304, client, bytes: 0, took: begun.elapsed() });
    }
    outcome
}

fn site() -> Arc<Site> {
    let nothing = Arc::new(Source { name: String::new(), text: String::new() });
    let config = config::parse(nothing, &BTreeMap::new()).0.unwrap();
    let files = vec![FileChange { name: "feeds/feed.toml".into(), text: FileText::Is(RALLY.into()) }];
    let now = DateTime::<Utc>::from_timestamp(1_616_000_000, 0).unwrap();
    Arc::clone(Publisher::new(Arc::new(config), Ledger::default(), files, Vec::new, |_| Vec::new(), now).site())
}
