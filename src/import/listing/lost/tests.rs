//! Tests of events whose head cannot be read.

use super::super::tests::{ONE, source};

/// The titles that are found, and the lines that are told as left out.
fn read(text: &str) -> (Vec<String>, Vec<usize>) {
    let source = source(text);
    let titles = source.found.into_iter().map(|found| found.title).collect();
    (titles, source.left.into_iter().map(|(line, _)| line).collect())
}

const FORM: &str = "Federal Plaza\n\nSupporting Organizations: Beta Group\n\nContact Info:\n\nVisit Organizers' Event Webpage\n\nText of the second.";

#[test]
fn an_event_whose_date_line_cannot_be_read_is_told_and_no_text_of_the_one_before() {
    let line = ONE.lines().count() + 2;
    for date in ["Marhc 20, 2021 - 1 PM", "March 20-21 & 27, 2021", "Next Saturday, at one", "2021-03-20T13:00-05:00"] {
        let text = format!("{ONE}\n\nSecond Thing\n\n{date}\n\n{FORM}\n\nA Third\n\nJune 9, 2019 - 3 PM\n\n{FORM}");
        assert_eq!(read(&text), (vec!["Garden Day".to_owned(), "A Third".to_owned()], vec![line]), "{date}");
        let source = source(&text);
        assert_eq!(source.found[0].description, "Bring gloves.\n\nSign up here: https://example.org/sign-up");
        assert!(source.left[0].1.contains("Second Thing") && source.left[0].1.contains("March 20, 2021 - 1 PM"));
    }
}

#[test]
fn every_such_event_is_told_once() {
    let lost = format!("Second Thing\n\nMarhc 20, 2021 - 1 PM\n\n{FORM}\n\nThird Thing\n\nSomeday in 2021\n\n{FORM}");
    let first = ONE.lines().count() + 2;
    assert_eq!(read(&format!("{ONE}\n\n{lost}")).1, [first, first + 14]);
    assert_eq!(read(&lost).1, [1, 15]);
}

#[test]
fn lines_of_the_form_without_a_date_above_are_told() {
    let text = format!("{ONE}\n\nSecond Thing\n\nWhenever we like\n\n{FORM}");
    let (titles, left) = read(&text);
    assert_eq!((titles.len(), left), (1, vec![ONE.lines().count() + 8]));
}

#[test]
fn what_may_be_the_head_of_an_event_without_the_form_is_told_and_stays_in_the_text() {
    for date in [
        "Marhc 20, 2021 - 1 PM",
        "March 20 - 1 PM",
        "March 20, 2021 - 1 PM - Federal Plaza",
        "March 20, 2021",
        "3/20 1 PM",
        "Saturday the 20th of March",
    ] {
        let text = format!("{ONE}\n\nSecond Thing\n\n{date}\n\nFederal Plaza\n\nText.");
        assert_eq!(read(&text).1, [ONE.lines().count() + 2], "{date}");
        assert!(source(&text).found[0].description.ends_with("Text."), "{date}");
    }
}

#[test]
fn blank_lines_are_not_needed_to_tell_what_is_lost() {
    let form = "Here\nSupporting Organizations: Beta Group\nContact Info: Ana\nText.";
    let text = format!(
        "One\nMarch 20, 2021 - 1 PM\n{form}\nTwo\nMarhc 21, 2021 - 1 PM\n{form}\nThree\nMarch 22, 2021 - 1 PM\n{form}"
    );
    assert_eq!(read(&text), (vec!["One".to_owned(), "Three".to_owned()], vec![7]));
    assert_eq!(source(&text).found[0].description, "Text.");
    let names_last = text.replace("Contact Info: Ana\n", "");
    assert_eq!(read(&names_last), (vec!["One".to_owned(), "Three".to_owned()], vec![6]));
    assert_eq!(source(&names_last).found[0].description, "Text.");
}

#[test]
fn dates_in_a_text_are_not_told() {
    for text in [
        "On these days:\nMay 11, 2018 - 3 PM\nMay 18, 2018 - 3 PM",
        "Come!\n\nFriday, May 4 at 3:30 PM\n\nBring water.",
        "We begin early\nMay 11, 2018\nand end late",
        "It was on March 20, 2021, when 3 of us met at 1 PM",
        "Endorsing organizations:\nBlock Club\nTenants Union",
        "Schedule\n\nSaturday 9 AM\n\nWelcome\n\nSaturday 11 AM\n\nLunch",
    ] {
        assert_eq!(read(&format!("{ONE}\n\n{text}")), (vec!["Garden Day".to_owned()], vec![]), "{text}");
    }
}

#[test]
fn a_title_that_is_too_long_is_told_as_the_reason() {
    let text = format!("{}\n\nMarch 20, 2021 - 1 PM\n\n{FORM}", "long ".repeat(50));
    let source = source(&text);
    assert!(source.found.is_empty() && source.left.len() == 1 && source.left[0].1.contains("200"), "{source:?}");
}

#[test]
fn a_title_may_end_with_a_colon_and_begin_with_what_nobody_sees() {
    let text = format!("{ONE}\n\n\u{200b}Come all:\n\n\u{200e}When: March 20, 2021 - 1 PM, rain or shine\n\n{FORM}");
    assert_eq!(read(&text), (vec!["Garden Day".to_owned(), "Come all:".to_owned()], vec![]));
}
