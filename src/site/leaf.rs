//! The forms beside feeds and their JSON: pages, Atom, handbills, what is embedded. Few of them are asked for, so each is made when it first is.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::context::Context;
use super::representation::{Content, Effort, Head, Policy};
use super::stem::{Kind, Stem};
use super::{Coding, Site};
use crate::digest::{Digest, Hasher};
use crate::page::listing::{self, Period};
use crate::page::{Around, Item, atom, combine, embed, front, handbill, missing, sitemap};

/// A form of a stem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// The page.
    Page,
    /// The page of one year.
    Year(i32),
    /// The events ahead, for feed readers.
    Atom,
    /// The page to print.
    Handbill,
    /// What other sites show in a frame.
    Frame,
    /// What the widget shows.
    Data,
    /// The front page. This and the following are forms of the stem of everything.
    Front,
    /// The page that combines feeds, before anything is chosen.
    Chooser,
    /// For an address that names nothing.
    Missing,
    /// For search engines.
    Sitemap,
}

/// A form and what it is made from.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    pub(super) stem: Arc<Stem>,
    pub(super) form: Form,
    /// The view of the page.
    pub(super) view: usize,
    /// Of a combined feed: what was chosen.
    pub(super) choice: Option<Choice>,
}

/// What a combined feed was made from.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// Addresses of stems, ascending.
    pub(super) paths: Vec<String>,
    /// The query that names them, in its one order, with the language if one was chosen.
    pub(super) query: String,
    pub(super) language: Option<String>,
}

/// A form whose bytes are made when somebody needs them: a 304 does not. It holds nothing of what it is made from, which may be of a Site
/// that is no more.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) head: Head,
    content: Content,
}

/// Pages say "today": caches may not keep them long.
const CACHE: &str = "public, max-age=300, stale-if-error=86400";

/// Raised when the bytes of pages change for the same events.
const FORMAT: u64 = 1;

impl Leaf {
    /// `recipe` as a form of the Site, with its digest.
    pub(super) fn new(recipe: &Recipe, digest: Digest, modified: DateTime<Utc>, site: &Site) -> Self {
        let (media_type, policy) = match recipe.form {
            Form::Atom => ("application/atom+xml; charset=utf-8", Policy::Data),
            Form::Data => ("text/javascript; charset=utf-8", Policy::Data),
            Form::Sitemap => ("application/xml; charset=utf-8", Policy::Data),
            Form::Frame => ("text/html; charset=utf-8", Policy::Frame),
            _ => ("text/html; charset=utf-8", Policy::Page),
        };
        // Of thousands of addresses brotli would take a second.
        let brotli = recipe.form != Form::Sitemap || site.events.len() < 2_000;
        let head = Head::new(media_type, CACHE, digest, brotli).under(policy).changed(modified);
        Self { head, content: Content::new(Effort::Quick) }
    }

    /// How many bytes of it are kept.
    pub(super) fn held(&self) -> usize {
        self.content.held()
    }

    /// Its bytes in a coding.
    pub(super) fn bytes(&self, recipe: &Recipe, site: &Site, coding: Coding) -> bytes::Bytes {
        let mut is_new = false;
        let bytes = self.content.bytes(coding, || {
            is_new = true;
            recipe.render(site)
        });
        if is_new {
            site.leaves.weigh(bytes.len());
        }
        bytes
    }
}

impl Recipe {
    /// The digest of all that goes into it: what has the same is the same.
    pub(super) fn digest(&self, site: &Site) -> Digest {
        let mut hasher = Hasher::default();
        hasher.number(FORMAT).digest(self.stem.digest).digest(site.context.digest).text(&site.today.date.to_string());
        hasher.number(self.view as u64).text(&format!("{:?} {}", self.form, self.stem.path));
        hasher.text(self.choice.as_ref().map_or("", |choice| &choice.query));
        match self.form {
            Form::Front | Form::Chooser | Form::Sitemap => {
                hasher.digest(site.context.listed).digest(site.context.partners_digest);
            }
            Form::Page if self.stem.plan.kind == Kind::Combined => {
                hasher.digest(site.context.listed);
            }
            Form::Page if matches!(self.stem.plan.kind, Kind::Organization | Kind::Partner) => {
                hasher.digest(site.context.partners_digest);
            }
            _ => {}
        }
        hasher.finish()
    }

    /// When what goes into it last changed.
    pub(super) fn modified(&self, site: &Site) -> DateTime<Utc> {
        self.stem.modified.max(site.today.midnight).max(site.context.modified)
    }

    fn render(&self, site: &Site) -> Vec<u8> {
        let around = site.around(self.view);
        let name = &*self.stem.plan.head.name;
        let items = || items(&self.stem);
        // With its query, for a combined feed.
        let path = match &self.choice {
            Some(choice) => format!("combine?{}", choice.query),
            None => self.stem.path.to_string(),
        };
        match self.form {
            Form::Page => self.page(site, &around),
            Form::Year(year) => {
                let subject = site.context.subject(&self.stem);
                listing::html(&subject, Period::Year(year), items(), &around)
            }
            Form::Atom => atom::xml(name, &path, self.stem.modified, items(), &around),
            Form::Handbill => handbill::html(name, &path, items(), &around),
            Form::Frame => embed::frame(name, &path, items(), &around),
            Form::Data => embed::data(name, &path, items(), &around),
            Form::Front => front::html(&site.context.lists(&site.listed), items(), &around),
            Form::Chooser => self.chooser(site, None, &around),
            Form::Missing => missing::html(&around),
            Form::Sitemap => sitemap::xml(site.pages()),
        }
    }

    fn page(&self, site: &Site, around: &Around<'_>) -> Vec<u8> {
        match self.stem.plan.kind {
            Kind::Event => {
                items(&self.stem).next().map(|item| crate::page::event::html(item, around)).unwrap_or_default()
            }
            Kind::Combined => self.chooser(site, None, around),
            _ => listing::html(&site.context.subject(&self.stem), Period::Now, items(&self.stem), around),
        }
    }

    /// The page that combines feeds: with what was chosen, or with why that cannot be.
    pub(super) fn chooser(&self, site: &Site, problem: Option<&str>, around: &Around<'_>) -> Vec<u8> {
        let lists = site.context.choices(&site.listed);
        let groups = Context::groups(&lists);
        let chosen = self.choice.as_ref().map(|choice| {
            let chosen = combine::Chosen {
                paths: &choice.paths,
                query: &choice.query,
                name: &self.stem.plan.head.name,
                language: choice.language.as_deref(),
            };
            (chosen, items(&self.stem))
        });
        combine::html(&groups, chosen, problem, around)
    }
}

/// All events of a stem, also those that its feed has no room for.
pub(super) fn items(stem: &Stem) -> impl Iterator<Item = Item<'_>> + Clone {
    stem.plan.events.iter().map(|published| Item {
        event: &published.event,
        revision: published.revision,
        occurrences: &published.occurrences,
    })
}
