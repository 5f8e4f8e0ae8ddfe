//! Fetches over loopback, from partner sites of every kind: slow, silent, huge, cut, and those that lead elsewhere.

use std::collections::HashMap;
use std::io::{Read as _, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::partner::poll::sample::{self, calendar};
use crate::partner::{Header, Outcome};

/// A partner site: what it answers is up to each test.
struct Site {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Site {
    /// Answers each connection with a function of the request's head.
    fn start(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, heard) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let (log, answer) = (Arc::clone(&heard), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let head = head(&mut stream);
                    log.lock().unwrap().push(head.clone());
                    answer(&head, &mut stream);
                });
            }
        });
        Self { address, heard }
    }

    /// Gives the same answer to everyone.
    fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |_, stream| say(stream, &answer))
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn head(stream: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).to_lowercase()
}

/// Who is written to may have gone.
fn say(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
}

fn answer(status: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Settings that let these sites be asked.
fn settings(sites: &[&Site]) -> Settings {
    let partners = config::Partners {
        timeout: Duration::from_secs(2),
        allow_addresses: sites.iter().map(|site| site.address).collect(),
        per_host: 100,
        ..config::Partners::default()
    };
    Settings {
        partners,
        public_url: "https://events.test".into(),
        zone: crate::event::sample::zone(),
        uid_domain: "handbill.test".into(),
        clock: || sample::at(0),
    }
}

fn poll_with(settings: Settings, url: &str, snapshot: Snapshot) -> Interpretation {
    let mut turns = Vec::new();
    once(settings, vec![(Arc::new(sample::partner(url)), snapshot)], |done| turns.push(done.turn)).unwrap();
    match turns.pop() {
        Some(Turn::Polled(interpretation)) => *interpretation,
        other => panic!("{other:?}"),
    }
}

/// The fault that a poll ends with; the copy that was there must stay.
fn fault_of(settings: Settings, url: &str) -> (Class, String) {
    let before = sample::snapshot(&sample::partner(url));
    let Interpretation { snapshot, outcome, .. } = poll_with(settings, url, before.clone());
    assert_eq!((outcome, snapshot.body), (Outcome::Rejected, before.body), "{:?}", snapshot.header.fault);
    let fault = snapshot.header.fault.unwrap();
    (fault.class, fault.text)
}

fn check_fault(site: &Site, path: &str, class: Class) {
    let (found, text) = fault_of(settings(&[site]), &site.url(path));
    assert_eq!(found, class, "{text}");
    assert!(!text.is_empty());
}

fn check_events(site: &Site, path: &str, expected: usize) {
    let found = poll_with(settings(&[site]), &site.url(path), Snapshot::default());
    assert_eq!(found.outcome, Outcome::Modified(expected), "{:?}", found.snapshot.header.fault);
}

#[test]
fn a_calendar_is_fetched_with_manners() {
    let site = Site::saying(answer("200 OK", "ETag: W/\"caf\u{e9}\"\r\nSet-Cookie: a=b\r\n", &calendar(0..3)));
    let found = poll_with(settings(&[&site]), &site.url("/a.ics?x=1"), Snapshot::default());
    assert_eq!((found.outcome, found.snapshot.body), (Outcome::Modified(3), calendar(0..3)));
    let heard = &site.heard()[0];
    assert!(heard.starts_with("get /a.ics?x=1 http/1.1\r\n"), "{heard}");
    let agent = format!("user-agent: handbill/{} (+https://events.test)\r\n", env!("CARGO_PKG_VERSION"));
    for field in [agent.as_str(), "accept: text/calendar, */*;q=0.1\r\n", "accept-encoding: gzip\r\n"] {
        assert!(heard.contains(field), "{heard}");
    }
    for field in ["cookie", "referer", "authorization", "if-none-match"] {
        assert!(!heard.contains(field), "{heard}");
    }
}

#[test]
fn validators_travel_byte_for_byte() {
    let tag = b"W/\"caf\xe9 \xff\"";
    let site = Site::start(move |head, stream| {
        if head.contains("if-none-match") {
            say(stream, b"HTTP/1.1 304 Not Modified\r\n\r\n");
        } else {
            say(stream, &[b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: ", &tag[..], b"\r\n\r\n"].concat());
        }
    });
    let partner = sample::partner(&site.url("/"));
    let mut snapshot = sample::snapshot(&partner);
    snapshot.header.etag = Some(tag.iter().map(|byte| char::from(*byte)).collect());
    let found = poll_with(settings(&[&site]), &site.url("/"), snapshot);
    assert_eq!(found.outcome, Outcome::NotModified);
    assert!(site.heard()[0].contains("if-none-match: w/\"caf\u{fffd} \u{fffd}\"\r\n"), "{:?}", site.heard());
}

#[test]
fn who_confirms_another_version_is_asked_for_all() {
    let site = Site::start(|head, stream| match head.contains("if-none-match") {
        true => say(stream, b"HTTP/1.1 304 Not Modified\r\nETag: \"sticky\"\r\n\r\n"),
        false => say(stream, &answer("200 OK", "ETag: \"sticky\"\r\n", &calendar(0..3))),
    });
    let mut snapshot = sample::snapshot(&sample::partner(&site.url("/")));
    snapshot.header.etag = Some("\"v1\"".into());
    let found = poll_with(settings(&[&site]), &site.url("/"), snapshot);
    assert_eq!((found.outcome, found.snapshot.header.etag), (Outcome::Modified(3), Some("\"sticky\"".to_owned())));
    assert_eq!(site.heard().len(), 2);
}

#[test]
fn gzip_is_read_and_bombs_are_not() {
    let coded = "Content-Encoding: gzip\r\n";
    check_events(&Site::saying(answer("200 OK", coded, &gzip(&calendar(0..3)))), "/", 3);
    let (first, last) = (gzip(&calendar(0..3)[..90]), gzip(&calendar(0..3)[90..]));
    check_events(&Site::saying(answer("200 OK", coded, &[first, last].concat())), "/", 3);
    let bomb = gzip(&vec![b' '; 20_000_000]);
    assert!(bomb.len() < 50_000);
    check_fault(&Site::saying(answer("200 OK", coded, &bomb)), "/", Class::TooLarge);
    let twice = "Content-Encoding: gzip, gzip\r\n";
    check_fault(&Site::saying(answer("200 OK", twice, &gzip(&bomb))), "/", Class::NotCalendar);
    let whole = gzip(&calendar(0..3));
    check_fault(&Site::saying(answer("200 OK", coded, &whole[..whole.len() - 9])), "/", Class::Truncated);
}

#[test]
fn what_is_too_large_is_not_read_to_its_end() {
    check_fault(&Site::saying("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n"), "/", Class::TooLarge);
    let endless = Site::start(|_, stream| {
        say(stream, b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR\r\n");
        while stream.write_all(&[b'x'; 65_536]).is_ok() {}
    });
    check_fault(&endless, "/", Class::TooLarge);
    let mut strict = settings(&[&endless]);
    strict.partners.limits.max_bytes = calendar(0..3).len();
    let exact = Site::saying(answer("200 OK", "", &calendar(0..3)));
    strict.partners.allow_addresses = vec![exact.address];
    let found = poll_with(strict.clone(), &exact.url("/"), Snapshot::default());
    assert_eq!(found.outcome, Outcome::Modified(3));
    strict.partners.limits.max_bytes -= 1;
    assert_eq!(fault_of(strict, &exact.url("/")).0, Class::TooLarge);
    let many_fields = Site::start(|_, stream| {
        say(stream, b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(&[b"X-Y: ", &[b'z'; 999][..], b"\r\n"].concat()).is_ok() {}
    });
    check_fault(&many_fields, "/", Class::Connect);
}

#[test]
fn a_cut_answer_is_told_from_a_whole_one() {
    let body = calendar(0..3);
    let lie = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len() + 1);
    check_fault(&Site::saying([lie.as_bytes(), &body].concat()), "/", Class::Truncated);
    let chunked = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n", body.len());
    check_fault(&Site::saying([chunked.as_bytes(), &body, b"\r\n"].concat()), "/", Class::Truncated);
    check_events(&Site::saying([chunked.as_bytes(), &body, b"\r\n0\r\n\r\n"].concat()), "/", 3);
    check_events(&Site::saying([b"HTTP/1.0 200 OK\r\n\r\n", &body[..]].concat()), "/", 3);
    check_fault(&Site::saying([b"HTTP/1.0 200 OK\r\n\r\n", &body[..body.len() - 9]].concat()), "/", Class::Truncated);
    check_fault(&Site::saying(""), "/", Class::Connect);
    check_fault(&Site::saying("220 smtp.test ESMTP\r\n"), "/", Class::Connect);
}

#[test]
fn one_deadline_is_over_everything() {
    let mut checks = Vec::new();
    let mut check = |answer: fn(&mut TcpStream)| {
        checks.push(std::thread::spawn(move || {
            let site = Site::start(move |_, stream| answer(stream));
            let since = Instant::now();
            check_fault(&site, "/", Class::Timeout);
            assert!(since.elapsed() < Duration::from_secs(4), "{:?}", since.elapsed());
        }));
    };
    check(|_| std::thread::sleep(Duration::from_secs(10)));
    check(|stream| {
        for byte in b"HTTP/1.1 200 OK\r\nX-Drip: ".iter().cycle() {
            if stream.write_all(&[*byte]).is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    check(|stream| {
        say(stream, b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR\r\n");
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    check(|stream| {
        while stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    checks.into_iter().for_each(|check| check.join().unwrap());
}

#[test]
fn redirects_are_followed_within_bounds() {
    let good = Site::saying(answer("200 OK", "", &calendar(0..3)));
    let hops = Site::start(move |head, stream| {
        let hop: usize = head[5..6].parse().unwrap();
        let location = if hop == 0 { good.url("/good") } else { format!("/{}", hop - 1) };
        say(stream, &answer("302 Found", &format!("Location: {location}\r\n"), b"moved"));
    });
    let follow = |hops: &Site, path: &str| {
        // The last hop leads to another site; it is let in by the address that the log tells.
        let mut settings = settings(&[hops]);
        settings.partners.redirects = 5;
        fault_of(settings, &hops.url(path)).0
    };
    assert_eq!(follow(&hops, "/4"), Class::Refused, "the fifth redirect leads to an address that is not let in");
    assert_eq!(follow(&hops, "/5"), Class::Redirect);
    let round = Site::saying(answer("301 Moved", "Location: /again\r\n", b""));
    check_fault(&round, "/", Class::Redirect);
    assert_eq!(round.heard().len(), 6);
    for location in ["", "file:///etc/passwd", "gopher://127.0.0.1/", "http://", "data:text/calendar,x"] {
        let site = Site::saying(answer("302 Found", &format!("Location: {location}\r\n"), b""));
        check_fault(&site, "/", Class::Redirect);
    }
    check_fault(&Site::saying(answer("302 Found", "", b"")), "/", Class::HttpStatus);
}

#[test]
fn nobody_leads_us_into_private_networks() {
    let secret = Site::saying(answer("200 OK", "", &calendar(0..9)));
    let port = secret.address.port();
    for host in [
        "127.0.0.1",
        "localhost",
        "127.0.0.2",
        "0.0.0.0",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "partner.example@127.0.0.1",
        "１２７.0.0.1",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[fd00:ec2::254]",
    ] {
        let location = format!("http://{host}:{port}/");
        let site = Site::saying(answer("302 Found", &format!("Location: {location}\r\n"), b""));
        check_fault(&site, "/", Class::Refused);
        assert_eq!(fault_of(settings(&[]), &location).0, Class::Refused, "{host}");
    }
    assert_eq!(secret.heard(), [""; 0]);
}

#[test]
fn passwords_go_to_their_own_site_and_into_no_text() {
    let other = Site::saying(answer("200 OK", "", &calendar(0..3)));
    let elsewhere = other.url("/");
    let site = Site::start(move |head, stream| match head.starts_with("get /a") {
        true => say(stream, &answer("302 Found", "Location: /b\r\n", b"")),
        false => say(stream, &answer("302 Found", &format!("Location: {elsewhere}\r\n"), b"")),
    });
    let url = site.url("/a?token=secret1").replace("http://", "http://secret2:secret3@");
    let found = poll_with(settings(&[&site, &other]), &url, Snapshot::default());
    assert_eq!(found.outcome, Outcome::Modified(3));
    for head in site.heard() {
        assert!(head.contains("authorization: basic c2vjcmv0mjpzzwnyzxqz"), "{head}");
    }
    assert_eq!(other.heard().len(), 1);
    assert!(!other.heard()[0].contains("authorization") && !other.heard()[0].contains("secret"));
    let answers = [
        answer("302 Found", "Location: http://secret4:secret4@127.0.0.1:1/?secret5\r\n", b""),
        answer("302 Found", "Location: ftp://secret4@127.0.0.1/secret5\r\n", b""),
        answer("500 secret4", "", b"secret5"),
        b"secret4".to_vec(),
    ];
    for answer in answers {
        let site = Site::saying(answer);
        let url = site.url("/secret0?token=secret1").replace("http://", "http://secret2:secret3@");
        let (_, text) = fault_of(settings(&[&site]), &url);
        assert!(!text.contains("secret"), "{text}");
    }
    let (class, text) = fault_of(settings(&[]), "http://secret2:secret3@nowhere.invalid/?token=secret1");
    assert!(class == Class::Dns && !text.contains("secret"), "{text}");
}

#[test]
fn only_allowed_hosts_are_asked() {
    let site = Site::saying(answer("200 OK", "", &calendar(0..3)));
    let check = |allowed: &[&str], expected: Result<(), Class>| {
        let mut settings = settings(&[&site]);
        settings.partners.allow_hosts = Some(allowed.iter().map(|host| (*host).to_owned()).collect());
        let found = poll_with(settings, &site.url("/"), Snapshot::default());
        let fault = found.snapshot.header.fault.map(|fault| fault.class);
        assert_eq!(fault.map_or(Ok(()), Err), expected, "{allowed:?}");
    };
    check(&["127.0.0.1"], Ok(()));
    check(&["example.org", "127.0.0.1"], Ok(()));
    check(&["example.org"], Err(Class::Refused));
    check(&[], Err(Class::Refused));
}

#[test]
fn bodies_count_only_with_a_200() {
    for status in ["204 No Content", "206 Partial Content", "404 Not Found", "500 Oops", "999 What"] {
        check_fault(&Site::saying(answer(status, "", &calendar(0..3))), "/", Class::HttpStatus);
    }
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut settings = settings(&[]);
    settings.partners.allow_addresses = vec![nobody];
    let (class, text) = fault_of(settings, &format!("http://{nobody}/"));
    assert_eq!((class, text.as_str()), (Class::Connect, "the connection was refused: nobody answers there"));
}

#[test]
fn tls_that_is_not_right_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        listener.incoming().for_each(|stream| say(&mut stream.unwrap(), b"HTTP/1.1 200 OK\r\n\r\n"))
    });
    let mut settings = settings(&[]);
    settings.partners.allow_addresses = vec![address];
    let (class, text) = fault_of(settings, &format!("https://{address}/"));
    assert_eq!(class, Class::Tls, "{text}");
}

#[test]
fn who_asked_to_be_left_alone_is_left_alone() {
    let site = Site::saying(answer("200 OK", "", &calendar(0..3)));
    let partner = sample::partner(&site.url("/"));
    let mut snapshot = sample::snapshot(&partner);
    snapshot.header.not_before = Some(sample::at(60));
    let mut turns = Vec::new();
    once(settings(&[&site]), vec![(Arc::new(partner), snapshot)], |done| turns.push(done.turn)).unwrap();
    assert!(matches!(turns[..], [Turn::LeftAlone(until)] if until == sample::at(60)), "{turns:?}");
    assert!(site.heard().is_empty());
}

#[test]
fn silent_sites_hold_nobody_up() {
    let site = Site::start(|head, stream| {
        if head.contains("silent") {
            std::thread::sleep(Duration::from_secs(10));
        }
        say(stream, &answer("200 OK", "", &calendar(0..1)));
    });
    let mut settings = settings(&[&site]);
    settings.partners.concurrency = 4;
    settings.partners.silence = Duration::from_millis(100);
    let name = |number: usize| if number < 8 { format!("/silent{number}") } else { format!("/{number}") };
    let partners = (0..40).map(|number| (Arc::new(sample::partner(&site.url(&name(number)))), Snapshot::default()));
    let (since, mut well) = (Instant::now(), Vec::new());
    once(settings, partners.collect(), |done| {
        if matches!(&done.turn, Turn::Polled(found) if found.outcome == Outcome::Modified(1)) {
            well.push(since.elapsed());
        }
    })
    .unwrap();
    assert_eq!(well.len(), 32);
    assert!(well.iter().all(|at| *at < Duration::from_millis(1_900)), "before the first deadline: {well:?}");
}

#[test]
fn a_host_is_asked_by_so_many_at_once() {
    let at_once = Arc::new(Mutex::new((0, 0)));
    let count = Arc::clone(&at_once);
    let site = Site::start(move |_, stream| {
        let enter = |by: i32| {
            let mut count = count.lock().unwrap();
            count.0 += by;
            count.1 = count.1.max(count.0);
        };
        enter(1);
        std::thread::sleep(Duration::from_millis(20));
        enter(-1);
        say(stream, &answer("200 OK", "", &calendar(0..1)));
    });
    let mut settings = settings(&[&site]);
    settings.partners.per_host = 2;
    settings.partners.silence = Duration::from_millis(1);
    let partners =
        (0..12).map(|number| (Arc::new(sample::partner(&site.url(&format!("/{number}")))), Snapshot::default()));
    let mut turns = 0;
    once(settings, partners.collect(), |_| turns += 1).unwrap();
    assert_eq!((turns, at_once.lock().unwrap().1), (12, 2));
}

#[test]
fn the_round_asks_newcomers_and_hears_of_the_end() {
    let site = Site::saying(answer("200 OK", "Retry-After: 60\r\n", &calendar(0..3)));
    let (sender, turns) = mpsc::channel();
    let done = move |done: Done| sender.send(done).unwrap();
    let handle = start(settings(&[&site]), done).unwrap();
    handle.set_partners(vec![Arc::new(sample::partner(&site.url("/")))], HashMap::new());
    let wait = || turns.recv_timeout(Duration::from_secs(10));
    let Turn::Polled(found) = wait().unwrap().turn else { panic!() };
    assert_eq!((found.outcome, site.heard().len()), (Outcome::Modified(3), 1));
    handle.set_partners(vec![Arc::new(sample::partner(&site.url("/moved")))], HashMap::new());
    let Turn::Polled(found) = wait().unwrap().turn else { panic!() };
    assert_eq!((found.outcome, site.heard().len()), (Outcome::Modified(3), 2));
    drop(handle);
    assert_eq!(wait().unwrap_err(), mpsc::RecvTimeoutError::Disconnected);
}

#[test]
fn the_round_keeps_to_the_time_that_was_set() {
    let site = Site::saying(answer("200 OK", "", &calendar(0..3)));
    let partner = Arc::new(sample::partner(&site.url("/")));
    let mut snapshot = sample::snapshot(&partner);
    snapshot.header = Header { next: Some(sample::at(60)), ..snapshot.header };
    let (sender, turns) = mpsc::channel();
    let snapshots = [(partner.slug.clone(), snapshot)].into();
    let done = move |done: Done| sender.send(done).unwrap();
    let handle = start(settings(&[&site]), done).unwrap();
    handle.set_partners(vec![partner], snapshots);
    assert!(turns.recv_timeout(Duration::from_millis(300)).is_err());
    assert_eq!(site.heard(), [""; 0]);
    drop(handle);
}
