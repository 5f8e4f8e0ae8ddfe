//! Partners of made-up organizations, and what was kept of them. It does not know what is measured with them.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use handbill::digest::Digest;
use handbill::partner::{Header, Snapshot};

use super::inputs::File;

/// How many events a partner has.
const EVENTS: usize = 100;

/// The files with so many partners shared out among them.
#[must_use]
pub(crate) fn with(mut files: Vec<File>, partners: usize) -> Vec<File> {
    let count = files.len();
    for partner in 0..partners {
        let text = &mut files[partner % count].1;
        let (url, slug) = (url(partner), slug(partner));
        let _ = write!(text, "[[partner]]\nurl = \"{url}\"\nslug = \"{slug}\"\nname = \"Partner {partner}\"\n\n");
    }
    files
}

/// The last part of a partner's address; in the order of the numbers.
#[must_use]
pub(crate) fn slug(partner: usize) -> String {
    format!("partner-{partner:04}")
}

fn url(partner: usize) -> String {
    format!("https://partner-{partner}.example/events.ics")
}

/// What a partner said a moment before `now`; it need not be asked again for hours.
#[must_use]
pub(crate) fn snapshot(partner: usize, now: DateTime<Utc>) -> Snapshot {
    let header = Header {
        address: Digest::of(&url(partner)).to_string(),
        fetched: Some(now),
        confirmed: Some(now),
        attempted: Some(now),
        next: Some(now + TimeDelta::hours(12)),
        ..Header::default()
    };
    Snapshot { header, body: calendar(partner).into() }
}

/// A partner's calendar; a tenth of its events are those of the partner before it, and a tenth recur.
#[must_use]
pub(crate) fn calendar(partner: usize) -> String {
    let mut body = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\n");
    for number in 0..EVENTS {
        event(&mut body, if number % 10 == 0 { partner / 2 * 2 } else { partner }, number);
    }
    body + "END:VCALENDAR\r\n"
}

fn event(body: &mut String, partner: usize, number: usize) {
    let (month, day, hour) = (1 + number % 12, 1 + (number / 12 + partner) % 28, 8 + (number + partner) % 12);
    let _ = write!(
        body,
        "BEGIN:VEVENT\r\nUID:{partner}-{number}@partner.example\r\nDTSTAMP:20260101T000000Z\r\n\
         DTSTART;TZID=America/Chicago:2026{month:02}{day:02}T{hour:02}0000\r\n\
         DTEND;TZID=America/Chicago:2026{month:02}{day:02}T{hour:02}3000\r\n\
         SUMMARY:Gathering {number} of neighbors {partner}\\, with música\r\n\
         DESCRIPTION:Join us for an evening of music and stories with artists and neigh\r\n bors\\; \
         families are welcome.\\n\\nBring a chair and water.\r\n\
         LOCATION:Hall {number}\\, {number} N Example Ave\\, Chicago\\, IL\r\n\
         URL:https://partner-{partner}.example/events/{number}\r\nCATEGORIES:Music,Familia\r\n",
    );
    if number % 10 == 5 {
        body.push_str("RRULE:FREQ=WEEKLY;COUNT=10\r\n");
    }
    body.push_str("END:VEVENT\r\n");
}
