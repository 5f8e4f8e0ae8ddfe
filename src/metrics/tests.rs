//! The figures as Prometheus reads them.

use super::*;
use crate::name::Slug;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

fn answer(kind: Kind, status: u16, client: Client) -> Answer {
    Answer { kind, status, client, bytes: 1_000, took: Duration::from_micros(20) }
}

fn facts() -> Facts {
    let feed = |kind, slug, bytes, left_out| Feed { kind, slug: Slug::parse(slug), bytes, left_out };
    let partner = |slug, outcome| Partner {
        slug: Slug::parse(slug).unwrap(),
        confirmed: None,
        outcome,
        failures: 0,
        took: None,
        events: 0,
    };
    let ok = Partner {
        confirmed: Some(at(40)),
        took: Some(Duration::from_millis(250)),
        events: 7,
        ..partner("neighbors", Some("ok"))
    };
    Facts {
        events: 12,
        feeds: vec![(Kind::All, 1), (Kind::Organization, 3)],
        max_feed_bytes: 1_000_000,
        crowded: 2,
        largest: vec![feed(Kind::All, "", 999_000, 3), feed(Kind::Organization, "chicago-dsa", 910_000, 0)],
        partners: vec![ok, Partner { failures: 4, ..partner("tenants", Some("dns")) }, partner("waiting", None)],
        errors: 1,
        warnings: 2,
        held: Held { files: 10, copies: 20, events: 30, feeds: 40, pages: 50 },
    }
}

fn text(metrics: &Metrics, facts: Facts) -> String {
    metrics.text(facts, at(100))
}

fn check(text: &str, expected: &[&str]) {
    for line in expected {
        assert!(text.lines().any(|own| own == *line), "{line} is not in:\n{text}");
    }
}

#[test]
fn requests_of_all_threads_are_told_together() {
    let metrics = Metrics::default();
    let (one, other) = (metrics.tally(), metrics.tally());
    one.note(&answer(Kind::All, 200, Client::Google));
    other.note(&answer(Kind::All, 200, Client::Google));
    other.note(&Answer { bytes: 0, ..answer(Kind::Other, 418, Client::Other) });
    let text = text(&metrics, Facts::default());
    check(
        &text,
        &[
            "# TYPE handbill_http_requests_total counter",
            "handbill_http_requests_total{kind=\"all\",status=\"200\",client=\"google\"} 2",
            "handbill_http_requests_total{kind=\"other\",status=\"other\",client=\"other\"} 1",
            "handbill_http_response_bytes_total{kind=\"all\"} 2000",
            "handbill_http_request_duration_seconds_bucket{kind=\"all\",le=\"5e-06\"} 0",
            "handbill_http_request_duration_seconds_bucket{kind=\"all\",le=\"2.5e-05\"} 2",
            "handbill_http_request_duration_seconds_bucket{kind=\"all\",le=\"+Inf\"} 2",
            "handbill_http_request_duration_seconds_count{kind=\"all\"} 2",
        ],
    );
    assert_eq!(text.matches("handbill_http_requests_total{").count(), 2, "only what happened: {text}");
}

#[test]
fn every_kind_status_and_client_has_a_counter_of_its_own() {
    let metrics = Metrics::default();
    let tally = metrics.tally();
    let statuses = [200, 304, 400, 404, 405, 412, 501, 500];
    for kind in Kind::ALL {
        for status in statuses {
            Client::ALL.iter().for_each(|client| tally.note(&answer(kind, status, *client)));
        }
    }
    let text = text(&metrics, Facts::default());
    let counters: Vec<&str> = text.lines().filter(|line| line.starts_with("handbill_http_requests_total{")).collect();
    assert_eq!(counters.len(), Kind::ALL.len() * statuses.len() * Client::ALL.len());
    assert!(counters.iter().all(|line| line.ends_with("} 1")), "{counters:?}");
}

#[test]
fn the_state_is_told_as_of_now() {
    let metrics = Metrics::default();
    metrics.built(Duration::from_millis(30));
    ["modified", "dns", "dns"].iter().for_each(|outcome| metrics.polled(outcome));
    metrics.publishing(3);
    check(
        &text(&metrics, facts()),
        &[
            concat!("handbill_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
            "handbill_site_build_duration_seconds_bucket{le=\"0.1\"} 1",
            "handbill_site_build_duration_seconds_sum 0.03",
            "handbill_events 12",
            "handbill_feeds{kind=\"org\"} 3",
            "handbill_problems{severity=\"error\"} 1",
            "handbill_problems{severity=\"warning\"} 2",
            "handbill_publishing_failures 3",
            "handbill_held_bytes{what=\"files\"} 10",
            "handbill_held_bytes{what=\"copies\"} 20",
            "handbill_held_bytes{what=\"events\"} 30",
            "handbill_held_bytes{what=\"feeds\"} 40",
            "handbill_held_bytes{what=\"pages\"} 50",
            "handbill_feed_limit_bytes 1000000",
            "handbill_crowded_feeds 2",
            "handbill_feed_bytes{feed=\"all\"} 999000",
            "handbill_feed_bytes{feed=\"org/chicago-dsa\"} 910000",
            "handbill_feed_left_out_events{feed=\"all\"} 3",
            "handbill_partner_polls_total{outcome=\"dns\"} 2",
            "handbill_partner_age_seconds{partner=\"neighbors\"} 60.0",
            "handbill_partner_fetch_duration_seconds{partner=\"neighbors\"} 0.25",
            "handbill_partner_outcome{partner=\"tenants\",outcome=\"dns\"} 1",
            "handbill_partner_failures{partner=\"tenants\"} 4",
            "handbill_partner_events{partner=\"neighbors\"} 7",
        ],
    );
}

#[test]
fn what_is_not_known_of_a_partner_is_not_told() {
    let text = text(&Metrics::default(), facts());
    let waiting: Vec<&str> = text.lines().filter(|line| line.contains("waiting")).collect();
    assert_eq!(waiting, ["handbill_partner_events{partner=\"waiting\"} 0"]);
}

#[test]
fn every_family_says_what_it_is() {
    let text = text(&Metrics::default(), facts());
    let families = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    for family in families {
        assert!(text.contains(&format!("# HELP {family} ")), "{family}");
    }
}
