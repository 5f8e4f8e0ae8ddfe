//! Organizations: those that files declare, and those that events only name. It knows nothing of events.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use toml::de::DeValue;

use crate::config;
use crate::document::{self, Placed, Report, quoted};
use crate::event::Organization;
use crate::name::{Slug, folded};
use crate::problem::{Problem, Source};

use super::draft::UsedName;
use super::raw::RawOrganization;
use super::{ParsedFile, alike, texts};

/// An organization that a file declares.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) organization: Arc<Organization>,
    /// The place of its name.
    pub(super) span: Range<usize>,
    /// Whether something in its table is wrong: what was published before stays.
    faulty: bool,
    /// Whether it is the file's own, which hosts the file's events.
    pub(super) own: bool,
    /// Everything by which events may call it, folded, with the places.
    names: Vec<(String, Range<usize>)>,
    skeleton: String,
}

impl Declared {
    /// Whether another declares the same in the same words, wherever they stand.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (&self.organization, self.faulty, self.own) == (&other.organization, other.faulty, other.own)
            && self.called().eq(other.called())
    }

    /// The folded names by which events may call it.
    pub(super) fn called(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|(name, _)| name.as_str())
    }
}

/// Reads one table. `own` is the file's slug when it is `[organization]`, whose slug is the file's name; a table of a
/// directory of names has its own slug.
pub(super) fn declared(
    report: &mut Report,
    value: &DeValue<'_>,
    place: Range<usize>,
    file: Option<&Slug>,
    single: bool,
) -> Option<Declared> {
    let errors = report.errors();
    let raw: RawOrganization = document::read(value, place.clone(), report);
    let Some(span) = raw.name.as_ref().map(|name| name.span.clone()) else {
        report.missing(place, "organization", "name", "write its full name: name = \"…\"");
        return None;
    };
    let name = texts::required_line(report, raw.name, "name");
    let slug = slug(report, raw.slug, name.as_deref(), &span, file.filter(|_| single));
    let aliases = aliases(report, raw.aliases);
    let url = texts::link(report, raw.url, "url");
    let description = texts::paragraphs(report, raw.description, "description").unwrap_or_default();
    let color = config::read_color(report, raw.color);
    let (name, slug) = (name?, slug?);
    let own = single || Some(&slug) == file;
    let known_as = folded(&name);
    let skeleton = alike::skeleton(&known_as);
    let mut names = vec![(known_as, span.clone()), (slug.as_str().to_owned(), span.clone())];
    names.extend(aliases);
    let organization = Arc::new(Organization { slug, name, url, description, color });
    Some(Declared { organization, span, faulty: report.errors() > errors, own, names, skeleton })
}

fn slug(
    report: &mut Report,
    written: Option<Placed<String>>,
    name: Option<&str>,
    span: &Range<usize>,
    file: Option<&Slug>,
) -> Option<Slug> {
    match (written, file) {
        (Some(written), Some(file)) => {
            let slug = texts::slug(report, written, "slug")?;
            if slug.value != *file {
                let message = format!(
                    "the slug {} is not the file's name, {}",
                    quoted(slug.value.as_str()),
                    quoted(file.as_str())
                );
                report.error(slug.span, message).help("delete it, or rename the file");
            }
            Some(file.clone())
        }
        (None, Some(file)) => Some(file.clone()),
        (Some(written), None) => texts::slug(report, written, "slug").map(|slug| slug.value),
        (None, None) => {
            let name = name?;
            let slug = Slug::from_name(name);
            if slug.is_none() {
                no_slug(report.error(span.clone(), no_slug_message(name)));
            }
            slug
        }
    }
}

fn no_slug_message(name: &str) -> String {
    format!("the name {} has no letter or digit that an address could be made of", quoted(name))
}

fn no_slug(problem: &mut Problem) {
    problem.help("declare it in a file with a slug of its own: [[organization]], name = \"…\", slug = \"…\"");
}

fn aliases(report: &mut Report, written: Vec<Placed<String>>) -> Vec<(String, Range<usize>)> {
    let mut aliases = Vec::with_capacity(written.len());
    for written in written {
        let span = written.span.clone();
        if let Some(alias) = texts::required_line(report, Some(written), "alias") {
            aliases.push((folded(&alias), span));
        }
    }
    aliases
}

/// All organizations of all files, and by which names they are known.
pub(super) struct Organizations<'f> {
    pub(super) by_slug: BTreeMap<Slug, Arc<Organization>>,
    places: HashMap<Slug, Known<'f>>,
    names: HashMap<&'f str, Arc<Organization>>,
    previous: &'f BTreeMap<Slug, Arc<Organization>>,
}

/// Where an organization is first spoken of.
struct Known<'f> {
    source: &'f Arc<Source>,
    span: &'f Range<usize>,
    skeleton: &'f str,
    declared: bool,
}

impl<'f> Organizations<'f> {
    /// Gathers what the files declare. Of two with one slug, and of two known by one name, the first in the order of the files stays.
    pub(super) fn declared(
        files: &[&'f ParsedFile],
        previous: &'f BTreeMap<Slug, Arc<Organization>>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut all = Self { by_slug: BTreeMap::new(), places: HashMap::new(), names: HashMap::new(), previous };
        for file in files {
            for declared in &file.organizations {
                all.declare(&file.source, declared, problems);
            }
        }
        all
    }

    fn declare(&mut self, source: &'f Arc<Source>, declared: &'f Declared, problems: &mut Vec<Problem>) {
        let slug = &declared.organization.slug;
        if let Some(known) = self.places.get(slug) {
            let mut problem = Problem::error(
                source,
                declared.span.clone(),
                format!("a second organization has the slug {}", quoted(slug.as_str())),
            );
            problem
                .related(known.source, known.span.clone(), "the first one")
                .help("give it another `slug`, or delete one of the two");
            problems.push(problem);
            return;
        }
        let skeleton = declared.skeleton.as_str();
        self.places.insert(slug.clone(), Known { source, span: &declared.span, skeleton, declared: true });
        let organization = self.latest(&declared.organization, declared.faulty);
        for (name, span) in &declared.names {
            self.call(name, &organization, source, span, problems);
        }
        self.by_slug.insert(slug.clone(), organization);
    }

    /// The organization as it was before if it is equal to that, or if what is declared now is faulty.
    fn latest(&self, now: &Arc<Organization>, faulty: bool) -> Arc<Organization> {
        match self.previous.get(&now.slug) {
            Some(before) if faulty || before == now => Arc::clone(before),
            _ => Arc::clone(now),
        }
    }

    fn call(
        &mut self,
        name: &'f str,
        organization: &Arc<Organization>,
        source: &Arc<Source>,
        span: &Range<usize>,
        problems: &mut Vec<Problem>,
    ) {
        let known = self.names.entry(name).or_insert_with(|| Arc::clone(organization));
        if Arc::ptr_eq(known, organization) {
            return;
        }
        let mut problem =
            Problem::error(source, span.clone(), format!("the name {} belongs to two organizations", quoted(name)));
        if let Some(first) = self.places.get(&known.slug) {
            problem.related(first.source, first.span.clone(), "the other one");
        }
        problem.help("delete it from one of them");
        problems.push(problem);
    }

    /// The organization that a name means. An unknown name becomes an organization, unless it has no slug or that slug is taken.
    pub(super) fn resolve(
        &mut self,
        used: &'f UsedName,
        source: &'f Arc<Source>,
        problems: &mut Vec<Problem>,
    ) -> Option<Arc<Organization>> {
        if let Some(organization) = self.names.get(used.folded.as_str()) {
            return Some(Arc::clone(organization));
        }
        let Some(slug) = used.unknown().slug.as_ref() else {
            let mut problem = Problem::error(source, used.span.clone(), no_slug_message(&used.name));
            no_slug(&mut problem);
            problems.push(problem);
            return None;
        };
        if let Some(known) = self.places.get(slug) {
            let other = self.by_slug.get(slug).map_or("", |organization| organization.name.as_str());
            problems.push(one_slug(used, source, slug, other, known));
            return None;
        }
        let organization = Organization {
            slug: slug.clone(),
            name: used.name.clone(),
            url: None,
            description: String::new(),
            color: None,
        };
        let organization = self.latest(&Arc::new(organization), false);
        self.places.insert(
            slug.clone(),
            Known { source, span: &used.span, skeleton: &used.unknown().skeleton, declared: false },
        );
        self.by_slug.insert(slug.clone(), Arc::clone(&organization));
        self.names.insert(&used.folded, Arc::clone(&organization));
        Some(organization)
    }

    /// Warns of names that look like one another and are not both declared.
    pub(super) fn warn_of_look_alikes(&self, problems: &mut Vec<Problem>) {
        let all: Vec<(&Slug, &Known<'_>)> =
            self.by_slug.keys().filter_map(|slug| self.places.get_key_value(slug)).collect();
        let skeletons: Vec<&str> = all.iter().map(|(_, known)| known.skeleton).collect();
        for (one, other) in alike::pairs(&skeletons) {
            let (Some((one, first)), Some((other, second))) = (all.get(one), all.get(other)) else {
                continue;
            };
            // The warning stands where a name is only used: that is what somebody would correct.
            match (first.declared, second.declared) {
                (true, true) => {}
                (false, true) => problems.push(self.look_alike((one, first), (other, second))),
                (true, false) => problems.push(self.look_alike((other, second), (one, first))),
                (false, false) => {
                    let later = (&first.source.name, first.span.start) > (&second.source.name, second.span.start);
                    let (late, early) =
                        if later { ((*one, *first), (*other, *second)) } else { ((*other, *second), (*one, *first)) };
                    problems.push(self.look_alike(late, early));
                }
            }
        }
    }

    fn look_alike(&self, used: (&Slug, &Known<'_>), other: (&Slug, &Known<'_>)) -> Problem {
        let name = |slug| self.by_slug.get(slug).map_or("", |organization| organization.name.as_str());
        let message = format!("the names {} and {} look alike", quoted(name(used.0)), quoted(name(other.0)));
        let mut problem = Problem::warning(used.1.source, used.1.span.clone(), message);
        problem.related(other.1.source, other.1.span.clone(), "the other one");
        problem.help("if they are one organization, write one name, or list the other among its `aliases`");
        problem.help("if they are two, declare both: [[organization]], name = \"…\"");
        problem
    }
}

/// Two names whose addresses would be the same.
fn one_slug(used: &UsedName, source: &Arc<Source>, slug: &Slug, other: &str, known: &Known<'_>) -> Problem {
    let message =
        format!("the names {} and {} have one slug, {}", quoted(&used.name), quoted(other), quoted(slug.as_str()));
    let mut problem = Problem::error(source, used.span.clone(), message);
    problem.related(known.source, known.span.clone(), "the other one");
    problem
        .help(format!("if they are one organization, write {}, or list this name among its `aliases`", quoted(other)));
    problem
        .help("if they are two, declare this one with a slug of its own: [[organization]], name = \"…\", slug = \"…\"");
    problem
}
