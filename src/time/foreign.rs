//! Zones by the names that other programs give them, and by what their clocks show. It does not read calendars.

use chrono::{DateTime, Utc};
use chrono_tz::TZ_VARIANTS;

use super::Zone;

mod names;

use names::{ABBREVIATED, SHOWN, WINDOWS};

/// Zones that stand for the many with the same rules.
const WELL_KNOWN: [&str; 20] = [
    "America/Chicago",
    "America/New_York",
    "America/Denver",
    "America/Los_Angeles",
    "America/Phoenix",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Halifax",
    "America/Puerto_Rico",
    "America/Sao_Paulo",
    "Etc/UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Europe/Moscow",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
];

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(chrono_tz::Tz::UTC);

    /// The same clock as a zone with a TZID of its own, for series. Where a calendar says X-WR-TIMEZONE, some programs let a series
    /// whose times end in `Z` follow that zone's summer time.
    pub const GMT: Self = Self(chrono_tz::Tz::Etc__GMT);

    /// Finds a zone by the name that a calendar program wrote: an IANA name in any case and behind any path
    /// (`/freeassociation.sourceforge.net/America/Chicago`, `America_Chicago`), a name of Windows (`Central Standard Time`), or what
    /// programs show to people (`(UTC-06:00) Central Time (US & Canada)`, `Amsterdam, Berlin, Bern`).
    #[must_use]
    pub fn foreign(name: &str) -> Option<Self> {
        let name = name.trim().trim_matches(['"', '\'']);
        if name.is_empty() || name.len() > 200 {
            return None;
        }
        let lower = name.to_lowercase().replace('’', "'");
        Self::parse(name)
            .or_else(|| lookup(WINDOWS, lower.strip_suffix(" standard time").unwrap_or(&lower)))
            .or_else(|| lookup(WINDOWS, lower.strip_suffix(" daylight time")?))
            .or_else(|| shown(&lower))
            .or_else(|| last_of_path(name))
            .or_else(|| respelled(name))
    }

    /// What is left to guess when a name is no zone's and nothing else tells the offsets: the meaning of an abbreviation such
    /// as `CST`, or the offset in a name such as `(GMT-03:00)`.
    #[must_use]
    pub fn guessed(name: &str) -> Option<Self> {
        let lower = name.trim().trim_matches('"').to_lowercase();
        lookup(ABBREVIATED, &lower).or_else(|| fixed(&lower))
    }

    /// The zone whose offsets agree with the most of these: instants with the seconds east of UTC that a clock showed there. Of
    /// equally good ones it is the first of `preferred`, then a well-known one. The flag is whether all agree.
    #[must_use]
    pub fn nearest(shown: &[(DateTime<Utc>, i32)], preferred: &[Self]) -> (Self, bool) {
        let well_known = WELL_KNOWN.iter().filter_map(|name| Self::parse(name));
        let candidates = preferred.iter().copied().chain(well_known).chain(TZ_VARIANTS.iter().map(|zone| Self(*zone)));
        let mut best = (Self::UTC, 0);
        for zone in candidates {
            let agreeing =
                shown.iter().filter(|(instant, offset)| zone.offset(*instant).local_minus_utc() == *offset).count();
            if agreeing == shown.len() {
                return (zone, true);
            }
            if agreeing > best.1 {
                best = (zone, agreeing);
            }
        }
        (best.0, false)
    }
}

fn lookup(table: &[(&str, &str)], name: &str) -> Option<Zone> {
    table.iter().find(|(known, _)| *known == name).and_then(|(_, zone)| Zone::parse(zone))
}

/// A name as a menu shows it: perhaps an offset in parentheses, then cities or a region.
fn shown(lower: &str) -> Option<Zone> {
    let text = match lower.strip_prefix('(') {
        Some(rest) if rest.starts_with("utc") || rest.starts_with("gmt") => rest.split_once(')')?.1.trim(),
        _ => lower,
    };
    let first = text.split(',').next().unwrap_or(text).trim();
    lookup(SHOWN, text).or_else(|| lookup(SHOWN, first)).or_else(|| city(first))
}

/// The zone whose name ends with this city.
fn city(name: &str) -> Option<Zone> {
    let name = name.replace(' ', "_");
    let is_city = |zone: &&&str| {
        zone.rsplit_once('/').is_some_and(|(area, city)| area != "Etc" && city.eq_ignore_ascii_case(&name))
    };
    let names: Vec<&str> = TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
    names.iter().find(is_city).and_then(|name| Zone::parse(name))
}

/// `/mozilla.org/20050126_1/America/Chicago`, `tzone://Microsoft/Utc`: the last parts of a path that are a name.
fn last_of_path(name: &str) -> Option<Zone> {
    let mut rest = name;
    while let Some((_, tail)) = rest.split_once('/') {
        if let Some(zone) = Zone::parse(tail) {
            return Some(zone);
        }
        rest = tail;
    }
    if name.contains('/') { city(rest) } else { None }
}

/// `America_New_York`, `US-Eastern`: another sign instead of the slash.
fn respelled(name: &str) -> Option<Zone> {
    ['_', '-', ' ', '.'].into_iter().find_map(|sign| {
        let (area, rest) = name.split_once(sign)?;
        Zone::parse(&format!("{area}/{}", rest.replace(' ', "_")))
    })
}

/// An offset of whole hours after `UTC` or `GMT`.
fn fixed(lower: &str) -> Option<Zone> {
    let at = lower.find("utc").or_else(|| lower.find("gmt"))?;
    let rest = lower.get(at + 3..)?.trim_start();
    let (sign, rest) = match rest.strip_prefix('-').or_else(|| rest.strip_prefix('−')) {
        Some(rest) => ('+', rest),
        None => ('-', rest.strip_prefix('+').unwrap_or(rest)),
    };
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let hours = if digits.len() > 2 { digits.get(..digits.len() - 2)? } else { &digits };
    match hours.parse::<u8>().ok()? {
        0 => Some(Zone::UTC),
        hours => Zone::parse(&format!("Etc/GMT{sign}{hours}")),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(Zone::foreign(name).map(|zone| zone.name()), expected, "{name:?}");
    }

    #[test]
    fn names_of_many_programs_are_known() {
        check("america/chicago", Some("America/Chicago"));
        check("\"America/Chicago\"", Some("America/Chicago"));
        check("Central Standard Time", Some("America/Chicago"));
        check("W. Europe Standard Time", Some("Europe/Berlin"));
        check("(UTC-06:00) Central Time (US & Canada)", Some("America/Chicago"));
        check("Eastern Time (US & Canada)", Some("America/New_York"));
        check("(GMT+01.00) Amsterdam, Berlin, Bern, Rome", Some("Europe/Amsterdam"));
        check("Kuala Lumpur, Singapore", Some("Asia/Kuala_Lumpur"));
        check("Buenos Aires", Some("America/Argentina/Buenos_Aires"));
        check("/freeassociation.sourceforge.net/America/Chicago", Some("America/Chicago"));
        check("/mozilla.org/20050126_1/America/Indiana/Knox", Some("America/Indiana/Knox"));
        check("tzone://Microsoft/Utc", Some("UTC"));
        check("America_New_York", Some("America/New_York"));
        check("US-Eastern", Some("US/Eastern"));
        check("Germany/Berlin", Some("Europe/Berlin"));
        check("CST6CDT", Some("CST6CDT"));
        for unknown in ["", "Mars/Phobos", "../../../../etc/passwd", "x:y;z", "My Zone", "CST", &"x".repeat(9000)] {
            check(unknown, None);
        }
    }

    #[test]
    fn every_zone_of_the_tables_exists() {
        for (name, zone) in WINDOWS.iter().chain(SHOWN).chain(ABBREVIATED) {
            assert!(Zone::parse(zone).is_some(), "{name}: {zone}");
            assert_eq!(name.to_lowercase(), *name);
        }
        assert!(WELL_KNOWN.iter().all(|name| Zone::parse(name).is_some()));
    }

    #[test]
    fn abbreviations_and_offsets_are_guessed() {
        let guess = |name: &str| Zone::guessed(name).map(|zone| zone.name());
        assert_eq!(guess("CDT"), Some("America/Chicago"));
        assert_eq!(guess("(GMT-03:00)"), Some("Etc/GMT+3"));
        assert_eq!(guess("GMT +0100 (Standard)"), Some("Etc/GMT-1"));
        assert_eq!(guess("UTC"), None);
        assert_eq!(guess("(UTC) Nowhere"), None);
        assert_eq!(guess("(UTC+00:00)"), Some("UTC"));
        assert_eq!(guess("Mars"), None);
    }

    #[test]
    fn a_zone_is_known_by_its_clock() {
        let denver = Zone::parse("America/Denver").unwrap();
        let start: DateTime<Utc> = "2024-01-01T00:00:00Z".parse().unwrap();
        let shown: Vec<(DateTime<Utc>, i32)> = (0..24)
            .map(|step| start + TimeDelta::days(step * 15))
            .map(|instant| (instant, denver.offset(instant).local_minus_utc()))
            .collect();
        let (zone, exact) = Zone::nearest(&shown, &[]);
        assert_eq!((zone.name(), exact), ("America/Denver", true));
        let boise = Zone::parse("America/Boise").unwrap();
        assert_eq!(Zone::nearest(&shown, &[boise]), (boise, true));
        assert!(!Zone::nearest(&[(start, 12345)], &[]).1);
    }
}
