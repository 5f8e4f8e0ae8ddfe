//! Tests of date lines: a table of the forms that people write, and every date and time written and read back.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use proptest::prelude::*;

use super::*;

fn zone() -> Zone {
    Zone::parse("America/Chicago").unwrap()
}

fn shown(start: Start) -> String {
    match start {
        Start::Timed(moment) => moment.local().format("%Y-%m-%dT%H:%M").to_string(),
        Start::AllDay(day) => day.to_string(),
    }
}

/// Start, end, second date and the number of doubts.
fn read(line: &str) -> String {
    match dated(line, zone()) {
        None => "no date line".to_owned(),
        Some(Err(unusable)) => unusable.words(),
        Some(Ok(Dated { start, end, also, status: _, doubts })) => {
            let mut read = shown(start);
            read.extend(end.map(|end| format!(" until {}", shown(end))));
            read.extend(also.into_iter().map(|also| format!(" and {}", shown(also))));
            read + &"?".repeat(doubts.len())
        }
    }
}

fn check(line: &str, expected: &str) {
    assert_eq!(read(line), expected, "{line}");
}

#[test]
fn the_forms_that_people_write_are_read() {
    check("March 20, 2021 - 1 PM CDT – 3 PM CDT", "2021-03-20T13:00 until 2021-03-20T15:00");
    check("May 4, 2018 - 3:30 PM - 5:30 PM", "2018-05-04T15:30 until 2018-05-04T17:30");
    check("June 9, 2019 - 3:30 pm", "2019-06-09T15:30");
    check("March 20, 2021 - 12 PM", "2021-03-20T12:00");
    check("March 23, 2021 - 6:00 PM", "2021-03-23T18:00");
    check("March 20, 2021 - noon", "2021-03-20T12:00");
    check("March 20, 2021 - 12 noon", "2021-03-20T12:00");
    check("March 20, 2021 - 12:00 Noon – 1:30 p.m.", "2021-03-20T12:00 until 2021-03-20T13:30");
    check("March 20, 2021 - 8 PM - midnight", "2021-03-20T20:00 until 2021-03-21T00:00");
    check("March 20, 2021 - 12 AM", "2021-03-20T00:00");
    check("Saturday, March 20, 2021 - 2:00 PM", "2021-03-20T14:00");
    check("Sat. Mar. 20th, 2021 @ 2pm", "2021-03-20T14:00");
    check("Sat, March 20 2021, 2 to 4 PM", "2021-03-20T14:00 until 2021-03-20T16:00");
    check("20 March 2021 at 2 p.m.", "2021-03-20T14:00");
    check("2021-03-20 14:00 - 16:00", "2021-03-20T14:00 until 2021-03-20T16:00");
    check("3/20/2021 from 2 PM until 4 PM", "2021-03-20T14:00 until 2021-03-20T16:00");
    check("SEPT 9, 2019 — 3:30 PM", "2019-09-09T15:30");
    check("March 20, 2021 | 9 o’clock AM", "2021-03-20T09:00");
    check("March 20, 2021 - 1.30 PM", "2021-03-20T13:30");
    check("March 20, 2021 - 5 p. m.", "2021-03-20T17:00");
    check("March 20, 2021 starting at 1 PM", "2021-03-20T13:00");
    check("March 20, 2021 (1 PM)", "2021-03-20T13:00");
    check("March 20, 2021 - between 1 and 3 PM", "2021-03-20T13:00 until 2021-03-20T15:00");
    check("March 20, 2021 - All day", "2021-03-20");
    check("1 PM, March 20, 2021", "2021-03-20T13:00");
    check("1 - 3 PM CDT on Saturday, March 20, 2021", "2021-03-20T13:00 until 2021-03-20T15:00");
    check("\u{200e}March 20,\u{200b} 2021 - 1 PM", "2021-03-20T13:00");
}

#[test]
fn the_forms_of_dates_are_read() {
    for date in [
        "March 20, 2021 (Saturday)",
        "March 20 (Sat), 2021",
        "March 20, 2021, Saturday",
        "March 20, ’21",
        "3-20-2021",
        "20/3/2021",
        "20.3.2021",
        "2021/3/20",
        "When: March 20, 2021",
        "Date & Time: Saturday, March 20, 2021",
        "📅 **Date and time:** March 20, 2021",
        "- March 20, 2021",
    ] {
        check(&format!("{date} - 1 PM"), "2021-03-20T13:00");
    }
    check("Weds March 17, 2021 - 1 PM", "2021-03-17T13:00");
    check("2021-03-20T13:00", "2021-03-20T13:00");
    check("2021-03-20T13:00:00", "2021-03-20T13:00");
    check("2021-03-20T18:00Z", "2021-03-20T13:00?");
    check("2021-03-20T13:00-05:00", "no date line");
}

#[test]
fn what_stands_behind_the_times_is_passed_over_or_told() {
    for idle in ["sharp", "onwards", "!", "…", "prompt.", "*"] {
        check(&format!("March 20, 2021 - 1 PM {idle}"), "2021-03-20T13:00");
    }
    for told in
        [", rain or shine", " - Federal Plaza", " and 5 PM - 7 PM", " (doors at noon)", " - CANCELLED", " (postponed)"]
    {
        check(&format!("March 20, 2021 - 1 PM - 3 PM{told}"), "2021-03-20T13:00 until 2021-03-20T15:00?");
    }
    let doubts = |line: &str| dated(line, zone()).unwrap().unwrap().doubts;
    let remark = "the date line also says \"Rain or Shine!\", which is left out";
    assert_eq!(doubts("March 20, 2021 - 1.30 p.m., Rain or Shine!"), [remark]);
    check("March 20, 2021 - CANCELLED", "2021-03-20??");
    check("March 20, 2021 - Time TBA", "2021-03-20?");
    let status = |line: &str| dated(line, zone()).unwrap().unwrap().status;
    assert_eq!(status("Postponed: March 20, 2021 - 1 PM"), Some(Status::Postponed));
    assert_eq!(status("March 20, 2021 - 1 PM - CANCELED!"), Some(Status::Cancelled));
    assert_eq!(status("March 20, 2021 - 1 PM"), None);
}

#[test]
fn a_range_shares_what_it_says_once() {
    check("March 20, 2021 - 2-4pm", "2021-03-20T14:00 until 2021-03-20T16:00");
    check("March 20, 2021 - 11-1pm", "2021-03-20T11:00 until 2021-03-20T13:00");
    check("March 20, 2021 - 11:30 AM - 1", "2021-03-20T11:30 until 2021-03-20T13:00");
    check("March 20, 2021 - 10 PM - 2 AM", "2021-03-20T22:00 until 2021-03-21T02:00");
    check("December 31, 2021 - 10 PM - 2 AM CST", "2021-12-31T22:00 until 2022-01-01T02:00");
}

#[test]
fn two_dates_are_a_span_or_two_occurrences() {
    check("March 20, 2021 - 1 PM - March 21, 2021 - 3 PM", "2021-03-20T13:00 until 2021-03-21T15:00");
    check("March 20, 2021 - 1 PM - March 21 3 PM", "2021-03-20T13:00 until 2021-03-21T15:00");
    check("March 20 - March 21, 2021", "2021-03-20 until 2021-03-21?");
    check("March 20-21, 2021", "2021-03-20 until 2021-03-21?");
    check("May 4, 2018 and May 11, 2018 - 3 PM", "2018-05-04T15:00 and 2018-05-11T15:00");
    check("May 4 & 11, 2018 - 3 PM - 5 PM", "2018-05-04T15:00 until 2018-05-04T17:00 and 2018-05-11T15:00");
    check("May 4, 2018 - 3 PM and May 11, 2018 - 3 PM", "2018-05-04T15:00 and 2018-05-11T15:00");
    check("May 4, 2018 - 3 PM and May 11, 2018 - 5 PM", "2018-05-04T15:00 and 2018-05-11T15:00?");
    check("March 20, 21 & 27, 2021 - 1 PM", "2021-03-20T13:00 and 2021-03-21T13:00 and 2021-03-27T13:00");
    check("May 4, May 11 and May 18, 2018 - 3 PM", "2018-05-04T15:00 and 2018-05-11T15:00 and 2018-05-18T15:00");
    check("March 20-21 & 27, 2021 - 1 PM", "no date line");
    check("March 21, 2021 - 1 PM - March 20, 2021 - 3 PM", "2021-03-21T13:00?");
    check("March 20, 2021 - 1 PM - March 21, 2021", "2021-03-20T13:00?");
}

#[test]
fn hours_of_several_days_are_those_of_each_with_a_doubt() {
    let each = "2021-03-20T09:00 until 2021-03-20T17:00 and 2021-03-21T09:00 and 2021-03-22T09:00?";
    check("March 20 - 22, 2021 - 9 AM - 5 PM", each);
    check("March 20 - 22, 2021 - 9-5", &format!("{each}?"));
    check("March 20 - 22, 2021 - 6 PM - 2 PM", "2021-03-20T18:00 until 2021-03-22T14:00");
}

#[test]
fn an_end_that_is_more_likely_a_slip_is_left_out() {
    check("March 20, 2021 - 5 PM - 3 PM", "2021-03-20T17:00?");
    check("March 20, 2021 - 1 PM - 12 PM", "2021-03-20T13:00?");
    check("March 20, 2021 - 1 PM - 1 PM", "2021-03-20T13:00?");
    check("March 20, 2021 - 5 AM - 11 PM", "2021-03-20T05:00 until 2021-03-20T23:00?");
    check("March 20, 2021 - 8 - 12 PM", "2021-03-20T08:00 until 2021-03-20T12:00?");
    check("March 20, 2021 - 8 - noon", "2021-03-20T08:00 until 2021-03-20T12:00");
    check("March 13, 2021 - 11 PM - 2:30 AM", "2021-03-13T23:00 until 2021-03-14T03:30?");
}

#[test]
fn two_zones_hold_each_for_its_own_time() {
    check("March 20, 2021 - 6PM CT / 7PM ET", "2021-03-20T18:00");
    check("March 20, 2021 - 6PM CT / 8PM ET", "2021-03-20T18:00?");
    check("March 20, 2021 - 7PM ET / 6PM CT", "2021-03-20T18:00?");
    check("March 20, 2021 - 1 PM EDT - 3 PM CDT", "2021-03-20T12:00 until 2021-03-20T15:00?");
    check("March 20, 2021 - 1 - 3 PM EDT", "2021-03-20T12:00 until 2021-03-20T14:00??");
}

#[test]
fn what_is_uncertain_has_a_doubt() {
    check("March 20, 2021", "2021-03-20?");
    check("March 20, 2021 - 3:30", "2021-03-20T15:30?");
    check("March 20, 2021 - 9", "2021-03-20T09:00?");
    check("March 20, 2021 - 6 - 8", "2021-03-20T18:00 until 2021-03-20T20:00?");
    check("March 20, 2021 - 3 PM and 5 PM", "2021-03-20T15:00?");
    check("March 20, 2021 - 3 PM / 5 PM", "2021-03-20T15:00?");
    check("Friday, March 20, 2021 - 3 PM", "2021-03-20T15:00?");
    check("March 20, 2021 - midnight", "2021-03-20T00:00?");
    check("4/5/2021 - 3 PM", "2021-04-05T15:00?");
    check("March 20, 2021 - 3 PM (doors at 2)", "2021-03-20T15:00?");
}

#[test]
fn the_zone_is_held_against_chicago() {
    check("March 20, 2021 - 1 PM CDT", "2021-03-20T13:00");
    check("January 20, 2021 - 1 PM CST", "2021-01-20T13:00");
    check("March 20, 2021 - 1 PM CT", "2021-03-20T13:00");
    check("March 20, 2021 - 1 PM Central Time", "2021-03-20T13:00");
    check("March 20, 2021 - 1 PM CST", "2021-03-20T13:00?");
    check("January 20, 2021 - 1 PM CDT", "2021-01-20T13:00?");
    check("March 20, 2021 - 1 PM EDT", "2021-03-20T12:00?");
    check("March 20, 2021 - 6 PM PT - 8 PM PT", "2021-03-20T20:00 until 2021-03-20T22:00??");
    // The nights on which the clocks change.
    check("March 14, 2021 - 2:30 AM", "the clocks jump over 2:30 AM on March 14, 2021");
    check("March 14, 2021 - 1:30 AM - 3:00 AM", "2021-03-14T01:30 until 2021-03-14T03:00");
    check("November 7, 2021 - 1:30 AM", "2021-11-07T01:30?");
    check("November 7, 2021 - 1:30 AM CST", "2021-11-07T01:30");
    check("November 6, 2021 and November 7, 2021 - 1:30 AM", "2021-11-06T01:30 and 2021-11-07T01:30?");
    check("March 13, 2021 and March 14, 2021 - 2:30 AM", "the clocks jump over 2:30 AM on March 14, 2021");
    let second = dated("November 7, 2021 - 1:30 AM CST", zone()).unwrap().unwrap().start;
    let Start::Timed(second) = second else { panic!("{second:?}") };
    assert_eq!(second.instant().to_string(), "2021-11-07 07:30:00 UTC");
}

#[test]
fn what_cannot_be_is_told() {
    check("February 30, 2021 - 3 PM", "there is no such day");
    check("March 20 - 3 PM", "its date has no year");
}

#[test]
fn other_lines_are_no_date_lines() {
    for line in [
        "",
        "May we meet on March 20, 2021?",
        "March 20, 2021 - Federal Plaza",
        "March 20, 2021 - 1 PM + 3 PM",
        "Marhc 20, 2021 - 1 PM",
        "March for Asians!",
        "2154 S. Archer",
        "100 W Randolph St",
        "March 20, 2021 - 27 PM",
        "March 20, 2021 - 3:75 PM",
        "99999999999999999999 March 2021",
        "32 March 2021",
    ] {
        check(line, "no date line");
    }
    check(&format!("March 20, 2021 - 1 PM{}", " ".repeat(300)), "no date line");
}

#[test]
fn an_end_is_found_in_a_text() {
    let moment = |text: &str| zone().moment(text.parse().unwrap()).unwrap();
    let end = |text: &str| {
        end_in_text(text, moment("2021-03-20T14:00:00"), zone()).map(|(end, said)| (end.local().to_string(), said))
    };
    let found = Some(("2021-03-20 16:00:00".to_owned(), "Sat, Mar 20th, 2-4pm".to_owned()));
    assert_eq!(end("Come!\nSat, Mar 20th, 2-4pm, meet at the Monument"), found);
    assert_eq!(end("Sat, Mar 20th, 3-4pm"), None, "another start");
    assert_eq!(end("Sun, Mar 21st, 2-4pm"), None, "another day");
    assert_eq!(end("On March 20 at 2 PM"), None);
    assert_eq!(end("ñandú – Mär. “March"), None);
}

/// A date and time written in one of the forms, with one or without an end.
fn lines() -> impl Strategy<Value = (String, NaiveDateTime, Option<NaiveDateTime>)> {
    let day = (0_i64..20_000).prop_map(|days| NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + TimeDelta::days(days));
    let forms = (0_usize..6, 0_usize..4, 0_usize..4, 0_usize..6);
    (day, 0_i64..288, prop::option::of(1_i64..144), forms).prop_map(
        |(day, begin, length, (date, between, clock, dash))| {
            let start = day.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(5 * begin);
            let end = length.map(|length| start + TimeDelta::minutes(5 * length));
            let date = ["%B %-d, %Y", "%A, %B %-d, %Y", "%b %-d %Y", "%-d %B %Y", "%Y-%m-%d", "%a %b. %-d, %Y"][date];
            let between = [" - ", " – ", " at ", ", "][between];
            let clock = ["%-I:%M %p", "%-I:%M%P", "%I:%M %p", "%H:%M"][clock];
            // On 24 hours, ten to noon would be either.
            let clock = if clock == "%H:%M"
                && [Some(start), end].iter().flatten().any(|time| (10..=12).contains(&chrono::Timelike::hour(time)))
            {
                "%-I:%M %p"
            } else {
                clock
            };
            let mut line = start.format(&format!("{date}{between}{clock}")).to_string();
            if let Some(end) = end {
                line += [" - ", "–", " — ", " to ", " until ", "-"][dash];
                line += &end.format(clock).to_string();
            }
            (line, start, end)
        },
    )
}

/// The ways in which people write one time of one day; `is_summer` tells which name its zone has.
fn written_ways(start: NaiveDateTime, is_summer: bool) -> Vec<String> {
    let (hour, minute) = (chrono::Timelike::hour(&start), chrono::Timelike::minute(&start));
    let half = if hour < 12 { ["AM", "am", "a.m.", "A.M."] } else { ["PM", "pm", "p.m.", "P.M."] };
    let twelve = start.format("%-I:%M");
    let mut times: Vec<String> =
        half.iter().flat_map(|half| [format!("{twelve} {half}"), format!("{twelve}{half}")]).collect();
    if minute == 0 {
        let hour = start.format("%-I");
        times.extend(half.iter().flat_map(|half| [format!("{hour} {half}"), format!("{hour}{half}")]));
        times.push(format!("{hour} o’clock {}", half[0]));
    }
    if (hour, minute) == (12, 0) {
        times.extend(["noon", "Noon", "12 noon", "12:00 Noon"].map(str::to_owned));
    }
    if !(10..=12).contains(&hour) {
        times.push(start.format("%H:%M").to_string());
    }
    let zones = ["", if is_summer { " CDT" } else { " CST" }, " CT", " Central Time"];
    let dates = ["%B %-d, %Y", "%A, %B %-d, %Y", "%b. %-d, %Y", "%-d %B %Y", "%a %b %-d %Y", "%Y-%m-%d"];
    let dates = dates.map(|form| start.format(form).to_string());
    let betweens = [" - ", " – ", " — ", ", ", " at ", " @ ", " | "];
    // Each form of a part once, with forms of the other parts that change from line to line.
    let line = |number: usize| {
        let (date, between) = (&dates[number % dates.len()], betweens[number % betweens.len()]);
        format!("{date}{between}{}{}", times[number % times.len()], zones[number % zones.len()])
    };
    (0..dates.len() * betweens.len() * 4).map(line).collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read_back((line, start, end) in lines()) {
        let plain = |local: NaiveDateTime| zone().moment(local).is_ok();
        prop_assume!(plain(start) && end.is_none_or(plain));
        let read = dated(&line, zone()).unwrap().unwrap();
        prop_assert_eq!(shown(read.start), start.format("%Y-%m-%dT%H:%M").to_string(), "{}", line);
        prop_assert_eq!(read.end.map(shown), end.map(|end| end.format("%Y-%m-%dT%H:%M").to_string()), "{}", line);
        prop_assert_eq!(read.doubts, Vec::<String>::new(), "{}", line);
    }

    #[test]
    fn however_a_time_is_written_it_is_the_same_instant(days in 0_i64..20_000, hour in 0_u32..24, is_full in any::<bool>()) {
        let day = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + TimeDelta::days(days);
        let start = day.and_hms_opt(hour, if is_full { 0 } else { 30 }, 0).unwrap();
        let moment = zone().moment(start);
        prop_assume!(moment.is_ok());
        let moment = moment.unwrap();
        for line in written_ways(start, zone().offset(moment.instant()).local_minus_utc() == -5 * 3600) {
            let read = dated(&line, zone());
            prop_assert_eq!(read, Some(Ok(Dated { start: Start::Timed(moment), end: None, also: Vec::new(), status: None, doubts: Vec::new() })), "{}", line);
        }
    }

    #[test]
    fn nothing_uncertain_is_guessed_silently((_, start, _) in lines(), kind in 0_usize..7, other in 1_i64..7) {
        prop_assume!(zone().moment(start).is_ok());
        let (date, time) = (start.format("%B %-d, %Y"), start.format("%-I:%M %p"));
        let line = match kind {
            0 => format!("{date} - {}", start.format("%-I:%M")),
            1 => format!("{}, {date} - {time}", (start + TimeDelta::days(other)).format("%A")),
            2 => format!("{date} - {time} and {}", (start + TimeDelta::hours(other)).format("%-I:%M %p")),
            3 => format!("{date} - {time} {}", if zone().offset(start.and_utc()).local_minus_utc() == -5 * 3600 { "CST" } else { "CDT" }),
            4 => format!("{date} - {time} PT"),
            5 => format!("{date} - {time} (or later)"),
            _ => format!("{date}"),
        };
        // The hours about a change of the clocks belong to either name.
        prop_assume!(kind != 3 || zone().offset(start.and_utc()) == zone().offset(start.and_utc() + TimeDelta::hours(8)));
        match dated(&line, zone()) {
            Some(Ok(read)) => prop_assert!(!read.doubts.is_empty(), "{line}: {read:?}"),
            Some(Err(_)) => {}
            None => prop_assert!(false, "{line} is no date line"),
        }
    }

    #[test]
    fn no_line_panics(line in "\\PC{0,60}", part in "[A-Za-z0-9 ,:/&()–-]{0,60}") {
        for line in [&line, &part, &format!("March 20, 2021 {part}")] {
            let _ = dated(line, zone());
            let _ = end_in_text(line, zone().moment("2021-03-20T14:00:00".parse().unwrap()).unwrap(), zone());
        }
    }
}
