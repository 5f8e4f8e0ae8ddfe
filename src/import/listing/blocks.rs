//! Where one event of a listing ends and the next begins: at a title with a date line after it. It reads nothing else.

use super::{date, head};
use crate::time::Zone;

/// The longest title, in characters.
pub(super) const TITLE: usize = 200;
/// Within how many lines after the date line, blank ones aside, a line of the form shows that it is one.
pub(super) const NEAR: usize = 3;

/// One event of a listing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'l> {
    pub(super) title: &'l str,
    pub(super) date: &'l str,
    /// The line of the title, from 1.
    pub(super) line: usize,
    /// The line after the date line, from 0, and the one at which the next event begins.
    pub(super) rest: (usize, usize),
}

/// The events of a listing.
pub(super) fn blocks<'l>(lines: &[&'l str], zone: Zone) -> Vec<Block<'l>> {
    let mut blocks: Vec<Block<'l>> = Vec::new();
    let mut free = 0;
    for (number, line) in lines.iter().enumerate() {
        if !date::is_date_line(line, zone) {
            continue;
        }
        let before = lines.get(free..number).unwrap_or_default();
        let Some(title) = before.iter().rposition(|line| !line.is_empty()).map(|at| at + free) else { continue };
        let Some(text) = lines.get(title).filter(|_| is_head(lines, title, number, zone)) else { continue };
        if let Some(last) = blocks.last_mut() {
            last.rest.1 = title;
        }
        free = number + 1;
        blocks.push(Block { title: text, date: line, line: title + 1, rest: (free, lines.len()) });
    }
    blocks
}

/// Whether a title and a date line are the head of an event, and not lines of a description.
fn is_head(lines: &[&str], title: usize, date: usize, zone: Zone) -> bool {
    let Some(text) = lines.get(title) else { return false };
    let is_title = text.chars().count() <= TITLE && !head::is_marker(text);
    // Another date between is that of another event.
    let after =
        next_lines(lines.get(date + 1..).unwrap_or_default()).take_while(|line| !date::is_date_line(line, zone));
    let has_form = after.take(NEAR).any(head::is_marker);
    let stands_alone = title.checked_sub(1).is_none_or(|before| lines.get(before).is_none_or(|line| line.is_empty()));
    let line = lines.get(date).copied().unwrap_or_default();
    is_title && (has_form || (stands_alone && !text.ends_with(':') && date::says_all(line)))
}

/// The lines that are not blank.
pub(super) fn next_lines<'l>(lines: &[&'l str]) -> impl Iterator<Item = &'l str> {
    lines.iter().copied().filter(|line| !line.is_empty())
}
