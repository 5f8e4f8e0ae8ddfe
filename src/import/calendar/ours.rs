//! What feeds of ours add to an event's texts for people, taken out again: the mark of a cancellation, the links, the organizations, and that
//! nobody announced the end. Other calendars mark cancellations in the same way.

use crate::event::{Details, Event, Status, When};
use crate::language::{Language, Phrases};

/// Takes out of an event what our feeds add, and returns the organizations that its description listed.
pub(super) fn undo(event: &mut Event, languages: &[Language]) -> Vec<String> {
    for change in &mut event.changes {
        plain(&mut change.details, languages);
    }
    plain(&mut event.details, languages)
}

fn plain(details: &mut Details, languages: &[Language]) -> Vec<String> {
    let mut organizations = Vec::new();
    for phrases in languages.iter().map(|language| language.phrases()) {
        unmark(details, phrases);
        let paragraphs: Vec<String> = details.description.split("\n\n").map(str::to_owned).collect();
        let kept = paragraphs.into_iter().filter(|paragraph| !take(details, paragraph, phrases, &mut organizations));
        details.description = kept.collect::<Vec<String>>().join("\n\n");
    }
    organizations
}

/// Takes the mark off the title, and the status from it.
fn unmark(details: &mut Details, phrases: &Phrases) {
    let marks = [
        (phrases.cancelled, Status::Cancelled),
        (phrases.postponed, Status::Postponed),
        ("CANCELED", Status::Cancelled),
    ];
    for (mark, status) in marks {
        let rest = details.title.get(mark.len()..).filter(|rest| rest.starts_with(": "));
        let is_marked = details.title.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
        if let Some(title) = rest
            .map(|rest| rest.trim_start_matches([':', ' ']).to_owned())
            .filter(|title| is_marked && !title.is_empty())
        {
            (details.title, details.status) = (title, status);
        }
    }
}

/// Whether a paragraph is one that our feeds add; what it says goes where it belongs.
fn take(details: &mut Details, paragraph: &str, phrases: &Phrases, organizations: &mut Vec<String>) -> bool {
    if paragraph == phrases.end_not_announced {
        if let When::Timed { end_announced, .. } = &mut details.when {
            *end_announced = false;
        }
        return true;
    }
    let after = |line: &str, phrase: &str| line.strip_prefix(phrase)?.strip_prefix(": ").map(str::to_owned);
    if let Some(names) = after(paragraph, phrases.supporting_organizations).filter(|names| !names.contains('\n')) {
        organizations.extend(names.split(", ").map(str::to_owned));
        return true;
    }
    let link = |phrase| move |line: &str| after(line, phrase).filter(|link| link.starts_with("http"));
    let (signup, page) = (link(phrases.sign_up), link(phrases.organizers_page));
    let are_links =
        paragraph.lines().all(|line| signup(line).is_some() || page(line).is_some()) && !paragraph.is_empty();
    if are_links {
        details.signup = details.signup.take().or_else(|| paragraph.lines().find_map(signup));
        details.url = details.url.take().or_else(|| paragraph.lines().find_map(page));
    }
    are_links
}
