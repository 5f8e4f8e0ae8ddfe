//! What partners can do no harm to: feeds, private networks, secrets, requests, the log.

use super::*;

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
