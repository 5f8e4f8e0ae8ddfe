//! The rules of a published VCALENDAR: what each component must have, may have once and must not have.

use std::collections::BTreeSet;

use super::label;
use crate::text::read::{Component, Property};

/// Properties that invite people, ring, or make the feed a message; and the components that do.
const FORBIDDEN: [&str; 6] = ["METHOD", "ATTENDEE", "ORGANIZER", "VALARM", "ATTACH", "REQUEST-STATUS"];

/// Properties that an event has once (RFC 5545 §3.6.1).
const NEEDED: [&str; 3] = ["UID", "DTSTAMP", "DTSTART"];

/// Properties that an event has at most once (RFC 5545 §3.6.1).
const AT_MOST_ONCE: [&str; 15] = [
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "DURATION",
    "CREATED",
    "LAST-MODIFIED",
    "SEQUENCE",
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "GEO",
    "URL",
    "STATUS",
    "RECURRENCE-ID",
];

/// Properties that hold one TEXT.
const TEXTS: [&str; 10] = [
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "CONTACT",
    "COMMENT",
    "NAME",
    "X-WR-CALNAME",
    "X-WR-CALDESC",
    "PRODID",
    "TZNAME",
];

pub(super) fn defects(calendar: &Component, defects: &mut Vec<String>) {
    if calendar.name != "VCALENDAR" {
        defects.push(format!("{} is no VCALENDAR", calendar.name));
    }
    for name in ["VERSION", "PRODID"] {
        once(calendar, name, defects);
    }
    if calendar.components.is_empty() {
        defects.push("VCALENDAR has no component (RFC 5545 §3.6)".to_owned());
    }
    everywhere(calendar, defects);
    let zones = time_zones(calendar, defects);
    let mut seen = BTreeSet::new();
    for event in calendar.components.iter().filter(|component| component.name == "VEVENT") {
        event_defects(event, &zones, defects);
        let value = |name| event.property(name).map(|property| property.value.as_str());
        if !seen.insert((value("UID"), value("RECURRENCE-ID"))) {
            defects.push(format!("{} is there twice", label(event)));
        }
    }
}

/// What holds in every component. The tree's depth is bounded by the reader.
fn everywhere(component: &Component, defects: &mut Vec<String>) {
    let names = component.properties.iter().map(|property| &property.name);
    for name in names.chain(component.components.iter().map(|inner| &inner.name)) {
        if FORBIDDEN.contains(&name.as_str()) {
            defects.push(format!("{} holds {name}", label(component)));
        }
    }
    for property in &component.properties {
        let listed = property.name == "CATEGORIES";
        if (listed || TEXTS.contains(&property.name.as_str())) && !is_escaped(&property.value, listed) {
            defects.push(format!("{}: {} is not escaped: {}", label(component), property.name, property.value));
        }
    }
    component.components.iter().for_each(|inner| everywhere(inner, defects));
}

/// Whether every backslash begins an escape of RFC 5545 §3.3.11, and every semicolon, and comma outside lists, is escaped.
fn is_escaped(value: &str, is_list: bool) -> bool {
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        let legal = match character {
            '\\' => matches!(characters.next(), Some('\\' | ';' | ',' | 'n' | 'N')),
            ',' => is_list,
            ';' => false,
            _ => true,
        };
        if !legal {
            return false;
        }
    }
    true
}

/// The TZIDs that are defined, each of which must be complete (RFC 5545 §3.6.5).
fn time_zones<'a>(calendar: &'a Component, defects: &mut Vec<String>) -> BTreeSet<&'a str> {
    let mut zones = BTreeSet::new();
    for zone in calendar.components.iter().filter(|component| component.name == "VTIMEZONE") {
        once(zone, "TZID", defects);
        let id = zone.property("TZID").map_or("", |property| property.value.as_str());
        if !zones.insert(id) {
            defects.push(format!("VTIMEZONE {id} is there twice"));
        }
        if !zone.components.iter().any(|observance| observance.name == "STANDARD") {
            defects.push(format!("VTIMEZONE {id} has no STANDARD"));
        }
        for observance in &zone.components {
            ["DTSTART", "TZOFFSETFROM", "TZOFFSETTO"].iter().for_each(|name| once(observance, name, defects));
        }
    }
    zones
}

fn once(component: &Component, name: &str, defects: &mut Vec<String>) {
    let count = component.all(name).count();
    if count != 1 {
        defects.push(format!("{} has {count} {name}, not one", label(component)));
    }
}

fn event_defects(event: &Component, zones: &BTreeSet<&str>, defects: &mut Vec<String>) {
    NEEDED.iter().for_each(|name| once(event, name, defects));
    for name in AT_MOST_ONCE.iter().filter(|name| event.all(name).count() > 1) {
        defects.push(format!("{} has more than one {name}", label(event)));
    }
    for property in &event.properties {
        if let Some(zone) = property.parameter("TZID").filter(|zone| !zones.contains(zone)) {
            defects.push(format!("{}: {} is in {zone}, which has no VTIMEZONE", label(event), property.name));
        }
        if let Some(wrong) = time_defect(property) {
            defects.push(format!("{}: {} {wrong}: {}", label(event), property.name, property.value));
        }
    }
    if let (Some(start), Some(end)) = (event.property("DTSTART"), event.property("DTEND")) {
        if kind(start) != kind(end) {
            defects.push(format!("{}: DTEND is not of the kind of DTSTART", label(event)));
        } else if end.value <= start.value {
            defects.push(format!("{}: DTEND is not after DTSTART", label(event)));
        }
    }
    if event.property("DTEND").is_some() && event.property("DURATION").is_some() {
        defects.push(format!("{} has DTEND and DURATION", label(event)));
    }
}

/// A time as its kind: a date, UTC, or in a zone.
fn kind(property: &Property) -> (Option<&str>, Option<&str>, bool) {
    (property.parameter("VALUE"), property.parameter("TZID"), property.value.ends_with('Z'))
}

/// What is wrong with the form of a time, of each where there is a list (RFC 5545 §3.3.4 and §3.3.5).
fn time_defect(property: &Property) -> Option<&'static str> {
    let utc = match property.name.as_str() {
        "DTSTAMP" | "LAST-MODIFIED" | "CREATED" => true,
        "DTSTART" | "DTEND" | "RECURRENCE-ID" | "RDATE" | "EXDATE" => false,
        _ => return None,
    };
    let wrong = property.value.split(',').find_map(|value| {
        let date = property.parameter("VALUE") == Some("DATE");
        let zoned = property.parameter("TZID").is_some();
        match (value.len(), date) {
            (8, true) if is_digits(value) && !zoned => None,
            (15, false) if is_date_time(value) && zoned => None,
            (16, false) if is_date_time(value.trim_end_matches('Z')) && !zoned => None,
            (15, false) if !zoned => Some("is a floating time"),
            _ => Some("is no date or time of its kind"),
        }
    });
    wrong.or_else(|| (utc && !property.value.ends_with('Z')).then_some("is not in UTC"))
}

fn is_date_time(value: &str) -> bool {
    value
        .split_once('T')
        .is_some_and(|(date, time)| date.len() == 8 && time.len() == 6 && is_digits(date) && is_digits(time))
}

fn is_digits(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
}
