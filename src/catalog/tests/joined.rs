//! What is told about files together, what stays of a catalog, and what is made anew.

use super::*;

fn check_files(texts: &[(&str, &str)], expected: &[&str]) {
    let told = told(&catalog(texts));
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    assert_eq!(told, expected, "{texts:?}");
}

#[test]
fn every_problem_of_all_files_is_told_at_once() {
    let one = "[organization]\nname = \"One\"\nnmae = \"x\"\n\n[[event]]\nid = \"a\"\ntitle = \"A\"\nstart = 2021-03-14T02:30\nvenue = \"nowhere\"\nurl = \"x\"\n";
    let other = "[[event]]\nid = \"a\"\ntitle = \"B\"\nstart = 2021-03-14T12:30\ntags = [\"A\"]\n\n[[event]]\nid = \"c\"\nstart = \"soon\"\ntitle = \"C\nduration = \"x\"\n";
    check_files(
        &[("one.toml", one), ("other.toml", other)],
        &[
            "feeds/one.toml:3:1: error: unknown key `nmae`; write `name`",
            "feeds/one.toml:8:9: error: 2021-03-14T02:30 does not exist: the clocks go forward then; write 2021-03-14T02:30:00-06:00 (which is 2021-03-14T03:30) or 2021-03-14T02:30:00-05:00 (which is 2021-03-14T01:30)",
            "feeds/one.toml:9:9: error: no file has a venue “nowhere”; declare it: [[venue]], slug = \"nowhere\", name = \"…\"; or write `location` instead",
            "feeds/one.toml:10:7: error: the url “x” is no http or https link; write a link such as \"https://example.org/page\"",
            "feeds/other.toml:2:6: error: a second event has the id “a”; give it an id of its own; an id that was published stays with its event",
            "feeds/other.toml:5:9: error: the tag “A” is not made of a–z, 0–9 and single hyphens; write \"a\"",
            "feeds/other.toml:9:9: error: expected a date or a date with a time, found the text \"soon\"",
            "feeds/other.toml:10:11: error: this is not TOML: invalid basic string, expected `\"`; end the text with the quotation mark that it begins with; several lines go between \"\"\" and \"\"\"",
        ],
    );
}

#[test]
fn names_of_files() {
    let text = "[organization]\nname = \"X\"\n";
    check_files(
        &[("Chicago DSA.toml", text), ("x_y.toml", text), ("’.toml", text)],
        &[
            "feeds/Chicago DSA.toml:1:1: error: the file's name “Chicago DSA.toml” is not made of a–z, 0–9 and single hyphens; rename it to chicago-dsa.toml",
            "feeds/x_y.toml:1:1: error: the file's name “x_y.toml” is not made of a–z, 0–9 and single hyphens; rename it to x-y.toml",
            "feeds/x_y.toml:2:8: error: a second organization has the slug “x”; give it another `slug`, or delete one of the two",
            "feeds/’.toml:1:1: error: the file's name “’.toml” is not made of a–z, 0–9 and single hyphens",
            "feeds/’.toml:2:8: error: a second organization has the slug “x”; give it another `slug`, or delete one of the two",
        ],
    );
}

#[test]
fn what_belongs_to_two() {
    let x = "[organization]\nname = \"X\"\naliases = [\"Z\"]\n[[venue]]\nslug = \"v\"\nname = \"V\"\n";
    let y = "[organization]\nname = \"Y\"\naliases = [\"z\", \"x\"]\n[[venue]]\nslug = \"v\"\nname = \"W\"\n";
    check_files(
        &[("x.toml", x), ("y.toml", y)],
        &[
            "feeds/y.toml:3:12: error: the name “z” belongs to two organizations; delete it from one of them",
            "feeds/y.toml:3:17: error: the name “x” belongs to two organizations; delete it from one of them",
            "feeds/y.toml:5:8: error: a second venue has the slug “v”; give it another slug, or delete one of the two",
        ],
    );
    let y = "[[organization]]\nname = \"Ecks\"\nslug = \"x\"\n[[organization]]\nname = \"Y\"\n[[organization]]\nname = \"y\"\n";
    check_files(
        &[("x.toml", x), ("y.toml", y)],
        &[
            "feeds/y.toml:2:8: error: a second organization has the slug “x”; give it another `slug`, or delete one of the two",
            "feeds/y.toml:7:8: error: a second organization has the slug “y”; give it another `slug`, or delete one of the two",
        ],
    );
    let former = event("former_uid = \"b@handbill.localhost\"").replace("\"a\"", "\"c\"");
    let b = event("").replace("\"a\"", "\"b\"");
    check_files(
        &[("a.toml", &event("former_uid = \"u\"")), ("b.toml", &b), ("c.toml", &former)],
        &[
            "feeds/c.toml:6:14: error: the UID “b@handbill.localhost” is another event's; write the UID that this event had before, or delete the key",
        ],
    );
    let other = event("former_uid = \"u\"").replace("\"a\"", "\"d\"");
    check_files(
        &[("a.toml", &event("former_uid = \"u\"")), ("d.toml", &other), ("e.toml", &event(""))],
        &[
            "feeds/d.toml:6:14: error: the UID “u” is another event's; write the UID that this event had before, or delete the key",
            "feeds/e.toml:2:6: error: a second event has the id “a”; give it an id of its own; an id that was published stays with its event",
        ],
    );
}

#[test]
fn names_and_venues_that_nobody_knows() {
    let venue = "[[venue]]\nslug = \"unity-park\"\nname = \"Unity Park\"\n";
    check_files(
        &[("v.toml", venue), ("x.toml", &event("venue = \"unity-prk\""))],
        &["feeds/x.toml:6:9: error: no file has a venue “unity-prk”; write \"unity-park\""],
    );
    check_files(
        &[
            ("v.toml", venue),
            (
                "x.toml",
                &event(
                    "venue = \"somewhere\"\nrrule = \"FREQ=WEEKLY\"\n[[event.change]]\non = 2021-03-23\n[[event.change]]\non = 2021-03-30\nvenue = \"elsewhere\"",
                ),
            ),
        ],
        &[
            "feeds/x.toml:6:9: error: no file has a venue “somewhere”; declare it: [[venue]], slug = \"somewhere\", name = \"…\"; or write `location` instead",
            "feeds/x.toml:12:9: error: no file has a venue “elsewhere”; declare it: [[venue]], slug = \"elsewhere\", name = \"…\"; or write `location` instead",
        ],
    );
    check_files(
        &[("x.toml", &event("supporters = [\"Assata’s Daughters\", \"Assata's  daughters\", \"Assatas Daughters\"]"))],
        &[
            "feeds/x.toml:6:60: error: the names “Assatas Daughters” and “Assata’s Daughters” have one slug, “assatas-daughters”; if they are one organization, write “Assata’s Daughters”, or list this name among its `aliases`; if they are two, declare this one with a slug of its own: [[organization]], name = \"…\", slug = \"…\"",
        ],
    );
    check_files(
        &[("x.toml", &event("supporters = [\"The Pilsen Alliance\", \"Pilsen Aliance\"]"))],
        &[
            "feeds/x.toml:6:38: warning: the names “Pilsen Aliance” and “The Pilsen Alliance” look alike; if they are one organization, write one name, or list the other among its `aliases`; if they are two, declare both: [[organization]], name = \"…\"",
        ],
    );
    let declared = "[[organization]]\nname = \"Pilsen Alliance\"\n[[organization]]\nname = \"Pilsen Alliances\"\n";
    check_files(
        &[("o.toml", declared), ("x.toml", &event("supporters = [\"Pilsen Aliance\"]"))],
        &[
            "feeds/x.toml:6:15: warning: the names “Pilsen Aliance” and “Pilsen Alliance” look alike; if they are one organization, write one name, or list the other among its `aliases`; if they are two, declare both: [[organization]], name = \"…\"",
        ],
    );
}

fn names(catalog: &Catalog, id: &str) -> Vec<String> {
    let event = catalog.event(&Slug::parse(id).unwrap()).unwrap();
    event.organizations.iter().map(|organization| organization.name.clone()).collect()
}

#[test]
fn organizations_are_found_by_every_spelling() {
    let dsa =
        "[organization]\nname = \"Chicago Democratic Socialists of America\"\naliases = [\"Chicago DSA\", \"CDSA\"]\n";
    let names_file = "[[organization]]\nname = \"The People’s Lobby\"\n[[organization]]\nname = \"Host of its file\"\nslug = \"names\"\n";
    let supporters = "supporters = [\"chicago  dsa\", \"the people's lobby\", \"the-peoples-lobby\", \"Somebody New\", \"chicago-dsa\", \"somebody new\"]";
    let names_file = format!("{names_file}{}", event(supporters));
    let catalog = catalog(&[("chicago-dsa.toml", dsa), ("names.toml", &names_file)]);
    assert_eq!(told(&catalog), [""; 0]);
    let expected =
        ["Host of its file", "Chicago Democratic Socialists of America", "The People’s Lobby", "Somebody New"];
    assert_eq!(names(&catalog, "a"), expected);
    let slugs: Vec<&str> = catalog.organizations.keys().map(Slug::as_str).collect();
    assert_eq!(slugs, ["chicago-dsa", "names", "somebody-new", "the-peoples-lobby"]);
}

#[test]
fn a_bad_event_costs_only_itself_and_its_last_good_version_stays() {
    let good = format!(
        "[organization]\nname = \"X\"\n{}{}",
        event("supporters = [\"Y\"]"),
        event("").replace("\"a\"", "\"b\"")
    );
    let first = catalog(&[("x.toml", &good)]);
    assert_eq!(ids(&first), ["a", "b"]);
    let bad = good.replacen("start = 2021-03-23T18:00", "start = 2021-03-14T02:30", 1).replace("\"D\"", "\"New\"");
    assert_eq!(ids(&catalog(&[("x.toml", &bad)])), ["b"]);
    let second = after(&first, &[("x.toml", &bad)]);
    assert_eq!(ids(&second), ["a", "b"]);
    assert!(Arc::ptr_eq(&first.events[0], &second.events[0]));
    assert_eq!(second.events[1].details.description, "New");
    assert!(Arc::ptr_eq(&second.organizations["y"], &second.events[0].organizations[1]));
    let third = after(&second, &[("x.toml", &bad)]);
    assert_eq!(ids(&third), ["a", "b"]);
    let deleted = after(&third, &[("x.toml", "[organization]\nname = \"X\"\n")]);
    assert_eq!(ids(&deleted), [""; 0]);
}

#[test]
fn an_unknown_venue_keeps_what_was_published() {
    let venue = "[[venue]]\nslug = \"park\"\nname = \"Park\"\n";
    let first = catalog(&[("v.toml", venue), ("x.toml", &event("venue = \"park\""))]);
    let second = after(&first, &[("x.toml", &event("venue = \"park\""))]);
    assert_eq!(told(&second).len(), 1);
    assert_eq!(second.events, first.events);
    assert_eq!(second.venues, first.venues);
    let renamed =
        after(&first, &[("v.toml", &venue.replace("Park", "Gardens")), ("x.toml", &event("venue = \"park\""))]);
    assert!(
        matches!(&renamed.events[0].details.place, Some(crate::event::Place::Venue(venue)) if venue.name == "Gardens")
    );
}

#[test]
fn a_broken_file_counts_as_it_was() {
    let good = format!("[organization]\nname = \"X\"\n{}", event(""));
    let first = catalog(&[("x.toml", &good), ("y.toml", &event("").replace("\"a\"", "\"b\""))]);
    for broken in ["", "  \n", "[[event]\n", &good.replace("title = \"A\"", "title = \"A")] {
        assert!(parsed("x.toml", broken).is_broken(), "{broken:?}");
        let second = after(&first, &[("x.toml", broken), ("y.toml", &event("").replace("\"a\"", "\"b\""))]);
        assert!(!second.problems.is_empty());
        assert_eq!(ids(&second), ["a", "b"]);
        assert!(first.events.iter().zip(&second.events).all(|(one, other)| Arc::ptr_eq(one, other)));
        let third = after(&second, &[("x.toml", broken)]);
        assert_eq!(ids(&third), ["a"]);
    }
    assert_eq!(ids(&catalog(&[("x.toml", "[[event]\n"), ("y.toml", &event(""))])), ["a"]);
}

#[test]
fn an_id_stays_with_the_event_that_was_published() {
    let mine = event("");
    let first = catalog(&[("m.toml", &mine)]);
    let stolen = event("").replace("\"A\"", "\"Stolen\"");
    let second = after(&first, &[("a.toml", &stolen), ("m.toml", &mine.replace("\"D\"", "\"New\""))]);
    assert_eq!(told(&second).len(), 1);
    assert_eq!((second.events[0].details.title.as_str(), second.events[0].details.description.as_str()), ("A", "New"));
    let fresh = catalog(&[("a.toml", &stolen), ("m.toml", &mine)]);
    assert_eq!(fresh.events[0].details.title, "Stolen", "among new ones the first stays");
}

#[test]
fn what_does_not_change_stays_the_same() {
    let venue = "[[venue]]\nslug = \"park\"\nname = \"Park\"\n";
    let x = format!(
        "[organization]\nname = \"X\"\n{}{}",
        event("venue = \"park\"\nsupporters = [\"Y\"]"),
        event("").replace("\"a\"", "\"b\"")
    );
    let y = event("").replace("\"a\"", "\"c\"");
    let mut all = files(&[("v.toml", venue), ("x.toml", &x), ("y.toml", &y)]);
    let first = assemble(&all, &config(), None);
    all.insert("y.toml".into(), parsed("y.toml", &y.replace("\"D\"", "\"New\"")));
    let second = assemble(&all, &config(), Some(&first));
    let same: Vec<bool> = first.events.iter().zip(&second.events).map(|(one, other)| Arc::ptr_eq(one, other)).collect();
    assert_eq!(same, [true, true, false]);
    assert!(first.organizations.iter().all(|(slug, one)| Arc::ptr_eq(one, &second.organizations[slug])));
    // Read again without a change of the event itself: equal, so the same.
    all.insert("x.toml".into(), parsed("x.toml", &format!("# a comment\n{x}")));
    let third = assemble(&all, &config(), Some(&second));
    assert!(second.events.iter().zip(&third.events).all(|(one, other)| Arc::ptr_eq(one, other)));
    // The organization changes, so its events do.
    all.insert("x.toml".into(), parsed("x.toml", &x.replace("name = \"X\"", "name = \"Ex\"")));
    let fourth = assemble(&all, &config(), Some(&third));
    assert_eq!(names(&fourth, "b"), ["Ex"]);
    assert_eq!(names(&fourth, "a"), ["Ex", "Y"]);
}

#[test]
fn a_faulty_organization_stays_as_it_was() {
    let x = format!("[organization]\nname = \"X\"\nurl = \"https://example.org\"\n{}", event(""));
    let first = catalog(&[("x.toml", &x)]);
    let second = after(&first, &[("x.toml", &x.replace("https", "nothing"))]);
    assert!(Arc::ptr_eq(&first.organizations["x"], &second.organizations["x"]));
    assert!(Arc::ptr_eq(&first.events[0], &second.events[0]));
    let fresh = catalog(&[("x.toml", &x.replace("https", "nothing"))]);
    assert_eq!(fresh.organizations["x"].url, None);
    assert_eq!(names(&fresh, "a"), ["X"]);
}
