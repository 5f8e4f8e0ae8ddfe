//! The texts of an event as people read them: title, description and place, in all languages or in one. It knows no format.

use super::{Details, Event, Place, Status, View, When};
use crate::language::{Language, Phrases};

/// The title, marked when the event is cancelled or postponed.
#[must_use]
pub fn title(details: &Details, main: Language, view: View) -> String {
    let language = language(main, view);
    let title = Texts::of(details, main, language).title;
    match mark(details.status, language.phrases()) {
        Some(mark) => format!("{mark}: {title}"),
        None => title.to_owned(),
    }
}

/// The description as paragraphs with an empty line between them: reason, sign-up link, organizers' page, text, the same in the other
/// languages, organizations, contact, the partners it comes from. Programs that show no URL show this, and cut its end: so the links come first.
#[must_use]
pub fn description(event: &Event, details: &Details, main: Language, view: View) -> String {
    let language = language(main, view);
    let phrases = language.phrases();
    let texts = Texts::of(details, main, language);
    let mut paragraphs = Vec::new();
    paragraphs.extend(texts.reason.map(|reason| reason_line(details.status, phrases, reason)));
    paragraphs.extend(links(details, phrases));
    paragraphs.extend(body(&texts, details, phrases));
    if view == View::All {
        paragraphs
            .extend(details.translations.iter().map(|translation| in_language(details, main, translation.language)));
    }
    paragraphs.extend(organizations(event, phrases));
    paragraphs.extend(details.contact.as_ref().map(|contact| format!("{}: {contact}", phrases.contact)));
    paragraphs.extend(via(event, phrases));
    paragraphs.join("\n\n")
}

/// The place as LOCATION says it: name and address on lines of their own.
#[must_use]
pub fn location(place: &Place) -> String {
    match place {
        Place::Text(text) => text.clone(),
        Place::Venue(venue) => match &venue.address {
            Some(address) => format!("{}\n{address}", venue.name),
            None => venue.name.clone(),
        },
    }
}

/// The texts of one language, each fallen back to the main one.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    /// See [`Details::title`].
    pub title: &'a str,
    /// See [`Details::description`].
    pub description: &'a str,
    /// See [`Details::reason`].
    pub reason: Option<&'a str>,
}

impl<'a> Texts<'a> {
    /// The texts of `details` in `language`.
    #[must_use]
    pub fn of(details: &'a Details, main: Language, language: Language) -> Self {
        let translation =
            details.translations.iter().find(|translation| language != main && translation.language == language);
        Self {
            title: translation.and_then(|t| t.title.as_deref()).unwrap_or(&details.title),
            description: translation.and_then(|t| t.description.as_deref()).unwrap_or(&details.description),
            reason: translation.and_then(|t| t.reason.as_deref()).or(details.reason.as_deref()),
        }
    }
}

fn language(main: Language, view: View) -> Language {
    match view {
        View::All => main,
        View::Only(language) => language,
    }
}

fn mark(status: Status, phrases: &Phrases) -> Option<&'static str> {
    match status {
        Status::Cancelled => Some(phrases.cancelled),
        Status::Postponed => Some(phrases.postponed),
        Status::Confirmed | Status::Tentative => None,
    }
}

fn reason_line(status: Status, phrases: &Phrases, reason: &str) -> String {
    match mark(status, phrases) {
        Some(mark) => format!("{mark}: {reason}"),
        None => reason.to_owned(),
    }
}

/// The links, a line each, in one paragraph.
fn links(details: &Details, phrases: &Phrases) -> Option<String> {
    let signup = details.signup.as_ref().map(|link| format!("{}: {link}", phrases.sign_up));
    let page = details.url.as_ref().map(|link| format!("{}: {link}", phrases.organizers_page));
    let lines: Vec<String> = signup.into_iter().chain(page).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn body(texts: &Texts<'_>, details: &Details, phrases: &Phrases) -> Vec<String> {
    let mut paragraphs = Vec::new();
    if !texts.description.is_empty() {
        paragraphs.push(texts.description.to_owned());
    }
    if let When::Timed { end_announced: false, .. } = details.when {
        paragraphs.push(phrases.end_not_announced.to_owned());
    }
    paragraphs
}

/// The texts of a further language, after a line that names it.
fn in_language(details: &Details, main: Language, language: Language) -> String {
    let phrases = language.phrases();
    let translation = details.translations.iter().find(|translation| translation.language == language);
    let texts = Texts::of(details, main, language);
    let mut lines = vec![format!("{}:", language.name())];
    lines.extend(translation.and_then(|t| t.title.clone()));
    lines.extend(
        translation.and_then(|t| t.reason.as_deref()).map(|reason| reason_line(details.status, phrases, reason)),
    );
    let own = Texts { description: translation.and_then(|t| t.description.as_deref()).unwrap_or_default(), ..texts };
    let body = body(&own, details, phrases);
    [lines.join("\n")].into_iter().chain(body).collect::<Vec<_>>().join("\n\n")
}

/// Where the event comes from, a line for each partner.
fn via(event: &Event, phrases: &Phrases) -> Option<String> {
    let line = |origin: &std::sync::Arc<super::Origin>| match &origin.url {
        Some(url) => format!("{} {}: {url}", phrases.via, origin.name),
        None => format!("{} {}", phrases.via, origin.name),
    };
    let lines: Vec<String> = event.origins.iter().map(line).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn organizations(event: &Event, phrases: &Phrases) -> Option<String> {
    let names: Vec<&str> = event.organizations.iter().map(|organization| organization.name.as_str()).collect();
    (!names.is_empty()).then(|| format!("{}: {}", phrases.supporting_organizations, names.join(", ")))
}
