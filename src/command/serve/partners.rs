//! The partners while the service runs: polled in a thread of their own; what they say is kept, told and handed to the publisher.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::command::{kept, now};
use crate::config::Config;
use crate::fetcher::{self, Done, Handle, Settings, Turn};
use crate::files::State;
use crate::name::Slug;
use crate::partner::{Fault, Outcome, Partner, Snapshot};
use crate::publisher::Publisher;

/// The most answers that one round of the publisher takes in: an editor's change must not wait for a thousand of them.
const AT_ONCE: usize = 64;

/// The polls, and what has come of them.
pub(super) struct Partners {
    settings: Settings,
    /// The running polls; none before there is a partner.
    handle: Option<Handle>,
    partners: Vec<Arc<Partner>>,
    sender: Sender<Done>,
    turns: Receiver<Done>,
    /// Ends the publisher's wait.
    waker: Sender<()>,
    /// What was wrong with each when it was last told.
    faults: HashMap<Slug, Option<Fault>>,
}

impl Partners {
    pub(super) fn new(config: &Config, waker: Sender<()>) -> Self {
        let (sender, turns) = channel();
        let settings = Settings::of(config, now);
        Self { settings, handle: None, partners: Vec::new(), sender, turns, waker, faults: HashMap::new() }
    }

    /// Polls the partners that the publisher knows now; the first time with what was kept of them.
    pub(super) fn follow(&mut self, publisher: &Publisher, config: &Config) {
        let partners: Vec<Arc<Partner>> = publisher.partners().values().cloned().collect();
        let same = |(one, other): (&Arc<Partner>, &Arc<Partner>)| Arc::ptr_eq(one, other);
        if partners.len() == self.partners.len() && partners.iter().zip(&self.partners).all(same) {
            return;
        }
        self.partners.clone_from(&partners);
        match &self.handle {
            Some(handle) => handle.set_partners(partners),
            None => self.start(partners, config),
        }
    }

    fn start(&mut self, partners: Vec<Arc<Partner>>, config: &Config) {
        let snapshots = kept::read(config, partners.iter().map(Arc::as_ref));
        let kept = partners.iter().map(|partner| partner.slug.clone()).zip(snapshots);
        let (sender, waker) = (self.sender.clone(), self.waker.clone());
        let done = move |done| {
            // The receivers are gone only when the process ends.
            let _ = (sender.send(done), waker.send(()));
        };
        match fetcher::start(self.settings.clone(), partners.clone(), kept.collect(), done) {
            Ok(handle) => self.handle = Some(handle),
            Err(error) => tracing::error!(%error, "partners cannot be polled; what was kept of them stays"),
        }
    }

    /// What has come since the last call: kept first, so that nothing is published that a crash could lose.
    pub(super) fn heard(&mut self, state: &State) -> Vec<(Slug, Snapshot)> {
        let turns: Vec<Done> = self.turns.try_iter().take(AT_ONCE).collect();
        let mut heard = Vec::with_capacity(turns.len());
        for Done { partner, turn } in turns {
            let Turn::Polled(interpretation) = turn else { continue };
            if let Err(error) = kept::write(state, &partner, &interpretation) {
                tracing::error!(partner = %partner.slug, %error, "what a partner said cannot be kept");
            }
            self.tell(&partner, &interpretation.outcome, interpretation.snapshot.header.fault.as_ref());
            heard.push((partner.slug.clone(), interpretation.snapshot));
        }
        heard
    }

    /// One line when a partner's state changes, and for each answer that is new.
    fn tell(&mut self, partner: &Partner, outcome: &Outcome, fault: Option<&Fault>) {
        let before = self.faults.insert(partner.slug.clone(), fault.cloned()).flatten();
        let slug = &partner.slug;
        match (before, fault) {
            (before, Some(fault)) if before.as_ref() != Some(fault) => {
                tracing::warn!(partner = %slug, fault = ?fault.text, "a partner’s answer is of no use");
            }
            (Some(_), None) => tracing::info!(partner = %slug, "a partner answers again"),
            _ => {}
        }
        match outcome {
            Outcome::Modified(events) => tracing::info!(partner = %slug, events, "a partner has news"),
            Outcome::Held => tracing::warn!(partner = %slug, "most of a partner’s events are gone; they stay for now"),
            Outcome::NotModified | Outcome::Rejected => {}
        }
    }
}
