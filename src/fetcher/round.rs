//! The round of polls while the service runs: whoever is due is asked, in a thread of its own; what comes of it is handed over. New
//! partners and a hangup signal are heard of at any time.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use crate::background;
use crate::digest::Digest;
use crate::name::Slug;
use crate::partner::{Partner, Snapshot, poll};

use super::{Done, Fetcher, Settings, Turn};

/// Overdue polls are spread over this time after a start, in seconds: a restart is no reason to ask everyone at once.
const SPREAD: i64 = 60;

/// The longest sleep: a clock that is set right, or a machine that was asleep, is noticed after so long.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// The running round. When it is dropped, the round ends.
#[derive(Debug)]
pub struct Handle {
    rolls: UnboundedSender<Roll>,
}

/// Who the partners are, and what was kept of those that are new.
#[derive(Debug)]
struct Roll {
    partners: Vec<Arc<Partner>>,
    kept: HashMap<Slug, Snapshot>,
}

impl Handle {
    /// Tells the round who the partners are from now on, and what was kept of those that it does not know yet. Those without a copy
    /// are asked at once, those that are gone no more.
    pub fn set_partners(&self, partners: Vec<Arc<Partner>>, kept: HashMap<Slug, Snapshot>) {
        // The round ends only after its handle.
        let _ = self.rolls.send(Roll { partners, kept });
    }
}

/// Starts the round, without partners at first. Each turn that ends is handed to `done`, in the round's own thread: it must not take
/// long. From when this returns, a hangup signal (SIGHUP) lets everyone be asked at once, but for those who asked to be left alone, and
/// ends nothing.
///
/// # Errors
/// When the system gives no thread.
pub fn start(settings: Settings, done: impl FnMut(Done) + Send + 'static) -> io::Result<Handle> {
    let runtime = super::runtime()?;
    let (rolls, receiver) = unbounded_channel();
    let hangup = {
        let _inside = runtime.enter();
        // Without the signal everything else still works.
        signal(SignalKind::hangup()).ok()
    };
    background::spawn("fetcher", move || {
        runtime.block_on(Round::new(settings, receiver).run(hangup, done));
        runtime.shutdown_background();
    })?;
    Ok(Handle { rolls })
}

/// One partner in the round.
struct Member {
    partner: Arc<Partner>,
    snapshot: Snapshot,
    /// When it is asked next; `None` while it is being asked.
    next: Option<DateTime<Utc>>,
}

struct Round {
    fetcher: Arc<Fetcher>,
    rolls: UnboundedReceiver<Roll>,
    members: HashMap<Slug, Member>,
    turns: JoinSet<Done>,
    /// Whether everyone was called before it was known who they are.
    is_called: bool,
    is_first: bool,
}

impl Round {
    fn new(settings: Settings, rolls: UnboundedReceiver<Roll>) -> Self {
        let fetcher = Arc::new(Fetcher::new(settings));
        let (members, turns) = (HashMap::new(), JoinSet::new());
        Self { fetcher, rolls, members, turns, is_called: false, is_first: true }
    }

    async fn run(mut self, mut hangup: Option<Signal>, mut done: impl FnMut(Done)) {
        loop {
            self.ask_who_is_due();
            let sleep = self.sleep();
            tokio::select! {
                roll = self.rolls.recv() => match roll {
                    Some(roll) => self.enter_all(roll),
                    None => return,
                },
                Some(ended) = self.turns.join_next() => self.end(ended, &mut done),
                () = heard(&mut hangup) => self.call_all(),
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    fn now(&self) -> DateTime<Utc> {
        (self.fetcher.settings.clock)()
    }

    /// Takes the present partners in. What is known of one stays, unless its address changed.
    fn enter_all(&mut self, mut roll: Roll) {
        let now = self.now();
        let mut before = std::mem::take(&mut self.members);
        for partner in roll.partners {
            let known = before.remove(&partner.slug);
            let member = match known {
                Some(member) if member.next.is_none() || member.snapshot.is_of(&partner) => {
                    self.changed(member, partner, now)
                }
                _ => self.newcomer(partner, &mut roll.kept, now),
            };
            self.members.insert(member.partner.slug.clone(), member);
        }
        self.is_first = false;
        if std::mem::take(&mut self.is_called) {
            self.call_all();
        }
    }

    /// A partner whose table may have changed: who is to be asked more often from now on does not wait for the time that was set before.
    fn changed(&self, member: Member, partner: Arc<Partner>, now: DateTime<Utc>) -> Member {
        let limits = &self.fetcher.settings.partners.limits;
        let soonest = partner.refresh.filter(|wished| member.partner.refresh.is_none_or(|before| *wished < before));
        let soonest = soonest.map(|wished| now + wished.max(limits.refresh_floor).min(limits.refresh_ceiling));
        let left_alone = poll::waits_until(&member.snapshot.header, now, limits);
        let next =
            member.next.map(|next| soonest.map_or(next, |soonest| next.min(soonest).max(left_alone.unwrap_or(now))));
        Member { partner, next, ..member }
    }

    fn newcomer(&self, partner: Arc<Partner>, kept: &mut HashMap<Slug, Snapshot>, now: DateTime<Utc>) -> Member {
        let snapshot = kept.remove(&partner.slug).filter(|snapshot| snapshot.is_of(&partner)).unwrap_or_default();
        let next = Some(first_poll(&partner, &snapshot, now, &self.fetcher.settings));
        Member { partner, snapshot, next }
    }

    fn ask_who_is_due(&mut self) {
        let now = self.now();
        for member in self.members.values_mut() {
            if member.next.is_some_and(|next| next <= now) {
                member.next = None;
                let (fetcher, partner, snapshot) =
                    (Arc::clone(&self.fetcher), Arc::clone(&member.partner), member.snapshot.clone());
                self.turns.spawn(async move {
                    let turn = fetcher.turn(&partner, snapshot).await;
                    Done { partner, turn }
                });
            }
        }
    }

    fn end(&mut self, ended: Result<Done, tokio::task::JoinError>, done: &mut impl FnMut(Done)) {
        let Ok(ended) = ended else { return self.revive() };
        let retry = self.now() + self.fetcher.settings.partners.limits.refresh_floor;
        let Some(member) = self.members.get_mut(&ended.partner.slug) else { return };
        if member.partner.address != ended.partner.address {
            // What came is another site's: its successor is asked at once.
            member.snapshot = Snapshot::default();
            member.next = Some(DateTime::<Utc>::MIN_UTC);
            return;
        }
        match &ended.turn {
            Turn::Polled(interpretation) => {
                member.snapshot = interpretation.snapshot.clone();
                member.next = Some(interpretation.snapshot.header.next.unwrap_or(retry));
            }
            Turn::LeftAlone(until) => member.next = Some(*until),
        }
        done(Done { partner: Arc::clone(&member.partner), ..ended });
    }

    /// A turn that ended by a panic says not whose it was: whoever is neither waiting nor asked is asked again later.
    fn revive(&mut self) {
        tracing::error!("a poll failed by a fault of ours");
        if self.turns.is_empty() {
            let retry = self.now() + self.fetcher.settings.partners.limits.refresh_floor;
            for member in self.members.values_mut() {
                member.next = member.next.or(Some(retry));
            }
        }
    }

    fn call_all(&mut self) {
        tracing::info!("all partners are asked now");
        self.is_called = self.is_first;
        let now = self.now();
        let limits = &self.fetcher.settings.partners.limits;
        for member in self.members.values_mut().filter(|member| member.next.is_some()) {
            member.next = Some(poll::waits_until(&member.snapshot.header, now, limits).unwrap_or(now));
        }
    }

    fn sleep(&self) -> Duration {
        let next = self.members.values().filter_map(|member| member.next).min();
        let delay = next.and_then(|next| next.signed_duration_since(self.now()).to_std().ok());
        match next {
            Some(_) => delay.unwrap_or_default().min(LONGEST_SLEEP) + Duration::from_millis(1),
            None => LONGEST_SLEEP,
        }
    }
}

async fn heard(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// When a partner is asked first: one without a copy at once, one whose time has not come at its time, and those that are overdue one
/// after the other, always in the same order.
fn first_poll(partner: &Partner, snapshot: &Snapshot, now: DateTime<Utc>, settings: &Settings) -> DateTime<Utc> {
    let limits = &settings.partners.limits;
    let header = &snapshot.header;
    if let Some(until) = poll::waits_until(header, now, limits) {
        return until.max(header.next.unwrap_or(until));
    }
    match header.next {
        Some(next) if !poll::is_due(header, now, limits) => next,
        _ if snapshot.body.is_empty() => now,
        _ => {
            let spread = partner.refresh.unwrap_or(limits.refresh).num_seconds().clamp(1, SPREAD);
            let share = i64::from(Digest::of(partner.slug.as_str()).bytes().first().copied().unwrap_or_default());
            now + TimeDelta::milliseconds(spread * 1_000 * share / 256)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::partner::Header;
    use crate::partner::poll::sample::{self, at, calendar};

    #[test]
    fn the_first_polls_are_spread() {
        let settings = Settings {
            partners: config::Partners::default(),
            public_url: String::new(),
            zone: crate::event::sample::zone(),
            uid_domain: String::new(),
            clock: || at(0),
        };
        let check =
            |has_body: bool, next: Option<i64>, not_before: Option<i64>, expected: std::ops::RangeInclusive<i64>| {
                let partner = sample::partner("https://example.org/");
                let header = Header { next: next.map(at), not_before: not_before.map(at), ..Header::default() };
                let snapshot = Snapshot { header, body: if has_body { calendar(0..1) } else { bytes::Bytes::new() } };
                let first = (first_poll(&partner, &snapshot, at(0), &settings) - at(0)).num_seconds();
                assert!(expected.contains(&first), "{has_body} {next:?} {not_before:?}: {first}");
            };
        check(false, None, None, 0..=0);
        check(false, Some(-5), None, 0..=0);
        check(false, Some(500), None, 500..=500);
        check(true, Some(-5), None, 1..=59);
        check(true, Some(500), None, 500..=500);
        check(true, Some(500), Some(900), 900..=900);
        check(true, Some(-5), Some(900), 900..=900);
        check(true, Some(100 * 86_400), None, 1..=59);
    }
}
