//! Joins what our editors and all partners say: one event under several UIDs becomes one, with all its organizations. It knows no feed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::Datelike as _;
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use crate::event::{Difference, Event, Origin, Start};
use crate::name::Slug;
use crate::partner::Overrules;

mod alike;

use alike::{Outline, Title};

/// The most events at one time that are compared each with each; where there are more, only those whose titles begin alike are.
const CROWD: usize = 64;

/// Where events at more times than this change, all are joined anew.
const MANY_STARTS: usize = 2_000;

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
    pub joins: BTreeMap<Slug, Arc<Join>>,
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
    let most = own.len() + voices.iter().map(|voice| voice.events.len()).sum::<usize>();
    let mut joining = Joining::new(overrules, most);
    joining.hear_own(own);
    let mut voices: Vec<&Voice<'_>> = voices.iter().collect();
    voices.sort_by(|one, other| (other.priority, one.partner).cmp(&(one.priority, other.partner)));
    for voice in voices {
        joining.hear(voice.partner, voice.combined, voice.events.iter().cloned());
    }
    let mut merged = joining.finish(previous);
    in_order(&mut merged.events);
    merged
}

impl Merged {
    /// Follows a change of what is joined, and tells how the events differ: what [`merge`] would make is then in it. `own` differ by
    /// `difference` from what they were, and of the partners' events only such as start at one of `starts` do; priorities and overrules are
    /// as they were.
    pub fn follow(
        &mut self,
        own: &[Arc<Event>],
        difference: &Difference,
        voices: &[Voice<'_>],
        overrules: &Overrules,
        starts: &BTreeSet<Start>,
    ) -> Difference {
        if voices.is_empty() && starts.is_empty() && self.joins.is_empty() {
            difference.apply(&mut self.events);
            return difference.clone();
        }
        let own_starts = difference.going.iter().chain(&difference.coming).map(|event| event.start());
        let starts: BTreeSet<Start> = own_starts.chain(starts.iter().copied()).collect();
        if starts.len() > MANY_STARTS || !overrules.same.is_empty() {
            let merged = merge(own, voices, overrules, Some(self));
            let difference = Difference::between(&self.events, &merged.events);
            *self = merged;
            return difference;
        }
        self.follow_at(&starts, own, voices, overrules)
    }

    /// Only what starts together is ever joined: the rest stays as it is.
    fn follow_at(
        &mut self,
        starts: &BTreeSet<Start>,
        own: &[Arc<Event>],
        voices: &[Voice<'_>],
        overrules: &Overrules,
    ) -> Difference {
        let at = |events: &[Arc<Event>]| -> Vec<Arc<Event>> {
            events.iter().filter(|event| starts.contains(&event.start())).cloned().collect()
        };
        let heard: Vec<Vec<Arc<Event>>> = voices.iter().map(|voice| at(voice.events)).collect();
        let is_own = |id: &Slug| own.binary_search_by(|event| event.id.cmp(id)).is_ok();
        let heard: Vec<Vec<Arc<Event>>> =
            heard.into_iter().map(|events| events.into_iter().filter(|event| !is_own(&event.id)).collect()).collect();
        let there: Vec<Voice<'_>> =
            voices.iter().zip(&heard).map(|(voice, events)| Voice { events, ..*voice }).collect();
        let (before, merged) = (at(&self.events), merge(&at(own), &there, overrules, Some(self)));
        for event in &before {
            self.joins.remove(&event.id);
        }
        self.joins.extend(merged.joins);
        let difference = Difference::between(&before, &merged.events);
        difference.apply(&mut self.events);
        difference
    }
}

/// Events while they are joined, one source after another: those whose events lead first. It holds the leading events, found by when
/// they start.
pub struct Joining<'a> {
    overrules: &'a Overrules,
    /// The ids of our own events.
    own: HashSet<Slug>,
    leads: Vec<Lead<'a>>,
    /// For each start the latest lead there, by its place among the leads; each knows the one before it.
    at: HashMap<Time, Crowd>,
    /// Of the events that the editors say to be the same as others.
    by_id: HashMap<Slug, usize>,
}

/// When an event starts, and whether on a whole day: what a start is known by, and no more to hash.
type Time = (i64, bool);

fn time(start: Start) -> Time {
    match start {
        Start::Timed(moment) => (moment.instant().timestamp(), false),
        Start::AllDay(day) => (day.num_days_from_ce().into(), true),
    }
}

/// The leads that start together.
#[derive(Clone, Copy)]
struct Crowd {
    latest: usize,
    size: usize,
}

/// An event that others may be copies of.
struct Lead<'a> {
    first: Copy<'a>,
    outline: Outline,
    /// The lead before it that starts with it.
    before: Option<usize>,
    combined: bool,
    /// Whether it is as it should be, without copies.
    stays: bool,
    /// Most events have no copies.
    others: Option<Box<Others<'a>>>,
}

/// The copies of a lead.
struct Others<'a> {
    copies: Vec<Copy<'a>>,
    /// Why the last one is.
    reason: &'static str,
}

/// An event and who says so; `None` for our editors.
struct Copy<'a> {
    event: Arc<Event>,
    source: Option<&'a Slug>,
}

impl<'a> Lead<'a> {
    fn copies(&self) -> impl Iterator<Item = &Copy<'a>> {
        std::iter::once(&self.first).chain(self.others())
    }

    fn others(&self) -> &[Copy<'a>] {
        self.others.as_ref().map(|others| others.copies.as_slice()).unwrap_or_default()
    }
}

impl<'a> Joining<'a> {
    /// Nothing heard yet; `most` is how many events there will be about.
    #[must_use]
    pub fn new(overrules: &'a Overrules, most: usize) -> Self {
        let (own, by_id) = (HashSet::new(), HashMap::new());
        Self { overrules, own, leads: Vec::with_capacity(most), at: HashMap::with_capacity(most / 2), by_id }
    }

    /// Takes in the events of our editors, which lead all others.
    pub fn hear_own(&mut self, events: &[Arc<Event>]) {
        for event in events {
            self.own.insert(event.id.clone());
            self.add(Copy { event: Arc::clone(event), source: None }, true);
        }
    }

    /// Takes in what a partner says, after those whose events lead its own; `combined` is whether its events go into the combined feed.
    pub fn hear(&mut self, partner: &'a Slug, combined: bool, events: impl Iterator<Item = Arc<Event>>) {
        for event in events {
            if self.own.is_empty() || !self.own.contains(&event.id) {
                self.add(Copy { event, source: Some(partner) }, combined);
            }
        }
    }

    fn add(&mut self, copy: Copy<'a>, combined: bool) {
        let title = Title::of(&copy.event);
        let found = self.lead_of(&copy, &title);
        let index = found.map_or(self.leads.len(), |(index, _)| index);
        if !self.overrules.same.is_empty() {
            self.by_id.insert(copy.event.id.clone(), index);
        }
        match found.and_then(|(_, reason)| Some((self.leads.get_mut(index)?, reason))) {
            Some((lead, reason)) => {
                let others = lead.others.get_or_insert_with(|| Box::new(Others { copies: Vec::new(), reason }));
                others.copies.push(copy);
                others.reason = reason;
                lead.combined |= combined;
            }
            None => {
                let outline = title.outline();
                let before = self.join_crowd(copy.event.start(), index);
                let stays = combined != copy.event.apart;
                self.leads.push(Lead { first: copy, outline, before, combined, stays, others: None });
            }
        }
    }

    /// Notes who starts when; the lead that was the latest there.
    fn join_crowd(&mut self, start: Start, index: usize) -> Option<usize> {
        let mut before = None;
        let join = |crowd: &mut Crowd| {
            before = Some(crowd.latest);
            *crowd = Crowd { latest: index, size: crowd.size + 1 };
        };
        self.at.entry(time(start)).and_modify(join).or_insert(Crowd { latest: index, size: 1 });
        before
    }

    /// The lead that an event is a copy of.
    fn lead_of(&self, copy: &Copy<'_>, title: &Title) -> Option<(usize, &'static str)> {
        // Two of our own are never joined; the first source has nobody to be compared with.
        copy.source?;
        self.decided(&copy.event.id).or_else(|| {
            let crowd = self.at.get(&time(copy.event.start()))?;
            let near = |lead: &Lead<'_>| crowd.size <= CROWD || begins_alike(&lead.first.event, &copy.event);
            let mut next = Some(crowd.latest);
            let crowd = std::iter::from_fn(|| {
                let index = next?;
                let lead = self.leads.get(index)?;
                next = lead.before;
                Some((index, lead))
            });
            // Of several the first to come counts.
            let reason_of = |(index, lead): (usize, &Lead<'a>)| {
                let may_be = title.may_be_like(&lead.outline) && near(lead);
                may_be.then(|| self.is_copy(copy, title, lead)).flatten().map(|reason| (index, reason))
            };
            crowd.filter_map(reason_of).last()
        })
    }

    /// The lead of the event that the editors say to be the same.
    fn decided(&self, id: &Slug) -> Option<(usize, &'static str)> {
        self.overrules.same.iter().find_map(|(one, other)| {
            let same = if one == id {
                other
            } else if other == id {
                one
            } else {
                return None;
            };
            self.by_id.get(same).map(|lead| (*lead, "the editors say so"))
        })
    }

    /// Why an event is a copy of a lead, if it is.
    fn is_copy(&self, copy: &Copy<'_>, title: &Title, lead: &Lead<'_>) -> Option<&'static str> {
        let first = &lead.first.event;
        let reason = alike::reason((first, &Title::of(first)), (&copy.event, title))?;
        let free = lead.copies().all(|known| known.source != copy.source);
        let parted = |known: &Copy<'_>| self.overrules.of(&known.event.id, &copy.event.id) == Some(false);
        (free && !lead.copies().any(parted)).then_some(reason)
    }

    /// All events, each once, in the order in which they were first heard. What is as in `previous` keeps its `Arc`.
    #[must_use]
    pub fn finish(self, previous: Option<&Merged>) -> Merged {
        let mut merged = Merged::default();
        merged.events.reserve_exact(self.leads.len());
        for lead in self.leads {
            let first = &lead.first.event;
            if lead.others.is_none() && lead.stays {
                merged.events.push(lead.first.event);
                continue;
            }
            let known = previous.and_then(|previous| previous.joins.get(&first.id)).filter(|join| {
                join.event.apart != lead.combined
                    && join.copies.len() == 1 + lead.others().len()
                    && join.copies.iter().zip(lead.copies()).all(|(one, other)| Arc::ptr_eq(one, &other.event))
            });
            let join = known.cloned().unwrap_or_else(|| {
                Arc::new(Join {
                    copies: lead.copies().map(|copy| Arc::clone(&copy.event)).collect(),
                    reason: lead.others.as_ref().map_or("", |others| others.reason),
                    event: Arc::new(united(&lead)),
                })
            });
            merged.events.push(Arc::clone(&join.event));
            merged.joins.insert(first.id.clone(), join);
        }
        merged
    }
}

/// Whether two titles begin with the same letters.
fn begins_alike(one: &Event, other: &Event) -> bool {
    let beginning = |event: &Event| crate::name::folded(&event.details.title).chars().take(8).collect::<String>();
    beginning(one) == beginning(other)
}

/// Sorts events by their ids, each once.
fn in_order(events: &mut Vec<Arc<Event>>) {
    // The beginnings of ids decide nearly always, and lie side by side; the ids themselves lie anywhere. As numbers they are compared
    // at once.
    let number = |bytes: &[u8]| {
        let mut number = [0; 16];
        number.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        u128::from_be_bytes(number)
    };
    let key = |event: &Arc<Event>| {
        let id = event.id.as_str().as_bytes();
        (number(id), number(id.get(16..).unwrap_or_default()))
    };
    let mut keyed: Vec<((u128, u128), Arc<Event>)> = events.drain(..).map(|event| (key(&event), event)).collect();
    keyed.sort_unstable_by(|(one, first), (other, second)| one.cmp(other).then_with(|| first.id.cmp(&second.id)));
    events.extend(keyed.into_iter().map(|(_, event)| event));
    events.dedup_by(|one, other| one.id == other.id);
}

/// The leading event with the organizations, tags, links and origins of all copies.
fn united(lead: &Lead<'_>) -> Event {
    let first = &lead.first.event;
    let mut event = Event::clone(first);
    event.apart = !lead.combined;
    let (mut organizations, mut origins) = (first.organizations.to_vec(), first.origins.to_vec());
    for Copy { event: copy, .. } in lead.others() {
        for organization in copy.organizations.iter() {
            if !organizations.iter().any(|known| known.slug == organization.slug) {
                organizations.push(Arc::clone(organization));
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
        origins.extend(copy.origins.iter().filter(|origin| !knows(&first.origins, origin)).cloned());
    }
    (event.organizations, event.origins) = (organizations.into(), origins.into());
    event
}

fn knows(origins: &[Arc<Origin>], origin: &Origin) -> bool {
    origins.iter().any(|known| known.partner == origin.partner)
}

#[cfg(test)]
mod tests;
