//! What a calendar says of itself: its name, and how often it wants to be asked.

use chrono::TimeDelta;

use super::stamp::duration;
use super::{html, words};
use crate::partner::scan::Calendar;
use crate::text::{Line, clean, unescape};

/// The first property of one of these names that a calendar has, the names in order.
fn stated<'a, T>(calendars: &[Calendar<'a>], names: [&str; 2], read: impl Fn(&'a str) -> Option<T>) -> Option<T> {
    let lines = || calendars.iter().flat_map(|calendar| &calendar.lines).filter_map(|line| Line::split(line));
    names.iter().find_map(|name| lines().filter(|line| line.is(name)).find_map(|line| read(line.value)))
}

/// How often the partner wants to be asked (RFC 7986 §5.7, or Outlook's older property).
pub(super) fn refresh(calendars: &[Calendar<'_>]) -> Option<TimeDelta> {
    stated(calendars, ["REFRESH-INTERVAL", "X-PUBLISHED-TTL"], |value| {
        let (days, time) = duration(value)?;
        days.checked_add(&time).filter(|interval| *interval > TimeDelta::zero())
    })
}

/// What the partner calls its calendar: one line of at most 200 characters.
pub(super) fn name(calendars: &[Calendar<'_>]) -> Option<String> {
    stated(calendars, ["X-WR-CALNAME", "NAME"], |value| {
        let text = unescape(value);
        let words: Vec<String> = html::plain(&clean(&text)).split_whitespace().map(str::to_owned).collect();
        Some(words::cut(words.join(" "), 200)).filter(|name| !name.is_empty())
    })
}
