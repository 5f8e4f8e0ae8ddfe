//! `handbill health`: asks the service of these settings whether it lives, for container engines and monitors that have no other program to
//! ask with.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};

use super::now;
use crate::config::{self, Config};
use crate::fetcher;
use crate::partner::{Address, Response};

/// A service that lives answers within milliseconds.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn health(config: &Config) -> anyhow::Result<ExitCode> {
    let address = config::reachable(config.listen);
    if address.port() == 0 {
        bail!(
            "`listen` names port 0, which is any: name the port that the service has, such as HANDBILL_LISTEN=127.0.0.1:8080"
        );
    }
    let mut settings = fetcher::Settings::of(config, now);
    // It asks as it asks partners, but for this one address that no partner may have.
    settings.partners.allow_addresses = vec![address];
    settings.partners.allow_hosts = None;
    (settings.partners.timeout, settings.partners.connect_timeout) = (PATIENCE, PATIENCE);
    let url = url::Url::parse(&format!("http://{address}/healthz")).context("the address cannot be asked")?;
    match fetcher::get(settings, &Address::new(url))? {
        Response::Answered { status: 200, .. } => Ok(ExitCode::SUCCESS),
        Response::Answered { status, .. } => bail!("{address} answers, but with status {status}"),
        Response::Failed(fault) => bail!("{address} does not answer: {}", fault.text),
    }
}
