//! What operators and partners want to know of each partner: freshness, faults, repairs, joins. It decides nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

/// One partner as the status tells it. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, Serialize)]
pub struct Line<'a> {
    /// Its slug.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Where its calendar is, without secrets.
    pub address: &'a str,
    /// `fresh`, `stale` or `gone`; `waiting` before the first answer.
    pub state: &'static str,
    /// When it last confirmed what we have.
    pub last_success: Option<String>,
    /// When it was last asked.
    pub last_attempt: Option<String>,
    /// When it will be asked again.
    pub next_poll: Option<String>,
    /// How many events it has now.
    pub events: usize,
    /// How many it had before.
    pub events_before: Option<usize>,
    /// How often it failed since it last answered well.
    pub failures: u32,
    /// What went wrong last, in plain words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<&'a str>,
    /// Since when a much smaller answer is not believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_since: Option<String>,
    /// What was mended in its events, by reason.
    pub repairs: &'a BTreeMap<&'static str, usize>,
    /// What was left out of its events, by reason.
    pub drops: &'a BTreeMap<&'static str, usize>,
}

/// Copies that became one event.
#[derive(Debug, Clone, Serialize)]
pub struct Joined<'a> {
    /// The id of the event that leads.
    pub event: &'a str,
    /// Its title.
    pub title: &'a str,
    /// The ids of the others.
    pub copies: Vec<&'a str>,
    /// Why.
    pub reason: &'static str,
}

/// The whole status.
#[derive(Debug, Clone, Serialize)]
pub struct Status<'a> {
    /// Each partner.
    pub partners: Vec<Line<'a>>,
    /// What was joined.
    pub joined: Vec<Joined<'a>>,
}

/// An instant as the status writes it.
#[must_use]
pub fn time(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl Status<'_> {
    /// For programs.
    #[must_use]
    pub fn json(&self) -> Vec<u8> {
        // Structs of texts and numbers always serialize.
        let mut json = serde_json::to_vec_pretty(self).unwrap_or_default();
        json.push(b'\n');
        json
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("Partners: {}\n", self.partners.len());
        for line in &self.partners {
            line.write(&mut text);
        }
        if !self.joined.is_empty() {
            text.push_str("\nOne event in several calendars:\n");
        }
        for joined in &self.joined {
            let copies = joined.copies.join(", ");
            text.push_str(&format!("  {} ({}) = {copies}: {}\n", joined.event, joined.title, joined.reason));
        }
        text
    }
}

impl Line<'_> {
    fn write(&self, text: &mut String) {
        let or_never = |time: &Option<String>| time.clone().unwrap_or_else(|| "never".to_owned());
        text.push_str(&format!("\n{} ({}): {}\n  {}\n", self.name, self.id, self.state, self.address));
        let before = self.events_before.map(|before| format!(" ({before} before)")).unwrap_or_default();
        text.push_str(&format!("  events: {}{before}\n", self.events));
        text.push_str(&format!(
            "  last answer: {}, last asked: {}",
            or_never(&self.last_success),
            or_never(&self.last_attempt)
        ));
        text.push_str(&format!(", next: {}\n", or_never(&self.next_poll)));
        if let Some(fault) = self.fault {
            text.push_str(&format!("  fault ({} in a row): {fault}\n", self.failures));
        }
        if let Some(since) = &self.held_since {
            text.push_str(&format!("  most of its events vanished at {since}; the earlier answer stays for now\n"));
        }
        for (what, reasons) in [("mended", self.repairs), ("left out", self.drops)] {
            for (reason, count) in reasons {
                text.push_str(&format!("  {what}: {count} × {reason}\n"));
            }
        }
    }
}
