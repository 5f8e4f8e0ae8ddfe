//! Answers good and bad, one after the other, and what is kept of each.

use super::*;
use crate::partner::Held;
use crate::partner::poll::sample::{self, at, calendar};
use chrono::TimeDelta;

/// A partner and what is kept of it.
struct Site {
    partner: Partner,
    snapshot: Snapshot,
    limits: Limits,
}

impl Site {
    fn new() -> Self {
        let partner = sample::partner("https://example.org/a.ics?token=secret");
        Self { partner, snapshot: Snapshot::default(), limits: Limits::default() }
    }

    /// One that answered well at second 0, with so many events.
    fn good(events: usize) -> Self {
        let mut site = Self::new();
        assert_eq!(site.ok(0, calendar(0..events), &[("etag", "\"v1\"")]), Outcome::Modified(events));
        site
    }

    fn poll(&mut self, second: i64, response: Response) -> Outcome {
        let context = Context { zone: crate::event::sample::zone(), uid_domain: "handbill.test" };
        let before = self.snapshot.body.clone();
        let Interpretation { snapshot, has_new_body, outcome } =
            interpret(&self.partner, &self.snapshot, response, at(second), &self.limits, &context, 200);
        assert_eq!(has_new_body, !snapshot.body.is_empty() && snapshot.body != before);
        self.snapshot = snapshot;
        outcome
    }

    fn answer(&mut self, second: i64, status: u16, body: Bytes, fields: &[(&str, &str)]) -> Outcome {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.poll(second, Response::Answered { status, fields, body })
    }

    fn ok(&mut self, second: i64, body: Bytes, fields: &[(&str, &str)]) -> Outcome {
        self.answer(second, 200, body, fields)
    }

    fn header(&self) -> &Header {
        &self.snapshot.header
    }

    fn fault(&self) -> (Class, &str) {
        let fault = self.header().fault.as_ref().unwrap();
        (fault.class, &fault.text)
    }

    fn next_in(&self, second: i64) -> i64 {
        (self.header().next.unwrap() - at(second)).num_minutes()
    }
}

#[test]
fn a_new_body_is_kept_with_its_validators() {
    let mut site = Site::new();
    let fields = [("etag", "W/\"v1\""), ("last-modified", "yesterday-ish"), ("content-type", "text/calendar")];
    assert_eq!(site.ok(0, calendar(0..3), &fields), Outcome::Modified(3));
    assert_eq!(site.snapshot.body, calendar(0..3));
    let header = site.header();
    assert_eq!((header.etag.as_deref(), header.last_modified.as_deref()), (Some("W/\"v1\""), Some("yesterday-ish")));
    assert_eq!((header.fetched, header.confirmed, header.attempted), (Some(at(0)), Some(at(0)), Some(at(0))));
    assert_eq!((header.events, header.events_before, header.failures), (Some(3), None, 0));
    assert_eq!(site.next_in(0), 30);
    assert!(site.snapshot.is_of(&site.partner));
    site.ok(60, calendar(0..4), &[]);
    assert_eq!((site.header().etag.as_deref(), site.header().last_modified.as_deref()), (None, None));
    assert_eq!((site.header().events, site.header().events_before), (Some(4), Some(3)));
}

#[test]
fn nothing_new_confirms_the_copy() {
    let mut site = Site::good(3);
    assert_eq!(site.answer(60, 304, Bytes::new(), &[("etag", "W/\"v1\"")]), Outcome::NotModified);
    assert_eq!((site.header().confirmed, site.header().fetched), (Some(at(60)), Some(at(0))));
    assert_eq!((site.header().etag.as_deref(), &site.snapshot.body), (Some("\"v1\""), &calendar(0..3)));
}

#[test]
fn nothing_new_that_nobody_asked_for_is_rejected() {
    let mut site = Site::new();
    assert_eq!(site.answer(0, 304, Bytes::new(), &[]), Outcome::Rejected);
    assert_eq!(site.fault().0, Class::HttpStatus);
    assert_eq!((site.header().confirmed, site.header().failures), (None, 1));
    let mut site = Site::new();
    site.ok(0, calendar(0..3), &[]);
    assert_eq!(site.answer(60, 304, Bytes::new(), &[]), Outcome::Rejected);
    let mut site = Site::good(3);
    assert_eq!(site.answer(9 * 86_400, 304, Bytes::new(), &[]), Outcome::Rejected);
}

#[test]
fn nothing_new_of_another_version_confirms_nothing() {
    let mut site = Site::good(3);
    let response = |etag: &str| Response::Answered {
        status: 304,
        fields: vec![("etag".to_owned(), etag.to_owned())],
        body: Bytes::new(),
    };
    assert!(ask_again(&site.snapshot, &response("\"v1\"")).is_none());
    let again = ask_again(&site.snapshot, &response("\"v2\"")).unwrap();
    assert_eq!((&again.header.etag, &again.body), (&None, &calendar(0..3)));
    assert_eq!(site.poll(60, response("\"v2\"")), Outcome::Rejected);
    assert_eq!((site.header().confirmed, site.fault().0), (Some(at(0)), Class::HttpStatus));
}

#[test]
fn the_content_decides_what_is_new() {
    let mut site = Site::good(3);
    let churned = String::from_utf8(calendar(0..3).to_vec()).unwrap().replace("DTSTAMP:2026", "DTSTAMP:2027");
    assert_eq!(site.ok(60, churned.clone().into(), &[("etag", "\"v2\"")]), Outcome::NotModified);
    assert_eq!((site.header().etag.as_deref(), &site.snapshot.body[..]), (Some("\"v2\""), churned.as_bytes()));
    assert_eq!(site.header().fetched, Some(at(60)));
    let other = churned.replace("Event 1", "Another");
    assert_eq!(site.ok(120, other.into(), &[("etag", "\"v2\"")]), Outcome::Modified(3));
}

#[test]
fn the_same_body_is_not_read_again() {
    let mut site = Site::good(3);
    assert_eq!(site.ok(60, calendar(0..3), &[("etag", "\"v2\"")]), Outcome::NotModified);
    assert_eq!((site.header().etag.as_deref(), site.header().fetched), (Some("\"v2\""), Some(at(60))));
    assert_eq!((site.header().events, site.header().confirmed), (Some(3), Some(at(60))));
    assert_eq!(site.ok(120, calendar(0..3), &[]), Outcome::NotModified);
    assert_eq!(site.header().etag, None);
}

#[test]
fn whatever_goes_wrong_the_last_good_body_stays() {
    let check = |status: u16, body: &'static [u8], content_type: &str, class: Class, text: &str| {
        let mut site = Site::good(3);
        let before = site.snapshot.clone();
        let fields = [("etag", "\"evil\""), ("content-type", content_type)];
        assert_eq!(site.answer(60, status, Bytes::from_static(body), &fields), Outcome::Rejected, "{status}");
        assert_eq!(site.fault().0, class, "{status} {text}");
        assert!(site.fault().1.contains(text), "{:?}", site.fault());
        let kept = site.snapshot.clone();
        assert_eq!((kept.body, kept.header.etag), (before.body, before.header.etag));
        assert_eq!((kept.header.confirmed, kept.header.fetched), (Some(at(0)), Some(at(0))));
        assert_eq!((kept.header.attempted, kept.header.failures), (Some(at(60)), 1));
    };
    let good = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";
    check(200, b"", "text/calendar", Class::NotCalendar, "empty");
    check(200, b"Hello", "text/plain", Class::NotCalendar, "no iCalendar");
    check(200, b"<html>Sign in</html>", "text/html; charset=utf-8", Class::NotCalendar, "web page");
    check(200, b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "text/calendar", Class::Truncated, "");
    check(204, b"", "", Class::HttpStatus, "empty (HTTP 204)");
    check(206, good, "text/calendar", Class::HttpStatus, "a part (HTTP 206)");
    check(300, good, "text/calendar", Class::HttpStatus, "HTTP 300");
    check(401, good, "text/calendar", Class::HttpStatus, "password");
    check(404, good, "text/calendar", Class::HttpStatus, "no such page (HTTP 404)");
    check(500, good, "text/calendar", Class::HttpStatus, "HTTP 500");
    check(999, good, "text/calendar", Class::HttpStatus, "HTTP 999");
    check(0, good, "text/calendar", Class::HttpStatus, "HTTP 0");
}

#[test]
fn failures_are_counted_until_one_good_answer() {
    let mut site = Site::good(3);
    let fault = || Response::Failed(Fault { class: Class::Timeout, text: "too slow".into() });
    let delays: Vec<i64> = (1..=8)
        .map(|minute| {
            assert_eq!(site.poll(minute * 60, fault()), Outcome::Rejected);
            site.next_in(minute * 60)
        })
        .collect();
    assert_eq!(delays, [30, 60, 120, 240, 480, 960, 1_440, 1_440]);
    assert_eq!((site.header().failures, site.fault()), (8, (Class::Timeout, "too slow")));
    assert_eq!(site.answer(600, 304, Bytes::new(), &[]), Outcome::NotModified);
    assert_eq!((site.header().failures, &site.header().fault, site.next_in(600)), (0, &None, 30));
}

#[test]
fn a_wish_to_be_left_alone_is_obeyed_whatever_the_answer() {
    for (status, body) in [(429, Bytes::new()), (503, Bytes::new()), (404, Bytes::new()), (200, calendar(0..3))] {
        let mut site = Site::good(3);
        site.answer(60, status, body.clone(), &[("retry-after", "7200")]);
        assert_eq!((site.next_in(60), site.header().not_before), (120, Some(at(60 + 7_200))), "{status}");
        site.answer(120, status, body.clone(), &[("retry-after", "60")]);
        assert!(site.next_in(120) >= 30, "{status}: our own delay is the longer one");
        site.answer(180, status, body, &[("retry-after", "99999999999")]);
        assert_eq!(site.next_in(180), 24 * 60, "{status}");
        site.answer(240, 304, Bytes::new(), &[]);
        assert_eq!(site.header().not_before, None);
    }
}

#[test]
fn who_is_gone_for_good_is_asked_once_a_day() {
    let mut site = Site::good(3);
    site.answer(60, 410, Bytes::new(), &[]);
    assert_eq!(site.next_in(60), 24 * 60);
}

#[test]
fn a_mass_deletion_is_held_and_then_believed() {
    let mut site = Site::good(40);
    for poll in 1..=3 {
        assert_eq!(site.ok(poll * 60, calendar(0..2), &[("etag", "\"v2\"")]), Outcome::Held, "{poll}");
        assert_eq!((&site.snapshot.body, site.header().etag.as_deref()), (&calendar(0..40), Some("\"v1\"")));
        assert_eq!((site.header().confirmed, site.fault().0), (Some(at(0)), Class::SuddenlyEmpty));
        assert_eq!(site.header().held, Some(Held { since: at(60), polls: u32::try_from(poll).unwrap() }));
    }
    assert_eq!(site.ok(240, calendar(0..2), &[("etag", "\"v2\"")]), Outcome::Modified(2));
    assert_eq!((site.snapshot.body.clone(), &site.header().held, &site.header().fault), (calendar(0..2), &None, &None));
}

#[test]
fn a_deletion_that_lasts_a_day_is_believed() {
    let mut site = Site::good(40);
    assert_eq!(site.ok(60, calendar(0..0), &[]), Outcome::Held);
    assert_eq!(site.ok(60 + 86_400, calendar(0..0), &[]), Outcome::Modified(0));
}

#[test]
fn events_that_vanish_and_return_were_never_gone() {
    let mut site = Site::good(40);
    assert_eq!(site.ok(60, calendar(0..0), &[]), Outcome::Held);
    assert_eq!(site.poll(120, Response::Failed(Fault { class: Class::Dns, text: String::new() })), Outcome::Rejected);
    assert_eq!(site.ok(180, calendar(0..0), &[]), Outcome::Held);
    assert_eq!(site.ok(240, calendar(0..40), &[]), Outcome::NotModified);
    assert_eq!(site.header().held, None);
    assert_eq!(site.ok(300, calendar(0..0), &[]), Outcome::Held);
    assert_eq!(site.header().held, Some(Held { since: at(300), polls: 1 }));
}

#[test]
fn half_a_loss_passes_at_once() {
    let mut site = Site::good(40);
    assert_eq!(site.ok(60, calendar(0..25), &[]), Outcome::Modified(25));
    assert_eq!(Site::good(40).ok(60, calendar(100..140), &[]), Outcome::Modified(40));
}

#[test]
fn an_empty_calendar_is_a_calendar() {
    let mut site = Site::new();
    assert_eq!(site.ok(0, calendar(0..0), &[]), Outcome::Modified(0));
    assert_eq!(site.ok(60, calendar(0..0), &[]), Outcome::NotModified);
}

#[test]
fn another_address_starts_anew() {
    let mut site = Site::good(40);
    site.partner.address.url.set_path("/b.ics");
    assert_eq!(site.answer(60, 304, Bytes::new(), &[]), Outcome::Rejected);
    assert!(site.snapshot.body.is_empty() && site.snapshot.is_of(&site.partner));
    assert_eq!(site.ok(120, calendar(0..1), &[]), Outcome::Modified(1));
}

#[test]
fn the_refresh_of_the_partner_goes_before_all() {
    let mut site = Site::good(1);
    site.partner.refresh = Some(TimeDelta::hours(2));
    site.ok(60, calendar(0..1), &[("cache-control", "max-age=36000")]);
    assert_eq!(site.next_in(60), 120);
}
