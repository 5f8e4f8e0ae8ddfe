//! The grammar of dates within a date line: with the month's name, or in numbers. It reads no times.

use chrono::Weekday;

use super::read::{Day, Joint, Reader, Written};
use super::tokens::Token;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// The most days of one line.
const MOST: usize = 50;
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

/// The weekday that a word names or begins to name.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    let is = |name: &str| word.len() >= 3 && (name.starts_with(word) || (word == "weds" && name == "wednesday"));
    WEEKDAYS.iter().find(|(name, _)| is(name)).map(|(_, day)| *day)
}

/// The number of the month that a word names or begins to name.
pub(super) fn month(word: &str) -> Option<u32> {
    let is = |name: &&str| (word.len() >= 3 && name.starts_with(word)) || (word == "sept" && *name == "september");
    MONTHS.iter().position(is).and_then(|at| u32::try_from(at + 1).ok())
}

impl Reader<'_> {
    pub(super) fn day(&mut self) -> Option<Day> {
        let before = self.rest;
        let weekday = self.weekday();
        if weekday.is_some() {
            let _ = self.mark(',') || self.mark('-');
            let _ = self.word(&["the"]);
        }
        let day = self.named().or_else(|| self.numbered());
        let Some(day) = day else {
            self.rest = before;
            return None;
        };
        let weekday = weekday.or_else(|| self.weekday_after());
        let year = day.year.or_else(|| self.year_after());
        Some(Day { weekday, year, ..day })
    }

    /// "(Saturday)" or ", Saturday", after a date.
    fn weekday_after(&mut self) -> Option<Weekday> {
        let before = self.rest;
        let is_open = self.mark('(');
        let _ = is_open || self.mark(',');
        let weekday = self.weekday().filter(|_| !is_open || self.mark(')'));
        if weekday.is_none() {
            self.rest = before;
        }
        weekday
    }

    /// Further dates right after the first: "March 20 - 21, 2021", "March 20, 21 & 27, 2021", "May 4, 2018 and May 11, 2018".
    /// `None` where it is not clear which of them are meant.
    pub(super) fn further_days(&mut self, written: &mut Written) -> Option<()> {
        let days = match self.bare_days(&written.day) {
            Some(days) => days,
            None => std::iter::from_fn(|| self.further_day()).take(MOST).collect(),
        };
        // "March 20-21 & 27": who knows which hours each has.
        if days.len() > 1 && days.iter().any(|(joint, _)| *joint == Joint::Until) {
            return None;
        }
        let year = days.iter().find_map(|(_, day)| day.year);
        written.day.year = written.day.year.or(year);
        let mut days = days.into_iter().map(|(joint, day)| (joint, Day { year: day.year.or(written.day.year), ..day }));
        written.second_day = days.next();
        written.more_days = days.map(|(_, day)| day).collect();
        Some(())
    }

    fn further_day(&mut self) -> Option<(Joint, Day)> {
        let before = self.rest;
        let found = self.joint().and_then(|joint| Some((joint, self.day()?)));
        if found.is_none() {
            self.rest = before;
        }
        found
    }

    /// Days of the same month, where its year comes after them.
    fn bare_days(&mut self, first: &Day) -> Option<Vec<(Joint, Day)>> {
        if first.year.is_some() {
            return None;
        }
        let before = self.rest;
        let mut days: Vec<(Joint, u32)> = Vec::new();
        while let Some(joint) = self.joint() {
            let Some(day) = self.day_number() else { break };
            days.push((joint, day));
            let after = self.rest;
            let _ = self.mark(',');
            if let Some(year) = self.year() {
                let day = |(joint, day)| (joint, Day { weekday: None, year: Some(year), day, ..*first });
                return Some(days.into_iter().map(day).collect());
            }
            self.rest = after;
        }
        self.rest = before;
        None
    }

    fn weekday(&mut self) -> Option<Weekday> {
        let Some(Token::Word(word)) = self.rest.first() else { return None };
        let is = |name: &str| {
            word.len() >= 3 && (name.starts_with(word.as_str()) || (word == "weds" && name == "wednesday"))
        };
        let known = WEEKDAYS.iter().find(|(name, _)| is(name))?;
        self.advance(1);
        Some(known.1)
    }

    fn month(&mut self) -> Option<u32> {
        let Some(Token::Word(word)) = self.rest.first() else { return None };
        let number = month(word)?;
        self.advance(1);
        Some(number)
    }

    /// "March 20, 2021", "20 March 2021", each also without the year.
    fn named(&mut self) -> Option<Day> {
        let before = self.rest;
        let found = self.month_first().or_else(|| {
            self.rest = before;
            self.day_first()
        });
        if found.is_none() {
            self.rest = before;
        }
        found
    }

    fn month_first(&mut self) -> Option<Day> {
        let month = self.month()?;
        let day = self.day_number()?;
        Some(Day { weekday: None, year: self.year_after(), month, day, numbers_only: false })
    }

    fn day_first(&mut self) -> Option<Day> {
        let day = self.day_number()?;
        let _ = self.word(&["of"]);
        let month = self.month()?;
        Some(Day { weekday: None, year: self.year_after(), month, day, numbers_only: false })
    }

    fn day_number(&mut self) -> Option<u32> {
        let Some(Token::Number(day @ 1..=31, 1..=2)) = self.rest.first() else { return None };
        self.advance(1);
        let _ = self.word(&["st", "nd", "rd", "th"]);
        Some(*day)
    }

    /// ", 2021"
    fn year_after(&mut self) -> Option<i32> {
        let before = self.rest;
        let _ = self.mark(',');
        let year = self.year();
        if year.is_none() {
            self.rest = before;
        }
        year
    }

    /// "2021", "’21".
    fn year(&mut self) -> Option<i32> {
        let (year, length) = match self.rest {
            [Token::Number(year, 4), ..] => (*year, 1),
            [Token::Mark('’' | '‘' | '\''), Token::Number(year, 2), ..] => (2000 + year, 2),
            _ => return None,
        };
        self.advance(length);
        i32::try_from(year).ok()
    }

    /// "3/20/2021", "3-20-2021", "20.3.2021", "2021-03-20".
    fn numbered(&mut self) -> Option<Day> {
        let [one @ Token::Number(..), Token::Mark(mark), other @ Token::Number(..), Token::Mark(again), last, ..] =
            self.rest
        else {
            return None;
        };
        if mark != again || !matches!(mark, '/' | '-' | ':') {
            return None;
        }
        let (year, month, day, numbers_only) = match (one, other, last) {
            (Token::Number(year, 4), Token::Number(month @ 1..=12, _), Token::Number(day @ 1..=31, 1..=2)) => {
                (*year, *month, *day, false)
            }
            (Token::Number(month @ 1..=12, 1..=2), Token::Number(day @ 1..=31, 1..=2), Token::Number(year, digits)) => {
                (full(*year, *digits, *mark)?, *month, *day, *day <= 12 && day != month)
            }
            // No month has such a number: the day comes first.
            (Token::Number(day @ 13..=31, 2), Token::Number(month @ 1..=12, 1..=2), Token::Number(year, digits)) => {
                (full(*year, *digits, *mark)?, *month, *day, false)
            }
            _ => return None,
        };
        self.advance(5);
        Some(Day { weekday: None, year: i32::try_from(year).ok(), month, day, numbers_only })
    }
}

/// A year of four digits, or, between slashes, of two.
fn full(year: u32, digits: usize, mark: char) -> Option<u32> {
    match (digits, mark) {
        (4, _) => Some(year),
        (2, '/') => Some(2000 + year),
        _ => None,
    }
}
