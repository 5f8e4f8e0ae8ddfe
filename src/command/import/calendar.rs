//! Calendars and pages to import: out of a file, or from their address with the fetcher's bounds. It reads neither iCalendar nor HTML.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use url::Url;

use crate::command::now;
use crate::config::Config;
use crate::fetcher::{self, Settings, Turn};
use crate::files;
use crate::import::{self, Source};
use crate::name::Slug;
use crate::partner::{Address, Header, Partner, Response, Snapshot};

/// Reads the calendar of a file or an address.
pub(super) fn read(from: &str, organization: Option<&str>, config: &Config) -> anyhow::Result<Source> {
    let (partner, header, body) = match address(from) {
        Some(url) => fetched(&url, config)?,
        None => kept(Path::new(from), config)?,
    };
    import::calendar::read(&partner, &header, &body, organization, config)
        .map_err(|fault| anyhow!("{}: {fault}", if address(from).is_some() { partner.address.shown() } else { from }))
}

/// The text of a page.
pub(super) fn page(from: &str, config: &Config) -> anyhow::Result<String> {
    let Some(url) = address(from) else {
        let body = files::read(Path::new(from)).with_context(|| format!("{from} cannot be read"))?;
        return Ok(import::page::text(&body, None));
    };
    match fetcher::get(Settings::of(config, now), &Address::new(url))? {
        Response::Answered { status: 200, body, fields } => {
            let kind = fields.iter().find(|(name, _)| name == "content-type").map(|(_, kind)| kind.as_str());
            Ok(import::page::text(&body, kind))
        }
        Response::Answered { status, .. } => bail!("{from} answers {status}"),
        Response::Failed(fault) => bail!("{from}: {}", fault.text),
    }
}

fn address(from: &str) -> Option<Url> {
    let from = from.strip_prefix("webcal://").map_or_else(|| from.to_owned(), |rest| format!("https://{rest}"));
    Url::parse(&from).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn kept(path: &Path, config: &Config) -> anyhow::Result<(Partner, Header, Vec<u8>)> {
    let body = files::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok((partner(&Url::parse("https://import.invalid/")?, name, config)?, Header::default(), body))
}

/// One fetch, bounded as a partner's: private addresses are refused unless the settings allow them.
fn fetched(url: &Url, config: &Config) -> anyhow::Result<(Partner, Header, Vec<u8>)> {
    let name = url.host_str().unwrap_or_default().to_owned();
    let partner = Arc::new(partner(url, name, config)?);
    let mut snapshot = None;
    fetcher::once(Settings::of(config, now), vec![(Arc::clone(&partner), Snapshot::default())], |done| {
        if let Turn::Polled(interpretation) = done.turn {
            snapshot = Some(interpretation.snapshot);
        }
    })?;
    let snapshot = snapshot.ok_or_else(|| anyhow!("{} was not asked", partner.address.shown()))?;
    if let Some(fault) = snapshot.header.fault {
        bail!("{}: {}", partner.address.shown(), fault.text);
    }
    // The identities are of another reading: this one shall name the events anew.
    let header = Header { content_type: snapshot.header.content_type, ..Header::default() };
    Ok((Partner::clone(&partner), header, snapshot.body.to_vec()))
}

/// The calendar as that of a partner without any wishes.
fn partner(url: &Url, name: String, config: &Config) -> anyhow::Result<Partner> {
    let slug = Slug::parse("import").ok_or_else(|| anyhow!("no slug"))?;
    Ok(Partner::new(slug, name, Address::new(url.clone()), config.main_language()))
}
