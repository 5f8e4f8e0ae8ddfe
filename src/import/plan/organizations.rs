//! Which organizations names mean: known ones, also in another spelling, and new ones. It knows no events.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::{Catalog, ParsedFile};
use crate::import::Known;
use crate::import::known::Name;
use crate::name::{Slug, folded};

/// The organizations that files know, and those that this import adds.
pub(super) struct Organizations<'k> {
    known: &'k Known,
    /// Each address has one organization.
    by_slug: BTreeMap<Slug, Name>,
}

/// What a name means.
pub(super) enum Meant {
    /// This organization.
    One(Name),
    /// This organization, though it is written otherwise elsewhere; with a doubt.
    Spelling(Name, String),
    /// None; with a doubt.
    Nobody(String),
}

impl<'k> Organizations<'k> {
    pub(super) fn of(known: &'k Known, files: &BTreeMap<String, Arc<ParsedFile>>, catalog: &Catalog) -> Self {
        let mut by_slug = BTreeMap::new();
        for (file, parsed) in files {
            for (organization, own, _) in parsed.organizations() {
                let (slug, name) = (organization.slug.clone(), organization.name.clone());
                let name = Name { slug: slug.clone(), name, file: own.then(|| file.clone()), declared: true };
                by_slug.entry(slug).or_insert(name);
            }
        }
        for (slug, organization) in &catalog.organizations {
            let name = || Name { slug: slug.clone(), name: organization.name.clone(), file: None, declared: false };
            by_slug.entry(slug.clone()).or_insert_with(name);
        }
        Self { known, by_slug }
    }

    /// The organization that a name means. Two names of one address cannot be two organizations: the later one is taken for another
    /// spelling of the first.
    pub(super) fn meant(&mut self, name: &str) -> Meant {
        // Files may call an organization by its address, which an organization of another name may have by chance.
        let is_address = |known: &Name| folded(name) == known.slug.as_str() && folded(&known.name) != folded(name);
        match self.known.organization(name) {
            Some(known) if is_address(known) => return spelling(known.clone(), name),
            Some(known) => return Meant::One(known.clone()),
            None => {}
        }
        let Some(slug) = Slug::from_name(name) else {
            return Meant::Nobody(format!("the organization {name:?} has no letter or digit, and is left out"));
        };
        let new = || Name { slug: slug.clone(), name: name.to_owned(), file: None, declared: false };
        let meant = self.by_slug.entry(slug.clone()).or_insert_with(new).clone();
        if folded(&meant.name) == folded(name) { Meant::One(meant) } else { spelling(meant, name) }
    }
}

fn spelling(meant: Name, name: &str) -> Meant {
    let (address, other) = (&meant.slug, &meant.name);
    let doubt = format!(
        "{name:?} is taken for another spelling of {other:?}, since both would have the address /org/{address}"
    );
    Meant::Spelling(meant, doubt)
}
