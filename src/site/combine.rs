//! `/combine`: a feed of one's own, made at request from the events in memory, with bounded work and a bounded memory of the latest.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::stem::{Kind, Plan, Stem, path};
use super::{Found, Missing, Site, Target};
use crate::site::stem::Form;

/// The longest query, in bytes, and the most choices in it.
const MAX_QUERY: usize = 4096;
const MAX_CHOICES: usize = 100;

/// How many combined feeds are remembered: at most this many times the largest feed in memory, in each of its forms.
const REMEMBERED: usize = 16;

/// The latest combined feeds by their choices, the least lately asked for first.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<VecDeque<(Choices, Arc<Stem>)>>);

/// What was chosen: addresses of stems, ascending, each once.
type Choices = Vec<String>;

impl Site {
    /// The combined feed that a query chooses: `org=a&org=b&tag=c&venue=d&lang=es`. Other parameters do not count.
    pub(super) fn combine(&self, query: &str, view: usize, form: Form) -> Result<Found<'_>, Missing> {
        if query.len() > MAX_QUERY {
            return Err(Missing::Unusable("The address is too long: choose fewer feeds.".into()));
        }
        let (choices, view) = self.choices(query, view)?;
        let stem = self.memory.recall(&choices, || self.combined(&choices));
        Ok(Found { site: self, target: Target::Combined(stem, view, form) })
    }

    fn choices(&self, query: &str, mut view: usize) -> Result<(Choices, usize), Missing> {
        let mut choices = Choices::new();
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let kind = match &*key {
                "org" => Kind::Organization,
                "tag" => Kind::Tag,
                "venue" => Kind::Venue,
                "partner" => Kind::Partner,
                "lang" => {
                    view = self.frame.view_of(&value).ok_or_else(|| Missing::unknown("language", &value))?;
                    continue;
                }
                _ => continue,
            };
            let choice = path(kind, &value);
            if !self.stems.contains_key(choice.as_str()) {
                return Err(Missing::unknown(kind.word(), &value));
            }
            choices.push(choice);
        }
        choices.sort_unstable();
        choices.dedup();
        match choices.len() {
            0 => Err(Missing::Unusable("Choose at least one feed, for example /combine.ics?org=NAME&tag=NAME.".into())),
            1..=MAX_CHOICES => Ok((choices, view)),
            _ => Err(Missing::Unusable(format!("Choose at most {MAX_CHOICES} feeds."))),
        }
    }

    /// The union of the chosen feeds. It is as new as the newest of them: what leaves one of them moves that one's time.
    fn combined(&self, choices: &Choices) -> Stem {
        let chosen = || choices.iter().filter_map(|choice| self.stems.get(choice.as_str()));
        let mut events: Vec<_> = chosen().flat_map(|stem| &stem.plan.events).cloned().collect();
        events.sort_unstable_by(|one, other| one.order().cmp(&other.order()));
        events.dedup_by(|one, other| Arc::ptr_eq(one, other));
        let name = chosen().map(|stem| stem.plan.head.name.as_str()).collect::<Vec<_>>().join(" + ");
        let head = self.frame.head(name, String::new(), None);
        let modified = chosen().map(|stem| stem.modified).max().unwrap_or_default();
        let plan = Plan { kind: Kind::Combined, id: "combine".into(), head, events };
        Stem::new(plan, &self.frame, self.today, |_| modified)
    }
}

impl Memory {
    fn recall(&self, choices: &Choices, make: impl FnOnce() -> Stem) -> Arc<Stem> {
        // The lock is held only to look and to note, never while a feed is made; a thread that died holding it left no half-done work.
        let latest = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |list: &VecDeque<(Choices, Arc<Stem>)>| {
            list.iter().find(|(known, _)| known == choices).map(|(_, stem)| Arc::clone(stem))
        };
        if let Some(stem) = known(&latest()) {
            return stem;
        }
        let stem = Arc::new(make());
        let mut latest = latest();
        if let Some(stem) = known(&latest) {
            return stem;
        }
        if latest.len() >= REMEMBERED {
            latest.pop_front();
        }
        latest.push_back((choices.clone(), Arc::clone(&stem)));
        stem
    }
}
