//! Single occurrences of a series that differ. It knows nothing of rules.

use std::collections::HashSet;

use crate::config::Config;
use crate::document::{Placed, Report};
use crate::event::{Change, Details, Place, Start, Translation, When};
use crate::name::Slug;

use super::keys;
use super::occurrences::{Occurrences, length};
use super::raw::RawChange;
use super::texts;
use super::when::{self, Times, Written};

/// Checks the changes of a series, and the venue of each; ascending by the occurrences.
pub(super) fn changes(
    report: &mut Report,
    written: Vec<Placed<RawChange>>,
    occurrences: &Occurrences,
    series: &Details,
    venue: Option<&Placed<Slug>>,
    config: &Config,
) -> (Vec<Change>, Vec<Option<Placed<Slug>>>) {
    let mut found = Vec::with_capacity(written.len());
    let mut seen = HashSet::new();
    for Placed { value: raw, span } in written {
        let Some(on) = raw.on.clone() else {
            report.missing(span, "change", "on", "write which occurrence it changes: on = 2021-03-23");
            continue;
        };
        let of = occurrences.find(report, &on);
        if of.is_some_and(|of| !seen.insert(instant(of))) {
            report.error(on.span, "this occurrence is changed twice").help("write one `[[event.change]]` for it");
        } else if let Some((change, venue)) = of.and_then(|of| change(report, raw, of, series, venue, config)) {
            found.push((change, venue));
        }
    }
    found.sort_by_key(|(change, _)| change.of);
    found.into_iter().unzip()
}

/// What tells one occurrence from another.
fn instant(start: Start) -> chrono::NaiveDateTime {
    match start {
        Start::Timed(moment) => moment.instant().naive_utc(),
        Start::AllDay(day) => day.and_time(chrono::NaiveTime::MIN),
    }
}

fn change(
    report: &mut Report,
    raw: RawChange,
    of: Start,
    series: &Details,
    venue: Option<&Placed<Slug>>,
    config: &Config,
) -> Option<(Change, Option<Placed<Slug>>)> {
    let status = if raw.status.is_some() { keys::status(raw.status) } else { series.status };
    let reason = keys::reason(report, raw.reason, status);
    let title = texts::required_line(report, raw.title, "title");
    let description = texts::paragraphs(report, raw.description, "description");
    let own = keys::translations(report, raw.languages, config);
    let translations = translated(series, &own, [title.is_some(), description.is_some(), reason.is_some()], config);
    let moves = raw.venue.is_some() || raw.location.is_some();
    let (place, own_venue) = keys::position(report, raw.venue, raw.location);
    let (place, venue) = if moves { (place, own_venue) } else { (text(series), venue.cloned()) };
    let when = when_of(report, Times { start: raw.start, end: raw.end, duration: raw.duration }, of, series, config);
    let details = Details {
        title: title.unwrap_or_else(|| series.title.clone()),
        description: description.unwrap_or_else(|| series.description.clone()),
        reason: reason.or_else(|| series.reason.clone()),
        translations,
        when: when?,
        place,
        url: texts::link(report, raw.url, "url").or_else(|| series.url.clone()),
        signup: texts::link(report, raw.signup, "signup").or_else(|| series.signup.clone()),
        contact: texts::line(report, raw.contact, "contact").or_else(|| series.contact.clone()),
        status,
    };
    Some((Change { of, details }, venue))
}

fn text(series: &Details) -> Option<Place> {
    series.place.clone().filter(|place| matches!(place, Place::Text(_)))
}

/// The texts of a change in the other languages. A text that the change writes anew in the main language is not translated by the
/// series' text; whatever it leaves alone is.
fn translated(series: &Details, own: &[Translation], anew: [bool; 3], config: &Config) -> Vec<Translation> {
    let mut all = Vec::new();
    for language in config.languages.iter().skip(1) {
        let own = own.iter().find(|texts| texts.language == *language);
        let inherited = series.translations.iter().find(|texts| texts.language == *language);
        let pick = |index: usize, of: fn(&Translation) -> &Option<String>| {
            let inherited = inherited.filter(|_| !anew.get(index).copied().unwrap_or(true));
            own.and_then(|texts| of(texts).clone()).or_else(|| inherited.and_then(|texts| of(texts).clone()))
        };
        let title = pick(0, |texts| &texts.title);
        let description = pick(1, |texts| &texts.description);
        let reason = pick(2, |texts| &texts.reason);
        if title.is_some() || description.is_some() || reason.is_some() {
            all.push(Translation { language: *language, title, description, reason });
        }
    }
    all
}

/// When the occurrence is: by its own keys, otherwise at its time in the series and as long as the series.
fn when_of(report: &mut Report, times: Times, of: Start, series: &Details, config: &Config) -> Option<When> {
    let from = match &times.start {
        Some(written) => same_kind(report, written, of, config)?,
        None => match of {
            Start::Timed(moment) => Written::Moment(moment),
            Start::AllDay(day) => Written::Day(day),
        },
    };
    if times.end.is_none() && times.duration.is_none() {
        return like_series(from, series, config);
    }
    let place = times.end.as_ref().map_or(0..0, |end| end.span.clone());
    when::from(report, (from, times.start.map_or(place, |start| start.span)), times.end, times.duration, config)
}

fn same_kind(
    report: &mut Report,
    written: &Placed<crate::document::DateTime>,
    of: Start,
    config: &Config,
) -> Option<Written> {
    let from = when::moment(report, written, config.timezone)?;
    match (from, of) {
        (Written::Day(_), Start::AllDay(_)) | (Written::Moment(_), Start::Timed(_)) => Some(from),
        (Written::Day(day), Start::Timed(moment)) => {
            let problem = report.error(written.span.clone(), "the series has times of day, and this is only a date");
            problem.help(format!("write {}", when::clock(day.and_time(moment.local().time()))));
            None
        }
        (Written::Moment(moment), Start::AllDay(_)) => {
            let problem = report.error(written.span.clone(), "the series is on whole days, and this has a time of day");
            problem.help(format!("write {}", moment.local().date()));
            None
        }
    }
}

fn like_series(from: Written, series: &Details, config: &Config) -> Option<When> {
    let length = length(&series.when);
    Some(match (from, &series.when) {
        (Written::Moment(start), When::Timed { end_announced, .. }) => {
            let end = config.timezone.moment_of(start.instant().checked_add_signed(length)?);
            When::Timed { start, end, end_announced: *end_announced }
        }
        (Written::Day(start), _) => When::AllDay { start, end: start.checked_add_signed(length)? },
        (Written::Moment(_), When::AllDay { .. }) => return None,
    })
}
