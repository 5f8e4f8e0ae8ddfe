//! `handbill fetch`: asks partners once, keeps what they say, and tells what happened, a line a partner.

use std::process::ExitCode;
use std::sync::Arc;

use serde::Serialize;

use super::{Report, complain, folder, now, say, snapshot, state};
use crate::catalog;
use crate::config::Config;
use crate::fetcher::{self, Done, Settings, Turn};
use crate::partner::{Outcome, Partner};
use crate::publisher::Publisher;
use crate::revision::Ledger;

pub(super) fn fetch(config: &Arc<Config>, wanted: &[String], format: Report) -> anyhow::Result<ExitCode> {
    let state = state(config)?;
    let (_, files) = folder(config)?;
    let publisher = Publisher::new(Arc::clone(config), Ledger::default(), files, Vec::new, |_| Vec::new(), now());
    let partners = chosen(&publisher, wanted)?;
    let asked = partners.into_iter().map(|partner| {
        let kept = snapshot(&state, &partner).unwrap_or_default();
        (partner, kept)
    });
    let mut failed = 0;
    fetcher::once(Settings::of(config, now), asked.collect(), |done| {
        if let Turn::Polled(interpretation) = &done.turn
            && let Err(error) = state.keep_snapshot(done.partner.slug.as_str(), &interpretation.snapshot.to_bytes())
        {
            complain(&format!("handbill: what {} said cannot be kept: {error}\n", done.partner.slug));
            failed += 1;
        }
        let line = Line::of(&done);
        failed += usize::from(line.fault.is_some());
        match format {
            Report::Human => say(&line.text()),
            // Structs of texts and numbers always serialize.
            Report::Json => say(&format!("{}\n", serde_json::to_string(&line).unwrap_or_default())),
        }
    })?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(publisher: &Publisher, wanted: &[String]) -> anyhow::Result<Vec<Arc<Partner>>> {
    if wanted.is_empty() {
        return Ok(publisher.partners().values().cloned().collect());
    }
    let find = |word: &String| {
        catalog::find_partner(publisher.partners(), word).cloned().map_err(|near| match near {
            Some(near) => anyhow::anyhow!("there is no partner {word}; write {near}"),
            None => anyhow::anyhow!("there is no partner {word}"),
        })
    };
    wanted.iter().map(find).collect()
}

/// What happened to one partner.
#[derive(Serialize)]
struct Line<'a> {
    partner: &'a str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn of(done: &'a Done) -> Self {
        let partner = done.partner.slug.as_str();
        let Turn::Polled(interpretation) = &done.turn else {
            return Self { partner, outcome: "left alone, as it asked", events: None, fault: None };
        };
        let (outcome, events) = match interpretation.outcome {
            Outcome::NotModified => ("not modified", None),
            Outcome::Modified(events) => ("modified", Some(events)),
            Outcome::Rejected => ("rejected", None),
            Outcome::Held => ("held: most of its events are gone, the earlier answer stays for now", None),
        };
        let fault = interpretation.snapshot.header.fault.as_ref().map(|fault| fault.text.as_str());
        Self { partner, outcome, events, fault }
    }

    fn text(&self) -> String {
        let events = self.events.map(|events| format!(", {events} events")).unwrap_or_default();
        let fault = self.fault.map(|fault| format!(": {fault}")).unwrap_or_default();
        format!("{}: {}{events}{fault}\n", self.partner, self.outcome)
    }
}
