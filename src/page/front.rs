//! The front page: what this is, what is next, how to subscribe, and everything that has a feed. It lists no past but the latest.

use askama::Template;

use super::list::{self, Day};
use super::phrases::{Phrases, filled};
use super::shell::Shell;
use super::status::Mention;
use super::subscribe::{Feed, GOOGLE_FROM_URL, Subscribe};
use super::{Around, Freshness, Item, Named};

/// How many dates the front page shows.
const NEXT: usize = 8;

/// A feed in a list.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// What it is.
    pub named: Named<'a>,
    /// Other names that people may look for.
    pub color: Option<String>,
    /// How many events it has; a series counts once.
    pub events: usize,
}

/// All that the front page leads to.
#[derive(Debug, Clone)]
pub struct Lists<'a> {
    /// Organizations by name.
    pub organizations: Vec<Entry<'a>>,
    /// Topics by name.
    pub tags: Vec<Entry<'a>>,
    /// Partners' calendars by name.
    pub partners: Vec<Freshness<'a>>,
}

#[derive(Template)]
#[template(path = "front.html")]
struct Page<'a> {
    shell: Shell<'a>,
    p: &'static Phrases,
    heading: &'a str,
    description: &'a str,
    days: Vec<Day>,
    ahead: bool,
    subscribe: Subscribe,
    organizations: Vec<EntryLine<'a>>,
    found: String,
    tags: Vec<EntryLine<'a>>,
    partners: Vec<Mention>,
    from_url: &'static str,
}

struct EntryLine<'a> {
    name: &'a str,
    link: String,
    color: Option<&'a str>,
    count: String,
}

/// The page, in HTML.
#[must_use]
pub fn html<'a>(lists: &'a Lists<'a>, items: impl Iterator<Item = Item<'a>>, around: &Around<'a>) -> Vec<u8> {
    let phrases = around.phrases();
    let (days, ahead) = list::next(items, around, NEXT);
    let line = |entry: &'a Entry<'a>| EntryLine {
        name: &entry.named.name,
        link: around.link(&entry.named.path),
        color: entry.color.as_deref(),
        count: if entry.events == 0 { phrases.no_events_yet.to_owned() } else { phrases.events(entry.events) },
    };
    let count = lists.organizations.len();
    let found = if count == 1 { phrases.found_one } else { phrases.found_many };
    let page = Page {
        shell: Shell::new(around, "", around.name, around.description).with_forms("all"),
        p: phrases,
        heading: around.name,
        description: around.description,
        days,
        ahead,
        subscribe: Subscribe::new(&Feed { name: around.name, path: "all.ics", page: "all" }, around),
        organizations: lists.organizations.iter().map(line).collect(),
        found: filled(found, &count.to_string()),
        tags: lists.tags.iter().map(line).collect(),
        partners: lists.partners.iter().map(|partner| Mention::new(partner, around)).collect(),
        from_url: GOOGLE_FROM_URL,
    };
    super::rendered(&page)
}
