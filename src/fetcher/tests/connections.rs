//! Connections that are kept for a moment: they serve several partners of one site, and cost none of them its answer.

use super::*;

/// A site that answers up to so many requests of each connection, then hangs up; how many connections it has had.
fn patient_site(patience: usize) -> (Site, Arc<Mutex<usize>>) {
    let connections = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&connections);
    let site = Site::start(move |_, stream| {
        *counted.lock().unwrap() += 1;
        for asked in 1.. {
            say(stream, &answer("200 OK", "", &calendar(0..3)));
            // The next request is heard before the site hangs up: whoever sent it gets nothing.
            if head(stream).is_empty() || asked == patience {
                return;
            }
        }
    });
    (site, connections)
}

/// Asks three partners of a site, one after another; how many were answered.
fn ask_three(site: &Site) -> usize {
    let mut settings = settings(&[site]);
    settings.partners.per_host = 1;
    let partner = |number| (Arc::new(sample::partner(&site.url(&format!("/{number}.ics")))), Snapshot::default());
    let mut answered = 0;
    once(settings, (0..3).map(partner).collect(), |done| {
        let Turn::Polled(interpretation) = done.turn else { panic!("{:?}", done.turn) };
        answered += usize::from(interpretation.outcome == Outcome::Modified(3));
    })
    .unwrap();
    answered
}

#[test]
fn partners_of_one_site_share_a_connection() {
    let (site, connections) = patient_site(usize::MAX);
    assert_eq!(ask_three(&site), 3);
    assert_eq!(*connections.lock().unwrap(), 1);
}

#[test]
fn who_is_hung_up_on_asks_again_over_a_connection_of_its_own() {
    let (site, connections) = patient_site(1);
    assert_eq!(ask_three(&site), 3);
    assert!(*connections.lock().unwrap() >= 2);
}
