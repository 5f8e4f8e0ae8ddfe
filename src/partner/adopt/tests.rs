//! The proofs of adoption: each quirk of real calendars, and that no bytes make it panic.
use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::event::{Start, When, occurrences};
use crate::language::Language;
use crate::name::Slug;
use crate::partner::{Address, Filter, Pattern};
use crate::text::clean;

mod hostile;
mod identities;
mod recurring;
mod single;

pub(super) fn limits() -> Limits {
    Limits::default()
}

fn partner() -> Partner {
    let address = Address::new("https://partner.example/events.ics".parse().unwrap());
    Partner {
        url: Some("https://partner.example/".into()),
        ..Partner::new(Slug::parse("partner").unwrap(), "Partner".into(), address, Language::ENGLISH)
    }
}

fn home() -> Zone {
    Zone::parse("America/Chicago").unwrap()
}

/// A calendar with these lines in it.
fn calendar(lines: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{lines}\nEND:VCALENDAR\n")
}

/// A calendar with one event of these lines.
fn event(lines: &str) -> String {
    calendar(&format!("BEGIN:VEVENT\nUID:one\nSUMMARY:One\n{lines}\nEND:VEVENT"))
}

fn adopted_by(partner: &Partner, body: &[u8]) -> Result<Adopted, Fault> {
    let context = Context { zone: home(), uid_domain: "handbill.test" };
    adopt(partner, &Header::default(), body, &context, &limits())
}

fn adopted(body: &str) -> Adopted {
    adopted_by(&partner(), body.as_bytes()).unwrap()
}

/// When an event is, in UTC; with a question mark where the end was not announced.
fn when(when: When) -> String {
    match when {
        When::Timed { start, end, end_announced } => {
            let mark = if end_announced { "" } else { "?" };
            format!("{}/{}{mark}", start.instant().format("%Y%m%dT%H%M"), end.instant().format("%Y%m%dT%H%M"))
        }
        When::AllDay { start, end } => format!("{}/{}", start.format("%Y%m%d"), end.format("%Y%m%d")),
    }
}

/// The occurrences of all events in the years 1990 to 2100, in UTC, at most six of each event.
fn occurring(adopted: &Adopted) -> Vec<String> {
    let [first, last] = ["1990-01-01", "2100-01-01"].map(|day| day.parse().unwrap());
    let mut found: Vec<String> = Vec::new();
    for event in &adopted.events {
        let all = occurrences::occurrences(event, home(), first, last);
        found.extend(all.iter().take(6).map(|occurrence| when(occurrence.when)));
    }
    found
}
