//! The page that makes a feed of one's own from several. It works by a form; a script only spares the button.

use askama::Template;

use super::Around;
use super::embed::Codes;
use super::list::{self, Day};
use super::phrases::{Phrases, filled};
use super::shell::Shell;
use super::subscribe::{Feed, GOOGLE_FROM_URL, Subscribe};
use super::{Item, front::Entry};

/// The longest address that Google Calendar takes, in characters.
pub const GOOGLE_MAX: usize = 256;

/// How many dates the preview shows.
const PREVIEW: usize = 12;

/// One kind of things to choose from.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// The name of the query's parameter: `org`, `tag`, `venue` or `partner`.
    pub key: &'static str,
    /// What there is.
    pub entries: &'a [Entry<'a>],
}

/// What was chosen.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    /// The addresses of what was chosen, below the Site's root.
    pub paths: &'a [String],
    /// The query that names the choice, in its one order: `org=a&tag=b`.
    pub query: &'a str,
    /// The name of the combined feed.
    pub name: &'a str,
    /// The language of the feed, if one was chosen.
    pub language: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "combine.html")]
struct Page<'a> {
    shell: Shell<'a>,
    p: &'static Phrases,
    action: String,
    groups: Vec<Choices<'a>>,
    language: &'a str,
    result: Option<Made>,
    problem: Option<&'a str>,
    from_url: &'static str,
}

struct Choices<'a> {
    key: &'static str,
    heading: &'static str,
    open: bool,
    entries: Vec<Choice<'a>>,
}

struct Choice<'a> {
    slug: &'a str,
    name: &'a str,
    count: usize,
    chosen: bool,
}

/// The combined feed of a choice.
struct Made {
    name: String,
    subscribe: Subscribe,
    codes: Codes,
    too_long: Option<String>,
    days: Vec<Day>,
    ahead: bool,
}

/// The page, in HTML: with what was chosen, if something was; or with why that cannot be.
#[must_use]
pub fn html<'a>(
    groups: &'a [Group<'a>],
    chosen: Option<(Chosen<'a>, impl Iterator<Item = Item<'a>>)>,
    problem: Option<&'a str>,
    around: &Around<'a>,
) -> Vec<u8> {
    let phrases = around.phrases();
    let paths = chosen.as_ref().map(|(chosen, _)| chosen.paths).unwrap_or_default();
    let language = chosen.as_ref().and_then(|(chosen, _)| chosen.language).unwrap_or_default();
    let shell = Shell::new(around, "combine", phrases.combine, phrases.combine_lead);
    let mut shell = match &chosen {
        Some((chosen, _)) => shell.with_forms(&format!("combine?{}", chosen.query)).unlisted(),
        None => shell.with_forms("all"),
    };
    if let Some((chosen, _)) = &chosen {
        for language in &mut shell.languages {
            language.link = format!("{}?{}", language.link, chosen.query);
        }
    }
    let page = Page {
        action: around.link("combine"),
        groups: groups.iter().map(|group| Choices::new(group, paths, phrases)).collect(),
        language,
        result: chosen.map(|(chosen, items)| Made::new(chosen, items, around)),
        problem,
        from_url: GOOGLE_FROM_URL,
        p: phrases,
        shell,
    };
    super::rendered(&page)
}

impl<'a> Choices<'a> {
    fn new(group: &'a Group<'a>, paths: &[String], phrases: &'static Phrases) -> Self {
        let heading = match group.key {
            "org" => phrases.organizations,
            "tag" => phrases.topics,
            "venue" => phrases.venues,
            _ => phrases.partners,
        };
        let choice = |entry: &'a Entry<'a>| Choice {
            slug: entry.named.path.split_once('/').map_or("", |(_, slug)| slug),
            name: &entry.named.name,
            count: entry.events,
            chosen: paths.iter().any(|path| **path == *entry.named.path),
        };
        let entries: Vec<Choice<'a>> = group.entries.iter().map(choice).collect();
        let open = group.key == "org" || entries.iter().any(|entry| entry.chosen);
        Self { key: group.key, heading, open, entries }
    }
}

impl Made {
    fn new<'a>(chosen: Chosen<'_>, items: impl Iterator<Item = Item<'a>>, around: &Around<'_>) -> Self {
        let phrases = around.phrases();
        let (feed, page) = (format!("combine.ics?{}", chosen.query), format!("combine?{}", chosen.query));
        let subscribe = Subscribe::new(&Feed { name: chosen.name, path: &feed, page: &page }, around);
        let length = subscribe.address.chars().count();
        let (days, ahead) = list::next(items, around, PREVIEW);
        Self {
            name: chosen.name.to_owned(),
            codes: Codes::combined(chosen.query, chosen.name, around),
            too_long: (length > GOOGLE_MAX).then(|| filled(phrases.combine_too_long, &length.to_string())),
            subscribe,
            days,
            ahead,
        }
    }
}
