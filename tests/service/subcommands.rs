//! The command line: `check`, `build`, `schema`, help, signals, settings, and what is told when something is wrong with them.

use std::collections::BTreeMap;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::server::{RALLY, Server, command, free_address, next_second};

const WRONG: &str = r#"
[[event]]
id = "gap"
title = "Gap"
start = 2021-03-14T02:30
titel = "x"
description = "x"
"#;

pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("feeds")).unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Exit code, standard output and standard error.
pub fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    finish(command(folder).args(arguments))
}

pub fn finish(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn check_is_content_with_good_files() {
    let folder = folder(&[("feeds/chicago-dsa.toml", RALLY)]);
    let (code, out, _) = run(folder.path(), &["check"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("1 events of 2 organizations") || out.contains("1 event of 2 organizations"), "{out}");
    let (code, out, _) = run(folder.path(), &["check", "--format", "json"]);
    assert_eq!((code, serde_json::from_str::<Value>(&out).unwrap()), (0, Value::Array(vec![])));
    assert_eq!(run(folder.path(), &["check", "--format", "github"]), (0, String::new(), String::new()));
    assert!(!folder.path().join("state").exists(), "a check keeps nothing");
}

#[test]
fn check_tells_all_problems_in_each_format() {
    let folder = folder(&[("feeds/chicago-dsa.toml", RALLY), ("feeds/wrong.toml", WRONG)]);
    let (code, out, _) = run(folder.path(), &["check"]);
    assert_eq!(code, 1);
    for part in
        ["feeds/wrong.toml:5:9", "start = 2021-03-14T02:30", "^^^^", "-05:00", "feeds/wrong.toml:6:1", "`title`"]
    {
        assert!(out.contains(part), "{part} is not in\n{out}");
    }
    let (code, out, _) = run(folder.path(), &["check", "--format", "json"]);
    let problems: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, problems.as_array().unwrap().len()), (1, 2), "{out}");
    assert_eq!(
        (&problems[0]["file"], &problems[0]["line"], &problems[0]["column"]),
        (&"feeds/wrong.toml".into(), &5.into(), &9.into())
    );
    assert_eq!(problems[0]["severity"], "error");
    let (code, out, _) = run(folder.path(), &["check", "--format", "github"]);
    assert_eq!((code, out.lines().count()), (1, 2));
    assert!(out.lines().all(|line| line.starts_with("::error file=feeds/wrong.toml,line=")), "{out}");
}

#[test]
fn warnings_alone_are_no_failure() {
    let folder = folder(&[("feeds/a.toml", "[[event]]\nid = \"a\"\ntitle = \"A\"\nstart = 2021-03-14\n")]);
    let (code, out, _) = run(folder.path(), &["check"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("warning"), "{out}");
}

#[test]
fn wrong_usage_has_a_code_of_its_own() {
    let folder = folder(&[]);
    for arguments in [&["check", "--format", "xml"][..], &["chekc"], &["build"], &["--nothing"], &["schema", "venues"]]
    {
        let (code, _, error) = run(folder.path(), arguments);
        assert_eq!(code, 2, "{arguments:?}: {error}");
        assert!(error.contains("--help"), "{error}");
    }
}

#[test]
fn help_reads_well() {
    let folder = folder(&[]);
    let (code, out, _) = run(folder.path(), &["--help"]);
    assert_eq!(code, 0);
    for part in ["serve", "check", "build", "schema", "--config", "HANDBILL_LISTEN"] {
        assert!(out.contains(part), "{part} is not in\n{out}");
    }
    assert!(run(folder.path(), &["--version"]).1.starts_with("handbill "));
}

#[test]
fn schemas_are_json() {
    let folder = folder(&[]);
    for (of, key) in [("feeds", "event"), ("config", "listen")] {
        let (code, out, _) = run(folder.path(), &["schema", of]);
        let schema: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(code, 0);
        assert!(schema["$schema"].is_string() && schema["title"].is_string(), "{of}");
        assert!(schema["properties"][key].is_object(), "{of}: {key}");
    }
    assert_eq!(run(folder.path(), &["schema"]).1, run(folder.path(), &["schema", "feeds"]).1);
}

/// What tells whether a file was written anew: by its path below the folder.
pub fn traces(out: &Path) -> BTreeMap<String, (u64, i64, i64)> {
    fn below(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { below(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    below(out, &mut found);
    let trace = |path: std::path::PathBuf| {
        let metadata = fs::metadata(&path).unwrap();
        (
            path.strip_prefix(out).unwrap().display().to_string(),
            (metadata.ino(), metadata.mtime(), metadata.mtime_nsec()),
        )
    };
    found.into_iter().map(trace).collect()
}

#[test]
fn build_writes_the_site_and_only_what_changed() {
    let folder = folder(&[("feeds/chicago-dsa.toml", RALLY)]);
    let (code, _, error) = run(folder.path(), &["build", "--out", "site"]);
    assert_eq!(code, 0, "{error}");
    let out = folder.path().join("site");
    let first = traces(&out);
    for path in [
        "all.ics",
        "all.json",
        "es/all.ics",
        "en/org/chicago-dsa.ics",
        "org/32nd-ward-united.ics",
        "event/rally.ics",
        "feeds.json",
        "robots.txt",
    ] {
        assert!(first.contains_key(path), "{path} is not among {:?}", first.keys());
    }
    assert!(!first.keys().any(|path| path.contains("readyz") || path.contains("healthz")));
    let stamp = line(&out.join("event/rally.ics"), "DTSTAMP");

    next_second();
    assert_eq!(run(folder.path(), &["build", "--out", "site"]).0, 0);
    assert_eq!(traces(&out), first, "nothing is written the second time");

    fs::write(folder.path().join("feeds/chicago-dsa.toml"), RALLY.replace("\"32nd Ward United\"", "\"33rd Ward\""))
        .unwrap();
    fs::write(out.join("notes.txt"), "not ours").unwrap();
    assert_eq!(run(folder.path(), &["build", "--out", "site"]).0, 0);
    let third = traces(&out);
    assert!(!third.contains_key("org/32nd-ward-united.ics") && third.contains_key("org/33rd-ward.ics"));
    assert!(third.contains_key("notes.txt"), "what is not ours stays");
    assert_ne!(line(&out.join("event/rally.ics"), "DTSTAMP"), stamp, "a change of words moves the stamp");
    assert_eq!(line(&out.join("event/rally.ics"), "SEQUENCE"), "SEQUENCE:0");

    fs::write(folder.path().join("feeds/chicago-dsa.toml"), RALLY.replace("18:00", "19:00")).unwrap();
    assert_eq!(run(folder.path(), &["build", "--out", "site"]).0, 0);
    assert_eq!(line(&out.join("event/rally.ics"), "SEQUENCE"), "SEQUENCE:1", "revisions are kept in the folder");
}

fn line(path: &Path, name: &str) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines().find(|line| line.starts_with(name)).unwrap().to_owned()
}

#[test]
fn a_built_site_is_what_is_served() {
    let server = Server::start(&[("chicago-dsa.toml", RALLY)]);
    let site = server.path("site");
    let ledger = server.path("state/ledger.json");
    let since = std::time::Instant::now();
    while !ledger.exists() && since.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(10));
    }
    fs::create_dir_all(site.join(".handbill")).unwrap();
    fs::copy(ledger, site.join(".handbill/ledger.json")).unwrap();
    let url = format!("http://{}", server.address);
    let built = finish(command(server.folder.path()).args(["build", "--out", "site"]).env("HANDBILL_PUBLIC_URL", url));
    assert_eq!(built.0, 0, "{}", built.2);
    for path in ["/all.ics", "/es/all.json", "/org/chicago-dsa.ics", "/event/rally.ics", "/feeds.json", "/robots.txt"] {
        assert_eq!(fs::read(site.join(&path[1..])).unwrap(), server.get(path).body, "{path}");
    }
}

#[test]
fn build_writes_nothing_where_something_is_wrong() {
    let folder = folder(&[("feeds/wrong.toml", WRONG)]);
    let (code, _, error) = run(folder.path(), &["build", "--out", "site"]);
    assert_eq!(code, 1);
    assert!(error.contains("handbill check"), "{error}");
    assert!(!folder.path().join("site/all.ics").exists());
}

#[test]
fn a_signal_ends_the_server_at_once_and_in_order() {
    let server = Server::start(&[("chicago-dsa.toml", RALLY)]);
    server.get("/all.ics");
    let (_, elapsed, code) = server.stop();
    assert_eq!(code, Some(0));
    assert!(elapsed < Duration::from_secs(3), "{elapsed:?}");
}

#[test]
fn idle_connections_do_not_keep_the_server() {
    let server = Server::start(&[("chicago-dsa.toml", RALLY)]);
    let idle: Vec<TcpStream> = (0..5).map(|_| TcpStream::connect(&server.address).unwrap()).collect();
    server.get("/all.ics");
    let (_, elapsed, code) = server.stop();
    drop(idle);
    assert_eq!(code, Some(0));
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
}

#[test]
fn the_environment_goes_before_the_file() {
    let settings = "name = \"From the file\"\ndescription = \"Also from the file\"\n";
    let folder = folder(&[("feeds/chicago-dsa.toml", RALLY), ("config/handbill.toml", settings)]);
    let server = Server::start_in(folder, &[("HANDBILL_NAME", "From the environment"), ("HANDBILL_DESCRIPTION", "")]);
    let feed = server.get("/all.ics").calendar();
    assert!(feed.contains("NAME:From the environment\r\n"));
    assert!(feed.contains("X-WR-CALDESC:Also from the file\r\n"), "an empty variable counts as unset");
}

#[test]
fn another_file_of_settings_may_be_named() {
    let folder = folder(&[("events/a.toml", RALLY), ("other.toml", "feeds = \"events\"\n")]);
    let (code, out, error) = run(folder.path(), &["--config", "other.toml", "check"]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("1 file"), "{out}");
    let (code, _, error) = run(folder.path(), &["check", "--config", "missing.toml"]);
    assert_ne!(code, 0);
    assert!(error.contains("missing.toml"), "{error}");
}

#[test]
fn wrong_settings_are_told_with_their_place() {
    let folder =
        folder(&[("config/handbill.toml", "name = \"x\"\nlisten = \"nowhere\"\ntimezon = \"America/Chicago\"\n")]);
    let (code, _, error) = run(folder.path(), &[]);
    assert_ne!(code, 0);
    for part in ["config/handbill.toml:2:10", "config/handbill.toml:3:1", "`timezone`"] {
        assert!(error.contains(part), "{part} is not in\n{error}");
    }
    let (code, _, error) =
        finish(command(folder.path()).args(["--config", "/dev/null"]).env("HANDBILL_REFRESH", "soon"));
    assert_ne!(code, 0);
    assert!(error.contains("HANDBILL_REFRESH"), "{error}");
}

#[test]
fn a_port_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = folder(&[("feeds/chicago-dsa.toml", RALLY)]);
    let (code, _, error) = finish(command(folder.path()).env("HANDBILL_LISTEN", &address));
    assert_ne!(code, 0);
    assert!(error.contains(&address) && error.contains("HANDBILL_LISTEN"), "{error}");
}

#[test]
fn a_second_server_in_one_folder_is_told() {
    let server = Server::start(&[("chicago-dsa.toml", RALLY)]);
    let (code, _, error) = finish(command(server.folder.path()).env("HANDBILL_LISTEN", free_address()));
    assert_ne!(code, 0);
    assert!(error.contains("state"), "{error}");
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_missing_folder_of_events_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["check"][..], &["build", "--out", "site"], &[]] {
        let (code, _, error) = finish(command(folder.path()).args(arguments).env("HANDBILL_LISTEN", "127.0.0.1:0"));
        assert_ne!(code, 0, "{arguments:?}");
        assert!(error.contains("feeds"), "{arguments:?}: {error}");
    }
}

/// Runs git in a folder, without the settings of whoever runs the tests.
fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.current_dir(folder).args(["-c", "user.name=Test", "-c", "user.email=test@example.org"]).args(arguments);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    assert!(git.output().unwrap().status.success(), "git {arguments:?}");
}

/// A folder whose files are committed.
fn committed(files: &[(&str, &str)]) -> TempDir {
    let folder = folder(files);
    git(folder.path(), &["init", "--quiet"]);
    commit(folder.path());
    folder
}

fn commit(folder: &Path) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", "x"]);
}

#[test]
fn diff_tells_what_a_change_means_for_subscribers() {
    let folder = committed(&[("feeds/chicago-dsa.toml", RALLY), ("feeds/notes.txt", "no events")]);
    let (code, out, err) = run(folder.path(), &["diff"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "changes nothing for subscribers\n", ""));
    let file = folder.path().join("feeds/chicago-dsa.toml");
    let other = RALLY.replace("T18:00", "T17:00");
    assert_ne!(other, RALLY);
    fs::write(&file, other).unwrap();
    let (code, out, _) = run(folder.path(), &["diff"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("moves 1 event; affects "), "{out}");
    commit(folder.path());
    assert!(run(folder.path(), &["diff"]).1.starts_with("changes nothing"));
    let (_, out, _) = run(folder.path(), &["diff", "HEAD~1", "--format", "markdown"]);
    assert!(out.starts_with("**moves 1 event; affects "), "{out}");
    fs::remove_file(&file).unwrap();
    let (_, out, _) = run(folder.path(), &["diff", "--format", "json"]);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["events"][0]["effects"][0]["effect"], "removes", "{out}");
}

#[test]
fn diff_compares_what_can_be_compared() {
    let folder = committed(&[("feeds/chicago-dsa.toml", RALLY)]);
    fs::write(folder.path().join("feeds/chicago-dsa.toml"), "[organization\n").unwrap();
    fs::write(folder.path().join("feeds/other.toml"), RALLY.replace("id = \"", "id = \"other-")).unwrap();
    let (code, out, err) = run(folder.path(), &["diff"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("adds 1 event; affects ") && out.contains("(other-rally)"), "{out}");
    assert!(err.contains("what is wrong counts as it was at HEAD"), "{err}");
}

#[test]
fn diff_says_why_it_cannot() {
    let alone = folder(&[("feeds/chicago-dsa.toml", RALLY)]);
    let (code, _, err) = run(alone.path(), &["diff"]);
    assert!(code == 1 && err.contains("nothing to compare feeds with: git") && err.contains("repository"), "{err}");
    let (code, _, err) = finish(command(alone.path()).arg("diff").env("PATH", "/nowhere"));
    assert!(code == 1 && err.contains("git cannot be run"), "{err}");
    let folder = committed(&[("feeds/chicago-dsa.toml", RALLY)]);
    for revision in ["nonsense", "--output=/tmp/x", "", "HEAD:feeds"] {
        let (code, _, err) = run(folder.path(), &["diff", revision]);
        assert!(code == 1 && err.contains("revision"), "{revision}: {err}");
    }
}
