//! Stub: to be replaced by the room's own file.
use chrono::{DateTime, FixedOffset, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use serde::Serialize;

/// Stub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(chrono_tz::Tz);

/// Stub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Moment {
    instant: DateTime<Utc>,
    local: NaiveDateTime,
}

/// Stub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unresolved {
    /// Stub.
    Gap {
        /// Stub.
        before: FixedOffset,
        /// Stub.
        after: FixedOffset,
    },
    /// Stub.
    Overlap {
        /// Stub.
        first: FixedOffset,
        /// Stub.
        second: FixedOffset,
    },
}

impl Moment {
    /// Stub.
    #[must_use]
    pub fn local(&self) -> NaiveDateTime {
        self.local
    }
    /// Stub.
    #[must_use]
    pub fn instant(&self) -> DateTime<Utc> {
        self.instant
    }
}

impl Zone {
    /// Stub.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }
    /// Stub.
    #[must_use]
    pub fn moment_of(&self, instant: DateTime<Utc>) -> Moment {
        Moment {
            instant,
            local: instant.with_timezone(&self.0).naive_local(),
        }
    }
    /// Stub.
    ///
    /// # Errors
    /// Stub.
    pub fn moment(&self, local: NaiveDateTime) -> Result<Moment, Unresolved> {
        match self.0.from_local_datetime(&local) {
            chrono::LocalResult::Single(time) => Ok(Moment {
                instant: time.to_utc(),
                local,
            }),
            chrono::LocalResult::Ambiguous(a, b) => Err(Unresolved::Overlap {
                first: a.offset().fix(),
                second: b.offset().fix(),
            }),
            chrono::LocalResult::None => {
                let at = |hours| {
                    self.0
                        .offset_from_utc_datetime(&(local + TimeDelta::hours(hours)))
                        .fix()
                };
                Err(Unresolved::Gap {
                    before: at(-12),
                    after: at(24),
                })
            }
        }
    }
    /// Stub.
    #[must_use]
    pub fn resolve_leniently(&self, local: NaiveDateTime) -> Moment {
        match self.moment(local) {
            Ok(moment) => moment,
            Err(Unresolved::Gap { before: offset, .. } | Unresolved::Overlap { first: offset, .. }) => {
                self.moment_of((local - TimeDelta::seconds(i64::from(offset.local_minus_utc()))).and_utc())
            }
        }
    }
    /// Stub.
    #[must_use]
    pub fn occurs_twice(&self, local: NaiveDateTime) -> bool {
        matches!(self.moment(local), Err(Unresolved::Overlap { .. }))
    }
}
