//! What is kept of partners in the state folder: read at the start, written after each poll. What cannot be read costs a fetch, and
//! not service.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use super::now;
use crate::config::Config;
use crate::files::{self, State};
use crate::partner::{Header, Interpretation, Partner, Snapshot};

/// How a person is told of what cannot be read or removed: a sentence.
pub(super) type Tell = fn(&str);

/// What was kept of each of these partners at its present address, in their order.
pub(super) fn read<'p>(config: &Config, partners: impl IntoIterator<Item = &'p Partner>, tell: Tell) -> Vec<Snapshot> {
    let polls = polls(config, tell);
    let read = |partner: &Partner| {
        let slug = partner.slug.as_str();
        let bytes = files::read_snapshot(&config.state, slug).unwrap_or_else(|error| {
            tell(&format!("what was kept of {slug} cannot be read: {error}"));
            None
        });
        let is_of = |snapshot: &Snapshot| snapshot.is_of(partner);
        let snapshot = bytes.and_then(Snapshot::parse).filter(is_of).unwrap_or_default();
        let Some(times) = polls.get(slug) else { return snapshot };
        Some(snapshot.at(times)).filter(is_of).unwrap_or_default()
    };
    partners.into_iter().map(read).collect()
}

fn polls(config: &Config, tell: Tell) -> BTreeMap<String, Vec<u8>> {
    files::read_polls(&config.state).unwrap_or_else(|error| {
        tell(&format!("when partners were asked last cannot be read: {error}"));
        BTreeMap::new()
    })
}

/// Keeps what came of a poll: a new body with all that belongs to it, or only its times.
pub(super) fn write(state: &State, partner: &Partner, interpretation: &Interpretation) -> io::Result<()> {
    let (slug, snapshot) = (partner.slug.as_str(), &interpretation.snapshot);
    match interpretation.has_new_body {
        true => state.keep_snapshot(slug, &snapshot.to_bytes()),
        false => state.keep_poll(slug, &snapshot.times()),
    }
}

/// Removes the copies of partners that are no more, when they would have left the feeds.
pub(super) fn retire(config: &Config, state: &State, partners: &[Arc<Partner>], tell: Tell) {
    let Some(before) = now().checked_sub_signed(config.partners.limits.gone_after) else { return };
    let polls = polls(config, tell);
    let was_asked = |slug: &str| {
        let header = polls.get(slug).and_then(|line| serde_json::from_slice::<Header>(line).ok());
        header.is_some_and(|header| header.attempted > Some(before))
    };
    let stays = |slug: &str| was_asked(slug) || partners.iter().any(|partner| partner.slug.as_str() == slug);
    if let Err(error) = state.retire_snapshots(stays, SystemTime::from(before)) {
        tell(&format!("old copies cannot be removed: {error}"));
    }
}
