//! Which VEVENTs of a body belong together: the versions of an event, its changed occurrences, and the events that share a UID by
//! mistake. It does not look into them.

use foldhash::{HashMap, HashMapExt as _};

use super::fields::Fields;
use super::ledger::Ledger;
use super::words;
use crate::partner::reasons::TWICE;

/// The longest title by which something is told, in characters.
const MAX_SUBJECT: usize = 100;

/// The events of one UID.
#[derive(Default)]
pub(super) struct Group<'f, 'a> {
    /// The events that are no changed occurrences: mostly one. Some sites give the dates of an event one UID, though.
    pub(super) masters: Vec<&'f Fields<'a>>,
    pub(super) changes: Vec<&'f Fields<'a>>,
}

/// The events with one UID that are told apart.
const MAX_MASTERS: usize = 1_000;

impl<'f, 'a> Group<'f, 'a> {
    /// Takes in another event of the UID; whether of two versions of one event the older was left out.
    fn add(&mut self, fields: &'f Fields<'a>) -> bool {
        if fields.recurrence_id.is_some() {
            self.changes.push(fields);
            return false;
        }
        let is_version = |known: &&mut &Fields<'_>| fields.is_version_of(known);
        let has_room = self.masters.len() < MAX_MASTERS;
        match self.masters.iter_mut().find(is_version) {
            Some(known) if fields.version(known).is_ge() => *known = fields,
            Some(_) => {}
            None if has_room => {
                self.masters.push(fields);
                return false;
            }
            None => {}
        }
        true
    }
}

/// The events by their UIDs, in the order of their first appearance. One without a UID is alone.
pub(super) fn groups<'f, 'a>(read: &'f [Fields<'a>], ledger: &mut Ledger) -> Vec<(Option<&'a str>, Group<'f, 'a>)> {
    let mut groups: Vec<(Option<&str>, Group)> = Vec::with_capacity(read.len());
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(read.len());
    for fields in read {
        ledger.counted(TWICE, fields.repeated);
        let uid = fields.uid.map(str::trim).filter(|uid| !uid.is_empty());
        let place = uid.and_then(|uid| places.get(uid).copied()).unwrap_or(groups.len());
        if place == groups.len() {
            groups.push((uid, Group::default()));
            places.extend(uid.map(|uid| (uid, place)));
        }
        let Some((_, group)) = groups.get_mut(place) else { continue };
        if group.add(fields) {
            subject(fields, ledger);
            ledger.dropped("an older version of an event that is there twice");
        }
    }
    groups
}

/// Lets a ledger that tells each thing know that it is about this.
pub(super) fn subject(fields: &Fields<'_>, ledger: &mut Ledger) {
    if ledger.tells() {
        ledger.about(words::title(fields, MAX_SUBJECT).unwrap_or_default(), fields.uid.unwrap_or_default().trim());
    }
}
