//! What becomes of the single dates of a series. What the series itself says of all of them is none of its business.

use std::collections::{BTreeMap, BTreeSet};

use super::place;
use crate::event::{Change, Details, Event, Start, Status, When};
use crate::time::Zone;

/// What differs in a series, for one date or for its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dated {
    /// It was repeated by this rule; `None` for none.
    Rule(Option<String>),
    /// It is on this date too.
    Gained(Start),
    /// It is no longer on this date, and nobody is told why.
    Lost(Start),
    /// It does not take place on this date.
    Cancelled(Start),
    /// It does not take place at the time of this date.
    Postponed(Start),
    /// It takes place on this date after all.
    Reinstated(Start),
    /// What is on this date by the series is at that time.
    Moved(Start, When),
    /// Another place, title or text on this date.
    Other(Start),
}

/// The dates that differ, by kind and then ascending. Where the whole series is at another time of day, dates are compared by their days.
pub(super) fn between(old: &Event, new: &Event, zone: Zone) -> Vec<Dated> {
    let is_same_time = old.start().local().time() == new.start().local().time();
    let key = |start: &Start| (start.day(), is_same_time.then_some(*start));
    let rule = |event: &Event| event.recurrence.as_ref()?.rule.as_ref().map(ToString::to_string);
    let was = rule(old);
    let mut dates: Vec<Dated> = (was != rule(new)).then_some(Dated::Rule(was)).into_iter().collect();
    let only = |these: &[Start], those: &[Start]| -> Vec<Start> {
        let those: BTreeSet<_> = those.iter().map(key).collect();
        these.iter().filter(|start| !those.contains(&key(start))).copied().collect()
    };
    let ((extra_before, excluded_before), (extra, excluded)) = (lists(old), lists(new));
    let gained = only(extra, extra_before).into_iter().chain(only(excluded_before, excluded));
    let lost = only(extra_before, extra).into_iter().chain(only(excluded, excluded_before));
    dates.extend(sorted(gained).into_iter().map(Dated::Gained));
    dates.extend(sorted(lost).into_iter().map(Dated::Lost));
    let of = |event: &Event| -> BTreeMap<_, Change> {
        event.changes.iter().map(|change| (key(&change.of), change.clone())).collect()
    };
    let (changes_before, changes) = (of(old), of(new));
    let keys: BTreeSet<_> = changes_before.keys().chain(changes.keys()).collect();
    dates.extend(keys.into_iter().filter_map(|key| {
        let (before, after) = (changes_before.get(key), changes.get(key));
        let start = after.or(before)?.of;
        one(start, &Side::new(old, before, start, zone), &Side::new(new, after, start, zone))
    }));
    dates
}

/// The extra dates, and the excluded ones.
fn lists(event: &Event) -> (&[Start], &[Start]) {
    event.recurrence.as_ref().map_or((&[], &[]), |series| (&series.extra, &series.excluded))
}

fn sorted(starts: impl Iterator<Item = Start>) -> BTreeSet<Start> {
    starts.collect()
}

/// One date before or after: what the series says of it, and what is true.
struct Side {
    series: Details,
    own: Details,
}

impl Side {
    fn new(event: &Event, change: Option<&Change>, start: Start, zone: Zone) -> Self {
        let of = change.map_or(start, |change| change.of);
        let series = Details { when: event.details.when.starting(of, zone), ..event.details.clone() };
        Self { own: change.map_or_else(|| series.clone(), |change| change.details.clone()), series }
    }
}

/// What becomes of one date, beyond what becomes of the series.
fn one(start: Start, old: &Side, new: &Side) -> Option<Dated> {
    let (was, is) = (&old.own, &new.own);
    let is_own = |same: fn(&Details, &Details) -> bool| {
        let follows_series = same(was, &old.series) && same(is, &new.series);
        !follows_series && !same(was, is)
    };
    if is_own(|one, other| one.status == other.status) {
        return Some(match is.status {
            Status::Cancelled => Dated::Cancelled(start),
            Status::Postponed => Dated::Postponed(start),
            Status::Confirmed | Status::Tentative => Dated::Reinstated(start),
        });
    }
    if is_own(|one, other| one.when == other.when) {
        return Some(Dated::Moved(start, is.when));
    }
    let is_other = is_own(|one, other| place(one) == place(other))
        || is_own(|one, other| one.title == other.title)
        || is_own(|one, other| one.description == other.description && one.reason == other.reason)
        || is_own(|one, other| (&one.url, &one.signup, &one.contact) == (&other.url, &other.signup, &other.contact))
        || is_own(|one, other| one.translations == other.translations);
    is_other.then_some(Dated::Other(start))
}
