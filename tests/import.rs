//! Imports, each a folder of tests/import: what is imported, the files that are there before, and those that are there after. Set
//! HANDBILL_BLESS to rewrite what is expected. What we publish, imported again, has the same occurrences.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may panic, and has files and a clock of its own"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use handbill::catalog::{self, Catalog, ParsedFile};
use handbill::config::{self, Config};
use handbill::event::Event;
use handbill::event::occurrences::occurrences;
use handbill::import::{self, Known};
use handbill::name::Slug;
use handbill::partner::{Address, Header, Partner};
use handbill::problem::{Severity, Source};
use handbill::publisher::{FileChange, FileText, Publisher};
use handbill::revision::Ledger;
use handbill::site::Coding;
use proptest::prelude::*;

#[test]
fn every_folder_is_imported_as_expected() {
    let folders = entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import"));
    assert!(folders.len() >= 7, "{folders:?}");
    for folder in folders {
        let work = tempfile::tempdir().unwrap();
        fs::create_dir(work.path().join("feeds")).unwrap();
        for file in entries(&folder.join("feeds")) {
            fs::copy(&file, work.path().join("feeds").join(file.file_name().unwrap())).unwrap();
        }
        let before = read(&work.path().join("feeds"));
        let (dry, told) = (import(&folder, work.path(), &["--dry-run"]), read(&work.path().join("feeds")));
        assert_eq!(told, before, "a dry run of {} writes", folder.display());
        let mut found = BTreeMap::from([("told.txt".to_owned(), import(&folder, work.path(), &[]))]);
        found.extend(read(&work.path().join("feeds")));
        expect(&folder.join("expected"), &found);
        for line in found["told.txt"].lines().filter(|line| line.starts_with("new: ")) {
            assert!(dry.contains(line), "the dry run of {} does not tell {line:?}", folder.display());
        }
        assert!(dry.contains("\n+[[event]]\n"), "{dry}");
        let styled = command(work.path()).args(["fmt", "--check"]).output().unwrap();
        assert!(styled.status.success(), "{}", String::from_utf8_lossy(&styled.stdout));
        let again = import(&folder, work.path(), &[]);
        assert!(again.contains("0 new, written into 0 files"), "{again}");
        let checked = command(work.path()).arg("check").output().unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    }
}

/// Imports what is in a folder, and returns what is told.
fn import(folder: &Path, work: &Path, options: &[&str]) -> String {
    let kinds = [("listing", "listing.txt"), ("ics", "calendar.ics"), ("page", "page.html")];
    let there = kinds.map(|(kind, file)| (kind, folder.join(file))).into_iter().find(|(_, file)| file.exists());
    let (kind, file) = there.unwrap();
    let output = command(work).args(["import", kind]).arg(file).args(options).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn command(work: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handbill"));
    command.current_dir(work).env_clear();
    command
}

fn expect(expected: &Path, found: &BTreeMap<String, String>) {
    if std::env::var_os("HANDBILL_BLESS").is_some() {
        fs::create_dir_all(expected).unwrap();
        for (name, text) in found {
            fs::write(expected.join(name), text).unwrap();
        }
    }
    let expected_texts = read(expected);
    assert_eq!(found.keys().collect::<Vec<_>>(), expected_texts.keys().collect::<Vec<_>>(), "{}", expected.display());
    for (name, text) in found {
        assert_eq!(*text, expected_texts[name], "{}/{name}", expected.display());
    }
}

fn read(folder: &Path) -> BTreeMap<String, String> {
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    entries(folder).into_iter().map(|path| (name(&path), fs::read_to_string(path).unwrap())).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

#[test]
fn an_event_of_a_listing_that_cannot_be_read_is_told_and_counts_as_left_out() {
    let work = tempfile::tempdir().unwrap();
    fs::create_dir(work.path().join("feeds")).unwrap();
    let form = "Here\n\nSupporting Organizations: Block Club\n\nContact Info:\n\nText.";
    let listing = format!("Walk\n\nMay 4, 2018 - noon\n\n{form}\n\nSecond\n\nMarhc 20, 2021 - 1 PM\n\n{form}\n");
    fs::write(work.path().join("listing.txt"), listing).unwrap();
    let output = command(work.path()).args(["import", "listing", "listing.txt"]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("left out, line 13: \"Second\": its date line \"Marhc 20, 2021 - 1 PM\" cannot be read"),
        "{told}"
    );
    assert!(told.ends_with("1 new, written into 1 files; 0 there already; 1 left out\n"), "{told}");
    let written = fs::read_to_string(work.path().join("feeds/block-club.toml")).unwrap();
    assert!(written.contains("description = \"Text.\""), "{written}");
}

/// Answers the questions of `handbill new`; the exit code, and what is told.
fn answer(work: &Path, answers: &str) -> (i32, String) {
    let mut child =
        command(work).arg("new").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn one_event_is_asked_for_and_appended() {
    let work = tempfile::tempdir().unwrap();
    fs::create_dir(work.path().join("feeds")).unwrap();
    let file = work.path().join("feeds/block-club.toml");
    let club = "[organization]\nname = \"Block Club\"\n";
    fs::write(&file, club).unwrap();
    let answers = "7\n1\n\nGarden Day\nsoon\nMay 4, 2018 - 3 PM - 5 PM\nUnity Park\nBring gloves.\nAnd a friend.\n\nGarden, Food\n";
    let (code, told) = answer(work.path(), &format!("{answers}no\n"));
    assert_eq!((code, fs::read_to_string(&file).unwrap().as_str()), (1, club), "{told}");
    assert!(told.contains("there is no number 7") && told.contains("\"soon\" is no date"), "{told}");
    let (code, told) = answer(work.path(), answers);
    assert_eq!((code, fs::read_to_string(&file).unwrap().as_str()), (1, club), "{told}");
    let (code, told) = answer(work.path(), &format!("{answers}yes\n"));
    let wanted = "\n[[event]]\nid = \"garden-day\"\ntitle = \"Garden Day\"\nstart = 2018-05-04T15:00\nend = 2018-05-04T17:00\nlocation = \"Unity Park\"\ntags = [\"garden\", \"food\"]\ndescription = \"\"\"\nBring gloves.\nAnd a friend.\"\"\"\n";
    assert_eq!((code, fs::read_to_string(&file).unwrap()), (0, format!("{club}{wanted}")), "{told}");
}

#[test]
fn files_are_styled_or_only_told() {
    let work = tempfile::tempdir().unwrap();
    fs::create_dir(work.path().join("feeds")).unwrap();
    let (one, broken) = (work.path().join("feeds/one.toml"), work.path().join("feeds/broken.toml"));
    fs::write(&one, "[organization] # ours\nname='One'").unwrap();
    fs::write(&broken, "[organization").unwrap();
    let run = |arguments: &[&str]| {
        let output = command(work.path()).arg("fmt").args(arguments).output().unwrap();
        (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let (well, told) = run(&["--check"]);
    assert!(!well && told.contains("feeds/one.toml") && told.contains("feeds/broken.toml"), "{told}");
    assert_eq!(fs::read_to_string(&one).unwrap(), "[organization] # ours\nname='One'");
    assert!(!run(&[]).0, "one is not TOML");
    assert_eq!(fs::read_to_string(&one).unwrap(), "[organization] # ours\nname = 'One'\n");
    assert_eq!(fs::read_to_string(&broken).unwrap(), "[organization");
    assert!(run(&["feeds/one.toml", "--check"]).0);
    assert!(!run(&["feeds/missing.toml"]).0);
}

#[test]
fn what_an_address_answers_is_imported() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    let bodies = ["google-export/calendar.ics", "web-page/page.html"].map(|path| fs::read(folder.join(path)).unwrap());
    let serving = std::thread::spawn(move || {
        for (body, kind) in bodies.iter().zip(["text/calendar", "text/html"]) {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        }
    });
    let work = tempfile::tempdir().unwrap();
    fs::create_dir_all(work.path().join("feeds")).unwrap();
    fs::create_dir(work.path().join("config")).unwrap();
    fs::write(work.path().join("config/handbill.toml"), format!("[partners]\nallow_addresses = [\"{address}\"]\n"))
        .unwrap();
    for (kind, new) in [("ics", "3 new"), ("page", "2 new")] {
        let output = command(work.path()).args(["import", kind, &format!("http://{address}/x")]).output().unwrap();
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success() && told.contains(new), "{told}");
    }
    serving.join().unwrap();
}

#[test]
fn private_addresses_are_not_asked() {
    let work = tempfile::tempdir().unwrap();
    fs::create_dir(work.path().join("feeds")).unwrap();
    for kind in ["ics", "page"] {
        let output = command(work.path()).args(["import", kind, "http://127.0.0.1:9/x"]).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && told.contains("127.0.0.1"), "{told}");
        assert!(!told.contains("refused the connection"), "{told}");
    }
}

/// Everything that can happen to events.
const ALL: &str = r#"
[organization]
name = "Block Club"

[[event]]
id = "weekly"
title = "Weekly"
start = 2021-03-02T18:00
end = 2021-03-02T19:30
rrule = "FREQ=WEEKLY;COUNT=20"
extra_dates = [2021-03-04T18:00]
excluded_dates = [2021-03-09]
description = "Bring: gloves; \\ and, friends."

[[event.change]]
on = 2021-03-16
start = 2021-03-17T19:00

[[event.change]]
on = 2021-03-23
status = "cancelled"

[[event.change]]
on = 2021-03-30
title = "Longer"
duration = "3h"
location = "Elsewhere"

[[event]]
id = "monthly"
title = "Monthly"
start = 2021-01-31
rrule = "FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20211231"
excluded_dates = [2021-02-28]
description = "All day."

[[event]]
id = "fair"
title = "Fair"
start = 2021-05-01
end = 2021-05-03
description = "Three days."

[[event]]
id = "overnight"
title = "Overnight"
start = 2021-06-19T22:00
end = 2021-06-20T02:30
description = "Past midnight."

[[event]]
id = "twice"
title = "The hour that is twice"
start = 2021-11-07T01:30:00-06:00
duration = "1h"
former_uid = "twice, or more; \\ so@elsewhere.example"
description = "Second pass."

[[event]]
id = "off"
title = "Off"
start = 2021-06-01T12:00
status = "cancelled"
description = "No end announced."

[[event]]
id = "endless"
title = "Endless"
start = 2021-03-01T09:00
duration = "15m"
supporters = ["Tenants Union", "Garden Project"]
url = "https://example.org/endless"
signup = "https://example.org/sign-up"
rrule = "FREQ=MONTHLY;BYDAY=1MO"
description = "For ever."
"#;

#[test]
fn our_own_feed_imported_has_the_same_occurrences() {
    let (ours, theirs) = (Arc::new(settings("events")), Arc::new(settings("elsewhere")));
    let texts = BTreeMap::from([("feeds/block-club.toml".to_owned(), ALL.to_owned())]);
    let wanted = occurring(&assembled(&texts, &ours), &ours);
    assert!(wanted.len() > 50, "{wanted:?}");
    let written = moved(&feed(&texts, &ours), &theirs);
    assert_eq!(occurring(&assembled(&written, &theirs), &theirs), wanted, "{written:?}");
}

/// Subscribers of the old address who turn to the new one see no event twice, and none at another time.
#[test]
fn an_independent_reader_sees_the_same_in_the_feed_of_what_was_imported() {
    let (ours, theirs) = (Arc::new(settings("events")), Arc::new(settings("elsewhere")));
    let texts = BTreeMap::from([("feeds/block-club.toml".to_owned(), ALL.to_owned())]);
    let before = feed(&texts, &ours);
    let after = feed(&moved(&before, &theirs), &theirs);
    let (before, after) = (seen(&before), seen(&after));
    assert_eq!(before.len(), 10, "seven events, and three changes of single dates: {before:#?}");
    assert_eq!(after, before);
}

/// The files that a feed of ours becomes in another calendar, which has nothing yet.
fn moved(feed: &[u8], config: &Config) -> BTreeMap<String, String> {
    let source = import::calendar::read(&nobody(config), &Header::default(), feed, Some("Block Club"), config).unwrap();
    assert_eq!((source.found.len(), &source.left), (7, &Vec::new()), "{source:?}");
    let plan = import::plan(&source.found, &BTreeMap::new(), config, "feeds/", None);
    assert_eq!(plan.problems, [], "{plan:?}");
    plan.written.iter().map(|written| (written.file.clone(), written.after.clone())).collect()
}

/// What the `icalendar` crate reads of each VEVENT that decides when it is, sorted; dates of a list each in a line.
fn seen(feed: &[u8]) -> Vec<Vec<String>> {
    use icalendar::parser::{read_calendar, unfold};
    let unfolded = unfold(std::str::from_utf8(feed).unwrap());
    let calendar = read_calendar(&unfolded).unwrap();
    let events = calendar.components.iter().filter(|component| component.name == "VEVENT");
    let told = ["UID", "DTSTART", "DTEND", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "SUMMARY"];
    let mut seen: Vec<Vec<String>> = events
        .map(|event| {
            let told = event.properties.iter().filter(|property| told.contains(&property.name.as_str()));
            let each = |property: &icalendar::parser::Property| {
                let (name, params) = (&property.name, &property.params);
                property.val.as_str().split(',').map(|value| format!("{name} {params:?} {value}")).collect::<Vec<_>>()
            };
            let mut lines: Vec<String> = told.flat_map(each).collect();
            lines.sort();
            lines
        })
        .collect();
    seen.sort();
    seen
}

fn settings(host: &str) -> Config {
    let text = format!("public_url = \"https://{host}.example.org\"\nname = \"Test Events\"\n");
    config::parse(Arc::new(Source { name: "handbill.toml".to_owned(), text }), &BTreeMap::new()).0.unwrap()
}

fn feed(texts: &BTreeMap<String, String>, config: &Arc<Config>) -> Vec<u8> {
    let today: DateTime<Utc> = "2021-03-01T12:00:00Z".parse().unwrap();
    let file = |(name, text): (&String, &String)| FileChange { name: name.clone(), text: FileText::Is(text.clone()) };
    let files = texts.iter().map(file).collect();
    let publisher = Publisher::new(Arc::clone(config), Ledger::default(), files, Vec::new, |_| Vec::new(), today);
    assert_eq!(publisher.problems().iter().map(|problem| problem.one_line()).collect::<Vec<_>>(), Vec::<String>::new());
    publisher.site().find("/all.ics", None).unwrap().bytes(Coding::Identity).to_vec()
}

fn assembled(texts: &BTreeMap<String, String>, config: &Config) -> Catalog {
    let parse = |(name, text): (&String, &String)| {
        let source = Source { name: name.clone(), text: text.clone() };
        (name.clone(), Arc::new(catalog::parse(Arc::new(source), config)))
    };
    let files: BTreeMap<String, Arc<ParsedFile>> = texts.iter().map(parse).collect();
    catalog::assemble(&files, config, None)
}

/// Each occurrence in a line: UID, which it is, when it is, whether it is, and its place.
fn occurring(catalog: &Catalog, config: &Config) -> Vec<String> {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let lines = |event: &Arc<Event>| {
        let all = occurrences(event, config.timezone, day("2020-01-01"), day("2024-01-01"));
        let line = |occurrence: &handbill::event::occurrences::Occurrence| {
            let details = occurrence.details(event);
            let organizations: Vec<&str> = event.organizations.iter().map(|one| one.name.as_str()).collect();
            let (of, when) = (occurrence.of, occurrence.when);
            let texts = (&details.title, &details.description, &details.url, &details.signup);
            format!(
                "{} {of:?} {when:?} {:?} {:?} {organizations:?} {texts:?}",
                event.uid, details.status, details.place
            )
        };
        all.iter().map(line).collect::<Vec<_>>()
    };
    let mut all: Vec<String> = catalog.events.iter().flat_map(lines).collect();
    all.sort();
    all
}

/// What other programs and people may hand to an import.
const PIECES: &[&str] = &[
    "\n",
    "\n\n",
    "\r\n",
    "May 4, 2018 - 3:30 PM - 5:30 PM\n",
    "February 30, 2018 - 3 PM\n",
    "Supporting Organizations:",
    " Block Club, Garden Project",
    "Contact Info:",
    "Visit Organizers' Event Webpage",
    "\"\"\"",
    "\\",
    "\u{0}\u{7f}\u{202e}",
    "“Märsche” 🗺️ ",
    "BEGIN:VCALENDAR\r\n",
    "END:VCALENDAR\r\n",
    "BEGIN:VEVENT\r\n",
    "END:VEVENT\r\n",
    "UID:a\\,b\r\n",
    "SUMMARY:Walk\r\n",
    "DTSTART:20210320T180000Z\r\n",
    "DTSTART;TZID=Central Standard Time:20210314T023000\r\n",
    "DTEND;VALUE=DATE:20210321\r\n",
    "RRULE:FREQ=WEEKLY;COUNT=3\r\n",
    "RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9,18\r\n",
    "EXDATE:20210327T180000Z\r\n",
    "RECURRENCE-ID:20210320T180000Z\r\n",
    "STATUS:CANCELLED\r\n",
    "<script type=\"application/ld+json\">",
    "</script>",
    "{\"@type\":\"Event\",\"name\":\"Walk\",\"startDate\":\"2021-03-20T13:00\"",
    ",\"endDate\":\"2021-03-14T02:30\"",
    "}",
];

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 96, failure_persistence: None, ..Default::default() })]

    #[test]
    fn nothing_that_is_imported_makes_a_panic_or_a_file_that_check_refuses(
        pieces in prop::collection::vec(prop_oneof![3 => prop::sample::select(PIECES).prop_map(str::to_owned), 1 => "\\PC{0,40}"], 0..24)
    ) {
        let (text, config) = (pieces.concat(), settings("events"));
        let listing = import::listing::read(&text, &mut Known::default(), config.timezone);
        let page = import::page::read(&text, None, config.timezone);
        let calendar = import::calendar::read(&nobody(&config), &Header::default(), text.as_bytes(), None, &config);
        for source in [listing, page].into_iter().chain(calendar) {
            let plan = import::plan(&source.found, &BTreeMap::new(), &config, "feeds/", None);
            prop_assert_eq!(&plan.problems, &[], "{:?}", text);
            let texts: BTreeMap<_, _> = plan.written.iter().map(|file| (file.file.clone(), file.after.clone())).collect();
            let errors = assembled(&texts, &config).problems.iter().filter(|problem| problem.severity == Severity::Error).count();
            prop_assert_eq!(errors, 0, "{:?}", texts);
        }
    }
}

fn nobody(config: &Config) -> Partner {
    let address = Address::new(url::Url::parse("https://import.example/").unwrap());
    Partner::new(Slug::parse("import").unwrap(), "import".to_owned(), address, config.main_language())
}
