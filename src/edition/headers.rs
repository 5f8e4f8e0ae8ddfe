//! The file `_headers`, by which hosts such as Netlify and Cloudflare Pages learn the fields of responses. It knows their limits.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::site::{COMMON_FIELDS, Policy, Site};

/// The name of the file.
pub const FILE: &str = "_headers";

/// The most rules that a host reads (Cloudflare Pages).
pub const MOST_RULES: usize = 100;

/// For everything: of the values that a Site sends, the one that keeps a copy for the shorter time. Hosts join or choose between rules that
/// set one field, each in its own way, so no field is set by two of them, but where either value is right.
const CACHE_CONTROL: &str = "public, max-age=300, stale-if-error=86400";

/// A rule: a pattern of addresses and the fields of what is there.
type Rule = (String, Vec<(&'static str, &'static str)>);

/// The text of the file for the addresses of an edition, and how many rules there was no room for: those of the last languages.
#[must_use]
pub fn text(site: &Site, addresses: &[String]) -> (String, usize) {
    let mut rules = vec![("/*".to_owned(), everywhere())];
    rules.extend(by_ending(site, addresses));
    rules.extend(by_folder(site, addresses));
    let left_out = rules.len().saturating_sub(MOST_RULES);
    let mut text = "# Written by handbill build. Rules by pattern: hosts read at most 100.\n".to_owned();
    for (pattern, fields) in rules.iter().take(MOST_RULES) {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{pattern}");
        for (name, value) in fields {
            let _ = writeln!(text, "  {name}: {value}");
        }
    }
    (text, left_out)
}

fn everywhere() -> Vec<(&'static str, &'static str)> {
    COMMON_FIELDS.into_iter().chain([("cache-control", CACHE_CONTROL)]).collect()
}

/// What is no page: its type, which hosts do not know of each ending, or not with its charset.
fn by_ending(site: &Site, addresses: &[String]) -> Vec<Rule> {
    let mut types = BTreeMap::new();
    for address in addresses {
        let Some((_, ending)) = last(address).rsplit_once('.') else { continue };
        if types.contains_key(ending) {
            continue;
        }
        let found = super::find(site, address).filter(|found| found.head().policy == Policy::Data);
        types.extend(found.map(|found| (ending, found.head().media_type)));
    }
    let policy = Policy::Data.content_security();
    let fields = |media_type| vec![("content-type", media_type), ("content-security-policy", policy)];
    types.into_iter().map(|(ending, media_type)| (format!("/*.{ending}"), fields(media_type))).collect()
}

/// Pages: what a browser may do with them. The data among them have the same rule, which allows them nothing that they need not have.
fn by_folder(site: &Site, addresses: &[String]) -> Vec<Rule> {
    let mut fronts: Vec<&str> = addresses.iter().map(String::as_str).filter(|address| address.ends_with('/')).collect();
    fronts.sort_by_key(|front| std::cmp::Reverse(front.len()));
    let mut policies = BTreeMap::new();
    for address in addresses.iter().filter(|address| !last(address).contains('.')) {
        let Some(front) = fronts.iter().find(|front| address.starts_with(**front)) else { continue };
        let pattern = match address.strip_prefix(front).and_then(|inside| inside.split_once('/')) {
            Some((folder, _)) => format!("{front}{folder}/*"),
            None => address.clone(),
        };
        policies
            .entry((front.len(), pattern))
            .or_insert_with(|| super::find(site, address).map_or(Policy::Page, |found| found.head().policy));
    }
    let fields = |policy: Policy| vec![("content-security-policy", policy.content_security())];
    policies.into_iter().map(|((_, pattern), policy)| (pattern, fields(policy))).collect()
}

fn last(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or_default()
}
