//! Bodies that are no calendar, are cut, or are made to harm.
use super::*;
use crate::partner::Class;

fn check(body: &str, expected: Result<usize, Class>) {
    let found = adopted_by(&partner(), body.as_bytes());
    assert_eq!(found.map(|adopted| adopted.events.len()).map_err(|fault| fault.class), expected, "{body:.200}");
}

const GOOD: &str = "BEGIN:VEVENT\nUID:good\nDTSTART:20210301\nEND:VEVENT";

#[test]
fn what_is_no_calendar_is_refused() {
    for body in ["", " \r\n\t\r\n", "<html>BEGIN:VCALENDAR</html>", "{\"error\":1}", GOOD, "BEGIN:VCARD\nEND:VCARD"] {
        check(body, Err(Class::NotCalendar));
    }
    check(&calendar("BEGIN:VEVENT\nUID:a\nDTSTART:{{ start }}\nEND:VEVENT"), Err(Class::NotCalendar));
    check(&calendar(""), Ok(0));
    check(&format!("<br />\n<b>Warning</b>\n{}<script>", calendar(GOOD)), Ok(1));
}

#[test]
fn what_is_cut_is_refused() {
    let whole = calendar(GOOD);
    check(&whole.replace("END:VCALENDAR\n", ""), Err(Class::Truncated));
    check(whole.trim_end_matches("R\n"), Err(Class::Truncated));
    check(whole.trim_end(), Ok(1));
    let unclosed = |count| calendar(&"BEGIN:VEVENT\nDTSTART:20210301\n".repeat(count));
    check(&unclosed(1), Ok(1));
    check(&unclosed(2), Err(Class::Truncated));
    check(&calendar(&format!("BEGIN:VEVENT\nDTSTART:20210301\n{GOOD}")), Ok(1));
}

#[test]
fn limits_hold_for_the_whole_body() {
    let nested =
        |depth: usize| calendar(&format!("{}{GOOD}\n{}", "BEGIN:X-A\n".repeat(depth), "END:X-A\n".repeat(depth)));
    check(&nested(4), Err(Class::Limits));
    check(&calendar(&format!("{}{}{GOOD}", "BEGIN:X-A\n".repeat(3), "END:X-A\n".repeat(3))), Ok(1));
    let many = |count| calendar(&"BEGIN:VEVENT\nDTSTART:20210301\nEND:VEVENT\n".repeat(count));
    check(&many(10_000), Ok(10_000));
    check(&many(10_001), Err(Class::Limits));
}

#[test]
fn every_form_of_the_lines_is_read() {
    for body in [
        calendar(GOOD).replace('\n', "\r\n"),
        calendar(GOOD).replace('\n', "\r"),
        calendar(GOOD).replace('\n', "\n\n"),
        calendar(GOOD).replace("BEGIN:VEVENT", "begin:vevent ").replace("DTSTART", "dtstart"),
        format!("\u{feff}{}", calendar(GOOD)),
        calendar(GOOD).replace("UID", "ATTENDEE;CN=\"a:x\n:\n=;:\nUID"),
        format!("{}{}", calendar(""), calendar(GOOD)),
    ] {
        check(&body, Ok(1));
    }
}

/// Pieces of which bodies are made that look like calendars.
const PIECES: [&str; 40] = [
    "BEGIN:VCALENDAR\r\n",
    "END:VCALENDAR\r\n",
    "BEGIN:VEVENT\n",
    "END:VEVENT\n",
    "BEGIN:VTIMEZONE\nTZID:Z\n",
    "END:VTIMEZONE\n",
    "BEGIN:STANDARD\n",
    "END:STANDARD\n",
    "TZOFFSETFROM:+0100\nTZOFFSETTO:-1530\n",
    "DTSTART:20210314T023000\n",
    "DTSTART;TZID=America/Chicago:20211107T013000\n",
    "DTSTART;VALUE=DATE:19000101\n",
    "DTSTART;TZID=Z:22001231T235959\n",
    "DTEND:22001231T235959Z\n",
    "DURATION:P9999DT86399S\n",
    "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29\n",
    "RRULE:FREQ=DAILY;BYHOUR=1,2;COUNT=99\n",
    "RRULE:FREQ=WEEKLY;UNTIL=20210401\n",
    "RRULE:FREQ=MINUTELY;COUNT=9\n",
    "RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=-1\n",
    "EXDATE:20210315T023000\n",
    "RDATE;VALUE=PERIOD:20210401T000000Z/P1D\n",
    "RECURRENCE-ID:20210315T023000\n",
    "RECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20210316\n",
    "UID:a\n",
    "UID:12\n",
    "UID:é\n",
    "SUMMARY:<b>é &amp; \\n\\",
    "\n ",
    "\r",
    "\0",
    "\u{202e}",
    "DESCRIPTION:<a href='https://x.example'>&lt;p&gt;",
    "SEQUENCE:9\n",
    "CATEGORIES:a\\,b,,<i>\n",
    "URL:https://é@x.example/ \"\n",
    "LOCATION;ENCODING=QUOTED-PRINTABLE:=C3=\n",
    "STATUS:CANCELED\n",
    "CLASS:PRIVATE\n",
    "X-WR-TIMEZONE:Europe/London\n",
];

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![9 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned), 1 => "\\PC{0,9}"];
    let inside = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
    inside.prop_map(|inside| format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{inside}\nEND:VEVENT\nEND:VCALENDAR\n"))
}

/// Whatever is adopted, it keeps the promises of [`Event`].
fn holds(adopted: &Adopted) {
    for event in &adopted.events {
        let details = std::iter::once(&event.details).chain(event.changes.iter().map(|change| &change.details));
        for details in details {
            assert!(!details.title.is_empty() && !details.title.contains('\n'));
            assert_eq!(clean(&details.title), details.title);
            assert_eq!(clean(&details.description), details.description);
            assert!(details.when.end(home()) > details.when.start().instant(home()));
        }
        assert!(event.changes.is_sorted_by(|a, b| a.of < b.of));
        if let Some(recurrence) = &event.recurrence {
            assert!(recurrence.extra.is_sorted_by(|a, b| a < b) && recurrence.excluded.is_sorted_by(|a, b| a < b));
        }
    }
    let _ = occurring(adopted);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_calendar_makes_it_panic(body in pieces()) {
        if let Ok(adopted) = adopted_by(&partner(), body.as_bytes()) {
            holds(&adopted);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 0..200_usize) {
        let mut body = calendar(GOOD).into_bytes();
        let at = cut.min(body.len());
        body.splice(at..at, bytes.iter().copied());
        for body in [bytes, body] {
            if let Ok(adopted) = adopted_by(&partner(), &body) {
                holds(&adopted);
            }
        }
    }
}
