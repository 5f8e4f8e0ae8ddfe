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

mod bounds;
mod connections;
mod destinations;
mod turns;

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
