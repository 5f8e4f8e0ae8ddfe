//! Joins what our editors and all partners say: one event under several UIDs becomes one, with all its organizations. It knows no feed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::event::{Event, Origin, Start};
use crate::name::Slug;
use crate::partner::Overrules;

mod alike;

/// The most events at one time that are compared each with each; where there are more, only those whose titles begin alike are.
const CROWD: usize = 64;

/// What one partner says, as it may be published.
#[derive(Debug, Clone, Copy)]
pub struct Voice<'a> {
    /// The partner.
    pub partner: &'a Slug,
    /// Of copies of one event, the one of the higher priority leads.
    pub priority: i32,
    /// Whether its events go into the combined feed.
    pub combined: bool,
    /// Its events.
    pub events: &'a [Arc<Event>],
}

/// All events, each once.
#[derive(Debug, Clone, Default)]
pub struct Merged {
    /// By id.
    pub events: Vec<Arc<Event>>,
    /// What was joined, by the id of the event that leads.
    pub joins: BTreeMap<Slug, Join>,
}

/// Copies that became one event.
#[derive(Debug, Clone)]
pub struct Join {
    /// The copies, the leading one first.
    pub copies: Vec<Arc<Event>>,
    /// Why, in plain words.
    pub reason: &'static str,
    event: Arc<Event>,
}

/// Joins our events and the partners'. Ours lead, then the partners by their priority; within one source nothing is ever joined: whoever
/// lists two events means two. What is as in `previous` keeps its `Arc`.
#[must_use]
pub fn merge(own: &[Arc<Event>], voices: &[Voice<'_>], overrules: &Overrules, previous: Option<&Merged>) -> Merged {
    let mut crowds = Crowds::default();
    for event in own {
        crowds.add(event, None, true, overrules);
    }
    let mut voices: Vec<&Voice<'_>> = voices.iter().collect();
    voices.sort_by(|one, other| (other.priority, one.partner).cmp(&(one.priority, other.partner)));
    let taken: BTreeSet<&Slug> = own.iter().map(|event| &event.id).collect();
    for voice in voices {
        for event in voice.events.iter().filter(|event| !taken.contains(&event.id)) {
            crowds.add(event, Some(voice.partner), voice.combined, overrules);
        }
    }
    crowds.merged(previous)
}

/// The leading events, found by when they start.
#[derive(Default)]
struct Crowds<'a> {
    leads: Vec<Lead<'a>>,
    at: HashMap<Start, Vec<usize>>,
    by_id: HashMap<&'a Slug, usize>,
}

struct Lead<'a> {
    copies: Vec<&'a Arc<Event>>,
    sources: Vec<Option<&'a Slug>>,
    combined: bool,
    reason: &'static str,
}

impl<'a> Crowds<'a> {
    fn add(&mut self, event: &'a Arc<Event>, source: Option<&'a Slug>, combined: bool, overrules: &Overrules) {
        match self.lead_of(event, source, overrules) {
            Some((lead, reason)) => {
                self.by_id.insert(&event.id, lead);
                if let Some(lead) = self.leads.get_mut(lead) {
                    lead.copies.push(event);
                    lead.sources.push(source);
                    lead.combined |= combined;
                    lead.reason = reason;
                }
            }
            None => {
                let index = self.leads.len();
                self.by_id.insert(&event.id, index);
                self.at.entry(event.start()).or_default().push(index);
                self.leads.push(Lead { copies: vec![event], sources: vec![source], combined, reason: "" });
            }
        }
    }

    /// The lead that an event is a copy of.
    fn lead_of(&self, event: &Event, source: Option<&Slug>, overrules: &Overrules) -> Option<(usize, &'static str)> {
        // Two of our own are never joined; the first source has nobody to be compared with.
        source?;
        let decided = overrules.same.iter().find_map(|(one, other)| {
            let partner = if *one == event.id {
                other
            } else if *other == event.id {
                one
            } else {
                return None;
            };
            self.by_id.get(partner).map(|lead| (*lead, "the editors say so"))
        });
        decided.or_else(|| {
            let crowd = self.at.get(&event.start())?;
            let near = |index: &&usize| crowd.len() <= CROWD || self.begins_alike(**index, event);
            crowd.iter().filter(near).find_map(|index| {
                let lead = self.leads.get(*index)?;
                let free = !lead.sources.contains(&source);
                let allowed = lead.copies.iter().all(|copy| overrules.of(&copy.id, &event.id) != Some(false));
                let first = lead.copies.first()?;
                (free && allowed).then(|| alike::reason(first, event)).flatten().map(|reason| (*index, reason))
            })
        })
    }

    fn begins_alike(&self, index: usize, event: &Event) -> bool {
        let start = |event: &Event| crate::name::folded(&event.details.title).chars().take(8).collect::<String>();
        self.leads.get(index).and_then(|lead| lead.copies.first()).is_some_and(|lead| start(lead) == start(event))
    }

    fn merged(self, previous: Option<&Merged>) -> Merged {
        let mut merged = Merged::default();
        for lead in self.leads {
            let Some(first) = lead.copies.first() else { continue };
            if lead.copies.len() == 1 && lead.combined != first.apart {
                merged.events.push(Arc::clone(first));
                continue;
            }
            let known = previous.and_then(|previous| previous.joins.get(&first.id)).filter(|join| {
                join.event.apart != lead.combined
                    && join.copies.len() == lead.copies.len()
                    && join.copies.iter().zip(&lead.copies).all(|(one, other)| Arc::ptr_eq(one, other))
            });
            let join = known.cloned().unwrap_or_else(|| Join {
                copies: lead.copies.iter().map(|copy| Arc::clone(copy)).collect(),
                reason: lead.reason,
                event: Arc::new(united(&lead.copies, lead.combined)),
            });
            merged.events.push(Arc::clone(&join.event));
            merged.joins.insert(first.id.clone(), join);
        }
        merged.events.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        merged.events.dedup_by(|one, other| one.id == other.id);
        merged
    }
}

/// The leading event with the organizations, tags, links and origins of all copies.
fn united(copies: &[&Arc<Event>], combined: bool) -> Event {
    let Some((first, others)) = copies.split_first() else { unreachable!("a lead has a copy") };
    let mut event = Event::clone(first);
    event.apart = !combined;
    for copy in others {
        for organization in &copy.organizations {
            if !event.organizations.iter().any(|known| known.slug == organization.slug) {
                event.organizations.push(Arc::clone(organization));
            }
        }
        for tag in &copy.tags {
            if !event.tags.contains(tag) {
                event.tags.push(tag.clone());
            }
        }
        let details = (&mut event.details, &copy.details);
        details.0.url = details.0.url.take().or_else(|| details.1.url.clone());
        details.0.signup = details.0.signup.take().or_else(|| details.1.signup.clone());
        details.0.place = details.0.place.take().or_else(|| details.1.place.clone());
        event.origins.extend(copy.origins.iter().filter(|origin| !knows(&first.origins, origin)).cloned());
    }
    event
}

fn knows(origins: &[Arc<Origin>], origin: &Origin) -> bool {
    origins.iter().any(|known| known.partner == origin.partner)
}

#[cfg(test)]
mod tests;
