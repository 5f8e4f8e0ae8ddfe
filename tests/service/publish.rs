//! `handbill publish` and `handbill serve --publish`, to an S3 on this machine: what a reader finds there, and what harm costs.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::client::Response;
use crate::server::{LIMIT, RALLY, Server, command};
use crate::store::{Harm, Harmful, SECRET, Store, environment};
use crate::subcommands::{finish, folder};

const TARGET: &str = "s3://bucket/site";

fn files() -> TempDir {
    folder(&[("feeds/chicago-dsa.toml", RALLY)])
}

fn publishing(folder: &Path, address: &str) -> Command {
    let mut command = command(folder);
    command.args(["publish", TARGET]).envs(environment(address)).stdin(Stdio::null());
    command
}

/// Exit code, standard output and standard error.
fn publish(folder: &Path, address: &str) -> (i32, String, String) {
    let done = finish(&mut publishing(folder, address));
    assert!(!done.1.contains(SECRET) && !done.2.contains(SECRET), "a secret was told: {done:?}");
    done
}

fn change(folder: &Path, text: &str) {
    fs::write(folder.join("feeds/chicago-dsa.toml"), text).unwrap();
}

fn moved() -> String {
    RALLY.replace("18:00", "19:00").replace("32nd Ward United", "33rd Ward")
}

/// A number of the summary, such as that before "objects uploaded".
fn number(summary: &str, word: &str) -> usize {
    let before = summary.split(word).next().unwrap().trim_end();
    before.rsplit([' ', ',']).next().unwrap().parse().unwrap_or_else(|_| panic!("{summary}"))
}

fn text(response: &Response) -> String {
    let mut text = String::new();
    match response.field("content-encoding") {
        Some("gzip") => drop(flate2::read::GzDecoder::new(&response.body[..]).read_to_string(&mut text).unwrap()),
        _ => text = response.text(),
    }
    text
}

/// That no page leads to what is not there, and no feed is a part of one.
fn assert_is_whole(store: &Store, when: &str) {
    let keys = store.keys();
    for key in &keys {
        let found = store.get(key);
        assert_eq!(found.status, 200, "{when}: {key}");
        if key.ends_with(".ics") {
            assert!(found.text().ends_with("END:VCALENDAR\r\n"), "{when}: {key} is cut");
        }
        if found.field("content-type") == Some("text/html; charset=utf-8") {
            for link in text(&found).split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                let link = link.strip_prefix("http://127.0.0.1:8080").unwrap_or(link);
                let is_feed = link.starts_with('/') && link.ends_with(".ics");
                assert!(!is_feed || keys.contains(&link[1..].to_owned()), "{when}: {key} leads to {link}");
            }
        }
    }
}

#[test]
fn a_reader_finds_the_site_in_the_store() {
    let Some(store) = Store::start() else { return };
    let folder = files();
    let (code, out, error) = publish(folder.path(), &store.address);
    assert_eq!((code, error.as_str()), (0, ""), "{out}");
    let all = number(&out, " objects uploaded");
    assert!(
        out.starts_with("s3://bucket/site: ") && out.ends_with(" objects uploaded, 0 removed, 0 as they were\n"),
        "{out}"
    );
    assert_eq!(store.keys().len(), all);

    let feed = store.get("org/chicago-dsa.ics");
    assert_eq!(feed.field("content-type"), Some("text/calendar; charset=utf-8"));
    assert_eq!(feed.field("content-encoding"), None);
    assert_eq!(feed.field("content-disposition"), Some("inline; filename=\"chicago-dsa.ics\""));
    assert!(feed.field("cache-control").unwrap().contains("max-age=300"));
    assert_eq!(feed.field("x-amz-meta-handbill").unwrap().len(), 32);
    let page = store.get("org/chicago-dsa");
    assert_eq!(page.field("content-type"), Some("text/html; charset=utf-8"));
    assert!(text(&page).contains("/org/chicago-dsa.ics"));
    for key in ["index.html", "es/index.html", "404.html", "es/org/chicago-dsa", "embed/all.js", "feeds.json"] {
        assert_eq!(store.get(key).status, 200, "{key}");
    }
    assert_is_whole(&store, "at first");

    let (_, out, _) = publish(folder.path(), &store.address);
    assert_eq!(number(&out, " objects uploaded"), 0, "{out}");
    change(folder.path(), &moved());
    let (_, out, _) = publish(folder.path(), &store.address);
    let (uploaded, removed) = (number(&out, " objects uploaded"), number(&out, " removed"));
    assert!(uploaded < all && removed > 5, "{out}");
    assert_eq!(store.get("org/32nd-ward-united.ics").status, 404);
    assert!(store.get("event/rally.ics").text().contains("SEQUENCE:1"), "revisions are kept in the store");
    assert_is_whole(&store, "after a change");
}

#[test]
fn any_request_may_go_wrong_once() {
    let Some(store) = Store::start() else { return };
    let folder = files();
    let proxy = Harmful::before(&store, |_| Harm::None);
    assert_eq!(publish(folder.path(), &proxy.address).0, 0);
    let texts = [moved(), RALLY.to_owned()];
    for (turn, harm) in [Harm::Cut, Harm::Torn, Harm::Unheard, Harm::Refused].into_iter().cycle().take(12).enumerate() {
        change(folder.path(), &texts[turn % 2]);
        let at = proxy.asked() + 1 + 4 * turn;
        proxy.becomes(move |request| if request == at { harm } else { Harm::None });
        let (code, out, error) = publish(folder.path(), &proxy.address);
        assert_eq!(code, 0, "{harm:?} at {}: {error}", 1 + 4 * turn);
        assert!(proxy.asked() >= at, "{harm:?}: so many requests were not made: {out}");
        let gone = ["org/33rd-ward.ics", "org/32nd-ward-united.ics"][(turn + 1) % 2];
        assert_eq!(store.get(gone).status, 404, "{harm:?} at {}", 1 + 4 * turn);
        assert_is_whole(&store, &format!("{harm:?} at {}", 1 + 4 * turn));
    }
}

#[test]
fn a_publisher_that_is_killed_is_followed_by_one_that_goes_on() {
    let Some(store) = Store::start() else { return };
    let folder = files();
    let proxy = Harmful::before(&store, |request| if request > 60 { Harm::Hangs } else { Harm::None });
    let mut killed = publishing(folder.path(), &proxy.address).stdout(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while proxy.asked() <= 60 {
        assert!(begun.elapsed() < 3 * LIMIT, "it never came so far");
        std::thread::sleep(Duration::from_millis(10));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_is_whole(&store, "killed");
    let before = store.keys().len();
    assert!(before > 30);
    proxy.becomes(|_| Harm::None);
    let (code, out, error) = publish(folder.path(), &proxy.address);
    assert_eq!(code, 0, "{error}");
    assert!(error.contains("was stopped a moment ago"), "{error}");
    assert_eq!(number(&out, " as they were"), before, "{out}");
    assert_eq!(store.keys().len(), before + number(&out, " objects uploaded"), "{out}");
    assert_eq!(proxy.uploads(), store.keys().len(), "nothing was uploaded twice");
    assert_is_whole(&store, "completed");
}

#[test]
fn a_server_publishes_each_change_too() {
    let Some(store) = Store::start() else { return };
    let proxy = Harmful::before(&store, |_| Harm::None);
    let url = ("HANDBILL_PUBLIC_URL", "http://127.0.0.1:8080".to_owned());
    let environment: Vec<(&str, String)> = environment(&proxy.address).into_iter().chain([url]).collect();
    let server = Server::publishing(&[("chicago-dsa.toml", RALLY)], &environment, TARGET);
    store.get_until("index.html", |page| page.status == 200);
    assert_eq!(store.get("event/rally.ics").body, server.get("/event/rally.ics").body, "what is served is there");

    proxy.becomes(|_| Harm::Hangs);
    server.write("chicago-dsa.toml", &RALLY.replace("Spend", "Give"));
    server.get_until("/event/rally.ics", |feed| feed.text().contains("Give"));
    let begun = Instant::now();
    (0..20).for_each(|_| assert_eq!(server.get("/org/chicago-dsa").status, 200));
    assert!(begun.elapsed() < LIMIT, "requests wait for the store");
    server.log_until("publishing fails");
    server.write("chicago-dsa.toml", &moved());
    proxy.becomes(|_| Harm::None);
    store.get_until("event/rally.ics", |feed| feed.text().contains("T190000"));
    store.get_until("org/32nd-ward-united.ics", |feed| feed.status == 404);
    let log = server.log_until("publishing works again");
    assert_eq!(log.matches("publishing fails").count(), 1, "{log}");
    assert!(!log.contains(SECRET), "{log}");

    proxy.becomes(|_| Harm::Hangs);
    server.write("chicago-dsa.toml", RALLY);
    let asked = proxy.asked();
    let begun = Instant::now();
    while proxy.asked() == asked && begun.elapsed() < LIMIT {
        std::thread::sleep(Duration::from_millis(10));
    }
    let (_, took, code) = server.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}: a store that hangs holds the end up");
    assert_is_whole(&store, "stopped");
}

#[test]
fn a_folder_is_published_to_like_a_build() {
    let folder = files();
    let site = folder.path().join("site");
    let (code, out, error) = finish(command(folder.path()).arg("publish").arg(format!("file://{}", site.display())));
    assert_eq!(code, 0, "{error}");
    assert!(
        out.contains("files written") && site.join("org/chicago-dsa.html").exists() && site.join("_headers").exists()
    );
    let held = Server::publishing(&[("chicago-dsa.toml", RALLY)], &[], &format!("file://{}", site.display()));
    held.log_until("published: ");
    let (code, _, error) = finish(command(folder.path()).args(["build", "--out", "site"]));
    assert_eq!(code, 1);
    assert!(error.contains("another handbill writes to site"), "{error}");

    // Whoever serves goes on, and publishes once it can.
    let second = Server::publishing(&[("chicago-dsa.toml", &moved())], &[], &format!("file://{}", site.display()));
    assert_eq!(second.get("/org/chicago-dsa.ics").status, 200);
    second.log_until("publishing fails");
    held.stop();
    second.log_until("publishing works again");
    assert!(fs::read_to_string(site.join("event/rally.ics")).unwrap().contains("T190000"));
}

#[test]
fn a_folder_that_was_taken_away_is_made_again() {
    let folder = files();
    let site = folder.path().join("site");
    let server = Server::publishing(&[("chicago-dsa.toml", RALLY)], &[], &format!("file://{}", site.display()));
    server.log_until("published: ");
    fs::remove_dir_all(&site).unwrap();
    server.write("chicago-dsa.toml", &moved());
    let begun = Instant::now();
    let is_there = || fs::read_to_string(site.join("event/rally.ics")).is_ok_and(|feed| feed.contains("T190000"));
    while !is_there() || !site.join("index.html").exists() {
        assert!(begun.elapsed() < LIMIT, "{}", server.log());
        std::thread::sleep(Duration::from_millis(10));
    }
    let (code, _, error) = finish(command(folder.path()).args(["build", "--out", "site"]));
    assert!(code == 1 && error.contains("another handbill writes to site"), "it is held again: {error}");
}

#[test]
fn what_cannot_be_published_to_is_told_without_secrets() {
    let folder = files();
    for url in ["s3://AKIA:hunter2@bucket/site", "ftp://example.org/site"] {
        for arguments in [&["publish", url][..], &["serve", "--publish", url]] {
            let (code, _, error) = finish(command(folder.path()).args(arguments));
            assert_eq!(code, 1, "{arguments:?}");
            assert!(!error.contains("hunter2") && error.len() < 400, "{error}");
        }
    }
    let address = crate::server::free_address();
    let mut plain = publishing(folder.path(), &address);
    let (code, _, error) = finish(plain.env_remove("AWS_ALLOW_HTTP"));
    assert_eq!(code, 1, "without AWS_ALLOW_HTTP, nothing goes over the network in the clear: {error}");
    assert!(!error.contains(SECRET), "{error}");
}
