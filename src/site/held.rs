//! How many bytes of texts, VEVENTs and representations a Site holds: what its memory is in proportion to.

use super::Site;
use super::stem::Stem;
use crate::metrics::Held;

impl Site {
    /// What is held now: also of what was made since the Site was built.
    pub(super) fn held(&self) -> Held {
        let events = self.events.iter().map(|event| event.held()).sum();
        let stems = self.stems.values().map(|stem| stem.held()).sum::<usize>();
        let asked_for = [&self.singles, &self.combined].into_iter().map(|stems| stems.sum(Stem::held)).sum::<usize>();
        let plain = self.plain.sum(bytes::Bytes::len);
        let fixed = self.fixed.values().map(|fixed| fixed.held()).sum::<usize>();
        Held {
            files: self.figures.files,
            copies: self.figures.copies,
            events,
            feeds: stems + asked_for + plain,
            pages: fixed + self.leaves.sum(super::Leaf::held),
        }
    }
}
