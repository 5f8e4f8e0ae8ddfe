//! Clients that take their time: each is cut within the time that the settings give, and others do not notice.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::server::{LIMIT, RALLY, Server};

/// The timeout is one second, the server looks once a second, and the rest is for a machine that is busy.
const AT_MOST: Duration = Duration::from_secs(6);

fn server() -> Server {
    Server::start_with(&[("chicago-dsa.toml", RALLY)], &[("HANDBILL_CLIENT_TIMEOUT", "1s")])
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    stream
}

/// Sends `drip` again and again, until the server ends the connection; how long that took, and what it answered.
fn until_cut(stream: &mut TcpStream, drip: &[u8]) -> (Duration, Vec<u8>) {
    let since = Instant::now();
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        assert!(since.elapsed() < LIMIT, "it was never cut");
        if stream.write_all(drip).is_err() {
            return (since.elapsed(), answer);
        }
        match stream.read(&mut buffer) {
            Ok(0) => return (since.elapsed(), answer),
            Ok(length) => answer.extend_from_slice(&buffer[..length]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return (since.elapsed(), answer),
        }
    }
}

fn check(server: &Server, sent: &[u8], drip: &[u8]) -> String {
    let mut stream = connect(server);
    stream.write_all(sent).unwrap();
    let (elapsed, answer) = until_cut(&mut stream, drip);
    assert!(elapsed < AT_MOST, "cut only after {elapsed:?}");
    assert_eq!(server.get("/healthz").text(), "ok\n", "others are served");
    String::from_utf8(answer).unwrap()
}

#[test]
fn a_slow_head_is_cut() {
    let server = server();
    check(&server, b"GET /all.ics HTTP/1.1\r\nHost: x\r\n", b"X-Slow: x\r\n");
    check(&server, b"GET /", b"a");
}

#[test]
fn a_slow_second_head_is_cut() {
    let server = server();
    let request = b"GET /all.ics HTTP/1.1\r\nHost: x\r\n\r\nGET /all.ics HTTP/1.1\r\nHost: x\r\n";
    let answer = check(&server, request, b"X-Slow: x\r\n");
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 1);
}

#[test]
fn an_idle_connection_is_cut() {
    let server = server();
    let answer = check(&server, b"", b"");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    let answer = check(&server, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"");
    assert!(answer.starts_with("HTTP/1.1 200"));
}

#[test]
fn a_body_that_never_comes_is_cut() {
    let server = server();
    for method in ["POST", "PUT", "GET"] {
        let head = format!("{method} /all.ics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
        check(&server, head.as_bytes(), b"");
        check(&server, head.as_bytes(), b"x");
    }
    check(&server, b"POST /all.ics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n");
}

/// A feed of about two megabytes.
fn big() -> Server {
    let long = "A long description. ".repeat(900);
    let events: String = (0..110)
        .map(|n| format!("[[event]]\nid = \"e{n}\"\ntitle = \"E\"\nstart = 2021-03-02\ndescription = \"{long}\"\n"))
        .collect();
    let environment = [("HANDBILL_CLIENT_TIMEOUT", "1s"), ("HANDBILL_MAX_FEED_BYTES", "10000000")];
    Server::start_with(&[("big.toml", &events)], &environment)
}

#[test]
fn a_client_that_reads_nothing_is_cut() {
    let server = big();
    let mut stream = connect(&server);
    // More than any buffer between the two holds.
    stream.write_all(b"GET /all.ics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20).as_slice()).unwrap();
    let since = Instant::now();
    // Reading nothing, it learns that it was cut when it writes on.
    while stream.write_all(b"G").is_ok() {
        assert!(since.elapsed() < LIMIT, "it was never cut");
        std::thread::sleep(Duration::from_millis(50));
    }
    let elapsed = since.elapsed();
    assert!(elapsed < AT_MOST, "cut only after {elapsed:?}");
    assert_eq!(server.get("/healthz").text(), "ok\n");
}

#[test]
fn a_client_that_reads_slowly_gets_all() {
    let server = big();
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.write_all(b"GET /all.ics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let since = Instant::now();
    let (mut total, mut buffer, mut end) = (0, vec![0; 64 * 1024], Vec::new());
    loop {
        let length = stream.read(&mut buffer).unwrap();
        if length == 0 {
            break;
        }
        total += length;
        end = buffer[..length].to_vec();
        // A steady trickle, for longer than the timeout.
        std::thread::sleep(Duration::from_millis(60));
    }
    assert!(since.elapsed() > Duration::from_secs(1), "that was too fast to prove anything");
    assert!(total > 2_000_000, "{total}");
    assert!(end.ends_with(b"END:VCALENDAR\r\n"));
}
