//! Listings: text with a title, a date line, a place line, the organizations and a description for each event, one after the other. It
//! finds the parts; what date lines and lists of names mean is said by `date` and `names`.

use super::{Doubt, Found, Known, Source};
use crate::event::Start;
use crate::text::clean;
use crate::time::Zone;

mod blocks;
pub(super) mod date;
mod head;
mod hosts;
mod lost;
mod names;
mod run_together;

use blocks::{Block, blocks};
use head::Head;

/// The longest description, in characters: what the catalog takes.
const DESCRIPTION: usize = 20_000;
/// The longest title, place and contact, in characters.
const LINE: usize = 1_000;

/// Reads a listing. Names that its own lists separate are learned, to know them where names run together.
#[must_use]
pub fn read(text: &str, known: &mut Known, zone: Zone) -> Source {
    let text = clean(text);
    let lines: Vec<&str> = text.lines().map(|line| line.trim_matches(is_blank)).collect();
    let blocks = blocks(&lines);
    let mut left = before_first(&lines, blocks.first());
    let heads: Vec<(Block<'_>, Head)> = blocks
        .into_iter()
        .map(|block| {
            let (head, lost) = parts(&lines, &block, zone);
            left.extend(lost);
            (block, head)
        })
        .collect();
    for (_, head) in &heads {
        names::learn(&head.names, known);
    }
    let mut found = Vec::with_capacity(heads.len());
    for (block, head) in heads {
        match date::dated(&block.date, zone) {
            Some(Ok(dated)) => found.push(event(&block, dated, head, known, zone)),
            Some(Err(unusable)) => left.push((block.line, format!("{:?}: {}", block.title, unusable.words()))),
            None => {}
        }
    }
    left.sort();
    Source { found, left, ..Source::default() }
}

/// Whether nobody sees a character.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}')
}

/// The parts of an event, and what of its lines is no part of it.
fn parts(lines: &[&str], block: &Block<'_>, zone: Zone) -> (Head, Vec<(usize, String)>) {
    let (begin, end) = block.rest;
    let head_until = |end: usize| head::head(lines.get(begin..end).unwrap_or_default());
    let head = head_until(end);
    let day = date::dated(&block.date, zone).and_then(Result::ok).map(|dated| dated.start.day());
    let lost = lost::lost(lines, (begin + head.before_text, end), day);
    (lost.cut.map_or(head, head_until), lost.left)
}

/// What is before the first event, and belongs to none.
fn before_first(lines: &[&str], first: Option<&Block<'_>>) -> Vec<(usize, String)> {
    let end = first.map_or(lines.len(), |block| block.line - 1);
    let mut left = lost::lost(lines, (0, end), None).left;
    let text = lines.iter().take(end).position(|line| !line.is_empty()).map(|at| at + 1);
    let is_told = |line: usize| left.first().is_some_and(|(told, _)| *told == line);
    if let Some(line) = text.filter(|line| !is_told(*line)) {
        left.push((line, "this text belongs to no event: no date line follows its title".to_owned()));
    }
    left
}

/// What a date line means: the start, the end if there is one, and what is not certain.
///
/// # Errors
/// A sentence, when it is no date line, says no year, or names a time that there is not.
pub fn when(line: &str, zone: Zone) -> Result<(Start, Option<Start>, Vec<Doubt>), String> {
    let dated = date::dated(line, zone).ok_or_else(|| format!("{line:?} is no date and time"))?;
    let dated = dated.map_err(date::Unusable::words)?;
    let doubts = dated.doubts.into_iter().map(|text| Doubt { key: "start", text });
    Ok((dated.start, dated.end, doubts.collect()))
}

fn event(block: &Block<'_>, dated: date::Dated, head: Head, known: &Known, zone: Zone) -> Found {
    let mut found = Found::new(&cut(block.title, LINE), dated.start);
    found.line = block.line;
    found.end = dated.end;
    found.extra = dated.also;
    found.status = dated.status.unwrap_or_default();
    for doubt in dated.doubts {
        found.doubt("start", doubt);
    }
    for line in &head.dates {
        further_date(&mut found, line, zone);
    }
    for (key, doubt) in head.doubts {
        found.doubt(key, doubt);
    }
    found.place = head.place.map(|place| cut(&place, LINE));
    if let Some(venue) = found.place.as_deref().and_then(|place| known.venue_near(place)) {
        found.doubt(
            "location",
            format!(
                "the place begins as the venue {:?} does, but says what that does not: it is kept as written",
                venue.slug.as_str()
            ),
        );
    }
    found.contact = head.contact.map(|contact| cut(&contact, LINE));
    found.url = head.url;
    found.signup = head::signup(&head.text);
    hosts::name(&mut found, &head.names, &head.text, known);
    end_from_text(&mut found, &head.text, zone);
    if head.text.chars().count() > DESCRIPTION {
        found.doubt("description", "the text is longer than a description may be, and is cut");
    }
    found.description = cut(&head.text, DESCRIPTION);
    found
}

/// A second date line: another date, if it is of the same kind and after the first.
fn further_date(found: &mut Found, line: &str, zone: Zone) {
    let start = date::dated(line, zone).and_then(Result::ok).map(|dated| dated.start);
    let is_later = |start: &Start| match (start, &found.start) {
        (Start::Timed(one), Start::Timed(first)) => one > first,
        (Start::AllDay(one), Start::AllDay(first)) => one > first,
        _ => false,
    };
    match start {
        Some(start) if start == found.start || found.extra.contains(&start) => {}
        Some(start) if is_later(&start) => {
            found.extra.push(start);
            found.doubt("start", format!("the listing has a second date line, {line:?}: it is taken as another date"));
        }
        _ => found.doubt("start", format!("the listing has a second date line, {line:?}: it is left out")),
    }
}

/// The end that the text tells, where the date line has none: "Sat, Mar 20th, 2-4pm".
fn end_from_text(found: &mut Found, text: &str, zone: Zone) {
    if let (Start::Timed(start), None) = (found.start, found.end)
        && let Some((end, said)) = date::end_in_text(&cut(text, DESCRIPTION), start, zone)
    {
        found.end = Some(Start::Timed(end));
        found.doubt("end", format!("the end is from the text, which says {said:?}"));
    }
}

fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => text.to_owned(),
        Some(_) => text.chars().take(characters - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests;
