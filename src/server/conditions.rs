//! Conditional requests (RFC 9110 §13): whether to send, on what the client says it has. It knows no HTTP library.

use std::time::SystemTime;

use chrono::{DateTime, Utc};

/// The conditions of a request: the values of each field's lines, in order.
#[derive(Debug, Clone)]
pub struct Conditions<'a, M, N> {
    /// If-Match, line by line.
    pub if_match: Option<M>,
    /// If-None-Match, line by line.
    pub if_none_match: Option<N>,
    /// If-Modified-Since.
    pub if_modified_since: Option<&'a [u8]>,
    /// If-Unmodified-Since.
    pub if_unmodified_since: Option<&'a [u8]>,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Answer 200.
    Send,
    /// Answer 304.
    NotModified,
    /// Answer 412.
    Failed,
}

impl<'a, M: Iterator<Item = &'a [u8]>, N: Iterator<Item = &'a [u8]>> Conditions<'a, M, N> {
    /// Evaluates in the order of §13.2.2, for a GET or HEAD of a representation with this strong tag (its quotes included) and time.
    #[must_use]
    pub fn evaluate(self, tag: &[u8], modified: Option<DateTime<Utc>>) -> Outcome {
        let held = match (self.if_match, self.if_unmodified_since) {
            (Some(list), _) => names(list, tag, Comparison::Strong),
            (None, Some(since)) => !changed_after(since, modified).unwrap_or(false),
            (None, None) => true,
        };
        if !held {
            return Outcome::Failed;
        }
        let known = match (self.if_none_match, self.if_modified_since) {
            (Some(list), _) => names(list, tag, Comparison::Weak),
            (None, Some(since)) => !changed_after(since, modified).unwrap_or(true),
            (None, None) => false,
        };
        if known { Outcome::NotModified } else { Outcome::Send }
    }
}

/// How tags are compared (RFC 9110 §8.8.3.2): ours are strong, so only the client's may be weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Strong,
    Weak,
}

/// Whether a list of entity tags names this one; `*` names every one. What is no list is read up to there.
fn names<'a>(mut lists: impl Iterator<Item = &'a [u8]>, tag: &[u8], comparison: Comparison) -> bool {
    lists.any(|list| list.trim_ascii() == b"*" || list_names(list, tag, comparison))
}

fn list_names(mut list: &[u8], tag: &[u8], comparison: Comparison) -> bool {
    loop {
        while let [b',' | b' ' | b'\t', rest @ ..] = list {
            list = rest;
        }
        let (weak, quoted) = match list.strip_prefix(b"W/") {
            Some(rest) => (true, rest),
            None => (false, list),
        };
        let Some(end) = quoted.strip_prefix(b"\"").and_then(|opaque| memchr::memchr(b'"', opaque)) else {
            return false;
        };
        // One for each quotation mark.
        let (candidate, rest) = quoted.split_at(end + 2);
        if candidate == tag && (!weak || comparison == Comparison::Weak) {
            return true;
        }
        list = rest;
    }
}

/// Whether the representation changed after the date that a client gave; `None` when that is no date, or nobody keeps the time.
fn changed_after(since: &[u8], modified: Option<DateTime<Utc>>) -> Option<bool> {
    let since = httpdate::parse_http_date(std::str::from_utf8(since).ok()?.trim()).ok()?;
    Some(SystemTime::from(modified?) > since)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: &[u8] = b"\"abc\"";
    const MODIFIED: &str = "Sat, 20 Mar 2021 18:00:00 GMT";

    /// Fields as a request has them, and what comes of them.
    fn check(fields: &[(&str, &str)], expected: Outcome) {
        let modified = DateTime::parse_from_rfc2822(MODIFIED).unwrap().to_utc();
        let all = |name: &'static str| {
            let values: Vec<&[u8]> = fields.iter().filter(|(n, _)| *n == name).map(|(_, v)| v.as_bytes()).collect();
            (!values.is_empty()).then(|| values.into_iter())
        };
        let one = |name| fields.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_bytes());
        let conditions = Conditions {
            if_match: all("IM"),
            if_none_match: all("INM"),
            if_modified_since: one("IMS"),
            if_unmodified_since: one("IUS"),
        };
        assert_eq!(conditions.evaluate(TAG, Some(modified)), expected, "{fields:?}");
    }

    #[test]
    fn a_tag_is_found_in_lists_of_any_shape() {
        for known in
            ["\"abc\"", "W/\"abc\"", "\"a,b\" , \"abc\"", ",,\"abc\"", "\"x\",W/\"y\",\"abc\",\"z\"", "*", " * "]
        {
            check(&[("INM", known)], Outcome::NotModified);
        }
        for other in
            ["", "abc", "\"ab\"", "\"abcd\"", "\"abc", "w/\"abc\"", "\"ABC\"", "\"x\" \"y\"", "W/", "\"*\"", "*, \"x\""]
        {
            check(&[("INM", other)], Outcome::Send);
        }
        check(&[("INM", "\"x\""), ("INM", "\"abc\"")], Outcome::NotModified);
    }

    #[test]
    fn dates_are_compared_not_matched() {
        check(&[("IMS", MODIFIED)], Outcome::NotModified);
        check(&[("IMS", "Sat, 20 Mar 2021 18:00:01 GMT")], Outcome::NotModified);
        check(&[("IMS", "Saturday, 20-Mar-21 18:00:00 GMT")], Outcome::NotModified);
        check(&[("IMS", "Sat Mar 20 18:00:00 2021")], Outcome::NotModified);
        check(&[("IMS", "Sat, 20 Mar 2021 17:59:59 GMT")], Outcome::Send);
        check(&[("IMS", "yesterday")], Outcome::Send);
    }

    #[test]
    fn tags_come_before_dates() {
        check(&[("INM", "\"x\""), ("IMS", MODIFIED)], Outcome::Send);
        check(&[("INM", "\"abc\""), ("IMS", "Thu, 01 Jan 1970 00:00:00 GMT")], Outcome::NotModified);
    }

    #[test]
    fn preconditions_come_before_all() {
        check(&[("IM", "\"abc\"")], Outcome::Send);
        check(&[("IM", "*"), ("INM", "\"abc\"")], Outcome::NotModified);
        check(&[("IM", "W/\"abc\"")], Outcome::Failed);
        check(&[("IM", "\"x\""), ("INM", "\"abc\"")], Outcome::Failed);
        check(&[("IUS", MODIFIED)], Outcome::Send);
        check(&[("IUS", "Thu, 01 Jan 1970 00:00:00 GMT")], Outcome::Failed);
        check(&[("IUS", "yesterday")], Outcome::Send);
        check(&[("IM", "\"abc\""), ("IUS", "Thu, 01 Jan 1970 00:00:00 GMT")], Outcome::Send);
    }

    #[test]
    fn without_a_time_dates_say_nothing() {
        let conditions = Conditions {
            if_match: None::<std::iter::Empty<&[u8]>>,
            if_none_match: None::<std::iter::Empty<&[u8]>>,
            if_modified_since: Some(MODIFIED.as_bytes()),
            if_unmodified_since: None,
        };
        assert_eq!(conditions.evaluate(TAG, None), Outcome::Send);
    }
}
