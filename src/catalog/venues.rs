//! Venues: places that files declare and events name. It knows nothing of events.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use toml::de::DeValue;

use crate::document::{self, Placed, Report, nearest, quoted};
use crate::event::Venue;
use crate::name::Slug;
use crate::problem::{Problem, Source};

use super::raw::RawVenue;
use super::{ParsedFile, texts};

/// A venue that a file declares.
#[derive(Debug)]
pub(super) struct Declared {
    venue: Arc<Venue>,
    /// The place of its slug.
    span: Range<usize>,
    /// Whether something in its table is wrong: what was published before stays.
    faulty: bool,
}

impl Declared {
    /// Whether another declares the same.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (&self.venue, self.faulty) == (&other.venue, other.faulty)
    }
}

/// Reads one `[[venue]]`.
pub(super) fn declared(report: &mut Report, value: &DeValue<'_>, place: Range<usize>) -> Option<Declared> {
    let errors = report.errors();
    let raw: RawVenue = document::read(value, place.clone(), report);
    if raw.slug.is_none() {
        let help = "write the word by which events name it: slug = \"unity-park\"";
        report.missing(place.clone(), "venue", "slug", help);
    }
    if raw.name.is_none() {
        report.missing(place, "venue", "name", "write one: name = \"Unity Park\"");
    }
    let slug = raw.slug.and_then(|slug| texts::slug(report, slug, "slug"));
    let name = texts::required_line(report, raw.name, "name");
    let address = texts::line(report, raw.address, "address");
    let position = position(report, raw.latitude, raw.longitude);
    let (slug, name) = (slug?, name?);
    let venue = Arc::new(Venue { slug: slug.value, name, address, position });
    Some(Declared { venue, span: slug.span, faulty: report.errors() > errors })
}

fn position(report: &mut Report, latitude: Option<Placed<f64>>, longitude: Option<Placed<f64>>) -> Option<(f64, f64)> {
    let latitude_read = latitude.as_ref().and_then(|degrees| within(report, degrees, 90.0, "latitude"));
    let longitude_read = longitude.as_ref().and_then(|degrees| within(report, degrees, 180.0, "longitude"));
    let (present, missing) = match (&latitude, &longitude) {
        (Some(latitude), None) => (latitude, "longitude"),
        (None, Some(longitude)) => (longitude, "latitude"),
        _ => return latitude_read.zip(longitude_read),
    };
    report.missing(present.span.clone(), "venue", missing, "write both, or none of them");
    None
}

fn within(report: &mut Report, degrees: &Placed<f64>, limit: f64, what: &str) -> Option<f64> {
    if (-limit..=limit).contains(&degrees.value) {
        return Some(degrees.value);
    }
    let problem =
        report.error(degrees.span.clone(), format!("the {what} {} is not between -{limit} and {limit}", degrees.value));
    problem.help("write degrees with a decimal point; Chicago is near latitude = 41.88, longitude = -87.63");
    None
}

/// All venues of all files.
pub(super) struct Venues<'f> {
    pub(super) by_slug: BTreeMap<Slug, Arc<Venue>>,
    /// Whether these are the very venues of before.
    pub(super) unchanged: bool,
    places: HashMap<&'f Slug, (&'f Arc<Source>, &'f Range<usize>)>,
}

impl<'f> Venues<'f> {
    /// Venues that are settled already.
    pub(super) fn known(venues: &BTreeMap<Slug, Arc<Venue>>) -> Self {
        Self { by_slug: venues.clone(), unchanged: true, places: HashMap::new() }
    }

    /// Gathers what the files declare. Of two with one slug, the first in the order of the files stays.
    pub(super) fn declared(
        files: &[&'f ParsedFile],
        previous: &BTreeMap<Slug, Arc<Venue>>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut all = Self { by_slug: BTreeMap::new(), unchanged: false, places: HashMap::new() };
        for file in files {
            for declared in &file.venues {
                all.declare(&file.source, declared, previous, problems);
            }
        }
        let same = |((one, now), (other, before)): ((&Slug, _), (&Slug, _))| one == other && Arc::ptr_eq(now, before);
        all.unchanged = all.by_slug.len() == previous.len() && all.by_slug.iter().zip(previous).all(same);
        all
    }

    fn declare(
        &mut self,
        source: &'f Arc<Source>,
        declared: &'f Declared,
        previous: &BTreeMap<Slug, Arc<Venue>>,
        problems: &mut Vec<Problem>,
    ) {
        let slug = &declared.venue.slug;
        if let Some((first, span)) = self.places.get(slug) {
            let mut problem = Problem::error(
                source,
                declared.span.clone(),
                format!("a second venue has the slug {}", quoted(slug.as_str())),
            );
            problem
                .related(first, (*span).clone(), "the first one")
                .help("give it another slug, or delete one of the two");
            problems.push(problem);
            return;
        }
        self.places.insert(slug, (source, &declared.span));
        let venue = match previous.get(slug) {
            Some(before) if declared.faulty || *before == declared.venue => before,
            _ => &declared.venue,
        };
        self.by_slug.insert(slug.clone(), Arc::clone(venue));
    }

    /// The venue that an event names.
    pub(super) fn resolve(
        &self,
        named: &Placed<Slug>,
        source: &Arc<Source>,
        problems: &mut Vec<Problem>,
    ) -> Option<Arc<Venue>> {
        let venue = self.by_slug.get(&named.value);
        if venue.is_none() {
            problems.push(self.unknown(named, source));
        }
        venue.cloned()
    }

    fn unknown(&self, named: &Placed<Slug>, source: &Arc<Source>) -> Problem {
        let slug = named.value.as_str();
        let mut problem = Problem::error(source, named.span.clone(), format!("no file has a venue {}", quoted(slug)));
        match nearest(slug, self.by_slug.keys().map(Slug::as_str)) {
            Some(near) => problem.help(format!("write \"{near}\"")),
            None => problem
                .help(format!("declare it: [[venue]], slug = \"{slug}\", name = \"…\"; or write `location` instead")),
        };
        problem
    }
}
