//! Where fetches go and where not: redirects, private networks, hosts, certificates, passwords.

use super::*;

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
