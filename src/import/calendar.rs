//! iCalendar exports: what a site or a program publishes, read as a partner's calendar is, and turned into events of ours that keep their
//! UIDs. It fetches nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};

use super::{Changed, Found, Source};
use crate::config::Config;
use crate::digest::Digest;
use crate::event::occurrences::occurrences;
use crate::event::{Change, Details, Event, Place, Recurrence, Start, When, words};
use crate::name::Slug;
use crate::partner::{self, Adopted, Context, Header, Names, Partner, Told};
use crate::recurrence::{MAX_OCCURRENCES, Rule};
use crate::text;
use crate::time::Zone;

/// What is uncertain of an event without a UID.
const NO_UID: &str = "it has no UID of its own there: subscribers of both calendars may see it twice";

mod exact;
mod ours;
mod told;

/// Reads a calendar. Its events are those of `organization`, or of whatever the calendar calls itself.
///
/// # Errors
/// A sentence, when it is no calendar or breaks the limits for partners as a whole.
pub fn read(
    partner: &Partner,
    header: &Header,
    body: &[u8],
    organization: Option<&str>,
    config: &Config,
) -> Result<Source, String> {
    let context = Context { zone: config.timezone, uid_domain: &config.uid_domain };
    let adopted = partner::adopt_and_tell(partner, header, body, &context, &config.partners.limits)
        .map_err(|fault| fault.text)?;
    let uids = uids(&partner.slug, &adopted, &header.identities, body);
    let mut by_event: BTreeMap<&Slug, Vec<&Told>> = BTreeMap::new();
    for told in &adopted.told {
        if let Some(id) = &told.event {
            by_event.entry(id).or_default().push(told);
        }
    }
    let host = Host::of(&adopted, partner);
    let mut source = told::of(&adopted);
    for event in &adopted.events {
        let mut event = Event::clone(event);
        let told = by_event.get(&event.id).map(Vec::as_slice).unwrap_or_default();
        let doubts = exact::keep(&mut event, told, config.timezone);
        let listed = ours::undo(&mut event, &config.languages);
        let apart = exact::apart(&mut event);
        let mut found = found(&event, config.timezone);
        doubts
            .into_iter()
            .chain(told.iter().filter_map(|told| told::doubt(told)))
            .for_each(|doubt| found.doubt(doubt.key, doubt.text));
        match organization {
            Some(organization) => found.organizations.push(organization.to_owned()),
            None if listed.is_empty() => host.name(&mut found),
            None => {}
        }
        found.organizations.extend(listed);
        let others =
            apart.iter().map(|change| one_date(&event, change, &found, config.timezone)).collect::<Vec<Found>>();
        found.former_uid = uids.get(&event.id).cloned();
        if found.former_uid.is_none() {
            found.doubt("former_uid", NO_UID);
        }
        source.found.push(found);
        source.found.extend(others);
    }
    Ok(source)
}

/// A date of a series that our files can hold only as an event of its own.
fn one_date(event: &Event, change: &Change, series: &Found, zone: Zone) -> Found {
    let event = Event { details: change.details.clone(), recurrence: None, changes: Vec::new(), ..event.clone() };
    let mut found = found(&event, zone);
    found.organizations.clone_from(&series.organizations);
    let (title, day) = (&series.title, change.of.day());
    found.doubt("start", format!("it is the date {day} of the series {title:?}: of a day and a time of day one cannot be a change of the other"));
    found.doubt("former_uid", NO_UID);
    found
}

/// Whose events they are where nothing else says it.
struct Host {
    name: String,
    /// Where the name is from, where that may have another.
    guessed: Option<&'static str>,
}

impl Host {
    /// What the calendar calls itself, or else what its file or its site is called.
    fn of(adopted: &Adopted, partner: &Partner) -> Self {
        let guessed = adopted.name.is_none().then_some("the calendar has no name: its file’s or its site’s is taken");
        let name = adopted.name.as_deref().unwrap_or(&partner.name);
        // Meetup calls the calendar of a group so.
        let name = name.strip_prefix("Events - ").filter(|group| !group.trim().is_empty()).unwrap_or(name);
        Self { name: name.to_owned(), guessed }
    }

    fn name(&self, found: &mut Found) {
        found.organizations.push(self.name.clone());
        if let Some(guessed) = self.guessed {
            found.doubt("supporters", guessed);
        }
    }
}

/// The UID that each event has in the body: the partner's room knows events by it, or by its digest.
fn uids(partner: &Slug, adopted: &Adopted, before: &Names, body: &[u8]) -> BTreeMap<Slug, String> {
    let mut written = BTreeMap::new();
    for line in text::lines(body) {
        let Some((name, value)) = line.split_once(':') else { continue };
        let name = name.split(';').next().unwrap_or_default();
        if name.eq_ignore_ascii_case("UID") {
            let uid = text::unescape(value.trim());
            // It may be known as it is written, or as it is meant.
            for key in [value.trim(), uid.as_str()] {
                written.insert(format!("u:#{}", Digest::of(key)), uid.clone());
                written.insert(format!("u:{key}"), uid.clone());
            }
        }
    }
    let of = |(key, part)| Some((Slug::parse(&format!("{partner}-{part}"))?, written.get(key)?.clone()));
    adopted.identities(before).iter().filter_map(of).collect()
}

fn found(event: &Event, zone: Zone) -> Found {
    let details = &event.details;
    let mut found = Found::new(&details.title, event.start());
    found.end = end(details.when);
    found.place = details.place.as_ref().map(words::location);
    found.url.clone_from(&details.url);
    found.signup.clone_from(&details.signup);
    found.contact.clone_from(&details.contact);
    found.description.clone_from(&details.description);
    found.tags.clone_from(&event.tags);
    found.status = details.status;
    if let Some(recurrence) = &event.recurrence {
        repeat(&mut found, event, recurrence, zone);
    }
    found
}

/// The end that is announced; of whole days the last day, if there is more than one.
fn end(when: When) -> Option<Start> {
    match when {
        When::Timed { end, end_announced, .. } => end_announced.then_some(Start::Timed(end)),
        When::AllDay { start, end } => end.pred_opt().filter(|last| *last > start).map(Start::AllDay),
    }
}

fn repeat(found: &mut Found, event: &Event, recurrence: &Recurrence, zone: Zone) {
    let rule = recurrence.rule.as_ref().map(ToString::to_string);
    let is_ours = rule.as_deref().is_none_or(|rule| Rule::parse(rule).is_ok());
    if !is_ours || recurrence.zone.is_some_and(|other| other != zone) {
        return write_out(found, event, recurrence, zone);
    }
    if rule.is_none() && recurrence.extra.is_empty() {
        // A series of its start alone.
        if !event.changes.is_empty() {
            found.doubt("start", "a change of its only date is left out");
        }
        return;
    }
    found.rule = rule;
    found.extra.clone_from(&recurrence.extra);
    let last = recurrence.excluded.iter().chain(event.changes.iter().map(|change| &change.of)).max();
    let by_rule: BTreeSet<NaiveDateTime> = match (&recurrence.rule, last) {
        (Some(rule), Some(last)) => {
            rule.occurrences(event.start().local(), zone).take_while(|local| *local <= last.local()).collect()
        }
        _ => BTreeSet::new(),
    };
    // An extra date that is excluded is none; TOML excludes only dates of the rule.
    found.extra.retain(|extra| !recurrence.excluded.contains(extra));
    let is_of_rule = |start: &Start| *start == event.start() || by_rule.contains(&start.local());
    let takes_place = |start: &Start| is_of_rule(start) || found.extra.contains(start);
    let excluded = recurrence.excluded.iter().filter(|start| is_of_rule(start)).copied().collect();
    let kept: Vec<&Change> = event.changes.iter().filter(|change| takes_place(&change.of)).collect();
    let lost = event.changes.len() - kept.len();
    found.excluded = excluded;
    change(found, event, &kept);
    if lost > 0 {
        found.doubt("rrule", format!("{lost} changes are left out: the rule has no such occurrences"));
    }
}

/// A series that our TOML has no rule for becomes single dates.
fn write_out(found: &mut Found, event: &Event, recurrence: &Recurrence, zone: Zone) {
    let all = occurrences(event, zone, event.start().day(), NaiveDate::MAX);
    let endless = recurrence.rule.as_ref().is_some_and(Rule::is_endless) || all.len() >= MAX_OCCURRENCES;
    let clock = recurrence.zone.map_or(String::new(), |zone| format!(" by the clock of {}", zone.name()));
    let end = if endless { format!("; only the first {MAX_OCCURRENCES} are there") } else { String::new() };
    found.doubt(
        "extra_dates",
        format!("the series repeats{clock} in a way that has no rule here: its dates are written out{end}"),
    );
    let is_there = all.iter().any(|occurrence| occurrence.of == event.start());
    found.extra = all.iter().map(|occurrence| occurrence.of).filter(|of| *of != event.start()).collect();
    if !is_there {
        found.excluded = vec![event.start()];
    }
    let is_kept = |change: &&Change| all.iter().any(|occurrence| occurrence.of == change.of);
    let kept: Vec<&Change> = event.changes.iter().filter(is_kept).collect();
    let lost = event.changes.len() - kept.len();
    if lost > 0 {
        found.doubt("extra_dates", format!("{lost} changes are left out: they are of dates that are not there"));
    }
    change(found, event, &kept);
}

/// Takes in the changes of single occurrences.
fn change(found: &mut Found, event: &Event, changes: &[&Change]) {
    found.changes = changes.iter().map(|change| changed(event, change.of, &change.details)).collect();
    for change in changes {
        let (is, was, day) = (&change.details, &event.details, change.of.day());
        let is_emptied = [
            ("place", is.place.is_none() && was.place.is_some()),
            ("description", is.description.is_empty() && !was.description.is_empty()),
            ("link", is.url.is_none() && was.url.is_some()),
            ("contact", is.contact.is_none() && was.contact.is_some()),
        ];
        for (what, _) in is_emptied.iter().filter(|(_, is_emptied)| *is_emptied) {
            found.doubt("event", format!("on {day} the calendar tells no {what}; that of the series is kept"));
        }
    }
}

/// What an occurrence has that the series has not.
fn changed(event: &Event, of: Start, details: &Details) -> Changed {
    let series = &event.details;
    let differs = |now: &Option<String>, before: &Option<String>| now.clone().filter(|_| now != before);
    let place = |place: &Option<Place>| place.as_ref().map(words::location);
    let moved = details.when.start() != of || length(details.when) != length(series.when);
    Changed {
        on: of,
        title: Some(details.title.clone()).filter(|title| *title != series.title),
        start: Some(details.when.start()).filter(|_| moved),
        end: end(details.when).filter(|_| moved),
        place: differs(&place(&details.place), &place(&series.place)),
        description: Some(details.description.clone()).filter(|text| !text.is_empty() && *text != series.description),
        url: differs(&details.url, &series.url),
        contact: differs(&details.contact, &series.contact),
        status: Some(details.status).filter(|status| *status != series.status),
    }
}

fn length(when: When) -> chrono::TimeDelta {
    match when {
        When::Timed { start, end, .. } => end.instant() - start.instant(),
        When::AllDay { start, end } => end - start,
    }
}

#[cfg(test)]
mod tests;
