//! What a change of the files means for those who subscribe: two catalogs in, what becomes of each event and of each feed out. It knows no
//! files and no git; `report` puts it into words.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::catalog::Catalog;
use crate::event::occurrences::last_end;
use crate::event::{Details, Event, Organization, Place, Start, Status, When, words};
use crate::name::{Slug, folded};
use crate::time::Zone;

mod report;
mod series;

pub use report::{Form, render};
pub use series::{Dated, Rules};

/// What differs between two catalogs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    /// The events that differ: the weightier first, then by their starts.
    pub events: Vec<Changed>,
    /// The feeds that hold any of them, before or after: addresses below the site's root without an ending, with their names.
    pub feeds: BTreeMap<String, String>,
    /// What subscribers lose, though the editor may not mean it; a sentence each.
    pub warnings: Vec<String>,
    /// Partners that are new, are no longer asked, or are asked otherwise, by slug.
    pub partners: BTreeMap<Slug, &'static str>,
}

/// An event that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// Its id; after the change, if it is still there.
    pub id: Slug,
    /// Its title, of the same version.
    pub title: String,
    /// When it is, of the same version.
    pub when: When,
    /// Whether all of it is over, before and after.
    pub is_past: bool,
    /// What becomes of it, the weightiest first; never empty.
    pub effects: Vec<Effect>,
}

/// What becomes of an event in the calendars of its subscribers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// It is new.
    Added,
    /// It vanishes.
    Removed,
    /// It does not take place.
    Cancelled,
    /// It does not take place at this time.
    Postponed,
    /// It takes place after all.
    Reinstated,
    /// It is at another time than this.
    Moved(When),
    /// Other dates of the series, or other details of some of them; never empty.
    Series(Vec<Dated>),
    /// It is at another place than this; empty for none.
    Relocated(String),
    /// It had this title.
    Retitled(String),
    /// It enters these feeds and leaves those.
    Regrouped(BTreeSet<String>, BTreeSet<String>),
    /// Its texts or links.
    Text,
}

/// What becomes of the events of `before` in `after`. `now` tells which are over.
#[must_use]
pub fn between(before: &Catalog, after: &Catalog, zone: Zone, now: DateTime<Utc>) -> Difference {
    let mut difference = Difference::default();
    let (old, new) = (by_uid(before), by_uid(after));
    let uids: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    for uid in uids {
        let (old, new) = (old.get(uid).copied(), new.get(uid).copied());
        let effects = effects(old, new, zone, now);
        let Some(event) = new.or(old).filter(|_| !effects.is_empty()) else { continue };
        difference.warnings.extend(old.and_then(|old| fewer(old, &effects, zone, now)));
        let both = old.into_iter().chain(new);
        difference.feeds.extend(both.clone().flat_map(feeds));
        let is_past = both.into_iter().all(|event| last_end(event, zone).is_some_and(|end| end <= now));
        let (id, title) = (event.id.clone(), event.details.title.clone());
        difference.events.push(Changed { id, title, when: event.details.when, is_past, effects });
    }
    let weight = |changed: &Changed| changed.effects.first().map(Effect::weight);
    difference.events.sort_by(|one, other| {
        let key = |changed: &Changed| (weight(changed), changed.when.start().instant(zone));
        key(one).cmp(&key(other)).then_with(|| one.id.cmp(&other.id))
    });
    difference.warnings = [warnings(before, after, &difference), std::mem::take(&mut difference.warnings)].concat();
    difference.partners = partners(before, after);
    difference
}

/// Subscribers' programs know an event by its UID, whatever the editors call it.
fn by_uid(catalog: &Catalog) -> BTreeMap<&str, &Event> {
    catalog.events.iter().map(|event| (event.uid.as_str(), event.as_ref())).collect()
}

fn effects(old: Option<&Event>, new: Option<&Event>, zone: Zone, now: DateTime<Utc>) -> Vec<Effect> {
    let (old, new) = match (old, new) {
        (None, None) => return Vec::new(),
        (None, Some(_)) => return vec![Effect::Added],
        (Some(_), None) => return vec![Effect::Removed],
        (Some(old), Some(new)) => (old, new),
    };
    let (was, is) = (&old.details, &new.details);
    let (left, entered) = (feeds(old), feeds(new));
    let only = |these: &BTreeMap<String, String>, those: &BTreeMap<String, String>| -> BTreeSet<String> {
        these.keys().filter(|feed| !those.contains_key(*feed)).cloned().collect()
    };
    let (gained, lost) = (only(&entered, &left), only(&left, &entered));
    let has_other_feeds = !gained.is_empty() || !lost.is_empty();
    let dates = series::between(old, new, zone, now);
    let candidates = [
        stance(was.status, is.status),
        (was.when != is.when).then_some(Effect::Moved(was.when)),
        (!dates.is_empty()).then_some(Effect::Series(dates)),
        (place(was) != place(is)).then(|| Effect::Relocated(place(was))),
        (was.title != is.title).then(|| Effect::Retitled(was.title.clone())),
        has_other_feeds.then_some(Effect::Regrouped(gained, lost)),
        (texts(old) != texts(new)).then_some(Effect::Text),
    ];
    candidates.into_iter().flatten().collect()
}

/// What another status means.
fn stance(was: Status, is: Status) -> Option<Effect> {
    match (was, is) {
        (was, is) if was == is => None,
        (_, Status::Cancelled) => Some(Effect::Cancelled),
        (_, Status::Postponed) => Some(Effect::Postponed),
        (Status::Cancelled | Status::Postponed, _) => Some(Effect::Reinstated),
        _ => Some(Effect::Text),
    }
}

fn place(details: &Details) -> String {
    details.place.as_ref().map(words::location).unwrap_or_default()
}

/// What else subscribers read.
fn texts(event: &Event) -> impl PartialEq + '_ {
    let details = &event.details;
    let names: Vec<&str> = event.organizations.iter().map(|organization| organization.name.as_str()).collect();
    let texts = (&details.description, &details.reason, &details.translations);
    (texts, &details.url, &details.signup, &details.contact, names)
}

/// The feeds that an event is in, with their names.
fn feeds(event: &Event) -> BTreeMap<String, String> {
    let mut feeds = BTreeMap::new();
    if !event.apart {
        feeds.insert("/all".to_owned(), "everything".to_owned());
    }
    feeds.extend(event.organizations.iter().map(|of| (address(of), of.name.clone())));
    feeds.extend(event.tags.iter().map(|tag| (format!("/tag/{tag}"), tag.to_string())));
    if let Some(Place::Venue(venue)) = &event.details.place {
        feeds.insert(format!("/venue/{}", venue.slug), venue.name.clone());
    }
    feeds
}

fn address(organization: &Arc<Organization>) -> String {
    format!("/org/{}", organization.slug)
}

fn warnings(before: &Catalog, after: &Catalog, difference: &Difference) -> Vec<String> {
    let gone = before.organizations.iter().filter(|(slug, _)| !after.organizations.contains_key(*slug));
    let gone = gone.map(|(slug, organization)| {
        format!(
            "The feed /org/{slug} ({}) is gone, and who subscribed to it gets nothing more. If the organization has another name now, \
             keep its file’s name, or its old name among its `aliases`.",
            organization.name
        )
    });
    let renamed = renamed(before, after);
    let vanished = vanished(difference, &renamed);
    gone.chain(vanished).chain(renamed.into_values()).collect()
}

/// Events that go on under another id, by the id before: for subscribers one vanishes and another one comes.
fn renamed(before: &Catalog, after: &Catalog) -> BTreeMap<Slug, String> {
    let (old, new) = (by_uid(before), by_uid(after));
    let key = |event: &Event| -> (Start, String) { (event.start(), folded(&event.details.title)) };
    let added = new.iter().filter(|(uid, _)| !old.contains_key(*uid));
    let added: BTreeMap<(Start, String), &Event> = added.map(|(_, event)| (key(event), *event)).collect();
    let removed = old.iter().filter(|(uid, _)| !new.contains_key(*uid));
    let tell = |(uid, event): (&&str, &&Event)| {
        let other = added.get(&key(event))?;
        let text = format!(
            "“{}” had the id {} and has the id {} now: subscribers see one event vanish and another one come. Keep the id, or add \
             `former_uid = \"{uid}\"`.",
            event.details.title, event.id, other.id
        );
        Some((event.id.clone(), text))
    };
    removed.filter_map(tell).collect()
}

/// An event that is ahead and simply vanishes is one that people go to in vain.
fn vanished(difference: &Difference, renamed: &BTreeMap<Slug, String>) -> Vec<String> {
    let vanishes = |changed: &&Changed| {
        !changed.is_past && changed.effects.contains(&Effect::Removed) && !renamed.contains_key(&changed.id)
    };
    let vanished = difference.events.iter().filter(vanishes).map(|changed| {
        format!(
            "“{}” ({}) vanishes from calendars without a word. If it does not take place, `status = \"cancelled\"` with a `reason` tells people.",
            changed.title, changed.id
        )
    });
    vanished.collect()
}

/// A date that is ahead and simply vanishes is one that people go to in vain, too.
fn fewer(old: &Event, effects: &[Effect], zone: Zone, now: DateTime<Utc>) -> Option<String> {
    let dates =
        effects.iter().find_map(|effect| if let Effect::Series(dates) = effect { Some(dates) } else { None })?;
    let moves = effects.iter().any(|effect| matches!(effect, Effect::Moved(_)));
    let vanished = series::vanished(old, dates, moves, zone, now);
    let first = report::day(vanished.first()?);
    let (title, id) = (&old.details.title, &old.id);
    let what = match vanished.len() {
        1 => format!("1 coming date, {first}: it vanishes"),
        count => format!("{count} coming dates, the first {first}: they vanish"),
    };
    Some(format!(
        "“{title}” ({id}) loses {what} from calendars without a word. A date that does not take place is better cancelled: \
         `[[event.change]]` with `on`, `status = \"cancelled\"` and a `reason` tells people."
    ))
}

fn partners(before: &Catalog, after: &Catalog) -> BTreeMap<Slug, &'static str> {
    let slugs: BTreeSet<&Slug> = before.partners.keys().chain(after.partners.keys()).collect();
    let what = |slug: &Slug| match (before.partners.get(slug), after.partners.get(slug)) {
        (None, Some(_)) => Some("is new"),
        (Some(_), None) => Some("is no longer asked; its events leave the feeds"),
        (Some(old), Some(new)) if old != new => Some("is asked or taken in otherwise"),
        _ => None,
    };
    slugs.into_iter().filter_map(|slug| Some((slug.clone(), what(slug)?))).collect()
}

impl Effect {
    /// The lower, the more it matters to someone who wants to go there.
    fn weight(&self) -> usize {
        match self {
            Self::Removed => 0,
            Self::Cancelled => 1,
            Self::Postponed => 2,
            Self::Moved(_) => 3,
            Self::Series(_) => 4,
            Self::Relocated(_) => 5,
            Self::Reinstated => 6,
            Self::Added => 7,
            Self::Retitled(_) => 8,
            Self::Regrouped(..) => 9,
            Self::Text => 10,
        }
    }
}

#[cfg(test)]
mod tests;
