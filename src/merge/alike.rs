//! Whether two events that start together are one: by title, place and link. It joins nothing.

use std::collections::BTreeSet;

use crate::event::{Event, Place, words};
use crate::name::folded;

/// How alike two titles must be (0 to 1), where the places agree too.
const TITLES: f64 = 0.6;
/// How alike they must be where one event says no place.
const TITLES_ALONE: f64 = 0.9;
/// How many telling words a title needs to stand alone: "Monthly Meeting" is everyone's.
const TELLING_WORDS: usize = 3;
/// How alike two places must be.
const PLACES: f64 = 0.5;

/// Words that tell nothing.
const EMPTY_WORDS: [&str; 30] = [
    "a", "an", "and", "at", "by", "chicago", "de", "del", "el", "en", "event", "for", "from", "in", "la", "las", "los",
    "meeting", "monthly", "of", "on", "para", "por", "the", "to", "weekly", "with", "y", "il", "illinois",
];

/// Why two events that start at the same time are one; `None` when they are two.
pub(super) fn reason(one: &Event, other: &Event) -> Option<&'static str> {
    if !repeat_alike(one, other) {
        return None;
    }
    let (titles, telling) = titles(&one.details.title, &other.details.title);
    let same_link = one.details.url.is_some() && one.details.url == other.details.url;
    if same_link && titles >= TITLES {
        return Some("same start, same link, like title");
    }
    match (&one.details.place, &other.details.place) {
        (Some(here), Some(there)) => {
            let together = titles >= TITLES && places(here, there) >= PLACES && telling > 0;
            together.then_some("same start, like title, like place")
        }
        _ if titles >= TITLES_ALONE && telling >= TELLING_WORDS => Some("same start, same telling title"),
        _ => None,
    }
}

/// Whether both are single, or series of the same rule and the same extra dates: one date of a weekly meeting is not the meeting, and
/// no date that only one of them announces may be lost. Of the dates that one of them leaves out the leading one knows best.
fn repeat_alike(one: &Event, other: &Event) -> bool {
    match (&one.recurrence, &other.recurrence) {
        (Some(one), Some(other)) => one.rule == other.rule && one.extra == other.extra,
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// How alike two titles are, and how many telling words they share.
fn titles(one: &str, other: &str) -> (f64, usize) {
    let (one, other) = (terms(one), terms(other));
    let shared: Vec<&String> = one.intersection(&other).collect();
    let telling = shared.iter().filter(|word| !EMPTY_WORDS.contains(&word.as_str())).count();
    (overlap(&one, &other, shared.len()), telling)
}

fn places(one: &Place, other: &Place) -> f64 {
    let (one, other) = (terms(&words::location(one)), terms(&words::location(other)));
    let numbers = |place: &BTreeSet<String>| {
        place.iter().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit())).cloned().collect::<BTreeSet<_>>()
    };
    let (here, there) = (numbers(&one), numbers(&other));
    // Two house numbers are two houses, however alike the streets.
    if !here.is_empty() && !there.is_empty() && here.is_disjoint(&there) {
        return 0.0;
    }
    // A place may be given with or without its address: the shorter text counts.
    let shared = one.intersection(&other).filter(|word| !EMPTY_WORDS.contains(&word.as_str())).count();
    let telling = |place: &BTreeSet<String>| place.iter().filter(|word| !EMPTY_WORDS.contains(&word.as_str())).count();
    let shorter = telling(&one).min(telling(&other));
    if shorter == 0 { 0.0 } else { shared as f64 / shorter as f64 }
}

/// Dice's coefficient of two sets of words.
fn overlap(one: &BTreeSet<String>, other: &BTreeSet<String>, shared: usize) -> f64 {
    let all = one.len() + other.len();
    if all == 0 { 0.0 } else { 2.0 * shared as f64 / all as f64 }
}

/// The words of a text, folded, without marks; at most the first hundred.
fn terms(text: &str) -> BTreeSet<String> {
    let folded = folded(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(100).map(str::to_owned).collect()
}
