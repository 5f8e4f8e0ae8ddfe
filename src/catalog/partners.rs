//! Partners: the calendars that sites publish elsewhere, as files declare them. It knows nothing of what they say.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use toml::de::DeValue;

use crate::config::Config;
use crate::document::{self, Placed, Report, quoted};
use crate::event::Organization;
use crate::language::Language;
use crate::name::Slug;
use crate::partner::{Address, Filter, Partner, Pattern};
use crate::problem::{Problem, Source};
use crate::time::Zone;

use super::raw::{RawFilter, RawPartner, Text, Time};
use super::when::{Written, moment};
use super::{ParsedFile, texts};

/// A partner that a file declares; its organization is the file's own.
#[derive(Debug)]
pub(super) struct Declared {
    slug: Slug,
    /// `None` when something in its table is wrong: what was published before stays. A filter that is not understood must not let
    /// everything through.
    partner: Option<Arc<Partner>>,
    /// The place of its slug or name.
    span: Range<usize>,
}

impl Declared {
    /// Whether another declares the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (&self.slug, &self.partner) == (&other.slug, &other.partner)
    }
}

/// Reads one `[[partner]]`.
pub(super) fn declared(
    report: &mut Report,
    value: &DeValue<'_>,
    place: Range<usize>,
    config: &Config,
) -> (Option<Declared>, Vec<(bool, Slug, Slug)>) {
    let errors = report.errors();
    let mut raw: RawPartner = document::read(value, place.clone(), report);
    let mut overrules = pairs(report, true, std::mem::take(&mut raw.same_as));
    overrules.extend(pairs(report, false, std::mem::take(&mut raw.distinct_from)));
    (complete(report, raw, errors, place, config), overrules)
}

/// Pairs of ids of events.
fn pairs(report: &mut Report, same: bool, written: Vec<Vec<Placed<String>>>) -> Vec<(bool, Slug, Slug)> {
    let mut pairs = Vec::new();
    for pair in written {
        let place = pair.first().map(|one| one.span.clone());
        let slugs: Vec<Slug> =
            pair.into_iter().filter_map(|id| texts::slug(report, id, "id")).map(|id| id.value).collect();
        match (<[Slug; 2]>::try_from(slugs), place) {
            (Ok([one, other]), _) => pairs.push((same, one, other)),
            (Err(_), Some(place)) => {
                report.error(place, "this is no pair of two ids").help("write [\"one-id\", \"other-id\"]");
            }
            (Err(_), None) => {}
        }
    }
    pairs
}

fn complete(
    report: &mut Report,
    raw: RawPartner,
    errors: usize,
    place: Range<usize>,
    config: &Config,
) -> Option<Declared> {
    if raw.url.is_none() {
        report.missing(place.clone(), "partner", "url", "write where its calendar is: url = \"https://…/events.ics\"");
    }
    let Some(span) = raw.name.as_ref().map(|name| name.span.clone()) else {
        report.missing(place, "partner", "name", "write its name: name = \"…\"");
        return None;
    };
    let name = texts::required_line(report, raw.name, "name");
    let slug = match raw.slug {
        Some(slug) => texts::slug(report, slug, "slug").map(|slug| slug.value),
        None => name.as_deref().and_then(Slug::from_name),
    };
    let slug = slug?;
    let address = address(report, raw.url, config);
    let whole = |name, address| Partner {
        url: texts::link(report, raw.site, "site"),
        organization: None,
        language: language(report, raw.language, config),
        tags: raw.tags.into_iter().filter_map(|tag| texts::slug(report, tag, "tag")).map(|tag| tag.value).collect(),
        priority: raw.priority.unwrap_or_default(),
        include: filters(report, raw.include),
        exclude: filters(report, raw.exclude),
        from: day(report, raw.from, config.timezone),
        until: day(report, raw.until, config.timezone),
        timezone: zone(report, raw.timezone),
        zone_is_wrong: raw.zone_is_wrong,
        // A line loses the space at its end, and no editor means "Prefix:Title".
        prefix: texts::line(report, raw.prefix, "prefix").map(|prefix| prefix + " ").unwrap_or_default(),
        refresh: refresh(report, raw.refresh),
        combined: raw.combined.unwrap_or(true),
        slug: slug.clone(),
        name,
        address,
    };
    let partner = name.zip(address).map(|(name, address)| Arc::new(whole(name, address)));
    Some(Declared { slug, partner: partner.filter(|_| report.errors() == errors), span })
}

/// The address with its secrets filled in. `${NAME}` stands for the variable HANDBILL_SECRET_NAME of the environment.
fn address(report: &mut Report, written: Text, config: &Config) -> Option<Address> {
    let Placed { value, span } = written?;
    let text = value.trim();
    let (filled, bare) = fill(report, text, &span, config)?;
    let https = |text: String| match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("webcal") || scheme.eq_ignore_ascii_case("webcals") => {
            format!("https://{rest}")
        }
        _ => text,
    };
    let parsed = url::Url::parse(&https(filled)).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let (Some(url), true) = (parsed, url::Url::parse(&https(bare.clone())).is_ok()) else {
        let problem = report.error(span, format!("the url {} is no http, https or webcal link", quoted(text)));
        problem.help("write a link such as \"https://example.org/events.ics\"");
        return None;
    };
    Some(Address::with_secrets(url, &https(bare)))
}

/// The text with and without the secrets.
fn fill(report: &mut Report, text: &str, span: &Range<usize>, config: &Config) -> Option<(String, String)> {
    let (mut filled, mut bare, mut rest) = (String::new(), String::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else { break };
        let Some(secret) = config.secrets.get(name) else {
            let problem = report.error(span.clone(), format!("there is no secret {}", quoted(name)));
            problem.help(format!("set the variable HANDBILL_SECRET_{name} in the environment of the service"));
            return None;
        };
        filled.extend([before, secret]);
        bare.push_str(before);
        rest = after;
    }
    filled.push_str(rest);
    bare.push_str(rest);
    Some((filled, bare))
}

fn language(report: &mut Report, written: Text, config: &Config) -> Language {
    let Some(written) = written else { return config.main_language() };
    Language::parse(&written.value).unwrap_or_else(|| {
        let problem = report.error(written.span, format!("{} is no code of a language", quoted(&written.value)));
        problem.help("write its two or three letters, such as \"es\"");
        config.main_language()
    })
}

fn zone(report: &mut Report, written: Text) -> Option<Zone> {
    let written = written?;
    let zone = Zone::parse(&written.value);
    if zone.is_none() {
        let problem = report.error(written.span, format!("there is no time zone {}", quoted(&written.value)));
        problem.help("write its IANA name, such as \"America/New_York\"");
    }
    zone
}

fn refresh(report: &mut Report, written: Text) -> Option<chrono::TimeDelta> {
    let written = written?;
    match crate::config::duration::parse(&written.value) {
        Ok(refresh) => Some(refresh),
        Err(why) => {
            report.error(written.span, why).help("write a length of time such as \"30m\" or \"6h\"");
            None
        }
    }
}

fn day(report: &mut Report, written: Time, zone: Zone) -> Option<chrono::NaiveDate> {
    match moment(report, &written?, zone)? {
        Written::Day(day) => Some(day),
        Written::Moment(moment) => Some(moment.local().date()),
    }
}

fn filters(report: &mut Report, written: Vec<RawFilter>) -> Vec<Filter> {
    written.into_iter().filter_map(|raw| filter(report, raw)).collect()
}

fn filter(report: &mut Report, raw: RawFilter) -> Option<Filter> {
    let pattern = match raw.pattern {
        None => None,
        Some(Placed { value, span }) => match regex_lite::RegexBuilder::new(&value).case_insensitive(true).build() {
            Ok(regex) => Some(Pattern(regex)),
            Err(error) => {
                report.error(span, format!("this pattern cannot be read: {error}"));
                return None;
            }
        },
    };
    Some(Filter { words: raw.words, pattern, categories: raw.categories })
}

/// All partners of all files, by slug. Of two with one slug or one address, the first in the order of the files stays.
pub(super) fn gathered(
    files: &[&ParsedFile],
    own: impl Fn(&ParsedFile) -> Option<Arc<Organization>>,
    previous: &BTreeMap<Slug, Arc<Partner>>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<Slug, Arc<Partner>> {
    let mut all: BTreeMap<Slug, Arc<Partner>> = BTreeMap::new();
    let mut places: HashMap<Slug, (&Arc<Source>, &Range<usize>)> = HashMap::new();
    for (file, declared) in files.iter().flat_map(|file| file.partners.iter().map(move |declared| (*file, declared))) {
        let slug = &declared.slug;
        if let Some((first, span)) = places.get(slug) {
            let message = format!("a second partner has the slug {}", quoted(slug.as_str()));
            let mut problem = Problem::error(&file.source, declared.span.clone(), message);
            problem.related(first, (*span).clone(), "the first one").help("give it a slug of its own: slug = \"…\"");
            problems.push(problem);
            continue;
        }
        places.insert(slug.clone(), (&file.source, &declared.span));
        let now =
            declared.partner.as_ref().map(|partner| Partner { organization: own(file), ..Partner::clone(partner) });
        let partner = match (previous.get(slug), now) {
            (Some(before), Some(now)) if **before == now => Arc::clone(before),
            (Some(before), None) => Arc::clone(before),
            (_, Some(now)) => Arc::new(now),
            (None, None) => continue,
        };
        all.insert(slug.clone(), partner);
    }
    all
}
