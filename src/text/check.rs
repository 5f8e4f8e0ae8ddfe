//! The strict checker of what Handbill publishes: every rule that a reader may rely on, from octets to time zones. It knows
//! nothing of where the bytes come from, and shares with the writer only the set of
//! characters that are not published.

use super::read::{Component, parse};

mod calendar;
mod octets;

/// Everything that is wrong with a published feed, each in a sentence; nothing when it is right.
///
/// Octets: CR LF after each line of at most 75 octets, UTF-8, no control characters, no fold inside a character or an escape.
/// Structure: one VCALENDAR, balanced, with VERSION and PRODID; a VTIMEZONE for every TZID; events with UID, DTSTAMP and
/// DTSTART, each (UID, RECURRENCE-ID) once, ends after starts and of their kind; nothing that invites people or rings.
#[must_use]
pub fn defects(bytes: &[u8]) -> Vec<String> {
    let mut defects = octets::defects(bytes);
    match parse(bytes).as_deref() {
        Ok([calendar]) => calendar::defects(calendar, &mut defects),
        Ok(calendars) => {
            defects.push(format!("{} components outside all others; one VCALENDAR is wanted", calendars.len()))
        }
        Err(unreadable) => defects.push(unreadable.to_string()),
    }
    defects
}

/// How a defect names an event.
fn label(component: &Component) -> String {
    let uid = component.property("UID").map_or("without UID", |uid| uid.value.as_str());
    format!("{} {uid}", component.name)
}
