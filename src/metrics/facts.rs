//! The state of the service in figures: events, feeds, partners, problems. It does not know where they come from.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::counts::Kind;
use crate::name::Slug;

/// The state of the service.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// How many events are published.
    pub events: usize,
    /// How many feeds of each kind there are.
    pub feeds: Vec<(Kind, usize)>,
    /// The largest size of a feed, in bytes.
    pub max_feed_bytes: usize,
    /// How many feeds are near that, or past it.
    pub crowded: usize,
    /// The largest of these, and the feed of everything.
    pub largest: Vec<Feed>,
    /// Each partner.
    pub partners: Vec<Partner>,
    /// How many errors and how many warnings there are in the files of events.
    pub errors: usize,
    /// See `errors`.
    pub warnings: usize,
    /// What lies in memory.
    pub held: Held,
}

/// How many bytes of texts and representations lie in memory: what the process needs is in proportion to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// The editors' files.
    pub files: usize,
    /// What was kept of the partners, as it came.
    pub copies: usize,
    /// The VEVENTs of all events.
    pub events: usize,
    /// Feeds and their JSON, mostly compressed.
    pub feeds: usize,
    /// Pages and the like.
    pub pages: usize,
}

impl Held {
    /// Each part by its name.
    pub(super) fn parts(&self) -> [(&'static str, usize); 5] {
        let Self { files, copies, events, feeds, pages } = *self;
        [("files", files), ("copies", copies), ("events", events), ("feeds", feeds), ("pages", pages)]
    }
}

/// How full a feed is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Its kind.
    pub kind: Kind,
    /// Its slug; that of the feed of everything is its kind.
    pub slug: Option<Slug>,
    /// Its size before compression.
    pub bytes: usize,
    /// How many events had to leave it.
    pub left_out: usize,
}

/// What is known of a partner's polls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// Its slug.
    pub slug: Slug,
    /// When it last confirmed what we have of it.
    pub confirmed: Option<DateTime<Utc>>,
    /// How its last poll ended, in a word: `ok`, or the class of its fault. `None` before the first.
    pub outcome: Option<&'static str>,
    /// How often it failed since it last answered well.
    pub failures: u32,
    /// How long its last poll took.
    pub took: Option<Duration>,
    /// How many events it has.
    pub events: usize,
}
