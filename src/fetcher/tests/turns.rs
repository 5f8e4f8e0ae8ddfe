//! Whose turn it is: many partners at once, the round of a running service, who is left alone.

use super::*;

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
