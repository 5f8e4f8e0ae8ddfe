//! The forms of events beside feeds: pages, embeds, Atom, JSON. It does not know which events a form is asked for, nor who serves it.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};

use crate::event::occurrences::Occurrence;
use crate::event::{Event, Revision, View};
use crate::language::Language;
use crate::time::Zone;

pub mod assets;
pub mod atom;
pub mod combine;
pub mod dates;
pub mod embed;
pub mod event;
pub mod front;
pub mod handbill;
pub mod json;
mod list;
pub mod listing;
pub mod missing;
mod phrases;
mod qr;
mod shell;
pub mod sitemap;
pub mod status;
pub mod subscribe;
mod text;

pub use phrases::Phrases;
pub use subscribe::Feed;

/// A page's text. A template over texts that are there always renders: what it made so far otherwise.
fn rendered(page: &impl askama::Template) -> Vec<u8> {
    page.render().unwrap_or_default().into_bytes()
}

/// The address of another form of what is at `path`: an ending goes before the query.
fn with_ending(path: &str, ending: &str) -> String {
    match path.split_once('?') {
        Some((path, query)) => format!("{path}.{ending}?{query}"),
        None => format!("{path}.{ending}"),
    }
}

/// What all forms of a Site in one view have in common.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The name of the whole calendar.
    pub name: &'a str,
    /// What it is; one line.
    pub description: &'a str,
    /// What every address begins with, without a slash at its end.
    pub public_url: &'a str,
    /// The calendar's zone.
    pub zone: Zone,
    /// The languages of the Site, the main one first.
    pub languages: &'a [Language],
    /// Which texts to give.
    pub view: View,
    /// The day.
    pub today: NaiveDate,
    /// Whether there are partners, and so a status.
    pub partners: bool,
}

/// An event and those of its occurrences that are listed.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// The event.
    pub event: &'a Event,
    /// Its revision.
    pub revision: Revision,
    /// Its occurrences, ascending.
    pub occurrences: &'a [Occurrence],
}

/// A thing with a page of its own: an organization, a topic, a place, a partner's calendar.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Named<'a> {
    /// Its name for people.
    pub name: Cow<'a, str>,
    /// Its address below the Site's root, such as `org/chicago-dsa`.
    pub path: Cow<'a, str>,
}

/// How fresh a partner's events are.
#[derive(Debug, Clone)]
pub struct Freshness<'a> {
    /// The partner.
    pub partner: Named<'a>,
    /// See [`status::State`].
    pub state: status::State,
    /// When it last confirmed what we have.
    pub confirmed: Option<DateTime<Utc>>,
}

impl<'a> Around<'a> {
    /// The main language.
    #[must_use]
    pub fn main(&self) -> Language {
        self.languages.first().copied().unwrap_or(Language::ENGLISH)
    }

    /// The language that the page speaks.
    #[must_use]
    pub fn language(&self) -> Language {
        match self.view {
            View::All => self.main(),
            View::Only(language) => language,
        }
    }

    /// Its fixed phrases.
    #[must_use]
    pub fn phrases(&self) -> &'static Phrases {
        Phrases::of(self.language())
    }

    /// A link to a page in the page's own view: `/es/org/chicago-dsa`. The empty path is the front page.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{}", self.root(), self.inside(path))
    }

    /// The same, whole: `https://host/es/org/chicago-dsa`.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{}", self.public_url, self.inside(path))
    }

    /// A link to what has no language: `/style.css`.
    #[must_use]
    pub fn plain_link(&self, path: &str) -> String {
        format!("{}/{path}", self.root())
    }

    /// An address of what has no language: `https://host/embed.js`.
    #[must_use]
    pub fn whole_link(&self, path: &str) -> String {
        format!("{}/{path}", self.public_url)
    }

    /// The scheme, host and port of every address.
    #[must_use]
    pub fn origin(&self) -> &'a str {
        self.public_url.strip_suffix(self.root()).unwrap_or(self.public_url)
    }

    /// The one address of a page in its language: the main language has it without a code before it.
    #[must_use]
    pub fn canonical(&self, path: &str) -> String {
        self.in_language(self.language()).address(path)
    }

    /// The same in a language, the main one without its code.
    #[must_use]
    pub fn in_language(&self, language: Language) -> Self {
        let view = if language == self.main() { View::All } else { View::Only(language) };
        Self { view, ..*self }
    }

    fn inside(&self, path: &str) -> String {
        match self.view {
            View::All => format!("/{path}"),
            View::Only(language) => format!("/{language}/{path}"),
        }
    }

    /// The path of the public URL: links inside the Site work behind any name.
    fn root(&self) -> &'a str {
        let rest = self.public_url.split_once("://").map_or("", |(_, rest)| rest);
        rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or_default()
    }

    /// The city of the zone, for people: `Chicago`.
    #[must_use]
    pub fn city(&self) -> String {
        self.zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ")
    }
}

impl<'a> Named<'a> {
    /// A thing by its kind and slug.
    #[must_use]
    pub fn new(kind: &str, slug: &str, name: impl Into<Cow<'a, str>>) -> Self {
        Self { name: name.into(), path: Cow::Owned(format!("{kind}/{slug}")) }
    }

    /// A topic: its slug with spaces is its name.
    #[must_use]
    pub fn tag(slug: &str) -> Self {
        Self::new("tag", slug, slug.replace('-', " "))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A Site in English and Spanish, on the day of a rally.
    pub(crate) fn around(view: &str) -> Around<'static> {
        const LANGUAGES: &[&str] = &["en", "es"];
        let languages: Vec<Language> = LANGUAGES.iter().map(|code| Language::parse(code).unwrap()).collect();
        Around {
            name: "Chicago Community Events",
            description: "Rallies, vigils, hearings and meetings.",
            public_url: "https://calendar.test",
            zone: crate::event::sample::zone(),
            languages: languages.leak(),
            view: Language::parse(view).map_or(View::All, View::Only),
            today: "2021-03-20".parse().unwrap(),
            partners: true,
        }
    }

    #[test]
    fn links_keep_the_view_and_the_path_of_the_public_url() {
        assert_eq!(around("").link("org/a"), "/org/a");
        assert_eq!(around("es").link(""), "/es/");
        let below = Around { public_url: "https://host.test/calendar", ..around("es") };
        assert_eq!(below.link("org/a"), "/calendar/es/org/a");
        assert_eq!(below.plain_link("style.css"), "/calendar/style.css");
        assert_eq!(below.address("org/a"), "https://host.test/calendar/es/org/a");
    }

    #[test]
    fn the_main_language_has_one_address() {
        assert_eq!(around("en").canonical("all"), "https://calendar.test/all");
        assert_eq!(around("es").canonical("all"), "https://calendar.test/es/all");
    }
}
