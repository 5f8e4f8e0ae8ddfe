//! What the editors' files hold already: the names of organizations, the venues, the events. It reads no text.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::{Catalog, ParsedFile};
use crate::event::Venue;
use crate::name::{Slug, folded};

/// What the files of events know.
#[derive(Debug, Default)]
pub struct Known {
    /// The organization of each folded name.
    names: BTreeMap<String, Name>,
    venues: Vec<Arc<Venue>>,
}

/// An organization that files know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) slug: Slug,
    pub(super) name: String,
    /// The file whose own organization it is.
    pub(super) file: Option<String>,
    /// Whether a file declares it; events only name the others.
    pub(super) declared: bool,
}

impl Known {
    /// Gathers what files and their catalog know.
    #[must_use]
    pub fn of(files: &BTreeMap<String, Arc<ParsedFile>>, catalog: &Catalog) -> Self {
        let mut known = Self { names: BTreeMap::new(), venues: catalog.venues.values().cloned().collect() };
        for (file, parsed) in files {
            for (organization, own, names) in parsed.organizations() {
                let (slug, name) = (organization.slug.clone(), organization.name.clone());
                let file = own.then(|| file.clone());
                for called in names {
                    let name = Name { slug: slug.clone(), name: name.clone(), file: file.clone(), declared: true };
                    known.names.entry(called.to_owned()).or_insert(name);
                }
            }
        }
        for organization in catalog.organizations.values() {
            known.learn_as(&organization.name, organization.slug.clone());
        }
        known
    }

    /// Learns a name that the source itself uses elsewhere.
    pub(super) fn learn(&mut self, name: &str) {
        if let Some(slug) = Slug::from_name(name) {
            self.learn_as(name, slug);
        }
    }

    fn learn_as(&mut self, name: &str, slug: Slug) {
        let new = Name { slug, name: name.to_owned(), file: None, declared: false };
        self.names.entry(folded(name)).or_insert(new);
    }

    /// The organization that a name means.
    pub(super) fn organization(&self, name: &str) -> Option<&Name> {
        let folded = folded(name);
        let known = |name: &str| self.names.get(name);
        known(&folded).or_else(|| known(folded.strip_prefix("the ")?)).or_else(|| known(&format!("the {folded}")))
    }

    /// The venue that a line of text means: it begins with the venue's name, and no house number speaks against it.
    pub(super) fn venue(&self, place: &str) -> Option<&Venue> {
        let place = plain(place);
        let is = |venue: &&Arc<Venue>| {
            let name = plain(&venue.name);
            let rest = place.strip_prefix(&name).filter(|rest| !rest.starts_with(char::is_alphanumeric));
            let address = venue.address.as_deref().unwrap_or_default();
            rest.is_some_and(|rest| match (number(rest), number(address)) {
                (Some(here), Some(there)) => here == there,
                _ => true,
            })
        };
        self.venues.iter().filter(is).max_by_key(|venue| venue.name.len()).map(Arc::as_ref)
    }
}

/// A place's text without capitals and without its article.
fn plain(place: &str) -> String {
    let folded = folded(place);
    folded.strip_prefix("the ").unwrap_or(&folded).to_owned()
}

/// The first number of a text: that of the house.
fn number(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())
}
