//! The ledger of revisions: which version of each event, and of each feed, is the current one, and since when. It is pure: `now` is an
//! argument, and whoever calls keeps the bytes.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::event::{Details, Event, Revision};

/// What is remembered of every event and feed. Losing it loses history and freshness, never a UID.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    events: BTreeMap<String, Entry>,
    feeds: BTreeMap<String, Stamp>,
}

/// What is remembered of one event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Entry {
    /// Of all that is published of it.
    digest: Digest,
    /// Of its times, places and statuses: what SEQUENCE counts.
    schedule: Digest,
    sequence: u32,
    modified: DateTime<Utc>,
    /// When its bytes last changed: later than `modified` where the editors gave an earlier time.
    changed: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    updated: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gone: Option<DateTime<Utc>>,
}

/// An event as the ledger knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Current {
    /// Of all that is published of it; see [`content`].
    pub digest: Digest,
    /// What is published of its revision.
    pub revision: Revision,
    /// When its bytes last changed, in whole seconds.
    pub changed: DateTime<Utc>,
}

/// What a feed held, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Of all that it holds.
    pub digest: Digest,
    /// When that last changed, in whole seconds: Last-Modified.
    pub modified: DateTime<Utc>,
}

/// How long the revision of an event that is gone is remembered, should it come back.
const MEMORY: TimeDelta = TimeDelta::days(400);

impl Ledger {
    /// Reads what [`Ledger::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes are something else, with the place of the fault.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The ledger as a file: JSON, the same bytes for the same ledger.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Maps with text keys always serialize.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The current revision of an event whose content has this digest (see [`content`]); what is new or has changed is
    /// entered with the time `now`.
    ///
    /// `updated`, where the editors give it, is the time of the change instead; but a change that leaves an old `updated` standing
    /// must still reach subscribers, so it has the time `now`.
    ///
    /// An event that was never seen has the time `midnight`, the start of today: two machines that begin on one day publish the same bytes.
    pub fn revise(&mut self, event: &Event, digest: Digest, now: DateTime<Utc>, midnight: DateTime<Utc>) -> Revision {
        let now = now.trunc_subsecs(0);
        let updated = event.updated.map(|updated| updated.min(now));
        let entry = match self.events.get_mut(&event.uid) {
            None => self.events.entry(event.uid.clone()).or_insert(Entry {
                digest,
                schedule: schedule(event),
                sequence: 0,
                modified: updated.unwrap_or(midnight),
                changed: now,
                updated: event.updated,
                gone: None,
            }),
            Some(entry) => {
                entry.change(event, digest, updated, now);
                entry.gone = None;
                entry
            }
        };
        Revision { sequence: entry.sequence, modified: entry.modified }
    }

    /// What is known of an event that was [revised](Self::revise); of one that was not, what would be.
    #[must_use]
    pub fn current(&self, event: &Event, now: DateTime<Utc>, midnight: DateTime<Utc>) -> Current {
        let now = now.trunc_subsecs(0);
        let first = || Current {
            digest: content(event),
            revision: Revision { sequence: 0, modified: event.updated.map_or(midnight, |updated| updated.min(now)) },
            changed: now,
        };
        self.events.get(&event.uid).map_or_else(first, |entry| Current {
            digest: entry.digest,
            revision: Revision { sequence: entry.sequence, modified: entry.modified },
            changed: entry.changed,
        })
    }

    /// Notes that an event is gone.
    pub fn leave(&mut self, uid: &str, now: DateTime<Utc>) {
        if let Some(entry) = self.events.get_mut(uid) {
            entry.gone = entry.gone.or(Some(now.trunc_subsecs(0)));
        }
    }

    /// Notes which of all events are gone, and forgets those gone for long. `present` tells whether a UID is published.
    pub fn retire(&mut self, present: impl Fn(&str) -> bool, now: DateTime<Utc>) {
        let now = now.trunc_subsecs(0);
        self.events.retain(|uid, entry| {
            entry.gone = if present(uid) { None } else { entry.gone.or(Some(now)) };
            entry.gone.is_none_or(|gone| now - gone < MEMORY)
        });
    }

    /// The time of the last change of a feed that now holds `digest`.
    #[must_use]
    pub fn stamp(&self, feed: &str, digest: Digest, now: DateTime<Utc>) -> Stamp {
        match self.feeds.get(feed) {
            Some(stamp) if stamp.digest == digest => *stamp,
            _ => Stamp { digest, modified: now.trunc_subsecs(0) },
        }
    }

    /// Whether these feeds are remembered so, and no others.
    #[must_use]
    pub fn has_feeds<'s>(&self, stamps: impl IntoIterator<Item = (&'s str, Stamp)>) -> bool {
        let mut known = stamps.into_iter().map(|(feed, stamp)| self.feeds.get(feed) == Some(&stamp));
        let mut count = 0;
        let all = known.by_ref().inspect(|_| count += 1).all(|known| known);
        all && count == self.feeds.len()
    }

    /// Remembers these feeds, and only these.
    pub fn remember_feeds<'s>(&mut self, stamps: impl Iterator<Item = (&'s str, Stamp)> + Clone) {
        let mut count = 0;
        for (feed, stamp) in stamps.clone() {
            count += 1;
            match self.feeds.get_mut(feed) {
                Some(known) => *known = stamp,
                None => drop(self.feeds.insert(feed.to_owned(), stamp)),
            }
        }
        if count != self.feeds.len() {
            let present: std::collections::HashSet<&str> = stamps.map(|(feed, _)| feed).collect();
            self.feeds.retain(|feed, _| present.contains(feed.as_str()));
        }
    }
}

impl Entry {
    fn change(&mut self, event: &Event, digest: Digest, updated: Option<DateTime<Utc>>, now: DateTime<Utc>) {
        let restated = event.updated != self.updated;
        if restated || digest != self.digest {
            self.changed = now;
        }
        if let (true, Some(updated)) = (restated, updated) {
            self.modified = updated;
        } else if digest != self.digest {
            self.modified = now;
        }
        if digest != self.digest {
            let schedule = schedule(event);
            self.sequence = self.sequence.saturating_add(u32::from(schedule != self.schedule)).min(i32::MAX as u32);
            self.schedule = schedule;
            self.digest = digest;
        }
        self.updated = event.updated;
    }
}

/// The digest of all that is published of an event, `updated` aside.
#[must_use]
pub fn content(event: &Event) -> Digest {
    Digest::of(&(
        &event.uid,
        &event.id,
        &event.details,
        &event.organizations,
        &event.tags,
        &event.recurrence,
        &event.changes,
    ))
}

/// The digest of time, place and status, of the event and of its changed occurrences.
fn schedule(event: &Event) -> Digest {
    fn of(details: &Details) -> impl Serialize {
        (details.when, &details.place, details.status)
    }
    let changes: Vec<_> = event.changes.iter().map(|change| (change.of, of(&change.details))).collect();
    Digest::of(&(of(&event.details), &event.recurrence, changes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Status, sample};

    fn day(day: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_600_000_000 + day * 86_400, 0).unwrap()
    }

    fn revise(ledger: &mut Ledger, event: &Event, now: DateTime<Utc>) -> (u32, DateTime<Utc>) {
        let revision = ledger.revise(event, content(event), now, now);
        (revision.sequence, revision.modified)
    }

    fn rally() -> Event {
        sample::event("2021-03-20T13:00:00", "2021-03-20T15:00:00")
    }

    #[test]
    fn what_does_not_change_keeps_its_revision() {
        let mut ledger = Ledger::default();
        assert_eq!(revise(&mut ledger, &rally(), day(1)), (0, day(1)));
        assert_eq!(revise(&mut ledger, &rally(), day(2)), (0, day(1)));
    }

    #[test]
    fn what_is_seen_first_has_the_time_of_its_day() {
        let mut ledger = Ledger::default();
        let revision = ledger.revise(&rally(), content(&rally()), day(1) + TimeDelta::hours(5), day(1));
        assert_eq!(revision.modified, day(1));
        let other = Ledger::default().current(&rally(), day(1) + TimeDelta::hours(9), day(1));
        assert_eq!(other.revision, revision);
    }

    #[test]
    fn a_change_of_words_moves_the_time_and_not_the_sequence() {
        let mut ledger = Ledger::default();
        revise(&mut ledger, &rally(), day(1));
        let mut event = rally();
        event.details.title = "March".into();
        assert_eq!(revise(&mut ledger, &event, day(2)), (0, day(2)));
    }

    #[test]
    fn a_change_of_time_place_or_status_moves_both() {
        let mut ledger = Ledger::default();
        revise(&mut ledger, &rally(), day(1));
        let mut event = sample::event("2021-03-20T14:00:00", "2021-03-20T15:00:00");
        assert_eq!(revise(&mut ledger, &event, day(2)), (1, day(2)));
        event.details.place = Some(crate::event::Place::Text("Unity Park".into()));
        assert_eq!(revise(&mut ledger, &event, day(3)), (2, day(3)));
        event.details.status = Status::Cancelled;
        assert_eq!(revise(&mut ledger, &event, day(4)), (3, day(4)));
    }

    #[test]
    fn the_editors_time_goes_before_ours() {
        let mut ledger = Ledger::default();
        let mut event = rally();
        event.updated = Some(day(-5));
        assert_eq!(revise(&mut ledger, &event, day(1)), (0, day(-5)));
        event.updated = Some(day(-3));
        assert_eq!(revise(&mut ledger, &event, day(2)), (0, day(-3)));
        event.details.title = "A change that forgets to say when".into();
        assert_eq!(revise(&mut ledger, &event, day(3)), (0, day(3)));
        assert_eq!(revise(&mut ledger, &event, day(4)), (0, day(3)));
    }

    #[test]
    fn bytes_change_when_they_change_whatever_the_editors_say() {
        let mut ledger = Ledger::default();
        let mut event = rally();
        revise(&mut ledger, &event, day(1));
        assert_eq!(ledger.current(&event, day(2), day(2)).changed, day(1));
        event.updated = Some(day(-5));
        revise(&mut ledger, &event, day(2));
        assert_eq!(ledger.current(&event, day(3), day(3)).changed, day(2));
    }

    #[test]
    fn no_revision_lies_in_the_future() {
        let mut event = rally();
        event.updated = Some(day(9));
        assert_eq!(revise(&mut Ledger::default(), &event, day(1)), (0, day(1)));
        assert_eq!(Ledger::default().current(&event, day(1), day(1)).revision.modified, day(1));
    }

    #[test]
    fn an_event_that_comes_back_goes_on_where_it_was() {
        let mut ledger = Ledger::default();
        revise(&mut ledger, &rally(), day(1));
        ledger.retire(|_| false, day(2));
        assert_eq!(revise(&mut ledger, &rally(), day(300)), (0, day(1)));
        ledger.retire(|_| false, day(301));
        ledger.retire(|_| false, day(301 + 400));
        assert_eq!(ledger, Ledger::default());
    }

    #[test]
    fn a_feed_is_as_new_as_its_digest() {
        let mut ledger = Ledger::default();
        let (one, other) = (Digest::of("one"), Digest::of("other"));
        let stamp = ledger.stamp("all", one, day(1));
        ledger.remember_feeds([("all", stamp)].into_iter());
        assert_eq!(ledger.stamp("all", one, day(2)).modified, day(1));
        assert_eq!(ledger.stamp("all", other, day(2)).modified, day(2));
    }

    #[test]
    fn a_ledger_survives_its_file() {
        let mut ledger = Ledger::default();
        revise(&mut ledger, &rally(), day(1));
        ledger.remember_feeds([("all", ledger.stamp("all", Digest::of("all"), day(1)))].into_iter());
        assert_eq!(Ledger::parse(&ledger.to_bytes()).unwrap(), ledger);
        assert!(Ledger::parse(b"{").is_err());
    }
}
