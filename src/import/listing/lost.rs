//! Events of a listing that would be lost in the text before them, as their head cannot be read. It is told where they are, and what to
//! write instead.

use chrono::{Datelike as _, NaiveDate};

use super::blocks::{NEAR, TITLE, next_lines};
use super::date::{self, Signs};
use super::head::{self, Marker};

/// How a date line is best written.
const BETTER: &str = "March 20, 2021 - 1 PM";
/// How much of a line is told, in characters.
const TOLD: usize = 80;

/// What a text holds beside text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lost {
    /// The line, from 0, from which on the text is surely not of the event before.
    pub(super) cut: Option<usize>,
    /// What is told, each with its line from 1.
    pub(super) left: Vec<(usize, String)>,
}

/// Looks for heads of events in the lines of a text; `day` is that of the event that it belongs to, if it belongs to one.
pub(super) fn lost(lines: &[&str], (begin, end): (usize, usize), day: Option<NaiveDate>) -> Lost {
    let mut search = Search { lines, begin, end, day, kinds: Vec::new(), lost: Lost::default() };
    let mut free = begin;
    for number in begin..end {
        if search.line(number, free) {
            free = number + 1;
        }
    }
    search.lost
}

struct Search<'l> {
    lines: &'l [&'l str],
    begin: usize,
    end: usize,
    day: Option<NaiveDate>,
    /// The lines of the form that the last head had.
    kinds: Vec<Marker>,
    lost: Lost,
}

impl<'l> Search<'l> {
    /// Looks at a line; whether what comes after it is not of the same head. Nothing before `free` is looked at again.
    fn line(&mut self, number: usize, free: usize) -> bool {
        if let Some(kind) = head::proof(self.at(number)) {
            self.marker(number, free, kind);
            return true;
        }
        match self.alone(number, free) {
            Some(title) => {
                self.tell_doubtful(title, number);
                true
            }
            None => false,
        }
    }

    fn at(&self, number: usize) -> &'l str {
        self.lines.get(number).copied().unwrap_or_default()
    }

    /// A line of the form, which no text has: above it there is the head of an event.
    fn marker(&mut self, number: usize, free: usize, kind: Marker) {
        if let Some((title, date)) = self.head_before(number, free) {
            self.tell(title, date);
            self.lost.cut = self.lost.cut.or(Some(title));
            self.kinds.clear();
        } else if self.kinds.is_empty() || self.kinds.contains(&kind) {
            let said = cut(self.at(number));
            self.lost.left.push((
                number + 1,
                format!("above {said:?} there is no title with a date line: write both, the date as {BETTER:?}"),
            ));
            self.kinds.clear();
        }
        self.kinds.push(kind);
    }

    /// The title and the date line above a line of the form.
    fn head_before(&self, number: usize, free: usize) -> Option<(usize, usize)> {
        let near = (free..number).rev().filter(|at| !self.at(*at).is_empty()).take(NEAR);
        let date = near.map(|at| (Signs::of(self.at(at)).count(), at)).filter(|(count, _)| *count > 0);
        // Of equals the upper one: a place stands below the date.
        let (_, date) = date.max_by_key(|(count, at)| (*count, std::cmp::Reverse(*at)))?;
        Some((self.title_of(date, free)?, date))
    }

    fn title_of(&self, date: usize, free: usize) -> Option<usize> {
        (free..date).rev().find(|at| !self.at(*at).is_empty())
    }

    /// The title above a line that looks like a date line, if they stand as the head of an event does.
    fn alone(&self, number: usize, free: usize) -> Option<usize> {
        let (line, signs) = (self.at(number), Signs::of(self.at(number)));
        if !signs.are_clear() || !signs.tell_day() || self.has_form(number) || self.is_of_own_day(line, signs) {
            return None;
        }
        let title = self.title_of(number, free)?;
        let text = self.at(title);
        let stands_alone = title == self.begin || self.at(title - 1).is_empty();
        // A date within a sentence that has several lines.
        let within_text = number + 1 < self.end && self.at(number + 1).starts_with(char::is_lowercase);
        let is_title = text.chars().count() <= TITLE && !head::is_marker(text) && !date::is_date_line(text);
        let is_list = text.ends_with(':') && (title + 1 == number || self.is_list(number));
        (stands_alone && is_title && !within_text && !is_list).then_some(title)
    }

    /// Whether a line of the form is near, by which the head is found.
    fn has_form(&self, number: usize) -> bool {
        let after = self.lines.get(number + 1..self.end).unwrap_or_default();
        next_lines(after).take(NEAR).any(|line| head::proof(line).is_some())
    }

    fn is_list(&self, number: usize) -> bool {
        let after = self.lines.get(number + 1..self.end).unwrap_or_default();
        next_lines(after).next().is_some_and(|line| Signs::of(line).are_clear())
    }

    /// Whether a line without a year repeats the date of the event that it belongs to.
    fn is_of_own_day(&self, line: &str, signs: Signs) -> bool {
        self.day.is_some_and(|day| !signs.year && date::names_day(line, day.month(), day.day()))
    }

    fn tell(&mut self, title: usize, date: usize) {
        let (name, line) = (cut(self.at(title)), cut(self.at(date)));
        let reason = if !date::is_date_line(self.at(date)) {
            format!("its date line {line:?} cannot be read: write it as {BETTER:?}")
        } else if self.at(title).chars().count() > TITLE {
            format!("its title has more than {TITLE} characters: write a shorter one")
        } else {
            "it is not clear that it is a title: write a title alone above the date line".to_owned()
        };
        self.lost.left.push((title + 1, format!("{name:?}: {reason}")));
    }

    fn tell_doubtful(&mut self, title: usize, date: usize) {
        let (name, line) = (cut(self.at(title)), cut(self.at(date)));
        self.kinds.clear();
        let better = if date::says_all(self.at(date)) {
            "its title without a colon".to_owned()
        } else {
            format!("its date as {BETTER:?}")
        };
        let told = format!(
            "{name:?} with {line:?} may be an event: if it is one, write {better}; if it is text, write both on one line"
        );
        self.lost.left.push((title + 1, told));
    }
}

fn cut(text: &str) -> String {
    super::cut(text, TOLD)
}

#[cfg(test)]
mod tests;
