//! Names that stand one after the other without a separator: where one ends and the next begins, by names that are known and by the words
//! with which names of organizations end. All of it is a guess, and said to be one.

use super::super::Known;

/// More words than one name has.
const ONE_NAME: usize = 12;
/// The most words of one known name.
const LONGEST: usize = 20;
/// The most words that are looked at.
const MOST: usize = 2_000;
/// The words with which names end, unless the next word goes on.
const ENDS: [&str; 25] = [
    "group",
    "alliance",
    "network",
    "association",
    "center",
    "league",
    "committee",
    "coalition",
    "council",
    "union",
    "foundation",
    "institute",
    "project",
    "society",
    "federation",
    "collective",
    "party",
    "church",
    "club",
    "team",
    "school",
    "consortium",
    "campaign",
    "caucus",
    "organization",
];
/// The words after which a name goes on.
const GOES_ON: [&str; 10] = ["of", "for", "and", "&", "to", "in", "on", "against", "the", "-"];

/// The names of a text without separators; `None` where it looks like one name.
pub(super) fn split(text: &str, known: &Known) -> Option<Vec<String>> {
    let words: Vec<&str> = text.split_whitespace().take(MOST).collect();
    let (names, found) = segments(&words, known);
    let is_run_together = found >= 2 || words.len() > ONE_NAME || names.iter().all(|name| is_whole(name));
    (is_run_together && names.len() > 1).then_some(names)
}

/// Whether a name ends as names do, with its last word or its abbreviation: "Block Group (BG)".
fn is_whole(name: &str) -> bool {
    let last = name.split_whitespace().next_back().unwrap_or_default();
    let begins = name.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    begins && name.contains(' ') && (last.ends_with(')') || ENDS.contains(&last.to_lowercase().as_str()))
}

/// The names, and how many of them are known.
fn segments(words: &[&str], known: &Known) -> (Vec<String>, usize) {
    let (mut names, mut found) = (Vec::new(), 0);
    let (mut at, mut unknown) = (0, 0);
    while at < words.len() {
        match known_at(words, at, known) {
            Some(end) => {
                guess(words.get(unknown..at).unwrap_or_default(), &mut names);
                names.push(words.get(at..end).unwrap_or_default().join(" "));
                found += 1;
                (at, unknown) = (end, end);
            }
            None => at += 1,
        }
    }
    guess(words.get(unknown..).unwrap_or_default(), &mut names);
    (names, found)
}

/// Where the longest known name ends that begins with this word.
fn known_at(words: &[&str], at: usize, known: &Known) -> Option<usize> {
    let begins = words.get(at)?.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    let longest = words.len().min(at + LONGEST);
    let is_known = |end: &usize| {
        let name = words.get(at..*end).unwrap_or_default().join(" ");
        // One short word is too little to know a name by, unless it is written in capitals.
        let telling = *end > at + 1 || (name.len() >= 3 && name.chars().all(|c| !c.is_lowercase()));
        telling && known.organization(&name).is_some()
    };
    if begins { (at + 1..=longest).rev().find(is_known) } else { None }
}

/// Splits words in which no name is known where one ends by its last word.
fn guess(words: &[&str], names: &mut Vec<String>) {
    let mut begin = 0;
    for end in 1..=words.len() {
        let (last, next) = (words.get(end - 1).copied().unwrap_or_default(), words.get(end).copied());
        if next.is_none_or(|next| ends(words, begin, end, last, next)) {
            names.push(words.get(begin..end).unwrap_or_default().join(" "));
            begin = end;
        }
    }
}

fn ends(words: &[&str], begin: usize, end: usize, last: &str, next: &str) -> bool {
    let plain = |word: &str| word.to_lowercase();
    let goes_on = GOES_ON.contains(&next) || next.starts_with('(');
    let before = end.checked_sub(2).filter(|at| *at > begin).and_then(|at| words.get(at)).map(|word| plain(word));
    // "Association of Illinois", "Planned Parenthood - Illinois".
    let after_place =
        matches!(before.as_deref(), Some("of" | "-")) && matches!(plain(last).as_str(), "illinois" | "chicago");
    let is_end = ENDS.contains(&plain(last).as_str()) || after_place || last.ends_with(')');
    // No name is one word such as "Association".
    is_end && !goes_on && end > begin + 1
}
