//! Checks what is written in one layer of the settings, and puts it over what was there. It knows the limits of each key.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::TimeDelta;

use crate::color::{self, Color};
use crate::document::{Placed, Report, nearest, quoted};
use crate::language::Language;
use crate::text;
use crate::time::Zone;

use super::raw::{RawCancelled, RawConfig, RawLog, RawLogFormat, Text, Texts};
use super::values::{length, number, set};
use super::{Cancelled, Config, Log, LogFormat, Partners, Secrets, duration, partners};

/// The settings before anything is written. `public_url` and `uid_domain` are empty: they follow from others.
pub(super) fn defaults() -> Option<Config> {
    Some(Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
        metrics_listen: Some(SocketAddr::from(([127, 0, 0, 1], 9464))),
        public_url: String::new(),
        uid_domain: String::new(),
        name: "Chicago Community Events".to_owned(),
        description: "Community events in Chicago.".to_owned(),
        color: None,
        timezone: Zone::parse("America/Chicago")?,
        languages: vec![Language::parse("en")?, Language::parse("es")?],
        feeds: "feeds".into(),
        state: "state".into(),
        default_duration: TimeDelta::hours(2),
        cancelled: Cancelled::Announce,
        refresh: TimeDelta::hours(1),
        max_feed_bytes: 1_000_000,
        precompressed: true,
        workers: None,
        max_connections: 10_000,
        client_timeout: Duration::from_secs(15),
        log: Log { format: LogFormat::Text, level: "info".to_owned(), requests: false },
        partners: Partners::default(),
        secrets: Secrets::default(),
    })
}

/// Puts one layer over the settings.
pub(super) fn apply(config: &mut Config, raw: RawConfig, report: &mut Report) {
    set(&mut config.listen, listen(report, raw.listen));
    set(&mut config.metrics_listen, metrics_listen(report, raw.metrics_listen));
    set(&mut config.public_url, public_url(report, raw.public_url));
    set(&mut config.uid_domain, uid_domain(report, raw.uid_domain));
    set(&mut config.name, line(report, raw.name, "name", 200));
    set(&mut config.description, line(report, raw.description, "description", 1_000));
    config.color = read_color(report, raw.color).or(config.color);
    set(&mut config.timezone, timezone(report, raw.timezone));
    set(&mut config.languages, languages(report, raw.languages));
    set(&mut config.feeds, line(report, raw.feeds, "folder", 4_096).map(Into::into));
    set(&mut config.state, line(report, raw.state, "folder", 4_096).map(Into::into));
    set(&mut config.default_duration, minutes(report, raw.default_duration, 7 * 24 * 60));
    set(&mut config.cancelled, raw.cancelled.map(|cancelled| cancelled.value.into()));
    set(&mut config.refresh, minutes(report, raw.refresh, 30 * 24 * 60));
    set(&mut config.max_feed_bytes, number(report, raw.max_feed_bytes, 10_000..=1_000_000_000));
    set(&mut config.precompressed, raw.precompressed);
    config.workers = number(report, raw.workers, 1..=1_024).or(config.workers);
    set(&mut config.max_connections, number(report, raw.max_connections, 1..=1_000_000));
    set(&mut config.client_timeout, timeout(report, raw.client_timeout));
    apply_log(&mut config.log, raw.log, report);
    partners::apply(&mut config.partners, raw.partners, report);
}

fn apply_log(log: &mut Log, raw: RawLog, report: &mut Report) {
    set(&mut log.format, raw.format.map(|format| format.value.into()));
    set(&mut log.level, level(report, raw.level));
    set(&mut log.requests, raw.requests);
}

fn listen(report: &mut Report, written: Text) -> Option<SocketAddr> {
    let Placed { value, span } = written?;
    let address = value.trim().parse();
    if address.is_err() {
        let problem = report.error(span, format!("{} is no address with a port", quoted(&value)));
        problem.help(match value.trim().trim_start_matches([':', '*', '0']).parse::<u16>() {
            Ok(port) => format!("write \"127.0.0.1:{port}\", or \"0.0.0.0:{port}\" for all networks"),
            Err(_) => "write an IP address and a port, such as \"127.0.0.1:8080\" or \"[::1]:8080\"".to_owned(),
        });
    }
    address.ok()
}

/// An address, or the word that switches it off.
fn metrics_listen(report: &mut Report, written: Text) -> Option<Option<SocketAddr>> {
    match written {
        Some(Placed { value, .. }) if value.trim() == "off" => Some(None),
        written => listen(report, written).map(Some),
    }
}

fn public_url(report: &mut Report, written: Text) -> Option<String> {
    let Placed { value, span } = written?;
    let reason = match url::Url::parse(value.trim()) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => "is no http or https address",
        Ok(url) if url.query().is_some() || url.fragment().is_some() => "has a query or a fragment",
        Ok(url) if !url.username().is_empty() || url.password().is_some() => "has a user name or a password",
        Ok(url) => return Some(String::from(url).trim_end_matches('/').to_owned()),
        Err(_) => "is no http or https address",
    };
    let problem = report.error(span, format!("the public_url {} {reason}", quoted(&value)));
    problem.help("write what links begin with, such as \"https://events.example.org\"");
    None
}

fn uid_domain(report: &mut Report, written: Text) -> Option<String> {
    let Placed { value, span } = written?;
    let part = |part: &str| {
        !part.is_empty() && part.len() <= 63 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if value.len() <= 170 && value.split('.').all(part) {
        return Some(value.to_ascii_lowercase());
    }
    let problem = report.error(
        span,
        format!("the uid_domain {} is no host name of ASCII letters, digits, hyphens and dots", quoted(&value)),
    );
    problem.help("write one such as \"events.example.org\", in at most 170 characters");
    None
}

/// A text of one line, without control characters, not empty.
fn line(report: &mut Report, written: Text, what: &str, limit: usize) -> Option<String> {
    let Placed { value, span } = written?;
    let text = value.trim();
    let reason = if text.is_empty() {
        "is empty".to_owned()
    } else if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        "contains a line break or a control character".to_owned()
    } else if text.chars().count() > limit {
        format!("has more than {limit} characters")
    } else {
        return Some(text::clean(text).into_owned());
    };
    report.error(span, format!("the {what} {reason}"));
    None
}

/// A color by its CSS name or as `#RRGGBB`.
pub(crate) fn read_color(report: &mut Report, written: Text) -> Option<Color> {
    let Placed { value, span } = written?;
    let color = Color::parse(value.trim());
    if color.is_none() {
        let problem = report.error(span, format!("{} is no color", quoted(&value)));
        problem.help(match nearest(value.trim(), color::NAMES.iter().map(|(name, _)| *name)) {
            Some(name) if !value.starts_with('#') => format!("write \"{name}\""),
            _ => "write a CSS name such as \"firebrick\", or \"#b22222\"".to_owned(),
        });
    }
    color
}

fn timezone(report: &mut Report, written: Text) -> Option<Zone> {
    let Placed { value, span } = written?;
    let zone = Zone::parse(value.trim());
    if zone.is_none() {
        let problem = report.error(span, format!("{} is no time zone", quoted(&value)));
        problem.help("write a name of the IANA database, such as \"America/Chicago\"");
    }
    zone
}

fn languages(report: &mut Report, written: Texts) -> Option<Vec<Language>> {
    let Placed { value, span } = written?;
    let mut languages = Vec::with_capacity(value.len());
    let errors = report.errors();
    for Placed { value, span } in value {
        match Language::parse(&value) {
            None => {
                let problem = report.error(span, format!("{} is no code of a language", quoted(&value)));
                problem.help("write two or three lower-case letters, such as \"en\"");
            }
            Some(language) if languages.contains(&language) => {
                report
                    .error(span, format!("the language {} is named twice", quoted(&value)))
                    .help("delete one of the two");
            }
            Some(language) => languages.push(language),
        }
    }
    if languages.is_empty() && report.errors() == errors {
        report.error(span, "there is no language").help("write the main one first: [\"en\", \"es\"]");
    }
    (report.errors() == errors).then_some(languages)
}

/// A length of whole minutes, from one to `limit`.
fn minutes(report: &mut Report, written: Text, limit: i64) -> Option<TimeDelta> {
    let (length, span) = length(report, written)?;
    if length == TimeDelta::minutes(length.num_minutes()) && length <= TimeDelta::minutes(limit) {
        return Some(length);
    }
    let most = duration::written(TimeDelta::minutes(limit));
    report.error(span, format!("this must be whole minutes, from 1m to {most}"));
    None
}

fn timeout(report: &mut Report, written: Text) -> Option<Duration> {
    let (length, span) = length(report, written)?;
    if (TimeDelta::seconds(1)..=TimeDelta::seconds(18)).contains(&length) {
        return length.to_std().ok();
    }
    report.error(span, "client_timeout must be from 1s to 18s").help("write \"15s\"");
    None
}

/// The shape of levels; which modules there are, only the log knows.
fn level(report: &mut Report, written: Text) -> Option<String> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let Placed { value, span } = written?;
    let wrong = value.split(',').map(|part| part.rsplit('=').next().unwrap_or(part).trim());
    let Some(wrong) = wrong.into_iter().find(|level| !LEVELS.contains(level)) else {
        return Some(value);
    };
    let problem = report.error(span, format!("{} is no level of the log", quoted(wrong)));
    problem.help(match nearest(wrong, LEVELS) {
        Some(near) => format!("write \"{near}\""),
        None => format!("write one of {}", LEVELS.join(", ")),
    });
    None
}

impl From<RawCancelled> for Cancelled {
    fn from(raw: RawCancelled) -> Self {
        match raw {
            RawCancelled::Announce => Self::Announce,
            RawCancelled::Status => Self::Status,
        }
    }
}

impl From<RawLogFormat> for LogFormat {
    fn from(raw: RawLogFormat) -> Self {
        match raw {
            RawLogFormat::Text => Self::Text,
            RawLogFormat::Json => Self::Json,
        }
    }
}
