//! The keys that mean the same in an event and in a change of one occurrence. It does not know which of them it reads.

use std::ops::Range;

use crate::config::Config;
use crate::document::{Placed, Report};
use crate::event::{Place, Status, Translation};
use crate::language::Language;
use crate::name::Slug;

use super::raw::{RawStatus, RawTexts, Text};
use super::texts;

/// How certain it is; confirmed where nothing is written.
pub(super) fn status(written: Option<Placed<RawStatus>>) -> Status {
    match written.map(|status| status.value) {
        None | Some(RawStatus::Confirmed) => Status::Confirmed,
        Some(RawStatus::Tentative) => Status::Tentative,
        Some(RawStatus::Postponed) => Status::Postponed,
        Some(RawStatus::Cancelled) => Status::Cancelled,
    }
}

/// The reason of a cancellation or postponement; without one of them nobody would see it.
pub(super) fn reason(report: &mut Report, written: Text, status: Status) -> Option<String> {
    let span = written.as_ref().map(|reason| reason.span.clone());
    let reason = texts::line(report, written, "reason")?;
    if let (Some(span), Status::Confirmed | Status::Tentative) = (span, status) {
        let problem = report.warning(span, "there is a reason, but the event is neither cancelled nor postponed");
        problem.help("write status = \"cancelled\" or status = \"postponed\"");
    }
    Some(reason)
}

/// The texts in other languages, in the order of the config.
pub(super) fn translations(
    report: &mut Report,
    written: Vec<(Placed<String>, RawTexts)>,
    config: &Config,
) -> Vec<Translation> {
    let mut found: Vec<(usize, Translation)> = Vec::new();
    for (Placed { value: code, span }, texts) in written {
        let known = Language::parse(&code)
            .and_then(|language| Some((config.languages.iter().position(|known| *known == language)?, language)));
        match known {
            Some((0, _)) => {
                let message = format!("`{code}` is the calendar's main language");
                report.error(span, message).help("write its texts as keys of the event itself");
            }
            Some((position, language)) => {
                let title = texts::required_line(report, texts.title, "title");
                let description = texts::paragraphs(report, texts.description, "description");
                let reason = texts::line(report, texts.reason, "reason");
                found.push((position, Translation { language, title, description, reason }));
            }
            None => unknown_language(report, span, &code, config),
        }
    }
    found.sort_by_key(|(position, _)| *position);
    found.into_iter().map(|(_, translation)| translation).collect()
}

fn unknown_language(report: &mut Report, span: Range<usize>, code: &str, config: &Config) {
    let others: Vec<_> = config.languages.iter().skip(1).map(|language| format!("`{language}`")).collect();
    let help = match others.as_slice() {
        [] => "the calendar has only its main language; add others to `languages` in the config".to_owned(),
        others => format!("its languages besides the main one are {}", others.join(", ")),
    };
    report.error(span, format!("`{code}` is no language of this calendar")).help(help);
}

/// Where it is: a text, or the slug of a venue.
pub(super) fn position(report: &mut Report, venue: Text, location: Text) -> (Option<Place>, Option<Placed<Slug>>) {
    if let (Some(_), Some(location)) = (&venue, &location) {
        let problem = report.error(location.span.clone(), "the event has both `venue` and `location`");
        problem.help("write only one of them; the venue brings its name and address");
    }
    let venue = venue.and_then(|venue| texts::slug(report, venue, "venue"));
    (texts::paragraphs(report, location, "location").map(Place::Text), venue)
}
