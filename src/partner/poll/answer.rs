//! What the fields of an answer say about caching and asking again. Nothing in them is believed beyond our bounds.

use chrono::{DateTime, TimeDelta, Utc};

/// The longest validator that is kept, in bytes: real ones have less than a hundred.
const MAX_VALIDATOR: usize = 1_024;

/// The fields of an answer, names in lower case.
pub(super) struct Answer<'a>(pub(super) &'a [(String, String)]);

impl Answer<'_> {
    /// The first field of a name.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// A validator exactly as it came; none where it is too long to be one, or could not be sent back.
    pub(super) fn validator(&self, name: &str) -> Option<String> {
        let value = self.field(name)?;
        let can_be_sent = !value.is_empty() && value.len() <= MAX_VALIDATOR && !value.chars().any(char::is_control);
        can_be_sent.then(|| value.to_owned())
    }

    /// Whether a 304 may speak of the copy with this entity tag. One that names another tag speaks of another copy (RFC 9111 §4.3.4);
    /// marks that servers put on and take off a tag when they compress count for nothing.
    pub(super) fn may_confirm(&self, etag: Option<&str>) -> bool {
        let [named, ours] = [self.field("etag"), etag].map(|tag| tag.map(bare));
        named.is_none() || ours.is_none() || named == ours
    }

    /// How long the answer stays fresh (RFC 9111 §5.2.2.1).
    pub(super) fn max_age(&self) -> Option<TimeDelta> {
        let directives =
            self.0.iter().filter(|(name, _)| name == "cache-control").flat_map(|(_, value)| value.split(','));
        let ages = directives.filter_map(|directive| {
            let (name, age) = directive.split_once('=')?;
            name.trim().eq_ignore_ascii_case("max-age").then(|| age.trim().trim_matches('"'))
        });
        ages.filter_map(seconds).next()
    }

    /// Until when we are asked to stay away (RFC 9110 §10.2.3), at most until `ceiling` from now. What is no time, or past, is none.
    pub(super) fn retry_after(&self, now: DateTime<Utc>, ceiling: TimeDelta) -> Option<DateTime<Utc>> {
        let value = self.field("retry-after")?.trim();
        let delay = match seconds(value) {
            Some(delay) => delay,
            None => DateTime::<Utc>::from(httpdate::parse_http_date(value).ok()?).signed_duration_since(now),
        };
        (delay > TimeDelta::zero()).then(|| later(now, delay.min(ceiling)))
    }
}

/// An entity tag without quotation marks, mark of weakness and mark of compression.
fn bare(tag: &str) -> &str {
    let tag = tag.trim();
    let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
    ["-gzip", ";gzip", "--gzip", "-br"].iter().find_map(|mark| tag.strip_suffix(mark)).unwrap_or(tag)
}

/// Seconds as HTTP writes them: digits. A number that is too large for a length of time is cut to the longest.
fn seconds(text: &str) -> Option<TimeDelta> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = text.parse().ok().filter(|_| digits)?;
    Some(i64::try_from(number).ok().and_then(TimeDelta::try_seconds).unwrap_or(TimeDelta::MAX))
}

/// A time so far ahead that it has no date is never reached; the end of time is not either.
pub(super) fn later(now: DateTime<Utc>, delay: TimeDelta) -> DateTime<Utc> {
    now.checked_add_signed(delay).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::poll::sample;

    fn with<T>(name: &str, value: &str, ask: impl Fn(Answer<'_>) -> T) -> T {
        ask(Answer(&[(name.to_owned(), value.to_owned())]))
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_within_a_day() {
        let check = |value: &str, expected: Option<i64>| {
            let ceiling = TimeDelta::hours(24);
            let until = with("retry-after", value, |answer| answer.retry_after(sample::at(0), ceiling));
            assert_eq!(until.map(|until| (until - sample::at(0)).num_seconds()), expected, "{value:?}");
        };
        let date = |seconds: i64| httpdate::fmt_http_date(sample::at(seconds).into());
        check("5", Some(5));
        check(" 120 ", Some(120));
        check("86401", Some(86_400));
        check("99999999999", Some(86_400));
        check("18446744073709551615", Some(86_400));
        check("18446744073709551616", None);
        check("0", None);
        check("-1", None);
        check("+1", None);
        check("1.5", None);
        check("soon", None);
        check("", None);
        check(&date(60), Some(60));
        check(&date(10 * 86_400), Some(86_400));
        check(&date(-60), None);
        check("Fri, 31 Dec 9999 23:59:59 GMT", Some(86_400));
        check("Thu, 01 Jan 1970 00:00:00 GMT", None);
        check("Thu, 01 Jan 99999 00:00:00 GMT", None);
    }

    #[test]
    fn a_confirmation_names_the_copy_or_none() {
        let check = |named: Option<&str>, ours: Option<&str>, expected: bool| {
            let fields: Vec<_> = named.iter().map(|tag| ("etag".to_owned(), (*tag).to_owned())).collect();
            assert_eq!(Answer(&fields).may_confirm(ours), expected, "{named:?} {ours:?}");
        };
        check(None, Some("\"a\""), true);
        check(Some("\"a\""), None, true);
        check(Some("\"a\""), Some("\"a\""), true);
        check(Some("W/\"a\""), Some("\"a\""), true);
        check(Some("\"a\""), Some("\"a-gzip\""), true);
        check(Some("a"), Some("W/\"a;gzip\""), true);
        check(Some("\"b\""), Some("\"a\""), false);
    }

    #[test]
    fn max_age_is_found_among_directives() {
        let check = |value: &str, expected: Option<i64>| {
            let age = with("cache-control", value, |answer| answer.max_age());
            assert_eq!(age.map(|age| age.num_seconds()), expected, "{value:?}");
        };
        check("max-age=60", Some(60));
        check("public, Max-Age = \"60\"", Some(60));
        check("no-store, no-cache", None);
        check("s-maxage=60", None);
        check("max-age=-1", None);
        check("max-age", None);
    }

    #[test]
    fn a_validator_is_kept_exactly_or_not_at_all() {
        let check = |value: &str, kept: bool| {
            let validator = with("etag", value, |answer| answer.validator("etag"));
            assert_eq!(validator, kept.then(|| value.to_owned()));
        };
        check("W/\"v1\"", true);
        check("v1", true);
        check("\"café ÿ\"", true);
        check(&"e".repeat(1_024), true);
        check(&"e".repeat(1_025), false);
        check("", false);
        check("a\r\nb", false);
    }
}
