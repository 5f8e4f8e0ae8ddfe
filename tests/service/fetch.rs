//! `handbill fetch`, and `handbill build` from what it kept.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::server::{RALLY, command};
use crate::site::{Answer, Site, calendar};

fn folder(site: &Site) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("feeds")).unwrap();
    let table = |slug: &str| {
        format!(
            "\n[[partner]]\nslug = \"{slug}\"\nname = \"{slug}\"\nurl = \"{}\"\n",
            site.url(&format!("/{slug}.ics"))
        )
    };
    let text = format!("{RALLY}{}{}", table("good"), table("bad"));
    fs::write(folder.path().join("feeds/chicago-dsa.toml"), text).unwrap();
    folder
}

/// Exit code, standard output and standard error.
fn run(folder: &Path, site: &Site, arguments: &[&str]) -> (i32, String, String) {
    let exceptions = Site::exceptions(&[site]);
    finish(command(folder).args(arguments).env("HANDBILL_PARTNERS_ALLOW_ADDRESSES", exceptions))
}

fn finish(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn site() -> Site {
    let site = Site::start();
    let good = calendar(&[("one", "First Meeting"), ("two", "Second Meeting")]);
    site.say(
        "/good.ics",
        [Answer::new("200 OK", "ETag: \"v1\"\r\n", &good), Answer::raw("HTTP/1.1 304 Not Modified\r\n\r\n")],
    );
    site.say("/bad.ics", [Answer::new("503 Busy", "Retry-After: 3600\r\n", "")]);
    site
}

#[test]
fn fetch_tells_a_line_for_each_partner() {
    let site = site();
    let folder = folder(&site);
    let (code, out, error) = run(folder.path(), &site, &["fetch", "good"]);
    assert_eq!((code, out.as_str(), error.as_str()), (0, "good: 2 events, new\n", ""));
    assert!(site.seen("/bad.ics").is_empty(), "only who is named is asked");
    let (code, out, _) = run(folder.path(), &site, &["fetch"]);
    let mut lines: Vec<&str> = out.lines().collect();
    lines.sort_unstable();
    assert_eq!(code, 1);
    assert_eq!(lines[1], "good: 2 events, nothing new");
    assert_eq!(site.seen("/good.ics")[1].field("if-none-match"), Some(&b"\"v1\""[..]));
    let refused = "bad: rejected: the site has a fault of its own (HTTP 503) (the last good copy has 0 events)";
    assert_eq!(lines[0], refused);
    let (code, out, _) = run(folder.path(), &site, &["fetch", "bad"]);
    assert!(code == 0 && out.starts_with("bad: not asked: it wants to be left alone until 20"), "{out}");
    assert_eq!(site.seen("/bad.ics").len(), 1);
}

#[test]
fn fetch_tells_programs_the_same() {
    let site = site();
    let folder = folder(&site);
    let (code, out, _) = run(folder.path(), &site, &["fetch", "--format", "json"]);
    let mut lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.sort_by_key(|line| line["partner"].to_string());
    assert_eq!((code, lines.len()), (1, 2));
    assert_eq!((&lines[0]["partner"], &lines[0]["outcome"]), (&"bad".into(), &"rejected".into()));
    assert_eq!((&lines[0]["class"], &lines[0]["events"]), (&"http-status".into(), &0.into()));
    assert!(lines[0]["fault"].as_str().unwrap().contains("HTTP 503"));
    assert_eq!((&lines[1]["outcome"], &lines[1]["events"]), (&"modified".into(), &2.into()));
    assert!(lines[1]["next"].is_string() && lines[1]["fault"].is_null());
}

#[test]
fn fetch_names_the_partners_to_who_asks_for_another() {
    let site = site();
    let folder = folder(&site);
    let (code, out, error) = run(folder.path(), &site, &["fetch", "good", "godo"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(error.contains("\"godo\"") && error.contains("bad, good"), "{error}");
    assert!(site.seen("/good.ics").is_empty());
    assert_eq!(run(folder.path(), &site, &["fetch", "--format", "xml"]).0, 2);
}

#[test]
fn build_publishes_what_was_kept_without_a_network() {
    let site = site();
    let folder = folder(&site);
    run(folder.path(), &site, &["fetch"]);
    let asked = site.seen("/good.ics").len();
    let (code, _, error) = run(folder.path(), &site, &["build", "--out", "site"]);
    assert_eq!(code, 0, "{error}");
    assert_eq!(site.seen("/good.ics").len(), asked, "nobody is asked");
    for path in ["all.ics", "org/chicago-dsa.ics", "partner/good.ics", "es/all.ics"] {
        let feed = fs::read_to_string(folder.path().join("site").join(path)).unwrap();
        assert!(feed.contains("First Meeting") && feed.contains("Second Meeting"), "{path}");
    }
}
