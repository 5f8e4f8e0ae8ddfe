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
