//! What is written is read back equal, and has no defects.

use proptest::prelude::*;

use super::*;

/// A feed round the lines of one event, for the checker.
fn feed(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Handbill//EN", "BEGIN:VEVENT", "UID:a@example.org"] {
        writer.raw(line);
    }
    writer.raw("DTSTAMP:20210301T000000Z");
    writer.raw("DTSTART:20210308T000000Z");
    write(&mut writer);
    writer.raw("END:VEVENT");
    writer.raw("END:VCALENDAR");
    writer.into_bytes()
}

fn event(bytes: &[u8]) -> Component {
    parse(bytes).unwrap()[0].components[0].clone()
}

fn written(write: impl FnOnce(&mut Writer)) -> String {
    let mut writer = Writer::new();
    write(&mut writer);
    String::from_utf8(writer.into_bytes()).unwrap()
}

#[test]
fn text_is_escaped() {
    let check =
        |value, line: &str| assert_eq!(written(|writer| writer.text("SUMMARY", value)), format!("SUMMARY:{line}\r\n"));
    check("Lori Doesn’t C.A.R.E.S.", "Lori Doesn’t C.A.R.E.S.");
    check("a;b,c\\d:\"e\"", r#"a\;b\,c\\d:"e""#);
    check("a\nb\r\nc\rd\n\re", r"a\nb\nc\nd\n\ne");
    check("a\u{85}b\u{2028}c\u{2029}d", r"a\nb\nc\nd");
    check("a\u{0}b\u{7}c\u{1b}[31md\u{7f}e\u{9b}f\tg", "abc[31mdef g");
    check("a\u{202e}b\u{2066}c\u{feff}d\u{200f}\u{200d}", "abcd\u{200f}\u{200d}");
    check("", "");
}

#[test]
fn raw_values_stay_in_their_line() {
    let check = |value, line: &str| assert_eq!(written(|writer| writer.raw(value)), format!("{line}\r\n"));
    check("URL:https://example.org/?a,b;c", "URL:https://example.org/?a,b;c");
    check("URL:https://example.org/\r\nATTENDEE:x", "URL:https://example.org/ATTENDEE:x");
    check("URL:a\u{2028}b\u{0}c", "URL:abc");
}

#[test]
fn a_list_has_one_line_or_none() {
    assert_eq!(written(|writer| writer.text_list("CATEGORIES", ["a", "b,c", "d"])), "CATEGORIES:a,b\\,c,d\r\n");
    assert_eq!(written(|writer| writer.text_list("CATEGORIES", [])), "");
}

#[test]
fn parameters_are_quoted_where_they_must() {
    let check = |value, line: &str| {
        let text = written(|writer| writer.property("X", &[("P", value), ("Q", "1")], "geo:41.88,-87.63"));
        assert_eq!(text, format!("X;P={line};Q=1:geo:41.88,-87.63\r\n"));
        assert_eq!(
            event(&feed(|writer| writer.property("X", &[("P", value)], "v"))).property("X").unwrap().parameter("P"),
            Some(value)
        );
    };
    check("Federal Plaza", "Federal Plaza");
    check("230 S Dearborn, Chicago", "\"230 S Dearborn, Chicago\"");
    check("a:b;c", "\"a:b;c\"");
    check("the \"L\"\nand ^n", "the ^'L^'^nand ^^n");
}

#[test]
fn lines_are_folded_at_75_octets() {
    let check = |value: &str, lengths: &[usize]| {
        let text = written(|writer| writer.text("X", value));
        let lines: Vec<&str> = text.strip_suffix("\r\n").unwrap().split("\r\n").collect();
        assert_eq!(lines.iter().map(|line| line.len()).collect::<Vec<_>>(), lengths, "{text:?}");
        assert_eq!(event(&feed(|writer| writer.text("X", value))).property("X").unwrap().text(), value);
    };
    check(&"a".repeat(73), &[75]);
    check(&"a".repeat(74), &[75, 2]);
    check(&"a".repeat(73 + 74), &[75, 75]);
    check(&"a".repeat(73 + 75), &[75, 75, 2]);
    // Neither a character, nor an escape, nor an accent, a family or a flag is cut.
    check(&format!("{}é", "a".repeat(72)), &[74, 3]);
    check(&format!("{}🎉", "a".repeat(70)), &[72, 5]);
    check(&format!("{};", "a".repeat(72)), &[74, 3]);
    check(&format!("{}\\", "a".repeat(72)), &[74, 3]);
    check(&format!("{}\n", "a".repeat(71)), &[75]);
    check(&format!("{}e\u{301}", "a".repeat(72)), &[74, 4]);
    check(&format!("{}👩‍👧", "a".repeat(68)), &[70, 12]);
    check(&format!("{}🇲🇽", "a".repeat(66)), &[68, 9]);
    check(&format!("{}🇲🇽🇺🇸", "a".repeat(62)), &[72, 9]);
    // More accents than a line holds are cut like any text, after a try to keep them whole.
    check(&format!("e{}", "\u{301}".repeat(60)), &[2, 74, 49]);
}

#[test]
fn reading_is_tolerant() {
    let check = |bytes: &[u8]| {
        let calendar = &parse(bytes).unwrap()[0];
        let summary = calendar.components[0].property("SUMMARY").unwrap();
        assert_eq!((calendar.name.as_str(), summary.text().as_str()), ("VCALENDAR", "one, two"), "{bytes:?}");
    };
    check(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:one\\, two\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    check(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:one\\, two\nEND:VEVENT\nEND:VCALENDAR");
    check(b"BEGIN:VCALENDAR\rBEGIN:VEVENT\rSUMMARY:one\\, two\rEND:VEVENT\rEND:VCALENDAR\r");
    check(b"\xef\xbb\xbf\r\n\r\nbegin:vcalendar \nBegin:VEvent\nsummary;x=\"a:b\":one\\,\n\t two\n\nend:vevent\n");
    check(b"stray\nEND:VEVENT\nBEGIN:VCALENDAR\nnothing\nBEGIN:VEVENT\nSUMMARY:one\\, two\nEND:VTODO\nEND:VCALENDAR\n");
}

#[test]
fn folds_inside_characters_are_mended() {
    assert_eq!(lines(b"A:\xc3\r\n \xa9\r\nB:\xff").collect::<Vec<_>>(), ["A:é", "B:\u{fffd}"]);
}

#[test]
fn escapes_are_undone() {
    for (value, text) in [(r"a\nb\Nc\\n\;\,", "a\nb\nc\\n;,"), (r"\x\", "x\\"), ("", ""), (r"\é", "é")] {
        assert_eq!(unescape(value), text);
    }
}

#[test]
fn reading_is_bounded() {
    assert_eq!(parse("BEGIN:A\n".repeat(100_000).as_bytes()), Err(Unreadable::Depth));
    assert_eq!(parse("BEGIN:A\nEND:A\n".repeat(200_001).as_bytes()), Err(Unreadable::Components));
    let parameters = format!("BEGIN:A\nB{}:c\n", ";P=q".repeat(101));
    assert_eq!(parse(parameters.as_bytes()), Err(Unreadable::Properties));
}

#[test]
fn a_sound_feed_has_no_defects() {
    assert_eq!(defects(&feed(|writer| writer.text("SUMMARY", "März, 8"))), Vec::<String>::new());
}

#[test]
fn defects_are_found() {
    let good = String::from_utf8(feed(|writer| writer.text("DESCRIPTION", "one"))).unwrap();
    let check = |from: &str, to: &str, word: &str| {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        let found = defects(bad.as_bytes());
        assert!(found.iter().any(|defect| defect.contains(word)), "{word}: {found:?}");
    };
    check("\r\nVERSION", "\nVERSION", "control");
    check("END:VCALENDAR\r\n", "END:VCALENDAR", "CR LF");
    check(":one", &format!(":{}", "x".repeat(64)), "octets");
    check(":one", ":o\u{7}ne", "control");
    check(":one", ":o\u{2028}ne", "must not");
    check(":one", ":one\\\r\n n", "escape");
    check(":one", r":o\x", "not escaped");
    check(":one", ":o,ne", "not escaped");
    check(":one", ":o;ne", "not escaped");
    check(":one", ":one\r\n\r\nX:y", "empty");
    check(":one", ":one\r\nnonsense", "no content line");
    check("END:VEVENT\r\n", "", "without an END");
    check("END:VCALENDAR\r\n", "END:VCALENDAR\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "one VCALENDAR");
    check("VERSION:2.0\r\n", "", "VERSION");
    check("VERSION:2.0\r\n", "VERSION:2.0\r\nMETHOD:PUBLISH\r\n", "METHOD");
    check("UID:a@example.org\r\n", "", "UID");
    check("DTSTAMP:20210301T000000Z\r\n", "", "DTSTAMP");
    check("0301T000000Z", "0301T000000", "floating");
    check("DTSTART:20210308T000000Z\r\n", "", "DTSTART");
    check("DTSTART:20210308T000000Z", "DTSTART:20210308T000000", "floating");
    check("DTSTART:20210308T000000Z", "DTSTART;TZID=America/Chicago:20210308T000000", "no VTIMEZONE");
    check("DESCRIPTION", "DTEND:20210308T000000Z\r\nDESCRIPTION", "not after");
    check("DESCRIPTION", "DTEND;VALUE=DATE:20210309\r\nDESCRIPTION", "not of the kind");
    check("DESCRIPTION", "DTEND:20210309\r\nDESCRIPTION", "no date or time");
    check("DESCRIPTION", "URL:a\r\nURL:b\r\nDESCRIPTION", "more than one URL");
    check("DESCRIPTION", "ATTENDEE:mailto:a@b\r\nDESCRIPTION", "ATTENDEE");
    check("DESCRIPTION", "BEGIN:VALARM\r\nEND:VALARM\r\nDESCRIPTION", "VALARM");
    let twice = good.find("BEGIN:VEVENT").unwrap()..good.find("END:VCALENDAR").unwrap();
    check("BEGIN:VEVENT", &format!("{}BEGIN:VEVENT", &good[twice]), "twice");
    assert!(!defects(b"A:\xc3\r\n \xa9\r\n").is_empty());
    assert!(!defects(b"").is_empty());
}

/// Texts with the characters that matter, dense.
fn hostile() -> impl Strategy<Value = String> {
    let special = proptest::sample::select(
        "\\;,:\"^\r\n\t\0\u{7f}\u{85}\u{2028}\u{202e}\u{feff}né🎉\u{301}\u{200d}🇺 aZ".chars().collect::<Vec<_>>(),
    );
    proptest::collection::vec(prop_oneof![3 => special, 1 => any::<char>()], 0..400).prop_map(String::from_iter)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_reads_back_as_it_was_cleaned(text in hostile()) {
        let bytes = feed(|writer| {
            writer.text("DESCRIPTION", &text);
            writer.text_list("CATEGORIES", [text.as_str(), "b"]);
            writer.raw(&format!("X-RAW:{text}"));
        });
        prop_assert_eq!(defects(&bytes), Vec::<String>::new());
        prop_assert_eq!(event(&bytes).property("DESCRIPTION").unwrap().text(), clean(&text));
    }

    #[test]
    fn any_parameter_reads_back_as_it_was_cleaned(text in hostile()) {
        let bytes = feed(|writer| writer.property("X-PLACE", &[("X-TITLE", &text), ("Q", "1")], &text));
        prop_assert_eq!(defects(&bytes), Vec::<String>::new());
        let event = event(&bytes);
        let property = event.property("X-PLACE").unwrap();
        prop_assert_eq!(property.parameter("X-TITLE").unwrap(), clean(&text));
        prop_assert_eq!(property.parameter("Q"), Some("1"));
        prop_assert_eq!(property.value.as_str(), clean(&text).replace('\n', ""));
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..500), text in hostile()) {
        let _ = (parse(&bytes), defects(&bytes), parse(text.as_bytes()), defects(text.as_bytes()));
        let inside = feed(|writer| writer.raw(&text));
        prop_assert!(parse(&inside).is_ok());
    }

    #[test]
    fn cleaning_twice_changes_nothing(text in hostile()) {
        let once = clean(&text).into_owned();
        prop_assert_eq!(clean(&once), once.as_str());
    }
}
