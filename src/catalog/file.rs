//! One file of `feeds/`, read by itself. It does not know the other files.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeString, DeValue};

use crate::config::Config;
use crate::document::{self, Report, quoted, unknown_key};
use crate::name::Slug;
use crate::problem::Source;

use super::draft::{self, Names};
use super::raw::FILE_KEYS;
use super::{ParsedFile, organizations, partners, venues};

/// Reads one file. The stem of its name is its slug.
#[must_use]
pub fn parse(source: Arc<Source>, config: &Config) -> ParsedFile {
    let mut report = Report::new(&source);
    let slug = stem_slug(&mut report, &source.name);
    let mut file = Reading { report, slug, config, parsed: empty(&source) };
    if source.text.trim_start_matches('\u{feff}').trim().is_empty() {
        file.parsed.broken = true;
        file.report.error(0..0, "the file is empty").help("delete it to remove its events");
    } else {
        file.read(&source);
    }
    let Reading { report, mut parsed, .. } = file;
    parsed.names.settle();
    parsed.drafts.shrink_to_fit();
    parsed.problems = report.into_problems();
    parsed
}

fn empty(source: &Arc<Source>) -> ParsedFile {
    ParsedFile {
        source: Arc::clone(source),
        problems: Vec::new(),
        broken: false,
        organizations: Vec::new(),
        venues: Vec::new(),
        partners: Vec::new(),
        overrules: Vec::new(),
        names: Names::default(),
        drafts: Vec::new(),
        former_uids: false,
        failed: Vec::new(),
    }
}

/// The slug that a file's name gives.
fn stem_slug(report: &mut Report, path: &str) -> Option<Slug> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = name.strip_suffix(".toml").unwrap_or(name);
    let slug = Slug::parse(stem);
    if slug.is_none() {
        let message = format!("the file's name {} is not made of a–z, 0–9 and single hyphens", quoted(name));
        let problem = report.error(0..0, message);
        if let Some(slug) = Slug::from_name(stem) {
            problem.help(format!("rename it to {slug}.toml"));
        }
    }
    slug
}

/// A file while it is read.
struct Reading<'c> {
    report: Report,
    slug: Option<Slug>,
    config: &'c Config,
    parsed: ParsedFile,
}

impl Reading<'_> {
    fn read(&mut self, source: &Arc<Source>) {
        let document = document::parse(source, &mut self.report);
        self.parsed.broken = document.broken;
        let syntax = self.report.errors();
        for (key, value) in &document.table {
            match key.get_ref().as_ref() {
                "organization" => self.organizations(key, value),
                "venue" => self.tables(key, value, Self::venue),
                "event" => self.tables(key, value, Self::event),
                "partner" => self.tables(key, value, Self::partner),
                unknown => {
                    unknown_key(&mut self.report, key.span(), unknown, &FILE_KEYS);
                }
            }
        }
        if document.broken {
            self.report.keep_clear_of_syntax_errors(syntax);
        }
    }

    fn organizations(&mut self, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        if let DeValue::Table(_) = value.get_ref() {
            self.organization(value.get_ref(), key.span(), true);
        } else {
            self.tables(key, value, |file, value, place| file.organization(value, place, false));
        }
    }

    /// Reads each of an array of tables, `[[…]]`.
    fn tables(
        &mut self,
        key: &Spanned<DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
        read: impl Fn(&mut Self, &DeValue<'_>, Range<usize>),
    ) {
        let name = key.get_ref();
        let DeValue::Array(tables) = value.get_ref() else {
            let problem = self.report.error(key.span(), format!("`{name}` must be a list of tables"));
            problem.help(format!("write [[{name}]] with two pairs of brackets"));
            return;
        };
        for table in tables {
            if let DeValue::Table(_) = table.get_ref() {
                read(self, table.get_ref(), table.span());
            } else {
                let problem = self.report.error(table.span(), format!("`{name}` must be a list of tables"));
                problem.help(format!("write [[{name}]] with two pairs of brackets"));
            }
        }
    }

    fn organization(&mut self, value: &DeValue<'_>, place: Range<usize>, single: bool) {
        let declared = organizations::declared(&mut self.report, value, place, self.slug.as_ref(), single);
        self.parsed.organizations.extend(declared);
    }

    fn venue(&mut self, value: &DeValue<'_>, place: Range<usize>) {
        self.parsed.venues.extend(venues::declared(&mut self.report, value, place));
    }

    fn partner(&mut self, value: &DeValue<'_>, place: Range<usize>) {
        let (partner, mut overrules) = partners::declared(&mut self.report, value, place, self.config);
        self.parsed.partners.extend(partner);
        self.parsed.overrules.append(&mut overrules);
    }

    fn event(&mut self, value: &DeValue<'_>, place: Range<usize>) {
        match draft::draft(&mut self.report, value, place, self.config, &mut self.parsed.names) {
            Ok(mut draft) => {
                self.parsed.overrules.append(&mut draft.overrules);
                self.parsed.former_uids |= draft.former_uid.is_some();
                self.parsed.drafts.push(draft);
            }
            Err(failed) => self.parsed.failed.push(failed),
        }
    }
}
