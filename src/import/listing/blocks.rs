//! Where one event of a listing ends and the next begins: at a title with a date line after it. It reads nothing else.

use super::{date, head};

/// The longest title, in characters.
pub(super) const TITLE: usize = 200;
/// Within how many lines after the date line, blank ones aside, a line of the form shows that it is one.
pub(super) const NEAR: usize = 3;

/// One event of a listing.
#[derive(Debug, Clone)]
pub(super) struct Block<'l> {
    pub(super) title: &'l str,
    pub(super) date: String,
    /// The line of the title, from 1.
    pub(super) line: usize,
    /// The line after the date line, from 0, and the one at which the next event begins.
    pub(super) rest: (usize, usize),
}

/// The events of a listing.
pub(super) fn blocks<'l>(lines: &[&'l str]) -> Vec<Block<'l>> {
    let mut blocks: Vec<Block<'l>> = Vec::new();
    let mut free = 0;
    for (number, line) in lines.iter().enumerate() {
        if !date::is_date_line(line) {
            continue;
        }
        let before = lines.get(free..number).unwrap_or_default();
        let Some(title) = before.iter().rposition(|line| !line.is_empty()).map(|at| at + free) else { continue };
        let (date, after) = date_at(lines, number);
        let Some(text) = lines.get(title).filter(|_| is_head(lines, title, &date, after)) else { continue };
        if let Some(last) = blocks.last_mut() {
            last.rest.1 = title;
        }
        free = after;
        blocks.push(Block { title: text, date, line: title + 1, rest: (free, lines.len()) });
    }
    blocks
}

/// The date line that begins at this line, with the time where that is on the next, and the number of the line after it.
fn date_at(lines: &[&str], number: usize) -> (String, usize) {
    let line = lines.get(number).copied().unwrap_or_default();
    let below = lines.iter().enumerate().skip(number + 1).find(|(_, line)| !line.is_empty());
    let joined = below.and_then(|(at, below)| Some((date::with_time(line, below)?, at + 1)));
    joined.unwrap_or_else(|| (line.to_owned(), number + 1))
}

/// Whether a title and a date line are the head of an event, and not lines of a description.
fn is_head(lines: &[&str], title: usize, date: &str, after: usize) -> bool {
    let Some(text) = lines.get(title) else { return false };
    let is_title = text.chars().count() <= TITLE && !head::is_marker(text) && !date::is_date_line(text);
    if !is_title {
        return false;
    }
    let below = lines.get(after..).unwrap_or_default();
    // Another date between, unless it is one more of this event, is that of another event.
    let more = below.iter().take_while(|line| line.is_empty() || date::is_date_line(line)).count();
    let below = next_lines(below.get(more..).unwrap_or_default()).take_while(|line| !date::is_date_line(line));
    let has_form = below.take(NEAR).any(head::is_marker);
    let stands_alone = title.checked_sub(1).is_none_or(|before| lines.get(before).is_none_or(|line| line.is_empty()));
    has_form || (stands_alone && !text.ends_with(':') && date::says_all(date))
}

/// The lines that are not blank.
pub(super) fn next_lines<'l>(lines: &[&'l str]) -> impl Iterator<Item = &'l str> {
    lines.iter().copied().filter(|line| !line.is_empty())
}
