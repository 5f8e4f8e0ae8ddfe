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

impl Known<'_> {
    /// Whether its UID is only a number: such UIDs are given again.
    fn has_number(&self) -> bool {
        self.uid.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// The part of each event's id, and the keys to keep for the next body.
///
/// An event whose UID was there before keeps its part. An event with a new UID takes over the part of one with the same start and title
/// that is gone under its old UID, since some sites give their events new UIDs every night; a part is never taken over while the old
/// UID is still there, and never twice. Start and title tell more than a UID that is only a number, since numbers are given again; such
/// a UID means another event when both are others.
pub(super) fn parts(
    partner: &Slug,
    events: &[Known<'_>],
    before: &BTreeMap<String, String>,
) -> (Vec<String>, BTreeMap<String, String>) {
    let mut ledger = Ledger::new(partner, before);
    let keys: Vec<Keys> = keys(events);
    let mut parts: Vec<Option<String>> = vec![None; events.len()];
    // Names tell more than start and title; these tell more than numbers.
    let passes: [Pass<'_>; 4] = [Ledger::surely, Ledger::numbered, Ledger::by_uid_of_same, Ledger::by_content];
    for pass in passes {
        for ((part, event), keys) in parts.iter_mut().zip(events).zip(&keys).filter(|((part, _), _)| part.is_none()) {
            *part = pass(&mut ledger, event, keys);
        }
    }
    let parts: Vec<String> =
        parts.into_iter().zip(&keys).map(|(part, (uid, _))| part.unwrap_or_else(|| ledger.new_part(uid))).collect();
    let entries = parts.iter().zip(keys);
    ledger.after = entries.flat_map(|(part, (uid, content))| [(uid, part.clone()), (content, part.clone())]).collect();
    ledger.keep_gone();
    (parts, ledger.after)
}

/// Of the UID, and of start and title.
type Keys = (String, String);

/// A way to know the part of an event.
type Pass<'a> = fn(&mut Ledger<'a>, &Known<'_>, &Keys) -> Option<String>;

/// The keys of each event: of its UID, and of its start and title, each numbered where several are alike.
fn keys(events: &[Known<'_>]) -> Vec<Keys> {
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

    /// By its UID, which is a name, or a number that still has the same start and title.
    fn surely(&mut self, event: &Known<'_>, keys: &Keys) -> Option<String> {
        let (uid, content) = keys;
        (!event.has_number() || self.knows(uid, content)).then(|| self.by_uid(uid)).flatten()
    }

    /// By start and title, where the UID is a number.
    fn numbered(&mut self, event: &Known<'_>, keys: &Keys) -> Option<String> {
        event.has_number().then(|| self.by_content(event, keys)).flatten()
    }

    /// By its UID, where that does not mean another event now.
    fn by_uid_of_same(&mut self, _: &Known<'_>, (uid, content): &Keys) -> Option<String> {
        if self.is_other(uid, content) { None } else { self.by_uid(uid) }
    }

    fn by_uid(&mut self, uid: &str) -> Option<String> {
        let part = self.before.get(uid)?;
        self.taken.insert(part.clone()).then(|| part.clone())
    }

    /// Whether the event that had this UID before had the same start and title.
    fn knows(&self, uid: &str, content: &str) -> bool {
        let known = self.before.get(uid).and_then(|part| self.contents.get(part.as_str()));
        known.into_iter().flatten().any(|key| unnumbered(key) == unnumbered(content))
    }

    /// Whether the event that had this UID before had both another start and another title.
    fn is_other(&self, uid: &str, content: &str) -> bool {
        let (Some(part), Some((start, title))) = (self.before.get(uid), content.split_once('|')) else { return false };
        let mut known = self.contents.get(part.as_str()).into_iter().flatten().peekable();
        known.peek().is_some()
            && known.all(|key| key.split_once('|').is_some_and(|(other, name)| other != start && name != title))
    }

    /// By start and title.
    fn by_content(&mut self, _: &Known<'_>, (_, content): &Keys) -> Option<String> {
        let base = unnumbered(content);
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

/// The key of start and title without the number that tells alike ones apart.
fn unnumbered(content: &str) -> &str {
    let base = content.rsplit_once('#').filter(|(base, _)| base.contains('|') && !base.ends_with('|'));
    base.map_or(content, |(base, _)| base)
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
mod tests;
