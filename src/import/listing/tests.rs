//! Tests of listings: where events begin and end, and what is in them.

use super::*;

fn zone() -> Zone {
    Zone::parse("America/Chicago").unwrap()
}

pub(super) fn source(text: &str) -> Source {
    read(text, &mut Known::default(), zone())
}

fn titles(text: &str) -> Vec<String> {
    source(text).found.into_iter().map(|found| found.title).collect()
}

pub(super) const ONE: &str = "Garden Day\n\nMay 4, 2018 - 3:30 PM - 5:30 PM\n\nUnity Park, 2636 N Kimball Ave\n\nSupporting Organizations: Block Club, Garden Project\n\nContact Info: Ana, ana@example.org\n\nVisit Organizers' Event Webpage for Most Up-To-Date Info: https://example.org/garden.\n\nBring gloves.\n\n\n\nSign up here: https://example.org/sign-up";

#[test]
fn all_parts_are_read() {
    let found = &source(ONE).found[0];
    assert_eq!((found.title.as_str(), found.line), ("Garden Day", 1));
    assert_eq!(found.place.as_deref(), Some("Unity Park, 2636 N Kimball Ave"));
    assert_eq!(found.organizations, ["Block Club", "Garden Project"]);
    assert_eq!(found.contact.as_deref(), Some("Ana, ana@example.org"));
    assert_eq!(found.url.as_deref(), Some("https://example.org/garden"));
    assert_eq!(found.signup.as_deref(), Some("https://example.org/sign-up"));
    assert_eq!(found.description, "Bring gloves.\n\nSign up here: https://example.org/sign-up");
    assert!(found.end.is_some() && found.doubts.is_empty(), "{found:?}");
}

#[test]
fn every_part_but_title_and_date_may_be_missing() {
    let found = &source("Walk\n\nMay 4, 2018 - noon").found[0];
    assert_eq!((&found.place, &found.organizations, found.description.as_str()), (&None, &vec![], ""));
    let found = &source("Walk\nMay 4, 2018 - noon\nBring water, and a friend. We walk far.").found[0];
    assert_eq!((&found.place, found.description.as_str()), (&None, "Bring water, and a friend. We walk far."));
    let found = &source("Walk\n\nMay 4, 2018 - noon\n\nSupporting Organizations:\n\nBlock Club\nGarden Project\n\nContact Info:\n\nVisit Organizers’ Event Webpage\n\nText.").found[0];
    assert_eq!((found.organizations.len(), found.description.as_str()), (2, "Text."));
}

#[test]
fn a_title_may_tell_the_date() {
    assert_eq!(titles("Vigil March 20, 2021\n\nMarch 20, 2021 - 1 PM\n\nHere"), ["Vigil March 20, 2021"]);
}

#[test]
fn date_and_time_may_have_a_line_each_and_dates_several() {
    let form = "Where: Unity Park\n\nSupporting Organizations: Block Club\n\nText.";
    let one = source("Walk\n\nMay 4, 2018 - 3 PM - 5 PM\n\nText.").found.remove(0);
    let two = source(&format!("Walk\n\nMay 4, 2018\nTime: 3 - 5 PM\n{form}")).found.remove(0);
    assert_eq!((two.start, two.end, two.place.as_deref()), (one.start, one.end, Some("Unity Park")));
    assert_eq!(two.doubts, []);
    let several =
        source(&format!("Walk\n\nMay 4, 2018 - 3 PM\nMay 11, 2018 - 3 PM\nMay 4, 2018 - 3 PM\nMay 18, 2018\n{form}"))
            .found
            .remove(0);
    assert_eq!((several.extra.len(), several.doubts.len()), (1, 2), "{several:?}");
    assert_eq!(several.organizations, ["Block Club"]);
}

/// Place, organizations, description and the keys of the doubts.
fn parts(form: &str) -> (Option<String>, Vec<String>, String, Vec<&'static str>) {
    let mut source = source(&format!("Walk\n\nMay 4, 2018 - noon\n\n{form}"));
    assert_eq!(source.left, [], "{form}");
    let found = source.found.remove(0);
    let doubts = found.doubts.iter().map(|doubt| doubt.key).collect();
    (found.place, found.organizations, found.description, doubts)
}

#[test]
fn a_place_may_have_several_lines() {
    let form = "Supporting Organizations: Block Club\n\nText.";
    let (place, organizations, text, doubts) = parts(&format!("Unity Park\n2636 N Kimball Ave\nChicago, IL\n\n{form}"));
    assert_eq!(place.as_deref(), Some("Unity Park, 2636 N Kimball Ave, Chicago, IL"));
    assert_eq!((organizations, text.as_str(), doubts), (vec!["Block Club".to_owned()], "Text.", vec![]));
    let (place, _, _, doubts) = parts(&format!("Unity Park\n\nNorth entrance\n\n{form}"));
    assert_eq!((place.as_deref(), doubts), (Some("Unity Park, North entrance"), vec!["location"]));
}

#[test]
fn a_first_line_that_may_be_text_is_a_place_with_a_doubt() {
    assert_eq!(parts("Bring your kids\n\nText.").3, ["location"]);
    for place in ["Online", "The Library of Us", "100 w randolph"] {
        assert_eq!(parts(&format!("{place}\n\nText.")).3, Vec::<&str>::new(), "{place}");
    }
}

#[test]
fn names_may_stand_below_their_heading_with_blank_lines_between() {
    for list in [
        "- Block Club\n\n- Garden Project",
        "Block Club\n\nGarden Project\n\nVisit Organizers' Event Webpage",
        "* Block Club\n* Garden Project",
    ] {
        let (_, organizations, text, doubts) =
            parts(&format!("Here\n\nSupporting Organizations:\n\n{list}\n\nText is this."));
        assert_eq!(organizations, ["Block Club", "Garden Project"], "{list}");
        assert_eq!((text.as_str(), doubts), ("Text is this.", vec![]), "{list}");
    }
}

#[test]
fn lines_right_below_names_are_names_only_where_the_form_goes_on() {
    let (_, organizations, text, doubts) =
        parts("Here\n\nSupporting Organizations: Block Club\nBring kids, dogs\n\nText.");
    assert_eq!((organizations.len(), text.as_str(), doubts), (1, "Bring kids, dogs\n\nText.", vec!["supporters"]));
    let (_, organizations, text, doubts) =
        parts("Here\n\nSupporting Organizations: Block Club\nGarden Project\n\nContact Info: Ana\n\nText.");
    assert_eq!((organizations.len(), text.as_str(), doubts), (2, "Text.", vec!["supporters"]));
    let (_, organizations, text, doubts) = parts(
        "Here\n\nSupporting Organizations:\nBlock Club\nGarden Project\nCome all and bring your friends!\n\nText.",
    );
    assert_eq!(organizations, ["Block Club", "Garden Project"]);
    assert_eq!((text.as_str(), doubts), ("Come all and bring your friends!\n\nText.", vec!["supporters"]));
}

#[test]
fn as_many_events_as_there_are() {
    assert_eq!(
        titles(&format!("{ONE}\n\nA Second\n\nJune 9, 2019 - 3:30 pm\n\nHere\n\nText.")),
        ["Garden Day", "A Second"]
    );
    assert_eq!(titles(&format!("{ONE}\r\n\r\n\u{feff}{ONE}")), ["Garden Day", "Garden Day"]);
    assert_eq!(titles(""), Vec::<String>::new());
}

#[test]
fn dates_in_a_text_begin_no_event() {
    let text = format!(
        "{ONE}\n\nOther dates:\nMay 11, 2018 - 3 PM\nMay 18, 2018 - 3 PM\n\nWe begin early\nMay 11, 2018\nand end late"
    );
    assert_eq!(titles(&text), ["Garden Day"]);
}

#[test]
fn what_cannot_be_read_is_told() {
    let source = source(
        "Old news\n\nNo Such Day\n\nFebruary 30, 2018 - 3 PM\n\nHere\n\nLost Hour\n\nMarch 14, 2021 - 2:30 AM\n\nThere",
    );
    assert_eq!(source.found, []);
    let left: Vec<_> = source.left.iter().map(|(line, _)| *line).collect();
    assert_eq!(left, [1, 3, 9], "{source:?}");
}

#[test]
fn a_date_without_a_year_is_told() {
    let source = source("Walk\n\nMay 4 - noon\n\nHere\n\nSupporting Organizations: Block Club\n\nText");
    assert_eq!((source.found.len(), source.left.len()), (0, 1), "{source:?}");
}

#[test]
fn hosts_are_found_in_the_text_where_only_sponsors_are_listed() {
    let text = "Rally\n\nMay 4, 2018 - noon\n\nHere\n\nSupporting Organizations: Co-Sponsoring Organizations: Block Club, Garden Project\n\nThe Safety Foundation and the Better Coalition together with 65 others invite you to a rally.";
    let found = &source(text).found[0];
    assert_eq!(found.organizations, ["Safety Foundation", "Better Coalition", "Block Club", "Garden Project"]);
    assert_eq!(found.doubts.len(), 1);
    let found = &source(&text.replace("invite you", "welcome you")).found[0];
    assert_eq!((found.organizations.len(), found.doubts.len()), (2, 1));
}

#[test]
fn a_list_in_the_text_adds_supporters() {
    let text = format!("{ONE}\n\nEndorsing organizations:\nTenants Union\nSOUL (Southsiders)\n\nCome.");
    let found = &source(&text).found[0];
    assert_eq!(found.organizations, ["Block Club", "Garden Project", "Tenants Union", "SOUL (Southsiders)"]);
    assert_eq!(found.doubts.len(), 1);
}

#[test]
fn long_texts_are_cut_and_told() {
    let found = &source(&format!("{ONE}\n\n{}", "long ".repeat(5_000))).found[0];
    assert_eq!((found.description.chars().count(), found.doubts.len()), (20_000, 1));
}
