//! Files that are right: what is made of them.

use super::*;
use crate::event::{Place, Start, Status, When};

fn only(lines: &str) -> Arc<Event> {
    let catalog = catalog(&[("x.toml", &event(lines))]);
    assert_eq!(told(&catalog), [""; 0], "{lines}");
    Arc::clone(&catalog.events[0])
}

/// Start and end in wall-clock time, or whole days with the exclusive end.
fn shown(when: &When) -> String {
    match when {
        When::Timed { start, end, end_announced } => {
            let sure = if *end_announced { "" } else { "?" };
            format!("{} – {}{sure}", start.local().format("%F %R"), end.local().format("%F %R"))
        }
        When::AllDay { start, end } => format!("{start} – {end}"),
    }
}

fn check_when(lines: &str, expected: &str) {
    let text = format!("[[event]]\nid = \"a\"\ntitle = \"A\"\ndescription = \"D\"\n{lines}\n");
    let catalog = catalog(&[("x.toml", &text)]);
    assert_eq!(told(&catalog), [""; 0], "{lines}");
    assert_eq!(shown(&catalog.events[0].details.when), expected, "{lines}");
}

#[test]
fn times() {
    check_when("start = 2021-03-23T18:00", "2021-03-23 18:00 – 2021-03-23 20:00?");
    check_when("start = 2021-03-23 18:00:00", "2021-03-23 18:00 – 2021-03-23 20:00?");
    check_when("start = 2021-03-23T18:00\nend = 2021-03-24T01:00", "2021-03-23 18:00 – 2021-03-24 01:00");
    check_when("start = 2021-03-23T18:00\nduration = \"1h 30m\"", "2021-03-23 18:00 – 2021-03-23 19:30");
    check_when("start = 2021-03-23T18:00-05:00\nend = 2021-03-24T00:30Z", "2021-03-23 18:00 – 2021-03-23 19:30");
    check_when("start = 2021-03-23", "2021-03-23 – 2021-03-24");
    check_when("start = 2021-03-23\nend = 2021-03-23", "2021-03-23 – 2021-03-24");
    check_when("start = 2021-03-23\nend = 2021-03-25", "2021-03-23 – 2021-03-26");
    check_when("start = 2021-03-23\nduration = \"3 days\"", "2021-03-23 – 2021-03-26");
    check_when("start = 2021-03-14T01:00\nduration = \"2h\"", "2021-03-14 01:00 – 2021-03-14 04:00");
    check_when("start = 2021-03-14T02:30-06:00", "2021-03-14 03:30 – 2021-03-14 05:30?");
    check_when("start = 2021-11-07T01:30-05:00\nend = 2021-11-07T01:30-06:00", "2021-11-07 01:30 – 2021-11-07 01:30");
    check_when("start = 1970-01-01\nend = 2199-12-31", "1970-01-01 – 2200-01-01");
}

#[test]
fn everything_of_an_event() {
    let lines = "location = \"\"\"\nFederal Plaza\r\n50 W Adams\"\"\"\nurl = \"https://exämple.org/a b\"\n"
        .replace("a b", "ä")
        + "signup = \"HTTP://Example.org\"\ncontact = \" Ana \"\ntags = [\"b\", \"a\", \"b\"]\nstatus = \"postponed\"\nreason = \"Rain\"\n"
        + "updated = 2021-03-14T02:30\nformer_uid = \"old@example\"\n[event.es]\ntitle = \"Á\"\n";
    let event = only(&lines);
    let details = &event.details;
    assert_eq!(details.place, Some(Place::Text("Federal Plaza\n50 W Adams".into())));
    assert_eq!(details.url.as_deref(), Some("https://xn--exmple-cua.org/%C3%A4"));
    assert_eq!(details.signup.as_deref(), Some("http://example.org/"));
    assert_eq!(details.contact.as_deref(), Some("Ana"));
    assert_eq!(event.tags.iter().map(Slug::as_str).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!((details.status, details.reason.as_deref()), (Status::Postponed, Some("Rain")));
    assert_eq!(event.updated.unwrap().to_rfc3339(), "2021-03-14T08:30:00+00:00");
    assert_eq!(event.uid, "old@example");
    assert_eq!(details.translations.len(), 1);
    assert_eq!(details.translations[0].title.as_deref(), Some("Á"));
    assert_eq!(only("").uid, "a@handbill.localhost");
}

#[test]
fn a_text_reads_as_it_was_meant() {
    let text = "\u{feff}[[event]]\r\nid = \"a\"\r\ntitle = \" Lori Doesn’t \"\r\nstart = 2021-03-23\r\ndescription = \"\"\"\r\n\r\nOne\ttab\r\nTwo \u{2028}Three\r\n\r\n\"\"\"\r\n";
    let catalog = catalog(&[("x.toml", text)]);
    assert_eq!(told(&catalog), [""; 0]);
    assert_eq!(catalog.events[0].details.title, "Lori Doesn’t");
    assert_eq!(catalog.events[0].details.description, "One tab\nTwo \nThree");
}

fn start(start: &Start) -> String {
    match start {
        Start::Timed(moment) => moment.local().format("%F %R").to_string(),
        Start::AllDay(day) => day.to_string(),
    }
}

#[test]
fn a_series() {
    let lines = "rrule = \"FREQ=WEEKLY;COUNT=6\"\nexcluded_dates = [2021-04-06, 2021-03-30T18:00]\nextra_dates = [2021-04-01, 2021-03-25T10:00]\n"
        .to_owned()
        + "location = \"Here\"\n[event.es]\ntitle = \"Á\"\ndescription = \"Dé\"\n"
        + "[[event.change]]\non = 2021-04-20\nstatus = \"cancelled\"\nreason = \"Rain\"\n"
        + "[[event.change]]\non = 2021-04-13\ntitle = \"B\"\nstart = 2021-04-14T19:00\nlocation = \"There\"\n"
        + "[[event.change]]\non = 2021-04-01T18:00\nduration = \"1h\"\n[event.change.es]\ntitle = \"Í\"\n";
    let event = only(&lines);
    let recurrence = event.recurrence.as_ref().unwrap();
    assert_eq!(recurrence.excluded.iter().map(start).collect::<Vec<_>>(), ["2021-03-30 18:00", "2021-04-06 18:00"]);
    assert_eq!(recurrence.extra.iter().map(start).collect::<Vec<_>>(), ["2021-03-25 10:00", "2021-04-01 18:00"]);
    let changes: Vec<_> = event.changes.iter().map(|change| (start(&change.of), shown(&change.details.when))).collect();
    let expected = [
        ("2021-04-01 18:00", "2021-04-01 18:00 – 2021-04-01 19:00"),
        ("2021-04-13 18:00", "2021-04-14 19:00 – 2021-04-14 21:00?"),
        ("2021-04-20 18:00", "2021-04-20 18:00 – 2021-04-20 20:00?"),
    ];
    assert_eq!(changes, expected.map(|(of, when)| (of.to_owned(), when.to_owned())));
    let [extra, moved, cancelled] = event.changes.as_slice() else { panic!() };
    assert_eq!((extra.details.title.as_str(), extra.details.translations[0].title.as_deref()), ("A", Some("Í")));
    assert_eq!((moved.details.title.as_str(), moved.details.translations[0].title.as_deref()), ("B", None));
    assert_eq!(moved.details.translations[0].description.as_deref(), Some("Dé"));
    assert_eq!(moved.details.place, Some(Place::Text("There".into())));
    assert_eq!(cancelled.details.place, Some(Place::Text("Here".into())));
    assert_eq!((cancelled.details.status, cancelled.details.reason.as_deref()), (Status::Cancelled, Some("Rain")));
}

#[test]
fn a_series_of_whole_days_and_one_by_dates_only() {
    let text = "[[event]]\nid = \"a\"\ntitle = \"A\"\ndescription = \"D\"\nstart = 2021-03-20\nend = 2021-03-21\nrrule = \"FREQ=WEEKLY\"\nexcluded_dates = [2021-03-27]\n[[event.change]]\non = 2021-04-03\nstart = 2021-04-04\n";
    let catalog = catalog(&[("x.toml", text)]);
    assert_eq!(told(&catalog), [""; 0]);
    let event = &catalog.events[0];
    assert_eq!(event.recurrence.as_ref().unwrap().excluded.iter().map(start).collect::<Vec<_>>(), ["2021-03-27"]);
    assert_eq!(shown(&event.changes[0].details.when), "2021-04-04 – 2021-04-06");
    let dates = only("extra_dates = [2021-03-25, 2021-03-24]");
    let recurrence = dates.recurrence.as_ref().unwrap();
    assert!(recurrence.rule.is_none());
    assert_eq!(recurrence.extra.iter().map(start).collect::<Vec<_>>(), ["2021-03-24 18:00", "2021-03-25 18:00"]);
}

#[test]
fn venues_are_shared() {
    let venue =
        "[[venue]]\nslug = \"park\"\nname = \"Park\"\naddress = \"1 Main St\"\nlatitude = 41.8\nlongitude = -87\n";
    let weekly = event(
        "venue = \"park\"\nrrule = \"FREQ=WEEKLY\"\n[[event.change]]\non = 2021-03-30\nlocation = \"Elsewhere\"\n[[event.change]]\non = 2021-04-06\ntitle = \"B\"",
    );
    let catalog = catalog(&[("v.toml", venue), ("x.toml", &weekly)]);
    assert_eq!(told(&catalog), [""; 0]);
    assert_eq!(catalog.venues["park"].position, Some((41.8, -87.0)));
    let event = &catalog.events[0];
    let is_park = |place: &Option<Place>| matches!(place, Some(Place::Venue(venue)) if Arc::ptr_eq(venue, &catalog.venues["park"]));
    assert!(is_park(&event.details.place));
    assert_eq!(event.changes[0].details.place, Some(Place::Text("Elsewhere".into())));
    assert!(is_park(&event.changes[1].details.place));
}

#[test]
fn no_text_makes_it_stop() {
    let deep = format!("a{} = 1\n", ".a".repeat(20_000));
    let brackets = format!("a = {}\n", "[".repeat(50_000));
    let tables = format!("[[event]]\n[event{}]\n", ".change".repeat(20_000));
    let errors = "= \n".repeat(5_000);
    let events = "[[event]]\ntitel = 1\n".repeat(2_000);
    let keys: String = (0..3_000).map(|n| format!("key{n} = {n}\n")).collect();
    let wrong = format!("[[event]]\nsupporters = [{}]\n", "1, ".repeat(3_000));
    let long = format!("[[event]]\ntitle = \"{}\"\n", "\\u0001é\t".repeat(50_000));
    for text in [deep, brackets, tables, errors, events, keys, wrong, long] {
        let catalog = catalog(&[("x.toml", &text)]);
        assert!(!catalog.problems.is_empty());
        assert!(catalog.problems.len() <= 1_002);
        let few: Vec<Problem> = catalog.problems.iter().take(20).cloned().collect();
        for format in [crate::problem::Format::Human, crate::problem::Format::Json, crate::problem::Format::Github] {
            let told = crate::problem::render(&few, format, false);
            assert!(!told.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}
