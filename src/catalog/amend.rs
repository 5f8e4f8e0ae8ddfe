//! A change of files that tells the others nothing new: their own events alone are joined again. It knows when that is all.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::claims::Claims;
use super::draft::Draft;
use super::joint::{Joint, Origin};
use super::venues::Venues;
use super::{Catalog, ParsedFile};
use crate::event::{Difference, Event};
use crate::name::Slug;

impl Catalog {
    /// Takes in new versions of the files with these names, and tells how the events differ. What [`assemble`](super::assemble) would make
    /// of all files is then in the catalog; `None` where only that can tell, and nothing was changed.
    pub fn amend(&mut self, files: &BTreeMap<String, Arc<ParsedFile>>, changed: &[String]) -> Option<Difference> {
        if !self.whole || !self.kept.is_empty() {
            return None;
        }
        let venues = Venues::known(&self.venues);
        let origins: Option<Vec<Origin>> =
            changed.iter().map(|name| self.amended(name, files.get(name)?, &venues)).collect();
        let origins = origins?;
        let (mut going, mut coming) = (BTreeMap::new(), BTreeMap::new());
        for (name, origin) in changed.iter().zip(origins) {
            if let Some(before) = self.origins.insert(name.clone(), origin.clone()) {
                going.extend(by_id(&before));
            }
            coming.extend(by_id(&origin));
        }
        let stays = |(id, event): (&Slug, &Arc<Event>)| going.get(id).is_some_and(|gone| Arc::ptr_eq(gone, event));
        let same: HashSet<Slug> = coming.iter().filter(|pair| stays(*pair)).map(|(id, _)| id.clone()).collect();
        let other = |events: BTreeMap<Slug, Arc<Event>>| -> Vec<Arc<Event>> {
            events.into_iter().filter(|(id, _)| !same.contains(id)).map(|(_, event)| event).collect()
        };
        let difference = Difference { going: other(going), coming: other(coming) };
        difference.apply(&mut self.events);
        self.tell(files);
        Some(difference)
    }

    /// What the events of a changed file are made of, where the file tells the others nothing new.
    fn amended(&self, name: &str, file: &Arc<ParsedFile>, venues: &Venues<'_>) -> Option<Origin> {
        let before = self.origins.get(name)?;
        let concerns = |problem: &&crate::problem::Problem| {
            let related = problem.related.iter().map(|related| &related.source);
            std::iter::once(&problem.source).chain(related).any(|source| source.name == name)
        };
        let tells_the_same =
            file.tells_the_same(&before.file) && !self.between.iter().any(|problem| concerns(&problem));
        if !tells_the_same || !self.ids_are_free(file, &before.file) {
            return None;
        }
        let mut problems = Vec::new();
        let (host, resolved) = (before.host.clone(), before.resolved.to_vec());
        let joint = Joint { file, host, resolved, venues, before: Some(before), previous: self };
        let origin = joint.origin(&Claims { lost: HashSet::new() }, 0, &mut problems);
        Some(origin).filter(|origin| origin.whole && problems.is_empty())
    }

    /// Whether the ids in a file are its own already, or nobody's.
    fn ids_are_free(&self, file: &ParsedFile, before: &ParsedFile) -> bool {
        let known: HashMap<&Slug, &Draft> = before.drafts.iter().map(|draft| (&draft.id, draft)).collect();
        let mut seen = HashSet::new();
        file.drafts.iter().all(|draft| {
            let uid = |draft: &Draft| draft.former_uid.as_ref().map(|uid| uid.value.clone());
            seen.insert(&draft.id)
                && match known.get(&draft.id) {
                    Some(before) => uid(before) == uid(draft),
                    None => self.event(&draft.id).is_none() && uid(draft).is_none() && !self.former_uids,
                }
        })
    }
}

impl ParsedFile {
    /// Whether it says of everything but its own events what another version says.
    fn tells_the_same(&self, other: &Self) -> bool {
        let names = |file: &Self| file.names.all.iter().map(|name| name.name.clone()).collect::<Vec<_>>();
        let is_right = |file: &Self| !file.broken && file.failed.is_empty();
        is_right(self)
            && is_right(other)
            && self.organizations.len() == other.organizations.len()
            && self.organizations.iter().zip(&other.organizations).all(|(one, other)| one.is_like(other))
            && self.venues.len() == other.venues.len()
            && self.venues.iter().zip(&other.venues).all(|(one, other)| one.is_like(other))
            && self.partners.len() == other.partners.len()
            && self.partners.iter().zip(&other.partners).all(|(one, other)| one.is_like(other))
            && self.overrules == other.overrules
            && names(self) == names(other)
    }
}

fn by_id(origin: &Origin) -> impl Iterator<Item = (Slug, Arc<Event>)> {
    origin.events.iter().flatten().map(|event| (event.id.clone(), Arc::clone(event)))
}
