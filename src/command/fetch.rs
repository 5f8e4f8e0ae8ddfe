//! `handbill fetch`: asks each partner once, keeps what it said, and tells a line for each.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use clap::ValueEnum;
use serde::Serialize;

use super::{folder, kept, mention, now, say};
use crate::config::Config;
use crate::fetcher::{self, Done, Turn};
use crate::files::State;
use crate::partner::{Class, Outcome, Partner};
use crate::publisher::Publisher;
use crate::revision::Ledger;

/// How many turns are kept at once: keeping is waiting for the disk, which takes many in together as fast as one.
const KEEPERS: usize = 16;

/// The form of the lines.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Form {
    /// For people.
    Human,
    /// For programs: one JSON object a line.
    Json,
}

/// Asks these partners, or all where none is named.
pub(super) fn fetch(config: &Arc<Config>, chosen: &[String], form: Form) -> anyhow::Result<ExitCode> {
    let (_, files) = folder(config)?;
    let none = |_: &crate::catalog::Catalog| Vec::new();
    let publisher = Publisher::new(Arc::clone(config), Ledger::default(), files, Vec::new, none, now());
    let partners: Vec<Arc<Partner>> = publisher.partners().values().cloned().collect();
    let state = State::open(&config.state).with_context(|| {
        format!(
            "the state folder, {}, cannot be used (is another handbill running? SIGHUP lets it ask all partners now)",
            config.state.display()
        )
    })?;
    let asked = choose(&partners, chosen)?;
    let kept = kept::read(config, asked.iter().map(Arc::as_ref), mention);
    let asked = asked.into_iter().zip(kept).collect();
    let all_well = AtomicBool::new(true);
    let end = &|done: Done| {
        let mut line = Line::of(&done);
        if let Err(error) = keep(&state, &done) {
            line.outcome = "not-kept";
            line.fault = Some(format!("it could not be kept: {error}"));
        }
        all_well.fetch_and(line.fault.is_none(), Ordering::Relaxed);
        say(&line.written(form));
    };
    std::thread::scope(|scope| {
        let (sender, turns) = mpsc::channel();
        let turns = Arc::new(Mutex::new(turns));
        for _ in 0..KEEPERS {
            let turns = Arc::clone(&turns);
            scope.spawn(move || std::iter::from_fn(|| next(&turns)).for_each(end));
        }
        // The keepers listen until the sender is gone.
        fetcher::once(fetcher::Settings::of(config, now), asked, move |done| drop(sender.send(done)))
    })?;
    let all_well = all_well.into_inner();
    kept::retire(config, &state, &partners, mention);
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The next turn that ended; `None` when there will be no more.
fn next(turns: &Mutex<mpsc::Receiver<Done>>) -> Option<Done> {
    turns.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn choose(partners: &[Arc<Partner>], chosen: &[String]) -> anyhow::Result<Vec<Arc<Partner>>> {
    for name in chosen {
        if !partners.iter().any(|partner| partner.slug.as_str() == name) {
            let known: Vec<&str> = partners.iter().map(|partner| partner.slug.as_str()).collect();
            bail!("there is no partner {name:?}; the partners are: {}", known.join(", "));
        }
    }
    let is_chosen =
        |partner: &&Arc<Partner>| chosen.is_empty() || chosen.iter().any(|name| name == partner.slug.as_str());
    Ok(partners.iter().filter(is_chosen).map(Arc::clone).collect())
}

fn keep(state: &State, done: &Done) -> std::io::Result<()> {
    match &done.turn {
        Turn::Polled(interpretation) => kept::write(state, &done.partner, interpretation),
        Turn::LeftAlone(_) => Ok(()),
    }
}

/// What is told of one partner.
#[derive(Debug, Serialize)]
struct Line<'a> {
    partner: &'a str,
    outcome: &'static str,
    /// Of the copy that is kept now.
    events: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Class>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<DateTime<Utc>>,
}

impl<'a> Line<'a> {
    fn of(done: &'a Done) -> Self {
        let partner = done.partner.slug.as_str();
        let interpretation = match &done.turn {
            Turn::Polled(interpretation) => interpretation,
            Turn::LeftAlone(until) => {
                let (outcome, next) = ("left-alone", Some(*until));
                return Self { partner, outcome, events: 0, class: None, fault: None, next };
            }
        };
        let header = &interpretation.snapshot.header;
        let outcome = match interpretation.outcome {
            Outcome::NotModified => "not-modified",
            Outcome::Modified(_) => "modified",
            Outcome::Rejected => "rejected",
            Outcome::Held => "held",
        };
        Self {
            partner,
            outcome,
            events: header.events.unwrap_or(0),
            class: header.fault.as_ref().map(|fault| fault.class),
            fault: header.fault.as_ref().map(|fault| fault.text.clone()),
            next: header.next,
        }
    }

    fn written(&self, form: Form) -> String {
        match form {
            Form::Json => serde_json::to_string(self).map(|line| line + "\n").unwrap_or_default(),
            Form::Human => format!("{}: {}\n", self.partner, self.words()),
        }
    }

    fn words(&self) -> String {
        let until = self.next.map(|next| next.format("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default();
        let events = match self.events {
            1 => "1 event".to_owned(),
            events => format!("{events} events"),
        };
        let fault = self.fault.as_deref().unwrap_or_default();
        match self.outcome {
            "left-alone" => format!("not asked: it wants to be left alone until {until}"),
            "modified" => format!("{events}, new"),
            "not-modified" => format!("{events}, nothing new"),
            "not-kept" => format!("{events}; {fault}"),
            outcome => format!("{outcome}: {fault} (the last good copy has {events})"),
        }
    }
}
