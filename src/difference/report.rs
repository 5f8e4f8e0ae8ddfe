//! A difference in words: for a terminal, as Markdown for a pull request, and as JSON for programs. It judges nothing.

use serde_json::{Value, json};

use super::{Changed, Dated, Difference, Effect, Rules};
use crate::event::{Start, When};
use crate::language::Language;
use crate::page::{Phrases, dates};

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Lines for a terminal.
    Human,
    /// For a comment on a pull request.
    Markdown,
    /// For programs: an object with `summary`, `events`, `feeds`, `warnings` and `partners`.
    Json,
}

/// The words for each kind of effect: its heading, and before and after the number in the summary.
type Words = (&'static str, &'static str);

/// The report; ends in a line break.
#[must_use]
pub fn render(difference: &Difference, form: Form) -> String {
    match form {
        Form::Human => {
            text(difference, &Marks { heading: "\n", strong: "", item: "  ", detail: "      ", escape: str::to_owned })
        }
        Form::Markdown => {
            text(difference, &Marks { heading: "\n### ", strong: "**", item: "- ", detail: "  - ", escape: markdown })
        }
        Form::Json => format!("{:#}\n", json(difference)),
    }
}

/// What makes lines and headings of a form.
struct Marks {
    heading: &'static str,
    strong: &'static str,
    item: &'static str,
    detail: &'static str,
    /// Text that nobody is to take for markup.
    escape: fn(&str) -> String,
}

fn text(difference: &Difference, marks: &Marks) -> String {
    let mut lines = vec![format!("{0}{1}{0}", marks.strong, summary(difference))];
    let headed = |lines: &mut Vec<String>, heading: &str| lines.push(format!("{}{heading}", marks.heading));
    if !difference.warnings.is_empty() {
        headed(&mut lines, "Take care");
        lines.extend(difference.warnings.iter().map(|warning| format!("{}{}", marks.item, (marks.escape)(warning))));
    }
    let mut last = None;
    for changed in &difference.events {
        let kind = changed.effects.first().map(|effect| words(effect).0);
        if let Some(heading) = kind.filter(|_| kind != last) {
            headed(&mut lines, heading);
            last = kind;
        }
        lines.extend(event(changed, marks));
    }
    if !difference.partners.is_empty() {
        headed(&mut lines, "Partners");
        let partner = |(slug, what): (&crate::name::Slug, &&str)| format!("{}{slug} {what}", marks.item);
        lines.extend(difference.partners.iter().map(partner));
    }
    if !difference.feeds.is_empty() {
        headed(&mut lines, "Feeds");
        let feed = |(address, name): (&String, &String)| format!("{}{address} ({})", marks.item, (marks.escape)(name));
        lines.extend(difference.feeds.iter().map(feed));
    }
    lines.join("\n") + "\n"
}

/// `moves 1 event, cancels 1, adds 3; affects 5 feeds`.
fn summary(difference: &Difference) -> String {
    if difference.events.is_empty() && difference.partners.is_empty() {
        return "changes nothing for subscribers".to_owned();
    }
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for verb in difference.events.iter().filter_map(|changed| changed.effects.first()).map(|effect| words(effect).1) {
        match counts.last_mut().filter(|(last, _)| *last == verb) {
            Some((_, count)) => *count += 1,
            None => counts.push((verb, 1)),
        }
    }
    let part = |(number, (verb, count)): (usize, &(&str, usize))| match (number, count) {
        (0, 1) => format!("{verb} 1 event"),
        (0, count) => format!("{verb} {count} events"),
        (_, count) => format!("{verb} {count}"),
    };
    let mut parts: Vec<String> = counts.iter().enumerate().map(part).collect();
    if !difference.partners.is_empty() {
        parts.push(format!("changes {}", counted(difference.partners.len(), "partner")));
    }
    match difference.feeds.len() {
        0 => parts.join(", "),
        feeds => format!("{}; affects {}", parts.join(", "), counted(feeds, "feed")),
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The heading over events, and the verb of the summary.
fn words(effect: &Effect) -> Words {
    match effect {
        Effect::Removed => ("Removed", "removes"),
        Effect::Cancelled => ("Cancelled", "cancels"),
        Effect::Postponed => ("Postponed", "postpones"),
        Effect::Moved(_) => ("Moved", "moves"),
        Effect::Series(_) => ("Other dates of a series", "changes dates of"),
        Effect::Relocated(_) => ("At another place", "relocates"),
        Effect::Reinstated => ("Takes place after all", "reinstates"),
        Effect::Added => ("Added", "adds"),
        Effect::Retitled(_) => ("Another title", "retitles"),
        Effect::Regrouped(..) => ("In other feeds", "regroups"),
        Effect::Text => ("Other texts or links", "rewords"),
    }
}

fn event(changed: &Changed, marks: &Marks) -> Vec<String> {
    let over = if changed.is_past { ", over" } else { "" };
    let title = (marks.escape)(&changed.title);
    let mut lines = vec![format!("{}{title} ({}): {}{over}", marks.item, changed.id, when(changed.when))];
    let detail = |text: String| format!("{}{text}", marks.detail);
    for effect in &changed.effects {
        match effect {
            Effect::Series(dates) => lines.extend(several(dates).into_iter().map(detail)),
            _ => lines.extend(before(effect, marks).map(detail)),
        }
    }
    lines
}

/// What was before, where the kind of the effect alone does not tell it.
fn before(effect: &Effect, marks: &Marks) -> Option<String> {
    let list = |feeds: &std::collections::BTreeSet<String>| feeds.iter().cloned().collect::<Vec<_>>().join(", ");
    match effect {
        Effect::Moved(was) => Some(format!("was: {}", when(*was))),
        Effect::Relocated(was) if was.is_empty() => Some("had no place".to_owned()),
        Effect::Relocated(was) => Some(format!("was at: {}", (marks.escape)(&was.replace('\n', ", ")))),
        Effect::Retitled(was) => Some(format!("was called: {}", (marks.escape)(was))),
        Effect::Regrouped(gained, lost) if lost.is_empty() => Some(format!("enters {}", list(gained))),
        Effect::Regrouped(gained, lost) if gained.is_empty() => Some(format!("leaves {}", list(lost))),
        Effect::Regrouped(gained, lost) => Some(format!("enters {}; leaves {}", list(gained), list(lost))),
        _ => None,
    }
}

/// The most dates of one series that people are told.
const MOST_DATES: usize = 12;

fn several(dates: &[Dated]) -> Vec<String> {
    let mut lines: Vec<String> = dates.iter().take(MOST_DATES).map(date).collect();
    if let Some(more) = dates.len().checked_sub(MOST_DATES).filter(|more| *more > 0) {
        lines.push(format!("and {more} more"));
    }
    lines
}

pub(super) fn date(dated: &Dated) -> String {
    match dated {
        Dated::Rule(changed) => rules(changed),
        Dated::Gained(start) => format!("also on {}", day(start)),
        Dated::Lost(start) => format!("no longer on {}", day(start)),
        Dated::Cancelled(start) => format!("cancelled on {}", day(start)),
        Dated::Postponed(start) => format!("postponed on {}", day(start)),
        Dated::Reinstated(start) => format!("takes place after all on {}", day(start)),
        Dated::Moved(start, to) => format!("on {}: moved to {}", day(start), when(*to)),
        Dated::Other(start) => format!("on {}: another place, title or text", day(start)),
    }
}

/// The rule before and after, and how many dates go and come for that.
fn rules(rules: &Rules) -> String {
    let change = match (&rules.was, &rules.is) {
        (Some(was), Some(is)) => format!("had the rule {was}, has {is} now"),
        (None, Some(is)) => format!("had no rule, has {is} now"),
        (Some(was), None) => format!("had the rule {was}, has none now"),
        (None, None) => "has no rule".to_owned(),
    };
    let numbers = [(rules.lost.len(), "lost"), (rules.gained, "gained")];
    let numbers = numbers.into_iter().filter(|(count, _)| *count > 0);
    let numbers: Vec<String> = numbers.map(|(count, what)| format!("{} {what}", counted(count, "date"))).collect();
    match numbers.as_slice() {
        [] => change,
        numbers => format!("{change}: {} in the year from {}", numbers.join(", "), day(&Start::AllDay(rules.from))),
    }
}

pub(super) fn day(start: &Start) -> String {
    let day = start.day();
    when(When::AllDay { start: day, end: day.succ_opt().unwrap_or(day) })
}

fn when(when: When) -> String {
    // Spaces that keep a line together are for pages: these lines are searched and compared.
    dates::whole(when, Phrases::of(Language::ENGLISH)).replace('\u{a0}', " ")
}

/// Text of the files as Markdown: signs that mean something there are escaped, so that nothing becomes a link, a picture or a mention.
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(
            character,
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '<' | '>' | '#' | '!' | '|' | '~' | '&' | '$'
        ) {
            escaped.push('\\');
        }
        escaped.push(character);
        if character == '@' {
            // A mention needs its name right after the sign.
            escaped.push('\u{200b}');
        }
    }
    escaped
}

fn json(difference: &Difference) -> Value {
    let events: Vec<Value> = difference.events.iter().map(event_json).collect();
    json!({
        "summary": summary(difference),
        "events": events,
        "feeds": difference.feeds.iter().map(|(address, name)| json!({"address": address, "name": name})).collect::<Vec<_>>(),
        "warnings": difference.warnings,
        "partners": difference.partners.iter().map(|(slug, what)| json!({"slug": slug.as_str(), "change": what})).collect::<Vec<_>>(),
    })
}

fn event_json(changed: &Changed) -> Value {
    let effect = |effect: &Effect| match effect {
        Effect::Moved(was) => json!({"effect": words(effect).1, "was": when(*was)}),
        Effect::Relocated(was) | Effect::Retitled(was) => json!({"effect": words(effect).1, "was": was}),
        Effect::Regrouped(gained, lost) => json!({"effect": words(effect).1, "enters": gained, "leaves": lost}),
        Effect::Series(dates) => {
            json!({"effect": words(effect).1, "dates": dates.iter().map(date).collect::<Vec<_>>()})
        }
        _ => json!({"effect": words(effect).1}),
    };
    json!({
        "id": changed.id.as_str(),
        "title": changed.title,
        "when": when(changed.when),
        "over": changed.is_past,
        "effects": changed.effects.iter().map(effect).collect::<Vec<_>>(),
    })
}
