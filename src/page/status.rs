//! What operators and partners want to know of each partner: freshness, faults, repairs, joins. It decides nothing.

use std::collections::BTreeMap;

use askama::Template;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::phrases::{Phrases, filled};
use super::shell::Shell;
use super::{Around, Freshness, dates};
use crate::partner::{Changes, Class};

/// How fresh what we have of a partner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nothing came yet.
    Waiting,
    /// It was confirmed lately.
    Fresh,
    /// It was not confirmed for a while, and is still shown.
    Stale,
    /// It was not confirmed for so long that it is not shown any more.
    Gone,
}

impl State {
    fn phrase(self, phrases: &'static Phrases) -> &'static str {
        match self {
            Self::Waiting => phrases.waiting,
            Self::Fresh => phrases.fresh,
            Self::Stale => phrases.stale,
            Self::Gone => phrases.gone,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Fresh => "fresh",
            Self::Stale => "stale",
            Self::Gone => "gone",
        }
    }
}

/// One partner as the status tells it. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, Serialize)]
pub struct Line<'a> {
    /// Its slug.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Where its calendar is, without secrets.
    pub address: &'a str,
    /// How fresh it is.
    pub state: State,
    /// When it last confirmed what we have.
    pub last_success: Option<String>,
    /// How long ago that was when the status was made, in seconds.
    pub age_seconds: Option<i64>,
    /// When it was last asked.
    pub last_attempt: Option<String>,
    /// When it will be asked again.
    pub next_poll: Option<String>,
    /// How many events it has now.
    pub events: usize,
    /// How many it had before.
    pub events_before: Option<usize>,
    /// What its last new answer changed; `None` where there was none since the start.
    pub changes: Option<Changes>,
    /// How often it failed since it last answered well.
    pub failures: u32,
    /// What kind of thing went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault_class: Option<Class>,
    /// The same in plain words.
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
    /// When it was made: ages are as of then.
    pub generated: String,
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
}

/// A partner as other pages mention it.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub(super) name: String,
    pub(super) link: String,
    pub(super) state: &'static str,
    pub(super) class: &'static str,
    /// `checked March 20, 2021, 6:00 PM`.
    pub(super) checked: Option<String>,
}

impl Mention {
    pub(super) fn new(freshness: &Freshness<'_>, around: &Around<'_>) -> Self {
        let phrases = around.phrases();
        let local = |instant| dates::moment(around.zone.moment_of(instant).local(), phrases);
        Self {
            name: freshness.partner.name.to_string(),
            link: around.link(&freshness.partner.path),
            state: freshness.state.phrase(phrases),
            class: freshness.state.class(),
            checked: freshness.confirmed.map(|instant| filled(phrases.checked, &local(instant))),
        }
    }
}

#[derive(Template)]
#[template(path = "status.html")]
struct Page<'a> {
    shell: Shell<'a>,
    p: &'static Phrases,
    as_of: Option<String>,
    lines: Vec<Shown<'a>>,
    joined: &'a [Joined<'a>],
}

/// A partner with its times in words.
struct Shown<'a> {
    line: &'a Line<'a>,
    link: String,
    state: &'static str,
    class: &'static str,
    last_success: String,
    age: Option<String>,
    last_attempt: String,
    next_poll: String,
    before: Option<String>,
    changes: Option<String>,
    failures: Option<String>,
    held: Option<String>,
}

impl Status<'_> {
    /// The page for people, in HTML.
    #[must_use]
    pub fn html(&self, around: &Around<'_>) -> Vec<u8> {
        let phrases = around.phrases();
        let generated = DateTime::parse_from_rfc3339(&self.generated).ok().map(|instant| instant.to_utc());
        let local = |instant| dates::moment(around.zone.moment_of(instant).local(), phrases);
        let page = Page {
            as_of: generated.map(|instant| filled(phrases.as_of, &local(instant))),
            shell: Shell::new(around, "status", phrases.status, phrases.status_lead).with_forms("all").unlisted(),
            p: phrases,
            lines: self.partners.iter().map(|line| Shown::new(line, around)).collect(),
            joined: &self.joined,
        };
        super::rendered(&page)
    }
}

impl<'a> Shown<'a> {
    fn new(line: &'a Line<'a>, around: &Around<'_>) -> Self {
        let phrases = around.phrases();
        let local = |instant: DateTime<Utc>| dates::moment(around.zone.moment_of(instant).local(), phrases);
        let in_words = |text: &Option<String>| {
            let instant = text.as_deref().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
            instant.map(|instant| local(instant.to_utc()))
        };
        let or_never = |text| in_words(text).unwrap_or_else(|| phrases.status_never.to_owned());
        Self {
            link: around.link(&format!("partner/{}", line.id)),
            state: line.state.phrase(phrases),
            class: line.state.class(),
            last_success: or_never(&line.last_success),
            age: line.age_seconds.map(|seconds| filled(phrases.age, &in_units(seconds))),
            last_attempt: or_never(&line.last_attempt),
            next_poll: or_never(&line.next_poll),
            before: line.events_before.map(|before| filled(phrases.status_before, &before.to_string())),
            changes: line.changes.map(|changes| in_words_of(changes, phrases)),
            failures: (line.failures > 1).then(|| filled(phrases.status_failures, &line.failures.to_string())),
            held: in_words(&line.held_since),
            line,
        }
    }
}

/// `2 new, 1 changed, 0 gone`.
fn in_words_of(changes: Changes, phrases: &Phrases) -> String {
    let counts =
        [(phrases.added, changes.added), (phrases.changed_count, changes.changed), (phrases.removed, changes.removed)];
    counts.map(|(phrase, count)| filled(phrase, &count.to_string())).join(", ")
}

/// An age in its largest unit: the short names of these are the same in all our languages.
fn in_units(seconds: i64) -> String {
    match seconds {
        ..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        let ages = [0, 119 * 60, 7_200, 47 * 3_600, 172_800].map(in_units);
        assert_eq!(ages, ["0 min", "119 min", "2 h", "47 h", "2 d"]);
    }
}
