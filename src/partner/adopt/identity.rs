//! Which event of a body is which event of the body before: the names that events keep in our feeds, whatever UIDs the partner
//! gives them. It does not compare events of different partners.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use chrono::NaiveTime;

use crate::digest::{Digest, Hasher};
use crate::event::Start;
use crate::name::{Slug, folded};

/// The keys of events that are gone which are kept, in case they come back under another UID.
const MAX_GONE: usize = 1_000;
/// The events with the same start and title that are told apart.
const MAX_ALIKE: usize = 100;
/// Keys longer than this, in bytes, are digests.
const MAX_KEY: usize = 80;

/// What identifies an event in a body.
#[derive(Debug, Clone)]
pub(super) struct Known<'a> {
    /// Its UID, or what stands for one.
    pub(super) uid: &'a str,
    /// When it first is.
    pub(super) start: Start,
    pub(super) title: &'a str,
}

/// The part of each event's id, and the keys to keep for the next body.
///
/// An event whose UID was there before keeps its part. An event with a new UID takes over the part of one with the same start and title
/// that is gone under its old UID, since some sites give their events new UIDs every night; a part is never taken over while the old
/// UID is still there, and never twice. A UID that is only a number means another event when start and title are both others: such
/// numbers are given again.
pub(super) fn parts(
    partner: &Slug,
    events: &[Known<'_>],
    before: &BTreeMap<String, String>,
) -> (Vec<String>, BTreeMap<String, String>) {
    let mut ledger = Ledger::new(partner, before);
    let keys: Vec<(String, String)> = keys(events);
    let mut parts: Vec<Option<String>> = vec![None; events.len()];
    for ((part, event), (uid, content)) in parts.iter_mut().zip(events).zip(&keys) {
        *part = ledger.by_uid(event, uid, content);
    }
    for (part, (_, content)) in parts.iter_mut().zip(&keys).filter(|(part, _)| part.is_none()) {
        *part = ledger.by_content(content);
    }
    let parts: Vec<String> =
        parts.into_iter().zip(&keys).map(|(part, (uid, _))| part.unwrap_or_else(|| ledger.new_part(uid))).collect();
    let entries = parts.iter().zip(keys);
    ledger.after = entries.flat_map(|(part, (uid, content))| [(uid, part.clone()), (content, part.clone())]).collect();
    ledger.keep_gone();
    (parts, ledger.after)
}

/// The keys of each event: of its UID, and of its start and title, each numbered where several are alike.
fn keys(events: &[Known<'_>]) -> Vec<(String, String)> {
    // By their hashes, which are the same in every process. Two that are alike by chance are numbered without need.
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let mut alike: HashMap<u64, usize> = HashMap::with_capacity(2 * events.len());
    let mut numbered = |mut key: String| {
        let count = alike.entry(hasher.hash_one(key.as_bytes())).or_default();
        *count += 1;
        if *count > 1 {
            key = format!("{key}#{count}");
        }
        key
    };
    events.iter().map(|event| (numbered(["u:", &short(event.uid)].concat()), numbered(content_key(event)))).collect()
}

fn content_key(event: &Known<'_>) -> String {
    let title = folded(event.title);
    match event.start {
        // Seconds since 1970, so many digits that their order is that of the times.
        Start::Timed(moment) => format!("c:{:011}|{}", moment.instant().timestamp(), short(&title)),
        Start::AllDay(day) => {
            format!("c:{:011}d|{}", day.and_time(NaiveTime::MIN).and_utc().timestamp(), short(&title))
        }
    }
}

/// A text that is short enough for a key, or its digest.
fn short(text: &str) -> Cow<'_, str> {
    match text.len() <= MAX_KEY && !text.contains('#') {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("#{}", Digest::of(text))),
    }
}

struct Ledger<'a> {
    partner: &'a Slug,
    before: &'a BTreeMap<String, String>,
    after: BTreeMap<String, String>,
    /// The parts that events of this body have.
    taken: HashSet<String>,
    /// The starts and titles of each part's events before.
    contents: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Ledger<'a> {
    fn new(partner: &'a Slug, before: &'a BTreeMap<String, String>) -> Self {
        let mut contents: HashMap<&str, Vec<&str>> = HashMap::new();
        for (key, part) in before.range("c:".to_owned().."d".to_owned()) {
            contents.entry(part).or_default().push(key);
        }
        Self { partner, before, after: BTreeMap::new(), taken: HashSet::new(), contents }
    }

    fn by_uid(&mut self, event: &Known<'_>, uid: &str, content: &str) -> Option<String> {
        let part = self.before.get(uid)?;
        let is_number = event.uid.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && self.is_other(part, content) {
            return None;
        }
        self.taken.insert(part.clone()).then(|| part.clone())
    }

    /// Whether the event that had this part before had both another start and another title.
    fn is_other(&self, part: &str, content: &str) -> bool {
        let Some((start, title)) = content.split_once('|') else { return false };
        let mut known = self.contents.get(part).into_iter().flatten().peekable();
        known.peek().is_some()
            && known.all(|key| key.split_once('|').is_some_and(|(other, name)| other != start && name != title))
    }

    fn by_content(&mut self, content: &str) -> Option<String> {
        let base = content.rsplit_once('#').filter(|(base, _)| base.contains('|') && !base.ends_with('|'));
        let base = base.map_or(content, |(base, _)| base);
        let numbered = (2..=MAX_ALIKE).map(|number| format!("{base}#{number}"));
        let candidates = std::iter::once(base.to_owned()).chain(numbered);
        let parts = candidates.map_while(|key| self.before.get(&key));
        let part = parts.into_iter().find(|part| !self.taken.contains(*part))?.clone();
        self.taken.insert(part.clone());
        Some(part)
    }

    /// A part that nobody has or had.
    fn new_part(&mut self, uid: &str) -> String {
        let mut number = 0;
        loop {
            let part = part(self.partner, uid, number);
            if !self.taken.contains(&part) && !self.contents.contains_key(part.as_str()) {
                self.taken.insert(part.clone());
                return part;
            }
            number += 1;
        }
    }

    /// Keeps the keys of events that are gone, those that start last before the others.
    fn keep_gone(&mut self) {
        let gone = |(_, part): &(&String, &String)| !self.taken.contains(*part);
        let contents = self.before.range("c:".to_owned().."d".to_owned()).filter(gone).rev().take(MAX_GONE / 2);
        let contents: Vec<(String, String)> = contents.map(|(key, part)| (key.clone(), part.clone())).collect();
        let parts: HashSet<&String> = contents.iter().map(|(_, part)| part).collect();
        let uids = self.before.range("u:".to_owned().."v".to_owned()).filter(|(_, part)| parts.contains(part));
        let uids: Vec<(String, String)> =
            uids.map(|(key, part)| (key.clone(), part.clone())).take(MAX_GONE / 2).collect();
        for (key, part) in contents.into_iter().chain(uids) {
            self.after.entry(key).or_insert(part);
        }
    }
}

/// Twelve hexadecimal digits.
fn part(partner: &Slug, uid: &str, number: u64) -> String {
    let digest = Hasher::default().text(partner.as_str()).text(uid).number(number).finish();
    let digits = digest.bytes().iter().take(6).flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// The name of an event in our feeds, `{partner}-{part}`; a long partner's name is cut.
pub(super) fn slug(partner: &Slug, part: &str) -> Option<Slug> {
    let room = Slug::MAX - 1 - part.len().min(Slug::MAX - 2);
    let name = partner.as_str().get(..partner.as_str().len().min(room)).unwrap_or_default().trim_end_matches('-');
    Slug::parse(&format!("{name}-{part}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event<'a>(uid: &'a str, day: u32, title: &'a str) -> Known<'a> {
        let start = Start::AllDay(chrono::NaiveDate::from_ymd_opt(2026, 5, day).unwrap());
        Known { uid, start, title }
    }

    fn partner() -> Slug {
        Slug::parse("partner").unwrap()
    }

    /// The parts of the events of successive bodies, each as the number of its first appearance.
    fn check(bodies: &[&[Known]], expected: &[&[usize]]) {
        let (mut seen, mut map) = (Vec::new(), BTreeMap::new());
        for (events, expected) in bodies.iter().zip(expected) {
            let (parts, next) = super::parts(&partner(), events, &map);
            let numbers: Vec<usize> = parts
                .iter()
                .map(|part| {
                    seen.iter().position(|known| known == part).unwrap_or_else(|| {
                        seen.push(part.clone());
                        seen.len() - 1
                    })
                })
                .collect();
            assert_eq!(&numbers, expected, "{events:?}");
            assert_eq!(super::parts(&partner(), events, &next), (parts, next.clone()), "the same body again");
            map = next;
        }
    }

    #[test]
    fn an_event_keeps_its_name_under_its_uid() {
        check(
            &[&[event("a", 1, "X"), event("b", 2, "Y")], &[event("b", 3, "Z"), event("a", 1, "X")]],
            &[&[0, 1], &[1, 0]],
        );
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
        check(
            &[&[event("a", 1, "X"), event("b", 1, "X")], &[event("b", 1, "X"), event("c", 1, "X")]],
            &[&[0, 1], &[1, 0]],
        );
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
    }

    #[test]
    fn partners_share_no_names() {
        let other = Slug::parse("other").unwrap();
        let events = [event("1", 1, "X")];
        assert_ne!(parts(&partner(), &events, &BTreeMap::new()).0, parts(&other, &events, &BTreeMap::new()).0);
    }

    #[test]
    fn keys_do_not_grow_without_end() {
        let mut map = BTreeMap::new();
        for round in 0..40 {
            let texts: Vec<(u32, String, String)> =
                (0..100).map(|number| (number, format!("{round}-{number}"), format!("{round} {number}"))).collect();
            let events: Vec<Known> =
                texts.iter().map(|(number, uid, title)| event(uid, 1 + number % 28, title)).collect();
            map = parts(&partner(), &events, &map).1;
        }
        assert!(map.len() <= 200 + MAX_GONE, "{}", map.len());
        let (uid, title) = ("u".repeat(50_000), "t".repeat(1000));
        let long = event(&uid, 1, &title);
        assert!(parts(&partner(), &[long], &BTreeMap::new()).1.keys().all(|key| key.len() < 200));
    }

    #[test]
    fn a_name_has_room_for_its_part() {
        let long = Slug::parse(&"x".repeat(80)).unwrap();
        assert_eq!(slug(&long, "0123456789ab").unwrap().as_str().len(), 80);
        assert_eq!(slug(&partner(), "0123456789ab").unwrap().as_str(), "partner-0123456789ab");
    }
}
