//! Properties: whatever people write, it is refused with its place or published so that every reader reads it back; and no bytes make
//! Handbill panic. The examples are made by chance; a failure prints the smallest that it finds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may panic, and has files and a clock of its own"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use handbill::catalog::{self, Catalog};
use handbill::config::{self, Config};
use handbill::event::{Details, Event, Place, View, words};
use handbill::language::Language;
use handbill::problem::{self, Severity, Source};
use handbill::publisher::{FileChange, FileText, Publisher};
use handbill::revision::Ledger;
use handbill::site::{Coding, Site};
use handbill::text;
use proptest::prelude::*;
use proptest::test_runner::Config as Runs;
use toml::{Table, Value};

mod judge;

const FILE: &str = "feeds/neighbors.toml";

fn runs(cases: u32) -> Runs {
    Runs { cases, failure_persistence: None, ..Runs::default() }
}

proptest! {
    #![proptest_config(runs(96))]

    #[test]
    fn any_text_in_any_field_is_refused_or_reads_back(words in words()) {
        let publisher = published(&words.file());
        let refused = publisher.problems().iter().any(|problem| problem.severity == Severity::Error);
        let site = publisher.site();
        for address in site.addresses().filter(|address| address.ends_with(".ics")) {
            if let Err(objection) = judge::read(&bytes(site, &address)) {
                prop_assert!(false, "{address}: {objection}");
            }
        }
        let catalog = assembled(&words.file());
        if !refused {
            prop_assert_eq!(catalog.events.len(), 2, "an event is neither published nor told of");
            words.check(&catalog);
        }
        reads_back(site, "/all.ics", &catalog, View::All);
        reads_back(site, "/es/all.ics", &catalog, View::Only(Language::parse("es").unwrap()));
    }

    #[test]
    fn two_builds_are_equal(words in words()) {
        let (one, other) = (published(&words.file()), published(&words.file()));
        for address in one.site().addresses() {
            prop_assert_eq!(bytes(one.site(), &address), bytes(other.site(), &address), "{}", address);
        }
        prop_assert_eq!(one.ledger().to_bytes(), other.ledger().to_bytes());
    }
}

proptest! {
    #![proptest_config(runs(256))]

    #[test]
    fn no_bytes_make_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_pieces_of_the_format_make_a_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        survives(&pieces.concat());
    }

    #[test]
    fn no_damage_to_a_good_file_makes_a_panic(
        at in any::<prop::sample::Index>(),
        length in 0usize..40,
        instead in line(),
    ) {
        let characters: Vec<char> = GOOD.chars().collect();
        let start = at.index(characters.len());
        let end = (start + length).min(characters.len());
        let damaged: String = characters[..start].iter().copied().chain(instead.chars()).chain(characters[end..].iter().copied()).collect();
        survives(&damaged);
    }
}

/// Characters that are not published leave nothing of a text that must be there: that is a fault like an empty text, never silence.
#[test]
fn a_text_that_vanishes_is_told_of() {
    let good = || Words {
        title: "Title".into(),
        description: "Description".into(),
        location: "Location".into(),
        contact: "Contact".into(),
        reason: "Reason".into(),
        spanish: ("Título".into(), "Descripción".into(), "Razón".into()),
        tag: "tag".into(),
        link: "https://example.org".into(),
        organization: "Organization".into(),
        about: "About".into(),
        supporter: "Supporter".into(),
        venue: "Venue".into(),
        address: "Address".into(),
    };
    let required: [fn(&mut Words) -> &mut String; 4] = [
        |words| &mut words.title,
        |words| &mut words.organization,
        |words| &mut words.supporter,
        |words| &mut words.venue,
    ];
    assert!(published(&good().file()).problems().is_empty());
    for (index, field) in required.iter().enumerate() {
        for vanishing in ["", " ", "\u{202e}", "\u{feff}\u{2066}", " \u{feff} "] {
            let mut words = good();
            *field(&mut words) = vanishing.to_owned();
            let publisher = published(&words.file());
            let told = publisher.problems().iter().any(|problem| problem.severity == Severity::Error);
            assert!(told, "field {index}: {vanishing:?} is not told of");
        }
    }
}

/// Every step from a text to feeds and to told problems, with nothing expected but that it ends well.
fn survives(text: &str) {
    let publisher = published(text);
    for format in [problem::Format::Human, problem::Format::Json, problem::Format::Github] {
        let told = problem::render(publisher.problems(), format, false);
        assert!(!told.contains(|c: char| c.is_control() && !"\n\t".contains(c)), "{told:?}");
    }
    for address in publisher.site().addresses().filter(|address| address.ends_with(".ics")) {
        judge::read(&bytes(publisher.site(), &address)).unwrap();
    }
}

/// The texts of a file with two events, one for each form of a place.
#[derive(Debug, Clone)]
struct Words {
    title: String,
    description: String,
    location: String,
    contact: String,
    reason: String,
    spanish: (String, String, String),
    tag: String,
    link: String,
    organization: String,
    about: String,
    supporter: String,
    venue: String,
    address: String,
}

fn words() -> impl Strategy<Value = Words> {
    let event = (line(), paragraphs(), paragraphs(), line(), line(), (line(), paragraphs(), line()), tag(), link());
    let names = (line(), paragraphs(), line(), line(), line());
    (event, names).prop_map(|(event, names)| {
        let (title, description, location, contact, reason, spanish, tag, link) = event;
        let (organization, about, supporter, venue, address) = names;
        Words {
            title,
            description,
            location,
            contact,
            reason,
            spanish,
            tag,
            link,
            organization,
            about,
            supporter,
            venue,
            address,
        }
    })
}

/// Mostly what people may write in one line; now and then anything at all.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        30 => prop::collection::vec(character(), 1..40).prop_map(String::from_iter),
        10 => prop::collection::vec(character(), 60..200).prop_map(String::from_iter),
        1 => prop::collection::vec(any::<char>(), 0..20).prop_map(String::from_iter),
        1 => prop::collection::vec(prop::sample::select(ODD), 0..4).prop_map(String::from_iter),
    ]
}

fn paragraphs() -> impl Strategy<Value = String> {
    let end = prop::sample::select(&["\n", "\r\n", "\n\n", "\t", " "][..]);
    prop::collection::vec((line(), end), 0..5)
        .prop_map(|lines| lines.into_iter().flat_map(|(line, end)| [line, end.to_owned()]).collect())
}

fn tag() -> impl Strategy<Value = String> {
    prop_oneof![9 => "[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,5}", 1 => line()]
}

fn link() -> impl Strategy<Value = String> {
    let rest = line().prop_map(|rest| rest.replace(char::is_whitespace, ""));
    prop_oneof![9 => rest.prop_map(|rest| format!("https://example.org/{rest}")), 1 => line()]
}

/// What escapes and folds are about, printable ASCII, and any other character that may be published.
fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        3 => prop::sample::select(TELLING),
        4 => prop::char::range(' ', '~'),
        2 => any::<char>().prop_map(|c| if text::clean(&c.to_string()) == c.to_string() { c } else { '?' }),
    ]
}

const TELLING: &[char] = &[
    '\\', ';', ',', ':', '"', '^', '\'', 'n', 'N', ' ', '=', '’', 'é', 'ñ', '日', '👩', '🏽', '\u{200d}', '🌾', '🇲',
    '🇽', '\u{301}', '\u{fe0f}', '<', '&', '%', '\u{a0}',
];

/// What is not published: controls, line breaks of all kinds, marks that reverse the reading order.
const ODD: &[char] = &[
    '\0', '\u{7}', '\u{b}', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}', '\u{2028}', '\u{202e}', '\u{2066}', '\u{feff}',
    '\r', '\n', '\t',
];

impl Words {
    fn file(&self) -> String {
        let text = |text: &str| Value::String(text.to_owned());
        let table = |pairs: &[(&str, Value)]| -> Value {
            Value::Table(pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
        };
        let spanish = table(&[
            ("title", text(&self.spanish.0)),
            ("description", text(&self.spanish.1)),
            ("reason", text(&self.spanish.2)),
        ]);
        let start: Value = Value::Datetime("2021-03-23T18:00:00".parse().unwrap());
        let common = [
            ("title", text(&self.title)),
            ("start", start),
            ("description", text(&self.description)),
            ("contact", text(&self.contact)),
            ("status", text("cancelled")),
            ("reason", text(&self.reason)),
            ("url", text(&self.link)),
            ("supporters", Value::Array(vec![text(&self.supporter)])),
            ("es", spanish),
        ];
        let event = |own: &[(&str, Value)]| table(&[&common[..], own].concat());
        let first =
            [("id", text("first")), ("location", text(&self.location)), ("tags", Value::Array(vec![text(&self.tag)]))];
        let second = [("id", text("second")), ("venue", text("hall"))];
        let organization = table(&[("name", text(&self.organization)), ("description", text(&self.about))]);
        let venue = table(&[
            ("slug", text("hall")),
            ("name", text(&self.venue)),
            ("address", text(&self.address)),
            ("latitude", Value::Float(41.9)),
            ("longitude", Value::Float(-87.7)),
        ]);
        let file = Table::from_iter([
            ("organization".to_owned(), organization),
            ("venue".to_owned(), Value::Array(vec![venue])),
            ("event".to_owned(), Value::Array(vec![event(&first), event(&second)])),
        ]);
        toml::to_string(&file).unwrap()
    }

    /// What was accepted is what was written, cleaned.
    fn check(&self, catalog: &Catalog) {
        for event in &catalog.events {
            let details = &event.details;
            same("title", &self.title, Some(&details.title));
            same("description", &self.description, Some(&details.description));
            same("contact", &self.contact, details.contact.as_ref());
            same("reason", &self.reason, details.reason.as_ref());
            let spanish = details.translations.first();
            same("es.title", &self.spanish.0, spanish.and_then(|texts| texts.title.as_ref()));
            same("es.description", &self.spanish.1, spanish.and_then(|texts| texts.description.as_ref()));
            same("es.reason", &self.spanish.2, spanish.and_then(|texts| texts.reason.as_ref()));
            same(
                "organization",
                &self.organization,
                event.organizations.first().map(|organization| &organization.name),
            );
            assert!(
                details.url.as_ref().is_none_or(|url| url.is_ascii() && url.starts_with("http")),
                "{:?}",
                details.url
            );
            match &details.place {
                Some(Place::Venue(venue)) => {
                    same("venue", &self.venue, Some(&venue.name));
                    same("address", &self.address, venue.address.as_ref());
                }
                Some(Place::Text(location)) => same("location", &self.location, Some(location)),
                None => same("location", &self.location, None),
            }
        }
        assert!(!catalog.events[0].details.title.is_empty());
    }
}

fn same(what: &str, written: &str, published: Option<&String>) {
    assert_eq!(text::clean(written).trim(), published.map_or("", |text| text.trim()), "{what}");
}

/// Both readers find in a feed what the catalog holds.
fn reads_back(site: &Site, address: &str, catalog: &Catalog, view: View) {
    let read = judge::read(&bytes(site, address)).unwrap();
    let main = Language::parse("en").unwrap();
    assert_eq!(read.len(), catalog.events.len(), "{address}");
    for read in read {
        let event: &Event = catalog.events.iter().find(|event| event.uid == read.uid).unwrap();
        let details: &Details = &event.details;
        assert_eq!(read.summary, words::title(details, main, view), "{address}");
        assert_eq!(read.description, words::description(event, details, main, view), "{address}");
        assert_eq!(read.contact, details.contact.as_deref().unwrap_or_default(), "{address}");
        assert_eq!(read.location, details.place.as_ref().map(words::location).unwrap_or_default(), "{address}");
    }
}

fn bytes(site: &Site, address: &str) -> Vec<u8> {
    site.find(address, None).unwrap().bytes(Coding::Identity).to_vec()
}

fn published(text: &str) -> Publisher {
    let now: DateTime<Utc> = "2021-03-01T12:00:00Z".parse().unwrap();
    let file = FileChange { name: FILE.to_owned(), text: FileText::Is(text.to_owned()) };
    Publisher::new(Arc::new(settings()), Ledger::default(), vec![file], Vec::new, |_| Vec::new(), now)
}

fn assembled(text: &str) -> Catalog {
    let source = Arc::new(Source { name: FILE.to_owned(), text: text.to_owned() });
    let config = settings();
    let files = BTreeMap::from([(FILE.to_owned(), Arc::new(catalog::parse(source, &config)))]);
    catalog::assemble(&files, &config, None)
}

fn settings() -> Config {
    let source =
        Source { name: "handbill.toml".to_owned(), text: "public_url = \"https://events.example.org\"".to_owned() };
    config::parse(Arc::new(source), &BTreeMap::new()).0.unwrap()
}

const GOOD: &str = r##"
[organization]
name = "Neighbors United"
aliases = ["NU"]
url = "https://example.org"
color = "#b22222"

[[venue]]
slug = "hall"
name = "Union Hall"
latitude = 41.9
longitude = -87.7

[[event]]
id = "weekly"
title = "Weekly Meeting"
start = 2021-03-02T18:00
duration = "1h 30m"
venue = "hall"
tags = ["meeting"]
supporters = ["Tenants’ Council", "NU"]
rrule = "FREQ=WEEKLY;BYDAY=TU;UNTIL=20210413T235959"
extra_dates = [2021-03-18, 2021-03-27T10:00]
excluded_dates = [2021-03-09]
updated = 2021-02-01T10:00:00Z
description = """
Every Tuesday."""
[event.es]
title = "Reunión semanal"

[[event.change]]
on = 2021-03-16
start = 2021-03-16T19:00
status = "cancelled"
reason = "Snow"

[[event]]
id = "days"
title = "Days"
start = 2021-11-06
end = 2021-11-08
former_uid = "x@example.org"
"##;

const PIECES: &[&str] = &[
    "[[event]]\n",
    "[[event.change]]\n",
    "[event.es]\n",
    "[organization]\n",
    "[[organization]]\n",
    "[[venue]]\n",
    "[[partner]]\n",
    "id = ",
    "title = ",
    "start = ",
    "end = ",
    "duration = ",
    "rrule = ",
    "extra_dates = ",
    "excluded_dates = ",
    "on = ",
    "updated = ",
    "venue = ",
    "slug = ",
    "name = ",
    "latitude = ",
    "longitude = ",
    "tags = ",
    "supporters = ",
    "former_uid = ",
    "\"a\"\n",
    "\"b-c\"\n",
    "\"\"\n",
    "'''\n",
    "\"\"\"",
    "\"FREQ=DAILY\"\n",
    "\"FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2\"\n",
    "\"FREQ=WEEKLY;COUNT=99999999999\"\n",
    "\"FREQ=DAILY;UNTIL=20219999\"\n",
    "2021-03-14T02:30\n",
    "2021-11-07T01:30:00-05:00\n",
    "2021-03-14\n",
    "2199-12-31T23:59:59\n",
    "9999-12-31\n",
    "0001-01-01T00:00:00+23:59\n",
    "02:30\n",
    "[2021-03-14, 2021-03-15T10:00]\n",
    "[\"a\", \"b\"]\n",
    "{ es = 1 }\n",
    "1e400\n",
    "nan\n",
    "-9223372036854775808\n",
    "\"100000000000 days\"\n",
    "= ",
    "[",
    "]",
    "\n",
    "\u{feff}",
    "\r",
    "# ",
];
