//! The conditional request (RFC 9110 §13): validators exactly as they were received, and only with the body that they came with.

use chrono::{DateTime, Utc};

use crate::partner::{Header, Limits, Partner, Request, Snapshot, snapshot};

/// What to ask a partner. `now` decides whether the copy that is kept is too old to be asked about: some sites answer "not modified"
/// to whatever validator they get, so once in a while all is asked for.
#[must_use]
pub fn prepare(partner: &Partner, snapshot: &Snapshot, now: DateTime<Utc>, limits: &Limits) -> Request {
    let mut fields = vec![("accept", "text/calendar, */*;q=0.1".to_owned())];
    if is_conditional(partner, snapshot, now, limits) {
        let Header { etag, last_modified, .. } = &snapshot.header;
        fields.extend(etag.iter().map(|etag| ("if-none-match", etag.clone())));
        fields.extend(last_modified.iter().map(|date| ("if-modified-since", date.clone())));
    }
    Request { address: partner.address.clone(), fields }
}

/// Whether a request made at `now` asks only for what is newer: a 304 answers nothing else.
pub(super) fn is_conditional(partner: &Partner, snapshot: &Snapshot, now: DateTime<Utc>, limits: &Limits) -> bool {
    let header = &snapshot.header;
    let young = header.fetched.is_some_and(|fetched| now.signed_duration_since(fetched) < limits.validators_for);
    let has_validator = header.etag.is_some() || header.last_modified.is_some();
    has_validator && young && !snapshot.body.is_empty() && header.address == snapshot::address(partner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partner::poll::sample;
    use bytes::Bytes;
    use chrono::TimeDelta;

    fn check(change: impl Fn(&mut Snapshot), days: i64, expected: &[(&str, &str)]) {
        let partner = sample::partner("https://example.org/a.ics");
        let mut snapshot = sample::snapshot(&partner);
        snapshot.header.etag = Some("W/\"v1\"".into());
        snapshot.header.last_modified = Some("yesterday-ish".into());
        change(&mut snapshot);
        let request = prepare(&partner, &snapshot, sample::at(0) + TimeDelta::days(days), &Limits::default());
        let fields: Vec<(&str, &str)> = request.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(fields[0], ("accept", "text/calendar, */*;q=0.1"));
        assert_eq!(fields[1..], *expected);
        assert_eq!(request.address, partner.address);
    }

    const BOTH: &[(&str, &str)] = &[("if-none-match", "W/\"v1\""), ("if-modified-since", "yesterday-ish")];

    #[test]
    fn validators_go_back_exactly_as_they_came() {
        check(|_| {}, 1, BOTH);
        check(|snapshot| snapshot.header.last_modified = None, 1, &BOTH[..1]);
        check(|snapshot| snapshot.header.etag = None, 1, &BOTH[1..]);
    }

    #[test]
    fn validators_need_their_body() {
        check(|snapshot| snapshot.body = Bytes::new(), 1, &[]);
        check(|snapshot| snapshot.header.address = "another".into(), 1, &[]);
        check(|snapshot| snapshot.header.fetched = None, 1, &[]);
    }

    #[test]
    fn validators_are_dropped_after_eight_days() {
        check(|_| {}, 7, BOTH);
        check(|_| {}, 8, &[]);
    }
}
