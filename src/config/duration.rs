//! Lengths of time as people write them: `2h`, `1h 30m`, `90 minutes`, `3 days`. It does not judge which lengths make sense where.

use chrono::TimeDelta;

/// The longest length that can be written, in milliseconds: 10 years of 366 days.
const LONGEST: i64 = 10 * 366 * 86_400_000;

/// Reads a length of time: numbers with units (weeks, days, hours, minutes, seconds, or their first letters; ms), the larger units
/// first, each once. More than zero, at most ten years.
///
/// # Errors
/// What is wrong with the text, in words that follow its quotation.
pub fn parse(text: &str) -> Result<TimeDelta, String> {
    let mut milliseconds: i64 = 0;
    let mut smallest = i64::MAX;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (number, after) = split(rest, |c| c.is_ascii_digit());
        let (unit, after) = split(after.trim_start(), char::is_alphabetic);
        let length = unit_milliseconds(unit).ok_or_else(|| describe(number, unit))?;
        let number: i64 = number.parse().map_err(|_| describe(number, unit))?;
        if length >= smallest {
            return Err("has its units in the wrong order; write the larger ones first, each once".to_owned());
        }
        smallest = length;
        milliseconds = milliseconds.saturating_add(number.saturating_mul(length));
        rest = after.trim_start_matches([' ', ',']);
    }
    match milliseconds {
        0 => Err("is no length of time; write one such as \"1h 30m\"".to_owned()),
        1..=LONGEST => Ok(TimeDelta::milliseconds(milliseconds)),
        _ => Err("is longer than ten years".to_owned()),
    }
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn unit_milliseconds(unit: &str) -> Option<i64> {
    Some(match unit {
        "ms" | "millisecond" | "milliseconds" => 1,
        "s" | "sec" | "second" | "seconds" => 1_000,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000,
        "h" | "hour" | "hours" => 3_600_000,
        "d" | "day" | "days" => 86_400_000,
        "w" | "week" | "weeks" => 7 * 86_400_000,
        _ => return None,
    })
}

fn describe(number: &str, unit: &str) -> String {
    match (number, unit) {
        ("", _) => "is no length of time; write a number and a unit, such as \"1h 30m\"".to_owned(),
        (number, "") => {
            format!("needs a unit; write \"{} hours\" or \"{0} minutes\"", number.get(..18).unwrap_or(number))
        }
        (_, unit) if unit_milliseconds(unit).is_none() => {
            "has an unknown unit; write weeks, days, h, m or s".to_owned()
        }
        _ => "is longer than ten years".to_owned(),
    }
}

/// The shortest writing of a length: `1h 30m`. Nothing below a millisecond is shown.
#[must_use]
pub fn written(length: TimeDelta) -> String {
    let mut rest = length.num_milliseconds();
    let mut parts = Vec::new();
    for (unit, size) in [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)] {
        if rest >= size {
            parts.push(format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, seconds: i64) {
        assert_eq!(parse(text), Ok(TimeDelta::seconds(seconds)), "{text:?}");
    }

    #[test]
    fn lengths_are_read_as_people_write_them() {
        check("2h", 7_200);
        check("90m", 5_400);
        check("1h 30m", 5_400);
        check("1h30m", 5_400);
        check("1 hour, 30 minutes", 5_400);
        check("15s", 15);
        check("3 days", 3 * 86_400);
        check(" 1 week ", 7 * 86_400);
        check("3660 days", 3_660 * 86_400);
        assert_eq!(parse("500ms"), Ok(TimeDelta::milliseconds(500)));
        assert_eq!(parse("1s 1 millisecond"), Ok(TimeDelta::milliseconds(1_001)));
    }

    #[test]
    fn what_is_no_length_is_refused_with_a_reason() {
        for (text, reason) in [
            ("", "is no length"),
            ("0h", "is no length"),
            ("two hours", "is no length"),
            ("-2h", "is no length"),
            ("90", "needs a unit; write \"90 hours\" or \"90 minutes\""),
            ("1.5h", "needs a unit"),
            ("2 fortnights", "unknown unit"),
            ("30m 1h", "wrong order"),
            ("1h 1h", "wrong order"),
            ("3661 days", "longer than ten years"),
            ("99999999999999999999999h", "longer than ten years"),
            ("9223372036854775807w", "longer than ten years"),
            ("1h é", "is no length"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(reason), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_length_is_written_back() {
        assert_eq!(written(TimeDelta::minutes(90)), "1h 30m");
        assert_eq!(written(TimeDelta::seconds(15)), "15s");
        assert_eq!(written(TimeDelta::milliseconds(1_010)), "1s 10ms");
    }
}
