//! Publishes each new Site elsewhere too, in a thread of its own: neither a request nor a rebuild waits for it. Of several Sites that came
//! meanwhile, only the newest is published; what fails is tried again, more and more seldom.

use std::hash::{BuildHasher as _, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::background;
use crate::command::line::Line;
use crate::command::out::Out;
use crate::command::publish;
use crate::metrics::Metrics;
use crate::revision::Ledger;
use crate::site::Site;
use crate::store::{Stop, Store, Target};

/// How long it waits after a failure, at first and at most; in between, twice as long after each.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// How much longer than a round it rests after it: what changes all the time must not keep a processor busy. Not longer than this, though: a
/// round to a slow store is mostly waiting, and the next change shall not wait too.
const REST: u32 = 4;
const LONGEST_REST: Duration = Duration::from_secs(10);

/// A Site with the ledger that belongs to it.
type Edition = (Arc<Site>, Arc<Ledger>);

/// Where new Sites are given.
#[derive(Clone)]
pub(super) struct Outlet {
    desk: Arc<Desk>,
    stop: Stop,
}

/// Where the newest Site lies until the thread takes it.
#[derive(Default)]
struct Desk {
    newest: Mutex<Option<Edition>>,
    changed: Condvar,
}

/// The thread's end.
pub(super) struct Ended(Receiver<()>);

/// Where it publishes.
enum Place {
    /// A folder; `None` until it is opened, and after a failure, since somebody may have put another in its place.
    Folder {
        path: PathBuf,
        out: Option<Out>,
        precompressed: bool,
    },
    Store(Box<Store>),
}

impl Outlet {
    /// Starts the thread that publishes at an address; a folder gets compressed forms if it is to have them.
    ///
    /// # Errors
    /// When it names no place that can be published to. Whether a store answers, or a folder can be had, only the log tells.
    pub(super) fn open(url: &str, precompressed: bool, metrics: Arc<Metrics>) -> anyhow::Result<(Self, Ended)> {
        let target = Target::parse(url)?;
        let place = match &target {
            Target::Folder(path) => Place::Folder { path: path.clone(), out: None, precompressed },
            Target::Objects(_) => Place::Store(Box::new(Store::open(&target, &publish::environment())?)),
        };
        let outlet = Self { desk: Arc::default(), stop: Stop::default() };
        let (ended, end) = channel();
        metrics.publishing(0);
        let worker = Worker { outlet: outlet.clone(), place, shown: target.shown(), failures: 0, metrics };
        background::spawn("outlet", move || worker.run(&ended))?;
        Ok((outlet, Ended(end)))
    }

    /// Gives a Site; what was given before and not begun is forgotten.
    pub(super) fn give(&self, site: &Arc<Site>, ledger: &Arc<Ledger>) {
        *self.desk.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some((Arc::clone(site), Arc::clone(ledger)));
        self.desk.changed.notify_one();
    }

    /// Lets the thread end what is under way, but not for longer than `at_most`: what it leaves then is whole all the same.
    pub(super) fn finish(&self, ended: &Ended, at_most: Duration) {
        self.stop.ask();
        self.desk.changed.notify_one();
        let _ = ended.0.recv_timeout(at_most);
    }
}

/// The thread's own.
struct Worker {
    outlet: Outlet,
    place: Place,
    shown: String,
    /// How often it failed since it last succeeded.
    failures: u32,
    metrics: Arc<Metrics>,
}

impl Worker {
    fn run(mut self, ended: &Sender<()>) {
        let mut edition = None;
        while let Some(newest) = self.next(edition.take()) {
            let begun = Instant::now();
            let done = catch_unwind(AssertUnwindSafe(|| self.publish(&newest)));
            let done = done.unwrap_or_else(|_| Err(anyhow::anyhow!("it failed by a fault of ours")));
            if self.outlet.stop.is_asked() {
                break;
            }
            let rest = match done {
                Ok(told) => self.succeeded(told, begun.elapsed()),
                Err(error) => {
                    edition = Some(newest);
                    self.failed(&error)
                }
            };
            self.rest(rest);
        }
        // Nobody waits where the process does not end in order.
        let _ = ended.send(());
    }

    /// The newest Site; `old`, where there is no newer one; `None` at the end.
    fn next(&self, old: Option<Edition>) -> Option<Edition> {
        let desk = &self.outlet.desk;
        let mut newest = desk.newest.lock().unwrap_or_else(PoisonError::into_inner);
        while newest.is_none() && old.is_none() && !self.outlet.stop.is_asked() {
            newest = desk.changed.wait(newest).unwrap_or_else(PoisonError::into_inner);
        }
        newest.take().or(old).filter(|_| !self.outlet.stop.is_asked())
    }

    /// What was done, in words, if anything was.
    fn publish(&mut self, (site, ledger): &Edition) -> anyhow::Result<Option<String>> {
        let ledger = ledger.to_bytes();
        match &mut self.place {
            Place::Folder { path, out, precompressed } => {
                let open = out.take().map_or_else(|| Out::open(path, *precompressed), Ok)?;
                let (written, removed) = open.write(site, &ledger, &Line::hidden())?;
                *out = Some(open);
                Ok((written + removed > 0).then(|| format!("{written} files written, {removed} removed")))
            }
            Place::Store(store) => {
                let done = store.publish(site, &ledger, &self.outlet.stop, &|_| {})?;
                Ok((done.uploaded + done.removed > 0).then(|| publish::told(done)))
            }
        }
    }

    fn succeeded(&mut self, told: Option<String>, took: Duration) -> Duration {
        self.metrics.publishing(0);
        if std::mem::take(&mut self.failures) > 0 {
            tracing::info!(to = self.shown, "publishing works again");
        }
        if let Some(told) = told {
            tracing::info!(to = self.shown, "published: {told}");
        }
        (took * REST).min(LONGEST_REST)
    }

    /// Tells the first of several failures; how long to wait then.
    fn failed(&mut self, error: &anyhow::Error) -> Duration {
        if self.failures == 0 {
            tracing::warn!(to = self.shown, "publishing fails, and is tried again: {error:#}");
        }
        let pause = PAUSE.saturating_mul(2_u32.saturating_pow(self.failures)).min(LONGEST_PAUSE);
        self.failures = self.failures.saturating_add(1);
        self.metrics.publishing(self.failures);
        // Up to a fifth more or less, so that many publishers do not come back at once.
        let chance = u32::try_from(RandomState::new().hash_one(self.failures) % 400).unwrap_or_default();
        pause * (800 + chance) / 1_000
    }

    /// Rests; a new Site does not end that, the end of the process does.
    fn rest(&self, at_most: Duration) {
        let (desk, until) = (&self.outlet.desk, Instant::now() + at_most);
        let mut newest = desk.newest.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.outlet.stop.is_asked() {
            let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else {
                return;
            };
            (newest, _) = desk.changed.wait_timeout(newest, left).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
