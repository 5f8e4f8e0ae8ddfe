//! A found event as a table of the editors' TOML. It decides nothing about which file.

use super::{Changed, Found, Known};
use crate::event::{Start, Status};
use crate::manuscript::Entry;
use crate::name::Slug;
use crate::time::Zone;

/// The table of an event; `supporters` are all organizations but the host.
pub(super) fn entry(found: &Found, id: &Slug, supporters: &[String], known: &Known, zone: Zone) -> Entry {
    let mut entry = Entry::default();
    entry
        .text("id", Some(id.as_str()))
        .text("former_uid", found.former_uid.as_deref())
        .text("title", Some(&found.title));
    entry.bare("start", Some(time(found.start, zone))).bare("end", found.end.map(|end| time(end, zone)));
    entry.text("rrule", found.rule.as_deref());
    entry.bares("extra_dates", &times(&found.extra, zone)).bares("excluded_dates", &times(&found.excluded, zone));
    entry.text("status", status(found.status));
    place(&mut entry, found.place.as_deref(), known);
    entry.texts("supporters", supporters).text("url", found.url.as_deref()).text("signup", found.signup.as_deref());
    entry.text("contact", found.contact.as_deref()).text("description", Some(&found.description));
    entry.texts("tags", &found.tags.iter().map(ToString::to_string).collect::<Vec<_>>());
    for change in &found.changes {
        entry.change(changed(change, known, zone));
    }
    for doubt in &found.doubts {
        entry.remark(doubt.key, &format!("To check: {}.", doubt.text));
    }
    entry
}

fn changed(change: &Changed, known: &Known, zone: Zone) -> Entry {
    let mut entry = Entry::default();
    entry.bare("on", Some(time(change.on, zone))).text("title", change.title.as_deref());
    entry.bare("start", change.start.map(|start| time(start, zone)));
    entry.bare("end", change.end.map(|end| time(end, zone)));
    entry.text("status", change.status.map(|now| status(now).unwrap_or("confirmed")));
    place(&mut entry, change.place.as_deref(), known);
    entry.text("url", change.url.as_deref()).text("contact", change.contact.as_deref());
    entry.text("description", change.description.as_deref());
    entry
}

fn place(entry: &mut Entry, place: Option<&str>, known: &Known) {
    match place.and_then(|place| known.venue(place)) {
        Some(venue) => entry.text("venue", Some(venue.slug.as_str())),
        None => entry.text("location", place),
    };
}

fn times(times: &[Start], zone: Zone) -> Vec<String> {
    times.iter().map(|start| time(*start, zone)).collect()
}

/// A date or time as TOML writes it: by the wall clock, with its offset where the clock shows it twice.
fn time(start: Start, zone: Zone) -> String {
    match start {
        Start::AllDay(day) => day.to_string(),
        Start::Timed(moment) if zone.occurs_twice(moment.local()) => zone.rfc3339(&moment),
        Start::Timed(moment) => {
            let whole = chrono::Timelike::second(&moment.local()) == 0;
            moment.local().format(if whole { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" }).to_string()
        }
    }
}

fn status(status: Status) -> Option<&'static str> {
    match status {
        Status::Confirmed => None,
        Status::Tentative => Some("tentative"),
        Status::Postponed => Some("postponed"),
        Status::Cancelled => Some("cancelled"),
    }
}
