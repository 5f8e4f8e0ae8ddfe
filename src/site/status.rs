//! What the status tells of all partners, gathered when a Site is built and put into words when somebody asks: the lists are long.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};

use super::{PartnerState, World};
use crate::config::Config;
use crate::digest::Digest;
use crate::merge::Join;
use crate::page::status::{Joined, Line, State, Status, time};
use crate::partner::poll::{Staleness, staleness};
use crate::partner::{Changes, Header, Partner};

/// How partners stand, and what was joined.
#[derive(Debug)]
pub(super) struct Standing {
    /// Ages are as of then.
    now: DateTime<Utc>,
    partners: Vec<Known>,
    joins: Vec<Arc<Join>>,
}

/// What is known of a partner.
#[derive(Debug)]
struct Known {
    partner: Arc<Partner>,
    state: State,
    header: Option<Header>,
    events: usize,
    changes: Option<Changes>,
    repairs: BTreeMap<&'static str, usize>,
    drops: BTreeMap<&'static str, usize>,
}

impl Standing {
    pub(super) fn of(world: &World<'_>, config: &Config, now: DateTime<Utc>) -> Self {
        let known = |state: &PartnerState<'_>| Known {
            partner: Arc::clone(&state.partner),
            state: self::state(state, config, now),
            header: state.header.cloned(),
            events: state.adopted.map_or(0, |adopted| adopted.events.len()),
            changes: state.changes,
            repairs: state.adopted.map(|adopted| adopted.repairs.clone()).unwrap_or_default(),
            drops: state.adopted.map(|adopted| adopted.drops.clone()).unwrap_or_default(),
        };
        let joins = world.merged.joins.values().filter(|join| join.copies.len() > 1);
        Self { now, partners: world.partners.iter().map(known).collect(), joins: joins.cloned().collect() }
    }

    /// For the entity tags of what is told: it is told anew with each Site, and two are never of the same nanosecond.
    pub(super) fn digest(&self) -> Digest {
        Digest::of(&self.now.to_rfc3339_opts(SecondsFormat::Nanos, true))
    }

    /// The status.
    pub(super) fn told(&self) -> Status<'_> {
        Status {
            generated: time(self.now),
            partners: self.partners.iter().map(|known| known.line(self.now)).collect(),
            joined: self.joins.iter().filter_map(|join| joined(join)).collect(),
        }
    }
}

fn joined(join: &Join) -> Option<Joined<'_>> {
    let (lead, others) = join.copies.split_first()?;
    let copies = others.iter().map(|copy| copy.id.as_str()).collect();
    Some(Joined { event: lead.id.as_str(), title: &lead.details.title, copies, reason: join.reason })
}

impl Known {
    fn line(&self, now: DateTime<Utc>) -> Line<'_> {
        let header = self.header.as_ref();
        let fault = header.and_then(|header| header.fault.as_ref());
        let confirmed = header.and_then(|header| header.confirmed);
        Line {
            id: self.partner.slug.as_str(),
            name: &self.partner.name,
            address: self.partner.address.shown(),
            state: self.state,
            last_success: confirmed.map(time),
            age_seconds: confirmed.map(|at| now.signed_duration_since(at).num_seconds().max(0)),
            last_attempt: header.and_then(|header| header.attempted).map(time),
            next_poll: header.and_then(|header| header.next).map(time),
            events: self.events,
            events_before: header.and_then(|header| header.events_before),
            changes: self.changes,
            failures: header.map_or(0, |header| header.failures),
            fault_class: fault.map(|fault| fault.class),
            fault: fault.map(|fault| fault.text.as_str()),
            held_since: header.and_then(|header| header.held.as_ref()).map(|held| time(held.since)),
            repairs: &self.repairs,
            drops: &self.drops,
        }
    }
}

/// How fresh what we have of a partner is. One that has never answered is waited for.
pub(super) fn state(state: &PartnerState<'_>, config: &Config, now: DateTime<Utc>) -> State {
    let answered = state.header.filter(|header| header.confirmed.is_some());
    match answered.map(|header| staleness(header, now, &config.partners.limits)) {
        None => State::Waiting,
        Some(Staleness::Fresh) => State::Fresh,
        Some(Staleness::Stale) => State::Stale,
        Some(Staleness::Gone) => State::Gone,
    }
}
