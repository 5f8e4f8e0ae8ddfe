//! What a list shows of a day's events.

use super::super::tests::around;
use super::*;
use crate::event::occurrences::occurrences;
use crate::event::{Event, Recurrence, Revision, sample};
use crate::recurrence::Rule;

fn agenda(events: &[Event]) -> Agenda {
    let around = around("");
    let day = |text: &str| text.parse().unwrap();
    let listed: Vec<Vec<Occurrence>> =
        events.iter().map(|event| occurrences(event, around.zone, day("2020-03-01"), day("2023-04-01"))).collect();
    let revision = Revision { sequence: 0, modified: chrono::DateTime::UNIX_EPOCH };
    let items = events.iter().zip(&listed).map(|(event, listed)| Item { event, revision, occurrences: listed });
    Agenda::new(items, &around, None)
}

fn headings(agenda: &Agenda) -> Vec<(&str, usize)> {
    agenda.days.iter().map(|day| (day.date.as_str(), day.rows.len())).collect()
}

#[test]
fn what_ended_before_midnight_is_past_and_what_goes_on_is_today() {
    let agenda = agenda(&[
        sample::event("2021-03-19T18:00:00", "2021-03-20T00:00:00"),
        sample::event("2021-03-18T18:00:00", "2021-03-20T01:00:00"),
        sample::event("2021-03-20T00:00:00", "2021-03-20T00:30:00"),
        sample::event("2021-03-21T09:00:00", "2021-03-21T10:00:00"),
        sample::event("2020-12-31T23:00:00", "2021-01-01T01:00:00"),
    ]);
    assert_eq!(headings(&agenda), [("2021-03-20", 2), ("2021-03-21", 1)]);
    let nearness: Vec<_> = agenda.days.iter().map(|day| day.nearness).collect();
    assert_eq!(nearness, [Some("Today"), Some("Tomorrow")]);
    let past: Vec<_> = agenda.past.iter().map(|year| (year.year, year.count)).collect();
    assert_eq!(past, [(2021, 1), (2020, 1)]);
}

#[test]
fn a_series_shows_its_next_dates_only() {
    let mut event = sample::event("2021-03-01T18:00:00", "2021-03-01T20:00:00");
    let rule = Rule::parse("FREQ=DAILY;COUNT=40").unwrap();
    event.recurrence = Some(Box::new(Recurrence { rule: Some(rule), extra: vec![], excluded: vec![], zone: None }));
    let agenda = agenda(&[event]);
    let expected = [("2021-03-20", 1), ("2021-03-21", 1), ("2021-03-22", 1), ("2021-03-23", 1)];
    assert_eq!(headings(&agenda), expected);
    assert_eq!(agenda.past.first().map(|year| year.count), Some(19));
}

#[test]
fn a_long_past_is_led_to_by_years() {
    let event = |day: u32, year: i32| {
        sample::event(&format!("{year}-01-{day:02}T18:00:00"), &format!("{year}-01-{day:02}T19:00:00"))
    };
    let events: Vec<Event> = (1..=30).flat_map(|day| [event(day, 2019), event(day, 2020), event(day, 2018)]).collect();
    let agenda = agenda(&events);
    let past: Vec<_> = agenda.past.iter().map(|year| (year.year, year.rows.len(), year.more.is_some())).collect();
    assert_eq!(past, [(2020, 30, false), (2019, 30, false), (2018, 0, true)]);
}
