//! The partners while the service runs, as the publisher sees them: who they are, what they have said, and how fresh each is. Polling
//! is the fetcher's, and the disk the keeper's.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use chrono::{DateTime, Utc};

use super::keeper::{self, Failing, Keeper, Said, Task, Tasks};
use crate::background;
use crate::command::now;
use crate::config::Config;
use crate::fetcher::{self, Handle, Settings};
use crate::files::State;
use crate::metrics::Metrics;
use crate::name::Slug;
use crate::partner::poll::{Staleness, staleness};
use crate::partner::{Class, Header, Limits, Outcome, Partner, Snapshot};
use crate::publisher::Publisher;

/// The most answers that one round of the publisher takes in: an editor's change must not wait for a thousand of them.
const AT_ONCE: usize = 64;

/// The polls before anything is known of the service.
pub(super) struct Polls {
    tasks: Tasks,
    todo: Receiver<Task>,
    handle: Option<Handle>,
}

/// Starts the polls, of nobody so far. From now on a hangup signal ends nothing.
pub(super) fn poll(config: &Config) -> Polls {
    let (tasks, todo) = Tasks::new();
    let giver = tasks.clone();
    let handle = fetcher::start(Settings::of(config, now), move |done| giver.give(Task::Keep(done)));
    let handle =
        handle.inspect_err(|error| tracing::error!(%error, "partners cannot be polled; what was kept of them stays"));
    Polls { tasks, todo, handle: handle.ok() }
}

impl Polls {
    /// Where the keeper's tasks are given.
    pub(super) fn tasks(&self) -> Tasks {
        self.tasks.clone()
    }
}

/// What the publisher hears of the partners.
pub(super) struct Partners {
    tasks: Tasks,
    said: Receiver<Said>,
    /// Ends the publisher's wait.
    waker: Sender<()>,
    limits: Limits,
    metrics: Arc<Metrics>,
    partners: Vec<Arc<Partner>>,
    /// What the log says of each.
    told: HashMap<Slug, Told>,
}

/// What the log said last of a partner.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Told {
    fault: Option<Class>,
    /// `None` before there was a copy.
    age: Option<Staleness>,
}

impl Partners {
    /// Starts to keep what comes of the polls.
    pub(super) fn new(
        config: &Arc<Config>,
        polls: Polls,
        state: Arc<State>,
        waker: Sender<()>,
        metrics: Arc<Metrics>,
    ) -> std::io::Result<Self> {
        let (sender, said) = channel();
        let Polls { tasks, todo, handle } = polls;
        let keeper = Keeper {
            config: Arc::clone(config),
            state,
            polls: handle,
            known: HashMap::new(),
            copied: HashMap::new(),
            unkept: None,
            failing: Failing::default(),
            said: sender,
            woken: None,
            waker: waker.clone(),
        };
        background::spawn("keeper", move || keeper.run(todo))?;
        let limits = config.partners.limits.clone();
        Ok(Self { tasks, said, waker, limits, metrics, partners: Vec::new(), told: HashMap::new() })
    }

    /// Polls the partners that the publisher knows now. `kept` is what is already known of some of them.
    pub(super) fn follow(&mut self, publisher: &Publisher, kept: HashMap<Slug, Snapshot>) {
        let partners: Vec<Arc<Partner>> = publisher.partners().values().cloned().collect();
        let same = |(one, other): (&Arc<Partner>, &Arc<Partner>)| Arc::ptr_eq(one, other);
        if partners.len() == self.partners.len() && partners.iter().zip(&self.partners).all(same) {
            return;
        }
        self.told.retain(|slug, _| publisher.partners().contains_key(slug));
        for (slug, snapshot) in &kept {
            let fault = snapshot.header.fault.as_ref().map(|fault| fault.class);
            self.told.entry(slug.clone()).or_default().fault = fault;
        }
        self.partners.clone_from(&partners);
        self.tasks.give(Task::Follow(partners, kept));
    }

    /// Has the copies of partners that have been gone for long removed.
    pub(super) fn retire(&self) {
        self.tasks.give(Task::Retire(self.partners.clone()));
    }

    /// What has come since the last call, and whether any of it is news. All of it is kept already.
    pub(super) fn heard(&mut self) -> (Vec<(Slug, Snapshot)>, bool) {
        let said: Vec<Said> = self.said.try_iter().take(AT_ONCE).collect();
        if said.len() == AT_ONCE {
            // There may be more, and who would say so was heard already.
            let _ = self.waker.send(());
        }
        let mut is_news = false;
        let mut heard = Vec::with_capacity(said.len());
        for Said { partner, snapshot, outcome } in said {
            is_news |= keeper::is_news(outcome.as_ref());
            if let Some(outcome) = &outcome {
                self.metrics.polled(ended(outcome, &snapshot.header));
            }
            self.tell(&partner, outcome.as_ref(), &snapshot.header);
            heard.push((partner.slug.clone(), snapshot));
        }
        (heard, is_news)
    }

    /// One line when a partner begins to fail, fails in another way or answers again, and for each answer that is new. One failure of
    /// a partner that answered well before is none to be told: the status has it.
    fn tell(&mut self, partner: &Partner, outcome: Option<&Outcome>, header: &Header) {
        let slug = &partner.slug;
        if let Some(Outcome::Modified(events)) = outcome {
            tracing::info!(partner = %slug, events, "a partner has news");
        }
        let told = self.told.entry(slug.clone()).or_default();
        let is_hiccup = header.failures == 1 && header.confirmed.is_some();
        if is_hiccup && told.fault.is_none() {
            return;
        }
        let fault = header.fault.as_ref();
        let before = std::mem::replace(&mut told.fault, fault.map(|fault| fault.class));
        match fault {
            Some(fault) if before == Some(fault.class) => {}
            Some(fault) if fault.class == Class::SuddenlyEmpty => {
                tracing::warn!(partner = %slug, fault = fault.text.as_str(), "most of a partner’s events are gone; they stay for now");
            }
            Some(fault) => {
                tracing::warn!(partner = %slug, fault = fault.text.as_str(), "a partner’s answer is of no use")
            }
            None if before.is_some() => tracing::info!(partner = %slug, "a partner answers again"),
            None => {}
        }
    }

    /// One line when a partner's copy grows stale, leaves the feeds or is confirmed again; whether there was any.
    pub(super) fn tell_ages(&mut self, publisher: &Publisher, now: DateTime<Utc>) -> bool {
        let mut changed = false;
        for partner in &self.partners {
            let header = publisher.header(&partner.slug).filter(|header| header.confirmed.is_some());
            let age = header.map(|header| staleness(header, now, &self.limits));
            let told = self.told.entry(partner.slug.clone()).or_default();
            if age != told.age {
                tell_age(&partner.slug, told.age, age, header, now);
                told.age = age;
                changed = true;
            }
        }
        changed
    }
}

/// How a poll ended, in a word.
fn ended(outcome: &Outcome, header: &Header) -> &'static str {
    match (outcome, &header.fault) {
        (Outcome::Modified(_), _) => "modified",
        (Outcome::NotModified, _) => "not-modified",
        (Outcome::Rejected | Outcome::Held, Some(fault)) => fault.class.word(),
        // Without a fault nothing is rejected or held.
        (Outcome::Rejected | Outcome::Held, None) => Class::Internal.word(),
    }
}

fn tell_age(
    slug: &Slug,
    before: Option<Staleness>,
    age: Option<Staleness>,
    header: Option<&Header>,
    now: DateTime<Utc>,
) {
    let confirmed = header.and_then(|header| header.confirmed);
    let hours = confirmed.map(|confirmed| now.signed_duration_since(confirmed).num_hours()).unwrap_or_default();
    match age {
        Some(Staleness::Stale) => {
            tracing::warn!(partner = %slug, hours, "a partner’s copy is stale: nobody has confirmed it")
        }
        Some(Staleness::Gone) => {
            tracing::warn!(partner = %slug, hours, "a partner’s copy is too old and has left the feeds")
        }
        Some(Staleness::Fresh) if before.is_some() => {
            tracing::info!(partner = %slug, "a partner’s copy is fresh again")
        }
        Some(Staleness::Fresh) | None => {}
    }
}
