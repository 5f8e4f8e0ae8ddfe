//! Events that recur: rules, dates, changed occurrences and the zone that a series keeps.
use super::*;

fn check(lines: &str, expected: &[&str]) -> Adopted {
    let found = adopted(&event(lines));
    assert_eq!(occurring(&found), expected, "{lines}");
    found
}

fn zone_of(lines: &str) -> Option<&'static str> {
    adopted(&event(lines)).events[0].recurrence.as_ref().unwrap().zone.map(|zone| zone.name())
}

#[test]
fn a_series_keeps_its_own_clock_where_it_differs_from_ours() {
    let rule = "DURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3";
    assert_eq!(zone_of(&format!("DTSTART;TZID=Europe/London:20210307T180000\n{rule}")), Some("Europe/London"));
    assert_eq!(zone_of(&format!("DTSTART;TZID=US/Central:20210307T180000\n{rule}")), None);
    assert_eq!(zone_of(&format!("DTSTART;TZID=Central Standard Time:20210307T180000\n{rule}")), None);
    assert_eq!(zone_of(&format!("DTSTART:20210307T180000Z\n{rule}")), Some("Etc/GMT"));
    assert_eq!(zone_of(&format!("DTSTART;TZID=Zulu:20210307T180000\n{rule}")), Some("Etc/GMT"));
    assert_eq!(zone_of(&format!("DTSTART;VALUE=DATE:20210307\n{rule}")), None);
    let expected = ["20210307T1800/20210307T1900", "20210314T1800/20210314T1900", "20210321T1800/20210321T1900"];
    check(&format!("DTSTART;TZID=Europe/London:20210307T180000\n{rule}"), &expected);
    check(&format!("DTSTART:20210307T180000Z\n{rule}"), &expected);
    let expected = ["20210307T1800/20210307T1900", "20210314T1700/20210314T1800", "20210321T1700/20210321T1800"];
    check(&format!("DTSTART;TZID=America/Chicago:20210307T120000\n{rule}"), &expected);
}

#[test]
fn an_own_vtimezone_becomes_the_zone_with_the_same_clock() {
    let zone = "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:DAYLIGHT\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nDTSTART:19810329T020000\n\
        RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\nBEGIN:STANDARD\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n\
        DTSTART:19961027T030000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nEND:VTIMEZONE";
    let lines =
        "BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Mine:20210321T180000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2\nEND:VEVENT";
    let found = adopted(&calendar(&format!("{zone}\n{lines}")));
    assert_eq!(found.events[0].recurrence.as_ref().unwrap().zone, Zone::parse("Europe/Berlin"));
    assert_eq!(occurring(&found), ["20210321T1700/20210321T1800", "20210328T1600/20210328T1700"]);
    // A clock that no zone has: few dates stay exact.
    let odd = zone.replace("+0200", "+0217");
    let found = adopted(&calendar(&format!("{odd}\n{lines}")));
    assert_eq!(occurring(&found), ["20210321T1700/20210321T1800", "20210328T1543/20210328T1643"]);
}

#[test]
fn rules_end_as_programs_read_them() {
    let day = "DTSTART;VALUE=DATE:20210301\nRRULE:FREQ=DAILY";
    check(&format!("{day};UNTIL=20210302T230000Z"), &["20210301/20210302", "20210302/20210303"]);
    check(&format!("{day};UNTIL=20210302"), &["20210301/20210302", "20210302/20210303"]);
    check(&format!("{day};COUNT=5;UNTIL=20210301"), &["20210301/20210302"]);
    let time = "DTSTART;TZID=America/Chicago:20210301T180000\nDURATION:PT1H\nRRULE:FREQ=DAILY";
    check(&format!("{time};UNTIL=20210302"), &["20210302T0000/20210302T0100"]);
    check(&format!("{time};UNTIL=20210302T180000"), &["20210302T0000/20210302T0100", "20210303T0000/20210303T0100"]);
    check(&format!("{time};UNTIL=20210303T000000Z"), &["20210302T0000/20210302T0100", "20210303T0000/20210303T0100"]);
}

#[test]
fn a_series_begins_with_the_first_occurrence_of_its_rule() {
    // March 1, 2021 is a Monday.
    let found = check(
        "DTSTART;VALUE=DATE:20210301\nRRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2",
        &["20210302/20210303", "20210309/20210310"],
    );
    assert_eq!(found.events[0].start(), Start::AllDay("2021-03-02".parse().unwrap()));
    let found = adopted(
        &event("DTSTART:20210301\nRRULE:FREQ=DAILY;UNTIL=20210201")
            .replace("END:VCALENDAR", "BEGIN:VEVENT\nDTSTART:20210301\nEND:VEVENT\nEND:VCALENDAR"),
    );
    assert_eq!(found.drops, [("a series without an occurrence", 1)].into());
}

#[test]
fn times_of_day_and_within_a_day_are_kept() {
    check(
        "DTSTART:20210301T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=9,17;COUNT=3",
        &["20210301T0900/20210301T1000", "20210301T1700/20210301T1800", "20210302T0900/20210302T1000"],
    );
    check(
        "DTSTART;TZID=America/New_York:20210301T090000\nDURATION:PT1H\nRRULE:FREQ=HOURLY;INTERVAL=3;COUNT=2",
        &["20210301T1400/20210301T1500", "20210301T1700/20210301T1800"],
    );
}

#[test]
fn dates_are_added_and_taken_out_in_every_form() {
    let series = "DTSTART;TZID=America/Chicago:20210301T180000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5\n";
    let excluded = "EXDATE;VALUE=DATE:20210301\nEXDATE:20210303T000000Z\nEXDATE;TZID=America/New_York:20210303T190000,20210304T190000";
    check(&format!("{series}{excluded}"), &["20210306T0000/20210306T0100"]);
    check(
        "DTSTART;VALUE=DATE:20210301\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20210302T060000Z,junk\nRDATE;VALUE=DATE:20210310,20210301",
        &["20210301/20210302", "20210303/20210304", "20210310/20210311"],
    );
    check(
        "DTSTART;TZID=America/New_York:20210301T180000\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20210308T230000Z/PT2H\nRDATE;VALUE=DATE:20210315",
        &["20210301T2300/20210302T0000", "20210308T2300/20210309T0000", "20210315T2200/20210315T2300"],
    );
}

#[test]
fn a_second_rule_becomes_dates_and_an_empty_one_nothing() {
    check(
        "DTSTART;VALUE=DATE:20210301\nRRULE:FREQ=DAILY;COUNT=2\nRRULE:FREQ=WEEKLY;COUNT=2",
        &["20210301/20210302", "20210302/20210303", "20210308/20210309"],
    );
    check("DTSTART;VALUE=DATE:20210301\nRRULE:", &["20210301/20210302"]);
}

/// A daily series of three from March 1, 18:00 in Chicago, with another event of its UID.
fn changed(lines: &str) -> Adopted {
    let series = "BEGIN:VEVENT\nUID:a\nSUMMARY:Series\nSEQUENCE:1\nDTSTART;TZID=America/Chicago:20210301T180000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=America/Chicago:20210303T180000\nEND:VEVENT";
    adopted(&calendar(&format!("BEGIN:VEVENT\nUID:a\n{lines}\nEND:VEVENT\n{series}")))
}

#[test]
fn a_changed_occurrence_finds_its_place_in_every_form() {
    for id in [
        "RECURRENCE-ID;TZID=America/Chicago:20210302T180000",
        "RECURRENCE-ID:20210303T000000Z",
        "RECURRENCE-ID;TZID=Europe/London:20210303T000000",
        "RECURRENCE-ID;VALUE=DATE:20210302",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20210303T000000Z",
    ] {
        let found = changed(&format!("{id}\nDTSTART:20210303T030000Z\nDURATION:PT1H"));
        assert_eq!(occurring(&found), ["20210302T0000/20210302T0100", "20210303T0300/20210303T0400"], "{id}");
        assert_eq!(found.events[0].changes[0].details.title, "Series");
    }
}

#[test]
fn a_cancelled_occurrence_stays_visible() {
    let found = changed("RECURRENCE-ID:20210303T000000Z\nDTSTART:20210303T000000Z\nSTATUS:CANCELLED");
    assert_eq!(found.events[0].changes[0].details.status, Status::Cancelled);
    let private = changed("RECURRENCE-ID:20210303T000000Z\nDTSTART:20210303T000000Z\nCLASS:PRIVATE");
    assert_eq!(occurring(&private), ["20210302T0000/20210302T0100"]);
}

#[test]
fn a_change_that_the_series_does_not_have_is_added() {
    let found = changed("RECURRENCE-ID:20210310T000000Z\nDTSTART:20210310T000000Z\nDURATION:PT1H\nSUMMARY:Extra");
    assert_eq!(occurring(&found).last().unwrap(), "20210310T0000/20210310T0100");
    // An exclusion is taken back by a change that is as new, and stays beside an older one.
    let newer = changed("SEQUENCE:1\nRECURRENCE-ID:20210304T000000Z\nDTSTART:20210304T010000Z\nDURATION:PT1H");
    assert_eq!(occurring(&newer).last().unwrap(), "20210304T0100/20210304T0200");
    let older = changed("SEQUENCE:0\nRECURRENCE-ID:20210304T000000Z\nDTSTART:20210304T010000Z\nDURATION:PT1H");
    assert_eq!(occurring(&older).last().unwrap(), "20210303T0000/20210303T0100");
}

#[test]
fn changes_without_their_series_are_events() {
    let found = adopted(&calendar(
        "BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20210303T000000Z\nDTSTART:20210303T010000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20210304T000000Z\nDTSTART:20210304T010000Z\nEND:VEVENT",
    ));
    assert_eq!(occurring(&found), ["20210303T0100/20210303T0300?", "20210304T0100/20210304T0300?"]);
    assert_ne!(found.events[0].uid, found.events[1].uid);
}

#[test]
fn no_number_of_dates_or_changes_is_too_large() {
    let dates: String = (0..300)
        .map(|n| format!("\nEXDATE:{}", ["20210301T180000Z"; 20].join(",") + &format!(",{}0101", 1900 + n)))
        .collect();
    let found = adopted(&event(&format!("DTSTART:20210301T180000Z\nRRULE:FREQ=DAILY{dates}")));
    assert!(found.events[0].recurrence.as_ref().unwrap().excluded.len() <= 2_000);
    let change = |n: i64| {
        let of = "2000-01-01T12:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() + TimeDelta::days(n);
        format!(
            "BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:{}\nDTSTART:20210301T180000Z\nEND:VEVENT\n",
            of.format("%Y%m%dT%H%M%SZ")
        )
    };
    let changes: String = (0..3_000).map(change).collect();
    let series = "BEGIN:VEVENT\nUID:a\nDTSTART:20000101T120000Z\nRRULE:FREQ=DAILY\nEND:VEVENT";
    let found = adopted(&calendar(&format!("{changes}{series}")));
    assert_eq!(found.events[0].changes.len(), 2_000);
    assert_eq!(found.drops, [("changed occurrences beyond 2,000", 1_000)].into());
}
