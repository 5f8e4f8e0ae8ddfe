//! What the editors decide about pairs of events. It joins none.

use std::collections::BTreeSet;

use crate::name::Slug;

/// What the editors decide about events that look alike, or do not: pairs of ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrules {
    /// The same event under two ids.
    pub same: BTreeSet<(Slug, Slug)>,
    /// Two events.
    pub distinct: BTreeSet<(Slug, Slug)>,
}

impl Overrules {
    /// Notes a decision about two events.
    pub fn note(&mut self, same: bool, one: Slug, other: Slug) {
        let pair = if one <= other { (one, other) } else { (other, one) };
        let pairs = if same { &mut self.same } else { &mut self.distinct };
        pairs.insert(pair);
    }

    /// What was decided about two events: whether they are the same.
    #[must_use]
    pub fn of(&self, one: &Slug, other: &Slug) -> Option<bool> {
        let pair = if one <= other { (one.clone(), other.clone()) } else { (other.clone(), one.clone()) };
        match (self.same.contains(&pair), self.distinct.contains(&pair)) {
            (_, true) => Some(false),
            (true, false) => Some(true),
            (false, false) => None,
        }
    }
}
