//! What is counted of requests, builds and polls, and how that and the state of the service are told as figures, in the text format of
//! Prometheus. It reads no clock and asks nobody: whoever tells the figures hands over the state and the time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};

mod client;
mod counts;
mod facts;
mod histogram;
mod text;

pub use client::Client;
pub use counts::{Answer, Kind, Tally};
use counts::{Counts, Totals};
pub use facts::{Facts, Feed, Held, Partner};
use histogram::Histogram;
pub use text::MEDIA_TYPE;

/// Upper bounds of the buckets of builds, in microseconds: a change of one event to a catalog of a hundred thousand.
const BUILD: &[u64] = &[1_000, 5_000, 25_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000];

/// All that is counted since the start.
#[derive(Debug)]
pub struct Metrics {
    /// Of each thread that answers: none waits for another.
    tallies: Mutex<Vec<Arc<Counts>>>,
    builds: Histogram,
    /// How often a poll ended in what way.
    polls: Mutex<BTreeMap<&'static str, u64>>,
    /// How often publishing elsewhere has failed since it last succeeded; `None` where nothing is published elsewhere.
    publishing: Mutex<Option<u32>>,
}

impl Default for Metrics {
    fn default() -> Self {
        let (tallies, polls, publishing) = Default::default();
        Self { tallies, builds: Histogram::new(BUILD), polls, publishing }
    }
}

impl Metrics {
    /// What one thread counts with.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let counts = Arc::new(Counts::default());
        locked(&self.tallies).push(Arc::clone(&counts));
        Tally::new(counts)
    }

    /// Notes how long it took to build a Site. One thread at a time builds.
    pub fn built(&self, took: Duration) {
        self.builds.note(took);
    }

    /// Notes how a poll of a partner ended, in a word.
    pub fn polled(&self, outcome: &'static str) {
        *locked(&self.polls).entry(outcome).or_default() += 1;
    }

    /// Notes how often publishing elsewhere has failed since it last succeeded.
    pub fn publishing(&self, failures: u32) {
        *locked(&self.publishing) = Some(failures);
    }

    /// All figures at `now`, as Prometheus reads them.
    #[must_use]
    pub fn text(&self, facts: Facts, now: DateTime<Utc>) -> String {
        let mut requests = Totals::default();
        locked(&self.tallies).iter().for_each(|counts| requests.add(counts));
        let polls = locked(&self.polls).clone();
        let publishing = *locked(&self.publishing);
        text::write(text::Report { requests, builds: self.builds.read(), polls, publishing, facts, now })
    }
}

/// What a thread that died holding the lock left is whole: nothing under these locks is done in two steps.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
