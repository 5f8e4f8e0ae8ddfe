//! What the log tells of files and feeds: each change once, in the form and from the level that was asked for.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::server::{LIMIT, RALLY, Server};

const BROKEN: &str = "[organization]\nname = \"Tenants’ Council\"\n[[event]]\nid = \"meeting\"\ntitel = \"Meeting\"\nstart = 2021-03-25T18:00\n";

/// Waits until the log has a text so many times, and gives it.
fn log_with(server: &Server, text: &str, times: usize) -> String {
    let since = Instant::now();
    loop {
        let log = server.log_so_far();
        if log.matches(text).count() >= times {
            return log;
        }
        assert!(since.elapsed() < LIMIT, "{text:?} is not in the log {times} times: {log}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Has something else published, so that whatever is told at each rebuild is told again.
fn rebuild(server: &Server, round: usize) {
    server.write("chicago-dsa.toml", &RALLY.replace("Unity Park", &format!("Park {round}")));
    log_with(server, "published files=1", round);
}

#[test]
fn a_file_that_breaks_and_heals_is_told_once_each() {
    let server = Server::start(&[("chicago-dsa.toml", RALLY), ("tenants.toml", &BROKEN.replace("titel", "title"))]);
    server.write("tenants.toml", BROKEN);
    log_with(&server, "published files=1", 1);
    rebuild(&server, 2);
    // What is wrong has moved to another line, and is the same.
    server.write("tenants.toml", &format!("# A comment.\n{BROKEN}"));
    log_with(&server, "published files=1", 3);
    rebuild(&server, 4);
    server.write("tenants.toml", &BROKEN.replace("titel", "title"));
    log_with(&server, "published files=1", 5);
    rebuild(&server, 6);
    let log = server.log();
    let told: Vec<&str> = log.lines().filter(|line| line.contains("feeds/tenants.toml")).collect();
    // Whenever it is not broken it lacks a description.
    let expected = [
        "WARN handbill::feeds: feeds/tenants.toml:5:9: warning: the event has no description",
        "WARN handbill::feeds: feeds/tenants.toml:5:1: error: unknown key `titel`",
        "WARN handbill::feeds: feeds/tenants.toml:5:9: warning: the event has no description",
        "INFO handbill::feeds: feeds/tenants.toml: its errors are mended",
    ];
    assert_eq!(told.len(), expected.len(), "{log}");
    assert!(told.iter().zip(expected).all(|(line, text)| line.contains(text)), "{log}");
}

#[test]
fn a_file_with_many_faults_is_one_line_and_so_is_its_mending() {
    let event = |number: usize| {
        format!("[[event]]\nid = \"e{number}\"\ntitel = \"T\"\nstart = 2021-03-25T18:00\ndescription = \"D\"\n")
    };
    let events: String = (1..=5).map(event).collect();
    let file = |events: &str| format!("[organization]\nname = \"Tenants\"\n{events}");
    let server = Server::start(&[("tenants.toml", &file(&events)), ("chicago-dsa.toml", RALLY)]);
    log_with(&server, "unknown key `titel`", 1);
    server.write("tenants.toml", &file(&events.replacen("titel", "title", 2)));
    log_with(&server, "published files=1", 1);
    server.write("tenants.toml", &file(&events.replace("titel", "title")));
    log_with(&server, "nothing is wrong with it any more", 1);
    let log = server.log();
    let told: Vec<&str> = log.lines().filter(|line| line.contains("feeds/tenants.toml")).collect();
    assert_eq!(told.len(), 3, "{log}");
    assert!(told[0].contains("`handbill check` tells all"), "{log}");
    assert!(told[1].contains("INFO") && told[1].contains("2 of 5 problems are mended"), "{log}");
}

#[test]
fn a_second_fault_of_the_same_kind_is_told() {
    let server = Server::start(&[("tenants.toml", BROKEN)]);
    let log = log_with(&server, "unknown key `titel`", 1);
    assert_eq!(log.matches("unknown key `titel`").count(), 1);
    let second = BROKEN.split_once("[[event]]").unwrap().1.replace("meeting", "second");
    server.write("tenants.toml", &format!("{BROKEN}[[event]]{second}"));
    log_with(&server, "published files=1", 1);
    assert_eq!(server.log().matches("unknown key `titel`").count(), 2);
}

/// An event of about so many bytes.
fn event(id: &str, bytes: usize) -> String {
    let text = "x".repeat(bytes);
    format!("[[event]]\nid = \"{id}\"\ntitle = \"T\"\nstart = 2021-03-01T18:00\ndescription = \"{text}\"\n")
}

#[test]
fn a_feed_that_goes_past_its_limit_and_comes_back_is_told_once_each() {
    let of = |events: &[String]| format!("[organization]\nname = \"Full\"\n{}", events.concat());
    let (roomy, near) = (of(&[event("first", 3_000)]), of(&[event("first", 3_000), event("second", 4_700)]));
    let past = of(&[event("first", 3_000), event("second", 9_000)]);
    let server = Server::start_with(
        &[("full.toml", &roomy), ("chicago-dsa.toml", RALLY)],
        &[("HANDBILL_MAX_FEED_BYTES", "10_000")],
    );
    for (step, text) in [&near, &past, &near, &roomy].into_iter().enumerate() {
        server.write("full.toml", text);
        log_with(&server, "published files=1", 2 * step + 1);
        rebuild(&server, 2 * step + 2);
    }
    let log = server.log();
    let told: Vec<&str> = log.lines().filter(|line| line.contains("feed=\"/org/full.ics\"")).collect();
    let expected = [
        ("WARN", "a feed is near its size limit"),
        ("WARN", "a feed is past its size limit"),
        ("INFO", "a feed is within its size limit again"),
        ("INFO", "a feed is no longer near its size limit"),
    ];
    assert_eq!(told.len(), expected.len(), "{log}");
    for (line, (level, text)) in told.iter().zip(expected) {
        assert!(line.contains(level) && line.contains(text), "{text:?} is not in {line}");
    }
}

#[test]
fn lines_are_json_where_that_is_asked_for_and_levels_go_by_module() {
    let settings = [("HANDBILL_LOG_FORMAT", "json"), ("HANDBILL_LOG_LEVEL", "off,handbill::feeds=warn")];
    let server = Server::start_with(&[("tenants.toml", BROKEN)], &settings);
    log_with(&server, "unknown key", 1);
    server.write("tenants.toml", &BROKEN.replace("titel", "title"));
    server.get_until("/all.ics", |feed| feed.text().contains("Meeting"));
    fs::write(server.path("feeds/other.toml"), "title = ").unwrap();
    log_with(&server, "other.toml", 1);
    let log = server.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() >= 2, "{log}");
    for line in &lines {
        assert_eq!((&line["target"], &line["level"]), (&"handbill::feeds".into(), &"WARN".into()), "{log}");
    }
    let message = lines[0]["fields"]["message"].as_str().unwrap();
    assert!(message.starts_with("feeds/tenants.toml:5:1: error: unknown key"), "{message}");
}
