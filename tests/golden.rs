//! Golden folders: files of events and a time in, the bytes of feeds out. Each folder in `tests/golden/` holds `feeds/*.toml`, `today` (the
//! time of the build), a `handbill.toml` if it needs settings of its own, in `partner/` what each partner answers (`SLUG.ics`), and in
//! `expected/` the representations that are proved, by their addresses; `expected/problems.txt` holds what is told of the files. `HANDBILL_BLESS=1` rewrites what is expected: the
//! difference is then to be read, line by line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may panic, and has files and a clock of its own"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use handbill::catalog::Catalog;
use handbill::config::{self, Config};
use handbill::name::Slug;
use handbill::partner::poll::interpret;
use handbill::partner::{Context, Partner, Response, Snapshot};
use handbill::problem::{Problem, Source};
use handbill::publisher::{FileChange, FileText, Publisher};
use handbill::revision::Ledger;
use handbill::site::{Coding, Site};

mod judge;

/// The settings of a folder that has none of its own.
const SETTINGS: &str = "public_url = \"https://events.example.org\"\nname = \"Test Events\"\n";

const PROBLEMS: &str = "problems.txt";

#[test]
fn every_folder_is_published_as_expected() {
    let folders = entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"));
    let folders: Vec<PathBuf> = folders.into_iter().filter(|path| path.is_dir()).collect();
    assert!(folders.len() >= 20, "the folders are not where they should be: {folders:?}");
    let wrong: Vec<String> = folders.iter().flat_map(|folder| differences(folder)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How what is published differs from what is expected; nothing when it does not, or after it was rewritten.
fn differences(folder: &Path) -> Vec<String> {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let publisher = published(folder);
    let site = publisher.site();
    let mut differences = unsound(name, site);
    if everything(site) != everything(published(folder).site()) {
        differences.push(format!("{name}: a second build differs"));
    }
    let bless = std::env::var_os("HANDBILL_BLESS").is_some();
    let expected = folder.join("expected");
    let found = found(&publisher, &expected);
    for (path, bytes) in &found {
        if bless {
            fs::write(expected.join(path), bytes).unwrap();
        } else if fs::read(expected.join(path)).unwrap_or_default() != *bytes {
            differences.push(format!(
                "{name}: {path} is not as expected, but:\n{}",
                String::from_utf8_lossy(bytes).replace('\r', "")
            ));
        }
    }
    differences
}

/// The bytes of every file that is expected, and the problems if there are any or should be.
fn found(publisher: &Publisher, expected: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for path in files_below(expected) {
        let address = format!("/{}", path.strip_prefix(expected).unwrap().display());
        if address.ends_with(PROBLEMS) {
            continue;
        }
        let representation = publisher.site().find(&address, None).unwrap_or_else(|missing| panic!("{missing:?}"));
        found.insert(address[1..].to_owned(), representation.bytes(Coding::Identity).to_vec());
    }
    let problems: String = publisher.problems().iter().map(|problem| problem.one_line() + "\n").collect();
    if !problems.is_empty() || expected.join(PROBLEMS).exists() {
        found.insert(PROBLEMS.to_owned(), problems.into_bytes());
    }
    found
}

/// Whatever is expected of a folder, all feeds of its Site stand before the judges; what they object to.
fn unsound(name: &str, site: &Site) -> Vec<String> {
    let judged = |address: String| {
        let bytes = site.find(&address, None).unwrap().bytes(Coding::Identity);
        judge::read(&bytes).err().map(|objection| format!("{name}{address}: {objection}"))
    };
    site.addresses().filter(|address| address.ends_with(".ics")).filter_map(judged).collect()
}

/// Every representation of a Site with its entity tag.
fn everything(site: &Site) -> BTreeMap<String, (Vec<u8>, Vec<u8>)> {
    let made = |address: String| {
        let found = site.find(&address, None).unwrap();
        let tag = found.head().tag(Coding::Identity).to_vec();
        let bytes = found.bytes(Coding::Identity).to_vec();
        (address, (tag, bytes))
    };
    site.addresses().map(made).collect()
}

fn published(folder: &Path) -> Publisher {
    let today: DateTime<Utc> = fs::read_to_string(folder.join("today")).unwrap().trim().parse().unwrap();
    let files = entries(&folder.join("feeds")).into_iter().map(|path| FileChange {
        name: format!("feeds/{}", path.file_name().unwrap().to_str().unwrap()),
        text: FileText::Is(fs::read_to_string(path).unwrap()),
    });
    let settings = Arc::new(settings(folder));
    let said = |catalog: &Catalog| {
        let answers = catalog.partners.values().map(|partner| said(partner, folder, &settings, today));
        answers.collect::<Vec<(Slug, Snapshot)>>()
    };
    Publisher::new(Arc::clone(&settings), Ledger::default(), files.collect(), Vec::new, said, today)
}

/// What is kept of a partner that answers with its file.
fn said(partner: &Partner, folder: &Path, settings: &Config, now: DateTime<Utc>) -> (Slug, Snapshot) {
    let body = fs::read(folder.join(format!("partner/{}.ics", partner.slug))).unwrap();
    let fields = vec![("content-type".to_owned(), "text/calendar".to_owned())];
    let response = Response::Answered { status: 200, fields, body: body.into() };
    let context = Context { zone: settings.timezone, uid_domain: &settings.uid_domain };
    let limits = &settings.partners.limits;
    let interpretation = interpret(partner, &Snapshot::default(), response, now, limits, &context, 0);
    assert_eq!(interpretation.snapshot.header.fault, None, "{}", folder.display());
    (partner.slug.clone(), interpretation.snapshot)
}

fn settings(folder: &Path) -> Config {
    let text = fs::read_to_string(folder.join("handbill.toml")).unwrap_or_else(|_| SETTINGS.to_owned());
    let source = Arc::new(Source { name: "handbill.toml".to_owned(), text });
    let (config, problems) = config::parse(source, &BTreeMap::new());
    let problems: Vec<String> = problems.iter().map(Problem::one_line).collect();
    assert!(problems.is_empty(), "{problems:?}");
    config.unwrap()
}

/// What is in a folder, by name.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    entries(folder).into_iter().flat_map(below).collect()
}
