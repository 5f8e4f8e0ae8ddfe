//! What keeps its name, and what does not.
use super::*;

fn event<'a>(uid: &'a str, day: u32, title: &'a str) -> Known<'a> {
    let start = Start::AllDay(chrono::NaiveDate::from_ymd_opt(2026, 5, day).unwrap());
    Known { uid, start, title }
}

fn partner() -> Slug {
    Slug::parse("partner").unwrap()
}

/// The parts of the events of a body, and the map for the next.
fn again(events: &[Known], before: &Names) -> (Vec<Part>, Names) {
    let (parts, identities) = super::parts(&partner(), events, before);
    (parts, identities.map(events.iter().map(|event| (event.start, event.title)), before))
}

/// The parts of the events of successive bodies, each as the number of its first appearance.
fn check(bodies: &[&[Known]], expected: &[&[usize]]) {
    let (mut seen, mut map) = (Vec::new(), Names::default());
    for (events, expected) in bodies.iter().zip(expected) {
        let (parts, next) = again(events, &map);
        let numbers: Vec<usize> = parts
            .iter()
            .map(|part| {
                seen.iter().position(|known| known == part).unwrap_or_else(|| {
                    seen.push(*part);
                    seen.len() - 1
                })
            })
            .collect();
        assert_eq!(&numbers, expected, "{events:?}");
        assert_eq!(again(events, &next), (parts, next.clone()), "the same body again");
        map = next;
    }
}

#[test]
fn an_event_keeps_its_name_under_its_uid() {
    check(&[&[event("a", 1, "X"), event("b", 2, "Y")], &[event("b", 3, "Z"), event("a", 1, "X")]], &[&[0, 1], &[1, 0]]);
}

#[test]
fn a_new_uid_takes_over_from_the_one_that_is_gone() {
    check(
        &[&[event("a", 1, "X")], &[event("b", 1, "x ")], &[event("c", 1, "X")], &[event("a", 1, "X")]],
        &[&[0], &[0], &[0], &[0]],
    );
    // Back after an empty answer, too.
    check(&[&[event("a", 1, "X")], &[], &[event("b", 1, "X")]], &[&[0], &[], &[0]]);
}

#[test]
fn nothing_is_taken_over_while_the_old_uid_is_there_or_twice() {
    check(&[&[event("a", 1, "X")], &[event("b", 1, "X"), event("a", 1, "X")]], &[&[0], &[1, 0]]);
    check(&[&[event("a", 1, "X")], &[event("b", 1, "X"), event("c", 1, "X")]], &[&[0], &[0, 1]]);
    check(&[&[event("a", 1, "X"), event("b", 1, "X")], &[event("b", 1, "X"), event("c", 1, "X")]], &[&[0, 1], &[1, 0]]);
    // The old UID comes back beside the one that took over.
    check(
        &[&[event("a", 1, "X")], &[event("b", 1, "X")], &[event("a", 1, "X"), event("b", 1, "X")]],
        &[&[0], &[0], &[1, 0]],
    );
}

#[test]
fn a_number_that_is_given_again_joins_no_strangers() {
    check(&[&[event("12", 1, "X")], &[event("12", 1, "Y")], &[event("12", 2, "Y")]], &[&[0], &[0], &[0]]);
    check(&[&[event("12", 1, "X")], &[event("12", 2, "Y")]], &[&[0], &[1]]);
    check(&[&[event("a12", 1, "X")], &[event("a12", 2, "Y")]], &[&[0], &[0]]);
    // Numbers change hands between events with one title.
    check(&[&[event("1", 1, "X"), event("2", 2, "X")], &[event("2", 1, "X"), event("1", 2, "X")]], &[&[0, 1], &[0, 1]]);
    // Two that are alike keep theirs in any order; one that has moved does, too.
    check(&[&[event("1", 1, "X"), event("2", 1, "X")], &[event("2", 1, "X"), event("1", 1, "X")]], &[&[0, 1], &[1, 0]]);
    check(&[&[event("1", 1, "X")], &[event("1", 2, "X"), event("2", 3, "X")]], &[&[0], &[0, 1]]);
}

#[test]
fn partners_share_no_names() {
    let other = Slug::parse("other").unwrap();
    let events = [event("1", 1, "X")];
    assert_ne!(parts(&partner(), &events, &Names::default()).0, parts(&other, &events, &Names::default()).0);
}

#[test]
fn keys_do_not_grow_without_end() {
    let mut map = Names::default();
    for round in 0..40 {
        let texts: Vec<(u32, String, String)> =
            (0..100).map(|number| (number, format!("{round}-{number}"), format!("{round} {number}"))).collect();
        let events: Vec<Known> = texts.iter().map(|(number, uid, title)| event(uid, 1 + number % 28, title)).collect();
        map = again(&events, &map).1;
    }
    assert!(map.iter().count() <= 200 + MAX_GONE, "{}", map.iter().count());
    let (uid, title) = ("u".repeat(50_000), "t".repeat(1000));
    let long = event(&uid, 1, &title);
    assert!(again(&[long], &Names::default()).1.iter().all(|(key, _)| key.len() < 200));
}
