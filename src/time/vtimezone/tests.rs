//! Each VTIMEZONE is read by a small interpreter of its own and compared with the zone, hour by hour around every change.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// An observance as a client sees it: its onsets as instants, and the offset from then on.
struct Observance {
    from: i64,
    to: i64,
    onsets: Vec<DateTime<Utc>>,
}

fn seconds(offset: &str) -> i64 {
    let number = |range| offset.get(range).map_or(0, |text: &str| text.parse::<i64>().unwrap());
    let size = number(1..3) * 3600 + number(3..5) * 60 + if offset.len() > 5 { number(5..7) } else { 0 };
    if offset.starts_with('-') { -size } else { size }
}

fn read(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y%m%dT%H%M%S").unwrap()
}

fn value<'a>(lines: &'a [String], name: &str) -> Option<&'a str> {
    lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
}

fn interpret(lines: &[String]) -> Vec<Observance> {
    assert_eq!((lines[0].as_str(), lines[lines.len() - 1].as_str()), ("BEGIN:VTIMEZONE", "END:VTIMEZONE"));
    let begins = (0..lines.len()).filter(|at| *at > 0 && lines[*at].starts_with("BEGIN:"));
    begins
        .map(|at| {
            let end = (at..).find(|end| lines[*end].starts_with("END:")).unwrap();
            observance(&lines[at..end])
        })
        .collect()
}

fn observance(lines: &[String]) -> Observance {
    let from = seconds(value(lines, "TZOFFSETFROM").unwrap());
    let start = read(value(lines, "DTSTART").unwrap());
    let to_utc = |local: NaiveDateTime| (local - TimeDelta::seconds(from)).and_utc();
    let mut onsets = match value(lines, "RRULE") {
        None => vec![to_utc(start)],
        Some(rule) => {
            let days = days_of(rule, start);
            assert_eq!(days.first(), Some(&start.date()), "DTSTART must be an instance of its rule: {lines:?}");
            let until = rule.split("UNTIL=").nth(1).map(|until| read(until).and_utc());
            let all = days.into_iter().map(|day| to_utc(day.and_time(start.time())));
            all.filter(|onset| until.is_none_or(|until| *onset <= until)).collect()
        }
    };
    onsets.extend(value(lines, "RDATE").iter().flat_map(|dates| dates.split(',')).map(|date| to_utc(read(date))));
    Observance { from, to: seconds(value(lines, "TZOFFSETTO").unwrap()), onsets }
}

/// The days of a yearly rule from its start until 2045, by trying each.
fn days_of(rule: &str, start: NaiveDateTime) -> Vec<NaiveDate> {
    let part = |name: &str| rule.split(';').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    let month: u32 = part("BYMONTH").unwrap().parse().unwrap();
    let month_days: Option<Vec<u32>> =
        part("BYMONTHDAY").map(|days| days.split(',').map(|day| day.parse().unwrap()).collect());
    let matches = |date: &NaiveDate| {
        let by_day = part("BYDAY").is_none_or(|text| {
            let (nth, weekday) = text.split_at(text.len() - 2);
            let same = code(date.weekday()) == weekday;
            let length = date.num_days_in_month() as u32;
            same && match nth.parse::<i32>() {
                Ok(-1) => date.day() + 7 > length,
                Ok(nth) => date.day().div_ceil(7) == nth as u32,
                Err(_) => true,
            }
        });
        date.month() == month && by_day && month_days.as_ref().is_none_or(|days| days.contains(&date.day()))
    };
    start.date().iter_days().take_while(|date| date.year() < 2045).filter(matches).collect()
}

fn offset_at(observances: &[Observance], instant: DateTime<Utc>) -> i64 {
    let begun = observances.iter().flat_map(|o| o.onsets.iter().map(move |onset| (*onset, o.to)));
    let first = observances.iter().min_by_key(|o| o.onsets[0]).map(|o| o.from);
    begun.filter(|(onset, _)| *onset <= instant).max().map_or(first.unwrap(), |(_, to)| to)
}

fn check_offsets(zone: Zone, first: NaiveDate) {
    let observances = interpret(&lines(zone, first));
    let start = zone.start_of_day(first);
    let changes = onsets(zone).into_iter().map(|onset| onset.instant).filter(|instant| *instant >= start);
    for change in changes.chain([start, start + TimeDelta::days(90)]) {
        for hours in -30..=30 {
            let instant = change + TimeDelta::hours(hours);
            if instant >= start {
                let expected = i64::from(zone.offset(instant).local_minus_utc());
                assert_eq!(offset_at(&observances, instant), expected, "{} from {first} at {instant}", zone.name());
            }
        }
    }
}

const CHICAGO: [&str; 16] = [
    "BEGIN:VTIMEZONE",
    "TZID:America/Chicago",
    "BEGIN:DAYLIGHT",
    "TZOFFSETFROM:-0600",
    "TZOFFSETTO:-0500",
    "TZNAME:CDT",
    "DTSTART:20070311T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "TZOFFSETFROM:-0500",
    "TZOFFSETTO:-0600",
    "TZNAME:CST",
    "DTSTART:20071104T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
    "END:STANDARD",
];

#[test]
fn chicago_since_2007_is_one_daylight_and_one_standard() {
    for first in [day(2007, 3, 11), day(2007, 12, 1), day(2021, 3, 8), day(2035, 1, 1), day(2100, 1, 1), NaiveDate::MAX]
    {
        let lines = lines(zone("America/Chicago"), first);
        assert_eq!(lines[..16], CHICAGO, "{first}");
        assert_eq!(lines[16..], ["END:VTIMEZONE"]);
    }
}

#[test]
fn earlier_rules_of_chicago_come_before_with_their_end() {
    let lines = lines(zone("America/Chicago"), day(1990, 7, 1));
    let rules: Vec<&str> = lines
        .iter()
        .filter(|line| line.starts_with("RRULE") || line.starts_with("DTSTART"))
        .map(String::as_str)
        .collect();
    assert_eq!(
        rules,
        [
            "DTSTART:19900401T020000",
            "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T080000Z",
            "DTSTART:19901028T020000",
            "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T070000Z",
            "DTSTART:20070311T020000",
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
            "DTSTART:20071104T020000",
            "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
        ]
    );
}

#[test]
fn a_zone_without_changes_is_one_standard() {
    let expected = [
        "BEGIN:STANDARD",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0000",
        "TZNAME:UTC",
        "DTSTART:19700101T000000",
        "END:STANDARD",
    ];
    assert_eq!(lines(zone("UTC"), day(2021, 1, 1))[2..8], expected);
    let kolkata = lines(zone("Asia/Kolkata"), day(2021, 1, 1));
    assert_eq!(kolkata.iter().filter(|line| line.starts_with("BEGIN:")).count(), 2, "{kolkata:?}");
}

#[test]
fn the_offsets_are_those_of_the_zone() {
    for name in [
        "America/Chicago",
        "America/New_York",
        "America/Sao_Paulo",
        "America/St_Johns",
        "America/Havana",
        "America/Nuuk",
        "America/Santiago",
        "America/Asuncion",
        "Africa/Casablanca",
        "Africa/Cairo",
        "Africa/Johannesburg",
        "Asia/Gaza",
        "Asia/Jerusalem",
        "Asia/Kathmandu",
        "Asia/Kolkata",
        "Asia/Pyongyang",
        "Asia/Tehran",
        "Australia/Lord_Howe",
        "Australia/Sydney",
        "Europe/Berlin",
        "Europe/Dublin",
        "Europe/London",
        "Europe/Moscow",
        "Pacific/Apia",
        "Pacific/Auckland",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
        "Antarctica/Troll",
        "UTC",
        "Etc/GMT+6",
    ] {
        for first in [day(1970, 1, 1), day(1999, 5, 5), day(2007, 3, 11), day(2021, 3, 8)] {
            check_offsets(zone(name), first);
        }
    }
}

#[test]
fn any_zone_has_rules_from_this_century_on() {
    // Every zone passes; a fifth of them keeps the test quick.
    for name in chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).step_by(5) {
        check_offsets(zone(name), day(2020, 1, 1));
    }
}

#[test]
fn a_summer_time_of_either_sign_is_daylight() {
    for (name, summer) in
        [("Europe/Dublin", "TZNAME:IST"), ("Europe/London", "TZNAME:BST"), ("America/Chicago", "TZNAME:CDT")]
    {
        let lines = lines(zone(name), day(2021, 1, 1));
        let daylight = lines.iter().position(|line| line == "BEGIN:DAYLIGHT").unwrap();
        assert!(lines[daylight..daylight + 5].iter().any(|line| line == summer), "{lines:?}");
        assert_eq!(lines.iter().filter(|line| line.starts_with("BEGIN:")).count(), 3, "{name}");
    }
}

#[test]
fn no_change_is_missed_between_two_steps() {
    let zone = zone("America/Cambridge_Bay");
    let year_2000: Vec<Onset> = onsets(zone).into_iter().filter(|onset| onset.local.year() == 2000).collect();
    assert_eq!(year_2000.len(), 3, "{year_2000:?}");
    assert!(year_2000[2].local.date() - year_2000[1].local.date() < TimeDelta::days(8));
}
