//! Rules that repeat within a day, where they end soon: as the list of their occurrences, since published rules are daily at most.

use chrono::{Datelike, NaiveDateTime, TimeDelta, Timelike, Weekday};

use super::End;
use super::adopt::{Parts, WITHIN_DAY, adopted_until};
use super::parse::weekday;
use crate::time::Zone;

/// The occurrences that such a rule may have, and the steps that are tried.
const MAX_OCCURRENCES: usize = 100;
const MAX_STEPS: u32 = 20_000;

/// The occurrences of a rule with FREQ=HOURLY, MINUTELY or SECONDLY, ascending.
///
/// # Errors
/// When the rule has no end soon, or parts that are not known here.
pub(super) fn occurrences(text: &str, start: NaiveDateTime, zone: Zone) -> Result<Vec<NaiveDateTime>, &'static str> {
    let upper = text.trim().to_ascii_uppercase();
    let parts = Parts::split(&upper, &mut false);
    let filter = Filter::read(&parts).ok_or(WITHIN_DAY)?;
    let (count, until) = end(&parts)?;
    let step = step(&parts).ok_or(WITHIN_DAY)?;
    let mut found = Vec::new();
    for number in 0..=MAX_STEPS {
        let at = i32::try_from(number).ok().and_then(|number| start.checked_add_signed(step.checked_mul(number)?));
        let Some(at) = at else { break };
        if found.len() == count || until.is_some_and(|until| is_after(at, until, zone)) {
            return Ok(found);
        }
        if filter.allows(at) {
            found.push(at);
        }
        if found.len() > MAX_OCCURRENCES {
            break;
        }
    }
    Err(WITHIN_DAY)
}

fn end(parts: &Parts<'_>) -> Result<(usize, Option<End>), &'static str> {
    match (parts.value("COUNT"), parts.value("UNTIL")) {
        (Some(count), _) => Ok((count.parse().map_err(|_| WITHIN_DAY)?, None)),
        (None, Some(until)) => Ok((usize::MAX, Some(adopted_until(until).ok_or(WITHIN_DAY)?))),
        (None, None) => Err(WITHIN_DAY),
    }
}

fn is_after(at: NaiveDateTime, until: End, zone: Zone) -> bool {
    match until {
        End::Instant(last) => zone.resolve_leniently(at).instant() > last,
        End::Local(last) => at > last,
        End::Day(last) => at.date() > last,
        End::Never | End::Count(_) => false,
    }
}

fn step(parts: &Parts<'_>) -> Option<TimeDelta> {
    let unit = match parts.value("FREQ")? {
        "HOURLY" => 3600,
        "MINUTELY" => 60,
        "SECONDLY" => 1,
        _ => return None,
    };
    let interval: i64 = parts.value("INTERVAL").map_or(Some(1), |text| text.parse().ok())?;
    (1..=100_000).contains(&interval).then(|| TimeDelta::seconds(unit * interval))
}

/// The BY parts; each that is empty allows everything.
struct Filter {
    months: Vec<i16>,
    hours: Vec<i16>,
    minutes: Vec<i16>,
    weekdays: Vec<Weekday>,
}

impl Filter {
    fn read(parts: &Parts<'_>) -> Option<Self> {
        let known = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYHOUR", "BYMINUTE", "BYDAY"];
        if !parts.names().all(|name| known.contains(&name)) {
            return None;
        }
        Some(Self {
            months: parts.numbers("BYMONTH", 1..=12).ok()?,
            hours: parts.numbers("BYHOUR", 0..=23).ok()?,
            minutes: parts.numbers("BYMINUTE", 0..=59).ok()?,
            weekdays: parts.list("BYDAY", weekday).ok()?,
        })
    }

    fn allows(&self, at: NaiveDateTime) -> bool {
        let has =
            |list: &[i16], value: u32| list.is_empty() || list.iter().any(|number| u32::try_from(*number) == Ok(value));
        has(&self.months, at.month())
            && has(&self.hours, at.hour())
            && has(&self.minutes, at.minute())
            && (self.weekdays.is_empty() || self.weekdays.contains(&at.weekday()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[&str], &str>) {
        let start = "1997-09-02T09:00:00".parse().unwrap();
        let found = occurrences(text, start, Zone::parse("America/New_York").unwrap());
        let found = found.map(|found| found.iter().map(|at| at.format("%dT%H:%M").to_string()).collect::<Vec<_>>());
        assert_eq!(found, expected.map(|times| times.iter().map(ToString::to_string).collect()), "{text}");
    }

    #[test]
    fn a_rule_that_ends_soon_is_a_list() {
        check("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z", Ok(&["02T09:00", "02T12:00"]));
        check("FREQ=MINUTELY;INTERVAL=90;COUNT=4", Ok(&["02T09:00", "02T10:30", "02T12:00", "02T13:30"]));
        check("FREQ=HOURLY;BYHOUR=9,10;BYDAY=TU,TH;COUNT=3", Ok(&["02T09:00", "02T10:00", "04T09:00"]));
    }

    #[test]
    fn a_rule_without_an_end_soon_is_refused() {
        for text in [
            "FREQ=SECONDLY",
            "FREQ=MINUTELY;COUNT=101",
            "FREQ=MINUTELY;BYSETPOS=2;COUNT=2",
            "FREQ=SECONDLY;BYMONTH=2;COUNT=2",
            "FREQ=HOURLY;INTERVAL=0;COUNT=2",
            "FREQ=HOURLY;UNTIL=20971224T000000Z",
        ] {
            check(text, Err(WITHIN_DAY));
        }
    }
}
