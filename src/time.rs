//! The calendar's zone: wall clock to instant and back, days, and VTIMEZONE text. It does not know what time it is now.
//!
//! This is the only room that names `chrono_tz`, whose data is one edition of the IANA database, compiled in.

use chrono::{
    DateTime, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Timelike,
    Utc,
};
use chrono_tz::{GapInfo, TZ_VARIANTS, Tz};
use serde::Serialize;

mod foreign;
mod onset;
mod vtimezone;

/// A time zone of the IANA database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Tz);

impl Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A time of the wall clock, in whole seconds, and the instant that it is; the zone is the calendar's.
///
/// Ordered by the instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Moment {
    instant: DateTime<Utc>,
    local: NaiveDateTime,
}

/// Why a time of the wall clock is not one instant, with the offsets from UTC to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unresolved {
    /// The clock jumps over it.
    Gap {
        /// The offset until the jump.
        before: FixedOffset,
        /// The offset from the jump on.
        after: FixedOffset,
    },
    /// The clock shows it twice.
    Overlap {
        /// The offset when it is shown first.
        first: FixedOffset,
        /// The offset when it is shown again.
        second: FixedOffset,
    },
}

impl Moment {
    /// What the wall clock shows. For a moment of [`Zone::resolve_leniently`] it may be a time that the clock jumps over.
    #[must_use]
    pub fn local(&self) -> NaiveDateTime {
        self.local
    }

    /// The instant.
    #[must_use]
    pub fn instant(&self) -> DateTime<Utc> {
        self.instant
    }
}

impl Zone {
    /// Finds a zone by its IANA name, such as `America/Chicago`; upper and lower case count the same.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name)).map(|zone| Self(*zone))
    }

    /// The IANA name in its canonical spelling.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// The instant at which the wall clock shows `local`; fractions of a second are dropped.
    ///
    /// # Errors
    /// When the clock jumps over that time, or shows it twice.
    pub fn moment(&self, local: NaiveDateTime) -> Result<Moment, Unresolved> {
        let local = whole_seconds(local);
        match self.offsets(local) {
            MappedLocalTime::Single(offset) => Ok(at_offset(local, offset)),
            MappedLocalTime::Ambiguous(first, second) => Err(Unresolved::Overlap { first, second }),
            MappedLocalTime::None => {
                let (before, after) = self.around_gap(local);
                Err(Unresolved::Gap { before, after })
            }
        }
    }

    /// The moment for a time that must not fail, such as an occurrence of a rule (RFC 5545 §3.3.5): a time that the clock
    /// jumps over is counted by the offset before the jump, of a time shown twice the first is meant.
    #[must_use]
    pub fn resolve_leniently(&self, local: NaiveDateTime) -> Moment {
        let local = whole_seconds(local);
        let offset = match self.offsets(local) {
            MappedLocalTime::Single(offset) | MappedLocalTime::Ambiguous(offset, _) => offset,
            MappedLocalTime::None => self.around_gap(local).0,
        };
        at_offset(local, offset)
    }

    /// What the wall clock shows at an instant; fractions of a second are dropped.
    #[must_use]
    pub fn moment_of(&self, instant: DateTime<Utc>) -> Moment {
        let utc = whole_seconds(instant.naive_utc());
        // At the ends of chrono's calendar, some 260,000 years away, the local time is not representable.
        let local = utc.checked_add_offset(self.offset(instant)).unwrap_or(utc);
        Moment { instant: utc.and_utc(), local }
    }

    /// The offset from UTC at an instant.
    #[must_use]
    pub fn offset(&self, instant: DateTime<Utc>) -> FixedOffset {
        self.0.offset_from_utc_datetime(&instant.naive_utc()).fix()
    }

    /// Whether the clock shows this time twice.
    #[must_use]
    pub fn occurs_twice(&self, local: NaiveDateTime) -> bool {
        matches!(self.offsets(whole_seconds(local)), MappedLocalTime::Ambiguous(..))
    }

    /// The day that the calendar shows at an instant.
    #[must_use]
    pub fn today(&self, now: DateTime<Utc>) -> NaiveDate {
        self.moment_of(now).local.date()
    }

    /// The first instant of a day. Where the clock jumps over midnight it is the jump, and for a day that a zone skipped
    /// altogether, the start of the day after it.
    #[must_use]
    pub fn start_of_day(&self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = day.and_time(NaiveTime::MIN);
        match self.offsets(midnight) {
            MappedLocalTime::Single(offset) | MappedLocalTime::Ambiguous(offset, _) => {
                at_offset(midnight, offset).instant
            }
            MappedLocalTime::None => self.jump(midnight),
        }
    }

    /// The first instant after `now` at which a day begins that is later than the day at `now`.
    #[must_use]
    pub fn next_midnight(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let tomorrow = self.today(now).succ_opt().unwrap_or(NaiveDate::MAX);
        let start = self.start_of_day(tomorrow);
        if start > now {
            return start;
        }
        // The clock was set back over midnight: tomorrow has begun once already, and begins again.
        match self.offsets(tomorrow.and_time(NaiveTime::MIN)) {
            MappedLocalTime::Ambiguous(_, again) => at_offset(tomorrow.and_time(NaiveTime::MIN), again).instant,
            _ => now.checked_add_signed(TimeDelta::days(1)).unwrap_or(now),
        }
    }

    /// A moment as RFC 3339 §5.6 writes it, with the offset in force at its instant: `2021-03-20T13:00:00-05:00`.
    #[must_use]
    pub fn rfc3339(&self, moment: &Moment) -> String {
        let offset = self.offset(moment.instant);
        // Local mean times of long ago have seconds, for which RFC 3339 has no room.
        let offset = if offset.local_minus_utc() % 60 == 0 { offset } else { Utc.fix() };
        let local = moment.instant.naive_utc().checked_add_offset(offset).unwrap_or(moment.local);
        format!("{}{offset}", local.format("%Y-%m-%dT%H:%M:%S"))
    }

    /// Whether it is Coordinated Universal Time, which iCalendar writes with a `Z` and no TZID.
    #[must_use]
    pub fn is_utc(&self) -> bool {
        matches!(
            self.0,
            Tz::UTC
                | Tz::UCT
                | Tz::Universal
                | Tz::Zulu
                | Tz::Etc__UTC
                | Tz::Etc__UCT
                | Tz::Etc__Universal
                | Tz::Etc__Zulu
        )
    }

    /// The VTIMEZONE (RFC 5545 §3.6.5) for events from the start of the day `first` on, as content lines that are neither folded nor ended.
    ///
    /// The rules in force last go on without an end. It is one STANDARD and one DAYLIGHT wherever the zone's rules since
    /// `first` are two, as Outlook requires (MS-OXCICAL 2.1.3.1.1.19); earlier rules come before, each with its UNTIL.
    #[must_use]
    pub fn vtimezone(&self, first: NaiveDate) -> Vec<String> {
        vtimezone::lines(*self, first)
    }

    fn offsets(&self, local: NaiveDateTime) -> MappedLocalTime<FixedOffset> {
        self.0.offset_from_local_datetime(&local).map(|offset| offset.fix())
    }

    /// The instant of the jump over `local`, which must be in a gap.
    fn jump(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let begin = GapInfo::new(&local, &self.0).and_then(|gap| gap.begin);
        begin.map_or(local.and_utc(), |(begin, before)| at_offset(begin, before.fix()).instant)
    }

    fn around_gap(&self, local: NaiveDateTime) -> (FixedOffset, FixedOffset) {
        let jump = self.jump(local);
        let before = jump.checked_sub_signed(TimeDelta::seconds(1)).unwrap_or(jump);
        (self.offset(before), self.offset(jump))
    }
}

fn whole_seconds(local: NaiveDateTime) -> NaiveDateTime {
    local.with_nanosecond(0).unwrap_or(local)
}

fn at_offset(local: NaiveDateTime, offset: FixedOffset) -> Moment {
    // At the ends of chrono's calendar the instant is not representable; nothing can be that far away and be meant.
    let instant = local.checked_sub_offset(offset).unwrap_or(local).and_utc();
    Moment { instant, local }
}

#[cfg(test)]
mod tests;
