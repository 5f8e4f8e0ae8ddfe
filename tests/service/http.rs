//! What an answer says beside its body: validators, codings, methods, and what is not there.

use std::io::Read;

use crate::client::{exchange, get, request};
use crate::server::{RALLY, Server};

fn server() -> Server {
    Server::start(&[("chicago-dsa.toml", RALLY)])
}

#[test]
fn a_feed_is_described_in_full() {
    let response = server().get("/org/chicago-dsa.ics");
    assert_eq!(response.status, 200);
    let expect = |name: &str, value: &str| assert_eq!(response.field(name), Some(value), "{name}");
    expect("content-type", "text/calendar; charset=utf-8");
    expect("content-disposition", "inline; filename=\"chicago-dsa.ics\"");
    expect("content-length", &response.body.len().to_string());
    expect("vary", "Accept-Encoding");
    expect("access-control-allow-origin", "*");
    expect("x-content-type-options", "nosniff");
    assert!(response.field("cache-control").unwrap().contains("stale-if-error="));
    assert!(response.field("last-modified").unwrap().ends_with(" GMT"));
    assert_eq!(response.field("content-encoding"), None);
    assert_eq!(response.field("set-cookie"), None);
}

#[test]
fn each_coding_has_its_own_tag_and_the_same_content() {
    let server = server();
    let plain = server.get("/all.ics");
    let zipped = server.get_with("/all.ics", &[("Accept-Encoding", "gzip")]);
    let packed = server.get_with("/all.ics", &[("Accept-Encoding", "gzip, br")]);
    assert_eq!(zipped.field("content-encoding"), Some("gzip"));
    assert_eq!(packed.field("content-encoding"), Some("br"));
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&*zipped.body).read_to_end(&mut text).unwrap();
    assert_eq!(text, plain.body);
    let mut text = Vec::new();
    brotli::BrotliDecompress(&mut &*packed.body, &mut text).unwrap();
    assert_eq!(text, plain.body);
    let tags = [&plain, &zipped, &packed].map(|response| response.field("etag").unwrap().to_owned());
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2]);
    let again = server.get_with("/all.ics", &[("Accept-Encoding", "gzip"), ("If-None-Match", &tags[1])]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.field("etag"), Some(&*tags[1]));
    for name in ["cache-control", "vary", "last-modified"] {
        assert_eq!(again.field(name), zipped.field(name), "{name}");
    }
    let other = server.get_with("/all.ics", &[("If-None-Match", &tags[1])]);
    assert_eq!(other.status, 200, "the tag of another coding is another tag");
}

#[test]
fn conditions_hold_on_every_form() {
    let server = server();
    for path in
        ["/all.ics", "/all.json", "/es/all.ics", "/event/rally.ics", "/feeds.json", "/combine.ics?tag=budget", "/"]
    {
        let first = server.get(path);
        let (tag, date) = (first.field("etag").unwrap(), first.field("last-modified").unwrap());
        assert_eq!(server.get_with(path, &[("If-None-Match", tag)]).status, 304, "{path}");
        assert_eq!(server.get_with(path, &[("If-Modified-Since", date)]).status, 304, "{path}");
        assert_eq!(
            server.get_with(path, &[("If-None-Match", "\"x\""), ("If-Modified-Since", date)]).status,
            200,
            "{path}"
        );
        assert_eq!(server.get_with(path, &[("If-Match", "\"x\"")]).status, 412, "{path}");
    }
}

#[test]
fn head_is_get_without_the_body() {
    let server = server();
    for path in ["/all.ics", "/feeds.json", "/nothing"] {
        let (get, head) = (server.get(path), request(&server.address, "HEAD", path, &[]));
        assert_eq!(head.body, b"", "{path}");
        let described = |response: &crate::client::Response| {
            let mut fields = response.fields.clone();
            fields.retain(|(name, _)| !name.eq_ignore_ascii_case("date"));
            fields.sort();
            (response.status, fields)
        };
        assert_eq!(described(&get), described(&head), "{path}");
    }
}

#[test]
fn other_methods_are_told_which_there_are() {
    let server = server();
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"] {
        let response = request(&server.address, method, "/all.ics", &[]);
        assert_eq!((response.status, response.field("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    let probe = request(&server.address, "PUT", "/all.ics", &[("If-Match", "nothing"), ("Content-Length", "0")]);
    assert_eq!(probe.status, 405, "a client that looks for a writable calendar");
}

#[test]
fn what_is_not_there_is_a_short_text() {
    let server = server();
    for path in
        ["/nothing.ics", "/org/nobody.ics", "/xx/all.ics", "/..%2f..%2fetc/passwd.txt", "/all.ics%00", "//all.ics"]
    {
        let response = server.get(path);
        assert_eq!(response.status, 404, "{path}");
        assert_eq!(response.field("content-type"), Some("text/plain; charset=utf-8"), "{path}");
        assert_eq!(response.field("etag"), None);
        assert!(response.text().contains("/feeds.json"), "{path}");
    }
    assert!(!server.get("/org/%3Cscript%3E.ics").text().contains("script"));
}

#[test]
fn links_come_from_the_settings_and_never_from_the_request() {
    let public = ("HANDBILL_PUBLIC_URL", "https://calendar.example.org/");
    let server = Server::start_at(&[("chicago-dsa.toml", RALLY)], &[public]);
    let directory = get(
        &server.address,
        "/feeds.json",
        &[("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example")],
    );
    assert!(directory.text().contains("\"https://calendar.example.org/all.ics\""));
    assert!(!directory.text().contains("evil.example") && !directory.text().contains(&server.address));
}

#[test]
fn unknown_parameters_do_not_count() {
    let server = server();
    let (plain, with) = (server.get("/all.ics"), server.get("/all.ics?utm_source=x&_=1"));
    assert_eq!((with.status, with.field("etag")), (200, plain.field("etag")));
}

#[test]
fn operators_have_their_addresses() {
    let server = server();
    assert_eq!(server.get("/healthz").text(), "ok\n");
    assert!(server.get("/readyz").text().starts_with("ready\n"));
    assert!(server.get("/robots.txt").text().contains("Allow: /"));
}

#[test]
fn requests_may_come_one_after_another_on_a_connection() {
    let server = server();
    let one = format!("GET /all.ics HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
    let last = format!("GET /all.ics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
    let answers = exchange(&server.address, format!("{}{last}", one.repeat(99)).as_bytes());
    let count = answers.windows(12).filter(|window| window == b"HTTP/1.1 200").count();
    assert_eq!(count, 100);
}

#[test]
fn a_request_is_logged_in_one_line_without_an_address() {
    let server = Server::start_with(&[("chicago-dsa.toml", RALLY)], &[("HANDBILL_LOG_REQUESTS", "true")]);
    server.get("/all.ics");
    server.get("/evil%0a%1b[2J");
    let log = server.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("handbill::request")).collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].contains("/all.ics") && lines[0].contains("200"), "{log}");
    assert!(!log.contains("127.0.0.1"), "{log}");
    assert!(!log.contains('\u{1b}'), "{log}");
}
