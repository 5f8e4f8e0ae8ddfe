//! One UID for several events, several versions of one event, and names over successive bodies.
use super::*;

fn titles(events: &str) -> Vec<String> {
    let found = adopted(&calendar(events));
    let mut uids: Vec<&str> = found.events.iter().map(|event| event.uid.as_str()).collect();
    uids.sort_unstable();
    uids.dedup();
    assert_eq!(uids.len(), found.events.len(), "two events with one UID");
    found.events.iter().map(|event| event.details.title.clone()).collect()
}

fn vevent(lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:a\n{}\nEND:VEVENT\n", lines.replace(' ', "\n"))
}

#[test]
fn of_two_versions_the_newer_stays() {
    let check = |first: &str, second: &str, expected: &[&str]| {
        assert_eq!(titles(&(vevent(first) + &vevent(second))), expected, "{first} {second}");
    };
    check("SUMMARY:A DTSTART:20210301 SEQUENCE:2", "SUMMARY:B DTSTART:20210302 SEQUENCE:1", &["A"]);
    check(
        "SUMMARY:A DTSTART:20210301 DTSTAMP:20210101T000000Z",
        "SUMMARY:B DTSTART:20210301 DTSTAMP:20210102T000000Z",
        &["B"],
    );
    check(
        "SUMMARY:A DTSTART:20210301 LAST-MODIFIED:20210103T000000Z",
        "SUMMARY:B DTSTART:20210301 DTSTAMP:20210102T000000Z",
        &["A"],
    );
    check("SUMMARY:A DTSTART:20210301 LOCATION:x", "SUMMARY:A DTSTART:20210301 LOCATION:y", &["A"]);
}

#[test]
fn one_uid_for_several_events_is_told_apart() {
    assert_eq!(titles(&(vevent("SUMMARY:A DTSTART:20210301") + &vevent("SUMMARY:A DTSTART:20210302"))), ["A", "A"]);
    assert_eq!(titles(&(vevent("SUMMARY:A DTSTART:20210301") + &vevent("SUMMARY:B DTSTART:20210301"))), ["A", "B"]);
}

#[test]
fn an_event_keeps_its_uid_when_the_partner_gives_it_another() {
    let context = Context { zone: home(), uid_domain: "handbill.test" };
    let mut header = Header::default();
    let mut uids = Vec::new();
    for uid in ["one", "two", "three", "one"] {
        let body = event("DTSTART:20210301T180000Z").replace("UID:one", &format!("UID:{uid}"));
        let found = adopt(&partner(), &header, body.as_bytes(), &context, &limits()).unwrap();
        uids.push(found.events[0].uid.clone());
        header.identities = found.identities(&header.identities).into();
    }
    uids.dedup();
    assert_eq!(uids.len(), 1, "{uids:?}");
}

#[test]
fn no_partner_has_the_uid_of_another_or_of_ours() {
    let ours = event("DTSTART:20210301").replace("UID:one", "UID:rally@handbill.test");
    assert_ne!(adopted(&ours).events[0].uid, "rally@handbill.test");
    let other = Partner { slug: Slug::parse("other").unwrap(), ..partner() };
    assert_ne!(adopted(&ours).events[0].uid, adopted_by(&other, ours.as_bytes()).unwrap().events[0].uid);
}
