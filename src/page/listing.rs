//! The page of what has a feed: everything, an organization, a topic, a place, a partner's calendar. It lists, and gets people subscribed.

use std::collections::HashMap;

use askama::Template;

use super::embed::Codes;
use super::list::Agenda;
use super::phrases::Phrases;
use super::shell::Shell;
use super::subscribe::{Feed, GOOGLE_FROM_URL, Subscribe};
use super::text::{self, Markup};
use super::{Around, Freshness, Item, Named};
use crate::event::{Place, Venue};

/// What the page is of.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// What kind of thing it is.
    pub kind: Kind,
    /// Its address below the Site's root: `org/chicago-dsa`.
    pub path: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What it is; plain text.
    pub description: &'a str,
    /// Its own site.
    pub url: Option<&'a str>,
    /// The place, if it is one.
    pub venue: Option<&'a Venue>,
    /// The partner itself, or the partners whose calendars belong to the organization.
    pub partners: Vec<Freshness<'a>>,
}

/// Kinds of things with a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Everything.
    All,
    /// Who hosts or supports events.
    Organization,
    /// What events are about.
    Tag,
    /// Where events are.
    Venue,
    /// A calendar that is merged in.
    Partner,
}

/// What part of the events the page lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// What is ahead, and the latest past.
    Now,
    /// One year.
    Year(i32),
}

/// How many related things of each kind are named.
const RELATED: usize = 12;

#[derive(Template)]
#[template(path = "listing.html")]
struct Page<'a> {
    shell: Shell<'a>,
    p: &'static Phrases,
    kind: Option<&'static str>,
    subject: &'a Subject<'a>,
    heading: String,
    description: Markup,
    count: String,
    agenda: Agenda,
    /// What a link to a year begins with.
    link: String,
    is_year: bool,
    subscribe: Subscribe,
    codes: Codes,
    related: Vec<(&'static str, Vec<Named<'a>>)>,
    partners: Vec<super::status::Mention>,
    map: Option<super::event::Map>,
    handbill: String,
    from_url: &'static str,
    oembed: String,
}

/// The page, in HTML.
#[must_use]
pub fn html<'a>(
    subject: &'a Subject<'a>,
    period: Period,
    items: impl Iterator<Item = Item<'a>> + Clone,
    around: &Around<'a>,
) -> Vec<u8> {
    let phrases = around.phrases();
    let own = (subject.kind == Kind::Organization).then(|| subject.path.trim_start_matches("org/"));
    let (agenda, path, heading) = match period {
        Period::Now => (Agenda::new(items.clone(), around, own), subject.path.to_owned(), subject.name.to_owned()),
        Period::Year(year) => (
            Agenda::of_year(items.clone(), year, around, own),
            format!("{}/{year}", subject.path),
            format!("{} {year}", subject.name),
        ),
    };
    let count = phrases.events(items.clone().count());
    let about = if subject.description.is_empty() {
        format!("{}: {count}", subject.name)
    } else {
        subject.description.to_owned()
    };
    let shell = Shell::new(around, &path, &heading, &about).with_forms(subject.path);
    let feed = format!("{}.ics", subject.path);
    let page = Page {
        p: phrases,
        kind: kind(subject.kind, phrases),
        heading,
        description: text::paragraphs(subject.description),
        count,
        agenda,
        link: around.link(subject.path),
        is_year: period != Period::Now,
        subscribe: Subscribe::new(&Feed { name: subject.name, path: &feed, page: subject.path }, around),
        codes: Codes::new(subject.path, subject.name, around),
        related: related(subject, items, phrases),
        partners: subject.partners.iter().map(|partner| super::status::Mention::new(partner, around)).collect(),
        map: subject.venue.map(super::event::Map::of),
        handbill: around.link(&format!("{}/handbill", subject.path)),
        from_url: GOOGLE_FROM_URL,
        oembed: around.oembed(subject.path),
        shell,
        subject,
    };
    super::rendered(&page)
}

fn kind(kind: Kind, phrases: &'static Phrases) -> Option<&'static str> {
    match kind {
        Kind::All => None,
        Kind::Organization => Some(phrases.organization),
        Kind::Tag => Some(phrases.topic),
        Kind::Venue => Some(phrases.venue),
        Kind::Partner => Some(phrases.partner),
    }
}

/// What the events have in common with other pages, the most frequent first.
fn related<'a>(
    subject: &Subject<'_>,
    items: impl Iterator<Item = Item<'a>>,
    phrases: &'static Phrases,
) -> Vec<(&'static str, Vec<Named<'a>>)> {
    let (mut organizations, mut tags, mut venues) = (Count::default(), Count::default(), Count::default());
    for item in items {
        for organization in item.event.organizations.iter() {
            organizations.add(Named::new("org", organization.slug.as_str(), organization.name.as_str()));
        }
        for tag in &item.event.tags {
            tags.add(Named::tag(tag.as_str()));
        }
        if let Some(Place::Venue(venue)) = &item.event.details.place {
            venues.add(Named::new("venue", venue.slug.as_str(), venue.name.as_str()));
        }
    }
    let with = if subject.kind == Kind::Organization { phrases.often_with } else { phrases.organizations };
    let groups = [(with, organizations), (phrases.topics, tags), (phrases.venues, venues)];
    let groups = groups.map(|(heading, count)| (heading, count.most(subject.path)));
    groups.into_iter().filter(|(_, named)| !named.is_empty()).collect()
}

#[derive(Default)]
struct Count<'a>(HashMap<Named<'a>, usize>);

impl<'a> Count<'a> {
    fn add(&mut self, named: Named<'a>) {
        *self.0.entry(named).or_default() += 1;
    }

    fn most(self, but: &str) -> Vec<Named<'a>> {
        let mut named: Vec<(Named<'a>, usize)> = self.0.into_iter().filter(|(named, _)| named.path != but).collect();
        named.sort_by(|(one, a), (other, b)| (b, one).cmp(&(a, other)));
        named.into_iter().take(RELATED).map(|(named, _)| named).collect()
    }
}
