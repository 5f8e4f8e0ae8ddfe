//! What is one event, and what is two.

use super::*;
use crate::event::{Organization, Place, sample};

fn event(id: &str, title: &str, start: &str, place: &str) -> Arc<Event> {
    let mut event = sample::event(start, "2021-03-20T23:00:00");
    event.id = Slug::parse(id).unwrap();
    event.uid = format!("{id}@test");
    event.details.title = title.into();
    event.details.place = (!place.is_empty()).then(|| Place::Text(place.into()));
    let slug = Slug::parse(id.split('-').next().unwrap()).unwrap();
    event.organizations = Arc::new([Arc::new(Organization {
        name: slug.to_string(),
        slug: slug.clone(),
        url: None,
        description: String::new(),
        color: None,
    })]);
    event.origins = Arc::new([Arc::new(Origin { name: slug.to_string(), partner: slug, url: None })]);
    Arc::new(event)
}

/// Events as (id, title, start, place); ids begin with their partner, `own` is ours. Expected: the ids of the events that are left.
fn check(events: &[(&str, &str, &str, &str)], expected: &[&str]) -> Merged {
    check_with(events, &Overrules::default(), expected)
}

fn check_with(events: &[(&str, &str, &str, &str)], overrules: &Overrules, expected: &[&str]) -> Merged {
    let mut sources: BTreeMap<String, Vec<Arc<Event>>> = BTreeMap::new();
    for (id, title, start, place) in events {
        let start = format!("2021-03-20T{start}:00");
        sources.entry(id.split('-').next().unwrap().to_owned()).or_default().push(event(id, title, &start, place));
    }
    let own = sources.remove("own").unwrap_or_default();
    let slugs: Vec<Slug> = sources.keys().map(|name| Slug::parse(name).unwrap()).collect();
    let voices: Vec<Voice<'_>> = slugs
        .iter()
        .zip(sources.values())
        .map(|(partner, events)| Voice { partner, priority: 0, combined: true, events })
        .collect();
    let merged = merge(&own, &voices, overrules, None);
    assert_eq!(merged.events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), expected);
    merged
}

#[test]
fn one_march_in_three_calendars_is_one() {
    let merged = check(
        &[
            ("a-1", "Stop Asian Hate Chicago March For AAPI", "14:00", "Logan Square Monument, Chicago, IL"),
            ("b-1", "Stop Asian Hate: Chicago march for AAPI!", "14:00", "Logan Square Monument"),
            ("own-1", "March for AAPI – Stop Asian Hate Chicago", "14:00", "Logan Square Monument\nChicago, IL"),
        ],
        &["own-1"],
    );
    let event = &merged.events[0];
    let names: Vec<&str> = event.organizations.iter().map(|organization| organization.name.as_str()).collect();
    assert_eq!(names, ["own", "a", "b"]);
    assert_eq!(event.uid, "own-1@test");
    assert_eq!(event.origins.len(), 3);
    assert_eq!(merged.joins[&event.id].copies.len(), 3);
}

#[test]
fn what_starts_at_another_time_is_another_event() {
    let place = "Union Hall, 1 W Monroe St";
    check(&[("a-1", "Phone bank shift", "10:00", place), ("b-1", "Phone bank shift", "14:00", place)], &["a-1", "b-1"]);
}

#[test]
fn what_is_elsewhere_is_another_event() {
    check(
        &[
            ("a-1", "Rally for Housing Justice", "12:00", "City Hall, 121 N LaSalle St, Chicago"),
            ("b-1", "Rally for Housing Justice", "12:00", "Federal Plaza, 50 W Adams St, Chicago"),
        ],
        &["a-1", "b-1"],
    );
}

#[test]
fn a_common_title_joins_nobody() {
    check(&[("a-1", "Monthly Meeting", "18:00", ""), ("b-1", "Monthly Meeting", "18:00", "")], &["a-1", "b-1"]);
    let hall = "Union Hall, 1 W Monroe St";
    check(&[("a-1", "Monthly Meeting", "18:00", hall), ("b-1", "Monthly Meeting", "18:00", hall)], &["a-1", "b-1"]);
}

#[test]
fn a_telling_title_needs_no_place() {
    check(
        &[
            ("a-1", "Laying Down for Justice: Day of Action", "12:00", ""),
            ("b-1", "Laying Down for Justice – Day of Action", "12:00", "Thompson Center"),
        ],
        &["a-1"],
    );
}

#[test]
fn series_are_one_when_no_date_is_lost() {
    use crate::event::Recurrence;
    use crate::recurrence::Rule;
    let date = |text: &str| Start::Timed(crate::event::sample::at(text));
    let series = |id: &str, extra: &[&str], excluded: &[&str]| {
        let mut event = Event::clone(&event(id, "Know Your Rights Workshop", "2021-03-20T12:00:00", "Union Hall"));
        let dates = |texts: &[&str]| texts.iter().map(|text| date(text)).collect();
        let rule = Some(Rule::parse("FREQ=WEEKLY").unwrap());
        event.recurrence =
            Some(Box::new(Recurrence { rule, extra: dates(extra), excluded: dates(excluded), zone: None }));
        Arc::new(event)
    };
    let (a, b) = (Slug::parse("a").unwrap(), Slug::parse("b").unwrap());
    let check = |extra: &[&str], excluded: &[&str], expected: usize| {
        let (one, other) = ([series("a-1", &[], &[])], [series("b-1", extra, excluded)]);
        let voice = |partner, events| Voice { partner, priority: 0, combined: true, events };
        let merged = merge(&[], &[voice(&a, &one), voice(&b, &other)], &Overrules::default(), None);
        assert_eq!(merged.events.len(), expected);
    };
    check(&[], &[], 1);
    check(&[], &["2021-03-27T12:00:00"], 1);
    check(&["2021-03-28T12:00:00"], &[], 2);
}

#[test]
fn one_source_means_what_it_lists() {
    let place = "Union Hall, 1 W Monroe St";
    let title = "Know Your Rights Workshop";
    check(&[("a-1", title, "12:00", place), ("a-2", title, "12:00", place)], &["a-1", "a-2"]);
}

#[test]
fn editors_have_the_last_word() {
    let slug = |text| Slug::parse(text).unwrap();
    let mut overrules = Overrules::default();
    overrules.note(true, slug("b-1"), slug("a-1"));
    overrules.note(false, slug("a-2"), slug("b-2"));
    let place = "Union Hall, 1 W Monroe St";
    let title = "Know Your Rights Workshop";
    check_with(
        &[
            ("a-1", "Marcha", "12:00", ""),
            ("b-1", "Something else", "13:00", ""),
            ("a-2", title, "15:00", place),
            ("b-2", title, "15:00", place),
        ],
        &overrules,
        &["a-1", "a-2", "b-2"],
    );
}

#[test]
fn what_is_as_before_keeps_its_arc() {
    let partner = Slug::parse("a").unwrap();
    let own = [event("own-1", "Know Your Rights Workshop", "2021-03-20T12:00:00", "Union Hall")];
    let theirs = [event("a-1", "Know Your Rights Workshop", "2021-03-20T12:00:00", "Union Hall")];
    let voices = [Voice { partner: &partner, priority: 0, combined: true, events: &theirs }];
    let first = merge(&own, &voices, &Overrules::default(), None);
    let second = merge(&own, &voices, &Overrules::default(), Some(&first));
    assert!(Arc::ptr_eq(&first.events[0], &second.events[0]));
}
