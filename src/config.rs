//! The operator's settings: `config/handbill.toml`, and the environment over it, to [`Config`]. It reads no file.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::color::Color;
use crate::language::Language;
use crate::time::Zone;

/// The settings, complete and checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
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
    /// Threads that answer requests; by default one a core.
    pub workers: Option<usize>,
    /// Connections at once in each worker; more wait to be accepted.
    pub max_connections: usize,
    /// How long a slow or silent client keeps its connection, at most.
    pub client_timeout: Duration,
    /// What is logged, and how.
    pub log: Log,
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
use crate::problem::*;
pub fn parse(
    _: std::sync::Arc<Source>,
    _: &std::collections::BTreeMap<String, String>,
) -> (Option<Config>, Vec<Problem>) {
    unimplemented!()
}
pub fn schema() -> serde_json::Value {
    unimplemented!()
}
