//! How long things took, counted in buckets. It does not know what was measured.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Adds to a counter that one thread alone writes: others may read it at any time. No locked instruction is needed for that.
pub(super) fn add(counter: &AtomicU64, amount: u64) {
    counter.store(counter.load(Ordering::Relaxed).wrapping_add(amount), Ordering::Relaxed);
}

/// A histogram that one thread writes at a time.
#[derive(Debug)]
pub(super) struct Histogram {
    /// The upper bounds of all buckets but the last, inclusive, in microseconds, ascending.
    bounds: &'static [u64],
    buckets: Box<[AtomicU64]>,
    nanoseconds: AtomicU64,
}

/// What a histogram holds at one moment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    /// The upper bound of each bucket in seconds, and how many are in it; the last bound is infinite.
    pub(super) buckets: Vec<(f64, u64)>,
    /// The sum of all, in seconds.
    pub(super) seconds: f64,
}

impl Histogram {
    pub(super) fn new(bounds: &'static [u64]) -> Self {
        let buckets = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, buckets, nanoseconds: AtomicU64::new(0) }
    }

    pub(super) fn note(&self, took: Duration) {
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let bucket = self.bounds.iter().position(|bound| nanoseconds <= bound * 1_000).unwrap_or(self.bounds.len());
        if let Some(bucket) = self.buckets.get(bucket) {
            add(bucket, 1);
        }
        add(&self.nanoseconds, nanoseconds);
    }

    pub(super) fn read(&self) -> Reading {
        let bounds = self.bounds.iter().map(|bound| seconds(bound * 1_000)).chain([f64::INFINITY]);
        let counts = self.buckets.iter().map(|count| count.load(Ordering::Relaxed));
        Reading { buckets: bounds.zip(counts).collect(), seconds: seconds(self.nanoseconds.load(Ordering::Relaxed)) }
    }
}

impl Reading {
    /// How many there are in all.
    pub(super) fn count(&self) -> u64 {
        self.buckets.iter().map(|(_, count)| count).sum()
    }

    /// Adds what another thread measured in the same buckets.
    pub(super) fn add(&mut self, other: &Self) {
        for ((_, count), (_, more)) in self.buckets.iter_mut().zip(&other.buckets) {
            *count += more;
        }
        self.seconds += other.seconds;
    }
}

/// Exact to the nanosecond for a hundred days.
fn seconds(nanoseconds: u64) -> f64 {
    Duration::from_nanos(nanoseconds).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_length_is_in_the_first_bucket_that_holds_it() {
        let histogram = Histogram::new(&[10, 100]);
        for microseconds in [1, 10, 11, 100, 101, 5_000_000] {
            histogram.note(Duration::from_micros(microseconds));
        }
        let reading = histogram.read();
        assert_eq!(reading.buckets, [(0.000_01, 2), (0.000_1, 2), (f64::INFINITY, 2)]);
        assert_eq!((reading.count(), reading.seconds), (6, 5.000_223));
    }

    #[test]
    fn readings_of_several_threads_add_up() {
        let [one, other] = [3, 30].map(|microseconds| {
            let histogram = Histogram::new(&[10]);
            histogram.note(Duration::from_micros(microseconds));
            histogram.read()
        });
        let mut both = one;
        both.add(&other);
        assert_eq!(both.buckets, [(0.000_01, 1), (f64::INFINITY, 1)]);
        assert_eq!(both.seconds, 0.000_033);
    }
}
