//! What was mended and what was dropped, counted by reasons in plain words, and what the body has cost. It does not decide.

use std::collections::BTreeMap;

/// The days of rules that may be tried for one body beside the first ones of each: some tens of milliseconds.
const MAX_DAYS: usize = 3_000_000;

/// The counts of one body.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) repairs: BTreeMap<&'static str, usize>,
    pub(super) drops: BTreeMap<&'static str, usize>,
    days: usize,
}

impl Ledger {
    /// Takes so many days of a rule from what the body may cost; false when that is too many.
    pub(super) fn spend(&mut self, days: usize) -> bool {
        self.days = self.days.saturating_add(days);
        self.days <= MAX_DAYS
    }

    pub(super) fn repaired(&mut self, reason: &'static str) {
        self.repaired_times(reason, 1);
    }

    pub(super) fn repaired_if(&mut self, is_so: bool, reason: &'static str) {
        self.repaired_times(reason, usize::from(is_so));
    }

    pub(super) fn repaired_times(&mut self, reason: &'static str, times: usize) {
        if times > 0 {
            *self.repairs.entry(reason).or_default() += times;
        }
    }

    pub(super) fn dropped(&mut self, reason: &'static str) {
        *self.drops.entry(reason).or_default() += 1;
    }

    pub(super) fn dropped_times(&mut self, reason: &'static str, times: usize) {
        if times > 0 {
            *self.drops.entry(reason).or_default() += times;
        }
    }
}
