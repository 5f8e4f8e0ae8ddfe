//! Tests of events in pages.

use super::*;

fn zone() -> Zone {
    Zone::parse("America/Chicago").unwrap()
}

fn source(json: &str) -> Source {
    let page = format!(
        "<!doctype html><title>x</title><SCRIPT type='application/ld+json'>{json}</SCRIPT><p>{{\"@type\":\"Event\"}}"
    );
    read(&page, None, zone())
}

fn check(json: &str, expected: &[&str]) {
    let found = source(json).found;
    let shown: Vec<String> =
        found.iter().map(|found| format!("{} {}", found.title, found.start.local().format("%Y-%m-%dT%H:%M"))).collect();
    assert_eq!(shown, expected, "{json}");
}

#[test]
fn events_are_found_wherever_they_stand() {
    let event = r#"{"@type":"Event","name":"Walk","startDate":"2021-03-20T13:00"}"#;
    let wanted = &["Walk 2021-03-20T13:00"];
    check(event, wanted);
    check(&format!("[{event}]"), wanted);
    check(&format!(r#"{{"@graph":[{{"@type":"WebPage"}},{event}]}}"#), wanted);
    check(&format!(r#"{{"@type":"ItemList","itemListElement":[{{"@type":"ListItem","item":{event}}}]}}"#), wanted);
    check(&event.replace("\"Event\"", "[\"Thing\",\"https://schema.org/MusicEvent\"]"), wanted);
    check(&event.replace("\"Event\"", "\"Person\""), &[]);
    check("{", &[]);
    check(&"[".repeat(100_000), &[]);
}

#[test]
fn dates_come_in_many_forms() {
    let check = |date: &str, expected: &str| {
        check(&format!(r#"{{"@type":"Event","name":"W","startDate":"{date}"}}"#), &[&format!("W {expected}")]);
    };
    check("2021-03-20T13:00:00-05:00", "2021-03-20T13:00");
    check("2021-03-20T18:00:00Z", "2021-03-20T13:00");
    check("2021-03-20T18:00Z", "2021-03-20T13:00");
    check("2021-03-20T13:00-0500", "2021-03-20T13:00");
    check("2021-03-20T13:00:00.000-05:00", "2021-03-20T13:00");
    check("2021-03-20 13:00", "2021-03-20T13:00");
    check("2021-03-20", "2021-03-20T00:00");
    for wrong in ["2021-03-14T02:30", "soon", ""] {
        let source = source(&format!(r#"{{"@type":"Event","name":"W","startDate":"{wrong}"}}"#));
        assert_eq!((source.found.len(), source.left.len()), (0, 1), "{wrong}");
    }
}

#[test]
fn all_that_is_told_is_read() {
    let found = source(r#"{"@type":"Event","name":"Walk &amp; Talk","startDate":"2021-03-20T13:00-05:00","endDate":"2021-03-20T15:00-05:00",
        "location":{"@type":"Place","name":"Unity Park","address":{"streetAddress":"2636 N Kimball Ave","addressLocality":"Chicago","addressRegion":"IL"}},
        "organizer":[{"@type":"Organization","name":"Block Club"},{"name":"Tenants Union"}],"url":"https://example.org/walk",
        "description":"<p>One</p><p>Two<br>Three</p>","eventStatus":"https://schema.org/EventCancelled"}"#).found.remove(0);
    assert_eq!(found.title, "Walk & Talk");
    assert!(found.end.is_some() && found.doubts.is_empty(), "{found:?}");
    assert_eq!(found.place.as_deref(), Some("Unity Park, 2636 N Kimball Ave, Chicago, IL"));
    assert_eq!(found.organizations, ["Block Club", "Tenants Union"]);
    assert_eq!(found.url.as_deref(), Some("https://example.org/walk"));
    assert_eq!(found.description, "One\n\nTwo\nThree");
    assert_eq!(found.status, Status::Cancelled);
}

#[test]
fn an_end_of_another_kind_is_left_out_with_a_doubt() {
    let found =
        source(r#"{"@type":"Event","name":"W","startDate":"2021-03-20T13:00","endDate":"2021-03-21"}"#).found.remove(0);
    assert_eq!((found.end, found.doubts.len()), (None, 1));
}

/// The doubts about the only event, or about each of several.
fn doubts(source: &Source) -> Vec<String> {
    source.found.iter().flat_map(|found| &found.doubts).map(|doubt| doubt.text.clone()).collect()
}

#[test]
fn parts_of_events_and_of_series_are_events() {
    let walk = r#"{"@type":"Event","name":"Walk","startDate":"2021-03-20T13:00"}"#;
    let talk = r#"{"@type":"Event","startDate":"2021-03-21T13:00"}"#;
    let series = format!(r#"{{"@type":"EventSeries","name":"Spring","location":"Park","subEvent":[{walk},{talk}]}}"#);
    check(&series, &["Walk 2021-03-20T13:00", "Spring 2021-03-21T13:00"]);
    let source = source(&series);
    assert_eq!((source.left.len(), source.told.len()), (0, 1), "{source:?}");
    assert_eq!(source.found[1].place.as_deref(), Some("Park"));
    assert_eq!(doubts(&source).len(), 3, "{source:?}");
    let fair = r#"{"@type":"Festival","name":"Fair","startDate":"2021-03-19","subEvent":WALK}"#.replace("WALK", walk);
    check(&fair, &["Fair 2021-03-19T00:00", "Walk 2021-03-20T13:00"]);
}

#[test]
fn references_lead_to_what_the_page_says_elsewhere() {
    let page = r##"{"@graph":[
        {"@type":"ItemList","itemListElement":[{"@id":"#walk"},{"@id":"#walk"}]},
        {"@id":"#walk","@type":"Event","name":"Walk","startDate":"2021-03-20T13:00","location":{"@id":"#park"},
         "organizer":[{"@id":"#club"},{"@id":"#nobody"}],"subEvent":{"@id":"#walk"}},
        {"@id":"#park","@type":"Place","name":"Unity Park","address":{"@id":"#address"}},
        {"@id":"#address","@type":"PostalAddress","addressLocality":"Chicago"},
        {"@id":"#club","@type":"Organization","name":"Block Club"},
        {"@type":"Event","name":"Talk","startDate":"2021-03-21T13:00","location":{"@id":"#nowhere"}}]}"##;
    check(page, &["Walk 2021-03-20T13:00", "Talk 2021-03-21T13:00"]);
    let source = source(page);
    assert_eq!(source.found[0].place.as_deref(), Some("Unity Park, Chicago"));
    assert_eq!(source.found[0].organizations, ["Block Club"]);
    assert_eq!(doubts(&source), ["the page refers to its location, and does not tell it"]);
}

#[test]
fn all_dates_of_an_event_are_read() {
    let event = |dates: &str| source(&format!(r#"{{"@type":"Event","name":"W",{dates}}}"#));
    let twice = event(
        r#""startDate":["2021-03-21T13:00","2021-03-20T13:00","2021-03-20T18:00Z","soon"],"endDate":"2021-03-20T15:00""#,
    );
    let found = &twice.found[0];
    assert_eq!((found.start.local().to_string(), found.extra.len()), ("2021-03-20 13:00:00".to_owned(), 1));
    assert_eq!(
        doubts(&twice),
        ["its date \"soon\" cannot be read, and is left out", "each of the dates is taken to be as long as the first"]
    );
    let scheduled =
        event(r#""startDate":"2021-03-20T13:00","eventSchedule":{"@type":"Schedule","repeatFrequency":"P1W"}"#);
    assert!(doubts(&scheduled)[0].contains("eventSchedule"), "{scheduled:?}");
    let only = event(r#""eventSchedule":{"@type":"Schedule","startDate":"2021-03-20"}"#);
    assert_eq!(only.left, [(0, "\"W\": it has only a schedule, which is not read".to_owned())]);
    assert_eq!(event("\"x\":1").left, [(0, "\"W\": it has no date".to_owned())]);
}

#[test]
fn a_status_is_known_however_it_is_written() {
    let status = |status: &str| {
        let event = format!(r#"{{"@type":"Event","name":"W","startDate":"2021-03-20","eventStatus":{status}}}"#);
        let source = source(&event);
        (source.found[0].status, doubts(&source).len())
    };
    for cancelled in
        ["\"schema:eventcancelled\"", "\"http://schema.org/EventCancelled/\"", "[\"EventScheduled\",\"CANCELED\"]"]
    {
        assert_eq!(status(cancelled), (Status::Cancelled, 0), "{cancelled}");
    }
    assert_eq!(status(r#"{"@id":"https://schema.org/EventPostponed"}"#), (Status::Postponed, 0));
    assert_eq!(status("\"EventMovedOnline\""), (Status::Confirmed, 0));
    assert_eq!(status("\"sold out\""), (Status::Confirmed, 1));
}

#[test]
fn every_event_of_a_page_is_read_or_told() {
    let event = |number: usize| format!(r#"{{"@type":"Event","name":"Walk {number}","startDate":"2021-03-20"}}"#);
    let events: Vec<String> = (0..EVENTS + 5).map(event).collect();
    let source = source(&format!("[{}]", events.join(",")));
    assert_eq!((source.found.len(), source.left.len()), (EVENTS, 5));
    assert_eq!(source.left[0].1, "\"Walk 10000\": a page has at most 10000 events");
}

#[test]
fn what_is_cut_or_cannot_be_read_is_told() {
    let event = format!(
        r#"{{"@type":"Event","name":"Caf{} {}","startDate":"2021-03-20","description":"{}"}}"#,
        char::REPLACEMENT_CHARACTER,
        "x".repeat(LINE),
        "y ".repeat(TEXT)
    );
    let source = source(&event);
    assert_eq!(source.found[0].title.chars().count(), LINE);
    assert_eq!(doubts(&source).len(), 3, "{:?}", doubts(&source));
}
