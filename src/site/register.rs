//! All events by their ids, in parts that one Site shares with the next. It does not know in which feeds they are.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

use super::published::Published;
use super::shelf::Edit;

/// Into how many parts the events are shared out. A change copies one of them.
const PARTS: usize = 512;

/// Events, found by their ids.
#[derive(Debug, Clone, Default)]
pub(super) struct Register {
    /// Each ascending by id.
    parts: Vec<Arc<[Arc<Published>]>>,
}

impl Register {
    /// The event with an id.
    pub(super) fn find(&self, id: &str) -> Option<&Arc<Published>> {
        let part = self.parts.get(part(id))?;
        part.binary_search_by(|event| event.event.id.as_str().cmp(id)).ok().and_then(|index| part.get(index))
    }

    /// The register after an edit.
    pub(super) fn edited(&self, edit: &Edit) -> Self {
        let mut edits: BTreeMap<usize, Edit> = BTreeMap::new();
        for event in &edit.going {
            edits.entry(part(event.id())).or_default().going.push(Arc::clone(event));
        }
        for event in &edit.coming {
            edits.entry(part(event.id())).or_default().coming.push(Arc::clone(event));
        }
        let mut parts = self.parts.clone();
        parts.resize_with(PARTS, Arc::default);
        for (number, edit) in edits {
            if let Some(part) = parts.get_mut(number) {
                let goes = |event: &Arc<Published>| edit.going.iter().any(|gone| Arc::ptr_eq(gone, event));
                let mut events: Vec<_> = part.iter().filter(|event| !goes(event)).cloned().collect();
                events.extend(edit.coming);
                events.sort_unstable_by(|one, other| one.id().cmp(other.id()));
                *part = events.into();
            }
        }
        Self { parts }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Published>> {
        self.parts.iter().flat_map(|part| part.iter())
    }

    pub(super) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }
}

/// The same for an id in every process.
fn part(id: &str) -> usize {
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(id);
    usize::try_from(hash % PARTS as u64).unwrap_or_default()
}
