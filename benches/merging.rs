//! How long it takes to adopt a partner's calendar of a thousand events, to merge twenty of them, of which some events are the same, and to write
//! the feed of all.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::fmt::Write as _;
use std::sync::Arc;

use divan::Bencher;
use divan::counter::BytesCount;
use handbill::event::{Event, Revision, Style, View, write_vevents};
use handbill::language::Language;
use handbill::merge::{Voice, merge};
use handbill::name::Slug;
use handbill::partner::{self, Address, Context, Header, Limits, Overrules, Partner};
use handbill::text::Writer;
use handbill::time::Zone;

const EVENTS: usize = 1_000;
const PARTNERS: usize = 20;

fn main() {
    divan::main();
}

/// The ends of lines, of which neither may cost more than the other.
#[divan::bench(args = ["\r\n", "\n"])]
fn adopt_a_calendar(bencher: Bencher<'_, '_>, end: &str) {
    let (partner, body) = (partner(0), body(0).replace('\n', end));
    bencher.counter(BytesCount::of_str(&body)).bench_local(|| adopt(&partner, &body));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn merge_calendars(bencher: Bencher<'_, '_>) {
    let heard = heard();
    bencher.bench_local(|| merge(&[], &voices(&heard), &Overrules::default(), None));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn write_events(bencher: Bencher<'_, '_>) {
    let heard = heard();
    let merged = merge(&[], &voices(&heard), &Overrules::default(), None);
    let style = Style { zone: zone(), main: language(), cancelled: handbill::config::Cancelled::Announce };
    let revision = Revision { sequence: 0, modified: "2026-01-01T06:00:00Z".parse().unwrap() };
    bencher.bench_local(|| {
        let mut writer = Writer::new();
        merged.events.iter().for_each(|event| write_vevents(&mut writer, event, revision, style, View::All));
        writer.into_bytes()
    });
}

fn zone() -> Zone {
    Zone::parse("America/Chicago").unwrap()
}

fn language() -> Language {
    Language::parse("en").unwrap()
}

fn adopt(partner: &Partner, body: &str) -> Vec<Arc<Event>> {
    let context = Context { zone: zone(), uid_domain: "handbill.test" };
    partner::adopt(partner, &Header::default(), body.as_bytes(), &context, &Limits::default()).unwrap().events
}

fn heard() -> Vec<(Partner, Vec<Arc<Event>>)> {
    let heard = |number| {
        let partner = partner(number);
        let events = adopt(&partner, &body(number));
        (partner, events)
    };
    (0..PARTNERS).map(heard).collect()
}

fn voices(heard: &[(Partner, Vec<Arc<Event>>)]) -> Vec<Voice<'_>> {
    let voices =
        heard.iter().map(|(partner, events)| Voice { partner: &partner.slug, priority: 0, combined: true, events });
    voices.collect()
}

fn partner(number: usize) -> Partner {
    let slug = Slug::parse(&format!("partner-{number}")).unwrap();
    let address = Address::new("https://partner.example/feed.ics".parse().unwrap());
    Partner {
        url: Some("https://partner.example/".to_owned()),
        ..Partner::new(slug, format!("Partner {number}"), address, language())
    }
}

/// A calendar; a tenth of its events are those of the calendar before it, and a tenth recur.
fn body(partner: usize) -> String {
    let mut body = String::from("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//EN\n");
    for number in 0..EVENTS {
        let source = if number % 10 == 0 { partner / 2 * 2 } else { partner };
        event(&mut body, source, number);
    }
    body + "END:VCALENDAR\n"
}

fn event(body: &mut String, partner: usize, number: usize) {
    let (month, day, hour) = (1 + number % 12, 1 + (number / 12 + partner) % 28, 8 + (number + partner) % 12);
    let _ = write!(
        body,
        "BEGIN:VEVENT\nUID:{partner}-{number}@partner.example\nDTSTAMP:20260101T000000Z\n\
         DTSTART;TZID=America/Chicago:2026{month:02}{day:02}T{hour:02}0000\n\
         DTEND;TZID=America/Chicago:2026{month:02}{day:02}T{hour:02}3000\n\
         SUMMARY:Gathering {number} of neighbors {partner}\\, with música and stories\n\
         DESCRIPTION:Únase a nosotros\\, join us for an evening of music and stories with artists and neigh\n bors\\; \
         families are welcome.\\n\\nBring a chair and water. More: https://partner.example/events/{number}\n\
         LOCATION:Hall {number}\\, {number} N Example Ave\\, Chicago\\, IL\nURL:https://partner.example/events/{number}\n\
         CATEGORIES:Music,Familia\nX-ALT-DESC;FMTTYPE=text/html:<p>Join us</p>\n",
    );
    if number % 10 == 5 {
        body.push_str("RRULE:FREQ=WEEKLY;COUNT=10\n");
    }
    body.push_str("END:VEVENT\n");
}
