//! What the partners last said, adopted, and which of it is published now. It asks nobody.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::config::Config;
use crate::event::{Event, Start};
use crate::merge::Voice;
use crate::name::Slug;
use crate::partner::poll::{Staleness, staleness};
use crate::partner::{Adopted, Changes, Header, Partner, Snapshot, adopt};

/// Every partner of the catalog that has said something.
#[derive(Debug, Default)]
pub(super) struct Voices {
    heard: BTreeMap<Slug, Heard>,
    /// When the events start that differ from those that were last [taken](Voices::take_starts).
    starts: BTreeSet<Start>,
    /// Whose events were current then.
    current: BTreeSet<Slug>,
}

/// One partner's last good answer.
#[derive(Debug)]
struct Heard {
    partner: Arc<Partner>,
    snapshot: Snapshot,
    adopted: Adopted,
    /// What its last new answer changed, since the start.
    changes: Option<Changes>,
}

impl Voices {
    /// What partners said before, taken in all at once.
    pub(super) fn new(said: Vec<(Slug, Snapshot)>, partners: &BTreeMap<Slug, Arc<Partner>>, config: &Config) -> Self {
        let heard = super::shared_out(said, |(slug, snapshot)| {
            let partner = Arc::clone(partners.get(&slug)?);
            let adopted = adopted(&partner, &snapshot, config, None);
            Some((slug, Heard { partner, snapshot, adopted, changes: None }))
        });
        Self { heard: heard.into_iter().flatten().collect(), ..Self::default() }
    }

    /// Takes in what partners said. Of a partner that the catalog does not know (any more) nothing is kept.
    pub(super) fn hear(
        &mut self,
        said: Vec<(Slug, Snapshot)>,
        partners: &BTreeMap<Slug, Arc<Partner>>,
        config: &Config,
    ) {
        for (slug, snapshot) in said {
            let Some(partner) = partners.get(&slug) else { continue };
            match self.heard.get_mut(&slug) {
                // Nothing but times and counts is new: the events stay as they are. The whole snapshot is taken, so that its body is
                // shared with the fetcher's and is not there twice.
                Some(heard) if Arc::ptr_eq(&heard.partner, partner) && heard.snapshot.body == snapshot.body => {
                    heard.snapshot = snapshot;
                }
                // A new address that has not answered well yet: what the old one said stays, and grows old, until it does.
                Some(heard) if snapshot.body.is_empty() && !heard.snapshot.body.is_empty() => {
                    let Header { attempted, took, next, failures, fault, not_before, .. } = snapshot.header;
                    let header = &mut heard.snapshot.header;
                    *header = Header { attempted, took, next, failures, fault, not_before, ..std::mem::take(header) };
                }
                before => {
                    let adopted = adopted(partner, &snapshot, config, before.as_ref().map(|heard| &heard.adopted));
                    let changes = before.as_ref().map(|heard| Changes::between(&heard.adopted, &adopted));
                    self.starts.extend(differing(before.map_or(&[], |heard| &heard.adopted.events), &adopted.events));
                    self.heard.insert(slug, Heard { partner: Arc::clone(partner), snapshot, adopted, changes });
                }
            }
        }
    }

    /// Follows the catalog: partners that are gone say nothing more, and one whose table has changed is adopted anew.
    pub(super) fn follow(&mut self, partners: &BTreeMap<Slug, Arc<Partner>>, config: &Config) {
        let gone = self.heard.extract_if(.., |slug, _| !partners.contains_key(slug));
        self.starts.extend(gone.flat_map(|(_, heard)| starts(&heard.adopted.events).collect::<Vec<_>>()));
        for (slug, heard) in &mut self.heard {
            let Some(partner) = partners.get(slug).filter(|partner| !Arc::ptr_eq(partner, &heard.partner)) else {
                continue;
            };
            self.starts.extend(starts(&heard.adopted.events));
            heard.adopted = adopted(partner, &heard.snapshot, config, Some(&heard.adopted));
            heard.partner = Arc::clone(partner);
            self.starts.extend(starts(&heard.adopted.events));
        }
    }

    /// When the events start that differ from those of the last call, at `now`.
    pub(super) fn take_starts(&mut self, config: &Config, now: DateTime<Utc>) -> BTreeSet<Start> {
        let current: BTreeSet<Slug> = self.current(config, now).iter().map(|voice| voice.partner.clone()).collect();
        for slug in current.symmetric_difference(&self.current) {
            self.starts.extend(self.heard.get(slug).into_iter().flat_map(|heard| starts(&heard.adopted.events)));
        }
        self.current = current;
        std::mem::take(&mut self.starts)
    }

    /// What may be published at `now`: a copy that nobody has confirmed for too long is not.
    pub(super) fn current(&self, config: &Config, now: DateTime<Utc>) -> Vec<Voice<'_>> {
        self.heard
            .values()
            .filter(|heard| staleness(&heard.snapshot.header, now, &config.partners.limits) != Staleness::Gone)
            .map(|heard| Voice {
                partner: &heard.partner.slug,
                priority: heard.partner.priority,
                combined: heard.partner.combined,
                events: &heard.adopted.events,
            })
            .collect()
    }

    /// What is known of a partner.
    pub(super) fn of(&self, slug: &Slug) -> Option<(&Header, &Adopted)> {
        self.heard.get(slug).map(|heard| (&heard.snapshot.header, &heard.adopted))
    }

    /// How many bytes are kept of its last good answer.
    pub(super) fn copy_bytes(&self, slug: &Slug) -> usize {
        self.heard.get(slug).map_or(0, |heard| heard.snapshot.body.len())
    }

    /// What its last new answer changed.
    pub(super) fn changes(&self, slug: &Slug) -> Option<Changes> {
        self.heard.get(slug).and_then(|heard| heard.changes)
    }
}

fn starts(events: &[Arc<Event>]) -> impl Iterator<Item = Start> {
    events.iter().map(|event| event.start())
}

/// When the events start that are not in both lists.
fn differing(before: &[Arc<Event>], now: &[Arc<Event>]) -> Vec<Start> {
    let set = |events: &[Arc<Event>]| events.iter().map(Arc::as_ptr).collect::<HashSet<_>>();
    let (old, new) = (set(before), set(now));
    let going = before.iter().filter(|event| !new.contains(&Arc::as_ptr(event)));
    let coming = now.iter().filter(|event| !old.contains(&Arc::as_ptr(event)));
    going.chain(coming).map(|event| event.start()).collect()
}

/// The events of a snapshot; those that are as before keep their `Arc`. What cannot be adopted any more leaves what was.
fn adopted(partner: &Partner, snapshot: &Snapshot, config: &Config, before: Option<&Adopted>) -> Adopted {
    let context = crate::partner::Context { zone: config.timezone, uid_domain: &config.uid_domain };
    let adopted = adopt(partner, &snapshot.header, &snapshot.body, &context, &config.partners.limits);
    let Ok(adopted) = adopted else { return before.cloned().unwrap_or_default() };
    let mut adopted = adopted.without_identities();
    let known: BTreeMap<&Slug, &Arc<Event>> =
        before.iter().flat_map(|before| &before.events).map(|event| (&event.id, event)).collect();
    for event in &mut adopted.events {
        if let Some(before) = known.get(&event.id).filter(|before| **before == event) {
            *event = Arc::clone(before);
        }
    }
    adopted
}
