//! Whether a partner's event is wanted: by words, expressions, categories and days. It does not know how filters are written.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::ledger::Ledger;
use crate::event::{Event, occurrences, words};
use crate::name::folded;
use crate::partner::{Filter, Partner};
use crate::time::Zone;

/// What it costs to find the end of a series, in days that are tried.
const LAST_END: usize = 5_000;

/// What filters look at.
pub(super) struct Seen {
    /// Title, place and categories, a line each.
    text: String,
    folded: String,
    categories: Vec<String>,
}

impl Seen {
    fn of(event: &Event, categories: &[Cow<'_, str>]) -> Self {
        let place = event.details.place.as_ref().map(words::location).unwrap_or_default();
        let text = [event.details.title.as_str(), &place.replace('\n', ", "), &categories.join(", ")].join("\n");
        let folded_text = text.lines().map(folded).collect::<Vec<_>>().join("\n");
        Self { folded: folded_text, text, categories: categories.iter().map(|category| folded(category)).collect() }
    }
}

/// Whether the filters of a partner let an event pass.
pub(super) fn passes(
    partner: &Partner,
    event: &Event,
    categories: &[Cow<'_, str>],
    zone: Zone,
    ledger: &mut Ledger,
) -> bool {
    if !(partner.include.is_empty() && partner.exclude.is_empty()) {
        let seen = Seen::of(event, categories);
        let included = partner.include.is_empty() || partner.include.iter().any(|filter| matches(filter, &seen));
        if !included || partner.exclude.iter().any(|filter| matches(filter, &seen)) {
            return false;
        }
    }
    partner.from.is_none_or(|from| ends_on_or_after(event, from, zone, ledger))
        && partner.until.is_none_or(|until| event.start().day() < until)
}

fn ends_on_or_after(event: &Event, from: NaiveDate, zone: Zone, ledger: &mut Ledger) -> bool {
    if event.start().day() >= from || (event.recurrence.is_some() && !ledger.spend(LAST_END)) {
        return true;
    }
    occurrences::last_end(event, zone).is_none_or(|end| end > zone.start_of_day(from))
}

fn matches(filter: &Filter, seen: &Seen) -> bool {
    let has_word = |word: &String| has_word(&seen.folded, &folded(word));
    let has_category = |category: &String| seen.categories.contains(&folded(category));
    (filter.words.is_empty() || filter.words.iter().any(has_word))
        && (filter.categories.is_empty() || filter.categories.iter().any(has_category))
        && filter.pattern.as_ref().is_none_or(|pattern| pattern.0.is_match(&seen.text))
}

/// Whether a text has a word, with no letter or digit before or after it.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
            !is_part(before) && !is_part(after)
        })
}
