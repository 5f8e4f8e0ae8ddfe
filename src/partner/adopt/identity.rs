//! Which event of a body is which event of the body before: the names that events keep in our feeds, whatever UIDs the partner
//! gives them. It does not compare events of different partners.

use std::borrow::Cow;
use std::hash::BuildHasher as _;

use chrono::NaiveTime;
use foldhash::quality::FixedState;
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use crate::digest::Digest;
use crate::event::Start;
use crate::name::{Slug, folded};

use super::names::{Names, Part};

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
pub(super) fn parts(partner: &Slug, events: &[Known<'_>], before: &Names) -> (Vec<Part>, Identities) {
    let mut ledger = Ledger::new(partner, before);
    let uids = numbered(events.iter().map(|event| ["u:", &short(event.uid)].concat()));
    let mut parts: Vec<Option<Part>> = vec![None; events.len()];
    // Where nothing is known there is nothing to find.
    let contents = (!before.is_empty()).then(|| content_keys(events.iter().map(|event| (event.start, event.title))));
    for pass in PASSES.iter().filter(|_| contents.is_some()) {
        let keys = uids.iter().zip(contents.iter().flatten()).map(|(uid, content)| Keys { uid, content });
        for ((part, event), keys) in parts.iter_mut().zip(events).zip(keys).filter(|((part, _), _)| part.is_none()) {
            *part = pass(&mut ledger, event, keys);
        }
    }
    let parts: Vec<Part> =
        parts.into_iter().zip(&uids).map(|(part, uid)| part.unwrap_or_else(|| ledger.new_part(uid))).collect();
    let identities = Identities { uids, contents, parts: parts.clone() };
    (parts, identities)
}

/// By what the events of a body will be known again. It becomes a map only for those who keep it.
#[derive(Debug, Clone, Default)]
pub(in crate::partner) struct Identities {
    uids: Vec<String>,
    /// `None` where they were not needed so far.
    contents: Option<Vec<String>>,
    parts: Vec<Part>,
}

impl Identities {
    /// The map for the next body: each key with the part that it stands for. `events` are the starts and titles of the body's events;
    /// `before` is what was kept for this body.
    pub(in crate::partner) fn map<'e>(&self, events: impl Iterator<Item = (Start, &'e str)>, before: &Names) -> Names {
        let contents = self.contents.as_ref().map_or_else(|| Cow::Owned(content_keys(events)), Cow::Borrowed);
        let keys = self.uids.iter().zip(contents.iter()).zip(&self.parts);
        let keys = keys.flat_map(|((uid, content), part)| [uid, content].map(|key| (key.as_str().into(), *part)));
        let mut after: Names = keys.collect();
        keep_gone(&self.parts, before, &mut after);
        after
    }
}

/// Of the UID, and of start and title.
#[derive(Clone, Copy)]
struct Keys<'k> {
    uid: &'k str,
    content: &'k str,
}

/// A way to know the part of an event.
type Pass = fn(&mut Ledger<'_>, &Known<'_>, Keys<'_>) -> Option<Part>;

/// Names tell more than start and title; these tell more than numbers.
const PASSES: [Pass; 4] = [
    |ledger, event, keys| ledger.surely(event, keys),
    |ledger, event, keys| ledger.numbered(event, keys),
    |ledger, _, keys| ledger.by_uid_of_same(keys),
    |ledger, _, keys| ledger.by_content(keys),
];

/// The keys, those that are alike numbered.
fn numbered(keys: impl Iterator<Item = String>) -> Vec<String> {
    // By their hashes, which are the same in every process. Two that are alike by chance are numbered without need.
    let hasher = FixedState::default();
    let mut alike: HashMap<u64, usize> = HashMap::with_capacity(keys.size_hint().0);
    let number = |mut key: String| {
        let count = alike.entry(hasher.hash_one(key.as_bytes())).or_default();
        *count += 1;
        if *count > 1 {
            key = format!("{key}#{count}");
        }
        key
    };
    keys.map(number).collect()
}

/// The keys of starts and titles.
fn content_keys<'e>(events: impl Iterator<Item = (Start, &'e str)>) -> Vec<String> {
    numbered(events.map(|(start, title)| content_key(start, title)))
}

fn content_key(start: Start, title: &str) -> String {
    let title = folded(title);
    match start {
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
    before: &'a Names,
    /// The parts that events of this body have.
    taken: HashSet<Part>,
    /// The starts and titles of each part's events before.
    contents: HashMap<Part, Vec<&'a str>>,
}

impl<'a> Ledger<'a> {
    fn new(partner: &'a Slug, before: &'a Names) -> Self {
        let mut contents: HashMap<Part, Vec<&str>> = HashMap::new();
        for (key, part) in before.contents() {
            contents.entry(part).or_default().push(key);
        }
        Self { partner, before, taken: HashSet::new(), contents }
    }

    /// By its UID, which is a name, or a number that still has the same start and title.
    fn surely(&mut self, event: &Known<'_>, keys: Keys<'_>) -> Option<Part> {
        (!event.has_number() || self.knows(keys)).then(|| self.by_uid(keys.uid)).flatten()
    }

    /// By start and title, where the UID is a number.
    fn numbered(&mut self, event: &Known<'_>, keys: Keys<'_>) -> Option<Part> {
        event.has_number().then(|| self.by_content(keys)).flatten()
    }

    /// By its UID, where that does not mean another event now.
    fn by_uid_of_same(&mut self, keys: Keys<'_>) -> Option<Part> {
        if self.is_other(keys) { None } else { self.by_uid(keys.uid) }
    }

    fn by_uid(&mut self, uid: &str) -> Option<Part> {
        let part = self.known(uid)?;
        self.taken.insert(part).then_some(part)
    }

    /// The part that a key stood for.
    fn known(&self, key: &str) -> Option<Part> {
        self.before.part(key)
    }

    /// Whether the event that had this UID before had the same start and title.
    fn knows(&self, Keys { uid, content }: Keys<'_>) -> bool {
        let known = self.known(uid).and_then(|part| self.contents.get(&part));
        known.into_iter().flatten().any(|key| unnumbered(key) == unnumbered(content))
    }

    /// Whether the event that had this UID before had both another start and another title.
    fn is_other(&self, Keys { uid, content }: Keys<'_>) -> bool {
        let (Some(part), Some((start, title))) = (self.known(uid), content.split_once('|')) else { return false };
        let mut known = self.contents.get(&part).into_iter().flatten().peekable();
        known.peek().is_some()
            && known.all(|key| key.split_once('|').is_some_and(|(other, name)| other != start && name != title))
    }

    /// By start and title.
    fn by_content(&mut self, keys: Keys<'_>) -> Option<Part> {
        let base = unnumbered(keys.content);
        let numbered = (2..=MAX_ALIKE).map(|number| format!("{base}#{number}"));
        let candidates = std::iter::once(base.to_owned()).chain(numbered);
        let part = candidates.map_while(|key| self.known(&key)).find(|part| !self.taken.contains(part))?;
        self.taken.insert(part);
        Some(part)
    }

    /// A part that nobody has or had.
    fn new_part(&mut self, uid: &str) -> Part {
        let mut number = 0;
        loop {
            let part = Part::new(self.partner, uid, number);
            if !self.contents.contains_key(&part) && self.taken.insert(part) {
                return part;
            }
            number += 1;
        }
    }
}

/// Keeps the keys of events that are gone, those that start last before the others.
fn keep_gone(parts: &[Part], before: &Names, after: &mut Names) {
    let present: HashSet<Part> = parts.iter().copied().collect();
    let contents = before.contents().filter(|(_, part)| !present.contains(part)).rev().take(MAX_GONE / 2);
    let contents: Vec<(&str, Part)> = contents.collect();
    let parts: HashSet<Part> = contents.iter().map(|(_, part)| *part).collect();
    let uids = before.uids().filter(|(_, part)| parts.contains(part));
    for (key, part) in contents.iter().copied().chain(uids.take(MAX_GONE / 2)) {
        after.insert_new(key, part);
    }
}

/// The key of start and title without the number that tells alike ones apart.
fn unnumbered(content: &str) -> &str {
    let base = content.rsplit_once('#').filter(|(base, _)| base.contains('|') && !base.ends_with('|'));
    base.map_or(content, |(base, _)| base)
}

#[cfg(test)]
mod tests;
