//! What operators are told in figures, and where.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::{Response, get, request};
use crate::partners::{QUICK, server_of, table, weekly};
use crate::server::{LIMIT, RALLY, Server, free_address, left_out};
use crate::site::{Answer, Site};

/// A server with these files whose figures are at an address of its own.
fn server(files: &[(&str, &str)], environment: &[(&str, &str)]) -> (Server, String) {
    let operators = free_address();
    let server = Server::start_with(files, &[environment, &[("HANDBILL_METRICS_LISTEN", &operators)]].concat());
    (server, operators)
}

/// The figures by their names with labels.
fn figures(operators: &str) -> BTreeMap<String, f64> {
    let response = get(operators, "/metrics", &[]);
    assert_eq!(
        (response.status, response.field("content-type")),
        (200, Some("text/plain; version=0.0.4; charset=utf-8"))
    );
    let figure = |line: &str| line.rsplit_once(' ').map(|(name, value)| (name.to_owned(), value.parse().unwrap()));
    response.text().lines().filter(|line| !line.starts_with('#')).filter_map(figure).collect()
}

fn figure(operators: &str, name: &str) -> Option<f64> {
    figures(operators).get(name).copied()
}

/// Asks until a figure is as expected.
fn figure_until(operators: &str, name: &str, expected: impl Fn(Option<f64>) -> bool) {
    let since = Instant::now();
    while !expected(figure(operators, name)) {
        assert!(since.elapsed() < LIMIT, "{name} never became as expected: {:?}", figures(operators));
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn requests_are_counted_by_kind_status_and_client() {
    let (server, operators) = server(&[("chicago-dsa.toml", RALLY)], &[]);
    let agent = [("User-Agent", "Google-Calendar-Importer")];
    let all = server.get_with("/all.ics", &agent);
    let tag = all.field("etag").unwrap();
    server.get_with("/all.ics", &[agent[0], ("If-None-Match", tag)]);
    for (path, agent) in [
        ("/es/org/chicago-dsa.ics", "iOS/18.0 (22A3354) dataaccessd/1.0"),
        ("/tag/budget.ics", "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.12026; Pro)"),
        ("/event/rally.ics", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.2.0"),
        ("/combine.ics?tag=budget", "curl/8"),
        ("/org/chicago-dsa", "curl/8"),
        ("/all.json", "curl/8"),
        ("/all.atom", "curl/8"),
        ("/embed/all", "curl/8"),
        ("/feeds.json", "curl/8"),
        ("/nothing-here", "curl/8"),
    ] {
        server.get_with(path, &[("User-Agent", agent)]);
    }
    assert_eq!(request(&server.address, "HEAD", "/all.ics", &[]).status, 200);
    assert_eq!(request(&server.address, "POST", "/all.ics", &[]).status, 405);
    let figures = figures(&operators);
    for (kind, status, client) in [
        ("all", 200, "google"),
        ("all", 304, "google"),
        ("all", 200, "other"),
        ("org", 200, "apple"),
        ("tag", 200, "outlook"),
        ("event", 200, "thunderbird"),
        ("combine", 200, "other"),
        ("page", 200, "other"),
        ("json", 200, "other"),
        ("atom", 200, "other"),
        ("embed", 200, "other"),
        ("fixed", 200, "other"),
        ("other", 404, "other"),
        ("other", 405, "other"),
    ] {
        let name = format!("handbill_http_requests_total{{kind=\"{kind}\",status=\"{status}\",client=\"{client}\"}}");
        assert_eq!(figures.get(&name), Some(&1.0), "{name} in {figures:?}");
    }
    let bytes = figures["handbill_http_response_bytes_total{kind=\"all\"}"];
    assert_eq!(bytes, all.body.len() as f64, "neither the 304 nor the HEAD had a body");
    assert_eq!(figures["handbill_http_request_duration_seconds_count{kind=\"all\"}"], 3.0);
}

#[test]
fn the_state_of_files_and_feeds_is_told() {
    // Two events that do not fit together into the smallest limit that there is.
    let event = |id: &str, day: u8| {
        let text = "x".repeat(6_000);
        format!("[[event]]\nid = \"{id}\"\ntitle = \"T\"\nstart = 2021-03-{day:02}T18:00\ndescription = \"{text}\"\n")
    };
    let full = format!("[organization]\nname = \"Full\"\n{}{}", event("first", 1), event("second", 2));
    let (server, operators) =
        server(&[("chicago-dsa.toml", RALLY), ("full.toml", &full)], &[("HANDBILL_MAX_FEED_BYTES", "10_000")]);
    let before = figures(&operators);
    assert_eq!((before["handbill_events"], before["handbill_feeds{kind=\"event\"}"]), (3.0, 3.0));
    assert_eq!((before["handbill_feeds{kind=\"all\"}"], before["handbill_feeds{kind=\"tag\"}"]), (1.0, 1.0));
    assert_eq!((before["handbill_feed_limit_bytes"], before["handbill_crowded_feeds"]), (10_000.0, 2.0));
    assert_eq!(before["handbill_feed_left_out_events{feed=\"org/full\"}"], 1.0);
    let bytes = server.get("/org/full.ics").body.len();
    assert_eq!(before["handbill_feed_bytes{feed=\"org/full\"}"], bytes as f64);
    assert!(
        before.contains_key("handbill_feed_bytes{feed=\"all\"}")
            && before.contains_key("handbill_build_info{version=\"0.1.0\"}")
    );
    assert!(!before.keys().any(|name| name.contains("32nd-ward")), "feeds with room are not told one by one");
    let problems = "handbill_problems{severity=\"error\"}";
    assert_eq!((before[problems], before["handbill_site_build_duration_seconds_count"]), (0.0, 1.0));

    server.write("full.toml", "title = ");
    figure_until(&operators, problems, |errors| errors > Some(0.0));
    assert!(figure(&operators, "handbill_site_build_duration_seconds_count") > Some(1.0));
    assert_eq!(figure(&operators, "handbill_events"), Some(3.0), "what was published stays");
}

#[test]
fn what_lies_in_memory_is_told() {
    let (server, operators) = server(&[("chicago-dsa.toml", RALLY)], &[]);
    let held = |what: &str| figure(&operators, &format!("handbill_held_bytes{{what=\"{what}\"}}")).unwrap();
    assert_eq!((held("files"), held("copies")), (RALLY.len() as f64, 0.0));
    let feed = server.get("/event/rally.ics").body;
    let event =
        feed.len() - feed.windows(12).position(|part| part == b"BEGIN:VEVENT").unwrap() - "END:VCALENDAR\r\n".len();
    assert_eq!(held("events"), event as f64);
    // What is made ahead may come meanwhile, but nobody asks for the venue's or the tag's by himself.
    for (what, path) in [("feeds", "/tag/budget.json"), ("pages", "/event/rally")] {
        let before = held(what);
        let bytes = server.get_with(path, &[("Accept-Encoding", "gzip")]).body.len();
        assert!(bytes > 0 && held(what) >= before + bytes as f64, "{what}: {before}, then {}", held(what));
    }
}

#[test]
fn partners_are_told_by_slug_and_never_by_address() {
    let site = Site::saying("/a.ics", [Answer::calendar(&weekly()).after(Duration::from_millis(300))]);
    site.say("/broken.ics", [Answer::new("500 Oops", "", "")]);
    let operators = free_address();
    let tables = [
        table("neighbors", &site.url("/a.ics?token=${TOKEN}")),
        table("broken", &site.url("/broken.ics?token=${TOKEN}")),
    ];
    site.say("/a.ics?token=s3cr3t", [Answer::calendar(&weekly()).after(Duration::from_millis(300))]);
    site.say("/broken.ics?token=s3cr3t", [Answer::new("500 Oops", "", "")]);
    let environment = [("HANDBILL_METRICS_LISTEN", operators.as_str()), ("HANDBILL_SECRET_TOKEN", "s3cr3t")];
    let _server = server_of(&[&site], &tables, &[QUICK, &environment].concat());
    figure_until(&operators, "handbill_partner_events{partner=\"neighbors\"}", |events| events == Some(1.0));
    figure_until(&operators, "handbill_partner_failures{partner=\"broken\"}", |failures| failures > Some(0.0));
    let figures = figures(&operators);
    assert_eq!(figures["handbill_held_bytes{what=\"copies\"}"], weekly().len() as f64);
    let of =
        |name: &str, partner: &str| figures.get(&format!("handbill_partner_{name}{{partner=\"{partner}\"}}")).copied();
    assert!((0.0..20.0).contains(&of("age_seconds", "neighbors").unwrap()), "{figures:?}");
    assert!((0.3..20.0).contains(&of("fetch_duration_seconds", "neighbors").unwrap()), "{figures:?}");
    assert_eq!((of("failures", "neighbors"), of("age_seconds", "broken")), (Some(0.0), None));
    assert!(figures.contains_key("handbill_partner_outcome{partner=\"neighbors\",outcome=\"ok\"}"), "{figures:?}");
    assert!(
        figures.contains_key("handbill_partner_outcome{partner=\"broken\",outcome=\"http-status\"}"),
        "{figures:?}"
    );
    assert!(figures["handbill_partner_polls_total{outcome=\"modified\"}"] >= 1.0);
    assert!(figures["handbill_partner_polls_total{outcome=\"http-status\"}"] >= 1.0);
    let text = get(&operators, "/metrics", &[]).text();
    for secret in ["s3cr3t", "token", "127.0.0.1", "a.ics"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

#[test]
fn only_the_address_for_operators_tells_figures() {
    let (server, operators) = server(&[], &[]);
    assert_eq!(server.get("/metrics").status, 404);
    assert_eq!(
        (get(&operators, "/healthz", &[]).text(), get(&operators, "/all.ics", &[]).status),
        ("ok\n".into(), 404)
    );
    assert_eq!(request(&operators, "POST", "/metrics", &[]).status, 405);
    let head = request(&operators, "HEAD", "/metrics", &[]);
    assert_eq!((head.status, head.body.len(), head.field("cache-control")), (200, 0, Some("no-store")));
    assert_eq!(head.field("x-content-type-options"), Some("nosniff"));
    let (_, took, code) = server.stop();
    assert!(took < Duration::from_secs(5) && code == Some(0), "{took:?} {code:?}");
}

#[test]
fn an_address_that_is_taken_costs_no_service() {
    let (_first, operators) = server(&[], &[]);
    let second = Server::start_with(&[("chicago-dsa.toml", RALLY)], &[("HANDBILL_METRICS_LISTEN", &operators)]);
    assert_eq!(second.get("/org/chicago-dsa.ics").status, 200);
    let log = second.log();
    let told: Vec<&str> = log.lines().filter(|line| line.contains("HANDBILL_METRICS_LISTEN")).collect();
    assert!(told.len() == 1 && told[0].contains("WARN") && told[0].contains(&operators), "{log}");
}

/// Prometheus's own reader for Python: each figure by name and labels as it reads them, and the type of each family.
const READER: &str = "
import sys
from prometheus_client.parser import text_string_to_metric_families
for family in text_string_to_metric_families(sys.stdin.read()):
    print(family.name, family.type, bool(family.documentation), len(family.samples))
";

#[test]
fn another_reader_reads_the_same_figures() {
    let can_read = |python: &&str| {
        let import =
            Command::new(python).args(["-c", "import prometheus_client.parser"]).stderr(Stdio::null()).status();
        import.is_ok_and(|status| status.success())
    };
    let Some(python) = ["python3", "/usr/bin/python3"].into_iter().find(can_read) else {
        left_out("Python has no prometheus_client on this machine (tests/run installs it where it can)");
        return;
    };
    let (server, operators) = server(&[("chicago-dsa.toml", RALLY)], &[]);
    server.get("/all.ics");
    let Response { body, .. } = get(&operators, "/metrics", &[]);
    let mut reader =
        Command::new(python).args(["-c", READER]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut reader.stdin.take().unwrap(), &body).unwrap();
    let output = reader.wait_with_output().unwrap();
    let read = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{read}");
    for family in [
        "handbill_http_requests counter True 1\n",
        "handbill_http_request_duration_seconds histogram True 12\n",
        "handbill_feeds gauge True 4\n",
        "handbill_feed_bytes gauge True 1\n",
    ] {
        assert!(read.contains(family), "{family:?} is not in {read}");
    }
    assert!(!read.contains("unknown") && !read.contains("False"), "{read}");
}
