//! Where one event of a listing ends and the next begins: at a title with a date line after it. It reads nothing else.

use super::{date, head};
use crate::time::Zone;

/// The longest title, in characters.
const TITLE: usize = 200;
/// Within how many lines after the date line, blank ones aside, a line of the form shows that it is one.
const NEAR: usize = 3;

/// One event of a listing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'l> {
    pub(super) title: &'l str,
    pub(super) date: &'l str,
    /// The line of the title, from 1.
    pub(super) line: usize,
    /// The line after the date line, from 0, and the one at which the next event begins.
    rest: (usize, usize),
}

impl Block<'_> {
    /// What comes after the date line.
    pub(super) fn after_date<'l>(&self, lines: &'l [&'l str]) -> &'l [&'l str] {
        lines.get(self.rest.0..self.rest.1).unwrap_or_default()
    }
}

/// The events of a listing, and what is before the first.
pub(super) fn blocks<'l>(lines: &[&'l str], zone: Zone) -> (Vec<Block<'l>>, Vec<(usize, String)>) {
    let mut blocks: Vec<Block<'l>> = Vec::new();
    let mut free = 0;
    for (number, line) in lines.iter().enumerate() {
        if !date::is_date_line(line, zone) {
            continue;
        }
        let before = lines.get(free..number).unwrap_or_default();
        let Some(title) = before.iter().rposition(|line| !line.is_empty()).map(|at| at + free) else { continue };
        let Some(text) = lines.get(title).filter(|_| is_head(lines, title, number)) else { continue };
        if let Some(last) = blocks.last_mut() {
            last.rest.1 = title;
        }
        free = number + 1;
        blocks.push(Block { title: text, date: line, line: title + 1, rest: (free, lines.len()) });
    }
    let first = blocks.first().map_or(lines.len(), |block| block.line - 1);
    let before = lines.iter().take(first).position(|line| !line.is_empty());
    let left = before.map(|at| (at + 1, "this text belongs to no event: no date line follows its title".to_owned()));
    (blocks, left.into_iter().collect())
}

/// Whether a title and a date line are the head of an event, and not lines of a description.
fn is_head(lines: &[&str], title: usize, date: usize) -> bool {
    let Some(text) = lines.get(title) else { return false };
    let is_title = text.chars().count() <= TITLE && !text.ends_with(':') && !head::is_marker(text);
    let after = lines.get(date + 1..).unwrap_or_default().iter().filter(|line| !line.is_empty());
    let has_form = after.take(NEAR).any(|line| head::is_marker(line));
    let stands_alone = title.checked_sub(1).is_none_or(|before| lines.get(before).is_none_or(|line| line.is_empty()));
    let line = lines.get(date).copied().unwrap_or_default();
    is_title && (has_form || (stands_alone && date::says_all(line)))
}
