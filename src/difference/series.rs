//! What becomes of the single dates of a series. What the series itself says of all of them is none of its business.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::place;
use crate::event::occurrences::{Occurrence, occurrences};
use crate::event::{Change, Details, Event, Start, Status, When};
use crate::time::Zone;

/// How far dates of rules are compared, in days: a year.
const HORIZON: Days = Days::new(366);

/// What differs in a series, for one date or for its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dated {
    /// It is repeated by another rule.
    Rule(Rules),
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

/// A rule before and after, and what that means for the dates of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The rule before; `None` for none.
    pub was: Option<String>,
    /// The rule after; `None` for none.
    pub is: Option<String>,
    /// The first day of the year: the present one, or that on which the series begins.
    pub from: NaiveDate,
    /// The dates that are no longer there.
    pub lost: BTreeSet<Start>,
    /// How many dates are new.
    pub gained: usize,
}

impl Rules {
    fn between(old: &Event, new: &Event, zone: Zone, now: DateTime<Utc>) -> Option<Self> {
        let rule = |event: &Event| event.recurrence.as_ref()?.rule.as_ref().map(ToString::to_string);
        let (was, is) = (rule(old), rule(new));
        if was == is {
            return None;
        }
        let from = zone.today(now).max(old.first_day().min(new.first_day()));
        let until = from.checked_add_days(HORIZON).unwrap_or(NaiveDate::MAX);
        let starts = |event: &Event| -> Vec<Start> {
            let all = occurrences(event, zone, from, until).into_iter();
            // A single event is listed whenever it is.
            let all = all.filter(|occurrence| (from..until).contains(&occurrence.of.day()));
            all.filter(|occurrence| takes_place(event, occurrence)).map(|occurrence| occurrence.of).collect()
        };
        let (before, after) = (starts(old), starts(new));
        let lost = only(&before, &after, old, new).into_iter().collect();
        Some(Self { was, is, from, lost, gained: only(&after, &before, old, new).len() })
    }
}

fn takes_place(event: &Event, occurrence: &Occurrence) -> bool {
    !matches!(occurrence.details(event).status, Status::Cancelled | Status::Postponed)
}

/// By what a date of two versions of a series is known: where the whole series is at another time of day, by its day.
fn key(start: &Start, old: &Event, new: &Event) -> (NaiveDate, Option<Start>) {
    let is_same_time = old.start().local().time() == new.start().local().time();
    (start.day(), is_same_time.then_some(*start))
}

/// These that are not among those.
fn only(these: &[Start], those: &[Start], old: &Event, new: &Event) -> Vec<Start> {
    let those: BTreeSet<_> = those.iter().map(|start| key(start, old, new)).collect();
    these.iter().filter(|start| !those.contains(&key(start, old, new))).copied().collect()
}

/// The dates that were still to come and are no more, without a word to anybody. A series that moves whole (`moves`) has others for them.
pub(super) fn vanished(old: &Event, dates: &[Dated], moves: bool, zone: Zone, now: DateTime<Utc>) -> BTreeSet<Start> {
    let is_cancelled = |start: &Start| {
        let change = old.changes.iter().find(|change| change.of == *start);
        change.is_some_and(|change| matches!(change.details.status, Status::Cancelled | Status::Postponed))
    };
    let mut vanished: BTreeSet<Start> = BTreeSet::new();
    for dated in dates {
        match dated {
            Dated::Rule(rules) if moves && rules.gained >= rules.lost.len() => {}
            Dated::Rule(rules) => vanished.extend(&rules.lost),
            Dated::Lost(start) if !is_cancelled(start) => vanished.extend([*start]),
            _ => {}
        }
    }
    vanished.into_iter().filter(|start| start.instant(zone) > now).collect()
}

/// The dates that differ, by kind and then ascending. Where the whole series is at another time of day, dates are compared by their days.
pub(super) fn between(old: &Event, new: &Event, zone: Zone, now: DateTime<Utc>) -> Vec<Dated> {
    let key = |start: &Start| key(start, old, new);
    let mut dates: Vec<Dated> = Rules::between(old, new, zone, now).map(Dated::Rule).into_iter().collect();
    let only = |these: &[Start], those: &[Start]| only(these, those, old, new);
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
