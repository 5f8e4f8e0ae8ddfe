//! `handbill serve`: publishes, watches and answers until it is told to stop.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use arc_swap::ArcSwap;
use chrono::NaiveDate;
use tracing_subscriber::EnvFilter;

use super::{folder, kept, ledger, now, say};
use crate::config::{Config, Log, LogFormat};
use crate::files::{Folder, State};
use crate::publisher::{FileChange, Publisher};
use crate::revision::Ledger;
use crate::server::{self, Current};
use crate::site::Site;

mod partners;

use partners::Partners;

/// The ledger's name in the state folder.
const LEDGER: &str = "ledger.json";

/// How many feeds are shown at the start.
const SHOWN: usize = 8;

pub(super) fn serve(config: &Arc<Config>) -> anyhow::Result<ExitCode> {
    start_log(&config.log);
    let state = super::state(config)?;
    let ledger_kept = state.read(LEDGER).context("the ledger of revisions cannot be read")?;
    let ledger = ledger(ledger_kept, || state.set_aside(LEDGER));
    let (folder, files) = folder(config)?;
    let listener = TcpListener::bind(config.listen).with_context(|| {
        format!("cannot listen on {}; `listen` in the settings or HANDBILL_LISTEN names another address", config.listen)
    })?;
    let config = &at_port(config, &listener)?;
    let publisher = Publisher::new(
        Arc::clone(config),
        ledger,
        files,
        || state.copies(&config.feeds),
        |catalog| kept(config, catalog),
        now(),
    );
    let current: Current = Arc::new(ArcSwap::new(Arc::clone(publisher.site())));
    welcome(config, publisher.site());
    let round = Round::new(config, state, folder, publisher, Arc::clone(&current));
    std::thread::Builder::new().name("publisher".to_owned()).spawn(move || round.run())?;
    let settings = server::Settings {
        workers: config.workers,
        max_connections: config.max_connections,
        client_timeout: config.client_timeout,
        log_requests: config.log.requests,
    };
    server::run(listener, current, settings)?;
    Ok(ExitCode::SUCCESS)
}

fn start_log(log: &Log) {
    let level = format!("{},{}", server::LOG_LEVEL, log.level);
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber is refused; there is none.
    let _ = match log.format {
        LogFormat::Text => subscriber.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
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
    state: State,
    folder: Folder,
    publisher: Publisher,
    partners: Partners,
    current: Current,
    day: NaiveDate,
    told: BTreeSet<String>,
    folder_lost: bool,
    kept: Option<Ledger>,
}

impl Round {
    fn new(config: &Arc<Config>, state: State, folder: Folder, publisher: Publisher, current: Current) -> Self {
        let day = config.timezone.today(now());
        let partners = Partners::new(config, folder.waker());
        let (config, told, kept) = (Arc::clone(config), BTreeSet::new(), None);
        Self { config, state, folder, publisher, partners, current, day, told, folder_lost: false, kept }
    }

    /// Publishes changes and new days for as long as the process lives. What goes wrong in one round is told; the next goes on.
    fn run(mut self) {
        self.tell();
        self.keep();
        self.publisher.site().warm();
        self.partners.follow(&self.publisher, &self.config);
        loop {
            if catch_unwind(AssertUnwindSafe(|| self.once())).is_err() {
                tracing::error!("a round of publishing failed; what was published stays");
                std::thread::sleep(Duration::from_secs(1));
            }
        }
    }

    fn once(&mut self) {
        let now_ = now();
        let midnight = (self.config.timezone.next_midnight(now_) - now_).to_std().unwrap_or_default();
        self.folder.wait(midnight);
        let changes = match self.folder.changes() {
            Ok(changes) => {
                self.folder_lost = false;
                changes
            }
            Err(error) => self.lost(&error),
        };
        let said = self.partners.heard(&self.state);
        let today = self.config.timezone.today(now());
        let (files, partners) = (changes.len(), said.len());
        if files > 0 {
            self.publisher.change(changes, now());
            self.partners.follow(&self.publisher, &self.config);
        }
        if partners > 0 {
            self.publisher.hear(said, now());
        }
        if files + partners > 0 {
            self.replace();
            tracing::info!(files, partners, events = self.publisher.site().counts().0, "published");
        } else if today != self.day {
            self.publisher.rebuild(now());
            self.replace();
            tracing::info!(%today, "published for a new day");
        }
        self.day = today;
    }

    fn lost(&mut self, error: &std::io::Error) -> Vec<FileChange> {
        if !std::mem::replace(&mut self.folder_lost, true) {
            tracing::error!(%error, "the folder of events cannot be read; what was published stays");
        }
        Vec::new()
    }

    /// Serves first: the change is what people wait for. Then keeps what a restart needs, and makes what many will ask for.
    fn replace(&mut self) {
        self.current.store(Arc::clone(self.publisher.site()));
        self.tell();
        self.keep();
        self.publisher.site().warm();
    }

    /// One line for each problem that is new, and for each that is gone.
    fn tell(&mut self) {
        let now: BTreeSet<String> = self.publisher.problems().iter().map(crate::problem::Problem::one_line).collect();
        for problem in now.difference(&self.told) {
            tracing::warn!(target: "handbill::feeds", "{problem}");
        }
        for problem in self.told.difference(&now) {
            tracing::info!(target: "handbill::feeds", "mended: {problem}");
        }
        for feed in self.publisher.site().crowded() {
            tracing::warn!(
                feed = feed.address,
                bytes = feed.bytes,
                left_out = feed.left_out,
                "a feed is near its size limit"
            );
        }
        self.told = now;
    }

    /// The ledger first: whoever sees the copies knows that the revisions are kept too.
    fn keep(&mut self) {
        if self.kept.as_ref() != Some(self.publisher.ledger()) {
            match self.state.write(LEDGER, &self.publisher.ledger().to_bytes()) {
                Ok(()) => self.kept = Some(self.publisher.ledger().clone()),
                Err(error) => tracing::error!(%error, "the ledger of revisions cannot be kept"),
            }
        }
        for (name, text) in self.publisher.good_files() {
            if let Err(error) = self.state.keep_copy(name, text) {
                tracing::warn!(%error, file = name, "no copy of a good file could be kept");
                break;
            }
        }
    }
}
