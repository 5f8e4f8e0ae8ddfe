//! A stem: an address without its ending, such as `org/chicago-dsa`, the events behind it, and its forms in each language.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};

use super::frame::{Frame, Today};
use super::published::Published;
use super::representation::{Coding, Content, Effort, Head};
use crate::digest::{Digest, Hasher};
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
    /// In feed order.
    pub(super) events: Vec<Arc<Published>>,
}

impl Plan {
    /// The zones that the events name, each with the day of its earliest event; the calendar's first, then by name.
    fn zones(&self, frame: &Frame, today: Today) -> Vec<(Zone, NaiveDate)> {
        feed::zones(frame.zone(), today.date, self.events.iter().map(|published| &*published.event))
    }
}

/// A stem and all its forms.
#[derive(Debug)]
pub(super) struct Stem {
    pub(super) plan: Plan,
    /// Its address below the site's root, without an ending.
    pub(super) path: Arc<str>,
    pub(super) digest: Digest,
    pub(super) modified: DateTime<Utc>,
    /// For each view the events that fit, where not all do.
    fitting: Option<Box<[Vec<usize>]>>,
    zones: Vec<(Zone, NaiveDate)>,
    /// The day on which it was decided what fits, where not everything does.
    day: Option<NaiveDate>,
    /// The month for which occurrences are listed, where they are not all there are.
    listed_in: Option<NaiveDate>,
    /// More bytes than its events have in the feed, without making it.
    most_bytes: usize,
    heads: [OnceLock<Head>; Form::ALL.len()],
    contents: Box<[OnceLock<Content>]>,
}

impl Stem {
    pub(super) fn new(plan: Plan, frame: &Frame, today: Today, modified: impl FnOnce(Digest) -> DateTime<Utc>) -> Self {
        let zones = plan.zones(frame, today);
        let most_bytes = plan.events.iter().map(|event| event.most_bytes()).sum::<usize>();
        let fitting = (most_bytes > frame.budget()).then(|| fitting(&plan, frame, today, &zones)).flatten();
        let day = fitting.is_some().then_some(today.date);
        let listed_in = plan.events.iter().filter_map(|event| event.listed_in).max();
        let digest = digest(&plan, frame, fitting.as_deref());
        let contents = (0..frame.views().len() * Form::ALL.len()).map(|_| OnceLock::new()).collect();
        let modified = modified(digest);
        let path = path(plan.kind, &plan.id).into();
        Self {
            plan,
            path,
            digest,
            modified,
            fitting,
            zones,
            day,
            listed_in,
            most_bytes,
            heads: Default::default(),
            contents,
        }
    }

    /// Whether a Site of this day may take it over for this plan.
    pub(super) fn is_still(&self, plan: &Plan, today: Today) -> bool {
        let events = || self.plan.events.iter().zip(&plan.events);
        self.plan.head == plan.head
            && self.plan.events.len() == plan.events.len()
            && events().all(|(old, new)| Arc::ptr_eq(old, new))
            && self.is_of(today)
    }

    /// Whether nothing in it was decided for another day.
    pub(super) fn is_of(&self, today: Today) -> bool {
        self.day.is_none_or(|day| day == today.date)
    }

    /// The events in a view.
    pub(super) fn events(&self, view: usize) -> impl Iterator<Item = &Arc<Published>> + Clone {
        let chosen = self.fitting.as_ref().and_then(|fitting| fitting.get(view));
        let all = chosen.is_none().then_some(&self.plan.events).into_iter().flatten();
        all.chain(chosen.into_iter().flatten().filter_map(|index| self.plan.events.get(*index)))
    }

    /// Whether its feed can have more than `bytes` bytes, without making it.
    pub(super) fn may_exceed(&self, bytes: usize) -> bool {
        self.most_bytes > bytes
    }

    /// How many events do not fit in the first view.
    pub(super) fn left_out(&self) -> usize {
        self.fitting.iter().flatten().next().map_or(0, |fitting| self.plan.events.len() - fitting.len())
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

    /// The bytes of a form in a view, made when first asked for.
    pub(super) fn bytes(&self, frame: &Frame, view: usize, form: Form, coding: Coding) -> Bytes {
        let index = view * Form::ALL.len() + usize::from(form == Form::Json);
        let Some(slot) = self.contents.get(index) else {
            return Bytes::new();
        };
        slot.get_or_init(|| Content::new(self.make(frame, view, form), self.effort())).bytes(coding)
    }

    fn effort(&self) -> Effort {
        if self.plan.kind == Kind::Combined { Effort::Quick } else { Effort::Thorough }
    }

    fn make(&self, frame: &Frame, view: usize, form: Form) -> Vec<u8> {
        match form {
            Form::Ics => {
                let head = frame.named(&self.plan.head, view);
                feed::assemble(&head, &self.zones, self.events(view).map(|event| event.block(frame, view)))
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

/// For each view the events that fit; `None` when all do in all.
fn fitting(plan: &Plan, frame: &Frame, today: Today, zones: &[(Zone, NaiveDate)]) -> Option<Box<[Vec<usize>]>> {
    let bytes = |view: usize, index: usize| plan.events.get(index).map_or(0, |event| event.block(frame, view).len());
    let fitting: Box<[Vec<usize>]> = (0..frame.views().len())
        .map(|view| {
            let budget = frame.budget().saturating_sub(feed::frame_bytes(&frame.named(&plan.head, view), zones));
            let spans = plan.events.iter().map(|event| event.span);
            feed::fitting(spans, |index| bytes(view, index), budget, today.midnight)
        })
        .collect();
    fitting.iter().any(|chosen| chosen.len() < plan.events.len()).then_some(fitting)
}

/// The digest of all that goes into the stem's forms.
fn digest(plan: &Plan, frame: &Frame, fitting: Option<&[Vec<usize>]>) -> Digest {
    let mut hasher = Hasher::default();
    hasher.digest(frame.digest()).text(&plan.head.name).text(&plan.head.description);
    hasher.text(&plan.head.color.map(|color| color.hex()).unwrap_or_default());
    for event in &plan.events {
        let revision = event.revision;
        hasher
            .digest(event.digest)
            .number(revision.sequence.into())
            .number(revision.modified.timestamp().cast_unsigned());
    }
    for chosen in fitting.into_iter().flatten() {
        hasher.number(u64::MAX);
        chosen.iter().for_each(|index| {
            hasher.number(*index as u64);
        });
    }
    hasher.finish()
}
