//! The names that a partner's events keep in our feeds, and the keys by which the events are known again. It does not decide which event
//! is which.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::ops::Bound;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::Hasher;
use crate::name::Slug;

/// The digits of a part.
const PART_DIGITS: usize = 12;

/// The names that events were given: each key by which one is known again (`u:` and its UID, or `c:` and its start and title), with the
/// part of our id that it stands for. As JSON an object of texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<Box<str>, Part>);

impl Names {
    /// Each key with its part, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Part)> {
        self.0.iter().map(|(key, part)| (&**key, *part))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The part that a key stands for.
    pub(super) fn part(&self, key: &str) -> Option<Part> {
        self.0.get(key).copied()
    }

    /// Gives a part a key that stands for none so far.
    pub(super) fn insert_new(&mut self, key: &str, part: Part) {
        self.0.entry(key.into()).or_insert(part);
    }

    /// The keys of starts and titles, ascending by start.
    pub(super) fn contents(&self) -> impl DoubleEndedIterator<Item = (&str, Part)> {
        self.between("c:", "d")
    }

    /// The keys of UIDs.
    pub(super) fn uids(&self) -> impl DoubleEndedIterator<Item = (&str, Part)> {
        self.between("u:", "v")
    }

    fn between(&self, from: &str, to: &str) -> impl DoubleEndedIterator<Item = (&str, Part)> {
        self.0.range::<str, _>((Bound::Included(from), Bound::Excluded(to))).map(|(key, part)| (&**key, *part))
    }
}

impl FromIterator<(Box<str>, Part)> for Names {
    fn from_iter<I: IntoIterator<Item = (Box<str>, Part)>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, part)| (key, part.to_string())))
    }
}

/// A part that none of ours is costs an event its name, and not the whole file.
impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let kept = BTreeMap::<Box<str>, Cow<'_, str>>::deserialize(deserializer)?;
        Ok(Self(kept.into_iter().filter_map(|(key, part)| Some((key, Part::parse(&part)?))).collect()))
    }
}

/// The part of an event's id that is its own: 48 bits, written as twelve hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Part(u64);

impl Part {
    /// The part of an event with this UID; another for each number.
    pub(super) fn new(partner: &Slug, uid: &str, number: u64) -> Self {
        let digest = Hasher::default().text(partner.as_str()).text(uid).number(number).finish();
        Self(digest.bytes().iter().take(6).fold(0, |bits, byte| bits << 8 | u64::from(*byte)))
    }

    /// Its hexadecimal digits.
    fn digits(self) -> impl Iterator<Item = char> {
        let digit = move |number| char::from_digit((self.0 >> (4 * number) & 0xf) as u32, 16).unwrap_or_default();
        (0..PART_DIGITS).rev().map(digit)
    }

    /// Reads what was kept.
    fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_part = text.len() == PART_DIGITS && text.bytes().all(is_digit);
        is_part.then(|| u64::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.digits().try_for_each(|digit| f.write_char(digit))
    }
}

/// The name of an event in our feeds, `{partner}-{part}`; a long partner's name is cut.
pub(super) fn slug(partner: &Slug, part: Part) -> Option<Slug> {
    let room = Slug::MAX - 1 - PART_DIGITS;
    let name = partner.as_str().get(..partner.as_str().len().min(room)).unwrap_or_default().trim_end_matches('-');
    let mut slug = String::with_capacity(name.len() + 1 + PART_DIGITS);
    slug.push_str(name);
    slug.push('-');
    slug.extend(part.digits());
    Slug::parse(&slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_room_for_its_part() {
        let long = Slug::parse(&"x".repeat(80)).unwrap();
        assert_eq!(slug(&long, Part(0x0123_4567_89ab)).unwrap().as_str().len(), 80);
        assert_eq!(
            slug(&Slug::parse("partner").unwrap(), Part(0x0123_4567_89ab)).unwrap().as_str(),
            "partner-0123456789ab"
        );
    }

    #[test]
    fn names_are_kept_as_texts_and_what_is_none_of_ours_is_left() {
        let names: Names = serde_json::from_str(r#"{"c:1|x":"0123456789ab","u:a":"0123456789ab","u:b":"?"}"#).unwrap();
        assert_eq!(serde_json::to_string(&names).unwrap(), r#"{"c:1|x":"0123456789ab","u:a":"0123456789ab"}"#);
        assert_eq!((names.contents().count(), names.uids().count()), (1, 1));
    }
}
