//! Tests of the zone's clock; those of VTIMEZONE are beside it.

use super::*;

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").unwrap()
}

fn utc(text: &str) -> DateTime<Utc> {
    local(text).and_utc()
}

fn hours(hours: i32) -> FixedOffset {
    FixedOffset::east_opt(hours * 3600).unwrap()
}

#[test]
fn a_name_is_found_in_any_case() {
    for name in ["America/Chicago", "america/chicago", "AMERICA/CHICAGO"] {
        assert_eq!(Zone::parse(name).map(|zone| zone.name()), Some("America/Chicago"));
    }
    for bad in ["", "Chicago", "CST", "America/Chicago ", "America/Chicagó", "/America/Chicago"] {
        assert_eq!(Zone::parse(bad), None, "{bad:?}");
    }
}

#[test]
fn a_wall_clock_time_is_an_instant() {
    let check = |text, instant: &str| {
        let moment = zone("America/Chicago").moment(local(text)).unwrap();
        assert_eq!((moment.local(), moment.instant()), (local(text), utc(instant)), "{text}");
        assert_eq!(zone("America/Chicago").moment_of(moment.instant()), moment);
    };
    check("2021-03-08T18:00:00", "2021-03-09T00:00:00");
    check("2021-03-14T01:59:59", "2021-03-14T07:59:59");
    check("2021-03-14T03:00:00", "2021-03-14T08:00:00");
    check("2021-03-20T13:00:00", "2021-03-20T18:00:00");
    check("2021-11-07T00:59:59", "2021-11-07T05:59:59");
    check("2021-11-07T02:00:00", "2021-11-07T08:00:00");
}

#[test]
fn the_spring_gap_has_two_offsets_and_no_instant() {
    let gap = Err(Unresolved::Gap { before: hours(-6), after: hours(-5) });
    for text in ["2021-03-14T02:00:00", "2021-03-14T02:30:00", "2021-03-14T02:59:59"] {
        assert_eq!(zone("America/Chicago").moment(local(text)), gap, "{text}");
        assert!(!zone("America/Chicago").occurs_twice(local(text)));
    }
}

#[test]
fn the_autumn_overlap_has_two_offsets() {
    let overlap = Err(Unresolved::Overlap { first: hours(-5), second: hours(-6) });
    for text in ["2021-11-07T01:00:00", "2021-11-07T01:59:59"] {
        assert_eq!(zone("America/Chicago").moment(local(text)), overlap, "{text}");
        assert!(zone("America/Chicago").occurs_twice(local(text)));
    }
    assert!(!zone("America/Chicago").occurs_twice(local("2021-11-07T02:00:00")));
}

#[test]
fn a_rules_occurrence_always_resolves() {
    let check = |text, instant: &str, written| {
        let moment = zone("America/Chicago").resolve_leniently(local(text));
        assert_eq!((moment.local(), moment.instant()), (local(text), utc(instant)), "{text}");
        assert_eq!(zone("America/Chicago").rfc3339(&moment), written);
    };
    check("2021-03-14T02:30:00", "2021-03-14T08:30:00", "2021-03-14T03:30:00-05:00");
    check("2021-11-07T01:30:00", "2021-11-07T06:30:00", "2021-11-07T01:30:00-05:00");
    check("2021-07-01T12:00:00", "2021-07-01T17:00:00", "2021-07-01T12:00:00-05:00");
}

#[test]
fn fractions_and_leap_seconds_are_dropped() {
    let leap = local("2021-03-20T12:59:59").with_nanosecond(1_500_000_000).unwrap();
    let moment = zone("America/Chicago").moment(leap).unwrap();
    assert_eq!(moment.local(), local("2021-03-20T12:59:59"));
    assert_eq!(zone("America/Chicago").moment_of(moment.instant() + TimeDelta::milliseconds(5)), moment);
}

#[test]
fn rfc3339_has_the_offset_of_the_instant() {
    let check = |name, instant, written| {
        let zone = zone(name);
        assert_eq!(zone.rfc3339(&zone.moment_of(utc(instant))), written);
    };
    check("America/Chicago", "2021-03-09T00:00:00", "2021-03-08T18:00:00-06:00");
    check("America/Chicago", "2021-11-07T07:30:00", "2021-11-07T01:30:00-06:00");
    check("Asia/Kolkata", "2021-01-01T00:00:00", "2021-01-01T05:30:00+05:30");
    check("UTC", "2021-01-01T00:00:00", "2021-01-01T00:00:00+00:00");
    check("America/Chicago", "1850-01-01T00:00:00", "1850-01-01T00:00:00+00:00");
}

#[test]
fn a_day_starts_at_its_first_instant() {
    let check =
        |name, day, start: &str| assert_eq!(zone(name).start_of_day(local(day).date()), utc(start), "{name} {day}");
    check("America/Chicago", "2021-03-14T00:00:00", "2021-03-14T06:00:00");
    check("America/Chicago", "2021-03-15T00:00:00", "2021-03-15T05:00:00");
    // Brazil skipped midnight in spring; Samoa skipped the whole of December 30, 2011.
    check("America/Sao_Paulo", "2018-11-04T00:00:00", "2018-11-04T03:00:00");
    check("Pacific/Apia", "2011-12-30T00:00:00", "2011-12-30T10:00:00");
    check("Pacific/Apia", "2011-12-31T00:00:00", "2011-12-30T10:00:00");
    // Havana shows midnight twice in autumn.
    check("America/Havana", "2021-11-07T00:00:00", "2021-11-07T04:00:00");
}

#[test]
fn the_next_midnight_is_always_ahead() {
    let check = |name, now, next: &str| assert_eq!(zone(name).next_midnight(utc(now)), utc(next), "{name} {now}");
    check("America/Chicago", "2021-03-14T05:59:59", "2021-03-14T06:00:00");
    check("America/Chicago", "2021-03-14T06:00:00", "2021-03-15T05:00:00");
    check("America/Sao_Paulo", "2018-11-04T02:59:59", "2018-11-04T03:00:00");
    check("Pacific/Apia", "2011-12-30T09:00:00", "2011-12-30T10:00:00");
    // St. John's went back from 00:01 to 23:01 until 2011: November 7, 2010 began twice.
    check("America/St_Johns", "2010-11-07T02:29:59", "2010-11-07T02:30:00");
    check("America/St_Johns", "2010-11-07T02:31:00", "2010-11-07T03:30:00");
}

#[test]
fn no_time_is_too_far_away() {
    for zone in [zone("Pacific/Kiritimati"), zone("America/Chicago"), zone("Pacific/Pago_Pago")] {
        for far in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
            let _ = zone.moment(far);
            let moment = zone.resolve_leniently(far);
            let _ = zone.rfc3339(&zone.moment_of(moment.instant()));
            let _ = zone.rfc3339(&zone.moment_of(far.and_utc()));
            let _ = zone.start_of_day(far.date());
            let _ = zone.next_midnight(DateTime::<Utc>::MIN_UTC);
        }
    }
}

#[test]
fn moments_sort_by_instant() {
    let chicago = zone("America/Chicago");
    let first = chicago.moment_of(utc("2021-11-07T06:45:00"));
    let second = chicago.moment_of(utc("2021-11-07T07:15:00"));
    assert!(first.local() > second.local() && first < second);
}
