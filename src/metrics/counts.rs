//! What is counted of requests: kind, status, client, bytes, time. All counters are there before the first request, so that counting
//! one looks nothing up and allocates nothing.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::client::Client;
use super::histogram::{Histogram, Reading, add};

/// What a request was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The feed of everything. This and the following six are feeds.
    All,
    /// That of an organization.
    Organization,
    /// Of a tag.
    Tag,
    /// Of a venue.
    Venue,
    /// Of a partner.
    Partner,
    /// Of one event.
    Event,
    /// A feed of one's own.
    Combined,
    /// A page.
    Page,
    /// The events of a feed for programs.
    Json,
    /// The same for feed readers.
    Atom,
    /// What other sites embed.
    Embed,
    /// What is always there: styles, the directory, the status.
    Fixed,
    /// Nothing that is there.
    Other,
}

impl Kind {
    pub(super) const ALL: [Self; 13] = [
        Self::All,
        Self::Organization,
        Self::Tag,
        Self::Venue,
        Self::Partner,
        Self::Event,
        Self::Combined,
        Self::Page,
        Self::Json,
        Self::Atom,
        Self::Embed,
        Self::Fixed,
        Self::Other,
    ];

    /// Its name in figures; of a feed, the first part of its address.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Organization => "org",
            Self::Tag => "tag",
            Self::Venue => "venue",
            Self::Partner => "partner",
            Self::Event => "event",
            Self::Combined => "combine",
            Self::Page => "page",
            Self::Json => "json",
            Self::Atom => "atom",
            Self::Embed => "embed",
            Self::Fixed => "fixed",
            Self::Other => "other",
        }
    }
}

/// The status codes that the service answers with; any other would be counted as the last.
const STATUSES: [&str; 8] = ["200", "304", "400", "404", "405", "412", "501", "other"];

fn place_of(status: u16) -> usize {
    match status {
        200 => 0,
        304 => 1,
        400 => 2,
        404 => 3,
        405 => 4,
        412 => 5,
        501 => 6,
        _ => 7,
    }
}

/// Upper bounds of the buckets of answers, in microseconds: what is there already takes a few; a page that is made takes a thousand.
const LATENCY: &[u64] = &[5, 25, 100, 500, 2_500, 10_000, 50_000, 250_000, 1_000_000];

/// What is counted of one answer.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// What the request was for.
    pub kind: Kind,
    /// Its status code.
    pub status: u16,
    /// Who asked.
    pub client: Client,
    /// The bytes of its body as they are sent.
    pub bytes: u64,
    /// From when the request was read until the answer was made; not how long it took to send.
    pub took: Duration,
}

/// What one thread has counted.
#[derive(Debug)]
pub(super) struct Counts {
    /// By kind, status and client, in this order.
    requests: Box<[AtomicU64]>,
    /// By kind.
    bytes: [AtomicU64; Kind::ALL.len()],
    /// By kind.
    latency: [Histogram; Kind::ALL.len()],
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            requests: (0..all().count()).map(|_| AtomicU64::new(0)).collect(),
            bytes: Default::default(),
            latency: std::array::from_fn(|_| Histogram::new(LATENCY)),
        }
    }
}

/// Every kind, status and client, in the order in which they are counted.
fn all() -> impl Iterator<Item = (Kind, &'static str, Client)> {
    let with_clients = |kind, status| Client::ALL.into_iter().map(move |client| (kind, status, client));
    let with_statuses = move |kind| STATUSES.into_iter().flat_map(move |status| with_clients(kind, status));
    Kind::ALL.into_iter().flat_map(with_statuses)
}

/// What one thread counts with. It stays in that thread, the only one that writes its counters.
#[derive(Debug)]
pub struct Tally {
    counts: Arc<Counts>,
    /// A cell may not be shared between threads, and so this may not.
    alone: PhantomData<Cell<()>>,
}

impl Tally {
    pub(super) fn new(counts: Arc<Counts>) -> Self {
        Self { counts, alone: PhantomData }
    }

    /// Counts one answer.
    pub fn note(&self, answer: &Answer) {
        let Counts { requests, bytes, latency } = &*self.counts;
        let kind = answer.kind as usize;
        let place = (kind * STATUSES.len() + place_of(answer.status)) * Client::ALL.len() + answer.client as usize;
        if let Some(count) = requests.get(place) {
            add(count, 1);
        }
        if let Some(bytes) = bytes.get(kind) {
            add(bytes, answer.bytes);
        }
        if let Some(latency) = latency.get(kind) {
            latency.note(answer.took);
        }
    }
}

/// What all threads have counted. Only what happened is in it.
#[derive(Debug)]
pub(super) struct Totals {
    requests: Vec<u64>,
    bytes: [u64; Kind::ALL.len()],
    latency: [Reading; Kind::ALL.len()],
}

impl Default for Totals {
    fn default() -> Self {
        Self {
            requests: vec![0; all().count()],
            bytes: Default::default(),
            latency: std::array::from_fn(|_| Histogram::new(LATENCY).read()),
        }
    }
}

impl Totals {
    pub(super) fn add(&mut self, counts: &Counts) {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        for (total, count) in self.requests.iter_mut().zip(&counts.requests) {
            *total += read(count);
        }
        for (total, bytes) in self.bytes.iter_mut().zip(&counts.bytes) {
            *total += read(bytes);
        }
        for (total, latency) in self.latency.iter_mut().zip(&counts.latency) {
            total.add(&latency.read());
        }
    }

    /// How many requests of a kind were answered with a status to a client.
    pub(super) fn requests(&self) -> impl Iterator<Item = (Kind, &'static str, Client, u64)> {
        let counted = all().zip(&self.requests).map(|((kind, status, client), count)| (kind, status, client, *count));
        counted.filter(|(.., count)| *count > 0)
    }

    /// How many bytes were sent for a kind, and how long its answers took.
    pub(super) fn kinds(&self) -> impl Iterator<Item = (Kind, u64, &Reading)> {
        let kinds = Kind::ALL.into_iter().zip(self.bytes).zip(&self.latency);
        kinds.map(|((kind, bytes), latency)| (kind, bytes, latency)).filter(|(.., latency)| latency.count() > 0)
    }
}
