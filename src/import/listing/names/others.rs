//! What stands in lists of names and is no name: "and many others", "plus 40 more", "TBD".

use super::PIECE;

/// What says that there is nobody, or nobody yet.
const NOBODY: [&str; 7] = ["tbd", "tba", "none", "n/a", "unknown", "to be announced", "to be determined"];
/// What joins others to names.
const JOINTS: [&str; 5] = ["and ", "plus ", "with ", "along with ", "as well as "];
/// What may stand before a quantity.
const ABOUT: [&str; 6] = ["over ", "more than ", "about ", "at least ", "nearly ", "some "];
/// How many others there are, in words.
const QUANTITIES: [&str; 8] =
    ["many ", "several ", "dozens of ", "dozens ", "hundreds of ", "hundreds ", "a few ", "a dozen "];
/// The others; those that tell nothing but with a quantity come after [`OTHERS_ALONE`].
const OTHERS: [&str; 13] = [
    "more organizations",
    "more groups",
    "more orgs",
    "other organizations",
    "other groups",
    "other orgs",
    "other community organizations",
    "others",
    "etc",
    "tba",
    "more",
    "organizations",
    "groups",
];
const OTHERS_ALONE: usize = 10;

/// Whether a piece of a list names nobody.
pub(super) fn is_nobody(piece: &str) -> bool {
    let piece = piece.trim_matches(|c: char| !c.is_alphanumeric());
    piece.is_empty() || NOBODY.iter().any(|nobody| piece.eq_ignore_ascii_case(nobody))
}

/// A piece without what says only that there are more: "& Others - see graphic", "and many others (see post details)", "many more".
pub(super) fn without_others(piece: &str) -> &str {
    if piece.len() > PIECE {
        return piece;
    }
    let lower = piece.to_ascii_lowercase();
    let mut starts = std::iter::once(0).chain(lower.match_indices([' ', '&', '+']).map(|(at, _)| at));
    let end = starts.find(|at| are_others(piece, &lower, *at)).unwrap_or(piece.len());
    piece.get(..end).unwrap_or(piece).trim_end_matches(['&', '+', ',', ' '])
}

/// Whether from here on a piece names only others.
fn are_others(piece: &str, lower: &str, at: usize) -> bool {
    let rest = lower.get(at..).unwrap_or_default();
    let after = rest.trim_start_matches(['&', '+', ' ']);
    let marks = rest.get(..rest.len() - after.len()).unwrap_or_default();
    let bare = strip(after, &JOINTS);
    let is_joined = at == 0 || marks.contains(['&', '+']) || bare.len() < after.len();
    let counted = quantity(bare);
    let is_counted = counted.len() < bare.len();
    let Some(others) = OTHERS.iter().position(|others| ends_with(counted, others)) else { return false };
    // "Mothers & More" is a name.
    let is_capital = piece.get(piece.len() - counted.len()..).is_some_and(|rest| rest.starts_with(char::is_uppercase));
    let is_more = OTHERS.get(others) == Some(&"more") && is_joined && (at == 0 || !is_capital);
    is_counted || others < OTHERS_ALONE || is_more
}

/// A text without a number or another quantity at its start.
fn quantity(text: &str) -> &str {
    let number = strip(text, &ABOUT);
    let after = number.trim_start_matches(|c: char| c.is_ascii_digit());
    let after_number = after.strip_prefix('+').unwrap_or(after).strip_prefix(' ');
    match after_number.filter(|_| after.len() < number.len()) {
        Some(after) => after,
        None => strip(text, &QUANTITIES),
    }
}

fn strip<'t>(text: &'t str, words: &[&str]) -> &'t str {
    words.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text)
}

/// Whether a text is these words and at most a remark.
fn ends_with(text: &str, words: &str) -> bool {
    text.strip_prefix(words).is_some_and(|rest| {
        let rest = rest.trim_matches(['.', '!', ' ']);
        rest.is_empty() || rest.starts_with(['(', '-', '–', '—', ':'])
    })
}
