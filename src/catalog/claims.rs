//! Which of several events that claim one id or one UID has it. It knows nothing else of events.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use crate::config::Config;
use crate::document::quoted;
use crate::name::Slug;
use crate::problem::Problem;

use super::{Catalog, ParsedFile};

/// Which of several events that claim one id or one UID has it.
pub(super) struct Claims {
    /// The events that lose: position of the file, position in the file.
    pub(super) lost: HashSet<(usize, usize)>,
}

impl Claims {
    /// Settles all claims, and tells those that are lost.
    pub(super) fn of(
        files: &[(&String, &Arc<ParsedFile>)],
        config: &Config,
        previous: &Catalog,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let ids = Ids::of(files);
        let mut claims = Self { lost: HashSet::new() };
        claims.settle_ids(&ids, previous, problems);
        claims.settle_uids(&ids, config, problems);
        claims
    }

    /// Whether a file's events lose any.
    pub(super) fn are_lost_in(&self, position: usize) -> bool {
        self.lost.iter().any(|(file, _)| *file == position)
    }

    fn settle_ids(&mut self, ids: &Ids<'_, '_>, previous: &Catalog, problems: &mut Vec<Problem>) {
        let mut published = None;
        for places in ids.by_digest.chunk_by(|one, other| one.0 == other.0).filter(|places| places.len() > 1) {
            let mut holders: HashMap<&str, Claim<'_>> = HashMap::new();
            for claim in places.iter().filter_map(|(_, position, number)| ids.claim((*position, *number))) {
                let holder = match holders.entry(claim.id.as_str()) {
                    Entry::Vacant(free) => {
                        free.insert(claim);
                        continue;
                    }
                    Entry::Occupied(holder) => holder.into_mut(),
                };
                problems.push(duplicate_id(&claim, holder));
                // Who was published under the id keeps it; among others, the first that can be published at all.
                let published = published.get_or_insert_with(|| previous.files_of_events());
                let rank = |claim: &Claim<'_>| (claim.is_right, published.get(claim.id) == Some(&claim.name));
                let loses = rank(&claim) <= rank(holder);
                self.lost.insert(if loses { claim.place } else { std::mem::replace(holder, claim).place });
            }
        }
    }

    /// Takes UIDs that events had before from those that have no right to them.
    fn settle_uids(&mut self, ids: &Ids<'_, '_>, config: &Config, problems: &mut Vec<Problem>) {
        let mut former: HashMap<&str, Claim<'_>> = HashMap::new();
        for claim in ids.former_uids() {
            let Some((uid, span)) = claim.former_uid else { continue };
            let id = uid.strip_suffix(config.uid_domain.as_str()).and_then(|rest| rest.strip_suffix('@'));
            let by_id = id.and_then(|id| ids.find(id, &self.lost)).filter(|other| other.former_uid.is_none());
            if let Some(other) = by_id.or_else(|| former.get(uid).copied()) {
                problems.push(duplicate_uid(&claim, (uid, span), &other));
                self.lost.insert(claim.place);
            } else {
                former.insert(uid, claim);
            }
        }
    }
}

/// The ids of all events of all files.
struct Ids<'a, 'f> {
    files: &'f [(&'a String, &'a Arc<ParsedFile>)],
    /// The digest of each id, the position of its file and its position in the file, ascending. Two events can have one id only
    /// where the digests are equal, so that the ids themselves, which lie scattered in memory, are hardly ever looked at.
    by_digest: Vec<(u64, usize, usize)>,
}

/// The digest of an id: the same in every file.
pub(super) fn digest(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

impl<'a, 'f> Ids<'a, 'f> {
    fn of(files: &'f [(&'a String, &'a Arc<ParsedFile>)]) -> Self {
        let mut by_digest =
            Vec::with_capacity(files.iter().map(|(_, file)| file.drafts.len() + file.failed.len()).sum());
        for (position, (_, file)) in files.iter().enumerate() {
            let drafts = file.drafts.iter().map(|draft| Some(draft.id_digest));
            let failed = file.failed.iter().map(|failed| Some(digest(failed.id.as_ref()?.value.as_str())));
            let all = drafts.chain(failed).enumerate();
            by_digest.extend(all.filter_map(|(number, digest)| Some((digest?, position, number))));
        }
        by_digest.sort_unstable();
        Self { files, by_digest }
    }

    /// The claim of one event: first those that are right by themselves are counted, then the others.
    fn claim(&self, place: (usize, usize)) -> Option<Claim<'a>> {
        let (name, file) = *self.files.get(place.0)?;
        if let Some(draft) = file.drafts.get(place.1) {
            let former_uid = draft.former_uid.as_ref().map(|uid| (uid.value.as_str(), &uid.span));
            let (id, span, is_right) = (&draft.id, &draft.id_span, !file.broken);
            return Some(Claim { place, is_right, name, file, id, span, former_uid });
        }
        let id = file.failed.get(place.1 - file.drafts.len())?.id.as_ref()?;
        Some(Claim { place, is_right: false, name, file, id: &id.value, span: &id.span, former_uid: None })
    }

    /// The event that has an id.
    fn find(&self, id: &str, lost: &HashSet<(usize, usize)>) -> Option<Claim<'a>> {
        let digest = digest(id);
        let from = self.by_digest.partition_point(|(other, ..)| *other < digest);
        let same = self.by_digest.iter().skip(from).take_while(|(other, ..)| *other == digest);
        let claims = same.filter_map(|(_, position, number)| self.claim((*position, *number)));
        claims.into_iter().find(|claim| claim.id.as_str() == id && !lost.contains(&claim.place))
    }

    /// The claims of UIDs from other systems, in the order of the files.
    fn former_uids(&self) -> impl Iterator<Item = Claim<'a>> {
        let files = self.files.iter().enumerate().filter(|(_, (_, file))| file.former_uids);
        let places =
            files.flat_map(|(position, (_, file))| (0..file.drafts.len()).map(move |number| (position, number)));
        places.filter_map(|place| self.claim(place))
    }
}

/// One event's claim of its id and UID.
#[derive(Clone, Copy)]
struct Claim<'a> {
    /// Position of the file, position in the file.
    place: (usize, usize),
    /// Whether neither the event nor its file is wrong by itself.
    is_right: bool,
    name: &'a String,
    file: &'a ParsedFile,
    id: &'a Slug,
    span: &'a Range<usize>,
    former_uid: Option<(&'a str, &'a Range<usize>)>,
}

fn duplicate_id(claim: &Claim<'_>, first: &Claim<'_>) -> Problem {
    let message = format!("a second event has the id {}", quoted(claim.id.as_str()));
    let mut problem = Problem::error(&claim.file.source, claim.span.clone(), message);
    problem.related(&first.file.source, first.span.clone(), "the first one");
    problem.help("give it an id of its own; an id that was published stays with its event");
    problem
}

fn duplicate_uid(claim: &Claim<'_>, (uid, span): (&str, &Range<usize>), other: &Claim<'_>) -> Problem {
    let message = format!("the UID {} is another event's", quoted(uid));
    let mut problem = Problem::error(&claim.file.source, span.clone(), message);
    let place = other.former_uid.map_or(other.span, |(_, span)| span);
    problem.related(&other.file.source, place.clone(), "the other event");
    problem.help("write the UID that this event had before, or delete the key");
    problem
}
