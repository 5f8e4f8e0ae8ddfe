//! The occurrences of a series that differ from it: which occurrence each one replaces, and what is true of it. It does not read
//! rules.

use std::collections::HashMap;

use super::Adoption;
use super::fields::Fields;
use super::series::Series;
use super::when::{self, Begin};
use crate::event::{Change, Details, Start};
use crate::partner::reasons::ALL_LATER;

/// The changed occurrences of one series.
const MAX_CHANGES: usize = 2_000;

impl Adoption<'_> {
    /// The changed occurrences of a series, each once, ascending by the occurrence.
    pub(super) fn changes(
        &mut self,
        found: &[&Fields<'_>],
        series: Option<&mut Series>,
        details: &Details,
        sequence: i64,
    ) -> Vec<Change> {
        let Some(series) = series else {
            self.ledger.dropped_times("a changed occurrence of an event that does not recur", found.len());
            return Vec::new();
        };
        let mut newest: HashMap<Start, &Fields<'_>> = HashMap::new();
        for fields in found {
            let Some(of) = self.occurrence(fields, series) else { continue };
            if fields.sequence() < sequence && series.excludes(of) {
                self.ledger.dropped("a changed occurrence that was taken out later");
                continue;
            }
            if newest.len() == MAX_CHANGES && !newest.contains_key(&of) {
                self.ledger.dropped("changed occurrences beyond 2,000");
                continue;
            }
            let kept = newest.entry(of).or_insert(fields);
            if fields.version(kept).is_ge() {
                *kept = fields;
            }
        }
        let mut changes: Vec<Change> =
            newest.into_iter().filter_map(|(of, fields)| self.change(of, fields, series, details)).collect();
        changes.sort_unstable_by_key(|change| change.of);
        let starts: Vec<Start> = changes.iter().map(|change| change.of).collect();
        let cost = starts.last().map_or(0, |last| series.cost(last.day()));
        if self.ledger.spend(cost) {
            series.include(&starts, &mut self.ledger);
        }
        changes
    }

    /// Which occurrence RECURRENCE-ID means.
    fn occurrence(&mut self, fields: &Fields<'_>, series: &Series) -> Option<Start> {
        let line = fields.recurrence_id.as_ref()?;
        let all_later = line.parameter("RANGE").is_some();
        self.ledger.counted(ALL_LATER, usize::from(all_later));
        match Begin::read(line, fields.calendar, &mut self.clocks) {
            Some(of) => {
                let of = series.occurrence(of.stamp, |stamp| of.clock.instant(stamp));
                if all_later {
                    self.ledger.tell(ALL_LATER, Some(of), "");
                }
                Some(of)
            }
            None => {
                self.ledger.dropped("a changed occurrence that cannot be found");
                None
            }
        }
    }

    /// One changed occurrence; a private one is excluded from the series.
    fn change(&mut self, of: Start, fields: &Fields<'_>, series: &mut Series, details: &Details) -> Option<Change> {
        if fields.is_private() {
            series.exclude(of);
            self.ledger.dropped("a private event");
            return None;
        }
        let begin = fields.start.as_ref().and_then(|line| Begin::read(line, fields.calendar, &mut self.clocks));
        let when = match begin {
            Some(begin) => when::when(fields, &begin, &mut self.clocks, &mut self.ledger),
            None => {
                self.ledger.repaired("a changed occurrence without a start");
                details.when.starting(of, self.clocks.home)
            }
        };
        Some(Change { of, details: self.details(fields, when, Some(details)) })
    }
}
