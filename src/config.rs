//! The operator's settings: `config/handbill.toml`, and the environment over it, to [`Config`]. It reads no file.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::color::Color;
use crate::document::{self, Report};
use crate::language::Language;
use crate::problem::{Problem, Source};
use crate::time::Zone;

pub mod duration;
mod environment;
mod partners;
mod raw;
mod settings;
mod values;

pub use partners::{Limits, Partners};
pub use raw::schema;
pub(crate) use settings::read_color;

/// The settings, complete and checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where operators ask for figures; `None`: nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// What every link begins with: an ASCII http or https URI without a slash at its end. By default `http://` and `listen`.
    pub public_url: String,
    /// The part of every UID after the `@`: a host name in ASCII.
    pub uid_domain: String,
    /// The name of the combined calendar; one line.
    pub name: String,
    /// What the combined calendar is; one line.
    pub description: String,
    /// The color of the combined calendar.
    pub color: Option<Color>,
    /// The calendar's zone.
    pub timezone: Zone,
    /// The languages of the feeds, each once; the first, which is always there, is the main one.
    pub languages: Vec<Language>,
    /// The editors' folder.
    pub feeds: PathBuf,
    /// The folder of what Handbill keeps for itself.
    pub state: PathBuf,
    /// How long an event is that has no end; whole minutes, at least one.
    pub default_duration: chrono::TimeDelta,
    /// How a cancelled event is marked.
    pub cancelled: Cancelled,
    /// How often calendar programs are asked to come again (REFRESH-INTERVAL); whole minutes, at least one.
    pub refresh: chrono::TimeDelta,
    /// The largest feed, in bytes before compression.
    pub max_feed_bytes: usize,
    /// Whether the site as files has its compressed forms beside them.
    pub precompressed: bool,
    /// Threads that answer requests; by default one a core.
    pub workers: Option<usize>,
    /// Connections at once in each worker; more wait to be accepted.
    pub max_connections: usize,
    /// How long a slow or silent client keeps its connection, at most.
    pub client_timeout: Duration,
    /// What is logged, and how.
    pub log: Log,
    /// How partners are polled.
    pub partners: Partners,
    /// What stands for `${NAME}` in partners' addresses: the variables HANDBILL_SECRET_NAME of the environment. Never shown.
    pub secrets: Secrets,
}

/// Secrets by their names.
#[derive(Clone, Default)]
pub struct Secrets(BTreeMap<String, String>);

impl Secrets {
    fn from_environment(environment: &BTreeMap<String, String>) -> Self {
        let secret = |(name, value): (&String, &String)| {
            let name = name.strip_prefix(environment::SECRET)?;
            Some((name.to_owned(), value.clone()))
        };
        Self(environment.iter().filter_map(secret).collect())
    }

    /// The secret of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// The names alone.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Config {
    /// The language of titles in feeds that hold all languages.
    #[must_use]
    pub fn main_language(&self) -> Language {
        self.languages.first().copied().unwrap_or(Language::ENGLISH)
    }
}

/// How a cancelled event is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cancelled {
    /// A prefix before its title and the reason first in its description: seen everywhere, Google included.
    #[default]
    Announce,
    /// The same, and STATUS:CANCELLED, for which Google hides the event.
    Status,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Log {
    /// Text for people or JSON for programs.
    pub format: LogFormat,
    /// A level, or levels by module: `info`, `warn,handbill::publisher=debug`.
    pub level: String,
    /// Whether each request is logged, in one line without the client's address.
    pub requests: bool,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Reads the settings: the file's text (an empty one means all defaults), and over it the environment: every key as `HANDBILL_`
/// and its path in capitals, joined by `_` (`HANDBILL_LISTEN`, `HANDBILL_LOG_FORMAT`). Texts stand there as they are, anything else as
/// TOML; variables with other names are ignored, empty ones count as unset. The settings are there when nothing is wrong but warnings.
#[must_use]
pub fn parse(source: Arc<Source>, environment: &BTreeMap<String, String>) -> (Option<Config>, Vec<Problem>) {
    let mut report = Report::new(&source);
    let parsed = document::parse(&source, &mut report);
    let syntax = report.errors();
    let written = document::read(&toml::de::DeValue::Table(parsed.table), 0..source.text.len(), &mut report);
    if parsed.broken {
        report.keep_clear_of_syntax_errors(syntax);
    }
    let mut layers = vec![(written, report)];
    layers.extend(environment::layers(environment));
    let Some(mut config) = settings::defaults() else {
        return (None, Vec::new());
    };
    let mut right = true;
    let mut problems = Vec::new();
    for (raw, mut report) in layers {
        settings::apply(&mut config, raw, &mut report);
        right &= report.errors() == 0;
        problems.extend(report.into_problems());
    }
    config.secrets = Secrets::from_environment(environment);
    config.complete();
    (right.then_some(config), problems)
}

impl Config {
    /// Fills in what follows from other settings.
    fn complete(&mut self) {
        if self.public_url.is_empty() {
            self.public_url = format!("http://{}", reachable(self.listen));
        }
        if self.uid_domain.is_empty() {
            self.uid_domain = domain(&self.public_url).unwrap_or_else(|| "handbill.localhost".to_owned());
        }
    }
}

/// An address at which this machine reaches what listens on all of its addresses.
#[must_use]
pub fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// The host name of a URL, if it is one that belongs to somebody.
fn domain(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let domain = url.domain()?.trim_end_matches('.');
    (domain != "localhost" && domain.len() <= 170).then(|| domain.to_owned())
}

#[cfg(test)]
mod tests;
