//! The status of all partners, gathered from what is known of each.

use chrono::{DateTime, Utc};

use super::{PartnerState, World};
use crate::config::Config;
use crate::page::status::{Joined, Line, State, Status, time};
use crate::partner::poll::{Staleness, staleness};

/// The status of the World.
pub(super) fn of<'a>(world: &World<'a>, config: &Config, now: DateTime<Utc>) -> Status<'a> {
    let joined = |join: &'a crate::merge::Join| {
        let (lead, others) = join.copies.split_first()?;
        let copies: Vec<&str> = others.iter().map(|copy| copy.id.as_str()).collect();
        let joined = Joined { event: lead.id.as_str(), title: &lead.details.title, copies, reason: join.reason };
        Some(joined).filter(|joined| !joined.copies.is_empty())
    };
    Status {
        generated: time(now),
        partners: world.partners.iter().map(|state| line(state, config, now)).collect(),
        joined: world.merged.joins.values().filter_map(joined).collect(),
    }
}

fn line<'a>(state: &'a PartnerState<'a>, config: &Config, now: DateTime<Utc>) -> Line<'a> {
    let header = state.header;
    Line {
        id: state.partner.slug.as_str(),
        name: &state.partner.name,
        address: state.partner.address.shown(),
        state: self::state(state, config, now),
        last_success: header.and_then(|header| header.confirmed).map(time),
        age_seconds: header
            .and_then(|header| header.confirmed)
            .map(|at| now.signed_duration_since(at).num_seconds().max(0)),
        last_attempt: header.and_then(|header| header.attempted).map(time),
        next_poll: header.and_then(|header| header.next).map(time),
        events: state.adopted.map_or(0, |adopted| adopted.events.len()),
        events_before: header.and_then(|header| header.events_before),
        changes: state.changes,
        failures: header.map_or(0, |header| header.failures),
        fault_class: header.and_then(|header| header.fault.as_ref()).map(|fault| fault.class),
        fault: header.and_then(|header| header.fault.as_ref()).map(|fault| fault.text.as_str()),
        held_since: header.and_then(|header| header.held.as_ref()).map(|held| time(held.since)),
        repairs: state.adopted.map_or(&NONE, |adopted| &adopted.repairs),
        drops: state.adopted.map_or(&NONE, |adopted| &adopted.drops),
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

static NONE: std::collections::BTreeMap<&'static str, usize> = std::collections::BTreeMap::new();
