//! What is told about times and series that are wrong.

use super::*;

fn check_times(lines: &str, expected: &[&str]) {
    check(&format!("[[event]]\nid = \"a\"\ntitle = \"A\"\ndescription = \"D\"\n{lines}\n"), expected);
}

#[test]
fn starts() {
    check_times(
        "start = 2021-03-14T02:30",
        &[
            "5:9: error: 2021-03-14T02:30 does not exist: the clocks go forward then; write 2021-03-14T02:30:00-06:00 (which is 2021-03-14T03:30) or 2021-03-14T02:30:00-05:00 (which is 2021-03-14T01:30)",
        ],
    );
    check_times(
        "start = 2021-11-07T01:30",
        &[
            "5:9: error: 2021-11-07T01:30 occurs twice: the clocks go back then; write 2021-11-07T01:30:00-05:00 (the first, daylight time) or 2021-11-07T01:30:00-06:00 (the second, standard time)",
        ],
    );
    check_times(
        "start = 18:00",
        &["5:9: error: this is a time without a date; write the date as well: 2021-03-23T18:00"],
    );
    check_times(
        "start = 2021-03-14T24:00",
        &["5:9: error: this date or time does not exist; midnight is 00:00 of the next day"],
    );
    check_times(
        "start = 2021-02-29",
        &["5:9: error: this date or time does not exist; check the day of the month and the time of day"],
    );
    check_times(
        "start = 2021-03-14T10:00:60",
        &["5:9: error: this time of day does not exist; hours go from 00 to 23, minutes and seconds from 00 to 59"],
    );
    check_times("start = 1969-12-31", &["5:9: error: the year 1969 is not between 1970 and 2199"]);
    check_times("start = 2200-01-01T10:00", &["5:9: error: the year 2200 is not between 1970 and 2199"]);
    check_times(
        "end = 2021-01-01",
        &["5:7: error: the event has no `start`; write when it begins: start = 2021-03-23T18:00"],
    );
}

#[test]
fn ends() {
    check_times(
        "start = 2021-03-14T18:00\nend = 2021-03-14T16:00",
        &["6:7: error: the event ends (2021-03-14T16:00) before it begins (2021-03-14T18:00)"],
    );
    check_times(
        "start = 2021-03-14T18:00\nend = 2021-03-14T18:00",
        &["6:7: error: the event ends (2021-03-14T18:00) when it begins (2021-03-14T18:00)"],
    );
    check_times(
        "start = 2021-03-14\nend = 2021-03-13",
        &["6:7: error: the event ends (2021-03-13) before it begins (2021-03-14)"],
    );
    check_times(
        "start = 2021-03-14\nend = 2021-03-14T18:00",
        &[
            "6:7: error: `start` is a date, and `end` has a time of day; write both as dates (`end` is the last day: 2021-03-14), or both with a time",
        ],
    );
    check_times(
        "start = 2021-03-14T18:00\nend = 2021-03-15",
        &[
            "6:7: error: `start` has a time of day, and `end` is only a date; write the time at which it ends, such as 2021-03-15T20:00",
        ],
    );
    check_times(
        "start = 2021-03-14T18:00\nend = 20:00",
        &["6:7: error: `end` is a time without a date; write 2021-03-14T20:00"],
    );
    check_times(
        "start = 2021-03-14T18:00\nend = 02:00",
        &["6:7: error: `end` is a time without a date; write 2021-03-15T02:00"],
    );
    check_times(
        "start = 2021-03-14T18:00\nend = 2021-03-14T20:00\nduration = \"2h\"",
        &["7:12: error: the event has both `end` and `duration`; write only one of them"],
    );
    check_times(
        "start = 2021-03-14T18:00\nduration = \"two\"",
        &["6:12: error: the duration “two” is no length of time; write a number and a unit, such as \"1h 30m\""],
    );
    check_times(
        "start = 2021-03-14\nduration = \"2h\"",
        &[
            "6:12: error: the event begins on a whole day, and its duration is not in whole days; write \"1 day\", or a `start` with a time of day: 2021-03-23T18:00",
        ],
    );
    check_times(
        "start = 2021-03-14T02:30\nend = 2021-11-07T01:30",
        &[
            "5:9: error: 2021-03-14T02:30 does not exist: the clocks go forward then; write 2021-03-14T02:30:00-06:00 (which is 2021-03-14T03:30) or 2021-03-14T02:30:00-05:00 (which is 2021-03-14T01:30)",
            "6:7: error: 2021-11-07T01:30 occurs twice: the clocks go back then; write 2021-11-07T01:30:00-05:00 (the first, daylight time) or 2021-11-07T01:30:00-06:00 (the second, standard time)",
        ],
    );
}

#[test]
fn series() {
    check_event(
        "rrule = \"FREQ=WEKLY\"",
        &[
            "6:9: error: the rrule “FREQ=WEKLY” cannot be read: FREQ=WEKLY: write DAILY, WEEKLY, MONTHLY or YEARLY; write a rule of iCalendar such as \"FREQ=WEEKLY;BYDAY=TU;COUNT=10\"",
        ],
    );
    check_event(
        "rrule = \"FREQ=WEEKLY;BYDAY=WE\"",
        &[
            "6:9: error: the start, 2021-03-23T18:00, is no occurrence of the rrule; its first occurrence is 2021-03-24T18:00: write start = 2021-03-24T18:00, or another rule",
        ],
    );
    check_event(
        "rrule = \"FREQ=WEEKLY;UNTIL=20200101\"",
        &["6:9: error: the rrule never occurs; check UNTIL and the days that it names"],
    );
    check_event(
        "rrule = \"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\"",
        &["6:9: error: the rrule never occurs; check UNTIL and the days that it names"],
    );
    check_event(
        "rrule = \"FREQ=WEEKLY;COUNT=2\"\nexcluded_dates = [2021-03-23, 2021-03-30]",
        &["6:9: error: every occurrence is excluded; delete the event, or write status = \"cancelled\""],
    );
    check_event(
        "rrule = \"FREQ=WEEKLY\"\nexcluded_dates = [2021-03-24, 2021-03-30T19:00, 10:00]",
        &[
            "7:19: error: the event has no occurrence on 2021-03-24; the nearest ones are 2021-03-23T18:00 and 2021-03-30T18:00",
            "7:31: error: the event has no occurrence on 2021-03-30T19:00; the nearest ones are 2021-03-30T18:00 and 2021-04-06T18:00",
            "7:49: error: this is a time without a date; write the date as well: 2021-03-23T18:00",
        ],
    );
    check_event(
        "rrule = \"FREQ=WEEKLY;COUNT=2\"\nexcluded_dates = [2031-03-24]",
        &["7:19: error: the event has no occurrence on 2031-03-24; the nearest one is 2021-03-30T18:00"],
    );
    check_event(
        "rrule = \"FREQ=WEEKLY\"\nextra_dates = [2021-03-22, 2021-03-30, 2021-03-31, 2021-03-31]",
        &[
            "7:16: error: the extra date 2021-03-22T18:00 is not after the start, 2021-03-23T18:00; make the earliest date the start",
            "7:28: warning: 2021-03-30T18:00 is an occurrence already; delete it",
            "7:52: warning: 2021-03-31T18:00 is an occurrence already; delete it",
        ],
    );
    check_event(
        "excluded_dates = [2021-03-23]",
        &[
            "6:19: error: the event does not repeat, so it can have no `excluded_dates`; write how it repeats, rrule = \"FREQ=WEEKLY\", or change the event itself",
        ],
    );
    check_event(
        "[[event.change]]\non = 2021-03-23",
        &[
            "6:1: error: the event does not repeat, so it can have no `[[event.change]]`; write how it repeats, rrule = \"FREQ=WEEKLY\", or change the event itself",
        ],
    );
    check_times(
        "start = 2021-03-20\nrrule = \"FREQ=WEEKLY\"\nexcluded_dates = [2021-03-27T10:00]",
        &["7:19: error: the event is on whole days, and this has a time of day; write 2021-03-27"],
    );
    check_times(
        "start = 2021-03-07T02:30\nrrule = \"FREQ=WEEKLY\"",
        &[
            "6:9: warning: the occurrence 2021-03-14T02:30 does not exist: the clocks change then; exclude it, or give it a start of its own with [[event.change]]",
        ],
    );
    check_times(
        "start = 2021-10-31T01:30\nrrule = \"FREQ=WEEKLY\"",
        &[
            "6:9: warning: the occurrence 2021-11-07T01:30 occurs twice: the clocks change then; exclude it, or give it a start of its own with [[event.change]]",
        ],
    );
    check_times(
        "start = 2021-03-07T02:30\nrrule = \"FREQ=WEEKLY\"\nexcluded_dates = [2021-03-14]\n[[event.change]]\non = 2022-03-13\nstart = 2022-03-13T03:30",
        &[
            "6:9: warning: the occurrence 2023-03-12T02:30 does not exist: the clocks change then; exclude it, or give it a start of its own with [[event.change]]",
        ],
    );
}

#[test]
fn changes() {
    let weekly = |lines: &str| format!("rrule = \"FREQ=WEEKLY\"\nexcluded_dates = [2021-04-06]\n{lines}");
    let check = |lines: &str, expected: &[&str]| check_event(&weekly(lines), expected);
    check(
        "[[event.change]]\ntitle = \"B\"",
        &["8:1: error: the change has no `on`; write which occurrence it changes: on = 2021-03-23"],
    );
    check(
        "[[event.change]]\non = 2021-03-31\n[[event.change]]\non = 2021-03-30T10:00",
        &[
            "9:6: error: the event has no occurrence on 2021-03-31; the nearest ones are 2021-03-30T18:00 and 2021-04-06T18:00",
            "11:6: error: the event has no occurrence on 2021-03-30T10:00; the nearest ones are 2021-03-23T18:00 and 2021-03-30T18:00",
        ],
    );
    check(
        "[[event.change]]\non = 2021-04-06",
        &[
            "9:6: error: the occurrence 2021-04-06T18:00 is excluded, so it cannot be changed; delete it from `excluded_dates`, or delete this change",
        ],
    );
    check(
        "[[event.change]]\non = 2021-03-30\n[[event.change]]\non = 2021-03-30T18:00",
        &["11:6: error: this occurrence is changed twice; write one `[[event.change]]` for it"],
    );
    check(
        "[[event.change]]\non = 2021-03-30\nstart = 2021-03-31",
        &["10:9: error: the series has times of day, and this is only a date; write 2021-03-31T18:00"],
    );
    check(
        "[[event.change]]\non = 2021-03-30\nend = 2021-03-30T17:00",
        &["10:7: error: the event ends (2021-03-30T17:00) before it begins (2021-03-30T18:00)"],
    );
    check(
        "[[event.change]]\non = 2021-03-30\nstart = 2021-03-30T19:00\nend = 2021-03-30T18:00",
        &["11:7: error: the event ends (2021-03-30T18:00) before it begins (2021-03-30T19:00)"],
    );
    check(
        "[[event.change]]\non = 2021-03-30\nvenue = \"x\"\nlocation = \"y\"\nreason = \"z\"\nsupporters = []\nurl = \"q\"",
        &[
            "11:12: error: the event has both `venue` and `location`; write only one of them; the venue brings its name and address",
            "12:10: warning: there is a reason, but the event is neither cancelled nor postponed; write status = \"cancelled\" or status = \"postponed\"",
            "13:1: error: unknown key `supporters`; the keys here are `on`, `title`, `description`, `reason`, `start`, `end`, `duration`, `venue`, `location`, `url`, `signup`, `contact`, `status`",
            "14:7: error: the url “q” is no http or https link; write a link such as \"https://example.org/page\"",
        ],
    );
    check(
        "[[event.change]]\non = 2021-03-30\n[event.change.fr]\ntitle = \"x\"",
        &["10:15: error: `fr` is no language of this calendar; its languages besides the main one are `es`"],
    );
}

#[test]
fn a_series_has_no_form_for_the_second_pass_of_an_hour() {
    let begins = "an event that begins in the second pass of the hour that the autumn repeats cannot repeat; begin in the first pass, or write each date as an event";
    check_times("start = 2021-11-07T01:45:00-06:00\nrrule = \"FREQ=WEEKLY\"", &[&format!("6:9: error: {begins}")]);
    let extra = "an extra date cannot begin in the second pass of the hour that the autumn repeats; write it as an event of its own";
    check_times(
        "start = 2021-11-01T18:00\nextra_dates = [2021-11-07T01:45:00-06:00]",
        &[&format!("6:16: error: {extra}")],
    );
}
