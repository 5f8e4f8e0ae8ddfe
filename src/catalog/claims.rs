//! Which of several events that claim one id or one UID has it. It knows nothing else of events.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
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
        let mut lost = HashSet::new();
        let ids = claim_ids(files, previous, &mut lost, problems);
        claim_uids(files, config, &ids, &mut lost, problems);
        Self { lost }
    }

    /// Whether a file's events lose any.
    pub(super) fn are_lost_in(&self, position: usize) -> bool {
        self.lost.iter().any(|(file, _)| *file == position)
    }
}

/// One event's claim of its id and UID.
#[derive(Clone, Copy)]
struct Claim<'a> {
    /// Position of the file; position in the file, unless the event or the file is wrong by itself.
    at: (usize, Option<usize>),
    name: &'a String,
    file: &'a ParsedFile,
    id: &'a Slug,
    span: &'a Range<usize>,
    former_uid: Option<(&'a str, &'a Range<usize>)>,
}

impl<'a> Claim<'a> {
    /// The claim of one event: first those that are right by themselves are counted, then the others.
    fn of(files: &[(&'a String, &'a Arc<ParsedFile>)], (position, number): (usize, usize)) -> Option<Self> {
        let (name, file) = *files.get(position)?;
        if let Some(draft) = file.drafts.get(number) {
            let at = (position, (!file.broken).then_some(number));
            let former_uid = draft.former_uid.as_ref().map(|span| (draft.event.uid.as_str(), span));
            return Some(Self { at, name, file, id: &draft.event.id, span: &draft.id_span, former_uid });
        }
        let id = file.failed.get(number - file.drafts.len())?.id.as_ref()?;
        Some(Self { at: (position, None), name, file, id: &id.value, span: &id.span, former_uid: None })
    }
}

/// Where the events of all files are that claim something, in the order of the files.
fn places(files: &[(&String, &Arc<ParsedFile>)]) -> impl Iterator<Item = (usize, usize)> {
    let counts = files.iter().map(|(_, file)| file.drafts.len() + file.failed.len());
    counts.enumerate().flat_map(|(position, count)| (0..count).map(move |number| (position, number)))
}

/// Who has each id. The places are kept instead of the claims: there are many, and few are looked at again.
fn claim_ids<'a>(
    files: &[(&'a String, &'a Arc<ParsedFile>)],
    previous: &'a Catalog,
    lost: &mut HashSet<(usize, usize)>,
    problems: &mut Vec<Problem>,
) -> HashMap<&'a str, (usize, usize)> {
    let mut ids = HashMap::with_capacity(files.iter().map(|(_, file)| file.drafts.len()).sum());
    let mut published = None;
    for place in places(files) {
        let Some(claim) = Claim::of(files, place) else { continue };
        let holder = match ids.entry(claim.id.as_str()) {
            Entry::Vacant(free) => {
                free.insert(place);
                continue;
            }
            Entry::Occupied(holder) => holder.into_mut(),
        };
        let Some(first) = Claim::of(files, *holder) else { continue };
        problems.push(duplicate_id(&claim, &first));
        // Who was published under the id keeps it; among others, the first that can be published at all.
        let published = published.get_or_insert_with(|| previous.files_of_events());
        let rank = |claim: &Claim<'_>| (claim.at.1.is_some(), published.get(claim.id) == Some(&claim.name));
        let loses = rank(&claim) <= rank(&first);
        lost.insert(if loses { place } else { std::mem::replace(holder, place) });
    }
    ids
}

/// Takes UIDs that events had before from those that have no right to them.
fn claim_uids(
    files: &[(&String, &Arc<ParsedFile>)],
    config: &Config,
    ids: &HashMap<&str, (usize, usize)>,
    lost: &mut HashSet<(usize, usize)>,
    problems: &mut Vec<Problem>,
) {
    let mut former: HashMap<&str, Claim<'_>> = HashMap::new();
    for place in places(files).filter(|(position, _)| files.get(*position).is_some_and(|(_, file)| file.former_uids)) {
        let Some((claim, (uid, span))) = Claim::of(files, place).and_then(|claim| Some((claim, claim.former_uid?)))
        else {
            continue;
        };
        let id = uid.strip_suffix(config.uid_domain.as_str()).and_then(|rest| rest.strip_suffix('@'));
        let by_id = id.and_then(|id| Claim::of(files, *ids.get(id)?)).filter(|other| other.former_uid.is_none());
        if let Some(other) = by_id.or_else(|| former.get(uid).copied()) {
            problems.push(duplicate_uid(&claim, (uid, span), &other));
            lost.insert(place);
        } else {
            former.insert(uid, claim);
        }
    }
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
