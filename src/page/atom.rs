//! Events ahead as an Atom feed (RFC 4287): an entry for each, updated when it changes. It chooses no events but those ahead.

use std::collections::BTreeMap;

use atom_syndication::{Content, Entry, Feed, Generator, Link, Person, Text};
use chrono::{DateTime, FixedOffset, Utc};

use super::{Around, Item, dates};
use crate::event::words;

/// The most entries of a feed.
const MOST: usize = 200;

/// The feed of `name` for the stem at `path`; `modified` is when any of it last changed. A series has one entry, for its next date.
#[must_use]
pub fn xml<'a>(
    name: &str,
    path: &str,
    modified: DateTime<Utc>,
    items: impl Iterator<Item = Item<'a>>,
    around: &Around<'_>,
) -> Vec<u8> {
    let address = around.address(&super::with_ending(path, "atom"));
    let feed = Feed {
        title: Text::plain(name),
        id: address.clone(),
        updated: fixed(modified),
        authors: vec![Person { name: around.name.to_owned(), ..Person::default() }],
        generator: Some(Generator { value: "Handbill".into(), ..Generator::default() }),
        links: vec![
            link("self", &address, "application/atom+xml"),
            link("alternate", &around.address(path), "text/html"),
        ],
        lang: Some(around.language().to_string()),
        entries: entries(items, around),
        namespaces: BTreeMap::new(),
        ..Feed::default()
    };
    let mut xml = feed.to_string().into_bytes();
    xml.push(b'\n');
    xml
}

fn entries<'a>(items: impl Iterator<Item = Item<'a>>, around: &Around<'_>) -> Vec<Entry> {
    let midnight = around.zone.start_of_day(around.today);
    let mut ahead: Vec<(DateTime<Utc>, Entry)> = items
        .filter_map(|item| {
            let next = item.occurrences.iter().find(|occurrence| occurrence.when.end(around.zone) > midnight)?;
            Some((next.when.start().instant(around.zone), entry(item, next, around)))
        })
        .collect();
    ahead.sort_by(|(one, a), (other, b)| (one, &a.id).cmp(&(other, &b.id)));
    ahead.into_iter().take(MOST).map(|(_, entry)| entry).collect()
}

fn entry(item: Item<'_>, next: &crate::event::occurrences::Occurrence, around: &Around<'_>) -> Entry {
    let (event, phrases) = (item.event, around.phrases());
    let details = next.details(event);
    let page = around.address(&format!("event/{}", event.id));
    let place = details.place.as_ref().map(words::location);
    let lines = [dates::whole(next.when, phrases)].into_iter().chain(place).collect::<Vec<_>>().join("\n");
    let description = words::description(event, details, around.main(), around.view);
    Entry {
        title: Text::plain(words::title(details, around.main(), around.view)),
        // The page's address in the main language: one entry in all feeds.
        id: around.in_language(around.main()).address(&format!("event/{}", event.id)),
        updated: fixed(item.revision.modified),
        authors: event.organizations.iter().map(|o| Person { name: o.name.clone(), ..Person::default() }).collect(),
        categories: event
            .tags
            .iter()
            .map(|tag| atom_syndication::Category { term: tag.to_string(), ..Default::default() })
            .collect(),
        links: vec![link("alternate", &page, "text/html")],
        content: Some(Content {
            value: Some(format!("{lines}\n\n{description}").trim_end().to_owned()),
            content_type: Some("text".into()),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

fn link(relation: &str, address: &str, media_type: &str) -> Link {
    Link { rel: relation.into(), href: address.into(), mime_type: Some(media_type.into()), ..Link::default() }
}

fn fixed(instant: DateTime<Utc>) -> DateTime<FixedOffset> {
    instant.fixed_offset()
}
