//! What the editors' files hold already: the names of organizations, the venues, the events. It reads no text.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::{Catalog, ParsedFile};
use crate::event::Venue;
use crate::name::{Slug, folded};

/// The words of addresses that are written in two ways.
const SHORT: [(&str, &str); 12] = [
    ("street", "st"),
    ("avenue", "ave"),
    ("av", "ave"),
    ("boulevard", "blvd"),
    ("road", "rd"),
    ("drive", "dr"),
    ("place", "pl"),
    ("north", "n"),
    ("south", "s"),
    ("east", "e"),
    ("west", "w"),
    ("illinois", "il"),
];

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

    /// The venue that a line of text means: it begins with the venue's name, and whatever else it says, the venue says too.
    pub(super) fn venue(&self, place: &str) -> Option<&Venue> {
        let is = |venue: &&Arc<Venue>| begins_as(place, venue) && says(venue, place);
        self.longest(is)
    }

    /// A venue that a line of text may mean, though it says what the venue does not say.
    pub(super) fn venue_near(&self, place: &str) -> Option<&Venue> {
        if self.venue(place).is_some() { None } else { self.longest(|venue| begins_as(place, venue)) }
    }

    /// Of several venues the one with the longest name.
    fn longest(&self, is: impl Fn(&&Arc<Venue>) -> bool) -> Option<&Venue> {
        self.venues.iter().filter(is).max_by_key(|venue| venue.name.len()).map(Arc::as_ref)
    }
}

/// Whether a place begins with the venue's name, and no house number speaks against it.
fn begins_as(place: &str, venue: &Venue) -> bool {
    let (place, name) = (plain(place), plain(&venue.name));
    let rest = place.strip_prefix(&name).filter(|rest| !rest.starts_with(char::is_alphanumeric));
    let address = venue.address.as_deref().unwrap_or_default();
    rest.is_some_and(|rest| match (number(rest), number(address)) {
        (Some(here), Some(there)) => here == there,
        _ => true,
    })
}

/// Whether each word of a place is in the venue's name or address, so that nothing is lost with them in its place.
fn says(venue: &Venue, place: &str) -> bool {
    let told = format!("{} {}", plain(&venue.name), plain(venue.address.as_deref().unwrap_or_default()));
    let told = words(&told);
    words(&plain(place)).iter().all(|word| told.contains(word))
}

/// The words of a text without capitals, those of addresses in their short form.
fn words(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| SHORT.iter().find(|(long, _)| *long == word).map_or(word, |(_, short)| short)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let venue = |slug: &str, name: &str, address: Option<&str>| {
            let (slug, name) = (Slug::parse(slug).unwrap(), name.to_owned());
            Arc::new(Venue { slug, name, address: address.map(str::to_owned), position: None })
        };
        let venues = vec![
            venue("federal-plaza", "Federal Plaza", Some("50 W Adams St, Chicago, IL")),
            venue("unity-park", "Unity Park", None),
        ];
        Known { names: BTreeMap::new(), venues }
    }

    fn check(place: &str, venue: Option<&str>, near: Option<&str>) {
        let known = known();
        let slug = |venue: Option<&Venue>| venue.map(|venue| venue.slug.to_string());
        assert_eq!(slug(known.venue(place)).as_deref(), venue, "{place}");
        assert_eq!(slug(known.venue_near(place)).as_deref(), near, "{place}");
    }

    #[test]
    fn a_place_is_a_venue_where_nothing_of_it_is_lost() {
        let plaza = Some("federal-plaza");
        for place in [
            "Federal Plaza",
            "the FEDERAL PLAZA, 50 West Adams Street",
            "Federal Plaza, 50 W. Adams, Chicago, Illinois",
            "Federal Plaza (Chicago)",
        ] {
            check(place, plaza, None);
        }
        for place in ["Federal Plaza, New York, NY", "Federal Plaza, 50 W. Adams, 2nd floor, room 201, ring bell"] {
            check(place, None, plaza);
        }
        check("Unity Park playground at the north entrance", None, Some("unity-park"));
        check("Federal Plaza, 230 S Dearborn", None, None);
        check("Unity Parkway", None, None);
    }
}
