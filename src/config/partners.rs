//! The operator's settings for partners: how they are polled, what bounds the work that they can cause, and which addresses may be
//! asked. It polls nobody.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use chrono::TimeDelta;

use crate::document::{Placed, Report, quoted};

use super::duration;
use super::raw::{RawPartners, Text, Texts};
use super::values::{length, number, set};

/// How partners are polled.
#[derive(Debug, Clone)]
pub struct Partners {
    /// What bounds the work that one partner can cause.
    pub limits: Limits,
    /// The deadline of a whole fetch: DNS, TLS, redirects and body; 30 seconds.
    pub timeout: Duration,
    /// The longest time that a connection may take to be made, TLS included; 5 seconds.
    pub connect_timeout: Duration,
    /// The most redirects of one fetch: 5.
    pub redirects: usize,
    /// Fetches at once, the silent ones aside: 16.
    pub concurrency: usize,
    /// Fetches at once from one host, the silent ones included: 1.
    pub per_host: usize,
    /// A fetch that has been silent for so long gives its place to another: 200 milliseconds.
    pub silence: Duration,
    /// Addresses within private networks that may be asked all the same.
    pub allow_addresses: Vec<SocketAddr>,
    /// The hosts that may be asked, in lower case; `.example.org` stands for it and all hosts below it. `None`: any host.
    pub allow_hosts: Option<Vec<String>>,
}

/// What bounds the work that a partner can cause; each is a key of `[partners]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// How often to ask a partner that does not say: 30 minutes.
    pub refresh: TimeDelta,
    /// The shortest and the longest time between two requests: 5 minutes and 24 hours.
    pub refresh_floor: TimeDelta,
    /// See `refresh_floor`.
    pub refresh_ceiling: TimeDelta,
    /// A partner that asks to be left alone (Retry-After) is left alone for at most so long: 24 hours.
    pub retry_after_ceiling: TimeDelta,
    /// The largest body after decompression, in bytes: 10 MiB.
    pub max_bytes: usize,
    /// The most events of one partner: 10,000.
    pub max_events: usize,
    /// The deepest nesting of components: 4.
    pub max_depth: usize,
    /// The longest content line, unfolded, in bytes: 64 KiB.
    pub max_line_bytes: usize,
    /// The most properties of a component: 2,000.
    pub max_properties: usize,
    /// The most parameters of a property: 50.
    pub max_parameters: usize,
    /// The longest title, in characters: 1,000; longer ones are cut with an ellipsis.
    pub max_title: usize,
    /// The longest description, in characters: 20,000.
    pub max_description: usize,
    /// Validators are not sent any more when the last full answer is older: 8 days.
    pub validators_for: TimeDelta,
    /// A copy older than this is told of as stale: 24 hours.
    pub stale_after: TimeDelta,
    /// A copy older than this leaves the feeds: 30 days.
    pub gone_after: TimeDelta,
    /// A mass deletion is held for so many polls …
    pub hold_polls: u32,
    /// … or so long, whichever ends first: 24 hours.
    pub hold_for: TimeDelta,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            refresh: TimeDelta::minutes(30),
            refresh_floor: TimeDelta::minutes(5),
            refresh_ceiling: TimeDelta::hours(24),
            retry_after_ceiling: TimeDelta::hours(24),
            max_bytes: 10 * 1024 * 1024,
            max_events: 10_000,
            max_depth: 4,
            max_line_bytes: 64 * 1024,
            max_properties: 2_000,
            max_parameters: 50,
            max_title: 1_000,
            max_description: 20_000,
            validators_for: TimeDelta::days(8),
            stale_after: TimeDelta::hours(24),
            gone_after: TimeDelta::days(30),
            hold_polls: 3,
            hold_for: TimeDelta::hours(24),
        }
    }
}

impl Default for Partners {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            redirects: 5,
            concurrency: 16,
            per_host: 1,
            silence: Duration::from_millis(500),
            allow_addresses: Vec::new(),
            allow_hosts: None,
        }
    }
}

const SECOND: TimeDelta = TimeDelta::seconds(1);
const YEAR: TimeDelta = TimeDelta::days(366);

/// Puts one layer over the settings.
pub(super) fn apply(partners: &mut Partners, raw: RawPartners, report: &mut Report) {
    apply_limits(&mut partners.limits, &raw, report);
    let moment = TimeDelta::milliseconds(10);
    set(&mut partners.timeout, wait(report, raw.timeout, SECOND..=TimeDelta::minutes(10)));
    set(&mut partners.connect_timeout, wait(report, raw.connect_timeout, moment..=TimeDelta::minutes(10)));
    set(&mut partners.silence, wait(report, raw.silence, moment..=TimeDelta::minutes(10)));
    set(&mut partners.redirects, number(report, raw.redirects, 0..=20));
    set(&mut partners.concurrency, number(report, raw.concurrency, 1..=1_024));
    set(&mut partners.per_host, number(report, raw.per_host, 1..=1_024));
    set(&mut partners.allow_addresses, addresses(report, raw.allow_addresses));
    partners.allow_hosts = hosts(report, raw.allow_hosts).or(partners.allow_hosts.take());
}

fn apply_limits(limits: &mut Limits, raw: &RawPartners, report: &mut Report) {
    let lengths = [
        (&mut limits.refresh, &raw.refresh),
        (&mut limits.refresh_floor, &raw.refresh_floor),
        (&mut limits.refresh_ceiling, &raw.refresh_ceiling),
        (&mut limits.retry_after_ceiling, &raw.retry_after_ceiling),
        (&mut limits.validators_for, &raw.validators_for),
        (&mut limits.stale_after, &raw.stale_after),
        (&mut limits.gone_after, &raw.gone_after),
        (&mut limits.hold_for, &raw.hold_for),
    ];
    for (limit, written) in lengths {
        set(limit, between(report, written.clone(), SECOND..=YEAR));
    }
    let numbers = [
        (&mut limits.max_bytes, &raw.max_bytes, 1_000..=100_000_000),
        (&mut limits.max_events, &raw.max_events, 1..=100_000),
        (&mut limits.max_depth, &raw.max_depth, 2..=16),
        (&mut limits.max_line_bytes, &raw.max_line_bytes, 1_000..=10_000_000),
        (&mut limits.max_properties, &raw.max_properties, 10..=100_000),
        (&mut limits.max_parameters, &raw.max_parameters, 1..=100),
        (&mut limits.max_title, &raw.max_title, 10..=10_000),
        (&mut limits.max_description, &raw.max_description, 100..=1_000_000),
    ];
    for (limit, written, range) in numbers {
        set(limit, number(report, written.clone(), range));
    }
    let polls = number(report, raw.hold_polls.clone(), 0..=1_000).and_then(|polls| u32::try_from(polls).ok());
    set(&mut limits.hold_polls, polls);
}

fn between(report: &mut Report, written: Text, limits: RangeInclusive<TimeDelta>) -> Option<TimeDelta> {
    let (length, span) = length(report, written)?;
    if limits.contains(&length) {
        return Some(length);
    }
    let [least, most] = [limits.start(), limits.end()].map(|limit| duration::written(*limit));
    report.error(span, format!("this must be from {least} to {most}"));
    None
}

fn wait(report: &mut Report, written: Text, limits: RangeInclusive<TimeDelta>) -> Option<Duration> {
    between(report, written, limits)?.to_std().ok()
}

/// Exact addresses with ports: a whole network is never let in.
fn addresses(report: &mut Report, written: Texts) -> Option<Vec<SocketAddr>> {
    let errors = report.errors();
    let mut addresses = Vec::new();
    for Placed { value, span } in written?.value {
        match value.trim().parse::<SocketAddr>() {
            Ok(address) if address.port() != 0 => addresses.push(address),
            _ => {
                let problem = report.error(span, format!("{} is no address with a port", quoted(&value)));
                problem.help("write an IP address and a port, such as \"127.0.0.1:8900\" or \"[::1]:8900\"");
            }
        }
    }
    (report.errors() == errors).then_some(addresses)
}

fn hosts(report: &mut Report, written: Texts) -> Option<Vec<String>> {
    let errors = report.errors();
    let mut hosts = Vec::new();
    for Placed { value, span } in written?.value {
        match host(value.trim()) {
            Some(host) => hosts.push(host),
            None => {
                let problem = report.error(span, format!("{} is no host", quoted(&value)));
                problem.help("write a name such as \"example.org\", or \".example.org\" for it and all hosts below it");
            }
        }
    }
    (report.errors() == errors).then_some(hosts)
}

/// A host as URLs have it: in lower case, in ASCII.
fn host(written: &str) -> Option<String> {
    let (dot, name) = written.strip_prefix('.').map_or(("", written), |name| (".", name));
    let host = url::Host::parse(name).ok()?;
    (dot.is_empty() || matches!(host, url::Host::Domain(_))).then(|| format!("{dot}{host}"))
}
