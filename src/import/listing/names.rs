//! Lists of organizations as people write them: headings, commas, "and", lines, "many more". It separates names, and says where it is not
//! sure; whose the names are is not its business.

use super::super::Known;
use super::run_together;

mod headings;
mod others;

pub(super) use headings::{Role, heading_at_start};

use headings::parts;
use others::{is_nobody, without_others};

/// The longest name, in characters.
const NAME: usize = 200;
/// The most names of one list.
pub(super) const NAMES: usize = 500;
/// The longest piece between separators that is looked into, in bytes.
const PIECE: usize = 2_000;

/// The names under one heading.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) role: Role,
    pub(super) names: Vec<String>,
    /// What is not certain about them.
    pub(super) doubts: Vec<String>,
}

/// Learns the names that separators set apart without a doubt.
pub(super) fn learn(text: &str, known: &mut Known) {
    for (_, part) in parts(text) {
        let pieces = pieces(part);
        if pieces.len() > 1 {
            for piece in pieces.iter().filter(|piece| !piece.contains(" and ") && !piece.contains('&')) {
                known.learn(&typographic(without_others(piece)));
            }
        }
    }
}

/// The names of a text, under their headings.
pub(super) fn sections(text: &str, known: &Known) -> Vec<Section> {
    parts(text).into_iter().map(|(role, part)| section(role, part, known)).collect()
}

fn section(role: Role, text: &str, known: &Known) -> Section {
    let pieces = pieces(text);
    let mut section = Section { role, names: Vec::new(), doubts: Vec::new() };
    let (count, in_line) = (pieces.len(), text.contains([',', ';']));
    for (number, piece) in pieces.into_iter().enumerate().take(NAMES) {
        let piece = without_others(piece);
        let alone = count == 1;
        if section.marked(piece, known) {
            continue;
        }
        match run_together::split(piece, known).filter(|_| alone) {
            Some(names) => {
                section.doubts.push("the names are run together in the listing; where one ends is a guess".to_owned());
                section.names.extend(names);
            }
            None => section.joined(piece, number + 1 == count && !alone && in_line, known),
        }
    }
    for name in &mut section.names {
        *name = typographic(name);
    }
    section.names.retain(|name| name.chars().any(char::is_alphanumeric));
    if section.names.iter().any(|name| name.chars().count() > NAME) {
        section.names.retain(|name| name.chars().count() <= NAME);
        section.doubts.push(format!("what is longer than {NAME} characters is left out: it is no name"));
    }
    if count > NAMES {
        section.doubts.push(format!("only the first {NAMES} names are there"));
    }
    section
}

impl Section {
    /// A piece with marks that may separate names or belong to one: "Alpha / Beta", "Alpha + Beta". Whether it is one.
    fn marked(&mut self, piece: &str, known: &Known) -> bool {
        let mark = [" / ", " + "].into_iter().find(|mark| piece.contains(mark));
        let Some(mark) = mark.filter(|_| piece.len() <= PIECE && known.organization(piece).is_none()) else {
            return false;
        };
        self.doubts.push(format!("{piece:?} is taken as several names"));
        self.names.extend(piece.split(mark).map(str::trim).filter(|name| !is_nobody(name)).map(str::to_owned));
        true
    }

    /// A piece between separators, in which "and" may separate two names or belong to one.
    fn joined(&mut self, piece: &str, last: bool, known: &Known) {
        let whole = || piece.to_owned();
        if piece.is_empty() || piece.len() > PIECE {
            return self.names.push(whole());
        }
        if known.organization(piece).is_some() {
            return self.names.push(whole());
        }
        let halves: Vec<(&str, &str)> = [" and ", " & "].into_iter().flat_map(|and| halves(piece, and)).collect();
        let by_name = |(one, other): &&(&str, &str)| {
            known.organization(one).is_some() || (known.organization(other).is_some() && is_name(one))
        };
        if let Some((one, other)) = halves.iter().find(by_name) {
            self.joined(one, false, known);
            return self.joined(other, last, known);
        }
        let possible = halves.iter().find(|(one, other)| is_name(one) && is_name(other) && !is_open(one));
        // Before the last of a list, "and" most likely separates even names of one word.
        let before_last =
            || piece.contains(" and ").then(|| halves.iter().rfind(|(one, other)| begin_names(one, other)))?;
        let possible = possible.or_else(|| if last { before_last() } else { None });
        match possible {
            Some((one, other)) if last => {
                self.doubts.push(format!("{piece:?} is taken as two names"));
                self.names.extend([(*one).to_owned(), (*other).to_owned()]);
            }
            Some(_) => {
                self.doubts.push(format!("{piece:?} is taken as one name"));
                self.names.push(whole());
            }
            None => self.names.push(whole()),
        }
    }
}

/// The two sides of each place where a word stands.
fn halves<'p>(piece: &'p str, and: &str) -> Vec<(&'p str, &'p str)> {
    let at = piece.match_indices(and).take(10);
    at.filter_map(|(at, and)| Some((piece.get(..at)?.trim(), piece.get(at + and.len()..)?.trim()))).collect()
}

/// Whether a text may be a name by itself: two words at least, the first with a capital or a digit.
fn is_name(text: &str) -> bool {
    text.split_whitespace().count() >= 2 && text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
}

/// Whether the two sides of an "and" may be two names, though each be one word.
fn begin_names(one: &str, other: &str) -> bool {
    let begins = |text: &str| text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    begins(one) && begins(other) && !is_open(one)
}

/// Whether what "and" follows is not a whole name: "Coalition for Immigrant", "Alliance Against Racist".
fn is_open(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let open = |word: &String| matches!(word.as_str(), "for" | "against" | "between" | "on");
    words.iter().rev().take(3).any(open)
}

/// The pieces between commas, semicolons, bullets and line ends; not within parentheses, nor before "Inc."
fn pieces(text: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut pieces) = (0_usize, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '\n' => depth = 0,
            _ => {}
        }
        let rest = || text.get(at + c.len_utf8()..).unwrap_or_default();
        let separates = c == '\n' || (depth == 0 && matches!(c, ',' | ';' | '•' | '|' | '·'));
        if separates && !(c == ',' && begins_with_form(rest())) {
            pieces.push(text.get(begin..at).unwrap_or_default());
            begin = at + c.len_utf8();
        }
    }
    pieces.push(text.get(begin..).unwrap_or_default());
    let trimmed = pieces.into_iter().map(|piece| {
        let piece = piece.trim().trim_start_matches(['-', '*', '–', '—']).trim();
        let piece = piece.strip_prefix("and ").or(piece.strip_prefix("& ")).unwrap_or(piece).trim();
        piece.strip_suffix('.').filter(|piece| !ends_with_initial(piece)).unwrap_or(piece).trim()
    });
    trimmed.filter(|piece| !is_nobody(piece) && !without_others(piece).is_empty()).collect()
}

/// Whether a text begins with the legal form of the organization that is named before it: "Inc."
fn begins_with_form(text: &str) -> bool {
    let text = text.trim_start_matches(' ');
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or_default();
    let is_form = matches!(word.to_ascii_lowercase().as_str(), "inc" | "llc" | "ltd" | "llp" | "nfp" | "corp");
    is_form && (rest.is_empty() || rest.starts_with(['.', ',', ';', '\n', ' ']))
}

/// Whether a full stop after this text belongs to it: "Inc.", "U.S."
fn ends_with_initial(text: &str) -> bool {
    let last = text.rsplit([' ', '.']).next().unwrap_or_default();
    last.chars().count() <= 1 || matches!(last, "Inc" | "Co" | "Corp" | "Ltd" | "Jr" | "St")
}

/// A name with the apostrophes of print.
fn typographic(name: &str) -> String {
    let mut before = ' ';
    let mut spaced = true;
    let print = |c: char| {
        let c = if c == '\'' && before.is_alphanumeric() { '’' } else { c };
        before = c;
        c
    };
    let mut printed: String = name.chars().map(print).collect();
    printed.retain(|c| {
        let keep = !(c.is_whitespace() && spaced);
        spaced = c.is_whitespace();
        keep
    });
    printed.trim().to_owned()
}

#[cfg(test)]
mod tests;
