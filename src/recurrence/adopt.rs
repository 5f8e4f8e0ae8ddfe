//! The reader of rules that other programs wrote: it keeps what RFC 5545 §3.3.10 allows, and leaves junk out where the meaning stays
//! clear. It does not expand.

use chrono::{DateTime, NaiveTime, Utc};

use super::parse::{MAX_LIST, by_day, check, frequency, number, until, weekday};
use super::{End, Frequency, Rule};

/// The times of one day that a rule may have.
const MAX_TIMES: usize = 100;
/// From so many occurrences on, nobody will see the last: the rule is endless.
const ENDLESS_COUNT: u64 = 100_000;

/// The longest rule, in bytes of its canonical text.
const MAX_LENGTH: usize = 450;

const TOO_LONG: &str = "a recurrence rule with too long a list";
/// Why a rule with a frequency under a day is refused.
pub(super) const WITHIN_DAY: &str = "a recurrence rule that repeats within a day";
const UNREADABLE: &str = "a recurrence rule that cannot be read";

/// Reads a rule; see [`Rule::adopt`].
pub(super) fn rule(text: &str, all_day: bool) -> Result<(Rule, bool), &'static str> {
    let upper = text.trim().to_ascii_uppercase();
    let mut repaired = false;
    let mut rule = read(&Parts::split(upper.strip_prefix("RRULE:").unwrap_or(&upper), &mut repaired), all_day)?;
    repaired |= mend(&mut rule, all_day);
    let lists = [&rule.by_hour, &rule.by_minute, &rule.by_second];
    if lists.iter().map(|list| list.len().max(1)).product::<usize>() > MAX_TIMES {
        return Err("a recurrence rule with too many times a day");
    }
    check(&rule).map_err(|_| UNREADABLE)?;
    if rule.to_string().len() > MAX_LENGTH {
        return Err(TOO_LONG);
    }
    Ok((rule, repaired))
}

/// The parts of a rule that have a name and a value, in order.
pub(super) struct Parts<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Parts<'a> {
    /// Splits a rule; parts that are none are left out, and `repaired` says so.
    pub(super) fn split(text: &'a str, repaired: &mut bool) -> Self {
        let mut parts: Vec<(&str, &str)> = Vec::new();
        for part in text.split([';', '\\']).map(str::trim).filter(|part| !part.is_empty()).take(50) {
            match part.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
                Some((name, value)) if !value.is_empty() && parts.iter().all(|(known, _)| *known != name) => {
                    parts.push((name, value));
                }
                _ => *repaired = true,
            }
        }
        Self(parts)
    }

    pub(super) fn value(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(|(name, _)| *name)
    }

    pub(super) fn list<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, &'static str> {
        let items = self.value(name).into_iter().flat_map(|value| value.split(',')).map(str::trim);
        let items = items.filter(|item| !item.is_empty()).take(MAX_LIST + 1);
        let list: Vec<T> = items.map(|item| read(item).ok_or(UNREADABLE)).collect::<Result<_, _>>()?;
        if list.len() > MAX_LIST { Err(TOO_LONG) } else { Ok(list) }
    }

    pub(super) fn numbers(&self, name: &str, range: std::ops::RangeInclusive<i16>) -> Result<Vec<i16>, &'static str> {
        let zero = range.contains(&0) && *range.start() == 0;
        self.list(name, |item| number(item).filter(|number| range.contains(number) && (zero || *number != 0)))
    }
}

fn read(parts: &Parts<'_>, all_day: bool) -> Result<Rule, &'static str> {
    if parts.value("RSCALE").is_some_and(|scale| scale != "GREGORIAN")
        || parts.value("SKIP").is_some_and(|skip| skip != "OMIT")
    {
        return Err("a recurrence rule of another calendar system");
    }
    Ok(Rule {
        frequency: adopted_frequency(parts.value("FREQ").ok_or(UNREADABLE)?)?,
        interval: parts.value("INTERVAL").map_or(Ok(1), interval)?,
        end: end(parts, all_day)?,
        by_month: parts.numbers("BYMONTH", 1..=12)?,
        by_week: parts.numbers("BYWEEKNO", -53..=53)?,
        by_year_day: parts.numbers("BYYEARDAY", -366..=366)?,
        by_month_day: parts.numbers("BYMONTHDAY", -31..=31)?,
        by_day: parts.list("BYDAY", |item| by_day(item).ok())?,
        by_hour: parts.numbers("BYHOUR", 0..=23)?,
        by_minute: parts.numbers("BYMINUTE", 0..=59)?,
        by_second: parts.numbers("BYSECOND", 0..=59)?,
        by_position: parts.numbers("BYSETPOS", -366..=366)?,
        week_start: parts.value("WKST").and_then(weekday),
    })
}

fn adopted_frequency(value: &str) -> Result<Frequency, &'static str> {
    match value {
        "SECONDLY" | "MINUTELY" | "HOURLY" => Err(WITHIN_DAY),
        value => frequency(value).map_err(|_| UNREADABLE),
    }
}

fn interval(value: &str) -> Result<u32, &'static str> {
    value.parse().ok().filter(|interval| (1..=99_999).contains(interval)).ok_or(UNREADABLE)
}

fn end(parts: &Parts<'_>, all_day: bool) -> Result<End, &'static str> {
    match (parts.value("COUNT"), parts.value("UNTIL")) {
        (Some(text), _) => count(text),
        (None, Some(text)) if all_day => match adopted_until(text).ok_or(UNREADABLE)? {
            End::Local(local) => Ok(End::Day(local.date())),
            End::Instant(instant) => Ok(End::Day(instant.date_naive())),
            end => Ok(end),
        },
        (None, Some(text)) => match adopted_until(text).ok_or(UNREADABLE)? {
            // What programs make of a day where RFC 5545 wants a time.
            End::Day(day) => Ok(End::Local(day.and_time(NaiveTime::MIN))),
            end => Ok(end),
        },
        (None, None) => Ok(End::Never),
    }
}

fn count(text: &str) -> Result<End, &'static str> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(UNREADABLE);
    }
    match text.parse::<u64>().unwrap_or(u64::MAX) {
        0 => Err(UNREADABLE),
        ENDLESS_COUNT.. => Ok(End::Never),
        count => Ok(u32::try_from(count).map_or(End::Never, End::Count)),
    }
}

/// UNTIL as RFC 5545 has it, or with an offset.
pub(super) fn adopted_until(text: &str) -> Option<End> {
    let offset = || DateTime::parse_from_str(text, "%Y%m%dT%H%M%S%z").ok();
    until(text).or_else(|| offset().map(|instant| End::Instant(instant.with_timezone(&Utc))))
}

/// Takes away what has no meaning where it stands; whether there was something.
fn mend(rule: &mut Rule, all_day: bool) -> bool {
    let before = rule.clone();
    if all_day {
        rule.by_hour.clear();
        rule.by_minute.clear();
        rule.by_second.clear();
    }
    if matches!(rule.frequency, Frequency::Daily | Frequency::Weekly) || !rule.by_week.is_empty() {
        rule.by_day.iter_mut().for_each(|day| day.nth = None);
    }
    if rule.frequency != Frequency::Yearly {
        rule.by_week.clear();
    }
    let others = [&rule.by_month, &rule.by_week, &rule.by_year_day, &rule.by_month_day, &rule.by_hour, &rule.by_minute];
    if matches!(rule.by_position.as_slice(), [1 | -1])
        && rule.by_day.is_empty()
        && rule.by_second.is_empty()
        && others.iter().all(|list| list.is_empty())
    {
        rule.by_position.clear();
    }
    *rule != before
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Zone;

    fn check(text: &str, all_day: bool, expected: Result<(&str, bool), &str>) {
        let found = rule(text, all_day);
        let found = found.as_ref().map(|(rule, repaired)| (rule.to_string(), *repaired)).map_err(|reason| *reason);
        assert_eq!(found, expected.map(|(rule, repaired)| (rule.to_owned(), repaired)), "{text}");
    }

    #[test]
    fn what_the_standard_allows_is_kept() {
        for text in [
            "FREQ=DAILY;COUNT=3;BYHOUR=9,17;BYMINUTE=0,30",
            "FREQ=MONTHLY;UNTIL=20211231T000000Z;BYDAY=2TU;BYSETPOS=1;WKST=SU",
            "FREQ=WEEKLY;UNTIL=20211231T180000",
            "FREQ=DAILY;BYHOUR=9;BYSETPOS=1",
        ] {
            check(text, false, Ok((text, false)));
        }
        check("FREQ=WEEKLY;UNTIL=20211231", true, Ok(("FREQ=WEEKLY;UNTIL=20211231", false)));
        check("FREQ=WEEKLY;UNTIL=20211231", false, Ok(("FREQ=WEEKLY;UNTIL=20211231T000000", false)));
    }

    #[test]
    fn junk_beside_a_rule_is_left_out() {
        check("RRULE:freq=daily;;count=2;X-A", false, Ok(("FREQ=DAILY;COUNT=2", true)));
        check("FREQ=WEEKLY;BYDAY=1MO,-1TU", false, Ok(("FREQ=WEEKLY;BYDAY=MO,TU", true)));
        check("FREQ=DAILY;COUNT=2\\nATTENDEE:mailto:a@b.invalid", false, Ok(("FREQ=DAILY;COUNT=2", true)));
        check("FREQ=DAILY;BYSETPOS=1", false, Ok(("FREQ=DAILY", true)));
        check("FREQ=DAILY;COUNT=1000000000", false, Ok(("FREQ=DAILY", false)));
        check("FREQ=DAILY;COUNT=99999999999999999999", false, Ok(("FREQ=DAILY", false)));
        check("FREQ=DAILY;UNTIL=20211231T000000Z;BYHOUR=9", true, Ok(("FREQ=DAILY;UNTIL=20211231", true)));
        check("FREQ=DAILY;UNTIL=20211231T000000-0600", false, Ok(("FREQ=DAILY;UNTIL=20211231T060000Z", false)));
    }

    #[test]
    fn what_cannot_be_kept_has_a_reason() {
        let within = Err(WITHIN_DAY);
        for (text, reason) in [
            ("FREQ=SECONDLY", within),
            ("FREQ=HOURLY;INTERVAL=24", within),
            ("RSCALE=CHINESE;FREQ=YEARLY", Err("a recurrence rule of another calendar system")),
            (
                "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10;BYMINUTE=0,1,2,3,4,5,6,7,8,9",
                Err("a recurrence rule with too many times a day"),
            ),
            ("FREQ=FORTNIGHTLY", Err(UNREADABLE)),
            ("COUNT=5", Err(UNREADABLE)),
            ("FREQ=DAILY;INTERVAL=0", Err(UNREADABLE)),
            ("FREQ=DAILY;INTERVAL=-1", Err(UNREADABLE)),
            ("FREQ=YEARLY;INTERVAL=4294967296", Err(UNREADABLE)),
            ("FREQ=YEARLY;BYMONTH=5L", Err(UNREADABLE)),
            ("", Err(UNREADABLE)),
        ] {
            check(text, false, reason);
        }
        check(
            &format!("FREQ=WEEKLY;BYDAY={}", ["MO"; 401].join(",")),
            false,
            Err("a recurrence rule with too long a list"),
        );
    }

    #[test]
    fn times_of_day_are_expanded_in_order() {
        let (rule, _) = rule("FREQ=DAILY;BYHOUR=17,9;BYMINUTE=0,30;COUNT=5", false).unwrap();
        let start = "2021-03-01T09:15:00".parse().unwrap();
        let found: Vec<String> =
            rule.occurrences(start, Zone::UTC).map(|time| time.format("%dT%H:%M").to_string()).collect();
        assert_eq!(found, ["01T09:30", "01T17:00", "01T17:30", "02T09:00", "02T09:30"]);
    }

    #[test]
    fn positions_count_times_of_day() {
        let (rule, _) = rule("FREQ=MONTHLY;BYDAY=MO;BYHOUR=9,17;BYSETPOS=2,-1;COUNT=3", false).unwrap();
        let start = "2021-03-01T09:00:00".parse().unwrap();
        let found: Vec<String> =
            rule.occurrences(start, Zone::UTC).map(|time| time.format("%m-%dT%H").to_string()).collect();
        assert_eq!(found, ["03-01T17", "03-29T17", "04-05T17"]);
    }
}
