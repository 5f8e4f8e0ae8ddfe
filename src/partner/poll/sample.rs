//! Partners, snapshots and bodies for tests; times count in seconds from a fixed one.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use crate::event::{self, Event, When};
use crate::language::Language;
use crate::name::Slug;
use crate::partner::{Address, Header, Partner, Snapshot};

/// So many seconds after a fixed time.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

pub(crate) fn partner(url: &str) -> Partner {
    let url = url::Url::parse(url).unwrap();
    let shown = format!("{}{}", url.host_str().unwrap(), url.path());
    Partner::new(Slug::parse("neighbors").unwrap(), "Neighbors".into(), Address { url, shown }, Language::ENGLISH)
}

/// A copy that came at second 0.
pub(crate) fn snapshot(partner: &Partner) -> Snapshot {
    let header =
        Header { address: super::super::snapshot::address(partner), fetched: Some(at(0)), ..Header::default() };
    Snapshot { header, body: calendar(0..1) }
}

/// A calendar with an event for each number, all of them to come.
pub(crate) fn calendar(numbers: std::ops::Range<usize>) -> Bytes {
    let mut text = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n");
    for number in numbers {
        text.push_str(&format!(
            "BEGIN:VEVENT\r\nUID:event-{number}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20280101T120000Z\r\nDTEND:20280101T130000Z\r\n\
             SUMMARY:Event {number}\r\nEND:VEVENT\r\n"
        ));
    }
    text.push_str("END:VCALENDAR\r\n");
    text.into()
}

pub(crate) fn event(number: usize, coming: bool) -> Arc<Event> {
    let mut event = event::sample::event("2021-03-20T13:00:00", "2021-03-20T15:00:00");
    event.uid = format!("event-{number}@handbill.test");
    if coming {
        let zone = event::sample::zone();
        let [start, end] = [1, 2].map(|days| zone.moment_of(at(0) + TimeDelta::days(days)));
        event.details.when = When::Timed { start, end, end_announced: true };
    }
    Arc::new(event)
}
