//! iCalendar exports: what a site or a program publishes, read as a partner's calendar is, and turned into events of ours that keep their
//! UIDs. It fetches nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};

use super::{Changed, Found, Source};
use crate::config::Config;
use crate::digest::Digest;
use crate::event::occurrences::occurrences;
use crate::event::{Details, Event, Place, Recurrence, Start, When, words};
use crate::name::Slug;
use crate::partner::{self, Adopted, Context, Header, Partner};
use crate::recurrence::{MAX_OCCURRENCES, Rule};
use crate::text;
use crate::time::Zone;

mod ours;

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
    let adopted =
        partner::adopt(partner, header, body, &context, &config.partners.limits).map_err(|fault| fault.text)?;
    let uids = uids(&partner.slug, &adopted, &header.identities, body);
    let calendar = adopted.name.as_deref().unwrap_or(&partner.name);
    // Meetup calls the calendar of a group so.
    let calendar = calendar.strip_prefix("Events - ").filter(|group| !group.trim().is_empty()).unwrap_or(calendar);
    let found = adopted.events.iter().map(|event| {
        let mut event = Event::clone(event);
        let listed = ours::undo(&mut event, &config.languages);
        let mut found = found(&event, config.timezone);
        let is_listed = !listed.is_empty();
        found.organizations.extend(organization.map(str::to_owned));
        found.organizations.extend(listed);
        if organization.is_none() && !is_listed {
            found.organizations.push(calendar.to_owned());
        }
        found.former_uid = uids.get(&event.id).cloned();
        if found.former_uid.is_none() {
            found.doubt("former_uid", "it has no UID of its own there: subscribers of both calendars may see it twice");
        }
        found
    });
    let left = adopted.drops.iter().map(|(reason, count)| (0, format!("{reason} ({count} times)"))).collect();
    Ok(Source { found: found.collect(), left, ..Source::default() })
}

/// The UID that each event has in the body: the partner's room knows events by it, or by its digest.
fn uids(partner: &Slug, adopted: &Adopted, before: &BTreeMap<String, String>, body: &[u8]) -> BTreeMap<Slug, String> {
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
    let of =
        |(key, part): (&String, &String)| Some((Slug::parse(&format!("{partner}-{part}"))?, written.get(key)?.clone()));
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
    let takes_place =
        |start: &Start| *start == event.start() || by_rule.contains(&start.local()) || found.extra.contains(start);
    let excluded = recurrence.excluded.iter().filter(|start| takes_place(start)).copied().collect();
    let changes: Vec<Changed> = event
        .changes
        .iter()
        .filter(|change| takes_place(&change.of))
        .map(|change| changed(event, change.of, &change.details))
        .collect();
    let lost = event.changes.len() - changes.len();
    (found.excluded, found.changes) = (excluded, changes);
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
    let changes = event.changes.iter().filter(|change| all.iter().any(|occurrence| occurrence.of == change.of));
    found.changes = changes.map(|change| changed(event, change.of, &change.details)).collect();
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
        status: Some(details.status).filter(|status| *status != series.status),
    }
}

fn length(when: When) -> chrono::TimeDelta {
    match when {
        When::Timed { start, end, .. } => end.instant() - start.instant(),
        When::AllDay { start, end } => end - start,
    }
}
