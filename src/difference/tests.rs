//! What editors change, and what is told of it.

use super::*;
use crate::catalog::{assemble, parse};
use crate::config;
use crate::problem::Source;

const RALLY: &str = "[organization]\nname = \"Tenants\"\n\n[[event]]\nid = \"rally\"\ntitle = \"Rally\"\nstart = 2031-03-23T18:00\nend = 2031-03-23T20:00\nlocation = \"Daley Plaza\"\nsupporters = [\"Pilsen Alliance\"]\ntags = [\"housing\"]\n";
const VIGIL: &str = "\n[[event]]\nid = \"vigil\"\ntitle = \"Vigil\"\nstart = 2020-01-05T18:00\n";

fn catalog(texts: &[(&str, &str)], previous: Option<&Catalog>) -> Catalog {
    let config = config::parse(Arc::new(Source { name: "c".into(), text: String::new() }), &BTreeMap::new()).0.unwrap();
    let parsed = |(name, text): &(&str, &str)| {
        let source = Source { name: format!("feeds/{name}.toml"), text: (*text).to_owned() };
        (source.name.clone(), Arc::new(parse(Arc::new(source), &config)))
    };
    assemble(&texts.iter().map(parsed).collect(), &config, previous)
}

fn of(before: &[(&str, &str)], after: &[(&str, &str)]) -> Difference {
    let before = catalog(before, None);
    let after = catalog(after, Some(&before));
    between(&before, &after, Zone::parse("America/Chicago").unwrap(), "2026-01-01T00:00:00Z".parse().unwrap())
}

/// The report on a change of one file, after `edit`, without its heading of feeds.
fn check(before: &str, after: &str, expected: &str) {
    let difference = of(&[("tenants", before)], &[("tenants", after)]);
    let told = render(&difference, Form::Human);
    let told = told.split("\nFeeds\n").next().unwrap().trim_end();
    assert_eq!(told, expected.trim_end(), "{after}");
}

/// The report on RALLY with a part of it replaced.
fn check_edit(part: &str, other: &str, expected: &str) {
    assert!(RALLY.contains(part));
    check(RALLY, &RALLY.replace(part, other), expected);
}

#[test]
fn what_changes_nothing_is_told_so() {
    check(RALLY, &format!("# A comment\n{RALLY}\n"), "changes nothing for subscribers");
}

#[test]
fn each_kind_of_change_is_told_with_what_was_before() {
    const NOW: &str = "  Rally (rally): Sunday, March 23, 2031, 6:00 – 8:00 PM";
    check_edit(
        "T18:00",
        "T19:00",
        "moves 1 event; affects 4 feeds\n\nMoved\n  Rally (rally): Sunday, March 23, 2031, 7:00 – 8:00 PM\n      was: Sunday, March 23, 2031, 6:00 – 8:00 PM",
    );
    let told = |summary: &str, heading: &str, before: &str| format!("{summary}\n\n{heading}\n{NOW}\n      {before}");
    check_edit(
        "Daley Plaza",
        "City Hall",
        &told("relocates 1 event; affects 4 feeds", "At another place", "was at: Daley Plaza"),
    );
    check_edit(
        "\"housing\"",
        "\"rent\"",
        &told("regroups 1 event; affects 5 feeds", "In other feeds", "enters /tag/rent; leaves /tag/housing"),
    );
    check_edit(
        "\"Rally\"",
        "\"March\"",
        "retitles 1 event; affects 4 feeds\n\nAnother title\n  March (rally): Sunday, March 23, 2031, 6:00 – 8:00 PM\n      was called: Rally",
    );
    let alone = |summary: &str, heading: &str| format!("{summary} 1 event; affects 4 feeds\n\n{heading}\n{NOW}");
    check_edit("tags", "description = \"Bring drums\"\ntags", &alone("rewords", "Other texts or links"));
    check_edit("tags", "status = \"cancelled\"\nreason = \"Rain\"\ntags", &alone("cancels", "Cancelled"));
    check_edit(
        "tags",
        "rrule = \"FREQ=WEEKLY;COUNT=3\"\ntags",
        &told(
            "changes dates of 1 event; affects 4 feeds",
            "Other dates of a series",
            "had no rule, has FREQ=WEEKLY;COUNT=3 now: 2 dates gained in the year from Sunday, March 23, 2031",
        ),
    );
    let cancelled = RALLY.replace("tags", "status = \"postponed\"\ntags");
    check(&cancelled, RALLY, &alone("reinstates", "Takes place after all"));
}

/// RALLY as a series with more keys, before and after; and what is told of its dates.
fn check_dates(before: &str, after: &str, expected: &[&str]) {
    let series = |more: &str| RALLY.replace("tags", "rrule = \"FREQ=WEEKLY;COUNT=9\"\ntags") + more;
    let difference = of(&[("tenants", &series(before))], &[("tenants", &series(after))]);
    let effects = difference.events.iter().flat_map(|changed| &changed.effects);
    let dates = effects.filter_map(|effect| if let Effect::Series(dates) = effect { Some(dates) } else { None });
    let told: Vec<String> = dates.flatten().map(report::date).collect();
    assert_eq!(told, expected, "{after}");
}

#[test]
fn single_dates_of_a_series_are_told() {
    let on = |more: &str| format!("\n[[event.change]]\non = 2031-03-30\n{more}\n");
    const DAY: &str = "Sunday, March 30, 2031";
    check_dates("", &on("status = \"cancelled\""), &[&format!("cancelled on {DAY}")]);
    check_dates("", &on("status = \"postponed\""), &[&format!("postponed on {DAY}")]);
    check_dates(&on("status = \"cancelled\""), "", &[&format!("takes place after all on {DAY}")]);
    let moved = format!("on {DAY}: moved to Monday, March 31, 2031, 7:00 – 9:00 PM");
    check_dates("", &on("start = 2031-03-31T19:00"), &[&moved]);
    check_dates("", &on("location = \"Elsewhere\""), &[&format!("on {DAY}: another place, title or text")]);
    let rule = "excluded_dates = [2031-03-30]\n";
    check_dates("", rule, &[&format!("no longer on {DAY}")]);
    check_dates(
        rule,
        "extra_dates = [2031-03-24T18:00]\n",
        &["also on Monday, March 24, 2031", &format!("also on {DAY}")],
    );
}

/// The warnings on RALLY as a series, with other keys before and after.
fn check_fewer(before: &str, after: &str, expected: &[&str]) {
    let series = |more: &str| RALLY.replace("tags", &format!("{more}\ntags"));
    check_warning(&[("tenants", &series(before))], &[("tenants", &series(after))], expected);
}

#[test]
fn coming_dates_that_vanish_are_counted_and_warned_of() {
    let weekly = |count: usize| format!("rrule = \"FREQ=WEEKLY;COUNT={count}\"");
    let series = |count| RALLY.replace("tags", &format!("{}\ntags", weekly(count)));
    let difference = of(&[("tenants", &series(10))], &[("tenants", &series(3))]);
    let told = render(&difference, Form::Human);
    assert!(
        told.contains("\nTake care\n  “Rally” (rally) loses 7 coming dates, the first Sunday, April 13, 2031"),
        "{told}"
    );
    let rules = "had the rule FREQ=WEEKLY;COUNT=10, has FREQ=WEEKLY;COUNT=3 now: 7 dates lost in the year from Sunday, March 23, 2031";
    assert!(told.contains(rules), "{told}");
    check_fewer(&weekly(3), &weekly(10), &[]);
    check_fewer(&weekly(3), "", &["loses 2 coming dates"]);
    let without = |day: &str| format!("{}\nexcluded_dates = [{day}]", weekly(3));
    check_fewer(&weekly(3), &without("2031-04-06"), &["loses 1 coming date, Sunday, April 6, 2031: it vanishes"]);
    check_fewer(&without("2031-04-06"), &weekly(3), &[]);
    let on_sundays = RALLY.replace("tags", "rrule = \"FREQ=WEEKLY;BYDAY=SU\"\ntags");
    let on_mondays = on_sundays.replace("BYDAY=SU", "BYDAY=MO").replace("2031-03-23", "2031-03-24");
    check_warning(&[("tenants", &on_sundays)], &[("tenants", &on_mondays)], &[]);
}

#[test]
fn dates_that_are_over_or_were_cancelled_vanish_without_a_warning() {
    let past = |rule: &str| {
        let series = RALLY.replace("2031-03-23", "2021-03-23");
        series.replace("tags", &format!("rrule = \"{rule}\"\ntags"))
    };
    let (long, short) = (past("FREQ=WEEKLY;COUNT=10"), past("FREQ=WEEKLY;COUNT=3"));
    check_warning(&[("tenants", &long)], &[("tenants", &short)], &[]);
    let series = |more: &str| RALLY.replace("tags", "rrule = \"FREQ=WEEKLY;COUNT=3\"\ntags") + more;
    let cancelled = series("\n[[event.change]]\non = 2031-03-30\nstatus = \"cancelled\"\n");
    check_warning(&[("tenants", &cancelled)], &[("tenants", &series("excluded_dates = [2031-03-30]\n"))], &[]);
}

#[test]
fn what_becomes_of_a_whole_series_is_not_told_of_its_dates() {
    let series = RALLY.replace("tags", "rrule = \"FREQ=WEEKLY;COUNT=9\"\nexcluded_dates = [2031-04-06]\ntags");
    let series = format!("{series}\n[[event.change]]\non = 2031-03-30\nlocation = \"Elsewhere\"\n");
    for (part, other, summary) in [
        ("\"Rally\"", "\"March\"", "retitles 1 event"),
        ("T20:00", "T21:00", "moves 1 event"),
        ("T18:00", "T17:30", "moves 1 event"),
    ] {
        let difference = of(&[("tenants", &series)], &[("tenants", &series.replace(part, other))]);
        assert!(render(&difference, Form::Human).starts_with(summary), "{difference:?}");
        assert_eq!(difference.events[0].effects.len(), 1, "{difference:?}");
    }
}

#[test]
fn events_that_come_and_go_are_counted_the_weightiest_first() {
    let new = VIGIL.replace("vigil", "meeting").replace("Vigil", "Meeting").replace("2020", "2032");
    check(
        &format!("{RALLY}{VIGIL}"),
        &format!("{}{new}", RALLY.replace("T18:00", "T17:00")),
        "removes 1 event, moves 1, adds 1; affects 4 feeds\n\nRemoved\n  Vigil (vigil): Sunday, January 5, 2020, 6:00 PM, over\n\nMoved\n  \
         Rally (rally): Sunday, March 23, 2031, 5:00 – 8:00 PM\n      was: Sunday, March 23, 2031, 6:00 – 8:00 PM\n\nAdded\n  \
         Meeting (meeting): Monday, January 5, 2032, 6:00 PM",
    );
}

#[test]
fn the_feeds_are_those_of_before_and_after() {
    let difference = of(&[("tenants", RALLY)], &[("tenants", &RALLY.replace("Pilsen Alliance", "Little Village"))]);
    let feeds: Vec<&str> = difference.feeds.keys().map(String::as_str).collect();
    assert_eq!(feeds, ["/all", "/org/little-village", "/org/pilsen-alliance", "/org/tenants", "/tag/housing"]);
    assert_eq!(difference.feeds["/org/tenants"], "Tenants");
}

fn check_warning(before: &[(&str, &str)], after: &[(&str, &str)], expected: &[&str]) {
    let warnings = of(before, after).warnings;
    assert_eq!(warnings.len(), expected.len(), "{warnings:?}");
    for (warning, expected) in warnings.iter().zip(expected) {
        assert!(warning.contains(expected), "{warning}");
    }
}

#[test]
fn what_subscribers_lose_is_warned_of() {
    let both = format!("{RALLY}{VIGIL}");
    let vigil = format!("[organization]\nname = \"Tenants\"\n{VIGIL}");
    check_warning(&[("tenants", &both)], &[("tenants", RALLY)], &[]);
    check_warning(&[("tenants", &both)], &[("tenants", &vigil)], &["/org/pilsen-alliance", "“Rally” (rally) vanishes"]);
    let renamed = RALLY.replace("id = \"rally\"", "id = \"march\"");
    check_warning(&[("tenants", RALLY)], &[("tenants", &renamed)], &["had the id rally and has the id march now"]);
    let kept = renamed
        .replace("tags", &format!("former_uid = \"{}\"\ntags", catalog(&[("tenants", RALLY)], None).events[0].uid));
    check_warning(&[("tenants", RALLY)], &[("tenants", &kept)], &[]);
    check_warning(&[("tenants", RALLY)], &[("renters", RALLY)], &["/org/tenants (Tenants) is gone"]);
}

#[test]
fn what_is_broken_counts_as_it_was() {
    check(RALLY, "[organization\n", "changes nothing for subscribers");
    check(RALLY, &RALLY.replace("2031-03-23T18:00", "2031-03-09T02:30"), "changes nothing for subscribers");
}

#[test]
fn partners_that_come_go_and_change_are_told() {
    let with =
        |url: &str| format!("{RALLY}\n[[partner]]\nslug = \"block-club\"\nname = \"Block Club\"\nurl = \"{url}\"\n");
    let (one, other) = (with("https://a.example/x.ics"), with("https://b.example/x.ics"));
    check(RALLY, &one, "changes 1 partner\n\nPartners\n  block-club is new");
    check(&one, &other, "changes 1 partner\n\nPartners\n  block-club is asked or taken in otherwise");
    check(&one, RALLY, "changes 1 partner\n\nPartners\n  block-club is no longer asked; its events leave the feeds");
}

#[test]
fn markdown_makes_no_markup_of_what_editors_write() {
    let hostile = RALLY.replace("\"Rally\"", "\"[x](javascript:y) <b> @everyone `z`\"");
    let told = render(&of(&[], &[("tenants", &hostile)]), Form::Markdown);
    assert!(told.starts_with("**adds 1 event; affects 4 feeds**\n\n### Added\n- "), "{told}");
    assert!(told.contains(r"\[x\]\(javascript:y\) \<b\> @") && !told.contains("@everyone"), "{told}");
}

#[test]
fn programs_read_the_same() {
    let told = render(&of(&[("tenants", RALLY)], &[("tenants", &RALLY.replace("T18:00", "T17:00"))]), Form::Json);
    let value: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(value["summary"], "moves 1 event; affects 4 feeds");
    assert_eq!(value["events"][0]["effects"][0]["was"], "Sunday, March 23, 2031, 6:00 – 8:00 PM");
    assert_eq!(value["feeds"][0]["address"], "/all");
}
