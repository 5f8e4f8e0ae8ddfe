//! The reader of rules: what RFC 5545 §3.3.10 requires, in sentences that say what to write instead.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, Timelike, Weekday};

use super::{ByDay, End, Frequency, Rule, WEEKDAYS};

/// The longest list of a part.
pub(super) const MAX_LIST: usize = 400;

const PARTS: [&str; 11] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYSETPOS",
    "WKST",
];

/// The parts of a rule by their names, none of them twice.
struct Parts<'a>(BTreeMap<&'static str, &'a str>);

/// Reads a rule; see [`Rule::parse`].
pub(super) fn rule(text: &str) -> Result<Rule, String> {
    let upper = text.trim().to_ascii_uppercase();
    let parts = Parts::split(upper.strip_prefix("RRULE:").unwrap_or(&upper))?;
    let rule = Rule {
        frequency: frequency(
            parts.value("FREQ").ok_or("a rule needs FREQ: write FREQ=DAILY, WEEKLY, MONTHLY or YEARLY first")?,
        )?,
        interval: parts.value("INTERVAL").map_or(Ok(1), |value| positive("INTERVAL", value))?,
        end: end(&parts)?,
        by_month: parts.numbers("BYMONTH", 1..=12)?,
        by_week: parts.numbers("BYWEEKNO", -53..=53)?,
        by_year_day: parts.numbers("BYYEARDAY", -366..=366)?,
        by_month_day: parts.numbers("BYMONTHDAY", -31..=31)?,
        by_day: parts.list("BYDAY", by_day)?,
        by_hour: Vec::new(),
        by_minute: Vec::new(),
        by_second: Vec::new(),
        by_position: parts.numbers("BYSETPOS", -366..=366)?,
        week_start: parts
            .value("WKST")
            .map(|value| weekday(value).ok_or_else(|| bad_weekday("WKST", value)))
            .transpose()?,
    };
    check(&rule)?;
    Ok(rule)
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Result<Self, String> {
        let mut parts = BTreeMap::new();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) =
                part.split_once('=').ok_or_else(|| format!("`{part}` has no value: write NAME=VALUE"))?;
            let (name, value) = (known(name.trim())?, value.trim());
            if value.is_empty() {
                return Err(format!("{name} has no value: write one after the `=`, or leave {name} out"));
            }
            if parts.insert(name, value).is_some() {
                return Err(format!("{name} is there twice: write it once, its values separated by commas"));
            }
        }
        Ok(Self(parts))
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).copied()
    }

    /// The items of a comma-separated list; none when the part is missing.
    fn list<T>(&self, name: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
        let items = self.value(name).into_iter().flat_map(|value| value.split(',')).map(str::trim);
        let list = items.take(MAX_LIST + 1).map(read).collect::<Result<Vec<T>, String>>()?;
        if list.len() > MAX_LIST {
            return Err(format!("{name} has more than {MAX_LIST} values"));
        }
        Ok(list)
    }

    fn numbers(&self, name: &str, range: std::ops::RangeInclusive<i16>) -> Result<Vec<i16>, String> {
        self.list(name, |item| match number(item) {
            Some(number) if number != 0 && range.contains(&number) => Ok(number),
            _ if *range.start() > 0 => Err(format!("{name}={item}: write numbers from 1 to {}", range.end())),
            _ => Err(format!(
                "{name}={item}: write numbers from 1 to {end}, or from -1 (the last) to -{end}",
                end = range.end()
            )),
        })
    }
}

fn known(name: &str) -> Result<&'static str, String> {
    if let Some(known) = PARTS.iter().find(|known| **known == name) {
        return Ok(known);
    }
    match name {
        "BYHOUR" | "BYMINUTE" | "BYSECOND" => Err(format!(
            "{name} is not supported: each occurrence has the start's time of day; write another event for another time"
        )),
        _ => Err(format!("`{name}` is no part of a rule: known are {}", PARTS.join(", "))),
    }
}

pub(super) fn frequency(value: &str) -> Result<Frequency, String> {
    let known = [Frequency::Daily, Frequency::Weekly, Frequency::Monthly, Frequency::Yearly];
    known
        .into_iter()
        .find(|frequency| frequency.name() == value)
        .ok_or_else(|| format!("FREQ={value}: write DAILY, WEEKLY, MONTHLY or YEARLY"))
}

fn positive(name: &str, value: &str) -> Result<u32, String> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|number| digits && (1..=99_999).contains(number));
    number.ok_or_else(|| format!("{name}={value}: write a whole number from 1 to 99999"))
}

fn end(parts: &Parts<'_>) -> Result<End, String> {
    match (parts.value("COUNT"), parts.value("UNTIL")) {
        (Some(_), Some(_)) => Err("a rule cannot have both COUNT and UNTIL: leave one of them out".to_owned()),
        (Some(count), None) => Ok(End::Count(positive("COUNT", count)?)),
        (None, Some(until)) => self::until(until).ok_or_else(|| {
            format!("UNTIL={until}: write a day that exists, such as 20210601, or a time, such as 20210601T180000 or 20210601T230000Z")
        }),
        (None, None) => Ok(End::Never),
    }
}

pub(super) fn until(value: &str) -> Option<End> {
    let shape: String =
        value.chars().map(|character| if character.is_ascii_digit() { '0' } else { character }).collect();
    let time = |text| NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok()?.with_nanosecond(0);
    match shape.as_str() {
        "00000000" => NaiveDate::parse_from_str(value, "%Y%m%d").ok().map(End::Day),
        "00000000T000000" => time(value).map(End::Local),
        "00000000T000000Z" => time(value.trim_end_matches('Z')).map(|utc| End::Instant(utc.and_utc())),
        _ => None,
    }
}

pub(super) fn by_day(item: &str) -> Result<ByDay, String> {
    let (nth, code) = item.split_at_checked(item.len().saturating_sub(2)).unwrap_or((item, ""));
    let weekday = weekday(code).ok_or_else(|| bad_weekday("BYDAY", item))?;
    let nth = match nth {
        "" => None,
        nth => Some(number(nth).filter(|nth| (1..=53).contains(&nth.abs())).ok_or_else(|| bad_weekday("BYDAY", item))?),
    };
    Ok(ByDay { nth, weekday })
}

fn bad_weekday(name: &str, value: &str) -> String {
    let numbered = if name == "BYDAY" { ", for the second Tuesday 2TU, for the last -1TU" } else { "" };
    format!("{name}={value}: write MO, TU, WE, TH, FR, SA or SU{numbered}")
}

pub(super) fn weekday(code: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(_, known)| *known == code).map(|(weekday, _)| *weekday)
}

/// A number with an optional sign, of at most three digits.
pub(super) fn number(text: &str) -> Option<i16> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let shaped = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if shaped { text.parse().ok() } else { None }
}

/// What RFC 5545 §3.3.10 forbids of parts together.
pub(super) fn check(rule: &Rule) -> Result<(), String> {
    use Frequency::{Daily, Monthly, Weekly, Yearly};
    let frequency = rule.frequency;
    let refuse = |name: &str, instead: &str| Err(format!("{name} cannot be with FREQ={}: {instead}", frequency.name()));
    let numbered = rule.by_day.iter().any(|by_day| by_day.nth.is_some());
    if numbered && matches!(frequency, Daily | Weekly) {
        return refuse("a number in BYDAY", "write FREQ=MONTHLY, or the weekdays without numbers");
    }
    if numbered && !rule.by_week.is_empty() {
        return Err("a number in BYDAY cannot be with BYWEEKNO: write the weekdays without numbers".to_owned());
    }
    if !rule.by_week.is_empty() && frequency != Yearly {
        return refuse("BYWEEKNO", "write FREQ=YEARLY");
    }
    if !rule.by_year_day.is_empty() && frequency != Yearly {
        return refuse("BYYEARDAY", "write FREQ=YEARLY");
    }
    if !rule.by_month_day.is_empty() && frequency == Weekly {
        return refuse("BYMONTHDAY", "write FREQ=MONTHLY, or weekdays in BYDAY");
    }
    if numbered && frequency == Monthly && rule.by_day.iter().filter_map(|by_day| by_day.nth).any(|nth| nth.abs() > 5) {
        return Err(
            "no month has more than five of a weekday: write numbers from 1 to 5, or -1 to -5, in BYDAY".to_owned()
        );
    }
    let others = [
        &rule.by_month,
        &rule.by_week,
        &rule.by_year_day,
        &rule.by_month_day,
        &rule.by_hour,
        &rule.by_minute,
        &rule.by_second,
    ];
    if !rule.by_position.is_empty() && rule.by_day.is_empty() && others.iter().all(|list| list.is_empty()) {
        return Err("BYSETPOS needs another BY part to choose from, such as BYDAY=MO,TU,WE,TH,FR".to_owned());
    }
    Ok(())
}
