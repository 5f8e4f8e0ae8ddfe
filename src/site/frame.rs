//! What every form of every stem depends on beside its events: zone, languages, limits. It holds no events.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::color::Color;
use crate::config::Config;
use crate::digest::{Digest, Hasher};
use crate::event::{Style, View};
use crate::feed;
use crate::language::Language;
use crate::page::json;
use crate::time::Zone;

/// Raised when the bytes of feeds change for the same events, so that entity tags and Last-Modified do too.
const FORMAT: u64 = 2;

/// The day for which a Site is built.
#[derive(Debug, Clone, Copy)]
pub(super) struct Today {
    pub(super) date: NaiveDate,
    /// Its first instant.
    pub(super) midnight: DateTime<Utc>,
}

impl Today {
    pub(super) fn of(frame: &Frame, now: DateTime<Utc>) -> Self {
        let date = frame.zone().today(now);
        Self { date, midnight: frame.zone().start_of_day(date) }
    }
}

/// The part of the config that feeds show.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    style: Style,
    refresh: TimeDelta,
    budget: usize,
    public_url: String,
    /// All languages together, then each by itself.
    views: Vec<View>,
    /// What each view's addresses begin with.
    addresses: Vec<String>,
    digest: Digest,
}

impl Frame {
    pub(super) fn new(config: &Config) -> Self {
        let views: Vec<View> =
            std::iter::once(View::All).chain(config.languages.iter().map(|language| View::Only(*language))).collect();
        let address = |view: &View| match view {
            View::All => config.public_url.clone(),
            View::Only(language) => format!("{}/{language}", config.public_url),
        };
        Self {
            style: Style { zone: config.timezone, main: config.main_language(), cancelled: config.cancelled },
            refresh: config.refresh,
            budget: config.max_feed_bytes,
            public_url: config.public_url.clone(),
            addresses: views.iter().map(address).collect(),
            views,
            digest: digest(config),
        }
    }

    pub(super) fn style(&self) -> Style {
        self.style
    }

    pub(super) fn zone(&self) -> Zone {
        self.style.zone
    }

    pub(super) fn main(&self) -> Language {
        self.style.main
    }

    /// The largest feed, in bytes.
    pub(super) fn budget(&self) -> usize {
        self.budget
    }

    pub(super) fn public_url(&self) -> &str {
        &self.public_url
    }

    pub(super) fn digest(&self) -> Digest {
        self.digest
    }

    pub(super) fn views(&self) -> &[View] {
        &self.views
    }

    pub(super) fn view(&self, index: usize) -> View {
        self.views.get(index).copied().unwrap_or(View::All)
    }

    /// What the paths of a view begin with: `/` or `/es/`.
    pub(super) fn prefix(&self, index: usize) -> String {
        match self.view(index) {
            View::All => "/".to_owned(),
            View::Only(language) => format!("/{language}/"),
        }
    }

    /// The language of a view, if it has only one.
    pub(super) fn language_of(&self, index: usize) -> Option<Language> {
        match self.view(index) {
            View::All => None,
            View::Only(language) => Some(language),
        }
    }

    /// The place of a language's own view among the views.
    pub(super) fn view_of(&self, code: &str) -> Option<usize> {
        self.views.iter().position(|view| matches!(view, View::Only(language) if language.code() == code))
    }

    /// What a feed says of itself, before its view is known.
    pub(super) fn head(&self, name: String, description: String, color: Option<Color>) -> feed::Head {
        feed::Head { name, description, color, zone: self.style.zone, refresh: self.refresh }
    }

    /// The same in a view: a feed in another language than the main one says so in its name, or two subscriptions of one person would
    /// look alike.
    pub(super) fn named(&self, head: &feed::Head, view: usize) -> feed::Head {
        let mut head = head.clone();
        if let View::Only(language) = self.view(view)
            && language != self.style.main
        {
            head.name = format!("{} ({})", head.name, language.name());
        }
        head
    }

    /// How a view's events are written as JSON.
    pub(super) fn json(&self, view: usize) -> json::Style<'_> {
        let address = self.addresses.get(view).unwrap_or(&self.public_url);
        json::Style { zone: self.style.zone, main: self.style.main, view: self.view(view), address }
    }
}

fn digest(config: &Config) -> Digest {
    let mut hasher = Hasher::default();
    hasher.number(FORMAT).text(config.timezone.name()).text(&config.public_url);
    hasher.number(config.refresh.num_minutes().cast_unsigned()).number(config.cancelled as u64);
    config.languages.iter().for_each(|language| {
        hasher.text(language.code());
    });
    hasher.finish()
}
