//! Values that more than one table of the settings has: numbers within limits, lengths of time. It knows no key.

use std::ops::{Range, RangeInclusive};

use chrono::TimeDelta;

use crate::document::{Placed, Report, quoted};

use super::duration;
use super::raw::{Number, Text};

/// Puts a value over a setting, if there is one.
pub(super) fn set<T>(setting: &mut T, written: Option<T>) {
    if let Some(written) = written {
        *setting = written;
    }
}

/// A length of time, and its place.
pub(super) fn length(report: &mut Report, written: Text) -> Option<(TimeDelta, Range<usize>)> {
    let Placed { value, span } = written?;
    match duration::parse(&value) {
        Ok(length) => Some((length, span)),
        Err(reason) => {
            report.error(span, format!("{} {reason}", quoted(&value)));
            None
        }
    }
}

/// A number within its limits, both inclusive.
pub(super) fn number(report: &mut Report, written: Number, limits: RangeInclusive<usize>) -> Option<usize> {
    let Placed { value, span } = written?;
    let number = usize::try_from(value).ok().filter(|number| limits.contains(number));
    if number.is_none() {
        report.error(span, format!("{value} is not between {} and {}", limits.start(), limits.end()));
    }
    number
}
