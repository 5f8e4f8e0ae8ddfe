//! Partners of a running server: when and how they are asked, what is served of them, and what they can do no harm to.

use std::fs;
use std::time::{Duration, Instant};

use handbill::text;
use serde_json::Value;

use crate::client::Response;
use crate::server::{LIMIT, RALLY, Server, next_second};
use crate::site::{Answer, Site, calendar};

/// A table of a partner.
fn table(slug: &str, url: &str) -> String {
    format!("\n[[partner]]\nslug = \"{slug}\"\nname = \"Site of {slug}\"\nurl = \"{url}\"\n")
}

/// The file of an organization with partners.
fn file(tables: &[String]) -> String {
    format!("{RALLY}{}", tables.concat())
}

/// A server with one partner at `/a.ics`, and these settings of `[partners]`.
fn server(site: &Site, settings: &[(&str, &str)]) -> Server {
    server_of(&[site], &[table("neighbors", &site.url("/a.ics"))], settings)
}

fn server_of(sites: &[&Site], tables: &[String], settings: &[(&str, &str)]) -> Server {
    let exceptions = Site::exceptions(sites);
    let own = [("HANDBILL_PARTNERS_ALLOW_ADDRESSES", exceptions.as_str())];
    Server::start_with(&[("chicago-dsa.toml", &file(tables))], &[&own, settings].concat())
}

/// A restart in the folder of a server that was killed.
fn again(server: Server, sites: &[&Site], settings: &[(&str, &str)]) -> Server {
    let exceptions = Site::exceptions(sites);
    let own = [("HANDBILL_PARTNERS_ALLOW_ADDRESSES", exceptions.as_str())];
    Server::start_in(server.kill(), &[&own, settings].concat())
}

/// Settings that let a server ask every second.
const QUICK: &[(&str, &str)] = &[("HANDBILL_PARTNERS_REFRESH", "1s"), ("HANDBILL_PARTNERS_REFRESH_FLOOR", "1s")];

fn has<'a>(text: &'a str) -> impl Fn(&Response) -> bool + use<'a> {
    move |response| response.calendar().contains(text)
}

fn lacks<'a>(text: &'a str) -> impl Fn(&Response) -> bool + use<'a> {
    move |response| !response.calendar().contains(text)
}

/// The status of a partner, once it is as expected.
fn status(server: &Server, slug: &str, expected: impl Fn(&Value) -> bool) -> Value {
    let of = |response: &Response| -> Value {
        let status: Value = serde_json::from_slice(&response.body).unwrap();
        let partners = status["partners"].as_array().unwrap();
        partners.iter().find(|partner| partner["id"] == slug).cloned().unwrap_or_default()
    };
    of(&server.get_until("/status.json", |response| expected(&of(response))))
}

fn log_with(server: &Server, text: &str) -> String {
    let since = Instant::now();
    loop {
        let log = server.log_so_far();
        if log.contains(text) {
            return log;
        }
        assert!(since.elapsed() < LIMIT, "{text:?} is not in the log: {log}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn weekly() -> String {
    calendar(&[("weekly", "Weekly Meeting")])
}

#[test]
fn a_partners_events_are_in_every_feed_they_belong_to() {
    let site = Site::saying("/a.ics", [Answer::calendar(&weekly())]);
    let table =
        table("neighbors", &site.url("/a.ics")) + "site = \"https://neighbors.example/\"\ntags = [\"meeting\"]\n";
    let server = server_of(&[&site], &[table], &[]);
    let uid = |response: &Response| {
        let calendars = text::parse(&response.body).unwrap();
        let events = calendars[0].components.iter().filter(|component| component.name == "VEVENT");
        let found = events.filter(|event| event.property("SUMMARY").unwrap().text().contains("Weekly Meeting"));
        found.map(|event| event.property("UID").unwrap().text().to_string()).collect::<Vec<_>>()
    };
    let all = server.get_until("/all.ics", has("Weekly Meeting"));
    assert_eq!(uid(&all).len(), 1);
    for path in ["/org/chicago-dsa.ics", "/partner/neighbors.ics", "/tag/meeting.ics", "/en/all.ics"] {
        let feed = server.get(path);
        assert_eq!((feed.status, text::defects(&feed.body)), (200, vec![]), "{path}");
        assert_eq!(uid(&feed), uid(&all), "{path}");
        assert!(feed.calendar().contains("Via Site of neighbors: https://neighbors.example/"), "{path}");
    }
    assert!(all.text().contains("UID:rally@") && !server.get("/partner/neighbors.ics").text().contains("UID:rally@"));
    assert_eq!(server.get("/org/32nd-ward-united.ics").calendar().matches("BEGIN:VEVENT").count(), 1);
}

#[test]
fn what_has_not_changed_is_asked_for_with_its_validators() {
    let check = |fields: &[u8], etag: Option<&[u8]>, date: Option<&[u8]>| {
        let site = Site::start();
        let whole = Answer::new("200 OK", fields, &weekly());
        site.say("/a.ics", [whole, Answer::raw("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")]);
        let server = server(&site, &[]);
        server.get_until("/all.ics", has("Weekly Meeting"));
        let first = status(&server, "neighbors", |status| status["state"] == "fresh");
        next_second();
        server.signal("HUP");
        let seen = site.wait_for("/a.ics", 2);
        assert_eq!((seen[0].field("if-none-match"), seen[0].field("if-modified-since")), (None, None));
        assert_eq!((seen[1].field("if-none-match"), seen[1].field("if-modified-since")), (etag, date));
        let second = status(&server, "neighbors", |status| status["last_success"] != first["last_success"]);
        assert_eq!((&second["events"], &second["failures"]), (&1.into(), &0.into()));
        assert!(server.get("/all.ics").text().contains("Weekly Meeting"));
    };
    check(b"ETag: W/\"v 1\"\r\n", Some(b"W/\"v 1\""), None);
    check(b"ETag: \"caf\xe9 \xff\"\r\n", Some(b"\"caf\xe9 \xff\""), None);
    check(b"ETag: bare\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n", Some(b"bare"), Some(DATE));
    check(b"Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n", None, Some(DATE));
}

const DATE: &[u8] = b"Thu, 01 Jan 2026 00:00:00 GMT";

#[test]
fn who_asks_to_be_left_alone_is_left_alone_over_a_restart_too() {
    let site = Site::start();
    site.say("/a.ics", [Answer::new("503 Busy", "Retry-After: 3600\r\n", "")]);
    site.say("/b.ics", [Answer::calendar(&weekly())]);
    let tables = [table("busy", &site.url("/a.ics")), table("other", &site.url("/b.ics"))];
    let server = server_of(&[&site], &tables, QUICK);
    let busy = status(&server, "busy", |status| status["failures"] == 1);
    let time = |value: &Value| value.as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!((time(&busy["next_poll"]) - time(&busy["last_attempt"])).num_seconds(), 3_600);
    server.signal("HUP");
    site.wait_for("/b.ics", 2);
    let server = again(server, &[&site], QUICK);
    server.signal("HUP");
    let asked = site.seen("/b.ics").len();
    site.wait_for("/b.ics", asked + 2);
    assert_eq!(site.seen("/a.ics").len(), 1);
    assert_eq!(status(&server, "busy", |_| true)["next_poll"], busy["next_poll"]);
}

#[test]
fn who_names_a_short_time_is_asked_again_after_it() {
    let site = Site::start();
    site.say("/a.ics", [Answer::new("429 Slow Down", "Retry-After: 2\r\n", ""), Answer::calendar(&weekly())]);
    let server = server(&site, QUICK);
    let seen = site.wait_for("/a.ics", 2);
    let gap = seen[1].at - seen[0].at;
    assert!(gap >= Duration::from_secs(2), "{gap:?}");
    server.get_until("/all.ics", has("Weekly Meeting"));
    let log = server.log();
    assert!(log.contains("a partner’s answer is of no use") && log.contains("a partner answers again"), "{log}");
}

#[test]
fn who_fails_is_asked_less_and_less_often() {
    let site = Site::saying("/a.ics", [Answer::new("500 Oops", "", "")]);
    let server = server(&site, QUICK);
    let seen = site.wait_for("/a.ics", 3);
    let [first, second] = [seen[1].at - seen[0].at, seen[2].at - seen[1].at];
    assert!(first >= Duration::from_millis(990), "never below the floor: {first:?}");
    assert!(second >= Duration::from_millis(1_590), "twice as long, less a fifth: {second:?}");
    status(&server, "neighbors", |status| status["failures"] == 3);
    assert_eq!(server.log().matches("of no use").count(), 1, "one line, however often");
}

#[test]
fn who_fails_once_in_a_while_is_no_news() {
    let [good, bad] = [Answer::calendar(&weekly()), Answer::new("500 Oops", "", "")];
    let site = Site::saying("/a.ics", [good.clone(), bad.clone(), good, bad]);
    let server = server(&site, &[]);
    server.get_until("/all.ics", has("Weekly Meeting"));
    for failures in [1, 0, 1, 2] {
        server.signal("HUP");
        status(&server, "neighbors", |status| status["failures"] == failures);
    }
    let log = server.log();
    assert_eq!((log.matches("of no use").count(), log.matches("answers again").count()), (1, 0), "{log}");
}

#[test]
fn no_more_are_asked_at_once_than_may_be() {
    let check = |settings: &[(&str, &str)], most: usize| {
        let site = Site::start();
        let path = |number: usize| format!("/{number}.ics");
        let tables: Vec<String> = (0..8)
            .map(|number| {
                let answer = Answer::calendar(&calendar(&[("one", &format!("Meeting {number}"))]));
                site.say(&path(number), [answer.after(Duration::from_millis(100))]);
                table(&format!("p{number}"), &site.url(&path(number)))
            })
            .collect();
        let server = server_of(&[&site], &tables, settings);
        (0..8).for_each(|number| drop(server.get_until("/all.ics", has(&format!("Meeting {number}")))));
        assert_eq!(site.most_at_once(), most, "{settings:?}");
    };
    check(&[], 1);
    check(&[("HANDBILL_PARTNERS_PER_HOST", "3")], 3);
    let in_all = [("HANDBILL_PARTNERS_CONCURRENCY", "2"), ("HANDBILL_PARTNERS_SILENCE", "1m")];
    check(&[&in_all[..], &[("HANDBILL_PARTNERS_PER_HOST", "100")]].concat(), 2);
}

#[test]
fn the_last_good_copy_survives_a_kill_with_its_validators() {
    let site = Site::saying("/a.ics", [Answer::new("200 OK", "ETag: W/\"v1\"\r\n", &weekly())]);
    let first = server(&site, &[]);
    let before = first.get_until("/all.ics", has("Weekly Meeting"));
    let settled = Instant::now();
    while !fs::read(first.path("state/ledger.json"))
        .is_ok_and(|kept| String::from_utf8_lossy(&kept).contains("neighbors-"))
    {
        assert!(settled.elapsed() < LIMIT, "the ledger was not kept");
        std::thread::sleep(Duration::from_millis(10));
    }
    site.say("/a.ics", [Answer::raw("")]);
    let server = again(first, &[&site], &[]);
    let after = server.get("/all.ics");
    assert!(after.text().contains("Weekly Meeting"), "served at once, before any poll: {}", after.text());
    let events = |response: &Response| response.calendar().split_once("BEGIN:VEVENT").unwrap().1.to_owned();
    assert_eq!(events(&after), events(&before), "the same events to the byte");
    server.signal("HUP");
    assert_eq!(site.wait_for("/a.ics", 2)[1].field("if-none-match"), Some(&b"W/\"v1\""[..]));
    let status = status(&server, "neighbors", |status| status["failures"] == 1);
    assert_eq!((&status["state"], &status["events"]), (&"fresh".into(), &1.into()));
    assert!(server.get("/all.ics").text().contains("Weekly Meeting"));
}

#[test]
fn a_half_written_file_is_never_read() {
    let site = Site::saying("/a.ics", [Answer::new("200 OK", "ETag: \"v1\"\r\n", &weekly())]);
    let first = server(&site, &[]);
    first.get_until("/all.ics", has("Weekly Meeting"));
    let folder = first.kill();
    let path = folder.path().join("state/partners/neighbors.snapshot");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 30]).unwrap();
    fs::write(path.with_file_name(".tmpQ8d3xZ"), &whole).unwrap();
    site.say("/a.ics", [Answer::new("500 Oops", "", ""), Answer::calendar(&weekly())]);
    let exceptions = Site::exceptions(&[&site]);
    let server = Server::start_in(folder, &[("HANDBILL_PARTNERS_ALLOW_ADDRESSES", &exceptions)]);
    assert!(!server.get("/all.ics").text().contains("Weekly Meeting"));
    assert_eq!(site.wait_for("/a.ics", 2)[1].field("if-none-match"), None, "its validators neither");
    status(&server, "neighbors", |status| status["failures"] == 1);
    server.signal("HUP");
    server.get_until("/all.ics", has("Weekly Meeting"));
}

#[test]
fn a_mass_deletion_is_held_and_believed_when_it_lasts() {
    let names: Vec<String> = (0..12).map(|number| format!("event-{number}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
    let site = Site::saying("/a.ics", [Answer::calendar(&calendar(&many)), Answer::calendar(&calendar(&many[..1]))]);
    let server = server(&site, &[("HANDBILL_PARTNERS_HOLD_POLLS", "2")]);
    server.get_until("/all.ics", has("SUMMARY:event-11"));
    for poll in 2..=3 {
        next_second();
        server.signal("HUP");
        site.wait_for("/a.ics", poll);
        let held = status(&server, "neighbors", |status| status["last_attempt"] != status["last_success"]);
        assert!(held["held_since"].is_string() && held["fault"].as_str().unwrap().contains("12"), "{held}");
        assert_eq!((&held["events"], &held["state"]), (&12.into(), &"fresh".into()));
        assert!(server.get("/all.ics").text().contains("SUMMARY:event-11"));
    }
    server.signal("HUP");
    server.get_until("/all.ics", lacks("SUMMARY:event-11"));
    let believed = status(&server, "neighbors", |status| status["events"] == 1);
    assert_eq!((&believed["events_before"], &believed["held_since"]), (&12.into(), &Value::Null));
    assert_eq!(server.log().matches("they stay for now").count(), 1);
}

#[test]
fn what_is_of_no_use_changes_nothing() {
    let check = |answer: Answer, expected: &str| {
        let site = Site::saying("/a.ics", [Answer::calendar(&weekly()), answer]);
        let server = server(&site, &[("HANDBILL_PARTNERS_TIMEOUT", "1s"), ("HANDBILL_PARTNERS_MAX_BYTES", "10000")]);
        let before = server.get_until("/all.ics", has("Weekly Meeting"));
        server.signal("HUP");
        let failed = status(&server, "neighbors", |status| status["failures"] == 1);
        assert!(failed["fault"].as_str().unwrap().contains(expected), "{failed}");
        assert_eq!(failed["events"], 1);
        assert_eq!(server.get("/all.ics").body, before.body, "{expected}");
    };
    let other = calendar(&[("other", "Other")]);
    let lie = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{other}", other.len() + 1);
    check(Answer::raw(lie), "broke off");
    let cut = &other[..other.len() - 20];
    check(Answer::calendar(cut), "END:VCALENDAR");
    check(Answer::calendar("<html></html>"), "web page");
    check(Answer::calendar(&"x".repeat(10_001)), "10000 bytes");
    check(Answer::never(), "1 s");
    check(Answer::new("410 Gone", "", &other), "410");
}

#[test]
fn nobody_leads_into_private_networks() {
    let (site, secret) = (Site::start(), Site::saying("/", [Answer::calendar(&weekly())]));
    let port = secret.address.port();
    let hosts = ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0"];
    let mut tables = vec![table("direct", &secret.url("/"))];
    for (number, host) in hosts.iter().enumerate() {
        let location = format!("Location: http://{host}:{port}/\r\n");
        site.say(&format!("/{number}"), [Answer::new("302 Found", location, "")]);
        tables.push(table(&format!("p{number}"), &site.url(&format!("/{number}"))));
    }
    let server = server_of(&[&site], &tables, &[]);
    for slug in (0..hosts.len()).map(|number| format!("p{number}")).chain(["direct".to_owned()]) {
        let refused = status(&server, &slug, |status| status["failures"] == 1);
        assert!(refused["fault"].as_str().unwrap().contains("private network"), "{refused}");
    }
    assert!(secret.seen("/").is_empty(), "an exception is one address with one port");
    assert!(!server.get("/all.ics").text().contains("Weekly Meeting"));
}

#[test]
fn secrets_reach_their_site_and_nothing_else() {
    let site = Site::saying("/feed?token=s3cr3t-t0ken&x=1", [Answer::new("500 Oops", "", "")]);
    let url = site.url("/feed?token=${KEY}&x=1").replace("http://", "http://me:${PASSWORD}@");
    let secrets = [
        ("HANDBILL_SECRET_KEY", "s3cr3t-t0ken"),
        ("HANDBILL_SECRET_PASSWORD", "s3cr3t-pass"),
        ("HANDBILL_LOG_LEVEL", "trace"),
    ];
    let server = server_of(&[&site], &[table("neighbors", &url)], &secrets);
    status(&server, "neighbors", |status| status["failures"] == 1);
    // What is sent is `me:s3cr3t-pass` as Basic has it.
    let sent = "bWU6czNjcjN0LXBhc3M=";
    let seen = site.wait_for("/feed?token=s3cr3t-t0ken&x=1", 1);
    assert_eq!(seen[0].field("authorization"), Some(format!("Basic {sent}").as_bytes()));
    site.say("/feed?token=s3cr3t-t0ken&x=1", [Answer::calendar(&weekly())]);
    server.signal("HUP");
    server.get_until("/all.ics", has("Weekly Meeting"));
    let paths = [
        "/status",
        "/status.json",
        "/readyz",
        "/feeds.json",
        "/all.ics",
        "/all.json",
        "/partner/neighbors.ics",
        "/metrics",
    ];
    let mut texts: Vec<(String, String)> = paths.map(|path| (path.to_owned(), server.get(path).text())).into();
    let kept = fs::read(server.path("state/partners/neighbors.snapshot")).unwrap();
    texts.push(("the copy".to_owned(), String::from_utf8(kept).unwrap()));
    texts.push(("the log".to_owned(), server.log()));
    for (place, text) in texts {
        for secret in ["s3cr3t", sent, "token="] {
            let at = text.find(secret).map(|at| text[at.saturating_sub(200)..].chars().take(300).collect::<String>());
            assert_eq!(at, None, "{secret} is in {place}");
        }
    }
}

#[test]
fn a_hangup_never_ends_the_server() {
    let server = Server::start(&[("chicago-dsa.toml", RALLY)]);
    for _ in 0..3 {
        server.signal("HUP");
        assert_eq!(server.get("/healthz").status, 200);
    }
    let log = log_with(&server, "all partners are asked now");
    assert_eq!(server.stop().2, Some(0), "{log}");
}

#[test]
fn who_hangs_holds_up_no_request() {
    let site = Site::saying("/good.ics", [Answer::calendar(&weekly()).after(Duration::from_millis(700))]);
    let mut tables: Vec<String> = (0..10)
        .map(|number| {
            site.say(&format!("/{number}.ics"), [Answer::never()]);
            table(&format!("p{number}"), &site.url(&format!("/{number}.ics")))
        })
        .collect();
    tables.push(table("good", &site.url("/good.ics")));
    let settings = [
        ("HANDBILL_PARTNERS_PER_HOST", "16"),
        ("HANDBILL_PARTNERS_CONCURRENCY", "3"),
        ("HANDBILL_PARTNERS_SILENCE", "100ms"),
    ];
    let server = server_of(&[&site], &tables, &settings);
    let (mut slowest, mut asked) = (Duration::ZERO, 0);
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs(1) || !server.get("/all.ics").text().contains("Weekly Meeting") {
        let before = Instant::now();
        assert_eq!(server.get("/org/chicago-dsa.ics").status, 200);
        slowest = slowest.max(before.elapsed());
        asked += 1;
        assert!(since.elapsed() < LIMIT, "who answers came to no turn");
    }
    assert!(slowest < Duration::from_secs(1), "{slowest:?} of {asked}");
    assert!((0..10).all(|number| site.seen(&format!("/{number}.ics")).len() == 1));
}

#[test]
fn the_status_tells_all_of_a_partner() {
    let site = Site::saying(
        "/a.ics",
        [Answer::calendar(&weekly()).after(Duration::from_millis(300)), Answer::new("404 No", "", "")],
    );
    let server = server(&site, &[]);
    let waiting = status(&server, "neighbors", |_| true);
    assert_eq!(
        (&waiting["state"], &waiting["events"], &waiting["last_success"]),
        (&"waiting".into(), &0.into(), &Value::Null)
    );
    let fresh = status(&server, "neighbors", |status| status["state"] == "fresh");
    assert_eq!((&fresh["name"], &fresh["address"]), (&"Site of neighbors".into(), &site.url("/a.ics").into()));
    assert_eq!((&fresh["events"], &fresh["failures"], &fresh["fault"]), (&1.into(), &0.into(), &Value::Null));
    assert_eq!(fresh["last_success"], fresh["last_attempt"]);
    assert!(fresh["next_poll"].as_str() > fresh["last_attempt"].as_str() && fresh["repairs"].is_object());
    next_second();
    server.signal("HUP");
    let failed = status(&server, "neighbors", |status| status["failures"] == 1);
    assert!(failed["fault"].as_str().unwrap().contains("(HTTP 404)"), "{failed}");
    assert_eq!((&failed["state"], &failed["last_success"]), (&"fresh".into(), &fresh["last_success"]));
    assert!(failed["last_attempt"].as_str() > failed["last_success"].as_str());
    let text = server.get("/status").text();
    assert!(text.contains("fault (1 in a row): there is no such page (HTTP 404)"), "{text}");
}

#[test]
fn a_copy_grows_stale_leaves_and_comes_back_and_the_log_tells() {
    let site = Site::saying("/a.ics", [Answer::calendar(&weekly()), Answer::new("500 Oops", "", "")]);
    let settings = [("HANDBILL_PARTNERS_STALE_AFTER", "1s"), ("HANDBILL_PARTNERS_GONE_AFTER", "2s")];
    let server = server(&site, &settings);
    server.get_until("/all.ics", has("Weekly Meeting"));
    status(&server, "neighbors", |status| status["state"] == "stale");
    assert!(server.get("/all.ics").text().contains("Weekly Meeting"), "old, and still shown");
    assert!(!server.get("/all.ics").text().contains("stale"));
    server.get_until("/all.ics", lacks("Weekly Meeting"));
    status(&server, "neighbors", |status| status["state"] == "gone");
    site.say("/a.ics", [Answer::calendar(&weekly())]);
    server.signal("HUP");
    server.get_until("/all.ics", has("Weekly Meeting"));
    let log = server.log();
    let at = |text: &str| log.find(text).unwrap_or_else(|| panic!("{text:?} is not in {log}"));
    assert!(at("copy is stale") < at("has left the feeds") && at("has left the feeds") < at("fresh again"), "{log}");
    assert_eq!(log.matches("copy is stale").count(), 1);
}

#[test]
fn tables_of_partners_take_effect_while_serving() {
    let site = Site::start();
    site.say("/a.ics", [Answer::new("200 OK", "ETag: \"v1\"\r\n", &weekly())]);
    site.say("/b.ics", [Answer::calendar(&calendar(&[("other", "Other Meeting")]))]);
    let server = server_of(&[&site], &[], &[]);
    let [a, b] = [("neighbors", "/a.ics"), ("tenants", "/b.ics")].map(|(slug, path)| table(slug, &site.url(path)));
    // Added.
    server.write("chicago-dsa.toml", &file(&[a.clone(), b.clone()]));
    server.get_until("/all.ics", |response| has("Weekly Meeting")(response) && has("Other Meeting")(response));
    // Changed: what is already there is read in another way, nobody is asked again.
    server.write("chicago-dsa.toml", &file(&[a.clone() + "prefix = \"Neighbors: \"\n", b.clone()]));
    server.get_until("/all.ics", has("SUMMARY:Neighbors: Weekly Meeting"));
    assert_eq!(site.seen("/a.ics").len(), 1);
    // Removed.
    site.say("/a.ics", [Answer::never()]);
    server.write("chicago-dsa.toml", &file(std::slice::from_ref(&b)));
    server.get_until("/all.ics", lacks("Weekly Meeting"));
    assert_eq!(server.get("/partner/neighbors.ics").status, 404);
    // And back, while its site is silent.
    server.write("chicago-dsa.toml", &file(&[a, b.clone()]));
    server.get_until("/all.ics", has("Weekly Meeting"));
    // At an address where nothing answers well: what was there stays.
    server.write("chicago-dsa.toml", &file(&[b.replace("/b.ics", "/typo.ics")]));
    status(&server, "tenants", |status| status["failures"] == 1);
    assert!(server.get("/all.ics").text().contains("Other Meeting"));
    site.say("/c.ics", [Answer::calendar(&calendar(&[("new", "New Meeting")]))]);
    server.write("chicago-dsa.toml", &file(&[b.replace("/b.ics", "/c.ics")]));
    server.get_until("/all.ics", has("New Meeting"));
    assert!(!server.get("/all.ics").text().contains("Other Meeting"));
}

#[test]
fn who_is_to_be_asked_more_often_is_at_once() {
    let site = Site::saying("/a.ics", [Answer::calendar(&weekly())]);
    let server = server(&site, &[("HANDBILL_PARTNERS_REFRESH_FLOOR", "1s")]);
    server.get_until("/all.ics", has("Weekly Meeting"));
    assert_eq!(site.seen("/a.ics").len(), 1);
    server.write("chicago-dsa.toml", &file(&[table("neighbors", &site.url("/a.ics")) + "refresh = \"1s\"\n"]));
    site.wait_for("/a.ics", 2);
}

#[test]
fn after_a_restart_the_overdue_are_asked_one_after_the_other_and_served_at_once() {
    let site = Site::start();
    let tables: Vec<String> = (0..12)
        .map(|number| {
            site.say(&format!("/{number}.ics"), [Answer::calendar(&calendar(&[("x", &format!("Meeting {number}."))]))]);
            table(&format!("site-{number}"), &site.url(&format!("/{number}.ics"))) + "refresh = \"2s\"\n"
        })
        .collect();
    let settings = [("HANDBILL_PARTNERS_REFRESH_FLOOR", "1s"), ("HANDBILL_PARTNERS_PER_HOST", "16")];
    let first = server_of(&[&site], &tables, &settings);
    (0..12).for_each(|number| drop(first.get_until("/all.ics", has(&format!("Meeting {number}.")))));
    let asked = |number: usize| site.seen(&format!("/{number}.ics"));
    let folder = first.kill();
    let before: Vec<usize> = (0..12).map(|number| asked(number).len()).collect();
    std::thread::sleep(Duration::from_millis(2_100));
    let exceptions = Site::exceptions(&[&site]);
    let own = [("HANDBILL_PARTNERS_ALLOW_ADDRESSES", exceptions.as_str())];
    let server = Server::start_in(folder, &[&own[..], &settings].concat());
    let feed = server.get("/all.ics").calendar();
    assert!((0..12).all(|number| feed.contains(&format!("Meeting {number}."))));
    let path = |number: usize| format!("/{number}.ics");
    let times: Vec<Instant> =
        (0..12).map(|number| site.wait_for(&path(number), before[number] + 1)[before[number]].at).collect();
    let spread = *times.iter().max().unwrap() - *times.iter().min().unwrap();
    assert!(spread > Duration::from_millis(700), "{spread:?}");
}
