//! A stem: an address without its ending, such as `org/chicago-dsa`, the events behind it, and its forms in each language.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};

use super::Site;
use super::frame::{Frame, Today};
use super::published::Published;
use super::representation::{Coding, Content, Effort, Head};
use super::shelf::Shelf;
use crate::digest::{Digest, Hasher};
use crate::event::occurrences::Occurrence;
use crate::feed;
use crate::page::{Item, json};
use crate::time::Zone;

/// The ending of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The feed.
    Ics,
    /// The same events for programs.
    Json,
}

impl Form {
    pub(super) const ALL: [Self; 2] = [Self::Ics, Self::Json];

    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Ics => "ics",
            Self::Json => "json",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Ics => "text/calendar; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// What a stem is the feed of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    All,
    Organization,
    Tag,
    Venue,
    Partner,
    Event,
    Combined,
}

impl Kind {
    /// The first part of the address.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Organization => "org",
            Self::Tag => "tag",
            Self::Venue => "venue",
            Self::Partner => "partner",
            Self::Event => "event",
            Self::Combined => "combine",
        }
    }
}

/// Feeds are polled at most this often by those who obey; and served on when we are down for a week.
pub(super) const FEED_CACHE: &str = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=604800";

/// Above this (a generous estimate, about three times the real size), brotli takes longer than it saves: at a megabyte it gains 6 % on gzip for three times its work.
const BROTLI_PAYS_UP_TO: usize = 128 * 1024;

/// What a stem is made of.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) kind: Kind,
    /// The last part of the address.
    pub(super) id: Arc<str>,
    pub(super) head: feed::Head,
    pub(super) events: Shelf,
}

impl Plan {
    /// The first occurrence on `today` or later. Most events are not looked at: they are over, or begin after one that was found.
    fn next(&self, zone: Zone, today: Today) -> Option<Next> {
        let mut first: Option<(DateTime<Utc>, &Arc<Published>, &Occurrence)> = None;
        for (earliest, events) in self.events.not_over(today.midnight) {
            if first.is_some_and(|(start, ..)| start < zone.start_of_day(earliest)) {
                continue;
            }
            for event in events {
                let Some(occurrence) = event.next(today.date) else { continue };
                let start = occurrence.when.start().instant(zone);
                if first.is_none_or(|(earliest, ..)| start < earliest) {
                    first = Some((start, event, occurrence));
                }
            }
        }
        first.map(|(_, event, occurrence)| (Arc::clone(event), *occurrence))
    }
}

/// The first occurrence ahead of a day, and its event.
pub(super) type Next = (Arc<Published>, Occurrence);

/// A stem and all its forms.
#[derive(Debug)]
pub(super) struct Stem {
    pub(super) plan: Plan,
    /// Its address below the site's root, without an ending.
    pub(super) path: Arc<str>,
    pub(super) digest: Digest,
    pub(super) modified: DateTime<Utc>,
    /// For each view the events that fit, in feed order, where not all do.
    fitting: Option<Box<[Vec<Arc<Published>>]>>,
    zones: Vec<(Zone, NaiveDate)>,
    /// The day on which it was decided what fits, where not everything does.
    day: Option<NaiveDate>,
    /// The month for which occurrences are listed, where they are not all there are.
    listed_in: Option<NaiveDate>,
    /// More bytes than its events have in the feed, without making it.
    most_bytes: usize,
    heads: [OnceLock<Head>; Form::ALL.len()],
    contents: Box<[Content]>,
    /// The first occurrence ahead of the day for which it was last asked.
    next: Mutex<Option<(NaiveDate, Option<Next>)>>,
}

impl Stem {
    pub(super) fn new(plan: Plan, frame: &Frame, today: Today, modified: impl FnOnce(Digest) -> DateTime<Utc>) -> Self {
        let zones = feed::zones_of(frame.zone(), today.date, plan.events.days());
        let most_bytes = plan.events.most_bytes();
        let fitting = (most_bytes > frame.budget()).then(|| fitting(&plan, frame, today, &zones)).flatten();
        let day = fitting.is_some().then_some(today.date);
        let listed_in = plan.events.listed_in();
        let digest = digest(&plan, frame, fitting.as_deref());
        // A union is made while somebody waits.
        let effort = if plan.kind == Kind::Combined { Effort::Quick } else { Effort::Thorough };
        let contents = (0..frame.views().len() * Form::ALL.len()).map(|_| Content::new(effort)).collect();
        let modified = modified(digest);
        let path = path(plan.kind, &plan.id).into();
        let (heads, next) = (Default::default(), Mutex::default());
        Self { plan, path, digest, modified, fitting, zones, day, listed_in, most_bytes, heads, contents, next }
    }

    /// Whether nothing in it was decided for another day.
    pub(super) fn is_of(&self, today: Today) -> bool {
        self.day.is_none_or(|day| day == today.date)
    }

    /// The events in a view.
    pub(super) fn events(&self, view: usize) -> impl Iterator<Item = &Arc<Published>> + Clone {
        let chosen = self.fitting.as_ref().and_then(|fitting| fitting.get(view));
        let all = chosen.is_none().then(|| self.plan.events.iter()).into_iter().flatten();
        all.chain(chosen.into_iter().flatten())
    }

    /// Whether its feed can have more than `bytes` bytes, without making it.
    pub(super) fn may_exceed(&self, bytes: usize) -> bool {
        self.most_bytes > bytes
    }

    /// The bytes of its feed in the first view, without making it.
    pub(super) fn feed_bytes(&self, frame: &Frame) -> usize {
        let events = self.events(0).map(|event| event.block_bytes(frame, 0)).sum::<usize>();
        events + feed::frame_bytes(&frame.named(&self.plan.head, 0), &self.zones)
    }

    /// How many events do not fit in the first view.
    pub(super) fn left_out(&self) -> usize {
        self.fitting.iter().flatten().next().map_or(0, |fitting| self.plan.events.len() - fitting.len())
    }

    /// The first occurrence on `today` or later.
    pub(super) fn next(&self, zone: Zone, today: Today) -> Option<Next> {
        let mut known = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some((day, next)) if *day == today.date => next.clone(),
            _ => known.insert((today.date, self.plan.next(zone, today))).1.clone(),
        }
    }

    /// The years in which something is listed.
    pub(super) fn years(&self) -> std::collections::BTreeSet<i32> {
        let occurrences = self.plan.events.iter().flat_map(|event| &event.occurrences);
        occurrences.map(|occurrence| occurrence.when.start().day().year()).collect()
    }

    /// The head of a form, the same in every view.
    pub(super) fn head(&self, frame: &Frame, form: Form) -> &Head {
        let [ics, json] = &self.heads;
        let slot = match form {
            Form::Ics => ics,
            Form::Json => json,
        };
        slot.get_or_init(|| {
            let (digest, modified) = match (form, self.listed_in) {
                // Another month lists other occurrences of the same events.
                (Form::Json, Some(month)) => {
                    let digest = Hasher::default().digest(self.digest).text(&month.to_string()).finish();
                    (digest, self.modified.max(frame.zone().start_of_day(month)))
                }
                _ => (self.digest, self.modified),
            };
            Head::new(form.media_type(), FEED_CACHE, digest, self.most_bytes < BROTLI_PAYS_UP_TO)
                .named(&format!("{}.{}", self.plan.id, form.ending()))
                .changed(modified)
        })
    }

    /// The bytes of a form in a view, made when first asked for. Without a coding they are put together from the events' own, and only the
    /// latest of them stay; few programs ask for them.
    pub(super) fn bytes(&self, site: &Site, view: usize, form: Form, coding: Coding) -> Bytes {
        if coding != Coding::Identity {
            return self.packed(&site.frame, view, form, coding);
        }
        let key = format!("{} {view} {} {:?}", self.digest, form.ending(), self.listed_in);
        let make = || {
            let bytes = Bytes::from(self.make(&site.frame, view, form));
            site.plain.weigh(bytes.len());
            bytes
        };
        Bytes::clone(&site.plain.recall(&key, make))
    }

    /// The same in a coding that is not identity.
    pub(super) fn packed(&self, frame: &Frame, view: usize, form: Form, coding: Coding) -> Bytes {
        let content = self.contents.get(view * Form::ALL.len() + usize::from(form == Form::Json));
        content.map(|content| content.bytes(coding, || self.make(frame, view, form))).unwrap_or_default()
    }

    /// How many bytes of it are kept, in all forms and codings; its events aside.
    pub(super) fn held(&self) -> usize {
        self.contents.iter().map(Content::held).sum()
    }

    fn make(&self, frame: &Frame, view: usize, form: Form) -> Vec<u8> {
        match form {
            Form::Ics => {
                let head = frame.named(&self.plan.head, view);
                let bytes = self.events(view).map(|event| event.block_bytes(frame, view)).sum();
                feed::assemble(&head, &self.zones, self.events(view).map(|event| event.block(frame, view)), bytes)
            }
            Form::Json => {
                let items = self.events(view).map(|published| Item {
                    event: &published.event,
                    revision: published.revision,
                    occurrences: &published.occurrences,
                });
                json::events(items, frame.json(view))
            }
        }
    }
}

/// The address of a stem below the site's root, without an ending.
pub(super) fn path(kind: Kind, id: &str) -> String {
    match kind {
        Kind::All | Kind::Combined => kind.word().to_owned(),
        _ => format!("{}/{id}", kind.word()),
    }
}

/// For each view the events that fit, in feed order; `None` when all do in all.
fn fitting(
    plan: &Plan,
    frame: &Frame,
    today: Today,
    zones: &[(Zone, NaiveDate)],
) -> Option<Box<[Vec<Arc<Published>>]>> {
    let fitting: Box<[Vec<Arc<Published>>]> = (0..frame.views().len())
        .map(|view| {
            let budget = frame.budget().saturating_sub(feed::frame_bytes(&frame.named(&plan.head, view), zones));
            let bytes = |(_, event): &(usize, &Arc<Published>)| event.block_bytes(frame, view);
            let mut chosen = feed::fitting(plan.events.by_rank(today.midnight), bytes, budget);
            chosen.sort_unstable_by_key(|(place, _)| *place);
            chosen.into_iter().map(|(_, event)| Arc::clone(event)).collect()
        })
        .collect();
    let all = plan.events.len();
    fitting.iter().any(|chosen| chosen.len() < all).then_some(fitting)
}

/// The digest of all that goes into the stem's forms.
fn digest(plan: &Plan, frame: &Frame, fitting: Option<&[Vec<Arc<Published>>]>) -> Digest {
    let mut hasher = Hasher::default();
    hasher.digest(frame.digest()).text(&plan.head.name).text(&plan.head.description);
    hasher.text(&plan.head.color.map(|color| color.hex()).unwrap_or_default());
    plan.events.hash(&mut hasher);
    for chosen in fitting.into_iter().flatten() {
        hasher.number(u64::MAX);
        chosen.iter().for_each(|event| {
            hasher.digest(event.digest);
        });
    }
    hasher.finish()
}
