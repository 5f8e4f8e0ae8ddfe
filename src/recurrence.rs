//! Stub: to be replaced by the room's own file.
use chrono::{Datelike, NaiveDateTime, TimeDelta};
use serde::Serialize;

/// Stub.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rule(String);

impl Rule {
    /// Stub.
    ///
    /// # Errors
    /// Stub.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with("FREQ=WEEKLY") || text.starts_with("FREQ=DAILY") {
            Ok(Self(text.into()))
        } else {
            Err("FREQ is missing".into())
        }
    }
    fn part(&self, name: &str) -> Option<&str> {
        self.0
            .split(';')
            .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
    }
    /// Stub.
    pub fn occurrences(
        &self,
        start: NaiveDateTime,
        _zone: crate::time::Zone,
    ) -> impl Iterator<Item = NaiveDateTime> + use<> {
        let weekly = self.part("FREQ") == Some("WEEKLY");
        let day = self.part("BYDAY").map(|day| {
            ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
                .iter()
                .position(|d| *d == day)
                .unwrap_or(9) as u32
        });
        let count = self.part("COUNT").and_then(|count| count.parse().ok()).unwrap_or(500);
        (0..3500i64)
            .map(move |n| start + TimeDelta::days(n))
            .filter(move |time| match day {
                Some(day) => time.weekday().num_days_from_monday() == day,
                None => !weekly || time.weekday() == start.weekday(),
            })
            .take(count)
    }
    /// Stub.
    #[must_use]
    pub fn is_endless(&self) -> bool {
        self.part("COUNT").is_none()
    }
}
