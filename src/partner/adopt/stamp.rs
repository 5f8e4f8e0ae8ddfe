//! The values of time properties: dates, times of a wall clock, instants and durations, in every spelling that is met. It does
//! not know time zones.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use crate::text::Line;

/// A value of DTSTART and its like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    /// A day.
    Day(NaiveDate),
    /// A time of the wall clock of the property's zone.
    Wall(NaiveDateTime),
    /// An instant.
    Instant(DateTime<Utc>),
}

/// The years that a published event may be in.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

impl Stamp {
    /// The day, as it is written.
    pub(super) fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Wall(local) => local.date(),
            Self::Instant(instant) => instant.date_naive(),
        }
    }
}

/// The values of a time property, and the name of its zone.
pub(super) fn stamps<'a>(line: &Line<'a>) -> (Option<Cow<'a, str>>, impl Iterator<Item = Option<Stamp>> + use<'a>) {
    let (mut zone, mut is_day) = (None, false);
    for (name, value) in line.parameters() {
        if name.eq_ignore_ascii_case("TZID") {
            zone = zone.or(Some(value));
        } else if name.eq_ignore_ascii_case("VALUE") {
            is_day |= value.eq_ignore_ascii_case("DATE");
        }
    }
    // A zone such as `(UTC-05:00) Eastern Time` without quotation marks has its own colon, which is not the line's.
    let (zone, value) = match (zone, memchr::memrchr(b':', line.value.as_bytes())) {
        (Some(zone), Some(colon)) => {
            let (rest, value) = line.value.split_at_checked(colon).unwrap_or((line.value, ""));
            (Some(Cow::Owned(format!("{zone}:{rest}"))), value.get(1..).unwrap_or_default())
        }
        (zone, _) => (zone, line.value),
    };
    let one = move |text: &[u8]| {
        // A PERIOD counts by its start. Commas and slashes are ASCII: what is between them is text.
        let text = text.split(|byte| *byte == b'/').next().and_then(|text| std::str::from_utf8(text).ok())?;
        stamp(text).map(|stamp| if is_day { Stamp::Day(stamp.day()) } else { stamp })
    };
    (zone, value.as_bytes().split(|byte| *byte == b',').map(one))
}

/// One value: `20210306`, `20210306T180000`, with `Z` or an offset, without seconds, or with the signs of ISO 8601 between.
pub(super) fn stamp(text: &str) -> Option<Stamp> {
    if let Some(stamp) = plain(text) {
        return stamp;
    }
    let text = text.trim();
    if text.len() > 40 || !text.is_ascii() {
        return None;
    }
    let (date, time) = match text.as_bytes().get(8) {
        Some(b'T' | b't') | None => text.split_at_checked(8.min(text.len()))?,
        _ => text.split_at_checked(text.find(['T', 't', ' ']).unwrap_or(text.len()))?,
    };
    let day = day(date)?;
    match time.get(1..) {
        None | Some("") => Some(Stamp::Day(day)),
        Some(time) => with_time(day, time),
    }
}

/// The spelling that nearly all programs use, `20210306T180000` with or without `Z`; `None` for another, which is to be looked at closely.
fn plain(text: &str) -> Option<Option<Stamp>> {
    let (date_time, is_utc) = match text.as_bytes() {
        [date_time @ .., b'Z'] => (date_time, true),
        date_time => (date_time, false),
    };
    let [a, b, c, d, e, f, g, h, b'T', i, j, k, l, m, n] = date_time else { return None };
    let two = |tens: &u8, ones: &u8| {
        let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
        is_number.then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
    };
    let year = two(a, b)? * 100 + two(c, d)?;
    let (month, of_month, hour, minute, second) = (two(e, f)?, two(g, h)?, two(i, j)?, two(k, l)?, two(m, n)?);
    if second > 59 {
        return None;
    }
    let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, of_month);
    let local = day.filter(|day| YEARS.contains(&day.year())).and_then(|day| day.and_hms_opt(hour, minute, second));
    Some(local.map(|local| if is_utc { Stamp::Instant(local.and_utc()) } else { Stamp::Wall(local) }))
}

fn day(text: &str) -> Option<NaiveDate> {
    let (year, month, of_month) = match text.len() {
        8 => (text.get(..4)?, text.get(4..6)?, text.get(6..)?),
        10 if text.get(4..5)? == "-" && text.get(7..8)? == "-" => (text.get(..4)?, text.get(5..7)?, text.get(8..)?),
        _ => return None,
    };
    let day = NaiveDate::from_ymd_opt(i32::try_from(number(year)?).ok()?, number(month)?, number(of_month)?)?;
    YEARS.contains(&day.year()).then_some(day)
}

fn with_time(day: NaiveDate, text: &str) -> Option<Stamp> {
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).unwrap_or(text.len());
    let (clock, zone) = text.split_at_checked(end)?;
    let clock: String = clock.split('.').next().unwrap_or(clock).chars().filter(char::is_ascii_digit).collect();
    let second = match clock.len() {
        4 => 0,
        6 => number(clock.get(4..)?)?.min(if clock.ends_with("60") { 59 } else { 99 }),
        _ => return None,
    };
    let time = NaiveTime::from_hms_opt(number(clock.get(..2)?)?, number(clock.get(2..4)?)?, second)?;
    let local = day.and_time(time);
    match zone.trim() {
        "" => Some(Stamp::Wall(local)),
        "Z" | "z" => Some(Stamp::Instant(local.and_utc())),
        zone => Some(Stamp::Instant(local.checked_sub_offset(offset(zone)?)?.and_utc())),
    }
}

/// An offset from UTC: `-0600`, `+01:00`, `+053000`.
pub(super) fn offset(text: &str) -> Option<FixedOffset> {
    let (sign, digits) = match text.trim().split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    let part = |from: usize| digits.get(from..from + 2).map_or(Some(0), number);
    let (hours, minutes, seconds) = (part(0)?, part(2)?, part(4)?);
    if !matches!(digits.len(), 2 | 4 | 6) || hours > 15 || minutes > 59 || seconds > 59 {
        return None;
    }
    FixedOffset::east_opt(sign * i32::try_from(hours * 3600 + minutes * 60 + seconds).ok()?)
}

/// A number of digits only.
fn number(text: &str) -> Option<u32> {
    text.bytes().try_fold(0_u32, |number, byte| match byte {
        b'0'..=b'9' => number.checked_mul(10)?.checked_add(u32::from(byte - b'0')),
        _ => None,
    })
}

/// A DURATION (RFC 5545 §3.3.6) in days, which follow the calendar, and an exact time; `None` for what is none, for a negative one and
/// for more than 10,000 days.
pub(super) fn duration(text: &str) -> Option<(TimeDelta, TimeDelta)> {
    let text = text.trim();
    let mut rest = text.strip_prefix('+').unwrap_or(text).strip_prefix(['P', 'p'])?;
    let (mut days, mut seconds, mut in_time) = (0_u32, 0_u32, false);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(['T', 't']) {
            (rest, in_time) = (after, true);
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit()).filter(|end| (1..=9).contains(end))?;
        let (count, unit) = (number(rest.get(..end)?)?, rest.get(end..end + 1)?);
        match (unit.to_ascii_uppercase().as_str(), in_time) {
            ("W", _) => days = days.checked_add(count.checked_mul(7)?)?,
            ("D", _) => days = days.checked_add(count)?,
            ("H", _) => seconds = seconds.checked_add(count.checked_mul(3600)?)?,
            ("M", true) => seconds = seconds.checked_add(count.checked_mul(60)?)?,
            ("S", _) => seconds = seconds.checked_add(count)?,
            _ => return None,
        }
        rest = rest.get(end + 1..)?;
    }
    (days <= 10_000 && seconds <= 864_000_000 && text.len() > 2)
        .then(|| (TimeDelta::days(days.into()), TimeDelta::seconds(seconds.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let found = match stamp(text) {
            Some(Stamp::Day(day)) => day.to_string(),
            Some(Stamp::Wall(local)) => local.to_string(),
            Some(Stamp::Instant(instant)) => instant.to_string(),
            None => String::new(),
        };
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn times_are_read_in_every_spelling() {
        check("20210306", "2021-03-06");
        check(" 20210306T180000 ", "2021-03-06 18:00:00");
        check("20210306t180000z", "2021-03-06 18:00:00 UTC");
        check("20210306T1800", "2021-03-06 18:00:00");
        check("20210306T180000-0600", "2021-03-07 00:00:00 UTC");
        check("2021-03-06T18:00:00.123+01:00", "2021-03-06 17:00:00 UTC");
        check("2021-03-06 18:00:00", "2021-03-06 18:00:00");
        check("2021-03-06", "2021-03-06");
        check("20210306T235960Z", "2021-03-06 23:59:59 UTC");
        check("20210306T", "2021-03-06");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in [
            "",
            "tomorrow",
            "20210230",
            "20210230T120000Z",
            "20211301",
            "00000101T000000Z",
            "00010101",
            "18991231",
            "22010101",
            "20210306T256100Z",
            "20210306T240000",
            "20210306T18",
            "20210306X180000",
            "2021-3-6",
            "20210306T180000+9900",
            "１２３",
        ] {
            check(bad, "");
        }
    }

    #[test]
    fn a_property_has_a_zone_and_values() {
        let read = |line: &str| {
            let (zone, values) = stamps(&Line::split(line).unwrap());
            (zone.map(Cow::into_owned), values.collect::<Vec<_>>())
        };
        let noon = "2021-03-06T12:00:00".parse().unwrap();
        let day = Some(Stamp::Day("2021-03-06".parse().unwrap()));
        assert_eq!(read("EXDATE;TZID=A:20210306T120000,x"), (Some("A".into()), vec![Some(Stamp::Wall(noon)), None]));
        assert_eq!(read("DTSTART;VALUE=DATE:20210306T120000"), (None, vec![day]));
        assert_eq!(
            read("DTSTART;TZID=(UTC-05:00) Eastern Time:20210306T120000"),
            (Some("(UTC-05:00) Eastern Time".into()), vec![Some(Stamp::Wall(noon))])
        );
        assert_eq!(read("RDATE;VALUE=PERIOD:20210306/20210307"), (None, vec![day]));
    }

    #[test]
    fn durations_are_days_and_seconds() {
        let read = |text: &str| duration(text).map(|(days, time)| (days.num_days(), time.num_seconds()));
        assert_eq!(read("PT1H30M"), Some((0, 5400)));
        assert_eq!(read("P1DT2H"), Some((1, 7200)));
        assert_eq!(read("+P2W"), Some((14, 0)));
        assert_eq!(read("pt45s"), Some((0, 45)));
        for bad in ["", "P", "PT", "-PT5H", "P999999999999W", "P1Y", "PT1", "P1M", "1H", "P20000D", "Pé"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
