//! How many fetches run at once: in all, and from one host. A fetch that is silent gives its place in the total to another, so that
//! sites which hang do not hold up those which answer; its host's place it keeps.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit as Permit, Semaphore};
use tokio::time::sleep;

/// So many times as many fetches may be under way, the silent ones included, as may be lively.
const SILENT: usize = 4;

/// Hosts that are remembered before those that nobody asks are forgotten.
const MANY_HOSTS: usize = 1_024;

/// All places.
pub(super) struct Places {
    lively: Arc<Semaphore>,
    under_way: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
    per_host: usize,
    silence: Duration,
}

/// The place of one fetch, given back when it is dropped.
pub(super) struct Place<'a> {
    places: &'a Places,
    host: String,
    at_host: Option<Permit>,
    lively: Option<Permit>,
    _under_way: Option<Permit>,
}

impl Places {
    pub(super) fn new(lively: usize, per_host: usize, silence: Duration) -> Self {
        Self {
            lively: Arc::new(Semaphore::new(lively)),
            under_way: Arc::new(Semaphore::new(lively.saturating_mul(SILENT))),
            hosts: Mutex::default(),
            per_host,
            silence,
        }
    }

    /// Waits for a place at a host, then for one in all. Who waits for a slow host takes nobody else's place.
    pub(super) async fn take(&self, host: &str) -> Place<'_> {
        let at_host = self.at(host).acquire_owned().await.ok();
        let under_way = Arc::clone(&self.under_way).acquire_owned().await.ok();
        let lively = Arc::clone(&self.lively).acquire_owned().await.ok();
        Place { places: self, host: host.to_owned(), at_host, lively, _under_way: under_way }
    }

    fn at(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= MANY_HOSTS {
            hosts.retain(|_, places| Arc::strong_count(places) > 1);
        }
        let places = hosts.entry(host.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.per_host)));
        Arc::clone(places)
    }
}

impl Place<'_> {
    /// Whether the place is with another host than this.
    pub(super) fn is_elsewhere(&self, host: &str) -> bool {
        self.host != host
    }

    /// Gives the place at the host back, then waits for one at another: who held both could wait for someone who waits for him.
    pub(super) async fn move_to(&mut self, host: &str) {
        self.at_host = None;
        self.at_host = self.places.at(host).acquire_owned().await.ok();
        host.clone_into(&mut self.host);
    }

    /// Waits for something of the network. The place in the total goes to another when it takes long, and is taken again, if there is
    /// one, when something comes.
    pub(super) async fn during<F: Future>(&mut self, something: F) -> F::Output {
        let mut something = pin!(something);
        if self.lively.is_some() {
            tokio::select! {
                biased;
                output = &mut something => return output,
                () = sleep(self.places.silence) => self.lively = None,
            }
        }
        let output = something.await;
        self.lively = Arc::clone(&self.places.lively).try_acquire_owned().ok();
        output
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use tokio::time::timeout;

    const SOON: Duration = Duration::from_millis(1);

    fn run(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(test);
    }

    async fn is_free(places: &Places, host: &str) -> bool {
        timeout(SOON, places.take(host)).await.is_ok()
    }

    #[test]
    fn there_are_so_many_places_in_all_and_at_a_host() {
        run(async {
            let places = Places::new(2, 1, Duration::from_secs(1));
            let first = places.take("a").await;
            assert!(!is_free(&places, "a").await, "one at a host");
            let second = places.take("b").await;
            assert!(!is_free(&places, "c").await, "two in all");
            drop(first);
            assert!(is_free(&places, "a").await);
            drop(second);
        });
    }

    #[test]
    fn who_is_silent_gives_its_place_in_the_total_and_not_its_hosts() {
        run(async {
            let places = Places::new(1, 1, Duration::from_millis(500));
            let mut silent = places.take("a").await;
            let _ = timeout(Duration::from_millis(499), silent.during(pending::<()>())).await;
            assert!(!is_free(&places, "b").await);
            let _ = timeout(Duration::from_millis(501), silent.during(pending::<()>())).await;
            assert!(is_free(&places, "b").await);
            assert!(!is_free(&places, "a").await);
        });
    }

    #[test]
    fn who_speaks_again_takes_a_place_again() {
        run(async {
            let places = Places::new(1, 1, Duration::from_millis(500));
            let mut slow = places.take("a").await;
            slow.during(sleep(Duration::from_secs(1))).await;
            assert!(!is_free(&places, "b").await);
        });
    }

    #[test]
    fn silent_fetches_are_not_without_number() {
        run(async {
            let places = Places::new(1, 9, Duration::from_millis(500));
            let mut all = Vec::new();
            for _ in 0..SILENT {
                let mut silent = places.take("a").await;
                let _ = timeout(Duration::from_secs(1), silent.during(pending::<()>())).await;
                all.push(silent);
            }
            assert!(!is_free(&places, "b").await);
        });
    }

    #[test]
    fn a_move_to_another_host_needs_a_place_there() {
        run(async {
            let places = Places::new(9, 1, Duration::from_secs(1));
            let (mut moving, there) = (places.take("a").await, places.take("b").await);
            assert!(timeout(SOON, moving.move_to("b")).await.is_err());
            assert!(is_free(&places, "a").await);
            drop(there);
            moving.move_to("b").await;
            assert!(!is_free(&places, "b").await && moving.is_elsewhere("a"));
        });
    }
}
