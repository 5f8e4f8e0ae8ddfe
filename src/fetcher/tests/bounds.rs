//! Fetches that must end: bombs, endless and cut answers, slow and silent sites.

use super::*;

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
