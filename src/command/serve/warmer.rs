//! Makes ahead what many will ask for of each new Site, in a thread of its own: neither a change nor a request waits for it. Of several
//! Sites that came meanwhile, only the newest counts.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use crate::background;
use crate::server::Current;

/// How many times longer than it worked it rests: of a large catalog that changes all the time it must not keep a processor busy.
const REST: u32 = 4;

/// Where it is told of new Sites.
pub(super) struct Warmer(Sender<()>);

impl Warmer {
    /// Starts the thread. Where the system gives none, everything is made when it is first asked for.
    pub(super) fn new(current: Current) -> Self {
        let (sender, told) = channel();
        let started = background::spawn("warmer", move || run(&current, &told));
        if let Err(error) = started {
            tracing::warn!(%error, "feeds and pages are made as they are asked for");
        }
        Self(sender)
    }

    /// There is a new Site.
    pub(super) fn tell(&self) {
        // Nobody listens where there is no thread.
        let _ = self.0.send(());
    }
}

fn run(current: &Current, told: &Receiver<()>) {
    while told.recv().is_ok() {
        told.try_iter().for_each(drop);
        let begun = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| current.load_full().warm())).is_err() {
            tracing::error!("something could not be made ahead, by a fault of ours");
        }
        std::thread::sleep(begun.elapsed() * REST);
    }
}
