//! What shows that a line is meant as a date line, though it cannot be read as one. It reads no date.

use super::day;
use super::tokens::{Token, tokens};

/// Words that tell nothing by themselves.
const IDLE: [&str; 28] = [
    "am", "pm", "a", "p", "m", "st", "nd", "rd", "th", "at", "from", "on", "to", "until", "till", "and", "or", "the",
    "of", "when", "date", "time", "tba", "tbd", "cdt", "cst", "ct", "between",
];
/// The most other words of a date line.
const OTHERS: usize = 3;

/// Whether a line names a day of a month, in whichever form.
pub(in crate::import::listing) fn names_day(line: &str, month: u32, day: u32) -> bool {
    let tokens = tokens(line).unwrap_or_default();
    let is_day = tokens.iter().any(|token| matches!(token, Token::Number(number, 1..=2) if *number == day));
    is_day
        && tokens.iter().any(|token| match token {
            Token::Word(word) => day::month(word) == Some(month),
            Token::Number(number, 1..=2) => *number == month,
            _ => false,
        })
}

/// The signs of a date in a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::import::listing) struct Signs {
    month: bool,
    weekday: bool,
    pub(in crate::import::listing) year: bool,
    pub(in crate::import::listing) clock: bool,
    /// "3/20/2021"
    numbers: bool,
    /// How many words are no part of a date.
    others: usize,
}

impl Signs {
    /// The signs in a line.
    pub(in crate::import::listing) fn of(line: &str) -> Self {
        let tokens = tokens(line).unwrap_or_default();
        let mut signs = Self::default();
        for at in 0..tokens.len() {
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            signs.see(before, tokens.get(at..).unwrap_or_default());
        }
        signs
    }

    fn see(&mut self, before: Option<&Token>, rest: &[Token]) {
        // "28th of March"
        let is_number = |token: Option<&Token>| match token {
            Some(Token::Word(word)) => matches!(word.as_str(), "of" | "st" | "nd" | "rd" | "th"),
            token => matches!(token, Some(Token::Number(..))),
        };
        match rest {
            [
                Token::Number(..),
                Token::Mark('/' | '-'),
                Token::Number(..),
                Token::Mark('/' | '-'),
                Token::Number(..),
                ..,
            ] => {
                self.numbers = true;
            }
            [Token::Number(1..=12, 1..=2), Token::Mark('/'), Token::Number(1..=31, 1..=2), ..] => self.numbers = true,
            [Token::Number(..), Token::Mark(':'), Token::Number(0..=59, 2), ..] => self.clock = true,
            [Token::Number(1..=12, _), Token::Word(half), ..] if matches!(half.as_str(), "am" | "pm" | "a" | "p") => {
                self.clock = true;
            }
            // A house number stands first.
            [Token::Number(1990..=2100, 4), ..] if before.is_some() => self.year = true,
            [Token::Mark('’' | '\''), Token::Number(_, 2), ..] => self.year = true,
            [Token::Word(word), ..] => match word.as_str() {
                "noon" | "midnight" => self.clock = true,
                word if day::weekday(word).is_some() => self.weekday = true,
                word if day::month(word).is_some() && (is_number(before) || is_number(rest.get(1))) => {
                    self.month = true
                }
                word => self.others += usize::from(!IDLE.contains(&word)),
            },
            _ => {}
        }
    }

    /// How many signs there are.
    pub(in crate::import::listing) fn count(self) -> usize {
        [self.month, self.weekday, self.year, self.clock, self.numbers].into_iter().filter(|sign| *sign).count()
    }

    /// Whether a line is most likely a date line.
    pub(in crate::import::listing) fn are_clear(self) -> bool {
        self.count() >= 2 && self.others <= OTHERS
    }

    /// Whether one of them tells a day of a year, not only of a week.
    pub(in crate::import::listing) fn tell_day(self) -> bool {
        self.month || self.numbers || self.year
    }
}
