//! What editors do to their folder while the server runs, and what people are served meanwhile.

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use crate::client::Response;
use crate::server::{LIMIT, RALLY, Server, next_second};

const OTHER: &str = r#"
[organization]
name = "Tenants’ Council"

[[event]]
id = "meeting"
title = "Meeting"
start = 2021-03-25T18:00
description = "Of the tenants."
"#;

fn server() -> Server {
    Server::start(&[("chicago-dsa.toml", RALLY), ("tenants.toml", OTHER)])
}

fn has<'a>(text: &'a str) -> impl Fn(&Response) -> bool + use<'a> {
    move |response| response.text().contains(text)
}

fn lacks<'a>(text: &'a str) -> impl Fn(&Response) -> bool + use<'a> {
    move |response| !response.text().contains(text)
}

/// Whatever is wrong with a file: both events are served on, and the place of the fault is told.
fn check_kept(break_it: impl FnOnce(&Server), place: &str) {
    let server = server();
    let before = server.get("/all.ics");
    break_it(&server);
    let ready = server.get_until("/readyz", has("warning: "));
    assert_eq!(ready.status, 200);
    assert!(ready.text().contains(place), "{}", ready.text());
    let after = server.get("/all.ics");
    assert_eq!(
        (after.field("etag"), &after.body),
        (before.field("etag"), &before.body),
        "what was published has changed"
    );

    // Saved as editors do, over whatever is there.
    server.write(".mended.toml", &RALLY.replace("Lori Doesn’t", "Lori Still Doesn’t"));
    fs::rename(server.path("feeds/.mended.toml"), server.path("feeds/chicago-dsa.toml")).unwrap();
    server.get_until("/all.ics", has("Lori Still Doesn’t"));
    assert_eq!(server.get("/readyz").text(), "ready\n", "mended");
    let log = server.log();
    assert!(log.contains(place) && log.contains("mended"), "{log}");
}

#[test]
fn an_edit_is_served_within_two_seconds() {
    let server = server();
    let since = Instant::now();
    server.write("chicago-dsa.toml", &RALLY.replace("Unity Park", "Unity Square"));
    server.get_until("/org/32nd-ward-united.ics", has("Unity Square"));
    let elapsed = since.elapsed();
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
    for path in
        ["/all.ics", "/es/all.ics", "/event/rally.ics", "/tag/budget.ics", "/combine.ics?tag=budget", "/all.json"]
    {
        assert!(server.get(path).text().contains("Unity Square"), "{path}");
    }
}

#[test]
fn a_typo_keeps_the_last_good_version() {
    check_kept(
        |server| server.write("chicago-dsa.toml", &RALLY.replace("title = \"Lori", "title = Lori")),
        "feeds/chicago-dsa.toml:8:9: error",
    );
}

#[test]
fn an_unknown_key_keeps_the_last_good_event() {
    check_kept(
        |server| server.write("chicago-dsa.toml", &RALLY.replace("\ntitle = \"Lori", "\ntitel = \"Lori")),
        "feeds/chicago-dsa.toml:8:1: error: unknown key `titel`",
    );
}

#[test]
fn an_empty_file_keeps_the_last_good_version() {
    check_kept(|server| server.write("chicago-dsa.toml", ""), "feeds/chicago-dsa.toml:1:1: error: the file is empty");
}

#[test]
fn a_file_that_is_no_text_keeps_the_last_good_version() {
    check_kept(
        |server| fs::write(server.path("feeds/chicago-dsa.toml"), b"[organization]\nname = \"Caf\xe9\"\n").unwrap(),
        "not UTF-8",
    );
}

#[test]
fn a_day_that_does_not_exist_keeps_the_last_good_event() {
    check_kept(
        |server| server.write("chicago-dsa.toml", &RALLY.replace("23T18:00", "32T18:00")),
        "feeds/chicago-dsa.toml:9:9: error",
    );
}

#[test]
fn a_file_that_cannot_be_read_keeps_the_last_good_version() {
    // A link that leads to itself cannot be read, whoever asks.
    check_kept(
        |server| {
            let path = server.path("feeds/chicago-dsa.toml");
            fs::remove_file(&path).unwrap();
            std::os::unix::fs::symlink(&path, &path).unwrap();
        },
        "feeds/chicago-dsa.toml",
    );
}

#[test]
fn a_bad_event_costs_only_itself() {
    let server = server();
    let bad = "[[event]]\nid = \"bad\"\ntitle = \"Bad\"\nstart = 2021-03-14T02:30\n";
    let good = "[[event]]\nid = \"good\"\ntitle = \"Good\"\nstart = 2021-03-14T03:30\ndescription = \"x\"\n";
    server.write("chicago-dsa.toml", &format!("{RALLY}\n{bad}\n{good}"));
    let feed = server.get_until("/all.ics", has("UID:good"));
    assert!(feed.text().contains("UID:rally") && !feed.text().contains("UID:bad"));
    assert!(server.get("/readyz").text().contains("does not exist"));
}

#[test]
fn a_deleted_file_takes_its_events_along() {
    let server = server();
    fs::remove_file(server.path("feeds/chicago-dsa.toml")).unwrap();
    let feed = server.get_until("/all.ics", lacks("UID:rally"));
    assert!(feed.text().contains("UID:meeting"));
    for path in ["/org/chicago-dsa.ics", "/org/32nd-ward-united.ics", "/event/rally.ics", "/tag/budget.ics"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    assert_eq!(server.get("/readyz").text(), "ready\n");
}

#[test]
fn a_renamed_file_is_another_organization() {
    let server = server();
    fs::rename(server.path("feeds/tenants.toml"), server.path("feeds/renters.toml")).unwrap();
    server.get_until("/org/renters.ics", has("UID:meeting"));
    assert_eq!(server.get("/org/tenants.ics").status, 404);
    assert_eq!(server.get("/all.ics").text().matches("UID:meeting").count(), 1);
}

#[test]
fn a_new_file_is_served() {
    let server = Server::start(&[]);
    assert_eq!(server.get("/all.ics").status, 200, "an empty calendar is one");
    server.write("tenants.toml", OTHER);
    server.get_until("/org/tenants.ics", has("UID:meeting"));
}

#[test]
fn an_atomic_save_is_served() {
    let server = server();
    for place in ["First Place", "Second Place", "Third Place"] {
        let temporary = server.path("feeds/.chicago-dsa.toml.swp");
        fs::write(&temporary, RALLY.replace("Unity Park", place)).unwrap();
        fs::rename(&temporary, server.path("feeds/chicago-dsa.toml")).unwrap();
        server.get_until("/all.ics", has(place));
    }
    assert_eq!(server.get("/readyz").text(), "ready\n");
}

#[test]
fn a_half_saved_file_loses_nothing() {
    let server = server();
    let text = RALLY.replace("Unity Park", "Unity Square");
    let (one, two) = text.split_at(text.find("[event.es]").unwrap() - 40);
    let mut file = fs::File::create(server.path("feeds/chicago-dsa.toml")).unwrap();
    file.write_all(one.as_bytes()).unwrap();
    // Half of it is there for as long as it takes to be seen and told of.
    server.get_until("/readyz", has("warning: "));
    let meanwhile = server.get("/all.ics").text();
    assert!(meanwhile.contains("UID:rally") && meanwhile.contains("UID:meeting"), "{meanwhile}");
    file.write_all(two.as_bytes()).unwrap();
    drop(file);
    server.get_until("/all.ics", has("Unity Square"));
    assert_eq!(server.get("/readyz").text(), "ready\n");
}

#[test]
fn the_folder_may_go_away_and_come_back() {
    let server = server();
    let before = server.get("/all.ics");
    fs::rename(server.path("feeds"), server.path("elsewhere")).unwrap();
    let since = Instant::now();
    // Long enough for the server to look and miss it.
    while since.elapsed() < Duration::from_millis(1500) {
        assert_eq!(server.get("/all.ics").body, before.body);
        std::thread::sleep(Duration::from_millis(50));
    }
    let ready = server.get_until("/readyz", has("warning: "));
    assert!(ready.status == 200 && ready.text().contains("feeds:1:1: error: the folder"), "{}", ready.text());
    fs::rename(server.path("elsewhere"), server.path("feeds")).unwrap();
    server.get_until("/readyz", |ready| ready.text() == "ready\n");
    server.write("chicago-dsa.toml", &RALLY.replace("Unity Park", "Unity Square"));
    server.get_until("/all.ics", has("Unity Square"));
    // Once more, now that the first watch belongs to a folder that was away.
    server.write("chicago-dsa.toml", RALLY);
    server.get_until("/all.ics", has("Unity Park"));
    assert!(server.log().contains("cannot be read"));
}

#[test]
fn a_kill_and_a_restart_with_a_broken_file_lose_nothing() {
    let server = server();
    server.write("chicago-dsa.toml", &RALLY.replace("Unity Park", "Unity Square"));
    server.get_until("/all.ics", has("Unity Square"));
    let kept = server.path("state/feeds/chicago-dsa.toml");
    let since = Instant::now();
    while !fs::read_to_string(&kept).is_ok_and(|text| text.contains("Unity Square")) {
        assert!(since.elapsed() < LIMIT, "no copy was kept");
        std::thread::sleep(Duration::from_millis(10));
    }
    let address = server.address.clone();
    let before = server.get("/all.ics");
    let folder = server.kill();
    fs::write(folder.path().join("feeds/chicago-dsa.toml"), "title = ").unwrap();
    next_second();
    let server = Server::start_in(folder, &[("HANDBILL_LISTEN", &address)]);
    let after = server.get("/all.ics");
    assert_eq!(after.text(), before.text());
    assert_eq!(after.field("last-modified"), before.field("last-modified"));
    assert!(server.get("/readyz").text().contains("feeds/chicago-dsa.toml:1:"));
}
