//! The mass-deletion hold: a calendar that has suddenly lost most of its coming events is not believed at once. Events that are over,
//! moved or replaced by others are no loss.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::event::Event;
use crate::event::occurrences::last_end;
use crate::partner::{Header, Held, Limits};
use crate::time::Zone;

/// How many coming events must be gone before a loss counts as a mass deletion, unless all are.
const LEAST_GONE: usize = 10;

/// A loss: how many coming events there were, and how many there are.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Loss {
    /// The coming events of the last good copy.
    pub(super) before: usize,
    /// How many of them, or others in their stead, are still there.
    pub(super) after: usize,
}

/// Whether the new events are a mass deletion of the old ones: fewer than half are left and at least ten are gone, or nothing is left
/// at all. An event that is still there, or one to come in its stead, counts as left.
pub(super) fn loss(old: &[Arc<Event>], new: &[Arc<Event>], now: DateTime<Utc>, zone: Zone) -> Option<Loss> {
    let coming = |event: &&Arc<Event>| is_coming(event, now, zone);
    let uids: HashSet<&str> = new.iter().map(|event| event.uid.as_str()).collect();
    let (mut before, mut same) = (0, 0);
    for event in old.iter().filter(coming) {
        before += 1;
        same += usize::from(uids.contains(event.uid.as_str()));
    }
    let after = same.max(new.iter().filter(coming).take(before).count());
    is_loss(before, after, new.is_empty()).then_some(Loss { before, after })
}

/// Whether there can be a loss at all, where the old copy had so many events in all: most answers need not be held against it.
pub(super) fn may_be_lost(old: usize, new: &[Arc<Event>], now: DateTime<Utc>, zone: Zone) -> bool {
    let after = new.iter().filter(|event| is_coming(event, now, zone)).count();
    is_loss(old, after, new.is_empty())
}

fn is_loss(before: usize, after: usize, is_empty: bool) -> bool {
    let most = after < before.div_ceil(2) && before - after >= LEAST_GONE;
    most || (is_empty && before > 0)
}

fn is_coming(event: &Event, now: DateTime<Utc>, zone: Zone) -> bool {
    last_end(event, zone).is_none_or(|end| end > now)
}

/// Whether a loss that was seen at `now` is still held, and what is then remembered of it: for three polls or a day, whichever ends
/// first. `None` when it is to be believed.
pub(super) fn hold(header: &Header, now: DateTime<Utc>, limits: &Limits) -> Option<Held> {
    let held = header.held.clone().unwrap_or(Held { since: now, polls: 0 });
    let age = now.signed_duration_since(held.since);
    let over = held.polls >= limits.hold_polls || age >= limits.hold_for || age < TimeDelta::zero();
    (!over).then(|| Held { polls: held.polls + 1, ..held })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::poll::sample;

    /// Events by the number in their UID and whether they are to come.
    fn events(numbers: std::ops::Range<usize>, coming: bool) -> Vec<Arc<Event>> {
        numbers.map(|number| sample::event(number, coming)).collect()
    }

    #[test]
    fn a_mass_deletion_is_told_from_a_change() {
        let check = |old: &[Arc<Event>], new: &[Arc<Event>], expected: Option<(usize, usize)>| {
            let found = loss(old, new, sample::at(0), crate::event::sample::zone());
            assert_eq!(found.map(|loss| (loss.before, loss.after)), expected);
        };
        let forty = events(0..40, true);
        check(&forty, &[], Some((40, 0)));
        check(&forty, &events(0..2, true), Some((40, 2)));
        check(&forty, &events(0..19, true), Some((40, 19)));
        check(&forty, &events(0..20, true), None);
        check(&forty, &events(0..40, false), None);
        check(&forty, &events(100..140, true), None);
        check(&forty, &events(100..140, false), Some((40, 0)));
        check(&events(0..12, true), &events(0..2, true), Some((12, 2)));
        check(&events(0..11, true), &events(0..2, true), None);
        check(&events(0..1, true), &[], Some((1, 0)));
        check(&events(0..40, false), &[], None);
        check(&[], &[], None);
        check(&[], &forty, None);
    }

    #[test]
    fn a_loss_is_held_for_three_polls_or_a_day() {
        let check = |held: Option<(i64, u32)>, polls: Option<u32>| {
            let held = held.map(|(hours, polls)| Held { since: sample::at(-hours * 3_600), polls });
            let header = Header { held, ..Header::default() };
            let found = hold(&header, sample::at(0), &Limits::default());
            assert_eq!(found.map(|held| held.polls), polls);
        };
        check(None, Some(1));
        check(Some((0, 1)), Some(2));
        check(Some((23, 2)), Some(3));
        check(Some((1, 3)), None);
        check(Some((24, 1)), None);
        check(Some((-1, 1)), None);
        let limits = Limits { hold_polls: 0, ..Limits::default() };
        assert_eq!(hold(&Header::default(), sample::at(0), &limits), None);
    }
}
