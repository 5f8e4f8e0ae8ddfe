//! When and how partners are asked: conditions, waits, places, signals.

use super::*;

const DATE: &[u8] = b"Thu, 01 Jan 2026 00:00:00 GMT";

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
