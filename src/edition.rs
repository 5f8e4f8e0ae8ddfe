//! An edition: the Site as it lies outside of this process, as files or as objects of a store. It knows under which names, and in which
//! order a reader may come to see them; it writes nothing.
//!
//! Readers come while an edition is being written, and a writer may stop anywhere. So what nobody has a link to yet is written first,
//! each thing after those it points to; then what is there already; and what is no more is removed last, when nothing leads there.

use std::collections::BTreeMap;

use crate::site::{Found, Missing, Site};

pub mod headers;
pub mod manifest;
pub mod object;
pub mod plan;

/// The place of a representation in the order of writing: what it points to is of its own rank or of one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Style, scripts and pictures: they point to nothing.
    Asset,
    /// Feeds, as iCalendar, JSON and Atom.
    Feed,
    /// Pages, and what other sites embed.
    Page,
    /// What leads everywhere: front pages, the chooser, the lists for programs.
    Directory,
    /// What is true only when it is made, such as the status: written along with other things, and never for itself.
    Passing,
}

/// Whether a reader may have come upon a name before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing leads there yet.
    New,
    /// It is there, in some version.
    Known,
}

/// Addresses that may be written side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// New ones come first.
    pub standing: Standing,
    /// Then by what points to what.
    pub rank: Rank,
}

/// The last part of the address of the page that hosts show where there is nothing. No Site answers at it.
const NOT_FOUND: &str = "404.html";

/// The last part of the address of the status.
const STATUS: &str = "status";

/// Every address of an edition of the Site, in a fixed order: those of the Site, the pages for what is not there, and, where pages lead to
/// it, the status.
#[must_use]
pub fn addresses(site: &Site) -> Vec<String> {
    let mut addresses: Vec<String> = site.addresses().collect();
    let fronts: Vec<String> = addresses.iter().filter(|address| address.ends_with('/')).cloned().collect();
    let has_partners = addresses.iter().any(|address| address.starts_with("/partner/"));
    for front in fronts {
        addresses.push(format!("{front}{NOT_FOUND}"));
        if has_partners {
            addresses.push(format!("{front}{STATUS}"));
        }
    }
    addresses.sort_unstable();
    addresses
}

/// What is to be written for an address of [`addresses`]; `None` for any other.
#[must_use]
pub fn find<'s>(site: &'s Site, address: &str) -> Option<Found<'s>> {
    match address.strip_suffix(NOT_FOUND).filter(|folder| folder.ends_with('/')) {
        Some(folder) => site.missing_page(&format!("{folder}404"), &Missing::Unknown(String::new())),
        None => site.find(address, None).ok(),
    }
}

/// The rank of what an address names.
#[must_use]
pub fn rank(address: &str, found: &Found<'_>) -> Rank {
    match found.head().modified {
        Some(_) => named_rank(address),
        None => Rank::Passing,
    }
}

/// The same by the address alone, for what is no more.
fn named_rank(address: &str) -> Rank {
    let last = address.rsplit('/').next().unwrap_or_default();
    let is_at_root = address.rfind('/') == Some(0);
    match last.rsplit_once('.').map(|(_, ending)| ending) {
        _ if matches!(last, "" | "index.html" | "combine" | "feeds.json" | "sitemap.xml") => Rank::Directory,
        Some("ics" | "json" | "atom") => Rank::Feed,
        Some("css" | "js" | "svg" | "txt") if is_at_root => Rank::Asset,
        _ => Rank::Page,
    }
}

/// Names of files that are no more, in the order in which they are to be removed: a page goes before what it points to.
#[must_use]
pub fn removals<'n>(names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_by_key(|name| std::cmp::Reverse(named_rank(&format!("/{name}"))));
    names
}

/// Addresses in the steps in which they are to be written.
pub fn steps<'a>(
    addresses: impl IntoIterator<Item = (&'a str, Rank)>,
    standing: impl Fn(&str) -> Standing,
) -> BTreeMap<Step, Vec<&'a str>> {
    let mut steps: BTreeMap<Step, Vec<&'a str>> = BTreeMap::new();
    for (address, rank) in addresses {
        steps.entry(Step { standing: standing(address), rank }).or_default().push(address);
    }
    steps
}

/// The name of the file for an address. A page is one that hosts find by the page's address: `org/chicago-dsa.html`, `es/index.html`.
#[must_use]
pub fn file_name(address: &str) -> String {
    let name = address.trim_start_matches('/');
    match name.rsplit('/').next().unwrap_or_default() {
        "" => format!("{name}index.html"),
        last if last.contains('.') => name.to_owned(),
        _ => format!("{name}.html"),
    }
}

/// The key of the object for an address: the address itself, since a store knows types without endings, and whatever stands before it
/// finds only front pages by another name.
#[must_use]
pub fn key(address: &str) -> String {
    match address.trim_start_matches('/') {
        name if name.is_empty() || name.ends_with('/') => format!("{name}index.html"),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
