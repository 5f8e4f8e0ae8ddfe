//! How a Site is built: events in their revisions, stems by what they share. A Site that follows another makes only what differs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};

use super::context::{Context, Names};
use super::facts::Figures;
use super::fixed::{self, Fixed};
use super::frame::{Frame, Today};
use super::memory::Memory;
use super::published::Published;
use super::register::Register;
use super::shelf::Edit;
use super::status::Standing;
use super::stem::{FEED_CACHE, Form, Kind, Stem};
use super::{Coding, Site, World};
use crate::config::Config;
use crate::digest::Hasher;
use crate::event::{Difference, Event};
use crate::page::assets;

/// The name in the ledger of what all feeds depend on beside their events.
pub(super) const LAYOUT: &str = "layout";
const DIRECTORY: &str = "/feeds.json";
/// A list of fewer feeds than this is worth brotli's time.
const FEW_FEEDS: usize = 200;

/// How many combined feeds are remembered: at most twice as many times the largest feed in memory, in each of its forms.
const COMBINED: usize = 16;
/// How many stems of single events are; each is a few kilobytes.
const SINGLES: usize = 300;
/// How many pages, Atom feeds and the like are; and how many bytes of them, and of feeds without a coding.
const LEAVES: usize = 300;
const LEAVES_BYTES: usize = 3_000_000;
const PLAIN_BYTES: usize = 3_000_000;

/// Builds the Site of a World; `before` is the Site of another one, and how the events of the two differ.
pub(super) fn build(
    world: World<'_>,
    config: &Config,
    now: DateTime<Utc>,
    before: Option<(&Site, &Difference)>,
) -> Site {
    let frame = Frame::new(config);
    let today = Today::of(&frame, now);
    let previous = before.map(|(site, _)| site);
    let names = Names::of(world.catalog, previous.map(|site| &site.context.names));
    let builder = Builder { world, config, frame: &frame, today, now, previous, names: &names };
    let edit = builder.published(before);
    let stems = builder.stems(&edit);
    if previous.is_some() {
        make_ahead(&frame, stems.fresh);
    }
    let context = Context::new(&world, config, Arc::clone(&names), &stems.listed, now);
    let status = Standing::of(&world, config, now);
    let fixed = builder.fixed(&stems.listed, &context, &status);
    let events = previous.map_or(&Register::default(), |site| &site.events).edited(&edit);
    Site {
        layout: world.ledger.stamp(LAYOUT, frame.digest(), now),
        today,
        context,
        events,
        stems: stems.by_path,
        listed: stems.listed,
        fixed,
        singles: Memory::new(SINGLES, usize::MAX),
        combined: Memory::new(COMBINED, usize::MAX),
        leaves: previous.map_or_else(|| Arc::new(Memory::new(LEAVES, LEAVES_BYTES)), |site| Arc::clone(&site.leaves)),
        plain: previous.map_or_else(|| Arc::new(Memory::new(LEAVES, PLAIN_BYTES)), |site| Arc::clone(&site.plain)),
        frame,
        figures: Figures::of(&world),
        status,
    }
}

/// What a Site is built from.
pub(super) struct Builder<'a> {
    pub(super) world: World<'a>,
    pub(super) config: &'a Config,
    pub(super) frame: &'a Frame,
    pub(super) today: Today,
    pub(super) now: DateTime<Utc>,
    pub(super) previous: Option<&'a Site>,
    pub(super) names: &'a Names,
}

impl Builder<'_> {
    /// The events in their revisions: those of the previous Site that are no more, and those that are new. On another day some are listed
    /// otherwise: they go, and come again.
    fn published(&self, before: Option<(&Site, &Difference)>) -> Edit {
        let publish = |event: &Arc<Event>| {
            let current = self.world.ledger.current(event, self.now, self.today.midnight);
            Arc::new(Published::new(Arc::clone(event), current, self.frame, self.today.date))
        };
        let mut edit = match before {
            None => Edit { going: Vec::new(), coming: self.world.merged.events.iter().map(publish).collect() },
            Some((site, difference)) => {
                let known = difference.going.iter().filter_map(|event| site.events.find(event.id.as_str()));
                Edit { going: known.cloned().collect(), coming: difference.coming.iter().map(publish).collect() }
            }
        };
        if let Some(site) = self.previous.filter(|site| site.today.date != self.today.date) {
            let gone: HashSet<_> = edit.going.iter().map(Arc::as_ptr).collect();
            let stays = |event: &&Arc<Published>| !gone.contains(&Arc::as_ptr(event));
            let other = site.events.iter().filter(|event| !event.is_of(self.today.date)).filter(stays);
            let other: Vec<Arc<Published>> = other.cloned().collect();
            edit.coming.extend(other.iter().map(|published| publish(&published.event)));
            edit.going.extend(other);
        }
        edit.sort();
        edit
    }

    fn fixed(&self, listed: &[Arc<Stem>], context: &Context, status: &Standing) -> HashMap<String, Arc<Fixed>> {
        let robots = fixed::robots(self.frame.public_url());
        let passing = |path: &str, fixed| (path.to_owned(), Arc::new(fixed));
        let mut fixed = HashMap::from([
            (DIRECTORY.to_owned(), self.directory(listed.len(), context)),
            self.lasting("/robots.txt", "text/plain; charset=utf-8", robots.into_bytes()),
            passing("/healthz", Fixed::passing("ok\n".to_owned())),
            passing("/status.json", Fixed::status(status.digest())),
            passing("/readyz", Fixed::passing(fixed::ready(&self.world.catalog.problems))),
        ]);
        fixed.extend(
            assets::ALL.map(|asset| {
                self.lasting(&format!("/{}", asset.path), asset.media_type, asset.text.as_bytes().to_vec())
            }),
        );
        fixed.extend((0..self.frame.views().len()).map(|view| {
            passing(&format!("{}status", self.frame.prefix(view)), Fixed::status_page(view, status.digest()))
        }));
        fixed
    }

    fn lasting(&self, path: &str, media_type: &'static str, bytes: Vec<u8>) -> (String, Arc<Fixed>) {
        let modified = |digest| self.world.ledger.stamp(path, digest, self.now).modified;
        (path.to_owned(), Arc::new(Fixed::lasting(media_type, FEED_CACHE, bytes, modified)))
    }

    /// The list of all feeds. It is long and few ask for it: it is made when they do.
    fn directory(&self, feeds: usize, context: &Context) -> Arc<Fixed> {
        let mut hasher = Hasher::default();
        hasher.digest(self.frame.digest()).digest(context.listed).text(&self.today.date.to_string());
        let digest = hasher.finish();
        let known = self.previous.and_then(|site| site.fixed.get(DIRECTORY)).filter(|known| known.digest() == digest);
        known.cloned().unwrap_or_else(|| {
            let modified = |digest| self.world.ledger.stamp(DIRECTORY, digest, self.now).modified;
            Arc::new(Fixed::directory(digest, feeds < FEW_FEEDS, modified))
        })
    }
}

/// Makes the feeds of organizations and the combined feed among these stems, shared out among the cores. Those that are made are passed
/// over.
fn make_ahead(frame: &Frame, mut fresh: Vec<Arc<Stem>>) {
    fresh.retain(|stem| matches!(stem.plan.kind, Kind::All | Kind::Organization));
    // The largest first, so that no thread is left alone with it at the end.
    fresh.sort_by_cached_key(|stem| std::cmp::Reverse(stem.plan.events.len()));
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(stem) = fresh.get(next.fetch_add(1, Ordering::Relaxed)) {
            stem.packed(frame, 0, Form::Ics, Coding::Gzip);
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 1..threads.min(fresh.len()) {
            scope.spawn(work);
        }
        work();
    });
}
