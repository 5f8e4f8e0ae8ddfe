//! Whether two events that start together are one: by title, place and link. It joins nothing.

use std::collections::BTreeSet;
use std::sync::LazyLock;

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
/// The digests of those.
static EMPTY_TERMS: LazyLock<[u32; 30]> =
    LazyLock::new(|| EMPTY_WORDS.map(|word| word.chars().fold(NO_BYTE, with_small_letter)));

/// The most words of a text that are looked at.
const MAX_TERMS: usize = 100;

/// The words of a title, read once for all comparisons.
#[derive(Debug)]
pub(super) struct Title(Terms);

impl Title {
    pub(super) fn of(event: &Event) -> Self {
        Self(Terms::of(&event.details.title))
    }

    pub(super) fn outline(&self) -> Outline {
        let marks = self.0.as_slice().iter().fold(0, |marks, term| marks | mark(*term));
        // There are at most MAX_TERMS.
        Outline { words: u8::try_from(self.0.count).unwrap_or(u8::MAX), marks }
    }

    /// Whether two titles can be alike enough: an upper bound, for which the other title itself need not be read.
    pub(super) fn may_be_like(&self, other: &Outline) -> bool {
        let shared = self.0.as_slice().iter().filter(|term| other.marks & mark(**term) != 0).count();
        dice(shared, self.0.count + usize::from(other.words)) >= TITLES
    }
}

/// What is known of a title without reading it: how many words it has, and a mark of each among 64.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    words: u8,
    marks: u64,
}

fn mark(term: u32) -> u64 {
    1 << (term >> 26)
}

/// Dice's coefficient of two sets.
fn dice(shared: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { 2.0 * shared as f64 / all as f64 }
}

/// Why two events that start at the same time are one; `None` when they are two.
pub(super) fn reason((one, title): (&Event, &Title), (other, other_title): (&Event, &Title)) -> Option<&'static str> {
    let (titles, telling) = titles(title, other_title);
    if titles < TITLES {
        return None;
    }
    if !repeat_alike(one, other) {
        return None;
    }
    let same_link = one.details.url.is_some() && one.details.url == other.details.url;
    if same_link {
        return Some("same start, same link, like title");
    }
    match (&one.details.place, &other.details.place) {
        (Some(here), Some(there)) => {
            let together = places(here, there) >= PLACES && telling > 0;
            together.then_some("same start, like title, like place")
        }
        _ if titles >= TITLES_ALONE && telling >= TELLING_WORDS => Some("same start, same telling title"),
        _ => None,
    }
}

/// The words of a text, folded, without marks: their digests, ascending, each once. Two words with one digest are as good as the same:
/// who wants to be taken for another event can copy its title. Each event's title is read, so nothing is allocated for it.
#[derive(Debug)]
struct Terms {
    digests: [u32; MAX_TERMS],
    count: usize,
}

impl Terms {
    fn of(text: &str) -> Self {
        let mut terms = Self { digests: [0; MAX_TERMS], count: 0 };
        let (mut word, mut words) = (None, 0);
        for c in text.chars() {
            if c.is_alphanumeric() {
                word = Some(with_small_letter(word.unwrap_or(NO_BYTE), c));
            } else if let Some(term) = word.take() {
                terms.add(term);
                words += 1;
                if words == MAX_TERMS {
                    break;
                }
            }
        }
        word.into_iter().for_each(|term| terms.add(term));
        terms
    }

    fn add(&mut self, term: u32) {
        let Err(at) = self.as_slice().binary_search(&term) else { return };
        let after = self.digests.get_mut(at..=self.count).unwrap_or_default();
        after.rotate_right(1);
        if let Some(place) = after.first_mut() {
            *place = term;
            self.count += 1;
        }
    }

    fn as_slice(&self) -> &[u32] {
        self.digests.get(..self.count).unwrap_or_default()
    }

    fn shared(&self, other: &Self) -> impl Iterator<Item = u32> {
        let mut rest = other.as_slice().iter().peekable();
        self.as_slice().iter().copied().filter(move |term| {
            while rest.next_if(|other| **other < *term).is_some() {}
            rest.peek().is_some_and(|other| **other == *term)
        })
    }
}

/// What the digest of a word begins with (FNV-1a): the same in every process.
const NO_BYTE: u32 = 0x811c_9dc5;

fn with_byte(digest: u32, byte: u8) -> u32 {
    (digest ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

/// The digest with another letter, capitals counting as small letters.
fn with_small_letter(digest: u32, c: char) -> u32 {
    let add = |digest, c: char| c.encode_utf8(&mut [0; 4]).bytes().fold(digest, with_byte);
    match c {
        c if c.is_ascii() => with_byte(digest, c.to_ascii_lowercase() as u8),
        c => c.to_lowercase().fold(digest, add),
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
fn titles(one: &Title, other: &Title) -> (f64, usize) {
    let (Title(one), Title(other)) = (one, other);
    let (mut shared, mut telling) = (0, 0);
    for term in one.shared(other) {
        shared += 1;
        telling += usize::from(!EMPTY_TERMS.contains(&term));
    }
    let all = one.count + other.count;
    (dice(shared, all), telling)
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

/// The words of a text, folded, without marks; at most the first hundred.
fn terms(text: &str) -> BTreeSet<String> {
    let folded = folded(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(MAX_TERMS).map(str::to_owned).collect()
}
