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

/// The ids that found events get; `None` for those that are there already.
fn new_ids(plan: &Plan) -> Vec<Option<&str>> {
    let new = plan.outcomes.iter();
    new.map(|outcome| if let Outcome::New { id, .. } = outcome { Some(id.as_str()) } else { None }).collect()
}

/// What is not certain of each new event.
fn doubts(plan: &Plan) -> Vec<&str> {
    let new = plan.outcomes.iter();
    let doubts = new.filter_map(|outcome| if let Outcome::New { doubts, .. } = outcome { Some(doubts) } else { None });
    doubts.flatten().map(|doubt| doubt.text.as_str()).collect()
}

/// What the files are after a plan.
fn after(plan: &Plan) -> BTreeMap<String, Arc<ParsedFile>> {
    let texts: Vec<(&str, &str)> =
        plan.written.iter().map(|written| (written.file.as_str(), written.after.as_str())).collect();
    files(&texts)
}

/// Plans an import into no files, and that a second one adds nothing; the ids of the first one, and its doubts.
fn twice(found: &[Found]) -> (Vec<Option<String>>, Vec<String>) {
    let first = plan(found, &BTreeMap::new(), &settings(), "feeds/", None);
    assert_eq!(first.problems, []);
    let second = plan(found, &after(&first), &settings(), "feeds/", None);
    assert_eq!((second.written.len(), new_ids(&second)), (0, vec![None; found.len()]), "{second:?}");
    let ids = new_ids(&first).into_iter().map(|id| id.map(str::to_owned)).collect();
    (ids, doubts(&first).into_iter().map(str::to_owned).collect())
}

fn with_uid(mut found: Found, uid: &str) -> Found {
    found.former_uid = Some(uid.to_owned());
    found
}

#[test]
fn what_is_there_is_left() {
    let files = files(&[("feeds/club.toml", CLUB)]);
    let found = [
        with_uid(event("Something else", "2022-01-01T12:00:00", &["BC"]), "abc"),
        event("the spring  WALK", "2021-03-20T12:00:00", &["BC"]),
        event("The Spring Walk", "2021-03-20T12:00:00", &[]),
        event("Spring Party", "2021-03-20T12:00:00", &["BC"]),
        event("Spring Party", "2021-03-20T12:00:00", &["BC"]),
        event("The Spring Walk", "2022-03-20T12:00:00", &["BC"]),
    ];
    let plan = plan(&found, &files, &settings(), "feeds/", None);
    assert_eq!(new_ids(&plan), [None, None, None, Some("spring-party"), None, Some("the-spring-walk")]);
    assert_eq!(doubts(&plan), Vec::<&str>::new());
}

#[test]
fn a_like_event_is_written_with_a_doubt() {
    let files = files(&[("feeds/club.toml", CLUB)]);
    let found = [
        event("Spring Walk", "2021-03-20T12:00:00", &["BC"]),
        event("the spring  WALK", "2021-03-20T15:00:00", &["BC"]),
    ];
    let plan = plan(&found, &files, &settings(), "feeds/", None);
    assert_eq!(new_ids(&plan), [Some("spring-walk"), Some("the-spring-walk")]);
    let wanted = [
        "it may be the event walk, which is at the same time and has a like title",
        "it may be the event walk, which is on the same day and has the same title",
    ];
    assert_eq!(doubts(&plan), wanted);
    for doubt in wanted {
        assert!(plan.written[0].after.contains(&format!("# To check: {doubt}.\ntitle = ")), "{plan:?}");
    }
}

#[test]
fn events_of_one_source_with_different_uids_are_different() {
    let day = |title: &str, uid: &str| {
        let mut found = Found::new(title, Start::AllDay("2021-03-20".parse().unwrap()));
        found.organizations = vec!["Block Club".to_owned()];
        with_uid(found, uid)
    };
    let timed = |title: &str, hour: u32, uid: &str| {
        with_uid(event(title, &format!("2021-03-20T{hour}:00:00"), &["Block Club"]), uid)
    };
    let found = [
        timed("Phone bank", 10, "1"),
        timed("Phone bank", 14, "2"),
        timed("Canvass 32nd Ward", 18, "3"),
        timed("Canvass 33rd Ward", 18, "4"),
        day("Picket at Store 1", "5"),
        day("Picket at Store 2", "6"),
    ];
    let (ids, doubts) = twice(&found);
    assert!(ids.iter().all(Option::is_some), "{ids:?}");
    assert_eq!(doubts, Vec::<String>::new());
    let (ids, doubts) = twice(&[timed("Phone bank", 10, "1"), timed("Phone bank", 10, "2")]);
    assert!(ids.iter().all(Option::is_some), "{ids:?}");
    assert_eq!(doubts, ["it may be the event phone-bank, which is at the same time and has the same title"]);
}

#[test]
fn events_of_other_organizations_are_others() {
    let (ids, doubts) = twice(&[
        event("Monthly meeting", "2021-03-20T18:00:00", &["Alpha"]),
        event("Monthly meeting", "2021-03-20T19:00:00", &["Beta"]),
        event("Monthly meeting", "2021-03-20T18:00:00", &["Gamma"]),
    ]);
    assert!(ids.iter().all(Option::is_some), "{ids:?}");
    assert_eq!(doubts, ["it may be the event monthly-meeting, which is at the same time and has the same title"]);
}

#[test]
fn a_series_is_not_lost_to_a_single_event() {
    let mut series = event("Yoga", "2021-03-20T18:00:00", &["Alpha"]);
    series.rule = Some("FREQ=WEEKLY;COUNT=5".to_owned());
    let (ids, doubts) = twice(&[event("Yoga", "2021-03-20T18:00:00", &["Alpha"]), series]);
    assert!(ids.iter().all(Option::is_some), "{ids:?}");
    assert_eq!(doubts.len(), 1, "{doubts:?}");
}

#[test]
fn spellings_of_one_name_are_one_organization_with_a_doubt() {
    let (one, other) = ("Black Lives Matter Chicago", "Black Lives Matter - Chicago");
    let found = [
        event("Walk", "2021-03-20T18:00:00", &["Block Club", one]),
        event("Talk", "2021-03-21T18:00:00", &[other]),
        event("Party", "2021-03-22T18:00:00", &[one]),
    ];
    let (ids, doubts) = twice(&found);
    assert!(ids.iter().all(Option::is_some), "{ids:?}");
    let wanted = format!(
        "{other:?} is taken for another spelling of {one:?}, since both would have the address /org/black-lives-matter-chicago"
    );
    assert_eq!(doubts, [wanted]);
}

#[test]
fn an_organization_whose_address_is_taken_blocks_nothing() {
    let file = "[organization]\nname = \"Alpha, Beta and Gamma\"\n";
    let found = [event("Walk", "2021-03-20T18:00:00", &["Alpha"]), event("Talk", "2021-03-20T18:00:00", &["!?"])];
    let plan = plan(&found, &files(&[("feeds/alpha.toml", file)]), &settings(), "feeds/", None);
    assert_eq!(plan.problems, []);
    assert_eq!(new_ids(&plan), [Some("walk"), Some("talk")]);
    assert!(
        doubts(&plan)[0].contains("\"Alpha\" is taken for another spelling of \"Alpha, Beta and Gamma\""),
        "{plan:?}"
    );
    assert!(doubts(&plan)[1].contains("no letter or digit"), "{plan:?}");
}

#[test]
fn what_files_would_be_refused_for_costs_only_itself() {
    let config = settings();
    // The second one's UID is the one that the first gets of us.
    let uid = format!("walk@{}", config.uid_domain);
    let found = [
        event("Walk", "2021-03-20T18:00:00", &["Alpha"]),
        with_uid(event("Talk", "2021-03-21T18:00:00", &["Alpha"]), &uid),
        event("Party", "2021-03-22T18:00:00", &["Alpha"]),
    ];
    let plan = plan(&found, &BTreeMap::new(), &config, "feeds/", None);
    assert_eq!(plan.problems, []);
    assert_eq!(new_ids(&plan), [Some("walk"), None, Some("party")]);
    assert!(matches!(&plan.outcomes[1], Outcome::Left(reason) if reason.contains("is another event's")), "{plan:?}");
}

#[test]
fn a_thousand_warnings_block_nothing() {
    let found: Vec<Found> = (0..1_001)
        .map(|number| {
            with_uid(event(&format!("Walk {number}"), "2021-03-20T18:00:00", &["Alpha"]), &number.to_string())
        })
        .collect();
    let plan = plan(&found, &BTreeMap::new(), &settings(), "feeds/", None);
    assert_eq!(plan.problems, []);
    assert!(new_ids(&plan).iter().all(Option::is_some));
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
    for wrong in ["foo = [", "start = 2021-02-30", "[[event]]\nid = \"x\""] {
        let broken = format!("{CLUB}\n{wrong}");
        let found = [event("Garden Day", "2021-03-21T12:00:00", &["Block Club"])];
        let plan = plan(&found, &files(&[("feeds/block-club.toml", &broken)]), &settings(), "feeds/", None);
        assert!(!plan.problems.is_empty(), "{plan:?}");
        // They are told in the file as it is, not as it would be.
        assert!(plan.problems.iter().all(|problem| problem.source.text == broken), "{plan:?}");
    }
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
