//! When an event is: start and end out of DTSTART, DTEND and DURATION, mended where they contradict one another.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::clocks::{Clock, Clocks};
use super::fields::Fields;
use super::ledger::Ledger;
use super::stamp::{Stamp, duration, stamps};
use crate::event::When;
use crate::partner::reasons::END_BEFORE_START;
use crate::text::Line;

/// How long an event lasts whose end nobody announced.
const DEFAULT: TimeDelta = TimeDelta::hours(2);
/// No event lasts longer; one that says so ends then.
const LONGEST: TimeDelta = TimeDelta::days(400);

/// A value with the clock that it is by.
#[derive(Debug, Clone)]
pub(super) struct Begin {
    pub(super) stamp: Stamp,
    pub(super) clock: Clock,
}

impl Begin {
    /// The first value of a property; `None` when it is none.
    pub(super) fn read(line: &Line<'_>, calendar: usize, clocks: &mut Clocks<'_>) -> Option<Self> {
        let (zone, mut values) = stamps(line);
        let stamp = values.next()??;
        Some(Self { stamp, clock: clocks.clock(calendar, zone.as_deref()) })
    }

    fn instant(&self) -> DateTime<Utc> {
        self.clock.instant(self.stamp)
    }

    /// The instant so many days later by the wall clock (RFC 5545 §3.3.6).
    fn after(&self, days: TimeDelta) -> DateTime<Utc> {
        match self.stamp {
            Stamp::Wall(local) => self.clock.instant(Stamp::Wall(local + days)),
            _ => self.instant() + days,
        }
    }
}

/// When an event is that begins with `begin`.
pub(super) fn when(fields: &Fields<'_>, begin: &Begin, clocks: &mut Clocks<'_>, ledger: &mut Ledger) -> When {
    let end = fields.end.as_ref().map(|line| Begin::read(line, fields.calendar, clocks));
    let length = fields.duration.map(duration);
    ledger.repaired_if(matches!(end, Some(None)) || matches!(length, Some(None)), "an end that cannot be read");
    match begin.stamp {
        Stamp::Day(start) => on_days(start, end.flatten(), length.flatten(), ledger),
        _ => {
            let after = |(days, time)| begin.after(days) + time;
            let announced = end.flatten().map(|end| end.instant()).or_else(|| length.flatten().map(after));
            at_times(begin.instant(), announced, clocks, ledger)
        }
    }
}

fn on_days(start: NaiveDate, end: Option<Begin>, length: Option<(TimeDelta, TimeDelta)>, ledger: &mut Ledger) -> When {
    let next = start.checked_add_days(Days::new(1)).unwrap_or(start);
    let last = start + LONGEST;
    let announced = end.map(|end| end.stamp.day()).or_else(|| length.map(|(days, _)| start + days));
    ledger.repaired_if(announced.is_some_and(|end| end < start), END_BEFORE_START);
    ledger.repaired_if(announced.is_some_and(|end| end > last), "an event of more than 400 days");
    When::AllDay { start, end: announced.map_or(next, |end| end.clamp(next, last)) }
}

fn at_times(start: DateTime<Utc>, announced: Option<DateTime<Utc>>, clocks: &Clocks<'_>, ledger: &mut Ledger) -> When {
    ledger.repaired_if(announced.is_some_and(|end| end < start), END_BEFORE_START);
    ledger.repaired_if(announced.is_some_and(|end| end > start + LONGEST), "an event of more than 400 days");
    let real = announced.filter(|end| *end > start).map(|end| end.min(start + LONGEST));
    let moment = |instant| clocks.home.moment_of(instant);
    When::Timed { start: moment(start), end: moment(real.unwrap_or(start + DEFAULT)), end_announced: real.is_some() }
}
