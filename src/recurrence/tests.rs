//! The examples of RFC 5545 §3.8.5.3 and the edges; and other rules compared with another expansion.

use proptest::prelude::*;

use super::*;

fn chicago() -> Zone {
    Zone::parse("America/Chicago").unwrap()
}

fn time(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M").unwrap()
}

fn dates(rule: &str, start: &str, most: usize) -> Vec<String> {
    let rule = Rule::parse(rule).unwrap();
    let dates: Vec<NaiveDateTime> = rule.occurrences(time(start), chicago()).take(most).collect();
    assert!(dates.iter().all(|date| date.time() == time(start).time()) && dates.is_sorted());
    dates.iter().map(|date| date.format("%Y%m%d").to_string()).collect()
}

/// Checks the first occurrences, which are written as the days of months: `1997-09 2,12 1997-10 2`.
fn check(rule: &str, start: &str, expected: &str) {
    let mut days = Vec::new();
    let words: Vec<&str> = expected.split_whitespace().collect();
    for pair in words.chunks(2) {
        let month = pair[0].replace('-', "");
        days.extend(pair[1].split(',').map(|day| format!("{month}{day:0>2}")));
    }
    assert_eq!(dates(rule, start, days.len()), days, "{rule} from {start}");
}

/// The same, where the rule must end there.
fn check_all(rule: &str, start: &str, expected: &str) {
    check(rule, start, expected);
    let count = expected.split_whitespace().skip(1).step_by(2).map(|days| days.split(',').count()).sum::<usize>();
    assert_eq!(dates(rule, start, 1000).len(), count, "{rule}");
}

const START: &str = "19970902T0900";

#[test]
fn daily_examples_of_the_standard() {
    check_all("FREQ=DAILY;COUNT=10", START, "1997-09 2,3,4,5,6,7,8,9,10,11");
    assert_eq!(dates("FREQ=DAILY;UNTIL=19971224T000000Z", START, 1000).len(), 113);
    check("FREQ=DAILY;INTERVAL=2", START, "1997-09 2,4,6,8,10,12,14,16,18,20,22,24,26,28,30 1997-10 2");
    check_all("FREQ=DAILY;INTERVAL=10;COUNT=5", START, "1997-09 2,12,22 1997-10 2,12");
    let january =
        dates("FREQ=YEARLY;UNTIL=20000131T150000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", "19980101T0900", 1000);
    assert_eq!((january.len(), january[92].as_str()), (93, "20000131"));
    assert_eq!(dates("FREQ=DAILY;UNTIL=20000131T150000Z;BYMONTH=1", "19980101T0900", 1000), january);
}

#[test]
fn weekly_examples_of_the_standard() {
    check_all("FREQ=WEEKLY;COUNT=10", START, "1997-09 2,9,16,23,30 1997-10 7,14,21,28 1997-11 4");
    let tuesdays = dates("FREQ=WEEKLY;UNTIL=19971224T000000Z", START, 1000);
    assert_eq!((tuesdays.len(), tuesdays[16].as_str()), (17, "19971223"));
    check("FREQ=WEEKLY;INTERVAL=2;WKST=SU", START, "1997-09 2,16,30 1997-10 14,28 1997-11 11,25 1997-12 9,23");
    let both = "1997-09 2,4,9,11,16,18,23,25,30 1997-10 2";
    check_all("FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH", START, both);
    check_all("FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", START, both);
    check(
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "19970901T0900",
        "1997-09 1,3,5,15,17,19,29 1997-10 1,3,13",
    );
    check_all("FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", START, "1997-09 2,4,16,18,30 1997-10 2,14,16");
    check_all("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "19970805T0900", "1997-08 5,10,19,24");
    check_all("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "19970805T0900", "1997-08 5,17,19,31");
}

#[test]
fn monthly_examples_of_the_standard() {
    check_all(
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "19970905T0900",
        "1997-09 5 1997-10 3 1997-11 7 1997-12 5 1998-01 2 1998-02 6 1998-03 6 1998-04 3 1998-05 1 1998-06 5",
    );
    check_all(
        "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
        "19970905T0900",
        "1997-09 5 1997-10 3 1997-11 7 1997-12 5",
    );
    check_all(
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "19970907T0900",
        "1997-09 7,28 1997-11 2,30 1998-01 4,25 1998-03 1,29 1998-05 3,31",
    );
    check_all(
        "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "19970922T0900",
        "1997-09 22 1997-10 20 1997-11 17 1997-12 22 1998-01 19 1998-02 16",
    );
    check(
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "19970928T0900",
        "1997-09 28 1997-10 29 1997-11 28 1997-12 29 1998-01 29 1998-02 26",
    );
    check_all(
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        START,
        "1997-09 2,15 1997-10 2,15 1997-11 2,15 1997-12 2,15 1998-01 2,15",
    );
    check_all(
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "19970930T0900",
        "1997-09 30 1997-10 1,31 1997-11 1,30 1997-12 1,31 1998-01 1,31 1998-02 1",
    );
    check_all(
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "19970910T0900",
        "1997-09 10,11,12,13,14,15 1999-03 10,11,12,13",
    );
    check(
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        START,
        "1997-09 2,9,16,23,30 1997-11 4,11,18,25 1998-01 6,13,20,27 1998-03 3,10,17,24,31",
    );
    check("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", START, "1998-02 13 1998-03 13 1998-11 13 1999-08 13 2000-10 13");
    check(
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "19970913T0900",
        "1997-09 13 1997-10 11 1997-11 8 1997-12 13 1998-01 10 1998-02 7 1998-03 7",
    );
    check_all("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19970904T0900", "1997-09 4 1997-10 7 1997-11 6");
    check(
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "19970929T0900",
        "1997-09 29 1997-10 30 1997-11 27 1997-12 30 1998-01 29 1998-02 26 1998-03 30",
    );
    check_all("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "20070115T0900", "2007-01 15,30 2007-02 15 2007-03 15,30");
}

#[test]
fn yearly_examples_of_the_standard() {
    check_all(
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "19970610T0900",
        "1997-06 10 1997-07 10 1998-06 10 1998-07 10 1999-06 10 1999-07 10 2000-06 10 2000-07 10 2001-06 10 2001-07 10",
    );
    check_all(
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "19970310T0900",
        "1997-03 10 1999-01 10 1999-02 10 1999-03 10 2001-01 10 2001-02 10 2001-03 10 2003-01 10 2003-02 10 2003-03 10",
    );
    check_all(
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "19970101T0900",
        "1997-01 1 1997-04 10 1997-07 19 2000-01 1 2000-04 9 2000-07 18 2003-01 1 2003-04 10 2003-07 19 2006-01 1",
    );
    check("FREQ=YEARLY;BYDAY=20MO", "19970519T0900", "1997-05 19 1998-05 18 1999-05 17");
    check("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "19970512T0900", "1997-05 12 1998-05 11 1999-05 17");
    check("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "19970313T0900", "1997-03 13,20,27 1998-03 5,12,19,26 1999-03 4,11,18,25");
    check(
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        "19970605T0900",
        "1997-06 5,12,19,26 1997-07 3,10,17,24,31 1997-08 7,14,21,28 1998-06 4",
    );
    check(
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "19961105T0900",
        "1996-11 5 2000-11 7 2004-11 2",
    );
}

#[test]
fn days_that_not_every_period_has_are_left_out() {
    check("FREQ=YEARLY", "20200229T1000", "2020-02 29 2024-02 29 2028-02 29");
    check("FREQ=MONTHLY", "20210131T1000", "2021-01 31 2021-03 31 2021-05 31 2021-07 31 2021-08 31");
    check("FREQ=MONTHLY;BYMONTHDAY=-1", "20210131T1000", "2021-01 31 2021-02 28 2021-03 31 2021-04 30");
    check("FREQ=MONTHLY;BYDAY=5FR", "20210129T1000", "2021-01 29 2021-04 30 2021-07 30 2021-10 29 2021-12 31");
    check("FREQ=YEARLY;BYYEARDAY=366", "20201231T1000", "2020-12 31 2024-12 31");
    check("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "20201228T1000", "2020-12 28 2026-12 28 2032-12 27");
    check("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "20190101T1000", "2019-12 30 2021-01 4");
    check("FREQ=YEARLY;BYWEEKNO=20", "19970514T0900", "1997-05 14 1998-05 13");
}

#[test]
fn a_start_that_the_rule_does_not_yield_is_left_out() {
    check("FREQ=WEEKLY;BYDAY=WE", "20210302T1000", "2021-03 3,10,17");
    check_all("FREQ=MONTHLY;BYDAY=1MO;COUNT=2", "20210302T1000", "2021-04 5 2021-05 3");
    check("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1", "20210303T1000", "2021-03 8,15");
}

#[test]
fn until_is_inclusive_in_each_of_its_kinds() {
    let check = |until, expected| check_all(&format!("FREQ=DAILY;UNTIL={until}"), "20210306T1800", expected);
    check("20210308", "2021-03 6,7,8");
    check("20210308T180000", "2021-03 6,7,8");
    check("20210308T175959", "2021-03 6,7");
    check("20210309T000000Z", "2021-03 6,7,8");
    check("20210308T235959Z", "2021-03 6,7");
    assert_eq!(dates("FREQ=DAILY;UNTIL=20210101", "20210306T1800", 9), Vec::<String>::new());
}

#[test]
fn the_wall_clock_stays_over_the_change_of_the_clock() {
    // `dates` asserts the time of day; March 14, 2021 has no 02:30, and keeps it as its name.
    check("FREQ=DAILY", "20210313T0230", "2021-03 13,14,15");
    check_all("FREQ=DAILY;UNTIL=20211107T013000", "20211106T0130", "2021-11 6,7");
}

#[test]
fn a_rule_is_published_with_the_until_of_its_event() {
    let check = |rule: &str, timed: &str, all_day: &str| {
        let rule = Rule::parse(rule).unwrap();
        assert_eq!((rule.value(false, chicago()).as_str(), rule.value(true, chicago()).as_str()), (timed, all_day));
    };
    check("rrule:byday=mo, we;freq=weekly;", "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=WEEKLY;BYDAY=MO,WE");
    check("COUNT=3;INTERVAL=1;FREQ=DAILY", "FREQ=DAILY;COUNT=3", "FREQ=DAILY;COUNT=3");
    check("FREQ=DAILY;UNTIL=20210601", "FREQ=DAILY;UNTIL=20210602T045959Z", "FREQ=DAILY;UNTIL=20210601");
    check("FREQ=DAILY;UNTIL=20210101", "FREQ=DAILY;UNTIL=20210102T055959Z", "FREQ=DAILY;UNTIL=20210101");
    check("FREQ=DAILY;UNTIL=20210601T180000", "FREQ=DAILY;UNTIL=20210601T230000Z", "FREQ=DAILY;UNTIL=20210601");
    check("FREQ=DAILY;UNTIL=20210602T020000Z", "FREQ=DAILY;UNTIL=20210602T020000Z", "FREQ=DAILY;UNTIL=20210601");
    let all = "FREQ=YEARLY;INTERVAL=2;BYMONTH=1,12;BYYEARDAY=1,-1;BYMONTHDAY=-31,31;BYDAY=-1MO,SU;BYSETPOS=-1;WKST=SU";
    check(all, all, all);
}

#[test]
fn a_rule_serializes_as_it_was_meant() {
    let json = serde_json::to_string(&Rule::parse("until=20210601;freq=daily").unwrap()).unwrap();
    assert_eq!(json, "\"FREQ=DAILY;UNTIL=20210601\"");
    assert!(Rule::parse("FREQ=DAILY").unwrap().is_endless());
    assert!(!Rule::parse("FREQ=DAILY;COUNT=1").unwrap().is_endless());
}

#[test]
fn what_is_wrong_is_told() {
    let check = |rule: &str, words: &str| {
        let error = Rule::parse(rule).unwrap_err();
        assert!(error.contains(words), "{rule}: {error}");
    };
    check("", "needs FREQ");
    check("BYDAY=MO", "needs FREQ");
    check("weekly", "write NAME=VALUE");
    check("FREQ=HOURLY", "DAILY, WEEKLY");
    check("FREQ=", "no value");
    check("FREQ=DAILY;FREQ=DAILY", "twice");
    check("FREQ=DAILY;COUNT=1;UNTIL=20210101", "both");
    check("FREQ=DAILY;COUNT=0", "from 1");
    check("FREQ=DAILY;COUNT=+1", "from 1");
    check("FREQ=DAILY;INTERVAL=-1", "from 1");
    check("FREQ=DAILY;INTERVAL=99999999999", "from 1");
    for until in
        ["2021-06-01", "20210230", "20210601T1800", "20210601T250000", "20210601T180000X", "tomorrow", "٢٠٢١٠٦٠١"]
    {
        check(&format!("FREQ=DAILY;UNTIL={until}"), "20210601T180000");
    }
    check("FREQ=DAILY;BYHOUR=9", "start's time of day");
    check("FREQ=DAILY;BYEASTER=1", "known are FREQ");
    check("FREQ=MONTHLY;BYMONTHDAY=32", "from 1 to 31");
    check("FREQ=MONTHLY;BYMONTHDAY=0", "-1 (the last)");
    check("FREQ=YEARLY;BYMONTH=-1", "from 1 to 12");
    check("FREQ=YEARLY;BYMONTH=MAY", "from 1 to 12");
    check("FREQ=MONTHLY;BYDAY=2XX", "2TU");
    check("FREQ=MONTHLY;BYDAY=TU2", "2TU");
    check("FREQ=MONTHLY;BYDAY=ÉÉ", "2TU");
    check("FREQ=MONTHLY;BYDAY=é", "2TU");
    check("FREQ=MONTHLY;BYDAY=MO,", "2TU");
    check("FREQ=YEARLY;BYDAY=54MO", "2TU");
    check("FREQ=MONTHLY;BYDAY=6MO", "five");
    check("FREQ=WEEKLY;BYDAY=1MO", "number in BYDAY");
    check("FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO", "without numbers");
    check("FREQ=MONTHLY;BYWEEKNO=1", "FREQ=YEARLY");
    check("FREQ=DAILY;BYYEARDAY=1", "FREQ=YEARLY");
    check("FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=MONTHLY");
    check("FREQ=DAILY;BYSETPOS=1", "BYSETPOS needs");
    check("FREQ=DAILY;WKST=1MO", "WKST");
    check(&format!("FREQ=MONTHLY;BYMONTHDAY=1{}", ",1".repeat(400)), "400");
}

#[test]
fn every_expansion_ends_soon() {
    let began = std::time::Instant::now();
    for rule in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=DAILY;BYDAY=MO;BYSETPOS=2",
        "FREQ=YEARLY;BYWEEKNO=1,2,3,-1;BYMONTH=6;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=366",
        "FREQ=DAILY",
        "FREQ=YEARLY;INTERVAL=99999",
        "FREQ=WEEKLY;INTERVAL=99999",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;UNTIL=99991231",
    ] {
        let rule = Rule::parse(rule).unwrap();
        assert!(rule.occurrences(time("19900101T0900"), chicago()).count() <= MAX_STEPS);
    }
    // Some 100 milliseconds unoptimized; a rule that ran to the year 9999 would take minutes.
    assert!(began.elapsed().as_secs() < 10);
    for start in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
        for frequency in ["DAILY", "WEEKLY;WKST=SA", "MONTHLY", "YEARLY;BYWEEKNO=1"] {
            let rule = Rule::parse(&format!("FREQ={frequency};UNTIL=00000101")).unwrap();
            assert!(rule.occurrences(start, chicago()).count() <= MAX_STEPS);
        }
    }
}

/// The same rule in another library's expansion.
fn judged(rule: &str, start: &str, most: usize) -> Vec<String> {
    let parsed = ical::recur::IcalRecurRule::parse(rule).unwrap();
    let start = ical::recur::IcalRecurDateTime::parse(&format!("{start}00")).unwrap();
    let expansion = ical::recur::expand::IcalRecurExpand::new(parsed, start).take_while(|date| date.year < 2060);
    expansion.take(most).map(|date| format!("{:04}{:02}{:02}", date.year, date.month, date.day)).collect()
}

/// Rules of all shapes that occur often enough.
fn any_rule() -> impl Strategy<Value = String> {
    let list =
        |from: i16, to: i16| proptest::collection::vec((from..=to).prop_filter("no zero", |number| *number != 0), 1..5);
    let joined = |numbers: Vec<i16>| numbers.iter().map(i16::to_string).collect::<Vec<_>>().join(",");
    let days = proptest::sample::subsequence(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"], 1..5);
    let nth = proptest::sample::subsequence(vec!["1MO", "-1TU", "5WE", "2TH", "-2FR", "SA"], 1..4);
    let part = move |name: &'static str, from, to| {
        list(from, to).prop_map(move |numbers| format!(";{name}={}", joined(numbers)))
    };
    let week_days = days.prop_map(|days| format!(";BYDAY={}", days.join(",")));
    let nth = nth.prop_map(|days| format!(";BYDAY={}", days.join(",")));
    let maybe = |part: BoxedStrategy<String>| prop_oneof![Just(String::new()), part];
    let month = maybe(part("BYMONTH", 1, 12).boxed());
    let position = maybe(part("BYSETPOS", -3, 3).boxed());
    let body = prop_oneof![
        week_days.clone().prop_map(|days| format!("DAILY{days}")),
        week_days.clone().prop_map(|days| format!("WEEKLY{days}")),
        (prop_oneof![nth.clone().boxed(), week_days.clone().boxed()], position.clone())
            .prop_map(|(a, b)| format!("MONTHLY{a}{b}")),
        (part("BYMONTHDAY", -31, 31), position.clone()).prop_map(|(a, b)| format!("MONTHLY{a}{b}")),
        (nth, month, position).prop_map(|(a, b, c)| format!("YEARLY{a}{b}{c}")),
        part("BYYEARDAY", -366, 366).prop_map(|days| format!("YEARLY{days}")),
        (part("BYWEEKNO", -53, 53), week_days).prop_map(|(a, b)| format!("YEARLY{a}{b}")),
        Just("MONTHLY".to_owned()),
        Just("YEARLY".to_owned()),
    ];
    let week_start = proptest::sample::select(vec!["MO", "SU", "WE"]);
    (body, 1..4, week_start).prop_map(|(body, interval, start)| format!("FREQ={body};INTERVAL={interval};WKST={start}"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn two_expansions_agree(rule in any_rule(), day in 0u64..3000) {
        let start = NaiveDate::from_ymd_opt(2015, 1, 1).unwrap() + chrono::Days::new(day);
        let start = start.format("%Y%m%dT0900").to_string();
        let ours: Vec<String> = dates(&rule, &start, 30).into_iter().filter(|date| date.as_str() < "2060").collect();
        prop_assert_eq!(ours, judged(&rule, &start, 30), "{} from {}", rule, start);
    }

    #[test]
    fn the_canonical_text_is_the_same_rule(rule in any_rule()) {
        let rule = Rule::parse(&rule).unwrap();
        prop_assert_eq!(Rule::parse(&rule.to_string()).unwrap(), rule);
    }

    #[test]
    fn no_text_makes_it_panic(text in "(RRULE:)?FREQ=(DAILY|WEEKLY|YEARLY)(;(BYDAY|UNTIL|BYMONTH|COUNT|é)=[-+0-9A-ZÉ,T]{0,12}){0,3}", any in any::<String>()) {
        let _ = Rule::parse(&any);
        if let Ok(rule) = Rule::parse(&text) {
            let _ = (rule.value(true, chicago()), rule.value(false, chicago()));
            let _ = rule.occurrences(time(START), chicago()).take(3).count();
        }
    }
}
