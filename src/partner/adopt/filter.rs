//! Whether a partner's event is wanted: by words, expressions, categories and days. It does not know how filters are written.

use std::borrow::Cow;

use chrono::{NaiveDate, TimeDelta};

use super::fields::Fields;
use super::ledger::Ledger;
use super::words::categories;
use crate::event::{Event, When, words};
use crate::name::folded;
use crate::partner::{Filter, Partner};
use crate::recurrence::{MAX_STEPS, Rule};
use crate::time::Zone;

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
pub(super) fn passes(partner: &Partner, event: &Event, fields: &Fields<'_>, zone: Zone, ledger: &mut Ledger) -> bool {
    if !(partner.include.is_empty() && partner.exclude.is_empty()) {
        let seen = Seen::of(event, &categories(fields));
        let included = partner.include.is_empty() || partner.include.iter().any(|filter| matches(filter, &seen));
        if !included || partner.exclude.iter().any(|filter| matches(filter, &seen)) {
            return false;
        }
    }
    partner.from.is_none_or(|from| ends_on_or_after(event, from, zone, ledger))
        && partner.until.is_none_or(|until| event.start().day() < until)
}

/// Whether an event, or one of its occurrences, ends on that day or later.
fn ends_on_or_after(event: &Event, from: NaiveDate, zone: Zone, ledger: &mut Ledger) -> bool {
    let late = |when: When| when.end(zone) > zone.start_of_day(from);
    let Some(recurrence) = &event.recurrence else { return late(event.details.when) };
    if late(event.details.when) || event.changes.iter().any(|change| late(change.details.when)) {
        return true;
    }
    let start = event.start();
    let last_day = zone.today(event.details.when.end(zone) - TimeDelta::seconds(1));
    let reaches = |day: NaiveDate| day + (last_day - start.day()) >= from;
    let rule = recurrence.rule.as_ref().filter(|_| ledger.spend(days(start.day(), from)));
    recurrence.extra.iter().any(|extra| reaches(extra.day()))
        || recurrence.rule.as_ref().is_some_and(Rule::is_endless)
        || rule.is_some_and(|rule| rule.occurrences(start.local(), zone).any(|local| reaches(local.date())))
}

/// The days of a rule that are tried between two days.
fn days(first: NaiveDate, last: NaiveDate) -> usize {
    usize::try_from((last - first).num_days()).unwrap_or_default().min(MAX_STEPS)
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
