//! Tests of what a calendar says and our files cannot hold as it is.

use std::sync::Arc;

use super::*;
use crate::catalog;
use crate::config;
use crate::import;
use crate::partner::Address;
use crate::problem;

fn settings() -> Config {
    let source = problem::Source { name: "handbill.toml".to_owned(), text: String::new() };
    config::parse(Arc::new(source), &BTreeMap::new()).0.unwrap()
}

/// Reads a calendar of these events, each the lines of a VEVENT.
fn source(events: &[&str]) -> Source {
    let event = |lines: &&str| format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n");
    let events: String = events.iter().map(event).collect();
    let body = format!("BEGIN:VCALENDAR\nX-WR-CALNAME:Block Club\n{events}END:VCALENDAR\n");
    let config = settings();
    let address = Address::new(url::Url::parse("https://import.example/").unwrap());
    let partner = Partner::new(Slug::parse("import").unwrap(), "x".to_owned(), address, config.main_language());
    read(&partner, &Header::default(), body.as_bytes(), None, &config).unwrap()
}

/// When the events are in the files that are written, cancelled dates left out.
fn dates(source: &Source) -> Vec<String> {
    let config = settings();
    let plan = import::plan(&source.found, &BTreeMap::new(), &config, "feeds/", None);
    assert!(plan.outcomes.iter().all(|outcome| matches!(outcome, import::Outcome::New { .. })), "{plan:?}");
    let file = |written: &import::Written| {
        let source = problem::Source { name: written.file.clone(), text: written.after.clone() };
        (written.file.clone(), Arc::new(catalog::parse(Arc::new(source), &config)))
    };
    let catalog = catalog::assemble(&plan.written.iter().map(file).collect(), &config, None);
    let of = |event: &Arc<Event>| {
        let all = occurrences(event, config.timezone, event.first_day(), NaiveDate::MAX);
        let takes_place = |details: &Details| details.status != crate::event::Status::Cancelled;
        let all = all.iter().filter(|occurrence| takes_place(occurrence.details(event)));
        all.map(|occurrence| occurrence.when.start().local().format("%m-%dT%H").to_string()).collect::<Vec<_>>()
    };
    let mut dates: Vec<String> = catalog.events.iter().flat_map(of).collect();
    dates.sort();
    dates
}

fn doubts(source: &Source) -> Vec<&str> {
    source.found.iter().flat_map(|found| &found.doubts).map(|doubt| doubt.text.as_str()).collect()
}

fn check(events: &[&str], expected: &[&str], told: &[&str]) {
    let source = source(events);
    assert_eq!(dates(&source), expected, "{events:?}");
    let doubts = doubts(&source);
    assert_eq!(doubts.len(), told.len(), "{doubts:?}");
    for (doubt, told) in doubts.iter().zip(told) {
        assert!(doubt.contains(told), "{doubts:?}");
    }
}

const WEEKLY: &str =
    "UID:1\nSUMMARY:Walk\nDTSTART;TZID=America/Chicago:20210302T180000\nDTEND;TZID=America/Chicago:20210302T190000";

#[test]
fn a_change_of_all_later_dates_is_written_out() {
    let series = format!("{WEEKLY}\nRRULE:FREQ=WEEKLY;COUNT=5\nEXDATE;TZID=America/Chicago:20210316T180000");
    let later = "UID:1\nSUMMARY:Walk\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/Chicago:20210309T180000\nDTSTART;TZID=America/Chicago:20210310T200000\nDTEND;TZID=America/Chicago:20210310T210000";
    let own = "UID:1\nSUMMARY:Walk\nRECURRENCE-ID;TZID=America/Chicago:20210330T180000\nDTSTART;TZID=America/Chicago:20210330T090000";
    let dates = ["03-02T18", "03-10T20", "03-24T20", "03-30T09"];
    check(&[&series, later, own], &dates, &["all dates from 2021-03-09 on are changed"]);
    let endless = format!("{WEEKLY}\nRRULE:FREQ=WEEKLY");
    let told = source(&[&endless, later]);
    assert_eq!(told.found[0].changes.len(), 1);
    assert!(doubts(&told)[0].contains("only that one is changed"), "{told:?}");
}

#[test]
fn all_dates_of_several_rules_are_kept_or_told() {
    let two = |second: &str| format!("{WEEKLY}\nRRULE:FREQ=WEEKLY;COUNT=2\n{second}");
    check(
        &[&two("RRULE:FREQ=WEEKLY;BYDAY=TH;COUNT=2")],
        &["03-02T18", "03-04T18", "03-09T18", "03-11T18"],
        &["a second rule, FREQ=WEEKLY;BYDAY=TH;COUNT=2: its dates are written out"],
    );
    check(
        &[&two("RRULE:FREQ=WEEKLY;BYDAY=TH")],
        &["03-02T18", "03-09T18"],
        &["a second rule, FREQ=WEEKLY;BYDAY=TH, which is left out"],
    );
    check(
        &[&format!("{WEEKLY}\nRRULE:FREQ=DAILY;COUNT=5\nEXRULE:FREQ=DAILY;INTERVAL=2")],
        &["03-03T18", "03-05T18"],
        &["excludes dates by a rule, FREQ=DAILY;INTERVAL=2: they are written out"],
    );
    let endless = source(&[&format!("{WEEKLY}\nRRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY")]);
    assert!(doubts(&endless)[0].contains("which is not kept"), "{endless:?}");
}

#[test]
fn a_start_that_the_rule_does_not_yield_stays() {
    let series = |rule: &str| format!("{WEEKLY}\nRRULE:{rule}").replace("20210302", "20210301");
    check(
        &[&series("FREQ=WEEKLY;BYDAY=TU;COUNT=3")],
        &["03-01T18", "03-02T18", "03-09T18", "03-16T18"],
        &["the calendar’s first date, 2021-03-01, is not one of its rule"],
    );
    let endless = source(&[&series("FREQ=WEEKLY;BYDAY=TU")]);
    assert!(doubts(&endless)[0].contains("also has 2021-03-01, before the first date"), "{endless:?}");
}

#[test]
fn every_repair_is_told() {
    check(
        &[&WEEKLY.replace("America/Chicago", "Mars/Base")],
        &["03-02T18"],
        &["the time zone \"Mars/Base\", taken for America/Chicago"],
    );
    check(
        &[&WEEKLY.replace("T190000", "T170000")],
        &["03-02T18"],
        &["the end that the calendar tells is before the start"],
    );
    check(
        &[&format!("{WEEKLY}\nRDATE;VALUE=PERIOD:20210304T000000Z/PT3H")],
        &["03-02T18", "03-03T18"],
        &["the extra date 20210304T000000Z/PT3H has a length of its own"],
    );
    check(
        &[&format!("{WEEKLY}\nSTATUS:MAYBE\nSUMMARY:Talk")],
        &["03-02T18"],
        &["a status that nobody knows", "a property that is there twice"],
    );
}

#[test]
fn what_is_left_out_is_named() {
    let private = format!("{WEEKLY}\nCLASS:PRIVATE");
    let change = "UID:1\nSUMMARY:Walk\nRECURRENCE-ID:20210309T180000Z\nDTSTART:20210309T190000Z\nCLASS:PRIVATE";
    let source = source(&[&private, change, change, "UID:2\nSUMMARY:Talk", "UID:3\nDTSTART:20210301\nSUMMARY:Party"]);
    let left: Vec<&str> = source.left.iter().map(|(_, why)| why.as_str()).collect();
    assert_eq!(left, ["a private event: \"Walk\", UID 1", "an event without DTSTART: \"Talk\", UID 2"]);
}

#[test]
fn one_date_on_a_whole_day_is_an_event_of_its_own() {
    let series = "UID:1\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20210302\nRRULE:FREQ=WEEKLY;COUNT=3";
    let timed = "UID:1\nSUMMARY:Fair\nRECURRENCE-ID;VALUE=DATE:20210309\nDTSTART;TZID=America/Chicago:20210309T180000";
    check(
        &[series, timed],
        &["03-02T00", "03-09T18", "03-16T00"],
        &["the date 2021-03-09 of the series \"Fair\"", NO_UID],
    );
}

#[test]
fn what_a_change_empties_is_told() {
    let series = format!("{WEEKLY}\nRRULE:FREQ=WEEKLY;COUNT=2\nLOCATION:Park\nCONTACT:Ann");
    let change = "UID:1\nSUMMARY:Walk\nRECURRENCE-ID;TZID=America/Chicago:20210309T180000\nDTSTART;TZID=America/Chicago:20210309T190000\nCONTACT:Bea";
    check(&[&series, change], &["03-02T18", "03-09T19"], &["on 2021-03-09 the calendar tells no place"]);
    assert_eq!(source(&[&series, change]).found[0].changes[0].contact.as_deref(), Some("Bea"));
}

#[test]
fn topics_of_a_single_date_are_told() {
    let series = format!("{WEEKLY}\nRRULE:FREQ=WEEKLY;COUNT=2\nCATEGORIES:Parks");
    let change = |topics: &str| {
        format!(
            "UID:1\nSUMMARY:Walk\nRECURRENCE-ID;TZID=America/Chicago:20210309T180000\nDTSTART;TZID=America/Chicago:20210309T190000\nCATEGORIES:{topics}"
        )
    };
    check(&[&series, &change("Parks")], &["03-02T18", "03-09T19"], &[]);
    check(&[&series, &change("Trees")], &["03-02T18", "03-09T19"], &["topics of a single date"]);
}

#[test]
fn an_organization_that_only_a_file_names_is_told() {
    let config = settings();
    let address = Address::new(url::Url::parse("https://import.example/").unwrap());
    let partner = Partner::new(Slug::parse("import").unwrap(), "src".to_owned(), address, config.main_language());
    let body = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{WEEKLY}\nEND:VEVENT\nEND:VCALENDAR\n");
    let unnamed = |organization| read(&partner, &Header::default(), body.as_bytes(), organization, &config).unwrap();
    assert!(doubts(&unnamed(None))[0].contains("the calendar has no name"));
    assert_eq!(doubts(&unnamed(Some("Block Club"))), Vec::<&str>::new());
}
