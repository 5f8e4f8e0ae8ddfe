//! Events in feed order, in pieces that one Site shares with the next: a change costs its piece and not the list. Which events share a
//! piece follows from the events alone, never from what the list was before. It does not know what is made of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::published::Published;
use crate::digest::{Digest, Hasher};
use crate::feed::{self, Rank, Span};
use crate::time::Zone;

/// Events in feed order, each once.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelf {
    pieces: Vec<Arc<Piece>>,
}

/// Neighbors on a shelf, and what is known of all of them.
#[derive(Debug)]
struct Piece {
    events: Box<[Arc<Published>]>,
    /// Of their contents and revisions.
    digest: Digest,
    most_bytes: usize,
    listed_in: Option<NaiveDate>,
    /// From the first start to the last end.
    span: Span,
    /// The earliest day, and the earliest day of each zone beside the calendar's.
    days: Box<[(NaiveDate, Option<Zone>)]>,
}

/// What leaves a shelf and what comes; both in feed order.
#[derive(Debug, Default)]
pub(super) struct Edit {
    pub(super) going: Vec<Arc<Published>>,
    pub(super) coming: Vec<Arc<Published>>,
}

impl Edit {
    pub(super) fn is_empty(&self) -> bool {
        self.going.is_empty() && self.coming.is_empty()
    }

    /// Puts both into feed order.
    pub(super) fn sort(&mut self) {
        for events in [&mut self.going, &mut self.coming] {
            events.sort_unstable_by(|one, other| one.order().cmp(&other.order()));
        }
    }
}

impl Shelf {
    /// A shelf of events that are in feed order.
    pub(super) fn of(events: Vec<Arc<Published>>) -> Self {
        let mut shelf = Self::default();
        shelf.cut(events);
        shelf
    }

    /// The shelf after an edit.
    pub(super) fn edited(&self, edit: &Edit) -> Self {
        let mut shelf = Self { pieces: Vec::with_capacity(self.pieces.len() + 1) };
        let (mut going, mut coming) = (edit.going.as_slice(), edit.coming.as_slice());
        let mut loose = Vec::new();
        for (number, piece) in self.pieces.iter().enumerate() {
            let end = self.pieces.get(number + 1).and_then(|next| next.events.first());
            let (gone, come) = (split_before(&mut going, end), split_before(&mut coming, end));
            if gone.is_empty() && come.is_empty() {
                shelf.cut(std::mem::take(&mut loose));
                shelf.pieces.push(Arc::clone(piece));
                continue;
            }
            let first = loose.len();
            replace(&piece.events, gone, come, &mut loose);
            // What has lost the event that opened its piece belongs to the one before.
            if first == 0
                && loose.first().is_some_and(|event| !opens(event))
                && let Some(before) = shelf.pieces.pop()
            {
                loose.splice(..0, before.events.iter().cloned());
            }
        }
        loose.extend_from_slice(coming);
        shelf.cut(loose);
        shelf
    }

    /// Appends events, cut into pieces.
    fn cut(&mut self, events: Vec<Arc<Published>>) {
        let mut rest = events.as_slice();
        while let Some((_, others)) = rest.split_first() {
            let length = 1 + others.iter().position(|event| opens(event)).unwrap_or(others.len());
            let (piece, after) = rest.split_at(length);
            self.pieces.push(Arc::new(Piece::of(piece)));
            rest = after;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Published>> + Clone {
        self.pieces.iter().flat_map(|piece| piece.events.iter())
    }

    pub(super) fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.events.len()).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Adds the contents and revisions of all events.
    pub(super) fn hash(&self, hasher: &mut Hasher) {
        self.pieces.iter().for_each(|piece| {
            hasher.digest(piece.digest);
        });
    }

    /// See [`Published::most_bytes`].
    pub(super) fn most_bytes(&self) -> usize {
        self.pieces.iter().map(|piece| piece.most_bytes).sum()
    }

    /// See [`Published::listed_in`].
    pub(super) fn listed_in(&self) -> Option<NaiveDate> {
        self.pieces.iter().filter_map(|piece| piece.listed_in).max()
    }

    /// The earliest day among all events, and among those of each zone, for [`feed::zones`].
    pub(super) fn days(&self) -> impl Iterator<Item = (NaiveDate, Option<Zone>)> {
        self.pieces.iter().flat_map(|piece| piece.days.iter().copied())
    }

    /// The events in the order in which a feed has room for them (see [`feed::rank`]), with their places on the shelf. Only pieces that
    /// may have the next one are looked into.
    pub(super) fn by_rank(&self, midnight: DateTime<Utc>) -> impl Iterator<Item = (usize, &Arc<Published>)> {
        let mut place = 0;
        let pieces = self.pieces.iter().map(|piece| {
            let first = place;
            place += piece.events.len();
            Reverse(Ranked { rank: feed::rank(piece.span, midnight), place: first, what: What::Piece(piece) })
        });
        let mut next: BinaryHeap<Reverse<Ranked<'_>>> = pieces.collect();
        std::iter::from_fn(move || {
            loop {
                let Reverse(Ranked { place, what, .. }) = next.pop()?;
                match what {
                    What::Event(event) => return Some((place, event)),
                    What::Piece(piece) => next.extend(piece.events.iter().enumerate().map(|(number, event)| {
                        let rank = feed::rank(event.span, midnight);
                        Reverse(Ranked { rank, place: place + number, what: What::Event(event) })
                    })),
                }
            }
        })
    }

    /// The events that are not all over at an instant, a piece at a time, each with the earliest day of its events.
    pub(super) fn not_over(&self, instant: DateTime<Utc>) -> impl Iterator<Item = (NaiveDate, &[Arc<Published>])> {
        let pieces = self.pieces.iter().filter(move |piece| piece.span.last_end.is_none_or(|end| end > instant));
        pieces.filter_map(|piece| Some((piece.days.first()?.0, &*piece.events)))
    }
}

/// Whether an event is the first of its piece, if it is not the first of all. One in about 256 is.
fn opens(event: &Published) -> bool {
    event.digest.bytes().first() == Some(&0)
}

/// Takes the events before `end` off the front; all where there is no end.
fn split_before<'e>(events: &mut &'e [Arc<Published>], end: Option<&Arc<Published>>) -> &'e [Arc<Published>] {
    let count = end.map_or(events.len(), |end| events.partition_point(|event| event.order() < end.order()));
    let (before, after) = events.split_at(count);
    *events = after;
    before
}

/// Writes `events` without those that go and with those that come.
fn replace(
    events: &[Arc<Published>],
    going: &[Arc<Published>],
    coming: &[Arc<Published>],
    to: &mut Vec<Arc<Published>>,
) {
    let mut coming = coming.iter().peekable();
    let stays = |event: &&Arc<Published>| !going.iter().any(|gone| Arc::ptr_eq(gone, event));
    for event in events.iter().filter(stays) {
        while let Some(come) = coming.next_if(|come| come.order() < event.order()) {
            to.push(Arc::clone(come));
        }
        to.push(Arc::clone(event));
    }
    to.extend(coming.cloned());
}

impl Piece {
    fn of(events: &[Arc<Published>]) -> Self {
        let mut hasher = Hasher::default();
        let mut days: BTreeMap<Option<&str>, (NaiveDate, Option<Zone>)> = BTreeMap::new();
        for published in events {
            let revision = published.revision;
            hasher
                .digest(published.digest)
                .number(revision.sequence.into())
                .number(revision.modified.timestamp().cast_unsigned());
            let day = published.event.first_day();
            for zone in [None, published.event.zone()] {
                let (earliest, _) = days.entry(zone.as_ref().map(Zone::name)).or_insert((day, zone));
                *earliest = (*earliest).min(day);
            }
        }
        let ends = events.iter().map(|event| event.span.last_end);
        Self {
            events: events.into(),
            digest: hasher.finish(),
            most_bytes: events.iter().map(|event| event.most_bytes()).sum(),
            listed_in: events.iter().filter_map(|event| event.listed_in).max(),
            span: Span {
                start: events.first().map_or(DateTime::UNIX_EPOCH, |event| event.span.start),
                last_end: ends.reduce(|one, other| Some(one?.max(other?))).flatten(),
            },
            days: days.into_values().collect(),
        }
    }
}

/// What comes next by rank; of one rank, what stands first.
struct Ranked<'s> {
    rank: Rank,
    place: usize,
    what: What<'s>,
}

enum What<'s> {
    /// A piece, which stands for its events: none of them ranks before it.
    Piece(&'s Piece),
    Event(&'s Arc<Published>),
}

impl Ranked<'_> {
    /// A piece goes before its own first event.
    fn key(&self) -> (Rank, usize, bool) {
        (self.rank, self.place, matches!(self.what, What::Event(_)))
    }
}

impl PartialEq for Ranked<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Ranked<'_> {}

impl PartialOrd for Ranked<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ranked<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Config};
    use crate::event::{Event, sample};
    use crate::name::Slug;
    use crate::problem::Source;
    use crate::revision::Ledger;
    use crate::site::frame::Frame;

    /// An event by its number: when it is follows from that, and so does whether it opens a piece.
    fn published(number: u64, frame: &Frame) -> Arc<Published> {
        let start = format!("2021-{:02}-{:02}T{:02}:00:00", 1 + number % 12, 1 + number % 28, 8 + number % 13);
        let mut event = sample::event(&start, &start.replace("00:00", "30:00"));
        event.id = Slug::parse(&format!("event-{number}")).unwrap();
        event.uid = format!("event-{number}@handbill.test");
        let now = "2021-06-01T12:00:00Z".parse().unwrap();
        let current = Ledger::default().current(&event, now, now);
        Arc::new(Published::new(Arc::<Event>::new(event), current, frame, "2021-06-01".parse().unwrap()))
    }

    fn frame() -> Frame {
        let nothing = Arc::new(Source { name: String::new(), text: String::new() });
        let config: Config = config::parse(nothing, &Default::default()).0.unwrap();
        Frame::new(&config)
    }

    fn sorted(mut events: Vec<Arc<Published>>) -> Vec<Arc<Published>> {
        events.sort_by(|one, other| one.order().cmp(&other.order()));
        events
    }

    fn digest(shelf: &Shelf) -> Digest {
        let mut hasher = Hasher::default();
        shelf.hash(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn an_edited_shelf_is_the_shelf_of_its_events() {
        let frame = frame();
        let mut events = sorted((0..6_000).map(|number| published(number, &frame)).collect());
        let mut shelf = Shelf::of(events.clone());
        assert!(shelf.pieces.len() > 4, "{} pieces", shelf.pieces.len());
        for round in 0..60 {
            // Neighbors, those that open pieces among them, and strangers from anywhere.
            let openers: Vec<usize> = (0..events.len()).filter(|place| opens(&events[*place])).collect();
            let place = openers.get(round % 7).map_or(round, |place| *place).min(events.len() - 3);
            let mut edit = Edit { going: events[place..place + round % 3].to_vec(), coming: Vec::new() };
            edit.going.extend(events.get(round * 13 % events.len()).cloned());
            edit.coming.extend((0..round % 4).map(|more| published((10_000 + round * 10 + more) as u64, &frame)));
            edit.sort();
            edit.going.dedup_by(|one, other| Arc::ptr_eq(one, other));
            shelf = shelf.edited(&edit);
            events.retain(|event| !edit.going.iter().any(|gone| Arc::ptr_eq(gone, event)));
            events = sorted(events.into_iter().chain(edit.coming).collect());
            let afresh = Shelf::of(events.clone());
            assert!(shelf.iter().zip(&events).all(|(one, other)| Arc::ptr_eq(one, other)));
            assert_eq!((shelf.len(), shelf.pieces.len()), (events.len(), afresh.pieces.len()), "round {round}");
            assert_eq!((digest(&shelf), shelf.most_bytes()), (digest(&afresh), afresh.most_bytes()), "round {round}");
        }
    }

    #[test]
    fn events_come_by_rank() {
        let frame = frame();
        let events = sorted((0..2_000).map(|number| published(number, &frame)).collect());
        let midnight = "2021-06-01T05:00:00Z".parse().unwrap();
        let mut expected: Vec<usize> = (0..events.len()).collect();
        expected.sort_by_key(|place| (feed::rank(events[*place].span, midnight), *place));
        let found: Vec<usize> = Shelf::of(events).by_rank(midnight).map(|(place, _)| place).collect();
        assert_eq!(found, expected);
    }
}
