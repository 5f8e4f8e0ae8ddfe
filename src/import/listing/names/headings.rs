//! Headings of lists of organizations, "Co-Sponsoring Organizations (in formation):", and what they say of those under them. It reads no
//! names.

use super::NAMES;
use crate::name::folded;

/// What a heading says of those under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import::listing) enum Role {
    /// They host the event.
    Hosts,
    /// They support it; the first may host it.
    Supporters,
    /// They support what others host.
    Sponsors,
}

/// What headings are about: their last word.
const NOUNS: [&str; 17] = [
    "organizations",
    "organization",
    "organisations",
    "orgs",
    "groups",
    "sponsors",
    "sponsor",
    "co-sponsors",
    "cosponsors",
    "hosts",
    "host",
    "co-hosts",
    "supporters",
    "endorsers",
    "organizers",
    "partners",
    "by",
];
/// The words before it.
const ADJECTIVES: [&str; 24] = [
    "additional",
    "host",
    "hosting",
    "hosted",
    "co-host",
    "co-hosting",
    "co-hosted",
    "supporting",
    "supported",
    "sponsoring",
    "sponsored",
    "co-sponsoring",
    "co-sponsored",
    "cosponsoring",
    "cosponsored",
    "endorsing",
    "endorsed",
    "organizing",
    "organized",
    "partner",
    "participating",
    "community",
    "and",
    "other",
];

/// Whether a line begins with a heading of organizations.
pub(in crate::import::listing) fn heading_at_start(line: &str) -> bool {
    let start = line.get(..line.floor_char_boundary(120)).unwrap_or_default();
    start
        .find(':')
        .is_some_and(|colon| heading_before(start.get(..colon).unwrap_or_default()).is_some_and(|at| at == 0))
}

/// Where the heading begins that ends with this text, if one does.
fn heading_before(text: &str) -> Option<usize> {
    let text = text.trim_end();
    let text = match text.strip_suffix(')').and_then(|text| text.rfind('(')) {
        Some(open) => text.get(..open)?.trim_end(),
        None => text,
    };
    let mut words = words_backwards(text);
    let (mut start, noun) = words.next()?;
    if !NOUNS.contains(&folded(noun).as_str()) {
        return None;
    }
    let alone = !matches!(folded(noun).as_str(), "by");
    let mut described = false;
    for (at, word) in words {
        if !ADJECTIVES.contains(&folded(word).as_str()) {
            break;
        }
        (start, described) = (at, true);
    }
    (alone || described).then_some(start)
}

fn words_backwards(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut end = text.len();
    std::iter::from_fn(move || {
        let before = text.get(..end)?.trim_end();
        let start = before
            .rfind(char::is_whitespace)
            .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
        end = start;
        before.get(start..).filter(|word| !word.is_empty()).map(|word| (start, word))
    })
}

fn role(heading: &str) -> Role {
    let heading = folded(heading);
    let has = |words: &[&str]| words.iter().any(|word| heading.contains(word));
    if has(&["co-", "cosponsor", "additional", "sponsor", "endors", "partner", "participating"]) {
        Role::Sponsors
    } else if has(&["host", "organized by", "organizers", "organizing"]) {
        Role::Hosts
    } else {
        Role::Supporters
    }
}

/// The headings of a text with what is under each; what is before the first has none.
pub(super) fn parts(text: &str) -> Vec<(Role, &str)> {
    let mut parts = Vec::new();
    let (mut begin, mut current) = (0, Role::Supporters);
    for (colon, _) in text.match_indices(':').take(NAMES) {
        let Some(before) = text.get(begin..colon) else { continue };
        if let Some(at) = heading_before(before) {
            parts.push((current, before.get(..at).unwrap_or_default()));
            current = role(before.get(at..).unwrap_or_default());
            begin = colon + 1;
        }
    }
    parts.push((current, text.get(begin..).unwrap_or_default()));
    parts.retain(|(_, part)| part.chars().any(char::is_alphanumeric));
    parts
}
