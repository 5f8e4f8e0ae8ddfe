//! Adopts the events of a partner's body. A stand-in: it knows UID, SUMMARY and a DTSTART in UTC, and nothing else.

use chrono::{NaiveDateTime, TimeDelta};

use crate::event::{Details, Event, Status, When};
use crate::name::Slug;
use crate::text;
use crate::time::Zone;

use super::{Adopted, Class, Fault, Header, Limits, Partner};

/// What adoption has to know of the service.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The calendar's zone.
    pub zone: Zone,
    /// The part of every UID after the `@`.
    pub uid_domain: &'a str,
}

/// Adopts a body.
///
/// # Errors
/// Why it is of no use.
pub fn adopt(
    _partner: &Partner,
    _header: &Header,
    body: &[u8],
    context: &Context<'_>,
    _limits: &Limits,
) -> Result<Adopted, Fault> {
    let fault = |class, text: &str| Fault { class, text: text.to_owned() };
    let body_text = String::from_utf8_lossy(body);
    if !body_text.contains("BEGIN:VCALENDAR") {
        return Err(fault(Class::NotCalendar, "the answer is no calendar"));
    }
    if !body_text.contains("END:VCALENDAR") {
        return Err(fault(Class::Truncated, "the calendar is cut"));
    }
    let calendars = text::parse(body).map_err(|error| fault(Class::Limits, &error.to_string()))?;
    let events = calendars.iter().flat_map(|calendar| &calendar.components).filter_map(|component| {
        let uid = component.property("UID")?.text();
        let start = component.property("DTSTART")?;
        let start = NaiveDateTime::parse_from_str(&start.value, "%Y%m%dT%H%M%SZ").ok()?.and_utc();
        let end = context.zone.moment_of(start + TimeDelta::hours(1));
        let title = component.property("SUMMARY").map_or_else(|| "Event".to_owned(), text::Property::text);
        let when = When::Timed { start: context.zone.moment_of(start), end, end_announced: true };
        Some(std::sync::Arc::new(event(&uid, context, title, when)?))
    });
    Ok(Adopted { events: events.collect(), ..Adopted::default() })
}

fn event(uid: &str, context: &Context<'_>, title: String, when: When) -> Option<Event> {
    Some(Event {
        id: Slug::from_name(uid)?,
        uid: format!("{uid}@{}", context.uid_domain),
        details: Details {
            title,
            description: String::new(),
            reason: None,
            translations: Vec::new(),
            when,
            place: None,
            url: None,
            signup: None,
            contact: None,
            status: Status::Confirmed,
        },
        organizations: Vec::new(),
        tags: Vec::new(),
        recurrence: None,
        changes: Vec::new(),
        updated: None,
        origin: None,
    })
}
