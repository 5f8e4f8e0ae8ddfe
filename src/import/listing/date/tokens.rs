//! The words, numbers and marks of a date line. It knows no dates.

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A number and how many digits it is written with.
    Number(u32, usize),
    /// Letters, in lower case.
    Word(String),
    /// Any other mark; every kind of dash is `-`.
    Mark(char),
}

/// As much of a line as its first tokens are written with.
pub(super) fn first(line: &str, count: usize) -> &str {
    let ends = line.char_indices().map(|(at, c)| at + c.len_utf8());
    let long_enough = |end: &usize| {
        let next = line.get(*end..).and_then(|rest| rest.chars().next());
        let within = next.is_some_and(char::is_alphanumeric)
            && line.get(..*end).is_some_and(|part| part.ends_with(char::is_alphanumeric));
        !within && line.get(..*end).and_then(tokens).is_some_and(|tokens| tokens.len() >= count)
    };
    ends.into_iter().find(long_enough).and_then(|end| line.get(..end)).unwrap_or(line)
}

/// The longest line that can be a date line, in bytes.
const LONGEST: usize = 200;

/// The parts of a line; `None` when it is too long to be a date line, or has a number that nobody writes in a date.
pub(super) fn tokens(line: &str) -> Option<Vec<Token>> {
    if line.len() > LONGEST {
        return None;
    }
    let line = plain(line);
    let mut tokens = Vec::new();
    let mut rest = line.as_str();
    while let Some(first) = rest.chars().next() {
        let belongs = |c: char| match first {
            '0'..='9' => c.is_ascii_digit(),
            _ => first.is_alphabetic() && c.is_alphabetic(),
        };
        let length = rest.find(|c| !belongs(c)).unwrap_or(rest.len()).max(first.len_utf8());
        let (part, after) = rest.split_at_checked(length)?;
        rest = after;
        match first {
            '0'..='9' => tokens.push(Token::Number(part.parse().ok()?, part.len())),
            '‐' | '‑' | '‒' | '–' | '—' | '−' => tokens.push(Token::Mark('-')),
            c if c.is_alphabetic() => tokens.push(Token::Word(part.to_owned())),
            c if c.is_whitespace() => {}
            c => tokens.push(Token::Mark(c)),
        }
    }
    Some(tokens)
}

/// A line in lower case, without what tells nothing: full stops, as in "p.m." or "Mar. 20", and what nobody sees. Between numbers, as in
/// "1.30 PM", a full stop is a colon.
fn plain(line: &str) -> String {
    let lower = line.to_lowercase();
    let mut plain = String::with_capacity(lower.len());
    let mut rest = lower.chars().peekable();
    let mut follows_digit = false;
    while let Some(c) = rest.next() {
        let is_between = follows_digit && rest.peek().is_some_and(char::is_ascii_digit);
        follows_digit = c.is_ascii_digit();
        match c {
            '.' if is_between => plain.push(':'),
            '.' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => {}
            c => plain.push(c),
        }
    }
    plain
}
