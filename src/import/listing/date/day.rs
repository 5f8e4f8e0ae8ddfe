//! The grammar of dates within a date line: with the month's name, or in numbers. It reads no times.

use chrono::Weekday;

use super::read::{Day, Reader};
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
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

impl Reader<'_> {
    pub(super) fn day(&mut self) -> Option<Day> {
        let before = self.rest;
        let weekday = self.weekday();
        if weekday.is_some() {
            let _ = self.mark(',') || self.mark('-');
            let _ = self.word(&["the"]);
        }
        let day = self.named().or_else(|| self.numbered());
        if day.is_none() {
            self.rest = before;
        }
        day.map(|day| Day { weekday, ..day })
    }

    fn weekday(&mut self) -> Option<Weekday> {
        let Some(Token::Word(word)) = self.rest.first() else { return None };
        let is =
            |name: &str| word.len() >= 3 && (name.starts_with(word.as_str()) || name.trim_end_matches("day") == word);
        let known = WEEKDAYS.iter().find(|(name, _)| is(name))?;
        self.advance(1);
        Some(known.1)
    }

    fn month(&mut self) -> Option<u32> {
        let Some(Token::Word(word)) = self.rest.first() else { return None };
        let is = |name: &&str| {
            (word.len() >= 3 && name.starts_with(word.as_str())) || (word == "sept" && *name == "september")
        };
        let number = MONTHS.iter().position(is)?;
        self.advance(1);
        u32::try_from(number + 1).ok()
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
        let before = self.rest;
        let _ = self.mark(',');
        let year = self.year();
        if year.is_none() {
            self.rest = before;
        }
        Some(Day { weekday: None, year, month, day, numbers_only: false })
    }

    fn day_first(&mut self) -> Option<Day> {
        let day = self.day_number()?;
        let _ = self.word(&["of"]);
        let month = self.month()?;
        let _ = self.mark(',');
        let year = self.year();
        Some(Day { weekday: None, year, month, day, numbers_only: false })
    }

    fn day_number(&mut self) -> Option<u32> {
        let Some(Token::Number(day @ 1..=31, 1..=2)) = self.rest.first() else { return None };
        self.advance(1);
        let _ = self.word(&["st", "nd", "rd", "th"]);
        Some(*day)
    }

    pub(super) fn year(&mut self) -> Option<i32> {
        let Some(Token::Number(year, 4)) = self.rest.first() else { return None };
        self.advance(1);
        i32::try_from(*year).ok()
    }

    /// "3/20/2021", "2021-03-20".
    fn numbered(&mut self) -> Option<Day> {
        let day = match self.rest {
            [
                Token::Number(month @ 1..=12, 1..=2),
                Token::Mark('/'),
                Token::Number(day @ 1..=31, 1..=2),
                Token::Mark('/'),
                Token::Number(year, digits @ (2 | 4)),
                ..,
            ] => {
                let year = if *digits == 2 { 2000 + year } else { *year };
                let year = i32::try_from(year).ok();
                Day { weekday: None, year, month: *month, day: *day, numbers_only: *day <= 12 && day != month }
            }
            [
                Token::Number(year, 4),
                Token::Mark('-'),
                Token::Number(month @ 1..=12, 2),
                Token::Mark('-'),
                Token::Number(day @ 1..=31, 2),
                ..,
            ] => {
                let year = i32::try_from(*year).ok();
                Day { weekday: None, year, month: *month, day: *day, numbers_only: false }
            }
            _ => return None,
        };
        self.advance(5);
        Some(day)
    }
}
