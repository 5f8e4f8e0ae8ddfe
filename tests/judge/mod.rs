//! The judges of a published feed: our strict checker, our reader, and an independent one (the `icalendar` crate). They know no TOML.

use std::collections::BTreeMap;

use handbill::text;

/// What a reader finds in one VEVENT: the texts, unescaped, and whatever else is asked for, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Read {
    pub(crate) uid: String,
    pub(crate) recurrence_id: Option<String>,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) location: String,
    pub(crate) contact: String,
    pub(crate) categories: String,
    pub(crate) start: String,
    pub(crate) end: String,
}

/// The events of a feed, in its order; an error when the checker finds a defect or the two readers do not find the same.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Read>, String> {
    let defects = text::defects(bytes);
    if !defects.is_empty() {
        return Err(format!("{defects:#?}\n{}", String::from_utf8_lossy(bytes)));
    }
    let (ours, theirs) = (by_handbill(bytes), by_icalendar(bytes)?);
    if ours != theirs {
        return Err(format!("the two readers differ:\n{ours:#?}\n{theirs:#?}"));
    }
    Ok(ours)
}

fn by_handbill(bytes: &[u8]) -> Vec<Read> {
    let calendars = text::parse(bytes).unwrap();
    let events = calendars[0].components.iter().filter(|component| component.name == "VEVENT");
    let read = |event: &text::Component| {
        let one = |name: &str| event.property(name).map(|property| property.value.clone());
        let text = |name: &str| event.property(name).map(text::Property::text);
        made(one, text)
    };
    events.map(read).collect()
}

fn by_icalendar(bytes: &[u8]) -> Result<Vec<Read>, String> {
    use icalendar::parser::{Component, read_calendar, unfold};
    let unfolded = unfold(std::str::from_utf8(bytes).unwrap());
    let calendar = read_calendar(&unfolded)?;
    let events = calendar.components.iter().filter(|component| component.name == "VEVENT");
    let read = |event: &Component| {
        // The crate unescapes what it knows to be a TEXT.
        let one = |name: &str| event.find_prop(name).map(|property| property.val.as_str().to_owned());
        made(one, one)
    };
    Ok(events.map(read).collect())
}

fn made(one: impl Fn(&str) -> Option<String>, text: impl Fn(&str) -> Option<String>) -> Read {
    let texts: BTreeMap<&str, String> = ["UID", "SUMMARY", "DESCRIPTION", "LOCATION", "CONTACT"]
        .into_iter()
        .map(|name| (name, text(name).unwrap_or_default()))
        .collect();
    let found = |name: &str| one(name).unwrap_or_default();
    Read {
        uid: texts["UID"].clone(),
        recurrence_id: one("RECURRENCE-ID"),
        summary: texts["SUMMARY"].clone(),
        description: texts["DESCRIPTION"].clone(),
        location: texts["LOCATION"].clone(),
        contact: texts["CONTACT"].clone(),
        categories: found("CATEGORIES"),
        start: found("DTSTART"),
        end: found("DTEND"),
    }
}
