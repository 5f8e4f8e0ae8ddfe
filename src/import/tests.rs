//! Tests of what goes into which file, and of calendars.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::catalog::{self, ParsedFile};
use crate::config::{self, Config};
use crate::event::sample::at;
use crate::problem;

fn settings() -> Config {
    let source = problem::Source { name: "handbill.toml".to_owned(), text: String::new() };
    config::parse(Arc::new(source), &BTreeMap::new()).0.unwrap()
}

fn files(texts: &[(&str, &str)]) -> BTreeMap<String, Arc<ParsedFile>> {
    let parse = |(name, text): &(&str, &str)| {
        let source = problem::Source { name: (*name).to_owned(), text: (*text).to_owned() };
        ((*name).to_owned(), Arc::new(catalog::parse(Arc::new(source), &settings())))
    };
    texts.iter().map(parse).collect()
}

fn event(title: &str, start: &str, organizations: &[&str]) -> Found {
    let mut found = Found::new(title, Start::Timed(at(start)));
    found.organizations = organizations.iter().map(|name| (*name).to_owned()).collect();
    found
}

const CLUB: &str = "# Ours\n[organization]\nname = \"Block Club\" # the club\naliases = [\"BC\"]\n\n[[event]]\nid = \"walk\"\ntitle = \"The Spring Walk\"\nstart = 2021-03-20T12:00\nformer_uid = \"abc\"";

#[test]
fn events_are_appended_to_the_file_of_their_host() {
    let files = files(&[("feeds/club.toml", CLUB)]);
    let found = [event("Garden Day", "2021-03-21T12:00:00", &["BC", "Tenants Union", "block club"])];
    let plan = plan(&found, &files, &settings(), "feeds/", None);
    assert_eq!(plan.problems, []);
    let [written] = &plan.written[..] else { panic!("{plan:?}") };
    assert_eq!(written.file, "feeds/club.toml");
    let added = written.after.strip_prefix(CLUB).unwrap();
    assert_eq!(
        added,
        "\n\n[[event]]\nid = \"garden-day\"\ntitle = \"Garden Day\"\nstart = 2021-03-21T12:00\nsupporters = [\n    \"Tenants Union\",\n]\n"
    );
}

#[test]
fn an_unknown_host_gets_a_file() {
    let directory = "[[organization]]\nname = \"Known Only\"\nslug = \"ko\"";
    let found = [
        event("One", "2021-03-21T12:00:00", &["New & Bold"]),
        event("Two", "2021-03-22T12:00:00", &["New & Bold"]),
        event("Three", "2021-03-23T12:00:00", &["Known Only"]),
        event("Four", "2021-03-24T12:00:00", &[]),
    ];
    let plan = plan(&found, &files(&[("feeds/all.toml", directory)]), &settings(), "feeds/", None);
    assert_eq!(plan.problems, []);
    let names: Vec<&str> = plan.written.iter().map(|written| written.file.as_str()).collect();
    assert_eq!(names, ["feeds/ko.toml", "feeds/new-and-bold.toml", "feeds/without-organization.toml"]);
    assert!(plan.written[0].after.contains("supporters = [\n    \"Known Only\",\n]"), "{}", plan.written[0].after);
    assert_eq!(plan.written[1].after.matches("[organization]").count(), 1);
    assert_eq!(plan.written[1].after.matches("[[event]]").count(), 2);
}

#[test]
fn what_is_there_is_left() {
    let files = files(&[("feeds/club.toml", CLUB)]);
    let mut renamed = event("Something else", "2022-01-01T12:00:00", &["BC"]);
    renamed.former_uid = Some("abc".to_owned());
    let found = [
        renamed,
        event("Spring Walk", "2021-03-20T12:00:00", &["BC"]),
        event("the spring  WALK", "2021-03-20T15:00:00", &["BC"]),
        event("Spring Party", "2021-03-20T12:00:00", &["BC"]),
        event("Spring Party", "2021-03-20T12:00:00", &["BC"]),
        event("The Spring Walk", "2022-03-20T12:00:00", &["BC"]),
    ];
    let plan = plan(&found, &files, &settings(), "feeds/", None);
    let new: Vec<Option<&str>> = plan
        .outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::New { id, .. } => Some(id.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(new, [None, None, None, Some("spring-party"), None, Some("the-spring-walk")]);
}

#[test]
fn ids_are_never_given_twice() {
    let found: Vec<Found> = (1..=3).map(|day| event("Walk", &format!("2021-03-0{day}T12:00:00"), &["BC"])).collect();
    let plan = plan(&found, &files(&[("feeds/club.toml", CLUB)]), &settings(), "feeds/", None);
    let ids: Vec<String> = plan
        .outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::New { id, .. } => Some(id.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(ids, ["walk-2021", "walk-2021-2", "walk-2021-3"]);
}

#[test]
fn nothing_is_put_into_a_broken_file() {
    let broken = format!("{CLUB}\nfoo = [");
    let found = [event("Garden Day", "2021-03-21T12:00:00", &["BC"])];
    let plan = plan(&found, &files(&[("feeds/club.toml", &broken)]), &settings(), "feeds/", Some("BC"));
    assert!(
        !plan.problems.is_empty() || plan.written.iter().all(|written| written.file != "feeds/club.toml"),
        "{plan:?}"
    );
}

#[test]
fn an_event_that_would_be_refused_costs_only_itself() {
    let mut wrong = event("Wrong", "2021-03-21T12:00:00", &["BC"]);
    wrong.rule = Some("FREQ=SECONDLY".to_owned());
    let found = [wrong, event("Right", "2021-03-21T12:00:00", &["BC"])];
    let plan = plan(&found, &files(&[("feeds/club.toml", CLUB)]), &settings(), "feeds/", None);
    assert!(matches!(&plan.outcomes[..], [Outcome::Left(_), Outcome::New { .. }]), "{plan:?}");
    assert_eq!(plan.problems, []);
}
