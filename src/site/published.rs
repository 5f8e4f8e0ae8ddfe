//! An event in its current revision, with all that feeds need of it made once. It does not know in which feeds it is.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, TimeDelta, Utc};

use super::frame::Frame;
use crate::digest::Digest;
use crate::event::occurrences::{Occurrence, last_end, occurrences};
use crate::event::{Event, Revision, vevents};
use crate::feed::Span;
use crate::revision::Current;

/// How far back and ahead of the present month occurrences are listed. By months, so that what programs get does not change each day.
const LISTED_BEFORE: Months = Months::new(12);
const LISTED_AFTER: Months = Months::new(25);
/// Of a series that is over within this time all occurrences are listed, on whatever day.
const SHORT: TimeDelta = TimeDelta::days(366);

/// An event as a Site publishes it.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) event: Arc<Event>,
    pub(super) digest: Digest,
    pub(super) revision: Revision,
    /// When its bytes last changed.
    pub(super) changed: DateTime<Utc>,
    /// When it first starts and last ends.
    pub(super) span: Span,
    /// The month for which `occurrences` were listed, by its first day; `None` where they are all there are.
    pub(super) listed_in: Option<NaiveDate>,
    pub(super) occurrences: Vec<Occurrence>,
    /// Its VEVENTs in the first view, made when first asked for.
    block: OnceLock<Box<[u8]>>,
    /// How many bytes they have in each of the others. Of them only the feeds are kept.
    bytes: Box<[OnceLock<usize>]>,
}

impl Published {
    pub(super) fn new(event: Arc<Event>, current: Current, frame: &Frame, today: NaiveDate) -> Self {
        let Current { digest, revision, changed } = current;
        let zone = frame.zone();
        let span = Span { start: event.start().instant(zone), last_end: last_end(&event, zone) };
        let whole = span.last_end.filter(|end| event.recurrence.is_none() || *end - span.start <= SHORT);
        let month = month(today);
        let (first, last) = match whole {
            Some(end) => (event.first_day(), zone.today(end) + Days::new(1)),
            None => (month - LISTED_BEFORE, month + LISTED_AFTER),
        };
        let occurrences = occurrences(&event, zone, first, last);
        let listed_in = whole.is_none().then_some(month);
        let bytes = frame.views().iter().skip(1).map(|_| OnceLock::new()).collect();
        let block = OnceLock::new();
        Self { event, digest, revision, changed, span, listed_in, occurrences, block, bytes }
    }

    /// Whether it is the same on another day.
    pub(super) fn is_of(&self, today: NaiveDate) -> bool {
        self.listed_in.is_none_or(|listed_in| listed_in == month(today))
    }

    /// Its folded VEVENTs in a view of the frame.
    pub(super) fn block(&self, frame: &Frame, view: usize) -> Cow<'_, [u8]> {
        let make = || vevents(&self.event, self.revision, frame.style(), frame.view(view));
        if view == 0 { Cow::Borrowed(self.block.get_or_init(|| make().into())) } else { Cow::Owned(make()) }
    }

    /// How many bytes they have.
    pub(super) fn block_bytes(&self, frame: &Frame, view: usize) -> usize {
        let known = view.checked_sub(1).and_then(|view| self.bytes.get(view));
        known
            .map_or_else(|| self.block(frame, view).len(), |known| *known.get_or_init(|| self.block(frame, view).len()))
    }

    /// How many bytes of VEVENTs it holds.
    pub(super) fn held(&self) -> usize {
        self.block.get().map_or(0, |block| block.len())
    }

    /// More bytes than its VEVENTs can have, without making them: a text grows at most threefold by escapes and folds, and few do.
    pub(super) fn most_bytes(&self) -> usize {
        let texts = |details: &crate::event::Details| {
            let translated: usize = details
                .translations
                .iter()
                .map(|t| [&t.title, &t.description, &t.reason].into_iter().flatten().map(String::len).sum::<usize>())
                .sum();
            details.title.len() + details.description.len() + translated
        };
        let names: usize = self.event.organizations.iter().map(|organization| organization.name.len() + 2).sum();
        let each = |details| 2_000 + 3 * (texts(details) + names);
        let changes: usize = self.event.changes.iter().map(|change| each(&change.details)).sum();
        let dates = self.event.recurrence.as_ref().map_or(0, |r| r.extra.len() + r.excluded.len());
        each(&self.event.details) + changes + dates * 64
    }

    /// The first occurrence that starts on `today` or later.
    pub(super) fn next(&self, today: NaiveDate) -> Option<&Occurrence> {
        self.occurrences.iter().find(|occurrence| occurrence.when.start().day() >= today)
    }

    pub(super) fn id(&self) -> &str {
        self.event.id.as_str()
    }

    /// The order of events in a feed.
    pub(super) fn order(&self) -> (DateTime<Utc>, &str, &str) {
        (self.span.start, &self.event.uid, self.id())
    }
}

/// The first day of a day's month.
fn month(day: NaiveDate) -> NaiveDate {
    day - chrono::Days::new(day.day0().into())
}
