//! `handbill merge`: a folder of calendars into one, each adopted and merged as a partner's is when serving; without a server, a ledger or a
//! limit of size. It is there to be measured.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use anyhow::{Context as _, anyhow};
use chrono::NaiveDate;

use super::now;
use crate::config::Config;
use crate::event::{Event, Organization, Revision, Style, View, write_vevents};
use crate::merge::Joining;
use crate::name::Slug;
use crate::partner::{self, Address, Context, Header, Overrules, Partner};
use crate::text::Writer;
use crate::time::Zone;
use crate::{feed, files};

/// About how many events a calendar has.
const MANY: usize = 500;
/// How many events are written at a time.
const PIECE: usize = 100;

pub(super) fn merge(config: &Config, from: &Path, to: &Path) -> anyhow::Result<ExitCode> {
    let paths = files::calendars(from).with_context(|| format!("{} cannot be read", from.display()))?;
    let partners = paths.iter().map(|path| partner(path, config)).collect::<anyhow::Result<Vec<Partner>>>()?;
    let overrules = Overrules::default();
    let today = config.timezone.today(now());
    let (mut joining, mut zones) = (Joining::new(&overrules, MANY * paths.len()), Vec::new());
    let adopt = |number: usize| {
        let (path, by) = paths.get(number).zip(partners.get(number))?;
        let events = adopt(path, by, config);
        // Looked at here, while they are at hand.
        let zones =
            events.as_ref().ok().filter(|events| !events.is_empty()).map(|events| zones_of(events, config, today));
        Some((&by.slug, events, zones.unwrap_or_default()))
    };
    // What one calendar says is joined while the next ones are read.
    side_by_side(paths.len(), adopt, |adopted| {
        if let Some((slug, events, named)) = adopted {
            joining.hear(slug, true, events?.into_iter());
            zones.extend(named);
        }
        Ok(())
    })?;
    // They stay in the order in which they were read, in which they lie in memory.
    let merged = joining.finish(None);
    let zones = feed::zones_of(config.timezone, today, zones.into_iter().map(|(zone, day)| (day, Some(zone))));
    write(config, today, &zones, &merged.events, to).with_context(|| format!("{} cannot be written", to.display()))?;
    // The process ends here: giving each text back by itself would only take time.
    std::mem::forget(merged);
    Ok(ExitCode::SUCCESS)
}

/// The calendar in a file as the partner of an organization, both named after the file.
fn partner(path: &Path, config: &Config) -> anyhow::Result<Partner> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let slug = Slug::from_name(&name).ok_or_else(|| anyhow!("{} has no name of letters or digits", path.display()))?;
    let site = format!("https://{slug}.invalid/");
    let organization =
        Organization { slug: slug.clone(), name: name.clone(), url: None, description: String::new(), color: None };
    let address = Address::new(url::Url::parse(&site)?);
    Ok(Partner {
        url: Some(site),
        organization: Some(Arc::new(organization)),
        ..Partner::new(slug, name, address, config.main_language())
    })
}

fn adopt(path: &Path, partner: &Partner, config: &Config) -> anyhow::Result<Vec<Arc<Event>>> {
    let body = files::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let context = Context { zone: config.timezone, uid_domain: &config.uid_domain };
    let adopted = partner::adopt(partner, &Header::default(), &body, &context, &config.partners.limits);
    Ok(adopted.map_err(|fault| anyhow!("{}: {}", path.display(), fault.text))?.events)
}

/// The zones that events name, each with the day of its earliest event.
fn zones_of(events: &[Arc<Event>], config: &Config, today: NaiveDate) -> Vec<(Zone, NaiveDate)> {
    feed::zones(config.timezone, today, events.iter().map(Arc::as_ref))
}

fn write(
    config: &Config,
    today: NaiveDate,
    zones: &[(Zone, NaiveDate)],
    events: &[Arc<Event>],
    to: &Path,
) -> anyhow::Result<()> {
    let head = feed::Head {
        name: config.name.clone(),
        description: config.description.clone(),
        color: config.color,
        zone: config.timezone,
        refresh: config.refresh,
    };
    let style = Style { zone: config.timezone, main: config.main_language(), cancelled: config.cancelled };
    // What an event has that is seen for the first time.
    let revision = Revision { sequence: 0, modified: config.timezone.start_of_day(today) };
    let mut file = files::create(to)?;
    file.write_all(&feed::opening(&head, zones))?;
    let pieces: Vec<&[Arc<Event>]> = events.chunks(PIECE).collect();
    let piece = |number: usize| {
        let mut writer = Writer::with_capacity(PIECE * 1024);
        for event in pieces.get(number).copied().unwrap_or_default() {
            write_vevents(&mut writer, event, revision, style, View::All);
        }
        writer.into_bytes()
    };
    side_by_side(pieces.len(), piece, |bytes| Ok(file.write_all(&bytes)?))?;
    Ok(file.write_all(feed::CLOSING)?)
}

/// Does `count` pieces of work on all cores, and takes what comes of them in order.
fn side_by_side<T: Send>(
    count: usize,
    work: impl Fn(usize) -> T + Sync,
    mut take: impl FnMut(T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count.max(1));
    std::thread::scope(|scope| {
        let work = &work;
        let done: Vec<_> = (0..threads)
            .map(|first| {
                let (sender, done) = sync_channel(1);
                // Whoever no longer listens has met a fault.
                scope.spawn(move || (first..count).step_by(threads).all(|number| sender.send(work(number)).is_ok()));
                done
            })
            .collect();
        let in_turn = (0..count).filter_map(|number| done.get(number % threads)?.recv().ok());
        in_turn.into_iter().try_for_each(&mut take)
    })
}
