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

/// The claims of one file.
fn claims<'a>(position: usize, name: &'a String, file: &'a ParsedFile) -> impl Iterator<Item = Claim<'a>> {
    let drafts = file.drafts.iter().enumerate().map(move |(number, draft)| Claim {
        at: (position, (!file.broken).then_some(number)),
        name,
        file,
        id: &draft.event.id,
        span: &draft.id_span,
        former_uid: draft.former_uid.as_ref().map(|span| (draft.event.uid.as_str(), span)),
    });
    let failed = file.failed.iter().filter_map(|failed| failed.id.as_ref()).map(move |id| Claim {
        at: (position, None),
        name,
        file,
        id: &id.value,
        span: &id.span,
        former_uid: None,
    });
    drafts.chain(failed)
}

fn claim_ids<'a>(
    files: &[(&'a String, &'a Arc<ParsedFile>)],
    previous: &'a Catalog,
    lost: &mut HashSet<(usize, usize)>,
    problems: &mut Vec<Problem>,
) -> HashMap<&'a str, Claim<'a>> {
    let mut ids: HashMap<&str, Claim<'_>> =
        HashMap::with_capacity(files.iter().map(|(_, file)| file.drafts.len()).sum());
    let mut published = None;
    for claim in files.iter().enumerate().flat_map(|(position, (name, file))| claims(position, name, file)) {
        let holder = match ids.entry(claim.id.as_str()) {
            Entry::Vacant(free) => {
                free.insert(claim);
                continue;
            }
            Entry::Occupied(holder) => holder.into_mut(),
        };
        problems.push(duplicate_id(&claim, holder));
        // Who was published under the id keeps it; among others, the first that can be published at all.
        let published = published.get_or_insert_with(|| previous.files_of_events());
        let rank = |claim: &Claim<'_>| (claim.at.1.is_some(), published.get(claim.id) == Some(&claim.name));
        let loser = if rank(&claim) > rank(holder) { std::mem::replace(holder, claim) } else { claim };
        lost.extend(loser.at.1.map(|number| (loser.at.0, number)));
    }
    ids
}

fn claim_uids(
    files: &[(&String, &Arc<ParsedFile>)],
    config: &Config,
    ids: &HashMap<&str, Claim<'_>>,
    lost: &mut HashSet<(usize, usize)>,
    problems: &mut Vec<Problem>,
) {
    let mut former: HashMap<&str, Claim<'_>> = HashMap::new();
    for claim in files.iter().enumerate().flat_map(|(position, (name, file))| claims(position, name, file)) {
        let Some((uid, span)) = claim.former_uid else { continue };
        let id = uid.strip_suffix(config.uid_domain.as_str()).and_then(|rest| rest.strip_suffix('@'));
        let by_id = id.and_then(|id| ids.get(id)).filter(|other| other.former_uid.is_none());
        if let Some(other) = by_id.or_else(|| former.get(uid)) {
            problems.push(duplicate_uid(&claim, (uid, span), other));
            lost.extend(claim.at.1.map(|number| (claim.at.0, number)));
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
