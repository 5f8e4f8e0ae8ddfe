//! `handbill serve`: publishes, watches and answers until it is told to stop.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use arc_swap::ArcSwap;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tracing_subscriber::EnvFilter;

use super::{folder, kept, ledger, now, say};
use crate::background;
use crate::config::{Config, Log, LogFormat};
use crate::files::Folder;
use crate::metrics::Metrics;
use crate::name::Slug;
use crate::partner::Snapshot;
use crate::publisher::Publisher;
use crate::server::{self, Current, Operators};
use crate::site::Site;
use crate::store;

mod keeper;
mod outlet;
mod partners;
mod told;
mod warmer;

use keeper::{LEDGER, Task, Tasks};
use outlet::Outlet;
use partners::Partners;
use told::Told;
use warmer::Warmer;

/// How long what is no news of a partner may wait to be shown, in seconds: mostly there is more of it, and a Site for each answer that
/// says "nothing new" would take the processors from the polls themselves.
const QUIET: i64 = 2;

/// How many feeds are shown at the start.
const SHOWN: usize = 8;

pub(super) fn serve(config: &Arc<Config>, publish: Option<&str>) -> anyhow::Result<ExitCode> {
    start_log(&config.log);
    let metrics = Arc::new(Metrics::default());
    let outlet = publish.map(|url| Outlet::open(url, config.precompressed, Arc::clone(&metrics))).transpose()?;
    let listener = TcpListener::bind(config.listen).with_context(|| {
        format!("cannot listen on {}; `listen` in the settings or HANDBILL_LISTEN names another address", config.listen)
    })?;
    let config = &at_port(config, &listener)?;
    let operators = operators(config.metrics_listen);
    let polls = partners::poll(config);
    let state = Arc::new(super::state(config)?);
    let ledger_kept = state.read(LEDGER).context("the ledger of revisions cannot be read")?;
    let ledger = ledger(ledger_kept, |text| tracing::error!("{text}"), || state.set_aside(LEDGER));
    let (folder, files) = folder(config)?;
    let mut said = Vec::new();
    let begun = Instant::now();
    let publisher = Publisher::new(
        Arc::clone(config),
        ledger,
        files,
        || state.copies(&config.feeds),
        |catalog| {
            said = kept(config, catalog, keeper::tell);
            said.clone()
        },
        now(),
    );
    metrics.built(begun.elapsed());
    let current: Current = Arc::new(ArcSwap::new(Arc::clone(publisher.site())));
    welcome(config, publisher.site());
    let tasks = polls.tasks();
    let partners = Partners::new(config, polls, state, folder.waker(), Arc::clone(&metrics))?;
    let mut round =
        Round::new(config, tasks.clone(), folder, publisher, partners, Arc::clone(&current), Arc::clone(&metrics));
    round.outlet = outlet.as_ref().map(|(outlet, _)| outlet.clone());
    let said = said.into_iter().collect();
    background::spawn("publisher", move || round.run(said))?;
    let settings = server::Settings {
        workers: config.workers,
        max_connections: config.max_connections,
        client_timeout: config.client_timeout,
        log_requests: config.log.requests,
    };
    server::run(listener, current, &metrics, settings, operators)?;
    tasks.finish(Duration::from_secs(2));
    if let Some((outlet, ended)) = outlet {
        outlet.finish(&ended, Duration::from_secs(2));
    }
    Ok(ExitCode::SUCCESS)
}

fn start_log(log: &Log) {
    let level = format!("{},{},{}", server::LOG_LEVEL, store::LOG_LEVEL, log.level);
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber is refused; there is none.
    let _ = match log.format {
        LogFormat::Text => subscriber.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
}

/// Where operators are answered. An address that cannot be had, mostly because another handbill on this machine has it, costs figures and
/// no service.
fn operators(address: Option<SocketAddr>) -> Option<Operators> {
    let address = address?;
    let bound = TcpListener::bind(address).and_then(|listener| Ok((listener.local_addr()?, listener)));
    match bound {
        Ok((address, listener)) => {
            tracing::info!(%address, "metrics are served");
            Some(Operators { listener, clock: now })
        }
        Err(error) => {
            tracing::warn!(
                %address,
                %error,
                "metrics are not served; `metrics_listen` in the settings or HANDBILL_METRICS_LISTEN names another address, or \"off\""
            );
            None
        }
    }
}

/// Port 0 asks for any free port; links that were to name it name the one that was given.
fn at_port(config: &Arc<Config>, listener: &TcpListener) -> anyhow::Result<Arc<Config>> {
    let mut config = Arc::clone(config);
    let address = listener.local_addr()?;
    if config.listen.port() == 0 && config.public_url == format!("http://{}", config.listen) {
        Arc::make_mut(&mut config).public_url = format!("http://{address}");
    }
    Ok(config)
}

/// What to open, on the terminal.
fn welcome(config: &Config, site: &Site) {
    let public_url = &config.public_url;
    let (events, organizations) = site.counts();
    let folder = config.feeds.display();
    let mut text = format!("Handbill serves {events} events of {organizations} organizations from {folder}/\n\n");
    for (name, path) in site.fullest(SHOWN) {
        text.push_str(&format!("  {name}\n    {public_url}{path}\n"));
    }
    text.push_str(&format!("  All feeds\n    {public_url}/feeds.json\n\n"));
    text.push_str(
        "Subscribe to an address in your calendar program. Changed files are published at once. Ctrl-C stops.\n",
    );
    say(&text);
}

/// The publisher and what it publishes from and to.
struct Round {
    config: Arc<Config>,
    tasks: Tasks,
    folder: Folder,
    publisher: Publisher,
    partners: Partners,
    current: Current,
    warmer: Warmer,
    metrics: Arc<Metrics>,
    day: NaiveDate,
    told: Told,
    folder_lost: bool,
    /// The version of the ledger that was last given to be kept.
    kept: Option<u64>,
    /// Where else each Site is published.
    outlet: Option<Outlet>,
    /// When what was heard since, and is no news, must be shown.
    quiet_until: Option<DateTime<Utc>>,
}

impl Round {
    fn new(
        config: &Arc<Config>,
        tasks: Tasks,
        folder: Folder,
        publisher: Publisher,
        partners: Partners,
        current: Current,
        metrics: Arc<Metrics>,
    ) -> Self {
        let day = config.timezone.today(now());
        Self {
            config: Arc::clone(config),
            tasks,
            folder,
            publisher,
            partners,
            warmer: Warmer::new(Arc::clone(&current)),
            current,
            metrics,
            day,
            told: Told::default(),
            folder_lost: false,
            kept: None,
            outlet: None,
            quiet_until: None,
        }
    }

    /// Publishes changes and new days for as long as the process lives. What goes wrong in one round is told; the next goes on. `said`
    /// is what was kept of the partners.
    fn run(mut self, said: HashMap<Slug, Snapshot>) {
        self.told.tell(&self.publisher);
        self.keep();
        self.keep_copies();
        self.publish();
        self.warmer.tell();
        self.partners.follow(&self.publisher, said);
        self.partners.tell_ages(&self.publisher, now());
        self.partners.retire();
        loop {
            if catch_unwind(AssertUnwindSafe(|| self.once())).is_err() {
                tracing::error!("a round of publishing failed; what was published stays");
                std::thread::sleep(Duration::from_secs(1));
            }
        }
    }

    fn once(&mut self) {
        self.wait();
        let begun = Instant::now();
        let is_new_day = self.is_new_day();
        let (said, is_news) = self.partners.heard();
        let partners = said.len();
        if partners > 0 {
            self.quiet_until.get_or_insert(now() + TimeDelta::seconds(QUIET));
        }
        self.publisher.hear(said);
        let (files, lost) = self.take_in_files();
        // A copy that grows too old leaves at its time, and not only when something else happens.
        let is_aged = self.partners.tell_ages(&self.publisher, now());
        let is_due = self.quiet_until.is_some_and(|until| until <= now());
        let is_published = files > 0 || lost;
        if !is_published && (is_new_day || is_news || is_aged || is_due) {
            self.publisher.rebuild(now());
        }
        if is_published || is_new_day || is_news || is_aged || is_due {
            self.metrics.built(begun.elapsed());
            self.quiet_until = None;
            self.replace();
        }
        if files > 0 {
            self.keep_copies();
        }
        if files > 0 || is_news {
            tracing::info!(files, partners, events = self.publisher.site().counts().0, "published");
        }
    }

    /// Waits for something to do, at most until the day ends or until what is no news must be shown.
    fn wait(&mut self) {
        let now = now();
        let midnight = self.config.timezone.next_midnight(now);
        let until = self.quiet_until.map_or(midnight, |quiet| quiet.min(midnight));
        self.folder.wait((until - now).to_std().unwrap_or_default());
    }

    /// Whether this is the first round of a day. The day is told, and what has been gone for long is removed.
    fn is_new_day(&mut self) -> bool {
        let today = self.config.timezone.today(now());
        let is_new = std::mem::replace(&mut self.day, today) != today;
        if is_new {
            tracing::info!(%today, "publishing for a new day");
            self.partners.retire();
        }
        is_new
    }

    /// Takes the changes of files in: how many, and whether the folder has become unreadable or readable.
    fn take_in_files(&mut self) -> (usize, bool) {
        let (changes, lost) = match self.folder.changes() {
            Ok(changes) => (changes, None),
            Err(error) => (Vec::new(), Some(format!("the folder of events cannot be read: {error}"))),
        };
        let is_turned = lost.is_some() != std::mem::replace(&mut self.folder_lost, lost.is_some());
        if is_turned {
            let name = self.config.feeds.display().to_string();
            self.publisher.lose_folder(lost.map(|why| (name, why)), now());
        }
        let files = changes.len();
        if files > 0 {
            self.publisher.change(changes, now());
            self.partners.follow(&self.publisher, HashMap::new());
        }
        (files, is_turned)
    }

    /// Serves first: the change is what people wait for. Then keeps what a restart needs, and makes what many will ask for.
    fn replace(&mut self) {
        self.current.store(Arc::clone(self.publisher.site()));
        self.told.tell(&self.publisher);
        self.keep();
        self.publish();
        self.warmer.tell();
    }

    /// Gives the Site to who publishes it elsewhere.
    fn publish(&self) {
        if let Some(outlet) = &self.outlet {
            outlet.give(self.publisher.site(), self.publisher.ledger());
        }
    }

    /// What a restart needs of the revisions. The disk is the keeper's; only the last ledger counts, however many it is behind.
    fn keep(&mut self) {
        let version = self.publisher.ledger_version();
        if self.kept.replace(version) != Some(version) {
            self.tasks.give(Task::Ledger(Arc::clone(self.publisher.ledger())));
        }
    }

    /// What a restart with a broken file needs.
    fn keep_copies(&self) {
        self.tasks.give(Task::Copies(self.publisher.good_files().map(Arc::clone).collect()));
    }
}
