use std::sync::Arc;

use super::fault::Secrets;
use super::objects::Objects;
use super::press::Press;
use super::{Fault, Kind, Progress, Stop, Summary, Tell};
use harm::{Faulty, Harm};
use world::World;

mod harm;
mod world;

const QUIET: Tell<'static> = &|_| {};

/// A publisher of its own, over a store that may do harm.
fn press(store: &Arc<Faulty>) -> Press {
    Press::new(Objects::new(Arc::clone(store) as _, "site", Secrets::default()))
}

async fn publish(press: &mut Press, world: &World) -> Result<Summary, Fault> {
    press.publish(&world.site, &world.ledger, &Stop::default(), QUIET).await
}

/// A store with the first world in it.
async fn published() -> (Arc<Faulty>, &'static World) {
    static PUBLISHED: tokio::sync::OnceCell<Arc<Faulty>> = tokio::sync::OnceCell::const_new();
    let first = async || {
        let store = Faulty::none();
        publish(&mut press(&store), World::first()).await.unwrap();
        store
    };
    (PUBLISHED.get_or_init(first).await.copy(), World::first())
}

/// How many uploads it takes from the first world to the second.
async fn uploads_between() -> usize {
    static BETWEEN: tokio::sync::OnceCell<usize> = tokio::sync::OnceCell::const_new();
    let between = async || {
        let (store, _) = published().await;
        publish(&mut press(&store), World::second()).await.unwrap();
        store.uploads()
    };
    *BETWEEN.get_or_init(between).await
}

#[tokio::test(start_paused = true)]
async fn a_store_holds_the_site_with_its_fields() {
    let (store, world) = published().await;
    world.assert_is_in(&store).await;
    let feed = store.object("site/org/neighbors.ics").await;
    assert_eq!(feed.field("content-type"), Some("text/calendar; charset=utf-8"));
    assert_eq!(feed.field("content-encoding"), None, "some calendar programs cannot read any");
    assert_eq!(feed.field("content-disposition"), Some("inline; filename=\"neighbors.ics\""));
    assert!(feed.field("cache-control").unwrap().starts_with("public, max-age=300"));
    let page = store.object("site/org/neighbors").await;
    assert_eq!(page.field("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.field("content-encoding"), Some("gzip"), "every browser can");
    assert!(page.text().contains("<html"));
    assert_eq!(page.field("handbill").unwrap().len(), 32, "its digest");
}

#[tokio::test(start_paused = true)]
async fn only_what_changed_is_uploaded() {
    let (store, _) = published().await;
    let all = store.uploads();
    let mut again = press(&store);
    let next = World::second();
    let done = publish(&mut again, next).await.unwrap();
    next.assert_is_in(&store).await;
    assert_eq!(done.uploaded, store.uploads() - all);
    assert!(done.uploaded > 5 && done.removed > 5 && done.kept > 3, "{done:?}");
    let (before, asked) = (store.uploads(), store.asked());
    assert_eq!(publish(&mut again, next).await.unwrap().uploaded, 0);
    assert_eq!(store.asked(), asked, "a publisher that knows asks for nothing");
    assert_eq!(publish(&mut press(&store), next).await.unwrap().uploaded, 0);
    assert_eq!(store.uploads(), before);
}

#[tokio::test(start_paused = true)]
async fn another_day_uploads_no_page_that_is_the_same() {
    let (store, world) = published().await;
    let tomorrow = World::first_a_day_later();
    assert_ne!(world.tag("/event/rally"), tomorrow.tag("/event/rally"), "pages say today");
    let done = publish(&mut press(&store), &tomorrow).await.unwrap();
    assert!(done.kept > done.uploaded, "{done:?}");
    tomorrow.assert_is_in(&store).await;
}

/// Publishes the second world over the first, with harm at the `at`-th request, and then again without: what a reader sees is whole after
/// each, and nothing is uploaded twice. Whether the harm was done at all.
async fn survive(harm: Harm, at: usize) -> bool {
    let (store, first) = published().await;
    let second = World::second();
    let before = store.uploads();
    store.will(harm, at);
    let mut press_before = press(&store);
    let harmed = publish(&mut press_before, second).await;
    let was_done = store.heal();
    store.assert_is_whole(&[first, second], &format!("{harm:?} at {at}")).await;
    let mut next = if harm == Harm::Dies { press(&store) } else { press_before };
    publish(&mut next, second).await.unwrap();
    second.assert_is_in(&store).await;
    assert!(was_done || harmed.is_ok());
    let uploads = store.uploads() - before;
    let wanted = uploads_between().await;
    assert_eq!(uploads, wanted, "{harm:?} at {at}: uploaded what was there already");
    was_done
}

async fn survive_at_every_request(harm: Harm) {
    let mut at = 1;
    while survive(harm, at).await {
        at += 1;
    }
    assert!(at > 40, "{harm:?}: only {at} requests");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_fails_leaves_a_whole_site_and_costs_itself() {
    survive_at_every_request(Harm::Fails).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_leaves_a_whole_site_and_costs_nothing() {
    survive_at_every_request(Harm::IsLost).await;
}

#[tokio::test(start_paused = true)]
async fn a_publisher_that_dies_leaves_a_whole_site_and_the_next_goes_on() {
    survive_at_every_request(Harm::Dies).await;
}

#[tokio::test(start_paused = true)]
async fn a_first_publication_that_dies_is_completed() {
    let first = World::first();
    for at in (1..).step_by(17) {
        let store = Faulty::none();
        store.will(Harm::Dies, at);
        let _ = publish(&mut press(&store), first).await;
        if !store.heal() {
            break;
        }
        store.assert_is_whole(&[first], &format!("first, at {at}")).await;
        publish(&mut press(&store), first).await.unwrap();
        first.assert_is_in(&store).await;
        assert_eq!(store.uploads(), first.objects(), "at {at}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_begun_for_another_site_is_put_right() {
    for at in [6, 12, 20, 30, 45] {
        let (store, first) = published().await;
        store.will(Harm::Dies, at);
        let _ = publish(&mut press(&store), World::second()).await;
        store.heal();
        publish(&mut press(&store), first).await.unwrap();
        first.assert_is_in(&store).await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_was_asleep_does_no_harm_when_he_wakes() {
    for at in [4, 9, 15, 25, 40] {
        let (store, first) = published().await;
        let (second, mut sleeper) = (World::second(), press(&store));
        store.will(Harm::Sleeps, at);
        let stop = Stop::default();
        let mut asleep = std::pin::pin!(sleeper.publish(&second.site, &second.ledger, &stop, QUIET));
        tokio::select! {
            biased;
            () = store.fell_asleep() => {}
            done = &mut asleep => panic!("{at}: {done:?}"),
        }
        let waited = std::cell::Cell::new(false);
        let tell = |progress| waited.set(waited.get() || progress == Progress::Waiting);
        let mut other = press(&store);
        other.publish(&first.site, &first.ledger, &Stop::default(), &tell).await.unwrap();
        assert!(waited.get(), "{at}: the lease was another's");
        store.heal();
        assert_eq!(asleep.await.unwrap_err().kind, Kind::Superseded, "{at}");
        first.assert_is_in(&store).await;
    }
}

#[test]
fn two_publishers_at_once_take_turns() {
    let store = Faulty::none();
    let worlds = [World::first(), World::second()];
    std::thread::scope(|scope| {
        for world in worlds {
            let store = &store;
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let mut press = press(store);
                (0..3).for_each(|_| assert!(runtime.block_on(publish(&mut press, world)).is_ok()));
            });
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let is_first = runtime.block_on(worlds[0].is_in(&store));
    assert_ne!(is_first, runtime.block_on(worlds[1].is_in(&store)), "the one or the other, whole");
}

#[tokio::test(start_paused = true)]
async fn who_is_asked_to_stop_notes_what_he_has_done() {
    let (store, _) = published().await;
    let (second, stop, mut press_before) = (World::second(), Stop::default(), press(&store));
    let before = store.uploads();
    let ask = |progress| {
        if matches!(progress, Progress::Done(7, _)) {
            stop.ask()
        }
    };
    let stopped = press_before.publish(&second.site, &second.ledger, &stop, &ask).await.unwrap_err();
    assert_eq!(stopped.kind, Kind::Stopped);
    let waits = |progress| assert!(!matches!(progress, Progress::Waiting | Progress::Looking(_)), "{progress:?}");
    press(&store).publish(&second.site, &second.ledger, &Stop::default(), &waits).await.unwrap();
    second.assert_is_in(&store).await;
    assert_eq!(store.uploads() - before, uploads_between().await);
}

#[tokio::test(start_paused = true)]
async fn the_ledger_of_the_last_publisher_is_there_for_the_next() {
    let (store, world) = published().await;
    let mut next = press(&store);
    assert_eq!(next.ledger(&Stop::default(), QUIET).await.unwrap().unwrap(), world.ledger);
    next.leave().await;
    let waits = |progress| panic!("{progress:?}: the lease was not given back");
    assert!(press(&store).ledger(&Stop::default(), &waits).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_manifest_that_cannot_be_read_is_told() {
    let (store, world) = published().await;
    store.write("site/.handbill/manifest.json", "{").await;
    let fault = publish(&mut press(&store), world).await.unwrap_err();
    assert!(fault.kind == Kind::Refused && fault.text.contains(".handbill/manifest.json"), "{fault}");
}

#[tokio::test(start_paused = true)]
async fn a_store_without_conditions_serves_one_publisher() {
    let store = Faulty::without_conditions();
    let mut press = press(&store);
    for world in [World::first(), World::second()] {
        publish(&mut press, world).await.unwrap();
        world.assert_is_in(&store).await;
    }
}
