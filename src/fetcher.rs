//! Polls partners politely and safely: at the right time, not too many at once, within bounds, and never into private networks. The only
//! room that knows `reqwest`; what an answer means, and when to come again, it leaves to `partner::poll`.

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::sync::{Arc, mpsc};

use chrono::{DateTime, Utc};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::config::{self, Config};
use crate::partner::{Address, Class, Context, Fault, Interpretation, Partner, Request, Response, Snapshot, poll};
use crate::time::Zone;

mod address;
mod body;
mod client;
mod fault;
mod place;
mod round;
mod tls;

pub use round::{Handle, start};

use client::Client;
use place::{Place, Places};

/// What the fetcher has to know of the service.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How partners are polled.
    pub partners: config::Partners,
    /// Where people find this service: partners read it in our User-Agent.
    pub public_url: String,
    /// The calendar's zone.
    pub zone: Zone,
    /// The part of every UID after the `@`.
    pub uid_domain: String,
    /// The clock.
    pub clock: fn() -> DateTime<Utc>,
}

impl Settings {
    /// The part of the operator's settings that the fetcher needs.
    #[must_use]
    pub fn of(config: &Config, clock: fn() -> DateTime<Utc>) -> Self {
        Self {
            partners: config.partners.clone(),
            public_url: config.public_url.clone(),
            zone: config.timezone,
            uid_domain: config.uid_domain.clone(),
            clock,
        }
    }
}

/// What became of a partner's turn.
#[derive(Debug)]
pub struct Done {
    /// Whose turn it was.
    pub partner: Arc<Partner>,
    /// What became of it.
    pub turn: Turn,
}

/// What became of a partner's turn.
#[derive(Debug)]
pub enum Turn {
    /// It was asked.
    Polled(Box<Interpretation>),
    /// It was not: it had said when it wants to be asked again (Retry-After).
    LeftAlone(DateTime<Utc>),
}

/// Polls each partner once, whatever its schedule, and hands each turn over as it ends. The snapshots are those that were kept.
///
/// # Errors
/// When the system gives no thread.
pub fn once(settings: Settings, partners: Vec<(Arc<Partner>, Snapshot)>, mut done: impl FnMut(Done)) -> io::Result<()> {
    let (sender, turns) = mpsc::channel();
    let fetcher = Arc::new(Fetcher::new(settings));
    let runtime = runtime()?;
    let all = async move {
        let mut tasks = tokio::task::JoinSet::new();
        for (partner, snapshot) in partners {
            let (fetcher, sender) = (Arc::clone(&fetcher), sender.clone());
            tasks.spawn(async move {
                let turn = fetcher.turn(&partner, snapshot).await;
                // The receiver is gone only when the caller is.
                let _ = sender.send(Done { partner, turn });
            });
        }
        drop(sender);
        while tasks.join_next().await.is_some() {}
    };
    let thread = std::thread::Builder::new().name("fetcher".to_owned()).spawn(move || {
        runtime.block_on(all);
        // Names that are still being looked up hold a thread each; nobody waits for them.
        runtime.shutdown_background();
    })?;
    turns.into_iter().for_each(&mut done);
    let _ = thread.join();
    Ok(())
}

/// Tells the whole process which cryptography it has, for connections that others make.
pub fn prepare_tls() {
    tls::prepare();
}

/// The answer to one request, within the bounds of a poll.
///
/// # Errors
/// When the system gives no thread.
pub fn get(settings: Settings, address: &Address) -> io::Result<Response> {
    let fetcher = Fetcher::new(settings);
    let request = Request { address: address.clone(), fields: Vec::new() };
    let runtime = runtime()?;
    let response = runtime.block_on(async {
        let mut place = fetcher.places.take(address.url.host_str().unwrap_or_default()).await;
        fetcher.client.get(&request, &mut place, fetcher.settings.partners.limits.max_bytes).await
    });
    runtime.shutdown_background();
    Ok(response)
}

/// One thread for all fetches; others, as they are needed, to look names up and to read calendars.
fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().thread_name("fetcher-work").build()
}

/// What all fetches share.
struct Fetcher {
    settings: Settings,
    client: Client,
    places: Places,
    /// Calendars that are read at once: each takes memory and a processor core.
    readers: Semaphore,
    random: RandomState,
}

impl Fetcher {
    fn new(settings: Settings) -> Self {
        let partners = &settings.partners;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            client: Client::new(partners, &settings.public_url),
            places: Places::new(partners.concurrency, partners.per_host, partners.silence),
            readers: Semaphore::new(cores),
            random: RandomState::new(),
            settings,
        }
    }

    /// One partner's turn: its place, the request, the answer and what it means.
    async fn turn(self: &Arc<Self>, partner: &Arc<Partner>, mut snapshot: Snapshot) -> Turn {
        let limits = &self.settings.partners.limits;
        let now = (self.settings.clock)();
        if let Some(until) = poll::waits_until(&snapshot.header, now, limits).filter(|_| snapshot.is_of(partner)) {
            return Turn::LeftAlone(until);
        }
        let mut place = self.places.take(partner.address.url.host_str().unwrap_or_default()).await;
        let begun = Instant::now();
        let mut response = self.ask(partner, &snapshot, &mut place).await;
        if let Some(bare) = poll::ask_again(&snapshot, &response) {
            snapshot = bare;
            response = self.ask(partner, &snapshot, &mut place).await;
        }
        let took = begun.elapsed();
        drop(place);
        let mut interpretation = self.read(partner, snapshot, response).await;
        interpretation.snapshot.header.took = u64::try_from(took.as_millis()).ok();
        Turn::Polled(Box::new(interpretation))
    }

    /// What a response means, however long it takes to find out.
    async fn read(self: &Arc<Self>, partner: &Arc<Partner>, snapshot: Snapshot, response: Response) -> Interpretation {
        if !has_body(&response) {
            // Soon read: another thread would take longer to wake.
            return self.interpret(partner, &snapshot, response, (self.settings.clock)());
        }
        let _reader = self.readers.acquire().await;
        let answered = (self.settings.clock)();
        let (fetcher, whose, before) = (Arc::clone(self), Arc::clone(partner), snapshot.clone());
        let interpreted = tokio::task::spawn_blocking(move || fetcher.interpret(&whose, &before, response, answered));
        // A reader that panics is a fault of ours, and no reason to lose what there is.
        interpreted.await.unwrap_or_else(|_| self.reject(partner, &snapshot, answered))
    }

    async fn ask(&self, partner: &Partner, snapshot: &Snapshot, place: &mut Place<'_>) -> Response {
        let limits = &self.settings.partners.limits;
        let request = poll::prepare(partner, snapshot, (self.settings.clock)(), limits);
        self.client.get(&request, place, limits.max_bytes).await
    }

    fn interpret(
        &self,
        partner: &Partner,
        snapshot: &Snapshot,
        response: Response,
        now: DateTime<Utc>,
    ) -> Interpretation {
        let limits = &self.settings.partners.limits;
        let chance = self.random.hash_one((partner.slug.as_str(), now.timestamp_millis()));
        poll::interpret(partner, snapshot, response, now, limits, &self.context(), chance)
    }

    fn reject(&self, partner: &Partner, snapshot: &Snapshot, now: DateTime<Utc>) -> Interpretation {
        let text = "this service could not read the answer: please report it to its makers".to_owned();
        let response = Response::Failed(Fault { class: Class::Internal, text });
        self.interpret(partner, snapshot, response, now)
    }

    fn context(&self) -> Context<'_> {
        Context { zone: self.settings.zone, uid_domain: &self.settings.uid_domain }
    }
}

fn has_body(response: &Response) -> bool {
    matches!(response, Response::Answered { body, .. } if !body.is_empty())
}

#[cfg(test)]
mod tests;
