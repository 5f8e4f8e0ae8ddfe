//! Keeps what a restart needs, in a thread of its own: a disk that is slow holds up neither the publisher nor the polls. It publishes
//! nothing; what it has kept of partners it hands on.
//!
//! A partner's answer is kept (written, synced, renamed) and then handed to the publisher. A process that is killed before the rename
//! has published nothing of it, and asks again with the validators of before; one that is killed after it finds it at the next start.
//! The ledger and the copies of files follow what was published: people do not wait for them.

use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::command::kept;
use crate::config::Config;
use crate::fetcher::{Done, Handle, Turn};
use crate::files::State;
use crate::name::Slug;
use crate::partner::{Outcome, Partner, Snapshot};
use crate::problem::Source;
use crate::revision::Ledger;

/// The ledger's name in the state folder.
pub(super) const LEDGER: &str = "ledger.json";

/// How often the publisher is woken for what is no news, at most.
const QUIET: Duration = Duration::from_millis(250);

/// Where tasks are given.
#[derive(Clone)]
pub(super) struct Tasks(Sender<Task>);

impl Tasks {
    pub(super) fn new() -> (Self, Receiver<Task>) {
        let (sender, todo) = channel();
        (Self(sender), todo)
    }

    pub(super) fn give(&self, task: Task) {
        // The keeper goes on for as long as there are tasks; at the end of the process nobody waits for them.
        let _ = self.0.send(task);
    }

    /// Waits until all tasks that were given are done, but not for longer than `at_most`.
    pub(super) fn finish(&self, at_most: Duration) {
        let (done, heard) = channel();
        self.give(Task::Tell(done));
        // Whoever does not hear in time ends all the same: what is kept is whole at every moment.
        let _ = heard.recv_timeout(at_most);
    }
}

/// What the thread is to do, one after the other.
pub(super) enum Task {
    /// Keep these revisions; of several, the last ones alone.
    Ledger(Arc<Ledger>),
    /// Keep copies of these files, which are good.
    Copies(Vec<Arc<Source>>),
    /// These are the partners from now on; what is known of some is with them.
    Follow(Vec<Arc<Partner>>, HashMap<Slug, Snapshot>),
    /// Keep what came of a turn.
    Keep(Done),
    /// Remove the copies of partners that have been gone for long.
    Retire(Vec<Arc<Partner>>),
    /// Tell that all tasks before this one are done.
    Tell(Sender<()>),
}

/// What a partner says, now that it is kept.
pub(super) struct Said {
    /// Who.
    pub(super) partner: Arc<Partner>,
    /// What.
    pub(super) snapshot: Snapshot,
    /// What became of the poll; `None` where it was said before, and kept since.
    pub(super) outcome: Option<Outcome>,
}

/// The thread's own.
pub(super) struct Keeper {
    pub(super) config: Arc<Config>,
    pub(super) state: Arc<State>,
    /// The running polls; `None` where the system gave no thread.
    pub(super) polls: Option<Handle>,
    pub(super) known: HashMap<Slug, Arc<Partner>>,
    /// The version of each file of events of which a copy was kept.
    pub(super) copied: HashMap<String, Arc<Source>>,
    /// A ledger that could not be written, to be tried again.
    pub(super) unkept: Option<Arc<Ledger>>,
    /// What cannot be kept at present.
    pub(super) failing: Failing,
    pub(super) said: Sender<Said>,
    /// When the publisher was woken last.
    pub(super) woken: Option<Instant>,
    /// Ends the publisher's wait.
    pub(super) waker: Sender<()>,
}

/// What cannot be kept at present, and was told.
#[derive(Default)]
pub(super) struct Failing {
    ledger: Trouble,
    copies: Trouble,
}

/// Whether something fails: a full disk fails at each change, and is told once, and once when it works again.
#[derive(Default)]
struct Trouble(bool);

impl Trouble {
    /// Whether it has failed.
    fn tell(&mut self, what: &str, done: io::Result<()>) -> bool {
        let failed = done.is_err();
        match (std::mem::replace(&mut self.0, failed), done) {
            (false, Err(error)) => tracing::error!(%error, "{what} cannot be kept; it is tried again at each change"),
            (true, Ok(())) => tracing::info!("{what} can be kept again"),
            _ => {}
        }
        failed
    }
}

impl Keeper {
    /// Works until nobody has a task any more.
    pub(super) fn run(mut self, tasks: Receiver<Task>) {
        while let Ok(first) = tasks.recv() {
            let waiting = std::iter::once(first).chain(tasks.try_iter());
            let (mut ledgers, others): (Vec<Task>, Vec<Task>) =
                waiting.partition(|task| matches!(task, Task::Ledger(_)));
            // The ledger first: whoever sees a copy of a file knows that its revisions are kept too.
            let ledger = ledgers.pop().or_else(|| self.unkept.take().map(Task::Ledger));
            for task in ledger.into_iter().chain(others) {
                if catch_unwind(AssertUnwindSafe(|| self.once(task))).is_err() {
                    tracing::error!("something was not kept, by a fault of ours");
                }
            }
        }
    }

    fn once(&mut self, task: Task) {
        match task {
            Task::Ledger(ledger) => {
                let done = self.state.write(LEDGER, &ledger.to_bytes());
                self.unkept = self.failing.ledger.tell("the ledger of revisions", done).then_some(ledger);
            }
            Task::Copies(files) => self.copy(files),
            Task::Follow(partners, kept) => self.follow(partners, kept),
            Task::Keep(Done { partner, turn: Turn::Polled(interpretation) }) => {
                if let Err(error) = kept::write(&self.state, &partner, &interpretation) {
                    tracing::error!(partner = %partner.slug, %error, "what a partner said cannot be kept");
                }
                let outcome = Some(interpretation.outcome);
                self.hand_on(Said { partner, snapshot: interpretation.snapshot, outcome });
            }
            Task::Keep(_) => {}
            Task::Tell(done) => drop(done.send(())),
            Task::Retire(partners) => kept::retire(&self.config, &self.state, &partners, tell),
        }
    }

    fn copy(&mut self, files: Vec<Arc<Source>>) {
        for file in files {
            if self.copied.get(&file.name).is_some_and(|copied| Arc::ptr_eq(copied, &file)) {
                continue;
            }
            let done = self.state.keep_copy(&file.name, &file.text);
            if self.failing.copies.tell("copies of good files", done) {
                break;
            }
            self.copied.insert(file.name.clone(), file);
        }
    }

    /// Finds what was kept of newcomers: a partner that comes back is shown, and asked, with what it said last.
    fn follow(&mut self, partners: Vec<Arc<Partner>>, mut kept: HashMap<Slug, Snapshot>) {
        let is_new = |partner: &&Arc<Partner>| {
            let known = self.known.get(&partner.slug).is_some_and(|known| known.address == partner.address);
            !known && !kept.contains_key(&partner.slug)
        };
        let newcomers: Vec<Arc<Partner>> = partners.iter().filter(is_new).cloned().collect();
        if !newcomers.is_empty() {
            let snapshots = kept::read(&self.config, newcomers.iter().map(Arc::as_ref), tell);
            for (partner, snapshot) in newcomers.into_iter().zip(snapshots) {
                kept.insert(partner.slug.clone(), snapshot.clone());
                if snapshot.header.attempted.is_some() {
                    self.hand_on(Said { partner, snapshot, outcome: None });
                }
            }
        }
        self.known = partners.iter().map(|partner| (partner.slug.clone(), Arc::clone(partner))).collect();
        if let Some(polls) = &self.polls {
            polls.set_partners(partners, kept);
        }
    }

    /// Hands on what a partner said. News wakes the publisher; of what is none it hears at once only now and then, since it looks every
    /// second by itself.
    fn hand_on(&mut self, said: Said) {
        let is_rare = self.woken.is_none_or(|woken| woken.elapsed() > QUIET);
        let wakes = is_rare || is_news(said.outcome.as_ref());
        // The receivers are gone only when the process ends.
        let _ = self.said.send(said);
        if wakes {
            self.woken = Some(Instant::now());
            let _ = self.waker.send(());
        }
    }
}

/// Whether there is more to publish than how a poll ended.
pub(super) fn is_news(outcome: Option<&Outcome>) -> bool {
    !matches!(outcome, Some(Outcome::NotModified | Outcome::Rejected | Outcome::Held))
}

/// Tells the log.
pub(super) fn tell(text: &str) {
    tracing::warn!("{text}");
}
