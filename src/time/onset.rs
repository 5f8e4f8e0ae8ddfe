//! The changes of a zone's offset since 1900, found by asking the zone. It does not know by what rule they come.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{OffsetComponents, OffsetName};

use super::Zone;

/// The first and the last year in which changes are looked for.
pub(super) const YEARS: (i32, i32) = (1900, 2040);

/// No zone has changed to another state and back within this time since 1900; the nearest was Freetown in 1939, after 3.98 days.
const STEP: TimeDelta = TimeDelta::days(3);

/// What a zone's clock is set to for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    /// Seconds east of UTC, daylight saving included.
    pub(super) offset: i32,
    /// The part of `offset` that the zone's law calls daylight saving; negative for Dublin's and Casablanca's winter.
    saving: i64,
    /// The abbreviation, such as `CDT`; the offset where the zone has none.
    pub(super) name: String,
}

/// The start of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Onset {
    /// When.
    pub(super) instant: DateTime<Utc>,
    /// What the clock would have shown at that instant without the change: DTSTART of an observance (RFC 5545 §3.6.5).
    pub(super) local: NaiveDateTime,
    /// Seconds east of UTC before.
    pub(super) from: i32,
    /// The state from here on.
    pub(super) state: State,
    /// Whether it is summer time.
    pub(super) daylight: bool,
}

/// The state of a zone's clock at an instant.
pub(super) fn state(zone: Zone, instant: DateTime<Utc>) -> State {
    let offset = zone.0.offset_from_utc_datetime(&instant.naive_utc());
    let seconds = offset.fix().local_minus_utc();
    let name = offset.abbreviation().map_or_else(|| numeric(seconds), str::to_owned);
    State { offset: seconds, saving: offset.dst_offset().num_seconds(), name }
}

impl State {
    /// Whether a clock that is set from `before` to this state is set to summer time. Where the law has negative saving in
    /// winter, the state without any is the summer.
    fn is_daylight_after(&self, before: &State) -> bool {
        self.saving > 0 || (self.saving == 0 && before.saving < 0)
    }
}

/// All changes in [`YEARS`], ascending.
pub(super) fn onsets(zone: Zone) -> Vec<Onset> {
    let (mut at, end) = (new_year(YEARS.0), new_year(YEARS.1 + 1));
    let mut current = state(zone, at);
    let mut onsets = Vec::new();
    while at < end {
        let next = (at + STEP).min(end);
        let later = state(zone, next);
        if later != current {
            onsets.push(onset(zone, at, next, &current));
            current = later;
        }
        at = next;
    }
    onsets
}

/// Finds the change between two instants with different states, to the second.
fn onset(zone: Zone, mut before: DateTime<Utc>, mut after: DateTime<Utc>, from: &State) -> Onset {
    while after - before > TimeDelta::seconds(1) {
        let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
        if state(zone, middle) == *from { before = middle } else { after = middle }
    }
    let state = state(zone, after);
    Onset {
        instant: after,
        local: after.naive_utc() + TimeDelta::seconds(from.offset.into()),
        from: from.offset,
        daylight: state.is_daylight_after(from),
        state,
    }
}

fn new_year(year: i32) -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN).and_utc()
}

/// An offset as the IANA database abbreviates it: `-03`, `+0530`.
fn numeric(seconds: i32) -> String {
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    match minutes % 60 {
        0 => format!("{sign}{:02}", minutes / 60),
        rest => format!("{sign}{:02}{rest:02}", minutes / 60),
    }
}
