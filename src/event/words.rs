//! The texts of an event as people read them: title, description and place, in all languages or in one. It knows no format.

use std::borrow::Cow;

use super::{Details, Event, Place, Status, View, When};
use crate::language::{Language, Phrases};

/// The title, marked when the event is cancelled or postponed.
#[must_use]
pub fn title(details: &Details, main: Language, view: View) -> Cow<'_, str> {
    let language = language(main, view);
    let title = Texts::of(details, main, language).title;
    match mark(details.status, language.phrases()) {
        Some(mark) => Cow::Owned(format!("{mark}: {title}")),
        None => Cow::Borrowed(title),
    }
}

/// The description as paragraphs with an empty line between them: reason, sign-up link, organizers' page, text, the same in the other
/// languages, organizations, contact, the partners it comes from. Programs that show no URL show this, and cut its end: so the links come first.
#[must_use]
pub fn description(event: &Event, details: &Details, main: Language, view: View) -> String {
    let language = language(main, view);
    let phrases = language.phrases();
    let texts = Texts::of(details, main, language);
    let mut paragraphs = Paragraphs(String::with_capacity(256 + texts.description.len()));
    if let Some(reason) = texts.reason {
        paragraphs.add(&[&reason_line(details.status, phrases, reason)]);
    }
    links(&mut paragraphs, details, phrases);
    body(&texts, details, phrases).for_each(|paragraph| paragraphs.add(&[paragraph]));
    if view == View::All {
        for translation in &details.translations {
            paragraphs.add(&[&in_language(details, main, translation.language)]);
        }
    }
    organizations(&mut paragraphs, event, phrases);
    if let Some(contact) = &details.contact {
        paragraphs.add(&[phrases.contact, ": ", contact]);
    }
    via(&mut paragraphs, event, phrases);
    paragraphs.0
}

/// Paragraphs with an empty line between them.
struct Paragraphs(String);

impl Paragraphs {
    /// Begins a paragraph with these pieces of text.
    fn add(&mut self, pieces: &[&str]) {
        self.after("\n\n", pieces);
    }

    /// Goes on after a separator, which the first text of all does not need.
    fn after(&mut self, separator: &str, pieces: &[&str]) {
        if !self.0.is_empty() {
            self.0.push_str(separator);
        }
        pieces.iter().for_each(|piece| self.0.push_str(piece));
    }
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
fn links(paragraphs: &mut Paragraphs, details: &Details, phrases: &Phrases) {
    let links = [(phrases.sign_up, &details.signup), (phrases.organizers_page, &details.url)];
    let links = links.into_iter().filter_map(|(what, link)| Some((what, link.as_ref()?)));
    for (number, (what, link)) in links.enumerate() {
        paragraphs.after(if number == 0 { "\n\n" } else { "\n" }, &[what, ": ", link]);
    }
}

fn body<'a>(texts: &Texts<'a>, details: &Details, phrases: &'a Phrases) -> impl Iterator<Item = &'a str> {
    let description = Some(texts.description).filter(|text| !text.is_empty());
    let is_open = matches!(details.when, When::Timed { end_announced: false, .. });
    description.into_iter().chain(is_open.then_some(phrases.end_not_announced))
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
    let mut paragraphs = Paragraphs(lines.join("\n"));
    body(&own, details, phrases).for_each(|paragraph| paragraphs.add(&[paragraph]));
    paragraphs.0
}

/// Where the event comes from, a line for each partner.
fn via(paragraphs: &mut Paragraphs, event: &Event, phrases: &Phrases) {
    for (number, origin) in event.origins.iter().enumerate() {
        let separator = if number == 0 { "\n\n" } else { "\n" };
        match &origin.url {
            Some(url) => paragraphs.after(separator, &[phrases.via, " ", &origin.name, ": ", url]),
            None => paragraphs.after(separator, &[phrases.via, " ", &origin.name]),
        }
    }
}

fn organizations(paragraphs: &mut Paragraphs, event: &Event, phrases: &Phrases) {
    for (number, organization) in event.organizations.iter().enumerate() {
        match number {
            0 => paragraphs.add(&[phrases.supporting_organizations, ": ", &organization.name]),
            _ => paragraphs.after(", ", &[&organization.name]),
        }
    }
}
